//! Row J5 of the table of bad inputs: what is made to cost much costs no more for each packet the more of them there are.
//! How long they take is measured by the bench `worst`; here they come out right.
#![allow(clippy::unwrap_used)]

use std::process::Command;

use wiresift::pipeline::Analyzer;
use wiresift::settings::Settings;

use crate::generators::worst::ALL;

#[test]
fn j5_what_is_made_to_cost_much_is_counted_like_anything_else() {
    for case in ALL {
        let settings = Settings::from_pairs(case.settings.iter().copied()).unwrap();
        let mut analyzer = Analyzer::new(settings, [1, 2]).unwrap();
        analyzer.begin_file(case.name);
        (case.make)(20_000).chunks(1 << 16).for_each(|piece| analyzer.push(piece));
        let report = analyzer.finish().unwrap();
        assert!(report.ledger.is_balanced(&report.flows), "{}", case.name);
        let read = report.ledger.packets + report.ledger.table_rows;
        let least = if case.name == "records that are none" { 1 } else { 20_000 };
        assert!(read >= least, "{}: {read}", case.name);
    }
}

/// A pattern that is matched against the input could be made to take for ever: there is no matcher of patterns.
#[test]
fn j5_no_regular_expression_meets_the_input() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    assert!(tree.lines().any(|line| line.starts_with("etherparse ")), "{tree}");
    let matchers: Vec<&str> = tree.lines().filter(|line| line.contains("regex") || line.starts_with("pcre")).collect();
    assert!(matchers.is_empty(), "{matchers:?}");
}
