//! What two ends say to each other above TCP or UDP: messages of the protocols, well made and hostile.

pub mod quic;

/// Who speaks (`true`: the originator) and what.
pub type Talk = Vec<(bool, Vec<u8>)>;

fn sized8(bytes: &[u8]) -> Vec<u8> {
    [&[bytes.len() as u8], bytes].concat()
}

fn sized16(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u16).to_be_bytes(), bytes].concat()
}

fn sized24(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u32).to_be_bytes()[1..], bytes].concat()
}

fn words(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_be_bytes()).collect()
}

fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes(), sized16(content).as_slice()].concat()
}

/// A handshake message.
fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], sized24(body).as_slice()].concat()
}

/// A TLS record.
pub fn tls_record(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind, 3, 3], sized16(content).as_slice()].concat()
}

/// The hello whose JA4 is `t13d1516h2_8daaf6152771_e5627efa2ab1` for any server name, as a handshake message.
pub fn client_hello(server_name: &[u8]) -> Vec<u8> {
    client_hello_of(server_name, 16)
}

/// The same with the first of the ciphers only, at most 16: another JA4.
pub fn client_hello_of(server_name: &[u8], ciphers: usize) -> Vec<u8> {
    let all = [
        0x0a0a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x9c, 0x9d,
        0x2f, 0x35,
    ];
    let ciphers = words(&all[..ciphers]);
    let name = [&[0], sized16(server_name).as_slice()].concat();
    let signatures = words(&[0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601]);
    let alpn = [sized8(b"h2"), sized8(b"http/1.1")].concat();
    let extensions = [
        extension(0x1a1a, &[]),
        extension(0, &sized16(&name)),
        extension(23, &[]),
        extension(0xff01, &[0]),
        extension(10, &sized16(&words(&[0x2a2a, 29, 23, 24]))),
        extension(11, &sized8(&[0])),
        extension(35, &[]),
        extension(16, &sized16(&alpn)),
        extension(5, &[1, 0, 0, 0, 0]),
        extension(13, &sized16(&signatures)),
        extension(18, &[]),
        extension(51, &[0, 0]),
        extension(45, &[1, 1]),
        extension(43, &sized8(&words(&[0x3a3a, 0x0304, 0x0303]))),
        extension(27, &[2, 0, 2]),
        extension(0x4469, &[0, 0]),
        extension(0x4a4a, &[0]),
        extension(21, &[0; 9]),
    ]
    .concat();
    let body =
        [[3u8, 3].as_slice(), &[7; 32], &sized8(&[9; 32]), &sized16(&ciphers), &sized8(&[0]), &sized16(&extensions)]
            .concat();
    handshake(1, &body)
}

/// A TLS 1.2 server's answer with these certificates.
pub fn server_hello(certificates: &[&[u8]]) -> Vec<u8> {
    let extensions = [extension(0xff01, &[0]), extension(16, &sized16(&sized8(b"h2")))].concat();
    let body = [[3u8, 3].as_slice(), &[8; 32], &[0], &[0xc0, 0x2f, 0], &sized16(&extensions)].concat();
    let chain: Vec<u8> = certificates.iter().flat_map(|der| sized24(der)).collect();
    [handshake(2, &body), handshake(11, &sized24(&chain)), handshake(14, &[])].concat()
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    match content.len() {
        n @ 0..0x80 => [&[tag, n as u8], content].concat(),
        n => [&[tag, 0x82, (n >> 8) as u8, n as u8], content].concat(),
    }
}

/// A self-signed certificate of this common name, valid for 76 years.
pub fn certificate(common_name: &[u8]) -> Vec<u8> {
    certificate_by(common_name, common_name, b"20991231235959Z")
}

/// A certificate of this common name by an issuer, valid from the year 2024 until then.
pub fn certificate_by(common_name: &[u8], issuer: &[u8], until: &[u8]) -> Vec<u8> {
    let name = |common_name: &[u8]| {
        let part = der(0x30, &[der(6, &[0x55, 4, 3]), der(12, common_name)].concat());
        der(0x30, &der(0x31, &part))
    };
    let validity = der(0x30, &[der(23, b"240101000000Z"), der(24, until)].concat());
    let (subject, issuer) = (name(common_name), name(issuer));
    let fields =
        [der(0xa0, &der(2, &[2])), der(2, &[1, 2, 3]), der(0x30, &[]), issuer, validity, subject, der(0x30, &[])];
    der(0x30, &[der(0x30, &fields.concat()), der(0x30, &[]), der(3, &[0; 9])].concat())
}

/// A TLS 1.2 handshake.
pub fn tls(server_name: &[u8], common_name: &[u8]) -> Talk {
    let done = [tls_record(20, &[1]), tls_record(22, &[5; 40])].concat();
    vec![
        (true, tls_record(22, &client_hello(server_name))),
        (false, tls_record(22, &server_hello(&[&certificate(common_name)]))),
        (true, done.clone()),
        (false, done),
        (true, tls_record(23, &[6; 60])),
    ]
}

/// One request and its answer.
pub fn http(host: &[u8], user_agent: &[u8]) -> Talk {
    let request = [
        b"GET /a?b=c HTTP/1.1\r\nHost: ".as_slice(),
        host,
        b"\r\nUser-Agent: ",
        user_agent,
        b"\r\nAuthorization: Basic c2VjcmV0OnNlY3JldA==\r\n\r\n",
    ];
    let answer =
        b"HTTP/1.1 401 Unauthorized\r\nServer: s/1\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello";
    vec![(true, request.concat()), (false, answer.to_vec())]
}

