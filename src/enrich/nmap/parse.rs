//! nmap's XML, by its events: nothing is expanded, fetched or built as a tree.
//!
//! **Source** nmap's `nmap.dtd`, XML output version 1.05.

use std::net::IpAddr;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::scan::{NmapHost, NmapPort, NmapScan};
use crate::enrich::faults::Fault;
use crate::error::{Error, Result};
use crate::report::Text;
use crate::units::{NS_PER_SEC, Timestamp};

/// Bytes of a file's beginning in which the root element must stand.
const OPENING: usize = 4096;
/// Most ports, names and addresses of a host, and ranges of ports.
const MAX_PORTS: usize = 131_072;
const MAX_NAMES: usize = 16;
const MAX_RANGES: usize = 65_536;
/// Deepest element: nmap's are nine deep.
const MAX_DEPTH: u32 = 64;

/// Whether a file begins as nmap's XML does.
pub(crate) fn is_nmap(first: &[u8]) -> bool {
    let first = first.get(..OPENING).unwrap_or(first);
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first).trim_ascii_start();
    text.starts_with(b"<") && text.windows(8).any(|part| part == b"<nmaprun")
}

pub(super) fn read(name: &str, bytes: &[u8]) -> Result<NmapScan> {
    let error = |what: String| Error::SideFile { file: name.to_owned(), what };
    if !is_nmap(bytes) {
        let what =
            "it is not what nmap writes: expected XML with <nmaprun> at its beginning; write it with nmap -oX FILE";
        return Err(error(what.to_owned()));
    }
    let text = String::from_utf8_lossy(bytes);
    let mut parsing = Parsing { scan: NmapScan { name: name.to_owned(), ..NmapScan::default() }, ..Parsing::default() };
    let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(&text));
    let (mut depth, mut line, mut counted) = (0u32, 1u64, 0usize);
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        // Lines so far: only as many bytes as were read since.
        let since = text.as_bytes().get(counted..at.min(text.len())).unwrap_or_default();
        line += crate::units::count(memchr::memchr_iter(b'\n', since).count());
        counted = counted.max(at.min(text.len()));
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(error(format!("its XML is damaged at line {line}: elements are {depth} deep")));
                }
                parsing.open(&element, line);
            }
            Ok(Event::Empty(element)) => {
                parsing.open(&element, line);
                parsing.close(element.name().as_ref(), line);
            }
            Ok(Event::End(element)) => {
                depth = depth.saturating_sub(1);
                parsing.close(element.name().as_ref(), line);
            }
            Ok(Event::Eof) => break,
            // Text, comments and instructions say nothing; a document type is not looked into.
            Ok(_) => {}
            // An interrupted scan ends anywhere; what is whole of it counts.
            Err(_) if parsing.is_open => {
                parsing.scan.is_cut = true;
                break;
            }
            Err(why) => return Err(error(format!("its XML is damaged at line {line}: {why}"))),
        }
    }
    if !parsing.has_root {
        return Err(error("its XML has no <nmaprun> that can be read; write it with nmap -oX FILE".to_owned()));
    }
    parsing.scan.is_cut |= parsing.is_open;
    Ok(parsing.scan)
}

#[derive(Debug, Default)]
struct Parsing {
    scan: NmapScan,
    has_root: bool,
    /// Whether the root has not ended.
    is_open: bool,
    host: Option<NmapHost>,
    port: Option<((&'static str, u16), NmapPort)>,
}

/// An attribute's value; entities that XML does not define stay as they are.
fn value(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element.try_get_attribute(name).ok()??;
    Some(
        attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_or_else(|_| AsRef::<str>::as_ref(&attribute.value).to_owned(), std::borrow::Cow::into_owned),
    )
}

fn text(element: &BytesStart<'_>, name: &str) -> Option<Text> {
    value(element, name).map(|text| Text::from(text.as_str())).filter(|text| !text.is_empty())
}

/// Seconds since 1970.
fn moment(element: &BytesStart<'_>, name: &str) -> Option<Timestamp> {
    let seconds: i64 = value(element, name)?.parse().ok()?;
    seconds.checked_mul(NS_PER_SEC).map(Timestamp)
}

fn proto(name: &str) -> Option<&'static str> {
    ["tcp", "udp", "sctp"].into_iter().find(|known| *known == name)
}

impl Parsing {
    fn open(&mut self, element: &BytesStart<'_>, line: u64) {
        match element.name().as_ref() {
            "nmaprun" => self.root(element),
            "scaninfo" => self.scanned(element),
            "finished" => self.scan.finished = moment(element, "time").or(self.scan.finished),
            "host" => self.host = Some(NmapHost { end: moment(element, "endtime"), ..NmapHost::default() }),
            "port" => self.port(element, line),
            "extraports" => {
                let known = text(element, "state").zip(value(element, "count").and_then(|n| n.parse().ok()));
                if let Some((host, known)) = self.host.as_mut().zip(known).filter(|(h, _)| h.others.len() < MAX_NAMES) {
                    host.others.push(known);
                }
            }
            "state" => {
                if let Some((_, port)) = &mut self.port {
                    port.state = text(element, "state").unwrap_or_default();
                }
            }
            "service" => {
                if let Some((_, port)) = &mut self.port {
                    port.service = service_name(element);
                    port.is_probed = value(element, "method").is_some_and(|method| method == "probed");
                    port.product = product(element);
                }
            }
            name => {
                if let Some(host) = &mut self.host {
                    detail(host, name, element);
                }
            }
        }
    }

