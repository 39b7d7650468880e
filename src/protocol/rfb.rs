//! VNC's remote frame buffer, by name.
//!
//! **Source** RFC 6143 section 7.1.1.

use super::parser::{Match, Probe};

pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let is_version = probe.payload.starts_with(b"RFB 003.") || probe.payload.starts_with(b"RFB 004.");
    is_version.then(|| Match::named("rfb"))
}
