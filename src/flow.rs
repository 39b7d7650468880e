//! Packets to bidirectional flows: a bounded table with timeouts on the capture's own clock.

mod byte_counts;
mod chunked;
mod hash;
mod inspection;
mod key;
mod measure;
mod open;
mod state;
mod table;

pub use byte_counts::{ByteCounts, EntropyTable};
pub use chunked::Chunked;
pub use hash::{Keyed, KeyedHasher, mix64};
pub use key::Key;
pub use table::{Limits, Table};
