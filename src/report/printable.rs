//! Text from outside, made safe to show.

use std::borrow::Cow;

/// Whether a terminal, a log or a reader's eye can be led astray by the character: C0 and C1 controls, DEL, line and
/// paragraph separators, and what changes the direction or joins of text without being seen.
fn is_unsafe(c: char) -> bool {
    matches!(c, '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether all is printable ASCII, as nearly all text is.
pub(crate) fn is_plain(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// The text with every control and every invisible or direction-changing character written as `\u{..}`.
///
/// Everything that comes from a capture, a file name or an operating system's message goes through here before it is
/// printed, on a terminal or not.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if is_plain(text.as_bytes()) || !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().fold(String::with_capacity(text.len() + 16), |mut out, c| {
        if is_unsafe(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
        out
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_could_drive_a_terminal() {
        assert_eq!(printable("\x1b]0;owned\x07"), "\\u{1b}]0;owned\\u{7}");
        assert_eq!(printable("a\u{9b}31m\r\nb\t"), "a\\u{9b}31m\\u{d}\\u{a}b\\u{9}");
        assert_eq!(printable("evil\u{202e}gpj.exe"), "evil\\u{202e}gpj.exe");
    }

    #[test]
    fn leaves_letters_of_all_scripts_alone() {
        for name in ["capture 1.pcap", "Größe.pcap", "捕获.pcapng", "отчёт"] {
            assert!(matches!(printable(name), Cow::Borrowed(_)));
        }
    }
}
