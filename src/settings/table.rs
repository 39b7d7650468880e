//! The settings table itself and the text form of each setting.

use serde::Serialize;

use super::limits::LIMITS;
use super::{DetectorChoice, ProtocolChoice, Scaling, Settings, Suppressions, ThresholdRule, Unit};
use crate::error::{Error, Result};

/// Which part of the road a setting changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The capture must be read again.
    Read,
    /// What the rows are: the capture must be read again where one of the values is `packet`, whose rows are not kept
    /// otherwise.
    Rows,
    /// Only the detection runs again.
    Detect,
    /// Only the rules run again.
    Rules,
}

/// What values a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Kind {
    /// One of these words.
    Choice {
        /// The words.
        options: &'static [&'static str],
    },
    /// A whole number.
    Integer {
        /// Smallest value.
        min: u32,
        /// Largest value.
        max: u32,
        /// Whether the word `auto` is allowed too.
        auto: bool,
    },
    /// A finite number.
    Number {
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
        /// Whether the word `auto` is allowed too.
        auto: bool,
    },
    /// `default`, `all`, or names of the feature catalogue separated by commas.
    Features,
    /// `none`, or kinds of findings, hosts or networks, or both as `kind@network`, separated by commas.
    Suppressions,
    /// `on` or `off`. On the command line the bare flag means `on`.
    Switch,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SettingSpec {
    /// Kebab-case name: the flag without its dashes.
    pub name: &'static str,
    /// The form's label.
    pub label: &'static str,
    /// One sentence: what it does.
    pub meaning: &'static str,
    /// Default value as text.
    pub default: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What has to run again.
    pub stage: Stage,
}

/// Every setting, in the order the form and the help show them: the thresholds of the rules last.
pub static TABLE: &[SettingSpec] = &ALL;

#[allow(clippy::indexing_slicing)] // both lists are as long as the loops say, or nothing is built
const ALL: [SettingSpec; GENERAL.len() + LIMITS.len()] = {
    let mut all = [GENERAL[0]; GENERAL.len() + LIMITS.len()];
    let mut i = 0;
    while i < all.len() {
        all[i] = if i < GENERAL.len() { GENERAL[i] } else { LIMITS[i - GENERAL.len()] };
        i += 1;
    }
    all
};

