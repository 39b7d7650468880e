//! Industrial protocols: who writes, explores or commands machines unlike the others. Polling itself is silent.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::Traffic;
use super::words::{filter_of, list_of, many};
use crate::report::{FlowRecord, Proto, Record, Severity, Tally, Technique};
use crate::units::{Timestamp, float};

pub(super) const RULE: Rule = Rule {
    kind: "industrial",
    name: "Unusual use of an industrial protocol",
    how: "Modbus, DNP3, S7comm, BACnet and EtherNet/IP: at least `industrial-exceptions` exceptions that are a fifth of a \
          client's requests to a device (medium, high from a hundred on); at least `industrial-functions` distinct functions \
          (medium); a command that stops, restarts or loads a device (medium); a client that writes to a device which others \
          only read (medium), which it only read before or whose master is another (low); a device that asks another one \
          (medium); a client that comes in the second half of a device's polling and is not its master (low).",
    source: "Modbus Application Protocol 1.1b3 for exceptions; MITRE ATT&CK for ICS: T0888, T0855, T0858, T0848.",
    caveat: "Commissioning, maintenance and a client with a wrong register map look the same.",
    technique: Some(Technique { id: "T0888", name: "Remote System Information Discovery" }),
    limits: &["industrial-exceptions", "industrial-functions"],
    find,
};

/// A hundred exceptions are a search.
const HIGH_EXCEPTIONS: u64 = 100;
/// Requests from which on a client that only reads is known to do so, and a device to have a master.
const HABIT: u64 = 20;
/// Functions that stop, restart, load or take over a device.
const COMMANDS: [&str; 15] = [
    "cold restart",
    "warm restart",
    "stop application",
    "start application",
    "initialise",
    "delete file",
    "stop",
    "program control",
    "request download",
    "download block",
    "reinitialize device",
    "device communication control",
    "reset",
    "unity",
    "delete object",
];

/// What a flow's record says, whatever the protocol.
#[derive(Debug)]
struct Use<'a> {
    protocol: &'static str,
    functions: &'a Tally,
    requests: u64,
    writes: u64,
    exceptions: u64,
}

/// Ports of the devices.
const PORTS: [u16; 7] = [502, 802, 20_000, 102, 47_808, 44_818, 2_222];

fn used(flow: &FlowRecord) -> Option<Use<'_>> {
    let of = |protocol, functions, requests, writes, exceptions| {
        Some(Use { protocol, functions, requests, writes, exceptions })
    };
    flow.application.as_ref()?.records.iter().find_map(|record| match record {
        Record::Modbus(r) => of("Modbus", &r.functions, r.requests, r.writes, modbus_errors(&r.exceptions)),
        Record::Dnp3(r) => of("DNP3", &r.functions, r.functions.total(), r.writes, 0),
        Record::S7comm(r) => of("S7comm", &r.functions, r.functions.total(), r.writes, r.errors),
        Record::Bacnet(r) => {
            let refused = ["error", "reject", "abort"].iter().map(|kind| r.responses.of(kind)).sum();
            of("BACnet", &r.services, r.services.total(), r.writes, refused)
        }
        Record::Enip(r) => of("EtherNet/IP", &r.services, r.services.total(), r.writes, r.errors),
        _ => None,
    })
}

/// Exceptions that say what was asked for is not there; a busy or failing device is none.
fn modbus_errors(exceptions: &Tally) -> u64 {
    exceptions.iter().filter(|(name, _)| name.starts_with("illegal") || *name == "other").map(|(_, n)| n).sum()
}

/// What one client does with one device.
#[derive(Debug, Default)]
struct Pair<'a> {
    rows: Vec<Row<'a>>,
    protocol: &'static str,
    functions: BTreeSet<&'static str>,
    requests: u64,
    writes: u64,
    exceptions: u64,
    /// Requests before the first flow that writes.
    read_before: u64,
}

impl Pair<'_> {
    fn first(&self) -> Option<Timestamp> {
        self.rows.iter().map(|row| row.first_ts).min()
    }
}

/// Something unusual, and how grave it is.
type Sign = (Severity, String);

/// A device, what a client does with it, and what is unusual about that.
type Found<'a> = (IpAddr, &'a Pair<'a>, Vec<Sign>);

type Pairs<'a> = BTreeMap<IpAddr, BTreeMap<IpAddr, Pair<'a>>>;

