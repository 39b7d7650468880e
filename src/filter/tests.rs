#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;
use crate::report::{
    Application, DnsQuestion, DnsRecord, HttpRecord, KnownBy, Proto, Record, Service, Text, TlsRecord, Tunnel,
    TunnelKind,
};
use crate::settings::Unit;
use crate::view::tests::report;

/// The rows of the flows' fixture: tcp 443, tcp 22 (anomalous), udp 53, icmp; with a service, a VLAN and a tunnel.
fn fixture(unit: Unit) -> Report {
    let mut report = report(unit);
    report.flows[0].service = Some("ssl");
    report.flows[0].application = Some(Box::new(application()));
    report.flows[1].vlan = Some(5);
    report.flows[1].history = "ShADad".into();
    report.flows[1].orig.flags = [0, 1, 0, 0, 3, 0, 0, 0];
    report.flows[1].resp.payload_bytes = 2_000_000;
    let tunnel =
        Tunnel { kind: TunnelKind::Vxlan, depth: 1, id: None, src: [1, 1, 1, 1].into(), dst: [2, 2, 2, 2].into() };
    report.flows[2].tunnel = Some(Box::new(tunnel));
    report
}

/// SMTP that went over to TLS, and everything else that a filter may name.
fn application() -> Application {
    let mut tls = TlsRecord::default();
    tls.offer.server_name = Some(Text::from("Mail.example"));
    tls.offer.ja4 = Some(Text::from("t13d1516h2_8daaf6152771_e5627efa2ab1"));
    tls.offer.ja3 = Some(Text::from("abc"));
    let http = HttpRecord {
        host: Some(Text::from("cdn.example")),
        uri: Some(Text::from("/a.exe")),
        user_agent: Some(Text::from("curl/8")),
        ..HttpRecord::default()
    };
    let mut dns = DnsRecord::default();
    dns.queries.add(2, || DnsQuestion { name: Text::from("a.example"), kind: Text::from("A") });
    let records = vec![Record::Tls(Box::new(tls)), Record::Http(Box::new(http)), Record::Dns(Box::new(dns))];
    let services = ["smtp", "ssl"].map(|name| Service { name, known_by: KnownBy::Payload, confidence: 1.0 });
    Application { services: services.into(), records }
}

fn rows(text: &str) -> Vec<u32> {
    Filter::parse(text).unwrap_or_else(|e| panic!("{text}: {e}")).selects(&fixture(Unit::Flow))
}

#[test]
fn not_binds_closest_then_and_then_or() {
    let shape = |text: &str| Filter::parse(text).unwrap().to_string();
    for (text, expected) in [
        ("tcp or udp and arp", "proto == tcp or (proto == udp and proto == arp)"),
        ("tcp udp or arp", "(proto == tcp and proto == udp) or proto == arp"),
        ("not tcp and udp", "(not proto == tcp) and proto == udp"),
        ("not (tcp and udp)", "not (proto == tcp and proto == udp)"),
        ("! tcp || udp && arp", "(not proto == tcp) or (proto == udp and proto == arp)"),
        ("-tcp -(udp arp)", "(not proto == tcp) and (not (proto == udp and proto == arp))"),
        ("not not tcp", "proto == tcp"),
        ("NOT TCP AND UDP OR ARP", "((not proto == tcp) and proto == udp) or proto == arp"),
        ("((tcp))", "proto == tcp"),
    ] {
        assert_eq!(shape(text), expected, "{text}");
    }
    assert_eq!(rows("port 22 or udp and port 53"), [1, 2]);
    assert_eq!(rows("(port 22 or udp) and port 53"), [2]);
}

