//! NFStream's columns without those of its dissectors.
//!
//! **Source** NFStream 6.6.0, `statistical_analysis=True`, `splt_analysis=10`, `accounting_mode=0`.

use super::{Column, Kind, Row};
use crate::export::Cell;
use crate::report::{Direction, End, EndReason, FlowRecord, Moments, Opening, TunnelKind};
use crate::units::Timestamp;

use End::{Orig, Resp};
use Kind::{Float, Integer, Text};

/// What holds for the whole table.
pub(super) const NOTES: &[&str] = &[
    "One row a flow of IP, in order of the first packets; NFStream writes flows in the order they end.",
    "Sizes are bytes on the wire (NFStream's accounting_mode 0); times of first and last packets and SPLT gaps are whole \
     milliseconds as NFStream's, cut.",
    "Statistics of inter-arrival times are of the exact times: they differ from NFStream's by less than a millisecond for \
     each of minimum, mean and maximum.",
    "Standard deviations are of the sample (n - 1) and 0 of one value; where there is no value, 0 as in NFStream.",
    "Hardware addresses are not kept: src_mac, src_oui, dst_mac and dst_oui are empty. tunnel_id is 0 without a tunnel, 1 \
     in GTP and empty in others, which NFStream does not tell apart or leaves closed.",
    "Ports of ICMP are 0 as in NFStream, but a flow is one type and code, and NFStream's is all ICMP of two hosts.",
    "NFStream knows no end of a TCP connection: ports used again within the idle timeout are one flow there and two here.",
    "A TCP flow whose first packet is a SYN ACK begins with the receiver of it here, as in Zeek, and with its sender there.",
    "VLANs part flows there, and here with --vlan-key.",
    "Later IP fragments are packets of the flow here and left out there.",
    "A size beyond 65,535 is kept whole here; NFStream has 16 bits for it.",
];

const NS_PER_MS: i64 = 1_000_000;

/// Whole milliseconds of a moment, cut downwards.
fn ms(ts: Timestamp) -> i64 {
    ts.0.div_euclid(NS_PER_MS)
}

fn moment(ts: Option<Timestamp>) -> Cell {
    Cell::Signed(ts.map_or(0, ms))
}

fn between(first: Option<Timestamp>, last: Option<Timestamp>) -> Cell {
    Cell::Signed(first.zip(last).map_or(0, |(first, last)| ms(last).saturating_sub(ms(first))))
}

fn port(flow: &FlowRecord, port: u16) -> Cell {
    Cell::Count(if flow.proto.has_ports() { port.into() } else { 0 })
}

fn whole(value: Option<u64>) -> Cell {
    Cell::Count(value.unwrap_or(0))
}

fn float(value: Option<f64>) -> Cell {
    Cell::Float(value.unwrap_or(0.0))
}

/// Nanoseconds as milliseconds.
fn gap(ns: Option<f64>) -> Cell {
    Cell::Float(ns.map_or(0.0, |ns| ns / 1e6))
}

#[allow(clippy::cast_precision_loss)] // of no matter at this size
fn shortest(moments: &Moments) -> Cell {
    gap(moments.smallest().map(|ns| ns as f64))
}

#[allow(clippy::cast_precision_loss)]
fn longest(moments: &Moments) -> Cell {
    gap(moments.largest().map(|ns| ns as f64))
}

/// Sizes of both sides; unknown where they were not measured.
fn both(flow: &FlowRecord) -> Option<Moments> {
    let mut both = flow.wire_sizes(Orig)?;
    both.merge(&flow.wire_sizes(Resp)?);
    Some(both)
}

fn of_sizes(sizes: Option<Moments>, cell: fn(&Moments) -> Cell) -> Cell {
    Cell::or_unknown(sizes, |sizes| cell(&sizes))
}

fn smallest_size(sizes: Option<Moments>) -> Cell {
    of_sizes(sizes, |m| whole(m.smallest()))
}

fn mean_size(sizes: Option<Moments>) -> Cell {
    of_sizes(sizes, |m| float(m.mean()))
}

fn spread_of_sizes(sizes: Option<Moments>) -> Cell {
    of_sizes(sizes, |m| float(m.std_dev()))
}

