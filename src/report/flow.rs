//! One bidirectional flow and the mergeable measurements it is made of.

use std::net::IpAddr;

use serde::Serialize;

use super::sparse::{Blank, Sparse};
use super::{Application, Context, Fields, KnownBy, Measures, Moments, Proto, SizeMoments, Stream, TableRow, Verdict};
use crate::units::Timestamp;

/// One direction of a flow.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Direction {
    /// Packets.
    pub packets: u64,
    /// Original bytes on the wire, link layer included.
    pub wire_bytes: u64,
    /// Bytes from the IP header on, from the IP length fields.
    pub ip_bytes: u64,
    /// Payload bytes above the transport header, from the headers.
    pub payload_bytes: u64,
    /// Payload bytes per packet.
    pub payload: SizeMoments,
    /// Nanoseconds between packets of this direction.
    pub iat: Moments,
    /// First packet.
    pub first_ts: Option<Timestamp>,
    /// Last packet.
    pub last_ts: Option<Timestamp>,
    /// Packets with a wrong checksum above IP.
    pub bad_checksums: u32,
    /// Packets with FIN, SYN, RST, PSH, ACK, URG, ECE, CWR in that order.
    pub flags: [u32; 8],
    /// TCP window of the first packet, unscaled.
    pub first_window: Option<u16>,
    /// Shannon entropy of the captured payload, of its first `content_bytes`, bits a byte, 0-8; `None` without payload.
    pub entropy: Option<f64>,
    /// Packets whose payload the snapshot length cut.
    pub cut_packets: u64,
}

impl Blank for Direction {
    const BLANK: &'static Self = &Self {
        packets: 0,
        wire_bytes: 0,
        ip_bytes: 0,
        payload_bytes: 0,
        payload: SizeMoments::NONE,
        iat: Moments::NONE,
        first_ts: None,
        last_ts: None,
        bad_checksums: 0,
        flags: [0; 8],
        first_window: None,
        entropy: None,
        cut_packets: 0,
    };
}

/// Why a flow ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// No packet for longer than the idle timeout while the capture went on.
    Idle,
    /// Longer than the active timeout.
    Active,
    /// Both sides sent FIN.
    Fin,
    /// One side sent RST.
    Rst,
    /// It ended, by whatever, and the flow that its next packet would have begun did not fit into the table.
    TableFull,
    /// The capture ended.
    EndOfCapture,
}

impl EndReason {
    /// Its word in exports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Active => "active",
            Self::Fin => "fin",
            Self::Rst => "rst",
            Self::TableFull => "table_full",
            Self::EndOfCapture => "end_of_capture",
        }
    }
}

/// What carries a packet inside another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TunnelKind {
    /// IP in IP: protocols 4 and 41.
    IpInIp,
    /// Generic routing encapsulation, ERSPAN and PPTP included.
    Gre,
    /// NVGRE: Ethernet in GRE with a virtual subnet.
    Nvgre,
    /// VXLAN, UDP port 4789 or 8472.
    Vxlan,
    /// Geneve, UDP port 6081.
    Geneve,
    /// GTP-U, UDP port 2152.
    Gtp,
    /// Teredo, UDP port 3544.
    Teredo,
    /// Ethernet in IP: protocol 97.
    EtherIp,
    /// MPLS in IP: protocol 137.
    Mpls,
    /// MPLS in UDP, port 6635.
    MplsUdp,
    /// L2TP version 2, UDP port 1701.
    L2tp,
}

impl TunnelKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::IpInIp,
        Self::Gre,
        Self::Nvgre,
        Self::Vxlan,
        Self::Geneve,
        Self::Gtp,
        Self::Teredo,
        Self::EtherIp,
        Self::Mpls,
        Self::MplsUdp,
        Self::L2tp,
    ];

    /// Its name in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::IpInIp => "ipip",
            Self::Gre => "gre",
            Self::Nvgre => "nvgre",
            Self::Vxlan => "vxlan",
            Self::Geneve => "geneve",
            Self::Gtp => "gtp",
            Self::Teredo => "teredo",
            Self::EtherIp => "etherip",
            Self::Mpls => "mpls",
            Self::MplsUdp => "mpls-udp",
            Self::L2tp => "l2tp",
        }
    }
}

/// The tunnel a packet came through: addresses are the tunnel's ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tunnel {
    /// Kind of the innermost tunnel.
    pub kind: TunnelKind,
    /// Number of tunnels around the packet, from 1.
    pub depth: u8,
    /// VXLAN or Geneve VNI, NVGRE subnet, GRE key, ERSPAN session, GTP TEID, L2TP tunnel and session; `None` where there is none.
    pub id: Option<u32>,
    /// Sender of the packet that carries it.
    pub src: IpAddr,
    /// Its receiver.
    pub dst: IpAddr,
}

