//! Few clauses that take in every selected conversation.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::Selection;
use super::conversation::{Conversation, IcmpKind, Key, Pair};
use crate::report::Proto;
use crate::sort;

/// Most flows named one by one.
const MAX_FLOWS: usize = 60;
/// Most addresses and ports in a filter.
const MAX_NAMES: usize = 120;
/// Most hosts named one by one.
const MAX_HOSTS: usize = 60;

/// What a filter matches, from the narrowest way to say it to the widest.
#[derive(Debug)]
pub(super) enum Cover {
    Nothing,
    /// Both ports.
    Flows(Clauses),
    /// One port, mostly the responder's.
    Services(Clauses),
    /// Only addresses.
    Pairs(Clauses),
    /// All traffic of these hosts.
    Hosts(BTreeSet<(bool, IpAddr)>),
    /// All traffic of these protocols.
    Protos(BTreeSet<Proto>),
}

/// Conditions on the traffic of pairs of hosts.
#[derive(Debug, Default)]
pub(super) struct Clauses(pub(super) BTreeMap<Pair, BTreeSet<What>>);

/// First and last packet number.
type Numbers = (u64, u64);

/// A condition on the traffic of a pair.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct What {
    /// `None` is any protocol above IP.
    pub(super) proto: Option<Proto>,
    pub(super) ports: Ports,
    /// Packet numbers, first and last; any where there is none.
    pub(super) numbers: Option<Numbers>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ports {
    Any,
    /// The same on both ends.
    Same(u16),
    /// This one, and one of those.
    Both(u16, BTreeSet<u16>),
    /// One of these on any end.
    Either(BTreeSet<u16>),
    /// ICMP types, with a code or any.
    Icmp(BTreeSet<IcmpKind>),
}

impl Ports {
    fn count(&self) -> usize {
        match self {
            Self::Any => 0,
            Self::Same(_) => 1,
            Self::Both(_, set) => 1 + runs(set.iter().copied(), |p| p.checked_add(1)).len(),
            Self::Either(set) => runs(set.iter().copied(), |p| p.checked_add(1)).len(),
            Self::Icmp(kinds) => kinds.len(),
        }
    }

    fn matches(&self, c: &Conversation<'_>) -> bool {
        let (a, b) = c.ports;
        match self {
            Self::Any => true,
            Self::Same(port) => a == *port && b == *port,
            Self::Both(port, set) => (a == *port || b == *port) && (set.contains(&a) || set.contains(&b)),
            Self::Either(set) => set.contains(&a) || set.contains(&b),
            Self::Icmp(kinds) => c.icmp_kinds().iter().any(|k| kinds.contains(k)),
        }
    }
}

impl What {
    fn matches(&self, c: &Conversation<'_>) -> bool {
        let is_proto = match self.proto {
            None => c.proto != Proto::Arp,
            Some(proto) => c.proto == proto,
        };
        let is_number = self.numbers.is_none_or(|(first, last)| c.numbers.0 <= last && first <= c.numbers.1);
        is_proto && is_number && self.ports.matches(c)
    }
}

impl Clauses {
    /// By both ports: for each pair and responder's port the originator's.
    fn flows(selection: &Selection<'_>, numbered: &BTreeSet<Key>) -> Self {
        let mut sets: BTreeMap<(Pair, Proto, u16, Option<Numbers>), BTreeSet<u16>> = BTreeMap::new();
        let mut clauses = Self::default();
        for c in selection.chosen() {
            let numbers = numbered.contains(&c.key()).then_some(c.numbers);
            let (orig, resp) = c.ports;
            // Packets of an answer are seen from the other side.
            let is_swapped = orig < 1024 && resp >= 1024;
            let (orig, resp) = if is_swapped { (resp, orig) } else { (orig, resp) };
            if c.proto.has_ports() && orig != resp && !c.is_outside {
                sets.entry((c.pair, c.proto, resp, numbers)).or_default().insert(orig);
            } else {
                clauses.add(c.pair, What { proto: Some(c.proto), ports: plain_ports(&c), numbers });
            }
        }
        for ((pair, proto, port, numbers), others) in sets {
            clauses.add(pair, What { proto: Some(proto), ports: Ports::Both(port, others), numbers });
        }
        clauses
    }

    /// By the responder's port; `None` where that is too long.
    fn services(selection: &Selection<'_>) -> Option<Self> {
        let mut sets: BTreeMap<(Pair, Proto), BTreeSet<u16>> = BTreeMap::new();
        let mut clauses = Self::default();
        for c in selection.chosen() {
            if c.proto.has_ports() {
                sets.entry((c.pair, c.proto)).or_default().extend(c.service_ports());
            } else {
                clauses.add(c.pair, What { proto: Some(c.proto), ports: plain_ports(&c), numbers: None });
            }
            if sets.len() + clauses.0.len() > MAX_NAMES {
                return None;
            }
        }
        for ((pair, proto), ports) in sets {
            clauses.add(pair, What { proto: Some(proto), ports: Ports::Either(ports), numbers: None });
        }
        Some(clauses).filter(|c| c.names() <= MAX_NAMES)
    }