fn largest_size(sizes: Option<Moments>) -> Cell {
    of_sizes(sizes, |m| whole(m.largest()))
}

/// Packets with a flag, by its place in [`Direction::flags`].
fn flags<const PLACE: usize>(directions: &[&Direction]) -> Cell {
    Cell::Count(directions.iter().filter_map(|d| d.flags.get(PLACE)).map(|&n| u64::from(n)).sum())
}

/// The first packets as a list of as many values, -1 behind the last.
fn list(opening: &Opening, values: impl Iterator<Item = i64>) -> Cell {
    if opening.iter().next().is_none() {
        return Cell::Unknown;
    }
    let all: Vec<String> = values.chain(std::iter::repeat(-1)).take(Opening::PACKETS).map(|v| v.to_string()).collect();
    let text = format!("[{}]", all.join(", "));
    Cell::Both { json: text.clone(), text }
}

/// Whole milliseconds between the first packets as NFStream has them: of times that are cut first.
fn splt_gaps(flow: &FlowRecord) -> Cell {
    let opening = flow.opening();
    let mut now = flow.first_ts;
    let gaps: Vec<i64> = opening
        .iter()
        .map(|(packet, _)| {
            let before = ms(now);
            now = Timestamp(now.0.saturating_add_unsigned(packet.gap_ns));
            ms(now).saturating_sub(before)
        })
        .collect();
    list(&opening, gaps.into_iter())
}

