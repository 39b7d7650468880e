//! Telnet and RFB.

use super::{Tally, Text, record};

record! {
    /// What a Telnet connection says. What is typed is not kept.
    ///
    /// **Source** RFC 854, RFC 855.
    TelnetRecord {
        /// Options negotiated, by verb and name.
        options: Tally => "Options",
        /// Times that a name was asked for.
        login_prompts: u64 => "Login prompts",
        /// Times that a password was asked for.
        password_prompts: u64 => "Password prompts",
        /// Times that a login was refused.
        failed_logins: u64 => "Failed logins",
        /// The client's terminal.
        terminal: Option<Text> => "Terminal",
    }
}
