//! The filter language: which rows of a report, one parser for the page and the command line.
//!
//! ```
//! use wiresift::filter::Filter;
//!
//! let filter = Filter::parse("ip 10/8 and (port 53 or service tls) and not severity >= medium")?;
//! assert_eq!(Filter::parse("prot == udp").unwrap_err().position, 0);
//! # Ok::<(), wiresift::filter::FilterError>(())
//! ```
//!
//! `not` binds closer than `and`, `and` closer than `or`; terms side by side are joined by `and`; `! && ||` and a `-`
//! before a term are the same as the words. A term is a field of [`FIELDS`] with `== != < <= > >=`, `~` (contains) or
//! `in {...}` and a value, or without an operator where equality is meant; an address, a network or a protocol alone;
//! or any other word, which then stands somewhere in the row: in its addresses, protocol, severity, reason, state or uid.

mod condition;
pub mod export;
mod field;
mod matcher;
mod net;
mod parse;
mod row;
mod scan;
mod term;
mod translate;
mod value;

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

pub use field::{FIELDS, Field};
pub use matcher::Matcher;

use crate::report::Report;
use term::Test;

/// Why a filter's text cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct FilterError {
    /// What is wrong and what was expected.
    pub message: String,
    /// Where in the text, in characters from 0.
    pub position: usize,
}

impl FilterError {
    fn new(position: usize, message: impl Into<String>) -> Self {
        Self { message: message.into(), position }
    }
}

/// A filter. Its text is [`fmt::Display`]'s, which reads back as the same filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    node: Node,
}

/// A filter's tree. `All` of nothing selects every row.
#[derive(Debug, Clone, PartialEq)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Test(Test),
}

impl Default for Filter {
    fn default() -> Self {
        Self { node: Node::All(Vec::new()) }
    }
}

impl Filter {
    /// Reads a filter's text; an empty one selects every row.
    ///
    /// **Errors** [`FilterError`] for text beyond 4,096 characters, parentheses deeper than 64, an unknown field, a
    /// value that does not fit its field, and whatever is no term where one belongs.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        parse::parse(text).map(|node| Self { node })
    }

    /// Whether it selects every row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.node == Node::All(Vec::new())
    }

    /// Matches the rows of a report one by one.
    #[must_use]
    pub fn matcher<'a>(&'a self, report: &'a Report) -> Matcher<'a> {
        Matcher::new(self, report)
    }

    /// The rows of the report's unit that it selects, in order.
    ///
    /// **Memory** four bytes a selected row.
    #[must_use]
    pub fn selects(&self, report: &Report) -> Vec<u32> {
        let rows = u32::try_from(report.rows()).unwrap_or(u32::MAX);
        let mut matcher = self.matcher(report);
        (0..rows).filter(|&row| matcher.matches(index(row))).collect()
    }

    /// The filter as a Wireshark 4 display filter, where every term says the same of a packet as of its flow: addresses,
    /// networks, ports and protocols of either end, joined as they like.
    #[must_use]
    pub fn to_display_filter(&self) -> Option<String> {
        translate::display(&self.node)
    }

    /// The filter as a capture filter (BPF), by the same rule as [`Filter::to_display_filter`].
    #[must_use]
    pub fn to_bpf(&self) -> Option<String> {
        translate::bpf(&self.node)
    }
}

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        Self::parse(text)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = |node: &Node, f: &mut fmt::Formatter<'_>| match node {
            Self::Test(test) => test.fmt(f),
            compound => write!(f, "({compound})"),
        };
        match self {
            Self::Test(test) => test.fmt(f),
            Self::Not(node) => {
                f.write_str("not ")?;
                inner(node, f)
            }
            Self::All(nodes) | Self::Any(nodes) => {
                let joint = if matches!(self, Self::All(_)) { " and " } else { " or " };
                for (i, node) in nodes.iter().enumerate() {
                    f.write_str(if i > 0 { joint } else { "" })?;
                    inner(node, f)?;
                }
                Ok(())
            }
        }
    }
}

/// A row number as an index; `usize` is never narrower than 32 bits on the targets we build for.
fn index(row: u32) -> usize {
    usize::try_from(row).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
