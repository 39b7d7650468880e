//! Packets to bidirectional flows: a bounded table with timeouts on the capture's own clock.

mod byte_counts;
mod endpoint;
mod hash;
mod history;
mod holes;
mod inspection;
mod key;
mod measure;
mod open;
mod original;
mod overflow;
mod table;
mod tcp;

pub use byte_counts::{ByteCounts, EntropyTable};
pub use hash::{Keyed, KeyedHasher, mix64};
pub use key::{Key, KeyRule};
pub use original::Original;
pub use table::{Limits, Table};
