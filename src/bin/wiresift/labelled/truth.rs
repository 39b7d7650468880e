//! What each conversation of a capture is, by time, for flows of the same capture seen otherwise.

use std::collections::BTreeMap;
use std::net::IpAddr;

use wiresift::classify::Class;
use wiresift::packet::Packet;
use wiresift::report::{FlowRecord, Proto, Report};
use wiresift::units::Timestamp;

use super::Labels;

/// A conversation, whoever began it: protocol and both ends, the lesser first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ends {
    proto: u8,
    low: (IpAddr, u16),
    high: (IpAddr, u16),
}

impl Ends {
    pub(crate) fn new(proto: Proto, a: (IpAddr, u16), b: (IpAddr, u16)) -> Self {
        Self { proto: proto.number().unwrap_or(0), low: a.min(b), high: a.max(b) }
    }

    fn of(flow: &FlowRecord) -> Self {
        Self::new(flow.proto, (flow.orig_addr, flow.orig_port), (flow.resp_addr, flow.resp_port))
    }

    pub(crate) fn of_packet(packet: &Packet<'_>) -> Self {
        Self::new(packet.proto, (packet.src, packet.src_port), (packet.dst, packet.dst_port))
    }
}

struct Span {
    first: Timestamp,
    last: Timestamp,
    class: Option<Class>,
    orig: (IpAddr, u16),
}

/// The flows of a capture by their ends, in order of time.
pub(super) struct Truth {
    spans: BTreeMap<Ends, Vec<Span>>,
}

impl Truth {
    /// By the label files, else by what the payload says.
    pub(super) fn of(report: &Report, labels: &Labels, capture: &str) -> Self {
        let mut spans: BTreeMap<Ends, Vec<Span>> = BTreeMap::new();
        for flow in &report.flows {
            let ends = Ends::of(flow);
            // The outermost protocol: what goes over STARTTLS is still SMTP.
            let outermost = flow.application.as_ref().and_then(|a| a.names_of_services().next()).or(flow.service);
            let by_payload = || outermost.and_then(|service| Class::of_service(service, flow.proto));
            let class = labels.class(capture, ends).or_else(by_payload);
            let (first, last, orig) = (flow.first_ts, flow.last_ts, (flow.orig_addr, flow.orig_port));
            spans.entry(ends).or_default().push(Span { first, last, class, orig });
        }
        Self { spans }
    }

    /// The class of the first flow between the same ends at the same time.
    pub(super) fn class(&self, flow: &FlowRecord) -> Option<Class> {
        let spans = self.spans.get(&Ends::of(flow))?;
        spans.iter().find(|s| s.first <= flow.last_ts && flow.first_ts <= s.last)?.class
    }

    /// Whether a packet's sender began the conversation.
    pub(super) fn is_from_orig(&self, packet: &Packet<'_>) -> Option<bool> {
        let spans = self.spans.get(&Ends::of_packet(packet))?;
        let span = spans.iter().find(|s| s.first <= packet.ts && packet.ts <= s.last)?;
        Some(span.orig == (packet.src, packet.src_port))
    }
}
