//! What leaves the office: names looked up, pages, mail, storage.

use crate::synth::Class;
use crate::synth::frame::{self, End};
use crate::synth::network::{Host, Site};
use crate::synth::payload::dns::{self, Answer};
use crate::synth::payload::{text, tls};
use crate::synth::stage::{MS, SEC, Sequence, Stage, US};
use crate::synth::tcp::{Content, Conversation, Side, Step};

const CLASS: Class = Class::Benign;
/// How often a name must be looked up because it is not remembered.
const FORGOTTEN: f64 = 0.6;
/// How often a site is visited by IPv6.
const BY_V6: f64 = 0.2;

/// Asks the office's name server; returns when the answer is there.
fn look_up(host: Host, name: &str, (kind, answer): (u16, &Answer), now: u64, stage: &mut Stage) -> u64 {
    let (id, port) = (stage.rng.short(), stage.rng.port());
    let (from, to) = (host.v4(port), stage.net.dns.v4(53));
    let wait =
        if stage.rng.chance(0.5) { stage.rng.between(200 * US, 900 * US) } else { stage.rng.log_normal(14 * MS, 0.8) };
    let (a, b) = (stage.rng.short(), stage.rng.short());
    let ttl = stage.rng.pick(&[60, 300, 300, 3600]);
    Sequence::new(CLASS)
        .then(0, |out| frame::udp(out, (&from, &to), a, &dns::query(id, name, kind)))
        .then(wait, |out| frame::udp(out, (&to, &from), b, &dns::response(id, name, kind, answer, ttl)))
        .enter(now, stage)
}

/// Finds a site: returns the two ends and when they can begin.
fn find(host: Host, site: &Site, port: u16, now: u64, stage: &mut Stage) -> ((End, End), u64) {
    let by_v6 = stage.rng.chance(BY_V6);
    let mut ready = now;
    if stage.rng.chance(FORGOTTEN) {
        ready = look_up(host, &site.name, (dns::A, &Answer::A(site.host.ip())), now, stage);
        if by_v6 || stage.rng.chance(0.15) {
            let answer = Answer::Aaaa(site.host.ip6());
            ready = ready.max(look_up(host, &site.name, (dns::AAAA, &answer), now + 40 * US, stage));
        }
    }
    let own = stage.rng.port();
    let ends = if by_v6 { (host.v6(own), site.host.v6(port)) } else { (host.v4(own), site.host.v4(port)) };
    (ends, ready + stage.rng.between(100 * US, 2 * MS))
}

/// A page and up to three other sites that have parts of it.
pub(super) fn browse(host: Host, now: u64, stage: &mut Stage) {
    let mut start = now;
    let sites = 1 + [0, 0, 1, 1, 2, 3].get(usize::from(stage.rng.short() % 6)).copied().unwrap_or(0);
    for _ in 0..sites {
        let site = stage.net.site(&mut stage.rng);
        let (ends, ready) = find(host, &site, 443, start, stage);
        let [.., last] = host.mac();
        let program = if last % 3 == 0 { tls::OTHER_BROWSER } else { tls::BROWSER };
        let mut talk = tls::open(CLASS, ends, site.rtt, (program, &site.name), &mut stage.rng);
        let pace = stage.rng.between(12 * US, 140 * US);
        // Few requests mostly, many sometimes.
        for _ in 0..stage.rng.log_normal(2, 0.7).clamp(1, 30) {
            let (ask, bytes) = (stage.rng.between(120, 900), stage.rng.log_normal(3_000, 1.3).clamp(180, 400_000));
            let think = stage.rng.exponential(600 * MS);
            talk = talk
                .then(Step::Wait(think))
                .then(Step::Say(Side::Orig, tls::record(ask, &mut stage.rng)))
                .then(Step::Pour { from: Side::Resp, bytes, content: Content::Tls, pace });
        }
        talk.all(ending(stage)).enter(ready, stage);
        start = ready + stage.rng.between(30 * MS, 700 * MS);
    }
}

/// How connections end: closed by who opened them, timed out by the other, or cut.
fn ending(stage: &mut Stage) -> [Step; 2] {
    match stage.rng.below(20) {
        0..=12 => [Step::Wait(stage.rng.exponential(4 * SEC)), Step::Close(Side::Orig)],
        13..=17 => [Step::Wait(stage.rng.between(5 * SEC, 60 * SEC)), Step::Close(Side::Resp)],
        _ => [Step::Wait(stage.rng.exponential(SEC)), Step::Reset(Side::Orig)],
    }
}

/// Pages of the office's own server, readable.
pub(super) fn intranet(host: Host, now: u64, stage: &mut Stage) {
    let ends = (host.v4(stage.rng.port()), stage.net.web.v4(80));
    let mut talk = Conversation::new(CLASS, ends, 400 * US, &mut stage.rng).then(Step::Open);
    for _ in 0..stage.rng.between(1, 4) {
        let bytes = stage.rng.log_normal(4_000, 1.0).clamp(200, 60_000);
        let think = stage.rng.exponential(900 * MS);
        talk = talk
            .then(Step::Wait(think))
            .then(Step::Say(Side::Orig, text::get("intranet.example.com", &mut stage.rng)))
            .then(Step::Wait(2 * MS))
            .then(Step::Say(Side::Resp, text::found(bytes)))
            .then(Step::Pour { from: Side::Resp, bytes, content: Content::Text, pace: 13 * US });
    }
    talk.all(ending(stage)).enter(now, stage);
}

