//! Ways to meet an entry of a list: how grave each is, what it is called, and what would make it wrong.

use crate::report::{Severity, Technique};

/// A way to meet an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A host sends to a listed address.
    ToAddress,
    /// A listed address sends to a host.
    FromAddress,
    /// A host asks for a listed name, or a server by it.
    Domain,
    /// A host asks for a listed URL, or the host of one.
    Url,
    /// A client says its hello as something listed does.
    Fingerprint,
    /// A listed certificate is shown.
    Certificate,
}

/// By what a finding's severity is decided, as it says itself.
pub(super) const SOURCE: &str = "The list that was given. High where data came back from a listed address or a listed name, URL or certificate was \
     met in a connection; medium for names only asked for, unanswered tries, listed clients that were answered and \
     fingerprints; low for listed addresses that nobody answered and hosts of listed URLs. A list's own word, and \
     networks wider than /16 or private, lower it.";

impl Kind {
    /// The kind of its findings.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ToAddress | Self::FromAddress => "listed_address",
            Self::Domain => "listed_domain",
            Self::Url => "listed_url",
            Self::Fingerprint => "listed_fingerprint",
            Self::Certificate => "listed_certificate",
        }
    }

    /// How grave it is: whether the other side answered, and whether what was met was met in full.
    pub(super) fn severity(self, is_answered: bool, is_full: bool) -> Severity {
        match (self, is_answered, is_full) {
            (Self::ToAddress, true, _) | (Self::Domain | Self::Url | Self::Certificate, _, true) => Severity::High,
            (Self::ToAddress, false, _) | (Self::FromAddress, true, _) => Severity::Medium,
            (Self::Domain, _, false) | (Self::Fingerprint, ..) | (Self::Certificate, _, false) => Severity::Medium,
            (Self::FromAddress, false, _) | (Self::Url, _, false) => Severity::Low,
        }
    }

    /// What was done, of one and of many hosts, before the number of things.
    pub(super) fn verb(self) -> (&'static str, &'static str) {
        match self {
            Self::ToAddress => ("sends to", "send to"),
            Self::FromAddress => ("is a listed address and sends to", "are listed addresses and send to"),
            Self::Domain | Self::Url => ("asks for", "ask for"),
            Self::Fingerprint => ("has the fingerprint of", "have the fingerprint of"),
            Self::Certificate => ("is shown", "are shown"),
        }
    }

    /// What is on the list, one and many.
    pub(super) fn nouns(self) -> (&'static str, &'static str) {
        match self {
            Self::ToAddress | Self::FromAddress => ("listed address", "listed addresses"),
            Self::Domain => ("listed domain", "listed domains"),
            Self::Url => ("listed URL", "listed URLs"),
            Self::Fingerprint => ("listed client", "listed clients"),
            Self::Certificate => ("listed certificate", "listed certificates"),
        }
    }

    pub(super) fn caveat(self) -> &'static str {
        match self {
            Self::ToAddress => {
                "An address may have had another owner when it was listed, and servers of many sites share one. Where the \
                 capture begins within a connection, who sent first may be mistaken."
            }
            Self::FromAddress => {
                "Listed scanners knock at every address there is: being knocked at is no incident, answering may be one."
            }
            Self::Domain => {
                "A name may be asked for by whoever looks into it, by a mail filter or by a preview; a blocked one is asked \
                 for too. Names of whole services stand on lists because of single pages."
            }
            Self::Url => {
                "Inside of encryption only the host is seen, and of a connection only the first request: hosts of many \
                 people's pages are listed for single ones."
            }
            Self::Fingerprint => {
                "A fingerprint is of a program's library and settings: honest programs made with the same have it too."
            }
            Self::Certificate => {
                "A certificate is shown to whoever connects, by a scan too; TLS 1.3 hides it, so its absence says nothing."
            }
        }
    }

    pub(super) fn technique(self) -> Option<Technique> {
        Some(match self {
            Self::ToAddress => Technique { id: "T1071", name: "Application Layer Protocol" },
            Self::FromAddress => Technique { id: "T1595", name: "Active Scanning" },
            Self::Domain | Self::Url | Self::Fingerprint => Technique { id: "T1071.001", name: "Web Protocols" },
            Self::Certificate => Technique { id: "T1573.002", name: "Asymmetric Cryptography" },
        })
    }
}
