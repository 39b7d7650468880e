//! Rows of ordinary traffic, for captures that hold little or nothing but the attack.
//!
//! Where most flows of a capture are a scan or a flood, no sample of it says what is usual. So detectors of flows learn
//! from these rows beside the capture's own. They are the means of groups of alike flows in captures of honest traffic
//! (browsing, calls, chats, phones, shell sessions, file copies, names, industrial polling); none is a flow of any of
//! them. `scripts/ordinary` makes the table.

use std::sync::LazyLock;

/// Names of features, and below them transformed values; `-` where a group has none.
const TABLE: &str = include_str!("ordinary.tsv");

struct Table {
    features: Vec<&'static str>,
    rows: Vec<Vec<Option<f64>>>,
}

static ORDINARY: LazyLock<Table> = LazyLock::new(|| {
    let mut lines = TABLE.lines();
    let features = lines.next().unwrap_or_default().split('\t').collect();
    Table { features, rows: lines.map(|line| line.split('\t').map(|cell| cell.parse().ok()).collect()).collect() }
});

/// Transformed values of the features named, row by row; `None` where ordinary traffic has none, or none is known.
pub(super) fn rows<'a>(features: impl Iterator<Item = &'a str>) -> Vec<Vec<Option<f64>>> {
    let places: Vec<Option<usize>> =
        features.map(|name| ORDINARY.features.iter().position(|known| *known == name)).collect();
    let value = |row: &Vec<Option<f64>>, place: &Option<usize>| row.get((*place)?).copied().flatten();
    ORDINARY.rows.iter().map(|row| places.iter().map(|place| value(row, place)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{FLOW_FEATURES, catalogue};
    use crate::settings::Unit;

    #[test]
    fn the_table_is_whole_and_has_every_default_feature() {
        for row in &ORDINARY.rows {
            assert_eq!(row.len(), ORDINARY.features.len());
            assert!(row.iter().flatten().all(|v| v.is_finite()));
        }
        for feature in catalogue(Unit::Flow).iter().filter(|f| f.is_default) {
            assert!(ORDINARY.features.contains(&feature.name.as_ref()), "{}", feature.name);
        }
        let cells = TABLE.lines().skip(1).flat_map(|line| line.split('\t'));
        assert!(cells.clone().all(|cell| cell == "-" || cell.parse::<f64>().is_ok()) && cells.count() > 5000);
        assert!(ORDINARY.features.iter().all(|name| FLOW_FEATURES.iter().any(|f| f.name == *name)));
    }

    #[test]
    fn unknown_features_are_missing() {
        let rows = rows(["duration", "column_x"].into_iter());
        assert!(rows.iter().all(|row| row.len() == 2 && row[1].is_none()));
        assert!(rows.iter().any(|row| row[0].is_some()));
    }
}
