//! What a file that is no capture is, by its first bytes, and what to do about it.

/// Bytes wanted before a file that is no capture is named: the magic of tar is the farthest.
pub(super) const WANTED_BYTES: usize = 512;

const CONVERT: &str = "convert it first (editcap -F pcapng IN OUT)";
const UNPACK: &str = "unpack it and give the capture inside";
const SOURCE: &str = "give the capture it was made from";
const COLUMNS: &str = "its columns are not known as those of flows or packets (README: What it reads); name them so, or give the \
                       capture it was made from";
const UNPACK_ONCE: &str = "unpack it once and give the result";

/// First bytes of well-known formats, what they are, and what helps.
const KNOWN: &[(&[u8], &str, &str)] = &[
    (b"\x89PNG", "a PNG image", ""),
    (b"\xff\xd8\xff", "a JPEG image", ""),
    (b"GIF8", "a GIF image", ""),
    (b"%PDF", "a PDF document", ""),
    (b"\x7fELF", "an ELF program", ""),
    (b"MZ", "a Windows program", ""),
    (b"\0asm", "a WebAssembly module", ""),
    (b"PK\x03\x04", "a zip archive", UNPACK),
    (b"PK\x05\x06", "an empty zip archive", ""),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (b"Rar!", "a RAR archive", UNPACK),
    (b"!<arch>\n", "an ar archive", UNPACK),
    // what is read is unpacked before it comes here, except at the third layer
    (b"\x1f\x8b", "gzip-compressed data", UNPACK_ONCE),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed data", UNPACK_ONCE),
    (b"\x04\x22\x4d\x18", "lz4-compressed data", UNPACK_ONCE),
    (b"\xfd7zXZ", "xz-compressed data", UNPACK_ONCE),
    (b"BZh", "bzip2-compressed data", "decompress it first (bunzip2)"),
    (b"\x1f\x9d", "compress-compressed data", "decompress it first (uncompress)"),
    (b"LZIP", "lzip-compressed data", "decompress it first (lzip -d)"),
    (b"GMBU", "a Microsoft Network Monitor capture", CONVERT),
    (b"RTSS", "a Microsoft Network Monitor 1 capture", CONVERT),
    (b"TRSNIFF data", "a Sniffer capture", CONVERT),
    (b"XCP\0", "a NetXRay capture", CONVERT),
    (b"\x7fver", "an EtherPeek capture", CONVERT),
    (b"\xa1\xb2\x34\xcd", "a capture in Mesquita's variant of pcap", CONVERT),
    (b"\xcd\x34\xb2\xa1", "a capture in Mesquita's variant of pcap", CONVERT),
    (b"\xa1\x2b\x3c\x4d", "a capture in Navtel's variant of pcap", CONVERT),
    (b"\x4d\x3c\x2b\xa1", "a capture in Navtel's variant of pcap", CONVERT),
    (b"ElfFile\0", "a Windows event log", ""),
    (b"SQLite format 3", "an SQLite database", ""),
    (b"#separator", "a Zeek log other than conn.log", SOURCE),
];

/// The magic of tar is inside its first header.
const TAR: (usize, &[u8]) = (257, b"ustar");

/// The file's kind in words, and advice (may be empty), by no more than [`WANTED_BYTES`]: how many are there is chance.
pub(super) fn name_of(first: &[u8]) -> (&'static str, &'static str) {
    let first = first.get(..WANTED_BYTES).unwrap_or(first);
    if let Some((_, name, advice)) = KNOWN.iter().find(|(magic, ..)| first.starts_with(magic)) {
        return (name, advice);
    }
    if first.get(TAR.0..).is_some_and(|rest| rest.starts_with(TAR.1)) {
        return ("a tar archive", UNPACK);
    }
    if first.iter().all(|&b| b == 0) {
        return ("zero bytes", "");
    }
    match first {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => ("UTF-16 text", ""),
        _ if first.iter().all(|&b| b >= 0x20 || matches!(b, b'\t' | b'\n' | b'\r')) => name_of_text(first),
        _ => ("binary data of an unknown format", ""),
    }
}

fn name_of_text(first: &[u8]) -> (&'static str, &'static str) {
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first).trim_ascii_start();
    let has = |word: &[u8]| text.windows(word.len()).any(|w| w == word);
    let line = text.split(|b| *b == b'\n').next().unwrap_or_default();
    match text.first() {
        Some(b'<') if text.get(..5).is_some_and(|t| t.eq_ignore_ascii_case(b"<?xml")) => ("an XML document", ""),
        Some(b'<') => ("an HTML document", "save the capture itself, not the page that links to it"),
        Some(b'{') if has(b"\"id.orig_h\"") || has(b"\"ts\":") && has(b"\"uid\":") => {
            ("a Zeek log in JSON other than conn.log", SOURCE)
        }
        Some(b'{') if has(b"\"event_type\"") => ("a Suricata event log", SOURCE),
        Some(b'{' | b'[') => ("JSON text", ""),
        // a hex dump: an offset and bytes
        Some(b'0') if line.starts_with(b"0000") => ("a hex dump", "make a capture of it first (text2pcap IN OUT)"),
        _ if is_header_of_csv(line, text) => ("a table in CSV", COLUMNS),
        _ => ("text", ""),
    }
}

/// Whether the first of several lines names columns: words with commas between, which prose follows by a space.
fn is_header_of_csv(line: &[u8], text: &[u8]) -> bool {
    let fields = line.split(|b| *b == b',');
    line.len() < text.len() && fields.clone().count() >= 3 && fields.skip(1).all(|field| field.first() != Some(&b' '))
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn bytes_beyond_those_wanted_change_no_name() {
        let mut bytes = vec![0; WANTED_BYTES];
        bytes.push(7);
        assert_eq!(name_of(&bytes).0, "zero bytes");
        assert_eq!(name_of(&[0, 7]).0, "binary data of an unknown format");
    }

    #[test]
    fn names_what_people_drop_by_mistake() {
        for (bytes, name) in [
            (b"\x89PNG\r\n".as_slice(), "a PNG image"),
            (b"<!DOCTYPE html>", "an HTML document"),
            (b"<?xml version", "an XML document"),
            (b"  {\"a\":1}", "JSON text"),
            (b"hello", "text"),
            (b"{\"ts\":1.5,\"uid\":\"C1\",\"id.orig_h\":\"10.0.0.1\"}", "a Zeek log in JSON other than conn.log"),
            (b"{\"timestamp\":\"x\",\"event_type\":\"flow\"}", "a Suricata event log"),
            (b"ts,uid,id.orig_h\n1,2,3\n", "a table in CSV"),
            (b"0000  01 02 03\n", "a hex dump"),
            (b"BZh91AY", "bzip2-compressed data"),
            (b"GMBU\0\0", "a Microsoft Network Monitor capture"),
            (b"\x01\x02\x03\x04", "binary data of an unknown format"),
            (b"\0\0\0\0", "zero bytes"),
        ] {
            assert_eq!(name_of(bytes).0, name);
        }
        let mut tar = vec![b'n'; 512];
        tar[257..262].copy_from_slice(b"ustar");
        tar[300] = 0;
        assert_eq!(name_of(&tar).0, "a tar archive");
    }
}
