//! What a flow's payload says: which protocols, how that is known, and what their first messages hold.

mod announcing;
mod chat;
mod database;
mod dns;
mod ftp;
mod held;
mod http;
mod industrial;
mod listed;
mod look_up;
mod mailbox;
mod management;
mod media;
mod messaging;
mod moment;
mod quic;
mod service;
mod shown;
mod smtp;
mod ssh;
mod tally;
mod terminal;
mod text;
mod tls;
mod tunnel;
mod windows;

use serde::Serialize;

pub use announcing::{SsdpRecord, SyslogRecord};
pub use chat::{IrcRecord, XmppRecord};
pub use database::{MongodbRecord, MssqlRecord, MysqlRecord, OracleRecord, PostgresqlRecord, RedisRecord};
pub use dns::{DnsAnswer, DnsQuestion, DnsRecord};
pub use ftp::FtpRecord;
pub use held::Held;
pub use http::HttpRecord;
pub use industrial::{BacnetRecord, Dnp3Record, EnipRecord, ModbusRecord, S7commRecord};
pub use listed::Listed;
pub use mailbox::{ImapRecord, Pop3Record};
pub use management::{DhcpRecord, NtpRecord, RadiusRecord, SnmpRecord, TftpRecord};
pub use media::{RtpRecord, RtspRecord, SipRecord, StunRecord};
pub use messaging::{CoapRecord, MqttRecord};
pub use moment::Moment;
pub use quic::QuicRecord;
pub use service::Service;
pub use shown::Shown;
use shown::record;
pub use smtp::SmtpRecord;
pub use ssh::{SshRecord, SshSide};
pub use tally::Tally;
pub use terminal::TelnetRecord;
pub use text::Text;
pub use tls::{Certificate, Offer, TlsRecord};
pub use tunnel::{BittorrentRecord, IkeRecord, OpenvpnRecord, WireguardRecord};
pub use windows::{DceRpcRecord, KerberosRecord, LdapRecord, NetbiosRecord, RdpRecord, SmbRecord};

/// How a protocol is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownBy {
    /// By its signature in the payload.
    Payload,
    /// By the responder's port, which is registered for it, where the payload cannot tell: inside of TLS, or none of it
    /// was captured. The latter is a guess and never stands in `service`.
    Port,
    /// By a model, from the flow's measurements: a guess.
    Model,
    /// By its number in the IP header: ICMP and IPsec.
    Header,
    /// By the table that the flow is from.
    Table,
}

impl KnownBy {
    /// Its name in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Payload => "payload",
            Self::Port => "port",
            Self::Model => "model",
            Self::Header => "header",
            Self::Table => "table",
        }
    }
}

/// What was recognised in a flow.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Application {
    /// Protocols, the outermost first: `smtp`, `ssl` after a STARTTLS; `ssl`, `imap` where the port tells what is in TLS.
    /// Never empty.
    pub services: Vec<Service>,
    /// What their messages hold, in the order of the protocols; a protocol may have none.
    pub records: Vec<Record>,
}

impl Held for Application {
    fn held_bytes(&self) -> usize {
        64 + Service::HELD_BYTES * self.services.len() + self.records.held_bytes()
    }
}

