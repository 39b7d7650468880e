//! From file names to a report: files are read in slices by a thread of their own, so that a pipe that says nothing
//! can still be interrupted and reading overlaps with analysis. Directories stand for the captures in them, and files
//! are read in order of time.

mod directory;
mod order;

use std::collections::hash_map::RandomState;
use std::fs::{File, Metadata};
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{self, Read};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::time::Duration;

use clap::ArgMatches;
use wiresift::capture::Limits;
use wiresift::classify::Model;
use wiresift::enrich::SideFiles;
use wiresift::pipeline::Analyzer;
use wiresift::report::{Baseline, Report, Status};
use wiresift::settings::Settings;
use wiresift::units::count;

use crate::baseline_flag;
use crate::exit::UsageError;
use crate::interrupt::is_interrupted;
use crate::message;
use crate::model_flag;
use crate::progress::Progress;
use crate::setting_flags;
use crate::side_flags;

/// Bytes read at once.
pub(crate) const SLICE: usize = 1 << 20;
/// Slices read ahead.
const AHEAD: usize = 4;
/// How long to wait for bytes before looking whether the user wants an end.
const WAIT: Duration = Duration::from_millis(100);
/// Bytes of a pipe or device that are still counted after the place where reading stopped: it may never end.
const DRAIN: u64 = 64 << 20;

/// A file to read; `-` is standard input.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    pub(crate) path: PathBuf,
}

impl Input {
    /// The inputs of the command line in the order they are read: by the time of their first packets where all are
    /// files, else as they are given.
    pub(crate) fn all(matches: &ArgMatches) -> anyhow::Result<Vec<Self>> {
        let named = |id| matches.get_many::<PathBuf>(id).into_iter().flatten();
        let named: Vec<Self> = named("read").chain(named("file")).map(|path| Self { path: path.clone() }).collect();
        if named.iter().filter(|i| i.is_stdin()).count() > 1 {
            return Err(UsageError("standard input can be read only once".into()).into());
        }
        let mut inputs = directory::expand(named, matches.get_flag("quiet"))?;
        order::refuse_duplicates(&inputs)?;
        order::by_time(&mut inputs, Limits::of(&setting_flags::settings(matches)?));
        Ok(inputs)
    }

    pub(crate) fn is_stdin(&self) -> bool {
        self.path.as_os_str() == "-"
    }

    /// The last part of its name, for people.
    pub(crate) fn name(&self) -> String {
        if self.is_stdin() {
            return "standard input".to_owned();
        }
        let name = self.path.file_name().unwrap_or(self.path.as_os_str());
        name.to_string_lossy().into_owned()
    }

    fn metadata(&self) -> Option<Metadata> {
        if self.is_stdin() { None } else { std::fs::metadata(&self.path).ok() }
    }

    /// Whether it is there and can be read only once.
    pub(crate) fn is_pipe(&self) -> bool {
        self.is_stdin() || self.metadata().is_some_and(|m| !m.is_file())
    }

    fn regular_len(&self) -> Option<u64> {
        self.metadata().filter(Metadata::is_file).map(|m| m.len())
    }
}

/// A report, and whether the user ended the reading early.
pub(crate) struct Analysis {
    /// Never freed: the process ends when it has been written, and a report is millions of small pieces of memory.
    pub(crate) report: ManuallyDrop<Report>,
    pub(crate) is_interrupted: bool,
}

/// What is given beside the captures.
#[derive(Default)]
pub(crate) struct Beside {
    /// Names protocols instead of the built-in model.
    pub(crate) model: Option<Model>,
    /// Says what is normal instead of the capture.
    pub(crate) baseline: Option<Baseline>,
    /// Threat lists and port scans.
    pub(crate) files: SideFiles,
}

impl Beside {
    /// What the flags name.
    pub(crate) fn of(matches: &ArgMatches) -> anyhow::Result<Self> {
        let (model, baseline) = (model_flag::model(matches)?, baseline_flag::baseline(matches)?);
        Ok(Self { model, baseline, files: side_flags::files(matches)? })
    }
}

/// Two random numbers to key hash tables with.
pub(crate) fn hash_seed() -> [u64; 2] {
    [(); 2].map(|()| RandomState::new().build_hasher().finish())
}

/// Reads all inputs and detects with what is given beside them; warnings about what was not read whole
/// go to standard error.
pub(crate) fn analyze(
    inputs: &[Input],
    settings: Settings,
    beside: Beside,
    is_quiet: bool,
) -> anyhow::Result<Analysis> {
    let mut analyzer = Analyzer::new(settings, hash_seed())?;
    if let Some(model) = beside.model {
        analyzer.use_model(model);
    }
    if let Some(baseline) = beside.baseline {
        analyzer.use_baseline(baseline)?;
    }
    read_all(inputs, analyzer, is_quiet, |analyzer| analyzer.finish_with(&beside.files))
}

/// The same with another analyser and another end.
pub(crate) fn read_all(
    inputs: &[Input],
    mut analyzer: Analyzer,
    is_quiet: bool,
    finish: impl FnOnce(Analyzer) -> wiresift::error::Result<Report>,
) -> anyhow::Result<Analysis> {
    let total: Option<u64> = inputs.iter().map(Input::regular_len).sum();
    let mut progress = Progress::new(total, is_quiet);
    for input in inputs {
        if is_interrupted() {
            break;
        }
        analyzer.begin_file(&input.name());
        read(input, &mut analyzer, &mut progress);
    }
    // Whoever interrupts after the reading means the program.
    let is_interrupted = is_interrupted();
    progress.detect();
    let report = finish(analyzer)?;
    drop(progress);
    describe(&report, is_quiet);
    Ok(Analysis { report: ManuallyDrop::new(report), is_interrupted })
}

