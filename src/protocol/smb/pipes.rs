//! What is called through named pipes.

use crate::protocol::dce_rpc::{Calls, is_packet};
use crate::report::Tally;

/// Pipes of one connection whose bindings are remembered.
const MAX_PIPES: usize = 16;

/// The pipes that calls went through, by the handle that messages name them with.
#[derive(Debug, Default)]
pub(super) struct Pipes {
    open: Vec<(u64, Calls)>,
}

impl Pipes {
    /// Counts the call or binding that is written to a pipe; other bytes are a file's.
    pub(super) fn write(&mut self, handle: u64, bytes: &[u8], interfaces: &mut Tally, operations: &mut Tally) {
        if !is_packet(bytes) {
            return;
        }
        if !self.open.iter().any(|(known, _)| *known == handle) {
            if self.open.len() >= MAX_PIPES {
                self.open.remove(0);
            }
            self.open.push((handle, Calls::default()));
        }
        if let Some((_, calls)) = self.open.iter_mut().find(|(known, _)| *known == handle) {
            calls.read(bytes, interfaces, operations);
        }
    }

    pub(super) fn heap_bytes(&self) -> usize {
        // A pipe's sixteen bindings at most.
        self.open.len() * 512
    }
}
