//! What a capture file says of itself, and how its records are found again.

use std::net::IpAddr;

use serde::Serialize;

/// What a capture file says of itself, as it says it: nothing here is resolved or checked. Texts are cut at 256
/// characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FileMetadata {
    /// Sections (pcapng); 0 for other formats.
    pub sections: u64,
    /// Hardware of the capturing machine: of several sections' words the first, as for the next two.
    pub hardware: Option<String>,
    /// Its operating system.
    pub os: Option<String>,
    /// The program that wrote the file.
    pub application: Option<String>,
    /// Interfaces of all sections, at most 64; other formats have one.
    pub interfaces: Vec<InterfaceInfo>,
    /// How many interfaces there are in all.
    pub interface_count: u64,
    /// Comments on sections, interfaces and packets, at most 100.
    pub comments: Vec<Note>,
    /// How many comments there are in all.
    pub comment_count: u64,
    /// Host names that the capture carries, at most 1,000.
    pub names: Vec<HostName>,
    /// How many names there are in all.
    pub name_count: u64,
    /// Blocks of decryption secrets; their content is never shown or exported.
    pub secrets: u64,
}

impl FileMetadata {
    /// Most interfaces of a section that are told apart.
    pub const MAX_INTERFACES: usize = 65_536;
    /// Most interfaces that are described.
    pub const MAX_DESCRIBED: usize = 64;
    /// Most comments that are kept.
    pub const MAX_COMMENTS: usize = 100;
    /// Most names that are kept.
    pub const MAX_NAMES: usize = 1_000;
}

/// One capturing interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InterfaceInfo {
    /// Its name.
    pub name: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Link type, the number of the tcpdump registry.
    pub link_type: u32,
    /// Snapshot length; 0 = no limit.
    pub snaplen: u32,
    /// Packets read from it.
    pub packets: u64,
    /// Packets it says it dropped; `None` where it says nothing.
    pub dropped: Option<u64>,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The packet it is about; `None` for a section or interface.
    pub packet: Option<u64>,
    /// Its text.
    pub text: String,
}

/// A name that the capture gives an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HostName {
    /// The address.
    pub address: IpAddr,
    /// The name.
    pub name: String,
}

/// A range of bytes of a file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Span {
    /// First byte.
    pub start: u64,
    /// Byte after the last.
    pub end: u64,
}

/// How the records of a file are found again without reading all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileIndex {
    /// Where the file, section and interface headers are, in order; consecutive ones are one span. To read a record,
    /// push those that begin before it and jump.
    pub headers: Vec<Span>,
    /// Number of its first packet.
    pub first_packet: u64,
    /// Number of the packet after its last.
    pub end_packet: u64,
    /// Whether reading may begin at any record. Not where the content is compressed, where damage was skipped, where
    /// records take their time from the one before or are the only mark of the format (ERF), and where there are more than
    /// 4,096 spans of headers.
    pub is_seekable: bool,
}
