//! GeoIP databases of every shape beside captures and tables, and databases that want to do harm.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation, clippy::panic)]

#[path = "geoip/hostile.rs"]
mod hostile;
#[path = "geoip/shown.rs"]
mod shown;

use crate::generators::mmdb::{Mmdb, Value, asn, city, repository, text};
use crate::generators::office;
use wiresift::enrich::{SideFile, SideFiles, SideKind, identify};
use wiresift::error::Error;
use wiresift::pipeline::Analyzer;
use wiresift::report::{DatabaseReport, Report};
use wiresift::settings::Settings;

/// A table of flows between these pairs of addresses.
fn table(pairs: &[(&str, &str)]) -> Vec<u8> {
    let mut text =
        String::from("ts,src_ip,src_port,dst_ip,dst_port,proto,duration,orig_bytes,resp_bytes,orig_pkts,resp_pkts\n");
    for (i, (orig, resp)) in pairs.iter().enumerate() {
        text += &format!("{},{orig},{},{resp},443,tcp,1.5,{},200,3,2\n", 1_700_000_000 + i, 40_000 + i, 100 * (i + 1));
    }
    text.into_bytes()
}

fn files(databases: &[Vec<u8>]) -> SideFiles {
    let mut files = SideFiles::default();
    for (i, bytes) in databases.iter().enumerate() {
        files.add(SideFile::read(SideKind::Geoip, &format!("{i}.mmdb"), bytes).unwrap());
    }
    files
}

fn analyzed(input: &[u8], files: &SideFiles, unit: &'static str) -> Report {
    let mut analyzer = Analyzer::new(Settings::from_pairs([("unit", unit)]).unwrap(), [1, 2]).unwrap();
    analyzer.begin_file("capture");
    analyzer.push(input);
    analyzer.finish_with(files).unwrap()
}

fn databases(report: &Report) -> &[DatabaseReport] {
    &report.enrichment.as_ref().unwrap().databases
}

/// What a database says of an address, in words.
fn said(database: &Mmdb, address: &str) -> String {
    let report = analyzed(&table(&[("10.0.0.5", address)]), &files(&[database.file()]), "flow");
    let place = report.places().unwrap().of(address.parse().unwrap());
    place.map_or_else(String::new, |p| {
        let name = p.country_name.as_ref().map(ToString::to_string).unwrap_or_default();
        [p.country_text(), name, p.network_text()].join("|")
    })
}

