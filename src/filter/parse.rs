//! Text to filter: `or` over `and` over `not` over terms and parentheses.

use super::field::{self, Field, Kind, Side};
use super::net::Net;
use super::scan::Scanner;
use super::term::{AddressText, Is, ProtoName, Test};
use super::value::{self, Operator};
use super::{FilterError, Node};

/// Longest text, characters.
const MAX_TEXT: usize = 4096;
/// Parentheses and inversions inside one another.
const MAX_DEPTH: u32 = 64;

pub(super) fn parse(text: &str) -> Result<Node, FilterError> {
    if text.chars().nth(MAX_TEXT).is_some() {
        return Err(FilterError::new(MAX_TEXT, format!("a filter has at most {MAX_TEXT} characters")));
    }
    let mut parser = Parser { scan: Scanner::new(text), depth: 0 };
    if parser.scan.is_at_end() {
        return Ok(Node::All(Vec::new()));
    }
    let node = parser.any()?;
    if parser.scan.is_at_end() {
        return Ok(node);
    }
    let position = parser.scan.position();
    let shown = parser.scan.shown();
    let message = match shown.as_str() {
        "`)`" => "this parenthesis closes nothing".to_owned(),
        _ => format!("expected a term, `and`, `or` or the end, not {shown}"),
    };
    Err(FilterError::new(position, message))
}

struct Parser {
    scan: Scanner,
    depth: u32,
}

impl Parser {
    fn any(&mut self) -> Result<Node, FilterError> {
        let mut nodes = vec![self.all()?];
        while self.scan.takes("||") || self.scan.takes_word("or") {
            nodes.push(self.all()?);
        }
        Ok(one_or(nodes, Node::Any))
    }

    /// Terms side by side are joined by `and`.
    fn all(&mut self) -> Result<Node, FilterError> {
        let mut nodes = vec![self.inverted()?];
        loop {
            let is_joined = self.scan.takes("&&") || self.scan.takes_word("and");
            let is_over = !is_joined
                && (self.scan.is_at_end()
                    || [")", "||", "}", ",", "&", "|", "<", ">", "=", "~"].iter().any(|s| self.scan.sees(s))
                    || self.scan.peek().eq_ignore_ascii_case("or"));
            if is_over {
                return Ok(one_or(nodes, Node::All));
            }
            nodes.push(self.inverted()?);
        }
    }

    fn inverted(&mut self) -> Result<Node, FilterError> {
        let mut is_inverted = false;
        loop {
            let position = self.scan.position();
            let word = self.scan.peek();
            // `-` inverts what it touches; alone it is a word.
            let is_minus = word.starts_with('-') && word.len() > 1;
            if is_minus {
                self.scan.skip(1);
            } else if word == "-" {
                self.scan.skip(1);
                if self.scan.position() != position + 1 || !self.scan.sees("(") {
                    self.scan.rewind(position);
                    break;
                }
            } else if !(self.scan.takes("!") || self.scan.takes_word("not")) {
                break;
            }
            is_inverted = !is_inverted;
        }
        let node = self.primary()?;
        Ok(if is_inverted { Node::Not(Box::new(node)) } else { node })
    }

    fn primary(&mut self) -> Result<Node, FilterError> {
        let position = self.scan.position();
        if self.scan.takes("(") {
            self.depth += 1;
            if self.depth > MAX_DEPTH {
                return Err(FilterError::new(
                    position,
                    format!("at most {MAX_DEPTH} parentheses go inside one another"),
                ));
            }
            let node = self.any()?;
            self.depth -= 1;
            if !self.scan.takes(")") {
                let message =
                    format!("expected `)` for the parenthesis at {}, not {}", position + 1, self.scan.shown());
                return Err(FilterError::new(self.scan.position(), message));
            }
            return Ok(node);
        }
        self.term().map(Node::Test)
    }

