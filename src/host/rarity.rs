//! How rare what a flow says of itself is among the flows that say such a thing.

use std::hash::Hash;

use hashbrown::HashMap;

use super::protocols::{ja4, server_name};
use crate::chunked::Chunked;
use crate::flow::Keyed;
use crate::report::{FlowRecord, Rarity};
use crate::units::float;

/// Fills in the rarities of the application protocol, the server name and the JA4.
pub(super) fn annotate(flows: &mut Chunked<FlowRecord>, hash: Keyed) {
    let applications = of(flows.iter().map(|f| f.service), hash);
    let names = of(flows.iter().map(server_name), hash);
    let ja4s = of(flows.iter().map(ja4), hash);
    let at = |list: &[Rarity], i: usize| list.get(i).copied().unwrap_or_default();
    for (i, flow) in flows.iter_mut().enumerate() {
        flow.context.application_rarity = at(&applications, i);
        flow.context.name_rarity = at(&names, i);
        flow.context.ja4_rarity = at(&ja4s, i);
    }
}

/// The rarity of each key among all keys; empty where there is none at all.
#[allow(clippy::cast_possible_truncation)] // at most ln(2^64) = 44
fn of<K: Hash + Eq>(keys: impl Iterator<Item = Option<K>> + Clone, hash: Keyed) -> Vec<Rarity> {
    let mut counts: HashMap<K, (u64, Rarity), Keyed> = HashMap::with_hasher(hash);
    let mut total = 0;
    for key in keys.clone().flatten() {
        counts.entry(key).or_default().0 += 1;
        total += 1;
    }
    if total == 0 {
        return Vec::new();
    }
    for (n, rarity) in counts.values_mut() {
        *rarity = Rarity::new(libm::log(float(total) / float(*n)) as f32);
    }
    keys.map(|key| key.and_then(|key| counts.get(&key)).map_or(Rarity::MISSING, |(_, rarity)| *rarity)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rarity_is_of_those_that_have_a_value() {
        let keys = [Some("tls"), None, Some("tls"), Some("dns"), Some("tls"), None];
        let found = of(keys.into_iter(), Keyed::new([1, 2]));
        let values: Vec<Option<f32>> = found.iter().map(|r| r.get()).collect();
        let (tls, dns) = (Some(libm::logf(4.0 / 3.0)), Some(libm::logf(4.0)));
        let close = |a: &Option<f32>, b: &Option<f32>| a.zip(*b).map_or(a == b, |(a, b)| (a - b).abs() < 1e-6);
        let expected = [tls, None, tls, dns, tls, None];
        assert!(values.iter().zip(&expected).all(|(a, b)| close(a, b)), "{values:?}");
        assert!(of([None::<u8>, None].into_iter(), Keyed::new([1, 2])).is_empty());
        assert_eq!(of([Some(1), Some(1)].into_iter(), Keyed::new([1, 2]))[0].get(), Some(0.0));
    }
}
