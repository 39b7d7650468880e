//! Tables of flows and packets as other programs write them: small, made up, and the same every time.

/// A flow that all dialects tell in their own way. Every fiftieth is a loud one.
#[derive(Debug, Clone, Copy)]
pub struct Flow {
    pub number: u64,
    pub orig: [u8; 4],
    pub orig_port: u16,
    pub resp: [u8; 4],
    pub resp_port: u16,
    pub proto: u8,
    pub start_us: u64,
    pub duration_us: u64,
    pub orig_pkts: u64,
    pub resp_pkts: u64,
    pub orig_bytes: u64,
    pub resp_bytes: u64,
    pub is_loud: bool,
}

/// Flows of one day, 2017-07-07, in order of time.
pub fn flows(n: u64) -> Vec<Flow> {
    (0..n).map(flow).collect()
}

fn flow(number: u64) -> Flow {
    let vary = |salt: u64, below: u64| {
        (number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(salt * 1_442_695) >> 33) % below
    };
    let is_loud = number % 50 == 49;
    let resp_port = [443, 80, 53, 22][vary(1, 4) as usize];
    let (orig_pkts, resp_pkts) = if is_loud { (900 + vary(2, 90), 0) } else { (2 + vary(2, 18), 1 + vary(3, 18)) };
    Flow {
        number,
        orig: [10, 0, 0, if is_loud { 66 } else { 1 + vary(4, 40) as u8 }],
        orig_port: 40_000 + vary(5, 20_000) as u16,
        resp: [192, 168, 1, 1 + vary(6, 9) as u8],
        resp_port,
        proto: if resp_port == 53 { 17 } else { 6 },
        start_us: 1_499_385_600_000_000 + number * 1_700_000 + vary(7, 1_000_000),
        duration_us: if number % 10 == 3 { 0 } else { 1_000 + vary(8, 4_000_000) },
        orig_pkts,
        resp_pkts,
        orig_bytes: orig_pkts * (40 + vary(9, 300)),
        resp_bytes: resp_pkts * (60 + vary(10, 900)),
        is_loud,
    }
}

fn dotted(address: [u8; 4]) -> String {
    address.map(|octet| octet.to_string()).join(".")
}

fn seconds(us: u64) -> String {
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
}

const ZEEK_FIELDS: [&str; 21] = [
    "ts",
    "uid",
    "id.orig_h",
    "id.orig_p",
    "id.resp_h",
    "id.resp_p",
    "proto",
    "service",
    "duration",
    "orig_bytes",
    "resp_bytes",
    "conn_state",
    "local_orig",
    "local_resp",
    "missed_bytes",
    "history",
    "orig_pkts",
    "orig_ip_bytes",
    "resp_pkts",
    "resp_ip_bytes",
    "tunnel_parents",
];

fn zeek_cells(f: &Flow) -> Vec<String> {
    let has_answer = f.resp_pkts > 0;
    let unset = || "-".to_owned();
    vec![
        seconds(f.start_us),
        format!("CmES5u32sYpV7J{:04}", f.number),
        dotted(f.orig),
        f.orig_port.to_string(),
        dotted(f.resp),
        f.resp_port.to_string(),
        if f.proto == 17 { "udp".into() } else { "tcp".into() },
        if f.resp_port == 443 && has_answer { "ssl".into() } else { unset() },
        if has_answer { seconds(f.duration_us) } else { unset() },
        if has_answer { f.orig_bytes.to_string() } else { unset() },
        if has_answer { f.resp_bytes.to_string() } else { unset() },
        if has_answer { "SF".into() } else { "S0".into() },
        "T".into(),
        "T".into(),
        "0".into(),
        if has_answer { "ShADadFf".into() } else { "S".into() },
        f.orig_pkts.to_string(),
        (f.orig_bytes + 40 * f.orig_pkts).to_string(),
        f.resp_pkts.to_string(),
        (f.resp_bytes + 40 * f.resp_pkts).to_string(),
        "(empty)".into(),
    ]
}

/// Zeek's conn.log in TSV; Zeek writes flows as they end.
pub fn zeek_tsv(flows: &[Flow]) -> String {
    let mut flows = flows.to_vec();
    flows.sort_by_key(|f| f.start_us + f.duration_us);
    let mut text =
        String::from("#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n");
    text += &format!("#open\t2017-07-07-00-00-00\n#fields\t{}\n#types\ttime\tstring\n", ZEEK_FIELDS.join("\t"));
    for f in &flows {
        text += &(zeek_cells(f).join("\t") + "\n");
    }
    text + "#close\t2017-07-08-00-00-00\n"
}

