//! Forests over binned features, and how they decide.

use super::Class;
use crate::features::FLOW_FEATURES;
use crate::report::{FlowRecord, Proto};

/// In [`Node::feature`]: the node is a leaf, and [`Node::value`] the share of its class, 0-255.
pub const LEAF: u8 = u8::MAX;
/// Largest bin: 0 is "missing", the others are the places between cuts.
pub const MAX_BIN: u8 = 254;

/// A feature as the trees see it: the number of the interval between cuts that its value is in.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Name in the catalogue of flow features.
    pub name: String,
    /// Its place there.
    pub index: usize,
    /// Where intervals begin, ascending.
    pub cuts: Vec<f32>,
}

impl Column {
    /// The bin of a raw value: 0 where it is missing, else one more than the number of cuts that are not above it.
    #[must_use]
    pub fn bin(&self, raw: Option<f64>) -> u8 {
        let Some(raw) = raw.filter(|r| r.is_finite()) else { return 0 };
        let below = self.cuts.partition_point(|cut| f64::from(*cut) <= raw);
        u8::try_from(below + 1).unwrap_or(MAX_BIN).min(MAX_BIN)
    }
}

/// A node of a tree. The left child follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Place of the column that is asked, or [`LEAF`].
    pub feature: u8,
    /// Bins below this go left; in a leaf, the share of the class in 255ths.
    pub value: u8,
    /// Place of the right child in the tree, always behind this node.
    pub right: u16,
}

/// A decision tree, its root first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// The nodes.
    pub nodes: Vec<Node>,
}

impl Tree {
    /// The share of the class in the leaf that these bins lead to, in 255ths; more than half is a vote for it.
    ///
    /// Ends after at most as many steps as there are nodes, since children are behind their parents.
    #[must_use]
    pub fn share(&self, bins: &[u8]) -> u8 {
        let mut at = 0;
        while let Some(node) = self.nodes.get(at) {
            if node.feature == LEAF {
                return node.value;
            }
            let bin = bins.get(usize::from(node.feature)).copied().unwrap_or(0);
            at = if bin < node.value { at + 1 } else { usize::from(node.right).max(at + 1) };
        }
        0
    }
}

/// The trees that tell one class from all others of its transport.
#[derive(Debug, Clone, PartialEq)]
pub struct Forest {
    /// The class.
    pub class: Class,
    /// Smallest confidence with which it is claimed; above 1 = never.
    pub threshold: f32,
    /// The trees.
    pub trees: Vec<Tree>,
}

impl Forest {
    /// The mean share of the class over the trees, 0-1.
    fn share(&self, bins: &[u8]) -> f32 {
        let sum: u32 = self.trees.iter().map(|tree| u32::from(tree.share(bins))).sum();
        let most = u32::try_from(self.trees.len()).unwrap_or(u32::MAX).saturating_mul(255).max(1);
        ratio(sum, most)
    }
}

#[allow(clippy::cast_precision_loss)] // both are below 2^24: 255 times at most 1024 trees
fn ratio(a: u32, b: u32) -> f32 {
    a as f32 / b as f32
}

/// What a model says of a flow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Guess {
    /// The class whose forest is surest.
    pub class: Class,
    /// The forest's share, and where the forests' shares add up to more than 1, its part of them.
    ///
    /// **Range** 0-1.
    pub confidence: f32,
    /// Whether it reaches the class's threshold.
    pub is_sure: bool,
}

impl Guess {
    /// The service and the confidence; `None` for the rest of a transport.
    #[must_use]
    pub fn claim(&self) -> Option<(&'static str, f32)> {
        self.class.service().map(|service| (service, self.confidence))
    }
}

/// A trained model.
///
/// **Memory** four bytes a node, four a cut.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Model {
    /// The features it asks for, at most 254.
    pub columns: Vec<Column>,
    /// One forest a class.
    pub forests: Vec<Forest>,
    /// What it was trained on and how well it did, as JSON text.
    pub summary: String,
    /// CRC-32 of its file, which names it.
    pub checksum: u32,
}

impl Model {
    /// The name of the model in reports: its checksum in hexadecimal digits.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{:08x}", self.checksum)
    }

    /// The bins of a flow's features.
    #[must_use]
    pub fn bins(&self, flow: &FlowRecord) -> Vec<u8> {
        let raw = |c: &Column| FLOW_FEATURES.get(c.index).and_then(|f| (f.value)(flow));
        self.columns.iter().map(|c| c.bin(raw(c))).collect()
    }

    /// What it says of a flow; `None` where it has no forest for the transport.
    #[must_use]
    pub fn guess(&self, flow: &FlowRecord) -> Option<Guess> {
        if self.forests.iter().any(|f| f.class.proto() == flow.proto) {
            self.guess_of(flow.proto, &self.bins(flow))
        } else {
            None
        }
    }

    /// What it says of a flow with these bins. Of equals the first forest wins.
    #[must_use]
    pub fn guess_of(&self, proto: Proto, bins: &[u8]) -> Option<Guess> {
        let mut best: Option<(&Forest, f32)> = None;
        let mut sum = 0.0;
        for forest in self.forests.iter().filter(|f| f.class.proto() == proto) {
            let share = forest.share(bins);
            sum += share;
            if best.is_none_or(|(_, most)| share > most) {
                best = Some((forest, share));
            }
        }
        let (forest, share) = best?;
        let confidence = if sum > 1.0 { share / sum } else { share };
        Some(Guess { class: forest.class, confidence, is_sure: confidence >= forest.threshold })
    }
}
