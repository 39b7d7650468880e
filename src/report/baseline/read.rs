//! Reads a baseline file, which may be anything.

use serde::Deserialize;

use super::{Baseline, FORMAT, Names, What};
use crate::error::{Error, Result};
use crate::settings::Unit;
use crate::sort;

/// Values beyond this are no transformed ones: their squares can still be added up.
const LARGEST_VALUE: f64 = 1e140;
/// Longest word or file name.
const LONGEST: usize = 4096;
/// Most settings.
const SETTINGS: usize = 256;

/// What is read before the rest: a later version may have another shape.
#[derive(Deserialize)]
struct Head {
    format: String,
    schema_version: u32,
}

fn no<T>(why: impl Into<String>) -> Result<T> {
    Err(Error::Baseline(why.into()))
}

pub(super) fn read(bytes: &[u8]) -> Result<Baseline> {
    if bytes.len() > Baseline::MAX_BYTES {
        return no(format!("it has more than {} MiB", Baseline::MAX_BYTES >> 20));
    }
    let Ok(head) = serde_json::from_slice::<Head>(bytes) else {
        return no("the file is no baseline; `--save-baseline` writes one");
    };
    if head.format != FORMAT {
        return no(format!(
            "the file says that it is `{}`, not `{FORMAT}`",
            head.format.escape_debug().to_string().chars().take(80).collect::<String>()
        ));
    }
    if head.schema_version != Baseline::SCHEMA_VERSION {
        return no(format!(
            "it has version {} of the format, this program reads version {}: make it again",
            head.schema_version,
            Baseline::SCHEMA_VERSION
        ));
    }
    let baseline: Baseline = match serde_json::from_slice(bytes) {
        Ok(baseline) => baseline,
        Err(error) => return no(format!("it is damaged at line {}, column {}", error.line(), error.column())),
    };
    check(&baseline)?;
    Ok(baseline)
}

/// Everything that the rest of the program relies on.
fn check(baseline: &Baseline) -> Result<()> {
    let Baseline { captures, settings, known, features, rows, .. } = baseline;
    if Unit::named(&baseline.unit).is_none() {
        return no("its rows are of no known unit");
    }
    let words = [&baseline.wiresift_version, &baseline.protocol].into_iter().chain(captures);
    let words = words.chain(settings.iter().flat_map(|(name, value)| [name, value]));
    let mut words = words.chain(features.iter().flat_map(|f| [&f.name, &f.transform]));
    if captures.len() > Baseline::MAX_CAPTURES || settings.len() > SETTINGS || words.any(|word| word.len() > LONGEST) {
        return no("it holds more than a baseline has");
    }
    if features.len() > Baseline::MAX_FEATURES || rows.len() > Baseline::MAX_ROWS {
        return no("it holds more rows or features than a baseline has");
    }
    let mut names: Vec<&str> = features.iter().map(|f| f.name.as_str()).collect();
    sort::ascending(&mut names);
    if names.windows(2).any(|two| matches!(two, [a, b] if a == b)) {
        return no("it has a feature twice");
    }
    if rows.iter().any(|row| row.len() != features.len()) {
        return no("its rows have not as many values as it has features");
    }
    if rows.iter().flatten().flatten().any(|v| !v.is_finite() || v.abs() > LARGEST_VALUE) {
        return no("one of its values is none that a feature can have");
    }
    for names in What::ALL.map(|what| known.of(what)) {
        let is_sorted = names.names.windows(2).all(|two| matches!(two, [a, b] if a < b));
        if names.names.len() > Names::MAX || names.names.iter().any(|n| n.len() > LONGEST) || !is_sorted {
            return no("its lists of names are too long or not in order");
        }
    }
    if rows.len() < Baseline::MIN_ROWS || features.is_empty() {
        return no(format!("it is empty: {} distinct rows are too few to say what is normal", rows.len()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{BaselineFeature, Known};

    fn baseline() -> Baseline {
        let row = |i: u32| vec![Some(f64::from(i) * 0.1), None];
        let feature = |name: &str| BaselineFeature { name: name.into(), transform: "log1p".into() };
        Baseline {
            format: Baseline::format(),
            schema_version: Baseline::SCHEMA_VERSION,
            wiresift_version: "0.1.0".into(),
            captures: vec!["good.pcap".into()],
            first_ts: None,
            last_ts: None,
            packets: 100,
            flows: 12,
            unit: "flow".into(),
            protocol: "all".into(),
            settings: [("idle-timeout".to_owned(), "120".to_owned())].into(),
            known: Known { hosts: Names { names: vec!["10.0.0.1".into()], beyond: 0 }, ..Known::default() },
            row_count: 12,
            unique_rows: 12,
            features: vec![feature("duration"), feature("orig_pkts")],
            rows: (0..12).map(row).collect(),
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let good = baseline();
        assert_eq!(Baseline::from_json(&good.to_json().unwrap()).unwrap(), good);
        assert_eq!(good.name(), "good.pcap");
    }

    #[test]
    fn every_cut_and_other_files_are_refused() {
        let bytes = baseline().to_json().unwrap();
        for end in 0..bytes.len() - 1 {
            assert_eq!(Baseline::from_json(&bytes[..end]).unwrap_err().kind(), "baseline", "{end}");
        }
        for other in ["", "{}", "[]", "null", "\u{0}", "{\"format\":\"x\",\"schema_version\":1}"] {
            assert!(Baseline::from_json(other.as_bytes()).is_err(), "{other}");
        }
        assert!(Baseline::from_json("[".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn what_breaks_a_bound_is_refused_in_words() {
        type Break = fn(&mut Baseline);
        let breaks: [(Break, &str); 11] = [
            (|b| b.format = "x".into(), "not `wiresift-baseline`"),
            (|b| b.schema_version = 2, "version 2"),
            (|b| b.unit = "session".into(), "unit"),
            (|b| b.rows.truncate(9), "empty: 9"),
            (|b| b.rows.clear(), "empty: 0"),
            (|b| b.rows[3].push(None), "as many values"),
            (|b| b.rows[3][0] = Some(1e200), "values"),
            (|b| b.rows = vec![b.rows[0].clone(); Baseline::MAX_ROWS + 1], "more rows"),
            (|b| b.features[1] = b.features[0].clone(), "twice"),
            (|b| b.known.ja4s.names = vec!["b".into(), "a".into()], "order"),
            (|b| b.captures = vec![String::new(); 21], "more than"),
        ];
        for (change, words) in breaks {
            let mut bad = baseline();
            change(&mut bad);
            let error = Baseline::from_json(&bad.to_json().unwrap()).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
        let text = String::from_utf8(baseline().to_json().unwrap()).unwrap();
        for (from, to) in [("0.1,", "1e999,"), ("0.1,", "NaN,"), ("\"packets\":100", "\"packets\":-1")] {
            assert!(Baseline::from_json(text.replacen(from, to, 1).as_bytes()).is_err(), "{to}");
        }
    }
}
