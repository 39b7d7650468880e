//! One line of a label file.

use std::net::IpAddr;

use super::benign::{is_benign, is_left_out};
use super::column::Role;
use super::time;
use crate::report::Proto;
use crate::units::Timestamp;

/// Both ends of a conversation, whoever began it: protocol, and address and port, the lesser first. Ports are 0 where the
/// protocol has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Ends {
    proto: Proto,
    low: (IpAddr, u16),
    high: (IpAddr, u16),
}

impl Ends {
    pub(super) fn new(proto: Proto, a: (IpAddr, u16), b: (IpAddr, u16)) -> Self {
        let end = |(address, port): (IpAddr, u16)| (address, if proto.has_ports() { port } else { 0 });
        let (a, b) = (end(a), end(b));
        Self { proto, low: a.min(b), high: a.max(b) }
    }
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// One packet.
    Packet(u64),
    /// Everything.
    All,
    /// The flows between two ends.
    Flow(Ends),
    /// What two hosts did with each other, or one did.
    Hosts(IpAddr, Option<IpAddr>),
    /// Whatever happened.
    Time,
}

/// What a line says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    Benign,
    LeftOut,
    /// The class.
    Attack(String),
}

/// A line as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) subject: Subject,
    pub(super) start: Option<Timestamp>,
    pub(super) end: Option<Timestamp>,
    pub(super) said: Said,
}

/// Longest name of a class, characters.
const CLASS_LENGTH: usize = 80;

/// Reads a line by what its cells are. The error says what is wrong with it.
pub(super) fn read<'a>(cell: &dyn Fn(Role) -> Option<&'a str>) -> Result<Line, &'static str> {
    let said = said(cell)?;
    let moment = |role| match cell(role).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => time::read(text).map(Some).ok_or("a time that cannot be read"),
    };
    let (start, end) = (moment(Role::Start)?, moment(Role::End)?);
    Ok(Line { subject: subject(cell, start)?, start, end, said })
}

fn subject<'a>(cell: &dyn Fn(Role) -> Option<&'a str>, start: Option<Timestamp>) -> Result<Subject, &'static str> {
    let given = |role| cell(role).filter(|text| !text.is_empty());
    if let Some(number) = cell(Role::Packet) {
        return match number {
            "*" => Ok(Subject::All),
            _ => number.parse().map(Subject::Packet).map_err(|_| "a packet number that is none"),
        };
    }
    let address = |role| match given(role) {
        None => Ok(None),
        Some(text) => text.parse::<IpAddr>().map(Some).map_err(|_| "an address that is none"),
    };
    let (src, dst) = (address(Role::Src)?, address(Role::Dst)?);
    if let (Some(src), Some(dst)) = (src, dst) {
        let Some(proto) = given(Role::Proto).and_then(proto) else { return Ok(Subject::Hosts(src, Some(dst))) };
        if !proto.has_ports() {
            return Ok(Subject::Flow(Ends::new(proto, (src, 0), (dst, 0))));
        }
        let (sport, dport) = (port(given(Role::SrcPort))?, port(given(Role::DstPort))?);
        let Some((sport, dport)) = sport.zip(dport) else { return Ok(Subject::Hosts(src, Some(dst))) };
        return Ok(Subject::Flow(Ends::new(proto, (src, sport), (dst, dport))));
    }
    if let Some(id) = given(Role::FlowId) {
        return flow_id(id).map(Subject::Flow).ok_or("a flow id that is not src-dst-sport-dport-protocol");
    }
    match address(Role::Address)?.or(src).or(dst) {
        Some(address) => Ok(Subject::Hosts(address, None)),
        None if start.is_some() => Ok(Subject::Time),
        None => Err("nothing that says what it is about"),
    }
}

fn said<'a>(cell: &dyn Fn(Role) -> Option<&'a str>) -> Result<Said, &'static str> {
    let class = cell(Role::Class).unwrap_or("");
    if let Some(attack) = cell(Role::AttackPackets) {
        let number = |text: Option<&str>| text.and_then(|t| t.parse::<u64>().ok()).ok_or("a count that is none");
        let (attack, packets) = (number(Some(attack))?, number(cell(Role::Packets))?);
        let is_attack = attack > 0 && attack.saturating_mul(2) >= packets;
        return Ok(if is_left_out(class) {
            Said::LeftOut
        } else if is_attack {
            Said::Attack(name(class))
        } else {
            Said::Benign
        });
    }
    // A label says whether it is an attack, a class beside it which.
    let label = cell(Role::Label).unwrap_or(class);
    if is_left_out(label) {
        return Ok(Said::LeftOut);
    }
    if is_benign(label) {
        return Ok(Said::Benign);
    }
    Ok(Said::Attack(name(if is_benign(class) { label } else { class })))
}

