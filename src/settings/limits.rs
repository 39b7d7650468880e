//! The thresholds of the rules, as settings.

use serde::{Serialize, Serializer};

use super::table::{Kind, SettingSpec, Stage};

const fn number(
    name: &'static str,
    label: &'static str,
    meaning: &'static str,
    default: &'static str,
    (min, max): (f64, f64),
) -> SettingSpec {
    SettingSpec { name, label, meaning, default, kind: Kind::Number { min, max, auto: false }, stage: Stage::Rules }
}

const fn whole(
    name: &'static str,
    label: &'static str,
    meaning: &'static str,
    default: &'static str,
    (min, max): (u32, u32),
) -> SettingSpec {
    SettingSpec { name, label, meaning, default, kind: Kind::Integer { min, max, auto: false }, stage: Stage::Rules }
}

const MANY: u32 = 1_000_000;

/// Every threshold of a rule.
pub(super) const LIMITS: &[SettingSpec] = &[
    whole(
        "port-scan-ports",
        "Port scan: ports",
        "Ports of one host that another one tried in vain, from which on it is a port scan.",
        "15",
        (3, 65_536),
    ),
    whole(
        "address-scan-hosts",
        "Address scan: hosts",
        "Hosts on which one tried the same port in vain, from which on it is an address scan.",
        "25",
        (3, MANY),
    ),
];

/// The thresholds in force, in the order of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits(Vec<f64>);

impl Default for Limits {
    fn default() -> Self {
        // A test reads every default back.
        Self(LIMITS.iter().map(|spec| spec.default.parse().unwrap_or_default()).collect())
    }
}

impl Limits {
    fn place(name: &str) -> Option<usize> {
        LIMITS.iter().position(|spec| spec.name == name)
    }

    /// A threshold; infinite, so that nothing reaches it, where there is none of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> f64 {
        self.find(name).unwrap_or(f64::INFINITY)
    }

    pub(super) fn find(&self, name: &str) -> Option<f64> {
        self.0.get(Self::place(name)?).copied()
    }

    pub(super) fn set(&mut self, name: &str, value: f64) -> Option<()> {
        *self.0.get_mut(Self::place(name)?)? = value;
        Some(())
    }
}

impl Serialize for Limits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(LIMITS.iter().map(|spec| spec.name).zip(&self.0))
    }
}
