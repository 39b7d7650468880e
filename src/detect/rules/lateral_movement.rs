//! Lateral movement: one Windows host makes another one do something.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::Traffic;
use super::words::{filter_of, list_of, service};
use crate::report::{Record, Severity, Tally, Technique};
use crate::sort;

pub(super) const RULE: Rule = Rule {
    kind: "lateral_movement",
    name: "Lateral movement",
    how: "By SMB pipes or DCE/RPC one host created or started services, scheduled tasks, or processes by WMI on another, \
          wrote its registry, copied its directory or reset its machine password, or used the transactions of SMB 1 that \
          MS17-010 misuses; administrative shares add to it. At least `remote-operations` such operations.",
    source: "MS-SCMR, MS-TSCH, MS-WMI, MS-RRP, MS-DRSR, MS-NRPC; public analyses of PsExec, WMIExec, MS17-010, CVE-2020-1472.",
    caveat: "Administrators and management systems do the same by the same means.",
    technique: Some(Technique { id: "T1021", name: "Remote Services" }),
    limits: &["remote-operations"],
    find,
};

/// What is done, by words of the operation's or interface's name, and how grave it is.
const OPERATIONS: [(&str, &str, Severity); 12] = [
    ("create service", "created a service", Severity::High),
    ("start service", "started a service", Severity::High),
    ("svcctl start", "started a service", Severity::High),
    ("change service", "changed a service", Severity::High),
    ("register task", "registered a task", Severity::High),
    ("run task", "ran a task", Severity::High),
    ("add job", "scheduled a job", Severity::High),
    ("execute method", "ran a method of WMI", Severity::High),
    ("remote create", "created an object by DCOM", Severity::Medium),
    ("replicate", "copied the directory", Severity::High),
    ("set password", "set a machine's password", Severity::Critical),
    ("set value", "wrote the registry", Severity::Medium),
];
/// Attempts at the secure channel, from which on they are guesses (CVE-2020-1472 needs 256 on average).
const NETLOGON_GUESSES: u64 = 50;
/// Transactions of SMB 1 in one connection, with which MS17-010 prepares memory.
const TRANSACTIONS: u64 = 8;

#[derive(Debug, Default)]
struct Done<'a> {
    rows: Vec<Row<'a>>,
    what: BTreeMap<&'static str, u64>,
    severity: Severity,
    shares: BTreeSet<&'static str>,
    netlogon: u64,
}

impl Done<'_> {
    fn add(&mut self, what: &'static str, n: u64, severity: Severity) {
        *self.what.entry(what).or_default() += n;
        self.severity = self.severity.max(severity);
    }

    fn operations(&mut self, operations: &Tally) {
        for (name, n) in operations.iter() {
            if let Some((_, what, severity)) = OPERATIONS.iter().find(|(word, ..)| name.contains(word)) {
                self.add(what, n, *severity);
            }
            if name == "netlogon authenticate" {
                self.netlogon += n;
            }
        }
    }
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (actor, rows) in traffic.speakers() {
        let mut by_target: BTreeMap<IpAddr, Done<'_>> = BTreeMap::new();
        for &row in rows {
            let records = row.records();
            for record in records {
                let done = by_target.entry(row.resp_addr).or_default();
                match record {
                    Record::Smb(smb) => {
                        done.rows.push(row);
                        done.operations(&smb.operations);
                        done.shares
                            .extend(smb.admin_shares.iter().map(|(name, _)| name).filter(|name| *name != "IPC$"));
                        let moves = smb.commands.of("transaction 2") + smb.commands.of("nt transaction");
                        let is_refused = smb.failures.of("not implemented") + smb.failures.of("invalid parameter") > 0;
                        if smb.dialect == Some("1")
                            && smb.commands.of("nt transaction") > 0
                            && moves >= TRANSACTIONS
                            && is_refused
                        {
                            done.add("sent the transactions of MS17-010", moves, Severity::Critical);
                        }
                    }
                    Record::DceRpc(rpc) => {
                        done.rows.push(row);
                        done.operations(&rpc.operations);
                    }
                    _ => {}
                }
            }
        }
        for (target, mut done) in by_target {
            if done.netlogon >= NETLOGON_GUESSES {
                done.add("tried to authenticate to Netlogon", done.netlogon, Severity::Critical);
            }
            let operations: u64 = done.what.values().sum();
            if crate::units::float(operations) >= traffic.limit("remote-operations") {
                drafts.push(draft(actor, target, &done));
            }
        }
    }
    drafts
}

fn draft(actor: IpAddr, target: IpAddr, done: &Done<'_>) -> Draft {
    let mut draft = Draft::of_actor(actor, done.rows.iter().copied());
    draft.severity = done.severity;
    let what: Vec<String> = done
        .what
        .iter()
        .map(|(what, n)| if *n == 1 { (*what).to_owned() } else { format!("{what} ({n} times)") })
        .collect();
    let what = list_of(what.iter().map(String::as_str));
    draft.title = format!("{actor}: {what} on {target}");
    let shares = if done.shares.is_empty() {
        String::new()
    } else {
        format!(" It connected to {}.", list_of(done.shares.iter().copied()))
    };
    let by = sort::set(done.rows.iter().map(|row| service(row.proto, row.resp_port)));
    draft.evidence = format!("{actor} {what} by {}.{shares}", list_of(by.iter().map(String::as_str)));
    for (name, n) in &done.what {
        draft.measure(name, crate::units::float(*n));
    }
    draft.filter = filter_of(actor, &draft.targets, None);
    draft
}
