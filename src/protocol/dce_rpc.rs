//! DCE/RPC: C706, MS-RPCE. Which interfaces are bound and what is called.

use super::bytes::{be16, be32, from, le16, le32};
use super::framing::{Frame, messages};
use super::ntlm;
use super::parser::{Match, Parser, Probe, Progress, View};
use super::ticket;
use crate::report::{DceRpcRecord, Record, Tally};

const KEEP: usize = 1024;
const HEADER: usize = 16;
const REQUEST: u8 = 0;
const BIND: u8 = 11;
const ALTER_CONTEXT: u8 = 14;
/// Bindings of one connection that are remembered.
const MAX_CONTEXTS: usize = 16;

/// Version 5.0 or 5.1, a known type, flags of a first fragment, and a fragment length in the stated byte order.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    (is_packet(probe.payload) && is_whole(probe.payload)).then(|| Match::parsed("dce_rpc", DceRpc::default()))
}

/// A connection begins with a binding whose length is right; calls alone must fill their segment.
fn is_whole(p: &[u8]) -> bool {
    let len = fragment(p).unwrap_or_default();
    match p.get(2) {
        Some(&BIND) => len >= 72 && (len == p.len() || p.len() >= 1000),
        _ => len == p.len() || (len < p.len() && is_packet(from(p, len))),
    }
}

/// Whether the bytes begin a packet.
pub(super) fn is_packet(p: &[u8]) -> bool {
    let &[5, minor, kind, flags, order, float, _, _, ..] = p else { return false };
    let is_type = matches!(kind, 0 | 2 | 3 | 11..=19);
    let is_order = order & 0xef == 0 && float <= 3 && p.get(6..8) == Some(&[0, 0]);
    minor <= 1
        && is_type
        && flags & 3 != 0
        && is_order
        && fragment(p).is_some_and(|len| (HEADER..=65_000).contains(&len))
}

fn is_little(p: &[u8]) -> bool {
    p.get(4).is_some_and(|order| order & 0x10 != 0)
}

fn u16_at(p: &[u8], at: usize) -> Option<u16> {
    if is_little(p) { le16(p, at) } else { be16(p, at) }
}

/// Stated length of a packet.
pub(super) fn fragment(p: &[u8]) -> Option<usize> {
    u16_at(p, 8).map(usize::from)
}

/// The interfaces of one connection or pipe, by the number that calls name them with.
#[derive(Debug, Default)]
pub(super) struct Calls {
    contexts: Vec<(u16, &'static str)>,
}

impl Calls {
    /// Counts what a packet binds or calls.
    pub(super) fn read(&mut self, packet: &[u8], interfaces: &mut Tally, operations: &mut Tally) {
        match packet.get(2) {
            Some(&(BIND | ALTER_CONTEXT)) => self.bind(packet, interfaces),
            Some(&REQUEST) => {
                let (Some(context), Some(number)) = (u16_at(packet, 20), u16_at(packet, 22)) else { return };
                let interface = self.contexts.iter().find(|(id, _)| *id == context).map_or("", |(_, name)| name);
                operations.add(operation(interface, number));
            }
            _ => {}
        }
    }

