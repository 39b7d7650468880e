//! TLS and DTLS: what the client offers, what the server takes, and the certificates in clear.

use serde::Serialize;

use super::held::held;
use super::{Listed, Moment, Shown, Text};

/// What a client's first message offers, over TCP, DTLS or QUIC.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Offer {
    /// The server's name that it asks for (SNI).
    pub server_name: Option<Text>,
    /// Whether the real name is encrypted (Encrypted Client Hello): then `server_name` is that of a front.
    pub has_ech: bool,
    /// Application protocols that it speaks (ALPN), the most wanted first.
    pub alpn: Listed<Text>,
    /// The highest version that it offers: `TLSv13`.
    pub max_version: Option<Text>,
    /// JA3; `None` where the message is not whole.
    ///
    /// **Source** Salesforce's JA3, 2017.
    pub ja3: Option<Text>,
    /// JA4 of a client; `None` where the message is not whole.
    ///
    /// **Source** FoxIO's JA4, 2023 (BSD part).
    pub ja4: Option<Text>,
}

/// What a TLS or DTLS handshake says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct TlsRecord {
    /// The client's offer.
    #[serde(flatten)]
    pub offer: Offer,
    /// The version chosen by the server.
    pub version: Option<Text>,
    /// The cipher suite chosen by the server, by its standard name; `0x....` where it has none here.
    pub cipher: Option<Text>,
    /// The application protocol chosen by the server.
    pub chosen_alpn: Option<Text>,
    /// JA3S of the server's answer.
    pub ja3s: Option<Text>,
    /// The server's certificates, its own first. Encrypted, thus empty, in TLS 1.3.
    pub certificates: Listed<Certificate>,
    /// The client's certificates.
    pub client_certificates: Listed<Certificate>,
    /// The first alert in clear: why it failed.
    pub alert: Option<Text>,
    /// Whether both sides went over to encryption.
    pub is_established: bool,
}

/// What an X.509 certificate says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Certificate {
    /// Whose it is: `CN=example.org,O=Example`.
    pub subject: Text,
    /// Who signed it.
    pub issuer: Text,
    /// Whether subject and issuer are the same. The signature is not checked.
    pub is_self_signed: bool,
    /// Serial number, hexadecimal.
    pub serial: Text,
    /// Valid from.
    pub not_before: Option<Moment>,
    /// Valid until.
    pub not_after: Option<Moment>,
    /// Names and addresses it is also for.
    pub names: Listed<Text>,
    /// SHA-1 of its bytes, hexadecimal.
    pub sha1: Text,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: Text,
}

held!(Offer { server_name, has_ech, alpn, max_version, ja3, ja4 });
held!(TlsRecord {
    offer,
    version,
    cipher,
    chosen_alpn,
    ja3s,
    certificates,
    client_certificates,
    alert,
    is_established,
});
held!(Certificate { subject, issuer, is_self_signed, serial, not_before, not_after, names, sha1, sha256 });

/// Labels with the values that are there.
fn there<const N: usize>(fields: [(&'static str, Option<String>); N]) -> impl Iterator<Item = (&'static str, String)> {
    fields.into_iter().filter_map(|(label, value)| value.map(|value| (label, value)))
}

impl Offer {
    /// Labels and values of what is there, for people.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        there([
            ("Server name (SNI)", self.server_name.shown()),
            ("Real name encrypted (ECH)", self.has_ech.shown()),
            ("Application protocols offered (ALPN)", self.alpn.shown()),
            ("Highest version offered", self.max_version.shown()),
            ("JA3", self.ja3.shown()),
            ("JA4", self.ja4.shown()),
        ])
        .collect()
    }
}

impl TlsRecord {
    /// Labels and values of what is there, for people.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = self.offer.fields();
        fields.extend(there([
            ("Version", self.version.shown()),
            ("Cipher suite", self.cipher.shown()),
            ("Application protocol chosen (ALPN)", self.chosen_alpn.shown()),
            ("JA3S", self.ja3s.shown()),
            ("Went over to encryption", self.is_established.shown()),
            ("Alert", self.alert.shown()),
            ("Certificates in clear", self.certificates.total.shown()),
        ]));
        // The first is the server's own; the others are those who vouch for it.
        fields.extend(self.certificates.first.first().iter().flat_map(|certificate| certificate.fields()));
        fields.extend(there([("Client's certificates", self.client_certificates.total.shown())]));
        let client = self.client_certificates.first.first();
        fields.extend(there([(
            "Client's certificate: subject",
            client.and_then(|certificate| certificate.subject.shown()),
        )]));
        fields
    }
}

impl Certificate {
    fn fields(&self) -> Vec<(&'static str, String)> {
        there([
            ("Certificate: subject", self.subject.shown()),
            ("Certificate: issuer", self.issuer.shown()),
            ("Certificate: self-signed", self.is_self_signed.shown()),
            ("Certificate: valid from", self.not_before.map(|moment| moment.to_string())),
            ("Certificate: valid until", self.not_after.map(|moment| moment.to_string())),
            ("Certificate: also for", self.names.shown()),
            ("Certificate: serial number", self.serial.shown()),
            ("Certificate: SHA-1", self.sha1.shown()),
            ("Certificate: SHA-256", self.sha256.shown()),
        ])
        .collect()
    }
}
