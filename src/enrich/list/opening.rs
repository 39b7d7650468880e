//! Whether a file is a list, by its first bytes.

use super::columns::{self, Columns};
use super::json;
use super::line::{LineReader, MAX_LINE};
use super::reader::{Building, text_of};

/// Lines looked at.
const MAX_LINES: usize = 200;
/// Words behind an indicator in a line of a list: with more it is a log or prose.
const MAX_WORDS: usize = 3;
/// What the comments of lists without entries say: feeds are empty at times.
const WORDS: &[&str] = &["abuse.ch", "blocklist", "block list", "threat", "indicator", "spamhaus", "firehol"];
/// Fields that JSON lists begin with.
const JSON_WORDS: &[&str] = &[
    "\"type\": \"bundle\"",
    "\"type\":\"bundle\"",
    "\"Event\"",
    "\"Attribute\"",
    "\"ioc\"",
    "\"ioc_value\"",
    "\"indicator\"",
    "\"ip_address\"",
    "\"dst_ip\"",
    "\"pattern_type\"",
    "\"malware_printable\"",
    "\"urlhaus",
];

/// Whether at least half of the first lines are indicators.
pub(crate) fn is_list(first: &[u8]) -> bool {
    let Ok(text) = text_of(first) else { return false };
    if text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\r' | '\n')) {
        return false;
    }
    if json::is_json(&text) {
        let mut building = Building::default();
        let is_whole = json::read(&text, &mut building).is_ok();
        return is_whole && building.form().is_some() || JSON_WORDS.iter().any(|word| text.contains(word));
    }
    let mut reader = LineReader::default();
    let mut building = Building::default();
    // Rows with two addresses are of traffic.
    let (mut read, mut used, mut pairs) = (0u64, 0u64, 0u64);
    let mut comments = String::new();
    let mut has_fields = false;
    for (number, line) in (1..).zip(text.lines().take(MAX_LINES)) {
        let line = line.trim();
        has_fields |= line.starts_with("#fields") && line.contains("indicator_type");
        if line.is_empty() || line.starts_with(['#', ';', '!']) {
            comments.push_str(&line.to_ascii_lowercase());
            reader.read(line, number, &mut building);
            continue;
        }
        let cells = columns::split(line);
        if read == 0
            && let Some(columns) = Columns::named(&cells)
        {
            if columns.is_of_traffic() {
                return false;
            }
            reader.read(line, number, &mut building);
            continue;
        }
        let words = line.split(" #").next().unwrap_or_default().split_whitespace().count();
        read += 1;
        pairs += u64::from(cells.iter().filter(|cell| cell.parse::<std::net::IpAddr>().is_ok()).count() > 1);
        if line.len() > MAX_LINE || cells.len() == 1 && words > MAX_WORDS && !line.contains(" ;") {
            continue;
        }
        let before = building.faults.of(crate::enrich::faults::Fault::BadLine);
        reader.read(line, number, &mut building);
        if building.faults.of(crate::enrich::faults::Fault::BadLine) == before {
            used += 1;
        }
    }
    if pairs > 0 && pairs * 2 >= read {
        return false;
    }
    has_fields || read == 0 && WORDS.iter().any(|word| comments.contains(word)) || used > 0 && used * 2 >= read
}
