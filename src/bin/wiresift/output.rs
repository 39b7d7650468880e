//! Where results go: standard output, or a file that is either whole or not there.

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use wiresift::error::Error;

use crate::input::{Input, is_same_file};

/// Bytes written at once.
const BUFFER: usize = 1 << 16;

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

    /// Begins to write.
    pub(crate) fn begin(&self) -> anyhow::Result<Sink> {
        let context = || format!("cannot write {self}");
        let (target, part): (Box<dyn Write>, _) = match self {
            Self::Stdout => (Box::new(io::stdout().lock()), None),
            Self::Device(path) => (Box::new(OpenOptions::new().write(true).open(path).with_context(context)?), None),
            Self::File(path) => {
                let part = part_of(path);
                (Box::new(File::create_new(&part).with_context(context)?), Some(Part { part, path: path.clone() }))
            }
        };
        Ok(Sink { target: BufWriter::with_capacity(BUFFER, target), part, name: self.to_string() })
    }

    /// Writes with `fill`. A file appears under its name only when all of it was written.
    pub(crate) fn write(&self, fill: impl FnOnce(&mut dyn Write) -> wiresift::error::Result<()>) -> anyhow::Result<()> {
        let mut sink = self.begin()?;
        let filled = fill(&mut sink);
        sink.end(filled)
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdout => f.write_str("to standard output"),
            Self::File(path) | Self::Device(path) => path.display().fmt(f),
        }
    }
}

/// An output being written. Dropped before its end, it leaves no file.
pub(crate) struct Sink {
    target: BufWriter<Box<dyn Write>>,
    part: Option<Part>,
    name: String,
}

/// A file that is not whole yet.
struct Part {
    part: PathBuf,
    path: PathBuf,
}

impl Sink {
    /// Ends the writing with what came of it: a file gets its name if all went well.
    pub(crate) fn end<T>(mut self, filled: wiresift::error::Result<T>) -> anyhow::Result<T> {
        let end = || {
            let value = filled.map_err(|e| match e {
                Error::Write(io) => anyhow!(io),
                other => anyhow!(other),
            })?;
            self.target.flush()?;
            if let Some(Part { part, path }) = &self.part {
                fs::rename(part, path)?;
            }
            Ok::<T, anyhow::Error>(value)
        };
        end().with_context(|| format!("cannot write {}", self.name))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.target.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.target.flush()
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Once renamed it is not there any more; if it cannot be removed, nothing better can be done.
        let _ = fs::remove_file(&self.part);
    }
}

/// The name a file has while it is written: beside its place, so that renaming never crosses a file system.
fn part_of(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}
