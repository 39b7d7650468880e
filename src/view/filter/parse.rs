//! Text to filter.

use std::net::IpAddr;

use super::{Compare, Filter, FilterError, NumberField, Side, Term, Test, TextField};

/// Addresses that share their first bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::view) struct Net {
    addr: IpAddr,
    bits: u32,
}

impl Net {
    /// `address` or `address/bits`.
    fn parse(text: &str) -> Option<Self> {
        let (addr, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
        let addr: IpAddr = addr.parse().ok()?;
        let width = if addr.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => width,
            Some(bits) => bits.parse::<u32>().ok().filter(|b| *b <= width)?,
        };
        Some(Self { addr, bits })
    }

    pub(super) fn contains(&self, addr: IpAddr) -> bool {
        match (self.addr, addr) {
            (IpAddr::V4(net), IpAddr::V4(a)) => {
                (u32::from(net) ^ u32::from(a)).checked_shr(32 - self.bits).unwrap_or(0) == 0
            }
            (IpAddr::V6(net), IpAddr::V6(a)) => {
                (u128::from(net) ^ u128::from(a)).checked_shr(128 - self.bits).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

enum FieldName {
    Host(Side),
    Port(Side),
    Number(NumberField),
    Text(TextField),
    Severity,
}

const FIELDS: &[(&str, FieldName)] = &[
    ("host", FieldName::Host(Side::Either)),
    ("ip", FieldName::Host(Side::Either)),
    ("orig", FieldName::Host(Side::Orig)),
    ("src", FieldName::Host(Side::Orig)),
    ("resp", FieldName::Host(Side::Resp)),
    ("dst", FieldName::Host(Side::Resp)),
    ("port", FieldName::Port(Side::Either)),
    ("orig_port", FieldName::Port(Side::Orig)),
    ("resp_port", FieldName::Port(Side::Resp)),
    ("score", FieldName::Number(NumberField::Score)),
    ("cluster", FieldName::Number(NumberField::Cluster)),
    ("packets", FieldName::Number(NumberField::Packets)),
    ("bytes", FieldName::Number(NumberField::Bytes)),
    ("length", FieldName::Number(NumberField::Bytes)),
    ("duration", FieldName::Number(NumberField::Duration)),
    ("entropy", FieldName::Number(NumberField::Entropy)),
    ("number", FieldName::Number(NumberField::Number)),
    ("proto", FieldName::Text(TextField::Proto)),
    ("state", FieldName::Text(TextField::State)),
    ("reason", FieldName::Text(TextField::Reason)),
    ("id", FieldName::Text(TextField::Id)),
    ("severity", FieldName::Severity),
];

const SEVERITIES: [&str; 6] = ["none", "info", "low", "medium", "high", "critical"];

pub(super) fn parse(text: &str) -> Result<Filter, FilterError> {
    let mut terms = Vec::new();
    let mut position = 0;
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        if !word.is_empty() {
            terms.push(term(word, position)?);
        }
        position += piece.chars().count();
    }
    Ok(Filter { terms })
}

fn term(word: &str, position: usize) -> Result<Term, FilterError> {
    let (is_negated, word) = match word.strip_prefix(['-', '!']) {
        Some(rest) if !rest.is_empty() => (true, rest),
        _ => (false, word),
    };
    let position = position + usize::from(is_negated);
    let test = match split(word) {
        // A whole address or network first: IPv6 is full of colons.
        _ if Net::parse(word).is_some() => host(Side::Either, word),
        Some((name, compare, value)) => match FIELDS.iter().find(|(n, _)| *n == name) {
            Some((_, field)) => {
                let position = position + word.chars().count() - value.chars().count();
                field_test(field, &name, compare, value, position)?
            }
            None if is_word(&name) => {
                let known: Vec<&str> = FIELDS.iter().map(|(n, _)| *n).collect();
                return Err(error(position, format!("no field `{name}`; there are {}", known.join(", "))));
            }
            None => Test::Word(word.to_ascii_lowercase()),
        },
        None => Test::Word(word.to_ascii_lowercase()),
    };
    Ok(Term { is_negated, test })
}

/// Whether the text before a colon is meant as a field: hexadecimal digits are an IPv6 address being typed.
fn is_word(name: &str) -> bool {
    name.len() > 1
        && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_')
        && !name.bytes().all(|b| b.is_ascii_hexdigit())
}

fn split(word: &str) -> Option<(String, Compare, &str)> {
    let at = word.find([':', '=', '<', '>'])?;
    let (name, rest) = word.split_at_checked(at)?;
    const OPERATORS: [(&str, Compare); 6] = [
        ("<=", Compare::LessOrEqual),
        (">=", Compare::GreaterOrEqual),
        ("<", Compare::Less),
        (">", Compare::Greater),
        (":", Compare::Equal),
        ("=", Compare::Equal),
    ];
    let (value, compare) = OPERATORS.iter().find_map(|(op, c)| Some((rest.strip_prefix(op)?, *c)))?;
    Some((name.to_ascii_lowercase(), compare, value))
}

fn field_test(
    field: &FieldName,
    name: &str,
    compare: Compare,
    value: &str,
    position: usize,
) -> Result<Test, FilterError> {
    let need_number = || {
        value
            .parse::<f64>()
            .ok()
            .filter(|n| n.is_finite())
            .ok_or_else(|| error(position, format!("`{name}` needs a number, not `{value}`")))
    };
    let only_equal = || match compare {
        Compare::Equal => Ok(()),
        _ => Err(error(position, format!("`{name}` cannot be ordered: write {name}:{value}"))),
    };
    Ok(match *field {
        FieldName::Host(side) => {
            only_equal()?;
            host(side, value)
        }
        FieldName::Port(side) => Test::Port(side, compare, need_number()?),
        FieldName::Number(field) => Test::Number(field, compare, need_number()?),
        FieldName::Text(field) => {
            only_equal()?;
            Test::Text(field, value.to_ascii_lowercase())
        }
        FieldName::Severity => {
            let word = value.to_ascii_lowercase();
            let rank = SEVERITIES.iter().position(|s| *s == word).ok_or_else(|| {
                error(position, format!("no severity `{value}`; there are {}", SEVERITIES.join(", ")))
            })?;
            Test::Severity(compare, crate::units::count(rank))
        }
    })
}

fn host(side: Side, value: &str) -> Test {
    Net::parse(value).map_or_else(|| Test::HostText(side, value.to_ascii_lowercase()), |net| Test::Host(side, net))
}

fn error(position: usize, message: String) -> FilterError {
    FilterError { message, position }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn networks_contain_their_addresses() {
        let net = Net::parse("10.1.0.0/16").unwrap();
        assert!(net.contains("10.1.255.1".parse().unwrap()));
        assert!(!net.contains("10.2.0.1".parse().unwrap()));
        assert!(Net::parse("0.0.0.0/0").unwrap().contains("8.8.8.8".parse().unwrap()));
        assert!(!Net::parse("0.0.0.0/0").unwrap().contains("::1".parse().unwrap()));
        assert!(Net::parse("fe80::/10").unwrap().contains("fe80::1".parse().unwrap()));
        assert_eq!(Net::parse("10.0.0.0/33"), None);
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        let wrong = |text| parse(text).unwrap_err();
        assert_eq!(wrong("tcp prto:udp").position, 4);
        assert!(wrong("prto:udp").message.contains("no field `prto`"));
        assert_eq!(wrong("a score>x").position, 8);
        assert_eq!(wrong("-score>NaN").position, 7);
        assert!(wrong("severity>bad").message.contains("critical"));
        assert!(wrong("host>1").message.contains("cannot be ordered"));
    }

    #[test]
    fn an_address_being_typed_is_a_word() {
        for text in ["fe80:", "fe80::1", "10.0.", "dead:beef", "a:", "-", "::1"] {
            assert!(parse(text).is_ok(), "{text}");
        }
    }
}
