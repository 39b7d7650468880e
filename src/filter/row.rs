//! What a filter reads of a row, whatever the unit is.

use std::fmt::Write as _;
use std::net::IpAddr;

use super::field::{Number, Side, Text, Where};
use super::term::ProtoName;
use crate::report::{
    Application, Fields, FlowRecord, HostRecord, PacketRecord, Place, Places, Proto, Report, TcpFlags, Verdict,
};
use crate::settings::Unit;
use crate::units::{Timestamp, float, seconds};

/// One row of the unit in force.
#[derive(Debug, Clone, Copy)]
pub(super) enum Row<'a> {
    Flow(&'a FlowRecord),
    Packet(&'a PacketRecord),
    Host(&'a HostRecord),
}

impl<'a> Row<'a> {
    #[inline]
    pub(super) fn of(report: &'a Report, row: usize) -> Option<Self> {
        match report.settings.unit {
            Unit::Flow => report.flows.get(row).map(Self::Flow),
            Unit::Packet => report.packets.get(row).map(Self::Packet),
            Unit::Host => report.hosts.get(row).map(Self::Host),
        }
    }

    pub(super) fn verdict(self) -> &'a Verdict {
        match self {
            Self::Flow(f) => &f.verdict,
            Self::Packet(p) => &p.verdict,
            Self::Host(h) => &h.verdict,
        }
    }

    /// Whether it is of the protocol; a host, whether one of its flows is.
    #[inline]
    pub(super) fn is_of(self, proto: ProtoName) -> bool {
        match (self, proto) {
            (Self::Flow(f), _) => proto.is(f.proto),
            (Self::Packet(p), _) => proto.is(p.proto),
            (Self::Host(h), ProtoName::Icmp) => h.has_proto(Proto::ICMP),
            (Self::Host(h), ProtoName::One(proto)) => h.has_proto(proto),
        }
    }

    pub(super) fn ts(self) -> Timestamp {
        match self {
            Self::Flow(f) => f.first_ts,
            Self::Packet(p) => p.ts,
            Self::Host(h) => h.first_ts,
        }
    }

    pub(super) fn tunnel(self) -> Option<crate::report::TunnelKind> {
        match self {
            Self::Flow(f) => f.tunnel.as_ref().map(|t| t.kind),
            Self::Packet(_) | Self::Host(_) => None,
        }
    }

    /// The addresses of a side; a host's own on the sides it was on.
    #[inline]
    pub(super) fn addresses(self, side: Side) -> impl Iterator<Item = IpAddr> {
        let (orig, resp) = match self {
            Self::Host(h) if side == Side::Peer => (h.orig.main_peer, h.resp.main_peer),
            _ if side == Side::Peer => (None, None),
            Self::Flow(f) => (Some(f.orig_addr), Some(f.resp_addr)),
            Self::Packet(p) => (Some(p.src), Some(p.dst)),
            Self::Host(h) => {
                let on_side = |flows: u32| Some(h.address).filter(|_| flows > 0 || side == Side::Either);
                (on_side(h.orig.flows), on_side(h.resp.flows))
            }
        };
        on(side, orig, resp)
    }

    /// The ports of a side, where the protocol has ports.
    #[inline]
    pub(super) fn ports(self, side: Side) -> impl Iterator<Item = u16> {
        let (orig, resp) = match self {
            Self::Flow(f) if f.proto.has_ports() => (Some(f.orig_port), Some(f.resp_port)),
            Self::Packet(p) if p.proto.has_ports() => (p.src_port, p.dst_port),
            _ => (None, None),
        };
        on(side, orig, resp)
    }

    #[inline]
    pub(super) fn number(self, number: Number) -> Option<f64> {
        let v = self.verdict();
        match (number, self) {
            (Number::Score, _) => v.is_scored.then(|| f64::from(v.score)),
            (Number::Cluster, _) => v.is_scored.then(|| f64::from(v.cluster)),
            (_, Self::Flow(f)) => of_flow(f, number).filter(|_| f.knows(needed(number))),
            (_, Self::Packet(p)) => of_packet(p, number).filter(|_| p.knows(needed(number))),
            (_, Self::Host(h)) => of_host(h, number),
        }
    }

    /// Whether every flag of the mask is set; `None` where there are no flags.
    pub(super) fn has_flags(self, mask: u16) -> Option<bool> {
        match self {
            Self::Packet(p) => p.flags.map(|f| f.has(mask)),
            Self::Flow(f) if f.proto == Proto::TCP => {
                let mut set = 0;
                for direction in [&f.orig, &f.resp] {
                    for ((flag, _), _) in TcpFlags::NAMED.iter().zip(direction.flags).filter(|(_, n)| *n > 0) {
                        set |= flag;
                    }
                }
                Some(set & mask == mask)
            }
            Self::Flow(_) | Self::Host(_) => None,
        }
    }

    /// Calls `test` with the text as it stands in the report; a reason with each of its parts.
    pub(super) fn text(self, text: Text, mut test: impl FnMut(&str) -> bool) -> bool {
        match (text, self) {
            (Text::Reason, _) => {
                let reason = self.verdict().reason();
                !reason.is_empty() && reason.split('+').any(test)
            }
            (Text::Service, Self::Flow(f)) => match f.application.as_deref() {
                Some(application) => !application.is_guess() && application.names_of_services().any(test),
                None => f.service.is_some_and(test),
            },
            (Text::Guess, Self::Flow(f)) => f.guess().is_some_and(|guess| guess.names_of_services().any(test)),
            (Text::State, Self::Flow(f)) => f.conn_state.is_some_and(test),
            (Text::History, Self::Flow(f)) => !f.history.is_empty() && test(&f.history),
            (Text::Id, Self::Flow(f)) => test(&f.id_text()),
            (Text::Id, Self::Packet(p)) => test(&p.number.to_string()),
            (Text::Id, Self::Host(h)) => test(&h.address.to_string()),
            (Text::Service, Self::Host(h)) => h.services.iter().any(|service| test(service)),
            (word, Self::Flow(f)) => f.application.as_deref().is_some_and(|a| application_text(a, word, test)),
            (_, Self::Packet(_) | Self::Host(_)) => false,
        }
    }

    /// The places of a side's addresses.
    fn places<'p>(self, places: Option<&'p Places>, side: Side) -> impl Iterator<Item = &'p Place> + use<'a, 'p> {
        places.into_iter().flat_map(move |places| self.addresses(side).filter_map(|address| places.of(address)))
    }

    /// The autonomous systems of a side.
    pub(super) fn asns(self, places: Option<&Places>, side: Side) -> impl Iterator<Item = u32> {
        self.places(places, side).filter_map(|place| place.asn)
    }

    /// Calls `test` with what a side's places are called; a country by its code and its name.
    pub(super) fn place_text(
        self,
        places: Option<&Places>,
        what: Where,
        side: Side,
        test: impl Fn(&str) -> bool,
    ) -> bool {
        self.places(places, side).any(|place| {
            let texts = match what {
                Where::Country => [&place.country, &place.country_name],
                Where::City => [&place.city, &None],
                Where::Organisation => [&place.as_org, &None],
            };
            texts.into_iter().flatten().any(|text| test(text.as_str()))
        })
    }

    /// Writes everything a word can stand in, in lower case. By hand: this runs for every row of every filter.
    pub(super) fn write_words(self, places: Option<&Places>, text: &mut String) {
        text.clear();
        match self {
            Self::Flow(f) => push_proto(text, f.proto),
            Self::Packet(p) => push_proto(text, p.proto),
            Self::Host(h) => push_host(text, h),
        }
        for side in [Side::Orig, Side::Resp] {
            text.push(' ');
            if let Some(addr) = self.addresses(side).next() {
                push_endpoint(text, addr, self.ports(side).next());
            }
        }
        let verdict = self.verdict();
        for word in [verdict.severity.name(), verdict.reason()] {
            text.push(' ');
            text.push_str(word);
        }
        if let Self::Flow(flow) = self {
            for word in [flow.conn_state, flow.service] {
                text.push(' ');
                text.push_str(word.unwrap_or_default());
            }
            text.push(' ');
            text.push_str(&flow.id_text());
            for name in flow.application.iter().flat_map(|application| application.names()) {
                text.push(' ');
                text.push_str(name.as_str());
            }
        }
        let label = match self {
            Self::Flow(f) => f.label(),
            Self::Packet(p) => p.label(),
            Self::Host(_) => None,
        };
        if let Some(label) = label {
            text.push(' ');
            text.push_str(label);
        }
        for place in self.places(places, Side::Either) {
            for word in [&place.country_name, &place.city, &place.as_org].into_iter().flatten() {
                text.push(' ');
                text.push_str(word.as_str());
            }
        }
        text.make_ascii_lowercase();
    }
}

