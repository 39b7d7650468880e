//! SSH: who the two ends say they are, and what they offer.

use serde::Serialize;

use super::held::held;
use super::{Shown as _, Text};

/// What the beginning of an SSH connection says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct SshRecord {
    /// The originator's side.
    pub client: SshSide,
    /// The responder's side.
    pub server: SshSide,
}

/// One end of an SSH connection.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct SshSide {
    /// The line it introduces itself with, `SSH-2.0-...`.
    pub banner: Option<Text>,
    /// HASSH of a client, hasshServer of a server: the MD5 of what it offers.
    ///
    /// **Source** Salesforce's HASSH, 2018.
    pub hassh: Option<Text>,
    /// Key exchange algorithms, the most wanted first, separated by commas.
    pub kex: Option<Text>,
    /// Host key algorithms.
    pub host_keys: Option<Text>,
    /// Ciphers of what this end sends.
    pub ciphers: Option<Text>,
}

held!(SshSide { banner, hassh, kex, host_keys, ciphers });
held!(SshRecord { client, server });

impl SshRecord {
    /// Labels and values of what is there, for people.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let Self { client, server } = self;
        let fields = [
            ("Client", &client.banner),
            ("Server", &server.banner),
            ("HASSH of the client", &client.hassh),
            ("HASSH of the server", &server.hassh),
            ("Key exchange offered by the client", &client.kex),
            ("Key exchange offered by the server", &server.kex),
            ("Host keys of the server", &server.host_keys),
            ("Ciphers offered by the client", &client.ciphers),
            ("Ciphers offered by the server", &server.ciphers),
        ];
        fields.into_iter().filter_map(|(label, value)| value.shown().map(|value| (label, value))).collect()
    }
}
