//! What a file that is no capture is, by its first bytes, and what to do about it.

/// Bytes wanted before a file that is no capture is named: the magic of tar is the farthest.
pub(super) const WANTED_BYTES: usize = 512;

/// First bytes of well-known formats, what they are, and what helps.
const KNOWN: &[(&[u8], &str, &str)] = &[
    (b"\x89PNG", "a PNG image", ""),
    (b"\xff\xd8\xff", "a JPEG image", ""),
    (b"GIF8", "a GIF image", ""),
    (b"%PDF", "a PDF document", ""),
    (b"\x7fELF", "an ELF program", ""),
    (b"MZ", "a Windows program", ""),
    (b"\0asm", "a WebAssembly module", ""),
    (b"PK\x03\x04", "a zip archive", "unpack it and give the capture inside"),
    (b"PK\x05\x06", "an empty zip archive", ""),
    (b"BZh", "bzip2-compressed data", "decompress it first (bunzip2)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it and give the capture inside"),
    (b"Rar!", "a RAR archive", "unpack it and give the capture inside"),
    (b"GMBU", "a Microsoft Network Monitor capture", "convert it first (editcap -F pcapng IN OUT)"),
    (b"RTSS", "a Microsoft Network Monitor 1 capture", "convert it first (editcap -F pcapng IN OUT)"),
    (b"SQLite format 3", "an SQLite database", ""),
    (b"#separator", "a Zeek log", "give the capture it was made from"),
];

/// The file's kind in words, and advice (may be empty).
pub(super) fn name_of(first: &[u8]) -> (&'static str, &'static str) {
    if let Some((_, name, advice)) = KNOWN.iter().find(|(magic, ..)| first.starts_with(magic)) {
        return (name, advice);
    }
    if first.iter().all(|&b| b == 0) {
        return ("zero bytes", "");
    }
    if !first.iter().all(|&b| b >= 0x20 || matches!(b, b'\t' | b'\n' | b'\r')) {
        return ("binary data of an unknown format", "");
    }
    let text = first.trim_ascii_start();
    match text.first() {
        Some(b'<') if text.get(..5).is_some_and(|t| t.eq_ignore_ascii_case(b"<?xml")) => ("an XML document", ""),
        Some(b'<') => ("an HTML document", "save the capture itself, not the page that links to it"),
        Some(b'{' | b'[') => ("JSON text", ""),
        _ => ("text", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_people_drop_by_mistake() {
        for (bytes, name) in [
            (b"\x89PNG\r\n".as_slice(), "a PNG image"),
            (b"<!DOCTYPE html>", "an HTML document"),
            (b"<?xml version", "an XML document"),
            (b"  {\"a\":1}", "JSON text"),
            (b"hello", "text"),
            (b"\x01\x02\x03\x04", "binary data of an unknown format"),
            (b"\0\0\0\0", "zero bytes"),
        ] {
            assert_eq!(name_of(bytes).0, name);
        }
    }
}
