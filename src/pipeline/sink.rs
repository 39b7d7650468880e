//! Where frames go while captures are read.

use super::continuation::Continuation;
use super::ledger;
use super::merge;
use super::signs;
use super::tables::Tables;
use super::timeline::TimelineBuilder;
use crate::capture::{self, Frame, Oddities};
use crate::chunked::Chunked;
use crate::error::Position;
use crate::flow::{Limits, Original, Table};
use crate::host::{self, ArpSenders};
use crate::packet::{self, Decoder, Packet, Undecoded, Why};
use crate::report::{Ledger, PacketRecord, Sender, Sign, Verdict};
use crate::settings::{Settings, Unit};
use crate::units::count;

/// Bytes of the memory budget that neither flows nor packet rows may take: slices, tables, charts, the fitted rows.
const BASE_BYTES: u64 = 41_000_000;
/// Share of the memory budget that the hosts may take, as a divisor.
const HOST_SHARE: u64 = 16;
/// Bytes that a packet row costs to the end of the run: itself, and what the detection needs for a row beside that.
const ROW_BYTES: u64 = 144 + 256;
const _: () = assert!(size_of::<PacketRecord>() <= 144);

/// Where frames go.
#[derive(Debug)]
pub(super) struct Sink {
    pub(super) settings: Settings,
    pub(super) hash_seed: [u64; 2],
    /// Present in an analysis that is to be merged behind another.
    pub(super) continuation: Option<Continuation>,
    /// Why it is none.
    pub(super) refusal: &'static str,
    pub(super) unit: Unit,
    pub(super) max_packet_rows: usize,
    pub(super) decoder: Decoder,
    pub(super) table: Table,
    pub(super) original: Option<Original>,
    pub(super) packets: Chunked<PacketRecord>,
    pub(super) arp: ArpSenders,
    pub(super) timeline: TimelineBuilder,
    pub(super) ledger: Ledger,
    pub(super) links: ledger::LinkCounts,
    pub(super) undecoded: ledger::UndecodedCounts,
    pub(super) signs: signs::Signs,
    pub(super) oddities: Oddities,
    pub(super) tables: Tables,
}

/// Most hosts that are kept.
pub(super) fn max_hosts(settings: &Settings) -> u64 {
    u64::from(settings.max_hosts).min(settings.memory_bytes() / HOST_SHARE / host::HOST_BYTES)
}

impl Sink {
    pub(super) fn new(settings: &Settings, hash_seed: [u64; 2]) -> Self {
        let hosts_bytes = max_hosts(settings) * host::HOST_BYTES;
        let max_bytes = settings.memory_bytes().saturating_sub(BASE_BYTES + hosts_bytes);
        Self {
            settings: settings.clone(),
            hash_seed,
            continuation: None,
            refusal: merge::NO_CONTINUATION,
            unit: settings.unit,
            max_packet_rows: usize::try_from(settings.max_packet_rows).unwrap_or(usize::MAX),
            decoder: Decoder::default(),
            table: Table::new(Limits::of(settings, max_bytes), hash_seed),
            original: None,
            packets: Chunked::default(),
            arp: ArpSenders::new(hash_seed),
            timeline: TimelineBuilder::default(),
            ledger: Ledger::default(),
            links: ledger::LinkCounts::default(),
            undecoded: ledger::UndecodedCounts::default(),
            signs: signs::Signs::default(),
            oddities: Oddities::default(),
            tables: Tables::default(),
        }
    }

    /// Leaves a table the room that there is.
    pub(super) fn bound(&self, limits: &mut capture::Limits) {
        let taken = self.table.flows() + self.tables.flows();
        limits.table.flows = limits.table.flows.saturating_sub(taken);
        limits.table.packets = limits.table.packets.saturating_sub(count(self.packets.len()));
        limits.table.memory = self.table.room();
    }

    pub(super) fn take(&mut self, frame: &Frame<'_>) {
        let bytes = u64::from(frame.original_len);
        self.ledger.packets += 1;
        self.ledger.bytes += bytes;
        self.ledger.captured_bytes += u64::from(frame.captured_len());
        self.links.add(frame.link_type);
        self.timeline.add(frame.ts, bytes);
        self.decode(frame);
    }

