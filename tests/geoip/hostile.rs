//! Databases that are damaged or lie: each is refused with what is wrong, or read with addresses that are not found.

use super::{analyzed, databases, files, refused, table};
use crate::generators::mmdb::{Mmdb, Slot, Value, city, repository, text};
use proptest::prelude::*;
use wiresift::enrich::{SideFile, SideFiles, SideKind, identify};

fn sound() -> Mmdb {
    Mmdb::new("test").network("203.0.113.0/24", &city("DE", "Germany", "Berlin"))
}

/// Reads a database, and looks addresses up where it can be read; whether it could.
fn used(bytes: &[u8]) -> bool {
    let _ = identify(bytes, bytes);
    let Ok(file) = SideFile::read(SideKind::Geoip, "x", bytes) else { return false };
    assert!(file.about().unwrap().chars().count() < 200);
    let mut files = SideFiles::default();
    files.add(file);
    let pairs = [("203.0.113.9", "198.51.100.1"), ("2001:db8::1", "2002:cb00:7109::1"), ("0.0.0.0", "255.255.255.255")];
    let report = analyzed(&table(&pairs), &files, "flow");
    let told = &databases(&report)[0];
    let faults: u64 = told.faults.iter().map(|fault| fault.count).sum();
    assert!(told.found + faults <= 6, "{told:?}");
    true
}

#[test]
fn what_is_wrong_is_said() {
    let change = |change: fn(&mut Mmdb)| {
        let mut database = sound();
        change(&mut database);
        refused(&database.file())
    };
    let without = |key: &str| {
        let Value::Map(mut pairs) = sound().metadata() else { unreachable!() };
        pairs.retain(|(name, _)| *name != key);
        refused(&sound().file_with(&Value::Map(pairs)))
    };
    for (what, says) in [
        (refused(b"nothing of the kind"), "no metadata of a MaxMind DB in its last 128 KiB"),
        (refused(b""), "no metadata"),
        (refused(b"\xab\xcd\xefMaxMind.com"), "damaged"),
        (change(|d| d.said_nodes = Some(5)), "does not end where its metadata say (5 nodes of 24 bits a record)"),
        (change(|d| d.said_nodes = Some(4_000_000_000)), "beyond the metadata"),
        (change(|d| d.said_nodes = Some(0)), "node_count"),
        (change(|d| d.said_bits = Some(28)), "does not end where its metadata say"),
        (change(|d| d.said_bits = Some(26)), "record_size - Expected: 24, 28, or 32 Actual: 26"),
        (change(|d| d.ip_version = 5), "ip_version"),
        (change(|d| d.major = 3), "binary_format_major_version"),
        (change(|d| d.build_epoch = u64::MAX), "damaged"),
        (change(|d| d.nodes[0][0] = Slot::Raw(0xff_ffff)), "data pointer resolves to an invalid location"),
        (without("node_count"), "node_count"),
        (without("record_size"), "record_size"),
    ] {
        assert!(what.contains(says), "{what}");
    }
    let unknown = Mmdb::new("Anonymous-IP").network("203.0.113.0/24", &Value::Map(vec![("is_vpn", Value::U16(1))]));
    assert!(refused(&unknown.file()).contains("none of its records has a country, a city or an autonomous system"));
    assert!(refused(&unknown.file()).contains("(Anonymous-IP)"));
    assert!(refused(&Mmdb::new("Empty").file()).contains("none of its records"));
    let mut odd = Mmdb::new("<b>\u{202e}\u{7}");
    odd.nodes = Mmdb::new("").nodes;
    assert!(refused(&odd.file()).contains("(<b>\\u{202e}\\u{7})"));
}

#[test]
fn trees_that_lead_nowhere_end() {
    // Every node leads to the first.
    let mut turning = sound();
    turning.nodes = vec![[Slot::Node(0); 2]];
    assert!(refused(&turning.file()).contains("cycle"));
    // 2^96 ways to the same node, which is where IPv4 begins.
    let mut wide = Mmdb::new("wide");
    wide.nodes = (0..96).map(|i| [Slot::Node(i + 1); 2]).chain([[Slot::Empty; 2]]).collect();
    assert!(refused(&wide.file()).contains("none of its records"));
    // Deeper than an address has bits, past one record that is sound.
    let mut deep = Mmdb::new("deep");
    let at = deep.put(&city("DE", "Germany", ""));
    deep.nodes = vec![[Slot::Data(at), Slot::Node(0)]];
    assert!(refused(&deep.file()).contains("cycle") || used(&deep.file()));
}

