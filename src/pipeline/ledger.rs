//! Adding up the account, and checking its laws.

use crate::capture::{Account, LinkType, Oddities};
use crate::error::Position;
use crate::report::{Bucket, FileReport, FlowRecord, Ledger, LinkTypeCount, Outcome, Reason, Status};

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

    pub(super) fn into_sorted(mut self) -> Vec<LinkTypeCount> {
        self.counts.sort_unstable();
        let row = |(l, packets): (LinkType, u64)| LinkTypeCount { link_type: u32::from(l.0), name: l.name(), packets };
        self.counts.into_iter().map(row).collect()
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

    /// Whether all conservation laws hold for these flows.
    #[must_use]
    pub fn is_balanced(&self, flows: &[FlowRecord]) -> bool {
        let mut tracked = Bucket::default();
        for flow in flows {
            tracked.merge(&Bucket { packets: flow.packets(), bytes: flow.wire_bytes() });
        }
        tracked.merge(&self.untracked.total());
        let bytes = self.header_bytes + self.record_bytes + self.skipped_bytes + self.trailing_bytes;
        let packets = self.decoded + self.non_ip + self.malformed + self.truncated_by_snaplen + self.unsupported_link;
        self.file_bytes == bytes
            && self.packets == packets
            && tracked == Bucket { packets: self.packets, bytes: self.bytes }
            && self.flows_created == self.flows_reported + self.flows_merged_into_overflow
    }

    /// Checks the laws, in release builds too; a broken one is shown, not hidden.
    pub(super) fn check(&self, flows: &[FlowRecord], oddities: &mut Oddities) {
        if !self.is_balanced(flows) {
            let at = Position { packet: self.packets, byte: self.file_bytes };
            oddities.add("accounting_error", "The account does not add up: this is a defect of Wiresift.", at);
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
