//! Messages of small devices: MQTT, CoAP.

use super::{Listed, Tally, Text, record};

record! {
    /// What an MQTT connection says. Passwords and payloads are not kept.
    ///
    /// **Source** OASIS MQTT 3.1.1 and 5.0.
    MqttRecord {
        /// Version: 3.1, 3.1.1 or 5.
        version: Option<&'static str> => "Version",
        /// The client's identifier.
        client_id: Option<Text> => "Client",
        /// Whether the client gives a user name.
        has_user: bool => "User given",
        /// Packets by type.
        packets: Tally => "Packets",
        /// Distinct topics subscribed to or published.
        topics: Listed<Text> => "Topics",
        /// Logins tried.
        login_attempts: u64 => "Login attempts",
        /// Connections refused for want of right.
        failed_logins: u64 => "Failed logins",
        /// Connections refused for other reasons.
        refused: u64 => "Refused",
    }
}

record! {
    /// What CoAP messages say.
    ///
    /// **Source** RFC 7252.
    CoapRecord {
        /// Requests by method.
        methods: Tally => "Methods",
        /// Answers by class.
        responses: Tally => "Responses",
        /// Distinct paths asked for.
        paths: Listed<Text> => "Paths",
        /// Host of the first request that names one.
        host: Option<Text> => "Host",
    }
}
