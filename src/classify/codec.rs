//! The model file: compact, little-endian, checked before it is believed.
//!
//! ```text
//! "WSFM" version:u8
//! columns:u8   { name:text cuts:u8 { cut:f32 } }
//! forests:u8   { class:text threshold:f32 trees:u16 { nodes:u16 { feature:u8 value:u8 right:u16 } } }
//! summary:u16 bytes of UTF-8
//! crc32:u32 of all before
//! text = length:u8 bytes of UTF-8
//! ```

use super::Class;
use super::model::{Column, Forest, LEAF, MAX_BIN, Model, Node, Tree};
use crate::error::{Error, Result};
use crate::features::FLOW_FEATURES;

const MAGIC: &[u8; 4] = b"WSFM";
const VERSION: u8 = 1;
/// No model is larger.
const MAX_BYTES: usize = 4 << 20;
/// Most trees of a forest: the sum of their shares stays exact.
const MAX_TREES: u16 = 1024;
/// Most cuts of a column: one bin is "missing", one more is below the first cut.
const MAX_CUTS: u8 = MAX_BIN - 1;

impl Model {
    /// Reads a model file.
    ///
    /// **Errors** `Model` when it is none, is damaged, of a version that is not known, asks for features or classes that
    /// are not known, or has a tree that leads nowhere.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        read(bytes).map_err(|what| Error::Model(format!("{what}; expected a file written by `wiresift train`")))
    }

    /// The model as a file; the same model gives the same bytes.
    ///
    /// **Errors** `Model` when it is larger than the format allows.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let bytes = write(self).ok_or_else(|| Error::Model("it has more parts than a model file holds".into()))?;
        // What could not be read again must not be written.
        Self::from_bytes(&bytes)?;
        Ok(bytes)
    }
}

fn write(model: &Model) -> Option<Vec<u8>> {
    let mut out = MAGIC.to_vec();
    out.push(VERSION);
    out.push(u8::try_from(model.columns.len()).ok()?);
    for column in &model.columns {
        text(&mut out, &column.name)?;
        out.push(u8::try_from(column.cuts.len()).ok()?);
        column.cuts.iter().for_each(|cut| out.extend_from_slice(&cut.to_le_bytes()));
    }
    out.push(u8::try_from(model.forests.len()).ok()?);
    for forest in &model.forests {
        text(&mut out, forest.class.name())?;
        out.extend_from_slice(&forest.threshold.to_le_bytes());
        out.extend_from_slice(&u16::try_from(forest.trees.len()).ok()?.to_le_bytes());
        for tree in &forest.trees {
            out.extend_from_slice(&u16::try_from(tree.nodes.len()).ok()?.to_le_bytes());
            for node in &tree.nodes {
                out.extend_from_slice(&[node.feature, node.value]);
                out.extend_from_slice(&node.right.to_le_bytes());
            }
        }
    }
    out.extend_from_slice(&u16::try_from(model.summary.len()).ok()?.to_le_bytes());
    out.extend_from_slice(model.summary.as_bytes());
    let checksum = crc32fast::hash(&out);
    out.extend_from_slice(&checksum.to_le_bytes());
    Some(out)
}

fn text(out: &mut Vec<u8>, text: &str) -> Option<()> {
    out.push(u8::try_from(text.len()).ok()?);
    out.extend_from_slice(text.as_bytes());
    Some(())
}

/// Why a file is refused.
type Refusal = String;

fn read(bytes: &[u8]) -> std::result::Result<Model, Refusal> {
    if bytes.len() > MAX_BYTES {
        return Err(format!("it has {} bytes, more than the {MAX_BYTES} of the largest model", bytes.len()));
    }
    let Some((head, body)) = bytes.split_first_chunk::<4>().filter(|(head, _)| *head == MAGIC) else {
        return Err("it does not begin as a model does".into());
    };
    match body.first() {
        Some(&VERSION) => {}
        Some(version) => return Err(format!("it has version {version} of the format, known is {VERSION}")),
        None => return Err("it is cut".into()),
    }
    let Some((content, stated)) = body.split_last_chunk::<4>() else { return Err("it is cut".into()) };
    let stated = u32::from_le_bytes(*stated);
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(head);
    hasher.update(content);
    if hasher.finalize() != stated {
        return Err("it is damaged or cut: its checksum is not that of its bytes".into());
    }
    let mut cursor = Cursor(content.get(1..).unwrap_or_default());
    let columns = (0..cursor.byte()?).map(|_| column(&mut cursor)).collect::<std::result::Result<Vec<_>, _>>()?;
    if columns.len() > usize::from(MAX_BIN) {
        return Err("it asks for too many features".into());
    }
    let forests: Vec<Forest> =
        (0..cursor.byte()?).map(|_| forest(&mut cursor, columns.len())).collect::<std::result::Result<_, _>>()?;
    if forests.iter().enumerate().any(|(i, f)| forests.iter().take(i).any(|g| g.class == f.class)) {
        return Err("it has two forests for one class".into());
    }
    let length = usize::from(cursor.short()?);
    let summary = cursor.text(length)?;
    if !cursor.0.is_empty() {
        return Err("it goes on where it should end".into());
    }
    Ok(Model { columns, forests, summary, checksum: stated })
}

