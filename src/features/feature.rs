//! One feature: what it is called, what it is, and how it is read from a row.

use std::borrow::Cow;

use serde::Serialize;

use super::alike::{self, Alike};
use super::log1p;

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

    /// The raw value of a transformed one.
    #[must_use]
    pub fn invert(self, transformed: f64) -> f64 {
        match self {
            Self::Linear => transformed,
            // What overflows is no value that was transformed.
            Self::Log1p => libm::expm1(transformed).clamp(0.0, f64::MAX),
        }
    }
}

/// One feature of rows of type `R`.
#[derive(Debug)]
pub struct Feature<R: 'static> {
    /// Snake-case name, unique within its unit.
    pub name: &'static str,
    /// Unit of the raw value; empty for pure numbers.
    pub unit: &'static str,
    /// What it is, and behind "; missing" when it is missing.
    pub definition: &'static str,
    /// What is done before scaling.
    pub transform: Transform,
    /// Whether it belongs to the default choice.
    pub is_default: bool,
    /// The raw value; `None` when missing. Always finite.
    pub value: fn(&R) -> Option<f64>,
}

// Not derived: rows need not be copied for their features to be.
impl<R> Clone for Feature<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Feature<R> {}

/// A catalogue row without its function, or a column of a table: what help, docs and the page show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeatureInfo {
    /// Catalogue name, or `column_` and the column's name.
    pub name: Cow<'static, str>,
    /// Unit of the raw value; empty where it is not known.
    pub unit: &'static str,
    /// What it is, and when it is missing.
    pub definition: Cow<'static, str>,
    /// What is done before scaling.
    pub transform: Transform,
    /// Whether it belongs to the default choice.
    pub is_default: bool,
    /// When it is missing, as in "with one packet"; empty where it never is.
    pub missing: &'static str,
    /// CICFlowMeter's column of the same thing.
    pub cicflowmeter: Option<Alike>,
    /// NFStream's column of the same thing.
    pub nfstream: Option<Alike>,
}

impl<R> Feature<R> {
    /// Everything but the function. `is_flow`: whether other tools may have the same for a flow.
    pub(super) fn info(&self, is_flow: bool) -> FeatureInfo {
        let Self { name, unit, definition, transform, is_default, .. } = *self;
        let missing = definition.split_once("; missing ").map_or("", |(_, when)| when.trim_end_matches('.'));
        let of = |table| if is_flow { alike::find(table, name) } else { None };
        let (cicflowmeter, nfstream) = (of(alike::CICFLOWMETER), of(alike::NFSTREAM));
        let (name, definition) = (name.into(), definition.into());
        FeatureInfo { name, unit, definition, transform, is_default, missing, cicflowmeter, nfstream }
    }
}

/// How many features the parts have together.
pub(super) const fn total<R>(parts: &[&[Feature<R>]]) -> usize {
    let (mut sum, mut rest) = (0, parts);
    while let [part, others @ ..] = rest {
        sum += part.len();
        rest = others;
    }
    sum
}

/// The parts in a row, put together by the compiler. `N` is their [`total`].
pub(super) const fn join<R, const N: usize>(parts: &[&[Feature<R>]]) -> [Feature<R>; N] {
    let [[first, ..], ..] = parts else { unreachable!() };
    let mut all = [*first; N];
    let (mut rest, mut place) = (parts, 0);
    while let [part, others @ ..] = rest {
        let mut features = *part;
        while let [feature, behind @ ..] = features {
            if let Some((_, tail)) = all.split_at_mut_checked(place)
                && let [slot, ..] = tail
            {
                *slot = *feature;
            }
            place += 1;
            features = behind;
        }
        rest = others;
    }
    all
}
