//! Features of rows that a table gives: what its columns say, else what follows from the fields that it fills.

use std::sync::LazyLock;

use super::{FLOW_FEATURES, PACKET_FEATURES};
use crate::host::needed_to_fail;
use crate::report::{FlowRecord, Known, PacketRecord};
use crate::units::{float, seconds};

/// What a flow's record must know for a feature to be computed from it. What is not listed needs the packets.
fn needed_of_flow(feature: &str) -> Known {
    let (time, addresses, ports) = (Known::TIME, Known::ADDRESSES, Known::PORTS.and(Known::PROTO));
    let (bytes, packets) = (Known::ORIG_BYTES.and(Known::RESP_BYTES), Known::ORIG_PKTS.and(Known::RESP_PKTS));
    match feature {
        "duration" => Known::DURATION,
        "orig_pkts" => Known::ORIG_PKTS,
        "resp_pkts" => Known::RESP_PKTS,
        "orig_bytes" => Known::ORIG_BYTES,
        "resp_bytes" => Known::RESP_BYTES,
        "orig_ip_bytes" => Known::ORIG_IP_BYTES,
        "resp_ip_bytes" => Known::RESP_IP_BYTES,
        "bytes_per_second" => bytes.and(Known::DURATION),
        "pkts_per_second" => packets.and(Known::DURATION),
        "orig_pkts_per_second" => Known::ORIG_PKTS.and(Known::DURATION),
        "resp_pkts_per_second" => Known::RESP_PKTS.and(Known::DURATION),
        "orig_bytes_per_second" => Known::ORIG_BYTES.and(Known::DURATION),
        "resp_bytes_per_second" => Known::RESP_BYTES.and(Known::DURATION),
        "pkts_ratio" | "pkts" => packets,
        "payload_bytes" => bytes,
        "byte_balance" => bytes,
        "orig_payload_mean" | "orig_payload_std" | "orig_payload_max" => Known::PAYLOAD,
        "resp_payload_mean" | "resp_payload_std" | "resp_payload_max" => Known::PAYLOAD,
        "iat_mean" | "iat_std" | "iat_min" | "iat_max" | "iat_variation" => Known::GAPS,
        _ if counts_flags(feature) => Known::FLAGS,
        "orig_port" | "resp_port" | "service_rarity" => ports,
        "is_failed" => needed_to_fail(),
        "orig_window_flows" | "resp_window_flows" | "pair_window_flows" => time.and(addresses),
        "orig_window_peers" | "resp_window_peers" => time.and(addresses),
        "service_window_flows" | "orig_window_ports" | "gap_variation" => time.and(addresses).and(ports),
        "orig_failed_share" => time.and(addresses).and(needed_to_fail()),
        _ => Known::MEASURED,
    }
}

/// Whether it is a number of packets with a flag, of both directions or of one.
fn counts_flags(feature: &str) -> bool {
    let flag = feature.strip_prefix("orig_").or_else(|| feature.strip_prefix("resp_")).unwrap_or(feature);
    let flag = flag.strip_suffix("_pkts");
    flag.is_some_and(|flag| ["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"].contains(&flag))
}

/// The same for packets.
fn needed_of_packet(feature: &str) -> Known {
    match feature {
        "length" => Known::WIRE_BYTES,
        "payload_size" => Known::PAYLOAD,
        "header_length" => Known::HEADER,
        "src_port" | "dst_port" => Known::PORTS.and(Known::PROTO),
        "syn" | "ack" | "fin" | "rst" | "psh" | "urg" | "ece" | "cwr" | "flags_set" => Known::FLAGS,
        "is_bare_ack" => Known::FLAGS.and(Known::PAYLOAD),
        "payload_share" => Known::PAYLOAD.and(Known::WIRE_BYTES),
        "is_tcp" | "is_udp" | "is_icmp" => Known::PROTO,
        "is_ipv6" | "is_multicast" => Known::ADDRESSES,
        "low_port" => Known::PORTS.and(Known::PROTO),
        // missing by themselves where the table does not say
        "payload_entropy" | "iat" | "window" | "ttl" => Known::NONE,
        _ => Known::MEASURED,
    }
}

static FLOW_NEEDS: LazyLock<Vec<Known>> =
    LazyLock::new(|| FLOW_FEATURES.iter().map(|f| needed_of_flow(f.name)).collect());
static PACKET_NEEDS: LazyLock<Vec<Known>> =
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
    let mean = |sum: u64, n: u64, known: Known| (flow.knows(known) && n > 0).then(|| float(sum) / float(n));
    match feature {
        "orig_payload_mean" => {
            mean(flow.orig.payload_bytes, flow.orig.packets, Known::ORIG_BYTES.and(Known::ORIG_PKTS))
        }
        "resp_payload_mean" => {
            mean(flow.resp.payload_bytes, flow.resp.packets, Known::RESP_BYTES.and(Known::RESP_PKTS))
        }
        // The gaps of packets in order add up to the duration.
        "iat_mean" => {
            let known = Known::DURATION.and(Known::ORIG_PKTS).and(Known::RESP_PKTS);
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
        let from_packets = needs.iter().filter(|(_, known)| known.has(Known::MEASURED)).count();
        assert!(from_packets * 2 < needs.len(), "{from_packets} of {}", needs.len());
    }
}
