//! CICFlowMeter's columns with the numbers of the original, mistakes included.

use super::cicflowmeter::timestamp;
use crate::error::Result;
use crate::export::Cell;
use crate::report::{OriginalFlow, OriginalSide, Report, Spread};
use crate::units::{Timestamp, float};

/// What holds for the whole table. The numbers are those of the list of mistakes in the documentation.
pub(super) const NOTES: &[&str] = &[
    "The numbers of the original (98a5eba), flow rules included: a flow ends 120 s after its start when another packet of \
     it comes, at the first FIN of the backward side, at a RST; the packets behind make new flows (mistakes 3, 4, 12).",
    "Reproduced: 1 the first packet is twice in Packet Length Mean, Std, Variance and Average Packet Size; 2 every packet is \
     in the backward bulks; 5 PSH and URG of the directions are the first packet's; 6 Bwd Init Win Bytes is the last \
     window; 7 whole-number divisions; 8 subflows are counted by gaps; 9 the last active period is lost; 10 Fwd Act Data \
     Pkts leaves out the first packet; 11 flows of one packet are left out; 14 Infinity and NaN over a duration of 0 (null \
     in JSON and Parquet); 15 header lengths are the transport's, and other IP protocols are protocol 0 with ports 0.",
    "Reproduced too: after the 120 s the new flow keeps the old one's direction, and its first packet counts as forward \
     whoever sent it (12); times that run backwards give negative gaps and may give the wrong direction (17).",
    "Not reproduced: 13 IPv6, which the original's command line does not read, is left out; 16 the time stamp is in UTC and \
     has AM or PM; 18 concerns the original's window program alone.",
    "Not reproduced: what the original's packet library does beside (Ethernet padding counted as payload, headers quoted in \
     ICMP messages taken for the packet's own, tunnels not opened): packets are those of the rest of this program.",
    "Rows are in the order in which the original ends them, then by first packet, where the original's order is that of a \
     hash table. Floating point numbers are written with as few digits as bring them back, without 1.0E7.",
];

pub(super) fn for_each_row(report: &Report, visit: &mut dyn FnMut(&[Cell]) -> Result<()>) -> Result<()> {
    report.original_cicflowmeter.iter().try_for_each(|flow| visit(&cells(flow)))
}

fn count(n: u64) -> Cell {
    Cell::Count(n)
}

/// What Java's division gives: no number where the divisor is 0.
fn divided(amount: f64, by: f64) -> Cell {
    let value = amount / by;
    let text = match value {
        v if v.is_finite() => return Cell::Float(v),
        v if v.is_nan() => "NaN",
        v if v > 0.0 => "Infinity",
        _ => "-Infinity",
    };
    Cell::Both { text: text.to_owned(), json: "null".to_owned() }
}

/// Largest, smallest, mean, deviation: as lengths are written.
fn lengths(spread: &Spread) -> [Cell; 4] {
    [Cell::Signed(spread.max()), Cell::Signed(spread.min()), Cell::Float(spread.mean()), Cell::Float(spread.std_dev())]
}

/// Mean, deviation, largest, smallest: as times are written.
fn times(spread: &Spread) -> [Cell; 4] {
    [Cell::Float(spread.mean()), Cell::Float(spread.std_dev()), Cell::Signed(spread.max()), Cell::Signed(spread.min())]
}

#[allow(clippy::cast_precision_loss)] // as Java converts
fn gaps(side: &OriginalSide) -> Vec<Cell> {
    let mut cells = vec![Cell::Float(side.gaps.sum as f64)];
    cells.extend(times(&side.gaps));
    cells
}

