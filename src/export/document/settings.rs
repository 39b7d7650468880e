//! The settings of the run: with them and the capture, the same report comes out again.

use super::{Block, Extent, Grid, Item, Section, plain, section};
use crate::report::Report;
use crate::settings::TABLE;

pub(super) fn settings(report: &Report, extent: Extent) -> Option<Section> {
    let value = |name: &str| report.settings.get(name).unwrap_or_default();
    let mut grid = Grid::new("Settings that are not the default", &["Setting", "Value", "Default", "Meaning"]);
    let mut rest = Vec::new();
    for spec in TABLE {
        let value = value(spec.name);
        if value == spec.default {
            rest.push((spec.name.to_owned(), value));
        } else {
            grid.rows.push(vec![
                Item::Code(spec.name.to_owned()),
                Item::Code(value),
                plain(spec.default),
                plain(spec.meaning),
            ]);
        }
    }
    let mut blocks = Vec::new();
    if grid.rows.is_empty() {
        blocks.push(Block::Text("All settings had their defaults.".to_owned()));
    } else {
        blocks.push(Block::Table(grid));
    }
    if extent.is_full {
        blocks.push(Block::Text("At their defaults:".to_owned()));
        blocks.push(Block::Facts(rest));
    }
    section("settings", "Settings", blocks)
}
