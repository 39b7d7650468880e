//! Threat lists of every common format, and how an entry is looked up.

mod address;
mod columns;
mod encoded;
mod indicator;
mod json;
mod line;
mod misp;
mod name;
mod opening;
mod reader;
mod stix;
mod store;
mod zeek;

pub(super) use indicator::Mark;
pub(super) use name::looked_up;
pub(super) use opening::is_list;
pub use reader::Format;
pub(super) use store::Entry;
use store::Store;

use std::net::IpAddr;

use super::faults::Faults;
use crate::error::Result;
use crate::report::{ListReport, SideFault, Text};

/// A threat list as it was read.
#[derive(Debug, Clone)]
pub struct ThreatList {
    name: String,
    format: Format,
    store: Store,
    faults: Faults,
}

impl ThreatList {
    /// Most entries kept of a list.
    pub const MAX_ENTRIES: usize = 2_000_000;

    /// Reads a list, whatever its format. A list without entries is a list; one of which every line is bad is none.
    ///
    /// **Errors** `SideFile` where the bytes are no text, JSON that cannot be read, or nothing of them is an indicator.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self> {
        reader::read(name, bytes)
    }

    /// Entries that traffic is compared with.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.store.counts().entries
    }

    /// Lines and entries that are not used, and why.
    #[must_use]
    pub fn faults(&self) -> Vec<SideFault> {
        self.faults.report()
    }

    /// The file's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The narrowest network with the address, as text, and its entry.
    pub(super) fn address(&self, address: IpAddr) -> Option<(String, Entry)> {
        self.store.address(address)
    }

    /// The entry of a name or of the nearest domain above it that is listed.
    pub(super) fn domain<'a>(&self, name: &'a str) -> Option<(&'a str, Entry)> {
        self.store.domain(name)
    }

    /// Whether there are URLs at all.
    pub(super) fn has_urls(&self) -> bool {
        self.store.has_urls()
    }

    /// What is listed below a host: path, with its query, and entry.
    pub(super) fn urls(&self, host: &str) -> &[(Box<str>, Entry)] {
        self.store.urls(host)
    }

    /// The entry of a fingerprint or hash.
    pub(super) fn mark(&self, mark: Mark, text: &str) -> Option<Entry> {
        self.store.mark(mark, text)
    }

    /// What the list says of an entry.
    pub(super) fn note(&self, entry: Entry) -> Option<&Text> {
        self.store.note(entry)
    }

    /// What the report says of the list before anything is met.
    pub(super) fn report(&self) -> ListReport {
        ListReport {
            name: self.name.clone(),
            format: self.format.name(),
            faults: self.faults.report(),
            ..self.store.counts()
        }
    }
}
