//! A selection of rows as a filter for Wireshark and for libpcap.
//!
//! Both name conversations, not rows: what else of the same capture they match is looked up in the report, and said.

mod bpf;
mod conversation;
mod cover;
mod display;

use std::net::IpAddr;

use serde::Serialize;

use super::Filter;
use crate::report::{Fields, HostRecord, Proto, Report};
use crate::settings::Unit;
use crate::sort;
use conversation::{Conversation, is_icmp_error};
use cover::Cover;

pub(super) use bpf::{proto as bpf_proto, range as bpf_range};
pub use display::{address as display_address, service as display_service};
pub(super) use display::{proto as display_proto, set as display_set};

/// Most runs of packet numbers in a display filter.
const MAX_RUNS: usize = 100;

/// A filter in another tool's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Export {
    /// The filter; empty where it is to be left out because every packet is meant.
    pub text: String,
    /// Whether it also matches packets of this capture that are not selected.
    pub is_wider: bool,
    /// What it matches beside the selection and what it relies on; empty where there is nothing to say.
    pub note: String,
}

/// A Wireshark 4 display filter for the packets of the rows.
///
/// Flows are named by addresses, protocol and ports, and by packet numbers where a flow with the same ones is not
/// selected; more than 60 of them by the responders' ports, by pairs of hosts, then by hosts. Packets are named by number.
#[must_use]
pub fn display_filter(report: &Report, rows: &[u32]) -> Export {
    if let Some(none) = of_nobody(report) {
        return none;
    }
    if report.settings.unit == Unit::Packet && has_numbers(report) {
        let numbers = rows.iter().filter_map(|&row| report.packets.get(super::index(row))).map(|p| p.number);
        if let Some(text) = packet_numbers(numbers) {
            return Export { text, is_wider: false, note: String::new() };
        }
    }
    let selection = Selection::of(report, rows, false);
    let mut cover = Cover::of(&selection);
    cover.add_numbers(&selection, has_numbers(report) && report.settings.unit != Unit::Packet);
    // A protocol's name also stands for it in what an ICMP error quotes.
    let may_quote = matches!(cover, Cover::Protos(_)) && selection.has_icmp_errors();
    let is_wider = selection.others().any(|c| may_quote || cover.shows(&c));
    let note = note(&cover, is_wider);
    Export { text: display::text(&cover, &selection), is_wider, note }
}

/// What is said in place of a filter where a table names no hosts.
fn of_nobody(report: &Report) -> Option<Export> {
    let ends = Fields::ADDRESSES.and(Fields::PROTO);
    let is_known =
        report.flows.iter().all(|flow| flow.knows(ends)) && report.packets.iter().all(|packet| packet.knows(ends));
    let note = "A table gives some rows no addresses or no protocol: no filter shows them.";
    (!is_known).then(|| Export { text: String::new(), is_wider: true, note: note.to_owned() })
}

/// Whether packets have the numbers that Wireshark gives them: in one capture.
fn has_numbers(report: &Report) -> bool {
    report.files.len() < 2 && !report.has_tables()
}

/// A capture filter (BPF) for the packets of the rows: addresses, protocol and ports, as [`display_filter`] has them, but
/// no packet numbers. It sees outer headers only: what came through a tunnel is named by the tunnel.
#[must_use]
pub fn bpf(report: &Report, rows: &[u32]) -> Export {
    if let Some(none) = of_nobody(report) {
        return none;
    }
    let selection = Selection::of(report, rows, true);
    let has_tunnel = selection.chosen().any(|c| c.is_outside);
    let cover = Cover::of(&selection);
    let is_wider = selection.others().any(|c| cover.matches(&c));
    let mut note = note(&cover, is_wider);
    if has_tunnel {
        note.push_str(if note.is_empty() { "" } else { " " });
        note.push_str("Capture filters see outer headers only: tunnelled flows are named by their tunnel.");
    }
    Export { text: bpf::text(&cover, &selection), is_wider, note }
}

/// As [`display_filter`] for the rows that `filter` selects; the filter's own translation where that is exact.
#[must_use]
pub fn display_filter_of(report: &Report, filter: &Filter, rows: &[u32]) -> Export {
    // Wireshark looks into tunnels and into the packets that ICMP errors quote; so does no term of ours.
    let is_plain = is_of_packets(report, filter)
        && !report.flows.iter().any(|f| f.tunnel.is_some() || is_icmp_error(f.proto, f.orig_port));
    translated(filter.to_display_filter().filter(|_| is_plain)).unwrap_or_else(|| display_filter(report, rows))
}

/// As [`bpf()`] for the rows that `filter` selects; the filter's own translation where that is exact.
#[must_use]
pub fn bpf_of(report: &Report, filter: &Filter, rows: &[u32]) -> Export {
    let is_plain =
        is_of_packets(report, filter) && !report.flows.iter().any(|f| f.tunnel.is_some() || f.vlan.is_some());
    translated(filter.to_bpf().filter(|_| is_plain)).unwrap_or_else(|| bpf(report, rows))
}