    fn term(&mut self) -> Result<Test, FilterError> {
        let start = self.scan.position();
        if let Some(text) = self.scan.quoted()? {
            return Ok(Test::Word(text.to_ascii_lowercase()));
        }
        let word = self.scan.word();
        if word.is_empty() || is_joint(&word) {
            self.scan.rewind(start);
            return Err(FilterError::new(
                start,
                format!("expected a term, as in `port 443`, not {}", self.scan.shown()),
            ));
        }
        // A whole address or network first: IPv6 is full of colons.
        if let Some(net) = Net::parse(&word) {
            return Ok(either(net));
        }
        let (name, has_colon) = match word.split_once(':') {
            Some((name, _)) if is_name(name) => (name.to_owned(), true),
            _ => (word.clone(), false),
        };
        let Some(mut field) = field::named(&name) else { return self.unknown(start, &name, &word, has_colon) };
        if has_colon {
            self.scan.rewind(start);
            self.scan.skip(name.chars().count() + 1);
            return self.condition(field, Operator::Equal);
        }
        if let Some(narrower) = field::sided(field, &self.scan.peek()) {
            self.scan.word();
            field = narrower;
        }
        match value::operator(&mut self.scan) {
            Some(operator) => self.condition(field, operator),
            None if field.kind == Kind::Truth => Ok(Test::Field(field, Is::True(true))),
            None => self.condition(field, Operator::Equal),
        }
    }

    fn condition(&mut self, field: &'static Field, operator: Operator) -> Result<Test, FilterError> {
        Ok(Test::Field(field, value::condition(&mut self.scan, field, operator)?))
    }

    /// A word that is no field: a protocol, or something that stands in the row; before an operator a mistake.
    fn unknown(&mut self, start: usize, name: &str, word: &str, has_colon: bool) -> Result<Test, FilterError> {
        let meant = field::nearest(name);
        let is_compared = has_colon || is_name(name) && value::operator(&mut self.scan).is_some();
        // `prto udp`: two words side by side, the first nearly a field.
        let next = self.scan.peek();
        let is_followed = !next.is_empty() && !is_joint(&next) && meant.is_some() && !is_begun(name);
        if is_compared || is_followed {
            let hint = match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("there are {}", field::FIELDS.iter().map(|f| f.name).collect::<Vec<_>>().join(", ")),
            };
            return Err(FilterError::new(start, format!("no field `{name}`; {hint}")));
        }
        Ok(match ProtoName::bare(word) {
            Some(proto) => proto_test(proto),
            None => Test::Word(word.to_ascii_lowercase()),
        })
    }
}

fn one_or(mut nodes: Vec<Node>, many: fn(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(only) if nodes.is_empty() => only,
        last => {
            nodes.extend(last);
            many(nodes)
        }
    }
}

fn either(net: Net) -> Test {
    let ip = field::FIELDS.iter().find(|f| f.kind == Kind::Address(Side::Either));
    ip.map_or(Test::Word(net.to_string()), |f| Test::Field(f, Is::Address(false, vec![AddressText::Net(net)])))
}

fn proto_test(proto: ProtoName) -> Test {
    let field = field::FIELDS.iter().find(|f| f.kind == Kind::Proto);
    field.map_or(Test::Word(proto.to_string()), |f| Test::Field(f, Is::Proto(false, vec![proto])))
}

/// Whether the word joins terms.
pub(super) fn is_joint(word: &str) -> bool {
    ["and", "or", "not", "in", "contains"].iter().any(|w| word.eq_ignore_ascii_case(w))
}

/// Whether the text before a colon or operator is meant as a field: hexadecimal digits are an IPv6 address being typed.
fn is_name(name: &str) -> bool {
    name.len() > 1
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.')
        && !name.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Whether a field's name begins so: it is being typed.
fn is_begun(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    field::FIELDS.iter().any(|f| std::iter::once(&f.name).chain(f.aliases).any(|n| n.starts_with(&name)))
}
