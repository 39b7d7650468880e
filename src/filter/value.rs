//! Operators and values of a field.

use super::FilterError;
use super::condition::Condition;
use super::field::{Field, Kind, Scale, Text, Where};
use super::net::Net;
use super::parse::is_joint;
use super::scan::Scanner;
use super::term::{AddressText, Is, ProtoName, TunnelName, Words};
use crate::report::{Severity, TcpFlags};
use crate::units::Timestamp;

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Contains,
}

/// Longer ones first.
const SYMBOLS: [(&str, Operator); 8] = [
    ("==", Operator::Equal),
    ("!=", Operator::Unequal),
    ("<=", Operator::AtMost),
    (">=", Operator::AtLeast),
    ("=", Operator::Equal),
    ("<", Operator::Less),
    (">", Operator::Greater),
    ("~", Operator::Contains),
];

pub(super) const SEVERITIES: [Severity; 6] =
    [Severity::None, Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

const STATES: [&str; 13] = ["S0", "S1", "SF", "REJ", "S2", "S3", "RSTO", "RSTR", "RSTOS0", "RSTRH", "SH", "SHR", "OTH"];

pub(super) const FLAGS: [(&str, u16); 8] = [
    ("SYN", TcpFlags::SYN),
    ("FIN", TcpFlags::FIN),
    ("RST", TcpFlags::RST),
    ("PSH", TcpFlags::PSH),
    ("ACK", TcpFlags::ACK),
    ("URG", TcpFlags::URG),
    ("ECE", TcpFlags::ECE),
    ("CWR", TcpFlags::CWR),
];

/// The operator that comes next, if one does.
pub(super) fn operator(scan: &mut Scanner) -> Option<Operator> {
    if let Some((_, operator)) = SYMBOLS.iter().find(|(symbol, _)| scan.takes(symbol)) {
        return Some(*operator);
    }
    let start = scan.position();
    if scan.takes_word("contains") {
        return Some(Operator::Contains);
    }
    let is_inverted = scan.takes_word("not");
    // The brace must follow: `in` alone joins nothing.
    if scan.takes_word("in") && scan.sees("{") {
        return Some(if is_inverted { Operator::Unequal } else { Operator::Equal });
    }
    scan.rewind(start);
    None
}

/// One value as it was written.
struct Value {
    text: String,
    position: usize,
    is_quoted: bool,
}

/// Reads what a field is compared with.
pub(super) fn condition(scan: &mut Scanner, field: &'static Field, operator: Operator) -> Result<Is, FilterError> {
    let is_not = operator == Operator::Unequal;
    let is_ordered =
        matches!(field.kind, Kind::Port(_) | Kind::Asn(_) | Kind::Number(..) | Kind::Severity | Kind::Time);
    let is_text = matches!(field.kind, Kind::Text(_) | Kind::Place(..) | Kind::Address(_));
    match operator {
        Operator::Contains if !is_text => {
            return Err(FilterError::new(
                scan.position(),
                format!("`{}` is no text that could contain one", field.name),
            ));
        }
        Operator::Less | Operator::AtMost | Operator::Greater | Operator::AtLeast if !is_ordered => {
            let message = format!("`{0}` cannot be ordered; write `{0} == {1}`", field.name, scan.peek());
            return Err(FilterError::new(scan.position(), message));
        }
        _ => {}
    }
    Ok(match field.kind {
        Kind::Address(_) if operator == Operator::Contains => {
            Is::Address(false, list(scan, field, |v| Ok(AddressText::Part(address_part(field, &v)?)))?)
        }
        Kind::Address(_) => Is::Address(is_not, list(scan, field, |v| address(field, &v))?),
        Kind::Net(_) => Is::Address(is_not, list(scan, field, |v| network(field, &v))?),
        Kind::Port(_) => Is::Port(ordered(scan, field, operator, |v, _| port(field, v))?),
        Kind::Asn(_) => Is::Asn(ordered(scan, field, operator, |v, _| asn(field, v))?),
        Kind::Number(_, scale) => {
            let scaled = |v: &Value, scan: &mut Scanner| number(scan, field, v, scale);
            Is::Number(ordered(scan, field, operator, scaled)?)
        }
        Kind::Severity => Is::Severity(ordered(scan, field, operator, |v, _| severity(v))?),
        Kind::Time => Is::Time(ordered(scan, field, operator, |v, _| time(field, v))?),
        Kind::Proto => Is::Proto(is_not, list(scan, field, |v| proto(&v))?),
        Kind::Tunnel => Is::Tunnel(is_not, list(scan, field, |v| tunnel(&v))?),
        Kind::Flags => Is::Flags(is_not, list(scan, field, |v| flags(&v))?),
        Kind::Text(text) => {
            let words = list(scan, field, |v| word(text, &v, operator))?;
            Is::Text(words_by(operator, words))
        }
        Kind::Place(..) => Is::Text(words_by(operator, list(scan, field, |v| Ok(v.text.to_ascii_lowercase()))?)),
        Kind::Truth => Is::True(truth(field, &value(scan, field)?)? != is_not),
    })
}

fn words_by(operator: Operator, words: Vec<String>) -> Words {
    match operator {
        Operator::Contains => Words::Contains(words),
        Operator::Unequal => Words::NotIn(words),
        _ => Words::In(words),
    }
}

/// The next value.
fn value(scan: &mut Scanner, field: &Field) -> Result<Value, FilterError> {
    let position = scan.position();
    if let Some(text) = scan.quoted()? {
        return Ok(Value { text, position, is_quoted: true });
    }
    let text = scan.word();
    // India's code joins terms elsewhere.
    let is_india = matches!(field.kind, Kind::Place(Where::Country, _)) && text.eq_ignore_ascii_case("in");
    if text.is_empty() || is_joint(&text) && !is_india {
        scan.rewind(position);
        let message = format!("expected {} after `{}`, not {}", expected(field), field.name, scan.shown());
        return Err(FilterError::new(position, message));
    }
    Ok(Value { text, position, is_quoted: false })
}

/// What a field takes, for messages.
fn expected(field: &Field) -> &'static str {
    match field.kind {
        Kind::Address(_) => "an address or network",
        Kind::Net(_) => "a network",
        Kind::Port(_) => "a port or a range of ports",
        Kind::Number(_, Scale::Bytes) => "a number of bytes",
        Kind::Number(_, Scale::Seconds) => "a duration",
        Kind::Number(..) => "a number",
        Kind::Text(_) | Kind::Place(..) => "a word",
        Kind::Asn(_) => "the number of an autonomous system",
        Kind::Proto => "a protocol",
        Kind::Severity => "a severity",
        Kind::Flags => "TCP flags",
        Kind::Time => "a time",
        Kind::Tunnel => "a kind of tunnel",
        Kind::Truth => "`true` or `false`",
    }
}

