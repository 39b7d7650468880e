//! What is known to be bad by its shape: scans, floods, guessed passwords and the like, by rule.
//!
//! Each rule is one file: what it looks for, from whom its thresholds are, what would make it wrong. A rule looks at
//! the kept flows and hosts when the reading is over, reports one finding an actor, and never looks at what the detector
//! says. The thresholds are settings ([`crate::settings::Limits`]).

mod draft;
mod logins;
mod order;
mod probe;
mod row;
mod traffic;
mod words;

mod address_scan;
mod arp_spoofing;
mod arp_sweep;
mod beacon;
mod dhcp_abuse;
mod dns_tunnel;
mod failed_names;
mod flood;
mod icmp_tunnel;
mod lateral_movement;
mod odd_tls;
mod password_guessing;
mod peer_search;
mod ping_sweep;
mod port_scan;
mod reflection;
mod wifi;

mod burst;
mod cleartext_credentials;
mod executable_download;
mod exfiltration;
mod industrial;
mod ipv6_headers;
mod long_connection;
mod loud_host;
#[cfg(test)]
mod made;
mod rare_protocol;
mod smb_exploit;
mod web_attack;
mod wep_injection;
mod worm;

use rayon::prelude::*;

use crate::report::{Finding, Report, Technique};
use draft::Draft;
use traffic::Traffic;

/// A rule.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The kind of its findings, in snake case.
    pub kind: &'static str,
    /// What it finds, in a few words.
    pub name: &'static str,
    /// How it decides, in one or two sentences.
    pub how: &'static str,
    /// Where the thresholds come from.
    pub source: &'static str,
    /// What would make it wrong.
    pub caveat: &'static str,
    /// MITRE ATT&CK's name for it, where it has one.
    pub technique: Option<Technique>,
    /// The settings it looks at.
    pub limits: &'static [&'static str],
    find: fn(&Traffic<'_>) -> Vec<Draft>,
}

/// Every rule, in the order they are asked.
pub const RULES: &[Rule] = &[
    port_scan::RULE,
    address_scan::RULE,
    peer_search::RULE,
    ping_sweep::RULE,
    arp_sweep::RULE,
    flood::RULE,
    reflection::RULE,
    password_guessing::RULE,
    beacon::RULE,
    dns_tunnel::RULE,
    failed_names::RULE,
    icmp_tunnel::RULE,
    arp_spoofing::RULE,
    dhcp_abuse::RULE,
    lateral_movement::RULE,
    odd_tls::RULE,
    wifi::RULE,
    wep_injection::RULE,
    ipv6_headers::RULE,
    worm::RULE,
    smb_exploit::RULE,
    exfiltration::RULE,
    web_attack::RULE,
    executable_download::RULE,
    industrial::RULE,
    cleartext_credentials::RULE,
    rare_protocol::RULE,
    loud_host::RULE,
    burst::RULE,
    long_connection::RULE,
];

/// The findings of all rules, without ids, in the order of the rules.
#[must_use]
pub fn run(report: &Report) -> Vec<Finding> {
    let traffic = Traffic::of(report);
    let findings = |rule: &Rule| -> Vec<Finding> {
        (rule.find)(&traffic).into_iter().filter_map(|d| d.finding(rule, &traffic)).collect()
    };
    let by_rule: Vec<Vec<Finding>> = RULES.par_iter().map(findings).collect();
    by_rule.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Stage, TABLE};

    #[test]
    fn every_threshold_is_of_a_rule_and_every_rule_says_what_it_is() {
        let known: Vec<&str> =
            TABLE.iter().filter(|s| s.stage == Stage::Rules && s.name != "suppress").map(|s| s.name).collect();
        let mut used: Vec<&str> = RULES.iter().flat_map(|rule| rule.limits).copied().collect();
        used.sort_unstable();
        used.dedup();
        let mut sorted = known.clone();
        sorted.sort_unstable();
        assert_eq!(used, sorted);
        let mut kinds: Vec<&str> = RULES.iter().map(|rule| rule.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds.len(), RULES.len());
        for rule in RULES {
            for text in [rule.name, rule.how, rule.source, rule.caveat] {
                assert!(!text.is_empty(), "{}", rule.kind);
            }
        }
    }
}