    /// By addresses alone; `None` where that is too long.
    fn pairs(selection: &Selection<'_>) -> Option<Self> {
        let mut clauses = Self::default();
        for c in selection.chosen() {
            let proto = Some(Proto::Arp).filter(|arp| c.proto == *arp);
            clauses.add(c.pair, What { proto, ports: Ports::Any, numbers: None });
            if clauses.0.len() > MAX_NAMES {
                return None;
            }
        }
        Some(clauses).filter(|c| c.names() <= MAX_NAMES)
    }

    fn add(&mut self, pair: Pair, what: What) {
        let all = self.0.entry(pair).or_default();
        // ICMP kinds of the same pair are one condition.
        if let Ports::Icmp(kinds) = &what.ports {
            let same =
                |w: &&What| w.proto == what.proto && w.numbers == what.numbers && matches!(w.ports, Ports::Icmp(_));
            if let Some(mut before) = all.iter().find(same).cloned() {
                all.remove(&before);
                if let Ports::Icmp(known) = &mut before.ports {
                    known.extend(kinds.iter().copied());
                }
                all.insert(before);
                return;
            }
        }
        all.insert(what);
    }

    fn matches(&self, c: &Conversation<'_>) -> bool {
        self.0.get(&c.pair).is_some_and(|all| all.iter().any(|w| w.matches(c)))
    }

    /// The conditions with the pairs they hold for: one host that many share, and the others.
    pub(super) fn grouped(&self) -> Vec<Group<'_>> {
        let mut pairs_of: BTreeMap<&What, BTreeSet<Pair>> = BTreeMap::new();
        for (pair, all) in &self.0 {
            for what in all {
                pairs_of.entry(what).or_default().insert(*pair);
            }
        }
        let mut groups = Vec::new();
        for (what, mut pairs) in pairs_of {
            while let Some((hub, family)) = busiest(&pairs) {
                let is_of_hub = |p: &Pair| p.low != p.high && (p.low == hub || p.high == hub);
                let others: BTreeSet<IpAddr> = match family {
                    true => BTreeSet::from([hub]),
                    false => pairs
                        .iter()
                        .filter(|p| is_of_hub(p))
                        .map(|p| if p.low == hub { p.high } else { p.low })
                        .collect(),
                };
                pairs.retain(|p| if family { p.low != hub || p.high != hub } else { !is_of_hub(p) });
                groups.push(Group { what, hub, others });
            }
        }
        groups
    }

    /// How many addresses and ports the filter has to name.
    fn names(&self) -> usize {
        self.grouped().iter().map(|g| 1 + g.others.len() + g.what.ports.count()).sum()
    }
}

/// One condition on the traffic between a host and others. Where the host talks to itself it is its own other.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub(super) what: &'a What,
    pub(super) hub: IpAddr,
    pub(super) others: BTreeSet<IpAddr>,
}

/// The address in most pairs, and whether it is a pair with itself.
fn busiest(pairs: &BTreeSet<Pair>) -> Option<(IpAddr, bool)> {
    if let Some(own) = pairs.iter().find(|p| p.low == p.high) {
        return Some((own.low, true));
    }
    hub(pairs.iter().copied()).map(|hub| (hub, false))
}

fn hub(pairs: impl Iterator<Item = Pair>) -> Option<IpAddr> {
    let mut counts: BTreeMap<IpAddr, usize> = BTreeMap::new();
    for pair in pairs {
        *counts.entry(pair.low).or_default() += 1;
        *counts.entry(pair.high).or_default() += usize::from(pair.low != pair.high);
    }
    counts.into_iter().max_by(|(a, n), (b, m)| n.cmp(m).then(b.cmp(a))).map(|(addr, _)| addr)
}

fn plain_ports(c: &Conversation<'_>) -> Ports {
    match c.proto {
        proto if proto.is_icmp() => Ports::Icmp(sort::set(c.icmp_kinds().into_iter())),
        proto if proto.has_ports() && c.is_outside => Ports::Either(sort::set(c.service_ports().iter().copied())),
        proto if proto.has_ports() => Ports::Same(c.ports.0),
        _ => Ports::Any,
    }
}