fn describe(report: &Report, is_quiet: bool) {
    let message = report.outcome.message.as_deref().unwrap_or("no reason is known");
    let text = match report.files.as_slice() {
        [file] => format!("{}: {message}", file.name),
        _ => message.to_owned(),
    };
    match report.outcome.status {
        Status::Complete => {}
        Status::Partial if is_quiet => {}
        Status::Partial => message::warning(&text),
        Status::Rejected => message::failure(&text),
    }
}

enum Piece {
    Bytes(Vec<u8>),
    Failed(io::Error),
    /// The file is not what it was, in words.
    Changed(String),
}

fn read(input: &Input, analyzer: &mut Analyzer, progress: &mut Progress) {
    let (pieces, used) = read_ahead(input.clone());
    let is_endless = input.regular_len().is_none();
    let mut drained = 0;
    loop {
        if is_interrupted() {
            return analyzer.fail_file("interrupted by the user");
        }
        match pieces.recv_timeout(WAIT) {
            Ok(Piece::Bytes(bytes)) => {
                let was_done = analyzer.progress().is_done;
                analyzer.push(&bytes);
                drained += if was_done { count(bytes.len()) } else { 0 };
                // The reader may have ended and want no slices back.
                let _ = used.send(bytes);
            }
            Ok(Piece::Changed(what)) => return analyzer.change_file(&what),
            Ok(Piece::Failed(error)) => return analyzer.fail_file(&error.to_string()),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        progress.show(analyzer.progress());
        if is_endless && drained >= DRAIN {
            return;
        }
    }
}

/// Starts a thread that reads the input; slices sent back are filled again.
fn read_ahead(input: Input) -> (Receiver<Piece>, Sender<Vec<u8>>) {
    let (send, receive) = sync_channel(AHEAD);
    let (give_back, used) = channel();
    std::thread::spawn(move || {
        // Opening a FIFO waits for its writer, so this belongs into the thread too.
        if let Err(error) = fill(&input, &send, &used) {
            let _ = send.send(Piece::Failed(error));
        }
    });
    (receive, give_back)
}

fn fill(input: &Input, send: &SyncSender<Piece>, used: &Receiver<Vec<u8>>) -> io::Result<()> {
    if input.is_stdin() {
        return send_all(&mut io::stdin(), SLICE, send, used).map(|_| ());
    }
    let mut file = File::open(&input.path).map_err(|e| io::Error::new(e.kind(), format!("cannot open: {e}")))?;
    let before = file.metadata()?;
    // Some systems' files have no length before they are read.
    if !before.is_file() || before.len() == 0 {
        return send_all(&mut file, SLICE, send, used).map(|_| ());
    }
    // No further than it reached at first: somebody may be writing it faster than it is read.
    let slice = usize::try_from(before.len()).unwrap_or(SLICE).min(SLICE);
    let read = send_all(&mut file.by_ref().take(before.len()), slice, send, used)?;
    if let Some(what) = read.and_then(|read| change(&before, &file.metadata().ok()?, read)) {
        let _ = send.send(Piece::Changed(what));
    }
    Ok(())
}

/// What differs between a file before and after its reading.
fn change(before: &Metadata, after: &Metadata, read: u64) -> Option<String> {
    let (old, new) = (before.len(), after.len());
    if new > old {
        return Some(format!("it grew from {old} to {new} bytes and may still be written; the first {old} were read"));
    }
    if new < old || read < old {
        return Some(format!("it had {old} bytes, {read} could be read, and it has {new} now"));
    }
    let is_rewritten = matches!((before.modified(), after.modified()), (Ok(old), Ok(new)) if old != new);
    is_rewritten.then(|| "it was written to".to_owned())
}

/// Sends all of a source, in slices of `size` bytes, and gives its length; `None` when nobody takes it any more.
fn send_all(
    source: &mut dyn Read,
    size: usize,
    send: &SyncSender<Piece>,
    used: &Receiver<Vec<u8>>,
) -> io::Result<Option<u64>> {
    let mut read = 0;
    loop {
        let mut slice = used.try_recv().unwrap_or_default();
        slice.resize(size, 0);
        let n = loop {
            match source.read(&mut slice) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        slice.truncate(n);
        if n == 0 {
            return Ok(Some(read));
        }
        read += count(n);
        if send.send(Piece::Bytes(slice)).is_err() {
            return Ok(None);
        }
    }
}

/// Whether both names lead to the same file.
pub(crate) fn is_same_file(a: &Path, b: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        if let (Ok(a), Ok(b)) = (std::fs::metadata(a), std::fs::metadata(b)) {
            return (a.dev(), a.ino()) == (b.dev(), b.ino());
        }
    }
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::change;
    use std::fs::{File, metadata};
    use std::io::Write as _;
    use std::time::{Duration, SystemTime};

    #[test]
    fn a24_a_file_that_is_not_what_it_was_is_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("capture");
        let mut file = File::create(&path).unwrap();
        file.write_all(&[0; 100]).unwrap();
        let before = metadata(&path).unwrap();
        let now = |read| change(&before, &metadata(&path).unwrap(), read);
        assert_eq!(now(100), None);
        assert!(now(90).unwrap().contains("90 could be read"));
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1)).unwrap();
        assert_eq!(now(100).unwrap(), "it was written to");
        file.set_len(50).unwrap();
        assert!(now(50).unwrap().contains("it has 50 now"));
        file.set_len(101).unwrap();
        assert!(now(100).unwrap().contains("may still be written"));
    }
}
