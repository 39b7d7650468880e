//! POP3 and IMAP.

use super::{Listed, Tally, Text, record};

record! {
    /// What a POP3 connection says. Passwords and mail are not kept.
    ///
    /// **Source** RFC 1939, RFC 5034, RFC 2595.
    Pop3Record {
        /// First line of the server's greeting.
        banner: Option<Text> => "Banner",
        /// The first user name given.
        user: Option<Text> => "User",
        /// Commands by their words.
        commands: Tally => "Commands",
        /// Passwords given.
        login_attempts: u64 => "Login attempts",
        /// Passwords refused.
        failed_logins: u64 => "Failed logins",
        /// Passwords accepted.
        logins: u64 => "Logins",
        /// Whether the connection went over to TLS.
        has_tls: bool => "TLS",
    }
}

record! {
    /// What an IMAP connection says. Passwords and mail are not kept.
    ///
    /// **Source** RFC 9051, RFC 3501.
    ImapRecord {
        /// First line of the server's greeting.
        banner: Option<Text> => "Banner",
        /// The first user name given.
        user: Option<Text> => "User",
        /// Commands by their words.
        commands: Tally => "Commands",
        /// Distinct mailboxes opened.
        mailboxes: Listed<Text> => "Mailboxes",
        /// Passwords given.
        login_attempts: u64 => "Login attempts",
        /// Passwords refused.
        failed_logins: u64 => "Failed logins",
        /// Passwords accepted.
        logins: u64 => "Logins",
        /// Whether the connection went over to TLS.
        has_tls: bool => "TLS",
    }
}
