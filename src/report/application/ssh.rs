//! SSH: who the two ends say they are, and what they offer.

use serde::Serialize;

use super::Text;
use super::held::held;

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
