//! XMPP: RFC 6120.

use super::bytes::{find, from, up_to};
use super::parser::{Match, Parser, Probe, Progress, View};
use crate::report::{Record, Text, XmppRecord};
use crate::units::count;

/// Bytes of a stanza's beginning that are searched.
const HEAD: usize = 1024;

/// A stream's opening tag with one of the two namespaces.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let head = up_to(probe.payload, HEAD);
    let opens = head.first() == Some(&b'<') && find(head, b"<stream:stream").is_some();
    let is_xmpp = opens && (find(head, b"jabber:client").is_some() || find(head, b"jabber:server").is_some());
    is_xmpp.then(|| Match::parsed("xmpp", Xmpp::default()))
}

#[derive(Debug, Default)]
struct Xmpp {
    record: XmppRecord,
}

impl Xmpp {
    /// Reads the stanzas of one segment; one that two segments share is read where its tag begins.
    fn segment(&mut self, bytes: &[u8]) -> Progress {
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|b| *b == b'<') {
            rest = from(rest, at + 1);
            let end = rest.iter().position(|b| *b == b'>').unwrap_or(rest.len());
            if self.tag(up_to(rest, end)) == Progress::Inner {
                return Progress::Inner;
            }
            rest = from(rest, end);
        }
        Progress::More
    }

    fn tag(&mut self, tag: &[u8]) -> Progress {
        let name_end = tag.iter().position(|b| b" \t\r\n/".contains(b)).unwrap_or(tag.len());
        match up_to(tag, name_end) {
            b"stream:stream" => {
                for (field, name) in [(&mut self.record.to, &b"to"[..]), (&mut self.record.from, b"from")] {
                    if let Some(value) = attribute(tag, name).filter(|value| !value.is_empty()) {
                        field.get_or_insert_with(|| Text::new(value));
                    }
                }
            }
            b"auth" => {
                self.record.login_attempts += 1;
                if let Some(mechanism) = attribute(tag, b"mechanism") {
                    self.record.auth_mechanism.get_or_insert_with(|| Text::new(mechanism));
                }
            }
            b"failure" if find(tag, b"xmpp-sasl").is_some() => self.record.failed_logins += 1,
            b"success" => self.record.logins += 1,
            b"proceed" => {
                self.record.has_tls = true;
                return Progress::Inner;
            }
            _ => {}
        }
        Progress::More
    }
}

/// Value of ` name="value"` or ` name='value'`.
fn attribute<'a>(tag: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut rest = tag;
    loop {
        let at = find(rest, name)?;
        let is_whole = at.checked_sub(1).and_then(|before| rest.get(before)).is_some_and(u8::is_ascii_whitespace);
        rest = from(rest, at + name.len());
        if let (true, [b'=', quote @ (b'"' | b'\''), value @ ..]) = (is_whole, rest) {
            return value.split(|b| b == quote).next();
        }
    }
}

impl Parser for Xmpp {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        let data = view.data();
        let progress = self.segment(data);
        view.skip(count(data.len()));
        progress
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Xmpp(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp};

    #[test]
    fn reads_domain_and_refused_authentication() {
        let found = over_tcp(
            40_001,
            &[
                (true, b"<?xml version='1.0'?><stream:stream to='im.example' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"),
                (false, b"<stream:stream from='im.example' xmlns='jabber:client' xmlns:stream='x'><stream:features/>"),
                (true, b"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGp1bGlldAByMG0zMG15cjBtMzA=</auth>"),
                (false, b"<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>"),
            ],
        );
        let [Record::Xmpp(xmpp)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((xmpp.to.clone(), xmpp.from.clone()), (Some("im.example".into()), Some("im.example".into())));
        assert_eq!((xmpp.login_attempts, xmpp.failed_logins, xmpp.logins), (1, 1, 0));
        assert_eq!(xmpp.auth_mechanism, Some("PLAIN".into()));
        assert!(!format!("{xmpp:?}").contains("AGp1"));
    }

    #[test]
    fn other_streams_are_none() {
        assert_eq!(named(5222, &[(true, b"<stream:stream xmlns='http://example.org'>")]), None);
        assert_eq!(named(5222, &[(true, b"<?xml version='1.0'?><html>jabber:client</html>")]), None);
    }
}
