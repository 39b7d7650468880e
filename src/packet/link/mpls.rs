//! MPLS label stacks and network service headers.

use super::ethernet;
use super::{Next, Step, Stop, Trace, Walk, be32, byte, split};

/// Labels read of one stack.
const MAX_LABELS: usize = 8;
/// The operation and maintenance alert label.
const ALERT: u32 = 14;
const BOTTOM_OF_STACK: u32 = 0x100;

/// All labels of a stack. What follows is told by nothing but its own first bits.
pub(super) fn stack<'a, T: Trace>(mut data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    for _ in 0..MAX_LABELS {
        let (header, rest) = split(data, 4, "mpls")?;
        let entry = be32(header, 0).unwrap_or(0);
        let label = entry >> 12;
        w.trace.layer("mpls", header, || format!("label {label}, ttl {}", entry & 0xff));
        data = rest;
        if entry & BOTTOM_OF_STACK != 0 {
            return if label == ALERT { Err(Stop::named("mpls oam")) } else { content(data, w) };
        }
    }
    Err(Stop::too_deep())
}

fn content<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    match byte(data, 0).ok_or(Stop::short("mpls"))? >> 4 {
        4 | 6 => return Ok((Next::Ip, data)),
        // A pseudowire's control word (RFC 4385) begins with 0, an associated channel with 1.
        0 => {
            let (word, rest) = split(data, 4, "pseudowire")?;
            if ethernet::is_plausible(rest) {
                w.trace.layer("pseudowire", word, || format!("control word 0x{:08x}", be32(word, 0).unwrap_or(0)));
                return Ok((Next::Ethernet, rest));
            }
        }
        1 if !ethernet::is_plausible(data) => return Err(Stop::named("mpls channel")),
        _ => {}
    }
    if ethernet::is_plausible(data) { Ok((Next::Ethernet, data)) } else { Err(Stop::named("mpls payload")) }
}

/// A network service header (RFC 8300): its length in words of four bytes, and the number of what follows.
pub(super) fn service_header<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    w.tag()?;
    let words = byte(data, 1).ok_or(Stop::short("nsh"))? & 0x3f;
    let (header, rest) = split(data, usize::from(words.max(2)) * 4, "nsh")?;
    w.trace.layer("nsh", header, || format!("path {}", be32(header, 4).unwrap_or(0) >> 8));
    match byte(header, 3) {
        Some(1 | 2) => Ok((Next::Ip, rest)),
        Some(3) => Ok((Next::Ethernet, rest)),
        Some(4) => Ok((Next::Nsh, rest)),
        Some(5) => Ok((Next::Mpls, rest)),
        other => Err(Stop::numbered("nsh protocol", u16::from(other.unwrap_or(0)))),
    }
}
