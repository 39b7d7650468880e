//! What a run says of the baseline that it was scored against.

use serde::Serialize;

use super::What;
use crate::units::Timestamp;

/// The baseline of a run, and what is new beside it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BaselineUse {
    /// Names of the files it was learned from.
    pub captures: Vec<String>,
    /// The version of the program that wrote it.
    pub wiresift_version: String,
    /// Its first packet.
    pub first_ts: Option<Timestamp>,
    /// Its last packet.
    pub last_ts: Option<Timestamp>,
    /// Rows it was learned from.
    pub row_count: u64,
    /// Distinct ones that it holds and this run was fitted on.
    pub fit_rows: u64,
    /// Hosts that both captures have.
    pub common_hosts: u64,
    /// Whether hardly any host of the two is common: it is of another network, and says little of this one.
    pub is_foreign: bool,
    /// What makes the two hard to compare, each in a sentence.
    pub notes: Vec<String>,
    /// What this capture has and the baseline has not, by kind.
    pub new: Vec<News>,
}

/// New things of one kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct News {
    /// What they are.
    pub what: What,
    /// How many there are.
    pub count: u64,
    /// How many things of the kind this capture has.
    pub of: u64,
    /// Whether the baseline had no room for some of its own: these may be among them.
    pub may_be_known: bool,
    /// The first ones by time, at most [`News::MAX`].
    pub listed: Vec<New>,
}

impl News {
    /// Most things listed of a kind.
    pub const MAX: usize = 500;
}

/// One new thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct New {
    /// Its name.
    pub name: String,
    /// When it was first there.
    pub first_ts: Timestamp,
    /// Its flows.
    pub flows: u64,
}
