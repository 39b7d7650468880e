//! What bounds a run whose input decides how much there is of everything.

use serde::Serialize;

/// Something of which there may be more than is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Limit {
    /// Stable name: `flows`, `hosts` ...
    pub name: &'static str,
    /// Most that are kept, of each file where it is something of a file; of flows and rows the memory budget may allow
    /// fewer. `None` where the budget alone bounds it.
    pub most: Option<u64>,
    /// How many more there were, of flows about; or how often something was given up for it. 0: it was not reached.
    pub beyond: u64,
}
