//! The summary a person reads in a terminal: plain words, no colour, nothing from the input unescaped.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::words::{
    built, contents, country, detector, many, moment, network, noun, plural, share, spread, untracked, value,
};
use super::{Exporter, printable};
use crate::error::Result;
use crate::report::{
    Anomaly, Bucket, Contribution, DatabaseReport, DetectionStatus, Enrichment, FileReport, Finding, InventoryHost,
    Overflow, OverflowSum, Overview, PortVerdict, Report, Severity, Status, TableKind, Volume,
};
use crate::settings::Unit;
use crate::units::{bytes_text, count, count_text, duration_text};

/// Findings printed; the rest is counted.
const FINDINGS: usize = 10;
/// Stories printed, and ids of each; the rest is counted.
const STORIES: usize = 10;
const IDS: usize = 6;
/// Anomalies printed; the rest is counted.
const ANOMALIES: usize = 10;
/// Protocols printed; the rest is counted.
const PROTOCOLS: usize = 5;
/// Hosts and ports printed, those with most bytes.
const TALKERS: usize = 3;
/// Files printed; of the rest those that were not read whole are counted.
const FILES: usize = 20;
/// Services beyond the flow table listed.
const OVERFLOW: usize = 5;
/// Characters of a file's name in the table of files.
const FILE_NAME: usize = 40;
/// Ports of one verdict named.
const PORTS: usize = 8;
/// Contributions named with each anomaly.
const CONTRIBUTIONS: usize = 3;

/// A readable summary: verdict, key figures, findings with evidence, the strangest rows and why, and, where something
/// was not read or decoded, the account of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text;

impl Exporter for Text {
    fn export(&self, report: &Report, out: &mut dyn Write) -> Result<()> {
        writeln!(out, "{}", printable(&report.summary.verdict))?;
        outcome(report, out)?;
        writeln!(out)?;
        figures(report, out)?;
        baseline(report, out)?;
        files(report, out)?;
        stories(report, out)?;
        findings(report, out)?;
        side_files(report, out)?;
        anomalies(report, out)?;
        account(report, out)?;
        Ok(())
    }
}

/// What files beside the capture are, and what of them was met.
fn side_files(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Some(Enrichment { lists, scans, databases, .. }) = &report.enrichment else { return Ok(()) };
    let all = lists.len() + scans.len() + databases.len();
    heading(out, "Files beside the capture", all, count(all))?;
    for list in lists {
        let unused: u64 = list.faults.iter().map(|fault| fault.count).sum();
        writeln!(
            out,
            "  {}: threat list ({}), {}, {} met in {}; {} not used",
            printable(&list.name),
            list.format,
            many(list.entries, "entry", "entries"),
            count_text(list.entries_met),
            plural(list.flows_met, "flow"),
            plural(unused, "line"),
        )?;
    }
    for scan in scans {
        let scanner = scan.scanner.as_deref().map_or_else(
            || "the capture does not have it".to_owned(),
            |scanner| format!("from {scanner}, {} of the capture are it", plural(scan.scan_flows, "flow")),
        );
        writeln!(out, "  {}: nmap, {}; {scanner}", printable(&scan.name), plural(scan.host_count, "host"))?;
        for host in &scan.hosts {
            inventory(host, out)?;
        }
    }
    databases.iter().try_for_each(|database| geoip(database, out))
}

/// What a GeoIP database is, and how much of it was found.
fn geoip(database: &DatabaseReport, out: &mut dyn Write) -> io::Result<()> {
    let told = if database.facts.is_empty() {
        "not used: a later one tells the same".to_owned()
    } else {
        let found = format!("{} of {}", count_text(database.found), many(database.looked_up, "address", "addresses"));
        format!("{} of {found}", database.facts.join(", "))
    };
    writeln!(out, "  {}: {}; {told}", printable(&database.name), built(database))?;
    database.faults.iter().try_for_each(|fault| writeln!(out, "    {} ({})", fault.message, count_text(fault.count)))
}

