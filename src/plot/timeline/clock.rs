//! What stands below the axis of time.

use super::super::scale::{Scale, Spread, nice_step, tick_text};
use super::pixel;
use crate::units::{NS_PER_SEC, Timestamp};

/// How times are written.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Clock {
    /// In UTC.
    #[default]
    Utc,
    /// By a clock that many minutes ahead of UTC: one for all of the axis.
    Local {
        /// Minutes east of UTC.
        minutes: i16,
    },
    /// Since a moment.
    Relative {
        /// It, in seconds after the beginning of the axis.
        origin: f64,
    },
}

impl Clock {
    /// The clock of that name, `utc`, `local` or `relative`, shifted by minutes east of UTC or by seconds after the
    /// axis' beginning; UTC for other names and for shifts that are none.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn named(name: &str, shift: f64) -> Self {
        match name {
            "local" if shift.abs() < 1440.0 => Self::Local { minutes: shift as i16 },
            "relative" if shift.is_finite() => Self::Relative { origin: shift },
            _ => Self::Utc,
        }
    }

    /// What it is called: `UTC`, `UTC+1`, `UTC-3:30`.
    fn zone(self) -> String {
        let Self::Local { minutes } = self else { return "UTC".to_owned() };
        let (hours, rest) = (minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60);
        match (minutes, rest) {
            (0, _) => "UTC".to_owned(),
            (_, 0) => format!("UTC{}{hours}", sign(minutes)),
            _ => format!("UTC{}{hours}:{rest:02}", sign(minutes)),
        }
    }

    /// What its hands show, written as a time in UTC would be.
    fn hands(self, at: Timestamp) -> Timestamp {
        let Self::Local { minutes } = self else { return at };
        Timestamp(at.0.saturating_add(i64::from(minutes).saturating_mul(60 * NS_PER_SEC)))
    }
}

fn sign(minutes: i16) -> char {
    if minutes < 0 { '-' } else { '+' }
}

/// Steps of a clock, seconds.
const CLOCK_STEPS: [f64; 17] = [
    1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 10_800.0, 21_600.0,
    43_200.0,
];
const DAY: f64 = 86_400.0;

/// At most about `most` round moments of a span, in seconds after its start, and the axis title that says how to read
/// them.
pub(super) fn time_ticks(clock: Clock, start: Timestamp, span: f64, most: f64) -> (Vec<(f64, String)>, String) {
    if let Clock::Relative { origin } = clock {
        return relative_ticks(origin, span, most);
    }
    let least = span / most;
    let shown = clock.hands(start);
    let iso = shown.to_string();
    let day = iso.get(..10).unwrap_or_default();
    if least < 1.0 {
        let zone = if clock == Clock::Utc { "Z".to_owned() } else { format!(" ({})", clock.zone()) };
        let title = format!("Seconds after {}{zone}", iso.get(..23).unwrap_or_default().replace('T', " "));
        let scale = Scale::new(Spread::Linear, 0.0, span);
        let ticks = scale.ticks(pixel(span / nice_step(least)).max(2).unsigned_abs() as usize);
        return (ticks.into_iter().map(|v| (v, tick_text(v))).collect(), title);
    }
    let step = CLOCK_STEPS.into_iter().find(|s| *s >= least).unwrap_or_else(|| DAY * nice_step(least / DAY).max(1.0));
    #[allow(clippy::cast_possible_truncation)]
    let step_ns = (step as i64).saturating_mul(NS_PER_SEC).max(1);
    let mut ticks = Vec::new();
    let mut at = shown.0.checked_add((step_ns - shown.0.rem_euclid(step_ns)) % step_ns);
    while let Some(moment) = at.filter(|_| ticks.len() < MOST_TICKS) {
        let offset = crate::units::seconds(Timestamp(moment).since(shown));
        if offset > span {
            break;
        }
        let text = Timestamp(moment).to_string();
        let label = match step {
            s if s >= DAY => text.get(..10),
            s if span > DAY && s >= 60.0 => text.get(5..16),
            s if s >= 60.0 => text.get(11..16),
            _ => text.get(11..19),
        };
        ticks.push((offset, label.unwrap_or_default().replace('T', " ")));
        at = moment.checked_add(step_ns);
    }
    (ticks, format!("Time ({}) from {day}", clock.zone()))
}

const MOST_TICKS: usize = 64;

