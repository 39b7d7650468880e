//! Where it appears: tables, filters, reports, the command line.

use std::fs;

use super::{analyzed, databases, files, table};
use crate::generators::mmdb::{Mmdb, asn, city, repository};
use crate::generators::office;
use serde_json::Value as Json;
use wiresift::enrich::SideFiles;
use wiresift::export::{Csv, Exporter, Html, Markdown, Ndjson, ReportJson, Table, Text};
use wiresift::filter::Filter;
use wiresift::pipeline;
use wiresift::report::Report;
use wiresift::settings::Settings;
use wiresift::view::{Cell, columns_of, details};

pub(super) fn written(exporter: &dyn Exporter, report: &Report) -> String {
    let mut out = Vec::new();
    exporter.export(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Germany, Russia and France, the first two with networks.
fn both() -> SideFiles {
    files(&repository().into_iter().map(|(_, bytes)| bytes).collect::<Vec<_>>())
}

const PAIRS: [(&str, &str); 5] = [
    ("10.0.0.5", "203.0.113.9"),
    ("10.0.0.5", "198.51.100.1"),
    ("203.0.113.9", "203.0.113.10"),
    ("2001:db8::1", "203.0.113.9"),
    ("10.0.0.5", "10.0.0.6"),
];

#[test]
fn tables_have_columns_where_a_database_was_given() {
    let input = table(&PAIRS);
    for (exported, unit) in [(Table::Flows, "flow"), (Table::Hosts, "host")] {
        let plain = written(&Csv(exported), &analyzed(&input, &SideFiles::default(), unit));
        let header = |text: &str| text.lines().next().unwrap().trim_end().to_owned();
        let one = files(&[repository().swap_remove(1).1]);
        let networks = written(&Csv(exported), &analyzed(&input, &one, unit));
        let all = written(&Csv(exported), &analyzed(&input, &both(), unit));
        let added = |text: &str| header(text).strip_prefix(&header(&plain)).unwrap().to_owned();
        if unit == "flow" {
            assert_eq!(added(&networks), ",orig_asn,orig_as_org,resp_asn,resp_as_org");
            let names = "country,country_name,city,asn,as_org";
            let side = |side: &str| names.split(',').map(|name| format!(",{side}_{name}")).collect::<String>();
            assert_eq!(added(&all), side("orig") + &side("resp"));
            assert!(all.lines().nth(1).unwrap().ends_with(",,,,,,DE,Germany,Berlin,64496,Example Net"), "{all}");
            assert!(
                all.lines().nth(4).unwrap().ends_with(",FR,France,Paris,,,DE,Germany,Berlin,64496,Example Net"),
                "{all}"
            );
        } else {
            assert_eq!(added(&all), ",country,country_name,city,asn,as_org");
        }
        // Without the columns the rows are the same.
        for (with, without) in all.lines().zip(plain.lines()).skip(1) {
            assert!(with.starts_with(without), "{with}\n{without}");
        }
    }
    let lines = written(&Ndjson(Table::Flows), &analyzed(&input, &both(), "flow"));
    let first: Json = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["resp_asn"], &first["resp_country"], &first["orig_asn"]),
        (&Json::from(64_496), &Json::from("DE"), &Json::Null)
    );
}

#[test]
fn our_own_table_with_these_columns_is_read_as_before() {
    let csv = written(&Csv(Table::Flows), &analyzed(&table(&PAIRS), &both(), "flow"));
    let again = analyzed(csv.as_bytes(), &SideFiles::default(), "flow");
    assert_eq!(again.flows.len(), 5);
    assert!(again.columns.iter().all(|column| !column.name.contains("asn")), "{:?}", again.columns);
}

#[test]
fn filters_ask_for_places() {
    let input = table(&PAIRS);
    let rows = |unit, filter: &str| {
        let report = analyzed(&input, &both(), unit);
        let parsed = Filter::parse(filter).unwrap();
        assert_eq!(Filter::parse(&parsed.to_string()).unwrap(), parsed, "{filter}");
        parsed.selects(&report).len()
    };
    for (filter, flows) in [
        ("country DE", 3),
        ("country ru", 1),
        ("country germany", 3),
        ("country != DE", 1),
        ("country in {RU, FR}", 2),
        ("country in {IN, FR}", 1),
        ("country IN or country RU", 1),
        ("country \"in\" or country ~ in", 0),
        ("not country DE", 2),
        ("resp_country DE", 3),
        ("resp_country != DE", 1),
        ("orig_country DE", 1),
        ("orig_cc FR", 1),
        ("country ~ germ", 3),
        ("city Berlin", 3),
        ("resp_city ~ ber", 3),
        ("orig_city Paris", 1),
        ("asn 64496", 3),
        ("asn AS64496", 3),
        ("asn in {64496, 64511}", 4),
        ("asn 64500..64520", 1),
        ("asn != 64496", 1),
        ("asn > 64496", 1),
        ("orig_asn 64496", 1),
        ("resp_asn 64511", 1),
        ("as_org ~ example", 3),
        ("as_org == \"Example Net\"", 3),
        ("resp_as_org ~ hosting", 1),
        ("paris", 1),
        ("country XX", 0),
    ] {
        assert_eq!(rows("flow", filter), flows, "{filter}");
    }
    for (filter, hosts) in
        [("country DE", 2), ("asn 64511", 1), ("orig_country DE", 1), ("resp_country DE", 2), ("russia", 1)]
    {
        assert_eq!(rows("host", filter), hosts, "{filter}");
    }
    let without = analyzed(&input, &SideFiles::default(), "flow");
    assert!(Filter::parse("country DE or not country != XX and asn 1").unwrap().selects(&without).is_empty());
    for (filter, says) in [
        ("asn x", "the number of an autonomous system"),
        ("asn 4294967296", "the number of an autonomous system"),
        ("asn ~ 1", "is no text"),
        ("country > DE", "cannot be ordered"),
        ("country", "a word"),
    ] {
        let message = Filter::parse(filter).unwrap_err().message;
        assert!(message.contains(says), "{filter}: {message}");
    }
}

