//! Domain names of lists.

use crate::enrich::faults::Fault;

/// Longest name and label (RFC 1035 section 2.3.4).
const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

/// Last labels that are endings of files and no top-level domains.
const FILE_ENDINGS: &[&str] = &[
    "apk", "asp", "aspx", "bat", "bin", "bmp", "cfg", "class", "conf", "csv", "dat", "dll", "doc", "docx", "elf",
    "exe", "gif", "gz", "htm", "html", "ico", "ini", "jar", "jpeg", "jpg", "js", "json", "jsp", "lnk", "log", "msi",
    "pcap", "pdf", "php", "png", "ppt", "pptx", "rar", "rtf", "scr", "sys", "tar", "tmp", "txt", "vbs", "xls", "xlsx",
    "xml", "yaml", "yml",
];
/// Last labels of names that are of this machine or network alone (RFC 6761, RFC 6762).
const LOCAL: &[&str] = &["local", "localhost", "localdomain", "localnet", "internal", "lan", "home", "arpa"];
/// Names without a dot that hosts files begin with.
const OF_HOSTS_FILES: &[&str] = &[
    "localhost",
    "local",
    "broadcasthost",
    "loopback",
    "ip6-localhost",
    "ip6-loopback",
    "ip6-localnet",
    "ip6-mcastprefix",
    "ip6-allnodes",
    "ip6-allrouters",
    "ip6-allhosts",
];

/// The name in lower case without the dot at its end, as `*.name` and `.name` too; `None` where it is none.
pub(super) fn parse(text: &str) -> Option<Result<Box<str>, Fault>> {
    let text = text.strip_prefix("*.").or_else(|| text.strip_prefix('.')).unwrap_or(text);
    let text = text.strip_suffix('.').unwrap_or(text);
    let name = text.to_ascii_lowercase();
    if OF_HOSTS_FILES.contains(&name.as_str()) {
        return Some(Err(Fault::LocalName));
    }
    if name.is_empty() || name.len() > MAX_NAME || !name.split('.').all(is_label) {
        return None;
    }
    let (_, last) = name.rsplit_once('.')?;
    let is_top = last.len() >= 2 && (last.bytes().all(|b| b.is_ascii_alphabetic()) || last.starts_with("xn--"));
    if !is_top || FILE_ENDINGS.contains(&last) {
        return None;
    }
    Some(if LOCAL.contains(&last) { Err(Fault::LocalName) } else { Ok(name.into_boxed_str()) })
}

fn is_label(label: &str) -> bool {
    let fits = (1..=MAX_LABEL).contains(&label.len());
    fits && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
}

/// A name as it is looked up: lower case, no dot at the end, no port.
pub(crate) fn looked_up(name: &str) -> String {
    let host = match name.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !host.contains(':') => host,
        _ => name,
    };
    host.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_lists_write_them() {
        for text in ["evil.example", "EVIL.example.", "*.evil.example", ".evil.example"] {
            assert_eq!(parse(text), Some(Ok("evil.example".into())), "{text}");
        }
        for text in ["a_b.example", "xn--bcher-kva.example", "a.xn--p1ai", "1-2-3.example"] {
            assert_eq!(parse(text), Some(Ok(text.into())), "{text}");
        }
        for text in ["localhost", "ip6-allnodes", "localhost.localdomain", "printer.local", "1.0.0.127.in-addr.arpa"] {
            assert_eq!(parse(text), Some(Err(Fault::LocalName)), "{text}");
        }
        let long = "a".repeat(64) + ".example";
        for text in
            ["", ".", "com", "evil..example", "evil example.org", "1.2.3.4", "x.exe", "a.b", "bücher.example", &long]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn names_are_looked_up_without_case_port_and_last_dot() {
        for text in ["Evil.Example", "evil.example.", "evil.example:8080"] {
            assert_eq!(looked_up(text), "evil.example");
        }
        assert_eq!(looked_up("2001:db8::1"), "2001:db8::1");
    }
}