/// Zeek's conn.log as JSON lines: what is unset is not there.
pub fn zeek_json(flows: &[Flow]) -> String {
    let quoted = ["uid", "id.orig_h", "id.resp_h", "proto", "service", "conn_state", "history"];
    let mut text = String::new();
    for f in flows {
        let cells = zeek_cells(f);
        let set = ZEEK_FIELDS.iter().zip(&cells).filter(|(_, cell)| *cell != "-" && *cell != "(empty)");
        let pair = |(name, cell): (&&str, &String)| match *name {
            name if quoted.contains(&name) => format!("\"{name}\":\"{cell}\""),
            name if cell == "T" => format!("\"{name}\":true"),
            name => format!("\"{name}\":{cell}"),
        };
        text += &format!("{{{}}}\n", set.map(pair).collect::<Vec<_>>().join(","));
    }
    text
}

/// Present name and CICIDS2017's, and the cell.
type CicColumn = (&'static str, &'static str, fn(&Flow) -> String);

const CIC: &[CicColumn] = &[
    ("Flow ID", "Flow ID", |f| {
        format!("{}-{}-{}-{}-{}", dotted(f.resp), dotted(f.orig), f.resp_port, f.orig_port, f.proto)
    }),
    ("Src IP", " Source IP", |f| dotted(f.orig)),
    ("Src Port", " Source Port", |f| f.orig_port.to_string()),
    ("Dst IP", " Destination IP", |f| dotted(f.resp)),
    ("Dst Port", " Destination Port", |f| f.resp_port.to_string()),
    ("Protocol", " Protocol", |f| f.proto.to_string()),
    ("Timestamp", " Timestamp", |f| {
        let s = (f.start_us / 1_000_000) % 86_400;
        let (hour, half) = (s / 3600, if s < 43_200 { "AM" } else { "PM" });
        format!("07/07/2017 {:02}:{:02}:{:02} {half}", if hour % 12 == 0 { 12 } else { hour % 12 }, s / 60 % 60, s % 60)
    }),
    ("Flow Duration", " Flow Duration", |f| f.duration_us.to_string()),
    ("Total Fwd Packet", " Total Fwd Packets", |f| f.orig_pkts.to_string()),
    ("Total Bwd packets", " Total Backward Packets", |f| f.resp_pkts.to_string()),
    ("Total Length of Fwd Packet", "Total Length of Fwd Packets", |f| format!("{}.0", f.orig_bytes)),
    ("Total Length of Bwd Packet", " Total Length of Bwd Packets", |f| format!("{}.0", f.resp_bytes)),
    ("Fwd Packet Length Std", " Fwd Packet Length Std", |f| (f.number % 40).to_string()),
    ("Flow Bytes/s", "Flow Bytes/s", |f| rate(f.orig_bytes + f.resp_bytes, f)),
    ("Flow Packets/s", " Flow Packets/s", |f| rate(f.orig_pkts + f.resp_pkts, f)),
    ("Flow IAT Max", " Flow IAT Max", |f| (f.duration_us / 2).to_string()),
    ("Fwd Header Length", " Fwd Header Length", |f| (20 * f.orig_pkts).to_string()),
    ("Packet Length Variance", " Packet Length Variance", |f| (f.number % 977 * 11).to_string()),
    ("SYN Flag Count", " SYN Flag Count", |f| u64::from(f.proto == 6).to_string()),
    ("FWD Init Win Bytes", "Init_Win_bytes_forward", |_| "29200".into()),
    ("Fwd Act Data Pkts", " act_data_pkt_fwd", |f| (f.orig_pkts - 1).to_string()),
    ("Fwd Seg Size Min", " min_seg_size_forward", |_| "20".into()),
    ("Label", " Label", |f| if f.is_loud { "DoS Hulk".into() } else { "BENIGN".into() }),
];

fn rate(amount: u64, f: &Flow) -> String {
    if f.duration_us == 0 { "Infinity".into() } else { (amount as f64 * 1e6 / f.duration_us as f64).to_string() }
}

/// CICFlowMeter's CSV.
pub fn cicflowmeter(flows: &[Flow]) -> String {
    csv(CIC.iter().map(|c| (c.0, c.2)).collect(), flows, "\n")
}

/// The files of CICIDS2017 with hosts ("TrafficLabelling"): older names, blanks before them, one column twice.
pub fn cicids2017(flows: &[Flow]) -> String {
    let mut columns: Vec<_> = CIC.iter().map(|c| (c.1, c.2)).collect();
    let label = columns.pop().unwrap();
    columns.push((" Fwd Header Length.1", |f| (20 * f.orig_pkts).to_string()));
    columns.push(label);
    csv(columns, flows, "\r\n")
}

