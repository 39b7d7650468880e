//! Words and numbers as the exports for people write them.

use crate::report::{
    Bucket, Contribution, CountryUse, DatabaseReport, Detection, FileReport, NetworkUse, Report, Untracked,
};
use crate::units::{Timestamp, count_text, float};

/// So many of what has a plural of its own.
pub(super) fn many(n: u64, one: &str, other: &str) -> String {
    format!("{} {}", count_text(n), if n == 1 { one } else { other })
}

/// A moment to the millisecond: `2024-03-04 08:00:06.823`.
pub(super) fn moment(ts: Timestamp) -> String {
    ts.to_string().get(..23).unwrap_or_default().replace('T', " ")
}

/// So many, the noun in its number.
pub(super) fn plural(n: u64, one: &str) -> String {
    format!("{} {one}{}", count_text(n), if n == 1 { "" } else { "s" })
}

/// What one row is.
pub(super) fn noun(report: &Report) -> &'static str {
    report.settings.unit.name()
}

/// What scored, in words.
pub(super) fn detector(detection: &Detection) -> String {
    match detection.members {
        0 | 1 => detection.detector.to_owned(),
        n => format!("{} of {n} detectors", detection.detector),
    }
}

/// What a file holds, counted.
pub(super) fn contents(file: &FileReport) -> String {
    match &file.table {
        Some(table) => plural(table.rows, "row"),
        None => plural(file.packets, "packet"),
    }
}

/// What a GeoIP database calls itself, and of which day it is: `GeoLite2-City, built 2026-11-20`.
pub(super) fn built(database: &DatabaseReport) -> String {
    let moment = database.build_time.to_string();
    format!("{}, built {}", database.database_type, moment.split('T').next().unwrap_or(&moment))
}

/// A country: `Germany (DE)`.
pub(super) fn country(of: &CountryUse) -> String {
    of.country_name.as_ref().map_or_else(|| of.country.to_string(), |name| format!("{name} ({})", of.country))
}

/// An autonomous system: `AS64496 Example Net`.
pub(super) fn network(of: &NetworkUse) -> String {
    of.as_org.as_ref().map_or_else(|| format!("AS{}", of.asn), |organisation| format!("AS{} {organisation}", of.asn))
}

/// A part of a whole in per cent.
pub(super) fn share(part: u64, whole: u64) -> String {
    if whole == 0 { "0 %".to_owned() } else { format!("{:.2} %", float(part) / float(whole) * 100.0) }
}

/// A number for people: three decimals at most, thousands grouped.
pub(super) fn number(v: f64) -> String {
    let size = v.abs();
    if size >= 1e15 || (size > 0.0 && size < 0.001) {
        return format!("{v:.1e}");
    }
    let text = if size >= 1000.0 { format!("{size:.0}") } else { format!("{size:.3}") };
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let grouped = whole.parse().map_or_else(|_| whole.to_owned(), count_text);
    let sign = if v < 0.0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{fraction}") }
}

/// A raw value of a feature with its unit.
pub(super) fn value(v: Option<f64>, unit: &str) -> String {
    match v {
        None => "none".to_owned(),
        Some(v) if unit.is_empty() => number(v),
        Some(v) => format!("{} {unit}", number(v)),
    }
}

/// How far a feature's values lie around its typical one, ` ± 12`; nothing where they do not.
pub(super) fn spread(c: &Contribution) -> String {
    c.spread.filter(|s| *s > 0.0).map(|s| format!(" ± {}", number(s))).unwrap_or_default()
}

/// What became of packets that are in no flow: behind "packets", and how many.
pub(super) fn untracked(u: &Untracked) -> [(&'static str, Bucket); 6] {
    [
        ("without IP or ARP", u.non_ip),
        ("with headers that contradict themselves", u.malformed),
        ("with headers cut by the snapshot length", u.truncated_by_snaplen),
        ("of a link layer that is not decoded", u.unsupported_link),
        ("beyond the flow table's limits (--max-flows, --max-memory)", u.table_full),
        ("in rows of tables beyond the limits", u.rows_full),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_grouped() {
        for (value, text) in [
            (0.0, "0"),
            (1.5, "1.5"),
            (-2.0, "-2"),
            (1234.567, "1,235"),
            (999.5, "999.5"),
            (0.000_12, "1.2e-4"),
            (12_345_678.0, "12,345,678"),
            (3e18, "3.0e18"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
