//! Ctrl-C: the first ends the reading, and what was read is analysed and written; the second ends the program.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;

static IS_INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Begins to listen.
pub(crate) fn listen() -> anyhow::Result<()> {
    ctrlc::set_handler(|| {
        if IS_INTERRUPTED.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
    })
    .context("cannot listen for interrupts")
}

/// Whether the user wants an end.
pub(crate) fn is_interrupted() -> bool {
    IS_INTERRUPTED.load(Ordering::SeqCst)
}