/// Mail by IMAP over TLS; some stay connected for a while.
pub(super) fn mail(host: Host, now: u64, stage: &mut Stage) {
    let Some(site) = stage.net.sites.iter().find(|site| site.name == "mail.example.com").cloned() else { return };
    let (ends, ready) = find(host, &site, 993, now, stage);
    let mut talk = tls::open(CLASS, ends, site.rtt, (tls::SERVICE, &site.name), &mut stage.rng);
    for (ask, answer) in [(35, 90), (48, 260), (30, 120), (44, 70)] {
        talk = talk
            .then(Step::Say(Side::Orig, tls::record(ask, &mut stage.rng)))
            .then(Step::Say(Side::Resp, tls::record(answer, &mut stage.rng)));
    }
    for _ in 0..stage.rng.below(3) {
        let bytes = stage.rng.log_normal(9_000, 1.2).clamp(900, 300_000);
        talk = talk.then(Step::Say(Side::Orig, tls::record(52, &mut stage.rng))).then(Step::Pour {
            from: Side::Resp,
            bytes,
            content: Content::Tls,
            pace: 60 * US,
        });
    }
    for _ in 0..stage.rng.below(4) {
        talk = talk
            .then(Step::Wait(stage.rng.between(20 * SEC, 55 * SEC)))
            .then(Step::Say(Side::Orig, tls::record(28, &mut stage.rng)))
            .then(Step::Say(Side::Resp, tls::record(40, &mut stage.rng)));
    }
    talk.then(Step::Close(Side::Orig)).enter(ready, stage);
}

/// A document goes to a storage service: an upload that nobody should mind.
pub(super) fn upload(host: Host, now: u64, stage: &mut Stage) {
    let site = stage.net.site(&mut stage.rng);
    let (ends, ready) = find(host, &site, 443, now, stage);
    let bytes = stage.rng.log_normal(60_000, 0.8).clamp(5_000, 600_000);
    tls::open(CLASS, ends, site.rtt, (tls::BROWSER, &site.name), &mut stage.rng)
        .then(Step::Pour { from: Side::Orig, bytes, content: Content::Tls, pace: 90 * US })
        .then(Step::Say(Side::Resp, tls::record(310, &mut stage.rng)))
        .all(ending(stage))
        .enter(ready, stage);
}

/// A program asks its maker, always the same one, whether there is something new.
pub(super) fn telemetry(host: Host, now: u64, stage: &mut Stage) {
    let [.., last] = host.mac();
    let Some(site) =
        stage.net.sites.iter().filter(|site| site.name.starts_with("updates.")).nth((last % 6).into()).cloned()
    else {
        return;
    };
    let (ends, ready) = find(host, &site, 443, now, stage);
    let (ask, answer) = (stage.rng.between(380, 1_900), stage.rng.log_normal(420, 0.9).clamp(80, 12_000));
    tls::open(CLASS, ends, site.rtt, (tls::SERVICE, &site.name), &mut stage.rng)
        .then(Step::Say(Side::Orig, tls::record(ask, &mut stage.rng)))
        .then(Step::Wait(20 * MS))
        .then(Step::Say(Side::Resp, tls::record(answer, &mut stage.rng)))
        .then(Step::Close(Side::Orig))
        .enter(ready, stage);
}

/// A name looked up ahead of need, one that does not exist, or the name of an address.
pub(super) fn look_up_only(host: Host, now: u64, stage: &mut Stage) {
    let site = stage.net.site(&mut stage.rng);
    match stage.rng.below(10) {
        0 => {
            let name = format!("wpad.{}", site.name);
            look_up(host, &name, (dns::A, &Answer::Nothing), now, stage);
        }
        1 => {
            let [a, b, c, d] = site.host.ip().octets();
            let name = format!("{d}.{c}.{b}.{a}.in-addr.arpa");
            look_up(host, &name, (dns::PTR, &Answer::Name(site.name)), now, stage);
        }
        2 => {
            let text = b"v=spf1 ip4:203.0.113.0/24 -all".to_vec();
            look_up(host, &site.name, (dns::TXT, &Answer::Text(text)), now, stage);
        }
        _ => {
            look_up(host, &site.name, (dns::A, &Answer::A(site.host.ip())), now, stage);
        }
    }
}

/// A large file of about `packets` packets is fetched, as fast as the line allows.
pub(in crate::synth) fn download(packets: u64, now: u64, stage: &mut Stage) {
    let host = stage.net.workstation(&mut stage.rng);
    let site = stage.net.site(&mut stage.rng);
    let (ends, ready) = find(host, &site, 443, now, stage);
    // Two segments and their acknowledgement are three packets.
    let bytes = packets.saturating_sub(20).max(30) * 2 / 3 * 1448;
    tls::open(CLASS, ends, site.rtt, (tls::BROWSER, &site.name), &mut stage.rng)
        .then(Step::Say(Side::Orig, tls::record(640, &mut stage.rng)))
        .then(Step::Pour { from: Side::Resp, bytes, content: Content::Tls, pace: 110 * US })
        .all(ending(stage))
        .enter(ready, stage);
}
