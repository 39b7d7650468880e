//! One protocol of a flow, how it is known and how surely, and what several of them say together.

use serde::Serialize;

use super::{Application, KnownBy};

/// A protocol that a flow speaks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Service {
    /// Zeek's name for it, in lower case.
    pub name: &'static str,
    /// How it is known.
    pub known_by: KnownBy,
    /// How surely: 1 for a signature that nothing else has.
    ///
    /// **Range** 0-1.
    pub confidence: f32,
}

impl Service {
    /// Bytes of memory that one takes, whatever the target.
    pub(super) const HELD_BYTES: usize = 24;
}

const _: () = assert!(size_of::<Service>() <= Service::HELD_BYTES);

impl Application {
    /// Whether nothing in the payload says so: then no service is claimed.
    #[must_use]
    pub fn is_guess(&self) -> bool {
        self.services.first().is_none_or(|outermost| outermost.known_by != KnownBy::Payload)
    }

    /// The innermost protocol that is known like the outermost: of those that the payload shows, or of a guess.
    #[must_use]
    pub fn service(&self) -> Option<&'static str> {
        let known_by = self.services.first()?.known_by;
        self.services.iter().rfind(|service| service.known_by == known_by).map(|service| service.name)
    }

    /// How surely all of them are known: as the least sure one.
    ///
    /// **Range** 0-1.
    #[must_use]
    pub fn confidence(&self) -> f32 {
        self.services.iter().map(|service| service.confidence).fold(1.0, f32::min)
    }

    /// The protocols, outermost first.
    pub fn names_of_services(&self) -> impl Iterator<Item = &'static str> {
        self.services.iter().map(|service| service.name)
    }

    /// The protocols, outermost first, separated by commas, as Zeek's conn.log has them.
    #[must_use]
    pub fn services_text(&self) -> String {
        self.names_of_services().collect::<Vec<_>>().join(",")
    }

    /// How they are known: a word for each, in the same order, separated by commas.
    #[must_use]
    pub fn known_by_text(&self) -> String {
        self.services.iter().map(|service| service.known_by.name()).collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn application(services: &[(&'static str, KnownBy, f32)]) -> Application {
        let service = |&(name, known_by, confidence)| Service { name, known_by, confidence };
        Application { services: services.iter().map(service).collect(), records: Vec::new() }
    }

    #[test]
    fn each_service_says_how_it_is_known() {
        let mail = application(&[("ssl", KnownBy::Payload, 1.0), ("imap", KnownBy::Port, 0.9)]);
        assert_eq!((mail.services_text(), mail.known_by_text()), ("ssl,imap".into(), "payload,port".into()));
        assert_eq!((mail.service(), mail.is_guess()), (Some("ssl"), false));
        assert!((mail.confidence() - 0.9).abs() < 1e-6);
        let unseen = application(&[("ssl", KnownBy::Port, 0.5), ("imap", KnownBy::Port, 0.5)]);
        assert_eq!((unseen.service(), unseen.is_guess()), (Some("imap"), true));
        assert!(application(&[("ssh", KnownBy::Model, 0.8)]).is_guess());
        let both = application(&[("smtp", KnownBy::Payload, 1.0), ("ssl", KnownBy::Payload, 0.9)]);
        assert_eq!((both.service(), both.known_by_text()), (Some("ssl"), "payload,payload".into()));
    }
}
