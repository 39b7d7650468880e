//! Wi-Fi attacks: stations thrown off their network, and a network's key worked out of what is injected into it.

use super::Rule;
use super::draft::Draft;
use super::traffic::Traffic;
use crate::report::{Severity, Technique};
use crate::units::{count_text, float, seconds};

pub(super) const RULE: Rule = Rule {
    kind: "wifi_attack",
    name: "Wi-Fi deauthentication",
    how: "At least `wifi-deauthentications` 802.11 frames that throw stations off (deauthentication, disassociation) in the \
          capture, more than ten for each association, and at least one every two seconds.",
    source: "IEEE 802.11: such a frame ends one association; tools that break in send bursts of 64 and more.",
    caveat: "A controller that moves stations between access points sends a few of them.",
    technique: Some(Technique { id: "T1499", name: "Endpoint Denial of Service" }),
    limits: &["wifi-deauthentications"],
    find,
};

const FRAMES_AN_ASSOCIATION: f64 = 10.0;
/// Frames a second.
const LEAST_RATE: f64 = 0.5;

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let of = |what: &str| {
        let all = traffic.report.ledger.undecoded.iter().filter(|u| u.what == what);
        all.map(|u| u.packets).sum::<u64>()
    };
    let (deauthentications, disassociations) = (of("802.11 deauthentication"), of("802.11 disassociation"));
    let (thrown, joined) = (deauthentications + disassociations, of("802.11 association request"));
    let span = traffic.report.summary.first_ts.zip(traffic.report.summary.last_ts);
    let Some((first, last)) = span else { return Vec::new() };
    let rate = float(thrown) / seconds(last.since(first)).max(1.0);
    let is_attack = float(thrown) >= traffic.limit("wifi-deauthentications")
        && float(thrown) > FRAMES_AN_ASSOCIATION * float(joined)
        && rate >= LEAST_RATE;
    if !is_attack {
        return Vec::new();
    }
    let mut draft = Draft::of_nobody((first, last), thrown);
    draft.severity = Severity::High;
    draft.title = format!("802.11: {} frames throw stations off", count_text(thrown));
    draft.evidence = format!(
        "{} deauthentication and {} disassociation frames, {rate:.1} a second, and {} association requests.",
        count_text(deauthentications),
        count_text(disassociations),
        count_text(joined)
    );
    draft.measure("deauthentications", float(deauthentications));
    draft.measure("disassociations", float(disassociations));
    draft.measure("association_requests", float(joined));
    "wlan.fc.type_subtype == 12 || wlan.fc.type_subtype == 10".clone_into(&mut draft.filter);
    vec![draft]
}
