//! A row's cells to a flow or a packet.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use super::fault::{BadCell, BadRow, Faults};
use super::role::Role;
use super::schema::Schema;
use super::split::Cells;
use super::value::{self, NoCount, Number};
use super::{labels::Labels, time};
use crate::error::Position;
use crate::report::{
    Context, Direction, EndReason, Fields, FlowRecord, Measures, Moments, PacketRecord, Proto, Sparse, TableRow,
    TcpFlags, Verdict,
};
use crate::units::Timestamp;

/// The protocol of a row that names none: IANA's reserved number.
const UNKNOWN: Proto = Proto::Ip(255);
/// Longest id of a row that is kept, bytes.
const MAX_ID: usize = 64;

/// A row on its way to a record.
pub(super) struct Row<'a> {
    pub(super) schema: &'a mut Schema,
    pub(super) cells: &'a Cells,
    pub(super) cell_faults: &'a mut Faults,
    pub(super) labels: &'a mut Labels,
    pub(super) at: Position,
    pub(super) known: Fields,
}

/// What flows and packets have in common.
struct Ends {
    ts: Timestamp,
    orig: IpAddr,
    resp: IpAddr,
    orig_port: u16,
    resp_port: u16,
    proto: Proto,
}

impl Row<'_> {
    fn text(&self, role: Role) -> &str {
        self.schema.text(self.cells, role)
    }

    fn fault(&mut self, bad: BadCell) {
        self.cell_faults.add_cell(bad, self.at);
    }

    /// A count with what it makes known; 0 where it is missing.
    fn count(&mut self, role: Role, known: Fields) -> u64 {
        if !self.schema.has(role) {
            return 0;
        }
        let value = value::count(self.text(role));
        self.measured(value, known)
    }

    fn measured(&mut self, value: Result<u64, NoCount>, known: Fields) -> u64 {
        let bad = match value {
            Ok(value) => {
                self.known.add(known);
                return value;
            }
            Err(NoCount::Nothing) => return 0,
            Err(NoCount::NotFinite) => BadCell::NotFinite,
            Err(NoCount::Text) => BadCell::Text,
            Err(NoCount::Negative) => BadCell::Negative,
            Err(NoCount::TooLarge) => BadCell::TooLarge,
        };
        self.fault(bad);
        0
    }

    fn ends(&mut self) -> Result<Ends, BadRow> {
        let mut ts = Timestamp(0);
        if self.schema.has(Role::Time) {
            ts = time::moment(self.text(Role::Time)).ok_or(BadRow::Time)?;
            self.known.add(Fields::TIME);
        }
        let nowhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        let (mut orig, mut resp) = (nowhere, nowhere);
        if self.schema.has(Role::OrigAddress) && self.schema.has(Role::RespAddress) {
            orig = value::address(self.text(Role::OrigAddress)).ok_or(BadRow::Address)?;
            resp = value::address(self.text(Role::RespAddress)).ok_or(BadRow::Address)?;
            self.known.add(Fields::ADDRESSES);
        }
        let orig_port = value::port(self.text(Role::OrigPort)).ok_or(BadRow::Port)?;
        let resp_port = value::port(self.text(Role::RespPort)).ok_or(BadRow::Port)?;
        let proto = self.protocol(orig.is_ipv6());
        if self.schema.has(Role::RespPort) && proto != UNKNOWN {
            self.known.add(Fields::PORTS);
        }
        Ok(Ends { ts, orig, resp, orig_port, resp_port, proto })
    }

    fn protocol(&mut self, is_v6: bool) -> Proto {
        let text = self.text(Role::Protocol);
        let is_empty = text.is_empty();
        let by_number = value::protocol(self.text(Role::ProtocolNumber), is_v6);
        match by_number.or_else(|| value::protocol(text, is_v6)) {
            Some(proto) => {
                self.known.add(Fields::PROTO);
                proto
            }
            None => {
                if !is_empty {
                    self.fault(BadCell::Text);
                }
                UNKNOWN
            }
        }
    }

    /// The numbers of the row's numeric columns; NaN where there is none.
    fn values(&mut self) -> Box<[f64]> {
        let mut values = Vec::with_capacity(self.schema.numeric.len());
        for numeric in &mut self.schema.numeric {
            let text = self.cells.text(numeric.cell).unwrap_or("?");
            let value = match value::number(text) {
                Number::Value(v) => {
                    numeric.stats.numbers += 1;
                    numeric.stats.smallest = numeric.stats.smallest.min(v);
                    numeric.stats.largest = numeric.stats.largest.max(v);
                    v
                }
                Number::Nothing => f64::NAN,
                Number::NotFinite => {
                    self.cell_faults.add_cell(BadCell::NotFinite, self.at);
                    f64::NAN
                }
                Number::Text => {
                    numeric.stats.texts += 1;
                    f64::NAN
                }
            };
            values.push(value);
        }
        values.into_boxed_slice()
    }

    fn table(&mut self, own_id: bool) -> Box<TableRow> {
        let values = self.values();
        let label = self.schema.text(self.cells, Role::Label);
        let label = self.labels.of(label);
        let id = self.schema.text(self.cells, Role::Id);
        let id = (!own_id && !id.is_empty() && id.len() <= MAX_ID).then(|| id.into());
        Box::new(TableRow { known: self.known, layout: Arc::default(), values, label, id })
    }

    /// The flow of the row; `number` is the row's, and `salt` sets the rows of different files apart.
    pub(super) fn flow(mut self, number: u64, salt: u64) -> Result<FlowRecord, BadRow> {
        let ends = self.ends()?;
        let orig = self.direction(&[
            (Role::OrigPackets, Fields::ORIG_PKTS),
            (Role::OrigBytes, Fields::ORIG_BYTES),
            (Role::OrigIpBytes, Fields::ORIG_IP_BYTES),
            (Role::OrigWireBytes, Fields::WIRE_BYTES),
        ]);
        let resp = self.direction(&[
            (Role::RespPackets, Fields::RESP_PKTS),
            (Role::RespBytes, Fields::RESP_BYTES),
            (Role::RespIpBytes, Fields::RESP_IP_BYTES),
            (Role::RespWireBytes, Fields::WIRE_BYTES),
        ]);
        let duration = self.schema.duration(self.cells).map(|(text, digits)| value::scaled(text, digits));
        let duration = duration.map_or(0, |value| self.measured(value, Fields::DURATION));
        let last = ends.ts.0.saturating_add(i64::try_from(duration).unwrap_or(i64::MAX));
        let vlan = value::port(self.text(Role::Vlan)).filter(|vlan| *vlan > 0);
        let state = self.text(Role::State);
        let (conn_state, has_state) = (value::state(state), !state.is_empty());
        let service = value::service(self.text(Role::Service));
        let history = value::history(self.text(Role::History));
        if conn_state.is_none() && has_state {
            self.fault(BadCell::Text);
        }
        let uid = value::uid(self.text(Role::Id));
        let table = self.table(uid.is_some());
        Ok(FlowRecord {
            uid: uid.unwrap_or_else(|| made_up_uid(&ends, number, salt)),
            first_ts: ends.ts,
            last_ts: Timestamp(last),
            first_packet: number,
            last_packet: number,
            first_offset: self.at.byte,
            last_offset: self.at.byte,
            orig_addr: ends.orig,
            resp_addr: ends.resp,
            orig_port: ends.orig_port,
            resp_port: ends.resp_port,
            proto: ends.proto,
            vlan,
            tunnel: None,
            service,
            application: None,
            orig,
            resp: resp.into(),
            stream: Sparse::default(),
            iat: Moments::default(),
            measures: Measures::default(),
            conn_state,
            history,
            end: EndReason::EndOfCapture,
            context: Context::default(),
            verdict: Verdict::default(),
            table: Some(table),
        })
    }

    /// A direction's packets, payload, IP bytes and bytes of any kind.
    fn direction(&mut self, roles: &[(Role, Fields); 4]) -> Direction {
        let [packets, payload_bytes, ip_bytes, wire_bytes] = roles.map(|(role, known)| self.count(role, known));
        let wire_bytes = wire_bytes.max(ip_bytes).max(payload_bytes);
        let bytes = Fields::ORIG_BYTES.and(Fields::RESP_BYTES).and(Fields::ORIG_IP_BYTES).and(Fields::RESP_IP_BYTES);
        if self.known.common(bytes) != Fields::NONE {
            self.known.add(Fields::WIRE_BYTES);
        }
        Direction { packets, wire_bytes, ip_bytes, payload_bytes, ..Direction::default() }
    }

    /// The packet of the row.
    pub(super) fn packet(mut self, number: u64) -> Result<PacketRecord, BadRow> {
        let ends = self.ends()?;
        let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        let length = small(self.count(Role::Length, Fields::WIRE_BYTES));
        let payload_len = small(self.count(Role::Payload, Fields::PAYLOAD));
        let header_len = u16::try_from(self.count(Role::Header, Fields::HEADER)).unwrap_or(u16::MAX);
        let flags = value::flags(self.text(Role::Flags)).filter(|_| ends.proto == Proto::TCP);
        if self.schema.has(Role::Flags) {
            self.known.add(Fields::FLAGS);
        }
        let optional = |text: &str| value::count(text).ok();
        let window = optional(self.text(Role::Window)).and_then(|n| u16::try_from(n).ok());
        let ttl = optional(self.text(Role::Ttl)).and_then(|n| u8::try_from(n).ok());
        let iat_ns = value::scaled(self.text(Role::Gap), 9).ok();
        let entropy = match value::number(self.text(Role::Entropy)) {
            Number::Value(v) if (0.0..=8.0).contains(&v) => {
                #[allow(clippy::cast_possible_truncation)] // at most 8
                Some(v as f32)
            }
            _ => None,
        };
        let has_ports = self.known.has(Fields::PORTS) && (ends.proto.has_ports() || ends.proto.is_icmp());
        let table = self.table(true);
        Ok(PacketRecord {
            number,
            offset: self.at.byte,
            ts: ends.ts,
            src: ends.orig,
            dst: ends.resp,
            src_port: has_ports.then_some(ends.orig_port),
            dst_port: has_ports.then_some(ends.resp_port),
            proto: ends.proto,
            length,
            payload_len,
            entropy,
            header_len,
            flags: flags.map(|f| TcpFlags(f.0)),
            window,
            ttl,
            iat_ns,
            verdict: Verdict::default(),
            table: Some(table),
        })
    }
}

/// A uid for a row that has none: the same row in the same place of the same file has the same.
fn made_up_uid(ends: &Ends, number: u64, salt: u64) -> u64 {
    let bits = |address: IpAddr| match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    };
    let halves = |n: u128| [n >> 64, n & u128::from(u64::MAX)].map(|half| u64::try_from(half).unwrap_or_default());
    let [a, b] = halves(bits(ends.orig));
    let [c, d] = halves(bits(ends.resp));
    let ports = u64::from(ends.orig_port) << 16 | u64::from(ends.resp_port);
    [salt, number, ends.ts.0.cast_unsigned(), a, b, c, d, ports].into_iter().fold(0, |hash, part| mix(hash ^ part))
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
fn mix(n: u64) -> u64 {
    let mut z = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
