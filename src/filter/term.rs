//! One term of a filter, and how it is written.

use std::fmt;

use super::condition::{self, Condition, write_list};
use super::field::{Field, Kind, Scale};
use super::net::Net;
use super::value::FLAGS;
use crate::report::{Proto, Severity, TunnelKind};
use crate::units::Timestamp;

/// One term.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    /// The word stands somewhere in the row's text.
    Word(String),
    /// A field meets a condition.
    Field(&'static Field, Is),
}

/// The condition on a field. Where there is a truth value first, it inverts: there is a value and it is none of these.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Is {
    Address(bool, Vec<AddressText>),
    Port(Condition<u16>),
    Asn(Condition<u32>),
    Number(Condition<f64>),
    Severity(Condition<Severity>),
    Time(Condition<Timestamp>),
    Proto(bool, Vec<ProtoName>),
    Tunnel(bool, Vec<TunnelName>),
    /// Masks of which one must be set as a whole.
    Flags(bool, Vec<u16>),
    Text(Words),
    True(bool),
}

/// What an address is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AddressText {
    Net(Net),
    /// Its text begins so: an address being typed.
    Begins(String),
    /// Its text has this in it.
    Part(String),
}

/// What a text is compared with; all in lower case where case has no meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Words {
    In(Vec<String>),
    NotIn(Vec<String>),
    Contains(Vec<String>),
}

/// A protocol by name: `icmp` is that of both IP versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProtoName {
    Icmp,
    One(Proto),
}

/// Names beside numbers. The first of a number is how it is written.
const PROTOS: [(&str, ProtoName); 20] = [
    ("tcp", ProtoName::One(Proto::TCP)),
    ("udp", ProtoName::One(Proto::UDP)),
    ("icmp", ProtoName::Icmp),
    ("icmp6", ProtoName::One(Proto::ICMPV6)),
    ("icmpv6", ProtoName::One(Proto::ICMPV6)),
    ("ipv6-icmp", ProtoName::One(Proto::ICMPV6)),
    ("arp", ProtoName::One(Proto::Arp)),
    ("sctp", ProtoName::One(Proto::SCTP)),
    ("igmp", ProtoName::One(Proto::Ip(2))),
    ("ipip", ProtoName::One(Proto::Ip(4))),
    ("dccp", ProtoName::One(Proto::Ip(33))),
    ("6in4", ProtoName::One(Proto::Ip(41))),
    ("gre", ProtoName::One(Proto::Ip(47))),
    ("esp", ProtoName::One(Proto::Ip(50))),
    ("ah", ProtoName::One(Proto::Ip(51))),
    ("ospf", ProtoName::One(Proto::Ip(89))),
    ("pim", ProtoName::One(Proto::Ip(103))),
    ("vrrp", ProtoName::One(Proto::Ip(112))),
    ("l2tp", ProtoName::One(Proto::Ip(115))),
    ("udplite", ProtoName::One(Proto::Ip(136))),
];

impl ProtoName {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let named = PROTOS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, proto)| *proto);
        let is_number = text.bytes().all(|b| b.is_ascii_digit());
        named.or_else(|| text.parse().ok().filter(|_| is_number).map(|n| Self::One(Proto::Ip(n))))
    }

    /// The protocols whose name may stand alone.
    pub(super) fn bare(text: &str) -> Option<Self> {
        let is_letter = text.starts_with(|c: char| c.is_ascii_alphabetic());
        Self::parse(text).filter(|_| is_letter && text.len() > 2)
    }

    pub(super) fn known() -> String {
        PROTOS.map(|(name, _)| name).join(", ")
    }

    #[inline]
    pub(super) fn is(self, proto: Proto) -> bool {
        match self {
            Self::Icmp => proto.is_icmp(),
            Self::One(one) => one == proto,
        }
    }
}

impl fmt::Display for ProtoName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (PROTOS.iter().find(|(_, proto)| proto == self), self) {
            (Some((name, _)), _) => f.write_str(name),
            (None, Self::One(proto)) => f.write_str(&proto.name()),
            (None, Self::Icmp) => f.write_str("icmp"),
        }
    }
}

/// A kind of tunnel, or any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TunnelName {
    Any,
    One(TunnelKind),
}

impl TunnelName {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is = |kind: &&TunnelKind| kind.name().eq_ignore_ascii_case(text);
        if text.eq_ignore_ascii_case("any") {
            return Some(Self::Any);
        }
        TunnelKind::ALL.iter().find(is).map(|kind| Self::One(*kind))
    }

    pub(super) fn known() -> String {
        format!("{} or any", TunnelKind::ALL.map(TunnelKind::name).join(", "))
    }
}

impl fmt::Display for TunnelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "any",
            Self::One(kind) => kind.name(),
        })
    }
}

/// A text in quotation marks where it would not be read as one word.
fn quoted(text: &str) -> String {
    let is_plain = !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._+^:/".contains(c))
        && !super::parse::is_joint(text);
    if is_plain { text.to_owned() } else { format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")) }
}

fn flags_text(mask: &u16) -> String {
    let set: Vec<&str> = FLAGS.iter().filter(|(_, flag)| mask & flag != 0).map(|(name, _)| *name).collect();
    set.join("+")
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (field, is) = match self {
            // Always in quotation marks: so it can be neither a field nor an address.
            Self::Word(word) => {
                return write!(f, "\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""));
            }
            Self::Field(field, is) => (field, is),
        };
        let not = |is_not: bool| if is_not { "!" } else { "" };
        f.write_str(field.name)?;
        match is {
            Is::Address(_, list) if list.iter().any(|a| matches!(a, AddressText::Part(_))) => {
                f.write_str(" ~ ")?;
                write_plain(f, list.iter().map(ToString::to_string))
            }
            Is::Address(is_not, list) => write_list(f, not(*is_not), list.iter().map(ToString::to_string)),
            Is::Port(c) => condition::write(c, f, ToString::to_string),
            Is::Asn(c) => condition::write(c, f, ToString::to_string),
            Is::Number(c) => condition::write(c, f, |n| match field.kind {
                Kind::Number(_, Scale::Seconds) => format!("{n}s"),
                _ => n.to_string(),
            }),
            Is::Severity(c) => condition::write(c, f, |s| s.name().to_owned()),
            Is::Time(c) => condition::write(c, f, ToString::to_string),
            Is::Proto(is_not, list) => write_list(f, not(*is_not), list.iter().map(ToString::to_string)),
            Is::Tunnel(is_not, list) => write_list(f, not(*is_not), list.iter().map(ToString::to_string)),
            Is::Flags(is_not, list) => write_list(f, not(*is_not), list.iter().map(flags_text)),
            Is::Text(Words::In(list)) => write_list(f, "", list.iter().map(|w| quoted(w))),
            Is::Text(Words::NotIn(list)) => write_list(f, "!", list.iter().map(|w| quoted(w))),
            Is::Text(Words::Contains(list)) => {
                f.write_str(" ~ ")?;
                write_plain(f, list.iter().map(|w| quoted(w)))
            }
            Is::True(true) => Ok(()),
            Is::True(false) => f.write_str(" == false"),
        }
    }
}

fn write_plain(f: &mut fmt::Formatter<'_>, items: impl Iterator<Item = String>) -> fmt::Result {
    let items: Vec<String> = items.collect();
    match items.as_slice() {
        [one] => f.write_str(one),
        many => write!(f, "{{{}}}", many.join(", ")),
    }
}

impl fmt::Display for AddressText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Net(net) => net.fmt(f),
            Self::Begins(text) | Self::Part(text) => f.write_str(text),
        }
    }
}
