//! The feature catalogue: one table a unit, with each feature's name, unit, definition and transform.

mod alike;
mod context_table;
mod feature;
mod flow_table;
mod host_table;
mod packet_table;
mod scaler;

use std::sync::LazyLock;

pub use alike::Alike;
pub use feature::{Feature, FeatureInfo, Transform};
use feature::{join, total};
pub use flow_table::FLOW_FEATURES;
pub use host_table::HOST_FEATURES;
pub use packet_table::PACKET_FEATURES;
pub use scaler::{Column, Scaler};

use crate::error::{Error, Result};
use crate::report::{FlowRecord, HostRecord, PacketRecord};
use crate::settings::{Settings, Unit};

/// Logarithms of 1 + the whole numbers from 0: counts and sizes, asked for a few times a row.
static LOGS: LazyLock<Vec<f64>> = LazyLock::new(|| (0..4096u32).map(|n| libm::log1p(f64::from(n))).collect());

/// ln(1 + x) of a number that is not negative.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // what an u32 does not hold is not equal to it
fn log1p(x: f64) -> f64 {
    let whole = x as u32;
    let known = LOGS.get(usize::try_from(whole).unwrap_or(usize::MAX)).filter(|_| f64::from(whole) == x);
    known.copied().unwrap_or_else(|| libm::log1p(x))
}

/// The catalogue of a unit.
#[must_use]
pub fn catalogue(unit: Unit) -> Vec<FeatureInfo> {
    match unit {
        Unit::Flow => FLOW_FEATURES.iter().map(|f| f.info(true)).collect(),
        Unit::Packet => PACKET_FEATURES.iter().map(|f| f.info(false)).collect(),
        Unit::Host => HOST_FEATURES.iter().map(|f| f.info(false)).collect(),
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
        for (unit, least) in [(Unit::Flow, 120), (Unit::Packet, 20), (Unit::Host, 30)] {
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