const GENERAL: &[SettingSpec] = &[
    SettingSpec {
        name: "unit",
        label: "Unit of analysis",
        meaning: "What one row is: a bidirectional flow, a single packet, or a host with all its flows.",
        default: "flow",
        kind: Kind::Choice { options: &["flow", "packet", "host"] },
        stage: Stage::Rows,
    },
    SettingSpec {
        name: "protocol",
        label: "Protocol",
        meaning: "Score only the rows of this protocol; the others stay in the tables without a score.",
        default: "all",
        kind: Kind::Choice { options: &["all", "tcp", "udp", "icmp", "arp", "other"] },
        stage: Stage::Detect,
    },
    SettingSpec {
        name: "features",
        label: "Features",
        meaning: "The features rows are compared by: default, all, or names separated by commas.",
        default: "default",
        kind: Kind::Features,
        stage: Stage::Detect,
    },
    SettingSpec {
        name: "detector",
        label: "Detector",
        meaning: "What says how strange a row is: several detectors combined, or one of them alone.",
        default: "ensemble",
        kind: Kind::Choice {
            options: &["ensemble", "kmeans", "isolation-forest", "robust-z", "mahalanobis", "hbos", "pca", "center"],
        },
        stage: Stage::Detect,
    },
    SettingSpec {
        name: "scaling",
        label: "Scaling",
        meaning: "How each feature is centred and scaled: mean and standard deviation, or median and interquartile range.",
        default: "standard",
        kind: Kind::Choice { options: &["standard", "robust"] },
        stage: Stage::Detect,
    },
    SettingSpec {
        name: "k",
        label: "Clusters (k)",
        meaning: "Number of KMeans clusters; auto takes the k with the best silhouette on a sample.",
        default: "auto",
        kind: Kind::Integer { min: 1, max: 64, auto: true },
        stage: Stage::Detect,
    },
    SettingSpec {
        name: "threshold-rule",
        label: "Threshold rule",
        meaning: "What sets the distance above which a row is anomalous: a percentile, mean + n sigma, \
                  median + n MAD, or a fixed score.",
        default: "score",
        kind: Kind::Choice { options: &["percentile", "sigma", "mad", "score"] },
        stage: Stage::Detect,
    },
    SettingSpec {
        name: "threshold",
        label: "Threshold value",
        meaning: "The rule's value: percentile 0-100, n of sigma or MAD, or score 0-1; auto is 99, 3, 3.5 or 0.5.",
        default: "auto",
        kind: Kind::Number { min: 0.0, max: 1000.0, auto: true },
        stage: Stage::Detect,
    },
    SettingSpec {
        name: "small-cluster",
        label: "Small cluster share",
        meaning: "Clusters with a smaller share of the rows than this are anomalous as a whole; 0 turns it off.",
        default: "0.01",
        kind: Kind::Number { min: 0.0, max: 0.5, auto: false },
        stage: Stage::Detect,
    },
    SettingSpec {
        name: "seed",
        label: "Seed",
        meaning: "Seed of everything random: the same seed gives the same bytes.",
        default: "42",
        kind: Kind::Integer { min: 0, max: u32::MAX, auto: false },
        stage: Stage::Detect,
    },
    SettingSpec {
        name: "fit-rows",
        label: "Rows to fit on",
        meaning: "Largest number of unique rows the detector learns from; all rows are scored.",
        default: "10000",
        kind: Kind::Integer { min: 10, max: 1_000_000, auto: false },
        stage: Stage::Detect,
    },
    SettingSpec {
        name: "idle-timeout",
        label: "Idle timeout (s)",
        meaning: "A flow ends after this many seconds without a packet.",
        default: "120",
        kind: Kind::Integer { min: 1, max: 86_400, auto: false },
        stage: Stage::Read,
    },
    SettingSpec {
        name: "active-timeout",
        label: "Active timeout (s)",
        meaning: "A flow is split after this many seconds though packets keep coming.",
        default: "1800",
        kind: Kind::Integer { min: 1, max: 604_800, auto: false },
        stage: Stage::Read,
    },
    SettingSpec {
        name: "close-linger",
        label: "Linger after a close (s)",
        meaning: "A TCP flow that both sides closed, or one reset, still takes the packets of this many seconds; what \
                  comes later begins a new flow.",
        default: "5",
        kind: Kind::Integer { min: 0, max: 86_400, auto: false },
        stage: Stage::Read,
    },
    SettingSpec {
        name: "content-bytes",
        label: "Payload measured (bytes)",
        meaning: "Payload entropy and share of text of a flow are those of the first so many bytes of each direction.",
        default: "4096",
        kind: Kind::Integer { min: 256, max: u32::MAX, auto: false },
        stage: Stage::Read,
    },
    SettingSpec {
        name: "vlan-key",
        label: "Tell VLANs apart",
        meaning: "The same addresses and ports in two VLANs (the outermost counts) are two flows.",
        default: "off",
        kind: Kind::Switch,
        stage: Stage::Read,
    },
    SettingSpec {
        name: "tunnel-key",
        label: "Tell virtual networks apart",
        meaning: "The same addresses and ports in two VXLAN, Geneve or NVGRE networks are two flows.",
        default: "on",
        kind: Kind::Switch,
        stage: Stage::Read,
    },
    SettingSpec {
        name: "max-flows",
        label: "Flow table limit",
        meaning: "Largest number of flows kept; packets beyond are counted as untracked (table_full).",
        default: "1000000",
        kind: Kind::Integer { min: 1, max: 20_000_000, auto: false },
        stage: Stage::Read,
    },
    SettingSpec {
        name: "max-packet-rows",
        label: "Packet table limit",
        meaning: "Largest number of packets kept as rows when the unit is packet; the rest are counted.",
        default: "2000000",
        kind: Kind::Integer { min: 1, max: 50_000_000, auto: false },
        stage: Stage::Read,
    },
    SettingSpec {
        name: "guess-services",
        label: "Guess services",
        meaning: "Name the protocol of flows whose payload shows none, as a guess with its confidence: by a model of \
                  their measurements, or by the port where no payload was captured.",
        default: "on",
        kind: Kind::Switch,
        stage: Stage::Read,
    },
    SettingSpec {
        name: "max-hosts",
        label: "Host table limit",
        meaning: "Largest number of hosts kept as rows, within a sixteenth of the memory budget: those with most flows; \
                  the rest are counted.",
        default: "100000",
        kind: Kind::Integer { min: 1, max: 10_000_000, auto: false },
        stage: Stage::Read,
    },
    SettingSpec {
        name: "max-packet-bytes",
        label: "Record limit (bytes)",
        meaning: "A record that claims a longer captured length than this is damage, not a packet.",
        default: "262144",
        kind: Kind::Integer { min: 1500, max: 67_108_864, auto: false },
        stage: Stage::Read,
    },
    SettingSpec {
        name: "resync",
        label: "Read on after damage",
        meaning: "After a damaged record, search the next plausible chain of records and read on; the bytes between are \
                  counted as skipped.",
        default: "off",
        kind: Kind::Switch,
        stage: Stage::Read,
    },
    SettingSpec {
        name: "max-expansion",
        label: "Decompression ratio limit",
        meaning: "A compressed capture that grows by more than this factor (after its first 16 MB of content) is read \
                  no further.",
        default: "250",
        kind: Kind::Integer { min: 1, max: 1_000_000, auto: false },
        stage: Stage::Read,
    },
    SettingSpec {
        name: "max-content",
        label: "Decompressed size limit (MB)",
        meaning: "A compressed capture whose content is larger than this many MB is read no further.",
        default: "1000000",
        kind: Kind::Integer { min: 1, max: 1_000_000_000, auto: false },
        stage: Stage::Read,
    },
    SettingSpec {
        name: "max-memory",
        label: "Memory budget (MB)",
        meaning: "Flows are kept while the analysis stays within this many MB; packets beyond are counted as untracked \
                  (table_full).",
        default: "448",
        kind: Kind::Integer { min: 64, max: 65_536, auto: false },
        stage: Stage::Read,
    },
    SettingSpec {
        name: "suppress",
        label: "Not to be told",
        meaning: "Findings that are not told: kinds, hosts and networks (by whoever did it), or both as kind@network, \
                  separated by commas; they are counted.",
        default: "none",
        kind: Kind::Suppressions,
        stage: Stage::Rules,
    },
];

