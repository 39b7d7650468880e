//! What a flow's payload says: which protocols, how that is known, and what their first messages hold.

mod held;
mod listed;
mod ssh;
mod text;

use serde::Serialize;

pub use held::Held;
pub use listed::Listed;
pub use ssh::{SshRecord, SshSide};
pub use text::Text;

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
    /// SSH.
    Ssh(Box<SshRecord>),
}

impl Record {
    /// The protocol's name as JSON writes it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ssh(_) => "ssh",
        }
    }
}

impl Held for Record {
    fn held_bytes(&self) -> usize {
        match self {
            Self::Ssh(record) => record.held_bytes(),
        }
    }
}
