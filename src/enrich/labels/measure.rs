//! Scores against labels: confusion, ROC, precision and recall, precision at n. Equal scores are one step.

use std::collections::BTreeMap;

use crate::report::{ClassResult, Confusion, Curve, CurvePoint, Evaluation};
use crate::sort;
use crate::units::{count, float};

/// Most points of a curve that are kept for drawing.
const POINTS: usize = 400;
/// Most classes told apart; the rest is one.
const CLASSES: usize = 100;
/// The name of the rest.
const REST: &str = "other classes";

/// Labelled rows with what was said of them.
#[derive(Debug, Clone, Default)]
pub struct Ranked {
    /// Score, whether it was called anomalous, and the class of an attack.
    rows: Vec<(f64, bool, Option<usize>)>,
    classes: Vec<String>,
    places: BTreeMap<String, usize>,
}

/// Both curves of some scores, and precision at n.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curves {
    /// ROC.
    pub roc: Curve,
    /// Precision against recall.
    pub precision_recall: Curve,
    /// Share of attacks among the n highest scores, n being the number of attacks.
    pub precision_at_n: Option<f64>,
}

/// Rows with the same score, highest first.
struct Step {
    score: f64,
    attacks: u64,
    benign: u64,
}

impl Ranked {
    /// Adds a row: its score, whether it was called anomalous, and its class where it is an attack.
    pub fn add(&mut self, score: f64, is_flagged: bool, class: Option<&str>) {
        let class = class.map(|class| self.place(class));
        self.rows.push((score, is_flagged, class));
    }

    fn place(&mut self, class: &str) -> usize {
        if let Some(place) = self.places.get(class) {
            return *place;
        }
        let name = if self.classes.len() < CLASSES { class } else { REST };
        let place = self.classes.iter().position(|known| known == name).unwrap_or(self.classes.len());
        if place == self.classes.len() {
            self.classes.push(name.to_owned());
        }
        self.places.insert(class.to_owned(), place);
        place
    }

    /// Fills in everything that follows from the rows.
    pub(super) fn measure(&self, out: &mut Evaluation) {
        let mut confusion = Confusion::default();
        for (_, is_flagged, class) in &self.rows {
            let counter = match (class.is_some(), is_flagged) {
                (true, true) => &mut confusion.true_positives,
                (true, false) => &mut confusion.false_negatives,
                (false, true) => &mut confusion.false_positives,
                (false, false) => &mut confusion.true_negatives,
            };
            *counter += 1;
        }
        let Confusion { true_positives, false_positives, false_negatives, true_negatives } = confusion;
        let share = |part: u64, of: u64| (of > 0).then(|| float(part) / float(of));
        out.confusion = confusion;
        out.rows = count(self.rows.len());
        out.attacks = true_positives + false_negatives;
        out.precision = share(true_positives, true_positives + false_positives);
        out.recall = share(true_positives, out.attacks);
        out.false_positive_rate = share(false_positives, false_positives + true_negatives);
        let harmonic = |(p, r): (f64, f64)| (p + r > 0.0).then(|| 2.0 * p * r / (p + r));
        out.f1 = out.precision.zip(out.recall).and_then(harmonic);
        let all = curves(self.rows.iter().map(|(score, _, class)| (*score, class.is_some())).collect());
        (out.roc, out.precision_recall, out.precision_at_n) = (all.roc, all.precision_recall, all.precision_at_n);
        out.classes = (0..).zip(&self.classes).map(|(place, name)| self.class(place, name)).collect();
        sort::by(&mut out.classes, |a, b| b.rows.cmp(&a.rows).then_with(|| a.name.cmp(&b.name)));
    }

    /// One class against the benign rows.
    fn class(&self, place: usize, name: &str) -> ClassResult {
        let own = || self.rows.iter().filter(|(.., class)| *class == Some(place));
        let (rows, flagged) = (own().count(), own().filter(|(_, is_flagged, _)| *is_flagged).count());
        let is_seen = |(.., class): &&(f64, bool, Option<usize>)| class.is_none_or(|class| class == place);
        let seen = self.rows.iter().filter(is_seen).map(|(score, _, class)| (*score, class.is_some()));
        let Curves { roc, precision_recall, .. } = curves(seen.collect());
        ClassResult {
            name: name.to_owned(),
            rows: count(rows),
            flagged: count(flagged),
            recall: float(count(flagged)) / float(count(rows.max(1))),
            roc_auc: roc.area,
            average_precision: precision_recall.area,
        }
    }
}

