//! Grows the forests with linfa's decision trees.
//!
//! One forest a class, against all others of its transport, by Breiman's bagging: each tree has rows drawn with
//! replacement and half of the features. linfa-ensemble would draw the same, but not the same for every run: with more
//! than two labels linfa-trees adds impurities up in the order of a hash map that is seeded at random, and so picks one
//! or another of splits that are nearly as good. Of two numbers the sum has no order. A tie between the labels of a leaf
//! would be settled by that order too; weights that no counts can balance exclude ties.

use std::collections::BTreeMap;

use anyhow::anyhow;
use linfa::DatasetBase;
use linfa::prelude::{Fit as _, ParamGuard as _};
use linfa_trees::{DecisionTree, SplitQuality, TreeNode};
use ndarray::{Array1, Array2};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore as _, SeedableRng as _};
use wiresift::classify::{Class, Column, Forest, LEAF, Model, Node, Tree};

use super::rows::Rows;
use super::thresholds::NEVER;

/// Trees of a forest.
pub(super) const TREES: usize = 24;
/// Rows drawn for a tree, half of them of its class.
const SAMPLE: usize = 3000;
/// What a row that is not of the class weighs; one of the class weighs 1. So many rows as there are never balance.
const OTHER_WEIGHT: f32 = 1.0 + 1.0 / 2048.0;
const _: () = assert!(SAMPLE < 4096);
/// Questions from the root to a leaf.
const DEPTH: usize = 14;
/// Least rows in a leaf.
const LEAF_ROWS: f32 = 3.0;

/// How forests are grown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Growth {
    pub(super) trees: usize,
    pub(super) seed: u64,
}

/// Random numbers below a bound.
struct Dice(Xoshiro256PlusPlus);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        let wide = u128::from(self.0.next_u64()) * (end as u128);
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }
}

/// A model from the rows of the captures that are wanted; classes without rows have no forest.
pub(super) fn model(
    rows: &Rows,
    bins: &[Vec<u8>],
    columns: &[Column],
    is_wanted: &dyn Fn(usize) -> bool,
    growth: Growth,
) -> anyhow::Result<Model> {
    let mut places: BTreeMap<Class, Pool> = BTreeMap::new();
    for (i, row) in rows.all.iter().enumerate().filter(|(_, row)| is_wanted(row.capture)) {
        places.entry(row.class).or_default().add(row.capture, i);
    }
    let mut forests = Vec::new();
    for class in Class::ALL {
        let Some(own) = places.get(&class) else { continue };
        let others: Vec<&Pool> =
            places.iter().filter(|(c, _)| **c != class && c.proto() == class.proto()).map(|(_, pool)| pool).collect();
        if others.is_empty() {
            continue;
        }
        let mut trees = Vec::new();
        for n in 0..growth.trees {
            let seed = growth.seed ^ hash(class.name(), n);
            let mut dice = Dice(Xoshiro256PlusPlus::seed_from_u64(seed));
            trees.push(tree(own, &others, bins, columns.len(), &mut dice)?);
        }
        forests.push(Forest { class, threshold: NEVER, trees });
    }
    Ok(Model { columns: columns.to_vec(), forests, summary: String::new(), checksum: 0 })
}

/// A number for each tree of each class.
fn hash(name: &str, n: usize) -> u64 {
    let bytes = name.bytes().map(u64::from).chain([n as u64]);
    bytes.fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ b).wrapping_mul(0x0100_0000_01b3))
}

/// The rows of a class by capture. A capture is drawn as often as the square root of its rows has it: a large one says
/// more than a small one, but not as much more as it is larger.
#[derive(Debug, Default)]
pub(super) struct Pool {
    captures: Vec<(usize, Vec<usize>)>,
}

impl Pool {
    /// Adds a row; those of a capture come together.
    fn add(&mut self, capture: usize, row: usize) {
        match self.captures.last_mut() {
            Some((last, rows)) if *last == capture => rows.push(row),
            _ => self.captures.push((capture, vec![row])),
        }
    }

