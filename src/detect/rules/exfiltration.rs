//! Exfiltration: a host sends an outside one far more than it gets back, and than it sends others.

use std::collections::BTreeMap;
use std::net::IpAddr;

use hashbrown::HashMap;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::Traffic;
use super::words::{filter_of, many};
use crate::flow::Keyed;
use crate::report::{AddressKind, Proto, Severity, Technique, is_local};
use crate::units::{bytes_text, count, float};

pub(super) const RULE: Rule = Rule {
    kind: "exfiltration",
    name: "Exfiltration",
    how: "In the flows it began, a host sent an outside host at least `exfiltration-bytes` of payload and \
          `exfiltration-ratio` times what came back, and its ratio to other outside hosts is less than a tenth of that. Low; \
          one step up where the way is not encrypted or not known; one more from 25 MB on, and high from 500 MB on.",
    source: "PCAP Hunter: out to in at least 10:1 and 1 MB; Slips: 500 MB to one host.",
    caveat: "Backups, photographs, mails and reports of programs are uploads too.",
    technique: Some(Technique { id: "T1048", name: "Exfiltration Over Alternative Protocol" }),
    limits: &["exfiltration-bytes", "exfiltration-ratio"],
    find,
};

/// From so many bytes on it is one step graver.
const LARGE_BYTES: u64 = 25_000_000;
/// From so many bytes on it is high.
const HUGE_BYTES: u64 = 500_000_000;
/// Protocols that hide what they carry, so that an upload of that size is common.
const PRIVATE: [&str; 4] = ["ssl", "quic", "ssh", "dtls"];
/// Media go one way where nobody answers.
const MEDIA: [&str; 3] = ["rtp", "stun", "rtcp"];
/// FTP's data connection begins at the server where the client does not ask for another way.
const FTP_DATA: u16 = 20;

#[derive(Debug, Default)]
struct Sum<'a> {
    sent: u64,
    received: u64,
    /// Of what is reported only.
    rows: Vec<Row<'a>>,
}

/// A host, an outside one, and the payload that went there and came back.
type Upload = (IpAddr, IpAddr, u64, u64);

impl Sum<'_> {
    fn ratio(&self) -> f64 {
        float(self.sent) / float(self.received.max(1))
    }
}

fn is_outside(address: IpAddr) -> bool {
    !is_local(address) && AddressKind::of(address) == AddressKind::Unicast
}

/// What a flow is of an upload.
fn upload(row: &Row<'_>) -> Option<Upload> {
    let is_reversed = row.proto == Proto::TCP && row.orig_port == FTP_DATA;
    let ((from, sent), (to, received)) = if is_reversed {
        ((row.resp_addr, row.back), (row.orig_addr, row.sent))
    } else {
        ((row.orig_addr, row.sent), (row.resp_addr, row.back))
    };
    let is_media = || row.service.is_some_and(|s| MEDIA.iter().any(|m| s.contains(m)));
    (is_outside(to) && from != to && !is_media()).then_some((from, to, sent.payload, received.payload))
}

/// What each host sent to each outside one, of hosts that uploaded to any.
fn sums<'a>(
    traffic: &Traffic<'a>,
    is_upload: &dyn Fn(&Sum<'_>) -> bool,
) -> BTreeMap<IpAddr, BTreeMap<IpAddr, Sum<'a>>> {
    // No output depends on the key.
    let mut sums: HashMap<(IpAddr, IpAddr), Sum<'a>, Keyed> = HashMap::with_hasher(Keyed::new([0, 0]));
    for (from, to, sent, received) in traffic.all().filter_map(|row| upload(&row)) {
        let sum = sums.entry((from, to)).or_default();
        sum.sent = sum.sent.saturating_add(sent);
        sum.received = sum.received.saturating_add(received);
    }
    let mut by_host: BTreeMap<IpAddr, BTreeMap<IpAddr, Sum<'a>>> = BTreeMap::new();
    by_host.extend(sums.iter().filter(|(_, sum)| is_upload(sum)).map(|((from, _), _)| (*from, BTreeMap::new())));
    for ((from, to), sum) in sums {
        if let Some(by_target) = by_host.get_mut(&from) {
            by_target.insert(to, sum);
        }
    }
    by_host
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let (bytes, ratio) = (traffic.limit("exfiltration-bytes"), traffic.limit("exfiltration-ratio"));
    let mut all = BTreeMap::new();
    let is_upload = |sum: &Sum<'_>| float(sum.sent) >= bytes && sum.ratio() >= ratio;
    for (actor, mut by_target) in sums(traffic, &is_upload) {
        let others = by_target.values().filter(|sum| !is_upload(sum));
        let habit =
            others.fold((0u64, 0u64), |(out, back), s| (out.saturating_add(s.sent), back.saturating_add(s.received)));
        let usual = float(habit.0) / float(habit.1.max(1));
        by_target.retain(|_, sum| is_upload(sum) && 10.0 * usual <= sum.ratio());
        if !by_target.is_empty() {
            all.insert(actor, (by_target, habit));
        }
    }
    if all.is_empty() {
        return Vec::new();
    }
    for row in traffic.all() {
        let Some((from, to, ..)) = upload(&row) else { continue };
        if let Some(sum) = all.get_mut(&from).and_then(|(found, _)| found.get_mut(&to)) {
            sum.rows.push(row);
        }
    }
    all.iter().map(|(actor, (found, habit))| draft(*actor, found, *habit)).collect()
}

