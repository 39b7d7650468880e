//! One message.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::name::{self, Name};
use super::names::{rcode_name, type_name};
use super::{HEADER, counts};
use crate::protocol::bytes::be16;
use crate::protocol::cursor::Cursor;
use crate::report::{DnsAnswer, DnsQuestion, DnsRecord, Text};
use crate::units::count;

/// Questions and answers listed.
const MAX_QUERIES: usize = 8;
const MAX_ANSWERS: usize = 16;
/// Records of one message that are looked at; those beyond are counted as its header says.
const MAX_LOOKED_AT: u16 = 128;

/// Adds what a message says to the record.
pub(super) fn read(record: &mut DnsRecord, bytes: &[u8]) {
    let (Some(flags), Some([questions, answers, ..])) = (be16(bytes, 2), counts(bytes)) else {
        record.malformed += 1;
        return;
    };
    let is_response = flags & 0x8000 != 0;
    if is_response {
        record.response_messages += 1;
        record.rcodes.add(rcode_name(flags & 15));
    } else {
        record.query_messages += 1;
    }
    let whole = read_questions(record, bytes, questions, is_response)
        .and_then(|at| read_answers(record, bytes, at, if is_response { answers } else { 0 }));
    if whole.is_none() {
        record.malformed += 1;
    }
}

/// Returns where the answers begin.
fn read_questions(record: &mut DnsRecord, bytes: &[u8], questions: u16, is_response: bool) -> Option<usize> {
    let mut at = HEADER;
    for _ in 0..questions.min(MAX_LOOKED_AT) {
        let (name, behind) = name::read(bytes, at)?;
        let kind = be16(bytes, behind)?;
        at = behind + 4;
        // An answer repeats the question, which counts where the query was not seen.
        if !is_response || record.query_messages == 0 {
            ask(record, &name, kind);
        }
    }
    (questions <= MAX_LOOKED_AT).then_some(at)
}

fn ask(record: &mut DnsRecord, name: &Name, kind: u16) {
    record.query_types.add(type_name(kind).unwrap_or("other"));
    record.longest_name = record.longest_name.max(count(name.len));
    record.name_bytes = record.name_bytes.saturating_add(count(name.len));
    record.queries.add_new(MAX_QUERIES, DnsQuestion { name: Text::new(&name.text), kind: kind_text(kind) });
}

fn read_answers(record: &mut DnsRecord, bytes: &[u8], mut at: usize, answers: u16) -> Option<()> {
    for _ in 0..answers.min(MAX_LOOKED_AT) {
        let (name, behind) = name::read(bytes, at)?;
        let mut fields = Cursor(bytes.get(behind..)?);
        let kind = fields.be16()?;
        fields.be16()?;
        let ttl = fields.be32()?;
        let content = fields.sized16()?;
        at = bytes.len() - fields.0.len();
        if matches!(type_name(kind), Some("TXT" | "NULL")) {
            record.txt_bytes = record.txt_bytes.saturating_add(count(content.len()));
        }
        record.answers.add(MAX_ANSWERS, || DnsAnswer {
            name: Text::new(&name.text),
            kind: kind_text(kind),
            data: data(kind, bytes, at - content.len(), content),
            ttl,
        });
    }
    let left = answers.saturating_sub(MAX_LOOKED_AT);
    record.answers.total = record.answers.total.saturating_add(u64::from(left));
    Some(())
}

fn kind_text(kind: u16) -> Text {
    match type_name(kind) {
        Some(name) => Text::from(name),
        None => Text::from(format!("TYPE{kind}").as_str()),
    }
}

/// What a record says. Names in it may point into the message.
fn data(kind: u16, message: &[u8], at: usize, content: &[u8]) -> Text {
    let name_at = |at| name::read(message, at).map(|(name, _)| Text::new(&name.text));
    let text = match type_name(kind) {
        Some("A") => {
            <[u8; 4]>::try_from(content).ok().map(|octets| Text::from(Ipv4Addr::from(octets).to_string().as_str()))
        }
        Some("AAAA") => {
            <[u8; 16]>::try_from(content).ok().map(|octets| Text::from(Ipv6Addr::from(octets).to_string().as_str()))
        }
        Some("NS" | "CNAME" | "PTR" | "DNAME" | "SOA") => name_at(at),
        Some("MX") => name_at(at + 2),
        Some("SRV") => name_at(at + 6),
        Some("TXT" | "SPF") => Some(Text::new(&strings(content))),
        _ => None,
    };
    text.unwrap_or_else(|| Text::from(format!("{} bytes", content.len()).as_str()))
}

/// Strings one after the other, each with its length before it, joined.
fn strings(content: &[u8]) -> Vec<u8> {
    let mut cursor = Cursor(content);
    let mut all = Vec::new();
    while let Some(string) = cursor.sized8() {
        all.extend_from_slice(string);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header with these flags and counts, then the rest.
    fn message(flags: u16, questions: u16, answers: u16, rest: &[u8]) -> Vec<u8> {
        let header = [7u16, flags, questions, answers, 0, 0].map(u16::to_be_bytes).concat();
        [&header, rest].concat()
    }

    const QUESTION: &[u8] = b"\x03wWw\x07example\x00\x00\x01\x00\x01";

    #[test]
    fn counts_and_lists_what_is_asked_and_answered() {
        let mut record = DnsRecord::default();
        read(&mut record, &message(0x0100, 1, 0, QUESTION));
        read(&mut record, &message(0x8180, 1, 2, &[QUESTION, b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x01\xc0\x0c\x00\x10\x00\x01\x00\x00\x00\x00\x00\x07\x02ab\x03c\x1bd"].concat()));
        read(&mut record, &message(0x8183, 1, 0, QUESTION));
        assert_eq!((record.query_messages, record.response_messages, record.malformed), (1, 2, 0));
        assert_eq!((record.rcodes.of("NOERROR"), record.rcodes.of("NXDOMAIN")), (1, 1));
        assert_eq!((record.queries.total, record.queries.first[0].name.as_str()), (1, "www.example"));
        assert_eq!((record.longest_name, record.txt_bytes), (13, 7));
        let data: Vec<_> = record.answers.first.iter().map(|a| a.data.as_str()).collect();
        assert_eq!(data, ["10.0.0.1", "abc\\u{1b}d"]);
    }

    #[test]
    fn hostile_messages_are_counted_and_bounded() {
        let mut record = DnsRecord::default();
        read(&mut record, b"\x00\x01");
        read(&mut record, &message(0x0100, 1, 0, b"\xc0\x0c\x00\x01\x00\x01"));
        read(&mut record, &message(0x8180, 0, 65_535, b"\x00\x00\x01\x00\x01\x00\x00\x00\x00\xff\xff"));
        assert_eq!(record.malformed, 3);
        let many = b"\x00\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00".repeat(200);
        read(&mut record, &message(0x8180, 0, 200, &many));
        assert_eq!((record.malformed, record.answers.total, record.answers.first.len()), (3, 200, MAX_ANSWERS));
        for i in 0..1000u16 {
            let name = [b"\x05".as_slice(), format!("{i:05}").as_bytes(), b"\x00\x00\xff\x00\x01"].concat();
            read(&mut record, &message(0x0100, 1, 0, &name));
        }
        assert_eq!((record.queries.total, record.queries.first.len()), (1000, MAX_QUERIES));
    }
}
