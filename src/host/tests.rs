//! The numbers of flows made by hand, and what holds for any flows.
#![allow(clippy::indexing_slicing, clippy::cast_possible_truncation)]

use std::cell::Cell;
use std::net::IpAddr;

use proptest::prelude::*;

use super::*;
use crate::chunked::Chunked;
use crate::report::{
    AddressKind, Application, Context, Direction, DnsCounts, DnsRecord, EndReason, HttpRecord, KnownBy, Measures,
    Moments, Rarity, Record, Role, STATES, Scope, Service, Traffic, Verdict,
};
use crate::units::Timestamp;

thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
}

/// Counts a look at a map, a counter or a flow, for the test of how the work grows.
pub(super) fn step() {
    STEPS.with(|steps| steps.set(steps.get() + 1));
}

/// Milliseconds, ends with their last byte or word, responder's port, payload each way.
struct Made {
    ms: i64,
    ends: (IpAddr, IpAddr),
    proto: Proto,
    port: u16,
    sent: u64,
    received: u64,
}

fn host(n: u8) -> IpAddr {
    [10, 0, 0, n].into()
}

fn direction(payload: u64, is_there: bool) -> Direction {
    let packets = u64::from(is_there);
    Direction { packets, wire_bytes: (payload + 54) * packets, payload_bytes: payload, ..Direction::default() }
}

fn flow(made: &Made) -> FlowRecord {
    let ts = Timestamp(made.ms * 1_000_000);
    FlowRecord {
        uid: 0,
        first_ts: ts,
        last_ts: Timestamp(ts.0 + 500_000_000),
        first_packet: 1,
        last_packet: 1,
        first_offset: 0,
        last_offset: 0,
        orig_addr: made.ends.0,
        resp_addr: made.ends.1,
        orig_port: if made.proto.is_icmp() { 8 } else { 40_000 },
        resp_port: made.port,
        proto: made.proto,
        vlan: None,
        tunnel: None,
        service: None,
        application: None,
        measures: Measures::default(),
        orig: direction(made.sent, true),
        resp: direction(made.received, made.received > 0 || made.proto == Proto::TCP).into(),
        stream: Default::default(),
        iat: Moments::default(),
        conn_state: (made.proto == Proto::TCP).then_some(if made.received > 0 { "SF" } else { "S0" }),
        history: String::new(),
        end: EndReason::EndOfCapture,
        context: Context::default(),
        verdict: Verdict::default(),
        table: None,
    }
}

fn tcp(ms: i64, orig: u8, resp: u8, port: u16, (sent, received): (u64, u64)) -> FlowRecord {
    flow(&Made { ms, ends: (host(orig), host(resp)), proto: Proto::TCP, port, sent, received })
}

fn around(flow: &FlowRecord) -> Around {
    **flow.context.around.as_ref().unwrap()
}

fn surveyed(flows: &mut Chunked<FlowRecord>, most: usize) -> Vec<HostRecord> {
    survey(flows, &Known::default(), most, [1, 2]).hosts
}

#[test]
fn counts_the_flows_of_a_minute_and_of_the_capture() {
    let mut flows: Chunked<_> = [
        tcp(0, 1, 2, 80, (10, 0)),
        tcp(1_000, 1, 2, 443, (20, 300)),
        tcp(2_000, 1, 3, 80, (30, 100)),
        tcp(3_000, 4, 2, 80, (5, 50)),
        tcp(59_999, 2, 1, 22, (1, 1)),
        tcp(60_000, 1, 2, 80, (40, 0)),
        tcp(61_000, 5, 2, 80, (1, 0)),
    ]
    .into();
    assert_eq!(annotate(&mut flows, [1, 2]), 5);
    let first = around(&flows[0]);
    assert_eq!(
        first.window,
        Scope {
            orig_flows: 3,
            resp_flows: 3,
            pair_flows: 2,
            service_flows: 2,
            orig_service_flows: 2,
            orig_peers: 2,
            orig_ports: 2,
            resp_peers: 2,
            resp_ports: 2,
            pair_ports: 2,
            orig_service_peers: 2,
            orig_failed_share: 1.0 / 3.0,
            resp_failed_share: 1.0 / 3.0,
            orig_sent: 60,
            orig_received: 400,
        }
    );
    assert_eq!(
        first.capture,
        Scope {
            orig_flows: 4,
            resp_flows: 5,
            pair_flows: 3,
            service_flows: 4,
            orig_service_flows: 3,
            orig_peers: 2,
            orig_ports: 2,
            resp_peers: 3,
            resp_ports: 2,
            pair_ports: 2,
            orig_service_peers: 2,
            orig_failed_share: 0.5,
            resp_failed_share: 0.6,
            orig_sent: 100,
            orig_received: 400,
        }
    );
    assert_eq!(first.orig_rate, Some(4.0 / 60.0));
    assert_eq!(first.responder_rarity, libm::log(7.0f64 / 5.0) as f32);
    assert_eq!(first.service_rarity, libm::log(7.0f64 / 5.0) as f32);
    assert_eq!((first.gap_variation, first.size_variation, first.orig_macs), (None, None, None));
    let next_minute = around(&flows[5]);
    assert_eq!((next_minute.window.orig_flows, next_minute.window.resp_flows), (1, 2));
    assert_eq!(next_minute.capture, first.capture);
    assert_eq!(around(&flows[4]).orig_rate, None, "one flow has no rate");
}

