//! What the payload says: an application protocol's name, or nothing. Never an error.
//!
//! An [`Inspector`] follows a flow: recognisers look at the first payloads of each direction until one knows its protocol,
//! and that protocol's parser reads on until its record is complete.
//!
//! Only what few other bytes could be is named: a fixed word, or lengths and fields that agree with each other. A port
//! alone names nothing; it only helps where a protocol's first bytes say little.

mod binary;
mod bytes;
mod cursor;
mod digest;
mod dns;
mod framing;
mod ftp;
mod http;
mod imap;
mod inspector;
mod irc;
mod mongodb;
mod mssql;
mod mysql;
mod oracle;
mod parser;
mod pop3;
mod postgresql;
mod quic;
mod redis;
mod registry;
mod rfb;
mod rtsp;
mod sip;
mod smtp;
mod ssdp;
mod ssh;
mod status;
mod stream;
mod syslog;
mod telnet;
mod tls;
mod words;
mod xmpp;

pub use inspector::{Inspector, Piece};

use bytes::{be16, be32, ber, is_len};

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
