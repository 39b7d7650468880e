//! `wiresift train`: a model that names protocols, from captures whose flows are known.
//!
//! Flows are known by what their payload says, or by label files, and every capture is seen several times: whole, and as
//! the model will meet flows (headers only, one side only, begun late). How good the model is, and from which confidence
//! on it may speak, is measured on captures that were left out: the captures are dealt into folds, and the flows of a
//! capture are never in training and test at once.

mod grow;
mod rows;
mod thresholds;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use serde::Serialize;
use wiresift::classify::{Class, Guess, Model};
use wiresift::units::bytes_text;

use crate::exit::{Exit, UsageError};
use crate::input::Input;
use crate::labelled::{Labels, Sight};
use crate::matrix::{Matrix, Summary, number};
use crate::message;
use crate::output::Output;
use crate::setting_flags;
use grow::Growth;
use rows::Rows;

/// Folds that the captures are dealt into.
const FOLDS: usize = 5;

/// What a model file says of its training.
#[derive(Serialize)]
struct Origin {
    captures: u64,
    rows: BTreeMap<&'static str, u64>,
    trees: u64,
    seed: u64,
    left_out_accuracy: Option<f64>,
    left_out_named: Option<f64>,
    left_out_named_precision: Option<f64>,
}

/// The report on a training.
#[derive(Serialize)]
struct Training {
    model: String,
    bytes: u64,
    features: Vec<String>,
    thresholds: BTreeMap<&'static str, f32>,
    /// On left-out captures, all sights together.
    left_out: Summary,
    by_sight: BTreeMap<&'static str, Summary>,
    /// By the folder that captures are in.
    by_folder: BTreeMap<String, Summary>,
    /// Share of the decrease of impurity that each feature brings, largest first.
    importance: Vec<(String, f64)>,
}

pub(crate) fn run(matches: &ArgMatches) -> anyhow::Result<Exit> {
    let inputs = labelled_inputs(matches)?;
    let settings = setting_flags::settings(matches)?;
    let path = matches.get_one::<PathBuf>("model-output").map(PathBuf::as_path);
    let output = Output::new(path, &inputs, matches.get_flag("force"))?;
    let number_of = |id| matches.get_one::<u64>(id).copied();
    let growth = Growth {
        trees: number_of("trees").and_then(|n| usize::try_from(n).ok()).unwrap_or(grow::TREES),
        seed: settings.seed.into(),
    };
    let names = features(matches)?;
    let labels = read_labels(matches)?;
    let per_class = number_of("rows").and_then(|n| usize::try_from(n).ok()).unwrap_or(rows::PER_CLASS);
    let Some(rows) = Rows::collect(&inputs, &settings, &labels, &names, per_class)? else {
        return Ok(Exit::Interrupted);
    };
    if rows.captures() < 2 {
        return Err(UsageError("training needs at least two captures with known flows: one is left out".into()).into());
    }

    let columns = rows.columns(&names);
    let bins = rows.bins(&columns);
    let mut left_out = Vec::new();
    for fold in 0..FOLDS {
        let model = grow::model(&rows, &bins, &columns, &|capture| capture % FOLDS != fold, growth)?;
        left_out.extend(rows.guesses(&bins, &model, |capture| capture % FOLDS == fold));
    }
    let thresholds = thresholds::choose(&left_out);
    let mut model = grow::model(&rows, &bins, &columns, &|_| true, growth)?;
    for forest in &mut model.forests {
        forest.threshold = thresholds.get(&forest.class).copied().unwrap_or(thresholds::NEVER);
    }
    let matrix = |is_wanted: &dyn Fn(&rows::Row) -> bool| {
        let mut matrix = Matrix::default();
        for (row, guess) in left_out.iter().filter(|(row, _)| is_wanted(row)) {
            let limit = thresholds.get(&guess.class).copied().unwrap_or(thresholds::NEVER);
            matrix.add(row.class, &Guess { is_sure: guess.confidence >= limit, ..*guess });
        }
        matrix
    };
    let all = matrix(&|_| true);
    let summary = all.summary();
    model.summary = serde_json::to_string(&Origin {
        captures: number(rows.captures()),
        rows: rows.by_class(),
        trees: number(growth.trees),
        seed: growth.seed,
        left_out_accuracy: summary.accuracy.map(rounded),
        left_out_named: summary.named_share.map(rounded),
        left_out_named_precision: summary.named_precision.map(rounded),
    })?;
    let bytes = model.to_bytes()?;
    output.write(|out| Ok(out.write_all(&bytes)?))?;

    let training = Training {
        model: Model::from_bytes(&bytes)?.name(),
        bytes: number(bytes.len()),
        features: names.iter().map(|n| (*n).to_owned()).collect(),
        thresholds: thresholds.iter().map(|(class, t)| (class.name(), *t)).collect(),
        left_out: summary,
        by_sight: Sight::ALL.map(|s| (s.name(), matrix(&|row| row.sight == s).summary())).into_iter().collect(),
        by_folder: rows
            .folders()
            .into_iter()
            .map(|folder| (folder.clone(), matrix(&|row| rows.folder(row) == folder).summary()))
            .collect(),
        importance: grow::importance(&model),
    };
    report(matches, &training, &all)?;
    Ok(Exit::Complete)
}