#[test]
fn records_that_loop_or_are_too_deep_are_refused_or_counted() {
    let looping = |value: &dyn Fn(u32) -> Value| {
        let mut database = Mmdb::new("loop");
        let at = database.data.len() as u32;
        database.put(&value(at));
        database.lead("203.0.113.0/24", Slot::Data(at as usize));
        database
    };
    let itself = looping(&Value::Pointer);
    let country = looping(&|at| Value::Map(vec![("country", Value::Pointer(at))]));
    let ignored = looping(&|at| Value::Map(vec![("else", Value::Array(vec![Value::Pointer(at); 50]))]));
    let nested = (0..2_000).fold(text("x"), |inner, _| Value::Array(vec![inner]));
    let deep = looping(&|_| Value::Map(vec![("country", nested.clone())]));
    let deep_aside = looping(&|_| Value::Map(vec![("else", nested.clone()), ("asn", text("AS1"))]));
    let long = looping(&|_| Value::Map(vec![("as_name", Value::Raw(b"\x5f\xff\xff\xff".to_vec()))]));
    let not_text = looping(&|_| Value::Map(vec![("as_name", Value::Raw(b"\x42\xff\xfe".to_vec()))]));
    for bad in [itself, country, ignored, deep, deep_aside, long, not_text] {
        let what = refused(&bad.file());
        assert!(what.contains("damaged") || what.contains("none of its records"), "{what}");
        // Beside a sound record it is read, and the address is not found.
        let mut beside = bad.clone();
        let at = beside.put(&city("FR", "France", ""));
        beside.lead("198.51.100.0/24", Slot::Data(at));
        let report = analyzed(&table(&[("203.0.113.9", "198.51.100.1")]), &files(&[beside.file()]), "flow");
        let told = &databases(&report)[0];
        assert_eq!((told.looked_up, told.found), (2, 1));
        assert!(report.places().unwrap().of([203, 0, 113, 9].into()).is_none());
        let faults: Vec<(&str, u64, u64)> = told.faults.iter().map(|f| (f.kind, f.count, f.first_line)).collect();
        assert!(
            faults == [("bad_record", 1, 0)] || faults.is_empty() && what.contains("none of"),
            "{faults:?}: {what}"
        );
    }
}

#[test]
fn a_tree_that_leads_out_of_the_data_far_on_is_counted() {
    let mut database = sound();
    // Beyond what is looked at when the file is read.
    let at = database.put(&city("FR", "France", ""));
    for i in 0..=255u32 {
        for j in 0..=255u32 {
            database.lead(&format!("20.{i}.{j}.0/24"), if j % 2 == 0 { Slot::Data(at) } else { Slot::Empty });
        }
    }
    database.lead("240.0.0.0/8", Slot::Raw(0xff_fff0));
    let report = analyzed(&table(&[("203.0.113.9", "240.0.0.1")]), &files(&[database.file()]), "flow");
    let told = &databases(&report)[0];
    assert_eq!((told.found, told.faults[0].kind, told.faults[0].count), (1, "bad_record", 1));
}

#[test]
fn a_database_cut_anywhere_is_refused_and_bytes_taken_out_too() {
    for (name, bytes) in repository() {
        assert!(used(&bytes), "{name}");
        for cut in 0..bytes.len() {
            assert!(!used(&bytes[..cut]), "{name} cut at {cut}");
        }
        let metadata = bytes.windows(3).rposition(|w| w == b"\xab\xcd\xef").unwrap();
        for at in (0..metadata).step_by(7) {
            let _ = used(&[&bytes[..at], &bytes[at + 1..]].concat());
            let _ = used(&[&bytes[..at], &bytes[metadata..]].concat());
        }
    }
}

#[test]
fn names_are_bounded_and_safe() {
    let long = "n".repeat(100_000);
    let database = Mmdb::new("test")
        .network("203.0.113.0/24", &city("DE", "Ger\u{202e}many\u{7}\n", &long))
        .network("198.51.100.0/24", &Value::Map(vec![("as_name", text("=cmd|'/c calc'!A1"))]));
    let report = analyzed(&table(&[("203.0.113.9", "198.51.100.1")]), &files(&[database.file()]), "host");
    let place = report.places().unwrap().of([203, 0, 113, 9].into()).unwrap();
    assert_eq!(place.country_name.as_ref().unwrap().as_str(), "Ger\\u{202e}many\\u{7}");
    assert!(place.city.as_ref().unwrap().as_str().len() < 200);
    let csv = super::shown::written(&wiresift::export::Csv(wiresift::export::Table::Hosts), &report);
    assert!(csv.contains(",'=cmd|'/c calc'!A1"), "{csv}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn flipped_bytes_are_read_or_refused(which in 0usize..2, flips in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..5)) {
        let mut bytes = repository().swap_remove(which).1;
        for (at, byte) in flips {
            let at = usize::from(at) % bytes.len();
            bytes[at] = byte;
        }
        let _ = used(&bytes);
    }

    #[test]
    fn any_metadata_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = used(&[&[0; 100][..], b"\xab\xcd\xefMaxMind.com", &bytes].concat());
    }
}
