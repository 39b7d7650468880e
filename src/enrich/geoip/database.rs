//! A database as it was read: whether it is one, what it says of itself, and what it says of an address.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use maxminddb::{MaxMindDbError, Metadata, Reader, WithinOptions};

use super::record::Record;
use crate::enrich::faults::Fault;
use crate::enrich::words::shown_name;
use crate::error::{Error, Result};
use crate::report::{Facts, Place, Text, printable};
use crate::units::{Timestamp, count_text};

/// Metadata begin within so many bytes of a file's end (MaxMind DB 2.0).
pub(crate) const METADATA_BYTES: usize = 128 * 1024;
/// What stands before them.
const MARKER: &[u8] = b"\xab\xcd\xefMaxMind.com";
/// Zeros between the search tree and the data.
const SEPARATOR: usize = 16;
/// Places of the tree and distinct records looked at to see what a database tells.
const LOOKED_AT: usize = 50_000;
const TRIED: usize = 2_000;

/// Whether a file that ends with these bytes has a database's metadata.
pub(crate) fn is_database(last: &[u8]) -> bool {
    let last = last.get(last.len().saturating_sub(METADATA_BYTES)..).unwrap_or(last);
    memchr::memmem::rfind(last, MARKER).is_some()
}

/// A file's bytes, shared.
#[derive(Debug, Clone)]
struct Bytes(Arc<Vec<u8>>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// A GeoIP database as it was read.
///
/// **Memory** the file's own size, shared between clones.
#[derive(Debug, Clone)]
pub struct GeoDatabase {
    name: String,
    reader: Arc<Reader<Bytes>>,
    facts: Facts,
}

impl GeoDatabase {
    /// Reads a database. Of the search tree and the data only the beginning is looked at: what is damaged further on is met,
    /// and counted, where an address leads there.
    ///
    /// **Errors** `SideFile` where the metadata are missing, damaged or of another version, the tree does not fit into the file
    /// or does not end where it should, and where no record tells a country, a city or an autonomous system.
    pub fn read(name: &str, bytes: Cow<'_, [u8]>) -> Result<Self> {
        let refused = |what: String| Error::SideFile { file: name.to_owned(), what };
        if !is_database(&bytes) {
            let what =
                "it has no metadata of a MaxMind DB in its last 128 KiB; it was cut, or is no such database (.mmdb)";
            return Err(refused(what.into()));
        }
        let bytes = Bytes(Arc::new(bytes.into_owned()));
        let reader = Reader::from_source(bytes.clone()).map_err(|error| refused(damage(&error)))?;
        let metadata = reader.metadata();
        if i64::try_from(metadata.build_epoch).is_err() {
            return Err(refused("its metadata are damaged: no time is as late as its build".into()));
        }
        if !has_separator(bytes.as_ref(), metadata) {
            let nodes = count_text(metadata.node_count.into());
            return Err(refused(format!(
                "its search tree does not end where its metadata say ({nodes} nodes of {} bits a record): it is damaged, or part of it is missing",
                metadata.record_size
            )));
        }
        let facts = facts(&reader).map_err(refused)?;
        Ok(Self { name: name.to_owned(), reader: Arc::new(reader), facts })
    }

    /// The file's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What it tells.
    pub(super) fn facts(&self) -> Facts {
        self.facts
    }

    /// Nodes of its search tree.
    #[must_use]
    pub fn nodes(&self) -> u64 {
        self.reader.metadata().node_count.into()
    }

    /// What it calls itself.
    pub(super) fn database_type(&self) -> Text {
        Text::from(self.reader.metadata().database_type.as_str())
    }

    /// When it was built, as it says itself.
    pub(super) fn build_time(&self) -> Timestamp {
        Timestamp::from_parts(i64::try_from(self.reader.metadata().build_epoch).unwrap_or(i64::MAX), 0)
    }

    /// 4 or 6.
    pub(super) fn ip_version(&self) -> u16 {
        self.reader.metadata().ip_version
    }

    /// `GeoLite2-City, built 2026-11-20`.
    #[must_use]
    pub fn about(&self) -> String {
        let built = self.build_time().to_string();
        let day = built.split('T').next().unwrap_or(&built);
        format!("{}, built {day}", shown_name(&self.reader.metadata().database_type))
    }

    /// Where an address leads to: the place of its record in the file, the same for all that share it.
    ///
    /// **Errors** the fault where the tree leads out of the data, and for IPv6 where the database has IPv4 only.
    pub(super) fn record_of(&self, address: IpAddr) -> std::result::Result<Option<usize>, Fault> {
        let address = address.to_canonical();
        if address.is_ipv6() && self.ip_version() == 4 {
            return Err(Fault::Ipv4Only);
        }
        self.reader.lookup(address).map(|found| found.offset()).map_err(|_| Fault::BadRecord)
    }

    /// What its record says of an address.
    ///
    /// **Errors** the fault where the record cannot be read.
    pub(super) fn place_of(&self, address: IpAddr) -> std::result::Result<Place, Fault> {
        let found = self.reader.lookup(address.to_canonical()).and_then(|found| found.decode::<Record<'_>>());
        found.map(|record| record.unwrap_or_default().place()).map_err(|_| Fault::BadRecord)
    }
}

/// Whether zeros stand between tree and data: where the number of nodes or their size is wrong, something else does.
fn has_separator(bytes: &[u8], metadata: &Metadata) -> bool {
    let tree = u64::from(metadata.node_count).saturating_mul(metadata.record_size.into()) / 4;
    let tree = usize::try_from(tree).unwrap_or(usize::MAX);
    bytes.get(tree..tree.saturating_add(SEPARATOR)).is_some_and(|zeros| zeros.iter().all(|byte| *byte == 0))
}

fn damage(error: &MaxMindDbError) -> String {
    format!("it is damaged, or part of it is missing: {}", printable(&error.to_string()))
}

/// What the first records tell. A walk over the whole tree has no bound in a hostile file.
fn facts(reader: &Reader<Bytes>) -> std::result::Result<Facts, String> {
    let kind = reader.metadata().database_type.as_str();
    let (mut facts, mut seen, mut failure) = (Facts::default(), BTreeSet::new(), None);
    // Aliases and empty networks too: what is passed over in silence would be walked without end.
    let options = WithinOptions::default().include_aliased_networks().include_networks_without_data();
    for found in reader.networks(options).map_err(|e| damage(&e))?.take(LOOKED_AT) {
        let found = found.map_err(|e| damage(&e))?;
        let Some(offset) = found.offset() else { continue };
        if seen.len() >= TRIED {
            break;
        }
        if seen.insert(offset) {
            match found.decode::<Record<'_>>() {
                Ok(record) => facts = facts.or(record.unwrap_or_default().place().facts()),
                Err(error) => failure = Some(error),
            }
        }
    }
    if let Some(error) = failure.filter(|_| facts.is_empty()) {
        return Err(damage(&error));
    }
    if facts.is_empty() {
        return Err(format!(
            "none of its records has a country, a city or an autonomous system under the keys of GeoLite2, GeoIP2, DB-IP or IPinfo ({})",
            shown_name(kind)
        ));
    }
    // Its first records may lack what others have.
    facts.city |= kind.contains("City") || kind.contains("Enterprise");
    Ok(facts)
}