/// A host's ports by how scan and traffic agree on them.
fn inventory(host: &InventoryHost, out: &mut dyn Write) -> io::Result<()> {
    let mut by_verdict: BTreeMap<PortVerdict, Vec<String>> = BTreeMap::new();
    for port in host.ports.iter().filter(|port| port.verdict != PortVerdict::Quiet) {
        by_verdict.entry(port.verdict).or_default().push(format!("{}/{}", port.port, port.proto));
    }
    let told: Vec<String> = by_verdict
        .iter()
        .map(|(verdict, ports)| {
            let more = ports.len().saturating_sub(PORTS);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let listed: Vec<&str> = ports.iter().take(PORTS).map(String::as_str).collect();
            format!("{} {}{more}", verdict.name().replace('_', " "), listed.join(", "))
        })
        .collect();
    let address = host.addresses.first().map_or("", String::as_str);
    let name = host.names.first().map(|name| format!(" ({name})")).unwrap_or_default();
    let told = if told.is_empty() { "nothing open, nothing seen".to_owned() } else { told.join("; ") };
    writeln!(out, "    {address}{name}: {told}")
}

fn outcome(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let what = match report.outcome.status {
        Status::Complete => return Ok(()),
        Status::Partial => "Not read whole",
        Status::Rejected => "Not read",
    };
    let message = report.outcome.message.as_deref().unwrap_or("no reason is known");
    writeln!(out, "{what}: {}", printable(message))
}

fn line(out: &mut dyn Write, name: &str, value: &str) -> io::Result<()> {
    writeln!(out, "  {name:<12}{value}")
}

fn figures(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let summary = &report.summary;
    for file in report.files.iter().filter(|_| report.files.len() == 1) {
        let format = if file.format.is_empty() { "not a capture" } else { file.format };
        let size = bytes_text(file.bytes);
        let holds = contents(file);
        line(out, "File", &format!("{} ({format}, {size}, {holds})", printable(&file.name)))?;
        table(file, out)?;
    }
    line(out, "Packets", &format!("{}, {}", count_text(summary.packets), bytes_text(summary.bytes)))?;
    line(out, "Flows", &format!("{} between {}", count_text(summary.flows), plural(summary.hosts, "host")))?;
    if let (Some(first), Some(last)) = (summary.first_ts, summary.last_ts) {
        let span = duration_text(last.since(first));
        line(out, "Time", &format!("{} to {} UTC ({span})", moment(first), moment(last)))?;
    }
    for (i, p) in summary.protocols.iter().take(PROTOCOLS).enumerate() {
        let name = if i == 0 { "Protocols" } else { "" };
        let bytes = bytes_text(p.bytes);
        let proto = printable(&p.proto);
        line(out, name, &format!("{proto}: {}, {}, {bytes}", plural(p.flows, "flow"), plural(p.packets, "packet")))?;
    }
    if let Some(more) = summary.protocols.len().checked_sub(PROTOCOLS).filter(|n| *n > 0) {
        line(out, "", &format!("and {} more", plural(count(more), "protocol")))?;
    }
    overview(report, out)?;
    if report.detection.status == DetectionStatus::Scored {
        let d = &report.detection;
        let scored = format!(
            "{} by {}: {}, {}, anomalous from score {:.3}",
            plural(d.rows, noun(report)),
            detector(d),
            plural(u64::from(d.k), "cluster"),
            plural(count(d.features.len()), "feature"),
            d.threshold.score
        );
        line(out, "Scored", &scored)?;
        line(
            out,
            "Anomalous",
            &format!("{} ({})", plural(summary.anomalies, noun(report)), share(summary.anomalies, d.rows)),
        )?;
    }
    Ok(())
}

