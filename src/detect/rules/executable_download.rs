//! Executable download: a program comes over a connection that does not protect it.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::Traffic;
use super::words::{filter_of, list_of, many, whom};
use crate::report::{FlowRecord, HttpRecord, Record, Severity, Technique, Text};
use crate::sort;

pub(super) const RULE: Rule = Rule {
    kind: "executable_download",
    name: "Executable download",
    how: "A program, script or document with macros came over HTTP, TFTP, FTP, SMB or a bare connection, by its first bytes, \
          its stated type or its name: low; medium with a sign that it is no update: from an address without a name, stated \
          to be something else, under a URI that names no program, asked for by a tool instead of a browser, or written to an \
          administrative share; high with two. A stager's URI (four letters whose sum leaves 92 or 93 of 256) answered by raw \
          bytes counts as two, and so does machine code over TCP before any protocol between hosts that speak no FTP.",
    source: "the formats' first bytes; RITA's modifier for types that do not match; the checksum of Metasploit's and Cobalt \
             Strike's stagers as their public analyses give it.",
    caveat: "Updates, package managers and installers fetched by hand are downloads too; what is compressed or encrypted is \
             not seen. Below `executable-bytes` the answer is too small to be one.",
    technique: Some(Technique { id: "T1105", name: "Ingress Tool Transfer" }),
    limits: &["executable-bytes"],
    find,
};

/// Ends of names of what runs.
const EXTENSIONS: [&str; 26] = [
    "exe", "dll", "scr", "com", "pif", "cpl", "msi", "bat", "cmd", "ps1", "vbs", "vbe", "jse", "wsf", "hta", "lnk",
    "jar", "apk", "elf", "sh", "docm", "xlsm", "pptm", "dotm", "xll", "sys",
];
/// Ends of names that pages have as well: nothing by themselves.
const SHARED: [&str; 3] = ["com", "sh", "cmd"];
/// Types that are stated of what runs.
const TYPES: [&str; 14] = [
    "application/x-msdownload",
    "application/x-msdos-program",
    "application/x-dosexec",
    "application/x-executable",
    "application/x-elf",
    "application/x-mach-binary",
    "application/vnd.microsoft.portable-executable",
    "application/hta",
    "application/x-msi",
    "application/x-ms-installer",
    "application/x-sh",
    "application/x-powershell",
    "application/vnd.android.package-archive",
    "application/java-archive",
];
/// Programs that fetch for somebody, in lower case.
const TOOLS: [&str; 12] = [
    "powershell",
    "certutil",
    "curl/",
    "wget",
    "python-",
    "python/",
    "winhttp",
    "go-http-client",
    "libwww-perl",
    "bitsadmin",
    "msxml",
    "winhttprequest",
];
/// Programs that keep a system up to date, in lower case.
const UPDATERS: [&str; 8] = [
    "windows-update-agent",
    "microsoft-cryptoapi",
    "microsoft bits",
    "microsoft-delivery-optimization",
    "debian apt",
    "google update",
    "softwareupdate",
    "dnf",
];

/// One program that came, or went.
#[derive(Debug, PartialEq)]
struct Program {
    what: String,
    name: Option<String>,
    signs: Vec<&'static str>,
}

impl Program {
    fn severity(&self) -> Severity {
        match self.signs.len() {
            0 => Severity::Low,
            1 => Severity::Medium,
            _ => Severity::High,
        }
    }
}

/// The end of a file's name, in lower case.
fn extension(name: &str) -> Option<String> {
    let path = name.split(['?', '#', ' ']).next().unwrap_or_default();
    let file = path.rsplit(['/', '\\']).next()?;
    let (stem, end) = file.rsplit_once('.')?;
    (!stem.is_empty()).then(|| end.to_ascii_lowercase())
}

fn runs(name: &str) -> bool {
    extension(name).is_some_and(|end| EXTENSIONS.contains(&end.as_str()))
}

