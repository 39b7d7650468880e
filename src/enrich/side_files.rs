//! The side files of a run.

use std::borrow::Cow;
use std::sync::Arc;

use super::labels::{Labels, Role};
use super::{GeoDatabase, NmapScan, SideKind, ThreatList};
use crate::error::{Error, Result};
use crate::report::{Baseline, SideFault};
use crate::settings::Settings;
use crate::units::{bytes_text, count};

/// One side file as it was read.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum SideFile {
    /// A threat list.
    ThreatList(Box<ThreatList>),
    /// A port scan.
    Nmap(Box<NmapScan>),
    /// What rows really are.
    Labels(Box<Labels>),
    /// What is normal, of another capture.
    Baseline(Arc<Baseline>),
    /// Where addresses are and whose.
    Geoip(GeoDatabase),
}

impl SideFile {
    /// Reads a file of a kind. `name` is shown as it is: give the last path component.
    ///
    /// **Errors** `SideFile` where the file is not of that kind or too large; single bad lines are counted.
    ///
    /// **Memory** a database keeps the bytes: of a vector they are not copied.
    pub fn read<'a>(kind: SideKind, name: &str, bytes: impl Into<Cow<'a, [u8]>>) -> Result<Self> {
        Self::read_mapped(kind, name, bytes, &[])
    }

    /// The same with roles given by hand to columns of labels.
    ///
    /// **Errors** as `read`; `SideFile` where a column that is given a role does not exist.
    pub fn read_mapped<'a>(
        kind: SideKind,
        name: &str,
        bytes: impl Into<Cow<'a, [u8]>>,
        map: &[(String, Role)],
    ) -> Result<Self> {
        Self::read_bytes(kind, name, bytes.into(), map)
    }

    fn read_bytes(kind: SideKind, name: &str, bytes: Cow<'_, [u8]>, map: &[(String, Role)]) -> Result<Self> {
        if count(bytes.len()) > SideFiles::MAX_BYTES {
            return Err(Error::SideFile {
                file: name.to_owned(),
                what: format!("it is larger than {}; cut it into parts", bytes_text(SideFiles::MAX_BYTES)),
            });
        }
        match kind {
            SideKind::ThreatList => ThreatList::read(name, &bytes).map(Box::new).map(Self::ThreatList),
            SideKind::Nmap => NmapScan::read(name, &bytes).map(Box::new).map(Self::Nmap),
            SideKind::Labels => Labels::read(name, &bytes, map).map(Box::new).map(Self::Labels),
            SideKind::Baseline => Baseline::from_json(&bytes).map(Arc::new).map(Self::Baseline),
            SideKind::Geoip => GeoDatabase::read(name, bytes).map(Self::Geoip),
        }
    }

    /// How many entries it has: indicators, hosts, or nodes of a database's search tree.
    #[must_use]
    pub fn entries(&self) -> u64 {
        match self {
            Self::ThreatList(list) => list.entries(),
            Self::Nmap(scan) => scan.hosts(),
            Self::Labels(labels) => count(labels.entries()),
            Self::Baseline(baseline) => count(baseline.rows.len()),
            Self::Geoip(database) => database.nodes(),
        }
    }

    /// What of it is not used, and why.
    #[must_use]
    pub fn faults(&self) -> Vec<SideFault> {
        match self {
            Self::ThreatList(list) => list.faults(),
            Self::Nmap(scan) => scan.faults(),
            Self::Labels(labels) => labels.faults().to_vec(),
            Self::Baseline(_) | Self::Geoip(_) => Vec::new(),
        }
    }

    /// What a database says of itself, `GeoLite2-City, built 2026-11-20`; nothing of other files.
    #[must_use]
    pub fn about(&self) -> Option<String> {
        match self {
            Self::Geoip(database) => Some(database.about()),
            _ => None,
        }
    }

    /// The columns of labels, each with what it says; none of other files.
    #[must_use]
    pub fn columns(&self) -> &[(String, Option<Role>)] {
        match self {
            Self::Labels(labels) => labels.columns(),
            _ => &[],
        }
    }

    /// Lets a baseline be checked against settings.
    ///
    /// **Errors** those of `check`.
    pub fn check(&self, settings: &Settings, check: fn(&Baseline, &Settings) -> Result<()>) -> Result<()> {
        match self {
            Self::Baseline(baseline) => check(baseline, settings),
            _ => Ok(()),
        }
    }
}

/// All side files of a run, in the order they were given.
#[derive(Debug, Clone, Default)]
pub struct SideFiles {
    /// Threat lists.
    pub(super) lists: Vec<ThreatList>,
    /// Port scans.
    pub(super) scans: Vec<NmapScan>,
    /// Labels.
    pub(super) labels: Vec<Labels>,
    /// GeoIP databases.
    pub(super) databases: Vec<GeoDatabase>,
    /// The last baseline given.
    baseline: Option<Arc<Baseline>>,
}

impl SideFiles {
    /// Largest side file.
    pub const MAX_BYTES: u64 = 128_000_000;

    /// Adds one.
    pub fn add(&mut self, file: SideFile) {
        match file {
            SideFile::ThreatList(list) => self.lists.push(*list),
            SideFile::Nmap(scan) => self.scans.push(*scan),
            SideFile::Labels(labels) => self.labels.push(*labels),
            SideFile::Baseline(baseline) => self.baseline = Some(baseline),
            SideFile::Geoip(database) => self.databases.push(database),
        }
    }

    /// Whether there are none that traffic is compared with or looked up in: labels and baselines are not.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.scans.is_empty() && self.databases.is_empty()
    }

    /// What is normal, where a file says it.
    #[must_use]
    pub fn baseline(&self) -> Option<Arc<Baseline>> {
        self.baseline.clone()
    }
}
