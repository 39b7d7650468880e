//! Names the application protocol of flows whose payload shows none, by random forests over their measurements.
//!
//! A guess stands in [`FlowRecord::application`] with [`KnownBy::Model`] and its confidence, never in
//! [`FlowRecord::service`]: that is what the payload says.

mod class;
mod codec;
mod model;

use std::sync::LazyLock;

pub use class::Class;
pub use model::{Column, Forest, Guess, LEAF, MAX_BIN, Model, Node, Tree};

use crate::chunked::Chunked;
use crate::report::{Application, FlowRecord, Guesses, Held as _, KnownBy};

/// The model that comes with the program, made by `scripts/train-model`.
static BUILT_IN: &[u8] = include_bytes!("classify/model.bin");

/// The built-in model.
#[must_use]
pub fn built_in() -> &'static Model {
    // A test holds that the file is a model; one without forests would say nothing.
    static MODEL: LazyLock<Model> = LazyLock::new(|| Model::from_bytes(BUILT_IN).unwrap_or_default());
    &MODEL
}

/// Whether the model is asked about a flow: of a capture, over TCP or UDP, with payload, and none of it recognised.
#[must_use]
pub fn is_asked(flow: &FlowRecord) -> bool {
    let is_known = flow.application.as_ref().is_some_and(|a| a.known_by == KnownBy::Payload);
    !is_known && flow.table.is_none() && flow.service.is_none() && flow.orig.payload_bytes + flow.resp.payload_bytes > 0
}

/// Writes the model's guess into every flow that it is asked about and sure enough of, as long as these take no more than
/// `room` bytes of memory together.
pub fn annotate(flows: &mut Chunked<FlowRecord>, model: &Model, room: u64) -> Guesses {
    let mut guesses = Guesses { model: model.name(), ..Guesses::default() };
    let mut room = room;
    for flow in flows {
        if !is_asked(flow) {
            continue;
        }
        let Some(guess) = model.guess(flow) else { continue };
        guesses.asked += 1;
        let Some((service, confidence)) = guess.claim().filter(|_| guess.is_sure) else { continue };
        let guess = Application { services: vec![service], known_by: KnownBy::Model, confidence, records: Vec::new() };
        let Some(left) = u64::try_from(guess.held_bytes()).ok().and_then(|bytes| room.checked_sub(bytes)) else {
            guesses.not_kept += 1;
            continue;
        };
        room = left;
        guesses.named += 1;
        flow.application = Some(Box::new(guess));
    }
    guesses
}

#[cfg(test)]
mod tests;
