//! Several files: none twice, and the earliest first.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use wiresift::capture::{Limits, first_timestamp};

use super::Input;
use crate::exit::UsageError;

/// Bytes of a file in which its first packet is looked for; where there is none, the larger.
const PREFIXES: [u64; 2] = [1 << 16, 1 << 22];

/// Refuses a file that is given twice, under whatever names: its packets would count twice.
pub(super) fn refuse_duplicates(inputs: &[Input]) -> Result<(), UsageError> {
    let mut seen = BTreeSet::new();
    for input in inputs.iter().filter(|i| !i.is_stdin()) {
        if !seen.insert(identity(&input.path)) {
            let shown = input.path.display();
            return Err(UsageError(format!("{shown} is given more than once; its packets would count twice")));
        }
    }
    Ok(())
}

/// What two names of the same file have in common.
fn identity(path: &Path) -> (u64, u64, OsString) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        if let Ok(meta) = std::fs::metadata(path) {
            return (meta.dev(), meta.ino(), OsString::new());
        }
    }
    (0, 0, path.canonicalize().unwrap_or_else(|_| path.to_owned()).into_os_string())
}

/// Sorts files by the time of their first packet; those without packets, and those of the same time, stay as they are
/// given. A pipe cannot be looked into before it is read: with one among them nothing is sorted.
pub(super) fn by_time(inputs: &mut [Input], limits: Limits) {
    if inputs.len() < 2 || inputs.iter().any(Input::is_pipe) {
        return;
    }
    // No time is after all times.
    inputs.sort_by_cached_key(|input| {
        let first = PREFIXES.iter().find_map(|&most| first_timestamp(&prefix(&input.path, most), limits));
        (first.is_none(), first)
    });
}

/// The first bytes of a file, as far as they can be read.
pub(super) fn prefix(path: &Path, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Ok(file) = File::open(path) {
        // What was read before an error is kept; the error comes again when the file is read.
        let _ = file.take(most).read_to_end(&mut bytes);
    }
    bytes
}
