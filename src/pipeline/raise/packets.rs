//! The packets of findings, where the rows are packets: rules look at flows.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::report::{Finding, FlowRecord, PacketRecord, Proto, Report};

/// Protocol and both ends, the lesser first.
type Ends = (Proto, [(IpAddr, u16); 2]);

/// A flow that findings are about.
#[derive(Debug)]
struct Found<'a> {
    flow: &'a FlowRecord,
    /// Places of the findings.
    findings: Vec<usize>,
}

/// Puts packets in the place of the flows that the findings are about, in the order of their numbers.
pub(super) fn take_place(report: &Report, findings: &mut [Finding]) {
    let mut of_flow: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (place, finding) in findings.iter_mut().enumerate() {
        for row in finding.members.drain(..) {
            of_flow.entry(row).or_default().push(place);
        }
    }
    let mut by_ends: BTreeMap<Ends, Vec<Found<'_>>> = BTreeMap::new();
    for (row, findings) in of_flow {
        if let Some(flow) = usize::try_from(row).ok().and_then(|row| report.flows.get(row)) {
            let ends = ends(flow.proto, (flow.orig_addr, flow.orig_port), (flow.resp_addr, flow.resp_port));
            by_ends.entry(ends).or_default().push(Found { flow, findings });
        }
    }
    for (row, packet) in (0..).zip(&report.packets) {
        let one = (packet.src, packet.src_port.unwrap_or(0));
        let other = (packet.dst, packet.dst_port.unwrap_or(0));
        let found = by_ends.get(&ends(packet.proto, one, other)).into_iter().flatten();
        for place in found.filter(|found| is_of(packet, found.flow)).flat_map(|found| &found.findings) {
            if let Some(finding) = findings.get_mut(*place).filter(|f| f.members.last() != Some(&row)) {
                finding.members.push(row);
            }
        }
    }
}

/// ICMP's types and codes differ by direction: there the addresses tell.
fn ends(proto: Proto, one: (IpAddr, u16), other: (IpAddr, u16)) -> Ends {
    let [one, other] = if proto.is_icmp() { [(one.0, 0), (other.0, 0)] } else { [one, other] };
    (proto, [one.min(other), one.max(other)])
}

/// Whether the packet lies within the flow, whose ends it has; of ICMP, whether it is of the flow's type.
fn is_of(packet: &PacketRecord, flow: &FlowRecord) -> bool {
    let is_within = (flow.first_packet..=flow.last_packet).contains(&packet.number);
    is_within && (!flow.proto.is_icmp() || packet.src != flow.orig_addr || packet.src_port == Some(flow.orig_port))
}
