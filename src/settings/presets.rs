//! Settings for a purpose, by name.

use serde::Serialize;

use super::Settings;
use crate::error::{Error, Result};

/// Settings that go together.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Preset {
    /// Name, as in `--preset`.
    pub name: &'static str,
    /// What it is for.
    pub meaning: &'static str,
    /// Names and values that it sets; the others are at their defaults.
    pub values: &'static [(&'static str, &'static str)],
}

/// The presets; the first are the defaults.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "default",
        meaning: "What suits most captures: several detectors together, rows that score 0.5.",
        values: &[],
    },
    Preset {
        name: "strict",
        meaning: "Only what is far from everything else: for large captures of many kinds of traffic.",
        values: &[("threshold", "0.8"), ("small-cluster", "0.001")],
    },
    Preset {
        name: "sensitive",
        meaning: "More rows, with more that are harmless: for a short capture that is known to hold something.",
        values: &[("threshold", "0.3"), ("small-cluster", "0.03")],
    },
    Preset {
        name: "kmeans",
        meaning: "KMeans alone: the hundredth of the rows farthest from their cluster, and small clusters.",
        values: &[("detector", "kmeans"), ("threshold-rule", "percentile")],
    },
    Preset {
        name: "hosts",
        meaning: "Hosts beside each other instead of flows: for who rather than what.",
        values: &[("unit", "host")],
    },
    Preset {
        name: "damaged",
        meaning: "Reads on after damaged records, and expands compressed captures further.",
        values: &[("resync", "on"), ("max-expansion", "1000")],
    },
];

/// The settings of a preset.
///
/// **Errors** `UnknownPreset`.
pub fn preset(name: &str) -> Result<Settings> {
    let preset = PRESETS.iter().find(|p| p.name == name);
    let preset = preset.ok_or_else(|| Error::UnknownPreset { name: name.to_owned() })?;
    Settings::from_pairs(preset.values.iter().copied())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_is_sound_and_its_own() {
        let all: Vec<Settings> = PRESETS.iter().map(|p| preset(p.name).unwrap()).collect();
        assert_eq!(all.first(), Some(&Settings::default()));
        for (i, settings) in all.iter().enumerate() {
            settings.check().unwrap();
            assert!(all.iter().skip(i + 1).all(|other| other != settings));
        }
        assert_eq!(preset("none").unwrap_err().kind(), "unknown-preset");
    }
}
