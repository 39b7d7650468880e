//! Zeek's intelligence files: `#fields indicator indicator_type meta.source ...`, between tabs.
//!
//! **Source** Zeek's Intelligence Framework, `Intel::Type`.

use super::indicator::{Indicator, Mark};
use crate::enrich::faults::Fault;

/// Where the columns are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fields {
    indicator: usize,
    kind: usize,
    note: Option<usize>,
}

impl Fields {
    /// The fields of a directive; `None` of other lines.
    pub(super) fn of(line: &str) -> Option<Self> {
        let names: Vec<&str> = line.strip_prefix("#fields")?.split_whitespace().collect();
        let place = |wanted: &str| names.iter().position(|name| *name == wanted);
        Some(Self {
            indicator: place("indicator")?,
            kind: place("indicator_type")?,
            note: place("meta.desc").or_else(|| place("meta.source")),
        })
    }

    /// A line's indicator and what is said of it.
    pub(super) fn read<'a>(&self, line: &'a str) -> (Result<Indicator, Fault>, &'a str) {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        let cell = |place: usize| cells.get(place).copied().filter(|cell| *cell != "-");
        let note = self.note.and_then(cell).unwrap_or("");
        let Some((value, kind)) = cell(self.indicator).zip(cell(self.kind)) else { return (Err(Fault::BadLine), note) };
        let found = match kind.strip_prefix("Intel::").unwrap_or(kind) {
            "ADDR" | "SUBNET" => Indicator::parse(value).and_then(only_net),
            "DOMAIN" => Indicator::domain(value),
            "URL" => Indicator::url(value),
            "CERT_HASH" => Indicator::mark(Mark::CertSha1, value),
            "JA3" => Indicator::mark(Mark::Ja3, value),
            "JA3S" => Indicator::mark(Mark::Ja3s, value),
            "JA4" => Indicator::mark(Mark::Ja4, value),
            "FILE_HASH" | "FILE_NAME" | "EMAIL" | "SOFTWARE" | "USER_NAME" | "PUBKEY_HASH" => Err(Fault::NotInTraffic),
            _ => Err(Fault::BadLine),
        };
        (found, note)
    }
}

fn only_net(found: Indicator) -> Result<Indicator, Fault> {
    if matches!(found, Indicator::Net(_)) { Ok(found) } else { Err(Fault::BadLine) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_by_their_types() {
        let fields = Fields::of("#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc").unwrap();
        assert_eq!(
            fields.read("evil.example\tIntel::DOMAIN\tus\tbad"),
            (Ok(Indicator::Domain("evil.example".into())), "bad")
        );
        assert_eq!(
            fields.read("evil.example/x\tIntel::URL\tus\t-"),
            (Ok(Indicator::Url { host: "evil.example".into(), path: "/x".into() }), "")
        );
        assert_eq!(fields.read("ab\tIntel::FILE_HASH\tus\t-").0, Err(Fault::NotInTraffic));
        assert_eq!(fields.read("evil.example\tIntel::ADDR\tus\t-").0, Err(Fault::BadLine));
        assert_eq!(fields.read("evil.example").0, Err(Fault::BadLine));
        assert_eq!(Fields::of("#fields\tts\tuid"), None);
    }
}
