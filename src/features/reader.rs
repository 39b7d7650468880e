//! Chosen features of many rows.

use super::{FLOW_FEATURES, FeatureInfo, PACKET_FEATURES, RowRef, Transform};
use crate::report::{FlowRecord, PacketRecord};

/// One chosen feature: what is looked up by its number is looked up once, not for each row.
#[derive(Debug, Clone, Copy)]
struct Chosen {
    feature: usize,
    transform: Transform,
    of_flow: fn(&FlowRecord) -> Option<f64>,
    of_packet: fn(&PacketRecord) -> Option<f64>,
}

/// Reads the chosen features of one row after another.
#[derive(Debug)]
pub(crate) struct Reader {
    chosen: Vec<Chosen>,
}

impl Reader {
    /// Of features by their indices in the catalogue of the rows.
    pub(crate) fn new<'a>(features: impl Iterator<Item = (usize, &'a FeatureInfo)>) -> Self {
        let chosen = features.map(|(feature, info)| Chosen {
            feature,
            transform: info.transform,
            of_flow: FLOW_FEATURES.get(feature).map_or(|_| None, |f| f.value),
            of_packet: PACKET_FEATURES.get(feature).map_or(|_| None, |f| f.value),
        });
        Self { chosen: chosen.collect() }
    }

    /// Shows each feature's transform and raw value, `None` when missing, in order: what [`RowRef::raw`] gives.
    #[inline]
    pub(crate) fn read(&self, row: RowRef<'_>, mut show: impl FnMut(Transform, Option<f64>)) {
        let finite = |value: Option<f64>| value.filter(|v| v.is_finite());
        match row {
            RowRef::Flow(flow) if flow.table.is_none() => {
                self.chosen.iter().for_each(|c| show(c.transform, finite((c.of_flow)(flow))));
            }
            RowRef::Packet(packet) if packet.table.is_none() => {
                self.chosen.iter().for_each(|c| show(c.transform, finite((c.of_packet)(packet))));
            }
            _ => self.chosen.iter().for_each(|c| show(c.transform, row.raw(c.feature))),
        }
    }
}
