//! One indicator, whatever list it stands in.

use ipnet::IpNet;

use super::{address, name};
use crate::enrich::faults::Fault;
use crate::report::Severity;

/// Fingerprints and hashes. Those of certificates come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    /// JA3 of a client, MD5.
    Ja3,
    /// JA3S of a server, MD5.
    Ja3s,
    /// JA4 of a client.
    Ja4,
    /// HASSH of an SSH client or server, MD5.
    Hassh,
    /// SHA-1 of a certificate.
    CertSha1,
    /// SHA-256 of a certificate.
    CertSha256,
}

impl Mark {
    /// Its name for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ja3 => "JA3",
            Self::Ja3s => "JA3S",
            Self::Ja4 => "JA4",
            Self::Hassh => "HASSH",
            Self::CertSha1 => "SHA-1",
            Self::CertSha256 => "SHA-256",
        }
    }
}

/// What traffic is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Indicator {
    /// An address or a network.
    Net(IpNet),
    /// A domain with all below it, in lower case.
    Domain(Box<str>),
    /// What is asked of a host: `/path?query`.
    Url {
        /// The host in lower case, or an address.
        host: Box<str>,
        /// Path and query, from the slash on.
        path: Box<str>,
    },
    /// A fingerprint or hash, in lower case.
    Mark(Mark, Box<str>),
}

impl Indicator {
    /// The indicator that a text is, its kind by its form: 32 hexadecimal digits are JA3, 40 and 64 are certificates'.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let text = refanged(text);
        let text = text.as_str();
        if let Some(rest) = scheme(text) {
            return Self::url(rest);
        }
        if let Some(net) = address::parse(text) {
            return net.map(Self::Net);
        }
        if let Some(mark) = hash(text) {
            return Ok(mark);
        }
        match (text.split_once('/'), text.rsplit_once(':')) {
            (Some(_), _) => Self::url(text),
            // A domain with a port.
            (None, Some((host, port))) if port.parse::<u16>().is_ok() => Self::domain(host),
            _ => Self::domain(text),
        }
    }

    /// A domain.
    pub(super) fn domain(text: &str) -> Result<Self, Fault> {
        name::parse(text).unwrap_or(Err(Fault::BadLine)).map(Self::Domain)
    }

    /// A URL without its scheme; one that asks for nothing is its host.
    pub(super) fn url(text: &str) -> Result<Self, Fault> {
        let text = text.split('#').next().unwrap_or_default();
        let at = text.find(['/', '?']).unwrap_or(text.len());
        let (authority, path) = text.split_at_checked(at).unwrap_or((text, ""));
        let authority = authority.rsplit('@').next().unwrap_or_default();
        let host = match address::parse(authority) {
            Some(net) => Self::Net(net?),
            None => Self::domain(without_port(authority))?,
        };
        if matches!(path, "" | "/") {
            return Ok(host);
        }
        let host: Box<str> = match host {
            Self::Domain(name) => name,
            Self::Net(net) => net.addr().to_string().into(),
            Self::Url { .. } | Self::Mark(..) => return Err(Fault::BadLine),
        };
        let path = if path.starts_with('/') { path.into() } else { format!("/{path}").into() };
        Ok(Self::Url { host, path })
    }

    /// A fingerprint or hash of a kind that is known from elsewhere.
    pub(super) fn mark(mark: Mark, text: &str) -> Result<Self, Fault> {
        let wanted = match mark {
            Mark::Ja3 | Mark::Ja3s | Mark::Hassh => 32,
            Mark::Ja4 => return ja4(text).ok_or(Fault::BadLine),
            Mark::CertSha1 => 40,
            Mark::CertSha256 => 64,
        };
        let digits = digits(text);
        let fits = digits.len() == wanted && digits.bytes().all(|b| b.is_ascii_hexdigit());
        if fits { Ok(Self::Mark(mark, digits.into())) } else { Err(Fault::BadLine) }
    }

    /// The most that the indicator justifies by itself.
    pub(super) fn worst(&self) -> Severity {
        match self {
            Self::Net(net) if address::is_vague(net) => Severity::Medium,
            _ => Severity::Critical,
        }
    }
}

/// What people change so that nobody follows it by mistake, changed back.
fn refanged(text: &str) -> String {
    let mut text = text.trim().to_owned();
    for (fanged, plain) in [("[.]", "."), ("(.)", "."), ("[dot]", "."), ("[:]", ":"), ("[://]", "://")] {
        if text.contains(fanged) {
            text = text.replace(fanged, plain);
        }
    }
    text
}

