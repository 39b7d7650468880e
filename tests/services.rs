//! Services by payload against nDPI's verdicts, where the corpus is at hand (`WIRESIFT_CORPUS`, else `../shared/corpus`).
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::generators::corpus::folder;
use wiresift::pipeline::Analyzer;
use wiresift::report::{FlowRecord, Report};
use wiresift::settings::Settings;

/// nDPI's name and ours for the same protocol.
const NAMES: &[(&str, &str)] = &[
    ("TLS", "ssl"),
    ("DTLS", "dtls"),
    ("IMAPS", "ssl"),
    ("SMTPS", "ssl"),
    ("POPS", "ssl"),
    ("QUIC", "quic"),
    ("DNS", "dns"),
    ("MDNS", "dns"),
    ("LLMNR", "dns"),
    ("HTTP", "http"),
    ("HTTP_Proxy", "http"),
    ("HTTP_Connect", "http"),
    ("Radius", "radius"),
    ("Syslog", "syslog"),
    ("NTP", "ntp"),
    ("SSDP", "ssdp"),
    ("STUN", "stun"),
    ("SSH", "ssh"),
    ("DHCP", "dhcp"),
    ("SMTP", "smtp"),
    ("FTP_CONTROL", "ftp"),
    ("POP3", "pop3"),
    ("IMAP", "imap"),
    ("SIP", "sip"),
    ("RTSP", "rtsp"),
    ("RDP", "rdp"),
    ("SMBv1", "smb"),
    ("SMBv23", "smb"),
    ("SNMP", "snmp"),
    ("MQTT", "mqtt"),
    ("LDAP", "ldap"),
    ("Modbus", "modbus"),
    ("IRC", "irc"),
    ("SOCKS", "socks"),
    ("Kerberos", "kerberos"),
    ("MySQL", "mysql"),
    ("PostgreSQL", "postgresql"),
    ("VNC", "rfb"),
    ("Telnet", "telnet"),
    ("BitTorrent", "bittorrent"),
    ("TFTP", "tftp"),
    ("DNP3", "dnp3"),
];

type Ends = (String, (IpAddr, u16), (IpAddr, u16));

fn ends(proto: &str, a: (IpAddr, u16), b: (IpAddr, u16)) -> Ends {
    (proto.to_lowercase(), a.min(b), a.max(b))
}

fn of_flow(f: &FlowRecord) -> Ends {
    ends(&f.proto.name(), (f.orig_addr, f.orig_port), (f.resp_addr, f.resp_port))
}

fn analyze(bytes: &[u8]) -> Report {
    let mut analyzer = Analyzer::new(Settings::default(), [3, 5]).unwrap();
    analyzer.begin_file("capture");
    analyzer.push(bytes);
    analyzer.finish().unwrap()
}

/// Flows that both sides know, by nDPI's name: those we name the same, those we name otherwise, those we do not name. And
/// what we name though nDPI calls it something we have no name for.
#[test]
fn services_agree_with_ndpi() {
    let Some(root) = folder() else { return };
    let table = std::fs::read_to_string(root.join("protocols/_ndpi_flows.tsv")).unwrap();
    let mut by_file: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
    for line in table.lines().skip(1) {
        let column: Vec<&str> = line.split('\t').collect();
        if column[9] == "DPI" && ["TCP", "UDP"].contains(&column[2]) {
            by_file.entry(column[0].rsplit('/').next().unwrap()).or_default().push(column);
        }
    }
    let mut counts: BTreeMap<&str, [u64; 3]> = BTreeMap::new();
    let mut others: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for (file, rows) in by_file {
        let Ok(bytes) = std::fs::read(root.join("protocols").join(file)) else { continue };
        let report = analyze(&bytes);
        let mut services: BTreeMap<Ends, Option<&str>> = BTreeMap::new();
        for flow in &report.flows {
            let service = services.entry(of_flow(flow)).or_default();
            *service = service.or(flow.service);
        }
        for column in rows {
            let end = |addr: &str, port: &str| Some((addr.parse().ok()?, port.parse().ok()?));
            let (Some(src), Some(dst)) = (end(column[3], column[4]), end(column[5], column[6])) else { continue };
            let Some(ours) = services.get(&ends(column[2], src, dst)) else { continue };
            let label = column[7].split('.').next().unwrap();
            match (NAMES.iter().find(|(theirs, _)| *theirs == label), ours) {
                (Some((_, name)), Some(ours)) if ours == name => counts.entry(label).or_default()[0] += 1,
                (Some(_), Some(ours)) => {
                    counts.entry(label).or_default()[1] += 1;
                    eprintln!("{file}: {} is {ours} to us", column[7]);
                }
                (Some(_), None) => {
                    counts.entry(label).or_default()[2] += 1;
                    eprintln!(
                        "{file}: {} {}:{} -> {}:{} is nothing to us",
                        column[7], column[3], column[4], column[5], column[6]
                    );
                }
                (None, Some(ours)) => *others.entry((label, ours)).or_default() += 1,
                (None, None) => {}
            }
        }
    }
    let [same, other, none] = counts.values().fold([0; 3], |sum, n| [sum[0] + n[0], sum[1] + n[1], sum[2] + n[2]]);
    for (label, [same, other, none]) in &counts {
        eprintln!("{label}: {same} the same, {other} otherwise, {none} not named");
    }
    eprintln!("of {} flows {same} have the same name, {other} another, {none} none", same + other + none);
    eprintln!("named by us, with names of nDPI's that we have none for: {others:?}");
    assert!(same * 100 >= 97 * (same + other + none), "{same} of {}", same + other + none);
    // nDPI names the last protocol of a flow (STARTTLS, DTLS after STUN), we name the first.
    assert!(other * 50 <= same, "{other} of {same}");
}