#[test]
fn every_field_compares() {
    for (text, expected) in [
        ("ip 10.0.0.1", &[0][..]),
        ("service tls", &[0]),
        ("service SMTP", &[0]),
        ("sni mail.EXAMPLE", &[0]),
        ("server_name ~ example", &[0]),
        ("server_name cdn.example", &[]),
        ("ja3 abc", &[0]),
        ("ja4 ~ t13d1516h2", &[0]),
        ("http.host cdn.example", &[0]),
        ("uri ~ .exe", &[0]),
        ("user_agent ~ CURL", &[0]),
        ("dns.query a.example", &[0]),
        ("not dns.query ~ b", &[0, 1, 2, 3]),
        ("mail.example", &[0]),
        ("ip == 10.0.0.1", &[0]),
        ("ip != 10.0.0.1", &[1, 2, 3]),
        ("ip in {10.0.0.1, 10.0.0.2}", &[0, 1]),
        ("host 10.0.0.1 or host 10.0.0.3", &[0, 2]),
        ("net 10/8", &[0, 1, 2, 3]),
        ("net 11", &[]),
        ("10.0.0.0/30", &[0, 1, 2]),
        ("src 10.0.0.2", &[1]),
        ("src net 10.0.0.0/31", &[0]),
        ("src host 192.168.1.9", &[]),
        ("dst 192.168/16", &[0, 1, 2, 3]),
        ("id.orig_h == 10.0.0.3", &[2]),
        ("id.resp_h ~ 168.1", &[0, 1, 2, 3]),
        ("port 22", &[1]),
        ("port 20-25", &[1]),
        ("port in {20..25, 443}", &[0, 1]),
        ("port in {22 53}", &[1, 2]),
        ("port not in {22, 53}", &[0]),
        ("port != 22", &[0, 2]),
        ("not port 22", &[0, 2, 3]),
        ("src port 40000", &[0, 1, 2]),
        ("dst port 53", &[2]),
        ("dport < 100", &[1, 2]),
        ("id.resp_p >= 443", &[0]),
        ("proto udp", &[2]),
        ("proto in {udp, 1}", &[2, 3]),
        ("proto != tcp", &[2, 3]),
        ("icmp", &[3]),
        ("service tls", &[0]),
        ("service ssl", &[0]),
        ("service ~ s", &[0]),
        ("score > 0.8", &[1]),
        ("score <= 0.8", &[0, 2]),
        ("severity >= medium", &[1]),
        ("severity high", &[1]),
        ("severity none", &[0, 2]),
        ("anomalous", &[1]),
        ("not anomalous", &[0, 2, 3]),
        ("anomalous == false", &[0, 2, 3]),
        ("reason distance", &[1]),
        ("reason != distance", &[]),
        ("cluster 1", &[0, 1, 2]),
        ("state S0", &[0, 1]),
        ("conn_state in {SF, s0}", &[0, 1]),
        ("history ~ \"hAD\"", &[1]),
        ("history ~ hadA", &[]),
        ("history == S", &[0, 2, 3]),
        ("duration > 3500 ms", &[1, 2, 3]),
        ("duration > 0.05m and duration < 1h", &[1, 2, 3]),
        ("duration 3s-4s", &[0, 1]),
        ("bytes 100", &[0, 1, 2, 3]),
        ("bytes > 0.1 kB", &[]),
        ("bytes 0.1-1 kB", &[0, 1, 2, 3]),
        ("packets >= 2", &[1, 2, 3]),
        ("packets 2-3", &[1, 2]),
        ("orig_pkts 11", &[3]),
        ("resp_pkts 0", &[0, 1, 2, 3]),
        ("resp_bytes >= 2MB", &[1]),
        ("resp_bytes > 1 MiB", &[1]),
        ("orig_bytes 0", &[0, 1, 2, 3]),
        ("orig_ip_bytes 0", &[0, 1, 2, 3]),
        ("resp_ip_bytes > 0", &[]),
        ("payload 2M", &[1]),
        ("ts >= 2023-11-14T22:13:22Z", &[1, 2, 3]),
        ("ts < 1700000002", &[0]),
        ("ts 1700000001..1700000002", &[0, 1]),
        ("ts >= 2023-11-15", &[]),
        ("ts == \"2023-11-14 22:13:21\"", &[0]),
        ("number 2", &[0]),
        ("number 1-3", &[0, 1]),
        ("vlan 5", &[1]),
        ("vlan != 6", &[1]),
        ("tunnel vxlan", &[2]),
        ("tunnel any", &[2]),
        ("flags SYN", &[1]),
        ("flags SYN+ACK", &[1]),
        ("flags != RST", &[0, 1]),
        ("entropy > 0", &[]),
        ("ttl 64", &[]),
        ("not ttl 64", &[0, 1, 2, 3]),
        ("\"10.0.0.\"", &[0, 1, 2, 3]),
        ("\"state\"", &[]),
    ] {
        assert_eq!(rows(text), expected, "{text}");
    }
    let uid = fixture(Unit::Flow).flows[2].uid_text();
    assert_eq!(rows(&format!("uid {uid}")), [2]);
    assert_eq!(rows(&uid), [2], "a uid is a word of the row");
}

