//! What attacks on web servers look like in a request.
//!
//! **Source** the classes of the OWASP Top Ten and its testing guide; CVE-2014-6271 (Shellshock), CVE-2021-44228
//! (Log4Shell), CVE-2022-22965 (Spring4Shell), and the paths that exploit kits for routers and cameras ask for.

use crate::protocol::bytes::up_to;

/// Bytes of a URI, a header or a body that are searched.
const MAX_SEARCHED: usize = 2_048;

/// A kind of attack and what shows it, in lower case and decoded.
type Kind = (&'static str, &'static [&'static str]);

const KINDS: &[Kind] = &[
    (
        "SQL injection",
        &[
            "union select",
            "union all select",
            "' or '",
            "' or 1",
            "\" or \"",
            "\" or 1",
            ") or (",
            " or 1=1",
            " and 1=1",
            " and 1=2",
            "' and '",
            "'--",
            "' --",
            "';--",
            "' #",
            "sleep(",
            "benchmark(",
            "waitfor delay",
            "xp_cmdshell",
            "information_schema",
            "extractvalue(",
            "updatexml(",
            "group_concat(",
            "concat(0x",
            "load_file(",
            "into outfile",
            "utl_inaddr",
            "; drop table",
            ";drop table",
        ],
    ),
    (
        "path traversal",
        &[
            "../../",
            "..\\..\\",
            "/etc/passwd",
            "/etc/shadow",
            "windows/win.ini",
            "windows\\win.ini",
            "boot.ini",
            "/proc/self/",
            "/.%2e/",
        ],
    ),
    (
        "cross-site scripting",
        &["<script", "<svg", "<iframe", "<img ", " onerror=", "alert(", "document.cookie", "><marquee", "prompt("],
    ),
    (
        "command injection",
        &[
            "|cat ",
            "| cat ",
            ";cat ",
            "; cat ",
            ";id;",
            "`id`",
            "$(id)",
            "|id",
            ";wget",
            "; wget",
            "|wget",
            "$(wget",
            "`wget",
            ";curl",
            "; curl",
            "$(curl",
            "`curl",
            "cd /tmp",
            "cd /var",
            "/bin/sh",
            "/bin/bash",
            "cmd.exe /c",
            "cmd.exe?",
            "cmd /c",
            "powershell -",
            ";ping ",
            "; ping ",
            "|ping ",
            "& ping ",
            "&&whoami",
            "passthru(",
            "shell_exec(",
            "<?php",
            "chmod 777",
            "/bin/busybox",
        ],
    ),
    (
        "file inclusion",
        &[
            "php://input",
            "php://filter",
            "expect://",
            "data://text",
            "allow_url_include",
            "auto_prepend_file",
            "file:///",
        ],
    ),
    ("Log4Shell", &["${jndi:", "${${", "${lower:", "${upper:", "${::-"]),
    ("Shellshock", &["() {"]),
    ("expression injection", &["%{(#", "#_memberaccess", "@ognl.", "class.module.classloader", "{{7*7}}", "${7*7}"]),
    (
        "known exploit",
        &[
            "eval-stdin.php",
            "/gponform/diag_form",
            "/boaform/admin/form",
            "setup.cgi?next_file=",
            "/goform/webs",
            "/tmunblock.cgi",
            "/think\\app/invokefunction",
            "/_ignition/execute-solution",
            "/manager/html/upload",
            "/cgi-bin/luci/;stok=/locale",
            "/wls-wsat/coordinatorporttype",
            "/autodiscover/autodiscover.json?@",
            "/mgmt/tm/util/bash",
        ],
    ),
    ("external entity", &["<!entity"]),
    (
        "secret file",
        &["/.env", "/.git/config", "/.git/head", "/.aws/credentials", "/.htpasswd", "/wp-config.php", "/.ssh/id_"],
    ),
];

/// Signs of all kinds.
#[allow(clippy::indexing_slicing)] // at compile time
const SIGNS: usize = {
    let (mut kind, mut n) = (0, 0);
    while kind < KINDS.len() {
        n += KINDS[kind].1.len();
        kind += 1;
    }
    n
};

/// The kinds' and the signs' places in order of the signs' first bytes, and for each byte where its signs begin.
const BY_FIRST: ([(u8, u8); SIGNS], [u8; 257]) = by_first();

const _: () = assert!(SIGNS < 256);

#[allow(clippy::indexing_slicing, clippy::cast_possible_truncation)] // at compile time; there are fewer than 256 of each
const fn by_first() -> ([(u8, u8); SIGNS], [u8; 257]) {
    let (mut places, mut starts) = ([(0, 0); SIGNS], [0; 257]);
    let (mut byte, mut n) = (0, 0);
    while byte < 256 {
        starts[byte] = n as u8;
        let mut kind = 0;
        while kind < KINDS.len() {
            let mut sign = 0;
            while sign < KINDS[kind].1.len() {
                if KINDS[kind].1[sign].as_bytes()[0] as usize == byte {
                    places[n] = (kind as u8, sign as u8);
                    n += 1;
                }
                sign += 1;
            }
            kind += 1;
        }
        byte += 1;
    }
    starts[256] = n as u8;
    (places, starts)
}

/// The kinds that stand in these bytes, each once: a URI or a body in a form's encoding.
pub(super) fn in_text(text: &[u8]) -> impl Iterator<Item = &'static str> {
    let text = decoded(&decoded(up_to(text, MAX_SEARCHED)));
    let mut seen = [false; KINDS.len()];
    let (places, starts) = &BY_FIRST;
    for (at, first) in text.iter().enumerate() {
        let first = usize::from(*first);
        let (Some(from), Some(to)) = (starts.get(first), starts.get(first + 1)) else { continue };
        for (kind, sign) in places.get(usize::from(*from)..usize::from(*to)).unwrap_or_default() {
            let sign = KINDS.get(usize::from(*kind)).and_then(|(_, signs)| signs.get(usize::from(*sign)));
            if sign.is_some_and(|sign| text.get(at..).is_some_and(|rest| rest.starts_with(sign.as_bytes())))
                && let Some(seen) = seen.get_mut(usize::from(*kind))
            {
                *seen = true;
            }
        }
    }
    KINDS.iter().zip(seen).filter(|(_, seen)| *seen).map(|((kind, _), _)| *kind)
}

/// The kinds that stand in the lines of a head, which are not encoded: those that any line may carry.
pub(super) fn in_lines(lines: &[u8]) -> impl Iterator<Item = &'static str> {
    let lines = up_to(lines, MAX_SEARCHED);
    // Without these bytes nothing of the two is there.
    let is_plain = !lines.windows(2).any(|pair| pair == b"${" || pair == b"()");
    let found = (!is_plain).then(|| in_text(lines));
    found.into_iter().flatten().filter(|kind| matches!(*kind, "Log4Shell" | "Shellshock"))
}

