//! The counters of one window of time.

use hashbrown::{HashMap, HashSet};

use super::{Ends, Map, place};
use crate::flow::Keyed;
use crate::report::Context;

/// Counts of one window; filled again for each.
#[derive(Debug)]
pub(super) struct Window {
    /// By the host's number; those not of this window hold what they held in an earlier one.
    hosts: Vec<Host>,
    pairs: Map<u64, u32>,
    services: Map<(u32, u32), u32>,
    seen_ports: HashSet<(u32, u32), Keyed>,
}

/// Counts of one host.
#[derive(Debug, Clone, Copy, Default)]
struct Host {
    orig_flows: u32,
    orig_failed: u32,
    orig_peers: u32,
    orig_ports: u32,
    resp_flows: u32,
    resp_peers: u32,
}

impl Window {
    pub(super) fn new(hash: Keyed, hosts: usize) -> Self {
        Self {
            hosts: vec![Host::default(); hosts],
            pairs: HashMap::with_hasher(hash),
            services: HashMap::with_hasher(hash),
            seen_ports: HashSet::with_hasher(hash),
        }
    }

    /// Counts the members' flows, and nothing else.
    pub(super) fn fill(&mut self, ends: &[Ends], members: &[usize]) {
        self.pairs.clear();
        self.services.clear();
        self.seen_ports.clear();
        for ends in members.iter().filter_map(|&i| ends.get(i)) {
            for host in [ends.orig, ends.resp] {
                self.change(host, |host| *host = Host::default());
            }
        }
        for ends in members.iter().filter_map(|&i| ends.get(i)) {
            self.add(ends);
        }
    }

    fn change(&mut self, host: u32, change: impl FnOnce(&mut Host)) {
        if let Some(host) = self.hosts.get_mut(place(host)) {
            change(host);
        }
    }

    // Never inlined: a browser optimises a function when it is called, not while it runs.
    #[inline(never)]
    fn add(&mut self, ends: &Ends) {
        let pair = self.pairs.entry(ends.pair()).or_default();
        *pair += 1;
        let is_new_pair = u32::from(*pair == 1);
        *self.services.entry((ends.resp, ends.service)).or_default() += 1;
        let is_new_port = u32::from(self.seen_ports.insert((ends.orig, ends.service)));
        self.change(ends.orig, |host| {
            host.orig_flows += 1;
            host.orig_failed += u32::from(ends.is_failed);
            host.orig_peers += is_new_pair;
            host.orig_ports += is_new_port;
        });
        self.change(ends.resp, |host| {
            host.resp_flows += 1;
            host.resp_peers += is_new_pair;
        });
    }

    /// What the flows around one of the window's own look like.
    #[inline(never)]
    pub(super) fn context(&self, ends: &Ends) -> Context {
        let orig = self.hosts.get(place(ends.orig)).copied().unwrap_or_default();
        let resp = self.hosts.get(place(ends.resp)).copied().unwrap_or_default();
        Context {
            orig_flows: orig.orig_flows,
            resp_flows: resp.resp_flows,
            pair_flows: self.pairs.get(&ends.pair()).copied().unwrap_or(0),
            service_flows: self.services.get(&(ends.resp, ends.service)).copied().unwrap_or(0),
            orig_peers: orig.orig_peers,
            orig_ports: orig.orig_ports,
            resp_peers: resp.resp_peers,
            orig_failed_share: share(orig.orig_failed, orig.orig_flows),
            ..Context::default()
        }
    }
}

#[allow(clippy::cast_possible_truncation)] // a share needs no more than 24 bits
fn share(part: u32, whole: u32) -> f32 {
    if whole == 0 { 0.0 } else { (f64::from(part) / f64::from(whole)) as f32 }
}
