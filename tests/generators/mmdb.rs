//! MaxMind DB files: a search tree of 24, 28 or 32 bit records, data, and metadata.
//!
//! **Source** MaxMind DB File Format Specification 2.0.

use std::net::IpAddr;

/// A value of the data section.
#[derive(Debug, Clone)]
pub enum Value {
    Text(String),
    U16(u16),
    U32(u32),
    U64(u64),
    Map(Vec<(&'static str, Value)>),
    Array(Vec<Value>),
    /// A pointer to so many bytes behind the data section's begin.
    Pointer(u32),
    /// Bytes as they are, whatever they mean.
    Raw(Vec<u8>),
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn control(kind: u8, size: usize, out: &mut Vec<u8>) {
    let (first, more) = match size {
        0..29 => (size as u8, Vec::new()),
        29..285 => (29, vec![(size - 29) as u8]),
        285..65_821 => (30, ((size - 285) as u16).to_be_bytes().to_vec()),
        _ => (31, ((size - 65_821) as u32).to_be_bytes()[1..].to_vec()),
    };
    // Kinds beyond seven stand in a byte of their own.
    if kind > 7 {
        out.extend([first, kind - 7])
    } else {
        out.push(kind << 5 | first)
    }
    out.extend(more);
}

impl Value {
    pub fn write(&self, out: &mut Vec<u8>) {
        let number = |kind, bytes: &[u8], out: &mut Vec<u8>| {
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            control(kind, bytes.len() - zeros, out);
            out.extend(&bytes[zeros..]);
        };
        match self {
            Self::Text(text) => {
                control(2, text.len(), out);
                out.extend(text.as_bytes());
            }
            Self::U16(n) => number(5, &n.to_be_bytes(), out),
            Self::U32(n) => number(6, &n.to_be_bytes(), out),
            Self::U64(n) => number(9, &n.to_be_bytes(), out),
            Self::Map(pairs) => {
                control(7, pairs.len(), out);
                for (key, value) in pairs {
                    text(key).write(out);
                    value.write(out);
                }
            }
            Self::Array(items) => {
                control(11, items.len(), out);
                items.iter().for_each(|item| item.write(out));
            }
            Self::Pointer(to) => {
                out.push(0b0011_1000);
                out.extend(to.to_be_bytes());
            }
            Self::Raw(bytes) => out.extend(bytes),
        }
    }
}

/// Where a branch of the tree leads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Slot {
    Empty,
    Node(usize),
    /// Bytes behind the data section's begin.
    Data(usize),
    /// The number as it stands in the file.
    Raw(u32),
}

/// A database that is being made. Fields may be changed to what is not true.
#[derive(Debug, Clone)]
pub struct Mmdb {
    pub bits: u16,
    pub ip_version: u16,
    pub nodes: Vec<[Slot; 2]>,
    pub data: Vec<u8>,
    pub database_type: String,
    pub build_epoch: u64,
    /// What the metadata say instead of the truth.
    pub said_nodes: Option<u32>,
    pub said_bits: Option<u16>,
    pub major: u16,
}

impl Mmdb {
    /// An empty database with IPv6 and IPv4 in it, records of 24 bits, built 2026-11-20.
    pub fn new(database_type: &str) -> Self {
        Self {
            bits: 24,
            ip_version: 6,
            nodes: vec![[Slot::Empty; 2]],
            data: Vec::new(),
            database_type: database_type.to_owned(),
            build_epoch: 1_795_132_800,
            said_nodes: None,
            said_bits: None,
            major: 2,
        }
    }

    pub fn bits(mut self, bits: u16) -> Self {
        self.bits = bits;
        self
    }

    pub fn only_ipv4(mut self) -> Self {
        self.ip_version = 4;
        self
    }

    /// Puts a value into the data section.
    pub fn put(&mut self, value: &Value) -> usize {
        let at = self.data.len();
        value.write(&mut self.data);
        at
    }

    /// Gives a network, `203.0.113.0/24`, a record of its own.
    pub fn network(mut self, network: &str, value: &Value) -> Self {
        let at = self.put(value);
        self.lead(network, Slot::Data(at));
        self
    }

    /// Lets a network lead somewhere.
    pub fn lead(&mut self, network: &str, slot: Slot) {
        let (address, length) = network.split_once('/').unwrap();
        let length: u32 = length.parse().unwrap();
        let (bits, length) = match (address.parse().unwrap(), self.ip_version) {
            (IpAddr::V4(v4), 4) => (u128::from(v4.to_bits()) << 96, length),
            (IpAddr::V4(v4), _) => (u128::from(v4.to_bits()), length + 96),
            (IpAddr::V6(v6), _) => (v6.to_bits(), length),
        };
        let mut node = 0;
        for depth in 0..length {
            let side = (bits >> (127 - depth) & 1) as usize;
            if depth + 1 == length {
                self.nodes[node][side] = slot;
                return;
            }
            node = match self.nodes[node][side] {
                Slot::Node(next) => next,
                before => {
                    // What was wider is split.
                    self.nodes.push([before; 2]);
                    self.nodes[node][side] = Slot::Node(self.nodes.len() - 1);
                    self.nodes.len() - 1
                }
            };
        }
    }

    /// Lets `::ffff:0:0/96` and `2002::/16` lead to the IPv4 networks, as MaxMind's databases do.
    pub fn aliases(mut self) -> Self {
        let mut node = 0;
        for _ in 0..96 {
            let Slot::Node(next) = self.nodes[node][0] else { unreachable!("no IPv4 networks") };
            node = next;
        }
        self.lead("::ffff:0:0/96", Slot::Node(node));
        self.lead("2002::/16", Slot::Node(node));
        self
    }

    fn number(&self, slot: Slot) -> u32 {
        let nodes = self.nodes.len() as u32;
        match slot {
            Slot::Empty => nodes,
            Slot::Node(node) => node as u32,
            Slot::Data(at) => nodes + 16 + at as u32,
            Slot::Raw(number) => number,
        }
    }

    pub fn metadata(&self) -> Value {
        Value::Map(vec![
            ("node_count", Value::U32(self.said_nodes.unwrap_or(self.nodes.len() as u32))),
            ("record_size", Value::U16(self.said_bits.unwrap_or(self.bits))),
            ("ip_version", Value::U16(self.ip_version)),
            ("database_type", text(&self.database_type)),
            ("languages", Value::Array(vec![text("en")])),
            ("binary_format_major_version", Value::U16(self.major)),
            ("binary_format_minor_version", Value::U16(0)),
            ("build_epoch", Value::U64(self.build_epoch)),
            ("description", Value::Map(vec![("en", text("made for tests"))])),
        ])
    }

    pub fn file(&self) -> Vec<u8> {
        self.file_with(&self.metadata())
    }

    pub fn file_with(&self, metadata: &Value) -> Vec<u8> {
        let mut out = Vec::new();
        for node in &self.nodes {
            let [left, right] = node.map(|slot| self.number(slot));
            let (l, r) = (left.to_be_bytes(), right.to_be_bytes());
            match self.bits {
                24 => out.extend([&l[1..], &r[1..]].concat()),
                28 => out.extend([&l[1..], &[l[0] << 4 | r[0] & 15], &r[1..]].concat()),
                _ => out.extend([l, r].concat()),
            }
        }
        out.extend([0; 16]);
        out.extend(&self.data);
        out.extend(b"\xab\xcd\xefMaxMind.com");
        metadata.write(&mut out);
        out
    }
}

/// A record of GeoLite2-City: country and city.
pub fn city(code: &str, country: &str, city: &str) -> Value {
    let names = |name: &str| Value::Map(vec![("de", text("anders")), ("en", text(name))]);
    let mut pairs = vec![(
        "country",
        Value::Map(vec![("geoname_id", Value::U32(1)), ("iso_code", text(code)), ("names", names(country))]),
    )];
    if !city.is_empty() {
        pairs.insert(0, ("city", Value::Map(vec![("geoname_id", Value::U32(2)), ("names", names(city))])));
    }
    pairs.push(("subdivisions", Value::Array(vec![Value::Map(vec![("iso_code", text("XX"))])])));
    Value::Map(pairs)
}

/// A record of GeoLite2-ASN.
pub fn asn(number: u32, organisation: &str) -> Value {
    Value::Map(vec![
        ("autonomous_system_number", Value::U32(number)),
        ("autonomous_system_organization", text(organisation)),
    ])
}

/// The databases that the repository has for the tests of page and wasm: name and bytes.
pub fn repository() -> Vec<(&'static str, Vec<u8>)> {
    let city = Mmdb::new("GeoLite2-City")
        .bits(28)
        .network("203.0.113.0/24", &city("DE", "Germany", "Berlin"))
        .network("198.51.100.0/24", &city("RU", "Russia", ""))
        .network("127.0.0.0/8", &city("AQ", "Antarctica", ""))
        .network("2001:db8::/32", &city("FR", "France", "Paris"))
        .aliases();
    let asn = Mmdb::new("GeoLite2-ASN")
        .network("203.0.113.0/24", &asn(64_496, "Example Net"))
        .network("198.51.100.0/24", &asn(64_511, "<img src=x onerror=alert(1)> \u{202e}Hosting"))
        .aliases();
    vec![("city.mmdb", city.file()), ("asn.mmdb", asn.file())]
}
