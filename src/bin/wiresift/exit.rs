//! How the program ends.

use std::io;
use std::process::ExitCode;

use wiresift::error::Error;
use wiresift::report::{Report, Severity, Status};

/// The meaning of each exit code, as the help shows it.
pub(crate) const HELP: &str = "\
Exit codes:
  0    complete
  1    failed, or the file was rejected: it is not a capture that can be read
  2    the command line was wrong
  3    partial: a file was cut or damaged, what came before was analysed and written
  4    a finding reached the severity of --fail-on (also when the file was partial)
  130  interrupted; what was read until then was analysed and written";

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Complete,
    Failed,
    Usage,
    Partial,
    Found,
    Interrupted,
}

/// A command line that parses and yet makes no sense.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct UsageError(pub(crate) String);

/// What is wrong at a place in an argument.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct PlacedError {
    pub(crate) message: String,
    /// The argument.
    pub(crate) text: String,
    /// The place, in characters from 0.
    pub(crate) position: usize,
}

impl Exit {
    /// The exit code of a report that was written.
    pub(crate) fn of_report(report: &Report, fail_on: Option<Severity>) -> Self {
        let worst = report.findings.iter().map(|f| f.severity).max().unwrap_or_default();
        match report.outcome.status {
            Status::Rejected => Self::Failed,
            _ if fail_on.is_some_and(|limit| worst >= limit) => Self::Found,
            Status::Partial => Self::Partial,
            Status::Complete => Self::Complete,
        }
    }

    /// The exit code of an error. Whoever closed the pipe has read what they wanted: that is no failure.
    pub(crate) fn of_error(error: &anyhow::Error) -> Self {
        let is_usage = |cause: &(dyn std::error::Error + 'static)| {
            cause.is::<UsageError>()
                || cause.is::<PlacedError>()
                || matches!(
                    cause.downcast_ref::<Error>(),
                    Some(Error::InvalidSetting { .. } | Error::UnknownSetting { .. })
                )
        };
        let is_closed_pipe = |cause: &(dyn std::error::Error + 'static)| {
            cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
        };
        match () {
            () if error.chain().any(is_closed_pipe) => Self::Complete,
            () if error.chain().any(is_usage) => Self::Usage,
            () => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Complete => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Partial => 3,
            Exit::Found => 4,
            Exit::Interrupted => 130,
        })
    }
}
