//! From distances to anomalies: the threshold rules, scores and severities.
//!
//! The rules look at the distances of the fitted rows, which are unique and capped per host: however often a flood
//! repeats itself, it does not move the threshold. A score is `d / (d + s)`, where `s` is the distance 3.5 median
//! absolute deviations above the median: 0.5 there, and the same whatever rule is in force.

use crate::report::{Detection, DetectionStatus, Severity, Threshold, Verdict};
use crate::settings::{Settings, ThresholdRule};
use crate::units::{count, float};

/// Makes the median absolute deviation equal to sigma on normal data.
const MAD_TO_SIGMA: f64 = 1.4826;
/// Deviations above the median at which the score is 0.5.
const SCORE_DEVIATIONS: f64 = 3.5;
/// Distances are in scaled units: a threshold below this tells rounding, not rows, apart.
const SMALLEST_DISTANCE: f64 = 1e-6;
/// Distances are kept in single precision: above the threshold by less than this share is at it, as where most rows are
/// equally far.
const ROUNDING: f64 = 1e-6;
/// Scores from which an anomalous row's severity is low, medium and high: 1.5, 2.3 and 4.6 times the distance that scores
/// 0.5. Whatever the threshold is, a row's severity is the same.
const LOW: f64 = 0.6;
const MEDIUM: f64 = 0.7;
const HIGH: f64 = 0.82;
/// Highest score short of certainty.
const LARGEST_SCORE: f64 = 0.999;

/// Value at a share of an ascending list, by linear interpolation; 0 of nothing.
pub(super) fn quantile(ascending: &[f64], share: f64) -> f64 {
    let last = ascending.len().saturating_sub(1);
    let at = (share.clamp(0.0, 1.0) * float(count(last))).max(0.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most `last`
    let below = (at as usize).min(last);
    let (Some(a), b) = (ascending.get(below), ascending.get(below + 1)) else { return 0.0 };
    b.map_or(*a, |b| a + (b - a) * (at - float(count(below))))
}

/// Median, and median absolute deviation times 1.4826, of an ascending list.
pub(super) fn median_and_mad(ascending: &[f64]) -> (f64, f64) {
    let median = quantile(ascending, 0.5);
    let mut deviations: Vec<f64> = ascending.iter().map(|d| (d - median).abs()).collect();
    deviations.sort_unstable_by(f64::total_cmp);
    (median, quantile(&deviations, 0.5) * MAD_TO_SIGMA)
}

/// The distance that scores 0.5.
pub(super) fn score_scale(fit_distances: &[f64]) -> f64 {
    let (median, mad) = median_and_mad(fit_distances);
    (median + SCORE_DEVIATIONS * mad).max(SMALLEST_DISTANCE)
}

/// Score of a distance, 0-1.
#[must_use]
pub fn score_of(distance: f64, scale: f64) -> f64 {
    (distance / (distance + scale)).min(LARGEST_SCORE)
}

/// What being part of a rule's finding weighs, by its severity, 0-1.
#[must_use]
pub fn weight_of(rule: Severity) -> f64 {
    match rule {
        Severity::None => 0.0,
        Severity::Info => 0.05,
        Severity::Low => 0.3,
        Severity::Medium => 0.6,
        Severity::High => 0.8,
        Severity::Critical => 0.9,
    }
}

/// A row's score: the detector's and that of the gravest finding it is part of, as if each were a chance of its own,
/// `1 - (1 - score) (1 - weight)`. The weights are 0.05, 0.3, 0.6, 0.8 and 0.9 from info to critical.
#[must_use]
pub fn combined_score(own: f64, rule: Severity) -> f64 {
    (1.0 - (1.0 - own) * (1.0 - weight_of(rule))).clamp(0.0, 1.0)
}

/// Distance of a score.
#[must_use]
pub fn distance_of(score: f64, scale: f64) -> f64 {
    let score = score.clamp(0.0, LARGEST_SCORE);
    scale * score / (1.0 - score)
}

fn threshold_distance(detection: &Detection, settings: &Settings) -> f64 {
    let distances = &detection.fit_distances;
    let value = settings.threshold_value();
    let distance = match settings.threshold_rule {
        ThresholdRule::Percentile => quantile(distances, value / 100.0),
        ThresholdRule::Sigma => {
            let n = float(count(distances.len().max(1)));
            let mean = distances.iter().sum::<f64>() / n;
            let variance = distances.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / n;
            mean + value * variance.sqrt()
        }
        ThresholdRule::Mad => {
            let (median, mad) = median_and_mad(distances);
            median + value * mad
        }
        ThresholdRule::Score => distance_of(value, detection.score_scale),
    };
    distance.max(SMALLEST_DISTANCE)
}

/// Decides which rows are anomalous, from distances and clusters alone: a moved threshold needs no new fit.
pub fn decide<'a>(detection: &mut Detection, verdicts: impl Iterator<Item = &'a mut Verdict>, settings: &Settings) {
    if detection.status != DetectionStatus::Scored {
        return;
    }
    let limit = threshold_distance(detection, settings);
    let at = score_of(limit, detection.score_scale);
    detection.threshold = Threshold { distance: limit, score: at };
    for cluster in &mut detection.clusters {
        cluster.is_small = !detection.is_of_good_rows && cluster.fit_share < settings.small_cluster;
        cluster.anomalies = 0;
    }
    for verdict in verdicts.filter(|v| v.is_scored) {
        let cluster = detection.clusters.get_mut(usize::from(verdict.cluster));
        let small = cluster.as_ref().filter(|c| c.is_small).map(|c| c.fit_share / settings.small_cluster);
        judge(verdict, limit, at, detection.score_scale, small);
        if let Some(cluster) = cluster {
            cluster.anomalies += u64::from(verdict.is_odd());
        }
    }
}

