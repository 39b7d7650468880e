//! Texts of cells to values, exactly where a whole number or a decimal is meant.

use std::net::IpAddr;

use crate::report::{Proto, TcpFlags};

/// Largest count that is believed: every whole number up to here is a double.
const LARGEST_COUNT: u64 = 1 << 53;

/// What stands in a cell that should hold a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    /// A finite number.
    Value(f64),
    /// Nothing, as programs write it.
    Nothing,
    /// Infinity or not-a-number.
    NotFinite,
    /// Text.
    Text,
}

/// Whether a cell says that there is no value: empty, Zeek's `-` and `(empty)`, `null`, `None`, `NA`.
pub(super) fn is_nothing(text: &str) -> bool {
    text.is_empty()
        || text == "-"
        || text == "(empty)"
        || ["null", "none", "na", "n/a"].iter().any(|w| text.eq_ignore_ascii_case(w))
}

/// A cell as a number.
pub(super) fn number(text: &str) -> Number {
    if is_nothing(text) {
        return Number::Nothing;
    }
    // Also takes `inf`, `Infinity` and `NaN`, with a sign and in any case.
    match text.parse::<f64>() {
        Ok(v) if v.is_finite() => Number::Value(if v == 0.0 { 0.0 } else { v }),
        Ok(_) => Number::NotFinite,
        Err(_) => Number::Text,
    }
}

/// Why a cell has no count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoCount {
    Nothing,
    NotFinite,
    Text,
    Negative,
    TooLarge,
}

/// A cell as a whole number that is not negative; a fraction is cut off.
pub(super) fn count(text: &str) -> Result<u64, NoCount> {
    scaled(text, 0)
}

/// A cell as a decimal number times ten to the power of `digits`, exactly; digits beyond are cut off.
pub(super) fn scaled(text: &str, digits: u32) -> Result<u64, NoCount> {
    if let Some(exact) = decimal(text, digits) {
        return exact;
    }
    match number(text) {
        Number::Nothing => Err(NoCount::Nothing),
        Number::NotFinite => Err(NoCount::NotFinite),
        Number::Text => Err(NoCount::Text),
        Number::Value(v) if v < 0.0 => Err(NoCount::Negative),
        Number::Value(v) => {
            let value = v * f64::from(10u32.pow(digits));
            #[allow(clippy::cast_precision_loss)]
            let largest = if digits == 0 { LARGEST_COUNT as f64 } else { i64::MAX as f64 };
            if value >= largest {
                return Err(NoCount::TooLarge);
            }
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and the largest
            Ok(value as u64)
        }
    }
}

/// Digits with at most one point; `None` for any other form, which is left to floats.
fn decimal(text: &str, digits: u32) -> Option<Result<u64, NoCount>> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 20 || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let whole: u64 = match whole.parse() {
        Ok(whole) => whole,
        Err(_) => return Some(Err(NoCount::TooLarge)),
    };
    let mut value = whole;
    let mut fraction = fraction.bytes();
    for _ in 0..digits {
        let digit = fraction.next().map_or(0, |b| u64::from(b - b'0'));
        match value.checked_mul(10).and_then(|v| v.checked_add(digit)) {
            Some(next) => value = next,
            None => return Some(Err(NoCount::TooLarge)),
        }
    }
    let largest = if digits == 0 { LARGEST_COUNT } else { i64::MAX.unsigned_abs() };
    Some(if value > largest { Err(NoCount::TooLarge) } else { Ok(value) })
}

/// A port; 0 where there is none, `None` where it is no port.
pub(super) fn port(text: &str) -> Option<u16> {
    match count(text) {
        Ok(n) => u16::try_from(n).ok(),
        Err(NoCount::Nothing) => Some(0),
        Err(_) => hexadecimal(text).and_then(|n| u16::try_from(n).ok()),
    }
}

fn hexadecimal(text: &str) -> Option<u64> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    u64::from_str_radix(digits, 16).ok()
}

/// An address. A zone after `%` is cut off.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    let text = text.split('%').next().unwrap_or_default();
    text.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Protocols by the names that tables use.
///
/// **Source** IANA protocol numbers; the application protocols are those of Wireshark's column.
const PROTOCOLS: &[(&str, u8)] = &[
    ("tcp", 6),
    ("udp", 17),
    ("icmp", 1),
    ("ipv6-icmp", 58),
    ("icmpv6", 58),
    ("icmp6", 58),
    ("sctp", 132),
    ("igmp", 2),
    ("gre", 47),
    ("esp", 50),
    ("ah", 51),
    ("ospf", 89),
    ("pim", 103),
    ("vrrp", 112),
    ("udplite", 136),
];