/// The hosts and ports with most bytes; `-T json` has ten of each, conversations and names.
fn overview(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Overview { talkers, ports, .. } = &report.overview;
    for (i, talker) in talkers.first.iter().take(TALKERS).enumerate() {
        let severity = match talker.severity {
            Severity::None => String::new(),
            severity => format!(" ({})", severity.name()),
        };
        let name = talker.address.to_string();
        let name = report.places().map_or(name.clone(), |places| places.named(&name));
        let told = format!("{}: {}{severity}", printable(&name), volume(&talker.volume));
        line(out, if i == 0 { "Talkers" } else { "" }, &told)?;
    }
    for (i, port) in ports.first.iter().take(TALKERS).enumerate() {
        let number = port.port.map_or_else(String::new, |port| format!(" {port}"));
        let service = port.service.map_or_else(String::new, |service| format!(" {service}"));
        let told = format!("{}{number}{service}: {}", printable(&port.proto.name()), volume(&port.volume));
        line(out, if i == 0 { "Ports" } else { "" }, &told)?;
    }
    let Some(geography) = report.enrichment.as_ref().and_then(|enrichment| enrichment.geography.as_ref()) else {
        return Ok(());
    };
    for (i, of) in geography.countries.first.iter().take(TALKERS).enumerate() {
        let told = format!("{}: {}, {}", country(of), plural(of.hosts, "host"), volume(&of.volume));
        line(out, if i == 0 { "Countries" } else { "" }, &printable(&told))?;
    }
    for (i, of) in geography.networks.first.iter().take(TALKERS).enumerate() {
        let told = format!("{}: {}, {}", network(of), plural(of.hosts, "host"), volume(&of.volume));
        line(out, if i == 0 { "Networks" } else { "" }, &printable(&told))?;
    }
    Ok(())
}

fn volume(volume: &Volume) -> String {
    let (flows, packets) = (plural(volume.flows, "flow"), plural(volume.packets, "packet"));
    format!("{flows}, {packets}, {}", bytes_text(volume.bytes))
}

/// What the rows were scored against, and what is new beside it.
fn baseline(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Some(used) = &report.detection.baseline else { return Ok(()) };
    let name = match used.captures.as_slice() {
        [] => "a capture without a name".to_owned(),
        [one] => printable(one).into_owned(),
        [first, rest @ ..] => format!("{} and {} more", printable(first), count_text(count(rest.len()))),
    };
    let rows = format!("{name} ({}, {} distinct)", plural(used.row_count, "row"), count_text(used.fit_rows));
    line(out, "Baseline", &rows)?;
    for note in &used.notes {
        line(out, "", &printable(note))?;
    }
    if used.new.is_empty() {
        line(out, "New", "nothing beside the baseline")?;
    }
    for (i, news) in used.new.iter().enumerate() {
        let (one, many) = news.what.noun();
        let noun = if news.count == 1 { one } else { many };
        let new = format!("{} {noun} of {}", count_text(news.count), count_text(news.of));
        line(out, if i == 0 { "New" } else { "" }, &new)?;
    }
    Ok(())
}

/// What a table's rows and columns are.
fn table(file: &FileReport, out: &mut dyn Write) -> io::Result<()> {
    let Some(table) = &file.table else { return Ok(()) };
    let kind = match table.kind {
        TableKind::Flows => "flows",
        TableKind::Packets => "packets",
    };
    let whose = if table.dialect == "other" { String::new() } else { format!(" by {}'s columns", table.dialect) };
    let bad: u64 = table.bad.iter().map(|fault| fault.count).sum();
    let used = format!("{kind}{whose}: {} used, {} bad", count_text(table.used), count_text(bad));
    line(
        out,
        "Rows",
        &if table.full == 0 { used } else { format!("{used}, {} beyond the limits", count_text(table.full)) },
    )
}

/// A line a file, where there are several.
fn files(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.files.len() < 2 {
        return Ok(());
    }
    let shown = report.files.len().min(FILES);
    heading(out, "Files", shown, count(report.files.len()))?;
    let names: Vec<String> = report.files.iter().take(FILES).map(|f| short(&printable(&f.name))).collect();
    let width = names.iter().map(|n| n.chars().count()).max().unwrap_or(0);
    for (file, name) in report.files.iter().zip(names) {
        let format = if file.format.is_empty() { "-" } else { file.format };
        let format =
            if file.compression.is_empty() { format.to_owned() } else { format!("{format}, {}", file.compression) };
        let (packets, size) = (contents(file), bytes_text(file.stored_bytes));
        let outcome = match (file.outcome.status, file.outcome.message.as_deref()) {
            (Status::Complete, _) => "complete".to_owned(),
            (_, message) => printable(message.unwrap_or("not read whole")).into_owned(),
        };
        writeln!(out, "  {name:<width$}  {format:<12}  {size:>9}  {packets:>15}  {outcome}")?;
    }
    let is_whole = |f: &&crate::report::FileReport| f.outcome.status == Status::Complete;
    let rest = report.files.get(FILES..).unwrap_or_default();
    let damaged = rest.iter().filter(|f| !is_whole(f)).count();
    if damaged > 0 {
        writeln!(out, "  of the others {} not read whole (-T json lists them)", count_text(count(damaged)))?;
    }
    Ok(())
}