/// The same counted from the moment `origin` seconds after the beginning, in the unit that gives short numbers.
fn relative_ticks(origin: f64, span: f64, most: f64) -> (Vec<(f64, String)>, String) {
    let (unit, name) = match span {
        s if s < 600.0 => (1.0, "Seconds"),
        s if s < 36_000.0 => (60.0, "Minutes"),
        s if s < 10.0 * DAY => (3600.0, "Hours"),
        _ => (DAY, "Days"),
    };
    let step = nice_step(span / unit / most);
    let first = libm::ceil(-origin / unit / step);
    let places =
        (0_u32..).map(|n| (first + f64::from(n)) * step).map(|value| (value * unit + origin, tick_text(value)));
    let ticks = places.take(MOST_TICKS).take_while(|(at, _)| *at <= span).collect();
    (ticks, format!("{name} after the first packet"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: &[(f64, String)]) -> Vec<&str> {
        ticks.iter().map(|(_, text)| text.as_str()).collect()
    }

    #[test]
    fn labels_the_clock_at_round_moments() {
        let start = Timestamp::from_parts(1_709_539_206, 823_613_000);
        let (ticks, title) = time_ticks(Clock::Utc, start, 300.0, 6.0);
        assert_eq!(labels(&ticks), ["08:01", "08:02", "08:03", "08:04", "08:05"]);
        assert_eq!(title, "Time (UTC) from 2024-03-04");
        let (ticks, title) = time_ticks(Clock::Utc, start, 0.01, 6.0);
        assert_eq!(labels(&ticks).first(), Some(&"0"));
        assert_eq!(title, "Seconds after 2024-03-04 08:00:06.823Z");
    }

    #[test]
    fn a_local_clock_has_its_own_round_moments_and_days() {
        let start = Timestamp::from_parts(1_709_539_206, 0);
        let (ticks, title) = time_ticks(Clock::Local { minutes: 345 }, start, 7200.0, 4.0);
        assert_eq!(labels(&ticks), ["14:00", "14:30", "15:00", "15:30"]);
        assert_eq!(ticks.first().map(|t| t.0), Some(894.0));
        assert_eq!(title, "Time (UTC+5:45) from 2024-03-04");
        let (_, title) = time_ticks(Clock::Local { minutes: -600 }, start, 7200.0, 4.0);
        assert_eq!(title, "Time (UTC-10) from 2024-03-03");
        let (_, title) = time_ticks(Clock::Local { minutes: 60 }, start, 0.5, 4.0);
        assert_eq!(title, "Seconds after 2024-03-04 09:00:06.000 (UTC+1)");
    }

    #[test]
    fn a_relative_clock_counts_from_the_first_packet() {
        let (ticks, title) = time_ticks(Clock::Relative { origin: 3.0 }, Timestamp(0), 100.0, 6.0);
        assert_eq!(labels(&ticks), ["0", "20", "40", "60", "80"]);
        assert_eq!(ticks.first().map(|t| t.0), Some(3.0));
        assert_eq!(title, "Seconds after the first packet");
        let (ticks, title) = time_ticks(Clock::Relative { origin: 0.0 }, Timestamp(0), 7200.0, 6.0);
        assert_eq!(labels(&ticks), ["0", "20", "40", "60", "80", "100", "120"]);
        assert_eq!(ticks.last().map(|t| t.0), Some(7200.0));
        assert_eq!(title, "Minutes after the first packet");
    }

    #[test]
    fn names_that_are_none_are_utc() {
        assert_eq!(Clock::named("local", 90.0), Clock::Local { minutes: 90 });
        assert_eq!(Clock::named("relative", 1.5), Clock::Relative { origin: 1.5 });
        for (name, shift) in [("utc", 5.0), ("local", 1e9), ("local", f64::NAN), ("relative", f64::INFINITY), ("", 0.0)]
        {
            assert_eq!(Clock::named(name, shift), Clock::Utc, "{name} {shift}");
        }
    }

    #[test]
    fn the_end_of_time_has_no_ticks_to_overflow() {
        for clock in [Clock::Utc, Clock::Local { minutes: 840 }, Clock::Local { minutes: -720 }] {
            let (ticks, _) = time_ticks(clock, Timestamp(i64::MAX - 5), 1e9, 6.0);
            assert!(ticks.len() <= MOST_TICKS);
            let (ticks, _) = time_ticks(clock, Timestamp(i64::MIN), 1e12, 6.0);
            assert!(ticks.iter().all(|(v, _)| v.is_finite()));
        }
    }
}