/// Application protocols in the protocol column, and what carries them.
const CARRIED: &[(&str, u8)] = &[
    ("tls", 6),
    ("ssl", 6),
    ("http", 6),
    ("ssh", 6),
    ("ftp", 6),
    ("smtp", 6),
    ("smb", 6),
    ("imap", 6),
    ("pop", 6),
    ("telnet", 6),
    ("rdp", 6),
    ("dns", 17),
    ("mdns", 17),
    ("llmnr", 17),
    ("quic", 17),
    ("ntp", 17),
    ("dhcp", 17),
    ("ssdp", 17),
    ("nbns", 17),
    ("snmp", 17),
];

/// A protocol by number or name; over IPv6 `icmp` is ICMPv6. `None` where it is neither.
pub(super) fn protocol(text: &str, is_v6: bool) -> Option<Proto> {
    if let Ok(number) = count(text) {
        return u8::try_from(number).ok().map(Proto::Ip);
    }
    if text.eq_ignore_ascii_case("arp") {
        return Some(Proto::Arp);
    }
    let known = PROTOCOLS.iter().find(|(name, _)| text.eq_ignore_ascii_case(name)).map(|(_, number)| *number);
    let begins = |name: &str| text.get(..name.len()).is_some_and(|t| t.eq_ignore_ascii_case(name));
    let number = known.or_else(|| CARRIED.iter().find(|(name, _)| begins(name)).map(|(_, number)| *number))?;
    Some(Proto::Ip(if number == 1 && is_v6 { 58 } else { number }))
}

/// TCP flags as a number, as ours (`SA`) or as Wireshark's letters between dots.
pub(super) fn flags(text: &str) -> Option<TcpFlags> {
    let number = hexadecimal(text).or_else(|| count(text).ok());
    if let Some(number) = number {
        return u16::try_from(number).ok().map(|n| TcpFlags(n & 0x1ff));
    }
    let mut set = 0;
    for letter in text.chars() {
        set |= match letter {
            'F' => TcpFlags::FIN,
            'S' => TcpFlags::SYN,
            'R' => TcpFlags::RST,
            'P' => TcpFlags::PSH,
            'A' => TcpFlags::ACK,
            'U' => TcpFlags::URG,
            'E' => TcpFlags::ECE,
            'C' | 'W' => TcpFlags::CWR,
            '.' | '·' | '*' | ' ' => 0,
            _ => return None,
        };
    }
    (!text.is_empty()).then_some(TcpFlags(set))
}

/// Zeek's connection states.
const STATES: [&str; 13] = ["S0", "S1", "SF", "REJ", "S2", "S3", "RSTO", "RSTR", "RSTOS0", "RSTRH", "SH", "SHR", "OTH"];

/// A connection state by Zeek's name.
pub(super) fn state(text: &str) -> Option<&'static str> {
    STATES.into_iter().find(|s| *s == text)
}

/// Longest history that is kept, letters.
const MAX_HISTORY: usize = 64;

/// History letters; empty where other characters stand among them.
pub(super) fn history(text: &str) -> String {
    let is_history = text.len() <= MAX_HISTORY && text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'^');
    if is_history { text.to_owned() } else { String::new() }
}

/// Services by Zeek's names, and other programs' names for them.
const SERVICES: &[(&str, &str)] = &[
    ("bittorrent", "bittorrent"),
    ("dhcp", "dhcp"),
    ("dns", "dns"),
    ("ftp", "ftp"),
    ("ftp_control", "ftp"),
    ("http", "http"),
    ("imap", "imap"),
    ("irc", "irc"),
    ("kerberos", "krb"),
    ("krb", "krb"),
    ("krb_tcp", "krb"),
    ("ldap", "ldap"),
    ("ldap_tcp", "ldap"),
    ("ldap_udp", "ldap"),
    ("modbus", "modbus"),
    ("mqtt", "mqtt"),
    ("mysql", "mysql"),
    ("ntp", "ntp"),
    ("pop3", "pop3"),
    ("quic", "quic"),
    ("radius", "radius"),
    ("rdp", "rdp"),
    ("rfb", "rfb"),
    ("vnc", "rfb"),
    ("rtsp", "rtsp"),
    ("sip", "sip"),
    ("smb", "smb"),
    ("smbv1", "smb"),
    ("smbv23", "smb"),
    ("smtp", "smtp"),
    ("snmp", "snmp"),
    ("socks", "socks"),
    ("ssdp", "ssdp"),
    ("ssh", "ssh"),
    ("ssl", "ssl"),
    ("tls", "ssl"),
    ("stun", "stun"),
    ("syslog", "syslog"),
    ("telnet", "telnet"),
    ("tftp", "tftp"),
];

