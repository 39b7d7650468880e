//! What the HTML and Markdown reports promise to whoever opens them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use crate::generators::office;
use wiresift::export::{Exporter, Html, Markdown};
use wiresift::pipeline::Analyzer;
use wiresift::report::{Report, Severity};
use wiresift::settings::Settings;

fn report(name: &str, capture: &[u8], settings: &[(&str, &str)]) -> Report {
    let settings = Settings::from_pairs(settings.iter().copied()).unwrap();
    let mut analyzer = Analyzer::new(settings, [3, 4]).unwrap();
    analyzer.begin_file(name);
    analyzer.push(capture);
    analyzer.finish().unwrap()
}

fn written(exporter: &dyn Exporter, report: &Report) -> String {
    let mut out = Vec::new();
    exporter.export(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn office_report() -> Report {
    report("office.pcap", &office::capture(400), &[("k", "3")])
}

/// What breaks out of text in HTML, Markdown and terminals.
const HOSTILE: &str = "</td></svg><script>alert(1)</script>\"' onload=x `` | **b** [l](javascript:x) <img src=//e.example>\u{202e}\u{7}\r\n# h";

/// A report whose every text from outside is [`HOSTILE`].
fn hostile_report() -> Report {
    let mut report = report(HOSTILE, &office::capture(400), &[("k", "3")]);
    let evil = || HOSTILE.to_owned();
    assert!(!report.findings.is_empty() && !report.anomalies.is_empty() && !report.stories.is_empty());
    for finding in &mut report.findings {
        (finding.title, finding.evidence, finding.filter) = (evil(), evil(), evil());
        (finding.actors, finding.targets) = (vec![evil()], vec![evil()]);
        finding.id = evil();
    }
    for story in &mut report.stories {
        (story.host, story.sentence, story.findings) = (evil(), evil(), vec![evil()]);
    }
    for anomaly in &mut report.anomalies {
        (anomaly.id, anomaly.proto, anomaly.orig, anomaly.resp) = (evil(), evil(), evil(), evil());
        anomaly.contributions.iter_mut().for_each(|c| c.feature = evil().into());
    }
    report.hosts.iter_mut().for_each(|host| host.name = Some(HOSTILE.into()));
    report.summary.protocols.iter_mut().for_each(|p| p.proto = evil());
    report.summary.verdict = evil();
    report.outcome.message = Some(evil());
    report
}

/// The elements of a page with their attributes' names, checked to be nested; character data has no `<`.
fn elements(page: &str) -> Vec<(String, Vec<String>)> {
    let (mut found, mut open) = (Vec::new(), Vec::new());
    let mut rest = page.strip_prefix("<!doctype html>\n").unwrap();
    while let Some(at) = rest.find('<') {
        let end = at + rest[at..].find('>').unwrap();
        let tag = &rest[at + 1..end];
        assert!(!tag.contains('<'), "{tag}");
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap().to_owned();
        // Between quotes stands no other quote: outside of them, at even places, stand the names.
        let outside: String = tag[name.len()..].split('"').step_by(2).collect();
        let names = outside.split([' ', '=', '/']).filter(|name| !name.is_empty()).map(str::to_owned).collect();
        if name != "meta" && !tag.ends_with('/') {
            open.push(name.clone());
        }
        found.push((name, names));
    }
    assert!(open.is_empty(), "{open:?}");
    found
}

const ELEMENTS: &str = "html head meta title style body header h1 p nav ul li a main section h2 h3 dl div dt dd table thead \
                        tbody tr th td span article pre code figure figcaption footer svg rect circle polygon polyline line \
                        text path";
const ATTRIBUTES: &str = "http-equiv content charset name lang class href id aria-label aria-labelledby role scope tabindex \
                          width height viewBox xmlns x y x1 y1 x2 y2 cx cy r dy points d fill stroke stroke-width opacity \
                          text-anchor font-family font-size font-weight transform";

fn is_in(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| known == word)
}

#[test]
fn the_page_has_all_parts() {
    let page = written(&Html, &office_report());
    for part in [
        "<title>Wiresift report: office.pcap</title>",
        "id=\"figures\"",
        "id=\"stories\"",
        "id=\"findings\"",
        "<article id=\"F1\">",
        "Wrong where",
        "Filter for Wireshark",
        "id=\"anomalies\"",
        "<th scope=\"col\" class=\"number\">Observed</th>",
        "id=\"clusters\"",
        "id=\"time\"",
        "id=\"protocols\"",
        "id=\"hosts\"",
        "complete: everything was read",
        "<dt>Bytes of the files</dt>",
        "id=\"files\"",
        "<td><code>k</code></td><td><code>3</code></td><td>auto</td>",
        "<dt>idle-timeout</dt><dd>120</dd>",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert_eq!(page.matches("<svg role=\"img\" aria-label=\"").count(), 3);
    assert_eq!(page, written(&Html, &office_report()), "the same bytes");
}

#[test]
fn the_policy_comes_first_and_allows_nothing_but_the_style() {
    let page = written(&Html, &office_report());
    let head = page.split_once("<head>\n").unwrap().1;
    let policy = head.lines().next().unwrap();
    assert!(
        policy.starts_with(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-"
        )
    );
    assert!(policy.ends_with("'; img-src data:; base-uri 'none'; form-action 'none'\">"), "{policy}");
    assert!(page.find("charset=\"utf-8\"").unwrap() < 1024);
}

#[test]
fn every_element_and_attribute_is_one_of_ours() {
    for report in [office_report(), hostile_report(), report("e.pcap", &office::file(&[]), &[])] {
        for (name, attributes) in elements(&written(&Html, &report)) {
            assert!(is_in(ELEMENTS, &name), "<{name}>");
            for attribute in attributes {
                assert!(is_in(ATTRIBUTES, &attribute), "<{name} {attribute}>");
            }
        }
    }
}

#[test]
fn no_text_of_a_capture_is_markup_or_control() {
    let report = hostile_report();
    let page = written(&Html, &report);
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39; onload=x"));
    assert!(page.contains("\\u{202e}\\u{7}\\u{d}\\u{a}# h"));
    let text = written(&Markdown, &report);
    assert!(text.contains("\\<script\\>alert(1)\\</script\\>"), "{text}");
    assert!(text.contains("\\[l\\](javascript:x)"));
    for text in [&page, &text] {
        assert!(text.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'));
    }
    // Each row of a table has as many bars as its header.
    let bars = |line: &str| line.replace("\\|", "").matches('|').count();
    let mut header = None;
    for line in text.lines() {
        let is_row = line.starts_with('|');
        assert!(!is_row || header.is_none_or(|n| n == bars(line)), "{line}");
        header = is_row.then(|| bars(line));
    }
}

#[test]
fn unlike_severities_are_told_in_words() {
    let mut report = office_report();
    let all = [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
    let one = report.findings[0].clone();
    report.findings = all.map(|severity| wiresift::report::Finding { severity, ..one.clone() }).to_vec();
    let page = written(&Html, &report);
    assert!(page.contains("<dd>1 critical, 1 high, 1 medium, 1 low, 1 info</dd>"));
    for severity in all.map(Severity::name) {
        assert!(page.contains(&format!("<span class=\"severity {severity}\">{severity}</span>")));
    }
}

#[test]
fn what_was_not_read_is_said_first() {
    let mut capture = office::capture(100);
    capture.truncate(capture.len() - 7);
    let cut = report("cut.pcap", &capture, &[]);
    let page = written(&Html, &cut);
    assert!(page.find("<p class=\"notice\">Not read whole: ").unwrap() < page.find("<main>").unwrap());
    let text = written(&Markdown, &cut);
    assert!(text.contains("\n**Not read whole: ") && text.contains("- Outcome: partial: "), "{text}");
}

#[test]
fn markdown_is_the_same_in_short() {
    let report = office_report();
    let text = written(&Markdown, &report);
    for part in [
        "# Wiresift report: office.pcap\n",
        "## Key figures",
        "### F1 ",
        "- Wrong where: ",
        "- Filter for Wireshark: `",
        "| Feature | Observed | Typical | Share |\n| --- | ---: | ---: | ---: |",
        "## Settings",
        "| `k` | `3` | auto |",
    ] {
        assert!(text.contains(part), "{part}");
    }
    assert!(text.len() < written(&Html, &report).len() / 2);
    assert!(!text.contains("idle-timeout") && !text.contains("<svg"));
}

#[test]
fn an_empty_capture_and_a_refused_file_have_reports_too() {
    for capture in [office::file(&[]), b"not a capture".to_vec()] {
        let report = report("none.pcap", &capture, &[]);
        assert!(written(&Html, &report).contains("No rule found anything"));
        assert!(written(&Markdown, &report).contains("## Account"));
    }
}

#[test]
fn hosts_and_packets_have_reports_of_their_own() {
    let packets = report("a.pcap", &office::capture(300), &[("unit", "packet"), ("threshold", "0.05")]);
    assert!(!packets.anomalies.is_empty());
    for text in [written(&Html, &packets), written(&Markdown, &packets)] {
        assert!(text.contains("Strangest packets ("));
    }
    let hosts = written(&Markdown, &report("a.pcap", &office::capture(300), &[("unit", "host")]));
    assert!(hosts.contains("- Scores: none: too few hosts to say what is usual"), "{hosts}");
}