/// One bidirectional flow. The originator sent the first packet, unless that was a SYN ACK: then it answers the originator.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowRecord {
    /// Unique and reproducible: `C` and base 62 of a hash of the flow's key and first packet.
    pub uid: u64,
    /// First packet.
    pub first_ts: Timestamp,
    /// Latest packet.
    pub last_ts: Timestamp,
    /// Number of the first packet in the capture, from 1.
    pub first_packet: u64,
    /// Number of the last packet added.
    pub last_packet: u64,
    /// Byte offset of the first packet's record in its file's content.
    pub first_offset: u64,
    /// Byte offset of the record of the last packet added, in its own file's content.
    pub last_offset: u64,
    /// Originator's address.
    pub orig_addr: IpAddr,
    /// Responder's address.
    pub resp_addr: IpAddr,
    /// Originator's port; for ICMP the type; 0 where the protocol has none.
    pub orig_port: u16,
    /// Responder's port; for ICMP the code, or the type of the answer; 0 where the protocol has none.
    pub resp_port: u16,
    /// Protocol.
    pub proto: Proto,
    /// Outermost VLAN.
    pub vlan: Option<u16>,
    /// The innermost tunnel its first packet came through.
    pub tunnel: Option<Box<Tunnel>>,
    /// Innermost application protocol by what the payload says, Zeek's name; ICMP's and IPsec's by their number, of a table
    /// the table's; `None` where nothing was recognised.
    pub service: Option<&'static str>,
    /// What was recognised in the payload, with its records; or a guess.
    pub application: Option<Box<Application>>,
    /// Originator to responder.
    pub orig: Direction,
    /// Responder to originator.
    pub resp: Sparse<Direction>,
    /// What the sequence numbers tell; nothing where the flow is not TCP.
    pub stream: Sparse<Stream>,
    /// Nanoseconds between packets of either direction.
    pub iat: Moments,
    /// What its packets measure beyond these counts.
    pub measures: Measures,
    /// Zeek's connection state; `None` for protocols that have none.
    pub conn_state: Option<&'static str>,
    /// Zeek's history letters.
    pub history: String,
    /// Why it ended.
    pub end: EndReason,
    /// What the flows around it look like.
    pub context: Context,
    /// What the detector says of it.
    pub verdict: Verdict,
    /// What a table says of it; `None` where it was measured in a capture.
    pub table: Option<Box<TableRow>>,
}

impl FlowRecord {
    /// Whether all of `wanted` was measured or stands in the table that the flow is from.
    #[must_use]
    pub fn knows(&self, wanted: Fields) -> bool {
        self.table.as_ref().is_none_or(|table| table.known.has(wanted))
    }

    /// Nanoseconds from first to last packet.
    #[must_use]
    pub fn duration_ns(&self) -> u64 {
        self.last_ts.since(self.first_ts)
    }

    /// Packets of both directions.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.orig.packets + self.resp.packets
    }

    /// Original bytes of both directions.
    #[must_use]
    pub fn wire_bytes(&self) -> u64 {
        self.orig.wire_bytes + self.resp.wire_bytes
    }

    /// What the flow is called: by the table that it is from where that has a name for it, else by its uid.
    #[must_use]
    pub fn id_text(&self) -> String {
        let own = self.table.as_ref().and_then(|table| table.id.as_deref());
        own.map_or_else(|| self.uid_text(), str::to_owned)
    }

    /// The label that a table gives it.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.table.as_ref()?.label.as_deref()
    }

    /// What the flow is taken for where no payload says it: by a model, or by its port.
    #[must_use]
    pub fn guess(&self) -> Option<&Application> {
        self.application.as_deref().filter(|application| application.is_guess())
    }

    /// How the one service is known that no payload told.
    #[must_use]
    pub fn known_without_payload(&self) -> Option<KnownBy> {
        self.service.filter(|_| self.application.is_none())?;
        Some(if self.table.is_some() { KnownBy::Table } else { KnownBy::Header })
    }

    /// How surely the services are known, or the guess is right; `None` where there are none, and of a table's.
    ///
    /// **Range** 0-1.
    #[must_use]
    pub fn service_confidence(&self) -> Option<f32> {
        match self.application.as_deref() {
            Some(application) => Some(application.confidence()),
            None => (self.known_without_payload()? == KnownBy::Header).then_some(1.0),
        }
    }

    /// The uid as Zeek prints one: `C` and eleven characters.
    #[must_use]
    pub fn uid_text(&self) -> String {
        const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let mut text = String::from("C");
        let mut rest = self.uid;
        for _ in 0..11 {
            let digit = usize::try_from(rest % 62).ok().and_then(|d| DIGITS.get(d));
            text.push(char::from(*digit.unwrap_or(&b'0')));
            rest /= 62;
        }
        text
    }
}
