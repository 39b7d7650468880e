//! Finding the way again after damage: the next place from which several records follow each other plausibly.

/// What the bytes at one place look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// A plausible record of this many bytes.
    Of(usize),
    /// Like [`Link::Of`], and proof enough alone.
    Sure,
    /// No record.
    None,
    /// This many bytes are wanted to tell.
    Need(usize),
}

/// Whether records begin at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Enough of them follow each other.
    Yes,
    /// No.
    No,
    /// More bytes are wanted.
    Unknown,
}

/// A format whose records can be found again.
pub(super) trait Chain {
    /// Consecutive records that are proof.
    const LINKS: usize;

    /// Looks at the bytes from a possible record on.
    fn link(&self, bytes: &[u8]) -> Link;

    /// Judges the place at which `bytes` begin. At the file's end fewer records are enough: one that ends with the file,
    /// or half of the usual number with a last one that is cut.
    ///
    /// At most [`Chain::LINKS`] headers are looked at, so that a search costs the same for every byte.
    fn follows(&self, bytes: &[u8], is_end: bool) -> Verdict {
        let mut at = 0;
        for seen in 0..Self::LINKS {
            let rest = bytes.get(at..).unwrap_or_default();
            if is_end && rest.is_empty() && at == bytes.len() && seen > 0 {
                return Verdict::Yes;
            }
            match self.link(rest) {
                Link::Of(length) => at = at.saturating_add(length),
                Link::Sure => return Verdict::Yes,
                Link::None => return Verdict::No,
                Link::Need(_) if !is_end => return Verdict::Unknown,
                Link::Need(_) => return if seen * 2 >= Self::LINKS { Verdict::Yes } else { Verdict::No },
            }
        }
        Verdict::Yes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Records of a length byte and that many bytes.
    struct Toy;

    impl Chain for Toy {
        const LINKS: usize = 4;

        fn link(&self, bytes: &[u8]) -> Link {
            match bytes.first() {
                None => Link::Need(1),
                Some(0) => Link::None,
                Some(9) => Link::Sure,
                Some(n) => Link::Of(usize::from(*n)),
            }
        }
    }

    #[test]
    fn wants_several_records_and_fewer_at_the_end() {
        assert_eq!(Toy.follows(&[1, 1, 1, 1], false), Verdict::Yes);
        assert_eq!(Toy.follows(&[1, 1, 1, 0], false), Verdict::No);
        assert_eq!(Toy.follows(&[1, 9], false), Verdict::Yes);
        assert_eq!(Toy.follows(&[1, 1, 1], false), Verdict::Unknown);
        assert_eq!(Toy.follows(&[1, 1, 2, 7], true), Verdict::Yes);
        assert_eq!(Toy.follows(&[2, 7], true), Verdict::Yes);
        assert_eq!(Toy.follows(&[5, 7], true), Verdict::No);
        assert_eq!(Toy.follows(&[1, 1, 5], true), Verdict::Yes);
        assert_eq!(Toy.follows(&[], true), Verdict::No);
    }
}
