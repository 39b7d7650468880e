//! Packets to bidirectional flows: a bounded table with timeouts on the capture's own clock.

mod byte_counts;
mod key;
mod open;
mod state;
mod table;

pub use byte_counts::{ByteCounts, EntropyTable};
pub use key::{Key, mix64};
pub use table::{Limits, Table};
