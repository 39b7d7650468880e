//! What the payload says: an application protocol's name, or nothing. Never an error.
//!
//! An [`Inspector`] follows a flow: recognisers look at the first payloads of each direction until one knows its protocol,
//! and that protocol's parser reads on until its record is complete.
//!
//! Only what few other bytes could be is named: a fixed word, or lengths and fields that agree with each other. A port
//! alone names nothing that can be read; it only helps where a protocol's first bytes say little. What cannot be read, the
//! inside of TLS and payload that was not captured, a registered port may name, and is said to have: [`by_port`].

mod bacnet;
mod bittorrent;
mod bytes;
mod coap;
mod cursor;
mod dce_rpc;
mod dhcp;
mod digest;
mod dnp3;
mod dns;
mod enip;
mod framing;
mod ftp;
mod http;
mod ike;
mod imap;
mod inspector;
mod irc;
mod kerberos;
mod ldap;
mod modbus;
mod mongodb;
mod mqtt;
mod mssql;
mod mysql;
mod netbios;
mod nt_status;
mod ntlm;
mod ntp;
mod openvpn;
mod oracle;
mod parser;
mod pop3;
mod ports;
mod postgresql;
mod program;
mod quic;
mod radius;
mod rdp;
mod redis;
mod registry;
mod rfb;
mod rtp;
mod rtsp;
mod s7comm;
mod sip;
mod smb;
mod smtp;
mod snmp;
mod socks;
mod ssdp;
mod ssh;
mod status;
mod stream;
mod stun;
mod syslog;
mod telnet;
mod tftp;
mod ticket;
mod tls;
mod wireguard;
mod words;
mod xmpp;

pub use inspector::{Inspector, Piece};
pub use ports::by_port;
pub use program::program;

use bytes::{be16, be32, is_len};

use crate::report::Proto;

/// The service of protocols that have no ports and whose number in the IP header names them: ICMP, and IPsec's ESP and AH.
#[must_use]
pub fn by_number(proto: Proto) -> Option<&'static str> {
    match proto {
        Proto::ICMP => Some("icmp"),
        Proto::ICMPV6 => Some("icmp6"),
        Proto::ESP | Proto::AH => Some("ipsec"),
        _ => None,
    }
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