fn draft(actor: IpAddr, found: &BTreeMap<IpAddr, Sum<'_>>, habit: (u64, u64)) -> Draft {
    let rows = || found.values().flat_map(|sum| &sum.rows).copied();
    let mut draft = Draft::of_actor(actor, rows());
    draft.targets = found.keys().copied().collect();
    let sent = found.values().fold(0u64, |all, sum| all.saturating_add(sum.sent));
    let received = found.values().fold(0u64, |all, sum| all.saturating_add(sum.received));
    // The way that carried most of it.
    let largest = rows().max_by_key(|row| row.sent.payload.max(row.back.payload));
    let way = largest.and_then(|row| row.service);
    let is_private = way.is_some_and(|service| PRIVATE.iter().any(|p| service.contains(p)));
    let steps = usize::from(!is_private) + usize::from(sent >= LARGE_BYTES);
    draft.severity = match steps {
        _ if sent >= HUGE_BYTES => Severity::High,
        0 => Severity::Low,
        1 => Severity::Medium,
        _ => Severity::High,
    };
    let to = super::words::whom(&draft.targets);
    draft.title = format!("{actor}: {} sent to {to}", bytes_text(sent));
    draft.evidence = format!(
        "{} of payload were sent to {to} in {}{} and {} came back; all other outside hosts got {} and sent {}.",
        bytes_text(sent),
        many(draft.rows.len(), "flow"),
        way.map_or_else(String::new, |service| format!(", most by {service},")),
        bytes_text(received),
        bytes_text(habit.0),
        bytes_text(habit.1),
    );
    draft.measure("sent_bytes", float(sent));
    draft.measure("received_bytes", float(received));
    draft.measure("usual_sent_bytes", float(habit.0));
    draft.measure("usual_received_bytes", float(habit.1));
    draft.count("flows", draft.rows.len());
    debug_assert!(count(draft.rows.len()) > 0);
    draft.filter = filter_of(actor, &draft.targets, None);
    draft
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::rules::made::{found, tcp};

    const ME: [u8; 4] = [10, 0, 0, 5];

    fn browsing() -> Vec<crate::report::FlowRecord> {
        (0..20).map(|i| tcp(i64::from(i), ME, ([192, 0, 2, i], 443), (2_000, 90_000))).collect()
    }

    #[test]
    fn an_upload_to_an_outside_host_is_found() {
        let mut flows = browsing();
        flows.push(tcp(30, ME, ([198, 51, 100, 9], 8081), (6_000_000, 20_000)));
        let all = found(&RULE, flows);
        let [finding] = &all[..] else { panic!("{all:?}") };
        assert_eq!((finding.severity, finding.rows), (Severity::Medium, 1));
        assert_eq!(
            (&finding.actors[..], &finding.targets[..]),
            (&["10.0.0.5".into()][..], &["198.51.100.9".into()][..])
        );
        let mut private = browsing();
        let mut flow = tcp(30, ME, ([198, 51, 100, 9], 443), (6_000_000, 20_000));
        flow.service = Some("ssl");
        private.push(flow);
        assert_eq!(found(&RULE, private).first().map(|f| f.severity), Some(Severity::Low));
    }

    #[test]
    fn a_small_or_inner_upload_a_download_and_a_habit_are_none() {
        for (to, port, payload) in [
            ([198, 51, 100, 9], 8081, (900_000, 2_000)),
            ([10, 0, 0, 9], 445, (6_000_000, 2_000)),
            ([198, 51, 100, 9], 443, (6_000_000, 900_000)),
            ([198, 51, 100, 9], 443, (2_000, 90_000_000)),
        ] {
            let mut flows = browsing();
            flows.push(tcp(30, ME, (to, port), payload));
            assert_eq!(found(&RULE, flows), []);
        }
        // Who sends everybody more than it gets does so here too.
        let mut sender: Vec<_> =
            (0..9).map(|i| tcp(i64::from(i), ME, ([192, 0, 2, i], 25), (900_000, 50_000))).collect();
        sender.push(tcp(30, ME, ([198, 51, 100, 9], 25), (2_000_000, 100_000)));
        assert_eq!(found(&RULE, sender), []);
    }
}
