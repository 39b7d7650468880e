//! Every limit on what the input decides, in one list, and how much of it was beyond.

use super::{ledger, signs, sink};
use crate::host::ArpSenders;
use crate::packet::Decoder;
use crate::report::{FileMetadata, FileReport, Ledger, Limit, Overflow, Report, TableReport, Warning};
use crate::settings::Settings;
use crate::units::count;

/// The limits of a reading.
pub(super) fn of_reading(
    settings: &Settings,
    ledger: &Ledger,
    files: &[FileReport],
    warnings: &[Warning],
) -> Vec<Limit> {
    let warned = |kind: &str| warnings.iter().filter(|w| w.kind == kind).map(|w| w.count).sum();
    let of_files = |beyond: fn(&FileMetadata) -> (u64, usize)| -> u64 {
        files.iter().map(|file| beyond(&file.metadata)).map(|(all, kept)| all.saturating_sub(count(kept))).sum()
    };
    let of_tables = |beyond: fn(&TableReport) -> u64| -> u64 {
        files.iter().filter_map(|file| file.table.as_ref()).map(beyond).sum()
    };
    let others = ledger.undecoded.iter().filter(|row| row.what == ledger::OTHER).map(|row| row.packets).sum();
    let max_flows = Some(u64::from(settings.max_flows));
    let most = |n: usize| Some(count(n));
    [
        ("flows", max_flows, ledger.overflow.flows()),
        ("overflow_buckets", most(Overflow::BUCKETS), ledger.overflow.other.as_ref().map_or(0, |sum| sum.flows)),
        ("hosts", Some(sink::max_hosts(settings)), ledger.host_rows_full),
        ("packet_rows", Some(u64::from(settings.max_packet_rows)), ledger.packet_rows_full),
        ("table_rows", max_flows, ledger.table_rows_full),
        ("table_columns", most(TableReport::MAX_COLUMNS), of_tables(|table| table.columns_ignored)),
        ("table_labels", most(TableReport::MAX_LABELS), of_tables(|table| table.labels_ignored)),
        ("counted_directions", None, warned("entropy_not_counted")),
        ("inspected_payloads", None, warned("payload_not_inspected")),
        ("measured_flows", None, warned("flow_not_measured")),
        ("original_flows", None, warned("original_flow_not_kept")),
        ("fragmented_packets", most(Decoder::MAX_FRAGMENTED), warned("fragment_table_full")),
        ("interfaces", most(FileMetadata::MAX_INTERFACES), warned("too_many_interfaces")),
        (
            "described_interfaces",
            most(FileMetadata::MAX_DESCRIBED),
            of_files(|m| (m.interface_count, m.interfaces.len())),
        ),
        ("comments", most(FileMetadata::MAX_COMMENTS), of_files(|m| (m.comment_count, m.comments.len()))),
        ("capture_names", most(FileMetadata::MAX_NAMES), of_files(|m| (m.name_count, m.names.len()))),
        ("undecoded_kinds", most(ledger::MAX_KINDS), others),
        ("signs", most(signs::MAX_KINDS), warned("signs_full")),
        ("arp_senders", most(ArpSenders::MAX), warned("arp_senders_full")),
    ]
    .map(|(name, most, beyond)| Limit { name, most, beyond })
    .to_vec()
}

/// Notes the limits of a detection, in place of those of one before. `findings` and `stories`: how many there are.
pub(super) fn note_detection(report: &mut Report, findings: u64, stories: u64) {
    let limits = [
        ("findings", Report::MAX_FINDINGS, findings),
        ("stories", Report::MAX_STORIES, stories),
        ("explained_anomalies", Report::MAX_ANOMALIES, report.summary.anomalies),
    ]
    .map(|(name, most, all)| (name, count(most), all));
    for (name, most, all) in limits {
        let limit = Limit { name, most: Some(most), beyond: all.saturating_sub(most) };
        match report.limits.iter_mut().find(|known| known.name == name) {
            Some(known) => *known = limit,
            None => report.limits.push(limit),
        }
    }
}
