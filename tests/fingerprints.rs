//! JA3, JA4 and server names against nDPI's, where the corpus is at hand (`WIRESIFT_CORPUS`, else `../shared/corpus`).
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::generators::corpus::folder;
use wiresift::pipeline::Analyzer;
use wiresift::report::{Application, FlowRecord, Text};
use wiresift::settings::Settings;

type Ends = (String, (IpAddr, u16), (IpAddr, u16));

fn ends(proto: &str, a: (IpAddr, u16), b: (IpAddr, u16)) -> Ends {
    (proto.to_lowercase(), a.min(b), a.max(b))
}

fn applications(bytes: &[u8]) -> BTreeMap<Ends, Application> {
    let mut analyzer = Analyzer::new(Settings::default(), [3, 5]).unwrap();
    analyzer.begin_file("capture");
    analyzer.push(bytes);
    let of_flow = |f: FlowRecord| {
        let ends = ends(&f.proto.name(), (f.orig_addr, f.orig_port), (f.resp_addr, f.resp_port));
        f.application.map(|application| (ends, *application))
    };
    // The first flow of the same ends counts.
    analyzer.finish().unwrap().flows.into_iter().rev().filter_map(of_flow).collect()
}

/// A JA4 without what nDPI writes otherwise: it never says that a server name is missing, takes the first two
/// characters of the application protocol where FoxIO's definition takes the first and the last, and hashes an empty
/// list of extensions.
fn comparable(ja4: &str) -> String {
    let (first, rest) = ja4.split_once('_').unwrap();
    let counts: String = first.char_indices().filter(|(i, _)| *i != 3 && *i < 8).map(|(_, c)| c).collect();
    format!("{counts}_{}", rest.replace("e3b0c44298fc", "000000000000"))
}

/// How many are the same, different, and ours alone missing.
#[derive(Debug, Default, PartialEq)]
struct Agreement {
    same: u32,
    other: u32,
    missing: u32,
}

impl Agreement {
    fn add(&mut self, what: &str, theirs: &str, ours: Option<String>) {
        match ours {
            Some(ours) if ours == theirs => self.same += 1,
            Some(ours) => {
                eprintln!("{what}: {theirs} is {ours} to us");
                self.other += 1;
            }
            None => {
                eprintln!("{what}: {theirs} is missing");
                self.missing += 1;
            }
        }
    }
}

#[test]
fn fingerprints_and_names_agree_with_ndpi() {
    let Some(root) = folder() else { return };
    let table = std::fs::read_to_string(root.join("protocols/_ndpi_flows.tsv")).unwrap();
    let mut by_file: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
    for line in table.lines().skip(1) {
        let column: Vec<&str> = line.split('\t').collect();
        let is_read = ["TLS", "QUIC", "DTLS", "HTTP", "DNS"].contains(&column[7].split('.').next().unwrap());
        if is_read && ["TCP", "UDP"].contains(&column[2]) {
            by_file.entry(column[0].rsplit('/').next().unwrap()).or_default().push(column);
        }
    }
    let [mut ja3, mut ja4, mut names] = [const { Agreement { same: 0, other: 0, missing: 0 } }; 3];
    for (file, rows) in by_file {
        let Ok(bytes) = std::fs::read(root.join("protocols").join(file)) else { continue };
        let applications = applications(&bytes);
        for column in rows {
            let end = |addr: &str, port: &str| Some((addr.parse().ok()?, port.parse().ok()?));
            let (Some(src), Some(dst)) = (end(column[3], column[4]), end(column[5], column[6])) else { continue };
            let Some(ours) = applications.get(&ends(column[2], src, dst)) else { continue };
            let text = |text: Option<&Text>| text.map(|t| t.as_str().to_lowercase());
            if !column[12].is_empty() {
                ja3.add(file, column[12], text(ours.ja3()));
            }
            if !column[13].is_empty() {
                ja4.add(file, &comparable(column[13]), text(ours.ja4()).map(|ja4| comparable(&ja4)));
            }
            if !column[10].is_empty() {
                let theirs = column[10].trim_end_matches('.').to_lowercase();
                let all = || ours.names().map(|name| name.as_str().to_lowercase());
                names.add(file, &theirs, all().find(|name| *name == theirs).or_else(|| all().next()));
            }
        }
    }
    eprintln!("JA3 {ja3:?}, JA4 {ja4:?}, names {names:?}");
    assert!(ja3.same >= 250 && ja3.other == 0 && ja3.missing <= 3, "{ja3:?}");
    assert!(ja4.same >= 250 && ja4.other == 0 && ja4.missing <= 3, "{ja4:?}");
    assert!(names.same >= 380 && names.other * 100 <= names.same && names.missing * 100 <= names.same, "{names:?}");
}
