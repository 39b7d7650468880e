//! Time and quantities: integers with a unit, and how they are written for people.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Nanoseconds in one second.
pub const NS_PER_SEC: i64 = 1_000_000_000;

/// A moment in UTC, in nanoseconds since 1970-01-01T00:00:00Z.
///
/// **Range** 1677-09-21 to 2262-04-11; what a capture states beyond it is saturated and counted as `ts_invalid`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The moment `seconds` and `nanos` after the epoch, saturated at the ends of the range.
    #[must_use]
    pub fn from_parts(seconds: i64, nanos: i64) -> Self {
        Self(seconds.saturating_mul(NS_PER_SEC).saturating_add(nanos))
    }

    /// Nanoseconds from `earlier` to `self`; 0 when `self` is not later.
    #[must_use]
    pub fn since(self, earlier: Self) -> u64 {
        // The difference of any two fits 64 bits without a sign.
        if self > earlier { self.0.wrapping_sub(earlier.0).cast_unsigned() } else { 0 }
    }

    /// Seconds since the epoch with nine decimals, as Zeek's text logs write time.
    #[must_use]
    pub fn epoch_seconds(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (seconds, nanos) = (self.0.unsigned_abs() / 1_000_000_000, self.0.unsigned_abs() % 1_000_000_000);
        format!("{sign}{seconds}.{nanos:09}")
    }
}

impl fmt::Display for Timestamp {
    /// ISO 8601 in UTC with nine decimals: `2026-11-21T06:29:00.000000000Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ts = jiff::Timestamp::from_nanosecond(i128::from(self.0)).map_err(|_| fmt::Error)?;
        write!(f, "{ts:.9}")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let ts: jiff::Timestamp = text.parse().map_err(serde::de::Error::custom)?;
        i64::try_from(ts.as_nanosecond()).map(Self).map_err(serde::de::Error::custom)
    }
}

/// Nanoseconds as seconds.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn seconds(ns: u64) -> f64 {
    ns as f64 / 1e9
}

/// A count as a float; exact up to 2^53.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn float(n: u64) -> f64 {
    n as f64
}

/// A length as a `u64`; `usize` is never wider on the targets we build for.
#[must_use]
pub fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// Bytes for people, in decimal units: `1.5 MB`.
#[must_use]
pub fn bytes_text(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = float(bytes) / 1000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS.get(unit).unwrap_or(&"PB"))
}

/// A count for people, in groups of three: `1,234,567`.
#[must_use]
pub fn count_text(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// A duration for people: `350 ms`, `12.3 s`, `4 min 5 s`, `2 h 3 min`.
#[must_use]
pub fn duration_text(ns: u64) -> String {
    let s = ns / 1_000_000_000;
    match s {
        0 => format!("{} ms", ns / 1_000_000),
        1..=59 => format!("{:.1} s", seconds(ns)),
        60..=3599 => format!("{} min {} s", s / 60, s % 60),
        3600..=86_399 => format!("{} h {} min", s / 3600, s % 3600 / 60),
        _ => format!("{} d {} h", s / 86_400, s % 86_400 / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_time_as_iso_and_as_epoch_seconds() {
        let ts = Timestamp::from_parts(1_709_539_206, 823_613_000);
        assert_eq!(ts.to_string(), "2024-03-04T08:00:06.823613000Z");
        assert_eq!(ts.epoch_seconds(), "1709539206.823613000");
        assert_eq!(Timestamp(-1).epoch_seconds(), "-0.000000001");
        assert_eq!(Timestamp(i64::MAX).to_string(), "2262-04-11T23:47:16.854775807Z");
        assert_eq!(Timestamp(i64::MIN).to_string(), "1677-09-21T00:12:43.145224192Z");
    }

    #[test]
    fn time_reads_back() {
        for ts in [i64::MIN, -1, 0, 1_709_539_206_823_613_001, i64::MAX].map(Timestamp) {
            let text = serde_json::to_string(&ts).unwrap_or_default();
            assert_eq!(serde_json::from_str::<Timestamp>(&text).ok(), Some(ts), "{text}");
        }
        assert!(serde_json::from_str::<Timestamp>("\"9999-01-01T00:00:00Z\"").is_err());
    }

    #[test]
    fn time_never_runs_backwards() {
        assert_eq!(Timestamp(5).since(Timestamp(9)), 0);
        assert_eq!(Timestamp(i64::MAX).since(Timestamp(i64::MIN)), u64::MAX);
    }

    #[test]
    fn writes_quantities_for_people() {
        assert_eq!(bytes_text(999), "999 B");
        assert_eq!(bytes_text(1_500_000), "1.5 MB");
        assert_eq!(bytes_text(999_960), "1.0 MB");
        assert_eq!(bytes_text(u64::MAX), "18446.7 PB");
        assert_eq!(count_text(1_234_567), "1,234,567");
        assert_eq!(count_text(12), "12");
        assert_eq!(duration_text(245_000_000_000), "4 min 5 s");
    }
}
