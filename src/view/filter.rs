//! The filter language: words that all must match.

mod parse;

use std::fmt::Write as _;
use std::net::IpAddr;

use thiserror::Error;

use super::column::{endpoint, packet_port, port, severity_rank};
use crate::report::{Proto, Report, Verdict};
use crate::settings::Unit;
use crate::units::{float, seconds};
pub(super) use parse::Net;

/// Why a filter's text cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct FilterError {
    /// What is wrong and what was expected.
    pub message: String,
    /// Where in the text, in characters from 0.
    pub position: usize,
}

/// A filter: all its terms must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq)]
struct Term {
    is_negated: bool,
    test: Test,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    /// The word stands somewhere in the row's text.
    Word(String),
    /// An address of that side lies in the network.
    Host(Side, Net),
    /// An address of that side begins with the text: an address being typed.
    HostText(Side, String),
    /// A port of that side.
    Port(Side, Compare, f64),
    /// A numeric column.
    Number(NumberField, Compare, f64),
    /// A text column has exactly this value.
    Text(TextField, String),
    /// The severity's rank.
    Severity(Compare, u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Either,
    Orig,
    Resp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compare {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Compare {
    fn holds<T: PartialOrd>(self, a: &T, b: &T) -> bool {
        match self {
            Self::Equal => a == b,
            Self::Less => a < b,
            Self::LessOrEqual => a <= b,
            Self::Greater => a > b,
            Self::GreaterOrEqual => a >= b,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NumberField {
    Score,
    Cluster,
    Packets,
    Bytes,
    Duration,
    Entropy,
    Number,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TextField {
    Proto,
    State,
    Reason,
    Id,
}

impl Filter {
    /// Reads a filter's text: words separated by spaces that all must match, in any case.
    ///
    /// A word stands anywhere in the row; an address or network (`10.0.0.0/8`) matches either side;
    /// `host: orig: resp: port: proto: state: reason: id:` name a field, `score cluster packets bytes duration entropy
    /// number severity` take `:`, `<`, `<=`, `>` or `>=`; `-` before a word inverts it.
    ///
    /// **Errors** [`FilterError`] for an unknown field or a value that does not fit its field.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        parse::parse(text)
    }

    pub(super) fn matcher<'a>(&'a self, report: &'a Report) -> Matcher<'a> {
        Matcher { filter: self, report, text: String::new() }
    }
}

/// Matches rows; keeps one buffer for the row's text.
pub(super) struct Matcher<'a> {
    filter: &'a Filter,
    report: &'a Report,
    text: String,
}

/// What tests need of a row, whatever the unit is.
struct Facts<'a> {
    orig: (IpAddr, Option<u16>),
    resp: (IpAddr, Option<u16>),
    proto: Proto,
    verdict: &'a Verdict,
}

impl Matcher<'_> {
    pub(super) fn matches(&mut self, row: usize) -> bool {
        if self.filter.terms.is_empty() {
            return true;
        }
        let Some(facts) = facts(self.report, row) else { return false };
        self.text.clear();
        let filter = self.filter;
        filter.terms.iter().all(|term| self.holds(&term.test, row, &facts) != term.is_negated)
    }

    fn holds(&mut self, test: &Test, row: usize, facts: &Facts<'_>) -> bool {
        match test {
            Test::Word(word) => self.row_text(row, facts).contains(word.as_str()),
            Test::Host(side, net) => sides(*side, facts).any(|(addr, _)| net.contains(addr)),
            Test::HostText(side, text) => sides(*side, facts).any(|(addr, _)| addr.to_string().starts_with(text)),
            Test::Port(side, compare, value) => {
                sides(*side, facts).any(|(_, port)| port.is_some_and(|p| compare.holds(&f64::from(p), value)))
            }
            Test::Number(field, compare, value) => {
                number(self.report, row, *field, facts.verdict).is_some_and(|n| compare.holds(&n, value))
            }
            Test::Text(field, value) => text_is(self.report, row, *field, facts, value),
            Test::Severity(compare, rank) => {
                facts.verdict.is_scored && compare.holds(&severity_rank(facts.verdict.severity), rank)
            }
        }
    }

    /// Everything a word can stand in, in lower case. Written by hand: this runs for every row of every filter.
    fn row_text(&mut self, row: usize, facts: &Facts<'_>) -> &str {
        if self.text.is_empty() {
            let text = &mut self.text;
            push_proto(text, facts.proto);
            text.push(' ');
            push_endpoint(text, facts.orig);
            text.push(' ');
            push_endpoint(text, facts.resp);
            for word in [facts.verdict.severity.name(), facts.verdict.reason()] {
                text.push(' ');
                text.push_str(word);
            }
            if let (Unit::Flow, Some(flow)) = (self.report.settings.unit, self.report.flows.get(row)) {
                text.push(' ');
                text.push_str(flow.conn_state.unwrap_or_default());
                text.push(' ');
                text.push_str(&flow.uid_text());
            }
            text.make_ascii_lowercase();
        }
        &self.text
    }
}

fn push_proto(text: &mut String, proto: Proto) {
    match proto {
        Proto::TCP => text.push_str("tcp"),
        Proto::UDP => text.push_str("udp"),
        other => text.push_str(&other.name()),
    }
}

fn push_endpoint(text: &mut String, (addr, port): (IpAddr, Option<u16>)) {
    match addr {
        IpAddr::V4(v4) => {
            for (i, octet) in v4.octets().into_iter().enumerate() {
                if i > 0 {
                    text.push('.');
                }
                push_number(text, u16::from(octet));
            }
            if let Some(port) = port {
                text.push(':');
                push_number(text, port);
            }
        }
        // Writing into a String cannot fail.
        IpAddr::V6(_) => drop(write!(text, "{}", endpoint(addr, port))),
    }
}

fn push_number(text: &mut String, number: u16) {
    let mut divisor = 10_000;
    while divisor > 1 && number < divisor {
        divisor /= 10;
    }
    while divisor > 0 {
        let digit = u8::try_from(number / divisor % 10).unwrap_or(0);
        text.push(char::from(b'0' + digit));
        divisor /= 10;
    }
}

fn facts(report: &Report, row: usize) -> Option<Facts<'_>> {
    Some(match report.settings.unit {
        Unit::Flow => {
            let f = report.flows.get(row)?;
            Facts {
                orig: (f.orig_addr, port(f.proto, f.orig_port)),
                resp: (f.resp_addr, port(f.proto, f.resp_port)),
                proto: f.proto,
                verdict: &f.verdict,
            }
        }
        Unit::Packet => {
            let p = report.packets.get(row)?;
            Facts {
                orig: (p.src, packet_port(p, p.src_port)),
                resp: (p.dst, packet_port(p, p.dst_port)),
                proto: p.proto,
                verdict: &p.verdict,
            }
        }
    })
}

fn sides(side: Side, facts: &Facts<'_>) -> impl Iterator<Item = (IpAddr, Option<u16>)> {
    let orig = (side != Side::Resp).then_some(facts.orig);
    let resp = (side != Side::Orig).then_some(facts.resp);
    orig.into_iter().chain(resp)
}

fn number(report: &Report, row: usize, field: NumberField, verdict: &Verdict) -> Option<f64> {
    let flow = || report.flows.get(row).filter(|_| report.settings.unit == Unit::Flow);
    let packet = || report.packets.get(row).filter(|_| report.settings.unit == Unit::Packet);
    match field {
        NumberField::Score => verdict.is_scored.then(|| f64::from(verdict.score)),
        NumberField::Cluster => verdict.is_scored.then(|| f64::from(verdict.cluster)),
        NumberField::Packets => flow().map(|f| float(f.packets())),
        NumberField::Bytes => flow().map(|f| float(f.wire_bytes())).or_else(|| packet().map(|p| f64::from(p.length))),
        NumberField::Duration => flow().map(|f| seconds(f.duration_ns())),
        NumberField::Entropy => packet().and_then(|p| p.entropy.map(f64::from)),
        NumberField::Number => packet().map(|p| float(p.number)).or_else(|| flow().map(|f| float(f.first_packet))),
    }
}

fn text_is(report: &Report, row: usize, field: TextField, facts: &Facts<'_>, value: &str) -> bool {
    match field {
        TextField::Proto => {
            facts.proto.name().eq_ignore_ascii_case(value) || (value == "icmp" && facts.proto.is_icmp())
        }
        TextField::Reason => facts.verdict.reason().split('+').any(|r| r.eq_ignore_ascii_case(value)),
        TextField::State => report
            .flows
            .get(row)
            .filter(|_| report.settings.unit == Unit::Flow)
            .and_then(|f| f.conn_state)
            .is_some_and(|s| s.eq_ignore_ascii_case(value)),
        TextField::Id => match report.settings.unit {
            Unit::Flow => report.flows.get(row).is_some_and(|f| f.uid_text().eq_ignore_ascii_case(value)),
            Unit::Packet => report.packets.get(row).is_some_and(|p| p.number.to_string() == value),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_addresses_are_written_as_the_library_writes_them() {
        for number in [0, 7, 10, 99, 100, 9999, 10_000, 65_535] {
            let mut text = String::new();
            push_number(&mut text, number);
            assert_eq!(text, number.to_string());
        }
        for (addr, port) in [("10.0.200.1", Some(80)), ("0.0.0.0", None), ("fe80::1", Some(1)), ("::", None)] {
            let mut text = String::new();
            let addr: IpAddr = addr.parse().unwrap();
            push_endpoint(&mut text, (addr, port));
            assert_eq!(text, endpoint(addr, port));
        }
    }
}
