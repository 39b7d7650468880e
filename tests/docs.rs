//! The documents say what the code does: tables equal their source, links lead somewhere.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use wiresift::settings::{Stage, TABLE};

const BEGIN: &str = "<!-- settings: written by `UPDATE_DOCS=1 cargo test --test all docs::` -->\n";
const END: &str = "<!-- end of settings -->";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap()
}

fn settings_table() -> String {
    let mut table = String::from("| flag | default | takes | meaning |\n| --- | --- | --- | --- |\n");
    // The thresholds of the rules are listed with their rules.
    for spec in TABLE.iter().filter(|spec| spec.stage != Stage::Rules) {
        writeln!(table, "| `--{}` | {} | {} | {} |", spec.name, spec.default, spec.expected(), spec.meaning).unwrap();
    }
    table
}

#[test]
fn the_readme_lists_the_settings_of_the_table() {
    let readme = read("README.md");
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (shown, after) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(root().join("README.md"), [before, BEGIN, &settings_table(), END, after].concat()).unwrap();
    } else {
        assert_eq!(shown, settings_table(), "run UPDATE_DOCS=1 cargo test --test all docs::");
    }
}

#[test]
fn the_readme_stays_short() {
    assert!(read("README.md").lines().count() <= 250);
}

#[test]
fn every_script_has_its_row() {
    let table = read("scripts/README.md");
    for entry in fs::read_dir(root().join("scripts")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "README.md" || table.contains(&format!("`{name}`")), "scripts/README.md does not name {name}");
    }
}

#[test]
fn relative_links_lead_to_files() {
    for file in ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "scripts/README.md"] {
        let text = read(file);
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split([')', '#']).next().unwrap();
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let path = root().join(Path::new(file).parent().unwrap()).join(target);
            assert!(path.exists(), "{file} links to {target}, which does not exist");
        }
    }
}
