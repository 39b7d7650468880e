//! How evenly a host's flows come: gaps and sizes of those to the same service.

use super::links::Links;
use super::place;
use crate::chunked::Chunked;
use crate::report::{FlowRecord, Moments};
use crate::units::count;

/// Gaps needed before their variation means something.
pub(super) const MIN_GAPS: u64 = 3;

/// A list of lists: the flows of each number, in order.
#[derive(Debug)]
pub(super) struct Groups {
    starts: Vec<u32>,
    flows: Vec<u32>,
}

impl Groups {
    /// Groups the places of `numbers` by number, all below `groups`.
    pub(super) fn of(groups: usize, numbers: impl Iterator<Item = Option<u32>> + Clone) -> Self {
        let mut starts = vec![0u32; groups + 1];
        for number in numbers.clone().flatten() {
            if let Some(start) = starts.get_mut(place(number) + 1) {
                *start += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut flows = vec![0; place(sum)];
        for (i, number) in (0..).zip(numbers) {
            let Some(at) = number.and_then(|number| next.get_mut(place(number))) else { continue };
            if let Some(flow) = flows.get_mut(place(*at)) {
                *flow = i;
            }
            *at += 1;
        }
        Self { starts, flows }
    }

    /// The places with a number.
    pub(super) fn get(&self, number: u32) -> &[u32] {
        let at = |i: usize| self.starts.get(i).map(|s| place(*s));
        let (Some(from), Some(to)) = (at(place(number)), at(place(number) + 1)) else { return &[] };
        self.flows.get(from..to).unwrap_or_default()
    }
}

/// Standard deviation over mean; `None` with fewer than three values and where the mean is 0.
#[allow(clippy::cast_possible_truncation)] // a coefficient of variation needs no more than 24 bits
pub(super) fn variation(moments: &Moments, least: u64) -> Option<f32> {
    let (std, mean) = moments.std_dev().zip(moments.mean())?;
    (moments.n >= least && mean > 0.0).then(|| (std / mean) as f32)
}

/// The gaps between the beginnings of flows, in order.
pub(super) fn gaps<'a>(flows: impl Iterator<Item = &'a FlowRecord>) -> Moments {
    let (mut gaps, mut last) = (Moments::default(), None);
    for flow in flows {
        if let Some(last) = last.replace(flow.first_ts) {
            gaps.add(flow.first_ts.since(last));
        }
    }
    gaps
}

/// The variation of a talk's flows.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Steady {
    pub(super) gaps: Option<f32>,
    pub(super) sizes: Option<f32>,
}

/// The variations of all talks.
#[derive(Debug)]
pub(super) struct Regularity {
    talks: Vec<Steady>,
    /// The smallest of the gaps' variations by originator.
    steadiest: Vec<Option<f32>>,
}

impl Regularity {
    pub(super) fn of(flows: &Chunked<FlowRecord>, links: &Links) -> Self {
        let groups = Groups::of(links.talks.len(), links.flows.iter().map(|l| Some(l.talk)));
        let mut steadiest: Vec<Option<f32>> = vec![None; links.hosts.len()];
        let talk = |(number, talk): (u32, &super::links::Talk)| {
            let steady = of_talk(flows, groups.get(number));
            if let (Some(gaps), Some(best)) = (steady.gaps, steadiest.get_mut(place(talk.orig))) {
                *best = Some(best.map_or(gaps, |best| best.min(gaps)));
            }
            steady
        };
        let talks = (0..).zip(&links.talks).map(talk).collect();
        Self { talks, steadiest }
    }

    pub(super) fn talk(&self, talk: u32) -> Steady {
        self.talks.get(place(talk)).copied().unwrap_or_default()
    }

    pub(super) fn steadiest(&self, host: u32) -> Option<f32> {
        self.steadiest.get(place(host)).copied().flatten()
    }
}

fn of_talk(flows: &Chunked<FlowRecord>, members: &[u32]) -> Steady {
    // Most talks are one flow: they cost no look at it.
    if count(members.len()) <= MIN_GAPS {
        return Steady::default();
    }
    let of = || members.iter().filter_map(|&i| flows.get(place(i)));
    let mut sizes = Moments::default();
    of().for_each(|flow| sizes.add(flow.orig.payload_bytes));
    Steady { gaps: variation(&gaps(of()), MIN_GAPS), sizes: variation(&sizes, MIN_GAPS + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_keep_the_order() {
        let numbers = [2, 0, 2, 2, 0].map(Some);
        let groups = Groups::of(4, numbers.into_iter().chain([None]));
        assert_eq!(
            (0..5).map(|n| groups.get(n).to_vec()).collect::<Vec<_>>(),
            [vec![1, 4], vec![], vec![0, 2, 3], vec![], vec![]]
        );
        assert!(Groups::of(0, [].into_iter()).get(0).is_empty());
    }
}
