//! What stands in a cell and how cells compare.

use std::cmp::Ordering;
use std::net::IpAddr;

use serde::{Serialize, Serializer};

use crate::units::{Timestamp, float};

/// One value of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Not computed, not applicable or not known.
    Missing,
    /// A finite number in the column's unit.
    Number(f64),
    /// Text as it stands in the report, not escaped.
    Text(String),
}

impl Cell {
    /// A number; missing unless finite.
    #[must_use]
    pub fn number(value: f64) -> Self {
        if value.is_finite() { Self::Number(value) } else { Self::Missing }
    }

    /// A count; exact up to 2^53.
    #[must_use]
    pub fn count(value: u64) -> Self {
        Self::Number(float(value))
    }

    /// Text; missing when empty.
    #[must_use]
    pub fn text(value: impl Into<String>) -> Self {
        let text = value.into();
        if text.is_empty() { Self::Missing } else { Self::Text(text) }
    }

    /// A moment as ISO 8601.
    #[must_use]
    pub fn time(value: Timestamp) -> Self {
        Self::Text(value.to_string())
    }

    /// An optional number.
    #[must_use]
    pub fn optional(value: Option<f64>) -> Self {
        value.map_or(Self::Missing, Self::number)
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Missing => serializer.serialize_unit(),
            Self::Number(n) => serializer.serialize_f64(*n),
            Self::Text(t) => serializer.serialize_str(t),
        }
    }
}

/// What a row is sorted by: two integers that order as the values do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key(Option<(u128, u16)>);

impl Key {
    pub(super) const MISSING: Self = Self(None);

    pub(super) fn integer(value: u64) -> Self {
        Self(Some((u128::from(value), 0)))
    }

    pub(super) fn time(value: Timestamp) -> Self {
        // Flipping the sign bit makes the two's complement order an unsigned one.
        Self::integer(value.0.cast_unsigned() ^ (1 << 63))
    }

    pub(super) fn float(value: f64) -> Self {
        let bits = value.to_bits();
        // IEEE 754 totalOrder as an unsigned integer.
        Self::integer(if bits >> 63 == 1 { !bits } else { bits | (1 << 63) })
    }

    pub(super) fn optional(value: Option<f64>) -> Self {
        value.map_or(Self::MISSING, Self::float)
    }

    /// By the first sixteen bytes: the texts sorted here are shorter.
    pub(super) fn text(value: &str) -> Self {
        if value.is_empty() {
            return Self::MISSING;
        }
        let mut bytes = [0u8; 16];
        for (to, from) in bytes.iter_mut().zip(value.bytes()) {
            *to = from;
        }
        Self(Some((u128::from_be_bytes(bytes), 0)))
    }

    /// IPv4 before IPv6, then by address, then by port.
    pub(super) fn endpoint(addr: IpAddr, port: u16) -> Self {
        let number = match addr {
            IpAddr::V4(v4) => u128::from(u32::from(v4)),
            // IPv6 addresses below 2^32 (`::1`) sort among IPv4; they stay next to each other.
            IpAddr::V6(v6) => u128::from(v6),
        };
        Self(Some((number, port)))
    }

    pub(super) fn compare(&self, other: &Self, descending: bool) -> Ordering {
        match (self.0, other.0) {
            (Some(a), Some(b)) if descending => b.cmp(&a),
            (Some(a), Some(b)) => a.cmp(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_order_as_their_values_do() {
        let floats = [f64::MIN, -1.5, -0.0, 0.0, 1e-300, 0.5, 1.0, f64::MAX];
        for pair in floats.windows(2) {
            let [a, b] = pair else { continue };
            assert_eq!(Key::float(*a).compare(&Key::float(*b), false), Ordering::Less, "{a} {b}");
        }
        let times = [i64::MIN, -1, 0, 1, i64::MAX].map(Timestamp).map(Key::time);
        for pair in times.windows(2) {
            let [a, b] = pair else { continue };
            assert_eq!(a.compare(b, false), Ordering::Less);
            assert_eq!(a.compare(b, true), Ordering::Greater);
        }
        assert_eq!(Key::text("OTH").compare(&Key::text("SF"), false), Ordering::Less);
    }

    #[test]
    fn missing_is_last_in_both_directions() {
        for descending in [false, true] {
            assert_eq!(Key::MISSING.compare(&Key::integer(0), descending), Ordering::Greater);
            assert_eq!(Key::integer(0).compare(&Key::MISSING, descending), Ordering::Less);
        }
    }

    #[test]
    fn a_number_that_is_none_is_missing() {
        assert_eq!(Cell::number(f64::NAN), Cell::Missing);
        assert_eq!(Cell::number(f64::INFINITY), Cell::Missing);
        assert_eq!(
            serde_json::to_string(&[Cell::Missing, Cell::count(3), Cell::text("a")]).ok().as_deref(),
            Some(r#"[null,3.0,"a"]"#)
        );
    }
}
