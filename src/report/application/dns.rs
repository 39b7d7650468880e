//! DNS, and those who speak it on ports of their own: mDNS and LLMNR.

use serde::Serialize;

use super::held::held;
use super::{Listed, Tally, Text};

/// What a flow's DNS messages ask and answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct DnsRecord {
    /// Questions of queries; those listed are distinct. Multicast answers have none.
    pub queries: Listed<DnsQuestion>,
    /// Records in the answer sections.
    pub answers: Listed<DnsAnswer>,
    /// Messages that ask.
    pub query_messages: u64,
    /// Messages that answer.
    pub response_messages: u64,
    /// Answers by their code: `NOERROR`, `NXDOMAIN`, `SERVFAIL`.
    pub rcodes: Tally,
    /// Questions by type: `A`, `AAAA`, `TXT`.
    pub query_types: Tally,
    /// Longest name asked for, bytes.
    pub longest_name: u64,
    /// Names asked for, bytes together.
    pub name_bytes: u64,
    /// Answers of type TXT and NULL, which can carry anything: bytes together.
    pub txt_bytes: u64,
    /// Messages with something that cannot be: a name that points to itself or beyond the message, a length that does
    /// not fit.
    pub malformed: u64,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DnsQuestion {
    /// The name, in lower case, without the dot at the end.
    pub name: Text,
    /// Its type: `A`, `TXT`; `TYPE65280` where it has no name here.
    #[serde(rename = "type")]
    pub kind: Text,
}

/// A record of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DnsAnswer {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Text,
    /// What it says: an address, a name, a text; its length where it is none of these.
    pub data: Text,
    /// Seconds that it may be kept.
    pub ttl: u32,
}

held!(DnsQuestion { name, kind });
held!(DnsAnswer { kind, data, ttl });
held!(DnsRecord {
    queries,
    answers,
    query_messages,
    response_messages,
    rcodes,
    query_types,
    longest_name,
    name_bytes,
    txt_bytes,
    malformed,
});