#[test]
fn packets_have_fields_of_their_own() {
    let report = fixture(Unit::Packet);
    for (text, expected) in [
        ("ttl 64", 1),
        ("ttl > 64", 0),
        ("flags SYN+ACK", 1),
        ("flags SYN", 1),
        ("flags RST", 0),
        ("flags != RST", 1),
        ("length 60", 1),
        ("number 1", 1),
        ("uid 1", 1),
        ("dst fe80::/10", 1),
        ("fe80::1", 1),
        ("sport 1 dport 2", 1),
        ("window 0", 0),
        ("iat > 0", 0),
        ("entropy < 8", 0),
        ("state S0", 0),
        ("packets 1", 0),
        ("vlan 5", 0),
        ("ts 1970-01-01", 1),
    ] {
        assert_eq!(Filter::parse(text).unwrap().selects(&report).len(), expected, "{text}");
    }
}

#[test]
fn errors_point_at_the_place_and_say_what_was_expected() {
    for (text, position, part) in [
        ("tcp prto:udp", 4, "did you mean `proto`?"),
        ("prto == udp", 0, "did you mean `proto`?"),
        ("scroe 0.5", 0, "did you mean `score`?"),
        ("colour == red", 0, "there are ip, net,"),
        ("a score>x", 8, "expected a number after `score`, not `x`"),
        ("-score>NaN", 7, "expected a number"),
        ("score > 1e999", 8, "expected a number"),
        ("score > 1k", 8, "expected a number"),
        ("severity>bad", 9, "critical"),
        ("host>1", 5, "cannot be ordered"),
        ("proto < tcp", 8, "cannot be ordered"),
        ("port ~ 4", 7, "is no text"),
        ("port", 4, "expected a port or a range of ports after `port`, not the end"),
        ("port and tcp", 5, "not `and`"),
        ("port 70000", 5, "from 0 to 65535"),
        ("port 80-", 8, "from 0 to 65535"),
        ("port 90-80", 5, "ends before it begins"),
        ("port in {53, x}", 13, "from 0 to 65535"),
        ("port in {53, 54", 15, "expected `}` for the brace at 9"),
        ("port in {}", 8, "between the braces"),
        ("ip foo", 3, "an address or network"),
        ("net fe80", 4, "a network"),
        ("proto xyz", 6, "a protocol (tcp, udp"),
        ("state S9", 6, "a connection state (S0"),
        ("tunnel mole", 7, "a kind of tunnel (ipip"),
        ("flags SYM", 6, "TCP flags (SYN"),
        ("bytes > 10 XB or bytes > 1xb", 25, "B, kB, MB"),
        ("duration > 5y", 11, "ns, us, ms"),
        ("ts > yesterday", 5, "a time in UTC"),
        ("ts > 2024-13-01", 5, "a time in UTC"),
        ("anomalous == maybe", 13, "`true` or `false`"),
        ("(tcp or udp", 11, "expected `)` for the parenthesis at 1, not the end"),
        ("tcp)", 3, "closes nothing"),
        ("()", 1, "expected a term"),
        ("tcp or", 6, "not the end"),
        ("tcp and and udp", 8, "expected a term"),
        ("or tcp", 0, "expected a term"),
        ("not", 3, "expected a term"),
        ("tcp & udp", 4, "expected a term, `and`, `or` or the end, not `&`"),
        ("tcp, udp", 3, "not `,`"),
        ("\"open", 0, "second quotation mark"),
        ("äöü prto:1", 4, "did you mean"),
    ] {
        let error = Filter::parse(text).unwrap_err();
        assert_eq!(error.position, position, "{text}: {error}");
        assert!(error.message.contains(part), "{text}: {error}");
    }
}

