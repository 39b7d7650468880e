//! A network on which every protocol is spoken that a model has to tell apart, each in many ways: sizes, pauses, distances,
//! programs and ports differ between seeds as between networks.

mod datagrams;
mod lines;
mod sealed;

use std::net::IpAddr;

use super::frame::End;
use super::network::Host;
use super::stage::{MS, SEC, Source, Stage, US};
use super::tcp::Conversation;

/// A conversation that was begun, and what is spoken in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spoken {
    /// IP protocol.
    pub(super) proto: u8,
    pub(super) orig: (IpAddr, u16),
    pub(super) resp: (IpAddr, u16),
    /// Name of the protocol.
    pub(super) label: &'static str,
}

const TCP: u8 = 6;
const UDP: u8 = 17;

/// How this network differs from others; drawn once a seed.
#[derive(Debug, Clone, Copy)]
struct Manner {
    /// Median time to a host and back.
    rtt: u64,
    /// Factor of message sizes and pauses, around 1.
    size: f64,
    pause: f64,
    /// Share of the conversations on ports of their own choice.
    odd_ports: f64,
}

/// Median nanoseconds between two conversations: about 1,500 in twenty minutes.
const GAP: u64 = 800 * MS;

type Talk = fn(Place, u64, &mut Stage);

/// Who speaks: equal numbers mean equal shares.
const TALKS: &[(Talk, u64)] = &[
    (lines::http, 5),
    (lines::ftp, 4),
    (lines::smtp, 4),
    (lines::mailbox, 2),
    (lines::chat, 1),
    (sealed::web, 5),
    (sealed::ssh, 4),
    (sealed::database, 1),
    (sealed::files, 1),
    (sealed::screen, 1),
    (sealed::print, 1),
    (sealed::unknown, 2),
    (sealed::peer, 1),
    (datagrams::dns, 5),
    (datagrams::quic, 5),
    (datagrams::clock, 1),
    (datagrams::tunnel, 2),
    (datagrams::sound, 1),
    (datagrams::hole_punch, 1),
    (datagrams::management, 1),
    (datagrams::log, 1),
    (datagrams::search, 1),
    (datagrams::game, 2),
];

/// The ends of a conversation to be, and the manner of the network.
#[derive(Debug, Clone, Copy)]
struct Place {
    orig: Host,
    resp: Host,
    by_v6: bool,
    own_port: u16,
    is_odd: bool,
    odd_port: u16,
    rtt: u64,
    manner: Manner,
}

impl Place {
    /// Both ends, the responder on `port` unless it has chosen another.
    fn ends(&self, port: u16) -> (End, End) {
        let port = if self.is_odd { self.odd_port } else { port };
        if self.by_v6 {
            (self.orig.v6(self.own_port), self.resp.v6(port))
        } else {
            (self.orig.v4(self.own_port), self.resp.v4(port))
        }
    }

    /// A TCP conversation, which is noted.
    fn talk(&self, port: u16, label: &'static str, stage: &mut Stage) -> Conversation {
        let ends = self.ends(port);
        note(TCP, ends, label, stage);
        Conversation::new(super::Class::Benign, ends, self.rtt, &mut stage.rng)
    }

    /// A number of bytes around a median, as large things are large on this network.
    fn bytes(&self, median: u64, sigma: f64, stage: &mut Stage) -> u64 {
        scaled(stage.rng.log_normal(median, sigma), self.manner.size).max(1)
    }

    /// A pause around a mean.
    fn pause(&self, mean: u64, stage: &mut Stage) -> u64 {
        scaled(stage.rng.exponential(mean), self.manner.pause)
    }
}

fn scaled(value: u64, factor: f64) -> u64 {
    super::rng::whole(crate::units::float(value) * factor)
}

fn note(proto: u8, (orig, resp): (End, End), label: &'static str, stage: &mut Stage) {
    stage.spoken.push(Spoken { proto, orig: (orig.ip, orig.port), resp: (resp.ip, resp.port), label });
}

/// Begins the talking at `now`.
pub(super) fn open(now: u64, stage: &mut Stage) {
    let rng = &mut stage.rng;
    let factor = |rng: &mut super::rng::Rng| crate::units::float(rng.log_normal(1000, 0.35).clamp(400, 2500)) / 1000.0;
    let manner = Manner {
        rtt: rng.log_normal(18 * MS, 1.0).clamp(400 * US, 180 * MS),
        size: factor(rng),
        pause: factor(rng),
        odd_ports: 0.05 + 0.3 * rng.unit(),
    };
    stage.enter(now, Box::new(Talkers { manner }));
}

/// Begins one conversation after another. It never ends.
struct Talkers {
    manner: Manner,
}

impl Source for Talkers {
    fn step(&mut self, now: u64, stage: &mut Stage) -> Option<u64> {
        let manner = self.manner;
        let orig = stage.net.workstation(&mut stage.rng);
        let resp = stage.net.site(&mut stage.rng).host;
        let rng = &mut stage.rng;
        let place = Place {
            orig,
            resp,
            by_v6: rng.chance(0.2),
            own_port: rng.port(),
            is_odd: rng.chance(manner.odd_ports),
            odd_port: u16::try_from(rng.between(1024, 49_151)).unwrap_or(8000),
            // Some are in the next room, some on the other side of the world.
            rtt: rng.log_normal(manner.rtt, 0.9).clamp(150 * US, 400 * MS),
            manner,
        };
        let all: u64 = TALKS.iter().map(|(_, share)| share).sum();
        let mut at = rng.below(all);
        for (talk, share) in TALKS {
            if at < *share {
                talk(place, now, stage);
                break;
            }
            at -= share;
        }
        Some(now + stage.rng.exponential(GAP).min(5 * SEC))
    }
}
