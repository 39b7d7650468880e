//! The report as Markdown, to be pasted into a ticket: the same content as in HTML, shorter and without pictures.

mod escape;

use std::io::{self, Write};

use self::escape::{CodeSpan, Escaped};
use super::Exporter;
use super::document::{Block, Entry, Extent, Grid, Item, document};
use crate::error::Result;
use crate::report::Report;

/// A report in GitHub's Markdown; every text of the input is shown as it is and marks nothing up.
///
/// **Source** GitHub Flavored Markdown 0.29.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Markdown;

impl Exporter for Markdown {
    fn export(&self, report: &Report, out: &mut dyn Write) -> Result<()> {
        let document = document(report, Extent::SHORT);
        writeln!(out, "# {}\n\n{}", Escaped(&document.title), Escaped(&document.verdict))?;
        if let Some(notice) = &document.notice {
            writeln!(out, "\n**{}**", Escaped(notice))?;
        }
        for section in &document.sections {
            writeln!(out, "\n## {}", Escaped(&section.heading))?;
            blocks(&section.blocks, out)?;
        }
        writeln!(out, "\n---\n\n{}", Escaped(&document.colophon))?;
        Ok(())
    }
}

fn blocks(blocks: &[Block], out: &mut dyn Write) -> io::Result<()> {
    blocks.iter().try_for_each(|b| block(b, out))
}

fn block(block: &Block, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    match block {
        Block::Text(text) | Block::Picture(_, text) => writeln!(out, "{}", Escaped(text)),
        Block::Facts(facts) => {
            facts.iter().try_for_each(|(name, value)| writeln!(out, "- {}: {}", Escaped(name), Escaped(value)))
        }
        Block::Code(what, code) => writeln!(out, "- {}: {}", Escaped(what), CodeSpan::of(code)),
        Block::Table(grid) => table(grid, out),
        Block::Entry(entry) => self::entry(entry, out),
    }
}

fn entry(entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
    let id = entry.id.as_deref().map_or_else(String::new, |id| format!("{} ", Escaped(id)));
    writeln!(out, "### {id}{}: {}", entry.severity.name(), Escaped(&entry.heading))?;
    blocks(&entry.blocks, out)
}

fn table(grid: &Grid, out: &mut dyn Write) -> io::Result<()> {
    let names: Vec<&str> = grid.head.iter().map(|head| head.name).collect();
    let rules: Vec<&str> = grid.head.iter().map(|head| if head.is_number { "---:" } else { "---" }).collect();
    writeln!(out, "| {} |\n| {} |", names.join(" | "), rules.join(" | "))?;
    for row in &grid.rows {
        let cells: Vec<String> = row.iter().map(item).collect();
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    Ok(())
}

fn item(item: &Item) -> String {
    match item {
        Item::Plain(text) | Item::Reference(text) => Escaped(text).to_string(),
        Item::Code(text) => CodeSpan::in_table(text).to_string(),
        Item::Severity(severity) => severity.name().to_owned(),
    }
}
