//! Adding up the account, and checking its laws.

use std::collections::BTreeMap;

use crate::capture::{Account, LinkType, Oddities};
use crate::chunked::Chunked;
use crate::error::Position;
use crate::packet::{Undecoded, Why};
use crate::report::{Bucket, FileReport, FlowRecord, Ledger, LinkTypeCount, Outcome, Reason, Status, UndecodedCount};
use crate::sort;

/// Packets by link type: a capture has few, whatever a hostile one claims is bounded by the 65,536 numbers.
#[derive(Debug, Default)]
pub(super) struct LinkCounts {
    counts: Vec<(LinkType, u64)>,
}

impl LinkCounts {
    pub(super) fn add(&mut self, link_type: LinkType) {
        match self.counts.iter_mut().find(|(l, _)| *l == link_type) {
            Some((_, n)) => *n += 1,
            None => self.counts.push((link_type, 1)),
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (link_type, packets) in &other.counts {
            match self.counts.iter_mut().find(|(l, _)| l == link_type) {
                Some((_, n)) => *n += packets,
                None => self.counts.push((*link_type, *packets)),
            }
        }
    }

    pub(super) fn into_sorted(mut self) -> Vec<LinkTypeCount> {
        sort::ascending(&mut self.counts);
        let row = |(l, packets): (LinkType, u64)| LinkTypeCount { link_type: u32::from(l.0), name: l.name(), packets };
        self.counts.into_iter().map(row).collect()
    }
}

/// Kinds of undecoded packets told apart.
pub(super) const MAX_KINDS: usize = 256;
/// What further ones are called.
pub(super) const OTHER: &str = "other";

/// Packets that were not decoded, by bucket and kind.
#[derive(Debug, Default)]
pub(super) struct UndecodedCounts {
    counts: BTreeMap<(Why, &'static str, Option<u16>), u64>,
}

impl UndecodedCounts {
    pub(super) fn add(&mut self, Undecoded { why, what, number }: Undecoded) {
        let is_room = self.counts.len() < MAX_KINDS;
        match self.counts.get_mut(&(why, what, number)) {
            Some(n) => *n += 1,
            None if is_room => drop(self.counts.insert((why, what, number), 1)),
            None => *self.counts.entry((why, OTHER, None)).or_default() += 1,
        }
    }

    /// Adds another's counts; false where there are too many kinds: which are told apart depends on their order.
    pub(super) fn merge(&mut self, other: &Self) -> bool {
        for (kind, packets) in &other.counts {
            *self.counts.entry(*kind).or_default() += packets;
        }
        self.counts.len() < MAX_KINDS || other.counts.is_empty() || self.counts.len() == other.counts.len()
    }

    pub(super) fn into_sorted(self) -> Vec<UndecodedCount> {
        let text = |why, what: &str, number: Option<u16>| match number {
            Some(n) if why == Why::UnsupportedLink => LinkType(n).name(),
            Some(n) => format!("{what} 0x{n:04x}"),
            None => what.to_owned(),
        };
        let row = |((why, what, number), packets)| UndecodedCount {
            reason: bucket(why),
            what: text(why, what, number),
            packets,
        };
        let mut rows: Vec<UndecodedCount> = self.counts.into_iter().map(row).collect();
        sort::by(&mut rows, |a, b| (b.packets, &a.what, a.reason).cmp(&(a.packets, &b.what, b.reason)));
        rows
    }
}

/// The bucket's name, as the ledger's field.
fn bucket(why: Why) -> &'static str {
    match why {
        Why::NonIp => "non_ip",
        Why::Malformed => "malformed",
        Why::Truncated => "truncated_by_snaplen",
        Why::UnsupportedLink => "unsupported_link",
    }
}

impl Ledger {
    /// Adds one file's bytes. Packets were counted as they came.
    pub(super) fn add_file(&mut self, account: &Account, dropped: u64) {
        self.file_bytes += account.file_bytes;
        self.header_bytes += account.header_bytes;
        self.record_bytes += account.record_bytes;
        self.skipped_bytes += account.skipped_bytes;
        self.trailing_bytes += account.trailing_bytes;
        self.dropped_by_capture = self.dropped_by_capture.saturating_add(dropped);
    }