/// A variant for each protocol that has a record.
macro_rules! records {
    ($($(#[$doc:meta])* $variant:ident($record:ty) = $name:literal,)*) => {
        /// What one protocol's messages hold. In JSON `{"protocol": "ssh", ...}`.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(tag = "protocol")]
        pub enum Record {
            $($(#[$doc])* #[serde(rename = $name)] $variant(Box<$record>),)*
        }

        impl Record {
            /// The protocol's name as JSON writes it.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                }
            }
        }

        impl Record {
            /// Labels and values of what its messages hold, for people.
            #[must_use]
            pub fn fields(&self) -> Vec<(&'static str, String)> {
                match self {
                    $(Self::$variant(record) => record.fields(),)*
                }
            }
        }

        impl Held for Record {
            fn held_bytes(&self) -> usize {
                match self {
                    $(Self::$variant(record) => record.held_bytes(),)*
                }
            }
        }
    };
}

records! {
    /// DNS, mDNS and LLMNR.
    Dns(DnsRecord) = "dns",
    /// TLS over UDP.
    Dtls(TlsRecord) = "dtls",
    /// HTTP.
    Http(HttpRecord) = "http",
    /// QUIC.
    Quic(QuicRecord) = "quic",
    /// TLS over TCP.
    Tls(TlsRecord) = "tls",
    /// SSH.
    Ssh(SshRecord) = "ssh",
    /// FTP's control connection.
    Ftp(FtpRecord) = "ftp",
    /// SMTP.
    Smtp(SmtpRecord) = "smtp",
    /// POP3.
    Pop3(Pop3Record) = "pop3",
    /// IMAP.
    Imap(ImapRecord) = "imap",
    /// IRC.
    Irc(IrcRecord) = "irc",
    /// XMPP.
    Xmpp(XmppRecord) = "xmpp",
    /// Telnet.
    Telnet(TelnetRecord) = "telnet",
    /// SIP.
    Sip(SipRecord) = "sip",
    /// RTSP.
    Rtsp(RtspRecord) = "rtsp",
    /// RTP and RTCP.
    Rtp(RtpRecord) = "rtp",
    /// STUN and TURN.
    Stun(StunRecord) = "stun",
    /// SSDP.
    Ssdp(SsdpRecord) = "ssdp",
    /// Syslog.
    Syslog(SyslogRecord) = "syslog",
    /// Redis.
    Redis(RedisRecord) = "redis",
    /// MySQL.
    Mysql(MysqlRecord) = "mysql",
    /// PostgreSQL.
    Postgresql(PostgresqlRecord) = "postgresql",
    /// SQL Server.
    Mssql(MssqlRecord) = "mssql",
    /// Oracle.
    Oracle(OracleRecord) = "oracle",
    /// MongoDB.
    Mongodb(MongodbRecord) = "mongodb",
    /// Modbus/TCP.
    Modbus(ModbusRecord) = "modbus",
    /// DNP3.
    Dnp3(Dnp3Record) = "dnp3",
    /// S7comm.
    S7comm(S7commRecord) = "s7comm",
    /// BACnet/IP.
    Bacnet(BacnetRecord) = "bacnet",
    /// EtherNet/IP.
    Enip(EnipRecord) = "enip",
    /// SMB.
    Smb(SmbRecord) = "smb",
    /// DCE/RPC.
    DceRpc(DceRpcRecord) = "dce_rpc",
    /// Kerberos.
    Kerberos(KerberosRecord) = "kerberos",
    /// LDAP.
    Ldap(LdapRecord) = "ldap",
    /// Remote desktop.
    Rdp(RdpRecord) = "rdp",
    /// NetBIOS.
    Netbios(NetbiosRecord) = "netbios",
    /// DHCP.
    Dhcp(DhcpRecord) = "dhcp",
    /// NTP.
    Ntp(NtpRecord) = "ntp",
    /// SNMP.
    Snmp(SnmpRecord) = "snmp",
    /// RADIUS.
    Radius(RadiusRecord) = "radius",
    /// TFTP.
    Tftp(TftpRecord) = "tftp",
    /// MQTT.
    Mqtt(MqttRecord) = "mqtt",
    /// CoAP.
    Coap(CoapRecord) = "coap",
    /// WireGuard.
    Wireguard(WireguardRecord) = "wireguard",
    /// OpenVPN.
    Openvpn(OpenvpnRecord) = "openvpn",
    /// IKE and ISAKMP.
    Ike(IkeRecord) = "ike",
    /// BitTorrent.
    Bittorrent(BittorrentRecord) = "bittorrent",
}
