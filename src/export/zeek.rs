//! Flows as Zeek's conn.log: TSV with its header lines, for all that reads Zeek's logs.

use std::borrow::Cow;
use std::io;

use super::Exporter;
use crate::error::Result;
use crate::report::{Fields, FlowRecord, Proto, Report, is_local, printable};
use crate::units::Timestamp;

/// What stands where a value is not known.
const UNSET: &str = "-";
/// A set or text with nothing in it.
const EMPTY: &str = "(empty)";

/// Flows under Zeek's own names, types and escapes.
///
/// Times have six decimals as Zeek writes them; what is beyond is cut off. There are no `#open` and `#close` lines: they
/// would tell the time of writing, and the same capture would give other bytes each time. Flows of ARP are not there, as
/// Zeek has none of them.
///
/// **Source** Zeek 7.1, `base/protocols/conn/main.zeek` and its ASCII writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZeekConn;

/// A column: name, type and what stands in it.
type Column = (&'static str, &'static str, fn(&FlowRecord) -> Option<String>);

const COLUMNS: &[Column] = &[
    ("ts", "time", |f| known(f, Fields::TIME, || time(f.first_ts))),
    ("uid", "string", |f| Some(f.id_text())),
    ("id.orig_h", "addr", |f| known(f, Fields::ADDRESSES, || f.orig_addr.to_string())),
    ("id.orig_p", "port", |f| Some(f.orig_port.to_string())),
    ("id.resp_h", "addr", |f| known(f, Fields::ADDRESSES, || f.resp_addr.to_string())),
    ("id.resp_p", "port", |f| Some(f.resp_port.to_string())),
    ("proto", "enum", |f| known(f, Fields::PROTO, || proto(f.proto).to_owned())),
    ("service", "string", service),
    ("duration", "interval", |f| known(f, Fields::DURATION, || interval(f.duration_ns()))),
    ("orig_bytes", "count", |f| count(f, Fields::ORIG_BYTES, f.orig.payload_bytes)),
    ("resp_bytes", "count", |f| count(f, Fields::RESP_BYTES, f.resp.payload_bytes)),
    ("conn_state", "string", |f| f.conn_state.map(str::to_owned)),
    ("local_orig", "bool", |f| known(f, Fields::ADDRESSES, || truth(is_local(f.orig_addr)))),
    ("local_resp", "bool", |f| known(f, Fields::ADDRESSES, || truth(is_local(f.resp_addr)))),
    ("missed_bytes", "count", |f| count(f, Fields::MEASURED, f.stream.missed_bytes())),
    ("history", "string", |f| Some(f.history.clone()).filter(|history| !history.is_empty())),
    ("orig_pkts", "count", |f| count(f, Fields::ORIG_PKTS, f.orig.packets)),
    ("orig_ip_bytes", "count", |f| count(f, Fields::ORIG_IP_BYTES, f.orig.ip_bytes)),
    ("resp_pkts", "count", |f| count(f, Fields::RESP_PKTS, f.resp.packets)),
    ("resp_ip_bytes", "count", |f| count(f, Fields::RESP_IP_BYTES, f.resp.ip_bytes)),
    ("tunnel_parents", "set[string]", tunnel_parents),
    ("ip_proto", "count", |f| f.proto.number().filter(|_| f.knows(Fields::PROTO)).map(|number| number.to_string())),
];

