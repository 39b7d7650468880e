//! What is known of a flow that a table gives: what it does not say is not shown.

use super::super::cell::Cell;
use super::super::column::{ColumnKind, end, port};
use super::{Details, Field, Span, context, empty, field, section, state_text, verdict};
use crate::filter::export::conversation_filter;
use crate::report::{Direction, Fields, FlowRecord};
use crate::units::seconds;

pub(super) fn of_flow(f: &FlowRecord) -> Details {
    let ends = Fields::ADDRESSES.and(Fields::PROTO);
    let filter = if f.knows(ends) {
        let orig = (f.orig_addr, port(f.proto, f.orig_port));
        conversation_filter(f.proto, orig, (f.resp_addr, port(f.proto, f.resp_port)))
    } else {
        String::new()
    };
    let mut sections = vec![
        section("Flow", flow(f)),
        section(
            "Originator to responder",
            direction(f, &f.orig, [Fields::ORIG_PKTS, Fields::ORIG_IP_BYTES, Fields::ORIG_BYTES]),
        ),
        section(
            "Responder to originator",
            direction(f, &f.resp, [Fields::RESP_PKTS, Fields::RESP_IP_BYTES, Fields::RESP_BYTES]),
        ),
    ];
    if f.knows(Fields::TIME.and(Fields::ADDRESSES)) {
        sections.push(section("Flows around it", context(&f.context, Span::Window)));
        sections.push(section("Over the whole table", context(&f.context, Span::Capture)));
    }
    sections.push(section("Verdict", verdict(&f.verdict)));
    sections.retain(|section| !section.fields.is_empty());
    Details {
        id: f.id_text(),
        proto: if f.knows(Fields::PROTO) { f.proto.name() } else { String::new() },
        orig: end(f, f.orig_addr, f.orig_port),
        resp: end(f, f.resp_addr, f.resp_port),
        filter,
        sections,
        ..empty()
    }
}

fn flow(f: &FlowRecord) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut add = |wanted, field| {
        if f.knows(wanted) {
            fields.push(field);
        }
    };
    add(Fields::TIME, field("First packet", ColumnKind::Time, Cell::time(f.first_ts)));
    add(Fields::TIME.and(Fields::DURATION), field("Last packet", ColumnKind::Time, Cell::time(f.last_ts)));
    add(Fields::DURATION, field("Duration", ColumnKind::Seconds, Cell::number(seconds(f.duration_ns()))));
    for (label, text) in [
        ("Label", f.label().unwrap_or_default().to_owned()),
        ("Service", f.service.unwrap_or_default().to_owned()),
        ("Connection state", state_text(f.conn_state)),
        ("History", f.history.clone()),
    ] {
        add(
            if text.is_empty() { Fields::MEASURED } else { Fields::NONE },
            field(label, ColumnKind::Text, Cell::text(text)),
        );
    }
    if let Some(vlan) = f.vlan {
        fields.push(field("VLAN", ColumnKind::Count, Cell::count(u64::from(vlan))));
    }
    fields
}

/// Packets, IP bytes and payload of a direction, each where it is known.
fn direction(f: &FlowRecord, d: &Direction, wanted: [Fields; 3]) -> Vec<Field> {
    let fields = [
        field("Packets", ColumnKind::Count, Cell::count(d.packets)),
        field("IP bytes", ColumnKind::Bytes, Cell::count(d.ip_bytes)),
        field("Payload", ColumnKind::Bytes, Cell::count(d.payload_bytes)),
    ];
    fields.into_iter().zip(wanted).filter(|(_, wanted)| f.knows(*wanted)).map(|(field, _)| field).collect()
}
