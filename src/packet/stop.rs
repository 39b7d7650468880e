//! Why a walk over the layers of a frame ends before a packet is read.

use super::{Undecoded, Why};
use crate::capture::LinkType;

/// Where the walk ended and why, before the snapshot length is considered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stop {
    pub(super) fault: Fault,
    what: &'static str,
    number: Option<u16>,
}

/// The kind of end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The bytes end too early.
    Short,
    /// The fields contradict themselves.
    Invalid,
    /// More headers than anybody nests.
    TooDeep,
    /// Something that is not analysed.
    NonIp,
    /// The link type is not read.
    Link,
}

impl Stop {
    /// The bytes end inside the header of `what`.
    pub(super) const fn short(what: &'static str) -> Self {
        Self { fault: Fault::Short, what, number: None }
    }

    /// The header of `what` contradicts itself.
    pub(super) const fn invalid(what: &'static str) -> Self {
        Self { fault: Fault::Invalid, what, number: None }
    }

    /// Too many headers.
    pub(super) const fn too_deep() -> Self {
        Self { fault: Fault::TooDeep, what: "too deep", number: None }
    }

    /// The protocol `what`, which is not IP.
    pub(super) const fn named(what: &'static str) -> Self {
        Self { fault: Fault::NonIp, what, number: None }
    }

    /// Number `n` of the numbers that `space` names, which is not IP as far as anybody here knows.
    pub(super) const fn numbered(space: &'static str, n: u16) -> Self {
        Self { fault: Fault::NonIp, what: space, number: Some(n) }
    }

    /// A link type that is not read.
    pub(super) fn link(link_type: LinkType) -> Self {
        let (what, number) = match link_type.known_name() {
            Some(name) => (name, None),
            None => ("linktype", Some(link_type.0)),
        };
        Self { fault: Fault::Link, what, number }
    }

    /// What the bytes are, where the walk ended at something known that is not IP.
    pub(super) fn name(self) -> Option<&'static str> {
        (self.fault == Fault::NonIp).then_some(self.what)
    }

    /// The bucket: missing bytes are the snapshot length's fault only where it cut this frame.
    pub(super) fn blame(self, is_cut: bool) -> Undecoded {
        let why = match self.fault {
            Fault::Short if is_cut => Why::Truncated,
            Fault::Short | Fault::Invalid | Fault::TooDeep => Why::Malformed,
            Fault::NonIp => Why::NonIp,
            Fault::Link => Why::UnsupportedLink,
        };
        Undecoded { why, what: self.what, number: self.number }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_frame_is_truncated_and_not_malformed() {
        assert_eq!(Stop::short("ipv4").blame(true).why, Why::Truncated);
        assert_eq!(Stop::short("ipv4").blame(false).why, Why::Malformed);
        assert_eq!(Stop::invalid("ipv4").blame(true).why, Why::Malformed);
        let unknown = Stop::link(LinkType(9_999)).blame(false);
        assert_eq!((unknown.what, unknown.number), ("linktype", Some(9_999)));
    }
}
