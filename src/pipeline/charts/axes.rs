//! The scatter with other axes: principal components, the score, or a feature that the detection looked at.

use crate::detect::Explainer;
use crate::error::{Error, Result};
use crate::report::{Report, Scatter, ScatterPoint};

/// What an axis shows.
enum Axis {
    /// The first component, or the second.
    Component(usize),
    Score,
    /// By its place in the catalogue of the rows.
    Feature(usize),
}

impl Axis {
    /// By its word, with what stands at it.
    fn named(name: &str, explained: [f64; 2], explainer: &Explainer<'_>) -> Result<(Self, String)> {
        let component = |at: usize| {
            let share = explained.get(at).copied().filter(|share| share.is_finite()).unwrap_or(0.0);
            (Self::Component(at), format!("Principal component {} ({:.0} % of variance)", at + 1, 100.0 * share))
        };
        Ok(match name {
            "component_1" => component(0),
            "component_2" => component(1),
            "score" => (Self::Score, "Score".to_owned()),
            _ => {
                let (feature, unit) = explainer.feature(name).ok_or_else(|| Error::Plot {
                    chart: "cluster scatter",
                    cause: format!("`{name}` is none of the features that were looked at"),
                })?;
                let unit = if unit.is_empty() { String::new() } else { format!(" ({unit})") };
                (Self::Feature(feature), format!("{}{unit}", name.replace('_', " ")))
            }
        })
    }

    fn of(&self, point: &ScatterPoint, explainer: &Explainer<'_>) -> Option<f64> {
        match self {
            Self::Component(0) => Some(point.x),
            Self::Component(_) => Some(point.y),
            Self::Score => Some(point.score),
            Self::Feature(feature) => explainer.raw(usize::try_from(point.row).ok()?, *feature),
        }
    }
}

/// The same points with these on the axes; those without a value there are left out.
pub(in crate::pipeline) fn scatter_of(
    report: &Report,
    explainer: &Explainer<'_>,
    [across, up]: [&str; 2],
) -> Result<Scatter> {
    let scatter = &report.charts.scatter;
    let (x, x_title) = Axis::named(across, scatter.explained, explainer)?;
    let (y, y_title) = Axis::named(up, scatter.explained, explainer)?;
    let point =
        |point: &ScatterPoint| Some(ScatterPoint { x: x.of(point, explainer)?, y: y.of(point, explainer)?, ..*point });
    let axes = (across, up) != ("component_1", "component_2");
    Ok(Scatter {
        points: scatter.points.iter().filter_map(point).collect(),
        axes: axes.then_some([x_title, y_title]),
        ..*scatter
    })
}
