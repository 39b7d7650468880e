//! The overview: who talks most, to whom, by what, and which names are asked for.

use std::net::IpAddr;

use serde::Serialize;

use super::{Proto, Severity};

/// What flows add up to.
///
/// **Units** `bytes` are original bytes on the wire, link layer included, of both directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Volume {
    /// Flows.
    pub flows: u64,
    /// Their packets.
    pub packets: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Volume {
    /// Adds more of it.
    pub fn merge(&mut self, other: &Self) {
        self.flows = self.flows.saturating_add(other.flows);
        self.packets = self.packets.saturating_add(other.packets);
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

/// The largest entries of a list, and what the others add up to.
///
/// **Shape** at most [`Overview::TOP`] entries: most bytes first, of equals most packets, then most flows, then in order
/// of address, number or name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Top<T> {
    /// Distinct entries, those that are not listed included.
    pub count: u64,
    /// The largest.
    pub first: Vec<T>,
    /// What the others add up to.
    pub others: Volume,
}

impl<T> Default for Top<T> {
    fn default() -> Self {
        Self { count: 0, first: Vec::new(), others: Volume::default() }
    }
}

/// A host and the flows that it is an end of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Talker {
    /// Its address.
    pub address: IpAddr,
    /// Its flows, those with itself once.
    #[serde(flatten)]
    pub volume: Volume,
    /// The gravest finding that names it as an actor or among the targets listed; `none` where none does.
    pub severity: Severity,
}

/// Two hosts and the flows between them, whoever began them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conversation {
    /// The lower of the two addresses.
    pub a: IpAddr,
    /// The higher one; the same where a host talks with itself.
    pub b: IpAddr,
    /// Their flows.
    #[serde(flatten)]
    pub volume: Volume,
}

/// A protocol and the responder's port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PortUse {
    /// The protocol, by its name in the flow records.
    pub proto: Proto,
    /// The responder's port; null where the protocol has none.
    pub port: Option<u16>,
    /// What most of its bytes with a recognised service are, by what the payload says; null where nothing was recognised.
    /// A guess does not count.
    pub service: Option<&'static str>,
    /// Its flows.
    #[serde(flatten)]
    pub volume: Volume,
}

/// A name that flows ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NameUse {
    /// The name, ASCII letters in lower case.
    pub name: String,
    /// The flows that name it.
    #[serde(flatten)]
    pub volume: Volume,
}

/// The largest of each kind, over all kept flows and whatever the unit.
///
/// Every flow counts whole with each thing that it has: with both its ends, and with each name that it asks for. What a
/// table does not say of a flow is not counted: without addresses it has no talkers, without a protocol no port.
///
/// **Memory** of the result, five lists of at most [`Overview::TOP`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Overview {
    /// Hosts, groups included.
    pub talkers: Top<Talker>,
    /// Pairs of hosts.
    pub conversations: Top<Conversation>,
    /// Ports of the responders with their protocols.
    pub ports: Top<PortUse>,
    /// Servers' names: of TLS and QUIC (SNI), else the host of HTTP; the first of a flow.
    pub server_names: Top<NameUse>,
    /// Names asked for by DNS, mDNS and LLMNR: those that the flow records list.
    pub dns_names: Top<NameUse>,
}

impl Overview {
    /// Entries of a list.
    pub const TOP: usize = 10;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_one_plain_object() {
        let volume = Volume { flows: 1, packets: 2, bytes: 3 };
        let port = PortUse { proto: Proto::UDP, port: Some(53), service: Some("dns"), volume };
        let text = serde_json::to_string(&port).unwrap();
        assert_eq!(text, r#"{"proto":"udp","port":53,"service":"dns","flows":1,"packets":2,"bytes":3}"#);
        let talker = Talker { address: "fe80::1".parse().unwrap(), volume, severity: Severity::None };
        let text = serde_json::to_string(&talker).unwrap();
        assert_eq!(text, r#"{"address":"fe80::1","flows":1,"packets":2,"bytes":3,"severity":"none"}"#);
    }
}
