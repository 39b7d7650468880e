//! Windows networks: SMB, NTLM, DCE/RPC, Kerberos, LDAP, RDP, NetBIOS.

use super::{Listed, Tally, Text, record};

record! {
    /// What an SMB flow says, counted over the whole flow. Contents of files and proofs of passwords are not kept.
    ///
    /// **Source** MS-CIFS, MS-SMB, MS-SMB2.
    SmbRecord {
        /// Dialect that the server chose.
        dialect: Option<&'static str> => "Dialect",
        /// Requests by command.
        commands: Tally => "Commands",
        /// Answers that tell an error, by status.
        failures: Tally => "Failures",
        /// Session set-ups tried, those that go on not counted.
        login_attempts: u64 => "Login attempts",
        /// Session set-ups refused.
        failed_logins: u64 => "Failed logins",
        /// Session set-ups accepted.
        logins: u64 => "Logins",
        /// Distinct shares connected to.
        shares: Listed<Text> => "Shares",
        /// Connections to administrative shares: ADMIN$, IPC$ and drives.
        admin_shares: Tally => "Administrative shares",
        /// Tree connections refused.
        refused_shares: u64 => "Refused shares",
        /// Distinct names of files and pipes opened.
        files: Listed<Text> => "Files",
        /// Files opened that were created or replaced.
        created: u64 => "Files created",
        /// Interfaces bound through pipes.
        interfaces: Tally => "RPC interfaces",
        /// Operations called through pipes, those that matter by name.
        operations: Tally => "RPC operations",
        /// Domain of the first user.
        domain: Option<Text> => "Domain",
        /// The first user that logs in by NTLM.
        user: Option<Text> => "User",
        /// Distinct users that log in by NTLM.
        users: Listed<Text> => "Users",
        /// The client's host name.
        host: Option<Text> => "Host",
        /// The server's name.
        server: Option<Text> => "Server",
        /// Realm of the service that the first Kerberos ticket is for.
        ticket_realm: Option<Text> => "Kerberos realm",
        /// The service that the first Kerberos ticket is for.
        ticket_service: Option<Text> => "Kerberos ticket for",
        /// Messages that are encrypted.
        encrypted: u64 => "Encrypted messages",
    }
}

record! {
    /// What a DCE/RPC connection says.
    ///
    /// **Source** C706, MS-RPCE.
    DceRpcRecord {
        /// Interfaces bound.
        interfaces: Tally => "Interfaces",
        /// Packets by type.
        packets: Tally => "Packets",
        /// Operations called, those that matter by name.
        operations: Tally => "Operations",
        /// Faults and refused bindings.
        faults: u64 => "Faults",
        /// Domain of the user.
        domain: Option<Text> => "Domain",
        /// The first user that logs in by NTLM.
        user: Option<Text> => "User",
        /// The client's host name.
        host: Option<Text> => "Host",
        /// Realm of the service that the first Kerberos ticket is for.
        ticket_realm: Option<Text> => "Kerberos realm",
        /// The service that the first Kerberos ticket is for.
        ticket_service: Option<Text> => "Kerberos ticket for",
    }
}

record! {
    /// What Kerberos messages say. Tickets and proofs are not kept.
    ///
    /// **Source** RFC 4120.
    KerberosRecord {
        /// Messages by type.
        messages: Tally => "Messages",
        /// Error answers by code.
        errors: Tally => "Errors",
        /// Wrong passwords: KDC_ERR_PREAUTH_FAILED and KRB_AP_ERR_BAD_INTEGRITY.
        failed_logins: u64 => "Failed logins",
        /// Realm of the first message that names one.
        realm: Option<Text> => "Realm",
        /// The first client.
        client: Option<Text> => "Client",
        /// Distinct clients.
        clients: Listed<Text> => "Clients",
        /// Distinct services that tickets are for.
        services: Listed<Text> => "Services",
        /// Requests that ask for RC4 first.
        weak_requests: u64 => "Requests for RC4",
    }
}

record! {
    /// What an LDAP connection says. Passwords are not kept.
    ///
    /// **Source** RFC 4511.
    LdapRecord {
        /// Operations by name.
        operations: Tally => "Operations",
        /// Answers by result, those of searches' entries not counted.
        results: Tally => "Results",
        /// The first name that a bind gives.
        bind_name: Option<Text> => "Bind name",
        /// How the first bind proves it.
        bind_method: Option<Text> => "Bind method",
        /// Binds tried, those that go on counted once each.
        login_attempts: u64 => "Login attempts",
        /// Binds refused.
        failed_logins: u64 => "Failed logins",
        /// Searches.
        searches: u64 => "Searches",
        /// Entries that searches found.
        entries: u64 => "Entries found",
        /// Distinct places where searches begin.
        bases: Listed<Text> => "Search bases",
        /// The user that logs in by NTLM.
        user: Option<Text> => "User",
        /// Its domain.
        domain: Option<Text> => "Domain",
        /// Realm of the service that the first Kerberos ticket is for.
        ticket_realm: Option<Text> => "Kerberos realm",
        /// The service that the first Kerberos ticket is for.
        ticket_service: Option<Text> => "Kerberos ticket for",
        /// Whether the connection went over to TLS.
        has_tls: bool => "TLS",
    }
}

record! {
    /// What the beginning of a remote desktop connection says.
    ///
    /// **Source** MS-RDPBCGR.
    RdpRecord {
        /// The user or token of the routing cookie, as far as it is sent.
        cookie: Option<Text> => "Cookie",
        /// Protections that the client offers.
        requested: Option<&'static str> => "Requested security",
        /// Protection that the server chose.
        selected: Option<&'static str> => "Selected security",
        /// Why the server refused.
        failure: Option<&'static str> => "Refused because",
        /// The client's host name, where nothing hides it.
        client: Option<Text> => "Client",
    }
}

record! {
    /// What NetBIOS messages say.
    ///
    /// **Source** RFC 1001, RFC 1002.
    NetbiosRecord {
        /// Messages by operation.
        messages: Tally => "Messages",
        /// Distinct names asked for, registered or called, with their kind.
        names: Listed<Text> => "Names",
        /// Name of the one who calls or sends.
        caller: Option<Text> => "Caller",
        /// Negative answers.
        errors: u64 => "Errors",
    }
}
