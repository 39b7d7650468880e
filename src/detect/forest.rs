//! Isolation forest: what few random cuts set apart is strange.
//!
//! **Source** Liu, Ting and Zhou 2008. Every tree is grown on a sample of the rows; a cut is at a random place of a random
//! feature. The score is `2^(-h / c)`, where `h` is the mean depth at which the trees isolate the row and `c` the mean depth
//! of the rows of a tree: above 0.5 stranger than those.

use std::sync::LazyLock;

use ndarray::ArrayView2;
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use super::Detector;
use super::matrix::no_rows;
use crate::error::Result;
use crate::units::{count, float};

/// Trees of a forest.
pub(super) const TREES: usize = 64;
/// Rows a tree is grown on, at most.
pub(super) const SUBSAMPLE: usize = 256;
/// Euler's constant.
const EULER: f64 = 0.577_215_664_901_532_9;
/// No feature: the node is a leaf.
const LEAF: u32 = u32::MAX;

/// Mean depth at which a random tree isolates one of so many rows; for the leaves' sizes.
static DEPTHS: LazyLock<Vec<f64>> = LazyLock::new(|| (0..=count(SUBSAMPLE)).map(mean_depth).collect());

fn mean_depth(rows: u64) -> f64 {
    match rows {
        0 | 1 => 0.0,
        2 => 1.0,
        n => {
            let n = float(n);
            2.0 * (libm::log(n - 1.0) + EULER) - 2.0 * (n - 1.0) / n
        }
    }
}

/// A node: a cut, or a leaf.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Node {
    feature: u32,
    cut: f64,
    /// The child below the cut; the other one is behind it.
    below: u32,
    /// Rows of the sample in it.
    rows: u32,
}

/// The forest.
#[derive(Debug)]
pub(super) struct Forest {
    trees: usize,
    subsample: usize,
    seed: u32,
    nodes: Vec<Node>,
    roots: Vec<u32>,
    /// Mean depth of the rows of a tree.
    depth: f64,
}

impl Forest {
    pub(super) fn new(trees: usize, subsample: usize, seed: u32) -> Self {
        let subsample = subsample.clamp(1, SUBSAMPLE);
        Self { trees, subsample, seed, nodes: Vec::new(), roots: Vec::new(), depth: 0.0 }
    }

    /// Follows a row through one tree: the depth of its leaf, with what the leaf's rows would need to be told apart.
    fn depth_in(&self, root: u32, row: &[f64], mut visit: impl FnMut(u32, &Node, &Node)) -> f64 {
        let mut depth = 0.0;
        let mut node = self.node(root);
        while node.feature != LEAF {
            let value = row.get(place(node.feature)).copied().unwrap_or(0.0);
            let child = self.node(if value < node.cut { node.below } else { node.below + 1 });
            visit(node.feature, &node, &child);
            depth += 1.0;
            node = child;
        }
        depth + DEPTHS.get(place(node.rows)).copied().unwrap_or(0.0)
    }

    fn node(&self, at: u32) -> Node {
        self.nodes.get(place(at)).copied().unwrap_or(Node { feature: LEAF, cut: 0.0, below: 0, rows: 0 })
    }

    /// Grows the tree of `picked` in front of its children, as far as twice the depth of a balanced tree would be halved.
    fn grow(&mut self, rows: ArrayView2<'_, f64>, picked: &mut [usize], deepest: u32, random: &mut Random) {
        let root = self.push(picked.len());
        self.roots.push(root);
        let mut open: Vec<(u32, usize, usize, u32)> = vec![(root, 0, picked.len(), 0)];
        while let Some((at, from, to, depth)) = open.pop() {
            let Some(members) = picked.get_mut(from..to).filter(|m| m.len() > 1 && depth < deepest) else { continue };
            let Some((feature, cut)) = choose_cut(rows, members, random) else { continue };
            let value = |row: usize| rows.get([row, feature]).copied().unwrap_or(0.0);
            members.sort_by_key(|&row| value(row) >= cut);
            let split = members.iter().filter(|&&row| value(row) < cut).count();
            let size = members.len();
            let below = self.push(split);
            self.push(size - split);
            if let Some(node) = self.nodes.get_mut(place(at)) {
                (node.feature, node.cut, node.below) = (u32::try_from(feature).unwrap_or(LEAF), cut, below);
            }
            open.push((below, from, from + split, depth + 1));
            open.push((below + 1, from + split, to, depth + 1));
        }
    }

    fn push(&mut self, rows: usize) -> u32 {
        let at = u32::try_from(self.nodes.len()).unwrap_or(LEAF);
        self.nodes.push(Node { feature: LEAF, cut: 0.0, below: 0, rows: u32::try_from(rows).unwrap_or(u32::MAX) });
        at
    }

    fn score_of_depth(&self, depth: f64) -> f64 {
        if self.depth > 0.0 { libm::exp2(-depth / self.depth) } else { 0.5 }
    }

    fn mean_depth_of(&self, row: &[f64], mut visit: impl FnMut(u32, &Node, &Node)) -> f64 {
        let sum: f64 = self.roots.iter().map(|&root| self.depth_in(root, row, &mut visit)).sum();
        sum / float(count(self.roots.len().max(1)))
    }

    /// Comparisons that scoring a row takes.
    #[cfg(test)]
    fn steps(&self, row: &[f64]) -> u64 {
        let mut steps = 0;
        self.mean_depth_of(row, |_, _, _| steps += 1);
        steps
    }
}

