//! QUIC: what the first packets say to whoever knows the published keys.

use serde::Serialize;

use super::held::held;
use super::{Offer, Shown as _, Text};

/// What a QUIC connection's first packets say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct QuicRecord {
    /// QUIC's version: `1`, `2`, `draft-29`, `Q046`.
    pub version: Text,
    /// The client's offer.
    #[serde(flatten)]
    pub offer: Offer,
    /// What the client says it is; only Google's own versions say it.
    pub user_agent: Option<Text>,
}

held!(QuicRecord { version, offer, user_agent });

impl QuicRecord {
    /// Labels and values of what is there, for people.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![("Version", self.version.to_string())];
        fields.extend(self.offer.fields());
        fields.extend(self.user_agent.shown().map(|agent| ("User agent", agent)));
        fields
    }
}
