//! What columns mean, by their names.
//!
//! Names are compared in snake case: letters and digits in lower case, everything else one underscore, so that
//! ` Total Fwd Packets`, `Total Fwd Packets` and `total_fwd_packets` are one.

/// What a column is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Time,
    /// With the power of ten that makes nanoseconds of it.
    Duration(u32),
    OrigAddress,
    RespAddress,
    OrigPort,
    RespPort,
    Protocol,
    /// A protocol's number beside a name that says less.
    ProtocolNumber,
    Service,
    State,
    History,
    Vlan,
    OrigPackets,
    RespPackets,
    OrigBytes,
    RespBytes,
    OrigIpBytes,
    RespIpBytes,
    OrigWireBytes,
    RespWireBytes,
    /// Of a packet.
    Length,
    Payload,
    Header,
    Flags,
    Window,
    Ttl,
    Entropy,
    /// Seconds since the packet before.
    Gap,
    Label,
    Id,
    /// Of no use: a verdict, a number or a copy of something else.
    Ignored,
    /// Any other: a number of its own, or a text.
    Other,
}

impl Role {
    /// What a report says of it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Duration(_) => "duration",
            Self::OrigAddress => "originator address",
            Self::RespAddress => "responder address",
            Self::OrigPort => "originator port",
            Self::RespPort => "responder port",
            Self::Protocol | Self::ProtocolNumber => "protocol",
            Self::Service => "service",
            Self::State => "connection state",
            Self::History => "history",
            Self::Vlan => "VLAN",
            Self::OrigPackets => "originator packets",
            Self::RespPackets => "responder packets",
            Self::OrigBytes => "originator payload",
            Self::RespBytes => "responder payload",
            Self::OrigIpBytes => "originator IP bytes",
            Self::RespIpBytes => "responder IP bytes",
            Self::OrigWireBytes => "originator bytes",
            Self::RespWireBytes => "responder bytes",
            Self::Length => "length",
            Self::Payload => "payload",
            Self::Header => "header length",
            Self::Flags => "TCP flags",
            Self::Window => "TCP window",
            Self::Ttl => "time to live",
            Self::Entropy => "payload entropy",
            Self::Gap => "time since the packet before",
            Self::Label => "label",
            Self::Id => "id",
            Self::Ignored => "ignored",
            Self::Other => "text",
        }
    }

    /// Whether it measures flows: a table with none of these is no table of flows.
    pub(super) fn measures_flows(self) -> bool {
        matches!(
            self,
            Self::Duration(_)
                | Self::OrigPackets
                | Self::RespPackets
                | Self::OrigBytes
                | Self::RespBytes
                | Self::OrigIpBytes
                | Self::RespIpBytes
                | Self::OrigWireBytes
                | Self::RespWireBytes
        )
    }
}

/// Seconds, milliseconds and microseconds to nanoseconds.
const SECONDS: Role = Role::Duration(9);
const MILLIS: Role = Role::Duration(6);
const MICROS: Role = Role::Duration(3);

