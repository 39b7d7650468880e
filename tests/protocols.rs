//! What the inspector reads of conversations, however they come, and what it must never do.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use crate::generators::frames::{ACK, FIN, PSH, SYN};
use crate::generators::office::{self, Timed};
use crate::generators::pcap::{Pcap, Style};
use crate::generators::talks::{self, Talk, quic};
use proptest::prelude::*;
use wiresift::pipeline::Analyzer;
use wiresift::protocol::{Inspector, Piece};
use wiresift::report::{Application, FlowRecord, Proto, Record, Text};
use wiresift::settings::Settings;

/// Shows a talk, cut into segments of at most `most` bytes.
fn inspect(is_tcp: bool, port: u16, talk: &Talk, most: usize) -> Option<Application> {
    let proto = if is_tcp { Proto::TCP } else { Proto::UDP };
    let mut inspector = Inspector::new(proto, 40_000, port).unwrap();
    let mut next = [u32::MAX - 60, 5];
    for (from_orig, bytes) in talk {
        let seq = &mut next[usize::from(!from_orig)];
        for payload in bytes.chunks(if is_tcp { most } else { usize::MAX }) {
            let piece = Piece { from_orig: *from_orig, seq: is_tcp.then_some(*seq), payload, is_cut: false };
            inspector.feed(&piece);
            *seq = seq.wrapping_add(payload.len() as u32);
            assert!(inspector.heap_bytes() < 200_000);
        }
    }
    inspector.finish()
}

fn read(is_tcp: bool, port: u16, talk: &Talk) -> Record {
    let mut found = inspect(is_tcp, port, talk, 1460).unwrap();
    assert_eq!((found.records.len(), found.confidence()), (1, 1.0));
    found.records.remove(0)
}

fn text(text: Option<&Text>) -> &str {
    text.map_or("", Text::as_str)
}

