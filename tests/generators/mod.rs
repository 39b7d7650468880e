//! Builders of small captures, byte by byte, for the tests. Deterministic; they make every fixture the repository has.
//! And where real captures are.
#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::cast_possible_truncation, clippy::indexing_slicing)]

pub mod compressed;
pub mod corpus;
pub mod erf;
pub mod frames;
pub mod mmdb;
pub mod office;
pub mod pcap;
pub mod pcapng;
pub mod played;
pub mod snoop;
pub mod tables;
pub mod talks;
pub mod tuples;
pub mod worst;