#[test]
fn flows_of_one_talk_and_minute_share_their_context() {
    let mut flows = [tcp(0, 1, 2, 80, (1, 1)), tcp(1, 1, 2, 80, (1, 1)), tcp(70_000, 1, 2, 80, (1, 1))].into();
    annotate(&mut flows, [1, 2]);
    let shared = |a: &FlowRecord, b: &FlowRecord| {
        Arc::ptr_eq(a.context.around.as_ref().unwrap(), b.context.around.as_ref().unwrap())
    };
    assert!(shared(&flows[0], &flows[1]) && !shared(&flows[0], &flows[2]));
}

#[test]
fn regular_flows_are_like_a_clock() {
    let mut flows: Chunked<FlowRecord> = (0..4).map(|i| tcp(i * 10_000, 1, 2, 443, (100, 1))).collect();
    flows.extend([0, 1, 3, 7].map(|i: i64| tcp(40_000 + i * 1000, 1, 3, 443, (i as u64, 1))));
    flows.extend((0..3).map(|i| tcp(60_000 + i * 1000, 1, 4, 443, (9, 1))));
    annotate(&mut flows, [1, 2]);
    assert_eq!((around(&flows[0]).gap_variation, around(&flows[0]).size_variation), (Some(0.0), Some(0.0)));
    // Gaps 1, 2, 4: mean 7/3, standard deviation sqrt(7/3). Sizes 0, 1, 3, 7: mean 11/4, variance 115/12.
    let uneven = around(&flows[5]);
    assert!((f64::from(uneven.gap_variation.unwrap()) - (7.0f64 / 3.0).sqrt() / (7.0 / 3.0)).abs() < 1e-6);
    assert!((f64::from(uneven.size_variation.unwrap()) - (115.0f64 / 12.0).sqrt() / 2.75).abs() < 1e-6);
    assert_eq!(around(&flows[9]).gap_variation, None, "two gaps");
    let hosts = surveyed(&mut flows, 9);
    assert_eq!(hosts[0].steadiest, Some(0.0));
    assert_eq!(hosts[1].steadiest, None, "it began nothing");
}

#[test]
fn application_protocols_are_rare_among_those_recognised() {
    let mut flows: Chunked<FlowRecord> = (0..5).map(|i| tcp(i, 1, 2, 80, (1, 1))).collect();
    for (flow, service) in flows.iter_mut().zip([Some("http"), Some("http"), Some("ssh"), Some("http"), None]) {
        flow.service = service;
    }
    annotate(&mut flows, [1, 2]);
    let rarities: Vec<Rarity> = flows.iter().map(|f| f.context.application_rarity).collect();
    assert_eq!(rarities[0].get(), Some(libm::log(4.0f64 / 3.0) as f32));
    assert_eq!((rarities[2].get(), rarities[4].get()), (Some(libm::log(4f64) as f32), None));
    assert_eq!(flows[0].context.name_rarity.get(), None);
}

fn application(service: &'static str, record: Record) -> Option<Box<Application>> {
    let known = Application {
        services: vec![Service { name: service, known_by: KnownBy::Payload, confidence: 1.0 }],
        records: vec![record],
    };
    Some(Box::new(known))
}

