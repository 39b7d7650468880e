//! One axis: where a value lies between its ends, and which values are written beside it.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ReversibleRanged};

use super::frame::pixel;

/// How values spread over an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Spread {
    /// Evenly.
    Linear,
    /// By the logarithm of 1 + value: 0 has its place and 1 is seen beside 1,000,000.
    Log,
    /// Evenly up to about `unit` on either side of 0, by the logarithm beyond (inverse hyperbolic sine).
    SymmetricLog {
        /// Where the even part ends.
        unit: f64,
    },
}

/// No axis reaches beyond: differences and squares of what it shows stay finite.
const FARTHEST: f64 = 1e150;

/// A value axis from `min` to `max`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    spread: Spread,
    min: f64,
    max: f64,
}

impl Scale {
    /// An axis that is never empty, inverted or infinite, whatever it is given.
    pub(super) fn new(spread: Spread, min: f64, max: f64) -> Self {
        let (min, max) = (min.clamp(-FARTHEST, FARTHEST), max.clamp(-FARTHEST, FARTHEST));
        let min = if min.is_finite() { min } else { 0.0 };
        let max = if max.is_finite() && max > min { max } else { min + 1.0 };
        Self { spread, min, max }
    }

    /// The same axis with `share` of its length added at both ends.
    pub(super) fn padded(mut self, share: f64) -> Self {
        let (low, high) = (self.place(self.min), self.place(self.max));
        let extra = (high - low) * share;
        self.min = self.value(low - extra);
        self.max = self.value(high + extra);
        self
    }

    pub(super) fn is_log(&self) -> bool {
        self.spread != Spread::Linear
    }

    /// The value in the space where the axis is even.
    fn place(&self, value: f64) -> f64 {
        match self.spread {
            Spread::Linear => value,
            Spread::Log => libm::log1p(value.max(0.0)),
            Spread::SymmetricLog { unit } => libm::asinh(value / unit),
        }
    }

    /// The inverse of `place`.
    fn value(&self, place: f64) -> f64 {
        match self.spread {
            Spread::Linear => place,
            Spread::Log => libm::expm1(place),
            Spread::SymmetricLog { unit } => libm::sinh(place) * unit,
        }
    }

    /// 0 at `min`, 1 at `max`; beyond the ends it is the end.
    fn share(&self, value: f64) -> f64 {
        let (low, high) = (self.place(self.min), self.place(self.max));
        let share = (self.place(value) - low) / (high - low);
        if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
    }

    /// At most `most` values worth writing beside the axis, in rising order.
    pub(super) fn ticks(&self, most: usize) -> Vec<f64> {
        let most = u32::try_from(most.clamp(2, 100)).unwrap_or(2);
        let candidates = match self.spread {
            Spread::Linear => return self.even_ticks(most),
            Spread::Log => log_candidates(0, self.max),
            Spread::SymmetricLog { unit } => log_candidates(exponent_of(unit), self.max.abs().max(self.min.abs())),
        };
        let apart = 0.85 / f64::from(most);
        let mut taken: Vec<f64> = Vec::new();
        for value in candidates.into_iter().flat_map(|v| if v > 0.0 { vec![v, -v] } else { vec![v] }) {
            let share = self.share(value);
            let is_free = taken.iter().all(|t| (self.share(*t) - share).abs() >= apart);
            if value >= self.min && value <= self.max && is_free {
                taken.push(value);
            }
        }
        taken.sort_unstable_by(f64::total_cmp);
        taken
    }

    fn even_ticks(&self, most: u32) -> Vec<f64> {
        let step = nice_step((self.max - self.min) / f64::from(most));
        let first = (self.min / step - 1e-9).ceil();
        (0..=most).map(|i| (first + f64::from(i)) * step).filter(|v| *v <= self.max + step * 1e-9).collect()
    }
}

/// The smallest of 1, 2, 5 times a power of ten that is not below `least`.
pub(super) fn nice_step(least: f64) -> f64 {
    if !least.is_finite() || least <= 0.0 {
        return 1.0;
    }
    let decade = libm::pow(10.0, libm::floor(libm::log10(least)));
    [1.0, 2.0, 5.0].into_iter().map(|m| m * decade).find(|s| *s >= least * (1.0 - 1e-9)).unwrap_or(decade * 10.0)
}

fn exponent_of(value: f64) -> i32 {
    pixel(libm::ceil(libm::log10(value)))
}