/// One value, or several in braces; commas between them may be left out.
fn list<T>(
    scan: &mut Scanner,
    field: &Field,
    read: impl Fn(Value) -> Result<T, FilterError>,
) -> Result<Vec<T>, FilterError> {
    items(scan, field, |scan| {
        let v = value(scan, field)?;
        read(v)
    })
}

fn items<T>(
    scan: &mut Scanner,
    field: &Field,
    mut read: impl FnMut(&mut Scanner) -> Result<T, FilterError>,
) -> Result<Vec<T>, FilterError> {
    let start = scan.position();
    if !scan.takes("{") {
        return Ok(vec![read(scan)?]);
    }
    let mut items = Vec::new();
    loop {
        while scan.takes(",") {}
        if scan.takes("}") {
            break;
        }
        if scan.is_at_end() {
            return Err(FilterError::new(scan.position(), format!("expected `}}` for the brace at {}", start + 1)));
        }
        items.push(read(scan)?);
    }
    if items.is_empty() {
        return Err(FilterError::new(start, format!("expected {} between the braces", expected(field))));
    }
    Ok(items)
}

/// A condition on values that have an order: one, a range, several in braces, or a bound.
fn ordered<T: PartialOrd + Copy>(
    scan: &mut Scanner,
    field: &Field,
    operator: Operator,
    read: impl Fn(&Value, &mut Scanner) -> Result<T, FilterError>,
) -> Result<Condition<T>, FilterError> {
    let one = |scan: &mut Scanner| {
        let v = value(scan, field)?;
        read(&v, scan)
    };
    match operator {
        Operator::Less => return one(scan).map(Condition::Less),
        Operator::AtMost => return one(scan).map(Condition::AtMost),
        Operator::Greater => return one(scan).map(Condition::Greater),
        Operator::AtLeast => return one(scan).map(Condition::AtLeast),
        _ => {}
    }
    let ranges = items(scan, field, |scan| {
        let v = value(scan, field)?;
        let Some((low, high)) = halves(&v, field) else { return read(&v, scan).map(|v| (v, v)) };
        // A unit that stands apart belongs to both: `1-10 MB`.
        let after = scan.position();
        let low = read(&low, scan)?;
        scan.rewind(after);
        let range = (low, read(&high, scan)?);
        if range.0 > range.1 {
            return Err(FilterError::new(v.position, format!("the range `{}` ends before it begins", v.text)));
        }
        Ok(range)
    })?;
    Ok(if operator == Operator::Unequal { Condition::NotIn(ranges) } else { Condition::In(ranges) })
}