/// A service that Wiresift has a name for: the first of several (`ssl,http`), the carrier of an application (`TLS.Google`).
pub(super) fn service(text: &str) -> Option<&'static str> {
    let mut words = text.split([',', '.']).map(str::trim);
    words.find_map(|word| SERVICES.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, ours)| *ours))
}

/// A uid as Wiresift writes one, `C` and eleven digits to base 62, read back.
pub(super) fn uid(text: &str) -> Option<u64> {
    let digits = text.strip_prefix('C').filter(|d| d.len() == 11)?;
    digits.bytes().rev().try_fold(0u64, |uid, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'A'..=b'Z' => digit - b'A' + 10,
            b'a'..=b'z' => digit - b'a' + 36,
            _ => return None,
        };
        uid.checked_mul(62)?.checked_add(u64::from(value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_finite_or_missing() {
        assert_eq!(number("1.5e3"), Number::Value(1500.0));
        for nothing in ["", "-", "(empty)", "NULL", "None", "n/a"] {
            assert_eq!(number(nothing), Number::Nothing, "{nothing}");
        }
        for not in ["NaN", "nan", "Infinity", "-Infinity", "inf", "1e999"] {
            assert_eq!(number(not), Number::NotFinite, "{not}");
        }
        assert_eq!(number("ten"), Number::Text);
        assert!(matches!(number("-0"), Number::Value(v) if v.to_bits() == 0));
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(scaled("1709539206.823613001", 9), Ok(1_709_539_206_823_613_001));
        assert_eq!(scaled("0.1", 9), Ok(100_000_000));
        assert_eq!(scaled("12", 3), Ok(12_000));
        assert_eq!(scaled("1e-3", 9), Ok(1_000_000));
        assert_eq!((count("12.0"), count("12.9")), (Ok(12), Ok(12)));
        assert_eq!(
            (count("-3"), count("x"), count("1e300")),
            (Err(NoCount::Negative), Err(NoCount::Text), Err(NoCount::TooLarge))
        );
        assert_eq!(count("99999999999999999999999"), Err(NoCount::TooLarge));
        assert_eq!(scaled("18446744073709551615", 9), Err(NoCount::TooLarge));
        assert_eq!(count("9007199254740993"), Err(NoCount::TooLarge));
    }

    #[test]
    fn names_of_the_field_are_read() {
        assert_eq!(protocol("TCP", false), Some(Proto::TCP));
        assert_eq!(protocol("6.0", false), Some(Proto::TCP));
        assert_eq!((protocol("icmp", false), protocol("icmp", true)), (Some(Proto::ICMP), Some(Proto::ICMPV6)));
        assert_eq!((protocol("TLSv1.3", false), protocol("what", false)), (Some(Proto::TCP), None));
        assert_eq!((port("443"), port("443.0"), port("0x1bb"), port("-")), (Some(443), Some(443), Some(443), Some(0)));
        assert_eq!((port("65536"), port("-1"), port("http")), (None, None, None));
        assert_eq!(
            (flags("SA"), flags("0x0012"), flags("·······A··S·")),
            (Some(TcpFlags(0x12)), Some(TcpFlags(0x12)), Some(TcpFlags(0x12)))
        );
        assert_eq!((flags(""), flags("0"), flags("xyz")), (None, Some(TcpFlags(0)), None));
        assert_eq!((state("SF"), state("sf")), (Some("SF"), None));
        assert_eq!((service("ssl,http"), service("TLS.Google"), service("whatever")), (Some("ssl"), Some("ssl"), None));
        assert_eq!(address("fe80::1%eth0"), "fe80::1".parse().ok());
        assert_eq!((history("ShADadFf"), history("<b>")), ("ShADadFf".to_owned(), String::new()));
    }

    #[test]
    fn our_uids_read_back() {
        assert_eq!(uid("C00000000000"), Some(0));
        assert_eq!(uid("C10000000000"), Some(1));
        assert_eq!(uid("Czzzzzzzzzzz"), None, "beyond 64 bits");
        assert_eq!(uid("CmES5u32sYpV7JYN"), None, "Zeek's are longer");
    }
}
