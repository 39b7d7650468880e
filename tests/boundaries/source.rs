//! Just enough reading of Rust and TypeScript to tell what a file uses.

use std::collections::BTreeSet;

/// A Rust file without its unit tests, which stand at its foot: from the first `#[cfg(test)]` or `#[cfg(all(test, ..))]`
/// at the beginning of a line whose item is a module with a body.
pub fn production_part(text: &str) -> &str {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let is_test = line.starts_with("#[cfg(") && mentions(line, "test");
        let item = text[at..].lines().find(|line| !line.starts_with("#["));
        if is_test && item.is_some_and(|item| item.starts_with("mod ") && item.ends_with('{')) {
            return &text[..at];
        }
        at += line.len();
    }
    text
}

/// The text with its comments blanked, and its strings too unless they are kept.
pub fn code_of(text: &str, keep_strings: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (length, is_string) = token(rest, out.chars().next_back(), keep_strings);
        match is_string {
            None => out.push(c),
            Some(true) if keep_strings => out.push_str(&rest[..length]),
            Some(_) => out.push(' '),
        }
        rest = &rest[length..];
    }
    out
}

/// Length of the comment (`Some(false)`), string (`Some(true)`) or other character (`None`) the text begins with.
fn token(text: &str, before: Option<char>, is_script: bool) -> (usize, Option<bool>) {
    let until = |end: &str, from: usize| text[from..].find(end).map_or(text.len(), |at| from + at + end.len());
    let first = text.chars().next().map_or(0, char::len_utf8);
    let begins_word = !before.is_some_and(is_word);
    if text.starts_with("//") {
        return (text.find('\n').unwrap_or(text.len()), Some(false));
    }
    if text.starts_with("/*") {
        return (until("*/", 2), Some(false));
    }
    if !is_script && begins_word && text.starts_with('r') {
        let hashes = text[1..].chars().take_while(|c| *c == '#').count();
        if text[1 + hashes..].starts_with('"') {
            return (until(&format!("\"{}", "#".repeat(hashes)), 2 + hashes), Some(true));
        }
    }
    match text.chars().next() {
        Some('"') => (quoted(text, '"'), Some(true)),
        Some(quote @ ('\'' | '`')) if is_script => (quoted(text, quote), Some(true)),
        Some('\'') if is_char_literal(text) => (quoted(text, '\''), Some(true)),
        _ => (first, None),
    }
}

/// Length of the quoted text at the beginning, its backslash escapes skipped.
fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// `'a'` and `'\n'`, but not the lifetime `'a`.
fn is_char_literal(text: &str) -> bool {
    let mut after = text.chars().skip(1);
    match after.next() {
        Some('\\') => true,
        Some(_) => after.next() == Some('\''),
        None => false,
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether the code has the word, whole; a path such as `std::fs` is found in `std::{io, fs}` too.
pub fn mentions(code: &str, word: &str) -> bool {
    if let Some((head, tail)) = word.split_once("::") {
        return paths_after(code, head).iter().any(|path| path.first().is_some_and(|first| first == tail));
    }
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        let goes_on = word.chars().next_back().is_some_and(is_word) && after.is_some_and(is_word);
        !(before.is_some_and(is_word) || goes_on)
    })
}

/// Every path that follows `head::` in the code, groups spread out: `a::{b::c, d}` gives `[b, c]` and `[d]`.
fn paths_after(code: &str, head: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    for (at, _) in code.match_indices(head) {
        let rest = code[at + head.len()..].trim_start();
        let before = code[..at].trim_end();
        if code[..at].chars().next_back().is_some_and(is_word) || before.ends_with("::") {
            continue;
        }
        if let Some(tree) = rest.strip_prefix("::") {
            use_tree(tree, &mut Vec::new(), &mut paths);
        }
    }
    paths
}

/// Reads one use tree, adds its paths and returns what follows it.
fn use_tree<'a>(text: &'a str, prefix: &mut Vec<String>, paths: &mut Vec<Vec<String>>) -> &'a str {
    let text = text.trim_start();
    if let Some(group) = text.strip_prefix('{') {
        let mut rest = group.trim_start();
        while !rest.starts_with('}') {
            rest = use_tree(rest, prefix, paths).trim_start();
            match rest.strip_prefix(',') {
                Some(next) => rest = next.trim_start(),
                None => break,
            }
        }
        return rest.strip_prefix('}').unwrap_or(rest);
    }
    let (name, rest) = text.split_at(text.find(|c| !is_word(c)).unwrap_or(text.len()));
    prefix.push(name.to_owned());
    let rest = match rest.trim_start().strip_prefix("::") {
        Some(deeper) => use_tree(deeper, prefix, paths),
        None => {
            paths.push(prefix.clone());
            rest.strip_prefix('*').unwrap_or(rest)
        }
    };
    prefix.pop();
    // `as name` belongs to the path before it.
    match rest.trim_start().strip_prefix("as ") {
        Some(renamed) => renamed.trim_start().trim_start_matches(is_word),
        None => rest,
    }
}

/// The crate's top-level modules that the code of `module` names by `crate::` or `super::`.
///
/// What the crate's root re-exports counts as its module: `root` is the code of `src/lib.rs`.
pub fn top_modules(code: &str, module: &[&str], root: &str) -> BTreeSet<String> {
    let mut names: Vec<Vec<String>> = paths_after(code, "crate");
    for path in paths_after(code, "super") {
        // One `super` is the keyword itself; each further one stands in the path.
        let ups = 1 + path.iter().take_while(|part| *part == "super").count();
        if ups >= module.len() {
            names.push(path.iter().skip(ups - 1).cloned().collect());
        }
    }
    names.iter().filter_map(|path| path.first()).map(|name| home_of(name, root)).collect()
}

/// The module behind a name at the crate's root.
fn home_of(name: &str, root: &str) -> String {
    for line in root.split(';') {
        let Some((_, tree)) = line.split_once("pub use ") else { continue };
        let mut paths = Vec::new();
        use_tree(tree.trim_start_matches("crate::").trim_start_matches("self::"), &mut Vec::new(), &mut paths);
        if let Some(path) = paths.iter().find(|path| path.last().is_some_and(|leaf| leaf == name)) {
            return path.first().cloned().unwrap_or_default();
        }
    }
    name.to_owned()
}
