//! A directory stands for the captures in it, told by content.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use wiresift::capture::is_capture;
use wiresift::units::{count, count_text};

use super::{Input, order};
use crate::message;

/// Directories inside directories that are looked into.
const DEEPEST: usize = 16;
/// Bytes that tell what a file is.
const PREFIX: u64 = 4096;

/// Puts the captures of each directory in its place, in order of their names. Links to directories are not followed.
pub(super) fn expand(named: Vec<Input>, is_quiet: bool) -> anyhow::Result<Vec<Input>> {
    let mut inputs = Vec::new();
    for input in named {
        if !input.metadata().is_some_and(|m| m.is_dir()) {
            inputs.push(input);
            continue;
        }
        let shown = input.path.display();
        let mut found = Found::default();
        walk(&input.path, 0, &mut found)?;
        if found.too_deep > 0 && !is_quiet {
            let n = count_text(found.too_deep);
            message::warning(&format!("{shown}: {n} directories deeper than {DEEPEST} were not looked into"));
        }
        let mut files = found.files;
        let all = files.len();
        files.retain(|path| is_wanted(path));
        if files.is_empty() {
            bail!("{shown} is a directory without captures ({} other files)", count_text(count(all)));
        }
        if !is_quiet && files.len() < all {
            let (captures, other) = (count_text(count(files.len())), count_text(count(all - files.len())));
            message::note(&format!("{shown}: captures read: {captures}, other files: {other}"));
        }
        inputs.extend(files.into_iter().map(|path| Input { path }));
    }
    Ok(inputs)
}

/// What is below a directory.
#[derive(Default)]
struct Found {
    files: Vec<PathBuf>,
    /// Directories that were not looked into.
    too_deep: u64,
}

/// Collects the regular files below a directory.
fn walk(directory: &Path, depth: usize, found: &mut Found) -> anyhow::Result<()> {
    let context = || format!("cannot read the directory {}", directory.display());
    if depth > DEEPEST {
        found.too_deep += 1;
        return Ok(());
    }
    let entries = fs::read_dir(directory).with_context(context)?;
    let mut paths = entries.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>().with_context(context)?;
    paths.sort();
    for path in paths {
        let is_link = path.is_symlink();
        match fs::metadata(&path) {
            Ok(meta) if meta.is_dir() && !is_link => walk(&path, depth + 1, found)?,
            Ok(meta) if meta.is_file() => found.files.push(path),
            // Pipes and devices may never end, links may lead nowhere.
            _ => {}
        }
    }
    Ok(())
}

/// Whether it is a capture, or cannot be opened: then it is read, so that the report says so.
fn is_wanted(path: &Path) -> bool {
    fs::File::open(path).is_err() || is_capture(&order::prefix(path, PREFIX))
}
