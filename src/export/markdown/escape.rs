//! Text as Markdown.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use crate::report::printable;

/// A text that is shown as it is wherever Markdown takes prose, in tables too: it marks nothing up, is no HTML, no list and
/// no heading, and its addresses do not become links.
#[derive(Debug, Clone, Copy)]
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = printable(self.0);
        let (mut before, mut only_digits) = (None, true);
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let is_mark = match c {
                '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '#' | '$' | '!' => true,
                // A list or a rule, where it begins the text.
                '+' | '-' | '=' => before.is_none(),
                '.' | ')' if only_digits && before.is_some() => chars.peek().is_none_or(|next| *next == ' '),
                // What GitHub makes links of: `www.` and `https://`.
                '.' => matches!(before, Some('w' | 'W')),
                '/' => before == Some(':'),
                _ => false,
            };
            if is_mark {
                f.write_char('\\')?;
            }
            f.write_char(c)?;
            only_digits &= c.is_ascii_digit();
            before = Some(c);
        }
        Ok(())
    }
}

/// A text as code.
#[derive(Debug, Clone)]
pub(super) struct CodeSpan<'a>(Cow<'a, str>);

impl<'a> CodeSpan<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self(printable(text))
    }

    /// In a table, where a bar would end the cell even in code.
    pub(super) fn in_table(text: &'a str) -> Self {
        let text = printable(text);
        Self(if text.contains('|') { Cow::Owned(text.replace('|', "\\|")) } else { text })
    }
}

impl fmt::Display for CodeSpan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = &self.0;
        if text.trim().is_empty() {
            return Ok(());
        }
        // The fence is longer than any run of backticks inside.
        let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest + 1);
        let space = if longest > 0 { " " } else { "" };
        write!(f, "{fence}{space}{text}{space}{fence}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_marks_nothing_up() {
        let of = |text| Escaped(text).to_string();
        assert_eq!(of("a|b `c` <img src=x> &amp; [d](e)"), "a\\|b \\`c\\` \\<img src=x\\> \\&amp; \\[d\\](e)");
        assert_eq!(of("https://evil.example www.evil.example"), "https:\\//evil.example www\\.evil.example");
        assert_eq!(
            (of("- x"), of("1. x"), of("# x"), of("+1")),
            ("\\- x".into(), "1\\. x".into(), "\\# x".into(), "\\+1".into())
        );
        assert_eq!(of("10.0.0.1 -> b-c"), "10.0.0.1 -\\> b-c");
        assert_eq!(of("a\nb\u{202e}"), "a\\\\u{a}b\\\\u{202e}");
    }

    #[test]
    fn code_ends_where_it_should() {
        assert_eq!(CodeSpan::of("ip.addr == 10.0.0.1 || tcp").to_string(), "`ip.addr == 10.0.0.1 || tcp`");
        assert_eq!(CodeSpan::in_table("a|b").to_string(), "`a\\|b`");
        assert_eq!(CodeSpan::of("a`b``c").to_string(), "``` a`b``c ```");
        assert_eq!(CodeSpan::of("").to_string(), "");
        assert_eq!(CodeSpan::of("a\nb").to_string(), "`a\\u{a}b`");
    }
}