/// Names in snake case and what they mean, by the programs that write them.
///
/// **Source** Zeek 6 conn.log; CICFlowMeter HEAD 98a5eba and the headers of CICIDS2017's files; NFStream 6.5.4; Argus as
/// in UNSW-NB15; nfdump's csv; Wireshark's CSV export and tshark's field names.
const NAMES: &[(&str, Role)] = &[
    // Zeek, and Wiresift's own
    ("ts", Role::Time),
    ("uid", Role::Id),
    ("id_orig_h", Role::OrigAddress),
    ("id_orig_p", Role::OrigPort),
    ("id_resp_h", Role::RespAddress),
    ("id_resp_p", Role::RespPort),
    ("proto", Role::Protocol),
    ("ip_proto", Role::ProtocolNumber),
    ("service", Role::Service),
    ("duration", SECONDS),
    ("orig_bytes", Role::OrigBytes),
    ("resp_bytes", Role::RespBytes),
    ("conn_state", Role::State),
    ("history", Role::History),
    ("orig_pkts", Role::OrigPackets),
    ("resp_pkts", Role::RespPackets),
    ("orig_ip_bytes", Role::OrigIpBytes),
    ("resp_ip_bytes", Role::RespIpBytes),
    ("local_orig", Role::Ignored),
    ("local_resp", Role::Ignored),
    ("tunnel_parents", Role::Ignored),
    ("community_id", Role::Ignored),
    ("vlan", Role::Vlan),
    ("cluster", Role::Ignored),
    ("score", Role::Ignored),
    ("severity", Role::Ignored),
    ("reason", Role::Ignored),
    ("agreement", Role::Ignored),
    ("orig_asn", Role::Ignored),
    ("resp_asn", Role::Ignored),
    ("label", Role::Label),
    // CICFlowMeter
    ("flow_id", Role::Id),
    ("src_ip", Role::OrigAddress),
    ("src_port", Role::OrigPort),
    ("dst_ip", Role::RespAddress),
    ("dst_port", Role::RespPort),
    ("source_ip", Role::OrigAddress),
    ("source_port", Role::OrigPort),
    ("destination_ip", Role::RespAddress),
    ("destination_port", Role::RespPort),
    ("protocol", Role::Protocol),
    ("timestamp", Role::Time),
    ("flow_duration", MICROS),
    ("total_fwd_packet", Role::OrigPackets),
    ("total_fwd_packets", Role::OrigPackets),
    ("tot_fwd_pkts", Role::OrigPackets),
    ("total_bwd_packets", Role::RespPackets),
    ("total_backward_packets", Role::RespPackets),
    ("tot_bwd_pkts", Role::RespPackets),
    ("total_length_of_fwd_packet", Role::OrigBytes),
    ("total_length_of_fwd_packets", Role::OrigBytes),
    ("totlen_fwd_pkts", Role::OrigBytes),
    ("total_length_of_bwd_packet", Role::RespBytes),
    ("total_length_of_bwd_packets", Role::RespBytes),
    ("totlen_bwd_pkts", Role::RespBytes),
    // the copy that CICIDS2017's files have of a column
    ("fwd_header_length_1", Role::Ignored),
    // NFStream
    ("id", Role::Ignored),
    ("expiration_id", Role::Ignored),
    ("tunnel_id", Role::Ignored),
    ("ip_version", Role::Ignored),
    ("vlan_id", Role::Vlan),
    ("bidirectional_first_seen_ms", Role::Time),
    ("bidirectional_last_seen_ms", Role::Ignored),
    ("src2dst_first_seen_ms", Role::Ignored),
    ("src2dst_last_seen_ms", Role::Ignored),
    ("dst2src_first_seen_ms", Role::Ignored),
    ("dst2src_last_seen_ms", Role::Ignored),
    ("bidirectional_duration_ms", MILLIS),
    ("src2dst_packets", Role::OrigPackets),
    ("dst2src_packets", Role::RespPackets),
    ("src2dst_bytes", Role::OrigWireBytes),
    ("dst2src_bytes", Role::RespWireBytes),
    ("application_name", Role::Service),
    ("application_confidence", Role::Ignored),
    ("application_is_guessed", Role::Ignored),
    // Argus, as in UNSW-NB15
    ("srcip", Role::OrigAddress),
    ("dstip", Role::RespAddress),
    ("saddr", Role::OrigAddress),
    ("daddr", Role::RespAddress),
    ("sport", Role::OrigPort),
    ("dport", Role::RespPort),
    ("dsport", Role::RespPort),
    ("stime", Role::Time),
    ("ltime", Role::Ignored),
    ("dur", SECONDS),
    ("spkts", Role::OrigPackets),
    ("dpkts", Role::RespPackets),
    ("sbytes", Role::OrigWireBytes),
    ("dbytes", Role::RespWireBytes),
    ("attack_cat", Role::Label),
    // nfdump
    ("sa", Role::OrigAddress),
    ("da", Role::RespAddress),
    ("sp", Role::OrigPort),
    ("dp", Role::RespPort),
    ("pr", Role::Protocol),
    ("td", SECONDS),
    ("ipkt", Role::OrigPackets),
    ("opkt", Role::RespPackets),
    ("ibyt", Role::OrigIpBytes),
    ("obyt", Role::RespIpBytes),
    // other tables of flows
    ("time", Role::Time),
    ("start_time", Role::Time),
    ("src", Role::OrigAddress),
    ("dst", Role::RespAddress),
    ("source", Role::OrigAddress),
    ("destination", Role::RespAddress),
    ("source_address", Role::OrigAddress),
    ("destination_address", Role::RespAddress),
    ("src_addr", Role::OrigAddress),
    ("dst_addr", Role::RespAddress),
    ("orig_addr", Role::OrigAddress),
    ("resp_addr", Role::RespAddress),
    ("orig_port", Role::OrigPort),
    ("resp_port", Role::RespPort),
    ("orig_packets", Role::OrigPackets),
    ("resp_packets", Role::RespPackets),
    ("class", Role::Label),
    // packets: Wiresift's own, Wireshark's and tshark's
    ("number", Role::Ignored),
    ("no", Role::Ignored),
    ("frame_number", Role::Ignored),
    ("frame_time_epoch", Role::Time),
    ("ip_src", Role::OrigAddress),
    ("ip_dst", Role::RespAddress),
    ("ipv6_src", Role::OrigAddress),
    ("ipv6_dst", Role::RespAddress),
    ("tcp_srcport", Role::OrigPort),
    ("udp_srcport", Role::OrigPort),
    ("tcp_dstport", Role::RespPort),
    ("udp_dstport", Role::RespPort),
    ("length", Role::Length),
    ("frame_len", Role::Length),
    ("payload_len", Role::Payload),
    ("payload_size", Role::Payload),
    ("tcp_len", Role::Payload),
    ("header_len", Role::Header),
    ("header_length", Role::Header),
    ("tcp_flags", Role::Flags),
    ("tcp_window", Role::Window),
    ("tcp_window_size_value", Role::Window),
    ("ip_ttl", Role::Ttl),
    ("ttl", Role::Ttl),
    ("entropy", Role::Entropy),
    ("iat", Role::Gap),
    ("info", Role::Ignored),
];

