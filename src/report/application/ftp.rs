//! FTP's control connection.

use super::{Listed, Tally, Text, record};

record! {
    /// What an FTP control connection says. Passwords are not kept.
    ///
    /// **Source** RFC 959, RFC 4217.
    FtpRecord {
        /// First line of the server's greeting.
        banner: Option<Text> => "Banner",
        /// The first user name given.
        user: Option<Text> => "User",
        /// Distinct user names given.
        users: Listed<Text> => "Users",
        /// Commands by their words.
        commands: Tally => "Commands",
        /// Passwords given.
        login_attempts: u64 => "Login attempts",
        /// Passwords refused: replies 530 and 430.
        failed_logins: u64 => "Failed logins",
        /// Passwords accepted: replies 230.
        logins: u64 => "Logins",
        /// Distinct names of files stored, fetched, renamed or deleted.
        files: Listed<Text> => "Files",
        /// Whether the connection went over to TLS.
        has_tls: bool => "TLS",
    }
}