/// The curves of scores, each with whether its row is an attack.
///
/// **Source** scikit-learn's definitions: ROC by trapezoids over distinct scores; average precision is the sum over them of
/// the precision times what the recall gains.
#[must_use]
pub fn curves(mut scores: Vec<(f64, bool)>) -> Curves {
    scores.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut steps: Vec<Step> = Vec::new();
    for (score, is_attack) in scores {
        let is_same = |step: &&mut Step| step.score.total_cmp(&score).is_eq();
        let (attacks, benign) = (u64::from(is_attack), u64::from(!is_attack));
        match steps.last_mut().filter(is_same) {
            Some(step) => {
                step.attacks += attacks;
                step.benign += benign;
            }
            None => steps.push(Step { score, attacks, benign }),
        }
    }
    let (attacks, benign) = steps.iter().fold((0, 0), |(a, b), step| (a + step.attacks, b + step.benign));
    if attacks == 0 || benign == 0 {
        return Curves::default();
    }
    let (mut roc, mut precision_recall) = (Vec::new(), Vec::new());
    roc.push(CurvePoint { x: 0.0, y: 0.0, score: None });
    let (mut hits, mut misses, mut taken) = (0u64, 0u64, 0.0);
    // Twice the area under the ROC curve in pairs of rows: exact while it is a whole number.
    let (mut pairs, mut average) = (0.0, 0.0);
    for Step { score, attacks: a, benign: b } in &steps {
        pairs += float(*b) * (2.0 * float(hits) + float(*a));
        let room = float(attacks) - taken_rows(hits + misses, attacks);
        taken += float(*a) * (room / float(a + b)).min(1.0);
        hits += a;
        misses += b;
        let precision = float(hits) / float(hits + misses);
        let recall = float(hits) / float(attacks);
        average += precision * float(*a) / float(attacks);
        roc.push(CurvePoint { x: float(misses) / float(benign), y: recall, score: Some(*score) });
        precision_recall.push(CurvePoint { x: recall, y: precision, score: Some(*score) });
    }
    // As scikit-learn: where nothing is called anomalous, precision is 1.
    precision_recall.insert(0, CurvePoint { x: 0.0, y: 1.0, score: None });
    Curves {
        roc: Curve { area: Some(pairs / (2.0 * float(attacks) * float(benign))), points: thinned(roc) },
        precision_recall: Curve { area: Some(average), points: thinned(precision_recall) },
        precision_at_n: Some(taken / float(attacks)),
    }
}

/// Of the first n rows those that are taken already.
fn taken_rows(rows: u64, n: u64) -> f64 {
    float(rows.min(n))
}

/// Points for drawing: without those between two others on a line, and of the rest evenly chosen ones.
fn thinned(points: Vec<CurvePoint>) -> Vec<CurvePoint> {
    let mut kept: Vec<CurvePoint> = Vec::new();
    for point in points {
        let is_straight = match kept.as_slice() {
            [.., a, b] => (a.x == b.x && b.x == point.x) || (a.y == b.y && b.y == point.y),
            _ => false,
        };
        if is_straight {
            kept.pop();
        }
        kept.push(point);
    }
    if kept.len() <= POINTS {
        return kept;
    }
    let last = kept.len() - 1;
    (0..POINTS).filter_map(|i| kept.get(i * last / (POINTS - 1)).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: Option<f64>, b: f64) -> bool {
        a.is_some_and(|a| (a - b).abs() < 1e-12)
    }

    #[test]
    fn curves_are_those_of_scikit_learn() {
        // Figures of scikit-learn 1.9.1: roc_auc_score, average_precision_score, roc_curve, precision_recall_curve.
        let expected: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/golden/labels/expected.json")).unwrap();
        for case in expected.as_array().unwrap() {
            let scores = case["scores"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap());
            let truth = case["truth"].as_array().unwrap().iter().map(|v| v.as_u64() == Some(1));
            let curves = curves(scores.zip(truth).collect());
            assert!(close(curves.roc.area, case["roc_auc"].as_f64().unwrap()), "{case}");
            assert!(close(curves.precision_recall.area, case["average_precision"].as_f64().unwrap()), "{case}");
            assert!(close(curves.precision_at_n, case["precision_at_n"].as_f64().unwrap()), "{case}");
            let on_curve = |points: &[CurvePoint], theirs: &serde_json::Value| {
                let theirs: Vec<(f64, f64)> = theirs
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|p| (p[0].as_f64().unwrap(), p[1].as_f64().unwrap()))
                    .collect();
                points.iter().all(|p| theirs.iter().any(|(x, y)| (x - p.x).abs() < 1e-12 && (y - p.y).abs() < 1e-12))
            };
            assert!(on_curve(&curves.roc.points, &case["roc"]), "{case}");
            assert!(on_curve(&curves.precision_recall.points, &case["pr"]), "{case}");
        }
    }

    #[test]
    fn one_kind_of_row_or_none_has_no_curve() {
        for truth in [vec![], vec![true; 3], vec![false; 3]] {
            let curves = curves(truth.into_iter().map(|t| (0.5, t)).collect());
            assert_eq!(curves, Curves::default());
        }
    }

    #[test]
    fn classes_are_measured_against_the_benign_rows() {
        let mut ranked = Ranked::default();
        for (score, is_flagged, class) in
            [(0.9, true, Some("scan")), (0.8, true, None), (0.7, false, Some("worm")), (0.1, false, None)]
        {
            ranked.add(score, is_flagged, class);
        }
        let mut out = Evaluation::default();
        ranked.measure(&mut out);
        let c = out.confusion;
        assert_eq!((c.true_positives, c.false_positives, c.false_negatives, c.true_negatives), (1, 1, 1, 1));
        assert!(close(out.f1, 0.5) && close(out.false_positive_rate, 0.5));
        let by_name = |name: &str| out.classes.iter().find(|c| c.name == name).unwrap();
        assert!(close(by_name("scan").roc_auc, 1.0) && close(by_name("worm").roc_auc, 0.5));
        assert_eq!((by_name("scan").recall, by_name("worm").recall), (1.0, 0.0));
    }

    #[test]
    fn many_points_are_thinned_with_their_ends() {
        let many = (0..10_000u32).map(|i| (f64::from(i), i % 3 == 0));
        let curves = curves(many.collect());
        let points = &curves.roc.points;
        assert!(points.len() == POINTS && points[0].x == 0.0 && points[POINTS - 1].y == 1.0);
        assert!(points.windows(2).all(|two| two[0].x <= two[1].x && two[0].y <= two[1].y));
    }
}