    fn draw(&self, dice: &mut Dice) -> Option<usize> {
        let weight = |rows: &Vec<usize>| rows.len().isqrt();
        let mut at = dice.below(self.captures.iter().map(|(_, rows)| weight(rows)).sum());
        let (_, rows) = self.captures.iter().find(|(_, rows)| {
            let is_here = at < weight(rows);
            at = at.saturating_sub(weight(rows));
            is_here
        })?;
        dice.pick(rows).copied()
    }
}

fn tree(own: &Pool, others: &[&Pool], bins: &[Vec<u8>], n_columns: usize, dice: &mut Dice) -> anyhow::Result<Tree> {
    let mut chosen: Vec<usize> = (0..n_columns).collect();
    for i in 0..n_columns {
        let j = i + dice.below(n_columns - i);
        chosen.swap(i, j);
    }
    chosen.truncate(n_columns.div_ceil(2));
    chosen.sort_unstable();

    let mut drawn: Vec<(usize, bool)> = Vec::with_capacity(SAMPLE);
    for n in 0..SAMPLE {
        let is_own = n % 2 == 0;
        // Every other class is drawn as often, however many rows it has.
        let from = if is_own { Some(own) } else { dice.pick(others).copied() };
        let Some(row) = from.and_then(|pool| pool.draw(dice)) else { continue };
        drawn.push((row, is_own));
    }
    let bin = |row: usize, column: usize| bins.get(row).and_then(|b| b.get(column)).copied().unwrap_or(0);
    let records = Array2::from_shape_fn((drawn.len(), chosen.len()), |(i, j)| {
        let row = drawn.get(i).map_or(0, |(row, _)| *row);
        f32::from(chosen.get(j).map_or(0, |column| bin(row, *column)))
    });
    let targets: Array1<bool> = drawn.iter().map(|(_, is_own)| *is_own).collect();
    let weights: Array1<f32> = drawn.iter().map(|(_, is_own)| if *is_own { 1.0 } else { OTHER_WEIGHT }).collect();
    let dataset = DatasetBase::new(records, targets).with_weights(weights);
    let grown = DecisionTree::params()
        .split_quality(SplitQuality::Gini)
        .max_depth(Some(DEPTH))
        .min_weight_leaf(LEAF_ROWS)
        .min_weight_split(2.0 * LEAF_ROWS)
        .check()
        .and_then(|params| params.fit(&dataset))
        .map_err(|e| anyhow!("no tree could be grown: {e}"))?;
    let rows: Vec<(&[u8], bool)> =
        drawn.iter().filter_map(|(row, is_own)| Some((bins.get(*row)?.as_slice(), *is_own))).collect();
    let mut nodes = Vec::new();
    flatten(grown.root_node(), &chosen, &rows, &mut nodes)?;
    Ok(Tree { nodes })
}

/// Appends a node and what is below it; `rows` are those of the training that come to it.
fn flatten(
    node: &TreeNode<f32, bool>,
    chosen: &[usize],
    rows: &[(&[u8], bool)],
    nodes: &mut Vec<Node>,
) -> anyhow::Result<()> {
    let (feature, split, _) = node.split();
    let children = node.children();
    let (Some(Some(left)), Some(Some(right)), None) = (children.first(), children.get(1), node.prediction()) else {
        nodes.push(Node { feature: LEAF, value: leaf(rows, node.prediction() == Some(true)), right: 0 });
        return Ok(());
    };
    let column = chosen.get(feature).copied().unwrap_or(0);
    // Bins are whole numbers: what is below the split is below the next whole number.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 255, and rounded
    let value = split.ceil().clamp(0.0, 255.0) as u8;
    let at = nodes.len();
    nodes.push(Node { feature: u8::try_from(column)?, value, right: 0 });
    let goes_left = |bins: &[u8]| bins.get(column).copied().unwrap_or(0) < value;
    let (low, high): (Vec<_>, Vec<_>) = rows.iter().copied().partition(|(bins, _)| goes_left(bins));
    flatten(left, chosen, &low, nodes)?;
    let place = u16::try_from(nodes.len())?;
    if let Some(node) = nodes.get_mut(at) {
        node.right = place;
    }
    flatten(right, chosen, &high, nodes)
}

/// The share of the class among the rows of a leaf in 255ths: above half where linfa's vote is for it, else not.
fn leaf(rows: &[(&[u8], bool)], is_for: bool) -> u8 {
    let own = rows.iter().filter(|(_, is_own)| *is_own).count();
    let share = u8::try_from(own * 255 / rows.len().max(1)).unwrap_or(255);
    if is_for { share.max(128) } else { share.min(127) }
}