#[test]
fn the_page_shows_them_in_columns_and_details() {
    let input = table(&PAIRS);
    let names = |report: &Report| columns_of(report).iter().map(|c| c.name).collect::<Vec<_>>();
    let flows = analyzed(&input, &both(), "flow");
    let columns = columns_of(&flows);
    assert!(names(&flows).ends_with(&["orig_country", "orig_asn", "resp_country", "resp_asn"]));
    let cells: Vec<Cell> = columns.iter().rev().take(4).rev().map(|column| column.cell(&flows, 3)).collect();
    assert_eq!(
        cells,
        [Cell::text("FR, Paris"), Cell::Missing, Cell::text("DE, Berlin"), Cell::text("AS64496 Example Net")]
    );
    let hosts = analyzed(&input, &both(), "host");
    assert!(names(&hosts).ends_with(&["country", "asn"]));
    assert!(!names(&analyzed(&input, &SideFiles::default(), "host")).contains(&"country"));
    let told = |report: &Report, row: usize| {
        let all = details(report, row).unwrap();
        let section = all.sections.into_iter().find(|section| section.title == "By GeoIP databases");
        section.map(|s| s.fields.into_iter().map(|f| (f.label, f.value)).collect::<Vec<_>>()).unwrap_or_default()
    };
    assert_eq!(
        told(&flows, 3),
        [
            ("Originator's country", Cell::text("France (FR)")),
            ("Originator's city", Cell::text("Paris")),
            ("Responder's country", Cell::text("Germany (DE)")),
            ("Responder's city", Cell::text("Berlin")),
            ("Responder's network", Cell::text("AS64496 Example Net")),
        ]
    );
    assert_eq!(told(&flows, 4), []);
    assert_eq!(told(&hosts, 1).first(), Some(&("Country", Cell::text("Germany (DE)"))));
}

#[test]
fn countries_and_networks_add_up() {
    let report = analyzed(&table(&PAIRS), &both(), "flow");
    let geography = report.enrichment.as_ref().unwrap().geography.as_ref().unwrap();
    let countries: Vec<(String, u64, u64)> =
        geography.countries.first.iter().map(|of| (of.country.to_string(), of.hosts, of.volume.flows)).collect();
    let expected =
        [("DE", 2, 3), ("FR", 1, 1), ("RU", 1, 1)].map(|(name, hosts, flows)| (name.to_owned(), hosts, flows));
    assert_eq!(countries, expected);
    let networks: Vec<(u32, u64, u64)> =
        geography.networks.first.iter().map(|of| (of.asn, of.hosts, of.volume.flows)).collect();
    assert_eq!(networks, [(64_496, 2, 3), (64_511, 1, 1)]);
    // More than are listed.
    let mut many = Mmdb::new("many");
    let mut pairs = Vec::new();
    for i in 0..25u8 {
        many = many.network(&format!("203.0.{i}.0/24"), &asn(u32::from(i) + 1, "x"));
        pairs.push(format!("203.0.{i}.1"));
    }
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|address| ("10.0.0.5", address.as_str())).collect();
    let report = analyzed(&table(&pairs), &files(&[many.file()]), "flow");
    let networks = &report.enrichment.as_ref().unwrap().geography.as_ref().unwrap().networks;
    assert_eq!((networks.count, networks.first.len(), networks.others.flows), (25, 10, 15));
    assert_eq!(networks.first[0].asn, 25);
}