/// The files of CICIDS2017 for learning ("MachineLearningCVE"): without hosts, protocol and time.
pub fn cicids2017_ml(flows: &[Flow]) -> String {
    let left_out = ["Flow ID", " Source IP", " Source Port", " Destination IP", " Protocol", " Timestamp"];
    csv(CIC.iter().filter(|c| !left_out.contains(&c.1)).map(|c| (c.1, c.2)).collect(), flows, "\r\n")
}

/// NFStream's CSV.
pub fn nfstream(flows: &[Flow]) -> String {
    csv(
        vec![
            ("id", |f| f.number.to_string()),
            ("expiration_id", |_| "0".into()),
            ("src_ip", |f| dotted(f.orig)),
            ("src_port", |f| f.orig_port.to_string()),
            ("dst_ip", |f| dotted(f.resp)),
            ("dst_port", |f| f.resp_port.to_string()),
            ("protocol", |f| f.proto.to_string()),
            ("ip_version", |_| "4".into()),
            ("vlan_id", |_| "0".into()),
            ("bidirectional_first_seen_ms", |f| (f.start_us / 1000).to_string()),
            ("bidirectional_duration_ms", |f| (f.duration_us / 1000).to_string()),
            ("bidirectional_packets", |f| (f.orig_pkts + f.resp_pkts).to_string()),
            ("bidirectional_bytes", |f| (f.orig_bytes + f.resp_bytes + 54 * (f.orig_pkts + f.resp_pkts)).to_string()),
            ("src2dst_packets", |f| f.orig_pkts.to_string()),
            ("src2dst_bytes", |f| (f.orig_bytes + 54 * f.orig_pkts).to_string()),
            ("dst2src_packets", |f| f.resp_pkts.to_string()),
            ("dst2src_bytes", |f| (f.resp_bytes + 54 * f.resp_pkts).to_string()),
            ("bidirectional_mean_piat_ms", |f| (f.duration_us / 1000 / (f.orig_pkts + f.resp_pkts)).to_string()),
            ("bidirectional_syn_packets", |f| u64::from(f.proto == 6).to_string()),
            ("application_name", |f| if f.resp_port == 443 { "TLS.Google".into() } else { "DNS".into() }),
        ],
        flows,
        "\n",
    )
}

/// A table of nobody's: its own names for what counts, and two columns that only it knows.
pub fn other(flows: &[Flow]) -> String {
    csv(
        vec![
            ("start_time", |f| {
                format!("2017-07-07 {:02}:{:02}:{:02}", f.number / 3600, f.number / 60 % 60, f.number % 60)
            }),
            ("source_address", |f| dotted(f.orig)),
            ("destination_address", |f| dotted(f.resp)),
            ("dport", |f| f.resp_port.to_string()),
            ("proto", |f| if f.proto == 6 { "TCP".into() } else { "UDP".into() }),
            ("spkts", |f| f.orig_pkts.to_string()),
            ("Risk (%)", |f| if f.is_loud { "97.5".into() } else { (f.number % 7).to_string() }),
            ("Ticks", |f| (f.number % 13 * 1000).to_string()),
            ("note", |_| "free text, \"quoted\"".into()),
        ],
        flows,
        "\n",
    )
}

/// Wireshark's export of its packet list, one packet a flow of ours.
pub fn wireshark(flows: &[Flow]) -> String {
    csv(
        vec![
            ("No.", |f| (f.number + 1).to_string()),
            ("Time", |f| seconds(f.number * 1_700_000)),
            ("Source", |f| dotted(f.orig)),
            ("Destination", |f| dotted(f.resp)),
            ("Protocol", |f| if f.proto == 6 { "TLSv1.2".into() } else { "DNS".into() }),
            ("Length", |f| if f.is_loud { "1514".into() } else { (60 + f.number % 90).to_string() }),
            ("Info", |_| "Application Data, \"x\"".into()),
        ],
        flows,
        "\n",
    )
}

type Column = (&'static str, fn(&Flow) -> String);

fn csv(columns: Vec<Column>, flows: &[Flow], end: &str) -> String {
    let quoted = |cell: &str| {
        if cell.contains([',', '"', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
    };
    let mut text = columns.iter().map(|c| quoted(c.0)).collect::<Vec<_>>().join(",") + end;
    for f in flows {
        text += &(columns.iter().map(|c| quoted(&(c.1)(f))).collect::<Vec<_>>().join(",") + end);
    }
    text
}