/// Every device with its clients.
fn pairs<'a>(traffic: &'a Traffic<'a>) -> Pairs<'a> {
    let mut pairs: Pairs<'a> = BTreeMap::new();
    let speaking = traffic.speakers().flat_map(|(_, rows)| rows).filter_map(|row| Some((*row, used(row.flow)?)));
    let mut rows: Vec<(Row<'a>, Use<'a>)> = speaking.collect();
    rows.sort_by_key(|(row, _)| (row.first_ts, row.row));
    for (row, found) in rows {
        let flow = row.flow;
        // A flow that was joined in its middle may begin with an answer.
        let is_reversed = PORTS.contains(&flow.orig_port) && !PORTS.contains(&flow.resp_port);
        let (client, device) =
            if is_reversed { (flow.resp_addr, flow.orig_addr) } else { (flow.orig_addr, flow.resp_addr) };
        if crate::report::AddressKind::of(device).is_group() || found.requests == 0 {
            continue;
        }
        let pair = pairs.entry(device).or_default().entry(client).or_default();
        if pair.writes == 0 && found.writes == 0 {
            pair.read_before = pair.read_before.saturating_add(found.requests);
        }
        pair.rows.push(row);
        pair.protocol = found.protocol;
        pair.functions.extend(found.functions.iter().map(|(name, _)| name));
        pair.requests = pair.requests.saturating_add(found.requests);
        pair.writes = pair.writes.saturating_add(found.writes);
        pair.exceptions = pair.exceptions.saturating_add(found.exceptions);
    }
    pairs
}

/// What is unusual about a client and a device, with how grave it is.
fn signs(traffic: &Traffic<'_>, all: &Pairs<'_>, device: IpAddr, client: IpAddr, pair: &Pair<'_>) -> Vec<Sign> {
    let mut signs = Vec::new();
    let (exceptions, requests) = (pair.exceptions, pair.requests);
    if float(exceptions) >= traffic.limit("industrial-exceptions") && exceptions * 5 >= requests {
        let severity = if exceptions >= HIGH_EXCEPTIONS { Severity::High } else { Severity::Medium };
        signs.push((severity, format!("{exceptions} of {requests} requests were answered by exceptions")));
    }
    if traffic.reaches(pair.functions.len(), "industrial-functions") {
        signs.push((Severity::Medium, format!("{} distinct functions were used", pair.functions.len())));
    }
    let commands = pair.functions.iter().copied().filter(|name| COMMANDS.contains(name));
    let commands = list_of(commands);
    if !commands.is_empty() {
        signs.push((Severity::Medium, format!("it was told: {commands}")));
    }
    let others = || all.get(&device).into_iter().flatten().filter(|(other, _)| **other != client).map(|(_, pair)| pair);
    let read_by_others = others().filter(|other| other.writes == 0).map(|other| other.requests).sum::<u64>();
    if pair.writes > 0 && read_by_others >= HABIT && others().all(|other| other.writes == 0) {
        let text =
            format!("{} of {requests} requests write, and {read_by_others} of other clients only read", pair.writes);
        signs.push((Severity::Medium, text));
    } else if pair.writes > 0 && pair.read_before >= HABIT && pair.writes * 10 <= requests {
        let text = format!("{} of {requests} requests write, after {} that only read", pair.writes, pair.read_before);
        signs.push((Severity::Low, text));
    }
    let master = others().filter(|other| other.writes > 0).map(|other| other.requests).max().unwrap_or_default();
    if pair.writes > 0 && master >= HABIT.max(requests.saturating_mul(5)) {
        let text = format!("{} requests write, and another client is the device's master", pair.writes);
        signs.push((Severity::Low, text));
    }
    let asked_itself = all.get(&client).is_some_and(|clients| clients.values().any(|pair| pair.requests >= HABIT / 4));
    if asked_itself {
        signs.push((Severity::Medium, "the client is itself a device that others ask".to_owned()));
    }
    let began = others().filter(|other| other.requests >= HABIT).filter_map(Pair::first).min();
    let ended = others().flat_map(|other| &other.rows).map(|row| row.last_ts).max();
    if let (Some(began), Some(ended), Some(first)) = (began, ended, pair.first())
        && first.since(began) > ended.since(began) / 2
        && others().any(|other| other.requests >= requests.saturating_mul(2))
    {
        signs.push((Severity::Low, "the client came in the second half of the device's polling".to_owned()));
    }
    signs
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let all = pairs(traffic);
    let mut by_client: BTreeMap<IpAddr, Vec<Found<'_>>> = BTreeMap::new();
    for (device, clients) in &all {
        for (client, pair) in clients {
            let signs = signs(traffic, &all, *device, *client, pair);
            if !signs.is_empty() {
                by_client.entry(*client).or_default().push((*device, pair, signs));
            }
        }
    }
    by_client.iter().map(|(client, found)| draft(*client, found)).collect()
}