fn rounded(v: f64) -> f64 {
    (v * 1e4).round() / 1e4
}

/// The captures in order of the names of their folders and their own: folds and rows depend on it, and wherever the folders
/// lie it is the same.
pub(crate) fn labelled_inputs(matches: &ArgMatches) -> anyhow::Result<Vec<Input>> {
    let mut inputs = Input::all(matches)?;
    if inputs.iter().any(Input::is_pipe) {
        return Err(UsageError("captures are read several times and must be regular files".into()).into());
    }
    let key = |input: &Input| {
        let path = &input.path;
        (
            path.parent().and_then(Path::file_name).map(OsStr::to_owned),
            path.file_name().map(OsStr::to_owned),
            path.clone(),
        )
    };
    inputs.sort_by_cached_key(key);
    Ok(inputs)
}

pub(crate) fn read_labels(matches: &ArgMatches) -> anyhow::Result<Labels> {
    let mut labels = Labels::default();
    for path in matches.get_many::<PathBuf>("labels").into_iter().flatten() {
        labels.read(path)?;
    }
    Ok(labels)
}

/// The names of the features that trees may ask for.
fn features(matches: &ArgMatches) -> anyhow::Result<Vec<&'static str>> {
    let Some(wanted) = matches.get_one::<String>("columns") else { return Ok(rows::FEATURES.to_vec()) };
    let known = wiresift::features::FLOW_FEATURES;
    wanted
        .split(',')
        .map(|name| {
            known.iter().find(|f| f.name == name).map(|f| f.name).ok_or_else(|| {
                UsageError(format!("there is no flow feature `{name}`; wiresift features lists them")).into()
            })
        })
        .collect()
}

fn report(matches: &ArgMatches, training: &Training, all: &Matrix) -> anyhow::Result<()> {
    let to = matches.get_one::<PathBuf>("model-output").filter(|p| p.as_os_str() != "-");
    // The model itself took standard output.
    if to.is_none() {
        return Ok(());
    }
    let is_json = matches.get_one::<String>("format").is_some_and(|f| f == "json");
    Output::Stdout.write(|out| if is_json { json(training, out) } else { text(training, all, out) })?;
    if !matches.get_flag("quiet") {
        let silent: Vec<&str> =
            training.thresholds.iter().filter(|(_, t)| **t > 1.0).map(|(class, _)| *class).collect();
        let silent: Vec<&str> =
            silent.into_iter().filter(|c| Class::named(c).is_some_and(|c| c.service().is_some())).collect();
        if !silent.is_empty() {
            message::warning(&format!(
                "never named, as no confidence was sure enough on captures left out: {}",
                silent.join(", ")
            ));
        }
    }
    Ok(())
}

fn json(training: &Training, out: &mut dyn Write) -> wiresift::error::Result<()> {
    serde_json::to_writer(&mut *out, training)?;
    Ok(writeln!(out)?)
}

fn text(training: &Training, all: &Matrix, out: &mut dyn Write) -> wiresift::error::Result<()> {
    let size = bytes_text(training.bytes);
    writeln!(out, "model {}, {size}, {} features", training.model, training.features.len())?;
    writeln!(out, "\non captures left out, all sights together: ")?;
    all.text(out)?;
    let line = |out: &mut dyn Write, name: &str, s: &Summary| {
        let percent = |v: Option<f64>| v.map_or_else(|| "-".to_owned(), |v| format!("{:.1} %", v * 100.0));
        let (right, named, sure) = (percent(s.accuracy), percent(s.named_share), percent(s.named_precision));
        writeln!(out, "{name:24} {:>8} {right:>8} {named:>8} {sure:>12}", s.flows)
    };
    writeln!(out, "\n{:24} {:>8} {:>8} {:>8} {:>12}", "seen as, or folder", "flows", "right", "named", "named right")?;
    for (name, summary) in &training.by_sight {
        line(out, name, summary)?;
    }
    for (name, summary) in &training.by_folder {
        line(out, name, summary)?;
    }
    writeln!(out, "\nconfidence from which a class is named")?;
    for (class, threshold) in &training.thresholds {
        let shown = if *threshold > 1.0 { "never".to_owned() } else { format!("{threshold:.3}") };
        writeln!(out, "{class:10} {shown}")?;
    }
    writeln!(out, "\nshare of the decisions by feature")?;
    for (name, share) in training.importance.iter().take(15) {
        writeln!(out, "{name:24} {:.1} %", share * 100.0)?;
    }
    Ok(())
}
