//! Text as HTML.

use std::fmt::{self, Write as _};

use crate::report::printable;

/// A text that is shown as it is, in HTML's content and in attributes between double quotes: marks of HTML are references,
/// and what is unseen or turns the direction is written out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in printable(self.0).chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c if is_noncharacter(c) => write!(f, "{}", c.escape_unicode())?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Whether HTML forbids the character. **Source** Unicode, "noncharacters"; HTML Living Standard 13.2.3.5.
fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_markup() {
        let of = |text| Escaped(text).to_string();
        assert_eq!(of("<script>alert('a&b')</script>"), "&lt;script&gt;alert(&#39;a&amp;b&#39;)&lt;/script&gt;");
        assert_eq!(of("\" onload=\"x"), "&quot; onload=&quot;x");
        assert_eq!(of("evil\u{202e}gpj.exe\0\u{1b}[2J\r\n"), "evil\\u{202e}gpj.exe\\u{0}\\u{1b}[2J\\u{d}\\u{a}");
        assert_eq!(of("\u{fffe}\u{fdd0}\u{1ffff}"), "\\u{fffe}\\u{fdd0}\\u{1ffff}");
        assert_eq!(of("Größe 捕获"), "Größe 捕获");
    }
}
