//! DNS, and those who speak it on ports of their own: mDNS and LLMNR.

use serde::Serialize;

use super::held::held;
use super::{Listed, Shown, Tally, Text, record};

record! {
    /// What a flow's DNS messages ask and answer.
    DnsRecord {
        /// Questions of queries; those listed are distinct. Multicast answers have none.
        queries: Listed<DnsQuestion> => "Asked for",
        /// Records in the answer sections.
        answers: Listed<DnsAnswer> => "Answers",
        /// Messages that ask.
        query_messages: u64 => "Queries",
        /// Messages that answer.
        response_messages: u64 => "Responses",
        /// Answers by their code: `NOERROR`, `NXDOMAIN`, `SERVFAIL`.
        rcodes: Tally => "Response codes",
        /// Questions by type: `A`, `AAAA`, `TXT`.
        query_types: Tally => "Types asked for",
        /// Longest name asked for, bytes.
        longest_name: u64 => "Longest name asked for (bytes)",
        /// Names asked for, bytes together.
        name_bytes: u64 => "Names asked for (bytes together)",
        /// Answers of type TXT and NULL, which can carry anything: bytes together.
        txt_bytes: u64 => "TXT and NULL answers (bytes)",
        /// Messages with something that cannot be: a name that points to itself or beyond the message, a length that
        /// does not fit.
        malformed: u64 => "Malformed messages",
    }
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
    /// Whose it is, in lower case, without the dot at the end.
    pub name: Text,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Text,
    /// What it says: an address, a name, a text; its length where it is none of these.
    pub data: Text,
    /// Seconds that it may be kept.
    pub ttl: u32,
}

held!(DnsQuestion { name, kind });
held!(DnsAnswer { name, kind, data, ttl });

impl Shown for DnsQuestion {
    fn shown(&self) -> Option<String> {
        Some(format!("{} {}", self.name, self.kind))
    }
}

impl Shown for DnsAnswer {
    fn shown(&self) -> Option<String> {
        Some(format!("{} {} {}", self.name, self.kind, self.data))
    }
}
