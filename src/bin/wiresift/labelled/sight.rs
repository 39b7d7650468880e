//! How much of a flow is seen: what the model is for is where signatures find nothing.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use wiresift::capture::{Frame, Limits, Oddities, Reader};
use wiresift::packet::Decoder;
use wiresift::pipeline::Analyzer;
use wiresift::report::Report;
use wiresift::settings::Settings;

use super::truth::{Ends, Truth};
use crate::input::{SLICE, hash_seed};

/// What is left of a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sight {
    /// All of it.
    Whole,
    /// Every packet cut behind its transport header, as a small snapshot length does.
    Headers,
    /// Only what originators sent.
    Orig,
    /// Only what responders sent.
    Resp,
    /// Every conversation without its first packets, as when the capture began later.
    Late,
}

/// Packets that a late capture lacks of each conversation: a handshake and the first messages.
const LATE: u32 = 8;

impl Sight {
    pub(crate) const ALL: [Self; 5] = [Self::Whole, Self::Headers, Self::Orig, Self::Resp, Self::Late];
    /// The names of all, and one for all together.
    pub(crate) const NAMES: [&'static str; 6] = ["whole", "headers", "orig", "resp", "late", "all"];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Headers => "headers",
            Self::Orig => "orig",
            Self::Resp => "resp",
            Self::Late => "late",
        }
    }

    /// The sights of a name.
    pub(crate) fn named(name: &str) -> Vec<Self> {
        Self::ALL.into_iter().filter(|s| name == "all" || s.name() == name).collect()
    }

    /// Analyses what is left of a capture.
    pub(super) fn analyze(self, path: &Path, settings: &Settings, truth: &Truth) -> anyhow::Result<Report> {
        let mut analyzer = Analyzer::new(settings.clone(), hash_seed())?;
        let mut reader = Reader::new(1, Limits::of(settings));
        let (mut decoder, mut oddities) = (Decoder::default(), Oddities::default());
        let mut begun: BTreeMap<Ends, u32> = BTreeMap::new();
        let mut records = Vec::new();
        let mut link_type = None;
        let mut take = |frame: &Frame<'_>, records: &mut Vec<u8>| {
            let Ok(packet) = decoder.decode(frame, &mut oddities) else { return };
            let is_kept = match self {
                Self::Whole | Self::Headers => true,
                Self::Orig => truth.is_from_orig(&packet) == Some(true),
                Self::Resp => truth.is_from_orig(&packet) == Some(false),
                Self::Late => {
                    let seen = begun.entry(Ends::of_packet(&packet)).or_default();
                    *seen += 1;
                    *seen > LATE
                }
            };
            let length = match self {
                Self::Headers => header_bytes(frame.data, packet.payload),
                _ => frame.data.len(),
            };
            // One container holds one link type; captures of several keep their first.
            let number = frame.link_type.0;
            if is_kept && *link_type.get_or_insert(number) == number {
                if records.is_empty() {
                    records.extend_from_slice(&file_header(number));
                }
                let _ = write_record(records, frame, length);
            }
        };
        let mut is_first = true;
        let mut hand_over = |records: &mut Vec<u8>| {
            // The header goes out once.
            let skip = if is_first { 0 } else { HEADER };
            if !records.is_empty() {
                analyzer.push(records.get(skip..).unwrap_or_default());
                is_first = false;
                records.clear();
            }
        };
        slices(path, |slice| {
            reader.push(slice, &mut |frame| take(frame, &mut records));
            hand_over(&mut records);
        })?;
        reader.end(&mut |frame| take(frame, &mut records));
        hand_over(&mut records);
        Ok(analyzer.finish_reading())
    }
}

/// Bytes of a pcap file's header.
const HEADER: usize = 24;

/// Classic pcap with nanoseconds, little-endian.
fn file_header(link_type: u16) -> [u8; HEADER] {
    let mut out = [0; HEADER];
    let words = [0xa1b2_3c4d_u32, 0x0004_0002, 0, 0, 262_144, link_type.into()];
    for (slot, word) in out.chunks_exact_mut(4).zip(words) {
        slot.copy_from_slice(&word.to_le_bytes());
    }
    out
}

/// Appends a frame's first `length` bytes; `None` for a time before 1970 or after 2106, which the format lacks.
fn write_record(out: &mut Vec<u8>, frame: &Frame<'_>, length: usize) -> Option<()> {
    let ns = u64::try_from(frame.ts.0).ok()?;
    let data = frame.data.get(..length)?;
    let words = [
        u32::try_from(ns / 1_000_000_000).ok()?,
        u32::try_from(ns % 1_000_000_000).ok()?,
        u32::try_from(length).ok()?,
        frame.original_len,
    ];
    words.iter().for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
    out.extend_from_slice(data);
    Some(())
}

/// Bytes of a frame before its payload; all of it where the payload was put together from fragments.
fn header_bytes(frame: &[u8], payload: &[u8]) -> usize {
    let start = (payload.as_ptr() as usize).checked_sub(frame.as_ptr() as usize);
    start.filter(|at| *at <= frame.len() && !payload.is_empty()).unwrap_or(frame.len())
}

/// Shows a file in slices.
pub(super) fn slices(path: &Path, mut take: impl FnMut(&[u8])) -> anyhow::Result<()> {
    let shown = path.display();
    let mut file = File::open(path).with_context(|| format!("cannot open {shown}"))?;
    let mut slice = vec![0; SLICE];
    loop {
        let n = file.read(&mut slice).with_context(|| format!("cannot read {shown}"))?;
        if n == 0 {
            return Ok(());
        }
        take(slice.get(..n).unwrap_or_default());
    }
}
