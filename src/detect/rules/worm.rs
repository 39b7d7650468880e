//! Worm: what reached a host by a service goes out from it by the same one.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::{Traffic, most_within};
use super::words::{filter_of, list_of, many, service, whom, within};
use crate::report::{AddressKind, Proto, Record, Severity, Technique};
use crate::units::Timestamp;

pub(super) const RULE: Rule = Rule {
    kind: "worm",
    name: "Worm",
    how: "One host tried the same service, of those that worms come by, of at least `worm-hosts` hosts; a fifth of them failed \
          or refused, and one at least talked: medium. High where another host had contacted it there before, or where SMB \
          answers as it does to MS17-010's check. Or a datagram of 376 bytes to UDP port 1434: SQL Slammer, high from two on.",
    source: "Moore et al. 2003 for Slammer's one datagram; the open check for MS17-010: a transaction on IPC$ that a host \
             without the patch refuses for want of resources.",
    caveat: "A monitoring system or an administrator's script contacts many hosts on the same service too, but is seldom \
             refused.",
    technique: Some(Technique { id: "T1210", name: "Exploitation of Remote Services" }),
    limits: &["worm-hosts"],
    find,
};

/// Services that worms have come by: Telnet, RPC, NetBIOS, SMB, MSSQL, SSH, remote desktop, Redis, ADB, and routers' own.
const SERVICES: [u16; 14] = [22, 23, 135, 139, 445, 1433, 2323, 3389, 5555, 5900, 6379, 7547, 23_231, 37_215];
/// SQL Slammer's port and the payload of its only datagram.
const SLAMMER: (u16, u64) = (1434, 376);
/// Least share of the hosts that refused.
const REFUSED: (usize, usize) = (1, 5);

fn is_slammer(row: &&Row<'_>) -> bool {
    let (port, bytes) = SLAMMER;
    if (row.proto, row.resp_port) != (Proto::UDP, port) {
        return false;
    }
    let flow = row.flow;
    let is_one_size = flow.orig.packets > 0 && flow.orig.payload_bytes == bytes * flow.orig.packets;
    is_one_size && flow.resp.packets == 0
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let mut drafts = slammer(traffic);
    // When each (host, port) was first contacted, and by whom.
    let mut contacted: BTreeMap<(IpAddr, u16), (Timestamp, IpAddr)> = BTreeMap::new();
    for row in traffic.responders().flat_map(|(_, rows)| rows).filter(|row| row.proto == Proto::TCP) {
        let key = (row.resp_addr, row.resp_port);
        if SERVICES.contains(&key.1) && !row.is_failed {
            contacted.entry(key).or_insert((row.first_ts, row.orig_addr));
        }
    }
    for (actor, rows) in traffic.originators() {
        let mut by_port: BTreeMap<u16, Vec<Row<'_>>> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.proto == Proto::TCP && row.resp_addr != actor) {
            if SERVICES.contains(&row.resp_port) {
                by_port.entry(row.resp_port).or_default().push(*row);
            }
        }
        let found: Vec<Spread<'_>> = by_port
            .into_iter()
            .filter_map(|(port, rows)| Spread::of(traffic, actor, port, rows, contacted.get(&(actor, port)).copied()))
            .collect();
        if !found.is_empty() {
            drafts.push(spreading(actor, &found));
        }
    }
    drafts
}

/// Whether the host tried did not take part: no data, refused, or an answer of its server that tells an error.
fn is_refused(row: &Row<'_>) -> bool {
    row.is_failed || smb_of(row).any(|(failed, _)| failed)
}

/// Of each SMB record of a flow whether something was refused, and whether it was as in a check for MS17-010.
fn smb_of<'a>(row: &Row<'a>) -> impl Iterator<Item = (bool, bool)> + use<'a> {
    let records = row.records().iter();
    records.filter_map(|record| match record {
        Record::Smb(smb) => {
            let is_check = super::smb_exploit::is_check(smb);
            Some((smb.failed_logins > 0 || smb.refused_shares > 0 || is_check, is_check))
        }
        _ => None,
    })
}

