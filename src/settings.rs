//! Every setting a user may change: one table that the page's form, the command line's flags and the docs are made from.

mod file;
mod limits;
mod presets;
mod suppress;
mod table;

use serde::Serialize;

use crate::error::{Error, Result};
pub use limits::Limits;
pub use presets::{PRESETS, Preset, preset};
pub use suppress::Suppressions;
pub use table::{Kind, SettingSpec, Stage, TABLE};

/// What one row of the analysis is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// One bidirectional flow a row.
    Flow,
    /// One packet a row.
    Packet,
    /// One host a row.
    Host,
}

impl Unit {
    /// Every unit.
    pub const ALL: [Self; 3] = [Self::Flow, Self::Packet, Self::Host];

    /// Its word: what one row is.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Flow => "flow",
            Self::Packet => "packet",
            Self::Host => "host",
        }
    }

    /// The unit of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name() == word)
    }

    /// Whether rows of this unit are kept only where it is the unit of the reading.
    #[must_use]
    pub fn is_of_reading(self) -> bool {
        self == Self::Packet
    }
}

/// Which protocol's rows are scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProtocolChoice {
    /// Every row.
    All,
    /// TCP only.
    Tcp,
    /// UDP only.
    Udp,
    /// ICMP and ICMPv6 only.
    Icmp,
    /// ARP only.
    Arp,
    /// All IP protocols that have no choice of their own.
    Other,
}

/// What says how strange a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DetectorChoice {
    /// Several detectors combined.
    Ensemble,
    /// Distance from the nearest centroid over its cluster's spread.
    #[serde(rename = "kmeans")]
    KMeans,
    /// How few random cuts isolate it.
    IsolationForest,
    /// Median absolute deviations from the median, feature by feature.
    RobustZ,
    /// Distance with the ties between the features taken out.
    Mahalanobis,
    /// How empty its bins of the features' histograms are.
    Hbos,
    /// What is left of it outside the principal components.
    Pca,
    /// Distance from the mean.
    Center,
}

impl DetectorChoice {
    /// Every choice.
    pub const ALL: [Self; 8] = [
        Self::Ensemble,
        Self::KMeans,
        Self::IsolationForest,
        Self::RobustZ,
        Self::Mahalanobis,
        Self::Hbos,
        Self::Pca,
        Self::Center,
    ];

    /// Its word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ensemble => "ensemble",
            Self::KMeans => "kmeans",
            Self::IsolationForest => "isolation-forest",
            Self::RobustZ => "robust-z",
            Self::Mahalanobis => "mahalanobis",
            Self::Hbos => "hbos",
            Self::Pca => "pca",
            Self::Center => "center",
        }
    }
}

/// How columns are centred and scaled after their transform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scaling {
    /// Median and interquartile range / 1.349 (equal to sigma on normal data).
    Robust,
    /// Mean and standard deviation.
    Standard,
}

/// How the distance above which a row is anomalous is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdRule {
    /// The given percentile of the fitted rows' distances.
    Percentile,
    /// Mean + n standard deviations of the fitted rows' distances.
    Sigma,
    /// Median + n median absolute deviations (times 1.4826) of the fitted rows' distances. The default n of 3.5 is that of
    /// Iglewicz and Hoaglin 1993.
    Mad,
    /// A fixed score.
    Score,
}

impl ThresholdRule {
    /// The value used where the user gave none.
    #[must_use]
    pub fn default_value(self) -> f64 {
        match self {
            Self::Percentile => 99.0,
            Self::Sigma => 3.0,
            Self::Mad => 3.5,
            Self::Score => 0.5,
        }
    }
}

/// All settings of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Settings {
    /// What a row is.
    pub unit: Unit,
    /// Which rows are scored.
    pub protocol: ProtocolChoice,
    /// Names of the features used; empty = the catalogue's default choice.
    pub features: Vec<String>,
    /// What scores the rows.
    pub detector: DetectorChoice,
    /// How columns are scaled.
    pub scaling: Scaling,
    /// Number of clusters; `None` = chosen by silhouette.
    pub k: Option<u32>,
    /// How the threshold is found.
    pub threshold_rule: ThresholdRule,
    /// The rule's value; `None` = the rule's default.
    pub threshold: Option<f64>,
    /// Clusters with a smaller share of the rows than this are anomalous; 0 = none is.
    pub small_cluster: f64,
    /// Seed of everything random.
    pub seed: u32,
    /// Largest number of unique rows the detector is fitted on.
    pub fit_rows: u32,
    /// Seconds without a packet after which a flow ends.
    pub idle_timeout: u32,
    /// Seconds after which a flow ends though it is active.
    pub active_timeout: u32,
    /// Seconds after its close for which a TCP flow takes the packets that trail.
    pub close_linger: u32,
    /// Payload bytes of each direction of a flow whose values are counted, for its entropy and its share of text.
    pub content_bytes: u32,
    /// Whether packets of different VLANs are of different flows.
    pub vlan_key: bool,
    /// Whether packets of different virtual networks are of different flows.
    pub tunnel_key: bool,
    /// Largest number of flows kept.
    pub max_flows: u32,
    /// Largest number of packets kept as rows (unit packet).
    pub max_packet_rows: u32,
    /// Whether a model names the protocol of flows whose payload shows none.
    pub guess_services: bool,
    /// Largest number of hosts kept as rows.
    pub max_hosts: u32,
    /// Largest captured length of a record that is believed.
    pub max_packet_bytes: u32,
    /// Whether reading goes on after a damaged record.
    pub resync: bool,
    /// Largest growth of a compressed capture, as a factor.
    pub max_expansion: u32,
    /// Largest content of a compressed capture, MB (10^6 bytes).
    pub max_content: u32,
    /// Memory that the analysis may take, MB (10^6 bytes).
    pub max_memory: u32,
    /// Findings that are not to be told.
    pub suppress: Suppressions,
    /// Thresholds of the rules.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            unit: Unit::Flow,
            protocol: ProtocolChoice::All,
            features: Vec::new(),
            detector: DetectorChoice::Ensemble,
            scaling: Scaling::Standard,
            k: None,
            threshold_rule: ThresholdRule::Score,
            threshold: None,
            small_cluster: 0.01,
            seed: 42,
            fit_rows: 10_000,
            idle_timeout: 120,
            active_timeout: 1800,
            close_linger: 5,
            content_bytes: 4_096,
            vlan_key: false,
            tunnel_key: true,
            max_flows: 1_000_000,
            max_packet_rows: 2_000_000,
            guess_services: true,
            max_hosts: 100_000,
            max_packet_bytes: 262_144,
            resync: false,
            max_expansion: 250,
            max_content: 1_000_000,
            max_memory: 448,
            suppress: Suppressions::default(),
            limits: Limits::default(),
        }
    }
}

