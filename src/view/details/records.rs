//! What was recognised in a flow's payload, for people: a section a record.

use std::borrow::Cow;

use super::{Cell, ColumnKind, Field, Section};
use crate::report::{Application, Record};

use super::node::Node;

/// Labels of fields whose names alone say too little, or are no words.
const LABELS: &[(&str, &str)] = &[
    ("server_name", "Server name (SNI)"),
    ("has_ech", "Real name is encrypted (ECH)"),
    ("alpn", "Application protocols offered (ALPN)"),
    ("chosen_alpn", "Application protocol chosen (ALPN)"),
    ("max_version", "Highest version offered"),
    ("version", "Version"),
    ("ja3", "JA3"),
    ("ja3s", "JA3S"),
    ("ja4", "JA4"),
    ("hassh", "HASSH"),
    ("kex", "Key exchange"),
    ("uri", "URI"),
    ("denied", "Answers that ask for credentials or refuse them"),
    ("rcodes", "Answers by code"),
    ("txt_bytes", "Bytes in TXT and NULL answers"),
    ("name_bytes", "Bytes of all names asked for"),
    ("longest_name", "Longest name asked for (bytes)"),
    ("sha1", "SHA-1"),
    ("sha256", "SHA-256"),
    ("ttl", "Seconds to keep it"),
    ("is_established", "Went over to encryption"),
    ("names", "Also for"),
];

/// Titles of sections where capitals alone are wrong.
const TITLES: &[(&str, &str)] = &[
    ("bittorrent", "BitTorrent"),
    ("http", "HTTP"),
    ("kerberos", "Kerberos"),
    ("modbus", "Modbus"),
    ("openvpn", "OpenVPN"),
    ("radius", "RADIUS"),
    ("redis", "Redis"),
    ("syslog", "Syslog"),
    ("telnet", "Telnet"),
    ("wireguard", "WireGuard"),
];

/// Fields of a list's element that are told as one text; more are fields of their own.
const MAX_TOLD_TOGETHER: usize = 3;

/// A section for each record.
pub(super) fn sections(application: &Application) -> Vec<Section> {
    application.records.iter().map(section).collect()
}

fn section(record: &Record) -> Section {
    let name = record.name();
    let title = TITLES.iter().find(|(known, _)| *known == name).map(|(_, title)| Cow::Borrowed(*title));
    let mut fields = Vec::new();
    if let Some(Node::Map(entries)) = Node::of(record) {
        // The protocol is the title.
        entries.iter().filter(|(key, _)| key != "protocol").for_each(|(key, node)| push(&mut fields, label(key), node));
    }
    Section { title: title.unwrap_or_else(|| Cow::Owned(name.to_ascii_uppercase())), fields }
}

/// Adds a value, or the values inside it; what is empty or false is left out.
fn push(fields: &mut Vec<Field>, label: String, node: &Node) {
    let value = match node {
        Node::Null | Node::Bool(false) => return,
        Node::Bool(true) => Cell::text("yes"),
        Node::Number(n) => {
            fields.push(Field { label: Cow::Owned(label), kind: ColumnKind::Count, value: Cell::number(*n) });
            return;
        }
        Node::Text(text) => Cell::text(text.as_str()),
        Node::List(items) => return push_list(fields, &label, items, None),
        Node::Map(entries) => match entries.as_slice() {
            [] => return,
            [(total, Node::Number(n)), (first, Node::List(items))] if total == "total" && first == "first" => {
                return push_list(fields, &label, items, Some(*n));
            }
            counts if counts.iter().all(|(_, node)| matches!(node, Node::Number(_))) => {
                Cell::text(counts.iter().map(|(key, n)| format!("{key} {}", n.told())).collect::<Vec<_>>().join(", "))
            }
            entries => return entries.iter().for_each(|(key, node)| push(fields, within(&label, key), node)),
        },
    };
    if value != Cell::Missing {
        fields.push(Field { label: Cow::Owned(label), kind: ColumnKind::Text, value });
    }
}

fn push_list(fields: &mut Vec<Field>, label: &str, items: &[Node], total: Option<f64>) {
    let is_large = |node: &Node| matches!(node, Node::Map(entries) if entries.len() > MAX_TOLD_TOGETHER);
    if items.iter().any(is_large) {
        for (i, item) in items.iter().enumerate() {
            push(fields, format!("{label} {}", i + 1), item);
        }
        return;
    }
    let mut text = items.iter().map(Node::told).collect::<Vec<_>>().join(", ");
    if let Some(total) = total.filter(|total| *total > crate::units::float(crate::units::count(items.len()))) {
        text = format!("{text} ({total} in all)");
    }
    let value = Cell::text(text);
    if value != Cell::Missing {
        fields.push(Field { label: Cow::Owned(label.to_owned()), kind: ColumnKind::Text, value });
    }
}

/// `Client: banner`.
fn within(label: &str, key: &str) -> String {
    let inner = self::label(key);
    let mut chars = inner.chars();
    match chars.next() {
        // What is written in capitals stays so.
        Some(first) if !chars.clone().next().is_some_and(char::is_uppercase) => {
            format!("{label}: {}{}", first.to_lowercase(), chars.as_str())
        }
        _ => format!("{label}: {inner}"),
    }
}

fn label(key: &str) -> String {
    if let Some((_, label)) = LABELS.iter().find(|(known, _)| *known == key) {
        return (*label).to_owned();
    }
    let words = key.replace('_', " ");
    let words = words.strip_prefix("is ").or_else(|| words.strip_prefix("has ")).unwrap_or(&words);
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), chars.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Certificate, DnsQuestion, DnsRecord, KnownBy, Offer, SshRecord, Text, TlsRecord};

    fn told(record: Record) -> (String, Vec<String>) {
        let application =
            Application { services: vec!["x"], known_by: KnownBy::Payload, confidence: 1.0, records: vec![record] };
        let section = sections(&application).remove(0);
        let fields = section.fields.iter().map(|f| match &f.value {
            Cell::Text(text) => format!("{} = {text}", f.label),
            other => format!("{} = {other:?}", f.label),
        });
        (section.title.to_string(), fields.collect())
    }

    #[test]
    fn records_are_told_in_the_order_of_their_fields() {
        let mut dns = DnsRecord::default();
        dns.queries.add(9, || DnsQuestion { name: Text::from("<b>.example"), kind: Text::from("A") });
        dns.queries.total = 7;
        dns.rcodes.add("NOERROR");
        dns.rcodes.add("NOERROR");
        let (title, fields) = told(Record::Dns(Box::new(dns)));
        assert_eq!((title.as_str(), fields[0].as_str()), ("DNS", "Queries = <b>.example A (7 in all)"));
        assert!(fields.contains(&"Answers by code = NOERROR 2".to_owned()), "{fields:?}");
    }

    #[test]
    fn what_is_inside_is_named_by_what_it_is_in() {
        let mut tls =
            TlsRecord { offer: Offer { ja4: Some(Text::from("t13")), ..Offer::default() }, ..TlsRecord::default() };
        tls.certificates.add(9, || Certificate {
            subject: Text::from("CN=a"),
            is_self_signed: true,
            ..Certificate::default()
        });
        let (_, fields) = told(Record::Tls(Box::new(tls)));
        assert_eq!(fields, ["JA4 = t13", "Certificates 1: subject = CN=a", "Certificates 1: self signed = yes"]);
        let mut ssh = SshRecord::default();
        ssh.client.hassh = Some(Text::from("ab"));
        assert_eq!(told(Record::Ssh(Box::new(ssh))).1, ["Client: HASSH = ab"]);
    }
}
