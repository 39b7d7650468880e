//! IRC and XMPP.

use super::{Listed, Tally, Text, record};

record! {
    /// What an IRC connection says. Passwords and what is said are not kept.
    ///
    /// **Source** RFC 1459, RFC 2812.
    IrcRecord {
        /// The first nickname taken.
        nick: Option<Text> => "Nickname",
        /// Name of the client's user.
        user: Option<Text> => "User",
        /// The server, as it names itself.
        server: Option<Text> => "Server",
        /// Distinct channels joined.
        channels: Listed<Text> => "Channels",
        /// Commands by their words, both sides'.
        commands: Tally => "Commands",
        /// Passwords refused: reply 464.
        failed_logins: u64 => "Failed logins",
    }
}

record! {
    /// What an XMPP stream says. Passwords and messages are not kept.
    ///
    /// **Source** RFC 6120.
    XmppRecord {
        /// Domain that the client wants.
        to: Option<Text> => "To",
        /// Who opens the stream or answers.
        from: Option<Text> => "From",
        /// Mechanism of the first authentication.
        auth_mechanism: Option<Text> => "Authentication",
        /// Authentications begun.
        login_attempts: u64 => "Login attempts",
        /// Authentications refused.
        failed_logins: u64 => "Failed logins",
        /// Authentications accepted.
        logins: u64 => "Logins",
        /// Whether the stream went over to TLS.
        has_tls: bool => "TLS",
    }
}
