//! HTTP/1: the first request and answer, and counts over all of them.

use serde::Serialize;

use super::held::held;
use super::{Tally, Text};

/// What a connection's HTTP messages say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct HttpRecord {
    /// The first request's method.
    pub method: Option<Text>,
    /// Its host, by the header, else by the URI.
    pub host: Option<Text>,
    /// What it asks for.
    pub uri: Option<Text>,
    /// Its version: `1.1`.
    pub version: Option<Text>,
    /// What the client says it is.
    pub user_agent: Option<Text>,
    /// The page that led to it.
    pub referrer: Option<Text>,
    /// How the client shows who it is: `Basic`, `Bearer`, `NTLM`. Never the secret itself.
    pub authorization: Option<Text>,
    /// What the client sends, by its own word.
    pub request_content_type: Option<Text>,
    /// How much the first request carries, bytes, by its header.
    pub request_content_length: Option<u64>,
    /// The first answer's status; one that only says to go on does not count.
    pub status: Option<u16>,
    /// What the server says it is.
    pub server: Option<Text>,
    /// What the server sends, by its own word.
    pub content_type: Option<Text>,
    /// How much the first answer carries, bytes, by its header.
    pub content_length: Option<u64>,
    /// The protocol both change to.
    pub upgrade: Option<Text>,
    /// Requests.
    pub requests: u64,
    /// Answers.
    pub responses: u64,
    /// Requests by method.
    pub methods: Tally,
    /// Answers by the hundreds of their status: `2xx`.
    pub statuses: Tally,
    /// Answers that ask for credentials or refuse them: status 401, 403 and 407.
    pub denied: u64,
}

held!(HttpRecord {
    method,
    host,
    uri,
    version,
    user_agent,
    referrer,
    authorization,
    request_content_type,
    request_content_length,
    status,
    server,
    content_type,
    content_length,
    upgrade,
    requests,
    responses,
    methods,
    statuses,
    denied,
});
