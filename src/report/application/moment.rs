//! Moments that a message names.

use std::fmt;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use serde::{Serialize, Serializer};

use super::Held;

/// A date and time in UTC, as a message states it: far beyond what a capture's own clock can say.
///
/// **Range** the years -9999 to 9999, to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(DateTime);

const EPOCH: DateTime = jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0);

impl Moment {
    /// The moment with this date and time; `None` where there is none.
    #[must_use]
    pub fn from_utc(year: i16, month: i8, day: i8, hour: i8, minute: i8, second: i8) -> Option<Self> {
        DateTime::new(year, month, day, hour, minute, second, 0).ok().map(Self)
    }

    /// The moment so many seconds after 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        EPOCH.checked_add(SignedDuration::from_secs(seconds)).ok().map(Self)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.duration_since(EPOCH).as_secs()
    }
}

impl fmt::Display for Moment {
    /// ISO 8601: `2026-11-21T06:29:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Z", self.0)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Held for Moment {
    fn held_bytes(&self) -> usize {
        12
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        let moment = Moment::from_utc(2024, 2, 29, 23, 59, 59).unwrap();
        assert_eq!((moment.seconds(), moment.to_string().as_str()), (1_709_251_199, "2024-02-29T23:59:59Z"));
        assert_eq!(Moment::from_utc(2023, 2, 29, 0, 0, 0), None);
        assert_eq!(Moment::from_seconds(1_709_251_199), Some(moment));
        assert_eq!(Moment::from_seconds(i64::MAX), None);
        assert_eq!(Moment::from_utc(9999, 12, 31, 23, 59, 59).map(|m| m.to_string().len()), Some(20));
    }
}
