//! What the protocols say of logins, whatever the protocol.

use super::row::Row;
use crate::report::Record;

/// Logins of one flow, as its messages tell them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Logins {
    /// Tried.
    pub(super) attempts: u64,
    /// Refused.
    pub(super) failed: u64,
    /// Accepted.
    pub(super) accepted: u64,
}

/// The logins of a flow; nothing where its protocol tells none.
pub(super) fn of(row: &Row<'_>) -> Logins {
    let mut sum = Logins::default();
    for record in row.records() {
        let (attempts, failed, accepted) = match record {
            Record::Ftp(r) => (r.login_attempts, r.failed_logins, r.logins),
            Record::Smtp(r) => (r.login_attempts, r.failed_logins, r.logins),
            Record::Pop3(r) => (r.login_attempts, r.failed_logins, r.logins),
            Record::Imap(r) => (r.login_attempts, r.failed_logins, r.logins),
            Record::Xmpp(r) => (r.login_attempts, r.failed_logins, r.logins),
            Record::Redis(r) => (r.login_attempts, r.failed_logins, 0),
            Record::Mysql(r) => (r.login_attempts, r.failed_logins, r.logins),
            Record::Postgresql(r) => (r.login_attempts, r.failed_logins, r.logins),
            Record::Mssql(r) => (r.login_attempts, r.failed_logins, r.logins),
            Record::Oracle(r) => (r.login_attempts, r.failed_logins, 0),
            Record::Mongodb(r) => (r.login_attempts, r.failed_logins, 0),
            Record::Smb(r) => (r.login_attempts, r.failed_logins, r.logins),
            Record::Ldap(r) => (r.login_attempts, r.failed_logins, 0),
            Record::Mqtt(r) => (r.login_attempts, r.failed_logins, 0),
            Record::Radius(r) => (r.failed_logins + r.logins, r.failed_logins, r.logins),
            Record::Kerberos(r) => (r.failed_logins, r.failed_logins, 0),
            Record::Telnet(r) => (r.password_prompts, r.failed_logins, 0),
            Record::Irc(r) => (r.failed_logins, r.failed_logins, 0),
            Record::Http(r) => (r.denied, r.denied, 0),
            _ => (0, 0, 0),
        };
        sum.attempts += attempts;
        sum.failed += failed;
        sum.accepted += accepted;
    }
    sum
}
