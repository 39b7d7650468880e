//! DHCP: a second server, or one that is asked until it has no address left.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::Traffic;
use super::words::many;
use crate::report::{DhcpRecord, Record, Severity, Technique};
use crate::units::{count_text, float};

pub(super) const RULE: Rule = Rule {
    kind: "dhcp_abuse",
    name: "DHCP abuse",
    how: "At least `dhcp-clients` hardware addresses asked for an address, or half as many asks as that came ten times over; \
          or two servers gave addresses in one network, which is low, as it may be meant so.",
    source: "Slips: every 4 addresses asked for in an hour; starvation tools ask for a whole network.",
    caveat: "A network of many guests, a fail-over pair of servers, a relay.",
    technique: Some(Technique { id: "T1557.003", name: "DHCP Spoofing" }),
    limits: &["dhcp-clients"],
    find,
};

fn records<'a>(row: &Row<'a>) -> impl Iterator<Item = &'a DhcpRecord> {
    let records = row.records();
    records.iter().filter_map(|record| match record {
        Record::Dhcp(dhcp) => Some(&**dhcp),
        _ => None,
    })
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let rows: Vec<Row<'_>> =
        traffic.speakers().flat_map(|(_, rows)| rows).filter(|row| records(row).next().is_some()).copied().collect();
    let mut drafts = Vec::new();
    drafts.extend(starvation(traffic, &rows));
    drafts.extend(servers(&rows));
    drafts
}

fn starvation(traffic: &Traffic<'_>, rows: &[Row<'_>]) -> Option<Draft> {
    let asks = |dhcp: &DhcpRecord| dhcp.messages.of("discover") + dhcp.messages.of("request");
    let clients: u64 = rows.iter().flat_map(records).map(|dhcp| dhcp.clients.total).max().unwrap_or(0);
    let asked: u64 = rows.iter().flat_map(records).map(asks).sum();
    let limit = traffic.limit("dhcp-clients");
    if float(clients) < limit && float(asked) < 5.0 * limit {
        return None;
    }
    let asking = rows.iter().filter(|row| records(row).any(|dhcp| asks(dhcp) > 0));
    let first = asking.clone().next()?;
    let mut draft = Draft::of_actor(first.flow.orig_addr, asking.copied());
    draft.severity = Severity::High;
    draft.title = format!("DHCP: {} asks by {} clients", count_text(asked), count_text(clients));
    draft.evidence = format!(
        "{} discover and request messages by {} hardware addresses: a server has no address left after that.",
        count_text(asked),
        count_text(clients)
    );
    draft.measure("asked", float(asked));
    draft.measure("clients", float(clients));
    "dhcp".clone_into(&mut draft.filter);
    Some(draft)
}

fn servers(rows: &[Row<'_>]) -> Option<Draft> {
    let mut by_server: BTreeMap<IpAddr, Vec<Row<'_>>> = BTreeMap::new();
    for row in rows {
        for server in
            records(row).filter(|d| d.messages.of("offer") + d.messages.of("ack") > 0).filter_map(|d| d.server)
        {
            by_server.entry(server).or_default().push(*row);
        }
    }
    if by_server.len() < 2 {
        return None;
    }
    // The one that came last is the one to look at.
    let (server, rows) = by_server
        .iter()
        .max_by_key(|(server, rows)| (rows.iter().map(|row| row.first_ts).min(), **server))
        .map(|(server, rows)| (*server, rows.clone()))?;
    let mut draft = Draft::of_actor(server, rows);
    draft.targets = by_server.keys().filter(|other| **other != server).copied().collect::<BTreeSet<_>>();
    draft.severity = Severity::Low;
    draft.title = format!("{server}: gives addresses by DHCP beside {}", many(draft.targets.len(), "other server"));
    let all: Vec<String> = by_server.keys().map(IpAddr::to_string).collect();
    draft.evidence =
        format!("{} gave addresses by DHCP in this capture.", super::words::list_of(all.iter().map(String::as_str)));
    draft.count("servers", by_server.len());
    draft.filter = format!("dhcp.option.dhcp_server_id == {server}");
    Some(draft)
}
