//! Places the nodes of a graph in a plane: what is joined draws together, all else pushes apart.
//!
//! Only additions, products, quotients and square roots are used, which are exact to the last bit everywhere, in an order
//! that follows from the graph alone: the same graph has the same places natively and in wasm.
//!
//! **Source** Fruchterman & Reingold, "Graph drawing by force-directed placement" (1991).

use crate::sort;
use crate::units::{count, float};

/// Rounds of moving; with fewer, stars of sixty rays are not round yet.
const ROUNDS: u32 = 160;
/// Pull towards the middle, a unit of distance: holds together what nothing joins.
const GRAVITY: f64 = 2.0;
/// Upright distances count as so much longer: charts are wider than high.
const FLATNESS: f64 = 1.5;
/// Cosine and sine of the golden angle, 137.5 degrees: points that turn by it fill a disc evenly.
const TURN: (f64, f64) = (-0.737_368_878_078_319_7, 0.675_490_294_261_523_8);
/// Places are told to so many parts of the side: more is beyond any screen, and long in the report.
const GRAIN: f64 = 10_000.0;

type Point = (f64, f64);

/// Something that holds two nodes together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spring {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) pull: f64,
}

/// A place for each of `nodes` nodes.
///
/// **Range** 0 to 1 on both axes; both are filled where two nodes differ on them, else all lie in the middle.
pub(super) fn place(nodes: usize, springs: &[Spring]) -> Vec<Point> {
    let mut points = sunflower(nodes);
    // The side of the square that each node has for itself on a plane of area 1.
    let own = libm::sqrt(1.0 / float(count(nodes.max(1))));
    for round in 0..ROUNDS {
        let mut moves: Vec<Point> = points.iter().map(|p| pushed(*p, &points, own)).collect();
        for spring in springs {
            pull(&points, &mut moves, *spring, own);
        }
        // Long steps first, short ones to settle.
        let longest = 0.12 * (1.0 - f64::from(round) / f64::from(ROUNDS));
        for (point, (dx, dy)) in points.iter_mut().zip(moves) {
            let length = libm::sqrt(dx * dx + dy * dy);
            let step = if length > longest { longest / length } else { 1.0 };
            *point = (point.0 + dx * step, point.1 + dy * step);
        }
    }
    let (across, down) = (fitted(points.iter().map(|p| p.0)), fitted(points.iter().map(|p| p.1)));
    across.into_iter().zip(down).collect()
}

/// The first places: the more important, the nearer to the middle.
fn sunflower(nodes: usize) -> Vec<Point> {
    let all = float(count(nodes.max(1)));
    let (mut cos, mut sin) = (1.0, 0.0);
    let point = |n: usize| {
        let radius = 0.5 * libm::sqrt((float(count(n)) + 0.5) / all);
        let point = (radius * cos, radius * sin / FLATNESS);
        (cos, sin) = (cos * TURN.0 - sin * TURN.1, cos * TURN.1 + sin * TURN.0);
        point
    };
    (0..nodes).map(point).collect()
}

/// The push of all points on one, itself among them with none, and the pull of the middle.
fn pushed((x, y): Point, points: &[Point], own: f64) -> Point {
    let mut sum = (-x * GRAVITY * own, -y * FLATNESS * GRAVITY * own);
    for other in points {
        let (dx, dy) = (x - other.0, (y - other.1) * FLATNESS);
        let push = own * own / (dx * dx + dy * dy).max(1e-9);
        sum = (sum.0 + dx * push, sum.1 + dy * push);
    }
    sum
}

fn pull(points: &[Point], moves: &mut [Point], spring: Spring, own: f64) {
    let (Some(a), Some(b)) = (points.get(spring.from), points.get(spring.to)) else { return };
    let (dx, dy) = (b.0 - a.0, (b.1 - a.1) * FLATNESS);
    let force = spring.pull * libm::sqrt(dx * dx + dy * dy) / own;
    for (end, sign) in [(spring.from, 1.0), (spring.to, -1.0)] {
        if let Some(moved) = moves.get_mut(end) {
            *moved = (moved.0 + sign * dx * force, moved.1 + sign * dy * force);
        }
    }
}

/// The values between 0 and 1, halfway between their distances and their ranks: what lies far out does not press the rest
/// into one spot.
fn fitted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = values.enumerate().collect();
    sort::by(&mut order, |a, b| a.1.total_cmp(&b.1));
    let (low, high) = (order.first().map_or(0.0, |(_, v)| *v), order.last().map_or(0.0, |(_, v)| *v));
    let (span, last) = (high - low, float(count(order.len().saturating_sub(1))));
    let share = |rank: usize, value: f64| {
        let share = if span > 1e-9 { ((value - low) / span + float(count(rank)) / last) / 2.0 } else { 0.5 };
        (share * GRAIN).round() / GRAIN
    };
    let mut fitted: Vec<(usize, f64)> = order.iter().enumerate().map(|(r, (node, v))| (*node, share(r, *v))).collect();
    sort::by_key(&mut fitted, |(node, _)| *node);
    fitted.into_iter().map(|(_, share)| share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(a: Point, b: Point) -> f64 {
        libm::hypot(a.0 - b.0, a.1 - b.1)
    }

    #[test]
    fn few_nodes_have_their_places() {
        assert_eq!(place(0, &[]), []);
        assert_eq!(place(1, &[Spring { from: 0, to: 7, pull: 1.0 }]), [(0.5, 0.5)]);
        let two = place(2, &[Spring { from: 0, to: 1, pull: 1.0 }]);
        assert!(distance(two[0], two[1]) >= 1.0, "{two:?}");
    }

    #[test]
    fn a_star_has_its_middle_in_the_middle_and_its_rays_apart() {
        let springs: Vec<_> = (1..60).map(|to| Spring { from: 0, to, pull: 1.0 }).collect();
        let points = place(60, &springs);
        assert!(distance(points[0], (0.5, 0.5)) < 0.15, "{:?}", points[0]);
        for (i, a) in points.iter().enumerate() {
            assert!((0.0..=1.0).contains(&a.0) && (0.0..=1.0).contains(&a.1));
            assert!(points.iter().skip(i + 1).all(|b| distance(*a, *b) > 0.03), "node {i}");
        }
    }

    #[test]
    fn what_is_joined_is_near() {
        // Two cliques of five, joined by nothing.
        let pairs = (0..5).flat_map(|a| (a + 1..5).map(move |b| (a, b)));
        let springs: Vec<_> = pairs
            .flat_map(|(from, to)| [(from, to), (from + 5, to + 5)])
            .map(|(from, to)| Spring { from, to, pull: 1.0 })
            .collect();
        let points = place(10, &springs);
        let within = distance(points[0], points[4]).max(distance(points[5], points[9]));
        let between = (0..5).flat_map(|a| (5..10).map(move |b| (a, b))).map(|(a, b)| distance(points[a], points[b]));
        assert!(between.fold(f64::MAX, f64::min) > within * 0.7, "{points:?}");
        assert_eq!(points, place(10, &springs));
    }
}
