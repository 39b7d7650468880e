//! Protocols that people can read: HTTP, SSDP, SIP, print jobs.

use std::net::Ipv4Addr;

use crate::synth::rng::Rng;

const AGENTS: [&str; 3] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/134.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:136.0) Gecko/20100101 Firefox/136.0",
];
const PATHS: [&str; 6] = ["/", "/index.html", "/news/today", "/img/logo.png", "/forms/travel", "/status?format=short"];

pub(in crate::synth) fn get(host: &str, rng: &mut Rng) -> Vec<u8> {
    let (path, agent) = (rng.pick(&PATHS), rng.pick(&AGENTS));
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\nAccept: text/html,*/*;q=0.8\r\n\
         Accept-Language: en-GB,en;q=0.5\r\nConnection: keep-alive\r\n\r\n"
    )
    .into_bytes()
}

/// The head of an answer with `len` bytes to follow.
pub(in crate::synth) fn found(len: u64) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len}\r\n\
         Cache-Control: max-age=300\r\nConnection: keep-alive\r\n\r\n"
    )
    .into_bytes()
}

/// Somebody looks for devices (UPnP).
pub(in crate::synth) fn search() -> Vec<u8> {
    b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\n\
      ST: urn:dial-multiscreen-org:service:dial:1\r\n\r\n"
        .to_vec()
}

/// The head of a print job.
pub(in crate::synth) fn print_job(len: u64) -> Vec<u8> {
    format!(
        "\x1b%-12345X@PJL JOB NAME=\"report\"\r\n@PJL SET COPIES=1\r\n@PJL SET SIZE={len}\r\n\
         @PJL ENTER LANGUAGE=POSTSCRIPT\r\n%!PS-Adobe-3.0\r\n"
    )
    .into_bytes()
}

/// One telephone call's messages (RFC 3261).
#[derive(Debug)]
pub(in crate::synth) struct Call {
    pub(in crate::synth) from: Ipv4Addr,
    pub(in crate::synth) to: Ipv4Addr,
    pub(in crate::synth) number: u64,
}

impl Call {
    pub(in crate::synth) fn invite(&self, media: u16) -> Vec<u8> {
        let body = sound(self.from, media);
        let (to, head) = (self.to, self.head("1 INVITE"));
        let contact = format!("Contact: <sip:desk@{}>\r\n", self.from);
        format!("INVITE sip:desk@{to} SIP/2.0\r\n{head}{contact}{}", with(&body)).into_bytes()
    }

    pub(in crate::synth) fn ringing(&self) -> Vec<u8> {
        format!("SIP/2.0 180 Ringing\r\n{}Content-Length: 0\r\n\r\n", self.head("1 INVITE")).into_bytes()
    }

    pub(in crate::synth) fn accepted(&self, media: u16) -> Vec<u8> {
        let body = sound(self.to, media);
        let contact = format!("Contact: <sip:desk@{}>\r\n", self.to);
        format!("SIP/2.0 200 OK\r\n{}{contact}{}", self.head("1 INVITE"), with(&body)).into_bytes()
    }

    /// `ACK` or `BYE`.
    pub(in crate::synth) fn request(&self, method: &str) -> Vec<u8> {
        let number = if method == "ACK" { "1 ACK" } else { "2 BYE" };
        format!("{method} sip:desk@{} SIP/2.0\r\n{}Content-Length: 0\r\n\r\n", self.to, self.head(number)).into_bytes()
    }

    pub(in crate::synth) fn ended(&self) -> Vec<u8> {
        format!("SIP/2.0 200 OK\r\n{}Content-Length: 0\r\n\r\n", self.head("2 BYE")).into_bytes()
    }

    fn head(&self, sequence: &str) -> String {
        let Self { from, to, number } = self;
        format!(
            "Via: SIP/2.0/UDP {from}:5060;branch=z9hG4bK{number:x}\r\nMax-Forwards: 70\r\n\
             From: <sip:desk@{from}>;tag={:x}\r\nTo: <sip:desk@{to}>\r\nCall-ID: {number:x}@{from}\r\n\
             CSeq: {sequence}\r\n",
            number >> 32
        )
    }
}

fn sound(ip: Ipv4Addr, port: u16) -> String {
    format!("v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\na=ptime:20\r\n")
}

fn with(body: &str) -> String {
    format!("Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}
