//! Times as label files write them. A time without a zone is taken as UTC.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use crate::units::Timestamp;

/// Reads a time: seconds, milliseconds, microseconds or nanoseconds since 1970, ISO 8601, or day/month/year (or
/// month/day/year where the day says so) with hours and minutes.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let first = text.bytes().next()?;
    if first.is_ascii_digit() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return epoch(text);
    }
    if let Ok(ts) = text.parse::<jiff::Timestamp>() {
        return i64::try_from(ts.as_nanosecond()).ok().map(Timestamp);
    }
    if let Ok(civil) = text.parse::<DateTime>() {
        return utc(civil);
    }
    slashed(text)
}

/// Digits before the point say the unit: ten are seconds from 2001 to 2286.
fn epoch(text: &str) -> Option<Timestamp> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let whole: i64 = whole.parse().ok()?;
    let scale: i64 = match whole {
        0..100_000_000_000 => 1_000_000_000,
        100_000_000_000..100_000_000_000_000 => 1_000_000,
        100_000_000_000_000..100_000_000_000_000_000 => 1_000,
        _ => 1,
    };
    let digits: String = part.chars().chain("000000000".chars()).take(9).collect();
    let nanos: i64 = digits.parse().ok()?;
    Some(Timestamp(whole.checked_mul(scale)?.checked_add(nanos / (1_000_000_000 / scale))?))
}

fn utc(civil: DateTime) -> Option<Timestamp> {
    let ts = Offset::UTC.to_timestamp(civil).ok()?;
    i64::try_from(ts.as_nanosecond()).ok().map(Timestamp)
}

/// `5/7/2017 8:42:42 AM`, `25/02/2015 13:05`.
fn slashed(text: &str) -> Option<Timestamp> {
    let mut words = text.split_whitespace();
    let (date, time, half) = (words.next()?, words.next()?, words.next());
    let mut numbers = date.split('/').map(|n| n.parse::<i16>().ok());
    let (a, b, year) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let (day, month) = if b > 12 { (b, a) } else { (a, b) };
    let year = if year < 100 { year + 2000 } else { year };
    let mut clock = time.split(':').map(|n| n.split('.').next().and_then(|n| n.parse::<i8>().ok()));
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next().flatten().unwrap_or(0));
    let hour = match half.map(str::to_ascii_lowercase).as_deref() {
        Some("pm") if hour < 12 => hour + 12,
        Some("am") if hour == 12 => 0,
        _ => hour,
    };
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    utc(date.to_datetime(Time::new(hour, minute, second, 0).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_many_kinds_are_read() {
        let expected = "2015-02-25T13:05:30.000000000Z";
        for text in [
            "1424869530",
            "1424869530.0",
            "1424869530000",
            "1424869530000000",
            "1424869530000000000",
            expected,
            "2015-02-25 13:05:30",
            "25/02/2015 13:05:30",
            "2/25/2015 1:05:30 PM",
            "2015-02-25T14:05:30+01:00",
        ] {
            assert_eq!(read(text).map(|ts| ts.to_string()).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(read("1424869530.25").map(|ts| ts.0), Some(1_424_869_530_250_000_000));
        for bad in ["", "x", "99/99/2015 1:1", "1/1/2015", "1.2.3", "99999999999999999999", "1/1/2015 99:00"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
