//! `wiresift rules`: what the detection finds by rule, with thresholds and sources.

use std::io::Write as _;

use clap::ArgMatches;
use serde::Serialize;
use wiresift::detect::rules::{RULES, Rule};
use wiresift::report::Technique;
use wiresift::settings::{SettingSpec, TABLE};

use crate::exit::Exit;

#[derive(Serialize)]
struct Listed {
    kind: &'static str,
    name: &'static str,
    how: &'static str,
    source: &'static str,
    caveat: &'static str,
    technique: Option<Technique>,
    settings: Vec<&'static SettingSpec>,
}

fn settings(rule: &Rule) -> Vec<&'static SettingSpec> {
    rule.limits.iter().filter_map(|name| TABLE.iter().find(|spec| spec.name == *name)).collect()
}

pub(crate) fn run(matches: &ArgMatches) -> anyhow::Result<Exit> {
    let mut out = std::io::stdout().lock();
    if matches.get_one::<String>("format").is_some_and(|format| format == "json") {
        let listed: Vec<Listed> = RULES
            .iter()
            .map(|rule| {
                let Rule { kind, name, how, source, caveat, technique, .. } = *rule;
                Listed { kind, name, how, source, caveat, technique, settings: settings(rule) }
            })
            .collect();
        serde_json::to_writer(&mut out, &listed)?;
        writeln!(out)?;
        return Ok(Exit::Complete);
    }
    for rule in RULES {
        let technique = rule.technique.map_or_else(String::new, |t| format!(" (ATT&CK {}, {})", t.id, t.name));
        writeln!(out, "{}: {}{technique}", rule.kind, rule.name)?;
        writeln!(out, "  {}", rule.how)?;
        writeln!(out, "  Source: {}", rule.source)?;
        writeln!(out, "  Wrong where: {}", rule.caveat)?;
        for spec in settings(rule) {
            writeln!(out, "  --{} {}  {}", spec.name, spec.default, spec.meaning)?;
        }
        writeln!(out)?;
    }
    Ok(Exit::Complete)
}
