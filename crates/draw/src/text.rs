//! How wide text is, and where it breaks. No font is read, so widths are those of a wide sans serif and err on the safe side.

use unicode_width::UnicodeWidthChar;

/// How wide `text` is at `size`, at most.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * size
}

/// The width of a character in parts of the font size.
fn advance(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | '|' | '.' | ',' | ':' | ';' | '\'' | '!' | ' ' => 0.3,
        'f' | 'r' | 't' | 'I' | '(' | ')' | '[' | ']' | '/' | '-' => 0.38,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '&' => 0.98,
        c if c.is_ascii_uppercase() => 0.76,
        c if c.is_ascii() => 0.58,
        c => match c.width() {
            Some(0) | None => 0.0,
            Some(1) => 0.8,
            Some(_) => 1.05,
        },
    }
}

/// `text` in lines no wider than `most`, broken between words. A word that is wider is cut, for a box that it leaves would
/// cover another.
pub(crate) fn lines(text: &str, size: f64, most: f64) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        for part in parts(word, size, most) {
            let longer = if line.is_empty() { part.clone() } else { format!("{line} {part}") };
            if width(&longer, size) <= most {
                line = longer;
            } else {
                if !line.is_empty() {
                    lines.push(line);
                }
                line = part;
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// A word in parts that each fit.
fn parts(word: &str, size: f64, most: f64) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    for character in word.chars() {
        part.push(character);
        if width(&part, size) > most && part.chars().count() > 1 {
            part.pop();
            parts.push(std::mem::replace(&mut part, character.to_string()));
        }
    }
    parts.push(part);
    parts
}

/// Text that every format can hold: what is no character of XML, or turns the direction of reading, is replaced.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(|c| if may_stand(c) { c } else { '\u{fffd}' }).collect()
}

fn may_stand(character: char) -> bool {
    let turns = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_no_character = matches!(character, '\u{fffe}' | '\u{ffff}');
    !character.is_control() && !turns && !is_no_character
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_breaks_between_words_and_no_line_is_too_wide() {
        let broken = lines("The Minister of Justice orders an application for review", 10.0, 90.0);
        assert!(broken.len() > 2, "{broken:?}");
        assert!(broken.iter().all(|line| width(line, 10.0) <= 90.0), "{broken:?}");
        assert_eq!(broken.join(" "), "The Minister of Justice orders an application for review");
    }

    #[test]
    fn a_word_without_end_is_cut_and_not_lost() {
        let word = "Donaudampfschifffahrtsgesellschaft".repeat(3);
        let broken = lines(&word, 10.0, 60.0);
        assert!(broken.iter().all(|line| width(line, 10.0) <= 60.0), "{broken:?}");
        assert_eq!(broken.concat(), word);
    }

    #[test]
    fn no_text_has_no_lines() {
        assert!(lines("  ", 10.0, 60.0).is_empty());
    }

    #[test]
    fn what_xml_cannot_hold_is_replaced() {
        assert_eq!(clean("a\u{1}b\u{202e}c"), "a\u{fffd}b\u{fffd}c");
        assert_eq!(clean("surrender → 引渡し"), "surrender → 引渡し");
    }
}
