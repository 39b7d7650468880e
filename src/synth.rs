//! Demonstration captures: minutes of office traffic with six attacks in it, any number of packets, from one seed.
//!
//! Everything is made up. Addresses are private or for documentation, names are reserved ones, what is encrypted is
//! noise; but checksums, lengths, sequence numbers and times are coherent, so that decoders find nothing wrong.
//!
//! ```
//! use wiresift::synth::{Config, write};
//!
//! let (mut capture, mut labels) = (Vec::new(), Vec::new());
//! let written = write(&Config { packets: 500, ..Config::default() }, &mut capture, Some(&mut labels))?;
//! assert_eq!((written.packets, written.bytes), (500, capture.len() as u64));
//! assert!(labels.starts_with(b"frame,class\n1,benign\n"));
//! # Ok::<(), wiresift::error::Error>(())
//! ```

mod attack;
mod exchange;
mod file;
mod frame;
mod network;
mod office;
mod payload;
mod rng;
mod stage;
mod tcp;

use std::io;

use crate::error::Result;
use crate::units::Timestamp;
use stage::Stage;

/// The first moment of every capture: 2026-03-02T09:00:00Z.
pub const START: Timestamp = Timestamp(1_772_442_000_000_000_000);
/// Packets of [`sample`]: some ten minutes of an office, about 15 MB: enough for every attack to show.
pub const SAMPLE_PACKETS: u64 = 30_000;

/// What is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Packets: exactly that many are written. More of them are a longer time and a larger office.
    pub packets: u64,
    /// Seed of everything: the same gives the same bytes.
    pub seed: u64,
    /// The container.
    pub format: Format,
}

impl Default for Config {
    fn default() -> Self {
        Self { packets: 20_000, seed: 42, format: Format::Pcap }
    }
}

/// The container of a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Classic pcap with microseconds.
    Pcap,
    /// pcapng with nanoseconds.
    Pcapng,
}

/// What a packet belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The office at work.
    Benign,
    /// A workstation looks for machines and ports.
    PortScan,
    /// Handshakes with made-up sources.
    SynFlood,
    /// Passwords are tried from outside.
    SshBruteForce,
    /// A workstation calls its controller.
    Beacon,
    /// Data in names and answers.
    DnsTunnel,
    /// A large file leaves.
    Exfiltration,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 7] = [
        Self::Benign,
        Self::PortScan,
        Self::SynFlood,
        Self::SshBruteForce,
        Self::Beacon,
        Self::DnsTunnel,
        Self::Exfiltration,
    ];

    /// Its name in the label file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Benign => "benign",
            Self::PortScan => "port_scan",
            Self::SynFlood => "syn_flood",
            Self::SshBruteForce => "ssh_brute_force",
            Self::Beacon => "beacon",
            Self::DnsTunnel => "dns_tunnel",
            Self::Exfiltration => "exfiltration",
        }
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Packets.
    pub packets: u64,
    /// Bytes of the capture.
    pub bytes: u64,
}

/// Writes a capture and, where wanted, a CSV `frame,class` with one line a packet, counted from 1.
///
/// **Errors** `Write` when `out` or `labels` cannot be written.
/// **Memory** what is going on at one moment, whatever the number of packets; `out` is given pieces of 256 KiB.
pub fn write<W: io::Write>(config: &Config, out: &mut W, labels: Option<&mut dyn io::Write>) -> Result<Written> {
    let mut file = file::File::begin(out, labels, config.format)?;
    let mut rng = rng::Rng::new(config.seed);
    let net = network::Network::new(staff(config.packets), &mut rng);
    let mut stage = Stage::new(net, rng);
    let mut now = u64::try_from(START.0).unwrap_or(0);
    office::open(now, &mut stage);
    let mut programme = Programme::new(config.packets);
    while stage.written < config.packets {
        programme.begin_what_is_due(now, &mut stage);
        // The office never closes: somebody is always next.
        let Some(at) = stage.step() else { break };
        now = at;
        if !stage.frame.is_empty() {
            file.record(now, &stage.frame, stage.class)?;
            stage.written += 1;
        }
    }
    Ok(file.end()?)
}

