//! Which of other tools' columns are the same thing as a feature, and how theirs differs where it does.

use serde::Serialize;

/// Another tool's column of the same thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Alike {
    /// Its name there.
    pub name: &'static str,
    /// How theirs differs; empty where it is the same up to the unit.
    pub differs: &'static str,
}

/// Our name, theirs, and how theirs differs.
type Row = (&'static str, &'static str, &'static str);

/// The column alike to a feature.
pub(super) fn find(table: &[Row], feature: &str) -> Option<Alike> {
    table.iter().find(|row| row.0 == feature).map(|&(_, name, differs)| Alike { name, differs })
}

const FIRST_TWICE: &str = "the original counts the first packet twice";
const FIRST_ONLY: &str = "the original looks at the first packet only";
const WHOLE: &str = "the original divides in whole numbers";
const BULKS: &str = "the original takes every packet for a backward one";
const SUBFLOWS: &str = "the original divides by the number of gaps, in whole numbers";
const PERIODS: &str = "the original leaves out the last period";
const DURATION_0: &str = "the original has Infinity where the duration is 0";

/// **Source** CICFlowMeter's FlowFeature.java and BasicFlow.java (98a5eba). Times are microseconds there, and missing is 0.
pub(super) const CICFLOWMETER: &[Row] = &[
    ("duration", "Flow Duration", ""),
    ("orig_pkts", "Total Fwd Packet", ""),
    ("resp_pkts", "Total Bwd packets", ""),
    ("orig_bytes", "Total Length of Fwd Packet", ""),
    ("resp_bytes", "Total Length of Bwd Packet", ""),
    ("orig_payload_max", "Fwd Packet Length Max", ""),
    ("orig_payload_min", "Fwd Packet Length Min", ""),
    ("orig_payload_mean", "Fwd Packet Length Mean", ""),
    ("orig_payload_std", "Fwd Packet Length Std", ""),
    ("resp_payload_max", "Bwd Packet Length Max", ""),
    ("resp_payload_min", "Bwd Packet Length Min", ""),
    ("resp_payload_mean", "Bwd Packet Length Mean", ""),
    ("resp_payload_std", "Bwd Packet Length Std", ""),
    ("bytes_per_second", "Flow Bytes/s", DURATION_0),
    ("pkts_per_second", "Flow Packets/s", DURATION_0),
    ("iat_mean", "Flow IAT Mean", ""),
    ("iat_std", "Flow IAT Std", ""),
    ("iat_max", "Flow IAT Max", ""),
    ("iat_min", "Flow IAT Min", ""),
    ("orig_iat_total", "Fwd IAT Total", ""),
    ("orig_iat_mean", "Fwd IAT Mean", ""),
    ("orig_iat_std", "Fwd IAT Std", ""),
    ("orig_iat_max", "Fwd IAT Max", ""),
    ("orig_iat_min", "Fwd IAT Min", ""),
    ("resp_iat_total", "Bwd IAT Total", ""),
    ("resp_iat_mean", "Bwd IAT Mean", ""),
    ("resp_iat_std", "Bwd IAT Std", ""),
    ("resp_iat_max", "Bwd IAT Max", ""),
    ("resp_iat_min", "Bwd IAT Min", ""),
    ("orig_psh_pkts", "Fwd PSH Flags", FIRST_ONLY),
    ("resp_psh_pkts", "Bwd PSH Flags", FIRST_ONLY),
    ("orig_urg_pkts", "Fwd URG Flags", FIRST_ONLY),
    ("resp_urg_pkts", "Bwd URG Flags", FIRST_ONLY),
    ("orig_header_bytes", "Fwd Header Length", ""),
    ("resp_header_bytes", "Bwd Header Length", ""),
    ("orig_pkts_per_second", "Fwd Packets/s", ""),
    ("resp_pkts_per_second", "Bwd Packets/s", ""),
    ("payload_min", "Packet Length Min", ""),
    ("payload_max", "Packet Length Max", ""),
    ("payload_mean", "Packet Length Mean", FIRST_TWICE),
    ("payload_std", "Packet Length Std", FIRST_TWICE),
    ("fin_pkts", "FIN Flag Count", ""),
    ("syn_pkts", "SYN Flag Count", ""),
    ("rst_pkts", "RST Flag Count", ""),
    ("psh_pkts", "PSH Flag Count", ""),
    ("ack_pkts", "ACK Flag Count", ""),
    ("urg_pkts", "URG Flag Count", ""),
    ("cwr_pkts", "CWR Flag Count", ""),
    ("ece_pkts", "ECE Flag Count", ""),
    ("pkts_ratio", "Down/Up Ratio", WHOLE),
    ("orig_bytes_per_bulk", "Fwd Bytes/Bulk Avg", BULKS),
    ("orig_pkts_per_bulk", "Fwd Packet/Bulk Avg", BULKS),
    ("orig_bulk_rate", "Fwd Bulk Rate Avg", BULKS),
    ("resp_bytes_per_bulk", "Bwd Bytes/Bulk Avg", BULKS),
    ("resp_pkts_per_bulk", "Bwd Packet/Bulk Avg", BULKS),
    ("resp_bulk_rate", "Bwd Bulk Rate Avg", BULKS),
    ("orig_pkts_per_subflow", "Subflow Fwd Packets", SUBFLOWS),
    ("orig_bytes_per_subflow", "Subflow Fwd Bytes", SUBFLOWS),
    ("resp_pkts_per_subflow", "Subflow Bwd Packets", SUBFLOWS),
    ("resp_bytes_per_subflow", "Subflow Bwd Bytes", SUBFLOWS),
    ("orig_first_window", "FWD Init Win Bytes", ""),
    ("resp_first_window", "Bwd Init Win Bytes", "the original has the window of the last packet"),
    ("orig_data_pkts", "Fwd Act Data Pkts", "the original leaves out the first packet"),
    ("orig_header_min", "Fwd Seg Size Min", ""),
    ("active_mean", "Active Mean", PERIODS),
    ("active_std", "Active Std", PERIODS),
    ("active_max", "Active Max", PERIODS),
    ("active_min", "Active Min", PERIODS),
    ("idle_mean", "Idle Mean", ""),
    ("idle_std", "Idle Std", ""),
    ("idle_max", "Idle Max", ""),
    ("idle_min", "Idle Min", ""),
];

const MILLISECONDS: &str = "NFStream's times are whole milliseconds, cut";

/// **Source** NFStream 6.6.0, `accounting_mode` 0 (its default). Missing is 0 there.
pub(super) const NFSTREAM: &[Row] = &[
    ("duration", "bidirectional_duration_ms", MILLISECONDS),
    ("pkts", "bidirectional_packets", ""),
    ("wire_bytes", "bidirectional_bytes", ""),
    ("orig_pkts", "src2dst_packets", ""),
    ("orig_wire_bytes", "src2dst_bytes", ""),
    ("resp_pkts", "dst2src_packets", ""),
    ("resp_wire_bytes", "dst2src_bytes", ""),
    ("wire_min", "bidirectional_min_ps", ""),
    ("wire_mean", "bidirectional_mean_ps", ""),
    ("wire_std", "bidirectional_stddev_ps", ""),
    ("wire_max", "bidirectional_max_ps", ""),
    ("orig_wire_min", "src2dst_min_ps", ""),
    ("orig_wire_mean", "src2dst_mean_ps", ""),
    ("orig_wire_std", "src2dst_stddev_ps", ""),
    ("orig_wire_max", "src2dst_max_ps", ""),
    ("resp_wire_min", "dst2src_min_ps", ""),
    ("resp_wire_mean", "dst2src_mean_ps", ""),
    ("resp_wire_std", "dst2src_stddev_ps", ""),
    ("resp_wire_max", "dst2src_max_ps", ""),
    ("iat_min", "bidirectional_min_piat_ms", MILLISECONDS),
    ("iat_mean", "bidirectional_mean_piat_ms", MILLISECONDS),
    ("iat_std", "bidirectional_stddev_piat_ms", MILLISECONDS),
    ("iat_max", "bidirectional_max_piat_ms", MILLISECONDS),
    ("orig_iat_min", "src2dst_min_piat_ms", MILLISECONDS),
    ("orig_iat_mean", "src2dst_mean_piat_ms", MILLISECONDS),
    ("orig_iat_std", "src2dst_stddev_piat_ms", MILLISECONDS),
    ("orig_iat_max", "src2dst_max_piat_ms", MILLISECONDS),
    ("resp_iat_min", "dst2src_min_piat_ms", MILLISECONDS),
    ("resp_iat_mean", "dst2src_mean_piat_ms", MILLISECONDS),
    ("resp_iat_std", "dst2src_stddev_piat_ms", MILLISECONDS),
    ("resp_iat_max", "dst2src_max_piat_ms", MILLISECONDS),
    ("syn_pkts", "bidirectional_syn_packets", ""),
    ("cwr_pkts", "bidirectional_cwr_packets", ""),
    ("ece_pkts", "bidirectional_ece_packets", ""),
    ("urg_pkts", "bidirectional_urg_packets", ""),
    ("ack_pkts", "bidirectional_ack_packets", ""),
    ("psh_pkts", "bidirectional_psh_packets", ""),
    ("rst_pkts", "bidirectional_rst_packets", ""),
    ("fin_pkts", "bidirectional_fin_packets", ""),
    ("orig_syn_pkts", "src2dst_syn_packets", ""),
    ("orig_cwr_pkts", "src2dst_cwr_packets", ""),
    ("orig_ece_pkts", "src2dst_ece_packets", ""),
    ("orig_urg_pkts", "src2dst_urg_packets", ""),
    ("orig_ack_pkts", "src2dst_ack_packets", ""),
    ("orig_psh_pkts", "src2dst_psh_packets", ""),
    ("orig_rst_pkts", "src2dst_rst_packets", ""),
    ("orig_fin_pkts", "src2dst_fin_packets", ""),
    ("resp_syn_pkts", "dst2src_syn_packets", ""),
    ("resp_cwr_pkts", "dst2src_cwr_packets", ""),
    ("resp_ece_pkts", "dst2src_ece_packets", ""),
    ("resp_urg_pkts", "dst2src_urg_packets", ""),
    ("resp_ack_pkts", "dst2src_ack_packets", ""),
    ("resp_psh_pkts", "dst2src_psh_packets", ""),
    ("resp_rst_pkts", "dst2src_rst_packets", ""),
    ("resp_fin_pkts", "dst2src_fin_packets", ""),
    ("pkt1_size", "splt_ps", "NFStream has sizes and directions in a list each, -1 behind the last packet"),
    ("pkt2_gap", "splt_piat_ms", "NFStream has a list, in whole milliseconds, 0 for the first packet"),
];