    fn close(&mut self, name: &str, line: u64) {
        match name {
            "nmaprun" => self.is_open = false,
            "port" => {
                if let Some(((key, port), host)) = self.port.take().zip(self.host.as_mut()) {
                    if host.ports.len() < MAX_PORTS {
                        host.ports.insert(key, port);
                    } else {
                        self.scan.faults.add(Fault::BeyondLimit, line);
                    }
                }
            }
            "host" => match self.host.take() {
                Some(host) if host.addresses.is_empty() => self.scan.faults.add(Fault::BadHost, line),
                Some(_) if self.scan.hosts.len() >= NmapScan::MAX_HOSTS => {
                    self.scan.faults.add(Fault::BeyondLimit, line);
                }
                Some(host) => self.scan.hosts.push(host),
                None => {}
            },
            _ => {}
        }
    }

    fn root(&mut self, element: &BytesStart<'_>) {
        (self.has_root, self.is_open) = (true, true);
        self.scan.version = text(element, "version").unwrap_or_default();
        self.scan.args = text(element, "args").unwrap_or_default();
        self.scan.start = moment(element, "start");
    }

    fn scanned(&mut self, element: &BytesStart<'_>) {
        let known = value(element, "protocol").as_deref().and_then(proto).zip(value(element, "services"));
        let Some((proto, services)) = known else { return };
        let ranges = self.scan.scanned.entry(proto).or_default();
        for range in services.split(',').take(MAX_RANGES) {
            let (low, high) = range.split_once('-').unwrap_or((range, range));
            if let (Ok(low), Ok(high)) = (low.trim().parse(), high.trim().parse()) {
                ranges.push((low, high));
            }
        }
    }

    fn port(&mut self, element: &BytesStart<'_>, line: u64) {
        let known = value(element, "protocol").as_deref().and_then(proto);
        let number = value(element, "portid").and_then(|port| port.parse::<u16>().ok());
        self.port = known.zip(number).map(|key| (key, NmapPort::default()));
        if self.port.is_none() {
            self.scan.faults.add(Fault::BadPort, line);
        }
    }
}

fn detail(host: &mut NmapHost, name: &str, element: &BytesStart<'_>) {
    match name {
        "status" => host.is_up = value(element, "state").is_some_and(|state| state == "up"),
        "address" => {
            let address = value(element, "addr").unwrap_or_default();
            match address.parse::<IpAddr>() {
                Ok(address) if host.addresses.len() < MAX_NAMES => host.addresses.push(address.to_canonical()),
                Ok(_) => {}
                Err(_) => host.mac = text(element, "addr"),
            }
        }
        "hostname" => {
            if let Some(name) =
                text(element, "name").filter(|n| host.names.len() < MAX_NAMES && !host.names.contains(n))
            {
                host.names.push(name);
            }
        }
        "osmatch" if host.os.is_none() => {
            let accuracy = value(element, "accuracy").map(|a| format!(" ({a} %)")).unwrap_or_default();
            host.os = value(element, "name").map(|name| Text::from(format!("{name}{accuracy}").as_str()));
        }
        _ => {}
    }
}

/// The service; inside of TLS with nmap's `ssl/` before it.
fn service_name(element: &BytesStart<'_>) -> Option<Text> {
    let name = value(element, "name").filter(|name| !name.is_empty())?;
    let tunnel = value(element, "tunnel").filter(|tunnel| tunnel == "ssl");
    Some(Text::from(tunnel.map_or(name.clone(), |_| format!("ssl/{name}")).as_str()))
}

fn product(element: &BytesStart<'_>) -> Option<Text> {
    let words: Vec<String> = ["product", "version"].into_iter().filter_map(|name| value(element, name)).collect();
    (!words.is_empty()).then(|| Text::from(words.join(" ").as_str()))
}
