//! Names the application protocol of flows whose payload shows none, by random forests over their measurements.
//!
//! Where the model is not sure and no payload was captured, the responder's port names them. A guess stands in
//! [`FlowRecord::application`] with [`KnownBy::Model`] or [`KnownBy::Port`] and its confidence, never in
//! [`FlowRecord::service`]: that is what the payload says.

mod class;
mod codec;
mod model;

use std::sync::LazyLock;

pub use class::Class;
pub use model::{Column, Forest, Guess, LEAF, MAX_BIN, Model, Node, Tree};

use crate::chunked::Chunked;
use crate::protocol;
use crate::report::{Application, FlowRecord, Guesses, Held as _, KnownBy, Proto, Service};

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
    let is_known = flow.application.as_ref().is_some_and(|a| !a.is_guess());
    !is_known && flow.table.is_none() && flow.service.is_none() && flow.orig.payload_bytes + flow.resp.payload_bytes > 0
}

/// What a flow is taken for by the responder's port. Nobody looked into its payload: there was some, in both directions or
/// after both ends of a TCP connection had agreed to it, and not a byte of it was captured.
#[must_use]
pub fn by_port(flow: &FlowRecord) -> Option<Application> {
    let (orig, resp) = (flow.orig.payload_bytes > 0, flow.resp.payload_bytes > 0);
    let is_established = matches!(flow.conn_state, Some("S1" | "S2" | "S3" | "SF" | "RSTO" | "RSTR"));
    let was_there = (orig && resp) || (is_established && flow.proto == Proto::TCP && (orig || resp));
    let is_unseen = was_there && !flow.measures.has_payload && flow.table.is_none();
    protocol::by_port(flow.proto, flow.resp_port).filter(|_| is_unseen)
}

/// Writes a guess into every flow that the model is asked about: the model's where it is sure enough, else the port's where
/// there is one, as long as these take no more than `room` bytes of memory together.
pub fn annotate(flows: &mut Chunked<FlowRecord>, model: &Model, room: u64) -> Guesses {
    let mut guesses = Guesses { model: model.name(), ..Guesses::default() };
    let mut room = room;
    for flow in flows {
        if !is_asked(flow) {
            continue;
        }
        let answer = model.guess(flow);
        guesses.asked += u64::from(answer.is_some());
        let sure = answer.filter(|guess| guess.is_sure).and_then(|guess| guess.claim());
        let by_model = sure.map(|(name, confidence)| Application {
            services: vec![Service { name, known_by: KnownBy::Model, confidence }],
            records: Vec::new(),
        });
        let Some(guess) = by_model.or_else(|| by_port(flow)) else { continue };
        let Some(left) = u64::try_from(guess.held_bytes()).ok().and_then(|bytes| room.checked_sub(bytes)) else {
            guesses.not_kept += 1;
            continue;
        };
        room = left;
        let named = if sure.is_some() { &mut guesses.named } else { &mut guesses.named_by_port };
        *named += 1;
        flow.application = Some(Box::new(guess));
    }
    guesses
}

#[cfg(test)]
mod tests;
