//! Lines and words of text protocols.

use super::bytes::up_to;

/// Bytes of a line that are looked at.
pub(super) const LINE: usize = 1024;

/// Up to the first line feed, without it and the carriage return before it.
pub(super) fn first_line(bytes: &[u8]) -> &[u8] {
    let bytes = up_to(bytes, LINE);
    let end = bytes.iter().position(|b| *b == b'\n').unwrap_or(bytes.len());
    trimmed(up_to(bytes, end))
}

/// Without line ends and blanks at both ends.
pub(super) fn trimmed(bytes: &[u8]) -> &[u8] {
    bytes.trim_ascii()
}

/// The first word, and what follows it without the blanks between.
pub(super) fn split_word(line: &[u8]) -> (&[u8], &[u8]) {
    let end = line.iter().position(|b| *b == b' ' || *b == b'\t').unwrap_or(line.len());
    let (word, rest) = line.split_at_checked(end).unwrap_or((line, &[]));
    (trimmed(word), rest.trim_ascii())
}

/// The word of the table that this is, in any case.
pub(super) fn known(table: &[&'static str], word: &[u8]) -> Option<&'static str> {
    table.iter().copied().find(|known| known.as_bytes().eq_ignore_ascii_case(word))
}

/// Whether the text holds the part, in any case.
pub(super) fn contains(text: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && text.windows(part.len()).any(|w| w.eq_ignore_ascii_case(part))
}

/// Whether the text begins with the part, in any case.
pub(super) fn starts_with(text: &[u8], part: &[u8]) -> bool {
    text.get(..part.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(part))
}

/// The number that the text begins with, of at most nine digits.
pub(super) fn number(text: &[u8]) -> Option<u32> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let digits = text.get(..digits).filter(|d| (1..=9).contains(&d.len()))?;
    Some(digits.iter().fold(0, |n, d| n * 10 + u32::from(d - b'0')))
}

/// The code of a reply of three digits, as FTP and SMTP write it: `None` of other lines, and of those that are continued.
pub(super) fn reply_code(line: &[u8]) -> Option<u32> {
    let &[a, b, c, ref rest @ ..] = line else { return None };
    let is_last = rest.first().is_none_or(|mark| *mark == b' ' || *mark == b'\r' || *mark == b'\n');
    ([a, b, c].iter().all(u8::is_ascii_digit) && (b'1'..=b'6').contains(&a) && is_last)
        .then(|| number(&[a, b, c]))
        .flatten()
}

/// Value of a header line `Name: value`, in any case.
pub(super) fn header<'a>(message: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    headers(message).find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Names and values of the header lines up to the empty line, the first line left out.
pub(super) fn headers(message: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    const MAX_LINES: usize = 128;
    message.split(|b| *b == b'\n').skip(1).take(MAX_LINES).map(trimmed).take_while(|line| !line.is_empty()).filter_map(
        |line| {
            let colon = line.iter().position(|b| *b == b':')?;
            let (name, value) = line.split_at_checked(colon)?;
            Some((trimmed(name), trimmed(value.get(1..)?)))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_lines_and_words() {
        assert_eq!(first_line(b"USER a b\r\nPASS"), b"USER a b");
        assert_eq!(split_word(b"USER  a b"), (&b"USER"[..], &b"a b"[..]));
        assert_eq!(split_word(b"QUIT"), (&b"QUIT"[..], &b""[..]));
        assert_eq!((known(&["USER"], b"user"), known(&["USER"], b"us")), (Some("USER"), None));
        assert_eq!((number(b"12a"), number(b"a"), number(b"1234567890")), (Some(12), None, None));
    }

    #[test]
    fn reads_replies() {
        assert_eq!(
            (reply_code(b"530 no"), reply_code(b"530-no"), reply_code(b"530"), reply_code(b"5300")),
            (Some(530), None, Some(530), None)
        );
        assert_eq!((reply_code(b"730 x"), reply_code(b"ab")), (None, None));
    }

    #[test]
    fn finds_headers() {
        let message = b"GET\r\nHost: a\r\nX-y:  z \r\n\r\nHost: body\r\n";
        assert_eq!(
            (header(message, b"host"), header(message, b"x-Y"), header(message, b"z")),
            (Some(&b"a"[..]), Some(&b"z"[..]), None)
        );
        assert_eq!(headers(message).count(), 2);
    }
}
