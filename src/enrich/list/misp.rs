//! MISP: the attributes of events.
//!
//! **Source** MISP core format, `describeTypes.json`.

use super::indicator::{Indicator, Mark};
use super::json::{Object, text};
use super::reader::{At, Building, Format};
use crate::enrich::faults::Fault;

/// Takes an attribute; false where the object is none.
pub(super) fn take(object: &Object<'_>, line: u64, into: &mut Building) -> bool {
    let is_attribute = object.contains_key("to_ids") || object.contains_key("category") && object.contains_key("uuid");
    let Some((kind, value)) = text(object, "type").zip(text(object, "value")).filter(|_| is_attribute) else {
        return false;
    };
    if object.get("to_ids").is_some_and(|raw| matches!(raw.get(), "false" | "0" | "\"0\"")) {
        into.faults.add(Fault::NotForDetection, line);
        return true;
    }
    let note =
        text(object, "comment").filter(|c| !c.is_empty()).or_else(|| text(object, "category")).unwrap_or_default();
    let at = At::line(line, &note);
    let (first, second) = value.split_once('|').unwrap_or((&value, ""));
    match kind.as_str() {
        "ip-src" | "ip-dst" | "ip-src|port" | "ip-dst|port" | "url" | "link" => {
            into.take(Format::Misp, Indicator::parse(first), at);
        }
        "uri" => into.take(Format::Misp, Indicator::url(first), at),
        "domain" | "hostname" | "hostname|port" => into.take(Format::Misp, Indicator::domain(first), at),
        "domain|ip" => {
            into.take(Format::Misp, Indicator::domain(first), at);
            into.take(Format::Misp, Indicator::parse(second), at);
        }
        "ja3-fingerprint-md5" => into.take(Format::Misp, Indicator::mark(Mark::Ja3, first), at),
        "ja3s-fingerprint-md5" => into.take(Format::Misp, Indicator::mark(Mark::Ja3s, first), at),
        "hassh-md5" | "hasshserver-md5" => into.take(Format::Misp, Indicator::mark(Mark::Hassh, first), at),
        "x509-fingerprint-sha1" => into.take(Format::Misp, Indicator::mark(Mark::CertSha1, first), at),
        "x509-fingerprint-sha256" => into.take(Format::Misp, Indicator::mark(Mark::CertSha256, first), at),
        _ => into.faults.add(Fault::NotInTraffic, line),
    }
    true
}