/// The two ends of a range, `20-25` or `20..25`. A time has dashes of its own.
fn halves(v: &Value, field: &Field) -> Option<(Value, Value)> {
    if v.is_quoted || field.kind == Kind::Severity {
        return None;
    }
    let dash = || {
        let is_exponent = |at: usize| {
            let before = v.text.get(..at).unwrap_or_default();
            before.ends_with(['e', 'E']) || before.is_empty() || before.ends_with('-')
        };
        v.text.match_indices('-').map(|(at, _)| at).find(|at| !is_exponent(*at))
    };
    let (at, len) = match (v.text.find(".."), field.kind) {
        (Some(at), _) => (at, 2),
        (None, Kind::Time) => return None,
        (None, _) => (dash()?, 1),
    };
    let (low, high) = (v.text.get(..at)?, v.text.get(at + len..)?);
    let part =
        |text: &str, offset: usize| Value { text: text.to_owned(), position: v.position + offset, is_quoted: false };
    Some((part(low, 0), part(high, low.chars().count() + len)))
}

fn wrong<T>(v: &Value, expected: impl std::fmt::Display) -> Result<T, FilterError> {
    let shown: String = v.text.chars().take(40).collect();
    Err(FilterError::new(v.position, format!("expected {expected}, not `{shown}`")))
}

fn address(field: &Field, v: &Value) -> Result<AddressText, FilterError> {
    match Net::parse(&v.text) {
        Some(net) => Ok(AddressText::Net(net)),
        // An address being typed.
        None => address_part(field, v).map(AddressText::Begins),
    }
}

fn address_part(field: &Field, v: &Value) -> Result<String, FilterError> {
    let is_part = |b: u8| b.is_ascii_hexdigit() || b == b'.' || b == b':';
    if v.text.is_empty() || !v.text.bytes().all(is_part) {
        return wrong(v, format_args!("an address or network after `{}`", field.name));
    }
    Ok(v.text.to_ascii_lowercase())
}

fn network(field: &Field, v: &Value) -> Result<AddressText, FilterError> {
    match Net::parse_short(&v.text) {
        Some(net) => Ok(AddressText::Net(net)),
        None => wrong(v, format_args!("a network after `{}`, as in 10/8 or fe80::/10", field.name)),
    }
}

fn port(field: &Field, v: &Value) -> Result<u16, FilterError> {
    let is_plain = v.text.bytes().all(|b| b.is_ascii_digit());
    match v.text.parse().ok().filter(|_| is_plain) {
        Some(port) => Ok(port),
        None => wrong(v, format_args!("a number from 0 to 65535 after `{}`", field.name)),
    }
}