/// Calls `test` with each text of the kind in what was recognised.
fn application_text(application: &Application, word: Text, mut test: impl FnMut(&str) -> bool) -> bool {
    let http = application.http();
    let text = match word {
        Text::ServerName => application.offer().and_then(|offer| offer.server_name.as_ref()),
        Text::Ja3 => application.ja3(),
        Text::Ja4 => application.ja4(),
        Text::HttpHost => http.and_then(|http| http.host.as_ref()),
        Text::HttpUri => http.and_then(|http| http.uri.as_ref()),
        Text::UserAgent => http.and_then(|http| http.user_agent.as_ref()),
        Text::DnsQuery => {
            return application.dns().is_some_and(|dns| dns.queries.first.iter().any(|q| test(q.name.as_str())));
        }
        _ => None,
    };
    text.is_some_and(|text| test(text.as_str()))
}

#[inline]
fn on<T>(side: Side, orig: Option<T>, resp: Option<T>) -> impl Iterator<Item = T> {
    let orig = orig.filter(|_| side != Side::Resp);
    let resp = resp.filter(|_| side != Side::Orig);
    orig.into_iter().chain(resp)
}

/// What a record must know to have a number. Of a table not every record does.
fn needed(number: Number) -> Fields {
    match number {
        Number::Packets => Fields::ORIG_PKTS.and(Fields::RESP_PKTS),
        Number::OrigPackets => Fields::ORIG_PKTS,
        Number::RespPackets => Fields::RESP_PKTS,
        Number::Bytes => Fields::WIRE_BYTES,
        Number::OrigBytes => Fields::ORIG_BYTES,
        Number::RespBytes => Fields::RESP_BYTES,
        Number::OrigIpBytes => Fields::ORIG_IP_BYTES,
        Number::RespIpBytes => Fields::RESP_IP_BYTES,
        Number::Duration => Fields::DURATION,
        _ => Fields::NONE,
    }
}

