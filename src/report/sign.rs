//! What headers show that honest ones hardly do, by who sent it.

use std::fmt;
use std::net::IpAddr;

use serde::{Serialize, Serializer};

use crate::units::Timestamp;

/// What a frame's headers show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// An IPv6 routing header of type 0, by which a packet goes back and forth (deprecated by RFC 5095).
    RoutingType0,
    /// An IPv6 fragment header on a packet that is whole (RFC 6946).
    AtomicFragment,
    /// IPv6 hop-by-hop options that are not the first header (RFC 8200, 4.1).
    LateHopByHop,
    /// An IPv6 extension header that comes again; destination options may come twice (RFC 8200, 4.1).
    RepeatedHeader,
    /// More than five IPv6 extension headers: no more kinds may follow each other in a packet of today.
    ManyHeaders,
    /// Neighbour discovery behind a fragment header or destination options, where filters do not look (RFC 6980, 7113).
    HiddenDiscovery,
    /// A data frame encrypted by WEP (IEEE 802.11-1999, 8.2), not passed on by an access point.
    WepData,
}

impl Sign {
    /// What it is, for a sentence.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::RoutingType0 => "routing headers of type 0",
            Self::AtomicFragment => "fragment headers on whole packets",
            Self::LateHopByHop => "hop-by-hop options behind other headers",
            Self::RepeatedHeader => "the same header twice",
            Self::ManyHeaders => "more than five extension headers",
            Self::HiddenDiscovery => "neighbour discovery behind extension headers",
            Self::WepData => "data frames encrypted by WEP",
        }
    }
}

/// Who sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sender {
    /// An IP address.
    Host(IpAddr),
    /// The transmitter address of an 802.11 frame.
    Station([u8; 6]),
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(address) => address.fmt(f),
            Self::Station([a, b, c, d, e, g]) => write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}"),
        }
    }
}

impl Serialize for Sender {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Frames of one sender that show a sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignCount {
    /// What they show.
    pub sign: Sign,
    /// Who sent them.
    pub sender: Sender,
    /// Their one length on the wire, bytes, where lengths are told apart.
    pub length: Option<u32>,
    /// How many.
    pub packets: u64,
    /// The first, ns.
    pub first_ts: Timestamp,
    /// The last, ns.
    pub last_ts: Timestamp,
}