/// What comes behind a URL's scheme.
fn scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    ["http", "https", "hxxp", "hxxps", "ftp", "tcp", "udp"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
        .then_some(rest)
}

fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// Hexadecimal digits, in lower case, without colons between.
fn digits(text: &str) -> String {
    text.trim().chars().filter(|c| *c != ':').map(|c| c.to_ascii_lowercase()).collect()
}

fn hash(text: &str) -> Option<Indicator> {
    if let Some(ja4) = ja4(text) {
        return Some(ja4);
    }
    // 64 digits with a colon after every second but the last.
    if text.len() > 95 {
        return None;
    }
    let mark = match digits(text).len() {
        32 => Mark::Ja3,
        40 => Mark::CertSha1,
        64 => Mark::CertSha256,
        _ => return None,
    };
    Indicator::mark(mark, text).ok()
}

/// `t13d1516h2_8daaf6152771_b186095e22b6`.
fn ja4(text: &str) -> Option<Indicator> {
    let text = text.to_ascii_lowercase();
    let mut parts = text.split('_');
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    let is_hash = |part: &str| part.len() == 12 && part.bytes().all(|b| b.is_ascii_hexdigit());
    let is_head = a.len() == 10 && a.starts_with(['t', 'q', 'd']) && a.bytes().all(|b| b.is_ascii_alphanumeric());
    (parts.next().is_none() && is_head && is_hash(b) && is_hash(c)).then(|| Indicator::Mark(Mark::Ja4, text.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(host: &str, path: &str) -> Result<Indicator, Fault> {
        Ok(Indicator::Url { host: host.into(), path: path.into() })
    }

    fn domain(name: &str) -> Result<Indicator, Fault> {
        Ok(Indicator::Domain(name.into()))
    }

    fn net(text: &str) -> Result<Indicator, Fault> {
        Ok(Indicator::Net(text.parse().unwrap()))
    }

    #[test]
    fn indicators_are_told_by_their_form() {
        let (sha1, sha256) = ("Ab".repeat(20), "cd".repeat(32));
        let colons = vec!["AB"; 20].join(":");
        for (text, indicator) in [
            ("203.0.113.9", net("203.0.113.9/32")),
            ("203[.]0[.]113[.]9", net("203.0.113.9/32")),
            ("evil.example", domain("evil.example")),
            ("evil[.]example", domain("evil.example")),
            ("evil.example:8080", domain("evil.example")),
            ("http://evil.example", domain("evil.example")),
            ("https://evil.example/", domain("evil.example")),
            ("hxxp://EVIL.example/A/b?c=1#d", url("evil.example", "/A/b?c=1")),
            ("http://user:pass@evil.example:8080/x", url("evil.example", "/x")),
            ("http://203.0.113.9:8080/bin.sh", url("203.0.113.9", "/bin.sh")),
            ("http://203.0.113.9:8080", net("203.0.113.9/32")),
            ("http://[2001:db8::1]:80/x", url("2001:db8::1", "/x")),
            ("http://evil.example?x=1", url("evil.example", "/?x=1")),
            ("evil.example/a.exe", url("evil.example", "/a.exe")),
            ("tcp://203.0.113.9:6667", net("203.0.113.9/32")),
            (
                "T13d1516h2_8daaf6152771_b186095e22b6",
                Ok(Indicator::Mark(Mark::Ja4, "t13d1516h2_8daaf6152771_b186095e22b6".into())),
            ),
            (
                "e7d705a3286e19ea42f587b344ee6865",
                Ok(Indicator::Mark(Mark::Ja3, "e7d705a3286e19ea42f587b344ee6865".into())),
            ),
            (sha1.as_str(), Ok(Indicator::Mark(Mark::CertSha1, "ab".repeat(20).into()))),
            (colons.as_str(), Ok(Indicator::Mark(Mark::CertSha1, "ab".repeat(20).into()))),
            (sha256.as_str(), Ok(Indicator::Mark(Mark::CertSha256, sha256.clone().into()))),
        ] {
            assert_eq!(Indicator::parse(text), indicator, "{text}");
        }
        for text in
            ["", "word", "2024-01-01 10:00:00", "a@b", "mailto:x", "http://", "/", "?", "high", "t13d1516h2_x_y"]
        {
            assert_eq!(Indicator::parse(text), Err(Fault::BadLine), "{text}");
        }
        assert_eq!(Indicator::parse("http://127.0.0.1/x"), Err(Fault::Reserved));
        assert_eq!(Indicator::parse("http://localhost/x"), Err(Fault::LocalName));
    }
}