/// Whether a path is what a stager asks for: four letters or digits whose sum leaves 92 or 93 of 256.
fn is_stager(uri: &str) -> bool {
    let Some(word) = uri.strip_prefix('/').filter(|word| word.len() == 4) else { return false };
    let sum: u32 = word.bytes().map(u32::from).sum();
    word.bytes().all(|b| b.is_ascii_alphanumeric()) && matches!(sum % 256, 92 | 93)
}

fn of_http(http: &HttpRecord, flow: &FlowRecord, least: f64) -> Option<Program> {
    if crate::units::float(flow.resp.payload_bytes.max(flow.orig.payload_bytes)) < least {
        return None;
    }
    let text = |value: &Option<Text>| value.as_ref().map(|text| text.as_str().to_ascii_lowercase()).unwrap_or_default();
    let (stated, agent, host) = (text(&http.content_type), text(&http.user_agent), text(&http.host));
    let stated = stated.split(';').next().unwrap_or_default().trim();
    let uri = http.executable_uri.as_ref().or(http.uri.as_ref()).map(|uri| uri.as_str().to_owned()).unwrap_or_default();
    let is_raw = matches!(stated, "application/octet-stream" | "" | "binary/octet-stream");
    let by_content = http.executables.iter().map(|(kind, _)| kind).next();
    let is_answered = http.status.is_some_and(|status| (200..300).contains(&status)) && http.content_length != Some(0);
    let is_bytes = by_content.is_none() && is_answered && http.methods.of("GET") > 0;
    let stager = is_bytes && is_raw && http.uri.as_ref().is_some_and(|uri| is_stager(uri.as_str()));
    let by_type = is_answered && (TYPES.contains(&stated) || stated.contains("macroenabled"));
    let by_name =
        is_bytes && is_raw && runs(&uri) && !extension(&uri).is_some_and(|end| SHARED.contains(&end.as_str()));
    let what = match by_content {
        Some(kind) => kind.to_owned(),
        None if stager => "stager's answer".to_owned(),
        None if by_type => stated.to_owned(),
        None if by_name => "program by its name".to_owned(),
        None => return None,
    };
    let mut signs = Vec::new();
    if stager {
        signs.extend(["four letters with a stager's checksum were asked for", "raw bytes came back"]);
    }
    let address = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name).trim_matches(['[', ']']);
    let is_update = UPDATERS.iter().any(|name| agent.contains(name));
    if address.parse::<IpAddr>().is_ok() && !is_update {
        signs.push("the server has no name");
    }
    let is_program = by_content.is_some_and(|kind| !kind.starts_with("script") && !kind.starts_with("old Office"));
    let is_disguised = ["text/", "image/", "audio/", "video/", "font/"].iter().any(|kind| stated.starts_with(kind))
        || extension(&uri)
            .is_some_and(|end| ["jpg", "jpeg", "png", "gif", "txt", "css", "pdf", "ico"].contains(&end.as_str()));
    if is_program && is_disguised {
        signs.push("it is stated to be something else");
    }
    if (is_program || by_type) && !is_update && !runs(&uri) {
        signs.push("its URI names no program");
    }
    if TOOLS.iter().any(|tool| agent.contains(tool)) {
        signs.push("a tool asked for it");
    } else if (is_program || by_type) && agent.is_empty() && http.requests > 0 {
        signs.push("who asked for it does not say what it is");
    }
    Some(Program { what, name: (!uri.is_empty()).then_some(uri), signs })
}

/// Programs among the names of files.
fn of_files<'a>(files: impl Iterator<Item = &'a Text>, what: &str, signs: &[&'static str]) -> Option<Program> {
    let name = files.map(Text::as_str).find(|name| runs(name))?;
    Some(Program { what: what.to_owned(), name: Some(name.to_owned()), signs: signs.to_vec() })
}

/// What a flow carried before it spoke a known protocol, if it ever did; between hosts that speak FTP it is that one's data.
fn of_bare(flow: &FlowRecord, has_ftp: impl Fn() -> bool) -> Option<Program> {
    let program = flow.measures.program?;
    let signs: &[&str] = match (has_ftp(), program.is_native()) {
        (true, _) => &[],
        (false, false) => &["no known protocol carries it"],
        (false, true) => &["no known protocol carries it", "it is machine code"],
    };
    Some(Program { what: program.name().to_owned(), name: None, signs: signs.to_vec() })
}

