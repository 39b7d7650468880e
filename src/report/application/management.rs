//! What keeps a network running: DHCP, NTP, SNMP, RADIUS, TFTP.

use super::{Listed, Tally, Text, record};

record! {
    /// What DHCP messages say.
    ///
    /// **Source** RFC 2131, RFC 2132.
    DhcpRecord {
        /// Messages by type.
        messages: Tally => "Messages",
        /// The client's host name.
        hostname: Option<Text> => "Host name",
        /// Vendor and version of the client.
        vendor: Option<Text> => "Vendor class",
        /// Address that the client asks for.
        requested_address: Option<std::net::IpAddr> => "Requested address",
        /// Address that the server gives.
        given_address: Option<std::net::IpAddr> => "Given address",
        /// The server.
        server: Option<std::net::IpAddr> => "Server",
        /// Distinct hardware addresses of clients, first as text.
        clients: Listed<Text> => "Clients",
        /// Domain that the server gives.
        domain: Option<Text> => "Domain",
    }
}

record! {
    /// What NTP messages say.
    ///
    /// **Source** RFC 5905, RFC 9327.
    NtpRecord {
        /// Highest version.
        version: Option<u8> => "Version",
        /// Messages by mode.
        modes: Tally => "Modes",
        /// Stratum that the server claims.
        stratum: Option<u8> => "Stratum",
        /// Where the server has its time from.
        reference: Option<Text> => "Reference",
        /// Requests for the list of clients: `monlist`.
        monlist: u64 => "Monlist requests",
    }
}

record! {
    /// What SNMP messages say. Communities are not kept.
    ///
    /// **Source** RFC 1157, RFC 3416, RFC 3412.
    SnmpRecord {
        /// Version: 1, 2c or 3.
        version: Option<&'static str> => "Version",
        /// Messages by type.
        messages: Tally => "Messages",
        /// Length of the first community.
        community_length: Option<u16> => "Community length",
        /// Distinct communities were more than one: somebody guesses.
        communities_change: bool => "Community changes",
        /// User of version 3.
        user: Option<Text> => "User",
        /// Answers by error.
        errors: Tally => "Errors",
        /// Largest number of repetitions asked for.
        max_repetitions: Option<u32> => "Repetitions",
    }
}

record! {
    /// What RADIUS messages say. Passwords are not kept.
    ///
    /// **Source** RFC 2865, RFC 2866, RFC 5176.
    RadiusRecord {
        /// Messages by code.
        messages: Tally => "Messages",
        /// The first user.
        user: Option<Text> => "User",
        /// Distinct users.
        users: Listed<Text> => "Users",
        /// Who asks: the access server's name.
        nas: Option<Text> => "Access server",
        /// Requests refused.
        failed_logins: u64 => "Failed logins",
        /// Requests accepted.
        logins: u64 => "Logins",
    }
}

record! {
    /// What TFTP messages say.
    ///
    /// **Source** RFC 1350, RFC 2347.
    TftpRecord {
        /// Messages by operation.
        messages: Tally => "Messages",
        /// Distinct files asked for.
        files: Listed<Text> => "Files",
        /// How they are sent.
        mode: Option<Text> => "Mode",
        /// Error messages.
        errors: u64 => "Errors",
    }
}
