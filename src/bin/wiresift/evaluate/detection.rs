//! How well the verdicts agree with labels: confusion matrix, curves, classes.

use std::fs::File;
use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::ArgMatches;
use plotters::backend::SVGBackend;
use plotters::prelude::DrawingBackend;
use wiresift::enrich::SideFiles;
use wiresift::enrich::labels::{Labels, Role, evaluate};
use wiresift::error::Result;
use wiresift::export::printable;
use wiresift::plot::{Style, Theme, draw_confusion, draw_precision_recall, draw_roc};
use wiresift::report::{Evaluation, Status};
use wiresift::units::{bytes_text, count, count_text};

use crate::exit::{Exit, UsageError};
use crate::input::{self, Beside, Input};
use crate::output::Output;
use crate::{message, raster, setting_flags};

/// Width and height of the pictures.
const SIZE: (u32, u32) = (900, 700);

/// A picture of an evaluation.
#[derive(Debug, Clone, Copy)]
enum Picture {
    Confusion,
    Roc,
    PrecisionRecall,
}

const PICTURES: [(Picture, &str); 3] = [
    (Picture::Confusion, "confusion_matrix"),
    (Picture::Roc, "roc_curve"),
    (Picture::PrecisionRecall, "precision_recall_curve"),
];

impl Picture {
    fn draw<B: DrawingBackend>(self, backend: B, evaluation: &Evaluation, style: &Style) -> Result<()> {
        match self {
            Self::Confusion => draw_confusion(backend, evaluation, style),
            Self::Roc => draw_roc(backend, evaluation, style),
            Self::PrecisionRecall => draw_precision_recall(backend, evaluation, style),
        }
    }
}

pub(super) fn run(matches: &ArgMatches) -> anyhow::Result<Exit> {
    let inputs = Input::all(matches)?;
    let settings = setting_flags::settings(matches)?;
    let is_quiet = matches.get_flag("quiet");
    let labels = labels(matches, is_quiet)?;
    let outputs = outputs(matches, &inputs)?;
    let analysis = input::analyze(&inputs, settings, Beside::of(matches)?, is_quiet)?;
    if analysis.is_interrupted {
        return Ok(Exit::Interrupted);
    }
    if analysis.report.outcome.status == Status::Rejected {
        return Ok(Exit::Failed);
    }
    let evaluation = evaluate(&analysis.report, &labels);
    let is_json = matches.get_one::<String>("format").is_some_and(|f| f == "json");
    Output::Stdout.write(|out| if is_json { json(&evaluation, out) } else { text(&evaluation, out) })?;
    if !outputs.is_empty() {
        raster::register_fonts()?;
    }
    for (picture, png, svg) in &outputs {
        let style = |scale| Style { theme: Theme::Light, scale, ..Style::default() };
        let bytes = raster::png(SIZE, |backend, scale| picture.draw(backend, &evaluation, &style(scale)))?;
        png.write(|out| Ok(out.write_all(&bytes)?))?;
        let mut text = String::new();
        picture.draw(SVGBackend::with_string(&mut text, SIZE), &evaluation, &style(1.0))?;
        svg.write(|out| Ok(out.write_all(text.as_bytes())?))?;
    }
    Ok(Exit::of_report(&analysis.report, None))
}

fn outputs(matches: &ArgMatches, inputs: &[Input]) -> anyhow::Result<Vec<(Picture, Output, Output)>> {
    let Some(dir) = matches.get_one::<PathBuf>("output") else { return Ok(Vec::new()) };
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make the directory {}", dir.display()))?;
    let output = |name: &str, kind: &str| {
        Output::new(Some(&dir.join(format!("{name}.{kind}"))), inputs, matches.get_flag("force"))
    };
    PICTURES.iter().map(|(picture, name)| Ok((*picture, output(name, "png")?, output(name, "svg")?))).collect()
}

