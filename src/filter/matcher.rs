//! Which rows a filter selects.

use super::field::{Field, Kind, Text};
use super::row::Row;
use super::term::{AddressText, Is, Test, TunnelName, Words};
use super::{Filter, Node};
use crate::report::{Places, Report};

/// Matches the rows of one report; keeps one buffer for a row's text.
#[derive(Debug)]
pub struct Matcher<'a> {
    node: &'a Node,
    report: &'a Report,
    places: Option<&'a Places>,
    text: String,
    /// The row whose text `text` is.
    written: Option<usize>,
}

impl<'a> Matcher<'a> {
    pub(super) fn new(filter: &'a Filter, report: &'a Report) -> Self {
        Self { node: &filter.node, report, places: report.places(), text: String::new(), written: None }
    }

    /// Whether the filter selects the row of the report's unit; no filter selects a row that does not exist.
    pub fn matches(&mut self, row: usize) -> bool {
        let node = self.node;
        Row::of(self.report, row).is_some_and(|facts| self.holds(node, row, facts))
    }

    fn holds(&mut self, node: &Node, row: usize, facts: Row<'_>) -> bool {
        match node {
            Node::All(nodes) => nodes.iter().all(|n| self.holds(n, row, facts)),
            Node::Any(nodes) => nodes.iter().any(|n| self.holds(n, row, facts)),
            Node::Not(inner) => !self.holds(inner, row, facts),
            Node::Test(Test::Field(field, is)) => meets(field, is, facts, self.places),
            Node::Test(Test::Word(word)) => {
                if self.written != Some(row) {
                    facts.write_words(self.places, &mut self.text);
                    self.written = Some(row);
                }
                self.text.contains(word.as_str())
            }
        }
    }
}

#[inline]
fn meets(field: &Field, is: &Is, row: Row<'_>, places: Option<&Places>) -> bool {
    match (field.kind, is) {
        (Kind::Address(side) | Kind::Net(side), Is::Address(is_not, list)) => {
            row.addresses(side).any(|addr| list.iter().any(|a| a.matches(addr))) != *is_not
        }
        (Kind::Port(side), Is::Port(condition)) => condition.holds(row.ports(side)),
        (Kind::Number(number, _), Is::Number(condition)) => condition.holds(row.number(number).into_iter()),
        (Kind::Severity, Is::Severity(condition)) => {
            let verdict = row.verdict();
            condition.holds(verdict.is_scored.then_some(verdict.severity).into_iter())
        }
        (Kind::Time, Is::Time(condition)) => condition.holds(std::iter::once(row.ts())),
        (Kind::Proto, Is::Proto(is_not, list)) => list.iter().any(|p| row.is_of(*p)) != *is_not,
        (Kind::Tunnel, Is::Tunnel(is_not, list)) => row.tunnel().is_some_and(|kind| {
            let is = |t: &TunnelName| *t == TunnelName::Any || *t == TunnelName::One(kind);
            list.iter().any(is) != *is_not
        }),
        (Kind::Flags, Is::Flags(is_not, masks)) => {
            let mut has = masks.iter().filter_map(|mask| row.has_flags(*mask)).peekable();
            has.peek().is_some() && has.any(|is_set| is_set) != *is_not
        }
        (Kind::Text(Text::History), Is::Text(words)) => text_meets(words, true, |test| row.text(Text::History, test)),
        (Kind::Text(text), Is::Text(words)) => text_meets(words, false, |test| row.text(text, test)),
        (Kind::Place(what, side), Is::Text(words)) => {
            text_meets(words, false, |test| row.place_text(places, what, side, test))
        }
        (Kind::Asn(side), Is::Asn(condition)) => condition.holds(row.asns(places, side)),
        (Kind::Truth, Is::True(truth)) => row.verdict().is_anomalous() == *truth,
        _ => false,
    }
}

/// `any` calls a test with each text that a row has, until one passes.
fn text_meets(words: &Words, is_cased: bool, any: impl Fn(&dyn Fn(&str) -> bool) -> bool) -> bool {
    let same = |found: &str, word: &String| if is_cased { found == word } else { found.eq_ignore_ascii_case(word) };
    match words {
        Words::In(list) => any(&|found| list.iter().any(|w| same(found, w))),
        Words::NotIn(list) => any(&|_| true) && !any(&|found| list.iter().any(|w| same(found, w))),
        Words::Contains(list) if is_cased => any(&|found| list.iter().any(|w| found.contains(w.as_str()))),
        Words::Contains(list) => any(&|found| {
            let found = found.to_ascii_lowercase();
            list.iter().any(|w| found.contains(w.as_str()))
        }),
    }
}

impl AddressText {
    #[inline]
    fn matches(&self, addr: std::net::IpAddr) -> bool {
        match self {
            Self::Net(net) => net.contains(addr),
            Self::Begins(text) => addr.to_string().starts_with(text.as_str()),
            Self::Part(text) => addr.to_string().contains(text.as_str()),
        }
    }
}