/// Two pipelined requests, one chunked answer and one that is not.
pub fn http_pipelined() -> Talk {
    let requests = b"POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nGET HEAD /2 HTTP/1.1\r\nHost: b\r\n\r\n";
    let answers = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                    5;x\r\nHTTP/\r\n0\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 9000\r\n\r\n";
    vec![(true, requests.to_vec()), (false, answers.to_vec())]
}

/// Both sides' banners and offers.
pub fn ssh(client: &[u8], server: &[u8]) -> Talk {
    let lists = |compression: &[u8]| {
        let names: [&[u8]; 10] = [
            b"curve25519-sha256,ecdh-sha2-nistp256",
            b"ssh-ed25519",
            b"aes128-ctr",
            b"aes256-ctr",
            b"hmac-sha2-256",
            b"hmac-sha1",
            compression,
            b"zlib",
            b"",
            b"",
        ];
        let lists: Vec<u8> =
            names.iter().flat_map(|list| [(list.len() as u32).to_be_bytes().as_slice(), list].concat()).collect();
        let payload = [[20u8].as_slice(), &[3; 16], &lists, &[0; 5]].concat();
        let padding = 8;
        let len = (payload.len() + 1 + padding) as u32;
        [len.to_be_bytes().as_slice(), &[padding as u8], &payload, &[0; 8]].concat()
    };
    vec![
        (false, [server, b"\r\n"].concat()),
        (true, [client, b"\r\n", lists(b"none").as_slice()].concat()),
        (false, lists(b"none")),
        (true, vec![0; 40]),
    ]
}

/// A DNS message with one question; `answer` is its answer section, `answers` how many records it is said to have.
pub fn dns_message(flags: u16, labels: &[&[u8]], kind: u16, answers: u16, answer: &[u8]) -> Vec<u8> {
    let header = words(&[0x1234, flags, 1, answers, 0, 0]);
    let name: Vec<u8> = labels.iter().flat_map(|label| sized8(label)).chain([0]).collect();
    [header.as_slice(), &name, &words(&[kind, 1]), answer].concat()
}

/// A question and its answer.
pub fn dns(labels: &[&[u8]]) -> Talk {
    let answer = [&[0xc0, 12], words(&[1, 1, 0, 60, 4]).as_slice(), &[192, 0, 2, 7]].concat();
    vec![(true, dns_message(0x0100, labels, 1, 0, &[])), (false, dns_message(0x8180, labels, 1, 1, &answer))]
}

/// Names that lead a careless reader astray: pointers to themselves, forward and in circles, labels that are too long,
/// bytes that drive a terminal.
pub fn hostile_dns() -> Talk {
    let records: [&[u8]; 6] = [
        b"\xc0\x1f\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00",
        b"\xc0\xff\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00",
        b"\xc0\x21\xc0\x1f\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00",
        b"\x7fabc",
        b"\xc0\x0c\x00\x10\x00\x01\x00\x00\x00\x00\xff\xff\xffabc",
        b"\x03\x1b[m\x00\x00\x05\x00\x01\x00\x00\x00\x00\x00\x02\xc0\x1f",
    ];
    const LONG: &[u8] = &[b'a'; 63];
    let names: [&[&[u8]]; 2] = [&[b"a\0b\n\x1b]0;x\x07", b"\xff\xfe", "\u{202e}".as_bytes()], &[LONG, LONG, LONG]];
    let answers = records.iter().map(|record| (false, dns_message(0x8180, &[b"a"], 16, 65_535, record)));
    names.iter().map(|labels| (true, dns_message(0x0100, labels, 255, 0, &[]))).chain(answers).collect()
}

/// A hello in CRYPTO frames out of order over two Initial packets.
pub fn quic(server_name: &[u8]) -> Talk {
    let hello = client_hello(server_name);
    let (first, rest) = hello.split_at(200);
    let (second, third) = rest.split_at(50);
    let frames = [quic::crypto(200, second), vec![1], quic::crypto(0, first)].concat();
    vec![(true, quic::initial(&quic::crypto(250, third), 1162, 0)), (true, quic::initial(&frames, 1162, 1))]
}

/// A DTLS hello in two fragments.
pub fn dtls() -> Talk {
    let hello = client_hello(b"dtls.example");
    let body = [&hello[4..4 + 67], &[0], &hello[4 + 67..]].concat();
    let fragment = |from: usize, part: &[u8]| {
        let header =
            [&[1], &(body.len() as u32).to_be_bytes()[1..], &[0, 0], &(from as u32).to_be_bytes()[1..]].concat();
        let message = [header, sized24(part)].concat();
        [&[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0], sized16(&message).as_slice()].concat()
    };
    vec![(true, fragment(0, &body[..100])), (true, fragment(100, &body[100..]))]
}

/// Every talk with its name, its port, and whether it is over TCP.
pub fn all() -> Vec<(&'static str, bool, u16, Talk)> {
    vec![
        ("tls", true, 443, tls(b"example.org", b"example.org")),
        ("http", true, 80, http(b"example.org", b"agent/1")),
        ("http_pipelined", true, 8080, http_pipelined()),
        ("ssh", true, 22, ssh(b"SSH-2.0-client", b"SSH-2.0-server")),
        ("dns", false, 53, dns(&[b"www", b"example"])),
        ("hostile_dns", false, 53, hostile_dns()),
        ("quic", false, 443, quic(b"example.org")),
        ("dtls", false, 4433, dtls()),
    ]
}
