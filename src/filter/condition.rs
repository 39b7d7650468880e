//! What a field's values are compared with.

use std::fmt;

/// A condition on ordered values.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition<T> {
    /// In one of the ranges, both ends included.
    In(Vec<(T, T)>),
    /// There is a value, and none lies in any of the ranges.
    NotIn(Vec<(T, T)>),
    Less(T),
    AtMost(T),
    Greater(T),
    AtLeast(T),
}

impl<T: PartialOrd + Copy> Condition<T> {
    /// Whether any of the values meets it; a missing value meets nothing.
    #[inline]
    pub(super) fn holds(&self, mut values: impl Iterator<Item = T>) -> bool {
        let within = |ranges: &[(T, T)], v: T| ranges.iter().any(|(low, high)| *low <= v && v <= *high);
        match self {
            Self::In(ranges) => values.any(|v| within(ranges, v)),
            Self::NotIn(ranges) => {
                let mut is_there = false;
                values.all(|v| {
                    is_there = true;
                    !within(ranges, v)
                }) && is_there
            }
            Self::Less(limit) => values.any(|v| v < *limit),
            Self::AtMost(limit) => values.any(|v| v <= *limit),
            Self::Greater(limit) => values.any(|v| v > *limit),
            Self::AtLeast(limit) => values.any(|v| v >= *limit),
        }
    }
}

/// Writes a condition as the language has it, its values by `text`.
pub(super) fn write<T: PartialEq>(
    condition: &Condition<T>,
    f: &mut fmt::Formatter<'_>,
    text: impl Fn(&T) -> String,
) -> fmt::Result {
    let range = |(low, high): &(T, T)| if low == high { text(low) } else { format!("{}..{}", text(low), text(high)) };
    match condition {
        Condition::In(ranges) => write_list(f, "", ranges.iter().map(range)),
        Condition::NotIn(ranges) => write_list(f, "!", ranges.iter().map(range)),
        Condition::Less(v) => write!(f, " < {}", text(v)),
        Condition::AtMost(v) => write!(f, " <= {}", text(v)),
        Condition::Greater(v) => write!(f, " > {}", text(v)),
        Condition::AtLeast(v) => write!(f, " >= {}", text(v)),
    }
}

/// ` == value` or ` in {values}`; inverted where `not` is `!`.
pub(super) fn write_list(f: &mut fmt::Formatter<'_>, not: &str, items: impl Iterator<Item = String>) -> fmt::Result {
    let items: Vec<String> = items.collect();
    match (items.as_slice(), not) {
        ([one], "") => write!(f, " == {one}"),
        ([one], _) => write!(f, " != {one}"),
        (many, "") => write!(f, " in {{{}}}", many.join(", ")),
        (many, _) => write!(f, " not in {{{}}}", many.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unequal_needs_a_value_and_no_equal_one() {
        let not = Condition::NotIn(vec![(53, 53)]);
        assert!(not.holds([1, 2].into_iter()));
        assert!(!not.holds([1, 53].into_iter()));
        assert!(!not.holds([].into_iter()));
    }

    #[test]
    fn ranges_include_their_ends() {
        let within = Condition::In(vec![(20, 25), (80, 80)]);
        for (value, is_in) in [(19, false), (20, true), (25, true), (26, false), (80, true)] {
            assert_eq!(within.holds([value].into_iter()), is_in, "{value}");
        }
        assert!(Condition::AtLeast(3).holds([3].into_iter()) && !Condition::Greater(3).holds([3].into_iter()));
        assert!(Condition::AtMost(3).holds([3].into_iter()) && !Condition::Less(3).holds([3].into_iter()));
    }
}