/// Packets of a side a second, 0 where no time passed.
#[allow(clippy::cast_precision_loss)] // as Java converts
fn rate(packets: u64, duration: i64) -> Cell {
    Cell::Float(if duration > 0 { float(packets) / (duration as f64 / 1e6) } else { 0.0 })
}

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // as Java converts
fn cells(flow: &OriginalFlow) -> Vec<Cell> {
    let OriginalFlow { fwd, bwd, .. } = flow;
    let (src, dst, proto) = (flow.src, flow.dst, flow.protocol);
    let duration = flow.last_us.saturating_sub(flow.start_us);
    let seconds = duration as f64 / 1e6;
    let packets = fwd.packets + bwd.packets;
    let mut cells = vec![
        Cell::Text(format!("{src}-{dst}-{}-{}-{proto}", flow.src_port, flow.dst_port)),
        Cell::Text(src.to_string()),
        count(flow.src_port.into()),
        Cell::Text(dst.to_string()),
        count(flow.dst_port.into()),
        count(proto.into()),
        timestamp(Timestamp(flow.start_us.saturating_mul(1000))),
        Cell::Signed(duration),
        count(fwd.packets),
        count(bwd.packets),
        count(fwd.bytes),
        count(bwd.bytes),
    ];
    cells.extend(lengths(&fwd.lengths));
    cells.extend(lengths(&bwd.lengths));
    cells.push(divided(float(fwd.bytes + bwd.bytes), seconds));
    cells.push(divided(float(packets), seconds));
    cells.extend(times(&flow.gaps));
    cells.extend(gaps(fwd));
    cells.extend(gaps(bwd));
    cells.extend([fwd.psh, bwd.psh, fwd.urg, bwd.urg, fwd.header_bytes, bwd.header_bytes].map(Cell::Count));
    cells.extend([rate(fwd.packets, duration), rate(bwd.packets, duration)]);
    let [max, min, mean, std] = lengths(&flow.lengths);
    cells.extend([min, max, mean, std, Cell::Float(flow.lengths.variance())]);
    let [fin, syn, rst, psh, ack, urg, ece, cwr] = flow.flags;
    cells.extend([fin, syn, rst, psh, ack, urg, cwr, ece].map(Cell::Count));
    cells.push(count(bwd.packets.checked_div(fwd.packets).unwrap_or(0)));
    cells.push(Cell::Float(flow.lengths.sum as f64 / float(packets.max(1))));
    cells.push(Cell::Float(fwd.lengths.mean()));
    cells.push(Cell::Float(bwd.lengths.mean()));
    cells.extend([0, 0, 0].map(Cell::Count));
    let bulk = &flow.bulk;
    let bulk_seconds = bulk.duration_us as f64 / 1e6;
    cells.push(count(bulk.bytes.checked_div(bulk.bulks).unwrap_or(0)));
    cells.push(count(bulk.packets.checked_div(bulk.bulks).unwrap_or(0)));
    cells.push(Cell::Signed(if bulk.duration_us == 0 { 0 } else { (float(bulk.bytes) / bulk_seconds) as i64 }));
    let parts = |amount: u64| count(amount.checked_div(flow.gaps_over_a_second).unwrap_or(0));
    cells.extend([fwd.packets, fwd.bytes, bwd.packets, bwd.bytes].map(parts));
    cells
        .extend([u64::from(flow.fwd_window), u64::from(flow.bwd_window), flow.act_data, flow.seg_min].map(Cell::Count));
    cells.extend(times(&flow.active));
    cells.extend(times(&flow.idle));
    cells.push(Cell::Word("NeedManualLabel"));
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_cell_for_every_column() {
        assert_eq!(cells(&OriginalFlow::default()).len(), super::super::cicflowmeter::COLUMNS.len());
    }

    #[test]
    fn what_java_cannot_divide_is_text_and_null() {
        let of = |a, b| match divided(a, b) {
            Cell::Both { text, json } => (text, json),
            cell => (cell.csv().into_owned(), String::new()),
        };
        assert_eq!(of(1.0, 0.0), ("Infinity".into(), "null".into()));
        assert_eq!(of(0.0, 0.0), ("NaN".into(), "null".into()));
        assert_eq!(of(1.0, 2.0), ("0.5".into(), String::new()));
    }
}
