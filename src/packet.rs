//! Frames to packets: addresses, ports, flags, lengths and the payload, borrowed from the frame.

mod link;
mod network;
mod transport;

use std::net::IpAddr;

use crate::capture::{Frame, Oddities};
use crate::report::{Proto, TcpFlags, Tunnel};
use crate::units::Timestamp;

/// TCP's own fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tcp {
    /// Flags.
    pub flags: TcpFlags,
    /// Sequence number.
    pub seq: u32,
    /// Acknowledgement number.
    pub ack: u32,
    /// Window, unscaled.
    pub window: u16,
}

/// One decoded packet.
#[derive(Debug, Clone, Copy)]
pub struct Packet<'a> {
    /// Number in the run, from 1.
    pub number: u64,
    /// When it was captured.
    pub ts: Timestamp,
    /// Original length on the wire, bytes.
    pub wire_len: u32,
    /// Sender.
    pub src: IpAddr,
    /// Receiver.
    pub dst: IpAddr,
    /// Sender's port; for ICMP the type; 0 where there is none.
    pub src_port: u16,
    /// Receiver's port; for ICMP the code, or the type of the answer to this type; 0 where there is none.
    pub dst_port: u16,
    /// Protocol above IP, or ARP.
    pub proto: Proto,
    /// Outermost VLAN.
    pub vlan: Option<u16>,
    /// Byte offset of its record in its file's content.
    pub offset: u64,
    /// The innermost tunnel it came through. Addresses and ports are those inside.
    pub tunnel: Option<Tunnel>,
    /// Bytes from the IP header on, by its length field; by the captured length where that is 0.
    pub ip_bytes: u32,
    /// Bytes of the network and transport headers.
    pub header_len: u16,
    /// IP time to live or hop limit.
    pub ttl: Option<u8>,
    /// TCP's fields.
    pub tcp: Option<Tcp>,
    /// Payload bytes above the transport header, by the length fields.
    pub payload_len: u32,
    /// The captured part of the payload.
    pub payload: &'a [u8],
}

impl Packet<'_> {
    /// Whether part of the payload was not captured.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        u32::try_from(self.payload.len()).is_ok_and(|n| n < self.payload_len)
    }
}

/// A frame that is not a packet of the analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undecoded {
    /// Its one bucket in the ledger.
    pub why: Why,
    /// What it is, as far as that is known: a protocol's name in lower case (`lldp`, `802.11 beacon`); empty else.
    pub what: &'static str,
    /// The number that names it where `what` names only its space: `("ethertype", 0x88b5)`.
    pub number: Option<u16>,
}

/// Why a frame is not a packet of the analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// No IP or ARP inside.
    NonIp,
    /// Headers that contradict themselves.
    Malformed,
    /// Headers cut by the snapshot length.
    Truncated,
    /// A link layer that is not decoded.
    UnsupportedLink,
}

/// Decodes frames. It remembers what single frames do not tell: the ports of IP fragments.
///
/// **Memory** bounded: at most 4,096 fragmented packets are remembered.
#[derive(Debug, Default)]
pub struct Decoder {}

impl Decoder {
    /// Decodes a frame.
    ///
    /// **Errors** the one bucket of the ledger that the frame belongs to; oddities of frames that can be used are
    /// counted in `odd`.
    pub fn decode<'a>(&mut self, frame: &Frame<'a>, odd: &mut Oddities) -> Result<Packet<'a>, Undecoded> {
        let is_cut = u64::from(frame.original_len) > crate::units::count(frame.data.len());
        let inner = link::strip(frame.link_type, frame.data).map_err(|e| e.blame(is_cut))?;
        let packet = match inner.kind {
            link::NetworkKind::Arp => network::arp(frame, &inner),
            link::NetworkKind::Ip => network::ip(frame, &inner, odd),
        };
        packet.map_err(|e| e.blame(is_cut))
    }
}

/// One layer of a frame.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Layer {
    /// Its protocol.
    pub name: &'static str,
    /// Where it begins in the frame, bytes.
    pub offset: u32,
    /// Bytes of its header.
    pub length: u32,
    /// Its fields in a line.
    pub summary: String,
}

/// The layers of a frame, outermost first.
#[must_use]
pub fn layers(frame: &Frame<'_>) -> Vec<Layer> {
    vec![Layer { name: "frame", offset: 0, length: frame.captured_len(), summary: frame.link_type.name() }]
}

/// Why a layer cannot be read, before the snapshot length is considered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LayerError {
    /// The bytes end too early.
    Short,
    /// The fields contradict themselves.
    Invalid,
    /// Something that is not analysed.
    NonIp,
    /// The link type is not known.
    Link,
}

impl LayerError {
    /// The bucket: missing bytes are the snapshot length's fault only where it cut this frame.
    fn blame(self, is_cut: bool) -> Undecoded {
        let why = match self {
            Self::Short if is_cut => Why::Truncated,
            Self::Short | Self::Invalid => Why::Malformed,
            Self::NonIp => Why::NonIp,
            Self::Link => Why::UnsupportedLink,
        };
        Undecoded { why, what: "", number: None }
    }
}
