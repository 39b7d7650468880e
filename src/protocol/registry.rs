//! The protocols that are known, in the order in which they are asked.

use super::parser::{Match, Probe, Recogniser};
use super::{
    binary, dns, ftp, http, imap, irc, mongodb, mssql, mysql, oracle, pop3, postgresql, quic, redis, rfb, rtsp, sip,
    smtp, ssdp, ssh, syslog, telnet, tls, xmpp,
};

/// Over TCP: fixed words first, then what only lengths tell.
const OVER_TCP: &[Recogniser] = &[
    tls::recognise,
    ssh::recognise,
    // Requests of HTTP's relatives end in their own version.
    rtsp::recognise,
    sip::recognise,
    http::recognise,
    rfb::recognise,
    smtp::recognise,
    ftp::recognise,
    pop3::recognise,
    imap::recognise,
    irc::recognise,
    xmpp::recognise,
    redis::recognise,
    syslog::recognise_stream,
    telnet::recognise,
    binary::over_tcp,
    mysql::recognise,
    postgresql::recognise,
    mongodb::recognise,
    mssql::recognise,
    oracle::recognise,
    dns::over_tcp,
];

/// Over UDP.
const OVER_UDP: &[Recogniser] = &[
    tls::dtls::recognise,
    quic::recognise,
    ssdp::recognise,
    sip::recognise,
    rtsp::recognise,
    syslog::recognise,
    binary::over_udp,
    dns::over_udp,
];

/// The first protocol whose signature the bytes have.
pub(super) fn recognise(is_tcp: bool, probe: &Probe<'_>) -> Option<Match> {
    let known = if is_tcp { OVER_TCP } else { OVER_UDP };
    known.iter().find_map(|recognise| recognise(probe))
}