impl Exporter for ZeekConn {
    fn export(&self, report: &Report, out: &mut dyn io::Write) -> Result<()> {
        writeln!(
            out,
            "#separator \\x09\n#set_separator\t,\n#empty_field\t{EMPTY}\n#unset_field\t{UNSET}\n#path\tconn"
        )?;
        for (line, of) in [("#fields", (|c| c.0) as fn(&Column) -> &str), ("#types", |c| c.1)] {
            write!(out, "{line}")?;
            COLUMNS.iter().try_for_each(|column| write!(out, "\t{}", of(column)))?;
            writeln!(out)?;
        }
        for flow in report.flows.iter().filter(|f| f.proto != Proto::Arp) {
            for (i, (_, kind, cell)) in COLUMNS.iter().enumerate() {
                let before = if i == 0 { "" } else { "\t" };
                match cell(flow) {
                    None => write!(out, "{before}{UNSET}")?,
                    // A set has its own word for nothing, which is not to be taken for a text.
                    Some(set) if *kind == "set[string]" => write!(out, "{before}{set}")?,
                    Some(text) => write!(out, "{before}{}", escaped(&text))?,
                }
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

/// A value that a table may not give.
fn known(flow: &FlowRecord, wanted: Fields, value: impl FnOnce() -> String) -> Option<String> {
    flow.knows(wanted).then(value)
}

fn count(flow: &FlowRecord, wanted: Fields, value: u64) -> Option<String> {
    known(flow, wanted, || value.to_string())
}

fn truth(value: bool) -> String {
    if value { "T" } else { "F" }.to_owned()
}

/// Seconds since the epoch with six decimals.
fn time(ts: Timestamp) -> String {
    let sign = if ts.0 <= -1_000 { "-" } else { "" };
    let micros = ts.0.unsigned_abs() / 1_000;
    format!("{sign}{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

fn interval(ns: u64) -> String {
    format!("{}.{:06}", ns / 1_000_000_000, ns % 1_000_000_000 / 1_000)
}

/// Zeek's `transport_proto`.
fn proto(proto: Proto) -> &'static str {
    match proto {
        Proto::TCP => "tcp",
        Proto::UDP => "udp",
        proto if proto.is_icmp() => "icmp",
        _ => "unknown_transport",
    }
}

/// The services, outermost first. Zeek has none for protocols that are no application's.
fn service(f: &FlowRecord) -> Option<String> {
    match f.application.as_deref().filter(|a| a.services.len() > 1 && !a.is_guess()) {
        Some(application) => Some(application.services_text()),
        None => f.service.map(str::to_owned),
    }
}

/// Uids of the flows that carry it. Packets in tunnels are counted in the inner flow only, so that there is none to name.
fn tunnel_parents(f: &FlowRecord) -> Option<String> {
    (f.tunnel.is_none() && f.table.is_none()).then(|| EMPTY.to_owned())
}

/// A text in which nothing ends a cell or is taken for a missing one.
fn escaped(text: &str) -> Cow<'_, str> {
    let is_word = |b: u8| matches!(b, b'!'..=b'~' | b' ') && b != b'\\';
    if text.bytes().all(is_word) && text != UNSET && text != EMPTY && !text.is_empty() && !text.starts_with('#') {
        return Cow::Borrowed(text);
    }
    if text.is_empty() {
        return Cow::Borrowed(EMPTY);
    }
    let is_whole = text == UNSET || text == EMPTY || text.starts_with('#');
    let mut out = String::with_capacity(text.len() + 8);
    for (i, c) in text.chars().enumerate() {
        let mut bytes = [0; 4];
        let as_text: &str = c.encode_utf8(&mut bytes);
        let is_safe = c != '\\' && matches!(printable(as_text), Cow::Borrowed(_)) && !(is_whole && i == 0);
        if is_safe {
            out.push(c);
        } else {
            out.extend(as_text.bytes().map(|b| format!("\\x{b:02x}")));
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_cell_or_stands_for_none() {
        for (text, written) in [
            ("dns", "dns"),
            ("a\tb\nc", "a\\x09b\\x0ac"),
            ("a\\x09", "a\\x5cx09"),
            ("-", "\\x2d"),
            ("(empty)", "\\x28empty)"),
            ("", "(empty)"),
            ("#close", "\\x23close"),
            ("Größe", "Größe"),
            ("\u{202e}x\u{7f}", "\\xe2\\x80\\xaex\\x7f"),
        ] {
            assert_eq!(escaped(text), written);
        }
    }

    #[test]
    fn time_has_six_decimals() {
        assert_eq!(time(Timestamp::from_parts(1_709_539_206, 823_613_999)), "1709539206.823613");
        assert_eq!((time(Timestamp(-1)), time(Timestamp(-1_500_000_000))), ("0.000000".into(), "-1.500000".into()));
        assert_eq!((interval(0), interval(61_000_001_999)), ("0.000000".into(), "61.000001".into()));
    }
}
