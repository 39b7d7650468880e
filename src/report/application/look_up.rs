//! What is looked for across records.

use super::{Application, DnsRecord, HttpRecord, Offer, Record, Text};

impl Application {
    /// What the client offered in TLS, DTLS or QUIC.
    #[must_use]
    pub fn offer(&self) -> Option<&Offer> {
        self.records.iter().find_map(|record| match record {
            Record::Tls(r) | Record::Dtls(r) => Some(&r.offer),
            Record::Quic(r) => Some(&r.offer),
            _ => None,
        })
    }

    /// The name of the server that the client asked for: TLS's, DTLS's or QUIC's SNI, else HTTP's host.
    #[must_use]
    pub fn server_name(&self) -> Option<&Text> {
        let sni = self.offer().and_then(|offer| offer.server_name.as_ref());
        sni.or_else(|| self.http().and_then(|http| http.host.as_ref()))
    }

    /// JA3 of the client.
    #[must_use]
    pub fn ja3(&self) -> Option<&Text> {
        self.offer()?.ja3.as_ref()
    }

    /// JA4 of the client.
    #[must_use]
    pub fn ja4(&self) -> Option<&Text> {
        self.offer()?.ja4.as_ref()
    }

    /// The DNS record.
    #[must_use]
    pub fn dns(&self) -> Option<&DnsRecord> {
        self.records.iter().find_map(|record| if let Record::Dns(r) = record { Some(r.as_ref()) } else { None })
    }

    /// The HTTP record.
    #[must_use]
    pub fn http(&self) -> Option<&HttpRecord> {
        self.records.iter().find_map(|record| if let Record::Http(r) = record { Some(r.as_ref()) } else { None })
    }

    /// Names of servers and hosts in its records, those asked of DNS included.
    pub fn names(&self) -> impl Iterator<Item = &Text> {
        let asked = self.dns().into_iter().flat_map(|dns| dns.queries.first.iter().map(|query| &query.name));
        self.server_name().into_iter().chain(asked)
    }
}