fn draft(client: IpAddr, found: &[Found<'_>]) -> Draft {
    let worst = found.iter().flat_map(|(_, _, signs)| signs).map(|(severity, _)| *severity).max();
    let severity = worst.unwrap_or(Severity::Low);
    let writes = |row: &Row<'_>| used(row.flow).is_some_and(|found| found.writes > 0);
    let has_writes = found.iter().any(|(_, pair, _)| pair.writes > 0);
    // Of what is only unusual the writes are it, not the polling around them.
    let is_part = |row: &Row<'_>| severity > Severity::Low || !has_writes || writes(row);
    let rows = found.iter().flat_map(|(_, pair, _)| &pair.rows).copied();
    let mut draft = Draft::of_actor(client, rows.filter(is_part));
    draft.targets = found.iter().map(|(device, ..)| *device).collect();
    draft.severity = severity;
    let protocols: BTreeSet<&str> = found.iter().map(|(_, pair, _)| pair.protocol).collect();
    let protocols = list_of(protocols);
    draft.title = format!("{client}: unusual {protocols} to {}", super::words::whom(&draft.targets));
    let told: Vec<String> = found
        .iter()
        .take(3)
        .map(|(device, _, signs)| {
            let signs: Vec<&str> = signs.iter().map(|(_, text)| text.as_str()).collect();
            format!("{device}: {}.", signs.join("; "))
        })
        .collect();
    let rest = found.len().saturating_sub(told.len());
    let more = if rest > 0 { format!(" And {} more.", many(rest, "device")) } else { String::new() };
    draft.evidence = format!("{}{more}", told.join(" "));
    let total = |of: fn(&Pair<'_>) -> u64| float(found.iter().map(|(_, pair, _)| of(pair)).sum());
    draft.measure("requests", total(|pair| pair.requests));
    draft.measure("writes", total(|pair| pair.writes));
    draft.measure("exceptions", total(|pair| pair.exceptions));
    draft.count("devices", found.len());
    let services: BTreeSet<(Proto, u16)> = draft_services(found);
    let one = services.first().copied().filter(|_| services.len() == 1);
    draft.filter = filter_of(client, &draft.targets, one);
    draft
}

fn draft_services(found: &[Found<'_>]) -> BTreeSet<(Proto, u16)> {
    let rows = found.iter().flat_map(|(_, pair, _)| &pair.rows);
    rows.map(|row| (row.proto, row.resp_port)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::rules::made::{found, saying, tcp};
    use crate::report::ModbusRecord;

    const MASTER: [u8; 4] = [10, 0, 0, 1];
    const OTHER: [u8; 4] = [10, 0, 0, 66];
    const DEVICE: [u8; 4] = [10, 0, 0, 100];

    fn modbus(at: i64, from: [u8; 4], to: [u8; 4], reads: u64, writes: u64, exceptions: u64) -> FlowRecord {
        let mut record =
            ModbusRecord { requests: reads + writes, responses: reads + writes, writes, ..ModbusRecord::default() };
        record.functions.add_many("read coils", reads);
        record.functions.add_many("write single coil", writes);
        record.exceptions.add_many("illegal data address", exceptions);
        saying(tcp(at, from, (to, 502), (12 * reads, 10 * reads)), "modbus", Record::Modbus(Box::new(record)))
    }

    fn polling() -> Vec<FlowRecord> {
        (0..50).map(|i| modbus(10 * i, MASTER, DEVICE, 2, 0, 0)).collect()
    }

    fn severities(more: Vec<FlowRecord>) -> Vec<Severity> {
        found(&RULE, polling().into_iter().chain(more).collect()).iter().map(|f| f.severity).collect()
    }

    #[test]
    fn polling_is_silent_and_so_is_a_master_that_always_writes() {
        assert_eq!(severities(Vec::new()), []);
        let writing = (0..50).map(|i| modbus(10 * i, MASTER, DEVICE, 2, 1, 0)).collect();
        assert_eq!(found(&RULE, writing), []);
        // A second client from the beginning on that only reads.
        assert_eq!(severities((0..50).map(|i| modbus(10 * i, OTHER, DEVICE, 2, 0, 0)).collect()), []);
        // A few exceptions among many requests.
        assert_eq!(severities(vec![modbus(3, MASTER, DEVICE, 40, 0, 6)]), []);
    }

    #[test]
    fn a_search_through_registers_is_found() {
        assert_eq!(severities(vec![modbus(3, OTHER, DEVICE, 40, 0, 20)]), [Severity::Medium]);
        assert_eq!(severities(vec![modbus(3, OTHER, DEVICE, 400, 0, 380)]), [Severity::High]);
    }

    #[test]
    fn writes_where_only_reads_were_are_found() {
        assert_eq!(severities(vec![modbus(3, OTHER, DEVICE, 0, 2, 0)]), [Severity::Medium]);
        assert_eq!(severities(vec![modbus(600, MASTER, DEVICE, 0, 1, 0)]), [Severity::Low]);
        let mastered = (0..50).map(|i| modbus(10 * i, MASTER, DEVICE, 2, 1, 0));
        let all = mastered.chain([modbus(5, OTHER, DEVICE, 0, 1, 0)]).collect();
        assert_eq!(found(&RULE, all).iter().map(|f| f.severity).collect::<Vec<_>>(), [Severity::Low]);
    }

    #[test]
    fn a_late_client_and_a_device_that_asks_are_found() {
        assert_eq!(severities(vec![modbus(400, OTHER, DEVICE, 2, 0, 0)]), [Severity::Low]);
        let other_device = [10, 0, 0, 101];
        let polled = (0..50).map(|i| modbus(10 * i, MASTER, other_device, 2, 0, 0));
        let asks = modbus(9, other_device, DEVICE, 3, 0, 0);
        assert_eq!(severities(polled.chain([asks]).collect()), [Severity::Medium]);
    }
}