/// With or without the letters that it is written with.
fn asn(field: &Field, v: &Value) -> Result<u32, FilterError> {
    let letters = v.text.get(..2).filter(|letters| letters.eq_ignore_ascii_case("as"));
    let digits = v.text.get(letters.map_or(0, str::len)..).unwrap_or_default();
    match digits.parse().ok().filter(|_| digits.bytes().all(|b| b.is_ascii_digit())) {
        Some(number) => Ok(number),
        None => wrong(v, format_args!("the number of an autonomous system after `{}`, as in 15169", field.name)),
    }
}

fn number(scan: &mut Scanner, field: &Field, v: &Value, scale: Scale) -> Result<f64, FilterError> {
    let is_number = |(at, c): (usize, char)| match c {
        '0'..='9' | '.' => true,
        '-' | '+' => at == 0 || v.text.get(..at).is_some_and(|b| b.ends_with(['e', 'E'])),
        'e' | 'E' => v
            .text
            .get(at + 1..)
            .is_some_and(|rest| rest.trim_start_matches(['+', '-']).starts_with(|c: char| c.is_ascii_digit())),
        _ => false,
    };
    let end = v.text.char_indices().find(|c| !is_number(*c)).map_or(v.text.len(), |(at, _)| at);
    let (digits, suffix) = v.text.split_at_checked(end).unwrap_or((&v.text, ""));
    let Some(n) = digits.parse::<f64>().ok().filter(|n| n.is_finite()) else {
        return wrong(v, format_args!("{} after `{}`", expected(field), field.name));
    };
    let factor = if suffix.is_empty() {
        // The unit may stand apart: `10 MB`.
        let next = scan.peek();
        let factor = factor(scale, &next);
        if factor.is_some() {
            scan.word();
        }
        factor.unwrap_or((1.0, 1.0))
    } else {
        match factor(scale, suffix) {
            Some(factor) => factor,
            None => return wrong(v, format_args!("{}", units(field, scale))),
        }
    };
    Some(n * factor.0 / factor.1)
        .filter(|n| n.is_finite())
        .map_or_else(|| wrong(v, format_args!("a smaller number after `{}`", field.name)), Ok)
}

fn units(field: &Field, scale: Scale) -> String {
    let known = match scale {
        Scale::Plain => return format!("a number after `{}`", field.name),
        Scale::Count => "k, M or G",
        Scale::Bytes => "B, kB, MB, GB, TB, KiB, MiB or GiB",
        Scale::Seconds => "ns, us, ms, s, m, h or d",
    };
    format!("a number after `{}`, with {known} if any unit", field.name)
}

/// What the unit multiplies by, and what it divides by: 100 ms are exactly 0.1 s.
fn factor(scale: Scale, unit: &str) -> Option<(f64, f64)> {
    let times = |n: f64| Some((n, 1.0));
    if scale == Scale::Seconds {
        return match unit {
            "ns" => Some((1.0, 1e9)),
            "us" | "µs" => Some((1.0, 1e6)),
            "ms" => Some((1.0, 1e3)),
            "s" | "sec" => times(1.0),
            "m" | "min" => times(60.0),
            "h" => times(3600.0),
            "d" => times(86_400.0),
            _ => None,
        };
    }
    let unit = unit.to_ascii_lowercase();
    let prefix = match scale {
        Scale::Bytes if unit == "b" || unit == "bytes" => return times(1.0),
        Scale::Bytes if unit.len() > 1 => unit.strip_suffix('b')?,
        Scale::Bytes | Scale::Count => unit.as_str(),
        Scale::Plain | Scale::Seconds => return None,
    };
    match prefix {
        "k" => times(1e3),
        "m" => times(1e6),
        "g" => times(1e9),
        "t" => times(1e12),
        "ki" if scale == Scale::Bytes => times(1024.0),
        "mi" if scale == Scale::Bytes => times(1_048_576.0),
        "gi" if scale == Scale::Bytes => times(1_073_741_824.0),
        _ => None,
    }
}

