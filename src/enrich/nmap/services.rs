//! nmap's names of services beside those of the flow records.

/// Names of nmap's service table, and the services of flows that are the same.
const ALIKE: &[(&str, &[&str])] = &[
    ("http", &["http"]),
    ("http-proxy", &["http"]),
    ("https", &["ssl", "quic"]),
    ("ssl", &["ssl"]),
    ("ssh", &["ssh"]),
    ("ftp", &["ftp"]),
    ("telnet", &["telnet"]),
    ("smtp", &["smtp"]),
    ("pop3", &["pop3"]),
    ("imap", &["imap"]),
    ("domain", &["dns"]),
    ("microsoft-ds", &["smb"]),
    ("netbios-ssn", &["smb", "netbios"]),
    ("ms-wbt-server", &["rdp", "ssl"]),
    ("mysql", &["mysql"]),
    ("postgresql", &["postgresql"]),
    ("ms-sql-s", &["mssql"]),
    ("redis", &["redis"]),
    ("mongodb", &["mongodb"]),
    ("ldap", &["ldap"]),
    ("kerberos-sec", &["krb", "kerberos"]),
    ("sip", &["sip"]),
    ("rtsp", &["rtsp"]),
    ("irc", &["irc"]),
    ("mqtt", &["mqtt"]),
];

/// Whether a service recognised in traffic is another one than nmap recognised; false where either is not known here.
pub(super) fn differ(by_nmap: &str, observed: &str) -> bool {
    let inner = by_nmap.strip_prefix("ssl/");
    let known = ALIKE.iter().find(|(name, _)| *name == inner.unwrap_or(by_nmap)).map(|(_, alike)| *alike);
    let is_known = ALIKE.iter().any(|(_, alike)| alike.contains(&observed));
    // Inside of TLS traffic shows TLS.
    let is_tls = observed == "ssl" && inner.is_some();
    is_known && !is_tls && known.is_some_and(|alike| !alike.contains(&observed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_differ_where_both_are_known() {
        assert!(differ("http", "ssh") && differ("ssh", "ssl"));
        assert!(!differ("http", "http") && !differ("ssl/http", "ssl") && !differ("https", "ssl"));
        assert!(!differ("unknown", "ssh") && !differ("http", "made-up"));
    }
}