/// One service by which a host goes to others.
#[derive(Debug)]
struct Spread<'a> {
    port: u16,
    rows: Vec<Row<'a>>,
    hosts: BTreeSet<IpAddr>,
    refused: BTreeSet<IpAddr>,
    /// Flows that look like the check for MS17-010.
    checks: usize,
    /// Who had contacted it there before.
    source: Option<IpAddr>,
}

impl<'a> Spread<'a> {
    fn of(
        traffic: &Traffic<'_>,
        actor: IpAddr,
        port: u16,
        rows: Vec<Row<'a>>,
        before: Option<(Timestamp, IpAddr)>,
    ) -> Option<Self> {
        let hosts_of = |is_meant: fn(&Row<'_>) -> bool| -> BTreeSet<IpAddr> {
            rows.iter().filter(|row| is_meant(row)).map(|row| row.resp_addr).collect()
        };
        let (hosts, refused, talked) = (hosts_of(|_| true), hosts_of(is_refused), hosts_of(|row| !row.is_failed));
        let first = rows.first()?.flow.first_ts;
        let source = before.filter(|(ts, from)| *ts < first && *from != actor).map(|(_, from)| from);
        let checks = rows.iter().filter(|row| smb_of(row).any(|(_, is_check)| is_check)).count();
        // Where nobody talked it is a scan.
        let is_more = !talked.is_empty() || source.is_some();
        let is_one = traffic.reaches(hosts.len(), "worm-hosts")
            && refused.len() * REFUSED.1 >= hosts.len() * REFUSED.0
            && is_more;
        is_one.then_some(Self { port, rows, hosts, refused, checks, source })
    }

    fn told(&self) -> String {
        let tried: Vec<_> = self.rows.iter().map(|row| (row.first_ts, row.resp_addr)).collect();
        let came = self.source.map_or_else(String::new, |from| format!(" {from} had contacted it there before."));
        let checks = many(self.checks, "flow");
        let check = if self.checks > 0 {
            format!(" An unpatched host's answer to the check for MS17-010 is in {checks}.")
        } else {
            String::new()
        };
        format!(
            "{} were contacted on {}{}, at most {} in a minute; {} gave no data or refused.{came}{check}",
            many(self.hosts.len(), "host"),
            service(Proto::TCP, self.port),
            within(&tried),
            most_within(&tried, 60.0),
            self.refused.len(),
        )
    }
}