#[test]
fn tls_says_who_is_asked_and_who_answers() {
    let Record::Tls(tls) = read(true, 8443, &talks::tls(b"Example.org", b"example.org")) else { panic!() };
    assert_eq!(text(tls.offer.server_name.as_ref()), "Example.org");
    assert_eq!(text(tls.offer.ja4.as_ref()), "t13d1516h2_8daaf6152771_e5627efa2ab1");
    assert_eq!((text(tls.offer.max_version.as_ref()), text(tls.version.as_ref())), ("TLSv13", "TLSv12"));
    assert_eq!(text(tls.cipher.as_ref()), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    assert_eq!(tls.offer.alpn.first.iter().map(Text::as_str).collect::<Vec<_>>(), ["h2", "http/1.1"]);
    let certificate = &tls.certificates.first[0];
    assert!(certificate.is_self_signed && tls.is_established && tls.alert.is_none());
    assert_eq!((certificate.subject.as_str(), certificate.serial.as_str()), ("CN=example.org", "010203"));
    assert_eq!(certificate.not_after.unwrap().to_string(), "2099-12-31T23:59:59Z");
    // MD5 of `771,4865-4866-...,0-23-...,29-23-24,0`, and of `771,49199,65281-16`.
    let offered = "771,4865-4866-4867-49195-49199-49196-49200-52393-52392-49171-49172-156-157-47-53,0-23-65281-10-11-35-16-\
                   5-13-18-51-45-43-27-17513-21,29-23-24,0";
    assert_eq!(text(tls.offer.ja3.as_ref()), md5(offered));
    assert_eq!(text(tls.ja3s.as_ref()), md5("771,49199,65281-16"));
}

fn md5(text: &str) -> String {
    use md5::Digest as _;
    md5::Md5::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_hello_that_ends_early_still_says_its_name() {
    let mut talk = talks::tls(b"example.org", b"x");
    talk.truncate(1);
    let end = talk[0].1.len() - 30;
    talk[0].1.truncate(end);
    let Record::Tls(tls) = read(true, 443, &talk) else { panic!() };
    assert_eq!((text(tls.offer.server_name.as_ref()), tls.offer.ja4), ("example.org", None));
}

#[test]
fn http_says_the_first_and_counts_all() {
    let Record::Http(http) = read(true, 80, &talks::http(b"example.org", b"agent/1")) else { panic!() };
    assert_eq!((text(http.method.as_ref()), text(http.host.as_ref())), ("GET", "example.org"));
    assert_eq!((text(http.uri.as_ref()), text(http.user_agent.as_ref())), ("/a?b=c", "agent/1"));
    assert_eq!((http.status, http.content_length, http.denied), (Some(401), Some(5), 1));
    assert_eq!(text(http.authorization.as_ref()), "Basic");
    assert!(!serde_json::to_string(&http).unwrap().contains("c2VjcmV0"), "the secret was kept");
    let Record::Http(http) = read(true, 8080, &talks::http_pipelined()) else { panic!() };
    assert_eq!((http.requests, http.responses, http.methods.of("POST"), http.methods.of("HEAD")), (2, 2, 1, 1));
    assert_eq!((http.statuses.of("2xx"), http.statuses.of("4xx")), (1, 1));
}

#[test]
fn http_says_which_requests_look_like_attacks_and_which_answers_run() {
    let program = [b"MZ".as_slice(), &[0; 58], &[0x80, 0, 0, 0], &[0; 64], b"PE\0\0"].concat();
    let ask = |uri: &str| format!("GET {uri} HTTP/1.1\r\nHost: a\r\n\r\n").into_bytes();
    let sized =
        |body: &[u8]| [format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat();
    let chunked =
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n84\r\n".as_slice(), &program, b"\r\n0\r\n\r\n"]
            .concat();
    let form = b"POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 22\r\n\r\nname=x'%20or%20'1'%3D'1";
    let talk = vec![
        (true, ask("/index.html")),
        (false, sized(b"<html>MZ</html>")),
        (true, ask("/first?id=1'%20UNION%20SELECT%201")),
        (false, sized(&program)),
        (true, ask("/second")),
        (false, chunked),
        (true, form.to_vec()),
        (false, sized(b"")),
    ];
    // However the segments are cut: but for those that end within a body's first bytes.
    for most in [1460, 700] {
        let mut found = inspect(true, 80, &talk, most).unwrap();
        let Record::Http(http) = found.records.remove(0) else { panic!() };
        assert_eq!((http.requests, http.responses), (4, 4));
        assert_eq!((http.executables.of("Windows program"), http.executables.total()), (2, 2));
        assert_eq!(text(http.executable_uri.as_ref()), "/first?id=1'%20UNION%20SELECT%201");
        assert_eq!((http.attacks.of("SQL injection"), http.attacks.total()), (2, 2));
    }
    let Record::Http(http) = read(true, 80, &talks::http(b"example.org", b"Mozilla/5.0 (X11)")) else { panic!() };
    assert!(http.attacks.is_empty() && http.executables.is_empty());
}

#[test]
fn an_answer_that_is_none_is_passed_over() {
    let good = b"HTTP/1.1 404 no\r\nContent-Length: 0\r\n\r\n".to_vec();
    for bad in ["HTTP/1.1 20x ok\r\n\r\n", "HTTP/1.\r\n\r\n", "HTTP/1.1\r\n\r\nHTTP/1.1 200 ok\r\n\r\n"] {
        let request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec();
        let talk = vec![(true, request), (false, bad.as_bytes().to_vec()), (false, good.clone())];
        let Record::Http(http) = read(true, 80, &talk) else { panic!() };
        assert_eq!((http.requests, http.responses, http.status), (1, 1, Some(404)), "{bad:?}");
    }
}

#[test]
fn a_proxied_connection_is_looked_into() {
    let mut talk = vec![
        (true, b"CONNECT example.org:443 HTTP/1.1\r\n\r\n".to_vec()),
        (false, b"HTTP/1.1 200 Connection established\r\n\r\n".to_vec()),
    ];
    talk.extend(talks::tls(b"example.org", b"example.org"));
    let found = inspect(true, 3128, &talk, 1460).unwrap();
    assert_eq!(found.names_of_services().collect::<Vec<_>>(), ["http", "ssl"]);
    assert_eq!(text(found.server_name()), "example.org");
    assert_eq!(text(found.http().unwrap().host.as_ref()), "example.org:443");
}

#[test]
fn ssh_says_who_both_are() {
    let Record::Ssh(ssh) = read(true, 2222, &talks::ssh(b"SSH-2.0-a", b"SSH-2.0-b")) else { panic!() };
    assert_eq!((text(ssh.client.banner.as_ref()), text(ssh.server.banner.as_ref())), ("SSH-2.0-a", "SSH-2.0-b"));
    let kex = "curve25519-sha256,ecdh-sha2-nistp256";
    assert_eq!(text(ssh.client.hassh.as_ref()), md5(&format!("{kex};aes128-ctr;hmac-sha2-256;none")));
    assert_eq!(text(ssh.server.hassh.as_ref()), md5(&format!("{kex};aes256-ctr;hmac-sha1;zlib")));
}

#[test]
fn quic_says_what_its_hello_says() {
    let Record::Quic(quic) = read(false, 443, &talks::quic(b"example.org")) else { panic!() };
    assert_eq!((quic.version.as_str(), text(quic.offer.server_name.as_ref())), ("1", "example.org"));
    assert_eq!(text(quic.offer.ja4.as_ref()), "q13d1516h2_8daaf6152771_e5627efa2ab1");
}

/// RFC 9001 appendix A.2: the protected packet's beginning and end, made and read.
#[test]
fn quic_reads_the_standards_packet() {
    let hello = "010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c000000010\
                 000e00000b6578616d706c652e636f6dff01000100000a00080006001d0017001800100007000504616c706e0005000501000000000033\
                 00260024001d00209370b2c9caa47fbabaf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e0403\
                 050306030203080408050806002d00020101001c00024001003900320408ffffffffffffffff05048000ffff07048000ffff08011001048000\
                 75300901100f088394c8f03e51570806048000ffff";
    let hello: Vec<u8> =
        (0..hello.len()).step_by(2).map(|i| u8::from_str_radix(&hello[i..i + 2], 16).unwrap()).collect();
    let frame = [[6, 0, 0x40, 0xf1].as_slice(), &hello].concat();
    let packet = quic::initial(&frame, 1162, 2);
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    assert_eq!(hex(&packet[..38]), "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123dc9b");
    assert_eq!(hex(&packet[packet.len() - 16..]), "e221af44860018ab0856972e194cd934");
    let Record::Quic(quic) = read(false, 443, &vec![(true, packet)]) else { panic!() };
    assert_eq!(text(quic.offer.server_name.as_ref()), "example.com");
}

#[test]
fn dtls_puts_its_hello_together() {
    let Record::Dtls(dtls) = read(false, 4433, &talks::dtls()) else { panic!() };
    assert_eq!(text(dtls.offer.server_name.as_ref()), "dtls.example");
    assert_eq!(text(dtls.offer.ja4.as_ref()), "d13d1516h2_8daaf6152771_e5627efa2ab1");
}

/// Row B12: names that point in circles or beyond, lengths that lie, bytes that drive a terminal.
#[test]
fn b12_hostile_names_are_counted_and_shown_safely() {
    let Record::Dns(dns) = read(false, 53, &talks::hostile_dns()) else { panic!() };
    assert_eq!((dns.query_messages, dns.response_messages, dns.malformed), (2, 6, 6));
    assert_eq!(dns.queries.first[0].name.as_str(), "a\\u{0}b\\u{a}\\u{1b}]0;x\\u{7}.\\xff\\xfe.\\u{202e}");
    assert_eq!(dns.longest_name, 193);
    let Record::Dns(dns) = read(false, 53, &talks::dns(&[b"WWW", b"a.b"])) else { panic!() };
    assert_eq!((dns.queries.first[0].name.as_str(), dns.answers.first[0].data.as_str()), ("www.a\\.b", "192.0.2.7"));
}

/// Row B13: split, oversized and lying messages end quietly.
#[test]
fn b13_oversized_messages_end_quietly() {
    let mut header = b"GET / HTTP/1.1\r\nHost: a\r\nX: ".to_vec();
    header.resize(1 << 20, b'x');
    let found = inspect(true, 80, &vec![(true, header)], 1460).unwrap();
    assert_eq!(text(found.http().unwrap().host.as_ref()), "a");
    let found = inspect(true, 80, &vec![(true, b"GET /\ra\r\r HTTP/1.1\nHost: \x1b[31m\n\n".to_vec())], 1460).unwrap();
    assert_eq!(text(found.http().unwrap().host.as_ref()), "\\u{1b}[31m");
    let hello = talks::tls_record(22, &talks::client_hello(b"\x00\x1b]0;x\x07<script>"));
    let found = inspect(true, 443, &vec![(true, hello)], 1460).unwrap();
    assert_eq!(text(found.server_name()), "\\u{0}\\u{1b}]0;x\\u{7}<script>");
    let huge = [[22, 3, 1, 0x40, 0, 1, 0, 0xff, 0xff].as_slice(), vec![0xff; 1 << 20].as_slice()].concat();
    assert_eq!(inspect(true, 443, &vec![(true, huge)], 1460).unwrap().services_text(), "ssl");
    let mut garbage = talks::quic(b"example.org");
    garbage.iter_mut().for_each(|(_, bytes)| bytes[100] ^= 1);
    let found = inspect(false, 443, &garbage, 0).unwrap();
    assert_eq!(
        (found.names_of_services().collect::<Vec<_>>().as_slice(), found.server_name()),
        (["quic"].as_slice(), None)
    );
}

#[test]
fn segments_that_come_late_are_put_in_order() {
    let (_, hello) = &talks::tls(b"example.org", b"x")[0];
    let (first, rest) = hello.split_at(100);
    let (second, third) = rest.split_at(100);
    for order in [[0, 2, 1], [1, 0, 2], [0, 1, 1]] {
        let mut inspector = Inspector::new(Proto::TCP, 40_000, 443).unwrap();
        for i in order.into_iter().chain([1, 2, 0]) {
            let payload = [first, second, third][i];
            let seq = [1000, 1100, 1200][i];
            inspector.feed(&Piece { from_orig: true, seq: Some(seq), payload, is_cut: false });
        }
        let found = inspector.finish().unwrap();
        assert_eq!(text(found.server_name()), "example.org", "{order:?}");
        assert!(found.ja4().is_some());
    }
}

#[test]
fn a_lost_segment_ends_nothing_else() {
    let mut inspector = Inspector::new(Proto::TCP, 40_000, 80).unwrap();
    let mut feed = |from_orig, seq, payload: &[u8]| {
        inspector.feed(&Piece { from_orig, seq: Some(seq), payload, is_cut: false });
    };
    feed(true, 0, b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
    for i in 0..40u32 {
        // The first of a window was not captured.
        feed(
            true,
            5_000 + 100 * i,
            &[b"GET /2 HTTP/1.1\r\nHost: a\r\nX: ".as_slice(), &[b'x'; 67], b"\r\n\r\n"].concat()[..100],
        );
    }
    let found = inspector.finish().unwrap();
    assert!(found.http().unwrap().requests > 1, "{:?}", found.http());
}

/// A capture of this talk's kind, or of random bytes.
fn any_talk() -> impl Strategy<Value = (bool, u16, Talk)> {
    let known =
        (0..talks::all().len(), any::<u16>(), any::<u8>(), any::<bool>()).prop_map(|(i, at, byte, is_damaged)| {
            let (_, is_tcp, port, mut talk) = talks::all().swap_remove(i);
            let which = usize::from(at) % talk.len();
            let bytes = &mut talk[which].1;
            if is_damaged && !bytes.is_empty() {
                let at = usize::from(at) % bytes.len();
                bytes[at] = byte;
            }
            (is_tcp, port, talk)
        });
    let ports = prop::sample::select(vec![53u16, 80, 443, 22, 25, 502, 1883, 4444]);
    let bytes = prop::collection::vec(any::<u8>(), 0..300);
    let random = (any::<bool>(), ports, prop::collection::vec((any::<bool>(), bytes), 0..6));
    prop_oneof![3 => known, 1 => random]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// The same record in pieces as in one: for those that are read to their end.
    #[test]
    fn segmentation_changes_nothing(which in 0usize..4, most in 1usize..600) {
        let (name, is_tcp, port, talk) = talks::all().swap_remove(which);
        prop_assert!(is_tcp);
        let whole = inspect(is_tcp, port, &talk, 1 << 16);
        prop_assert!(whole.is_some());
        prop_assert_eq!(inspect(is_tcp, port, &talk, most), whole, "{} in pieces of {}", name, most);
    }

    /// Whatever comes, in whatever pieces and order: no harm, bounded memory, text that is safe to show.
    #[test]
    fn any_bytes_do_no_harm((is_tcp, port, talk) in any_talk(), most in 1usize..200, seqs in prop::collection::vec(any::<u32>(), 1..9)) {
        let proto = if is_tcp { Proto::TCP } else { Proto::UDP };
        let mut inspector = Inspector::new(proto, 40_000, port).unwrap();
        let mut next = [7u32, 9];
        for (i, (from_orig, bytes)) in talk.iter().enumerate() {
            for payload in bytes.chunks(most) {
                let seq = &mut next[usize::from(!from_orig)];
                let odd = seqs[i % seqs.len()];
                let at = if odd % 5 == 0 { seq.wrapping_add(odd % 3000) } else { *seq };
                inspector.feed(&Piece { from_orig: *from_orig, seq: is_tcp.then_some(at), payload, is_cut: odd % 7 == 0 });
                *seq = seq.wrapping_add(payload.len() as u32);
                prop_assert!(inspector.heap_bytes() < 200_000);
            }
        }
        if let Some(found) = inspector.finish() {
            prop_assert!(!found.services.is_empty() && (0.0..=1.0).contains(&found.confidence()));
            let json = serde_json::to_string(&found).unwrap();
            prop_assert_eq!(wiresift::report::printable(&json), json.as_str());
            found.records.iter().for_each(|record| drop(record.fields()));
        }
    }
}

const HOST: office::End = ([10, 0, 0, 7], 40_000);

/// The only flow of these frames, each cut behind `kept` bytes.
fn flow_of(frames: &[Timed], kept: usize) -> FlowRecord {
    let mut file = Pcap::new(Style::default());
    for (at, frame) in frames {
        let captured = &frame[..frame.len().min(kept)];
        file.record(*at as u32, 0, captured.len() as u32, frame.len() as u32, captured);
    }
    let mut analyzer = Analyzer::new(Settings::default(), [3, 5]).unwrap();
    analyzer.begin_file("capture");
    analyzer.push(&file.bytes);
    let flows = analyzer.finish().unwrap().flows;
    assert_eq!(flows.len(), 1);
    flows[0].clone()
}

/// A connection in which the originator says `said`.
fn connection(port: u16, said: &[u8]) -> Vec<Timed> {
    let server = ([10, 0, 0, 2], port);
    [(HOST, server, SYN, &b""[..]), (server, HOST, SYN | ACK, b""), (HOST, server, PSH | ACK, said)]
        .into_iter()
        .chain([(HOST, server, FIN | ACK, &b""[..]), (server, HOST, FIN | ACK, b"")])
        .zip(0..)
        .map(|((src, dst, flags, payload), at)| office::tcp(at, src, dst, flags, payload))
        .collect()
}

/// Bytes behind which the headers of Ethernet, IPv4 and TCP, or UDP, end.
const TCP_HEADERS: usize = 54;
const UDP_HEADERS: usize = 42;

/// The flow's guess, how its parts are known and how surely.
fn guess_of(flow: &FlowRecord) -> Option<(String, String, f32)> {
    assert_eq!(flow.service, None, "a guess is no service");
    flow.guess().map(|guess| (guess.services_text(), guess.known_by_text(), guess.confidence()))
}

#[test]
fn payload_that_was_not_captured_is_named_by_its_port() {
    let said = [0xabu8; 40];
    let flow = flow_of(&connection(22, &said), TCP_HEADERS);
    assert_eq!(guess_of(&flow), Some(("ssh".into(), "port".into(), 0.5)));
    let flow = flow_of(&connection(993, &said), TCP_HEADERS);
    assert_eq!(guess_of(&flow), Some(("ssl,imap".into(), "port,port".into(), 0.5)));
    let server = ([10, 0, 0, 2], 1812);
    let both = [office::udp(1, HOST, server, &said), office::udp(2, server, HOST, &said)];
    assert_eq!(guess_of(&flow_of(&both, UDP_HEADERS)), Some(("radius".into(), "port".into(), 0.5)));
}

#[test]
fn a_port_names_nothing_that_was_seen_or_was_not_there() {
    let said = [0xabu8; 40];
    let by_port = |flow: &FlowRecord| guess_of(flow).is_some_and(|(_, known_by, _)| known_by.contains("port"));
    // One byte was there to be looked at.
    assert!(!by_port(&flow_of(&connection(22, &said), TCP_HEADERS + 1)));
    assert!(!by_port(&flow_of(&connection(22, &said), usize::MAX)));
    // Nobody said anything: a port was tried.
    assert!(!by_port(&flow_of(&connection(22, b""), TCP_HEADERS)));
    assert!(!by_port(&flow_of(&connection(22, b"")[..1], TCP_HEADERS)));
    // One side alone, of no connection that was seen to begin.
    assert!(!by_port(&flow_of(&connection(22, &said)[2..3], TCP_HEADERS)));
    let server = ([10, 0, 0, 2], 1812);
    assert!(!by_port(&flow_of(&[office::udp(1, HOST, server, &said)], UDP_HEADERS)));
    // The port is nobody's, or the originator's.
    assert!(!by_port(&flow_of(&connection(40_001, &said), TCP_HEADERS)));
    let (host, server) = ((HOST.0, 1812), ([10, 0, 0, 2], 40_000));
    let both = [office::udp(1, host, server, &said), office::udp(2, server, host, &said)];
    assert!(!by_port(&flow_of(&both, UDP_HEADERS)));
}