/// Older names of columns, and the present ones.
///
/// **Source** the headers of CICIDS2017's and CSE-CIC-IDS2018's files, against CICFlowMeter HEAD 98a5eba.
const RENAMED: &[(&str, &str)] = &[
    ("min_packet_length", "packet_length_min"),
    ("max_packet_length", "packet_length_max"),
    ("avg_fwd_segment_size", "fwd_segment_size_avg"),
    ("avg_bwd_segment_size", "bwd_segment_size_avg"),
    ("fwd_avg_bytes_bulk", "fwd_bytes_bulk_avg"),
    ("fwd_avg_packets_bulk", "fwd_packet_bulk_avg"),
    ("fwd_avg_bulk_rate", "fwd_bulk_rate_avg"),
    ("bwd_avg_bytes_bulk", "bwd_bytes_bulk_avg"),
    ("bwd_avg_packets_bulk", "bwd_packet_bulk_avg"),
    ("bwd_avg_bulk_rate", "bwd_bulk_rate_avg"),
    ("init_win_bytes_forward", "fwd_init_win_bytes"),
    ("init_win_bytes_backward", "bwd_init_win_bytes"),
    ("act_data_pkt_fwd", "fwd_act_data_pkts"),
    ("min_seg_size_forward", "fwd_seg_size_min"),
    ("cwe_flag_count", "cwr_flag_count"),
    ("fwd_pkt_len_max", "fwd_packet_length_max"),
    ("fwd_pkt_len_min", "fwd_packet_length_min"),
    ("fwd_pkt_len_mean", "fwd_packet_length_mean"),
    ("fwd_pkt_len_std", "fwd_packet_length_std"),
    ("bwd_pkt_len_max", "bwd_packet_length_max"),
    ("bwd_pkt_len_min", "bwd_packet_length_min"),
    ("bwd_pkt_len_mean", "bwd_packet_length_mean"),
    ("bwd_pkt_len_std", "bwd_packet_length_std"),
    ("flow_byts_s", "flow_bytes_s"),
    ("flow_pkts_s", "flow_packets_s"),
    ("fwd_iat_tot", "fwd_iat_total"),
    ("bwd_iat_tot", "bwd_iat_total"),
    ("fwd_header_len", "fwd_header_length"),
    ("bwd_header_len", "bwd_header_length"),
    ("fwd_pkts_s", "fwd_packets_s"),
    ("bwd_pkts_s", "bwd_packets_s"),
    ("pkt_len_min", "packet_length_min"),
    ("pkt_len_max", "packet_length_max"),
    ("pkt_len_mean", "packet_length_mean"),
    ("pkt_len_std", "packet_length_std"),
    ("pkt_len_var", "packet_length_variance"),
    ("fin_flag_cnt", "fin_flag_count"),
    ("syn_flag_cnt", "syn_flag_count"),
    ("rst_flag_cnt", "rst_flag_count"),
    ("psh_flag_cnt", "psh_flag_count"),
    ("ack_flag_cnt", "ack_flag_count"),
    ("urg_flag_cnt", "urg_flag_count"),
    ("ece_flag_cnt", "ece_flag_count"),
    ("pkt_size_avg", "average_packet_size"),
    ("fwd_seg_size_avg", "fwd_segment_size_avg"),
    ("bwd_seg_size_avg", "bwd_segment_size_avg"),
    ("subflow_fwd_pkts", "subflow_fwd_packets"),
    ("subflow_fwd_byts", "subflow_fwd_bytes"),
    ("subflow_bwd_pkts", "subflow_bwd_packets"),
    ("subflow_bwd_byts", "subflow_bwd_bytes"),
    ("init_fwd_win_byts", "fwd_init_win_bytes"),
    ("init_bwd_win_byts", "bwd_init_win_bytes"),
];