    /// Contexts: number, how many transfers, interface with version, transfers of 20 bytes each.
    fn bind(&mut self, packet: &[u8], interfaces: &mut Tally) {
        let Some(n) = packet.get(24) else { return };
        let mut rest = from(packet, 28);
        for _ in 0..*n {
            let little = is_little(packet);
            let id = if little { le16(rest, 0) } else { be16(rest, 0) };
            let start = if little { le32(rest, 4) } else { be32(rest, 4) };
            let (Some(id), Some(start), Some(transfers)) = (id, start, rest.get(2)) else { return };
            let name = interface(start, rest.get(8..20).unwrap_or_default());
            interfaces.add(name);
            if self.contexts.len() < MAX_CONTEXTS {
                self.contexts.retain(|(known, _)| *known != id);
                self.contexts.push((id, name));
            }
            rest = from(rest, 24 + 20 * usize::from(*transfers));
        }
    }
}

/// Interfaces by the first four bytes of their identifier, and where others share them by the rest.
fn interface(start: u32, rest: &[u8]) -> &'static str {
    match start {
        0xe1af_8308 => "epmapper",
        0x367a_bb81 => "svcctl",
        0x1234_5778 if rest.last() == Some(&0xac) => "samr",
        0x1234_5778 => "lsarpc",
        0x1234_5678 if rest.last() == Some(&0xfb) => "netlogon",
        0x1234_5678 => "spoolss",
        0x4b32_4fc8 => "srvsvc",
        0x6bff_d098 => "wkssvc",
        0x1ff7_0682 => "atsvc",
        0x86d3_5949 => "taskschd",
        0x378e_52b0 => "sasec",
        0x338c_d001 => "winreg",
        0xe351_4235 => "drsuapi",
        0x4d9f_4ab8 => "IActivation",
        0x0000_01a0 => "IRemoteSCMActivator",
        0x99fc_fec4 => "IObjectExporter",
        0x0000_0131 => "IRemUnknown",
        0x0000_0143 => "IRemUnknown2",
        0xf309_ad18 => "IWbemLevel1Login",
        0x9556_dc99 => "IWbemServices",
        0xd478_1cd6 => "IWbemLoginClientID",
        0x8227_3fdc => "eventlog",
        0xf6be_aff7 => "eventlog6",
        0x76f0_3f96 => "par",
        0xc681_d488 | 0xdf19_41c5 => "efsrpc",
        0x4fc7_42e0 => "netdfs",
        0xa8e0_653c => "fsrvp",
        0x17fd_d703 => "msgsvc",
        0x50ab_c2a4 => "dnsserver",
        0x6cb7_1c2c => "bind time features",
        _ => "other",
    }
}