/// A name as long as the table has room for.
fn short(name: &str) -> String {
    if name.chars().count() <= FILE_NAME {
        return name.to_owned();
    }
    name.chars().take(FILE_NAME - 3).chain("...".chars()).collect()
}

fn heading(out: &mut dyn Write, name: &str, shown: usize, all: u64) -> io::Result<()> {
    if count(shown) < all {
        writeln!(out, "\n{name} ({} of {})", shown, count_text(all))
    } else {
        writeln!(out, "\n{name} ({})", count_text(all))
    }
}

/// Host by host, where there is more than one finding to be put together.
fn stories(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.findings.len() < 2 {
        return Ok(());
    }
    heading(out, "Hosts, by threat (0 to 100)", report.stories.len().min(STORIES), count(report.stories.len()))?;
    for story in report.stories.iter().take(STORIES) {
        let more = if story.findings.len() > IDS { ", ..." } else { "" };
        let ids = story.findings.iter().take(IDS).map(String::as_str).collect::<Vec<_>>().join(", ");
        let told = printable(&story.sentence);
        writeln!(out, "  {:>5.1}  {:<9}{told} ({}{more})", story.threat, story.severity.name(), printable(&ids))?;
    }
    Ok(())
}

fn findings(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.suppressed > 0 {
        writeln!(out, "\n{} not told, as the settings say", plural(report.suppressed, "finding"))?;
    }
    if report.findings.is_empty() {
        return Ok(());
    }
    let shown = report.findings.len().min(FINDINGS);
    heading(out, "Findings", shown, count(report.findings.len()))?;
    let is_timed = report.summary.first_ts.is_some();
    report.findings.iter().take(FINDINGS).try_for_each(|f| finding(f, is_timed, out))
}

fn finding(f: &Finding, is_timed: bool, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  {:<4}{:<9}{}", printable(&f.id), f.severity.name(), printable(&f.title))?;
    let span = format!("{} to {} UTC, ", moment(f.first_ts), moment(f.last_ts));
    writeln!(
        out,
        "      {}{}, {}{}",
        if is_timed { &span } else { "" },
        plural(f.packets, "packet"),
        bytes_text(f.bytes),
        f.score.map_or_else(String::new, |score| format!(", score {score:.3}"))
    )?;
    if !f.evidence.is_empty() {
        writeln!(out, "      {}", printable(&f.evidence))?;
    }
    if let Some(technique) = f.technique {
        writeln!(out, "      ATT&CK {}, {}", technique.id, technique.name)?;
    }
    writeln!(out, "      Wrong where: {}", f.caveat)?;
    if !f.filter.is_empty() {
        writeln!(out, "      Wireshark: {}", printable(&f.filter))?;
    }
    Ok(())
}

fn anomalies(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.anomalies.is_empty() {
        return Ok(());
    }
    let shown = report.anomalies.len().min(ANOMALIES);
    let name = format!("Strangest {}s and the features that make most of their distance", noun(report));
    heading(out, &name, shown, report.summary.anomalies)?;
    let is_timed = report.summary.first_ts.is_some();
    let is_host = report.settings.unit == Unit::Host;
    report.anomalies.iter().take(ANOMALIES).try_for_each(|a| anomaly(a, is_host, is_timed, out))
}

fn anomaly(a: &Anomaly, is_host: bool, is_timed: bool, out: &mut dyn Write) -> io::Result<()> {
    let (proto, orig, resp) = (printable(&a.proto), printable(&a.orig), printable(&a.resp));
    let who = match (is_host, resp.is_empty()) {
        (false, _) => format!("{proto} {orig} -> {resp}  ({})", printable(&a.id)),
        (true, true) => format!("{orig}  {proto}"),
        (true, false) => format!("{orig}  {proto}, mostly with {resp}"),
    };
    let when = if is_timed { moment(a.ts) + "  " } else { String::new() };
    writeln!(out, "  {:.3} {:<9}{when}{who}", a.score, a.severity.name())?;
    let why: Vec<String> = a.contributions.iter().take(CONTRIBUTIONS).map(contribution).collect();
    if why.is_empty() { Ok(()) } else { writeln!(out, "      {}", why.join("; ")) }
}

