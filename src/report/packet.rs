//! One packet of the packet table.

use std::net::IpAddr;

use serde::Serialize;

use super::{Fields, TableRow, Verdict};
use crate::units::Timestamp;

/// What a packet or flow carries above IP (or ARP).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Proto {
    /// An IP protocol by its number.
    Ip(u8),
    /// Address resolution; no IP.
    Arp,
}

impl Proto {
    /// TCP.
    pub const TCP: Self = Self::Ip(6);
    /// UDP.
    pub const UDP: Self = Self::Ip(17);
    /// ICMP.
    pub const ICMP: Self = Self::Ip(1);
    /// ICMPv6.
    pub const ICMPV6: Self = Self::Ip(58);
    /// SCTP.
    pub const SCTP: Self = Self::Ip(132);
    /// IPsec's encapsulation.
    pub const ESP: Self = Self::Ip(50);
    /// IPsec's authentication.
    pub const AH: Self = Self::Ip(51);

    /// Whether its flows have ports.
    #[must_use]
    pub fn has_ports(self) -> bool {
        matches!(self, Self::TCP | Self::UDP | Self::SCTP)
    }

    /// Whether it is ICMP or ICMPv6.
    #[must_use]
    pub fn is_icmp(self) -> bool {
        matches!(self, Self::ICMP | Self::ICMPV6)
    }

    /// The IP protocol number; `None` for ARP.
    #[must_use]
    pub fn number(self) -> Option<u8> {
        match self {
            Self::Ip(n) => Some(n),
            Self::Arp => None,
        }
    }

    /// Zeek's name where it has one (`icmp` for ICMPv6 too), else the number.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::TCP => "tcp".into(),
            Self::UDP => "udp".into(),
            Self::ICMP => "icmp".into(),
            Self::ICMPV6 => "ipv6-icmp".into(),
            Self::SCTP => "sctp".into(),
            Self::ESP => "esp".into(),
            Self::AH => "ah".into(),
            Self::Ip(n) => n.to_string(),
            Self::Arp => "arp".into(),
        }
    }
}

impl Serialize for Proto {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name())
    }
}

/// The nine TCP flags, as in the header's two bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TcpFlags(pub u16);

impl TcpFlags {
    /// FIN.
    pub const FIN: u16 = 0x01;
    /// SYN.
    pub const SYN: u16 = 0x02;
    /// RST.
    pub const RST: u16 = 0x04;
    /// PSH.
    pub const PSH: u16 = 0x08;
    /// ACK.
    pub const ACK: u16 = 0x10;
    /// URG.
    pub const URG: u16 = 0x20;
    /// ECE.
    pub const ECE: u16 = 0x40;
    /// CWR.
    pub const CWR: u16 = 0x80;

    /// Each flag with its name, in the order of the header's bits and of [`Direction::flags`](super::Direction::flags).
    pub const NAMED: [(u16, &str); 8] = [
        (Self::FIN, "FIN"),
        (Self::SYN, "SYN"),
        (Self::RST, "RST"),
        (Self::PSH, "PSH"),
        (Self::ACK, "ACK"),
        (Self::URG, "URG"),
        (Self::ECE, "ECE"),
        (Self::CWR, "CWR"),
    ];

    /// The places in [`Self::NAMED`] of the flags that are set.
    #[inline]
    pub fn places(self) -> impl Iterator<Item = usize> {
        let mut left = self.0 & 0xff;
        std::iter::from_fn(move || {
            let place = (left != 0).then_some(left.trailing_zeros())?;
            left &= left - 1;
            usize::try_from(place).ok()
        })
    }

    /// The names of the flags that are set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMED.into_iter().filter(move |(mask, _)| self.has(*mask)).map(|(_, name)| name)
    }

    /// Whether every flag of `mask` is set.
    #[must_use]
    pub fn has(self, mask: u16) -> bool {
        self.0 & mask == mask
    }
}

/// One packet as a row.
#[derive(Debug, Clone, PartialEq)]
pub struct PacketRecord {
    /// Number in the capture, from 1.
    pub number: u64,
    /// Byte offset of its record in its file's content.
    pub offset: u64,
    /// When.
    pub ts: Timestamp,
    /// Sender.
    pub src: IpAddr,
    /// Receiver.
    pub dst: IpAddr,
    /// Sender's port; for ICMP the type; `None` where the protocol has none.
    pub src_port: Option<u16>,
    /// Receiver's port; for ICMP the code.
    pub dst_port: Option<u16>,
    /// Protocol.
    pub proto: Proto,
    /// Original length on the wire, bytes.
    pub length: u32,
    /// Payload bytes above the transport header, from the headers.
    pub payload_len: u32,
    /// Shannon entropy of the captured payload, bits a byte, 0-8; `None` without payload.
    pub entropy: Option<f32>,
    /// Header bytes: network and transport.
    pub header_len: u16,
    /// TCP flags.
    pub flags: Option<TcpFlags>,
    /// TCP window, unscaled.
    pub window: Option<u16>,
    /// IP time to live or hop limit.
    pub ttl: Option<u8>,
    /// Nanoseconds since the previous packet of the same flow; `None` for its first.
    pub iat_ns: Option<u64>,
    /// What the detector says of it.
    pub verdict: Verdict,
    /// What a table says of it; `None` where it was measured in a capture.
    pub table: Option<Box<TableRow>>,
}

impl PacketRecord {
    /// The label that a table gives it.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.table.as_ref()?.label.as_deref()
    }

    /// Whether all of `wanted` was measured or stands in the table that the packet is from.
    #[must_use]
    pub fn knows(&self, wanted: Fields) -> bool {
        self.table.as_ref().is_none_or(|table| table.known.has(wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_named_flags() {
        for bits in 0..512 {
            let flags = TcpFlags(bits);
            let set = TcpFlags::NAMED.iter().enumerate().filter(|(_, (mask, _))| flags.has(*mask));
            assert!(flags.places().eq(set.map(|(place, _)| place)));
        }
    }
}
