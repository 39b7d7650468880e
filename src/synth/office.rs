//! An office at work: what its people and machines do, how often, and what that puts on the wire.

mod local;
mod web;

use super::network::Host;
use super::stage::{SEC, Source, Stage};

/// Something that happens again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Activity {
    /// A page with its parts, over TLS.
    Browse,
    /// A page of the intranet, in the clear.
    Intranet,
    /// Mail is fetched.
    Mail,
    /// Files are read from and written to the file server.
    Share,
    /// A document goes to a printer.
    Print,
    /// A file goes to a storage service.
    Upload,
    /// A program asks its maker for news.
    Telemetry,
    /// A name is looked up and nothing follows.
    LookUp,
    /// The clock is set.
    Time,
    /// A neighbour's MAC is asked for.
    Arp,
    /// The same in IPv6.
    Neighbour,
    /// The monitor asks whether machines are alive.
    Ping,
    /// Devices are looked for.
    Discover,
    /// A device names its services.
    Announce,
    /// Somebody wants what is not there.
    Fail,
}

/// Activities at random times: mean seconds between two of the same workstation.
const AT_RANDOM: [(Activity, u64); 11] = [
    (Activity::Browse, 150),
    (Activity::Intranet, 500),
    (Activity::Mail, 500),
    (Activity::Share, 700),
    (Activity::Print, 4800),
    (Activity::Upload, 7000),
    (Activity::LookUp, 110),
    (Activity::Arp, 70),
    (Activity::Neighbour, 240),
    (Activity::Discover, 600),
    (Activity::Fail, 900),
];
/// Activities of every workstation by the clock: seconds between two, and the share by which that varies.
const BY_THE_CLOCK: [(Activity, u64, f64); 3] =
    [(Activity::Time, 64, 0.01), (Activity::Telemetry, 240, 0.15), (Activity::Announce, 280, 0.3)];
/// Seconds between two rounds of the monitor.
const MONITOR: u64 = 30;

/// Sends everybody to work at `now`.
pub(super) fn open(now: u64, stage: &mut Stage) {
    let staff = crate::units::count(stage.net.workstations.len()).max(1);
    for (activity, seconds) in AT_RANDOM {
        let gap = seconds * SEC / staff;
        let first = now + stage.rng.exponential(gap);
        stage.enter(first, Box::new(Habit { activity, host: None, gap, vary: None }));
    }
    for host in stage.net.workstations.clone() {
        for (activity, seconds, vary) in BY_THE_CLOCK {
            let gap = seconds * SEC;
            let first = now + stage.rng.below(gap);
            stage.enter(first, Box::new(Habit { activity, host: Some(host), gap, vary: Some(vary) }));
        }
    }
    let (host, gap) = (Some(stage.net.monitor), MONITOR * SEC);
    stage.enter(now, Box::new(Habit { activity: Activity::Ping, host, gap, vary: Some(0.001) }));
}

/// An activity with its rhythm. It never ends.
struct Habit {
    activity: Activity,
    /// Who does it; `None` = anybody.
    host: Option<Host>,
    gap: u64,
    /// The share by which a regular gap varies; `None` = as chance has it.
    vary: Option<f64>,
}

impl Source for Habit {
    fn step(&mut self, now: u64, stage: &mut Stage) -> Option<u64> {
        let host = self.host.unwrap_or_else(|| stage.net.workstation(&mut stage.rng));
        match self.activity {
            Activity::Browse => web::browse(host, now, stage),
            Activity::Intranet => web::intranet(host, now, stage),
            Activity::Mail => web::mail(host, now, stage),
            Activity::Upload => web::upload(host, now, stage),
            Activity::Telemetry => web::telemetry(host, now, stage),
            Activity::LookUp => web::look_up_only(host, now, stage),
            Activity::Share => local::share(host, now, stage),
            Activity::Print => local::print(host, now, stage),
            Activity::Time => local::time(host, now, stage),
            Activity::Arp => local::resolve(host, now, stage),
            Activity::Neighbour => local::neighbour(host, now, stage),
            Activity::Ping => local::ping(host, now, stage),
            Activity::Discover => local::discover(host, now, stage),
            Activity::Announce => local::announce(host, now, stage),
            Activity::Fail => local::fail(host, now, stage),
        }
        let gap = match self.vary {
            Some(share) => stage.rng.jitter(self.gap, share),
            None => stage.rng.exponential(self.gap),
        };
        Some(now + gap.max(1))
    }
}

pub(super) use local::{admin, call};
pub(super) use web::download;
