//! The files beside the captures: `--intel`, `--nmap` and `--geoip`.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Arg, ArgAction, ArgMatches, value_parser};
use wiresift::enrich::{SideFile, SideFiles, SideKind, identify};
use wiresift::error::Error;
use wiresift::units::count_text;

use crate::message;

/// The heading under which the help lists them.
pub(crate) const HEADING: &str = "Files beside the captures";

/// The flags.
pub(crate) fn args() -> [Arg; 3] {
    let flag = |name: &'static str, help: &'static str, long: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name("FILE")
            .help(help)
            .long_help(long)
            .help_heading(HEADING)
            .action(ArgAction::Append)
            .value_parser(value_parser!(PathBuf))
    };
    [
        flag(
            "intel",
            "Threat list to compare the traffic with; may be repeated. --help lists the formats",
            "Threat list to compare the traffic with; may be repeated. What is met becomes findings with the list's name and \
             line; nothing is looked up or sent anywhere.\n\n\
             The format is told by content: addresses, CIDR networks, domains (with all below them), URLs, JA3, JA4 and \
             SHA-1 or SHA-256 of certificates, one a line, comments after # or ; (FireHOL, ipsum, Spamhaus, RITA); hosts files; \
             Adblock's ||name^; CSV with columns named ip, domain, url, ioc, sha1, ja3 ... or without a header (abuse.ch's \
             Feodo Tracker, SSLBL, URLhaus and ThreatFox, Slips); Suricata's iprep lists and datasets; Zeek's intel files; \
             STIX 2 and MISP as JSON. Lines that are nothing of these are counted and left out.",
        ),
        flag(
            "nmap",
            "Port scan by nmap (-oX) to compare the observed services with; may be repeated",
            "Port scan by nmap (nmap -oX FILE) to compare the observed services with; may be repeated. The report gets an \
             inventory of its hosts and ports: confirmed, silent (open and unused), unanswered, undeclared (it answers and was \
             not found open), filtered_answers, other_service, not_scanned. The scan itself, where the capture has it, is \
             called so in the findings.",
        ),
        flag(
            "geoip",
            "GeoIP database (.mmdb) that says where addresses are and whose; may be repeated",
            "GeoIP database, a MaxMind DB file, that says in which country and city addresses are, and of which autonomous \
             system; may be repeated, of several that tell the same the last counts. Tables of flows and hosts get columns \
             of it, filters fields (country, asn, as_org ...), reports the countries and networks with most bytes. Scores \
             and findings stay as they are.\n\n\
             Read are MaxMind's GeoLite2 and GeoIP2 (Country, City, ASN, ISP, Enterprise), DB-IP's and IPinfo's, unpacked. \
             Every address is looked up; public databases have nothing on private, multicast and documentation ones.",
        ),
    ]
}

/// Reads the files that the flags name; what of them is not used is warned about.
pub(crate) fn files(matches: &ArgMatches) -> anyhow::Result<SideFiles> {
    let is_quiet = matches.get_flag("quiet");
    let mut files = SideFiles::default();
    for (flag, kind) in [("intel", SideKind::ThreatList), ("nmap", SideKind::Nmap), ("geoip", SideKind::Geoip)] {
        for path in matches.get_many::<PathBuf>(flag).into_iter().flatten() {
            let file = read(kind, path).with_context(|| format!("--{flag} {}", path.display()))?;
            if !is_quiet {
                warn(path, &file);
            }
            files.add(file);
        }
    }
    Ok(files)
}

fn read(kind: SideKind, path: &Path) -> anyhow::Result<SideFile> {
    let mut bytes = Vec::new();
    // One byte more than is allowed shows that a file is too large.
    let most = SideFiles::MAX_BYTES + 1;
    File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)).context("cannot read it")?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let first = bytes.get(..SideKind::WANTED_BYTES).unwrap_or(&bytes);
    let last = bytes.get(bytes.len().saturating_sub(SideKind::WANTED_END)..).unwrap_or(&bytes);
    let what = match (kind, identify(first, last)) {
        (SideKind::ThreatList, Some(SideKind::Nmap)) => "it is a port scan by nmap; give it by --nmap",
        (SideKind::ThreatList | SideKind::Nmap, Some(SideKind::Geoip)) => "it is a GeoIP database; give it by --geoip",
        _ => return Ok(SideFile::read(kind, &name, bytes)?),
    };
    Err(Error::SideFile { file: name, what: what.into() }.into())
}

fn warn(path: &Path, file: &SideFile) {
    let path = path.display();
    if file.entries() == 0 {
        message::warning(&format!("{path}: it has no entries"));
    }
    for fault in file.faults() {
        let (count, line) = (count_text(fault.count), count_text(fault.first_line));
        message::warning(&format!("{path}: {} ({count}, first in line {line})", fault.message));
    }
}
