//! What one flow meets on one list.

use std::net::IpAddr;

use super::kind::Kind;
use crate::enrich::list::{Entry, Mark, ThreatList, looked_up};
use crate::report::{AddressKind, Application, Fields, FlowRecord, Proto, Record, Severity, Text};

/// An entry that a flow met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) kind: Kind,
    pub(super) entry: Entry,
    /// Who did it.
    pub(super) actor: IpAddr,
    pub(super) target: IpAddr,
    pub(super) severity: Severity,
    /// What was met: `evil.example`, `203.0.113.9 (203.0.113.0/24)`.
    pub(super) text: String,
}

/// Adds what a flow meets.
pub(super) fn flow(flow: &FlowRecord, list: &ThreatList, hits: &mut Vec<Hit>) {
    addresses(flow, list, hits);
    if let Some(application) = flow.application.as_deref().filter(|application| !application.is_guess()) {
        names(flow, application, list, hits);
        urls(flow, application, list, hits);
        marks(flow, application, list, hits);
    }
}

/// Whether the responder sent something of its own; of a table that does not say so it is taken for granted.
fn is_answered(flow: &FlowRecord) -> bool {
    let is_known = flow.knows(Fields::PROTO.and(Fields::RESP_BYTES).and(Fields::RESP_PKTS));
    let resp = &flow.resp;
    !is_known || if flow.proto == Proto::TCP { resp.payload_bytes > 0 } else { resp.packets > 0 }
}

struct Meeting<'a> {
    flow: &'a FlowRecord,
    hits: &'a mut Vec<Hit>,
}

impl Meeting<'_> {
    /// The flow's originator met an entry; each entry once a flow and kind.
    fn add(&mut self, kind: Kind, entry: Entry, is_full: bool, text: String) {
        let flow = self.flow;
        let severity = kind.severity(is_answered(flow), is_full).min(entry.worst);
        let hit = Hit { kind, entry, actor: flow.orig_addr, target: flow.resp_addr, severity, text };
        match self.hits.iter_mut().find(|known| known.kind == kind && known.entry == entry) {
            Some(known) => known.severity = known.severity.max(severity),
            None => self.hits.push(hit),
        }
    }
}

fn addresses(flow: &FlowRecord, list: &ThreatList, hits: &mut Vec<Hit>) {
    let mut meeting = Meeting { flow, hits };
    for (kind, address) in [(Kind::ToAddress, flow.resp_addr), (Kind::FromAddress, flow.orig_addr)] {
        if AddressKind::of(address) != AddressKind::Unicast {
            continue;
        }
        if let Some((net, entry)) = list.address(address) {
            let address = address.to_canonical().to_string();
            let text = if net == address { address } else { format!("{address} of {net}") };
            meeting.add(kind, entry, true, text);
        }
    }
}

/// Names that the flow's messages say, and whether a server was asked for by them or only DNS.
fn said(application: &Application) -> impl Iterator<Item = (&Text, bool)> {
    application.records.iter().flat_map(|record| {
        let (servers, asked): ([Option<&Text>; 1], &[_]) = match record {
            Record::Tls(r) | Record::Dtls(r) => ([r.offer.server_name.as_ref()], &[]),
            Record::Quic(r) => ([r.offer.server_name.as_ref()], &[]),
            Record::Http(r) => ([r.host.as_ref()], &[]),
            Record::Dns(r) => ([None], r.queries.first.as_slice()),
            _ => ([None], &[]),
        };
        servers.into_iter().flatten().map(|name| (name, true)).chain(asked.iter().map(|query| (&query.name, false)))
    })
}

fn names(flow: &FlowRecord, application: &Application, list: &ThreatList, hits: &mut Vec<Hit>) {
    let mut meeting = Meeting { flow, hits };
    for (name, is_server) in said(application) {
        let name = looked_up(name.as_str());
        if let Some((domain, entry)) = list.domain(&name) {
            let text = if domain == name { name.clone() } else { format!("{name} of {domain}") };
            meeting.add(Kind::Domain, entry, is_server, text);
        }
    }
}

fn urls(flow: &FlowRecord, application: &Application, list: &ThreatList, hits: &mut Vec<Hit>) {
    if !list.has_urls() {
        return;
    }
    let http = application.http();
    let asked = http.and_then(|http| http.uri.as_ref()).map(Text::as_str);
    // Of a connection the first request is kept: what others ask for is not known.
    let is_only = http.is_some_and(|http| http.requests <= 1);
    let mut meeting = Meeting { flow, hits };
    let address = flow.resp_addr.to_canonical().to_string();
    let hosts = said(application).map(|(name, _)| looked_up(name.as_str()));
    for host in hosts.chain(std::iter::once(address)) {
        let listed = list.urls(&host);
        let path = asked.map(|uri| path_of(uri, &host));
        if let Some((path, entry)) = listed.iter().find(|(listed, _)| path == Some(&**listed)) {
            meeting.add(Kind::Url, *entry, true, format!("{host}{path}"));
        } else if let Some((_, entry)) = listed.first().filter(|_| !is_only) {
            meeting.add(Kind::Url, *entry, false, format!("{host}, host of listed URLs"));
        }
    }
}

/// Path and query of what is asked for; a proxy is asked for the whole URL.
fn path_of<'a>(uri: &'a str, host: &str) -> &'a str {
    // What begins with a slash is a path, whatever its query quotes.
    let rest = uri.split_once("://").filter(|_| !uri.starts_with('/')).map_or(uri, |(_, rest)| rest);
    let is_whole = rest.len() < uri.len() && rest.get(..host.len()).is_some_and(|h| h.eq_ignore_ascii_case(host));
    if is_whole { rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/") } else { uri }
}

fn marks(flow: &FlowRecord, application: &Application, list: &ThreatList, hits: &mut Vec<Hit>) {
    let mut meeting = Meeting { flow, hits };
    let mut mark = |kind: Kind, mark: Mark, text: Option<&Text>, is_full: bool| {
        let found = text.and_then(|text| Some((text, list.mark(mark, text.as_str())?)));
        if let Some((text, entry)) = found {
            meeting.add(kind, entry, is_full, format!("{} {text}", mark.name()));
        }
    };
    mark(Kind::Fingerprint, Mark::Ja3, application.ja3(), true);
    mark(Kind::Fingerprint, Mark::Ja4, application.ja4(), true);
    for record in &application.records {
        match record {
            Record::Tls(r) | Record::Dtls(r) => {
                mark(Kind::Fingerprint, Mark::Ja3s, r.ja3s.as_ref(), true);
                // The first is the server's own: the others are of those who signed it.
                for (certificate, is_own) in
                    r.certificates.first.iter().zip(std::iter::once(true).chain(std::iter::repeat(false)))
                {
                    mark(Kind::Certificate, Mark::CertSha1, Some(&certificate.sha1), is_own);
                    mark(Kind::Certificate, Mark::CertSha256, Some(&certificate.sha256), is_own);
                }
            }
            Record::Ssh(r) => {
                mark(Kind::Fingerprint, Mark::Hassh, r.client.hassh.as_ref(), true);
                mark(Kind::Fingerprint, Mark::Hassh, r.server.hassh.as_ref(), true);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_asked_for_the_whole_url() {
        assert_eq!(path_of("/x?y", "evil.example"), "/x?y");
        assert_eq!(path_of("http://evil.example/x", "evil.example"), "/x");
        assert_eq!(path_of("http://evil.example", "evil.example"), "/");
        assert_eq!(path_of("/go?to=http://evil.example/x", "evil.example"), "/go?to=http://evil.example/x");
    }
}
