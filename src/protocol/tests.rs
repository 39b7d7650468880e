#![allow(clippy::unwrap_used)]

use super::*;
use crate::report::Proto;

fn identify(proto: Proto, src_port: u16, dst_port: u16, payload: &[u8]) -> Option<&'static str> {
    let mut inspector = Inspector::new(proto, src_port, dst_port)?;
    inspector.feed(&Piece { from_orig: true, seq: None, payload, is_cut: false });
    inspector.finish()?.service()
}

fn tcp(port: u16, payload: &[u8]) -> Option<&'static str> {
    identify(Proto::TCP, 40_000, port, payload)
}

fn udp(port: u16, payload: &[u8]) -> Option<&'static str> {
    identify(Proto::UDP, 40_000, port, payload)
}

#[test]
fn names_text_protocols_on_any_port() {
    for (payload, name) in [
        (&b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"[..], "http"),
        (b"CONNECT a:443 HTTP/1.1\r\n\r\n", "http"),
        (b"HTTP/1.0 200 OK\r\n", "http"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "ssh"),
        (b"RFB 003.008\n", "rfb"),
        (b"220 mx.example ESMTP ready\r\n", "smtp"),
        (b"ehlo client\r\n", "smtp"),
        (b"220 ProFTPD Server (FTP)\r\n", "ftp"),
        (b"+OK POP3 ready\r\n", "pop3"),
        (b"* OK IMAP4rev1 ready\r\n", "imap"),
        (b"NICK a\r\nUSER a 0 * :a\r\n", "irc"),
        (b"OPTIONS rtsp://a/b RTSP/1.0\r\n", "rtsp"),
        (b"REGISTER sip:a SIP/2.0\r\n", "sip"),
    ] {
        assert_eq!(tcp(40_001, payload), Some(name), "{}", payload.escape_ascii());
    }
    assert_eq!(udp(5060, b"SIP/2.0 200 OK\r\n"), Some("sip"));
    assert_eq!(udp(1900, b"M-SEARCH * HTTP/1.1\r\n"), Some("ssdp"));
    assert_eq!(udp(514, b"<34>Oct 11 22:14:15 host su: failed"), Some("syslog"));
}

#[test]
fn names_binary_protocols() {
    for (payload, name) in [
        (&b"\x16\x03\x01\x00\x80\x01\x00\x00\x7c\x03\x03"[..], "ssl"),
        (b"\x17\x03\x03\x00\x40aaaa", "ssl"),
        (b"\x00\x00\x00\x54\xfeSMB\x40\x00", "smb"),
        (b"\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00", "rdp"),
        (b"\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00", "ldap"),
        (b"\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x00", "mqtt"),
        (b"\x05\x01\x00", "socks"),
        (b"\x13BitTorrent protocol", "bittorrent"),
        (b"\x00\x00\x00\x08\x04\xd2\x16\x2f", "postgresql"),
        (b"\x0d\x00\x00\x00\x0a8.0.36\x00abcde", "mysql"),
    ] {
        assert_eq!(tcp(40_001, payload), Some(name), "{}", payload.escape_ascii());
    }
    assert_eq!(tcp(502, b"\x00\x01\x00\x00\x00\x06\x01\x03\x00\x00\x00\x01"), Some("modbus"));
    for (port, payload, name) in [
        (53, &b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01"[..], "dns"),
        (4000, b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01", "dns"),
        (443, b"\xc3\x00\x00\x00\x01\x08abcdefgh\x00\x00", "quic"),
        (4000, b"\x16\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02ab", "dtls"),
        (3478, b"\x00\x01\x00\x00\x21\x12\xa4\x42abcdefghijkl", "stun"),
        (161, b"\x30\x0c\x02\x01\x01\x04\x01a\xa0\x04abcd", "snmp"),
        (69, b"\x00\x01file\x00octet\x00", "tftp"),
        (6881, b"d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe", "bittorrent"),
    ] {
        assert_eq!(udp(port, payload), Some(name), "{}", payload.escape_ascii());
    }
    let mut ntp = [0u8; 48];
    ntp[0] = 0x23;
    assert_eq!((udp(123, &ntp), udp(124, &ntp)), (Some("ntp"), None));
}

#[test]
fn a_port_alone_names_nothing() {
    for port in [21, 22, 25, 53, 80, 88, 110, 123, 143, 443, 502, 514, 1080, 1812, 3389, 5060] {
        for payload in [&b""[..], b"\x00", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", b"hello there, nobody"]
        {
            assert_eq!((tcp(port, payload), udp(port, payload)), (None, None), "{port}");
        }
    }
    assert_eq!(identify(Proto::ICMP, 8, 0, b"GET / HTTP/1.1\r\n\r\n"), None);
}

#[test]
fn every_beginning_of_a_message_is_read_without_harm() {
    let messages: [&[u8]; 4] =
        [b"\x16\x03\x01\x00\x80\x01\x00\x00\x7c\x03\x03", b"\x30\x84\xff\xff\xff\xff\x02\x01", b"\x30\x85", b"<191>"];
    for message in messages {
        for end in 0..=message.len() {
            let _ = (tcp(88, &message[..end]), udp(88, &message[..end]));
        }
    }
}
