//! How well the model names protocols, on captures whose flows are known.

use std::collections::BTreeMap;
use std::io::Write;

use clap::ArgMatches;
use serde::Serialize;
use wiresift::classify::built_in;
use wiresift::pipeline::Analyzer;
use wiresift::report::Guesses;

use crate::exit::{Exit, UsageError};
use crate::input::{self, Input, hash_seed};
use crate::labelled::{self, Sight};
use crate::matrix::{Matrix, Summary};
use crate::model_flag;
use crate::output::Output;
use crate::setting_flags;
use crate::train::{labelled_inputs, read_labels};

#[derive(Serialize)]
struct Evaluation {
    model: String,
    /// Flows whose protocol is known, however they were seen.
    known: Summary,
    by_sight: BTreeMap<&'static str, Summary>,
    by_capture: BTreeMap<String, Summary>,
    /// Flows that no signature recognises, in the captures as they are: what the model is for.
    unknown: Guesses,
}

pub(super) fn run(matches: &ArgMatches) -> anyhow::Result<Exit> {
    let inputs = labelled_inputs(matches)?;
    let settings = setting_flags::settings(matches)?;
    if !settings.guess_services {
        return Err(UsageError("without a model there is nothing to evaluate".into()).into());
    }
    let other = model_flag::model(matches)?;
    let model = match &other {
        Some(model) => model,
        None => built_in(),
    };
    let sights = Sight::named(matches.get_one::<String>("sight").map_or("whole", String::as_str));
    let (mut all, mut by_sight) = (Matrix::default(), BTreeMap::<&str, Matrix>::new());
    let mut by_capture = BTreeMap::<String, Matrix>::new();
    let done = labelled::each(&inputs, &settings, &read_labels(matches)?, &sights, &mut |l| {
        let Some(guess) = model.guess(l.flow) else { return };
        all.add(l.class, &guess);
        by_sight.entry(l.sight.name()).or_default().add(l.class, &guess);
        let name = inputs.get(l.capture).map(Input::name).unwrap_or_default();
        by_capture.entry(name).or_default().add(l.class, &guess);
    })?;
    if done.is_none() {
        return Ok(Exit::Interrupted);
    }
    let mut unknown = Guesses { model: model.name(), ..Guesses::default() };
    for input in &inputs {
        let mut analyzer = Analyzer::new(settings.clone(), hash_seed())?;
        analyzer.use_model(model.clone());
        let end = |analyzer: Analyzer| Ok(analyzer.finish_reading());
        let analysis = input::read_all(std::slice::from_ref(input), analyzer, true, end)?;
        if let Some(guesses) = analysis.report.guesses.clone() {
            unknown.asked += guesses.asked;
            unknown.named += guesses.named;
            unknown.not_kept += guesses.not_kept;
        }
    }
    let summaries = |map: &BTreeMap<&'static str, Matrix>| map.iter().map(|(k, m)| (*k, m.summary())).collect();
    let evaluation = Evaluation {
        model: model.name(),
        known: all.summary(),
        by_sight: summaries(&by_sight),
        by_capture: by_capture.iter().map(|(k, m)| (k.clone(), m.summary())).collect(),
        unknown,
    };
    let is_json = matches.get_one::<String>("format").is_some_and(|f| f == "json");
    Output::Stdout
        .write(|out| if is_json { json(&evaluation, out) } else { text(&evaluation, &by_sight, &all, out) })?;
    Ok(Exit::Complete)
}

fn json(evaluation: &Evaluation, out: &mut dyn Write) -> wiresift::error::Result<()> {
    serde_json::to_writer(&mut *out, evaluation)?;
    Ok(writeln!(out)?)
}

fn text(
    evaluation: &Evaluation,
    by_sight: &BTreeMap<&'static str, Matrix>,
    all: &Matrix,
    out: &mut dyn Write,
) -> wiresift::error::Result<()> {
    writeln!(out, "model {}\n", evaluation.model)?;
    for (sight, matrix) in by_sight {
        writeln!(out, "seen as {sight}: ")?;
        matrix.text(out)?;
        writeln!(out)?;
    }
    if by_sight.len() > 1 {
        writeln!(out, "all together: ")?;
        all.text(out)?;
        writeln!(out)?;
    }
    let Guesses { asked, named, .. } = evaluation.unknown;
    Ok(writeln!(out, "of {asked} flows that no signature recognises, {named} are named by the model")?)
}
