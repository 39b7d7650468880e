//! What is taken out of packets before they are given to somebody else: payload, and who they are from.

mod addresses;
mod frame;

pub use addresses::Key;

use crate::capture::Frame;
use crate::packet;
use addresses::Addresses;

/// Which bytes of a packet are kept, from its first on. Its length on the wire stays what it was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Keep {
    /// Those that were captured.
    #[default]
    All,
    /// The headers that were read, without what they carry.
    Headers,
    /// So many.
    Bytes(u32),
}

/// What is taken out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scrub {
    /// The bytes kept. With a key, never more than the headers.
    pub keep: Keep,
    /// Replaces the addresses by it.
    pub key: Option<Key>,
}

/// What a capture says of itself that was made with a key.
const STATEMENT: &str = "Anonymised by Wiresift. IP addresses: Crypto-PAn (prefix-preserving, keyed), the first 4 bits \
    of IPv4 and 8 of IPv6 kept (16 of link-local ones), broadcast and multicast as they were but the ends of \
    solicited-node groups. Hardware addresses: the same way, the group and local bits kept. Payloads and unknown headers: \
    cut off. Options that may name somebody: blanked. Checksums: fitted, or 0 where bytes were cut. As captured: times, \
    lengths, ports, sequence numbers, VLANs and tunnel ids.";

/// Takes out of one packet after the other what is not to be given away.
#[derive(Debug)]
pub struct Scrubber {
    keep: Keep,
    addresses: Option<Addresses>,
}

impl Scrubber {
    /// A scrubber that keeps nothing of the packets before.
    #[must_use]
    pub fn new(scrub: Scrub) -> Self {
        Self { keep: scrub.keep, addresses: scrub.key.map(Addresses::new) }
    }

    /// What the capture is to say of itself; nothing where addresses stay.
    #[must_use]
    pub fn statement(&self) -> Option<&'static str> {
        self.addresses.as_ref().map(|_| STATEMENT)
    }

    /// Whether what the capture says in words (names, comments) has to go, too.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.addresses.is_some()
    }

    /// The bytes of a frame that are left, and hands them on.
    pub fn scrub<R>(&mut self, frame: &Frame<'_>, then: impl FnOnce(&[u8]) -> R) -> R {
        if let Some(addresses) = &mut self.addresses {
            let left = frame::without_names(frame, &packet::layers(frame), addresses);
            return then(within(&left, self.keep));
        }
        match self.keep {
            Keep::Headers => then(frame::headers(frame, &packet::layers(frame))),
            keep => then(within(frame.data, keep)),
        }
    }
}

fn within(data: &[u8], keep: Keep) -> &[u8] {
    match keep {
        Keep::Bytes(most) => usize::try_from(most).ok().and_then(|most| data.get(..most)).unwrap_or(data),
        Keep::All | Keep::Headers => data,
    }
}
