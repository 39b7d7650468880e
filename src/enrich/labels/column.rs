//! Which column says what.

/// What a column of a label file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Protocol, by name or number.
    Proto,
    /// One end's address.
    Src,
    /// One end's port.
    SrcPort,
    /// The other end's address.
    Dst,
    /// The other end's port.
    DstPort,
    /// Either end's address.
    Address,
    /// Begin of the flow or of the range.
    Start,
    /// End of the range.
    End,
    /// Number of a packet, from 1; `*` for all.
    Packet,
    /// `src-dst-sport-dport-protocol`.
    FlowId,
    /// The label: a class, or whether it is an attack.
    Label,
    /// The class of the attack, beside a label that says only whether it is one.
    Class,
    /// Packets of the flow.
    Packets,
    /// Of these, packets of the attack.
    AttackPackets,
}

impl Role {
    /// Every role with its word and the names that columns of it have, in lower case with `_` between words.
    ///
    /// **Source** CICFlowMeter and CICIDS2017, UNSW-NB15, CTU-13, Zeek, tshark.
    const NAMES: [(Self, &'static str, &'static [&'static str]); 14] = [
        (Self::Proto, "proto", &["proto", "protocol", "ip_proto", "l4_proto"]),
        (
            Self::Src,
            "src",
            &[
                "src",
                "src_ip",
                "source_ip",
                "srcip",
                "srcaddr",
                "src_addr",
                "saddr",
                "source",
                "id_orig_h",
                "orig_addr",
                "source_address",
                "ip_src",
                "sa",
            ],
        ),
        (Self::SrcPort, "sport", &["sport", "src_port", "source_port", "srcport", "id_orig_p", "orig_port", "sp"]),
        (
            Self::Dst,
            "dst",
            &[
                "dst",
                "dst_ip",
                "destination_ip",
                "dstip",
                "dstaddr",
                "dst_addr",
                "daddr",
                "destination",
                "id_resp_h",
                "resp_addr",
                "destination_address",
                "ip_dst",
                "da",
            ],
        ),
        (
            Self::DstPort,
            "dport",
            &["dport", "dsport", "dst_port", "destination_port", "dstport", "id_resp_p", "resp_port", "dp"],
        ),
        (Self::Address, "address", &["address", "addr", "ip", "ip_address", "host", "attacker", "attacker_ip"]),
        (
            Self::Start,
            "start",
            &[
                "start",
                "start_time",
                "starttime",
                "stime",
                "timestamp",
                "ts",
                "time",
                "t_first",
                "first_ts",
                "begin",
                "from",
            ],
        ),
        (
            Self::End,
            "end",
            &["end", "end_time", "endtime", "last_time", "ltime", "stop", "t_last", "last_ts", "until", "to"],
        ),
        (Self::Packet, "packet", &["packet", "frame", "number", "no", "frame_number", "packet_number", "packet_no"]),
        (Self::FlowId, "flow-id", &["flow_id", "flowid"]),
        (
            Self::Label,
            "label",
            &["label", "attack", "is_attack", "malicious", "is_malicious", "target", "tag", "traffic_type"],
        ),
        (
            Self::Class,
            "class",
            &["class", "attack_cat", "attack_category", "category", "attack_type", "detailed_label"],
        ),
        (Self::Packets, "packets", &["packets"]),
        (Self::AttackPackets, "attack-packets", &["attack_packets"]),
    ];

    /// Its word.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(role, ..)| *role == self).map_or("", |(_, name, _)| name)
    }

    /// The role of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, name, _)| *name == word).map(|(role, ..)| *role)
    }

    /// The words of all roles.
    #[must_use]
    pub fn words() -> Vec<&'static str> {
        Self::NAMES.iter().map(|(_, name, _)| *name).collect()
    }

    /// The role that a column of this name has by itself.
    #[must_use]
    pub fn of_column(header: &str) -> Option<Self> {
        let name = normal(header);
        Self::NAMES.iter().find(|(.., names)| names.contains(&name.as_str())).map(|(role, ..)| *role)
    }
}

/// A column's name in lower case, with `_` for whatever is no letter or digit.
pub(super) fn normal(header: &str) -> String {
    let mut out = String::new();
    for c in header.trim().trim_start_matches('\u{feff}').chars() {
        match c {
            c if c.is_ascii_alphanumeric() => out.push(c.to_ascii_lowercase()),
            _ if out.ends_with('_') => {}
            _ => out.push('_'),
        }
    }
    out.trim_matches('_').to_owned()
}

/// The columns of a file by role: the first of each. `map` gives roles by hand, `(column, role)`.
pub(super) fn places(header: &[String], map: &[(String, Role)]) -> Vec<(Role, usize)> {
    let by_hand = |name: &str| map.iter().find(|(column, _)| normal(column) == normal(name)).map(|(_, role)| *role);
    let mut places: Vec<(Role, usize)> = Vec::new();
    let is_mapped = |role: Role| map.iter().any(|(_, mapped)| *mapped == role);
    for (at, name) in header.iter().enumerate() {
        let role = by_hand(name).or_else(|| Role::of_column(name).filter(|role| !is_mapped(*role)));
        if let Some(role) = role.filter(|role| places.iter().all(|(known, _)| known != role)) {
            places.push((role, at));
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(header: &str) -> Vec<&'static str> {
        let header: Vec<String> = header.split(',').map(str::to_owned).collect();
        places(&header, &[]).into_iter().map(|(role, _)| role.name()).collect()
    }

    #[test]
    fn columns_of_public_data_sets_are_known() {
        let cic = "Flow ID, Source IP, Source Port, Destination IP, Destination Port, Protocol, Timestamp, Flow Duration, Label";
        assert_eq!(roles(cic), ["flow-id", "src", "sport", "dst", "dport", "proto", "start", "label"]);
        let unsw = "Start time,Last time,Attack category,Attack subcategory,Protocol,Source IP,Source Port,Destination IP,Destination Port";
        assert_eq!(roles(unsw), ["start", "end", "class", "proto", "src", "sport", "dst", "dport"]);
        assert_eq!(roles("srcip,sport,dstip,dsport,proto,Stime,Ltime,attack_cat,Label").len(), 9);
        assert_eq!(roles("frame,class,component"), ["packet", "class"]);
        assert_eq!(roles("\u{feff}StartTime,SrcAddr,Sport,DstAddr,Dport,Proto,Label").len(), 7);
    }

    #[test]
    fn a_mapping_by_hand_comes_first() {
        let header = ["label".to_owned(), "truth".to_owned(), "x".to_owned()];
        let map = [("Truth".to_owned(), Role::Label), ("x".to_owned(), Role::Packet)];
        assert_eq!(places(&header, &map), [(Role::Label, 1), (Role::Packet, 2)]);
        for word in Role::words() {
            assert_eq!(Role::named(word).unwrap().name(), word);
        }
    }
}