pub(super) fn spec(name: &str) -> Option<&'static SettingSpec> {
    TABLE.iter().find(|s| s.name == name)
}

impl SettingSpec {
    /// What the setting takes, in words.
    #[must_use]
    pub fn expected(&self) -> String {
        let or_auto = |auto: bool| if auto { " or auto" } else { "" };
        match self.kind {
            Kind::Choice { options } => format!("one of {}", options.join(", ")),
            Kind::Integer { min, max, auto } => format!("a whole number from {min} to {max}{}", or_auto(auto)),
            Kind::Number { min, max, auto } => format!("a number from {min} to {max}{}", or_auto(auto)),
            Kind::Suppressions => {
                format!("none, or at most {} of KIND, ADDRESS, NETWORK/BITS, KIND@NETWORK/BITS", Suppressions::MOST)
            }
            Kind::Features => "default, all, or feature names separated by commas".to_owned(),
            Kind::Switch => "on or off".to_owned(),
        }
    }

    pub(super) fn invalid(&self, value: &str) -> Error {
        Error::InvalidSetting { name: self.name.to_owned(), value: value.to_owned(), expected: self.expected() }
    }

    /// Checks a value's text against kind and range.
    ///
    /// **Errors** `InvalidSetting`.
    pub fn check(&self, value: &str) -> Result<()> {
        let ok = match self.kind {
            Kind::Choice { options } => options.contains(&value),
            Kind::Integer { min, max, auto } => {
                (auto && value == "auto") || value.parse::<u32>().is_ok_and(|n| (min..=max).contains(&n))
            }
            Kind::Number { min, max, auto } => {
                (auto && value == "auto") || value.parse::<f64>().is_ok_and(|n| n >= min && n <= max)
            }
            Kind::Switch => matches!(value, "on" | "off"),
            Kind::Suppressions => Suppressions::parse(value).is_some(),
            Kind::Features => value
                .split(',')
                .all(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')),
        };
        if ok { Ok(()) } else { Err(self.invalid(value)) }
    }
}

fn parse_features(value: &str) -> Vec<String> {
    if value == "default" { Vec::new() } else { value.split(',').map(str::to_owned).collect() }
}

/// Sets the field of that name; `None` where the text does not parse.
pub(super) fn assign(s: &mut Settings, name: &str, value: &str) -> Option<()> {
    match name {
        "unit" => s.unit = Unit::named(value)?,
        "protocol" => {
            s.protocol = match value {
                "tcp" => ProtocolChoice::Tcp,
                "udp" => ProtocolChoice::Udp,
                "icmp" => ProtocolChoice::Icmp,
                "arp" => ProtocolChoice::Arp,
                "other" => ProtocolChoice::Other,
                _ => ProtocolChoice::All,
            }
        }
        "features" => s.features = parse_features(value),
        "detector" => s.detector = DetectorChoice::ALL.into_iter().find(|d| d.name() == value)?,
        "scaling" => s.scaling = if value == "robust" { Scaling::Robust } else { Scaling::Standard },
        "k" => s.k = if value == "auto" { None } else { Some(value.parse().ok()?) },
        "threshold-rule" => {
            s.threshold_rule = match value {
                "percentile" => ThresholdRule::Percentile,
                "sigma" => ThresholdRule::Sigma,
                "score" => ThresholdRule::Score,
                _ => ThresholdRule::Mad,
            }
        }
        "threshold" => s.threshold = if value == "auto" { None } else { Some(value.parse().ok()?) },
        "small-cluster" => s.small_cluster = value.parse().ok()?,
        "seed" => s.seed = value.parse().ok()?,
        "fit-rows" => s.fit_rows = value.parse().ok()?,
        "idle-timeout" => s.idle_timeout = value.parse().ok()?,
        "active-timeout" => s.active_timeout = value.parse().ok()?,
        "close-linger" => s.close_linger = value.parse().ok()?,
        "content-bytes" => s.content_bytes = value.parse().ok()?,
        "vlan-key" => s.vlan_key = value == "on",
        "tunnel-key" => s.tunnel_key = value == "on",
        "max-flows" => s.max_flows = value.parse().ok()?,
        "max-packet-rows" => s.max_packet_rows = value.parse().ok()?,
        "guess-services" => s.guess_services = value == "on",
        "max-hosts" => s.max_hosts = value.parse().ok()?,
        "max-packet-bytes" => s.max_packet_bytes = value.parse().ok()?,
        "resync" => s.resync = value == "on",
        "suppress" => s.suppress = Suppressions::parse(value)?,
        "max-expansion" => s.max_expansion = value.parse().ok()?,
        "max-content" => s.max_content = value.parse().ok()?,
        "max-memory" => s.max_memory = value.parse().ok()?,
        _ => s.limits.set(name, value.parse().ok()?)?,
    }
    Some(())
}

fn switch(is_on: bool) -> String {
    if is_on { "on" } else { "off" }.to_owned()
}

/// The field of that name as text.
pub(super) fn read(s: &Settings, name: &str) -> Option<String> {
    Some(match name {
        "unit" => s.unit.name().into(),
        "protocol" => match s.protocol {
            ProtocolChoice::All => "all".into(),
            ProtocolChoice::Tcp => "tcp".into(),
            ProtocolChoice::Udp => "udp".into(),
            ProtocolChoice::Icmp => "icmp".into(),
            ProtocolChoice::Arp => "arp".into(),
            ProtocolChoice::Other => "other".into(),
        },
        "features" if s.features.is_empty() => "default".into(),
        "features" => s.features.join(","),
        "detector" => s.detector.name().into(),
        "scaling" => match s.scaling {
            Scaling::Robust => "robust".into(),
            Scaling::Standard => "standard".into(),
        },
        "k" => s.k.map_or_else(|| "auto".into(), |k| k.to_string()),
        "threshold-rule" => match s.threshold_rule {
            ThresholdRule::Percentile => "percentile".into(),
            ThresholdRule::Sigma => "sigma".into(),
            ThresholdRule::Mad => "mad".into(),
            ThresholdRule::Score => "score".into(),
        },
        "threshold" => s.threshold.map_or_else(|| "auto".into(), |t| t.to_string()),
        "small-cluster" => s.small_cluster.to_string(),
        "seed" => s.seed.to_string(),
        "fit-rows" => s.fit_rows.to_string(),
        "idle-timeout" => s.idle_timeout.to_string(),
        "active-timeout" => s.active_timeout.to_string(),
        "close-linger" => s.close_linger.to_string(),
        "content-bytes" => s.content_bytes.to_string(),
        "vlan-key" => switch(s.vlan_key),
        "tunnel-key" => switch(s.tunnel_key),
        "max-flows" => s.max_flows.to_string(),
        "max-packet-rows" => s.max_packet_rows.to_string(),
        "max-hosts" => s.max_hosts.to_string(),
        "max-packet-bytes" => s.max_packet_bytes.to_string(),
        "guess-services" => switch(s.guess_services),
        "resync" => switch(s.resync),
        "suppress" => s.suppress.to_string(),
        "max-expansion" => s.max_expansion.to_string(),
        "max-content" => s.max_content.to_string(),
        "max-memory" => s.max_memory.to_string(),
        _ => s.limits.find(name)?.to_string(),
    })
}
