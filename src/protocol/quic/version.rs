//! QUIC's versions and the salts of their first keys.

use crate::report::Text;

/// A version that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// RFC 9000.
    One,
    /// RFC 9369.
    Two,
    /// A draft of the first, by number.
    Draft(u8),
    /// Facebook's, by its last byte.
    Facebook(u8),
    /// Google's with its own handshake, by number.
    Google(u8),
    /// Google's with TLS, by number.
    GoogleTls(u8),
    /// One that only makes the other side list its own.
    Reserved,
    /// A list of versions.
    Negotiation,
}

impl Version {
    /// The version of this number.
    pub(super) fn of(number: u32) -> Option<Self> {
        let [a, b, c, last] = number.to_be_bytes();
        let digits = || (c.is_ascii_digit() && last.is_ascii_digit()).then(|| 10 * (c - b'0') + (last - b'0'));
        match (a, b, c) {
            (0, 0, 0) if last == 0 => Some(Self::Negotiation),
            (0, 0, 0) if last == 1 => Some(Self::One),
            (0x6b, 0x33, 0x43) if last == 0xcf => Some(Self::Two),
            (0xff, 0, 0) if last > 0 => Some(Self::Draft(last)),
            (0xfa, 0xce, 0xb0) => Some(Self::Facebook(last)),
            (b'Q', b'0', _) => digits().filter(|n| (44..=50).contains(n)).map(Self::Google),
            (b'T', b'0', _) => digits().filter(|n| (50..=51).contains(n)).map(Self::GoogleTls),
            _ => (number & 0x0f0f_0f0f == 0x0a0a_0a0a).then_some(Self::Reserved),
        }
    }

    /// As it is written for people.
    pub(super) fn name(self, number: u32) -> Text {
        Text::from(
            match self {
                Self::One => "1".into(),
                Self::Two => "2".into(),
                Self::Draft(n) => format!("draft-{n}"),
                Self::Facebook(n) => format!("mvfst-{n:02x}"),
                Self::Google(n) => format!("Q0{n}"),
                Self::GoogleTls(n) => format!("T0{n}"),
                Self::Reserved => format!("0x{number:08x}"),
                Self::Negotiation => "negotiation".into(),
            }
            .as_str(),
        )
    }

    /// Whether every packet has the bit that tells QUIC from others.
    pub(super) fn has_fixed_bit(self) -> bool {
        matches!(self, Self::One | Self::Two)
    }

    /// Whether its connection identifiers' lengths share a byte.
    pub(super) fn is_old_google(self) -> bool {
        matches!(self, Self::Google(_))
    }

    /// Whether labels of keys begin with `quicv2`.
    pub(super) fn is_two(self) -> bool {
        self == Self::Two
    }

    /// What the first keys are derived with; `None` where Initial packets are not encrypted or not known.
    ///
    /// **Source** RFC 9001 section 5.2, RFC 9369 section 3.3.1, the drafts' same section; Google's by its source.
    pub(super) fn salt(self) -> Option<&'static [u8; 20]> {
        Some(match self {
            Self::One => b"\x38\x76\x2c\xf7\xf5\x59\x34\xb3\x4d\x17\x9a\xe6\xa4\xc8\x0c\xad\xcc\xbb\x7f\x0a",
            Self::Two => b"\x0d\xed\xe3\xde\xf7\x00\xa6\xdb\x81\x93\x81\xbe\x6e\x26\x9d\xcb\xf9\xbd\x2e\xd9",
            Self::Draft(29..=32) => b"\xaf\xbf\xec\x28\x99\x93\xd2\x4c\x9e\x97\x86\xf1\x9c\x61\x11\xe0\x43\x90\xa8\x99",
            Self::Draft(33..=34) => b"\x38\x76\x2c\xf7\xf5\x59\x34\xb3\x4d\x17\x9a\xe6\xa4\xc8\x0c\xad\xcc\xbb\x7f\x0a",
            Self::Draft(23..=28) | Self::Facebook(2..=0x0e) => {
                b"\xc3\xee\xf7\x12\xc7\x2e\xbb\x5a\x11\xa7\xd2\x43\x2b\xb4\x63\x65\xbe\xf9\xf5\x02"
            }
            Self::Draft(21..=22) | Self::Facebook(1) => {
                b"\x7f\xbc\xdb\x0e\x7c\x66\xbb\xe9\x19\x3a\x96\xcd\x21\x51\x9e\xbd\x7a\x02\x64\x4a"
            }
            Self::Google(50) => b"\x50\x45\x74\xef\xd0\x66\xfe\x2f\x9d\x94\x5c\xfc\xdb\xd3\xa7\xf0\xd3\xb5\x6b\x45",
            Self::GoogleTls(50) => b"\x7f\xf5\x79\xe5\xac\xd0\x72\x91\x55\x80\x30\x4c\x43\xa2\x36\x7c\x60\x48\x83\x10",
            Self::GoogleTls(51) => b"\x7a\x4e\xde\xf4\xe7\xcc\xee\x5f\xa4\x50\x6c\x19\x12\x4f\xc8\xcc\xda\x6e\x03\x3d",
            _ => return None,
        })
    }
}
