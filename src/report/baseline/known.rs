//! What a capture holds by name: hosts, services, who uses them, server names, fingerprints.

use serde::{Deserialize, Serialize};

/// A kind of thing that can be new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Addresses that sent something.
    Hosts,
    /// `responder protocol/port` that answered.
    Services,
    /// `originator > responder protocol/port` that was answered.
    Pairs,
    /// Names that TLS and QUIC clients ask for, and HTTP's hosts.
    ServerNames,
    /// JA4 fingerprints of TLS and QUIC clients.
    Ja4s,
}

impl What {
    /// Every kind, in the order they are told.
    pub const ALL: [Self; 5] = [Self::Hosts, Self::Services, Self::Pairs, Self::ServerNames, Self::Ja4s];

    /// Its finding's kind.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Hosts => "new_hosts",
            Self::Services => "new_services",
            Self::Pairs => "new_uses",
            Self::ServerNames => "new_server_names",
            Self::Ja4s => "new_ja4s",
        }
    }

    /// What one of it is called, and several.
    #[must_use]
    pub fn noun(self) -> (&'static str, &'static str) {
        match self {
            Self::Hosts => ("host", "hosts"),
            Self::Services => ("service", "services"),
            Self::Pairs => ("use of a service", "uses of services"),
            Self::ServerNames => ("server name", "server names"),
            Self::Ja4s => ("JA4 fingerprint", "JA4 fingerprints"),
        }
    }
}

/// Names, sorted, and how many more there were.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// In ascending order, each once; at most [`Names::MAX`].
    pub names: Vec<String>,
    /// Names that had no room.
    pub beyond: u64,
}

impl Names {
    /// Most names kept.
    pub const MAX: usize = 10_000;
    /// Longest name kept, bytes; a longer one is cut.
    pub const MAX_BYTES: usize = 512;

    /// Whether a name is among them.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.names.binary_search_by(|known| known.as_str().cmp(name)).is_ok()
    }

    /// Whether all names there were are kept: what is not among them is new.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.beyond == 0
    }
}

/// What there was, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// [`What::Hosts`].
    pub hosts: Names,
    /// [`What::Services`].
    pub services: Names,
    /// [`What::Pairs`].
    pub pairs: Names,
    /// [`What::ServerNames`].
    pub server_names: Names,
    /// [`What::Ja4s`].
    pub ja4s: Names,
}

impl Known {
    /// The names of a kind.
    #[must_use]
    pub fn of(&self, what: What) -> &Names {
        match what {
            What::Hosts => &self.hosts,
            What::Services => &self.services,
            What::Pairs => &self.pairs,
            What::ServerNames => &self.server_names,
            What::Ja4s => &self.ja4s,
        }
    }

    /// The names of a kind, to be changed.
    #[must_use]
    pub fn of_mut(&mut self, what: What) -> &mut Names {
        match what {
            What::Hosts => &mut self.hosts,
            What::Services => &mut self.services,
            What::Pairs => &mut self.pairs,
            What::ServerNames => &mut self.server_names,
            What::Ja4s => &mut self.ja4s,
        }
    }
}
