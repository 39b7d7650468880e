//! GeoIP databases: MaxMind DB files that say of networks in which country and city they are and whose.
//!
//! Every address of the flows is looked up, private and documentation addresses too: what the database has counts, and public
//! databases have none of these. Nothing that detects looks at it.
//!
//! **Source** MaxMind DB File Format Specification 2.0, read by the crate `maxminddb`; the keys are those of GeoLite2 and
//! GeoIP2 (Country, City, ASN, ISP, Enterprise), which DB-IP has too, and of IPinfo.

mod database;
mod lookup;
mod record;
mod top;

pub use database::GeoDatabase;
pub(super) use database::{METADATA_BYTES, is_database};

use crate::report::{Enrichment, Report};

/// Looks the report's addresses up.
pub(super) fn add(report: &Report, databases: &[GeoDatabase], enrichment: &mut Enrichment) {
    if databases.is_empty() {
        return;
    }
    (enrichment.places, enrichment.databases) = lookup::places(report, databases);
    enrichment.geography = Some(top::geography(report, &enrichment.places));
}