fn of_flow(f: &FlowRecord, number: Number) -> Option<f64> {
    Some(match number {
        Number::Packets => float(f.packets()),
        Number::OrigPackets => float(f.orig.packets),
        Number::RespPackets => float(f.resp.packets),
        Number::Bytes => float(f.wire_bytes()),
        Number::OrigBytes => float(f.orig.payload_bytes),
        Number::RespBytes => float(f.resp.payload_bytes),
        Number::OrigIpBytes => float(f.orig.ip_bytes),
        Number::RespIpBytes => float(f.resp.ip_bytes),
        Number::Payload => float(f.orig.payload_bytes.saturating_add(f.resp.payload_bytes)),
        Number::Duration => seconds(f.duration_ns()),
        Number::Position => float(f.first_packet),
        Number::Vlan => return f.vlan.map(f64::from),
        Number::Confidence => return f.service_confidence().map(f64::from),
        Number::MissedBytes if f.proto == Proto::TCP => float(f.stream.missed_bytes()),
        Number::Retransmissions if f.proto == Proto::TCP => float(f.stream.retransmissions()),
        Number::Rtt => return f.stream.rtt_ns().map(seconds),
        _ => return None,
    })
}

fn of_packet(p: &PacketRecord, number: Number) -> Option<f64> {
    Some(match number {
        Number::Bytes => f64::from(p.length),
        Number::Payload => f64::from(p.payload_len),
        Number::Position => float(p.number),
        Number::Entropy => return p.entropy.map(f64::from),
        Number::Ttl => return p.ttl.map(f64::from),
        Number::Window => return p.window.map(f64::from),
        Number::Gap => return p.iat_ns.map(seconds),
        _ => return None,
    })
}

