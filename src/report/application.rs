//! What a flow's payload says: which protocols, how that is known, and what their first messages hold.

mod dns;
mod held;
mod http;
mod listed;
mod look_up;
mod moment;
mod quic;
mod ssh;
mod tally;
mod text;
mod tls;

use serde::Serialize;

pub use dns::{DnsAnswer, DnsQuestion, DnsRecord};
pub use held::Held;
pub use http::HttpRecord;
pub use listed::Listed;
pub use moment::Moment;
pub use quic::QuicRecord;
pub use ssh::{SshRecord, SshSide};
pub use tally::Tally;
pub use text::Text;
pub use tls::{Certificate, Offer, TlsRecord};

/// How a protocol is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownBy {
    /// By its signature in the payload.
    Payload,
    /// By its port only: a guess, never written into `service`.
    Port,
    /// By a model, from the flow's measurements.
    Model,
}

impl KnownBy {
    /// Its name in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Payload => "payload",
            Self::Port => "port",
            Self::Model => "model",
        }
    }
}

/// What was recognised in a flow.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Application {
    /// Protocols, the outermost first: `smtp`, `ssl` after a STARTTLS. Zeek's names in lower case; never empty.
    pub services: Vec<&'static str>,
    /// How they are known.
    pub known_by: KnownBy,
    /// How surely: 1 for a signature that nothing else has.
    ///
    /// **Range** 0-1.
    pub confidence: f32,
    /// What their messages hold, in the order of the protocols; a protocol may have none.
    pub records: Vec<Record>,
}

impl Application {
    /// The innermost protocol.
    #[must_use]
    pub fn service(&self) -> Option<&'static str> {
        self.services.last().copied()
    }
}

impl Held for Application {
    fn held_bytes(&self) -> usize {
        64 + 16 * self.services.len() + self.records.held_bytes()
    }
}

/// What one protocol's messages hold. In JSON `{"protocol": "ssh", ...}`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "protocol", rename_all = "snake_case")]
pub enum Record {
    /// DNS, mDNS and LLMNR.
    Dns(Box<DnsRecord>),
    /// TLS over UDP.
    Dtls(Box<TlsRecord>),
    /// HTTP/1.
    Http(Box<HttpRecord>),
    /// QUIC.
    Quic(Box<QuicRecord>),
    /// SSH.
    Ssh(Box<SshRecord>),
    /// TLS over TCP.
    Tls(Box<TlsRecord>),
}

impl Record {
    /// The protocol's name as JSON writes it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Dns(_) => "dns",
            Self::Dtls(_) => "dtls",
            Self::Http(_) => "http",
            Self::Quic(_) => "quic",
            Self::Ssh(_) => "ssh",
            Self::Tls(_) => "tls",
        }
    }
}

impl Held for Record {
    fn held_bytes(&self) -> usize {
        16 + match self {
            Self::Dns(record) => record.held_bytes(),
            Self::Http(record) => record.held_bytes(),
            Self::Dtls(record) | Self::Tls(record) => record.held_bytes(),
            Self::Quic(record) => record.held_bytes(),
            Self::Ssh(record) => record.held_bytes(),
        }
    }
}