fn refused(bytes: &[u8]) -> String {
    match SideFile::read(SideKind::Geoip, "bad.mmdb", bytes) {
        Err(Error::SideFile { file, what }) => {
            assert_eq!(file, "bad.mmdb");
            what
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_shape_of_record_is_read() {
    let map =
        |pairs: &[(&'static str, &str)]| Value::Map(pairs.iter().map(|(key, value)| (*key, text(value))).collect());
    let enterprise = Value::Map(vec![
        ("country", Value::Map(vec![("iso_code", text("SE")), ("names", Value::Map(vec![("en", text("Sweden"))]))])),
        (
            "traits",
            Value::Map(vec![
                ("autonomous_system_number", Value::U32(64_500)),
                ("autonomous_system_organization", text("Traits")),
                ("isp", text("no")),
            ]),
        ),
    ]);
    for (record, expected) in [
        (city("DE", "Germany", "Berlin"), "DE, Berlin|Germany|"),
        (city("DE", "Germany", ""), "DE|Germany|"),
        (asn(64_496, "Example Net"), "||AS64496 Example Net"),
        (enterprise, "SE|Sweden|AS64500 Traits"),
        // IPinfo: its lite database, and the older ones.
        (
            map(&[
                ("country", "United States"),
                ("country_code", "US"),
                ("asn", "AS15169"),
                ("as_name", "Google LLC"),
                ("as_domain", "google.com"),
            ]),
            "US|United States|AS15169 Google LLC",
        ),
        (
            map(&[("country", "de"), ("country_name", "Germany"), ("city", "Berlin"), ("region", "x")]),
            "DE, Berlin|Germany|",
        ),
        (Value::Map(vec![("asn", Value::U32(7)), ("as_name", text(" "))]), "||AS7"),
        // What is no number or no code is unknown.
        (map(&[("asn", "ASX"), ("as_name", "Some"), ("country_code", "<b>")]), "||Some"),
        (map(&[("country_code", "US"), ("asn", "AS99999999999"), ("as_name", "")]), "US||"),
    ] {
        for bits in [24, 28, 32] {
            let database = Mmdb::new("test").bits(bits).network("203.0.113.0/24", &record);
            assert_eq!(said(&database, "203.0.113.9"), expected, "{bits}: {record:?}");
            assert_eq!(said(&database, "203.0.114.9"), "", "{bits}");
        }
    }
}

#[test]
fn pointers_in_records_are_followed() {
    let mut database = Mmdb::new("test");
    let names = database.put(&Value::Map(vec![("en", text("Germany"))]));
    let country = Value::Map(vec![("iso_code", text("DE")), ("names", Value::Pointer(names as u32))]);
    let country = database.put(&country);
    let database = database.network("203.0.113.0/24", &Value::Map(vec![("country", Value::Pointer(country as u32))]));
    assert_eq!(said(&database, "203.0.113.9"), "DE|Germany|");
}

#[test]
fn an_ipv6_tree_has_ipv4_and_its_aliases() {
    let database = Mmdb::new("test")
        .network("203.0.113.0/24", &city("DE", "Germany", ""))
        .network("2001:db8:1::/48", &city("FR", "France", ""))
        .aliases();
    for (address, expected) in [
        ("203.0.113.9", "DE|Germany|"),
        ("::ffff:203.0.113.9", "DE|Germany|"),
        ("2002:cb00:7109::1", "DE|Germany|"),
        ("2001:db8:1::9", "FR|France|"),
        ("2001:db8:2::9", ""),
        ("203.0.112.9", ""),
        ("::cb00:7109", "DE|Germany|"),
    ] {
        assert_eq!(said(&database, address), expected, "{address}");
    }
    // Mapped addresses are IPv4 addresses, whether the tree has the alias or not.
    let plain = Mmdb::new("test").network("203.0.113.0/24", &city("DE", "Germany", ""));
    assert_eq!(said(&plain, "::ffff:203.0.113.9"), "DE|Germany|");
}

#[test]
fn a_database_of_ipv4_says_that_it_has_no_ipv6() {
    let database = Mmdb::new("test").only_ipv4().network("203.0.113.0/24", &city("DE", "Germany", ""));
    let pairs = [("203.0.113.9", "203.0.113.10"), ("2001:db8::1", "2001:db8::2")];
    let report = analyzed(&table(&pairs), &files(&[database.file()]), "flow");
    let told = &databases(&report)[0];
    assert_eq!((told.ip_version, told.looked_up, told.found), (4, 2, 2));
    let faults: Vec<(&str, u64)> = told.faults.iter().map(|fault| (fault.kind, fault.count)).collect();
    assert_eq!(faults, [("ipv4_only", 2)]);
}

#[test]
fn of_databases_that_tell_the_same_the_last_counts() {
    let place = |databases: &[&Mmdb]| {
        let bytes: Vec<Vec<u8>> = databases.iter().map(|database| database.file()).collect();
        let report = analyzed(&table(&[("203.0.113.9", "198.51.100.1")]), &files(&bytes), "flow");
        let facts: Vec<String> = self::databases(&report).iter().map(|told| told.facts.join("+")).collect();
        let place = report.places().unwrap().of([203, 0, 113, 9].into()).cloned().unwrap_or_default();
        (facts.join(" "), format!("{}|{}", place.country_text(), place.network_text()))
    };
    let cities = Mmdb::new("City").network("203.0.113.0/24", &city("DE", "Germany", "Berlin"));
    let countries = Mmdb::new("Country").network("203.0.113.0/24", &city("FR", "France", ""));
    let networks = Mmdb::new("ASN").network("203.0.113.0/24", &asn(64_496, "One"));
    let others = Mmdb::new("ASN").network("203.0.112.0/24", &asn(64_497, "Two"));
    let told = |facts: &str, place: &str| (facts.to_owned(), place.to_owned());
    assert_eq!(place(&[&cities, &networks]), told("country+city asn", "DE, Berlin|AS64496 One"));
    assert_eq!(place(&[&networks, &cities]), told("asn country+city", "DE, Berlin|AS64496 One"));
    assert_eq!(place(&[&cities, &countries]), told("city country", "FR, Berlin|"));
    assert_eq!(place(&[&countries, &cities]), told(" country+city", "DE, Berlin|"));
    // Whole: what the later one lacks is not taken from the earlier.
    assert_eq!(place(&[&networks, &others, &cities]), told(" asn country+city", "DE, Berlin|"));
}

#[test]
fn databases_are_told_by_their_end() {
    let big = {
        let mut database = Mmdb::new("big");
        database.data = vec![0; 300_000];
        database.network("203.0.113.0/24", &city("DE", "Germany", "")).file()
    };
    for bytes in [&big, &repository()[0].1, &repository()[1].1] {
        let ends = |n: usize| (&bytes[..bytes.len().min(n)], &bytes[bytes.len().saturating_sub(n)..]);
        let (first, last) = (ends(SideKind::WANTED_BYTES).0, ends(SideKind::WANTED_END).1);
        assert_eq!(identify(first, last), Some(SideKind::Geoip));
        assert!(!wiresift::capture::is_capture(first));
        let read = SideFile::read(SideKind::Geoip, "x", bytes).unwrap();
        assert!(read.about().unwrap().ends_with(", built 2026-11-20"), "{:?}", read.about());
    }
    assert_eq!(identify(b"\xd4\xc3\xb2\xa1\x02\0\x04\0", b""), None);
}

#[test]
fn the_repository_has_what_the_generator_makes() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/geoip");
    for (name, bytes) in repository() {
        if std::env::var_os("UPDATE_GEOIP").is_some() {
            std::fs::write(folder.join(name), &bytes).unwrap();
        }
        let stored = std::fs::read(folder.join(name)).unwrap_or_default();
        assert!(stored == bytes, "{name}: run UPDATE_GEOIP=1 cargo test --test all geoip::");
    }
}

#[test]
fn scores_and_findings_stay_as_they_are() {
    let capture = office::capture(300);
    let bytes: Vec<Vec<u8>> = repository().into_iter().map(|(_, bytes)| bytes).collect();
    for unit in ["flow", "host", "packet"] {
        let with = analyzed(&capture, &files(&bytes), unit);
        let without = analyzed(&capture, &SideFiles::default(), unit);
        assert!(without.places().is_none() && with.places().is_some());
        assert!((0..with.rows()).all(|row| with.verdict(row) == without.verdict(row)), "{unit}");
        assert_eq!((&with.findings, &with.anomalies), (&without.findings, &without.anomalies), "{unit}");
        let threats = |report: &Report| report.stories.iter().map(|s| (s.host.clone(), s.threat)).collect::<Vec<_>>();
        assert_eq!(threats(&with), threats(&without), "{unit}");
    }
}