fn asked(queries: u64, rcodes: &[&'static str]) -> Option<Box<Application>> {
    let mut dns = DnsRecord { query_messages: queries, response_messages: rcodes.len() as u64, ..DnsRecord::default() };
    rcodes.iter().for_each(|code| dns.rcodes.add(code));
    application("dns", Record::Dns(Box::new(dns)))
}

fn visited(name: &str) -> Option<Box<Application>> {
    let http = HttpRecord { host: Some(name.into()), ..HttpRecord::default() };
    application("http", Record::Http(Box::new(http)))
}

#[test]
fn what_protocols_tell_is_added_up() {
    let mut flows: Chunked<FlowRecord> = (0..7).map(|i| tcp(i, if i < 6 { 1 } else { 3 }, 2, 80, (1, 1))).collect();
    flows[0].application = asked(3, &["NXDOMAIN", "NOERROR", "NXDOMAIN"]);
    flows[1].application = asked(2, &["NXDOMAIN"]);
    flows[2].application = visited("a.example");
    flows[3].application = visited("b.example");
    flows[4].application = visited("a.example");
    flows[6].application = asked(4, &[]);
    let hosts = surveyed(&mut flows, 9);
    assert_eq!(hosts[0].dns, Some(DnsCounts { queries: 5, answers: 4, nxdomain: 3 }));
    assert_eq!((hosts[0].server_names, hosts[1].dns, hosts[1].server_names), (Some(2), None, None));
    assert_eq!(hosts[2].dns.and_then(|dns| dns.nxdomain_share()), None, "no answers, no share");
    assert_eq!((around(&flows[5]).orig_nxdomain_share, around(&flows[6]).orig_nxdomain_share), (Some(0.75), None));
    let rarity = |i: usize| flows[i].context.name_rarity.get();
    assert_eq!((rarity(2), rarity(3), rarity(5)), (Some(libm::log(1.5f64) as f32), Some(libm::log(3f64) as f32), None));
}

#[test]
fn a_host_is_the_sum_of_its_flows() {
    let mut flows: Chunked<_> = [
        tcp(0, 1, 2, 80, (10, 0)),
        tcp(1_000, 1, 2, 443, (20, 300)),
        tcp(2_000, 1, 3, 80, (30, 100)),
        tcp(90_000, 2, 1, 22, (7, 8)),
    ]
    .into();
    flows.push(flow(&Made { ms: 91_000, ends: (host(1), host(1)), proto: Proto::UDP, port: 9, sent: 5, received: 6 }));
    flows.push(flow(&Made { ms: 92_000, ends: (host(1), host(9)), proto: Proto::Arp, port: 0, sent: 0, received: 0 }));
    flows[1].service = Some("ssl");
    flows[2].service = Some("http");
    (flows[1].orig.entropy, flows[1].resp.entropy, flows[2].orig.entropy) = (Some(4.0), Some(8.0), Some(5.0));
    let mut known = Known::default();
    for mac in [[2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]] {
        known.arp.add(host(1), mac);
    }
    let name = |name: &str| HostName { address: host(1), name: name.into() };
    known.names = vec![name("first"), name("second")];
    let Survey { hosts, seen } = survey(&mut flows, &known, 100, [1, 2]);
    assert_eq!((hosts.len(), seen), (4, 4));
    let h = &hosts[0];
    assert_eq!(
        (h.address, h.kind, h.is_local, h.name.as_deref()),
        (host(1), AddressKind::Unicast, true, Some("first"))
    );
    assert_eq!(h.macs.text(), "02:00:00:00:00:01, 02:00:00:00:00:02");
    assert_eq!(around(&flows[0]).orig_macs, Some(2));
    assert_eq!((h.flows, h.self_flows, h.peers, h.active_windows), (6, 1, 3, 2));
    assert_eq!((h.first_ts, h.last_ts), (Timestamp(0), Timestamp(92_500_000_000)));
    // Each flow's packets once: two a TCP flow, two of the one with itself, one of ARP.
    assert_eq!((h.packets, h.wire_bytes), (11, 11 * 54 + 10 + 320 + 130 + 15 + 11));
    assert_eq!((h.protos, h.protos_text().as_str()), ([4, 1, 0, 1, 0], "tcp+udp+arp"));
    assert_eq!(h.services, ["http", "ssl"]);
    assert_eq!((h.sent_entropy, h.received_entropy), (Some(4.5), Some(8.0)));
    assert_eq!((h.largest_sent, h.dns, h.server_names), (30, None, None));
    let orig = &h.orig;
    assert_eq!((orig.flows, orig.failed, orig.peers, orig.ports), (5, 2, 4, 4));
    assert_eq!((orig.port_peers, orig.pair_ports, orig.peak_flows), (2, 2, 3));
    assert_eq!(orig.sent, Traffic { packets: 5, wire_bytes: 5 * 54 + 65, payload_bytes: 65 });
    assert_eq!(orig.received, Traffic { packets: 4, wire_bytes: 4 * 54 + 406, payload_bytes: 406 });
    assert_eq!((orig.main_peer, orig.main_service), (Some(host(2)), Some((Proto::TCP, 80))));
    assert_eq!((orig.states[0], orig.states[2], orig.states.iter().sum::<u32>()), (1, 2, 3));
    // Begun at 0, 1, 2, 91 and 92 s.
    assert_eq!((orig.gap_mean_ns, orig.duration_mean_ns), (Some(23e9), Some(5e8)));
    let gaps = [1.0, 1.0, 89.0, 1.0].map(|gap: f64| (gap - 23.0) * (gap - 23.0)).iter().sum::<f64>();
    assert!((f64::from(orig.gap_variation.unwrap()) - (gaps / 3.0).sqrt() / 23.0).abs() < 1e-6);
    let resp = &h.resp;
    assert_eq!((resp.flows, resp.failed, resp.peers, resp.ports, resp.peak_flows), (2, 0, 2, 2, 2));
    assert_eq!((resp.main_peer, resp.main_service), (Some(host(2)), Some((Proto::TCP, 22))));
    assert_eq!((resp.sent.payload_bytes, resp.received.payload_bytes), (14, 12));
    assert_eq!((h.sent().payload_bytes, h.received().payload_bytes), (79, 418));
    assert_eq!(h.balance(), Some((79.0 - 418.0) / (79.0 + 418.0)));
    let silent = &hosts[3];
    assert_eq!((silent.address, silent.flows, silent.orig.flows, silent.resp.failed), (host(9), 1, 0, 1));
    assert_eq!((silent.orig.failed_share(), silent.balance(), silent.sent_entropy), (None, None, None));
    assert_eq!((silent.orig.duration_mean_ns, silent.orig.main_peer), (None, None));
}

#[test]
fn of_too_many_hosts_those_with_most_flows_stay() {
    // Host n has n flows to host 200, in order of falling numbers; so has host 100 + n.
    let mut flows = Chunked::default();
    for n in (1..=20).rev() {
        for i in 0..n {
            flows.push(tcp(i64::from(i), n, 200, 80, (1, 1)));
            flows.push(tcp(i64::from(i), 100 + n, 200, 80, (1, 1)));
        }
    }
    let all = survey(&mut flows, &Known::default(), 1000, [1, 2]);
    assert_eq!((all.hosts.len(), all.seen), (41, 41));
    let few = survey(&mut flows, &Known::default(), 4, [7, 8]);
    assert_eq!(few.seen, 41);
    let addresses: Vec<IpAddr> = few.hosts.iter().map(|h| h.address).collect();
    assert_eq!(addresses, [20, 200, 120, 19].map(host), "in order of appearance; of 19 and 119 the first");
    assert!(few.hosts.iter().all(|h| all.hosts.contains(h)), "the same numbers");
    assert!(survey(&mut flows, &Known::default(), 0, [1, 2]).hosts.is_empty());
}

#[test]
fn nothing_is_no_harm() {
    let Survey { hosts, seen } = survey(&mut Chunked::default(), &Known::default(), 10, [1, 2]);
    assert!(hosts.is_empty() && seen == 0);
}

#[test]
fn the_work_grows_with_the_flows() {
    let steps = |flows: &mut Chunked<FlowRecord>| {
        STEPS.with(|steps| steps.set(0));
        surveyed(flows, usize::MAX);
        STEPS.with(Cell::get)
    };
    let at = |n: u32| IpAddr::V4(std::net::Ipv4Addr::from_bits(0x0a00_0000 + n));
    type Shape = fn(u32) -> (u32, u32, u16, i64);
    let shapes: [(&str, Shape); 5] = [
        ("sweep", |i| (0, 1 + i, 80, 0)),
        ("port scan", |i| (0, 1, (i % 65_536) as u16, 0)),
        ("flood from made-up addresses", |i| (1 + i, 0, 80, 0)),
        ("everybody with everybody", |i| (i % 97, i / 97 % 89, (i % 13) as u16, 0)),
        ("every flow in a minute of its own", |i| (i % 10, 20 + i % 7, 80, i64::from(i) * 60_000)),
    ];
    for (name, shape) in shapes {
        let flows = |n: u32| -> Chunked<FlowRecord> {
            let made = (0..n).map(shape).map(|(orig, resp, port, ms)| Made {
                ms,
                ends: (at(orig), at(resp)),
                proto: Proto::TCP,
                port,
                sent: 1,
                received: 0,
            });
            made.map(|made| flow(&made)).collect()
        };
        let (one, two) = (steps(&mut flows(2_000)), steps(&mut flows(4_000)));
        assert!(one >= 2_000 && two * 10 <= one * 21, "{name}: {one} steps become {two}");
    }
}

/// Addresses with and without a meaning of their own.
fn address(n: u8) -> IpAddr {
    match n {
        0 => [0, 0, 0, 0].into(),
        1 => [255, 255, 255, 255].into(),
        2 => [224, 0, 0, 251].into(),
        3 => "ff02::fb".parse().unwrap(),
        4 => "fe80::1".parse().unwrap(),
        n => host(n),
    }
}

fn any_flows() -> impl Strategy<Value = Chunked<FlowRecord>> {
    let proto = prop::sample::select(vec![Proto::TCP, Proto::UDP, Proto::ICMP, Proto::Arp, Proto::Ip(47)]);
    let made = (0..200_000i64, 0..9u8, 0..9u8, proto, 0..4u16, 0..50u64, 0..50u64);
    let flow_of = |(ms, orig, resp, proto, port, sent, received)| {
        flow(&Made { ms, ends: (address(orig), address(resp)), proto, port, sent, received })
    };
    prop::collection::vec(made.prop_map(flow_of), 0..60).prop_map(|mut flows| {
        flows.sort_by_key(|f| f.first_ts);
        flows.into()
    })
}

fn reversed(flow: &FlowRecord) -> FlowRecord {
    FlowRecord {
        orig_addr: flow.resp_addr,
        resp_addr: flow.orig_addr,
        orig_port: flow.resp_port,
        resp_port: flow.orig_port,
        orig: *flow.resp,
        resp: flow.orig.into(),
        ..flow.clone()
    }
}

/// What does not depend on who began.
fn both_sides(h: &HostRecord) -> impl PartialEq + std::fmt::Debug + use<> {
    let flows = [h.orig.flows, h.resp.flows].map(u64::from);
    let sides = (h.flows, h.self_flows, h.packets, h.wire_bytes, h.protos, h.peers, h.active_windows);
    (h.address, h.kind, h.first_ts, h.last_ts, sides, h.largest_sent, h.sent(), h.received(), flows.iter().sum::<u64>())
}

fn by_address(mut hosts: Vec<HostRecord>) -> Vec<HostRecord> {
    hosts.sort_by_key(|h| h.address);
    hosts
}

/// What adds up when captures do.
fn additive(role: &Role) -> ([u32; 2], Traffic, Traffic, [u32; STATES.len()]) {
    ([role.flows, role.failed], role.sent, role.received, role.states)
}

proptest! {
    #[test]
    fn every_flow_counts_once_on_each_side(mut flows in any_flows()) {
        let hosts = surveyed(&mut flows, usize::MAX);
        let sum = |of: fn(&HostRecord) -> u64| hosts.iter().map(of).sum::<u64>();
        let n = flows.len() as u64;
        prop_assert_eq!((sum(|h| h.orig.flows.into()), sum(|h| h.resp.flows.into())), (n, n));
        prop_assert_eq!(sum(|h| h.flows.into()) + sum(|h| h.self_flows.into()), 2 * n);
        let packets: u64 = flows.iter().map(FlowRecord::packets).sum();
        prop_assert_eq!((sum(|h| h.sent().packets), sum(|h| h.received().packets)), (packets, packets));
        for h in &hosts {
            prop_assert!(h.flows >= 1 && h.first_ts <= h.last_ts && h.active_windows >= 1);
            for role in [&h.orig, &h.resp] {
                prop_assert!(role.failed <= role.flows && role.peers <= role.flows && role.ports <= role.flows);
                prop_assert!(role.port_peers <= role.peers && role.pair_ports <= role.ports);
                prop_assert!(role.peak_flows <= role.flows && (role.peak_flows > 0) == (role.flows > 0));
                prop_assert_eq!(role.main_peer.is_some(), role.flows > 0);
            }
            prop_assert!(h.peers >= h.orig.peers.max(h.resp.peers).saturating_sub(1));
            prop_assert!(h.peers <= h.orig.peers + h.resp.peers);
        }
    }

    #[test]
    fn the_other_direction_gives_the_other_side(mut flows in any_flows()) {
        let forth = by_address(surveyed(&mut flows, usize::MAX));
        let mut turned: Chunked<FlowRecord> = flows.iter().map(reversed).collect();
        let back = by_address(surveyed(&mut turned, usize::MAX));
        prop_assert_eq!(forth.len(), back.len());
        for (a, b) in forth.iter().zip(&back) {
            prop_assert_eq!(both_sides(a), both_sides(b));
            for (a, b) in [(&a.orig, &b.resp), (&a.resp, &b.orig)] {
                prop_assert_eq!((a.flows, a.peers, a.peak_flows), (b.flows, b.peers, b.peak_flows));
                prop_assert_eq!((a.sent, a.received, a.states), (b.sent, b.received, b.states));
                prop_assert_eq!((a.gap_mean_ns, a.gap_variation), (b.gap_mean_ns, b.gap_variation));
            }
        }
    }

    #[test]
    fn hosts_of_two_parts_add_up(mut flows in any_flows(), cut in 0..60usize) {
        let whole = by_address(surveyed(&mut flows, usize::MAX));
        let cut = cut.min(flows.len());
        let mut first: Chunked<FlowRecord> = flows.into_iter().collect();
        let mut second: Chunked<FlowRecord> = first.iter().skip(cut).cloned().collect();
        first.truncate(cut);
        let parts = [surveyed(&mut first, usize::MAX), surveyed(&mut second, usize::MAX)];
        for h in whole {
            let halves: Vec<&HostRecord> = parts.iter().flatten().filter(|part| part.address == h.address).collect();
            for side in [|h: &HostRecord| h.orig.clone(), |h: &HostRecord| h.resp.clone()] {
                let mut sum = Role::default();
                for half in &halves {
                    let half = side(half);
                    sum.flows += half.flows;
                    sum.failed += half.failed;
                    sum.sent.merge(&half.sent);
                    sum.received.merge(&half.received);
                    sum.states.iter_mut().zip(half.states).for_each(|(n, more)| *n += more);
                }
                prop_assert_eq!(additive(&side(&h)), additive(&sum));
                let peers: Vec<u32> = halves.iter().map(|half| side(half).peers).collect();
                prop_assert!(side(&h).peers >= peers.iter().copied().max().unwrap_or(0));
                prop_assert!(side(&h).peers <= peers.iter().sum());
            }
            prop_assert_eq!(h.packets, halves.iter().map(|half| half.packets).sum::<u64>());
            prop_assert_eq!(Some(h.first_ts), halves.iter().map(|half| half.first_ts).min());
            prop_assert_eq!(Some(h.last_ts), halves.iter().map(|half| half.last_ts).max());
        }
    }

    #[test]
    fn the_hash_seed_changes_nothing(mut flows in any_flows(), seed in any::<[u64; 2]>()) {
        let one = surveyed(&mut flows, 5);
        let contexts: Vec<Context> = flows.iter().map(|f| f.context.clone()).collect();
        let other = survey(&mut flows, &Known::default(), 5, seed);
        prop_assert_eq!(one, other.hosts);
        prop_assert!(flows.iter().zip(contexts).all(|(f, context)| f.context == context));
    }
}
