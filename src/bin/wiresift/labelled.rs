//! Flows whose protocol is known, as the model would meet them: whole, or with what signatures live on taken away.

mod labels;
mod sight;
mod truth;

use std::path::Path;

use wiresift::classify::Class;
use wiresift::pipeline::Analyzer;
use wiresift::report::{FlowRecord, Report};
use wiresift::settings::Settings;

use crate::input::{Input, hash_seed};
use crate::interrupt::is_interrupted;
pub(crate) use labels::Labels;
pub(crate) use sight::Sight;
use truth::Truth;

/// A flow with its class.
#[derive(Debug)]
pub(crate) struct Labelled<'a> {
    /// Place of its capture among the inputs.
    pub(crate) capture: usize,
    pub(crate) sight: Sight,
    pub(crate) class: Class,
    pub(crate) flow: &'a FlowRecord,
}

/// Reads every capture once a sight and shows the flows whose class is known; `None` when the user wants an end.
pub(crate) fn each(
    inputs: &[Input],
    settings: &Settings,
    labels: &Labels,
    sights: &[Sight],
    take: &mut dyn FnMut(&Labelled<'_>),
) -> anyhow::Result<Option<()>> {
    let settings = Settings { guess_services: false, ..settings.clone() };
    for (capture, input) in inputs.iter().enumerate() {
        if is_interrupted() {
            return Ok(None);
        }
        let report = analyze(&input.path, &settings)?;
        let truth = Truth::of(&report, labels, &input.name());
        for &sight in sights {
            let seen;
            let flows = if sight == Sight::Whole {
                &report.flows
            } else {
                seen = sight.analyze(&input.path, &settings, &truth)?;
                &seen.flows
            };
            for flow in flows.iter().filter(|f| f.orig.payload_bytes + f.resp.payload_bytes > 0) {
                if let Some(class) = truth.class(flow) {
                    take(&Labelled { capture, sight, class, flow });
                }
            }
        }
    }
    Ok(Some(()))
}

fn analyze(path: &Path, settings: &Settings) -> anyhow::Result<Report> {
    let mut analyzer = Analyzer::new(settings.clone(), hash_seed())?;
    sight::slices(path, |slice| analyzer.push(slice))?;
    Ok(analyzer.finish_reading())
}
