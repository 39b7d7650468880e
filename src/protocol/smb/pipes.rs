//! What is called through named pipes.

use crate::protocol::bytes::up_to;
use crate::protocol::dce_rpc::{Calls, fragment, is_packet};
use crate::report::Tally;

/// Pipes of one connection whose bindings are remembered.
const MAX_PIPES: usize = 16;
/// Bytes of a packet that are put together from several writes: bindings with many contexts fit.
const MAX_PACKET: usize = 2048;

/// The pipes that calls went through, by the handle that messages name them with.
#[derive(Debug, Default)]
pub(super) struct Pipes {
    open: Vec<(u64, Pipe)>,
}

#[derive(Debug, Default)]
struct Pipe {
    calls: Calls,
    /// The beginning of a packet that goes on in the next write.
    begun: Vec<u8>,
}

impl Pipes {
    /// Counts the call or binding that is written to a pipe, in one write or several; other bytes are a file's.
    pub(super) fn write(&mut self, handle: u64, bytes: &[u8], interfaces: &mut Tally, operations: &mut Tally) {
        let place = self.open.iter().position(|(known, _)| *known == handle);
        let goes_on = place.and_then(|place| self.open.get(place)).is_some_and(|(_, pipe)| !pipe.begun.is_empty());
        if !goes_on && !is_packet(bytes) {
            return;
        }
        if place.is_none() {
            if self.open.len() >= MAX_PIPES {
                self.open.remove(0);
            }
            self.open.push((handle, Pipe::default()));
        }
        if let Some((_, pipe)) = self.open.iter_mut().find(|(known, _)| *known == handle) {
            pipe.write(bytes, interfaces, operations);
        }
    }

    pub(super) fn heap_bytes(&self) -> usize {
        // A pipe's sixteen bindings at most, and what has begun; vectors double as they grow.
        self.open.iter().map(|(_, pipe)| 1024 + 2 * pipe.begun.len()).sum()
    }
}

impl Pipe {
    fn write(&mut self, bytes: &[u8], interfaces: &mut Tally, operations: &mut Tally) {
        let room = MAX_PACKET - self.begun.len().min(MAX_PACKET);
        self.begun.extend_from_slice(up_to(bytes, room));
        let wanted = fragment(&self.begun).unwrap_or_default().min(MAX_PACKET);
        if self.begun.len() >= wanted {
            self.calls.read(&self.begun, interfaces, operations);
            self.begun = Vec::new();
        }
    }
}
