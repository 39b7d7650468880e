//! The directives of Zeek's logs in TSV.

use super::split::Cells;

/// The separator that a `#separator` line names, as itself or as `\x09`; `None` for another line.
pub(super) fn separator(line: &[u8]) -> Option<u8> {
    let named = line.strip_prefix(b"#separator ")?;
    let hexadecimal = named.strip_prefix(b"\\x").and_then(|hex| std::str::from_utf8(hex).ok());
    let byte = hexadecimal.and_then(|hex| u8::from_str_radix(hex.trim(), 16).ok());
    Some(byte.or(named.first().copied()).unwrap_or(b'\t'))
}

/// The names of a `#fields` line; `None` for another line.
pub(super) fn fields(line: &[u8], separator: u8) -> Option<Cells> {
    let names = line.strip_prefix(b"#fields")?;
    let mut cells = Cells::default();
    names.split(|b| *b == separator).skip(1).for_each(|name| cells.push(name));
    Some(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_read() {
        assert_eq!(separator(b"#separator \\x09"), Some(b'\t'));
        assert_eq!(separator(b"#separator ,"), Some(b','));
        assert_eq!((separator(b"#separator "), separator(b"#path\tconn")), (Some(b'\t'), None));
        let cells = fields(b"#fields\tts\tid.orig_h", b'\t').unwrap_or_default();
        assert_eq!((cells.len(), cells.text(1)), (2, Some("id.orig_h")));
        assert!(fields(b"#types\ttime", b'\t').is_none());
    }
}
