//! A WEP network's key worked out of what is injected into it.

use std::collections::BTreeMap;

use super::Rule;
use super::draft::Draft;
use super::traffic::Traffic;
use crate::report::{Sender, Severity, Sign, SignCount, Technique};
use crate::units::{count_text, float, seconds};

pub(super) const RULE: Rule = Rule {
    kind: "wep_injection",
    name: "WEP injection",
    how: "A station sends at least `wep-replayed-frames` data frames encrypted by WEP that all have one length, the length of \
          an encrypted ARP packet or less, at least 50 a second and nine tenths of all that it sends so.",
    source: "Fluhrer, Mantin and Shamir 2001; Tews, Weinmann and Pyshkin 2007: the key follows from some 40,000 frames, which \
             tools get by sending one captured ARP request again and again.",
    caveat: "A device that polls by small packets of one length at such a rate.",
    technique: Some(Technique { id: "T1040", name: "Network Sniffing" }),
    limits: &["wep-replayed-frames"],
    find,
};

/// Longest frame that holds an encrypted ARP packet, its padding and the radio's own header.
const LONGEST: u32 = 160;
/// Frames a second.
const LEAST_RATE: f64 = 50.0;
/// Part of all that the station sends under WEP.
const LEAST_SHARE: f64 = 0.9;

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let mut stations: BTreeMap<_, Vec<&SignCount>> = BTreeMap::new();
    for seen in traffic.report.signs.iter().filter(|s| s.sign == Sign::WepData) {
        stations.entry(seen.sender).or_default().push(seen);
    }
    stations.into_iter().filter_map(|(station, frames)| judge(traffic, station, &frames)).collect()
}

fn judge(traffic: &Traffic<'_>, station: Sender, frames: &[&SignCount]) -> Option<Draft> {
    let all: u64 = frames.iter().map(|f| f.packets).sum();
    let most = frames.iter().max_by_key(|f| f.packets)?;
    let length = most.length.filter(|length| *length <= LONGEST)?;
    let rate = float(most.packets) / seconds(most.last_ts.since(most.first_ts)).max(1.0);
    let share = float(most.packets) / float(all);
    let is_attack =
        float(most.packets) >= traffic.limit("wep-replayed-frames") && rate >= LEAST_RATE && share >= LEAST_SHARE;
    if !is_attack {
        return None;
    }
    let mut draft = Draft::of_nobody((most.first_ts, most.last_ts), most.packets);
    draft.severity = Severity::High;
    draft.title = format!("802.11: station {station} injects {} frames into a WEP network", count_text(most.packets));
    draft.evidence = format!(
        "{} encrypted frames of {length} bytes, {rate:.0} a second, {:.0} % of the {} that the station sent.",
        count_text(most.packets),
        share * 100.0,
        count_text(all)
    );
    draft.measure("frames", float(most.packets));
    draft.measure("length", f64::from(length));
    draft.measure("frames_a_second", rate);
    draft.filter = format!("wlan.ta == {station} && wlan.fc.protected == 1 && frame.len == {length}");
    Some(draft)
}
