//! What is known of a flow that a table gives: what it does not say is not shown.

use super::super::cell::Cell;
use super::super::column::{ColumnKind, end, port};
use super::{Details, Field, Section, context, empty, field, state_text, verdict};
use crate::filter::export::conversation_filter;
use crate::report::{Direction, FlowRecord, Known};
use crate::units::seconds;

pub(super) fn of_flow(f: &FlowRecord) -> Details {
    let ends = Known::ADDRESSES.and(Known::PROTO);
    let filter = if f.knows(ends) {
        let orig = (f.orig_addr, port(f.proto, f.orig_port));
        conversation_filter(f.proto, orig, (f.resp_addr, port(f.proto, f.resp_port)))
    } else {
        String::new()
    };
    let mut sections = vec![
        Section { title: "Flow", fields: flow(f) },
        Section {
            title: "Originator to responder",
            fields: direction(f, &f.orig, [Known::ORIG_PKTS, Known::ORIG_IP_BYTES, Known::ORIG_BYTES]),
        },
        Section {
            title: "Responder to originator",
            fields: direction(f, &f.resp, [Known::RESP_PKTS, Known::RESP_IP_BYTES, Known::RESP_BYTES]),
        },
    ];
    if f.knows(Known::TIME.and(Known::ADDRESSES)) {
        sections.push(Section { title: "Flows around it", fields: context(&f.context) });
    }
    sections.push(Section { title: "Verdict", fields: verdict(&f.verdict) });
    sections.retain(|section| !section.fields.is_empty());
    Details {
        id: f.id_text(),
        proto: if f.knows(Known::PROTO) { f.proto.name() } else { String::new() },
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
    add(Known::TIME, field("First packet", ColumnKind::Time, Cell::time(f.first_ts)));
    add(Known::TIME.and(Known::DURATION), field("Last packet", ColumnKind::Time, Cell::time(f.last_ts)));
    add(Known::DURATION, field("Duration", ColumnKind::Seconds, Cell::number(seconds(f.duration_ns()))));
    for (label, text) in [
        ("Label", f.label().unwrap_or_default().to_owned()),
        ("Service", f.service.unwrap_or_default().to_owned()),
        ("Connection state", state_text(f.conn_state)),
        ("History", f.history.clone()),
    ] {
        add(
            if text.is_empty() { Known::MEASURED } else { Known::NONE },
            field(label, ColumnKind::Text, Cell::text(text)),
        );
    }
    if let Some(vlan) = f.vlan {
        fields.push(field("VLAN", ColumnKind::Count, Cell::count(u64::from(vlan))));
    }
    fields
}

/// Packets, IP bytes and payload of a direction, each where it is known.
fn direction(f: &FlowRecord, d: &Direction, wanted: [Known; 3]) -> Vec<Field> {
    let fields = [
        field("Packets", ColumnKind::Count, Cell::count(d.packets)),
        field("IP bytes", ColumnKind::Bytes, Cell::count(d.ip_bytes)),
        field("Payload", ColumnKind::Bytes, Cell::count(d.payload_bytes)),
    ];
    fields.into_iter().zip(wanted).filter(|(_, wanted)| f.knows(*wanted)).map(|(field, _)| field).collect()
}
