//! Where results go: standard output, or a file that is either whole or not there.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use wiresift::error::Error;

use crate::input::{Input, is_same_file};

/// A place to write to that was found fit for it.
#[derive(Debug)]
pub(crate) enum Output {
    Stdout,
    /// Written beside and renamed.
    File(PathBuf),
    /// A device, pipe or the like: written as it is.
    Device(PathBuf),
}

impl Output {
    /// Checks a place before the work begins: an input is never overwritten, a file with something in it only if forced.
    pub(crate) fn new(path: Option<&Path>, inputs: &[Input], is_forced: bool) -> anyhow::Result<Self> {
        let Some(path) = path.filter(|p| p.as_os_str() != "-") else { return Ok(Self::Stdout) };
        let shown = path.display();
        let Ok(meta) = fs::metadata(path) else {
            if path.file_name().is_none() {
                bail!("{shown} does not name a file");
            }
            // A link that leads nowhere: what it names would be made somewhere else.
            if path.is_symlink() {
                bail!("{shown} is a link to a file that does not exist");
            }
            return Ok(Self::File(path.to_owned()));
        };
        if meta.is_dir() {
            bail!("{shown} is a directory");
        }
        if inputs.iter().any(|i| !i.is_stdin() && is_same_file(&i.path, path)) {
            bail!("{shown} is an input: it would be overwritten");
        }
        if !meta.is_file() {
            return Ok(Self::Device(path.to_owned()));
        }
        if meta.len() > 0 && !is_forced {
            return Err(anyhow!("{shown} exists and is not empty; --force replaces it"));
        }
        // Through a link to the file itself, so that the link stays one.
        Ok(Self::File(path.canonicalize().with_context(|| format!("cannot find {shown}"))?))
    }

    /// Writes with `fill`. A file appears under its name only when all of it was written.
    pub(crate) fn write(&self, fill: impl FnOnce(&mut dyn Write) -> wiresift::error::Result<()>) -> anyhow::Result<()> {
        match self {
            Self::Stdout => to(io::stdout().lock(), fill).context("cannot write to standard output"),
            Self::Device(path) => {
                let write = || to(OpenOptions::new().write(true).open(path)?, fill);
                write().with_context(|| format!("cannot write {}", path.display()))
            }
            Self::File(path) => {
                let part = part_of(path);
                let write = || {
                    to(File::create_new(&part)?, fill)?;
                    Ok::<_, anyhow::Error>(fs::rename(&part, path)?)
                };
                write().inspect_err(|_| remove(&part)).with_context(|| format!("cannot write {}", path.display()))
            }
        }
    }
}

fn to(target: impl Write, fill: impl FnOnce(&mut dyn Write) -> wiresift::error::Result<()>) -> anyhow::Result<()> {
    let mut target = BufWriter::with_capacity(1 << 16, target);
    fill(&mut target).map_err(|e| match e {
        Error::Write(io) => anyhow!(io),
        other => anyhow!(other),
    })?;
    Ok(target.flush()?)
}

/// The name a file has while it is written: beside its place, so that renaming never crosses a file system.
fn part_of(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

fn remove(part: &Path) {
    // It may never have been made; nothing better can be done if it stays.
    let _ = fs::remove_file(part);
}
