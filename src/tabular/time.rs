//! Times as tables write them.

use jiff::civil::{Date, DateTime};

use super::value::scaled;
use crate::units::Timestamp;

/// Numbers from here on are milliseconds, microseconds and nanoseconds since 1970: as seconds they are beyond the year
/// 5138.
const MILLIS_FROM: f64 = 1e11;
const MICROS_FROM: f64 = 1e14;
const NANOS_FROM: f64 = 1e17;

/// A moment: seconds, milliseconds, microseconds or nanoseconds since 1970 by their size; ISO 8601; or `d/m/yyyy` with a
/// time of day, as CICFlowMeter writes it. What names no zone is taken for UTC.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.starts_with(|c: char| c.is_ascii_digit() || c == '-')
        && let Some(ts) = number(text)
    {
        return Some(ts);
    }
    if text.contains('/') { by_slashes(text) } else { iso(text) }
}

fn number(text: &str) -> Option<Timestamp> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let size = digits.parse::<f64>().ok().filter(|v| v.is_finite())?;
    let places = match size {
        _ if size < MILLIS_FROM => 9,
        _ if size < MICROS_FROM => 6,
        _ if size < NANOS_FROM => 3,
        _ => return digits.split('.').next()?.parse::<i64>().ok().map(|ns| Timestamp(sign * ns)),
    };
    let ns = scaled(digits, places).ok()?;
    i64::try_from(ns).ok().map(|ns| Timestamp(sign * ns))
}

fn iso(text: &str) -> Option<Timestamp> {
    if let Ok(ts) = text.parse::<jiff::Timestamp>() {
        return i64::try_from(ts.as_nanosecond()).ok().map(Timestamp);
    }
    utc(text.parse().ok()?)
}

fn utc(civil: DateTime) -> Option<Timestamp> {
    let ts = jiff::tz::TimeZone::UTC.to_timestamp(civil).ok()?;
    i64::try_from(ts.as_nanosecond()).ok().map(Timestamp)
}

/// `d/m/yyyy h:mm[:ss[.fraction]] [AM|PM]`.
fn by_slashes(text: &str) -> Option<Timestamp> {
    let mut parts = text.split_ascii_whitespace();
    let (date, time, half) = (parts.next()?, parts.next().unwrap_or("0:00"), parts.next());
    let mut date = date.split('/');
    let (day, month, year) =
        (date.next()?.parse().ok()?, date.next()?.parse().ok()?, date.next()?.parse::<i16>().ok()?);
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut time = time.split(':');
    let (hour, minute) = (time.next()?.parse::<i8>().ok()?, time.next()?.parse().ok()?);
    let second = time.next().map_or(Some(0), |s| s.parse().ok())?;
    let hour = match half {
        Some(half) if half.eq_ignore_ascii_case("pm") && hour < 12 => hour + 12,
        Some(half) if half.eq_ignore_ascii_case("am") && hour == 12 => 0,
        Some(half) if half.eq_ignore_ascii_case("am") || half.eq_ignore_ascii_case("pm") => hour,
        Some(_) => return None,
        None => hour,
    };
    let nanos = if fraction.is_empty() { 0 } else { scaled(&format!("0.{fraction}"), 9).ok()? };
    let nanos = i32::try_from(nanos).ok()?;
    utc(DateTime::from_parts(
        Date::new(year, month, day).ok()?,
        jiff::civil::Time::new(hour, minute, second, nanos).ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_forms_that_tables_have() {
        let noon = "2017-07-07T12:00:30.500000000Z";
        for text in [
            "1499428830.5",
            "1499428830500",
            "1499428830500000",
            "1499428830500000000",
            "2017-07-07T12:00:30.5Z",
            "2017-07-07 12:00:30.5",
            "2017-07-07T14:00:30.5+02:00",
            "7/7/2017 12:00:30.5",
            "07/07/2017 12:00:30.5 PM",
        ] {
            assert_eq!(moment(text).map(|t| t.to_string()).as_deref(), Some(noon), "{text}");
        }
        assert_eq!(moment("3/7/2017 8:55").map(|t| t.to_string()).as_deref(), Some("2017-07-03T08:55:00.000000000Z"));
        assert_eq!(moment("5/7/2017 12:05:00 AM").map(|t| t.epoch_seconds()).as_deref(), Some("1499213100.000000000"));
        assert_eq!(moment("1709539206.823613001"), Some(Timestamp(1_709_539_206_823_613_001)));
        assert_eq!(moment("-0.000000001"), Some(Timestamp(-1)));
        assert_eq!(moment("9223372036854775807"), Some(Timestamp(i64::MAX)));
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in
            ["", "-", "noon", "NaN", "inf", "1e300", "99/99/2017 1:00", "1/2", "9999-01-01T00:00:00Z", "1/1/2017 25:00"]
        {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