impl Cover {
    /// The narrowest cover that is short enough.
    pub(super) fn of(selection: &Selection<'_>) -> Self {
        if selection.chosen().next().is_none() {
            return Self::Nothing;
        }
        if let Some(hosts) = chosen_hosts(selection) {
            return Self::Hosts(hosts);
        }
        let protos = || Self::Protos(sort::set(selection.chosen().map(|c| c.proto)));
        if selection.others().next().is_none() {
            return protos();
        }
        let mut distinct = BTreeSet::new();
        let is_long = selection.chosen().any(|c| distinct.insert(c.key()) && distinct.len() > MAX_FLOWS);
        if !is_long {
            return Self::Flows(Clauses::flows(selection, &BTreeSet::new()));
        }
        let services = Clauses::services(selection).map(Self::Services);
        let pairs = || Clauses::pairs(selection).map(Self::Pairs);
        services.or_else(pairs).or_else(|| hosts(selection).map(Self::Hosts)).unwrap_or_else(protos)
    }

    /// Tells flows apart by packet numbers where one with the same addresses and ports is not selected.
    pub(super) fn add_numbers(&mut self, selection: &Selection<'_>, is_possible: bool) {
        let Self::Flows(clauses) = self else { return };
        let alike = selection.others().filter(|c| is_possible && clauses.matches(c));
        let alike = sort::set(alike.map(|c| c.key()));
        if !alike.is_empty() {
            *clauses = Clauses::flows(selection, &alike);
        }
    }

    pub(super) fn matches(&self, c: &Conversation<'_>) -> bool {
        match self {
            Self::Nothing => false,
            Self::Flows(clauses) | Self::Services(clauses) | Self::Pairs(clauses) => clauses.matches(c),
            Self::Hosts(hosts) => {
                let is_arp = c.proto == Proto::Arp;
                hosts.contains(&(is_arp, c.pair.low)) || hosts.contains(&(is_arp, c.pair.high))
            }
            Self::Protos(protos) => protos.contains(&c.proto),
        }
    }

    /// Whether Wireshark may show it: there the ends of a tunnel count as addresses of what is inside.
    pub(super) fn shows(&self, c: &Conversation<'_>) -> bool {
        let Some(tunnel) = c.tunnel else { return self.matches(c) };
        let ends = [c.pair.low, c.pair.high, tunnel.src, tunnel.dst];
        match self {
            Self::Nothing => false,
            Self::Hosts(hosts) => ends.iter().any(|end| hosts.contains(&(false, *end))),
            Self::Protos(_) => true,
            // Ports may be those of any layer too: to be on the safe side they are not looked at.
            Self::Flows(clauses) | Self::Services(clauses) | Self::Pairs(clauses) => {
                let named = |a: &IpAddr, b: &IpAddr| clauses.0.contains_key(&Pair::new(*a, *b));
                ends.iter().enumerate().any(|(i, a)| ends.iter().skip(i + 1).any(|b| named(a, b)))
            }
        }
    }
}

/// The hosts that were chosen themselves, if they are few and can be named: not from outside of a tunnel.
fn chosen_hosts(selection: &Selection<'_>) -> Option<BTreeSet<(bool, IpAddr)>> {
    let is_chosen = |a: &IpAddr| selection.hosts.binary_search(a).is_ok();
    let is_named = (1..=MAX_HOSTS).contains(&selection.hosts.len()) && !selection.chosen().any(|c| c.is_outside);
    let ends = |c: Conversation<'_>| [c.pair.low, c.pair.high].map(|end| (c.proto == Proto::Arp, end));
    is_named.then(|| sort::set(selection.chosen().flat_map(ends).filter(|(_, end)| is_chosen(end))))
}

/// Hosts of which each conversation has one, ARP's apart: of two the one with more peers.
fn hosts(selection: &Selection<'_>) -> Option<BTreeSet<(bool, IpAddr)>> {
    let pairs = sort::set(selection.chosen().map(|c| (c.proto == Proto::Arp, c.pair)));
    let mut peers: BTreeMap<(bool, IpAddr), usize> = BTreeMap::new();
    for (is_arp, pair) in &pairs {
        for end in [pair.low, pair.high] {
            *peers.entry((*is_arp, end)).or_default() += 1;
        }
    }
    let mut hosts = BTreeSet::new();
    for (is_arp, pair) in pairs {
        let [low, high] = [(is_arp, pair.low), (is_arp, pair.high)];
        hosts.insert(if peers.get(&high) > peers.get(&low) { high } else { low });
        if hosts.len() > MAX_HOSTS {
            return None;
        }
    }
    Some(hosts)
}

/// Ascending values as first and last of each run without a gap.
pub(super) fn runs<T: PartialEq + Copy>(values: impl Iterator<Item = T>, next: impl Fn(T) -> Option<T>) -> Vec<(T, T)> {
    let mut runs: Vec<(T, T)> = Vec::new();
    for value in values {
        match runs.last_mut() {
            Some((_, last)) if next(*last) == Some(value) => *last = value,
            _ => runs.push((value, value)),
        }
    }
    runs
}
