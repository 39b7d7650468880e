//! Features of rows that a table gives: what its columns say, else what follows from the fields that it fills.

use std::sync::LazyLock;

use super::{FLOW_FEATURES, PACKET_FEATURES};
use crate::host::needed_to_fail;
use crate::report::{Fields, FlowRecord, PacketRecord};
use crate::units::{float, seconds};

/// What a flow's record must know for a feature to be computed from it. What is not listed needs the packets.
fn needed_of_flow(feature: &str) -> Fields {
    let (time, addresses, ports) = (Fields::TIME, Fields::ADDRESSES, Fields::PORTS.and(Fields::PROTO));
    let (bytes, packets) = (Fields::ORIG_BYTES.and(Fields::RESP_BYTES), Fields::ORIG_PKTS.and(Fields::RESP_PKTS));
    match feature {
        "duration" => Fields::DURATION,
        "orig_pkts" => Fields::ORIG_PKTS,
        "resp_pkts" => Fields::RESP_PKTS,
        "orig_bytes" => Fields::ORIG_BYTES,
        "resp_bytes" => Fields::RESP_BYTES,
        "orig_ip_bytes" => Fields::ORIG_IP_BYTES,
        "resp_ip_bytes" => Fields::RESP_IP_BYTES,
        "bytes_per_second" => bytes.and(Fields::DURATION),
        "pkts_per_second" => packets.and(Fields::DURATION),
        "orig_pkts_per_second" => Fields::ORIG_PKTS.and(Fields::DURATION),
        "resp_pkts_per_second" => Fields::RESP_PKTS.and(Fields::DURATION),
        "orig_bytes_per_second" => Fields::ORIG_BYTES.and(Fields::DURATION),
        "resp_bytes_per_second" => Fields::RESP_BYTES.and(Fields::DURATION),
        "pkts_ratio" | "pkts" => packets,
        "payload_bytes" => bytes,
        "byte_balance" => bytes,
        "orig_payload_mean" | "orig_payload_std" | "orig_payload_max" => Fields::PAYLOAD,
        "resp_payload_mean" | "resp_payload_std" | "resp_payload_max" => Fields::PAYLOAD,
        "iat_mean" | "iat_std" | "iat_min" | "iat_max" | "iat_variation" => Fields::GAPS,
        _ if counts_flags(feature) => Fields::FLAGS,
        "orig_port" | "resp_port" | "service_rarity" => ports,
        "is_failed" => needed_to_fail(),
        "orig_window_flows" | "resp_window_flows" | "pair_window_flows" => time.and(addresses),
        "orig_window_peers" | "resp_window_peers" | "orig_flow_rate" => time.and(addresses),
        "service_window_flows" | "orig_window_ports" | "gap_variation" => time.and(addresses).and(ports),
        "resp_window_ports" | "pair_window_ports" | "orig_service_window_flows" => time.and(addresses).and(ports),
        "orig_service_window_peers" | "orig_service_window_share" => time.and(addresses).and(ports),
        "orig_failed_share" | "resp_failed_share" => time.and(addresses).and(needed_to_fail()),
        "orig_window_sent" | "orig_window_received" | "orig_window_balance" => time.and(addresses).and(bytes),
        "orig_total_flows" | "resp_total_flows" | "pair_total_flows" | "orig_total_peers" => addresses,
        "resp_total_peers" | "responder_rarity" => addresses,
        "service_total_flows" | "orig_service_total_flows" | "orig_total_ports" => addresses.and(ports),
        "resp_total_ports" | "pair_total_ports" | "orig_service_total_peers" => addresses.and(ports),
        "orig_service_total_share" => addresses.and(ports),
        "orig_total_failed_share" | "resp_total_failed_share" => addresses.and(needed_to_fail()),
        "orig_total_sent" | "orig_total_received" | "orig_total_balance" => addresses.and(bytes),
        "size_variation" => addresses.and(ports).and(Fields::ORIG_BYTES),
        _ => Fields::MEASURED,
    }
}