    pub(super) fn note_arp(&mut self, frame: &Frame<'_>) {
        let Some((sender, mac)) = packet::arp_sender(frame) else { return };
        if !self.arp.add(sender, mac) {
            self.oddities.add(
                "arp_senders_full",
                "More than 65,536 hosts send ARP, or one from more than 8 hardware addresses: the rest is not kept.",
                Position { packet: frame.number, byte: frame.offset },
            );
        }
    }

    /// Counts what the frame's headers show.
    pub(super) fn note_signs(&mut self, frame: &Frame<'_>, decoded: std::result::Result<&Packet<'_>, &Undecoded>) {
        let (sender, signs, length) = match decoded {
            Ok(packet) => {
                let Some((host, signs)) = packet::signs(frame, packet) else { return };
                (Sender::Host(host), signs, None)
            }
            Err(undecoded) => {
                let Some(station) = packet::wep_sender(frame, undecoded) else { return };
                (station, vec![Sign::WepData], Some(frame.original_len))
            }
        };
        for sign in signs {
            if !self.signs.add(sign, sender, length, frame.ts) {
                self.oddities.add(
                    "signs_full",
                    "More senders of strange headers, or lengths of WEP frames, than are told apart: the rest is not counted.",
                    Position { packet: frame.number, byte: frame.offset },
                );
            }
        }
    }

    pub(super) fn track(&mut self, packet: &Packet<'_>) {
        if self.continuation.is_some() && self.keep(packet) {
            return;
        }
        self.ledger.decoded += 1;
        self.timeline.add_proto(packet.ts, packet.proto, 1, u64::from(packet.wire_len));
        let since_last = self.table.add(packet);
        if let Some(original) = &mut self.original {
            let taken = original.add(packet, self.table.room());
            self.table.give_away(taken);
        }
        if since_last.is_none() {
            self.ledger.untracked.table_full.add(u64::from(packet.wire_len));
        }
        if self.unit == Unit::Packet {
            // A row costs its entropy: it is not made where there is no place for it.
            if self.has_room_for_row() {
                let row = self.row(packet, since_last.flatten());
                self.push_row(row);
            } else {
                self.ledger.packet_rows_full += 1;
            }
        }
    }

    pub(super) fn has_room_for_row(&self) -> bool {
        self.packets.len() < self.max_packet_rows && self.table.room() >= ROW_BYTES
    }

    pub(super) fn push_row(&mut self, row: PacketRecord) {
        self.table.give_away(ROW_BYTES);
        self.packets.push(row);
    }

    #[allow(clippy::cast_possible_truncation)] // entropy needs no more than 24 bits
    fn row(&self, packet: &Packet<'_>, iat_ns: Option<u64>) -> PacketRecord {
        let has_ports = packet.proto.has_ports() || packet.proto.is_icmp();
        PacketRecord {
            number: packet.number,
            offset: packet.offset,
            ts: packet.ts,
            src: packet.src,
            dst: packet.dst,
            src_port: has_ports.then_some(packet.src_port),
            dst_port: has_ports.then_some(packet.dst_port),
            proto: packet.proto,
            length: packet.wire_len,
            payload_len: packet.payload_len,
            entropy: self.table.entropy_of(packet.payload).map(|e| e as f32),
            header_len: packet.header_len,
            flags: packet.tcp.map(|t| t.flags),
            window: packet.tcp.map(|t| t.window),
            ttl: packet.ttl,
            iat_ns,
            verdict: Verdict::default(),
            table: None,
        }
    }

    pub(super) fn count_undecoded(&mut self, frame: &Frame<'_>, undecoded: Undecoded) {
        self.note_signs(frame, Err(&undecoded));
        let untracked = &mut self.ledger.untracked;
        let (counter, bucket) = match undecoded.why {
            Why::NonIp => (&mut self.ledger.non_ip, &mut untracked.non_ip),
            Why::Malformed => (&mut self.ledger.malformed, &mut untracked.malformed),
            Why::Truncated => (&mut self.ledger.truncated_by_snaplen, &mut untracked.truncated_by_snaplen),
            Why::UnsupportedLink => (&mut self.ledger.unsupported_link, &mut untracked.unsupported_link),
        };
        *counter += 1;
        bucket.add(u64::from(frame.original_len));
        self.undecoded.add(undecoded);
    }
}
