//! A filter in other tools' languages, where every term says the same there.

use super::Node;
use super::condition::Condition;
use super::field::{Kind, Side};
use super::net::Net;
use super::term::{AddressText, Is, ProtoName, Test};
use crate::report::Proto;

/// The words of a language.
struct Dialect {
    and: &'static str,
    or: &'static str,
    not: &'static str,
    net: fn(&Net) -> String,
    ports: fn(&[(u16, u16)]) -> String,
    proto: fn(ProtoName) -> String,
}

pub(super) fn display(node: &Node) -> Option<String> {
    let dialect =
        Dialect { and: " && ", or: " || ", not: "!", net: display_net, ports: display_ports, proto: display_proto };
    dialect.whole(node)
}

pub(super) fn bpf(node: &Node) -> Option<String> {
    let net = |net: &Net| format!("{} {net}", if net.is_host() { "host" } else { "net" });
    let dialect = Dialect { and: " and ", or: " or ", not: "not ", net, ports: bpf_ports, proto: bpf_proto };
    dialect.whole(node)
}

impl Dialect {
    fn whole(&self, node: &Node) -> Option<String> {
        match node {
            Node::All(nodes) if nodes.is_empty() => Some(String::new()),
            node => self.node(node, false),
        }
    }

    fn node(&self, node: &Node, is_inner: bool) -> Option<String> {
        match node {
            Node::Test(Test::Field(field, is)) => self.test(field.kind, is),
            Node::Test(Test::Word(_)) => None,
            Node::Not(inner) => Some(self.inverted(&self.node(inner, true)?)),
            Node::All(nodes) | Node::Any(nodes) => {
                let parts: Option<Vec<String>> = nodes.iter().map(|n| self.node(n, true)).collect();
                let joint = if matches!(node, Node::All(_)) { self.and } else { self.or };
                let text = parts?.join(joint);
                Some(if is_inner { format!("({text})") } else { text })
            }
        }
    }

    fn inverted(&self, text: &str) -> String {
        let has_parentheses = text.starts_with('(') && text.ends_with(')');
        if has_parentheses { format!("{}{text}", self.not) } else { format!("{}({text})", self.not) }
    }

    fn test(&self, kind: Kind, is: &Is) -> Option<String> {
        let (is_not, parts) = match (kind, is) {
            (Kind::Address(Side::Either) | Kind::Net(Side::Either), Is::Address(is_not, list)) => {
                let nets: Option<Vec<String>> = list.iter().map(|a| self.address(a)).collect();
                (*is_not, nets?)
            }
            (Kind::Proto, Is::Proto(is_not, list)) => (*is_not, list.iter().map(|p| (self.proto)(*p)).collect()),
            (Kind::Port(Side::Either), Is::Port(condition)) => return self.port(condition),
            _ => return None,
        };
        let text = self.any(&parts);
        Some(if is_not { self.inverted(&text) } else { text })
    }

    fn any(&self, parts: &[String]) -> String {
        match parts {
            [one] => one.clone(),
            many => format!("({})", many.join(self.or)),
        }
    }

    fn address(&self, address: &AddressText) -> Option<String> {
        match address {
            AddressText::Net(net) => Some((self.net)(net)),
            AddressText::Begins(_) | AddressText::Part(_) => None,
        }
    }

    fn port(&self, condition: &Condition<u16>) -> Option<String> {
        let range = match condition {
            Condition::In(ranges) => return Some((self.ports)(ranges)),
            Condition::NotIn(ranges) => {
                let protos = [Proto::TCP, Proto::UDP, Proto::SCTP].map(|p| (self.proto)(ProtoName::One(p)));
                let not = self.inverted(&(self.ports)(ranges));
                return Some(format!("({}{}{not})", self.any(&protos), self.and));
            }
            Condition::Less(limit) => (0, limit.checked_sub(1)?),
            Condition::AtMost(limit) => (0, *limit),
            Condition::Greater(limit) => (limit.checked_add(1)?, u16::MAX),
            Condition::AtLeast(limit) => (*limit, u16::MAX),
        };
        Some((self.ports)(&[range]))
    }
}

