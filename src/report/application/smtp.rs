//! SMTP.

use super::{Tally, Text, record};

record! {
    /// What an SMTP connection says. Credentials and mail are not kept.
    ///
    /// **Source** RFC 5321, RFC 4954, RFC 3207.
    SmtpRecord {
        /// First line of the server's greeting.
        banner: Option<Text> => "Banner",
        /// Name that the client gives with HELO or EHLO.
        helo: Option<Text> => "HELO",
        /// Commands by their words.
        commands: Tally => "Commands",
        /// Senders named: MAIL FROM.
        senders: u64 => "Senders",
        /// Recipients named: RCPT TO.
        recipients: u64 => "Recipients",
        /// Recipients refused.
        refused_recipients: u64 => "Refused recipients",
        /// Mails handed over.
        mails: u64 => "Mails",
        /// Mechanism of the first authentication.
        auth_mechanism: Option<&'static str> => "Authentication",
        /// Authentications begun.
        login_attempts: u64 => "Login attempts",
        /// Authentications refused: replies 535 and their like.
        failed_logins: u64 => "Failed logins",
        /// Authentications accepted: replies 235.
        logins: u64 => "Logins",
        /// Whether the connection went over to TLS.
        has_tls: bool => "TLS",
    }
}
