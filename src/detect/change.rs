//! What would make a row normal, and which normal row is most like it.

use super::Explainer;
use crate::report::{Change, Neighbour, Verdict};
use crate::sort;
use crate::units::count;

/// Features of a neighbour that are told.
const TOLD: usize = 3;

impl Explainer<'_> {
    /// The fewest features that, made typical one after the other in the order of their shares, bring a row's distance down to
    /// the threshold; those that turn out not to be needed are left out again. Empty for a row that is not beyond the
    /// threshold, and where not even all of them are enough.
    #[must_use]
    pub fn change(&self, row: usize, verdict: &Verdict) -> Vec<Change> {
        let Some(model) = self.detection.model.0.as_ref().filter(|_| verdict.is_far) else { return Vec::new() };
        let limit = self.detection.threshold.distance;
        let was = self.transformed(row);
        let mut now = was.clone();
        let mut changed = Vec::new();
        let mut is_enough = false;
        for contribution in self.contributions(row, verdict).into_iter().filter(|c| c.share > 0.0) {
            let place = self.columns.iter().position(|column| column.info.name == contribution.feature);
            let Some((place, column)) = place.and_then(|place| Some((place, self.columns.get(place)?))) else {
                continue;
            };
            let to = contribution.typical.map(|raw| column.info.transform.apply(raw));
            set(&mut now, place, to);
            changed.push((place, to, contribution));
            is_enough = model.distance_of(&now) <= limit;
            if is_enough {
                break;
            }
        }
        if !is_enough {
            return Vec::new();
        }
        // The last one is needed; what came before it may not be.
        let mut needed = Vec::new();
        while let Some((place, to, contribution)) = changed.pop() {
            set(&mut now, place, was.get(place).copied().flatten());
            if model.distance_of(&now) > limit {
                set(&mut now, place, to);
                needed.push(contribution);
            }
        }
        needed.reverse();
        let change = |c: crate::report::Contribution| Change {
            feature: c.feature,
            unit: c.unit,
            from: c.observed,
            to: c.typical,
        };
        needed.into_iter().map(change).collect()
    }

    /// The normal row of the sample that is nearest to a row in scaled units, and what sets them most apart; its id is left
    /// empty. `None` for a row without a score, and where the sample holds no normal row.
    #[must_use]
    pub fn neighbour(&self, row: usize, verdict: &Verdict) -> Option<Neighbour> {
        if !verdict.is_scored {
            return None;
        }
        let own = self.scaled(row);
        let square = |(a, b): (&f64, &f64)| (a - b) * (a - b);
        let normal = self.normal.get_or_init(|| self.normal_rows()).iter().filter(|(other, _)| *other != row);
        let distances = normal.map(|(other, values)| (own.iter().zip(values).map(square).sum::<f64>(), *other, values));
        let (_, nearest, values) = distances.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))?;
        let mut apart: Vec<(f64, usize)> = own.iter().zip(values).map(square).zip(0..).collect();
        apart.retain(|(square, _)| *square > 0.0);
        sort::by(&mut apart, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let change = |&(_, place): &(f64, usize)| {
            let column = self.columns.get(place)?;
            let raw = |row| self.rows.raw(row, column.feature);
            Some(Change { feature: column.info.name.clone(), unit: column.info.unit, from: raw(row), to: raw(nearest) })
        };
        let apart = apart.iter().take(TOLD).filter_map(change).collect();
        Some(Neighbour { row: count(nearest), id: String::new(), apart })
    }

    fn normal_rows(&self) -> Vec<(usize, Vec<f64>)> {
        let sample = self.detection.sample.iter().filter_map(|&row| usize::try_from(row).ok());
        let is_normal = |&row: &usize| {
            self.rows.at(row).is_some_and(|row| row.verdict().is_scored && !row.verdict().is_anomalous())
        };
        sample.filter(is_normal).map(|row| (row, self.scaled(row))).collect()
    }

    fn scaled(&self, row: usize) -> Vec<f64> {
        self.columns.iter().zip(self.transformed(row)).map(|(column, v)| v.map_or(0.0, |v| column.scale(v))).collect()
    }
}

fn set(values: &mut [Option<f64>], place: usize, value: Option<f64>) {
    if let Some(slot) = values.get_mut(place) {
        *slot = value;
    }
}