/// Whether what the filter says of a row holds for each of its packets: not where rows are hosts, which have flows of
/// every kind.
fn is_of_packets(report: &Report, filter: &Filter) -> bool {
    report.settings.unit != Unit::Host || filter.is_empty()
}

fn translated(text: Option<String>) -> Option<Export> {
    text.map(|text| Export { text, is_wider: false, note: String::new() })
}

/// What a filter is made from: the selected conversations, and those it must not match.
struct Selection<'a> {
    report: &'a Report,
    is_chosen: Vec<bool>,
    /// The chosen hosts where rows are hosts, ascending: then their flows are chosen. None where all are.
    hosts: Vec<IpAddr>,
    /// Whether tunnels stand for what is inside them.
    is_outside: bool,
}

impl<'a> Selection<'a> {
    fn of(report: &'a Report, rows: &[u32], is_outside: bool) -> Self {
        let chosen = rows.iter().filter_map(|&row| report.hosts.get(super::index(row)));
        let is_some_host = report.settings.unit == Unit::Host && rows.len() < report.hosts.len();
        let mut hosts: Vec<IpAddr> = chosen.filter(|_| is_some_host).map(|h| h.address).collect();
        sort::ascending(&mut hosts);
        let is_by_host = report.settings.unit == Unit::Host;
        let of_hosts = if is_by_host { report.flows_of_hosts(rows) } else { Vec::new() };
        let (rows, all) = if is_by_host { (of_hosts.as_slice(), report.flows.len()) } else { (rows, report.rows()) };
        let mut is_chosen = vec![false; all];
        for &row in rows {
            if let Some(chosen) = is_chosen.get_mut(super::index(row)) {
                *chosen = true;
            }
        }
        Self { report, is_chosen, hosts, is_outside }
    }

    fn chosen(&self) -> impl Iterator<Item = Conversation<'a>> {
        self.those(true)
    }

    fn others(&self) -> impl Iterator<Item = Conversation<'a>> {
        self.those(false)
    }

    fn those(&self, wanted: bool) -> impl Iterator<Item = Conversation<'a>> {
        let unit = self.report.settings.unit;
        let flows = self.report.flows.iter().filter(move |_| unit != Unit::Packet).map(Conversation::of_flow);
        let packets = self.report.packets.iter().filter(move |_| unit == Unit::Packet).map(Conversation::of_packet);
        let rows = flows.chain(packets).zip(&self.is_chosen).filter(move |(_, is)| **is == wanted);
        rows.map(|(c, _)| if self.is_outside { c.seen_outside() } else { c })
    }

    /// Whether the capture has ICMP errors, which quote other packets.
    fn has_icmp_errors(&self) -> bool {
        self.report.flows.iter().any(|f| is_icmp_error(f.proto, f.orig_port))
    }
}

/// Runs of numbers, if there are not too many.
fn packet_numbers(numbers: impl Iterator<Item = u64>) -> Option<String> {
    let mut numbers: Vec<u64> = numbers.collect();
    numbers.sort_unstable();
    numbers.dedup();
    let runs = cover::runs(numbers.into_iter(), |n| n.checked_add(1));
    (1..=MAX_RUNS).contains(&runs.len()).then(|| format!("frame.number {}", display::set(&runs)))
}

fn note(cover: &Cover, is_wider: bool) -> String {
    let level = match (cover, is_wider) {
        (Cover::Nothing, _) => return "Nothing is selected: this matches no packet.".to_owned(),
        (_, false) => return String::new(),
        (Cover::Flows(_), _) => "It also matches other flows with the same addresses and ports.",
        (Cover::Services(_), _) => "It also matches other flows between the same hosts with the same port.",
        (Cover::Pairs(_), _) => "Too many flows to name: it matches all traffic between their hosts.",
        (Cover::Hosts(_), _) => "Too many pairs of hosts to name: it matches all traffic of the hosts they share.",
        (Cover::Protos(_), _) => "Too many hosts to name: it matches all traffic of these protocols.",
    };
    level.to_owned()
}

/// The filter of one conversation, as short as it can be: what a row's details show.
#[must_use]
pub fn conversation_filter(
    proto: Proto,
    orig: (std::net::IpAddr, Option<u16>),
    resp: (std::net::IpAddr, Option<u16>),
) -> String {
    display::conversation(proto, orig, resp)
}

/// The filter of all of a host's traffic.
#[must_use]
pub fn host_filter(host: &HostRecord) -> String {
    let is_arp_only = host.protos_text() == "arp";
    let mut parts = Vec::new();
    if !is_arp_only {
        parts.push(display::address(host.address, false));
    }
    if host.has_proto(Proto::Arp) && host.address.is_ipv4() {
        parts.push(display::address(host.address, true));
    }
    parts.join(" || ")
}

#[cfg(test)]
mod tests;
