//! Which labels say that nothing is wrong.

/// Words for what is no attack, in lower case; an empty label is one too.
const BENIGN: [&str; 16] = [
    "",
    "benign",
    "normal",
    "0",
    "0.0",
    "false",
    "no",
    "clean",
    "background",
    "legitimate",
    "legit",
    "good",
    "none",
    "-",
    "benigntraffic",
    "normal traffic",
];
/// Words that ask to leave a row out.
const LEFT_OUT: [&str; 3] = ["?", "unknown", "ignore"];

/// Whether a label says that nothing is wrong.
pub(super) fn is_benign(label: &str) -> bool {
    BENIGN.iter().any(|word| label.eq_ignore_ascii_case(word))
}

/// Whether a label asks to leave its row out.
pub(super) fn is_left_out(label: &str) -> bool {
    LEFT_OUT.iter().any(|word| label.eq_ignore_ascii_case(word))
}
