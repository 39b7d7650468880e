//! The filter's text, read from left to right.

use super::FilterError;

/// A place in the text. Positions are counted in characters.
#[derive(Debug)]
pub(super) struct Scanner {
    chars: Vec<char>,
    at: usize,
}

/// What ends a word beside white space.
const DELIMITERS: &str = "(){},\"<>=!~&|";

impl Scanner {
    pub(super) fn new(text: &str) -> Self {
        Self { chars: text.chars().collect(), at: 0 }
    }

    /// The place of the next character that is not white space.
    pub(super) fn position(&mut self) -> usize {
        while self.chars.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        self.at
    }

    /// Goes back to a place read before.
    pub(super) fn rewind(&mut self, position: usize) {
        self.at = position;
    }

    pub(super) fn is_at_end(&mut self) -> bool {
        self.position() >= self.chars.len()
    }

    /// Whether the text goes on with this symbol.
    pub(super) fn sees(&mut self, symbol: &str) -> bool {
        let at = self.position();
        symbol.chars().enumerate().all(|(i, c)| self.chars.get(at + i) == Some(&c))
    }

    /// Steps over the symbol if it is next.
    pub(super) fn takes(&mut self, symbol: &str) -> bool {
        let is_next = self.sees(symbol);
        if is_next {
            self.at += symbol.chars().count();
        }
        is_next
    }

    /// The next word without stepping over it; empty where none begins.
    pub(super) fn peek(&mut self) -> String {
        let at = self.position();
        let is_part = |c: &&char| !c.is_whitespace() && !DELIMITERS.contains(**c);
        self.chars.iter().skip(at).take_while(is_part).collect()
    }

    /// The next word; empty where none begins.
    pub(super) fn word(&mut self) -> String {
        let word = self.peek();
        self.at += word.chars().count();
        word
    }

    /// The first `n` characters of what comes.
    pub(super) fn skip(&mut self, n: usize) {
        self.at = self.at.saturating_add(n).min(self.chars.len());
    }

    /// Steps over the word if it is next, in any case.
    pub(super) fn takes_word(&mut self, word: &str) -> bool {
        let is_next = self.peek().eq_ignore_ascii_case(word);
        if is_next {
            self.word();
        }
        is_next
    }

    /// The text between quotation marks, if one begins here; `\` takes the character after it as it is.
    ///
    /// **Errors** where the second quotation mark is missing.
    pub(super) fn quoted(&mut self) -> Result<Option<String>, FilterError> {
        let start = self.position();
        if !self.takes("\"") {
            return Ok(None);
        }
        let mut text = String::new();
        while let Some(&c) = self.chars.get(self.at) {
            self.at += 1;
            match c {
                '"' => return Ok(Some(text)),
                '\\' => {
                    text.extend(self.chars.get(self.at));
                    self.at += 1;
                }
                c => text.push(c),
            }
        }
        Err(FilterError::new(start, "expected a second quotation mark after this one"))
    }

    /// What comes next, for messages.
    pub(super) fn shown(&mut self) -> String {
        let word = self.peek();
        match (word.is_empty(), self.chars.get(self.at)) {
            (false, _) => format!("`{}`", word.chars().take(40).collect::<String>()),
            (true, Some(c)) => format!("`{c}`"),
            (true, None) => "the end".to_owned(),
        }
    }
}
