//! The flags of the settings, made from the settings table.

use clap::builder::{PossibleValuesParser, ValueParser};
use clap::{Arg, ArgMatches, Command};
use wiresift::settings::{Kind, SettingSpec, Settings, Stage, TABLE};

use crate::model_flag;

/// Adds one flag a setting, with its default and range, in groups by what has to run again.
pub(crate) fn add(command: Command) -> Command {
    command.args(TABLE.iter().map(flag))
}

fn flag(spec: &'static SettingSpec) -> Arg {
    let heading = match spec.stage {
        Stage::Read | Stage::Rows => "Settings of the reading",
        Stage::Detect => "Settings of the detection",
        Stage::Rules => "Thresholds of the rules",
    };
    let help = match spec.kind {
        Kind::Choice { .. } | Kind::Features | Kind::Switch => spec.meaning.to_owned(),
        Kind::Integer { .. } | Kind::Number { .. } => format!("{} Takes {}.", spec.meaning, spec.expected()),
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
    let mut settings = Settings::default();
    for spec in TABLE {
        if let Some(value) = matches.get_one::<String>(spec.name) {
            settings.set(spec.name, value)?;
        }
    }
    settings.guess_services &= !model_flag::is_none(matches);
    Ok(settings)
}