const fn column(name: &'static str, kind: Kind, unit: &'static str, cell: fn(&Row<'_>) -> Cell) -> Column {
    Column { name, kind, unit, definition: "", cell }
}

const fn key(name: &'static str, kind: Kind, definition: &'static str, cell: fn(&Row<'_>) -> Cell) -> Column {
    Column { name, kind, unit: "", definition, cell }
}

const fn time(name: &'static str, definition: &'static str, cell: fn(&Row<'_>) -> Cell) -> Column {
    Column { name, kind: Integer, unit: "ms", definition, cell }
}

pub(super) static COLUMNS: &[Column] = &[
    key("id", Integer, "Number of the row, from 0.", |r| Cell::Count(r.place)),
    key("expiration_id", Integer, "1 where the active timeout ended the flow, else 0.", |r| {
        Cell::Count(u64::from(r.flow.end == EndReason::Active))
    }),
    key("src_ip", Text, "Originator's address.", |r| Cell::Text(r.flow.orig_addr.to_string())),
    key("src_mac", Text, "Empty: hardware addresses are not kept.", |_| Cell::Unknown),
    key("src_oui", Text, "Empty: hardware addresses are not kept.", |_| Cell::Unknown),
    key("src_port", Integer, "Originator's port.", |r| port(r.flow, r.flow.orig_port)),
    key("dst_ip", Text, "Responder's address.", |r| Cell::Text(r.flow.resp_addr.to_string())),
    key("dst_mac", Text, "Empty: hardware addresses are not kept.", |_| Cell::Unknown),
    key("dst_oui", Text, "Empty: hardware addresses are not kept.", |_| Cell::Unknown),
    key("dst_port", Integer, "Responder's port.", |r| port(r.flow, r.flow.resp_port)),
    key("protocol", Integer, "IP protocol number.", |r| {
        Cell::or_unknown(r.flow.proto.number(), |n| Cell::Count(n.into()))
    }),
    key("ip_version", Integer, "4 or 6.", |r| Cell::Count(if r.flow.orig_addr.is_ipv6() { 6 } else { 4 })),
    key("vlan_id", Integer, "Outermost VLAN, 0 without.", |r| Cell::Count(r.flow.vlan.unwrap_or(0).into())),
    key("tunnel_id", Integer, "0 without a tunnel, 1 in GTP, empty in others.", |r| {
        match r.flow.tunnel.as_deref().map(|t| t.kind) {
            None => Cell::Count(0),
            Some(TunnelKind::Gtp) => Cell::Count(1),
            Some(_) => Cell::Unknown,
        }
    }),
    time("bidirectional_first_seen_ms", "First packet, since 1970.", |r| moment(Some(r.flow.first_ts))),
    time("bidirectional_last_seen_ms", "Last packet, since 1970.", |r| moment(Some(r.flow.last_ts))),
    time("bidirectional_duration_ms", "From first to last packet.", |r| {
        between(Some(r.flow.first_ts), Some(r.flow.last_ts))
    }),
    column("bidirectional_packets", Integer, "packets", |r| Cell::Count(r.flow.packets())),
    column("bidirectional_bytes", Integer, "bytes", |r| Cell::Count(r.flow.wire_bytes())),
    time("src2dst_first_seen_ms", "First packet of the originator, since 1970.", |r| moment(r.flow.orig.first_ts)),
    time("src2dst_last_seen_ms", "Last packet of the originator, since 1970.", |r| moment(r.flow.orig.last_ts)),
    time("src2dst_duration_ms", "From first to last packet of the originator.", |r| {
        between(r.flow.orig.first_ts, r.flow.orig.last_ts)
    }),
    column("src2dst_packets", Integer, "packets", |r| Cell::Count(r.flow.orig.packets)),
    column("src2dst_bytes", Integer, "bytes", |r| Cell::Count(r.flow.orig.wire_bytes)),
    time("dst2src_first_seen_ms", "First packet of the responder, since 1970; 0 without.", |r| {
        moment(r.flow.resp.first_ts)
    }),
    time("dst2src_last_seen_ms", "Last packet of the responder, since 1970; 0 without.", |r| {
        moment(r.flow.resp.last_ts)
    }),
    time("dst2src_duration_ms", "From first to last packet of the responder.", |r| {
        between(r.flow.resp.first_ts, r.flow.resp.last_ts)
    }),
    column("dst2src_packets", Integer, "packets", |r| Cell::Count(r.flow.resp.packets)),
    column("dst2src_bytes", Integer, "bytes", |r| Cell::Count(r.flow.resp.wire_bytes)),
    column("bidirectional_min_ps", Integer, "bytes", |r| smallest_size(both(r.flow))),
    column("bidirectional_mean_ps", Float, "bytes", |r| mean_size(both(r.flow))),
    column("bidirectional_stddev_ps", Float, "bytes", |r| spread_of_sizes(both(r.flow))),
    column("bidirectional_max_ps", Integer, "bytes", |r| largest_size(both(r.flow))),
    column("src2dst_min_ps", Integer, "bytes", |r| smallest_size(r.flow.wire_sizes(Orig))),
    column("src2dst_mean_ps", Float, "bytes", |r| mean_size(r.flow.wire_sizes(Orig))),
    column("src2dst_stddev_ps", Float, "bytes", |r| spread_of_sizes(r.flow.wire_sizes(Orig))),
    column("src2dst_max_ps", Integer, "bytes", |r| largest_size(r.flow.wire_sizes(Orig))),
    column("dst2src_min_ps", Integer, "bytes", |r| smallest_size(r.flow.wire_sizes(Resp))),
    column("dst2src_mean_ps", Float, "bytes", |r| mean_size(r.flow.wire_sizes(Resp))),
    column("dst2src_stddev_ps", Float, "bytes", |r| spread_of_sizes(r.flow.wire_sizes(Resp))),
    column("dst2src_max_ps", Integer, "bytes", |r| largest_size(r.flow.wire_sizes(Resp))),
    column("bidirectional_min_piat_ms", Float, "ms", |r| shortest(&r.flow.iat)),
    column("bidirectional_mean_piat_ms", Float, "ms", |r| gap(r.flow.iat.mean())),
    column("bidirectional_stddev_piat_ms", Float, "ms", |r| gap(r.flow.iat.std_dev())),
    column("bidirectional_max_piat_ms", Float, "ms", |r| longest(&r.flow.iat)),
    column("src2dst_min_piat_ms", Float, "ms", |r| shortest(&r.flow.orig.iat)),
    column("src2dst_mean_piat_ms", Float, "ms", |r| gap(r.flow.orig.iat.mean())),
    column("src2dst_stddev_piat_ms", Float, "ms", |r| gap(r.flow.orig.iat.std_dev())),
    column("src2dst_max_piat_ms", Float, "ms", |r| longest(&r.flow.orig.iat)),
    column("dst2src_min_piat_ms", Float, "ms", |r| shortest(&r.flow.resp.iat)),
    column("dst2src_mean_piat_ms", Float, "ms", |r| gap(r.flow.resp.iat.mean())),
    column("dst2src_stddev_piat_ms", Float, "ms", |r| gap(r.flow.resp.iat.std_dev())),
    column("dst2src_max_piat_ms", Float, "ms", |r| longest(&r.flow.resp.iat)),
    column("bidirectional_syn_packets", Integer, "packets", |r| flags::<1>(&[&r.flow.orig, &r.flow.resp])),
    column("bidirectional_cwr_packets", Integer, "packets", |r| flags::<7>(&[&r.flow.orig, &r.flow.resp])),
    column("bidirectional_ece_packets", Integer, "packets", |r| flags::<6>(&[&r.flow.orig, &r.flow.resp])),
    column("bidirectional_urg_packets", Integer, "packets", |r| flags::<5>(&[&r.flow.orig, &r.flow.resp])),
    column("bidirectional_ack_packets", Integer, "packets", |r| flags::<4>(&[&r.flow.orig, &r.flow.resp])),
    column("bidirectional_psh_packets", Integer, "packets", |r| flags::<3>(&[&r.flow.orig, &r.flow.resp])),
    column("bidirectional_rst_packets", Integer, "packets", |r| flags::<2>(&[&r.flow.orig, &r.flow.resp])),
    column("bidirectional_fin_packets", Integer, "packets", |r| flags::<0>(&[&r.flow.orig, &r.flow.resp])),
    column("src2dst_syn_packets", Integer, "packets", |r| flags::<1>(&[&r.flow.orig])),
    column("src2dst_cwr_packets", Integer, "packets", |r| flags::<7>(&[&r.flow.orig])),
    column("src2dst_ece_packets", Integer, "packets", |r| flags::<6>(&[&r.flow.orig])),
    column("src2dst_urg_packets", Integer, "packets", |r| flags::<5>(&[&r.flow.orig])),
    column("src2dst_ack_packets", Integer, "packets", |r| flags::<4>(&[&r.flow.orig])),
    column("src2dst_psh_packets", Integer, "packets", |r| flags::<3>(&[&r.flow.orig])),
    column("src2dst_rst_packets", Integer, "packets", |r| flags::<2>(&[&r.flow.orig])),
    column("src2dst_fin_packets", Integer, "packets", |r| flags::<0>(&[&r.flow.orig])),
    column("dst2src_syn_packets", Integer, "packets", |r| flags::<1>(&[&r.flow.resp])),
    column("dst2src_cwr_packets", Integer, "packets", |r| flags::<7>(&[&r.flow.resp])),
    column("dst2src_ece_packets", Integer, "packets", |r| flags::<6>(&[&r.flow.resp])),
    column("dst2src_urg_packets", Integer, "packets", |r| flags::<5>(&[&r.flow.resp])),
    column("dst2src_ack_packets", Integer, "packets", |r| flags::<4>(&[&r.flow.resp])),
    column("dst2src_psh_packets", Integer, "packets", |r| flags::<3>(&[&r.flow.resp])),
    column("dst2src_rst_packets", Integer, "packets", |r| flags::<2>(&[&r.flow.resp])),
    column("dst2src_fin_packets", Integer, "packets", |r| flags::<0>(&[&r.flow.resp])),
    key("splt_direction", Text, "List of the first packets' directions: 0 originator, 1 responder, -1 none.", |r| {
        let opening = r.flow.opening();
        list(&opening, opening.iter().map(|(_, from_orig)| i64::from(!from_orig)))
    }),
    key("splt_ps", Text, "List of the first packets' bytes on the wire, -1 none.", |r| {
        let opening = r.flow.opening();
        list(&opening, opening.iter().map(|(packet, _)| i64::from(packet.wire_len)))
    }),
    key(
        "splt_piat_ms",
        Text,
        "List of milliseconds before each of the first packets, 0 for the first, -1 none.",
        |r| splt_gaps(r.flow),
    ),
];
