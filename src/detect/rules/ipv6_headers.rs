//! IPv6 extension headers as no honest sender chains them.

use std::collections::BTreeMap;

use super::Rule;
use super::draft::Draft;
use super::traffic::Traffic;
use crate::report::{Sender, Severity, Sign, SignCount, Technique};
use crate::units::{count_text, float};

pub(super) const RULE: Rule = Rule {
    kind: "ipv6_headers",
    name: "IPv6 extension-header abuse",
    how: "At least `ipv6-odd-headers` packets of a sender show what no honest stack writes: routing headers of type 0, \
          fragment headers on whole packets, hop-by-hop options behind other headers, a header twice, more than five, or \
          neighbour discovery behind a fragment header or destination options. Counted sign by sign; the most frequent decides.",
    source: "RFC 5095, 6946, 6980, 7113 and 8200: what is deprecated or forbidden because attacks are hidden in it.",
    caveat: "A translator between IPv6 and IPv4 (RFC 6145) may put fragment headers on whole packets; a test of a stack shows \
             all of them.",
    technique: Some(Technique { id: "T1599", name: "Network Boundary Bridging" }),
    limits: &["ipv6-odd-headers"],
    find,
};

/// More than this is no accident.
const HIGH: u64 = 1_000;

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let mut senders: BTreeMap<_, Vec<&SignCount>> = BTreeMap::new();
    for seen in &traffic.report.signs {
        if let Sender::Host(host) = seen.sender {
            senders.entry(host).or_default().push(seen);
        }
    }
    let mut drafts = Vec::new();
    for (host, signs) in senders {
        let most = signs.iter().map(|s| s.packets).max().unwrap_or(0);
        let span = signs.iter().map(|s| s.first_ts).min().zip(signs.iter().map(|s| s.last_ts).max());
        let Some(span) = span.filter(|_| float(most) >= traffic.limit("ipv6-odd-headers")) else { continue };
        let mut draft = Draft::of_nobody(span, most);
        draft.actors.insert(host);
        draft.severity =
            if most >= HIGH || signs.iter().any(|s| is_evasion(s.sign)) { Severity::High } else { Severity::Medium };
        draft.title = format!("{host}: IPv6 headers that no honest sender chains in {} packets", count_text(most));
        let told: Vec<String> =
            signs.iter().map(|s| format!("{} packets with {}", count_text(s.packets), s.sign.text())).collect();
        draft.evidence = format!("{}.", told.join(", "));
        for seen in &signs {
            draft.measure(name(seen.sign), float(seen.packets));
        }
        draft.filter = format!("ipv6.src == {host} && (ipv6.hopopts || ipv6.dstopts || ipv6.routing || ipv6.fraghdr)");
        drafts.push(draft);
    }
    drafts
}

/// What is written to get past a filter, or to make routers send a packet back and forth.
fn is_evasion(sign: Sign) -> bool {
    matches!(sign, Sign::RoutingType0 | Sign::HiddenDiscovery)
}

fn name(sign: Sign) -> &'static str {
    match sign {
        Sign::RoutingType0 => "routing_type_0",
        Sign::AtomicFragment => "atomic_fragments",
        Sign::LateHopByHop => "late_hop_by_hop",
        Sign::RepeatedHeader => "repeated_headers",
        Sign::ManyHeaders => "many_headers",
        Sign::HiddenDiscovery => "hidden_discovery",
        Sign::WepData => "wep_data",
    }
}
