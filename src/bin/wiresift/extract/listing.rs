//! Packets for people and for machines.

use std::io::Write;
use std::net::IpAddr;

use serde::Serialize;
use wiresift::error::Result;
use wiresift::export::printable;
use wiresift::report::Report;
use wiresift::retrieve::ListedPacket;
use wiresift::units::count_text;

/// Bytes a line of a hexdump.
const LINE: usize = 16;

/// A paragraph: what it is, a line a layer, the first bytes.
pub(super) fn text(report: &Report, packet: &ListedPacket, out: &mut dyn Write) -> Result<()> {
    let end = |address: IpAddr, port: Option<u16>| match (address, port) {
        (address, None) => address.to_string(),
        (IpAddr::V4(v4), Some(port)) => format!("{v4}:{port}"),
        (IpAddr::V6(v6), Some(port)) => format!("[{v6}]:{port}"),
    };
    write!(out, "Packet {}  {}", count_text(packet.number), packet.ts)?;
    writeln!(
        out,
        "  {}  {} -> {}  {}",
        packet.proto.name(),
        end(packet.src, packet.src_port),
        end(packet.dst, packet.dst_port),
        length(packet)
    )?;
    if report.files.len() > 1 {
        writeln!(out, "  {:<10}{}, byte {}", "file", printable(file(report, packet)), packet.offset)?;
    }
    if let Some(comment) = &packet.comment {
        writeln!(out, "  {:<10}{}", "comment", printable(comment))?;
    }
    for layer in &packet.layers {
        writeln!(out, "  {:<10}{}", layer.name, printable(&layer.summary))?;
    }
    for (i, bytes) in packet.preview.chunks(LINE).enumerate() {
        writeln!(out, "  {}", hex_line(i * LINE, bytes))?;
    }
    Ok(writeln!(out)?)
}

fn length(packet: &ListedPacket) -> String {
    if packet.captured_len == packet.original_len {
        return format!("{} bytes", packet.original_len);
    }
    format!("{} bytes, {} captured", packet.original_len, packet.captured_len)
}

fn file<'a>(report: &'a Report, packet: &ListedPacket) -> &'a str {
    report.files.get(packet.file).map_or("", |f| f.name.as_str())
}

/// A line as `hexdump -C` writes it: `00000010  45 00 ...  |E..|`.
fn hex_line(offset: usize, bytes: &[u8]) -> String {
    let mut hex = String::new();
    let mut shown = String::new();
    for (i, byte) in bytes.iter().enumerate() {
        hex.push_str(if i == LINE / 2 { "  " } else { " " });
        hex.push_str(&format!("{byte:02x}"));
        shown.push(if matches!(byte, 0x20..=0x7e) { char::from(*byte) } else { '.' });
    }
    format!("{offset:08x} {hex:<49}  |{shown}|")
}

/// One object: the bytes are hexadecimal digits, the file is its name.
#[derive(Serialize)]
struct Line<'a> {
    number: u64,
    ts: String,
    file: String,
    offset: u64,
    interface: u32,
    link_type: u32,
    captured_len: u32,
    original_len: u32,
    src: IpAddr,
    src_port: Option<u16>,
    dst: IpAddr,
    dst_port: Option<u16>,
    proto: String,
    comment: Option<String>,
    layers: &'a [wiresift::packet::Layer],
    bytes: String,
}

/// One JSON object a line.
pub(super) fn ndjson(report: &Report, packet: &ListedPacket, out: &mut dyn Write) -> Result<()> {
    let line = Line {
        number: packet.number,
        ts: packet.ts.to_string(),
        file: printable(file(report, packet)).into_owned(),
        offset: packet.offset,
        interface: packet.interface,
        link_type: packet.link_type,
        captured_len: packet.captured_len,
        original_len: packet.original_len,
        src: packet.src,
        src_port: packet.src_port,
        dst: packet.dst,
        dst_port: packet.dst_port,
        proto: packet.proto.name(),
        comment: packet.comment.as_deref().map(|c| printable(c).into_owned()),
        layers: &packet.layers,
        bytes: packet.preview.iter().map(|b| format!("{b:02x}")).collect(),
    };
    serde_json::to_writer(&mut *out, &line)?;
    Ok(writeln!(out)?)
}

#[cfg(test)]
mod tests {
    use super::hex_line;

    #[test]
    fn lines_are_those_of_hexdump() {
        assert_eq!(
            hex_line(16, b"\x00E\x7f\xffabcdefghijkl"),
            "00000010  00 45 7f ff 61 62 63 64  65 66 67 68 69 6a 6b 6c  |.E..abcdefghijkl|"
        );
        assert_eq!(hex_line(0, b"ab"), format!("00000000  61 62{}|ab|", " ".repeat(45)));
    }
}