/// A random feature that is not the same in all members, and a random place between its smallest and largest value.
fn choose_cut(rows: ArrayView2<'_, f64>, members: &[usize], random: &mut Random) -> Option<(usize, f64)> {
    let d = rows.ncols();
    let mut features: Vec<usize> = (0..d).collect();
    for left in (1..=d).rev() {
        let at = random.below(left);
        let feature = *features.get(at)?;
        features.swap(at, left - 1);
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for &row in members {
            let value = rows.get([row, feature]).copied().unwrap_or(0.0);
            (low, high) = (low.min(value), high.max(value));
        }
        let cut = low + (high - low) * random.share();
        // the cut leaves rows on both sides
        if cut > low && cut <= high {
            return Some((feature, cut));
        }
    }
    None
}

impl Detector for Forest {
    fn name(&self) -> &'static str {
        "isolation-forest"
    }

    fn fit(&mut self, rows: ArrayView2<'_, f64>) -> Result<()> {
        no_rows(rows)?;
        let n = rows.nrows();
        let size = n.min(self.subsample);
        (self.nodes, self.roots) = (Vec::new(), Vec::new());
        self.depth = mean_depth(count(size));
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most 8
        let deepest = libm::ceil(libm::log2(float(count(size.max(2))))) as u32;
        let mut random = Random(Xoshiro256Plus::seed_from_u64(u64::from(self.seed)));
        let mut order: Vec<usize> = (0..n).collect();
        for _ in 0..self.trees {
            for i in 0..size {
                order.swap(i, i + random.below(n - i));
            }
            let mut picked: Vec<usize> = order.iter().take(size).copied().collect();
            self.grow(rows, &mut picked, deepest, &mut random);
        }
        Ok(())
    }

    // Never inlined: a browser optimises a function when it is called, not while it runs.
    #[inline(never)]
    fn score(&self, row: &[f64]) -> f64 {
        self.score_of_depth(self.mean_depth_of(row, |_, _, _| ()))
    }

    /// Every cut on the way is worth the bits by which it narrows down where the row is: log2 of how many times fewer
    /// rows are left.
    fn reason(&self, row: &[f64]) -> Vec<f64> {
        let mut bits = vec![0.0; row.len()];
        let depth = self.mean_depth_of(row, |feature, node, child| {
            if let Some(bits) = bits.get_mut(place(feature)) {
                let left = f64::from(child.rows.max(1));
                *bits += libm::log2(f64::from(node.rows.max(1)) / left);
            }
        });
        super::matrix::scaled_to(bits, self.score_of_depth(depth))
    }
}

fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

struct Random(Xoshiro256Plus);

impl Random {
    /// 0 to 1, 1 excluded.
    fn share(&mut self) -> f64 {
        float(self.0.next_u64() >> 11) / float(1 << 53)
    }

    /// A whole number below `n`.
    fn below(&mut self, n: usize) -> usize {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // not negative, below n
        let at = (self.share() * float(count(n))) as usize;
        at.min(n.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    fn cloud(n: usize) -> Array2<f64> {
        Array2::from_shape_fn((n, 4), |(i, j)| float((i as u64 * (31 + 12 * j as u64) + 7) % 97) / 97.0)
    }

    fn fitted(n: usize, seed: u32) -> Forest {
        let mut forest = Forest::new(TREES, SUBSAMPLE, seed);
        forest.fit(cloud(n).view()).unwrap();
        forest
    }

    #[test]
    fn what_is_apart_scores_higher_and_says_where() {
        let forest = fitted(500, 1);
        let (usual, odd) = (forest.score(&[0.5; 4]), forest.score(&[0.5, 0.5, 9.0, 0.5]));
        assert!(usual < 0.5 && odd > usual + 0.05, "{usual} {odd}");
        let reason = forest.reason(&[0.5, 0.5, 9.0, 0.5]);
        assert!((reason.iter().sum::<f64>() - odd).abs() < 1e-12);
        assert!(reason.iter().all(|r| *r >= 0.0) && reason[2] > 2.0 * reason[0].max(reason[1]).max(reason[3]));
    }

    #[test]
    fn the_seed_decides_and_nothing_else() {
        let row = [0.9, 0.1, 0.3, 2.0];
        assert_eq!(fitted(300, 7).score(&row).to_bits(), fitted(300, 7).score(&row).to_bits());
        assert_ne!(fitted(300, 7).score(&row), fitted(300, 8).score(&row));
    }

    #[test]
    fn one_row_and_rows_alike_are_no_harm() {
        for rows in [Array2::zeros((1, 3)), Array2::from_elem((40, 3), 2.0)] {
            let mut forest = Forest::new(8, SUBSAMPLE, 1);
            forest.fit(rows.view()).unwrap();
            assert!((0.0..=1.0).contains(&forest.score(&[5.0; 3])));
            assert_eq!(forest.reason(&[5.0; 3]).iter().sum::<f64>(), 0.0, "no feature tells them apart");
        }
    }

    #[test]
    fn a_row_takes_no_more_steps_the_more_rows_were_fitted() {
        let steps = |n| fitted(n, 1).steps(&[0.5; 4]);
        assert!(steps(20_000) as f64 <= 1.2 * steps(10_000) as f64);
        assert!(steps(20_000) <= (TREES * 8) as u64);
    }
}