fn display_net(net: &Net) -> String {
    if net.is_v4() {
        format!("(ip.addr == {net} || arp.src.proto_ipv4 == {net} || arp.dst.proto_ipv4 == {net})")
    } else {
        format!("ipv6.addr == {net}")
    }
}

fn display_ports(ranges: &[(u16, u16)]) -> String {
    let list = super::export::display_set(ranges);
    format!("(tcp.port {list} || udp.port {list} || sctp.port {list})")
}

fn bpf_ports(ranges: &[(u16, u16)]) -> String {
    let parts: Vec<String> = ranges.iter().map(super::export::bpf_range).collect();
    match parts.as_slice() {
        [one] => one.clone(),
        many => format!("({})", many.join(" or ")),
    }
}

fn display_proto(proto: ProtoName) -> String {
    match proto {
        ProtoName::Icmp => "(icmp || icmpv6)".to_owned(),
        ProtoName::One(proto) => super::export::display_proto(proto),
    }
}

fn bpf_proto(proto: ProtoName) -> String {
    match proto {
        ProtoName::Icmp => "(icmp or icmp6)".to_owned(),
        ProtoName::One(proto) => super::export::bpf_proto(proto),
    }
}

#[cfg(test)]
mod tests {
    use crate::filter::Filter;

    fn both(text: &str) -> (Option<String>, Option<String>) {
        let filter = Filter::parse(text).unwrap();
        (filter.to_display_filter(), filter.to_bpf())
    }

    #[test]
    fn translates_what_says_the_same_of_a_packet() {
        for (text, display, bpf) in [
            ("", "", ""),
            ("fe80::1", "ipv6.addr == fe80::1", "host fe80::1"),
            ("fe80::/10", "ipv6.addr == fe80::/10", "net fe80::/10"),
            (
                "net 10/8",
                "(ip.addr == 10.0.0.0/8 || arp.src.proto_ipv4 == 10.0.0.0/8 || arp.dst.proto_ipv4 == 10.0.0.0/8)",
                "net 10.0.0.0/8",
            ),
            ("proto tcp or arp", "tcp || arp", "tcp or arp"),
            ("not icmp", "!(icmp || icmpv6)", "not (icmp or icmp6)"),
            ("gre", "(ip.proto == 47 || ipv6.nxt == 47)", "(ip proto 47 or ip6 proto 47)"),
            (
                "udp and not (port 53 or port 20-25)",
                "udp && !((tcp.port == 53 || udp.port == 53 || sctp.port == 53) || \
                 (tcp.port in {20..25} || udp.port in {20..25} || sctp.port in {20..25}))",
                "udp and not (port 53 or portrange 20-25)",
            ),
            (
                "port in {53, 80-90}",
                "(tcp.port in {53, 80..90} || udp.port in {53, 80..90} || sctp.port in {53, 80..90})",
                "(port 53 or portrange 80-90)",
            ),
            (
                "port != 22",
                "((tcp || udp || sctp) && !(tcp.port == 22 || udp.port == 22 || sctp.port == 22))",
                "((tcp or udp or sctp) and not (port 22))",
            ),
            (
                "port > 1023",
                "(tcp.port in {1024..65535} || udp.port in {1024..65535} || sctp.port in {1024..65535})",
                "portrange 1024-65535",
            ),
        ] {
            assert_eq!(both(text), (Some(display.to_owned()), Some(bpf.to_owned())), "{text}");
        }
    }

    #[test]
    fn says_nothing_where_a_packet_cannot_know() {
        for text in
            ["score > 0.5", "src 10.0.0.1", "tcp high", "tcp and dport 53", "not state S0", "ip 10.0.", "port < 0"]
        {
            assert_eq!(both(text), (None, None), "{text}");
        }
    }
}
