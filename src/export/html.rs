//! The report as one HTML file for people: no script, nothing that is loaded, nothing of the input unescaped.

mod escape;

use std::io::{self, Write};

use sha2::{Digest as _, Sha256};

use self::escape::Escaped;
use super::Exporter;
use super::document::{Block, Document, Entry, Extent, Grid, Item, Picture, Section, document};
use crate::base64;
use crate::error::Result;
use crate::plot::{Chart, Measure, Style, dark_rules};
use crate::report::{Charts, Report, Severity};

/// The look: light and dark by what the reader's system asks for, and ink on white in print.
const STYLE: &str = include_str!("html/style.css");

/// A self-contained HTML report: verdict, key figures, findings with evidence, the strangest rows with their reasons,
/// charts, the account of what was read, settings and warnings.
///
/// The file has a content security policy that allows its own style sheet and nothing else, and no script: what a capture
/// says cannot make it do anything. The same report gives the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Html;

impl Exporter for Html {
    fn export(&self, report: &Report, out: &mut dyn Write) -> Result<()> {
        let document = document(report, Extent::FULL);
        head(&document, out)?;
        let mut page = Page { charts: &report.charts, out };
        for section in &document.sections {
            page.section(section)?;
        }
        writeln!(page.out, "</main>\n<footer><p>{}</p></footer>\n</body>\n</html>", Escaped(&document.colophon))?;
        Ok(())
    }
}

fn head(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    let style = format!("{STYLE}@media screen and (prefers-color-scheme: dark) {{\n{}}}\n", dark_rules());
    let hash = base64::encode(&Sha256::digest(style.as_bytes()));
    writeln!(out, "<!doctype html>\n<html lang=\"en\">\n<head>")?;
    writeln!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash}'; \
         img-src data:; base-uri 'none'; form-action 'none'\">"
    )?;
    writeln!(out, "<meta charset=\"utf-8\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(out, "<meta name=\"referrer\" content=\"no-referrer\">")?;
    writeln!(out, "<meta name=\"color-scheme\" content=\"light dark\">")?;
    let title = Escaped(&document.title);
    writeln!(out, "<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>")?;
    writeln!(out, "<header>\n<h1>{title}</h1>\n<p class=\"verdict\">{}</p>", Escaped(&document.verdict))?;
    if let Some(notice) = &document.notice {
        writeln!(out, "<p class=\"notice\">{}</p>", Escaped(notice))?;
    }
    writeln!(out, "</header>\n<nav aria-label=\"Contents\">\n<ul>")?;
    for section in &document.sections {
        writeln!(out, "<li><a href=\"#{}\">{}</a></li>", section.id, Escaped(&section.heading))?;
    }
    writeln!(out, "</ul>\n</nav>\n<main>")
}