#[test]
fn what_is_being_typed_is_a_word() {
    for text in
        ["fe80:", "fe80::1", "10.0.", "dead:beef", "a:", "-", "::1", "tcp ::1", "serv", "high", "10.0.0.1:443", ""]
    {
        assert!(Filter::parse(text).is_ok(), "{text}");
    }
    assert_eq!(rows("host:10.0.0."), [0, 1, 2, 3]);
    assert_eq!(rows("ip 10.0.0.1"), [0], "a whole address is not the beginning of another");
    assert_eq!(rows("10.0.0.1:"), [0]);
    assert_eq!(rows("orig:10.0.0.2 -tcp"), Vec::<u32>::new());
}

#[test]
fn length_and_depth_are_bounded() {
    let deep = |n: usize| format!("{}tcp{}", "(".repeat(n), ")".repeat(n));
    assert!(Filter::parse(&deep(64)).is_ok());
    assert_eq!(Filter::parse(&deep(65)).unwrap_err().position, 64);
    assert_eq!(Filter::parse(&deep(2000)).unwrap_err().position, 64);
    assert_eq!(rows(&("not ".repeat(1000) + "tcp")), [0, 1]);
    assert_eq!(Filter::parse(&"a".repeat(4097)).unwrap_err().position, 4096);
    assert!(Filter::parse(&"ä".repeat(4096)).is_ok());
}

#[test]
fn a_missing_row_is_never_selected() {
    let report = fixture(Unit::Flow);
    let filter = Filter::default();
    let mut matcher = filter.matcher(&report);
    assert!(matcher.matches(3) && !matcher.matches(4) && !matcher.matches(usize::MAX));
    assert_eq!(report.flows[3].proto, Proto::ICMP);
}

/// Texts from the language's own words, so that many of them are filters.
fn texts() -> impl Strategy<Value = String> {
    let words = [
        "tcp",
        "port",
        "53",
        "in",
        "{",
        "}",
        ",",
        "(",
        ")",
        "and",
        "or",
        "not",
        "!",
        "-",
        "==",
        "!=",
        "<",
        ">=",
        "~",
        ":",
        "ip",
        "10/8",
        "10.0.0.1",
        "fe80::/10",
        "severity",
        "high",
        "service",
        "tls",
        "\"a b\\\"\"",
        "history",
        "ShR",
        "1-5",
        "ts",
        "2024-03-04",
        "duration",
        "1.5 m",
        "bytes",
        "10 MB",
        "anomalous",
        "flags",
        "SYN+ACK",
        "tunnel",
        "any",
        "proto",
        "icmp",
        "17",
        "words",
        "score",
        "0.25",
        "uid",
        "..",
        "\"",
        "&&",
        "||",
        "state",
        "S0",
        "vlan",
    ];
    let word = prop_oneof![9 => proptest::sample::select(words.to_vec()).prop_map(str::to_owned), 1 => ".{0,4}"];
    proptest::collection::vec((word, prop_oneof![3 => Just(" "), 1 => Just("")]), 0..14)
        .prop_map(|parts| parts.into_iter().map(|(word, gap)| word + gap).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// What any text gives: a filter whose own text is the same filter, or an error at a place in the text.
    #[test]
    fn any_text_is_a_filter_or_an_error_in_it(text in prop_oneof![texts(), ".{0,60}"]) {
        match Filter::parse(&text) {
            Ok(filter) => {
                let again = Filter::parse(&filter.to_string());
                prop_assert_eq!(again.as_ref(), Ok(&filter), "{}", filter);
                let report = fixture(Unit::Flow);
                prop_assert_eq!(again.unwrap().selects(&report), filter.selects(&report));
                let _ = (filter.to_display_filter(), filter.to_bpf(), filter.selects(&fixture(Unit::Packet)));
            }
            Err(error) => prop_assert!(error.position <= text.chars().count() && !error.message.is_empty()),
        }
    }
}