/// The present name of a column.
pub(super) fn present(name: String) -> String {
    RENAMED.iter().find(|(old, _)| *old == name).map_or(name, |(_, present)| (*present).to_owned())
}

/// What a column of this name in snake case means.
pub(super) fn of_name(name: &str) -> Role {
    NAMES.iter().find(|(known, _)| *known == name).map_or(Role::Other, |(_, role)| *role)
}

/// A header in snake case; empty where it has neither letters nor digits.
#[must_use]
pub fn snake_case(header: &str) -> String {
    let mut name = String::with_capacity(header.len());
    for c in header.chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    if name.ends_with('_') {
        name.pop();
    }
    name
}

/// Whose table it is, by names that only that program writes.
pub(super) fn dialect(names: &[&str]) -> &'static str {
    /// The dialect and names of which two must be there.
    const MARKS: &[(&str, [&str; 4])] = &[
        ("wiresift", ["severity", "score", "cluster", "reason"]),
        ("wiresift", ["orig_entropy", "gap_variation", "payload_entropy", "is_multicast"]),
        ("zeek", ["id_orig_h", "id_resp_h", "conn_state", "uid"]),
        ("nfstream", ["bidirectional_packets", "src2dst_packets", "dst2src_packets", "bidirectional_first_seen_ms"]),
        ("cicflowmeter", ["flow_duration", "flow_iat_mean", "fwd_header_length", "tot_fwd_pkts"]),
        ("wireshark", ["no", "info", "frame_len", "frame_time_epoch"]),
    ];
    let has = |mark: &&str| names.contains(mark);
    MARKS.iter().find(|(_, marks)| marks.iter().filter(|m| has(m)).count() >= 2).map_or("other", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_name_are_one() {
        for header in [" Total Fwd Packets", "Total Fwd Packets", "total_fwd_packets", "TOTAL-FWD.PACKETS "] {
            assert_eq!(of_name(&snake_case(header)), Role::OrigPackets, "{header}");
        }
        assert_eq!(snake_case("Flow Bytes/s"), "flow_bytes_s");
        assert_eq!(snake_case("id.orig_h"), "id_orig_h");
        assert_eq!(snake_case(" Fwd Header Length.1"), "fwd_header_length_1");
        assert_eq!(snake_case("\u{fffd}%"), "");
    }

    #[test]
    fn names_are_told_once() {
        let mut names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(NAMES.iter().all(|(name, _)| snake_case(name) == *name));
        assert!(RENAMED.iter().all(|(old, present)| of_name(old) == Role::Other && of_name(present) == Role::Other));
    }

    #[test]
    fn programs_are_told_apart() {
        assert_eq!(dialect(&["ts", "uid", "id_orig_h"]), "zeek");
        assert_eq!(dialect(&["uid", "id_orig_h", "score", "severity"]), "wiresift");
        assert_eq!(dialect(&["flow_duration", "flow_iat_mean"]), "cicflowmeter");
        assert_eq!(dialect(&["src", "dst"]), "other");
    }
}