fn contribution(c: &Contribution) -> String {
    let (observed, typical) = (value(c.observed, c.unit), value(c.typical, c.unit));
    format!("{} {observed} (typical {typical}{}; {:.0} %)", c.feature, spread(c), c.share * 100.0)
}

/// What was read but is no part of the analysis, and what was odd.
fn account(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let (l, u) = (&report.ledger, &report.ledger.untracked);
    let buckets = untracked(u);
    let lost = |b: &Bucket| b.packets > 0;
    let dropped = l.dropped_by_capture > 0;
    let full = l.packet_rows_full > 0 || l.host_rows_full > 0;
    if buckets.iter().any(|(_, b)| lost(b)) || dropped || full || l.trailing_bytes > 0 {
        writeln!(out, "\nNot in the analysis")?;
    }
    for (what, bucket) in buckets.iter().filter(|(_, b)| lost(b)) {
        writeln!(out, "  {} {what}, {}", plural(bucket.packets, "packet"), bytes_text(bucket.bytes))?;
    }
    overflow(&l.overflow, out)?;
    if l.packet_rows_full > 0 {
        writeln!(
            out,
            "  {} beyond the packet table's limit (--max-packet-rows)",
            plural(l.packet_rows_full, "packet")
        )?;
    }
    if l.host_rows_full > 0 {
        writeln!(out, "  {} beyond the host table's limit (--max-hosts)", plural(l.host_rows_full, "host"))?;
    }
    if l.trailing_bytes > 0 {
        writeln!(out, "  {} after the place where reading stopped", bytes_text(l.trailing_bytes))?;
    }
    if dropped {
        writeln!(out, "  {} that the capturing program says it dropped", plural(l.dropped_by_capture, "packet"))?;
    }
    if !report.warnings.is_empty() {
        writeln!(out, "\nWarnings")?;
    }
    for w in &report.warnings {
        let (times, number) = (plural(w.count, "time"), count_text(w.first.packet));
        let what = if w.kind.starts_with("table_") { "row" } else { "packet" };
        writeln!(out, "  {} ({}; {times}, first at {what} {number}, byte {})", w.message, w.kind, w.first.byte)?;
    }
    let reached: Vec<_> = report.limits.iter().filter(|limit| limit.beyond > 0).collect();
    if !reached.is_empty() {
        writeln!(out, "\nLimits reached")?;
    }
    for limit in reached {
        let most = limit
            .most
            .map_or_else(|| "as many as memory allows".to_owned(), |most| format!("at most {}", count_text(most)));
        writeln!(out, "  {}: {most}, {} beyond", limit.name.replace('_', " "), count_text(limit.beyond))?;
    }
    Ok(())
}

/// Whom the packets beyond the flow table were sent to.
fn overflow(overflow: &Overflow, out: &mut dyn Write) -> io::Result<()> {
    let about = |sum: &OverflowSum| {
        let (flows, hosts) = (plural(sum.flows, "flow"), plural(sum.originators, "host"));
        format!("{}, {}, about {flows} from {hosts}", plural(sum.packets, "packet"), bytes_text(sum.bytes))
    };
    for bucket in overflow.buckets.iter().take(OVERFLOW) {
        let port = bucket.port.map_or_else(String::new, |port| format!(" port {port}"));
        let proto = bucket.proto.name();
        writeln!(out, "    to {}, {}{port}: {}", bucket.responder, printable(&proto), about(&bucket.sum))?;
    }
    let rest = overflow.buckets.len().saturating_sub(OVERFLOW);
    if rest > 0 || overflow.other.is_some() {
        let packets = overflow.sums().skip(OVERFLOW.min(overflow.buckets.len())).map(|sum| sum.packets).sum();
        writeln!(out, "    to others: {}", plural(packets, "packet"))?;
    }
    Ok(())
}