fn of_host(h: &HostRecord, number: Number) -> Option<f64> {
    Some(match number {
        Number::Packets => float(h.packets),
        Number::Bytes => float(h.wire_bytes),
        Number::Payload => float(h.sent().payload_bytes.saturating_add(h.received().payload_bytes)),
        Number::Sent => float(h.sent().payload_bytes),
        Number::Received => float(h.received().payload_bytes),
        Number::Duration => seconds(h.duration_ns()),
        Number::Flows => f64::from(h.flows),
        Number::OrigFlows => f64::from(h.orig.flows),
        Number::RespFlows => f64::from(h.resp.flows),
        Number::Peers => f64::from(h.peers),
        Number::Ports => f64::from(h.orig.ports),
        Number::AskedPorts => f64::from(h.resp.ports),
        Number::Failed => return h.orig.failed_share(),
        _ => return None,
    })
}

fn push_host(text: &mut String, host: &HostRecord) {
    text.push_str(&host.protos_text());
    let name = host.name.as_deref().into_iter();
    for word in name.chain(host.services.iter().copied()).chain([host.kind.name()]) {
        text.push(' ');
        text.push_str(word);
    }
}

fn push_proto(text: &mut String, proto: Proto) {
    match proto {
        Proto::TCP => text.push_str("tcp"),
        Proto::UDP => text.push_str("udp"),
        other => text.push_str(&other.name()),
    }
}

fn push_endpoint(text: &mut String, addr: IpAddr, port: Option<u16>) {
    match (addr, port) {
        (IpAddr::V4(v4), _) => {
            for (i, octet) in v4.octets().into_iter().enumerate() {
                if i > 0 {
                    text.push('.');
                }
                push_number(text, u16::from(octet));
            }
            if let Some(port) = port {
                text.push(':');
                push_number(text, port);
            }
        }
        // Writing into a String cannot fail.
        (IpAddr::V6(_), Some(port)) => drop(write!(text, "[{addr}]:{port}")),
        (IpAddr::V6(_), None) => drop(write!(text, "{addr}")),
    }
}

fn push_number(text: &mut String, number: u16) {
    let mut divisor = 10_000;
    while divisor > 1 && number < divisor {
        divisor /= 10;
    }
    while divisor > 0 {
        let digit = u8::try_from(number / divisor % 10).unwrap_or(0);
        text.push(char::from(b'0' + digit));
        divisor /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_addresses_are_written_as_the_library_writes_them() {
        for number in [0, 7, 10, 99, 100, 9999, 10_000, 65_535] {
            let mut text = String::new();
            push_number(&mut text, number);
            assert_eq!(text, number.to_string());
        }
        for (addr, port, expected) in [
            ("10.0.200.1", Some(80), "10.0.200.1:80"),
            ("0.0.0.0", None, "0.0.0.0"),
            ("fe80::1", Some(1), "[fe80::1]:1"),
            ("::", None, "::"),
        ] {
            let mut text = String::new();
            push_endpoint(&mut text, addr.parse().unwrap(), port);
            assert_eq!(text, expected);
        }
    }
}