fn labels(matches: &ArgMatches, is_quiet: bool) -> anyhow::Result<Vec<Labels>> {
    let map: Vec<(String, Role)> = matches
        .get_many::<String>("label-map")
        .into_iter()
        .flatten()
        .map(|text| mapping(text))
        .collect::<std::result::Result<_, _>>()?;
    let mut all = Vec::new();
    for path in matches.get_many::<PathBuf>("labels").into_iter().flatten() {
        let context = || format!("--labels {}", path.display());
        let bytes = bytes(path).with_context(context)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let labels = Labels::read(&name, &bytes, &map).with_context(context)?;
        for fault in labels.file().faults.iter().filter(|_| !is_quiet) {
            let what =
                format!("{}: {} × {}, first in line {}", path.display(), fault.count, fault.what, fault.first_line);
            message::warning(&what);
        }
        all.push(labels);
    }
    Ok(all)
}

fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(SideFiles::MAX_BYTES + 1).read_to_end(&mut bytes))
        .context("cannot read it")?;
    if count(bytes.len()) > SideFiles::MAX_BYTES {
        bail!("it is larger than {}; cut it into parts", bytes_text(SideFiles::MAX_BYTES));
    }
    Ok(bytes)
}

/// `COLUMN=ROLE`.
fn mapping(text: &str) -> std::result::Result<(String, Role), UsageError> {
    let wrong =
        || UsageError(format!("--label-map {text}: expected COLUMN=ROLE, ROLE one of {}", Role::words().join(", ")));
    let (column, role) = text.rsplit_once('=').ok_or_else(wrong)?;
    Ok((column.to_owned(), Role::named(role).ok_or_else(wrong)?))
}

fn json(evaluation: &Evaluation, out: &mut dyn Write) -> Result<()> {
    serde_json::to_writer(&mut *out, evaluation)?;
    Ok(writeln!(out)?)
}

fn text(e: &Evaluation, out: &mut dyn Write) -> Result<()> {
    let share = |v: Option<f64>| v.map_or_else(|| "-".to_owned(), |v| format!("{v:.4}"));
    for file in &e.labels {
        let (name, lines, unmatched) = (printable(&file.name), count_text(file.lines), count_text(file.unmatched));
        writeln!(out, "{name}: {lines} lines about {}, {unmatched} of them match nothing", file.kind)?;
    }
    let rest = if e.is_rest_benign { "; what no line names counts as benign" } else { "" };
    writeln!(
        out,
        "{} {}s are labelled and scored, {} of them attacks{rest}",
        count_text(e.rows),
        e.unit,
        count_text(e.attacks)
    )?;
    for (n, what) in [
        (e.unlabelled, "are not labelled and take no part"),
        (e.left_out, "are labelled to be left out"),
        (e.unscored, "are labelled and have no score"),
    ] {
        if n > 0 {
            writeln!(out, "{} {what}", count_text(n))?;
        }
    }
    let c = e.confusion;
    writeln!(out, "\n{:>14}{:>14}{:>14}", "", "said normal", "anomalous")?;
    writeln!(out, "{:>14}{:>14}{:>14}", "benign", count_text(c.true_negatives), count_text(c.false_positives))?;
    writeln!(out, "{:>14}{:>14}{:>14}", "attack", count_text(c.false_negatives), count_text(c.true_positives))?;
    writeln!(out, "\n  precision            {}", share(e.precision))?;
    writeln!(out, "  recall               {}", share(e.recall))?;
    writeln!(out, "  F1                   {}", share(e.f1))?;
    writeln!(out, "  false positive rate  {}", share(e.false_positive_rate))?;
    writeln!(out, "  ROC-AUC              {}", share(e.roc.area))?;
    writeln!(out, "  average precision    {}", share(e.precision_recall.area))?;
    writeln!(out, "  precision at n       {}", share(e.precision_at_n))?;
    if !e.classes.is_empty() {
        let width = e.classes.iter().map(|c| printable(&c.name).chars().count()).max().unwrap_or(0).max(5);
        writeln!(out, "\n  {:<width$}{:>10}{:>10}{:>10}{:>10}", "class", "rows", "recall", "ROC-AUC", "AP")?;
        for class in &e.classes {
            let (name, rows, recall) = (printable(&class.name), count_text(class.rows), share(Some(class.recall)));
            let (auc, ap) = (share(class.roc_auc), share(class.average_precision));
            writeln!(out, "  {name:<width$}{rows:>10}{recall:>10}{auc:>10}{ap:>10}")?;
        }
    }
    Ok(())
}
