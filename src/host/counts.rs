//! Counters of one span of time: a window, or the whole capture.

use super::links::{Link, Links, Talk};
use super::place;
use crate::report::{FlowRecord, Scope};
use crate::units::{float, seconds};

/// Counts by number; filled again for each span.
#[derive(Debug)]
pub(super) struct Counts {
    epoch: u32,
    hosts: Cells<Host>,
    /// Flows, and distinct services.
    pairs: Cells<(u32, u32)>,
    /// Flows, and distinct responders.
    wants: Cells<(u32, u32)>,
    /// Flows, and distinct originators.
    offers: Cells<(u32, u32)>,
    talks: Cells<()>,
    services: Cells<u32>,
    /// Numbers of the hosts counted.
    touched: Vec<u32>,
    flows: u64,
}

/// Counts of one host.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Host {
    pub(super) orig: Side,
    pub(super) resp: Side,
    sent: u64,
    received: u64,
}

/// A host on one side of its flows.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Side {
    pub(super) flows: u32,
    pub(super) failed: u32,
    pub(super) peers: u32,
    pub(super) ports: u32,
}

/// A list of counters in which those of earlier spans are void without being cleared.
#[derive(Debug)]
struct Cells<T> {
    list: Vec<(u32, T)>,
}

impl<T: Copy + Default> Cells<T> {
    fn new(length: usize) -> Self {
        Self { list: vec![(0, T::default()); length] }
    }

    /// Changes a counter; whether it was void before.
    #[inline]
    fn change(&mut self, epoch: u32, number: u32, change: impl FnOnce(&mut T)) -> bool {
        #[cfg(test)]
        super::tests::step();
        let Some(cell) = self.list.get_mut(place(number)) else { return false };
        let is_new = cell.0 != epoch;
        if is_new {
            *cell = (epoch, T::default());
        }
        change(&mut cell.1);
        is_new
    }

    #[inline]
    fn get(&self, epoch: u32, number: u32) -> T {
        self.list.get(place(number)).filter(|cell| cell.0 == epoch).map(|cell| cell.1).unwrap_or_default()
    }
}

impl Counts {
    pub(super) fn new(links: &Links) -> Self {
        Self {
            epoch: 0,
            hosts: Cells::new(links.hosts.len()),
            pairs: Cells::new(links.pairs.len()),
            wants: Cells::new(links.wants.len()),
            offers: Cells::new(links.offers.len()),
            talks: Cells::new(links.talks.len()),
            services: Cells::new(links.services.len()),
            touched: Vec::new(),
            flows: 0,
        }
    }

    /// Begins a span: nothing is counted yet. Returns its number, from 1.
    pub(super) fn begin(&mut self) -> u32 {
        self.epoch += 1;
        self.touched.clear();
        self.flows = 0;
        self.epoch
    }

    // Never inlined: a browser optimises a function when it is called, not while it runs.
    #[inline(never)]
    pub(super) fn add(&mut self, links: &Links, link: &Link, flow: &FlowRecord) {
        let Some(talk) = links.talks.get(place(link.talk)) else { return };
        let epoch = self.epoch;
        self.flows += 1;
        self.services.change(epoch, talk.service, |flows| *flows += 1);
        let is_new_talk = u32::from(self.talks.change(epoch, link.talk, |()| {}));
        let both = |(flows, distinct): &mut (u32, u32)| {
            *flows += 1;
            *distinct += is_new_talk;
        };
        let is_new_pair = u32::from(self.pairs.change(epoch, talk.pair, both));
        let is_new_want = u32::from(self.wants.change(epoch, talk.want, both));
        let is_new_offer = u32::from(self.offers.change(epoch, talk.offer, both));
        let failed = u32::from(link.is_failed);
        let is_new_orig = self.hosts.change(epoch, talk.orig, |host| {
            host.orig.add(failed, is_new_pair, is_new_want);
            host.sent = host.sent.saturating_add(flow.orig.payload_bytes);
            host.received = host.received.saturating_add(flow.resp.payload_bytes);
        });
        let is_new_resp = self.hosts.change(epoch, talk.resp, |host| host.resp.add(failed, is_new_pair, is_new_offer));
        self.touched.extend([(is_new_orig, talk.orig), (is_new_resp, talk.resp)].iter().filter(|t| t.0).map(|t| t.1));
    }

