//! Announcements and logs: SSDP, Syslog.

use super::{Listed, Tally, Text, record};

record! {
    /// What SSDP messages say.
    ///
    /// **Source** UPnP Device Architecture 2.0.
    SsdpRecord {
        /// Messages: searches, announcements and answers.
        messages: Tally => "Messages",
        /// Distinct targets searched for or announced.
        targets: Listed<Text> => "Targets",
        /// Software of the first that says it.
        server: Option<Text> => "Server",
        /// The searching client's software.
        user_agent: Option<Text> => "User agent",
        /// Distinct addresses of device descriptions.
        locations: Listed<Text> => "Locations",
    }
}

record! {
    /// What Syslog messages say. Texts are not kept.
    ///
    /// **Source** RFC 5424, RFC 3164.
    SyslogRecord {
        /// Messages by severity.
        severities: Tally => "Severities",
        /// Messages by facility.
        facilities: Tally => "Facilities",
        /// The first host named, where the message has the standard's form.
        host: Option<Text> => "Host",
        /// Distinct programs named.
        programs: Listed<Text> => "Programs",
    }
}
