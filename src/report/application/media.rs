//! Calls and streams: SIP, RTSP, RTP, STUN.

use super::{Listed, Tally, Text, record};

record! {
    /// What SIP messages say. Credentials are not kept.
    ///
    /// **Source** RFC 3261.
    SipRecord {
        /// Requests by method.
        methods: Tally => "Methods",
        /// Answers by status.
        statuses: Tally => "Statuses",
        /// Who the first request says it is from.
        from: Option<Text> => "From",
        /// Whom the first request is to.
        to: Option<Text> => "To",
        /// Software of the first that says it, client or server.
        user_agent: Option<Text> => "User agent",
        /// Requests with credentials.
        login_attempts: u64 => "Login attempts",
        /// Answers 401, 403 and 407. A challenge before the first credentials is one of them.
        refusals: u64 => "Refusals",
    }
}

record! {
    /// What an RTSP connection says. Credentials are not kept.
    ///
    /// **Source** RFC 2326, RFC 7826.
    RtspRecord {
        /// Requests by method.
        methods: Tally => "Methods",
        /// Answers by status.
        statuses: Tally => "Statuses",
        /// The first address asked for, without user and password.
        url: Option<Text> => "URL",
        /// The client's software.
        user_agent: Option<Text> => "User agent",
        /// The server's software.
        server: Option<Text> => "Server",
        /// Requests with credentials.
        login_attempts: u64 => "Login attempts",
        /// Answers 401 and 403. A challenge before the first credentials is one of them.
        refusals: u64 => "Refusals",
    }
}

record! {
    /// What a flow of RTP and RTCP packets says.
    ///
    /// **Source** RFC 3550, RFC 3551.
    RtpRecord {
        /// RTP packets by payload type.
        payload_types: Tally => "Payload types",
        /// Distinct synchronisation sources.
        ssrcs: Listed<u32> => "SSRCs",
        /// Sequence numbers left out.
        lost: u64 => "Lost packets",
        /// RTCP packets by type.
        rtcp: Tally => "RTCP",
    }
}

record! {
    /// What STUN and TURN messages say. Credentials are not kept.
    ///
    /// **Source** RFC 8489, RFC 8656.
    StunRecord {
        /// Messages by method and class.
        messages: Tally => "Messages",
        /// Software of the first that says it.
        software: Option<Text> => "Software",
        /// The originator's address as the other side sees it.
        mapped_address: Option<std::net::IpAddr> => "Mapped address",
        /// And its port.
        mapped_port: Option<u16> => "Mapped port",
        /// The first peer that a relay is asked to reach.
        peer_address: Option<std::net::IpAddr> => "Peer address",
        /// Realm of the relay.
        realm: Option<Text> => "Realm",
        /// Error answers.
        errors: u64 => "Errors",
    }
}