    /// The counted hosts.
    pub(super) fn hosts(&self) -> impl Iterator<Item = (u32, Host)> {
        self.touched.iter().map(|&host| (host, self.host(host)))
    }

    pub(super) fn host(&self, host: u32) -> Host {
        self.hosts.get(self.epoch, host)
    }

    /// Flows of a pair, and its services.
    pub(super) fn pair(&self, pair: u32) -> (u32, u32) {
        self.pairs.get(self.epoch, pair)
    }

    /// Flows of an originator to a service, and its responders.
    pub(super) fn want(&self, want: u32) -> (u32, u32) {
        self.wants.get(self.epoch, want)
    }

    /// Flows to a responder's service, and its originators.
    pub(super) fn offer(&self, offer: u32) -> (u32, u32) {
        self.offers.get(self.epoch, offer)
    }

    /// What the flows around those of a talk look like.
    #[inline(never)]
    pub(super) fn scope(&self, talk: &Talk) -> Scope {
        let (orig, resp) = (self.host(talk.orig), self.host(talk.resp));
        let (pair_flows, pair_ports) = self.pair(talk.pair);
        let (orig_service_flows, orig_service_peers) = self.want(talk.want);
        Scope {
            orig_flows: orig.orig.flows,
            resp_flows: resp.resp.flows,
            pair_flows,
            service_flows: self.offer(talk.offer).0,
            orig_service_flows,
            orig_peers: orig.orig.peers,
            orig_ports: orig.orig.ports,
            resp_peers: resp.resp.peers,
            resp_ports: resp.resp.ports,
            pair_ports,
            orig_service_peers,
            orig_failed_share: share(orig.orig.failed, orig.orig.flows),
            resp_failed_share: share(resp.resp.failed, resp.resp.flows),
            orig_sent: orig.sent,
            orig_received: orig.received,
        }
    }

    /// Flows that a host originated for each second between the first and the last of them.
    #[allow(clippy::cast_possible_truncation)] // a rate needs no more than 24 bits
    pub(super) fn rate(&self, links: &Links, host: u32) -> Option<f32> {
        let (first, last) = links.begins.get(place(host))?;
        let span = seconds(last.since(*first));
        (span > 0.0).then(|| (f64::from(self.host(host).orig.flows) / span) as f32)
    }

    /// -ln of the share of the flows to the talk's responder in all.
    pub(super) fn responder_rarity(&self, talk: &Talk) -> f32 {
        self.rarity(self.host(talk.resp).resp.flows)
    }

    /// -ln of the share of the flows to the talk's service in all.
    pub(super) fn service_rarity(&self, talk: &Talk) -> f32 {
        self.rarity(self.services.get(self.epoch, talk.service))
    }

    #[allow(clippy::cast_possible_truncation)] // at most ln(2^32) = 22
    fn rarity(&self, flows: u32) -> f32 {
        if flows == 0 { 0.0 } else { libm::log(float(self.flows) / f64::from(flows)) as f32 }
    }
}

impl Side {
    fn add(&mut self, failed: u32, peers: u32, ports: u32) {
        self.flows += 1;
        self.failed += failed;
        self.peers += peers;
        self.ports += ports;
    }
}

#[allow(clippy::cast_possible_truncation)] // a share needs no more than 24 bits
fn share(part: u32, whole: u32) -> f32 {
    if whole == 0 { 0.0 } else { (f64::from(part) / f64::from(whole)) as f32 }
}
