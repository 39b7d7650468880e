//! The feature tables: worked out by hand, against NFStream's numbers, and as laws over generated captures.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::cast_possible_truncation)]

mod generators;

#[path = "features/cicflowmeter.rs"]
mod cicflowmeter;
#[path = "features/command.rs"]
mod command;
#[path = "features/laws.rs"]
mod laws;
#[path = "features/nfstream.rs"]
mod nfstream;
#[path = "features/support.rs"]
mod support;