impl Settings {
    /// The memory budget in bytes.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        u64::from(self.max_memory) * 1_000_000
    }

    /// The value of the rule in force.
    #[must_use]
    pub fn threshold_value(&self) -> f64 {
        self.threshold.unwrap_or_else(|| self.threshold_rule.default_value())
    }

    /// Checks what no setting can check alone: the threshold against the range of its rule.
    ///
    /// **Errors** `InvalidSetting`.
    pub fn check(&self) -> Result<()> {
        let (largest, expected) = match self.threshold_rule {
            ThresholdRule::Percentile => (100.0, "a percentile from 0 to 100, as the rule is `percentile`"),
            ThresholdRule::Score => (1.0, "a score from 0 to 1, as the rule is `score`"),
            ThresholdRule::Sigma | ThresholdRule::Mad => return Ok(()),
        };
        let value = self.threshold_value();
        if value <= largest {
            return Ok(());
        }
        Err(Error::InvalidSetting { name: "threshold".into(), value: value.to_string(), expected: expected.into() })
    }

    /// Sets one setting from its text, as the form and the command line give it.
    ///
    /// **Errors** `UnknownSetting` for a name that is not in [`TABLE`]; `InvalidSetting` for a value outside its range.
    pub fn set(&mut self, name: &str, value: &str) -> Result<()> {
        let spec = table::spec(name).ok_or_else(|| Error::UnknownSetting { name: name.to_owned() })?;
        spec.check(value)?;
        table::assign(self, name, value).ok_or_else(|| spec.invalid(value))
    }

    /// The setting's value as text; `None` for an unknown name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        table::read(self, name)
    }

    /// Settings with the given names and values set over the defaults.
    ///
    /// **Errors** as [`Settings::set`].
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self> {
        let mut settings = Self::default();
        for (name, value) in pairs {
            settings.set(name, value)?;
        }
        Ok(settings)
    }

    /// Whether going from `self` to `other` needs the capture to be read again.
    #[must_use]
    pub fn needs_reading(&self, other: &Self) -> bool {
        let is_read = |s: &&SettingSpec| match s.stage {
            Stage::Read => true,
            Stage::Rows => self.unit.is_of_reading() || other.unit.is_of_reading(),
            Stage::Detect | Stage::Rules => false,
        };
        TABLE.iter().filter(is_read).any(|s| self.get(s.name) != other.get(s.name))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_reads_back_its_default() {
        let settings = Settings::default();
        for spec in TABLE {
            assert_eq!(settings.get(spec.name).as_deref(), Some(spec.default), "{}", spec.name);
            let mut again = Settings::default();
            again.set(spec.name, spec.default).unwrap();
            assert_eq!(again, settings, "{}", spec.name);
        }
    }

    #[test]
    fn refuses_what_the_table_does_not_allow() {
        let mut settings = Settings::default();
        for (name, value) in [
            ("k", "0"),
            ("k", "x"),
            ("unit", "hosts"),
            ("threshold", "NaN"),
            ("threshold", "inf"),
            ("seed", "-1"),
            ("small-cluster", "2"),
            ("features", "duration,,"),
            ("idle-timeout", "0"),
        ] {
            assert_eq!(settings.set(name, value).unwrap_err().kind(), "invalid-setting", "{name} {value}");
        }
        assert_eq!(settings.set("nope", "1").unwrap_err().kind(), "unknown-setting");
        assert_eq!(settings, Settings::default());
    }

    #[test]
    fn checks_the_threshold_against_its_rule() {
        let check =
            |rule, value| Settings::from_pairs([("threshold-rule", rule), ("threshold", value)]).unwrap().check();
        assert!(check("percentile", "100").is_ok() && check("score", "1").is_ok() && check("mad", "900").is_ok());
        assert_eq!(check("percentile", "100.5").unwrap_err().kind(), "invalid-setting");
        assert_eq!(check("score", "1.01").unwrap_err().kind(), "invalid-setting");
    }

    #[test]
    fn knows_which_changes_need_the_file_again() {
        let base = Settings::default();
        assert!(!base.needs_reading(&Settings::from_pairs([("k", "5"), ("threshold", "2")]).unwrap()));
        let unit = |unit| Settings::from_pairs([("unit", unit)]).unwrap();
        assert!(base.needs_reading(&unit("packet")) && unit("packet").needs_reading(&unit("host")));
        assert!(!base.needs_reading(&unit("host")) && !unit("host").needs_reading(&base));
        assert!(unit("host").needs_reading(&Settings::from_pairs([("unit", "flow"), ("max-hosts", "9")]).unwrap()));
    }
}