    /// Adds the counts of frames that follow. What [`Analyzer::finish`](super::Analyzer::finish) counts is not there yet.
    pub(super) fn merge(&mut self, next: &Self) {
        self.packets += next.packets;
        self.bytes += next.bytes;
        self.captured_bytes += next.captured_bytes;
        self.file_bytes += next.file_bytes;
        self.header_bytes += next.header_bytes;
        self.record_bytes += next.record_bytes;
        self.skipped_bytes += next.skipped_bytes;
        self.trailing_bytes += next.trailing_bytes;
        self.decoded += next.decoded;
        self.non_ip += next.non_ip;
        self.malformed += next.malformed;
        self.truncated_by_snaplen += next.truncated_by_snaplen;
        self.unsupported_link += next.unsupported_link;
        self.packet_rows_full += next.packet_rows_full;
        self.table_rows += next.table_rows;
        self.table_rows_used += next.table_rows_used;
        self.table_rows_bad += next.table_rows_bad;
        self.table_rows_full += next.table_rows_full;
        self.dropped_by_capture = self.dropped_by_capture.saturating_add(next.dropped_by_capture);
        let (ours, theirs) = (&mut self.untracked, &next.untracked);
        ours.non_ip.merge(&theirs.non_ip);
        ours.malformed.merge(&theirs.malformed);
        ours.truncated_by_snaplen.merge(&theirs.truncated_by_snaplen);
        ours.unsupported_link.merge(&theirs.unsupported_link);
        ours.table_full.merge(&theirs.table_full);
        ours.rows_full.merge(&theirs.rows_full);
    }

    /// Whether all conservation laws hold for these flows.
    #[must_use]
    pub fn is_balanced(&self, flows: &Chunked<FlowRecord>) -> bool {
        let mut tracked = Bucket::default();
        for flow in flows {
            tracked.merge(&Bucket { packets: flow.packets(), bytes: flow.wire_bytes() });
        }
        tracked.merge(&self.untracked.total());
        let mut beyond = Bucket::default();
        for sum in self.overflow.sums() {
            beyond.merge(&Bucket { packets: sum.packets, bytes: sum.bytes });
        }
        let bytes = self.header_bytes + self.record_bytes + self.skipped_bytes + self.trailing_bytes;
        let packets = self.decoded + self.non_ip + self.malformed + self.truncated_by_snaplen + self.unsupported_link;
        self.file_bytes == bytes
            && self.packets == packets
            && tracked == Bucket { packets: self.packets, bytes: self.bytes }
            && self.untracked.table_full == beyond
            && self.table_rows == self.table_rows_used + self.table_rows_bad + self.table_rows_full
            && self.flows_created == self.flows_reported + self.flows_merged_into_overflow
    }

    /// Checks the laws, in release builds too; a broken one is shown, not hidden.
    pub(super) fn check(&self, flows: &Chunked<FlowRecord>, oddities: &mut Oddities) {
        if !self.is_balanced(flows) {
            let at = Position { packet: self.packets, byte: self.file_bytes };
            oddities.add("accounting_error", "The account does not add up: this is a defect of Wiresift.", at);
        }
    }
}

impl FileReport {
    /// Numbers its packets after `before` others.
    pub(super) fn shift_packets(&mut self, before: u64) {
        for note in &mut self.metadata.comments {
            note.packet = note.packet.map(|number| number + before);
        }
    }
}

/// The outcome of all files together: theirs where it is one.
pub(super) fn overall(files: &[FileReport]) -> Outcome {
    if let [file] = files {
        return file.outcome.clone();
    }
    let packets = files.iter().map(|f| f.packets).sum();
    let bad: Vec<&FileReport> = files.iter().filter(|f| f.outcome.status != Status::Complete).collect();
    let Some(first) = bad.first() else { return Outcome::complete(packets) };
    let all_rejected = files.iter().all(|f| f.outcome.status == Status::Rejected);
    let cause = first.outcome.message.as_deref().unwrap_or_default();
    Outcome {
        status: if all_rejected { Status::Rejected } else { Status::Partial },
        reason: Some(Reason::SomeFiles),
        offset: first.outcome.offset,
        packets_before: packets,
        message: Some(format!(
            "{} of {} files were not read whole; first {}: {cause}",
            bad.len(),
            files.len(),
            first.name
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undecoded_kinds_are_bounded_and_sorted() {
        let mut counts = UndecodedCounts::default();
        let kind = |what, number| Undecoded { why: Why::NonIp, what, number };
        for n in 0..1_000 {
            counts.add(kind("ethertype", Some(n)));
            counts.add(kind("lldp", None));
        }
        counts.add(Undecoded { why: Why::UnsupportedLink, what: "linktype", number: Some(4_000) });
        let rows = counts.into_sorted();
        assert_eq!((rows.len(), rows.iter().map(|r| r.packets).sum::<u64>()), (MAX_KINDS + 2, 2_001));
        assert_eq!((rows[0].what.as_str(), rows[0].packets, rows[0].reason), ("lldp", 1_000, "non_ip"));
        assert_eq!((rows[1].what.as_str(), rows[1].packets), ("other", 745));
        assert_eq!(rows[2].what, "ethertype 0x0000");
    }
}