/// Fills in one verdict. `small` is the share of the small-cluster limit that the row's cluster reaches, where it is small.
#[allow(clippy::cast_possible_truncation)] // scores need no more than 24 bits
fn judge(verdict: &mut Verdict, limit: f64, limit_score: f64, scale: f64, small: Option<f64>) {
    let distance = f64::from(verdict.distance);
    let mut score = score_of(distance, scale);
    verdict.is_far = distance > limit * (1.0 + ROUNDING);
    verdict.is_small_cluster = small.is_some();
    if let Some(share) = small {
        // Members of a small cluster stand over the threshold, the more the smaller the cluster.
        score = score.max(limit_score + (1.0 - limit_score) * 0.5 * (1.0 - share.min(1.0)));
    }
    verdict.own_score = score.clamp(0.0, 1.0) as f32;
    verdict.score = verdict.own_score;
    let reached = if verdict.is_far { score_of(distance, scale) } else { 0.0 };
    verdict.severity = match verdict.is_odd() {
        false => Severity::None,
        true if reached < LOW => Severity::Info,
        true if reached < MEDIUM => Severity::Low,
        true if reached < HIGH => Severity::Medium,
        true => Severity::High,
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Cluster;

    fn detection(distances: &[f64]) -> Detection {
        let cluster = |id: u16, fit_share| Cluster {
            id,
            rows: 0,
            share: 0.0,
            fit_share,
            is_small: false,
            anomalies: 0,
            mean_distance: 0.0,
            shared: Vec::new(),
            first_ts: None,
            last_ts: None,
            typical: Vec::new(),
            spread: Vec::new(),
            centroid: Vec::new(),
        };
        Detection {
            status: DetectionStatus::Scored,
            fit_distances: distances.to_vec(),
            score_scale: score_scale(distances),
            clusters: vec![cluster(0, 0.995), cluster(1, 0.005)],
            ..Detection::default()
        }
    }

    #[test]
    fn rules_give_their_distances() {
        let mut d = detection(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        for (rule, value, expected) in [
            ("percentile", "100", 5.0),
            ("percentile", "62.5", 3.5),
            ("sigma", "1", 3.0 + 2f64.sqrt()),
            ("mad", "2", 3.0 + 2.0 * 1.4826),
            ("score", "0.5", 3.0 + 3.5 * 1.4826),
        ] {
            let settings = Settings::from_pairs([("threshold-rule", rule), ("threshold", value)]).unwrap();
            decide(&mut d, [].iter_mut(), &settings);
            assert!((d.threshold.distance - expected).abs() < 1e-9, "{rule} {value}: {}", d.threshold.distance);
        }
    }

    #[test]
    fn scores_rise_with_distance_and_invert() {
        for d in [0.0, 0.1, 1.0, 7.0, 300.0] {
            let s = score_of(d, 2.0);
            assert!((0.0..1.0).contains(&s));
            assert!((distance_of(s, 2.0) - d).abs() < 1e-6 * d.max(1.0));
        }
        assert!((score_of(2.0, 2.0) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn rows_at_the_threshold_are_not_beyond_it() {
        // In single precision 0.1 is more than in double precision.
        let mut d = detection(&[0.1; 5]);
        let mut rows = [Verdict { is_scored: true, distance: 0.1, ..Verdict::default() }];
        decide(&mut d, rows.iter_mut(), &Settings::default());
        assert!(f64::from(rows[0].distance) > d.threshold.distance && !rows[0].is_far);
    }

    #[test]
    fn small_clusters_and_far_rows_are_anomalous() {
        let mut d = detection(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        let row = |distance, cluster| Verdict { is_scored: true, distance, cluster, ..Verdict::default() };
        let mut rows = [row(1.0, 0), row(1.0, 1), row(99.0, 0), row(99.0, 1), Verdict::default()];
        decide(&mut d, rows.iter_mut(), &Settings::default());
        assert_eq!(rows.map(|r| r.reason()), ["", "small_cluster", "distance", "distance+small_cluster", ""]);
        assert_eq!(rows.map(|r| r.severity).map(Severity::name), ["none", "info", "high", "high", "none"]);
        assert!(f64::from(rows[1].score) >= d.threshold.score);
        assert_eq!(d.clusters.iter().map(|c| c.anomalies).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(rows[4].score, 0.0);
    }
}