fn spreading(actor: IpAddr, found: &[Spread<'_>]) -> Draft {
    let mut draft = Draft::of_actor(actor, found.iter().flat_map(|spread| &spread.rows).copied());
    let is_high = found.iter().any(|spread| spread.source.is_some() || spread.checks > 0);
    draft.severity = if is_high { Severity::High } else { Severity::Medium };
    let one = found.first().filter(|_| found.len() == 1).map(|spread| (Proto::TCP, spread.port));
    let by = one.map_or_else(|| many(found.len(), "service"), |(proto, port)| service(proto, port));
    draft.title = format!("{actor}: spreading to {} by {by}", many(draft.targets.len(), "host"));
    let told: Vec<String> = found.iter().map(Spread::told).collect();
    draft.evidence = told.join(" ");
    let refused: BTreeSet<IpAddr> = found.iter().flat_map(|spread| &spread.refused).copied().collect();
    draft.count("hosts", draft.targets.len());
    draft.count("refused_hosts", refused.len());
    draft.count("flows", draft.rows.len());
    draft.count("checks", found.iter().map(|spread| spread.checks).sum());
    draft.filter = filter_of(actor, &draft.targets, one);
    draft
}

/// Slammer's datagrams: by sender where it sent to several hosts, else by receiver.
fn slammer(traffic: &Traffic<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let mut alone: BTreeMap<IpAddr, Vec<Row<'_>>> = BTreeMap::new();
    for (actor, rows) in traffic.originators() {
        let rows: Vec<Row<'_>> = rows.iter().filter(is_slammer).copied().collect();
        let targets: BTreeSet<IpAddr> = rows.iter().map(|row| row.resp_addr).collect();
        if targets.len() > 1 || targets.iter().any(|target| AddressKind::of(*target).is_group()) {
            drafts.push(slammed(Draft::of_actor(actor, rows.iter().copied()), &rows));
        } else {
            rows.into_iter().for_each(|row| alone.entry(row.resp_addr).or_default().push(row));
        }
    }
    drafts.extend(alone.iter().map(|(target, rows)| slammed(Draft::of_target(*target, rows.iter().copied()), rows)));
    drafts
}

fn slammed(mut draft: Draft, rows: &[Row<'_>]) -> Draft {
    let datagrams = rows.iter().fold(0u64, |all, row| all.saturating_add(row.sent.packets));
    draft.severity = if datagrams > 1 { Severity::High } else { Severity::Medium };
    let (from, to) = (whom(&draft.actors), whom(&draft.targets));
    draft.title = format!("{from}: SQL Slammer's datagram to {to}");
    draft.evidence = format!(
        "{} of 376 bytes went from {from} to {} of {to}; SQL Server's own questions have at most 33 bytes.",
        many(usize::try_from(datagrams).unwrap_or(usize::MAX), "datagram"),
        list_of(["udp port 1434"]),
    );
    draft.count("hosts", draft.targets.len());
    draft.measure("datagrams", crate::units::float(datagrams));
    let (ends, others) =
        if draft.actors.len() == 1 { (&draft.actors, &draft.targets) } else { (&draft.targets, &draft.actors) };
    draft.filter = ends.first().map_or_else(String::new, |end| filter_of(*end, others, Some((Proto::UDP, SLAMMER.0))));
    draft
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::rules::made::{found, saying, tcp, udp};
    use crate::report::SmbRecord;

    const SICK: [u8; 4] = [10, 0, 0, 3];

    fn spread(refused: bool) -> Vec<crate::report::FlowRecord> {
        let to = |i: u8| ([10, 0, 1, i], 445);
        (0..8)
            .map(|i| tcp(60 + i64::from(i), SICK, to(i), if refused && i % 2 == 0 { (0, 0) } else { (300, 400) }))
            .collect()
    }

    #[test]
    fn spreading_after_a_contact_is_high() {
        let mut flows = spread(true);
        assert_eq!(found(&RULE, flows.clone()).first().map(|f| f.severity), Some(Severity::Medium));
        flows.push(tcp(5, [10, 0, 0, 2], (SICK, 445), (900, 900)));
        let all = found(&RULE, flows);
        let [finding] = &all[..] else { panic!("{all:?}") };
        assert_eq!((finding.severity, finding.target_count), (Severity::High, 8));
        assert!(finding.evidence.contains("10.0.0.2 had contacted it"), "{}", finding.evidence);
    }

    #[test]
    fn the_check_for_the_hole_is_high() {
        let mut smb = SmbRecord { dialect: Some("1"), ..SmbRecord::default() };
        smb.failures.add("insufficient server resources");
        smb.admin_shares.add("IPC$");
        let mut flows = spread(true);
        let last = flows.pop().unwrap();
        flows.push(saying(last, "smb", Record::Smb(Box::new(smb))));
        assert_eq!(found(&RULE, flows).first().map(|f| f.severity), Some(Severity::High));
    }

    #[test]
    fn who_is_let_in_everywhere_or_contacts_few_is_none() {
        assert_eq!(found(&RULE, spread(false)), []);
        assert_eq!(found(&RULE, spread(true).split_off(5)), []);
        let web = (0..9).map(|i| tcp(i64::from(i), SICK, ([192, 0, 2, i], 443), (0, 0))).collect();
        assert_eq!(found(&RULE, web), []);
    }

    #[test]
    fn slammer_is_known_by_its_one_datagram() {
        let many = (0..4).map(|i| udp(i64::from(i), SICK, ([192, 0, 2, i], 1434), (376, 0))).collect();
        let all = found(&RULE, many);
        assert_eq!(all.iter().map(|f| (f.severity, f.target_count)).collect::<Vec<_>>(), [(Severity::High, 4)]);
        let one = vec![udp(0, SICK, ([192, 0, 2, 1], 1434), (376, 0))];
        assert_eq!(found(&RULE, one).first().map(|f| f.severity), Some(Severity::Medium));
        let asked = vec![
            udp(0, SICK, ([192, 0, 2, 1], 1434), (33, 90)),
            udp(1, SICK, ([192, 0, 2, 1], 1434), (376, 90)),
            udp(2, SICK, ([192, 0, 2, 1], 5353), (376, 0)),
        ];
        assert_eq!(found(&RULE, asked), []);
    }
}