fn severity(v: &Value) -> Result<Severity, FilterError> {
    match SEVERITIES.iter().find(|s| s.name().eq_ignore_ascii_case(&v.text)) {
        Some(severity) => Ok(*severity),
        None => wrong(v, format_args!("a severity ({})", SEVERITIES.map(Severity::name).join(", "))),
    }
}

fn proto(v: &Value) -> Result<ProtoName, FilterError> {
    match ProtoName::parse(&v.text) {
        Some(proto) => Ok(proto),
        None => wrong(v, format_args!("a protocol ({}) or an IP number", ProtoName::known())),
    }
}

fn tunnel(v: &Value) -> Result<TunnelName, FilterError> {
    match TunnelName::parse(&v.text) {
        Some(tunnel) => Ok(tunnel),
        None => wrong(v, format_args!("a kind of tunnel ({})", TunnelName::known())),
    }
}

/// Flags of which all must be set: `SYN+ACK`, `"SYN ACK"`.
fn flags(v: &Value) -> Result<u16, FilterError> {
    let mut mask = 0;
    for name in v.text.split(['+', ' ', '-']) {
        match FLAGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, flag)) => mask |= flag,
            None => {
                return wrong(v, format_args!("TCP flags ({}) joined by +", FLAGS.map(|(name, _)| name).join(", ")));
            }
        }
    }
    Ok(mask)
}

fn word(text: Text, v: &Value, operator: Operator) -> Result<String, FilterError> {
    let is_whole = operator != Operator::Contains;
    Ok(match text {
        // Upper and lower case are two directions.
        Text::History => v.text.clone(),
        Text::State if is_whole => match STATES.iter().find(|s| s.eq_ignore_ascii_case(&v.text)) {
            Some(state) => state.to_ascii_lowercase(),
            None => return wrong(v, format_args!("a connection state ({})", STATES.join(", "))),
        },
        // Zeek's name for it.
        Text::Service | Text::Guess if is_whole && v.text.eq_ignore_ascii_case("tls") => "ssl".to_owned(),
        _ => v.text.to_ascii_lowercase(),
    })
}

fn truth(field: &Field, v: &Value) -> Result<bool, FilterError> {
    match v.text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" | "t" => Ok(true),
        "false" | "no" | "0" | "f" => Ok(false),
        _ => wrong(v, format_args!("`true` or `false` after `{}`", field.name)),
    }
}

/// A time in UTC: ISO 8601 with or without its zone, a date, or seconds since 1970 with decimals.
fn time(field: &Field, v: &Value) -> Result<Timestamp, FilterError> {
    let nanos = |t: jiff::Timestamp| i64::try_from(t.as_nanosecond()).ok().map(Timestamp);
    let zoned = || v.text.parse::<jiff::Timestamp>().ok().and_then(nanos);
    let plain = || {
        let civil = v.text.parse::<jiff::civil::DateTime>().ok()?;
        civil.to_zoned(jiff::tz::TimeZone::UTC).ok().and_then(|z| nanos(z.timestamp()))
    };
    match epoch(&v.text).or_else(zoned).or_else(plain) {
        Some(ts) => Ok(ts),
        None => wrong(v, format_args!("a time in UTC after `{}`, as in 2024-03-04T08:00:00Z", field.name)),
    }
}

/// Seconds since 1970 with up to nine decimals, exactly.
fn epoch(text: &str) -> Option<Timestamp> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let is_plain = !whole.is_empty()
        && decimals.len() <= 9
        && [whole, decimals].iter().all(|s| s.bytes().all(|b| b.is_ascii_digit()));
    let nanos: i64 = format!("{decimals:0<9}").parse().ok().filter(|_| is_plain)?;
    Some(Timestamp::from_parts(whole.parse().ok()?, nanos))
}
