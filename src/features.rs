//! The feature catalogue: one table a unit, with each feature's name, unit, definition and transform.

mod context_table;
mod flow_table;
mod host_table;
mod packet_table;
mod scaler;

use std::sync::LazyLock;

use serde::Serialize;

pub use host_table::HOST_FEATURES;
pub use packet_table::PACKET_FEATURES;
pub use scaler::{Column, Scaler};

use crate::error::{Error, Result};
use crate::report::{FlowRecord, HostRecord, PacketRecord};
use crate::settings::{Settings, Unit};

/// What is done to a raw value before it is centred and scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Transform {
    /// Nothing.
    Linear,
    /// ln(1 + x): for counts, sizes and times, which span decades.
    Log1p,
}

impl Transform {
    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Log1p => "log1p",
        }
    }

    /// The transformed value. Values are non-negative where the transform is a logarithm.
    #[must_use]
    pub fn apply(self, raw: f64) -> f64 {
        match self {
            Self::Linear => raw,
            Self::Log1p => log1p(raw.max(0.0)),
        }
    }
}

/// Logarithms of 1 + the whole numbers from 0: counts and sizes, asked for a few times a row.
static LOGS: LazyLock<Vec<f64>> = LazyLock::new(|| (0..4096u32).map(|n| libm::log1p(f64::from(n))).collect());

/// ln(1 + x) of a number that is not negative.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // what an u32 does not hold is not equal to it
fn log1p(x: f64) -> f64 {
    let whole = x as u32;
    let known = LOGS.get(usize::try_from(whole).unwrap_or(usize::MAX)).filter(|_| f64::from(whole) == x);
    known.copied().unwrap_or_else(|| libm::log1p(x))
}

/// One feature of rows of type `R`.
#[derive(Debug, Clone, Copy)]
pub struct Feature<R: 'static> {
    /// Snake-case name, unique within its unit.
    pub name: &'static str,
    /// Unit of the raw value; empty for pure numbers.
    pub unit: &'static str,
    /// What it is, and when it is missing.
    pub definition: &'static str,
    /// What is done before scaling.
    pub transform: Transform,
    /// Whether it belongs to the default choice.
    pub is_default: bool,
    /// The raw value; `None` when missing. Always finite.
    pub value: fn(&R) -> Option<f64>,
}

/// A catalogue row without its function: what help, docs and the page show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FeatureInfo {
    /// Catalogue name.
    pub name: &'static str,
    /// Unit of the raw value.
    pub unit: &'static str,
    /// What it is.
    pub definition: &'static str,
    /// What is done before scaling.
    pub transform: Transform,
    /// Whether it belongs to the default choice.
    pub is_default: bool,
}

impl<R> Feature<R> {
    fn info(&self) -> FeatureInfo {
        let Self { name, unit, definition, transform, is_default, .. } = *self;
        FeatureInfo { name, unit, definition, transform, is_default }
    }
}

/// Every flow feature: those of the flow itself, then those of the flows around it.
pub static FLOW_FEATURES: LazyLock<Vec<Feature<FlowRecord>>> =
    LazyLock::new(|| [flow_table::FEATURES, context_table::FEATURES].concat());

/// The catalogue of a unit.
#[must_use]
pub fn catalogue(unit: Unit) -> Vec<FeatureInfo> {
    match unit {
        Unit::Flow => FLOW_FEATURES.iter().map(Feature::info).collect(),
        Unit::Packet => PACKET_FEATURES.iter().map(Feature::info).collect(),
        Unit::Host => HOST_FEATURES.iter().map(Feature::info).collect(),
    }
}

/// The chosen features as indices of the unit's catalogue, in catalogue order.
///
/// **Errors** `InvalidSetting` for a name the catalogue does not have.
pub fn choose(settings: &Settings) -> Result<Vec<usize>> {
    let catalogue = catalogue(settings.unit);
    let wanted = &settings.features;
    if let Some(unknown) = wanted.iter().find(|w| *w != "all" && !catalogue.iter().any(|f| f.name == **w)) {
        let names: Vec<_> = catalogue.iter().map(|f| f.name).collect();
        return Err(Error::InvalidSetting {
            name: "features".into(),
            value: unknown.clone(),
            expected: format!("default, all, or names out of {}", names.join(", ")),
        });
    }
    let is_wanted = |f: &FeatureInfo| match wanted.first().map(String::as_str) {
        None => f.is_default,
        Some("all") => true,
        Some(_) => wanted.iter().any(|w| w == f.name),
    };
    Ok(catalogue.iter().enumerate().filter(|(_, f)| is_wanted(f)).map(|(i, _)| i).collect())
}

/// The rows of a run, of either unit.
#[derive(Debug, Clone, Copy)]
pub enum Rows<'a> {
    /// Flows.
    Flows(&'a [FlowRecord]),
    /// Packets.
    Packets(&'a [PacketRecord]),
    /// Hosts.
    Hosts(&'a [HostRecord]),
}

impl Rows<'_> {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Flows(rows) => rows.len(),
            Self::Packets(rows) => rows.len(),
            Self::Hosts(rows) => rows.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Raw value of a catalogue feature of a row; `None` when missing.
    #[must_use]
    pub fn raw(&self, row: usize, feature: usize) -> Option<f64> {
        let value = match self {
            Self::Flows(rows) => (FLOW_FEATURES.get(feature)?.value)(rows.get(row)?),
            Self::Packets(rows) => (PACKET_FEATURES.get(feature)?.value)(rows.get(row)?),
            Self::Hosts(rows) => (HOST_FEATURES.get(feature)?.value)(rows.get(row)?),
        };
        value.filter(|v| v.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_out_of_the_table_are_the_library_s() {
        for x in [0.0, 0.5, 1.0, 7.0, 4095.0, 4095.5, 4096.0, 1e9, 5e9, 1e300, f64::MAX] {
            assert_eq!(Transform::Log1p.apply(x).to_bits(), libm::log1p(x).to_bits(), "{x}");
        }
        assert_eq!(Transform::Log1p.apply(-3.0), 0.0);
    }

    #[test]
    fn names_are_unique_and_there_are_enough() {
        for (unit, least) in [(Unit::Flow, 60), (Unit::Packet, 12), (Unit::Host, 30)] {
            let mut names: Vec<_> = catalogue(unit).iter().map(|f| f.name).collect();
            assert!(names.len() >= least);
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), catalogue(unit).len());
        }
    }

    #[test]
    fn chooses_by_name_in_catalogue_order() {
        let mut settings = Settings::default();
        let default = choose(&settings).unwrap();
        settings.set("features", "all").unwrap();
        assert_eq!(choose(&settings).unwrap().len(), FLOW_FEATURES.len());
        assert!(default.len() < FLOW_FEATURES.len());
        settings.set("features", "orig_pkts,duration").unwrap();
        assert_eq!(choose(&settings).unwrap(), [0, 1]);
        settings.set("features", "nope").unwrap();
        assert_eq!(choose(&settings).unwrap_err().kind(), "invalid-setting");
    }
}
