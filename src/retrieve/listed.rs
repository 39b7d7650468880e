//! A packet as a list shows it.

use std::net::IpAddr;

use serde::Serialize;

use crate::capture::Frame;
use crate::packet::{self, Layer, Packet};
use crate::report::Proto;
use crate::units::Timestamp;

/// Characters kept of a comment.
const COMMENT_CHARACTERS: usize = 256;

/// One packet of the rows.
#[derive(Debug, Clone, Serialize)]
pub struct ListedPacket {
    /// Number in the run, from 1.
    pub number: u64,
    /// When it was captured.
    pub ts: Timestamp,
    /// Its file, by its place in the report.
    pub file: usize,
    /// Byte offset of its record in its file's content.
    pub offset: u64,
    /// Captured length, bytes.
    pub captured_len: u32,
    /// Length on the wire, bytes.
    pub original_len: u32,
    /// The capturing interface of the file, from 0.
    pub interface: u32,
    /// Link type, the number of the tcpdump registry.
    pub link_type: u32,
    /// The capture's comment on it, cut at 256 characters. As it is there: make it safe before it is shown.
    pub comment: Option<String>,
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
    /// Its layers, outermost first.
    pub layers: Vec<Layer>,
    /// Its first bytes.
    pub preview: Vec<u8>,
}

impl ListedPacket {
    pub(super) fn new(frame: &Frame<'_>, packet: &Packet<'_>, file: usize, preview_bytes: usize) -> Self {
        let has_ports = packet.proto.has_ports() || packet.proto.is_icmp();
        let comment = |bytes: &[u8]| String::from_utf8_lossy(bytes).chars().take(COMMENT_CHARACTERS).collect();
        Self {
            number: frame.number,
            ts: frame.ts,
            file,
            offset: frame.offset,
            captured_len: frame.captured_len(),
            original_len: frame.original_len,
            interface: frame.interface,
            link_type: u32::from(frame.link_type.0),
            comment: frame.comment.map(comment),
            src: packet.src,
            dst: packet.dst,
            src_port: has_ports.then_some(packet.src_port),
            dst_port: has_ports.then_some(packet.dst_port),
            proto: packet.proto,
            layers: packet::layers(frame),
            preview: frame.data.get(..preview_bytes).unwrap_or(frame.data).to_vec(),
        }
    }
}
