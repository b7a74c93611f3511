//! The words by which a title or a name is found: without case, and without marks. Pure.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// No more words of one title are kept for the search.
const MOST: usize = 24;
/// No more characters of one word.
const LONGEST: usize = 40;

/// The words of a text, each once. `Arándo`, `ARANDO` and `arando` are one word.
pub(crate) fn words(text: &str) -> BTreeSet<String> {
    plain(text).unicode_words().take(MOST).map(|word| word.chars().take(LONGEST).collect()).collect()
}

/// A name in the one form in which it is found: its words in their order.
pub(crate) fn name(text: &str) -> String {
    let plain = plain(text);
    let words: Vec<&str> = plain.unicode_words().collect();
    words.join(" ").chars().take(MOST * 4).collect()
}

fn plain(text: &str) -> String {
    // Taken apart, so that marks can be left out; put together again, so that Hangul stays in syllables.
    text.nfkd().filter(|c| !is_combining_mark(*c)).nfc().collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_however_it_is_written() {
        let of = |text: &str| words(text).into_iter().collect::<Vec<_>>();
        assert_eq!(of("Arándo, TIVO (b. 1986)"), ["1986", "arando", "b", "tivo"]);
        assert_eq!(of("ARANDO"), of("arándo"));
        assert_eq!(of("김민수 송환"), ["김민수", "송환"]);
        assert_eq!(name("  O’NEILL,   Séan"), name("o'neill sean").replace('\'', "’"));
    }

    #[test]
    fn a_long_text_gives_few_and_short_words() {
        let long: Vec<String> = (0..1000).map(|number| format!("word{number}")).collect();
        assert_eq!(words(&long.join(" ")).len(), MOST);
        assert!(words(&"é".repeat(5000)).iter().all(|word| word.chars().count() == LONGEST));
    }
}