/// In lower case, with `%41`, `+` and SQL's empty comments as what they stand for.
fn decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        rest = match rest {
            [] => return out,
            [b'%', high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digit = |b: &u8| char::from(*b).to_digit(16).and_then(|d| u8::try_from(d).ok()).unwrap_or_default();
                out.push((digit(high) << 4 | digit(low)).to_ascii_lowercase());
                after
            }
            [b'+', after @ ..] => {
                out.push(b' ');
                after
            }
            [b'/', b'*', b'*', b'/', after @ ..] => {
                out.push(b' ');
                after
            }
            [byte, after @ ..] => {
                out.push(byte.to_ascii_lowercase());
                after
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(uri: &str) -> Vec<&'static str> {
        in_text(uri.as_bytes()).collect()
    }

    #[test]
    fn attacks_are_known_through_their_encoding() {
        for (uri, kind) in [
            ("/a?id=1%27%20OR%20%271%27=%271", "SQL injection"),
            ("/a?id=1+UnIoN/**/SeLeCt+1,2", "SQL injection"),
            ("/..%2f..%2f..%2fetc%2fhosts", "path traversal"),
            ("/%252e%252e%252f%252e%252e%252fx", "path traversal"),
            ("/%3Cscript%3Ealert(1)%3C/script%3E", "cross-site scripting"),
            ("/ping?host=1.2.3.4;cat%20/x", "command injection"),
            ("/?x=%24%7Bjndi:ldap://a/b%7D", "Log4Shell"),
            ("/.git/config", "secret file"),
        ] {
            assert!(kinds(uri).contains(&kind), "{uri}: {:?}", kinds(uri));
        }
        assert_eq!(in_lines(b"User-Agent: () { :;}; /bin/id\r\n").collect::<Vec<_>>(), ["Shellshock"]);
        assert_eq!(in_lines(b"X: ${jndi:dns://a}\r\n").collect::<Vec<_>>(), ["Log4Shell"]);
    }

    #[test]
    fn what_people_ask_for_is_none() {
        for uri in [
            "/",
            "/search?q=how+to+select+a+union+representative",
            "/images/../style.css",
            "/api.js?onload=ready&render=explicit",
            "/a?q=it%27s+an+o%27clock+question",
            "/w/index.php?title=Caf%C3%A9_(Paris)&action=edit",
            "/pixel?u=https%3A%2F%2Fexample.org%2F%3Fa%3D1%26b%3D2",
            "/environment/.well-known/x",
        ] {
            assert_eq!(kinds(uri), [""; 0], "{uri}");
        }
        assert_eq!(in_lines(b"User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n").count(), 0);
    }
}
