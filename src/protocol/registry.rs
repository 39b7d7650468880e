//! The protocols that are known, in the order in which they are asked.

use super::parser::{Match, Probe, Recogniser};
use super::{
    bacnet, bittorrent, coap, dce_rpc, dhcp, dnp3, dns, enip, ftp, http, ike, imap, irc, kerberos, ldap, modbus,
    mongodb, mqtt, mssql, mysql, netbios, ntp, openvpn, oracle, pop3, postgresql, quic, radius, rdp, redis, rfb, rtp,
    rtsp, s7comm, sip, smb, smtp, snmp, socks, ssdp, ssh, stun, syslog, telnet, tftp, tls, wireguard, xmpp,
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
    smb::recognise,
    netbios::recognise_sessions,
    rdp::recognise,
    s7comm::recognise,
    ldap::recognise,
    mqtt::recognise,
    bittorrent::recognise_stream,
    dnp3::recognise,
    socks::recognise,
    dce_rpc::recognise,
    kerberos::recognise_stream,
    mysql::recognise,
    postgresql::recognise,
    mongodb::recognise,
    mssql::recognise,
    oracle::recognise,
    enip::recognise,
    modbus::recognise,
    openvpn::recognise_stream,
    stun::recognise_stream,
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
    stun::recognise,
    dhcp::recognise,
    ntp::recognise,
    snmp::recognise,
    ldap::recognise,
    radius::recognise,
    kerberos::recognise,
    tftp::recognise,
    bittorrent::recognise,
    ike::recognise,
    wireguard::recognise,
    openvpn::recognise,
    dnp3::recognise,
    bacnet::recognise,
    enip::recognise,
    netbios::recognise_names,
    netbios::recognise_datagrams,
    coap::recognise,
    dns::over_udp,
    rtp::recognise,
];

/// The first protocol whose signature the bytes have.
pub(super) fn recognise(is_tcp: bool, probe: &Probe<'_>) -> Option<Match> {
    let known = if is_tcp { OVER_TCP } else { OVER_UDP };
    known.iter().find_map(|recognise| recognise(probe))
}