/// Writes a capture of [`Config::packets`] packets in which HTTP, TLS, FTP, SMTP, SSH, DNS, QUIC and a dozen other and
/// unknown protocols are spoken, on their own ports and on others, and, where wanted, a CSV
/// `proto,src,sport,dst,dport,label` with one line a conversation: what models that name protocols learn from.
///
/// **Errors** `Write` when `out` or `labels` cannot be written.
/// **Memory** what is going on at one moment, whatever the number of packets; `out` is given pieces of 256 KiB.
pub fn write_protocols<W: io::Write>(
    config: &Config,
    out: &mut W,
    mut labels: Option<&mut dyn io::Write>,
) -> Result<Written> {
    let mut file = file::File::begin(out, None, config.format)?;
    let mut rng = rng::Rng::new(config.seed);
    let net = network::Network::new(staff(config.packets), &mut rng);
    let mut stage = Stage::new(net, rng);
    exchange::open(u64::try_from(START.0).unwrap_or(0), &mut stage);
    if let Some(labels) = &mut labels {
        labels.write_all(b"proto,src,sport,dst,dport,label\n")?;
    }
    while stage.written < config.packets {
        let Some(now) = stage.step() else { break };
        if !stage.frame.is_empty() {
            file.record(now, &stage.frame, stage.class)?;
            stage.written += 1;
        }
        for s in stage.spoken.drain(..) {
            if let Some(labels) = &mut labels {
                let ((a, p), (b, q)) = (s.orig, s.resp);
                writeln!(labels, "{},{a},{p},{b},{q},{}", if s.proto == 6 { "tcp" } else { "udp" }, s.label)?;
            }
        }
    }
    Ok(file.end()?)
}

/// The capture that the page offers to try: [`SAMPLE_PACKETS`] packets of the default seed, as pcap.
#[must_use]
pub fn sample() -> Vec<u8> {
    let mut out = Vec::new();
    let config = Config { packets: SAMPLE_PACKETS, ..Config::default() };
    // Memory takes all that is written.
    let _ = write(&config, &mut out, None);
    out
}

/// Workstations for so many packets: 24 for the demonstration, otherwise as the root of the size, up to a /24.
fn staff(packets: u64) -> u64 {
    let scale = crate::units::float(packets) / 20_000.0;
    rng::whole(24.0 * libm::sqrt(scale)).clamp(10, network::MAX_WORKSTATIONS)
}

/// What happens once in a round, and when: at this share of the round's packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Beacon,
    Call,
    Admin,
    PortScan,
    SshBruteForce,
    Download,
    DnsTunnel,
    Exfiltration,
    SynFlood,
}

const ROUND: [(Act, f64); 9] = [
    (Act::Beacon, 0.01),
    (Act::Call, 0.05),
    (Act::Admin, 0.08),
    (Act::PortScan, 0.22),
    (Act::SshBruteForce, 0.32),
    (Act::Download, 0.42),
    (Act::DnsTunnel, 0.50),
    (Act::Exfiltration, 0.64),
    (Act::SynFlood, 0.86),
];
/// Most packets of a round; longer captures have several, with other people in them.
const LONGEST_ROUND: u64 = 200_000;

/// Begins the acts of all rounds by the number of packets written: they happen however the office's rate varies.
struct Programme {
    rounds: u64,
    size: u64,
    round: u64,
    act: usize,
}

impl Programme {
    fn new(packets: u64) -> Self {
        let rounds = packets.div_ceil(LONGEST_ROUND).max(1);
        Self { rounds, size: packets / rounds, round: 0, act: 0 }
    }

    fn begin_what_is_due(&mut self, now: u64, stage: &mut Stage) {
        while let Some((act, at)) = ROUND.get(self.act) {
            let first = self.round * self.size;
            if self.round >= self.rounds || stage.written < first + self.share(*at) {
                return;
            }
            self.begin(*act, now, stage);
            self.act += 1;
            if self.act == ROUND.len() {
                (self.act, self.round) = (0, self.round + 1);
            }
        }
    }

    fn begin(&self, act: Act, now: u64, stage: &mut Stage) {
        let share = |of: f64| self.share(of).max(1);
        match act {
            Act::Beacon => attack::beacon((self.round + 1) * self.size, self.round, now, stage),
            Act::Call => office::call(share(0.12), now, stage),
            Act::Admin => office::admin(share(0.03), now, stage),
            Act::PortScan => attack::port_scan(share(0.006), now, stage),
            Act::SshBruteForce => attack::ssh_brute_force(share(0.0014), self.round, now, stage),
            Act::Download => office::download(share(0.05), now, stage),
            Act::DnsTunnel => attack::dns_tunnel(share(0.0035), now, stage),
            Act::Exfiltration => attack::exfiltration(share(0.05), self.round, now, stage),
            Act::SynFlood => attack::syn_flood(share(0.010), now, stage),
        }
    }

    fn share(&self, of: f64) -> u64 {
        rng::whole(crate::units::float(self.size) * of)
    }
}

#[cfg(test)]
mod tests;