fn name(class: &str) -> String {
    match class {
        "" | "1" | "1.0" | "true" | "True" | "yes" => "attack".to_owned(),
        class => class.chars().take(CLASS_LENGTH).collect(),
    }
}

fn proto(text: &str) -> Option<Proto> {
    Some(match text.to_ascii_lowercase().as_str() {
        "tcp" | "6" | "6.0" => Proto::TCP,
        "udp" | "17" | "17.0" => Proto::UDP,
        "icmp" | "1" => Proto::ICMP,
        "icmp6" | "icmpv6" | "ipv6-icmp" | "58" => Proto::ICMPV6,
        "sctp" | "132" => Proto::SCTP,
        "arp" => Proto::Arp,
        other => Proto::Ip(other.parse().ok()?),
    })
}

/// Ports are numbers, of some tools hexadecimal (`0x0050`) or with a decimal point.
fn port(text: Option<&str>) -> Result<Option<u16>, &'static str> {
    let Some(text) = text.filter(|text| *text != "-") else { return Ok(None) };
    let number = match text.strip_prefix("0x") {
        Some(digits) => u16::from_str_radix(digits, 16).ok(),
        None => text.strip_suffix(".0").unwrap_or(text).parse().ok(),
    };
    number.map(Some).ok_or("a port that is none")
}

fn flow_id(id: &str) -> Option<Ends> {
    let mut parts = id.rsplitn(5, '-');
    let (number, dport, sport) = (parts.next()?, parts.next()?, parts.next()?);
    let (dst, src) = (parts.next()?, parts.next()?);
    let end = |address: &str, port: &str| Some((address.parse().ok()?, port.parse().ok()?));
    Some(Ends::new(proto(number)?, end(src, sport)?, end(dst, dport)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cells: &[(Role, &'static str)]) -> Result<Line, &'static str> {
        read(&|role| cells.iter().find(|(known, _)| *known == role).map(|(_, text)| *text))
    }

    #[test]
    fn subjects_are_told_by_the_cells() {
        let a: IpAddr = [10, 0, 0, 1].into();
        let b: IpAddr = [10, 0, 0, 2].into();
        let ends = Ends::new(Proto::TCP, (a, 1000), (b, 80));
        let tuple =
            [(Role::Src, "10.0.0.2"), (Role::SrcPort, "80"), (Role::Dst, "10.0.0.1"), (Role::DstPort, "0x03e8")];
        let with_proto: Vec<_> = tuple.into_iter().chain([(Role::Proto, "TCP"), (Role::Label, "BENIGN")]).collect();
        assert_eq!(line(&with_proto).unwrap().subject, Subject::Flow(ends));
        assert_eq!(
            line(&[(Role::FlowId, "10.0.0.1-10.0.0.2-1000-80-6"), (Role::Label, "x")]).unwrap().subject,
            Subject::Flow(ends)
        );
        assert_eq!(line(&tuple).unwrap().subject, Subject::Hosts(b, Some(a)));
        assert_eq!(line(&[(Role::Packet, "*"), (Role::Class, "scan")]).unwrap().said, Said::Attack("scan".into()));
        assert_eq!(line(&[(Role::Address, "10.0.0.1")]).unwrap().subject, Subject::Hosts(a, None));
        assert!(line(&[(Role::Address, "10.0.0.300")]).is_err() && line(&[]).is_err());
    }

    #[test]
    fn labels_say_benign_left_out_or_a_class() {
        let said = |cells: &[(Role, &'static str)]| {
            let cells: Vec<_> = cells.iter().copied().chain([(Role::Packet, "1")]).collect();
            line(&cells).unwrap().said
        };
        assert_eq!(said(&[(Role::Label, "Normal")]), Said::Benign);
        assert_eq!(said(&[(Role::Label, "?")]), Said::LeftOut);
        assert_eq!(said(&[(Role::Label, "1"), (Role::Class, "Worms")]), Said::Attack("Worms".into()));
        assert_eq!(said(&[(Role::Label, "0"), (Role::Class, "Worms")]), Said::Benign);
        assert_eq!(said(&[(Role::Label, "1")]), Said::Attack("attack".into()));
        let counted = |n| said(&[(Role::Class, "scan"), (Role::Packets, "9"), (Role::AttackPackets, n)]);
        assert_eq!((counted("4"), counted("5")), (Said::Benign, Said::Attack("scan".into())));
    }
}