#[test]
fn reports_name_countries_and_organisations() {
    let capture = office::capture(300);
    let report = analyzed(&capture, &both(), "flow");
    let named = "203.0.113.9 (DE, Example Net)";
    assert!(report.stories.iter().any(|story| story.sentence.contains(named)), "{:#?}", report.stories);
    for (name, text) in [
        ("text", written(&Text, &report)),
        ("html", written(&Html, &report)),
        ("markdown", written(&Markdown, &report).replace('\\', "")),
        ("json", written(&ReportJson, &report)),
    ] {
        assert!(text.contains(named), "{name}: {text}");
        assert!(text.contains("GeoLite2-City"), "{name}");
    }
    let text = written(&Text, &report);
    assert!(
        text.contains("  Countries   Germany (DE): ") && text.contains("  Networks    AS64496 Example Net: "),
        "{text}"
    );
    assert!(text.contains("0.mmdb: GeoLite2-City, built 2026-11-20; country, city of "), "{text}");
    let html = written(&Html, &report);
    assert!(html.contains("Countries with most bytes") && html.contains("Networks (AS) ("), "{html}");
    let json: Json = serde_json::from_str(&written(&ReportJson, &report)).unwrap();
    let enrichment = &json["enrichment"];
    assert_eq!(enrichment["databases"][0]["build_time"], "2026-11-20T00:00:00.000000000Z");
    assert_eq!(enrichment["geography"]["countries"]["first"][0]["country"], "DE");
    assert!(enrichment.get("places").is_none());
}

#[test]
fn hostile_names_are_text_in_every_report() {
    let evil = "<img src=x onerror=alert(1)>\u{202e}|`*";
    let database = Mmdb::new(evil).network("203.0.113.0/24", &city("DE", evil, evil));
    let networks = Mmdb::new(evil).network("203.0.113.0/24", &asn(1, evil));
    let report = analyzed(&office::capture(300), &files(&[database.file(), networks.file()]), "flow");
    for (name, text) in [("html", written(&Html, &report)), ("markdown", written(&Markdown, &report))] {
        // Markdown has a backslash before what would be markup.
        assert!(!text.replace("\\<", "").contains("<img") && !text.contains('\u{202e}'), "{name}");
        assert!(text.contains("onerror"), "{name}");
    }
    assert!(!written(&Text, &report).contains('\u{202e}'));
}

#[test]
fn given_before_or_after_the_report_is_the_same() {
    let capture = office::capture(300);
    let json = |report: &Report| written(&ReportJson, report);
    let at_once = analyzed(&capture, &both(), "flow");
    let mut later = analyzed(&capture, &SideFiles::default(), "flow");
    let without = json(&later);
    pipeline::enrich(&mut later, &both()).unwrap();
    assert_eq!(json(&later), json(&at_once));
    assert_eq!(written(&Csv(Table::Hosts), &later), written(&Csv(Table::Hosts), &at_once));
    pipeline::redetect(&mut later, &Settings::from_pairs([("unit", "host")]).unwrap()).unwrap();
    assert_eq!(databases(&later), databases(&at_once));
    pipeline::redetect(&mut later, &Settings::default()).unwrap();
    pipeline::enrich(&mut later, &SideFiles::default()).unwrap();
    assert_eq!(json(&later), without);
    assert!(!without.contains("\"enrichment\""));
}

#[test]
fn the_command_line_takes_databases() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(dir.path().join(name), bytes).unwrap();
    write("c.pcap", &office::capture(300));
    for (name, bytes) in repository() {
        write(name, &bytes);
        write("cut.mmdb", &bytes[..bytes.len() - 9]);
    }
    write("list.txt", b"203.0.113.9\n");
    let run = |args: &str| {
        let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_wiresift"))
            .args(args.split_whitespace())
            .current_dir(dir.path())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    let (code, out, err) = run("analyze c.pcap --geoip city.mmdb --geoip asn.mmdb");
    assert_eq!((code, err.contains("warning")), (0, false), "{err}");
    assert!(out.contains("city.mmdb: GeoLite2-City, built 2026-11-20; country, city of "), "{out}");
    let (code, out, _) = run("hosts c.pcap -q -T csv --geoip city.mmdb --filter country=DE");
    assert!(
        code == 0 && out.lines().count() > 1 && out.lines().nth(1).unwrap().ends_with(",DE,Germany,Berlin"),
        "{out}"
    );
    let (code, out, _) = run("flows c.pcap -q -T ndjson --geoip asn.mmdb --filter resp_asn=64496");
    assert!(code == 0 && out.lines().all(|line| line.contains("\"resp_asn\":64496")) && !out.is_empty(), "{out}");
    for (args, says) in [
        ("--geoip cut.mmdb", "`cut.mmdb` cannot be used: it is damaged, or part of it is missing"),
        ("--geoip list.txt", "no metadata of a MaxMind DB"),
        ("--intel city.mmdb", "it is a GeoIP database; give it by --geoip"),
        ("--nmap city.mmdb", "it is a GeoIP database; give it by --geoip"),
        ("--geoip nosuch.mmdb", "cannot read it"),
    ] {
        let (code, _, err) = run(&format!("analyze c.pcap {args}"));
        assert!(code == 1 && err.contains(says), "{args}: {err}");
    }
    let (_, help, _) = run("analyze --help");
    assert!(help.contains("--geoip <FILE>") && help.contains("IPinfo"), "{help}");
}
