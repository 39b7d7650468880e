//! What a model and the ports did to name the protocols of flows whose payload says none.

use serde::Serialize;

/// How often the model was asked and what came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Guesses {
    /// The model: the checksum of its file in hexadecimal digits.
    pub model: String,
    /// Flows over TCP and UDP with payload that shows no known protocol.
    pub asked: u64,
    /// Those of them that it was sure enough of to name.
    pub named: u64,
    /// Others of them that were named by their port: none of their payload was captured.
    pub named_by_port: u64,
    /// Guesses that the memory budget left no room for.
    pub not_kept: u64,
}