/// Whether it is a number of packets with a flag, of both directions or of one.
fn counts_flags(feature: &str) -> bool {
    let flag = feature.strip_prefix("orig_").or_else(|| feature.strip_prefix("resp_")).unwrap_or(feature);
    let flag = flag.strip_suffix("_pkts");
    flag.is_some_and(|flag| ["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"].contains(&flag))
}

/// The same for packets.
fn needed_of_packet(feature: &str) -> Fields {
    match feature {
        "length" => Fields::WIRE_BYTES,
        "payload_size" => Fields::PAYLOAD,
        "header_length" => Fields::HEADER,
        "src_port" | "dst_port" => Fields::PORTS.and(Fields::PROTO),
        "syn" | "ack" | "fin" | "rst" | "psh" | "urg" | "ece" | "cwr" | "flags_set" => Fields::FLAGS,
        "is_bare_ack" => Fields::FLAGS.and(Fields::PAYLOAD),
        "payload_share" => Fields::PAYLOAD.and(Fields::WIRE_BYTES),
        "is_tcp" | "is_udp" | "is_icmp" => Fields::PROTO,
        "is_ipv6" | "is_multicast" => Fields::ADDRESSES,
        "low_port" => Fields::PORTS.and(Fields::PROTO),
        // missing by themselves where the table does not say
        "payload_entropy" | "iat" | "window" | "ttl" => Fields::NONE,
        _ => Fields::MEASURED,
    }
}

static FLOW_NEEDS: LazyLock<Vec<Fields>> =
    LazyLock::new(|| FLOW_FEATURES.iter().map(|f| needed_of_flow(f.name)).collect());
static PACKET_NEEDS: LazyLock<Vec<Fields>> =
    LazyLock::new(|| PACKET_FEATURES.iter().map(|f| needed_of_packet(f.name)).collect());

/// The value of a feature of the run for a flow of a table.
pub(super) fn of_flow(flow: &FlowRecord, feature: usize) -> Option<f64> {
    let given = flow.table.as_ref().and_then(|table| table.value(feature));
    given.or_else(|| {
        let entry = FLOW_FEATURES.get(feature)?;
        if flow.knows(*FLOW_NEEDS.get(feature)?) { (entry.value)(flow) } else { derived(entry.name, flow) }
    })
}

/// The value of a feature of the run for a packet of a table.
pub(super) fn of_packet(packet: &PacketRecord, feature: usize) -> Option<f64> {
    let given = packet.table.as_ref().and_then(|table| table.value(feature));
    given.or_else(|| {
        let entry = PACKET_FEATURES.get(feature)?;
        if packet.knows(*PACKET_NEEDS.get(feature)?) { (entry.value)(packet) } else { None }
    })
}

/// Means that follow from sums.
fn derived(feature: &str, flow: &FlowRecord) -> Option<f64> {
    let mean = |sum: u64, n: u64, known: Fields| (flow.knows(known) && n > 0).then(|| float(sum) / float(n));
    match feature {
        "orig_payload_mean" => {
            mean(flow.orig.payload_bytes, flow.orig.packets, Fields::ORIG_BYTES.and(Fields::ORIG_PKTS))
        }
        "resp_payload_mean" => {
            mean(flow.resp.payload_bytes, flow.resp.packets, Fields::RESP_BYTES.and(Fields::RESP_PKTS))
        }
        // The gaps of packets in order add up to the duration.
        "iat_mean" => {
            let known = Fields::DURATION.and(Fields::ORIG_PKTS).and(Fields::RESP_PKTS);
            let gaps = flow.packets().checked_sub(1).filter(|n| *n > 0 && flow.knows(known))?;
            Some(seconds(flow.duration_ns()) * 1e3 / float(gaps))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_default_features_can_come_from_a_table() {
        let needs: Vec<_> = FLOW_FEATURES.iter().zip(FLOW_NEEDS.iter()).filter(|(f, _)| f.is_default).collect();
        let from_packets = needs.iter().filter(|(_, known)| known.has(Fields::MEASURED)).count();
        assert!(from_packets * 2 < needs.len(), "{from_packets} of {}", needs.len());
    }
}
