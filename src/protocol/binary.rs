//! Protocols of fixed fields: file sharing, remote desktops, address configuration, time, management, machines.

use super::parser::{Match, Probe};
use super::{be16, be32, ber, is_len};

pub(super) fn over_tcp(probe: &Probe<'_>) -> Option<Match> {
    name_over_tcp(probe).map(Match::named)
}

fn name_over_tcp(probe: &Probe<'_>) -> Option<&'static str> {
    let p = probe.payload;
    match *p.first()? {
        0 if is_smb(p) => Some("smb"),
        3 if is_rdp(probe) => Some("rdp"),
        0x30 if is_ldap(p) => Some("ldap"),
        0x10 if is_mqtt(p) => Some("mqtt"),
        4 | 5 if is_socks(probe) => Some("socks"),
        5 if is_dce_rpc(p) => Some("dce_rpc"),
        5 if p.get(1) == Some(&0x64) && probe.has_port(&[20_000]) => Some("dnp3"),
        0x13 if p.starts_with(b"\x13BitTorrent protocol") => Some("bittorrent"),
        0xff if probe.has_port(&[23]) && is_telnet(p) => Some("telnet"),
        _ if probe.has_port(&[502]) && is_modbus(p) => Some("modbus"),
        _ if probe.has_port(&[88])
            && p.get(4..).is_some_and(|rest| be32(p, 0).is_some_and(|n| is_len(n, rest)) && is_kerberos(rest)) =>
        {
            Some("kerberos")
        }
        _ => None,
    }
}

pub(super) fn over_udp(probe: &Probe<'_>) -> Option<Match> {
    name_over_udp(probe).map(Match::named)
}

fn name_over_udp(probe: &Probe<'_>) -> Option<&'static str> {
    let p = probe.payload;
    let first = *p.first()?;
    match () {
        () if first < 4 && is_stun(p) => Some("stun"),
        () if first <= 2 && is_dhcp(p) => Some("dhcp"),
        () if probe.has_port(&[123]) && is_ntp(p) => Some("ntp"),
        () if first == 0x30 && is_snmp(p) => Some("snmp"),
        () if first == 0x30 && is_ldap(p) => Some("ldap"),
        () if probe.has_port(&[1812, 1813, 1645, 1646, 3799]) && is_radius(p) => Some("radius"),
        () if probe.has_port(&[88]) && is_kerberos(p) => Some("kerberos"),
        () if first == b'd' && is_dht(p) => Some("bittorrent"),
        () if first == 0 && is_tftp(p) => Some("tftp"),
        () => None,
    }
}

/// A NetBIOS session header with its length, and SMB 1, 2 or 3 encrypted.
fn is_smb(p: &[u8]) -> bool {
    matches!(p.get(4..8), Some(b"\xffSMB" | b"\xfeSMB" | b"\xfdSMB"))
}

/// TPKT with an X.224 connection request or its answer: with a cookie, a negotiation, or on the port.
fn is_rdp(probe: &Probe<'_>) -> bool {
    let p = probe.payload;
    let is_tpkt = p.get(1) == Some(&0) && be16(p, 2).is_some_and(|n| is_len(n, p));
    let is_connection = matches!(p.get(5), Some(0xe0 | 0xd0));
    let cookie = p.get(11..).is_some_and(|rest| rest.starts_with(b"Cookie: mstshash="));
    let negotiation = matches!(p.get(11..15), Some([1..=3, _, 8, 0]));
    is_tpkt && is_connection && (cookie || negotiation || probe.has_port(&[3389]))
}

/// A sequence of a message number and an operation (RFC 4511 section 4.2).
fn is_ldap(p: &[u8]) -> bool {
    let Some((len, content)) = ber(p, 0x30) else { return false };
    let Some((id_len, rest)) = ber(content, 2) else { return false };
    let operation = rest.get(id_len).copied();
    let is_operation = matches!(operation, Some(0x42 | 0x60 | 0x61 | 0x63..=0x6f | 0x73 | 0x77 | 0x78));
    // Messages may follow one another, or go on in the next segment.
    is_operation && (1..=4).contains(&id_len) && len > id_len + 2
}

/// CONNECT with the protocol's name.
fn is_mqtt(p: &[u8]) -> bool {
    let length_bytes = p.iter().skip(1).take(4).position(|b| b & 0x80 == 0).map_or(0, |n| n + 1);
    let rest = p.get(1 + length_bytes..).unwrap_or_default();
    length_bytes > 0 && (rest.starts_with(b"\x00\x04MQTT") || rest.starts_with(b"\x00\x06MQIsdp"))
}

/// A greeting: version 5 with its list of methods, or on the port version 4 with a request.
fn is_socks(probe: &Probe<'_>) -> bool {
    let p = probe.payload;
    let is_port = probe.has_port(&[1080, 9050, 9150]);
    match p {
        [5, n, methods @ ..] if is_len(*n, methods) && *n > 0 => {
            methods.iter().all(|m| *m <= 9) && (is_port || methods.contains(&0) && *n <= 4)
        }
        [4, 1 | 2, _, _, _, _, _, _, user @ ..] => is_port && user.last() == Some(&0),
        _ => false,
    }
}

/// Version 5.0 or 5.1, a known type, and a fragment length in the stated byte order.
fn is_dce_rpc(p: &[u8]) -> bool {
    let &[5, minor, kind, flags, order, _, _, _, a, b, ..] = p else { return false };
    let len = if order & 0x10 != 0 { u16::from_le_bytes([a, b]) } else { u16::from_be_bytes([a, b]) };
    let is_type = matches!(kind, 0 | 2 | 3 | 11..=19);
    minor <= 1 && is_type && flags & 3 != 0 && order & 0xef == 0 && usize::from(len) >= 16 && usize::from(len) <= 65_000
}

/// IAC with a negotiation, and another one or nothing after it.
fn is_telnet(p: &[u8]) -> bool {
    matches!(p, [0xff, 0xfa..=0xfe, _] | [0xff, 0xfb..=0xfe, _, 0xff, ..] | [0xff, 0xfa, ..])
}

/// The protocol number 0, a length that is right, and a public function.
fn is_modbus(p: &[u8]) -> bool {
    let is_length = be16(p, 4).is_some_and(|n| p.get(6..).is_some_and(|rest| is_len(n, rest)));
    be16(p, 2) == Some(0) && is_length && p.get(7).is_some_and(|f| (1..=43).contains(&(f & 0x7f)))
}

/// An application tag of Kerberos 5 (RFC 4120) with a sequence in it.
fn is_kerberos(p: &[u8]) -> bool {
    let Some(tag) = p.first().copied().filter(|t| matches!(t, 0x6a..=0x6f | 0x7e)) else { return false };
    ber(p, tag).is_some_and(|(len, content)| content.first() == Some(&0x30) && len >= content.len())
}

/// RFC 5389's magic cookie, and a length that is that of the datagram.
fn is_stun(p: &[u8]) -> bool {
    let is_length = be16(p, 2).is_some_and(|n| n % 4 == 0 && p.len().checked_sub(20) == Some(usize::from(n)));
    be32(p, 4) == Some(0x2112_a442) && is_length
}

/// BOOTP with DHCP's magic cookie.
fn is_dhcp(p: &[u8]) -> bool {
    matches!(p.first(), Some(1 | 2)) && be32(p, 236) == Some(0x6382_5363)
}

/// Versions 1 to 4 with the mode of a client, server or peer and a whole header; control messages are shorter.
fn is_ntp(p: &[u8]) -> bool {
    let Some(first) = p.first() else { return false };
    let (version, mode) = ((first >> 3) & 7, first & 7);
    (1..=4).contains(&version)
        && match mode {
            1..=5 => p.len() >= 48,
            6 => p.len() >= 12,
            7 => p.len() >= 8,
            _ => false,
        }
}

/// A sequence of a version, and a community with a request after it, or version 3's header.
fn is_snmp(p: &[u8]) -> bool {
    let Some((len, content)) = ber(p, 0x30) else { return false };
    let [2, 1, version, rest @ ..] = content else { return false };
    if len < content.len() {
        return false;
    }
    match version {
        0 | 1 => ber(rest, 4).is_some_and(|(n, after)| matches!(after.get(n), Some(0xa0..=0xa8))),
        3 => rest.first() == Some(&0x30) && ber(rest, 0x30).is_some_and(|(_, header)| header.first() == Some(&2)),
        _ => false,
    }
}

/// A known code and a length that is that of the datagram.
fn is_radius(p: &[u8]) -> bool {
    let is_code = matches!(p.first(), Some(1..=5 | 11..=13 | 40..=45));
    is_code && p.len() >= 20 && be16(p, 2).is_some_and(|n| is_len(n, p))
}

/// A bencoded query, answer or error of the distributed hash table (BEP 5).
fn is_dht(p: &[u8]) -> bool {
    [&b"d1:ad2:id20:"[..], b"d1:rd2:id20:", b"d1:eli", b"d2:ip6:", b"d2:ip18:"].iter().any(|w| p.starts_with(w))
}

/// A read or write request: a name and a mode, each ended by 0.
fn is_tftp(p: &[u8]) -> bool {
    let [0, 1 | 2, rest @ ..] = p else { return false };
    let mut parts = rest.split(|b| *b == 0);
    let name = parts.next().unwrap_or_default();
    let mode = parts.next().unwrap_or_default();
    !name.is_empty()
        && name.iter().all(|b| (0x20..0x7f).contains(b))
        && [&b"octet"[..], b"netascii", b"mail"].iter().any(|m| mode.eq_ignore_ascii_case(m))
}
