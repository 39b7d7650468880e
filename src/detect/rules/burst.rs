//! Burst: far more flows begin in a moment than usually do.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::Traffic;
use super::words::{filter_of, many, whom};
use crate::report::Severity;
use crate::units::{count, float};

pub(super) const RULE: Rule = Rule {
    kind: "burst",
    name: "Burst",
    how: "In ten seconds at least a hundred flows began, `burst-factor` times as many as in the median of all ten seconds in \
          which one did, and half of them were begun by the same host. Info.",
    source: "PacketInsight.io calls twice the mean a spike; here it is the median, and many times it.",
    caveat: "Browsers open many connections at once; a scan and a flood are findings of their own.",
    technique: None,
    limits: &["burst-factor"],
    find,
};

const SPAN_NS: i64 = 10_000_000_000;
/// Spans in which something began, below which nothing is usual, and flows below which nothing is a burst.
const FEWEST_SPANS: usize = 10;
const FEWEST_FLOWS: usize = 100;

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let span = |row: &Row<'_>| row.first_ts.0.div_euclid(SPAN_NS);
    let mut flows: BTreeMap<i64, usize> = BTreeMap::new();
    traffic.all().for_each(|row| *flows.entry(span(&row)).or_default() += 1);
    let mut sizes: Vec<usize> = flows.values().copied().collect();
    sizes.sort_unstable();
    let Some(median) = sizes.get(sizes.len() / 2).copied().filter(|_| sizes.len() >= FEWEST_SPANS) else {
        return Vec::new();
    };
    let usual = float(count(median));
    flows.retain(|_, n| *n >= FEWEST_FLOWS && float(count(*n)) >= traffic.limit("burst-factor") * usual);
    if flows.is_empty() {
        return Vec::new();
    }
    let mut bursts: BTreeMap<i64, Vec<Row<'_>>> = BTreeMap::new();
    for row in traffic.all().filter(|row| flows.contains_key(&span(row))) {
        bursts.entry(span(&row)).or_default().push(row);
    }
    let mut by_actor: BTreeMap<IpAddr, (usize, usize, Vec<Row<'_>>)> = BTreeMap::new();
    for rows in bursts.into_values() {
        let mut begun: BTreeMap<IpAddr, usize> = BTreeMap::new();
        rows.iter().for_each(|row| *begun.entry(row.orig_addr).or_default() += 1);
        let Some((actor, n)) = begun.into_iter().max_by_key(|(_, n)| *n) else { continue };
        if n * 2 >= rows.len() {
            let (spans, most, all) = by_actor.entry(actor).or_default();
            *spans += 1;
            *most = (*most).max(n);
            all.extend(rows.into_iter().filter(|row| row.orig_addr == actor));
        }
    }
    by_actor.into_iter().map(|(actor, (spans, most, rows))| draft(actor, spans, most, median, &rows)).collect()
}

fn draft(actor: IpAddr, spans: usize, most: usize, median: usize, rows: &[Row<'_>]) -> Draft {
    let mut draft = Draft::of_actor(actor, rows.iter().copied());
    draft.severity = Severity::Info;
    draft.title = format!("{actor}: burst of {}", many(rows.len(), "flow"));
    draft.evidence = format!(
        "{} to {} began in {} of ten seconds, at most {most} in one; in the median one {} began in all.",
        many(rows.len(), "flow"),
        whom(&draft.targets),
        many(spans, "span"),
        many(median, "flow"),
    );
    draft.count("flows", rows.len());
    draft.count("most_in_ten_seconds", most);
    draft.count("median_in_ten_seconds", median);
    draft.filter = filter_of(actor, &draft.targets, None);
    draft
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::rules::made::{found, tcp};
    use crate::report::FlowRecord;
    use crate::units::Timestamp;

    fn steady(burst: i64) -> Vec<FlowRecord> {
        let usual = (0..100).map(|i| tcp(5 * i, [10, 0, 0, 1], ([192, 0, 2, 1], 443), (900, 9_000)));
        usual.chain((0..burst).map(|_| tcp(201, [10, 0, 0, 7], ([192, 0, 2, 2], 443), (900, 9_000)))).collect()
    }

    #[test]
    fn many_flows_at_once_are_a_burst_where_few_are_usual() {
        let all = found(&RULE, steady(150));
        assert_eq!(all.iter().map(|f| (f.severity, f.rows)).collect::<Vec<_>>(), [(Severity::Info, 150)]);
        assert_eq!(found(&RULE, steady(90)), []);
        let short = steady(150).into_iter().filter(|flow| flow.first_ts >= Timestamp::from_parts(200, 0)).take(160);
        assert_eq!(found(&RULE, short.take(8).collect()), []);
    }
}