/// How much of the decisions each feature makes: nodes weighed by the share of rows that would come to them were every
/// split even. Largest first.
pub(super) fn importance(model: &Model) -> Vec<(String, f64)> {
    let mut weights = vec![0.0; model.columns.len()];
    for tree in model.forests.iter().flat_map(|f| &f.trees) {
        weigh(tree, 0, 1.0, &mut weights);
    }
    let sum: f64 = weights.iter().sum();
    let mut all: Vec<(String, f64)> =
        model.columns.iter().zip(&weights).map(|(c, w)| (c.name.clone(), w / sum.max(f64::MIN_POSITIVE))).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    all
}

fn weigh(tree: &Tree, at: usize, weight: f64, weights: &mut [f64]) {
    let Some(node) = tree.nodes.get(at).filter(|n| n.feature != LEAF) else { return };
    if let Some(sum) = weights.get_mut(usize::from(node.feature)) {
        *sum += weight;
    }
    weigh(tree, at + 1, weight / 2.0, weights);
    weigh(tree, usize::from(node.right), weight / 2.0, weights);
}

#[cfg(test)]
mod tests {
    use linfa::prelude::Predict as _;

    use super::*;

    /// Rows of three bins; the class has the second between 10 and 20, or the first above 40, and some are mistaken.
    fn sample(n: usize, dice: &mut Dice) -> (Vec<Vec<u8>>, Vec<bool>) {
        let bins: Vec<Vec<u8>> =
            (0..n).map(|_| (0..3).map(|_| u8::try_from(dice.below(64)).unwrap()).collect()).collect();
        let is_own = |b: &Vec<u8>| (10..20).contains(&b[1]) || b[0] > 40;
        let truth = bins.iter().map(|b| is_own(b) != (b[2] % 13 == 0)).collect();
        (bins, truth)
    }

    #[test]
    fn a_tree_votes_as_linfa_predicts() {
        let mut dice = Dice(Xoshiro256PlusPlus::seed_from_u64(5));
        let (bins, truth) = sample(900, &mut dice);
        let matrix = |bins: &[Vec<u8>]| Array2::from_shape_fn((bins.len(), 3), |(i, j)| f32::from(bins[i][j]));
        let weights: Array1<f32> = truth.iter().map(|t| if *t { 1.0 } else { OTHER_WEIGHT }).collect();
        let dataset =
            DatasetBase::new(matrix(&bins), truth.iter().copied().collect::<Array1<bool>>()).with_weights(weights);
        let grown = DecisionTree::params().max_depth(Some(9)).min_weight_leaf(2.0).fit(&dataset).unwrap();
        let rows: Vec<(&[u8], bool)> = bins.iter().map(Vec::as_slice).zip(truth.iter().copied()).collect();
        let mut nodes = Vec::new();
        flatten(grown.root_node(), &[0, 1, 2], &rows, &mut nodes).unwrap();
        let ours = Tree { nodes };
        assert!(ours.nodes.len() > 30);
        // Seen and unseen rows, the bins at every split among them.
        let (unseen, _) = sample(20_000, &mut dice);
        for bins in [&bins, &unseen] {
            let theirs = grown.predict(&matrix(bins));
            let votes: Vec<bool> = bins.iter().map(|b| ours.share(b) > 127).collect();
            assert_eq!(theirs.to_vec(), votes);
        }
    }

    #[test]
    fn the_same_rows_grow_the_same_tree() {
        let mut dice = Dice(Xoshiro256PlusPlus::seed_from_u64(8));
        let (bins, truth) = sample(400, &mut dice);
        let places = |wanted| {
            let mut pool = Pool::default();
            (0..400).filter(|i| truth[*i] == wanted).for_each(|i| pool.add(i / 50, i));
            pool
        };
        let (own, others) = (places(true), places(false));
        let grow = || tree(&own, &[&others], &bins, 3, &mut Dice(Xoshiro256PlusPlus::seed_from_u64(1))).unwrap();
        let first = grow();
        assert!((0..5).all(|_| grow() == first));
    }
}