/// The part between head and foot.
struct Page<'a> {
    charts: &'a Charts,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn section(&mut self, section: &Section) -> Result<()> {
        let id = section.id;
        writeln!(self.out, "<section id=\"{id}\" aria-labelledby=\"{id}-heading\">")?;
        writeln!(self.out, "<h2 id=\"{id}-heading\">{}</h2>", Escaped(&section.heading))?;
        self.blocks(&section.blocks)?;
        Ok(writeln!(self.out, "</section>")?)
    }

    fn blocks(&mut self, blocks: &[Block]) -> Result<()> {
        blocks.iter().try_for_each(|block| self.block(block))
    }

    fn block(&mut self, block: &Block) -> Result<()> {
        match block {
            Block::Text(text) => writeln!(self.out, "<p>{}</p>", Escaped(text))?,
            Block::Facts(facts) => self.facts(facts)?,
            Block::Table(grid) => self.table(grid)?,
            Block::Entry(entry) => self.entry(entry)?,
            Block::Code(what, code) => {
                writeln!(
                    self.out,
                    "<p class=\"label\">{}</p>\n<pre><code>{}</code></pre>",
                    Escaped(what),
                    Escaped(code)
                )?;
            }
            Block::Picture(picture, told) => self.picture(*picture, told)?,
        }
        Ok(())
    }

    fn facts(&mut self, facts: &[(String, String)]) -> io::Result<()> {
        writeln!(self.out, "<dl>")?;
        for (name, value) in facts {
            writeln!(self.out, "<div><dt>{}</dt><dd>{}</dd></div>", Escaped(name), Escaped(value))?;
        }
        writeln!(self.out, "</dl>")
    }

    fn table(&mut self, grid: &Grid) -> io::Result<()> {
        // Wide tables are scrolled, with keys too.
        let caption = Escaped(grid.caption);
        writeln!(self.out, "<div class=\"wide\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\">")?;
        write!(self.out, "<table>\n<thead><tr>")?;
        for head in &grid.head {
            write!(self.out, "<th scope=\"col\"{}>{}</th>", class(head.is_number), Escaped(head.name))?;
        }
        writeln!(self.out, "</tr></thead>\n<tbody>")?;
        for row in &grid.rows {
            write!(self.out, "<tr>")?;
            for (item, head) in row.iter().zip(&grid.head) {
                write!(self.out, "<td{}>", class(head.is_number))?;
                self.item(item)?;
                write!(self.out, "</td>")?;
            }
            writeln!(self.out, "</tr>")?;
        }
        writeln!(self.out, "</tbody>\n</table>\n</div>")
    }

    fn item(&mut self, item: &Item) -> io::Result<()> {
        match item {
            Item::Plain(text) => write!(self.out, "{}", Escaped(text)),
            Item::Code(text) => write!(self.out, "<code>{}</code>", Escaped(text)),
            Item::Severity(severity) => self.severity(*severity),
            Item::Reference(id) if is_anchor(id) => write!(self.out, "<a href=\"#{id}\">{id}</a>"),
            Item::Reference(id) => write!(self.out, "{}", Escaped(id)),
        }
    }

    fn severity(&mut self, severity: Severity) -> io::Result<()> {
        let name = severity.name();
        write!(self.out, "<span class=\"severity {name}\">{name}</span>")
    }

    fn entry(&mut self, entry: &Entry) -> Result<()> {
        let id = entry.id.as_deref().filter(|id| is_anchor(id));
        match id {
            Some(id) => write!(self.out, "<article id=\"{id}\">\n<h3>{id} ")?,
            None => write!(self.out, "<article>\n<h3>")?,
        }
        self.severity(entry.severity)?;
        writeln!(self.out, " {}</h3>", Escaped(&entry.heading))?;
        self.blocks(&entry.blocks)?;
        Ok(writeln!(self.out, "</article>")?)
    }

    fn picture(&mut self, picture: Picture, told: &str) -> Result<()> {
        let (chart, size) = match picture {
            Picture::Histogram => (Chart::Histogram, (840, 400)),
            Picture::Scatter => (Chart::Scatter, (840, 520)),
            Picture::Timeline => (Chart::Timeline(Measure::Bytes), (840, 320)),
        };
        let svg = chart.svg(self.charts, size, &Style::default())?;
        // What plotters begins with is known; it is told to whoever cannot see it.
        let rest = svg.strip_prefix("<svg ").unwrap_or_default();
        if rest.is_empty() {
            return Ok(());
        }
        let told = Escaped(told);
        writeln!(self.out, "<figure>\n<div class=\"wide\" role=\"region\" aria-label=\"Chart\" tabindex=\"0\">")?;
        write!(self.out, "<svg role=\"img\" aria-label=\"{told}\" {}", rest.trim_end())?;
        Ok(writeln!(self.out, "\n</div>\n<figcaption>{told}</figcaption>\n</figure>")?)
    }
}

fn class(is_number: bool) -> &'static str {
    if is_number { " class=\"number\"" } else { "" }
}

/// Whether an id can be the name of a place as it is.
fn is_anchor(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_alphabetic()) && id.bytes().all(|b| b.is_ascii_alphanumeric())
}
