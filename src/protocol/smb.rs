//! SMB 1 to 3: MS-CIFS, MS-SMB, MS-SMB2, over NetBIOS sessions or TCP itself.

mod one;
mod pipes;
mod two;

use super::bytes::{be24, find, from, size, up_to};
use super::framing::{Frame, messages};
use super::nt_status;
use super::ntlm;
use super::parser::{Match, Parser, Probe, Progress, View};
use super::ticket;
use crate::report::{Record, SmbRecord, Text};
use pipes::Pipes;

/// Bytes of a message that are read: names, paths and NTLM's messages fit.
const KEEP: usize = 1536;
/// The session header: a type and a length.
const SESSION: usize = 4;
const MAX_NAMES: usize = 16;

/// A session header with its length, and SMB 1, 2 or 3 encrypted or compressed.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    is_message(probe.payload).then(|| Match::parsed("smb", Smb::default()))
}

fn is_message(p: &[u8]) -> bool {
    let is_session = p.first() == Some(&0) && be24(p, 1).is_some_and(|len| len >= 32);
    is_session && matches!(p.get(4..8), Some(b"\xffSMB" | b"\xfeSMB" | b"\xfdSMB" | b"\xfcSMB"))
}

#[derive(Debug, Default)]
struct Smb {
    record: SmbRecord,
    pipes: Pipes,
}

impl Smb {
    fn read(&mut self, message: &[u8]) {
        let smb = from(message, SESSION);
        match smb.get(..4) {
            Some(b"\xffSMB") => self.one(smb),
            Some(b"\xfeSMB") => self.two(smb),
            Some(b"\xfdSMB") => self.record.encrypted += 1,
            _ => {}
        }
    }

    /// Counts an answer's status.
    fn status(&mut self, status: u32) {
        if nt_status::is_failure(status) {
            self.record.failures.add(nt_status::name(status));
        }
    }

    /// An answer to a session set-up.
    fn login(&mut self, status: u32) {
        match status {
            0 => self.record.logins += 1,
            _ if nt_status::is_failure(status) => self.record.failed_logins += 1,
            _ => return,
        }
        self.record.login_attempts += 1;
    }

    /// Who logs in, where NTLM says it, and whom a Kerberos ticket is for.
    fn identity(&mut self, message: &[u8]) {
        let r = &mut self.record;
        if let (None, Some(found)) = (&r.ticket_service, ticket::within(message)) {
            (r.ticket_realm, r.ticket_service) = (found.realm, found.service);
        }
        let Some(found) = ntlm::within(message) else { return };
        r.server = r.server.take().or(found.server);
        if found.is_proof {
            let user = found.user.unwrap_or_else(|| "(anonymous)".into());
            r.users.add_new(MAX_NAMES, user.clone());
            r.user.get_or_insert(user);
            r.domain = r.domain.take().or(found.domain);
            r.host = r.host.take().or(found.host);
        }
    }

    /// A share that is connected to, by its whole path.
    fn share(&mut self, path: Text) {
        let name = path.as_str().rsplit('\\').next().unwrap_or_default().to_ascii_uppercase();
        let admin = match name.as_str() {
            "ADMIN$" => Some("ADMIN$"),
            "IPC$" => Some("IPC$"),
            drive if drive.len() == 2 && drive.ends_with('$') => Some("drive"),
            other if other.ends_with('$') => Some("other hidden share"),
            _ => None,
        };
        if let Some(admin) = admin {
            self.record.admin_shares.add(admin);
        }
        self.record.shares.add_new(MAX_NAMES, path);
    }

    fn file(&mut self, name: Text) {
        if !name.is_empty() {
            self.record.files.add_new(MAX_NAMES, name);
        }
    }
}

/// UTF-16 up to its end or the character 0.
fn utf16(bytes: &[u8]) -> Text {
    let (units, _) = bytes.as_chunks::<2>();
    let end = units.iter().position(|unit| *unit == [0, 0]).unwrap_or(units.len());
    Text::utf16(up_to(bytes, 2 * end))
}

fn frame(bytes: &[u8]) -> Frame {
    match (bytes.first(), be24(bytes, 1)) {
        // A message, a request for a session and its answers, a sign of life.
        (Some(0 | 0x81..=0x85), Some(len)) if bytes.first() != Some(&0) || begins_smb(from(bytes, SESSION)) => {
            Frame::Len(SESSION + size(len))
        }
        (Some(0 | 0x81..=0x85), None) => Frame::Short,
        _ => Frame::Lost,
    }
}

/// Whether what has come may be SMB: after a hole anything may stand where a message seems to begin.
fn begins_smb(bytes: &[u8]) -> bool {
    bytes.first().is_none_or(|first| *first >= 0xfc) && bytes.get(1..4).is_none_or(|name| name == b"SMB")
}

impl Parser for Smb {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        // After a hole a message may begin anywhere in a segment: the first that does is looked for.
        if let (Frame::Lost, Some(at)) = (frame(view.data()), find(view.data(), b"SMB"))
            && at > 5
        {
            view.skip(crate::units::count(at - 5));
        }
        messages(view, KEEP, frame, |message| {
            self.read(message);
            Progress::More
        })
    }

    fn heap_bytes(&self) -> usize {
        self.pipes.heap_bytes()
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Smb(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests;