fn column(cursor: &mut Cursor<'_>) -> std::result::Result<Column, Refusal> {
    let length = cursor.byte()?.into();
    let name = cursor.text(length)?;
    let Some(index) = FLOW_FEATURES.iter().position(|f| f.name == name) else {
        let name = name.escape_debug();
        return Err(format!("it asks for the feature `{name}`, which this version does not have"));
    };
    let cuts = cursor.byte()?;
    if cuts > MAX_CUTS {
        return Err(format!("the feature `{name}` has {cuts} cuts, allowed are {MAX_CUTS}"));
    }
    let cuts = (0..cuts).map(|_| cursor.float()).collect::<std::result::Result<Vec<_>, _>>()?;
    if !cuts.iter().all(|c| c.is_finite()) || !cuts.is_sorted_by(|a, b| a < b) {
        return Err(format!("the cuts of the feature `{name}` do not ascend"));
    }
    Ok(Column { name, index, cuts })
}

fn forest(cursor: &mut Cursor<'_>, columns: usize) -> std::result::Result<Forest, Refusal> {
    let length = cursor.byte()?.into();
    let name = cursor.text(length)?;
    let Some(class) = Class::named(&name) else {
        return Err(format!("it knows a class `{}`, which this version does not have", name.escape_debug()));
    };
    let threshold = cursor.float()?;
    if !threshold.is_finite() || threshold < 0.0 {
        return Err(format!("the threshold of `{name}` is not a number from 0"));
    }
    let count = cursor.short()?;
    if !(1..=MAX_TREES).contains(&count) {
        return Err(format!("the forest of `{name}` has {count} trees, allowed are 1 to {MAX_TREES}"));
    }
    let trees = (0..count).map(|_| tree(cursor, columns)).collect::<std::result::Result<_, _>>()?;
    Ok(Forest { class, threshold, trees })
}

fn tree(cursor: &mut Cursor<'_>, columns: usize) -> std::result::Result<Tree, Refusal> {
    let count = cursor.short()?;
    let mut nodes = Vec::new();
    for at in 0..count {
        let node = Node { feature: cursor.byte()?, value: cursor.byte()?, right: cursor.short()? };
        let leads = at.checked_add(1).is_some_and(|next| next < count && (next..count).contains(&node.right));
        if node.feature != LEAF && (usize::from(node.feature) >= columns || !leads) {
            return Err("a tree of it leads nowhere".into());
        }
        nodes.push(node);
    }
    if nodes.is_empty() {
        return Err("a tree of it is empty".into());
    }
    Ok(Tree { nodes })
}

/// The bytes that are left.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn chunk<const N: usize>(&mut self) -> std::result::Result<[u8; N], Refusal> {
        let (chunk, rest) = self.0.split_first_chunk().ok_or("it is cut")?;
        self.0 = rest;
        Ok(*chunk)
    }

    fn byte(&mut self) -> std::result::Result<u8, Refusal> {
        self.chunk::<1>().map(|[byte]| byte)
    }

    fn short(&mut self) -> std::result::Result<u16, Refusal> {
        self.chunk().map(u16::from_le_bytes)
    }

    fn float(&mut self) -> std::result::Result<f32, Refusal> {
        self.chunk().map(f32::from_le_bytes)
    }

    fn text(&mut self, length: usize) -> std::result::Result<String, Refusal> {
        let (text, rest) = self.0.split_at_checked(length).ok_or("it is cut")?;
        self.0 = rest;
        String::from_utf8(text.to_vec()).map_err(|_| "a name of it is not UTF-8".into())
    }
}
