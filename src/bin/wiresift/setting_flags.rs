//! The flags of the settings, made from the settings table.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::builder::{PossibleValuesParser, ValueParser};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};
use wiresift::settings::{Kind, PRESETS, Preset, SettingSpec, Settings, Stage, Suppressions, TABLE, preset};

use crate::exit::UsageError;
use crate::model_flag;

/// Adds one flag a setting, with its default and range, in groups by what has to run again.
pub(crate) fn add(command: Command) -> Command {
    let file = Arg::new(SUPPRESS_FILE)
        .long(SUPPRESS_FILE)
        .value_name("FILE")
        .help("Adds the entries of a file to --suppress: one a line, a comment begins with #")
        .help_heading("Thresholds of the rules")
        .value_parser(ValueParser::path_buf());
    let preset = Arg::new(PRESET)
        .long(PRESET)
        .value_name("WORD")
        .help("Settings for a purpose; flags beside it count more")
        .long_help(format!("Settings for a purpose; flags beside it count more.\n{}", purposes()))
        .help_heading(OF_SETTINGS)
        .conflicts_with(SETTINGS_FILE)
        .value_parser(PossibleValuesParser::new(PRESETS.iter().map(|p| p.name)));
    let settings = Arg::new(SETTINGS_FILE)
        .long(SETTINGS_FILE)
        .value_name("FILE")
        .help("Settings as the page saves them; flags beside it count more")
        .help_heading(OF_SETTINGS)
        .value_parser(ValueParser::path_buf());
    command.args([preset, settings]).args(TABLE.iter().map(flag)).arg(file)
}

/// The presets, a line each.
fn purposes() -> String {
    PRESETS.iter().map(|Preset { name, meaning, .. }| format!("{name}: {meaning}")).collect::<Vec<_>>().join("\n")
}

const PRESET: &str = "preset";
const SETTINGS_FILE: &str = "settings";
const OF_SETTINGS: &str = "Settings together";
const SUPPRESS_FILE: &str = "suppress-file";
/// Largest file of entries, bytes.
const LARGEST_FILE: u64 = 1 << 20;

/// What is not to be told, with the entries of the file where one is named.
fn suppressions(matches: &ArgMatches, given: &str) -> anyhow::Result<String> {
    let Some(path) = matches.get_one::<PathBuf>(SUPPRESS_FILE) else { return Ok(given.to_owned()) };
    let named = path.display();
    let text = text_of(path, &format!("a list of at most {} entries", Suppressions::MOST))?;
    let mut entries: Vec<String> = given.split(',').filter(|entry| *entry != "none").map(str::to_owned).collect();
    for (number, line) in (1..).zip(text.lines()) {
        let entry = line.split('#').next().unwrap_or_default().trim();
        if Suppressions::parse(entry).is_none() && !entry.is_empty() {
            let wanted = "KIND, ADDRESS, NETWORK/BITS or KIND@NETWORK/BITS";
            return Err(UsageError(format!("{named}, line {number}: expected {wanted}, found {entry:?}")).into());
        }
        entries.extend((!entry.is_empty() && entry != "none").then(|| entry.to_owned()));
    }
    Ok(if entries.is_empty() { "none".to_owned() } else { entries.join(",") })
}

/// The text of a small file, `what` in words.
fn text_of(path: &Path, what: &str) -> anyhow::Result<String> {
    let named = path.display();
    let file = File::open(path).with_context(|| format!("{named} cannot be opened"))?;
    let mut text = String::new();
    file.take(LARGEST_FILE + 1).read_to_string(&mut text).with_context(|| format!("{named} cannot be read as text"))?;
    if text.len() as u64 > LARGEST_FILE {
        return Err(UsageError(format!("{named} is larger than {what}")).into());
    }
    Ok(text)
}

/// What the flags of single settings are over.
fn together(matches: &ArgMatches) -> anyhow::Result<Settings> {
    if let Some(name) = matches.get_one::<String>(PRESET) {
        return Ok(preset(name)?);
    }
    let Some(path) = matches.get_one::<PathBuf>(SETTINGS_FILE) else { return Ok(Settings::default()) };
    let text = text_of(path, "a file of settings")?;
    Settings::from_file(&text).map_err(|e| UsageError(format!("{}: {e}", path.display())).into())
}

fn flag(spec: &'static SettingSpec) -> Arg {
    let heading = match spec.stage {
        Stage::Read | Stage::Rows => "Settings of the reading",
        Stage::Detect => "Settings of the detection",
        Stage::Rules => "Thresholds of the rules",
    };
    let help = match spec.kind {
        Kind::Choice { .. } | Kind::Features | Kind::Switch => spec.meaning.to_owned(),
        Kind::Integer { .. } | Kind::Number { .. } | Kind::Suppressions => {
            format!("{} Takes {}.", spec.meaning, spec.expected())
        }
    };
    let arg = Arg::new(spec.name)
        .long(spec.name)
        .value_name(value_name(spec.kind))
        .help(help)
        .help_heading(heading)
        .default_value(spec.default)
        .allow_negative_numbers(true)
        .value_parser(parser(spec));
    match spec.kind {
        Kind::Switch => arg.num_args(0..=1).require_equals(true).default_missing_value("on"),
        _ => arg,
    }
}

fn value_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Choice { .. } => "WORD",
        Kind::Integer { .. } => "N",
        Kind::Number { .. } => "X",
        Kind::Features => "NAMES",
        Kind::Suppressions => "LIST",
        Kind::Switch => "on|off",
    }
}

fn parser(spec: &'static SettingSpec) -> ValueParser {
    match spec.kind {
        Kind::Choice { options } => return PossibleValuesParser::new(options).into(),
        Kind::Switch => return PossibleValuesParser::new(["on", "off"]).into(),
        _ => {}
    }
    ValueParser::new(move |value: &str| match spec.check(value) {
        Ok(()) => Ok(value.to_owned()),
        Err(_) => Err(format!("expected {}", spec.expected())),
    })
}

/// The settings as the flags have them.
pub(crate) fn settings(matches: &ArgMatches) -> anyhow::Result<Settings> {
    let mut settings = together(matches)?;
    for spec in TABLE {
        let is_given = matches.value_source(spec.name) == Some(ValueSource::CommandLine);
        let given = matches.get_one::<String>(spec.name).filter(|_| is_given);
        if let Some(value) = given {
            settings.set(spec.name, value)?;
        }
        if spec.kind == Kind::Suppressions {
            let value = suppressions(matches, &settings.get(spec.name).unwrap_or_default())?;
            settings.set(spec.name, &value)?;
        }
    }
    settings.guess_services &= !model_flag::is_none(matches);
    Ok(settings)
}