fn programs(flow: &FlowRecord, least: f64, has_ftp: impl Fn() -> bool) -> impl Iterator<Item = Program> {
    let records = flow.application.iter().flat_map(|application| &application.records);
    let told = records.filter_map(move |record| match record {
        Record::Http(http) => of_http(http, flow, least),
        Record::Tftp(tftp) => of_files(tftp.files.first.iter(), "program by TFTP", &["TFTP asks for no name"]),
        Record::Ftp(ftp) if ftp.commands.of("RETR") + ftp.commands.of("STOR") > 0 => {
            of_files(ftp.files.first.iter(), "program by FTP", &[])
        }
        Record::Smb(smb) if smb.created > 0 && smb.commands.of("write") > 0 => {
            let is_admin = smb.admin_shares.of("ADMIN$") + smb.admin_shares.of("drive") > 0;
            let signs: &[&str] = if is_admin { &["it was written to an administrative share"] } else { &[] };
            of_files(smb.files.first.iter(), "program written by SMB", signs)
        }
        _ => None,
    });
    told.chain(of_bare(flow, has_ftp))
}

/// Both ends in order.
fn ends(flow: &FlowRecord) -> (IpAddr, IpAddr) {
    (flow.orig_addr.min(flow.resp_addr), flow.orig_addr.max(flow.resp_addr))
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let least = traffic.limit("executable-bytes");
    let speaks_ftp = |row: &&Row<'_>| row.service.is_some_and(|service| service.starts_with("ftp"));
    let ftp = sort::set(traffic.speakers().flat_map(|(_, rows)| rows).filter(speaks_ftp).map(|row| ends(row.flow)));
    let mut drafts = Vec::new();
    for (actor, rows) in traffic.originators() {
        let worst = |row: &Row<'_>| {
            if row.application.is_none() && !row.has_program {
                return None;
            }
            programs(row.flow, least, || ftp.contains(&ends(row.flow))).max_by_key(|program| program.signs.len())
        };
        let found: Vec<(Row<'_>, Program)> = rows.iter().filter_map(|row| Some((*row, worst(row)?))).collect();
        if !found.is_empty() {
            drafts.push(draft(actor, &found));
        }
    }
    drafts
}

