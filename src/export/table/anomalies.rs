//! The explained anomalies.

use super::Column;
use crate::export::cell::{Cell, write_json};
use crate::report::{Anomaly, Contribution};

pub(super) static COLUMNS: &[Column<Anomaly>] = &[
    Column { name: "ts", cell: |a| Cell::Moment(a.ts) },
    Column { name: "id", cell: |a| Cell::Text(a.id.clone()) },
    Column { name: "proto", cell: |a| Cell::Text(a.proto.clone()) },
    Column { name: "orig", cell: |a| Cell::Text(a.orig.clone()) },
    Column { name: "resp", cell: |a| Cell::Text(a.resp.clone()) },
    Column {
        name: "service",
        cell: |a| Cell::or_unknown(a.application.as_ref().filter(|a| !a.is_guess()), |a| Cell::Text(a.services_text())),
    },
    Column { name: "score", cell: |a| single(a.score) },
    Column { name: "severity", cell: |a| Cell::Word(a.severity.name()) },
    Column { name: "reason", cell: |a| Cell::word(a.reason) },
    Column { name: "agreement", cell: |a| Cell::Count(u64::from(a.agreement)) },
    Column { name: "cluster", cell: |a| Cell::Count(u64::from(a.cluster)) },
    Column { name: "distance", cell: |a| single(a.distance) },
    Column { name: "contributions", cell: |a| contributions(&a.contributions) },
];

/// Scores and distances are of single precision and were only widened: written so, they have no made-up digits.
#[allow(clippy::cast_possible_truncation)]
fn single(value: f64) -> Cell {
    Cell::Single(value as f32)
}

fn contributions(list: &[Contribution]) -> Cell {
    let mut json = Vec::new();
    // Writing to memory fails only for values that JSON does not have, and these have none.
    let json = write_json(&list, &mut json).ok().and_then(|()| String::from_utf8(json).ok());
    let number = |v: Option<f64>| v.map_or_else(|| "missing".to_owned(), crate::export::words::number);
    let text = list
        .iter()
        .map(|c| {
            format!("{}={} (typical {}, {:.0} %)", c.feature, number(c.observed), number(c.typical), c.share * 100.0)
        })
        .collect::<Vec<_>>()
        .join("; ");
    Cell::Both { text, json: json.unwrap_or_else(|| "null".to_owned()) }
}
