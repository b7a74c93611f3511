//! Texts with the quotation marks that YAML 1.2 needs, and no others.

use crate::tree::{Scalar, Style};

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Around {
    Lines,
    Braces,
}

pub(super) fn print(scalar: &Scalar, around: Around) -> String {
    let text = scalar.text.trim();
    if scalar.style == Style::Empty {
        return String::new();
    }
    // A text that others would read as a number or as nothing keeps the marks that say it is text.
    let is_marked = scalar.style != Style::Plain && looks_typed(text);
    if may_be_plain(text, around) && !is_marked { text.to_owned() } else { quoted(text) }
}

/// A key, exactly as it is.
pub(super) fn print_key(key: &str, around: Around) -> String {
    if key.trim() == key && may_be_plain(key, around) { key.to_owned() } else { quoted(key) }
}

/// Whether a text printed by [`print`] may be folded at its blanks.
pub(super) fn may_fold(printed: &str) -> bool {
    !printed.starts_with('"')
}

pub(super) fn may_be_plain(text: &str, around: Around) -> bool {
    let mut characters = text.chars();
    let Some(first) = characters.next() else { return false };
    let second = characters.next();
    let begins_well = match first {
        '-' | '?' | ':' => second.is_some_and(|second| !second.is_whitespace() && !",[]{}".contains(second)),
        _ => !",[]{}#&*!|>'\"%@`".contains(first),
    };
    begins_well
        && !text.starts_with("---")
        && !text.starts_with("...")
        && !text.ends_with(':')
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.chars().any(|c| c.is_control() || c == '\u{feff}' || (c.is_whitespace() && c != ' '))
        && (around == Around::Lines
            || !text.contains([',', '[', ']', '{', '}', ':'])
            || is_plain_with_colons(text))
}

/// Between braces a colon may stand within a word, as in a time of day.
fn is_plain_with_colons(text: &str) -> bool {
    let inner_colon = |(at, _): (usize, &str)| {
        text.get(at + 1..)
            .and_then(|rest| rest.chars().next())
            .is_some_and(|next| next.is_ascii_alphanumeric())
    };
    !text.contains([',', '[', ']', '{', '}']) && text.match_indices(':').all(inner_colon)
}

fn looks_typed(text: &str) -> bool {
    matches!(text, "~" | "null" | "Null" | "NULL" | "true" | "True" | "TRUE" | "false" | "False" | "FALSE")
        || text.parse::<f64>().is_ok()
        || text.starts_with("0x")
        || text.starts_with("0o")
}

fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() || c == '\u{feff}' || (c.is_whitespace() && c != ' ') => {
                quoted.push_str("\\U");
                quoted.extend(
                    (0..8).rev().filter_map(|digit| char::from_digit(u32::from(c) >> (4 * digit) & 0xf, 16)),
                );
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
