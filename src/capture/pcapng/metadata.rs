//! What a pcapng file says of itself: sections, comments and names, each up to a limit.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::options::Options;
use super::{Block, Pcapng};
use crate::report::{FileMetadata, HostName, Note};

/// Most characters of a text that are kept.
const MAX_CHARACTERS: usize = 256;

const COMMENT: u16 = 1;
const SECTION_HARDWARE: u16 = 2;
const SECTION_OS: u16 = 3;
const SECTION_APPLICATION: u16 = 4;

/// Where a section header's options begin.
const SECTION_OPTIONS: usize = 24;
/// Where a name block's records begin: they have the shape of options.
const NAME_RECORDS: usize = 8;
const NAME_IPV4: u16 = 1;
const NAME_IPV6: u16 = 2;

/// A text as it is there, up to its first zero byte: lossy UTF-8, cut.
pub(super) fn text(bytes: &[u8]) -> String {
    // four bytes are the most that a character takes; more are not worth decoding
    let bytes = bytes.split(|b| *b == 0).next().unwrap_or_default();
    let bytes = bytes.get(..MAX_CHARACTERS * 4).unwrap_or(bytes);
    String::from_utf8_lossy(bytes).chars().take(MAX_CHARACTERS).collect()
}

impl Pcapng {
    fn options<'a>(&self, block: &Block<'a>, at: usize) -> Options<'a> {
        let end = block.bytes.len().saturating_sub(4);
        Options::new(block.bytes.get(at..end).unwrap_or_default(), self.big_endian)
    }

    /// Keeps the comments among a block's options, which begin at `at`; the first one is returned.
    pub(super) fn note_comments<'a>(&mut self, block: &Block<'a>, at: usize, packet: Option<u64>) -> Option<&'a [u8]> {
        let mut first = None;
        for (_, value) in self.options(block, at).filter(|(code, _)| *code == COMMENT) {
            first = first.or(Some(value));
            self.metadata.comment_count += 1;
            if self.metadata.comments.len() < FileMetadata::MAX_COMMENTS {
                self.metadata.comments.push(Note { packet, text: text(value) });
            }
        }
        first
    }

    /// Keeps what a section says of its writer. Of several sections the first that says it counts.
    pub(super) fn describe_section(&mut self, block: &Block<'_>) {
        for (code, value) in self.options(block, SECTION_OPTIONS) {
            let field = match code {
                SECTION_HARDWARE => &mut self.metadata.hardware,
                SECTION_OS => &mut self.metadata.os,
                SECTION_APPLICATION => &mut self.metadata.application,
                _ => continue,
            };
            field.get_or_insert_with(|| text(value));
        }
        self.note_comments(block, SECTION_OPTIONS, None);
    }

    /// Keeps the names of a name resolution block.
    pub(super) fn read_names(&mut self, block: &Block<'_>) {
        for (kind, value) in self.options(block, NAME_RECORDS) {
            let split = match kind {
                NAME_IPV4 => value.split_first_chunk::<4>().map(|(a, names)| (IpAddr::V4(Ipv4Addr::from(*a)), names)),
                NAME_IPV6 => value.split_first_chunk::<16>().map(|(a, names)| (IpAddr::V6(Ipv6Addr::from(*a)), names)),
                _ => None,
            };
            let Some((address, names)) = split else { continue };
            for name in names.split(|b| *b == 0).filter(|name| !name.is_empty()) {
                self.metadata.name_count += 1;
                if self.metadata.names.len() < FileMetadata::MAX_NAMES {
                    self.metadata.names.push(HostName { address, name: text(name) });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_lossy_and_cut() {
        assert_eq!(text(b"eth0"), "eth0");
        assert_eq!(text(b"eth0\0\0"), "eth0");
        assert_eq!(text(b"\xff\xfe"), "\u{fffd}\u{fffd}");
        assert_eq!(text("ü".repeat(5_000).as_bytes()).chars().count(), MAX_CHARACTERS);
    }
}