fn draft(actor: IpAddr, found: &[(Row<'_>, Program)]) -> Draft {
    let severity = found.iter().map(|(_, program)| program.severity()).max().unwrap_or_default();
    // Beside grave ones the harmless ones are not part of it.
    let found: Vec<&(Row<'_>, Program)> =
        found.iter().filter(|(_, program)| severity == Severity::Low || program.severity() > Severity::Low).collect();
    let mut draft = Draft::of_actor(actor, found.iter().map(|(row, _)| *row));
    draft.severity = severity;
    let whats: BTreeSet<&str> = found.iter().map(|(_, program)| program.what.as_str()).collect();
    let source = whom(&draft.targets);
    draft.title = format!("{actor}: {} from or to {source}", list_of(whats.iter().copied()));
    let worst = found.iter().max_by_key(|(_, program)| program.signs.len());
    let told = worst.map_or_else(String::new, |(_, program)| {
        let name = program.name.as_ref().map_or_else(String::new, |name| format!(", {}", short(name)));
        let signs = if program.signs.is_empty() {
            String::new()
        } else {
            format!(": {}", list_of(program.signs.iter().copied()))
        };
        format!(" {}{name}{signs}.", program.what)
    });
    draft.evidence = format!("{} carried a program.{told}", many(found.len(), "flow"));
    draft.count("flows", found.len());
    draft.count("signs", worst.map_or(0, |(_, program)| program.signs.len()));
    draft.filter = filter_of(actor, &draft.targets, None);
    draft
}

/// As much of a name as fits a sentence.
fn short(name: &str) -> String {
    const LONGEST: usize = 80;
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    name.chars().take(LONGEST).chain("…".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::rules::made::{found, saying, tcp, udp};
    use crate::report::TftpRecord;

    fn fetched(host: &str, uri: &str, change: impl Fn(&mut HttpRecord)) -> Option<Severity> {
        let mut http = HttpRecord {
            host: Some(host.into()),
            uri: Some(uri.into()),
            user_agent: Some("Mozilla/5.0".into()),
            content_type: Some("application/octet-stream".into()),
            status: Some(200),
            requests: 1,
            responses: 1,
            ..HttpRecord::default()
        };
        http.methods.add("GET");
        change(&mut http);
        let flow = tcp(0, [10, 0, 0, 5], ([192, 0, 2, 9], 80), (300, 90_000));
        found(&RULE, vec![saying(flow, "http", Record::Http(Box::new(http)))]).first().map(|finding| finding.severity)
    }

    #[test]
    fn a_program_is_the_graver_the_less_it_looks_like_an_update() {
        let pe = |http: &mut HttpRecord| http.executables.add("Windows program");
        assert_eq!(fetched("example.org", "/setup.exe", pe), Some(Severity::Low));
        assert_eq!(fetched("192.0.2.9:8080", "/setup.exe", pe), Some(Severity::Medium));
        let disguised = |http: &mut HttpRecord| {
            pe(http);
            http.content_type = Some("image/png".into());
        };
        assert_eq!(fetched("192.0.2.9", "/a.png", disguised), Some(Severity::High));
        assert_eq!(fetched("example.org", "/wp-content/x/", pe), Some(Severity::Medium));
        assert_eq!(fetched("192.0.2.9", "/KaAp", |_| ()), Some(Severity::High));
        assert_eq!(
            fetched("example.org", "/x", |http| http.content_type = Some("application/x-msdownload".into())),
            Some(Severity::Medium)
        );
    }

    #[test]
    fn pages_pictures_and_what_was_not_found_are_none() {
        assert_eq!(fetched("example.org", "/index.html", |http| http.content_type = Some("text/html".into())), None);
        assert_eq!(fetched("192.0.2.9", "/KaAq", |_| ()), None);
        assert_eq!(fetched("192.0.2.9", "/data.bin", |_| ()), None);
        assert_eq!(fetched("example.org", "/setup.exe", |http| http.status = Some(404)), None);
        assert_eq!(fetched("example.org", "/go?to=setup.exe", |_| ()), None);
    }

    #[test]
    fn names_of_files_tell_it_over_tftp() {
        let asked = |name: &str| {
            let mut tftp = TftpRecord::default();
            tftp.files.add(1, || name.into());
            let flow = udp(0, [10, 0, 0, 5], ([192, 0, 2, 9], 69), (40, 0));
            found(&RULE, vec![saying(flow, "tftp", Record::Tftp(Box::new(tftp)))]).first().map(|f| f.severity)
        };
        assert_eq!((asked("mirai.sh"), asked("switch-config.cfg")), (Some(Severity::Medium), None));
    }

    #[test]
    fn machine_code_over_a_bare_connection_is_high_unless_ftp_is_spoken() {
        let bare = || {
            let mut flow = tcp(5, [10, 0, 0, 5], ([192, 0, 2, 9], 4444), (900, 90_000));
            flow.measures.program = Some(crate::report::Program::Linux);
            flow
        };
        let severity = |flows: Vec<FlowRecord>| found(&RULE, flows).first().map(|finding| finding.severity);
        assert_eq!(severity(vec![bare()]), Some(Severity::High));
        let ftp = crate::report::FtpRecord::default();
        let control =
            saying(tcp(0, [192, 0, 2, 9], ([10, 0, 0, 5], 21), (300, 900)), "ftp", Record::Ftp(Box::new(ftp)));
        assert_eq!(severity(vec![control, bare()]), Some(Severity::Low));
        let text = tcp(5, [10, 0, 0, 5], ([192, 0, 2, 9], 4444), (900, 90_000));
        assert_eq!(severity(vec![text]), None);
    }
}