/// 0, then whole decades from `10^low` up to `max`, then their 2 and 5 fold: the order in which they deserve a label.
fn log_candidates(low: i32, max: f64) -> Vec<f64> {
    let mut values = vec![0.0];
    for multiple in [1.0, 2.0, 5.0] {
        let mut exponent = low;
        loop {
            let value = multiple * libm::pow(10.0, f64::from(exponent));
            if value > max || !value.is_finite() || exponent > low + 40 {
                break;
            }
            values.push(value);
            exponent += 1;
        }
    }
    values
}

/// A tick's text: `1,500`, `20k`, `1.5M`, `-0.25`.
pub(super) fn tick_text(value: f64) -> String {
    let size = value.abs();
    if size >= 1e15 {
        return format!("{value:.0e}").replace('-', "\u{2212}");
    }
    let (scaled, suffix) = match size {
        s if s >= 1e12 => (value / 1e12, "T"),
        s if s >= 1e9 => (value / 1e9, "G"),
        s if s >= 1e6 => (value / 1e6, "M"),
        s if s >= 1e4 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let mut text = format!("{scaled:.6}");
    while text.contains('.') && (text.ends_with('0') || text.ends_with('.')) {
        text.pop();
    }
    if text == "-0" || text.is_empty() {
        text = "0".to_owned();
    }
    if suffix.is_empty() && size >= 1000.0 && text.trim_start_matches('-').len() == 4 {
        text.insert(text.len() - 3, ',');
    }
    // The minus sign, not the hyphen.
    format!("{text}{suffix}").replace('-', "\u{2212}")
}

impl Ranged for Scale {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        limit.0 + pixel(f64::from(limit.1 - limit.0) * self.share(*value))
    }

    fn key_points<H: KeyPointHint>(&self, hint: H) -> Vec<f64> {
        self.ticks(hint.max_num_points())
    }

    fn range(&self) -> Range<f64> {
        self.min..self.max
    }
}

impl ReversibleRanged for Scale {
    fn unmap(&self, at: i32, limit: (i32, i32)) -> Option<f64> {
        let (from, to) = (limit.0.min(limit.1), limit.0.max(limit.1));
        if at < from || at > to || from == to {
            return None;
        }
        let share = f64::from(at - limit.0) / f64::from(limit.1 - limit.0);
        let (low, high) = (self.place(self.min), self.place(self.max));
        Some(self.value(low + (high - low) * share))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPREADS: [Spread; 3] = [Spread::Linear, Spread::Log, Spread::SymmetricLog { unit: 0.5 }];

    #[test]
    fn a_pixel_maps_back_to_its_value() {
        for spread in SPREADS {
            let scale = Scale::new(spread, 0.0, 2000.0);
            for at in [10, 11, 200, 909, 1010] {
                let value = scale.unmap(at, (10, 1010)).unwrap_or(f64::NAN);
                assert_eq!(scale.map(&value, (10, 1010)), at, "{spread:?}");
            }
            assert_eq!(scale.unmap(9, (10, 1010)), None);
            assert_eq!(scale.map(&f64::NAN, (10, 1010)), 10);
            assert_eq!(scale.map(&1e300, (10, 1010)), 1010);
        }
    }

    #[test]
    fn odd_ends_make_a_usable_axis() {
        for spread in SPREADS {
            for (min, max) in [(0.0, 0.0), (f64::NAN, f64::INFINITY), (3.0, 3.0), (5.0, 1.0)] {
                let ticks = Scale::new(spread, min, max).padded(0.05).ticks(6);
                assert!(ticks.iter().all(|t| t.is_finite()), "{spread:?} {ticks:?}");
            }
        }
    }

    #[test]
    fn ticks_are_round_numbers() {
        let text = |s: &Scale, n| s.ticks(n).into_iter().map(tick_text).collect::<Vec<_>>();
        assert_eq!(text(&Scale::new(Spread::Linear, 0.0, 1.0), 5), ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        assert_eq!(text(&Scale::new(Spread::Log, 0.0, 123_456.0), 6), ["0", "10", "100", "1,000", "10k", "100k"]);
        assert_eq!(
            text(&Scale::new(Spread::SymmetricLog { unit: 1.0 }, -20.0, 1500.0), 9),
            ["\u{2212}10", "\u{2212}2", "0", "2", "10", "100", "1,000"]
        );
        assert_eq!(tick_text(1.5e6), "1.5M");
        assert_eq!(tick_text(-2000.0), "\u{2212}2,000");
        assert_eq!(tick_text(-0.25), "\u{2212}0.25");
    }
}
