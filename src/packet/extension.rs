//! Headers between IP and the transport: IPv6's extensions, and authentication headers of both versions.

use super::bytes::{be16, be32, byte};
use super::trace::Trace;

/// Extension headers read of one packet.
const MAX_HEADERS: usize = 16;

const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
const FRAGMENT: u8 = 44;
/// The authentication header of IPsec, which IPv4 uses too.
pub(super) const AUTHENTICATION: u8 = 51;
const NO_NEXT_HEADER: u8 = 59;
const DESTINATION: u8 = 60;
const MOBILITY: u8 = 135;
const HOST_IDENTITY: u8 = 139;
const SHIM6: u8 = 140;

/// Which part of a packet a fragment is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Fragment {
    /// What all fragments of a packet share.
    pub(super) id: u32,
    /// Where it begins in the packet's payload, bytes.
    pub(super) offset: u32,
    /// Whether others follow.
    pub(super) has_more: bool,
}

impl Fragment {
    /// The two bytes of flags and offset that IPv6 writes, with the id.
    fn of_ipv6(header: &[u8]) -> Option<Self> {
        let word = be16(header, 2)?;
        Some(Self { id: be32(header, 4)?, offset: u32::from(word & 0xfff8), has_more: word & 1 == 1 })
    }

    /// Whether it is a part and not the whole.
    pub(super) fn is_part(self) -> bool {
        self.offset > 0 || self.has_more
    }
}

/// How a chain of headers ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// At the transport.
    Whole,
    /// Inside a header.
    Cut,
    /// At a header beyond the limit.
    Limit,
}

/// A chain of headers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extensions {
    /// What follows the chain; the last header that was begun where it does not end whole.
    pub(super) proto: u8,
    /// Its bytes.
    pub(super) length: usize,
    pub(super) end: End,
    pub(super) fragment: Option<Fragment>,
    /// Whether the addresses that checksums cover may be others than those of the IP header.
    pub(super) is_rerouted: bool,
}

/// Walks the chain that begins with a header of `kind`.
pub(super) fn walk<T: Trace>(kind: u8, bytes: &[u8], trace: &mut T) -> Extensions {
    let mut chain = Extensions { proto: kind, length: 0, end: End::Whole, fragment: None, is_rerouted: false };
    for _ in 0..MAX_HEADERS {
        let rest = bytes.get(chain.length..).unwrap_or_default();
        let (next, words) = (byte(rest, 0), byte(rest, 1).map(usize::from));
        let (name, length) = match chain.proto {
            HOP_BY_HOP => ("hop-by-hop options", words.map(|n| (n + 1) * 8)),
            ROUTING => ("routing header", words.map(|n| (n + 1) * 8)),
            DESTINATION => ("destination options", words.map(|n| (n + 1) * 8)),
            FRAGMENT => ("fragment header", Some(8)),
            AUTHENTICATION => ("authentication header", words.map(|n| (n + 2) * 4)),
            // These announce nothing behind them unless they say so: then they are what the packet carries.
            MOBILITY | HOST_IDENTITY | SHIM6 if next != Some(NO_NEXT_HEADER) => {
                ("extension header", words.map(|n| (n + 1) * 8))
            }
            _ => return chain,
        };
        let (Some(next), Some(header)) = (next, length.and_then(|n| rest.get(..n))) else {
            chain.end = End::Cut;
            return chain;
        };
        trace.layer(name, header, || format!("{} bytes, next header {next}", header.len()));
        chain.is_rerouted |= matches!(chain.proto, ROUTING | DESTINATION);
        if chain.proto == FRAGMENT {
            chain.fragment = Fragment::of_ipv6(header);
        }
        chain.proto = next;
        chain.length += header.len();
        if chain.fragment.is_some_and(|f| f.offset > 0) {
            return chain;
        }
    }
    if is_extension(chain.proto) {
        chain.end = End::Limit;
    }
    chain
}

/// Whether a header of this kind has another behind it.
#[inline]
pub(super) fn is_extension(kind: u8) -> bool {
    matches!(kind, HOP_BY_HOP | ROUTING | FRAGMENT | AUTHENTICATION | DESTINATION | MOBILITY | HOST_IDENTITY | SHIM6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_later_fragments_behind_other_headers() {
        let hop_by_hop = [44, 0, 0, 0, 0, 0, 0, 0];
        let first = [17, 0, 0, 1, 0, 0, 0, 9];
        let later = [60, 0, 0, 8, 0, 0, 0, 9];
        let chain = walk(0, &[hop_by_hop, later].concat(), &mut ());
        assert_eq!(chain.fragment, Some(Fragment { id: 9, offset: 8, has_more: false }));
        assert_eq!((chain.proto, chain.length), (60, 16), "what follows is no header");
        assert_eq!(walk(0, &[hop_by_hop, first].concat(), &mut ()).fragment.unwrap().offset, 0);
        assert_eq!(walk(0, &hop_by_hop[..3], &mut ()).end, End::Cut);
        assert_eq!(walk(17, &later, &mut ()).length, 0);
        assert_eq!(walk(0, &[0; 4_000], &mut ()).end, End::Limit);
        assert_eq!(walk(135, &[59, 0, 0, 0, 0, 0, 0, 0], &mut ()).proto, 135);
    }
}
