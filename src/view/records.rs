//! What was recognised in a flow's payload, for people: a section a record.

use super::Section;
use super::cell::Cell;
use super::column::ColumnKind;
use super::details::field;
use crate::report::{Application, Record};

/// A section for each record that says something.
pub(super) fn sections(application: &Application) -> Vec<Section> {
    application.records.iter().map(section).filter(|section| !section.fields.is_empty()).collect()
}

fn section(record: &Record) -> Section {
    let fields = record.fields().into_iter().map(|(label, value)| field(label, ColumnKind::Text, Cell::text(value)));
    Section { title: title(record.name()), fields: fields.collect() }
}

/// The protocol as people write it.
fn title(name: &'static str) -> String {
    let written = match name {
        "bittorrent" => "BitTorrent",
        "kerberos" => "Kerberos",
        "modbus" => "Modbus",
        "mongodb" => "MongoDB",
        "mysql" => "MySQL",
        "netbios" => "NetBIOS",
        "openvpn" => "OpenVPN",
        "oracle" => "Oracle",
        "postgresql" => "PostgreSQL",
        "radius" => "RADIUS",
        "redis" => "Redis",
        "s7comm" => "S7comm",
        "bacnet" => "BACnet",
        "syslog" => "Syslog",
        "telnet" => "Telnet",
        "wireguard" => "WireGuard",
        _ => return name.to_ascii_uppercase(),
    };
    written.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{DnsQuestion, DnsRecord, Text, TlsRecord};

    #[test]
    fn records_are_told_with_labels() {
        let mut dns = DnsRecord::default();
        dns.queries.add(9, || DnsQuestion { name: Text::from("<b>.example"), kind: Text::from("A") });
        dns.queries.total = 7;
        let mut tls = TlsRecord::default();
        tls.offer.ja4 = Some(Text::from("t13"));
        let records = vec![Record::Dns(Box::new(dns)), Record::Tls(Box::new(tls)), Record::Tls(Box::default())];
        let application = Application { services: vec![], records };
        let told: Vec<_> = sections(&application)
            .into_iter()
            .map(|s| (s.title, s.fields[0].label.to_owned(), s.fields[0].value.clone()))
            .collect();
        let text = |t: &str| Cell::Text(t.to_owned());
        assert_eq!(
            told,
            [
                ("DNS".to_owned(), "Asked for".to_owned(), text("<b>.example A (7 in all)")),
                ("TLS".to_owned(), "JA4".to_owned(), text("t13")),
            ]
        );
    }
}