/// Operations that administer, change or copy; the others by their interface's name.
fn operation(interface: &'static str, number: u16) -> &'static str {
    match (interface, number) {
        ("svcctl", 12 | 24 | 44 | 45) => "svcctl create service",
        ("svcctl", 11 | 23) => "svcctl change service",
        ("svcctl", 2) => "svcctl delete service",
        ("svcctl", 19 | 31) => "svcctl start service",
        ("svcctl", 15 | 27) => "svcctl open manager",
        ("svcctl", 1) => "svcctl control service",
        ("svcctl", _) => "svcctl other",
        ("atsvc", 0) => "atsvc add job",
        ("atsvc", _) => "atsvc other",
        ("taskschd", 1) => "taskschd register task",
        ("taskschd", 12) => "taskschd run task",
        ("taskschd", _) => "taskschd other",
        ("winreg", 22) => "winreg set value",
        ("winreg", 6) => "winreg create key",
        ("winreg", 20) => "winreg save key",
        ("winreg", _) => "winreg other",
        ("drsuapi", 3) => "drsuapi replicate",
        ("drsuapi", _) => "drsuapi other",
        ("netlogon", 4) => "netlogon challenge",
        ("netlogon", 5 | 15 | 26) => "netlogon authenticate",
        ("netlogon", 30) => "netlogon set password",
        ("netlogon", 2 | 39 | 45) => "netlogon logon",
        ("netlogon", _) => "netlogon other",
        ("samr", 10 | 13 | 15) => "samr enumerate",
        ("samr", 50 | 12) => "samr create user",
        ("samr", 38 | 54 | 55 | 58) => "samr change password",
        ("samr", _) => "samr other",
        ("lsarpc", _) => "lsarpc",
        ("srvsvc", 15) => "srvsvc enumerate shares",
        ("srvsvc", 12) => "srvsvc enumerate sessions",
        ("srvsvc", _) => "srvsvc other",
        ("wkssvc", 2) => "wkssvc enumerate users",
        ("wkssvc", _) => "wkssvc other",
        ("spoolss", 89) => "spoolss add driver",
        ("spoolss", 65 | 62) => "spoolss notify remote",
        ("spoolss", _) => "spoolss other",
        ("efsrpc", _) => "efsrpc",
        ("IWbemServices", 24 | 25) => "IWbemServices execute method",
        ("IWbemServices", _) => "IWbemServices other",
        ("epmapper", _) => "epmapper",
        ("", _) => "unbound",
        (interface, _) => interface,
    }
}

#[derive(Debug, Default)]
struct DceRpc {
    record: DceRpcRecord,
    calls: Calls,
}

impl DceRpc {
    fn read(&mut self, packet: &[u8]) {
        let r = &mut self.record;
        let name = match packet.get(2) {
            Some(0) => "request",
            Some(2) => "response",
            Some(3) => "fault",
            Some(11) => "bind",
            Some(12) => "bind acknowledged",
            Some(13) => "bind refused",
            Some(14) => "alter context",
            Some(15) => "context altered",
            Some(16) => "authentication",
            _ => "other",
        };
        r.packets.add(name);
        r.faults += u64::from(matches!(name, "fault" | "bind refused"));
        self.calls.read(packet, &mut r.interfaces, &mut r.operations);
        if !matches!(name, "bind" | "authentication" | "alter context") {
            return;
        }
        if let (None, Some(found)) = (&r.user, ntlm::within(packet)) {
            r.domain = found.domain;
            r.user = found.user;
            r.host = found.host;
        }
        if let (None, Some(found)) = (&r.ticket_service, ticket::within(packet)) {
            (r.ticket_realm, r.ticket_service) = (found.realm, found.service);
        }
    }
}

fn frame(bytes: &[u8]) -> Frame {
    match fragment(bytes) {
        Some(len) if is_packet(bytes) => Frame::Len(len),
        Some(_) => Frame::Lost,
        None => Frame::Short,
    }
}

impl Parser for DceRpc {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        messages(view, KEEP, frame, |packet| {
            self.read(packet);
            Progress::More
        })
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::DceRpc(Box::new(self.record)))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp};

    fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
        let len = u16::try_from(HEADER + body.len()).unwrap().to_le_bytes();
        [&[5, 0, kind, 3, 0x10, 0, 0, 0, len[0], len[1], 0, 0, 1, 0, 0, 0], body].concat()
    }

    /// A binding of the service manager's interface, as context 0.
    pub(in crate::protocol) fn bind_svcctl() -> Vec<u8> {
        let body = [
            &b"\xb8\x10\xb8\x10\0\0\0\0\x01\0\0\0\0\0\x01\0"[..],
            b"\x81\xbb\x7a\x36\x44\x98\xf1\x35\xad\x32\x98\xf0\x38\0\x10\x03\x02\0\0\0",
            b"\x04\x5d\x88\x8a\xeb\x1c\xc9\x11\x9f\xe8\x08\0\x2b\x10\x48\x60\x02\0\0\0",
        ];
        packet(BIND, &body.concat())
    }

    /// A call that creates a service.
    pub(in crate::protocol) fn create_service() -> Vec<u8> {
        packet(REQUEST, b"\x20\0\0\0\0\0\x0c\0abcdefgh")
    }

    #[test]
    fn names_interfaces_and_operations() {
        let found =
            over_tcp(40_001, &[(true, &bind_svcctl()), (false, &packet(12, &[0; 44])), (true, &create_service())]);
        let [Record::DceRpc(rpc)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!(
            (rpc.interfaces.of("svcctl"), rpc.operations.of("svcctl create service"), rpc.packets.total()),
            (1, 1, 3)
        );
    }

    #[test]
    fn other_bytes_are_none() {
        for bytes in [&b"\x05\x00\x0b\x03\x10\x00\x00\x00\x48\x00"[..], b"\x05\x01\x0b", &bind_svcctl()[..40]] {
            assert_eq!(named(135, &[(true, bytes)]), None);
        }
    }
}
