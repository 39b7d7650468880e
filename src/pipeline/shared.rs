//! What the rows of a cluster share beside their features: hosts, service and time, which no detector looks at.

use std::net::IpAddr;

use crate::report::{Fields, Proto, Report, Shared, Verdict};
use crate::settings::Unit;
use crate::units::Timestamp;

/// What rows may share.
#[derive(Debug, Clone, Copy)]
struct Ties {
    orig: Option<IpAddr>,
    resp: Option<IpAddr>,
    /// Protocol and responder's port.
    port: Option<(Proto, u16)>,
    service: Option<&'static str>,
    span: Option<(Timestamp, Timestamp)>,
}

/// The value of more than half of all, if there is one: Boyer and Moore's vote, and a count of who voted for it.
#[derive(Debug, Clone, Copy)]
struct Majority<T> {
    candidate: Option<T>,
    lead: u64,
    rows: u64,
}

impl<T> Default for Majority<T> {
    fn default() -> Self {
        Self { candidate: None, lead: 0, rows: 0 }
    }
}

impl<T: Copy + PartialEq> Majority<T> {
    fn vote(&mut self, value: Option<T>) {
        if self.lead == 0 {
            (self.candidate, self.lead) = (value, 1);
        } else if self.candidate == value {
            self.lead += 1;
        } else {
            self.lead -= 1;
        }
    }

    fn count(&mut self, value: Option<T>) {
        self.rows += u64::from(value.is_some() && value == self.candidate);
    }

    /// The value of at least half of so many rows.
    fn shared(&self, what: &'static str, of: u64, text: impl Fn(T) -> String) -> Option<Shared> {
        let is_most = self.rows > 0 && self.rows.saturating_mul(2) >= of;
        self.candidate.filter(|_| is_most).map(|value| Shared { what, value: text(value), rows: self.rows })
    }
}

#[derive(Debug, Clone, Default)]
struct Votes {
    orig: Majority<IpAddr>,
    resp: Majority<IpAddr>,
    port: Majority<(Proto, u16)>,
    service: Majority<&'static str>,
    span: Option<(Timestamp, Timestamp)>,
}

impl Votes {
    fn vote(&mut self, ties: &Ties) {
        self.orig.vote(ties.orig);
        self.resp.vote(ties.resp);
        self.port.vote(ties.port);
        self.service.vote(ties.service);
        if let Some((first, last)) = ties.span {
            let (earliest, latest) = self.span.unwrap_or((first, last));
            self.span = Some((earliest.min(first), latest.max(last)));
        }
    }

    fn count(&mut self, ties: &Ties) {
        self.orig.count(ties.orig);
        self.resp.count(ties.resp);
        self.port.count(ties.port);
        self.service.count(ties.service);
    }
}

/// Notes what at least half of each cluster's rows share, and from when to when they are.
pub(super) fn note(report: &mut Report, verdicts: &[Verdict]) {
    let mut votes = vec![Votes::default(); report.detection.clusters.len()];
    let each = |votes: &mut [Votes], take: fn(&mut Votes, &Ties)| {
        for (row, verdict) in verdicts.iter().enumerate().filter(|(_, verdict)| verdict.is_scored) {
            if let (Some(of), Some(ties)) = (votes.get_mut(usize::from(verdict.cluster)), ties(report, row)) {
                take(of, &ties);
            }
        }
    };
    each(&mut votes, Votes::vote);
    each(&mut votes, Votes::count);
    let words = match report.settings.unit {
        Unit::Packet => ["source", "destination"],
        Unit::Flow | Unit::Host => ["originator", "responder"],
    };
    for (cluster, of) in report.detection.clusters.iter_mut().zip(votes) {
        let port = |(proto, port): (Proto, u16)| match proto.has_ports() {
            true => format!("{} port {port}", proto.name()),
            false => proto.name(),
        };
        let rows = cluster.rows;
        let shared = [
            of.orig.shared(words[0], rows, |address| address.to_string()),
            of.resp.shared(words[1], rows, |address| address.to_string()),
            of.port.shared("port", rows, port),
            of.service.shared("service", rows, str::to_owned),
        ];
        cluster.shared = shared.into_iter().flatten().collect();
        (cluster.first_ts, cluster.last_ts) = of.span.unzip();
    }
}

fn ties(report: &Report, row: usize) -> Option<Ties> {
    match report.settings.unit {
        Unit::Flow => report.flows.get(row).map(|flow| {
            let has_ends = flow.knows(Fields::ADDRESSES);
            Ties {
                orig: has_ends.then_some(flow.orig_addr),
                resp: has_ends.then_some(flow.resp_addr),
                port: flow.knows(Fields::PORTS).then_some((flow.proto, flow.resp_port)),
                service: flow.service,
                span: flow.knows(Fields::TIME).then_some((flow.first_ts, flow.last_ts)),
            }
        }),
        Unit::Packet => report.packets.get(row).map(|packet| {
            let has_ends = packet.knows(Fields::ADDRESSES);
            Ties {
                orig: has_ends.then_some(packet.src),
                resp: has_ends.then_some(packet.dst),
                port: packet.dst_port.map(|port| (packet.proto, port)),
                service: None,
                span: packet.knows(Fields::TIME).then_some((packet.ts, packet.ts)),
            }
        }),
        // Each is itself, all the time.
        Unit::Host => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(values: &[Option<u8>]) -> Option<(String, u64)> {
        let mut majority = Majority::default();
        values.iter().for_each(|value| majority.vote(*value));
        values.iter().for_each(|value| majority.count(*value));
        majority.shared("x", values.len() as u64, |value| value.to_string()).map(|shared| (shared.value, shared.rows))
    }

    #[test]
    fn what_most_have_is_found_in_any_order_and_counted_exactly() {
        assert_eq!(shared(&[Some(1), Some(2), Some(2), Some(3), Some(2)]), Some(("2".to_owned(), 3)));
        assert_eq!(shared(&[Some(2), Some(2), Some(2), Some(1), Some(3)]), Some(("2".to_owned(), 3)));
        assert_eq!(shared(&[Some(1), Some(2), Some(3)]), None);
        assert_eq!(shared(&[None, None, None, Some(3)]), None);
        assert_eq!(shared(&[]), None);
    }
}
