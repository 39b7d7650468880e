//! ARP spoofing: a host answers for another's address.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::Traffic;
use super::words::{filter_of, list_of};
use crate::report::{HostRecord, Proto, Severity, Technique};
use crate::sort;

pub(super) const RULE: Rule = Rule {
    kind: "arp_spoofing",
    name: "ARP spoofing",
    how: "Two hardware addresses claim the same address by ARP, and one of them also claims at least one more: its own, or \
          that of the other side of the conversation it means to sit in. A bridge that lends its one hardware address to \
          many hosts claims many addresses too, but nobody else claims them.",
    source: "Slips: a hardware address that claims a second address; here somebody must contradict it.",
    caveat: "A fail-over pair, a host that moved from cable to radio, or an address that was given again changes hands once.",
    technique: Some(Technique { id: "T1557.002", name: "ARP Cache Poisoning" }),
    limits: &["arp-spoofing-addresses"],
    find,
};

fn mac_text(mac: &[u8; 6]) -> String {
    mac.map(|b| format!("{b:02x}")).join(":")
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let mut claims: BTreeMap<[u8; 6], Vec<&HostRecord>> = BTreeMap::new();
    for host in traffic.hosts {
        for mac in host.macs.iter() {
            claims.entry(*mac).or_default().push(host);
        }
    }
    let mut drafts = Vec::new();
    for (mac, hosts) in &claims {
        // Addresses that somebody else claims too.
        let contested: Vec<&HostRecord> = hosts.iter().filter(|host| host.macs.count() >= 2).copied().collect();
        if contested.is_empty() || !traffic.reaches(hosts.len(), "arp-spoofing-addresses") {
            continue;
        }
        // Who claims most is the one in between; its victims claim one address each.
        let is_most = contested.iter().all(|host| {
            host.macs
                .iter()
                .filter(|other| *other != mac)
                .all(|other| claims.get(other).is_none_or(|theirs| theirs.len() < hosts.len()))
        });
        if is_most {
            drafts.push(draft(traffic, mac, hosts, &contested));
        }
    }
    drafts
}

fn draft(traffic: &Traffic<'_>, mac: &[u8; 6], hosts: &[&HostRecord], contested: &[&HostRecord]) -> Draft {
    let victims: BTreeSet<IpAddr> = contested.iter().map(|host| host.address).collect();
    let is_theirs = |row: &Row<'_>| {
        row.proto == Proto::Arp && (victims.contains(&row.orig_addr) || victims.contains(&row.resp_addr))
    };
    let arp: Vec<Row<'_>> = traffic.all().filter(is_theirs).collect();
    let first = hosts.first().map_or(IpAddr::from([0, 0, 0, 0]), |host| host.address);
    // Its own address is the one that nobody contradicts.
    let own = hosts.iter().find(|host| host.macs.count() < 2).map(|host| host.address);
    let mut draft = Draft::of_actor(own.unwrap_or(first), arp);
    draft.targets.clone_from(&victims);
    draft.severity = if own.is_some() || victims.len() >= 2 { Severity::High } else { Severity::Medium };
    let names: Vec<String> = victims.iter().map(IpAddr::to_string).collect();
    let victims = list_of(names.iter().map(String::as_str));
    let mac = mac_text(mac);
    draft.title =
        format!("{mac}{}: answers ARP for {victims}", own.map_or_else(String::new, |own| format!(" ({own})")));
    let others =
        sort::set(contested.iter().flat_map(|host| host.macs.iter().map(mac_text)).filter(|other| *other != mac));
    draft.evidence = format!(
        "{mac} claims {} addresses, {victims} among them, which {} {} too.",
        hosts.len(),
        list_of(others.iter().map(String::as_str)),
        if others.len() == 1 { "claims" } else { "claim" },
    );
    draft.count("addresses", hosts.len());
    draft.count("contested", contested.len());
    draft.filter = match draft.targets.first() {
        Some(victim) => filter_of(*victim, &BTreeSet::new(), Some((Proto::Arp, 0))),
        None => format!("arp.src.hw_mac == {mac}"),
    };
    draft
}
