//! Label files: what each conversation of a capture is.

use std::collections::BTreeMap;
use std::fs;
use std::net::IpAddr;
use std::path::Path;

use anyhow::{Context as _, bail};
use wiresift::classify::Class;
use wiresift::report::Proto;

use super::truth::Ends;

/// Labels by conversation; those of one capture only are kept apart by its name.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    of_capture: BTreeMap<(String, Ends), Class>,
    of_all: BTreeMap<Ends, Class>,
    /// Names of label files that belong to the capture whose name they begin with.
    own: Vec<(String, BTreeMap<Ends, Class>)>,
}

/// Where the columns are.
struct Columns {
    proto: usize,
    src: usize,
    sport: usize,
    dst: usize,
    dport: usize,
    label: usize,
    capture: Option<usize>,
    confidence: Option<usize>,
}

impl Columns {
    fn of(header: &csv::StringRecord) -> Option<Self> {
        let find = |name: &str| header.iter().position(|h| h.eq_ignore_ascii_case(name));
        Some(Self {
            proto: find("proto")?,
            src: find("src")?,
            sport: find("sport")?,
            dst: find("dst")?,
            dport: find("dport")?,
            label: find("label").or_else(|| find("class"))?,
            capture: find("capture"),
            confidence: find("confidence"),
        })
    }
}

impl Labels {
    /// Adds a label file: CSV, or tabs where the name ends in `.tsv`, with the columns `proto`, `src`, `sport`, `dst`,
    /// `dport` and `label`. With a column `capture` each row is of the capture of that name; a file named as a capture and
    /// more (`a.pcap.labels.csv`) is of that one; any other holds for all. Rows with a `confidence` other than `DPI` are
    /// left out: nDPI guessed them by port or address.
    pub(crate) fn read(&mut self, path: &Path) -> anyhow::Result<()> {
        let shown = path.display();
        let text = fs::read(path).with_context(|| format!("cannot read {shown}"))?;
        let delimiter = if path.extension().is_some_and(|e| e == "tsv") { b'\t' } else { b',' };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .quoting(delimiter == b',')
            .from_reader(text.as_slice());
        let header = reader.headers().with_context(|| format!("cannot read {shown}"))?.clone();
        let Some(columns) = Columns::of(&header) else {
            bail!("{shown} is no label file: it needs the columns proto, src, sport, dst, dport and label");
        };
        let mut own = BTreeMap::new();
        for (i, row) in reader.records().enumerate() {
            let row = row.with_context(|| format!("cannot read row {} of {shown}", i + 2))?;
            let cell = |at: usize| row.get(at).unwrap_or_default().trim();
            let is_sure = columns.confidence.is_none_or(|at| matches!(cell(at), "" | "DPI"));
            let Some((ends, class)) = entry(&columns, &cell).filter(|_| is_sure) else { continue };
            if let Some(at) = columns.capture {
                let name = cell(at).rsplit('/').next().unwrap_or_default().to_owned();
                self.of_capture.insert((name, ends), class);
            } else {
                own.insert(ends, class);
            }
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.of_all.extend(own.iter().map(|(ends, class)| (*ends, *class)));
        self.own.push((name, own));
        Ok(())
    }

    /// The class of a conversation in a capture of that name.
    pub(crate) fn class(&self, capture: &str, ends: Ends) -> Option<Class> {
        let is_own = |name: &str| name.strip_prefix(capture).is_some_and(|rest| rest.starts_with('.'));
        if let Some((_, own)) = self.own.iter().find(|(name, _)| is_own(name)) {
            return own.get(&ends).copied();
        }
        self.of_capture.get(&(capture.to_owned(), ends)).or_else(|| self.of_all.get(&ends)).copied()
    }
}

fn entry<'a>(columns: &Columns, cell: &dyn Fn(usize) -> &'a str) -> Option<(Ends, Class)> {
    let proto = match cell(columns.proto).to_ascii_lowercase().as_str() {
        "tcp" | "6" => Proto::TCP,
        "udp" | "17" => Proto::UDP,
        _ => return None,
    };
    let end = |addr: usize, port: usize| Some((cell(addr).parse::<IpAddr>().ok()?, cell(port).parse::<u16>().ok()?));
    let ends = Ends::new(proto, end(columns.src, columns.sport)?, end(columns.dst, columns.dport)?);
    Some((ends, class_of(cell(columns.label), proto)?))
}

/// The class of a label: ours, or nDPI's master protocol. `None` where it does not say which class it is.
fn class_of(label: &str, proto: Proto) -> Option<Class> {
    let master = label.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let service = match master.as_str() {
        // Nothing known; or TLS from the beginning or after a question in the clear: nDPI has one word for both.
        "" | "unknown" | "imaps" | "smtps" | "pops" | "ftps" => return None,
        "other" | "other_tcp" | "other_udp" => "other",
        "https" | "tls" => "ssl",
        "http_proxy" | "http_connect" => "http",
        "ftp_control" => "ftp",
        other => other,
    };
    Class::of_service(service, proto)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_classes() {
        let tcp = |label| class_of(label, Proto::TCP);
        assert_eq!(tcp("TLS.Facebook"), Some(Class::Ssl));
        assert_eq!(tcp("FTP_CONTROL"), Some(Class::Ftp));
        assert_eq!(tcp("MySQL"), Some(Class::OtherTcp));
        assert_eq!((tcp("Unknown"), tcp("SMTPS"), tcp("DNS")), (None, None, None));
        assert_eq!(class_of("DNS.Google", Proto::UDP), Some(Class::Dns));
        assert_eq!((class_of("MDNS", Proto::UDP), class_of("RTP", Proto::UDP)), (None, Some(Class::OtherUdp)));
    }

    #[test]
    fn files_hold_for_the_captures_that_they_name() {
        let dir = tempfile::tempdir().unwrap();
        let mut labels = Labels::default();
        let head = "proto,src,sport,dst,dport,label";
        for (name, text) in [
            ("a.pcap.csv", format!("{head}\ntcp,10.0.0.1,1,10.0.0.2,2,http\n")),
            (
                "n.tsv",
                "capture\tproto\tsrc\tsport\tdst\tdport\tlabel\tconfidence\n\
                       x/b.pcap\tTCP\t10.0.0.2\t2\t10.0.0.1\t1\tSSH\tDPI\n\
                       x/c.pcap\tTCP\t10.0.0.2\t2\t10.0.0.1\t1\tSSH\tMatch by port\n"
                    .to_owned(),
            ),
        ] {
            std::fs::write(dir.path().join(name), text).unwrap();
            labels.read(&dir.path().join(name)).unwrap();
        }
        let ends = Ends::new(Proto::TCP, ([10, 0, 0, 1].into(), 1), ([10, 0, 0, 2].into(), 2));
        let class = |capture| labels.class(capture, ends);
        assert_eq!((class("a.pcap"), class("b.pcap")), (Some(Class::Http), Some(Class::Ssh)));
        std::fs::write(dir.path().join("bad.csv"), "a,b\n1,2\n").unwrap();
        assert!(labels.read(&dir.path().join("bad.csv")).unwrap_err().to_string().contains("no label file"));
    }
}
