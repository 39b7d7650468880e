//! Community ID v1: the same flow has the same id in Zeek, Suricata, Arkime and here.

use std::net::IpAddr;

use crate::report::{Fields, FlowRecord, Proto};

/// The flow's Community ID with seed 0; `None` for ARP and for ICMPv6 over IPv4, which have none, and for a row of a table that does
/// not name its hosts and protocol.
///
/// **Source** github.com/corelight/community-id-spec, version 1.
#[must_use]
pub fn community_id(flow: &FlowRecord) -> Option<String> {
    if !flow.knows(Fields::ADDRESSES.and(Fields::PROTO)) {
        return None;
    }
    id(flow.proto, (flow.orig_addr, flow.orig_port), (flow.resp_addr, flow.resp_port))
}

fn id(proto: Proto, orig: (IpAddr, u16), resp: (IpAddr, u16)) -> Option<String> {
    // For ICMP the ports are type and code: the crate itself finds the counterpart of two-way types.
    let port = |p: u16| (proto.has_ports() || proto.is_icmp()).then_some(p);
    community_id::calculate_community_id(0, orig.0, resp.0, port(orig.1), port(resp.1), proto.number()?, false).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(proto: u8, a: &str, a_port: u16, b: &str, b_port: u16) -> String {
        id(Proto::Ip(proto), (a.parse().unwrap(), a_port), (b.parse().unwrap(), b_port)).unwrap()
    }

    #[test]
    fn agrees_with_the_published_vectors_in_both_directions() {
        for (proto, a, a_port, b, b_port, expected) in [
            (6, "128.232.110.120", 34855, "66.35.250.204", 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
            (17, "192.168.1.52", 54585, "8.8.8.8", 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="),
            (1, "192.168.0.89", 8, "192.168.0.1", 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="),
            (58, "fe80::200:86ff:fe05:80da", 133, "ff02::2", 134, "1:hO+sN4H+MG5MY/8hIrXPqc4ZQz0="),
            (132, "192.168.170.8", 7, "192.168.170.56", 7, "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs="),
            (46, "10.1.12.1", 0, "10.1.12.2", 0, "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw="),
        ] {
            assert_eq!(of(proto, a, a_port, b, b_port), expected);
            assert_eq!(of(proto, b, b_port, a, a_port), expected, "from the other end");
        }
    }

    #[test]
    fn one_way_icmp_keeps_its_direction() {
        assert_eq!(of(1, "10.0.0.1", 11, "10.0.0.2", 0), "1:YHxtAirCG//0OzkcVAukqKQN9xM=");
        assert_ne!(of(1, "10.0.0.2", 11, "10.0.0.1", 0), "1:YHxtAirCG//0OzkcVAukqKQN9xM=");
    }

    #[test]
    fn arp_has_none() {
        let any = "10.0.0.1".parse().unwrap();
        assert_eq!(id(Proto::Arp, (any, 0), (any, 0)), None);
    }
}
