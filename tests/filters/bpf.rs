//! Capture filters compiled by libpcap and run as the BSD Packet Filter runs them (McCanne and Jacobson 1993).

use std::process::Command;

/// A program as `dumpcap -d` prints it: an instruction, its operand, and where it jumps to.
pub type Program = Vec<Instruction>;

pub struct Instruction {
    name: String,
    operand: String,
    jumps: (usize, usize),
}

/// Compiles a filter for Ethernet; `None` where that is not possible.
pub fn compile(filter: &str) -> Option<Program> {
    let output = Command::new("dumpcap").args(["-d", "-i", "lo", "-f", filter]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    let program: Program = text.lines().filter_map(instruction).collect();
    (!program.is_empty()).then_some(program)
}

/// `(001) jeq      #0x86dd          jt 2 jf 8`.
fn instruction(line: &str) -> Option<Instruction> {
    let (_, rest) = line.strip_prefix('(')?.split_once(") ")?;
    let (name, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let (operand, jumps) = rest.split_once("jt ").unwrap_or((rest, ""));
    let mut targets = jumps.split_whitespace().filter_map(|word| word.parse().ok());
    let jumps = (targets.next().unwrap_or(0), targets.next().unwrap_or(0));
    Some(Instruction { name: name.to_owned(), operand: operand.trim().to_owned(), jumps })
}

fn number(text: &str) -> u32 {
    let text = text.trim_start_matches('#');
    text.strip_prefix("0x").map_or_else(|| text.parse(), |hex| u32::from_str_radix(hex, 16)).unwrap()
}

/// `[12]` or `[x + 14]`.
fn load(frame: &[u8], operand: &str, x: u32, size: usize) -> Option<u32> {
    let inner = operand.strip_prefix('[')?.strip_suffix(']')?;
    let at = inner.strip_prefix("x + ").map_or_else(|| number(inner), |offset| x + number(offset)) as usize;
    Some(frame.get(at..at + size)?.iter().fold(0, |n, byte| n << 8 | u32::from(*byte)))
}

/// Whether the program takes the frame. A load beyond its end refuses it.
pub fn accepts(program: &Program, frame: &[u8]) -> bool {
    run(program, frame).is_some_and(|taken| taken > 0)
}

fn run(program: &Program, frame: &[u8]) -> Option<u32> {
    let (mut a, mut x, mut memory, mut at) = (0u32, 0u32, [0u32; 16], 0);
    loop {
        let Instruction { name, operand, jumps } = &program[at];
        let cell = |text: &str| -> usize { text.trim_start_matches("M[").trim_end_matches(']').parse().unwrap() };
        let value = |x: u32| if operand == "x" { x } else { number(operand) };
        let jump = |is_met: bool| if is_met { jumps.0 } else { jumps.1 };
        at += 1;
        match name.as_str() {
            "ret" => return Some(number(operand)),
            "ld" if operand == "#pktlen" => a = frame.len() as u32,
            "ld" if operand.starts_with('#') => a = number(operand),
            "ld" if operand.starts_with('M') => a = memory[cell(operand)],
            "ld" => a = load(frame, operand, x, 4)?,
            "ldh" => a = load(frame, operand, x, 2)?,
            "ldb" => a = load(frame, operand, x, 1)?,
            "ldxb" => {
                let byte = operand.strip_prefix("4*(").and_then(|o| o.strip_suffix("&0xf)")).unwrap();
                x = 4 * (load(frame, byte, 0, 1)? & 15);
            }
            "ldx" if operand.starts_with('M') => x = memory[cell(operand)],
            "ldx" => x = number(operand),
            "st" => memory[cell(operand)] = a,
            "stx" => memory[cell(operand)] = x,
            "tax" => x = a,
            "txa" => a = x,
            "and" => a &= value(x),
            "or" => a |= value(x),
            "add" => a = a.wrapping_add(value(x)),
            "sub" => a = a.wrapping_sub(value(x)),
            "jeq" => at = jump(a == value(x)),
            "jgt" => at = jump(a > value(x)),
            "jge" => at = jump(a >= value(x)),
            "jset" => at = jump(a & value(x) != 0),
            "ja" => at = number(operand) as usize,
            other => panic!("instruction {other} {operand}"),
        }
    }
}

/// The frames of a little-endian pcap file.
pub fn frames(file: &[u8]) -> Vec<&[u8]> {
    let (mut frames, mut rest) = (Vec::new(), &file[24..]);
    while !rest.is_empty() {
        let len = u32::from_le_bytes(rest[8..12].try_into().unwrap()) as usize;
        frames.push(&rest[16..16 + len]);
        rest = &rest[16 + len..];
    }
    frames
}
