//! The protocols that are known, in the order in which they are asked.

use super::parser::{Match, Probe, Recogniser};
use super::{binary, database, dns, lines, ssh, tls};

/// Over TCP: fixed words first, then what only lengths tell.
const OVER_TCP: &[Recogniser] =
    &[tls::over_tcp, ssh::recognise, lines::over_tcp, binary::over_tcp, database::over_tcp, dns::over_tcp];

/// Over UDP.
const OVER_UDP: &[Recogniser] = &[tls::over_udp, lines::over_udp, binary::over_udp, dns::over_udp];

/// The first protocol whose signature the bytes have.
pub(super) fn recognise(is_tcp: bool, probe: &Probe<'_>) -> Option<Match> {
    let known = if is_tcp { OVER_TCP } else { OVER_UDP };
    known.iter().find_map(|recognise| recognise(probe))
}
