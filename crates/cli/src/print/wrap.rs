//! Text in lines of a given width, as a terminal shows it.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The words of `text` in lines of at most `most` columns, one line at least. A word that is too long is
/// cut, where it can be between the parts of a name.
pub(super) fn lines(text: &str, most: usize) -> Vec<String> {
    let most = most.max(10);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_whitespace() {
        for (index, piece) in cut(word, most).into_iter().enumerate() {
            let length = width(&piece);
            let gap = usize::from(used > 0 && index == 0);
            if used > 0 && (index > 0 || used + gap + length > most) {
                lines.push(String::new());
                used = 0;
            }
            if let Some(line) = lines.last_mut() {
                if used > 0 {
                    line.push(' ');
                    used += 1;
                }
                line.push_str(&piece);
                used += length;
            }
        }
    }
    lines
}

/// A word in pieces that each fit.
fn cut(word: &str, most: usize) -> Vec<String> {
    if width(word) <= most {
        return vec![word.to_owned()];
    }
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for character in word.chars() {
        let length = character.width().unwrap_or(0);
        if used + length > most {
            let rest = pieces.last_mut().map(|piece| piece.split_off(joint(piece))).unwrap_or_default();
            used = width(&rest);
            pieces.push(rest);
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(character);
        }
        used += length;
    }
    pieces
}

/// Where a piece that is too long is best cut: behind a mark that joins parts of a name; else at its end.
fn joint(piece: &str) -> usize {
    piece.rfind(['/', '-', '.', '_', ':']).map_or(piece.len(), |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_asked() {
        let check = |text: &str, most, expected: &[&str]| assert_eq!(lines(text, most), expected, "{text}");
        check("", 20, &[""]);
        check("the person is held", 10, &["the person", "is held"]);
        check("abcdefghijklm no", 10, &["abcdefghij", "klm no"]);
        check("nz-kr/extradition.yaml", 12, &["nz-kr/", "extradition.", "yaml"]);
        // Each of these letters takes two columns.
        check("대한민국 법무부 장관", 10, &["대한민국", "법무부", "장관"]);
        check("대한민국법무부", 10, &["대한민국법", "무부"]);
    }
}
