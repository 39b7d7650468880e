//! The feature tables: worked out by hand, against NFStream's numbers, and as laws over generated captures.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::cast_possible_truncation)]

mod cicflowmeter;
mod command;
mod laws;
mod nfstream;
mod support;
