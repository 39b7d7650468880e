//! SSH: banners and what the two ends offer in their first key exchange.
//!
//! **Source** RFC 4253 sections 4.2, 6 and 7.1; HASSH, Salesforce 2018.

use super::parser::{Match, Parser, Probe, Progress, View};
use super::{be32, digest};
use crate::report::{Record, SshRecord, SshSide, Text};

/// Longest banner (RFC 4253 section 4.2: 255 bytes), with room for lines before it.
const MAX_LINE: usize = 1024;
/// Longest packet that is looked at: RFC 4253 section 6.1 asks for 35,000 at least, no list of algorithms is near it.
const MAX_PACKET: u32 = 12_000;
const KEX_INIT: u8 = 20;
/// Bytes kept of a list of algorithms.
const MAX_LIST: usize = 512;

pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let is_banner = probe.payload.starts_with(b"SSH-2.0-") || probe.payload.starts_with(b"SSH-1.");
    is_banner.then(|| Match::parsed("ssh", Ssh::default()))
}

#[derive(Debug, Default)]
struct Ssh {
    record: SshRecord,
}

impl Parser for Ssh {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        let side = if view.from_orig { &mut self.record.client } else { &mut self.record.server };
        if side.banner.is_none() && !read_banner(side, view) {
            return Progress::More;
        }
        read_offer(side, view);
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Ssh(Box::new(self.record)))
    }
}

/// The line that begins with `SSH-`; a server may say other lines first.
fn read_banner(side: &mut SshSide, view: &mut View<'_>) -> bool {
    while let Some(end) = view.data().iter().take(MAX_LINE).position(|b| *b == b'\n') {
        let line = view.data().get(..end).unwrap_or_default();
        view.skip(crate::units::count(end + 1));
        if line.starts_with(b"SSH-") {
            side.banner = Some(Text::new(line.strip_suffix(b"\r").unwrap_or(line)));
            return true;
        }
    }
    if view.data().len() >= MAX_LINE {
        view.skip_all();
    }
    false
}

/// The first binary packet; after it nothing is in clear for long.
fn read_offer(side: &mut SshSide, view: &mut View<'_>) {
    let data = view.data();
    let Some(len) = be32(data, 0) else { return };
    let is_offer = data.get(5).is_none_or(|kind| *kind == KEX_INIT) && (20..MAX_PACKET).contains(&len);
    if !is_offer {
        view.skip_all();
        return;
    }
    let Some(packet) = usize::try_from(len).ok().and_then(|len| data.get(4..4 + len)) else { return };
    // Padding length, the message's number and a cookie of 16 bytes.
    if let Some(lists) = packet.get(18..).and_then(lists) {
        offer(side, lists, view.from_orig);
    }
    view.skip_all();
}

fn offer(side: &mut SshSide, lists: [&[u8]; 8], is_client: bool) {
    let [kex, keys, c2s, s2c, mac_c2s, mac_s2c, comp_c2s, comp_s2c] = lists;
    let [cipher, mac, comp] = if is_client { [c2s, mac_c2s, comp_c2s] } else { [s2c, mac_s2c, comp_s2c] };
    let list = |bytes: &[u8]| Some(Text::limited(bytes, MAX_LIST));
    side.hassh = Some(Text::from(digest::md5_hex(&[kex, cipher, mac, comp].join(&b';')).as_str()));
    side.kex = list(kex);
    side.host_keys = list(keys);
    side.ciphers = list(cipher);
}

/// The first eight of the ten name lists.
fn lists(mut bytes: &[u8]) -> Option<[&[u8]; 8]> {
    let mut lists = [&[][..]; 8];
    for list in &mut lists {
        let len = usize::try_from(be32(bytes, 0)?).ok()?;
        (*list, bytes) = bytes.get(4..)?.split_at_checked(len)?;
    }
    Some(lists)
}
