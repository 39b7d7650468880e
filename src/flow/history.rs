//! Zeek's history letters.

/// Letters of a history: more than all kinds in both directions, each at its first time, need, and some repetitions.
const MAX_LETTERS: usize = 32;
/// The last letter of a history that would have been longer; Zeek's letter for an analysis that met a limit.
const LIMIT: u8 = b'x';

/// Appends a letter, upper case where the originator did it. The last one there is room for is `x`.
pub(super) fn write(history: &mut String, letter: u8, from_orig: bool) {
    let letter = match history.len() {
        MAX_LETTERS.. => return,
        n if n + 1 == MAX_LETTERS => LIMIT,
        _ => letter,
    };
    history.push(char::from(if from_orig { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }));
}

/// Whether the count is one that Zeek writes its letter for: 1, 10, 100 and so on.
pub(super) fn is_written(count: u32) -> bool {
    count.checked_ilog10().is_some_and(|digits| count == 10u32.saturating_pow(digits))
}

/// Whether a history begins with the originator's SYN that nothing but a reset ever followed: what Zeek asks of the state
/// RSTOS0.
pub(super) fn is_syn_then_reset(history: &str) -> bool {
    let letters = history.strip_prefix('^').unwrap_or(history);
    let Some(rest) = letters.strip_prefix('S') else { return false };
    rest.find(['H', 'A', 'F', 'G', 'I', 'Q', 'R']).and_then(|at| rest.get(at..)).is_some_and(|r| r.starts_with('R'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_stop_with_an_x() {
        let mut history = String::new();
        for i in 0..100 {
            write(&mut history, b'S', i % 2 == 0);
        }
        assert_eq!(history, "Ss".repeat(15) + "Sx");
    }

    #[test]
    fn counts_are_written_at_powers_of_ten() {
        let written: Vec<u32> = (0..100_001).filter(|n| is_written(*n)).collect();
        assert_eq!(written, [1, 10, 100, 1_000, 10_000, 100_000]);
        assert!(is_written(1_000_000_000) && !is_written(u32::MAX));
    }

    #[test]
    fn a_syn_and_a_reset_alone_are_told_from_the_rest() {
        for (history, is_it) in
            [("SR", true), ("^SR", true), ("SCTWR", true), ("SrR", true), ("SAR", false), ("R", false), ("Sr", false)]
        {
            assert_eq!(is_syn_then_reset(history), is_it, "{history}");
        }
    }
}
