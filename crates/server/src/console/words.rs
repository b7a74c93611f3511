//! How dates, numbers and sentences are put on a page.

use comity_core::procedure::Procedure;
use comity_core::time::{Moment, When, Zone};
use comity_core::{moment_in_words, when_in_words};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands in a segment of a path as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as one segment of a path, or as a value of a query.
pub(crate) fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// Where the page of a case is.
pub(crate) fn case_path(reference: &str) -> String {
    format!("/cases/{}", segment(reference))
}

/// A sentence of the engine as HTML: names in backticks stand out, and everything is escaped.
pub(crate) fn sentence(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    // An odd backtick opens nothing that would not be closed.
    let whole = text.matches('`').count() / 2 * 2;
    let mut seen = 0;
    for character in text.chars() {
        match character {
            '`' if seen < whole => {
                html.push_str(if seen % 2 == 0 { "<code>" } else { "</code>" });
                seen += 1;
            }
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

/// A sentence of the engine, beginning with a capital letter and ending with a stop, as HTML.
pub(crate) fn whole_sentence(text: &str) -> String {
    let mut letters = text.chars();
    let text: String = match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => return String::new(),
    };
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{stop}", sentence(&text))
}

/// A date as words for people and as it stands in tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dated {
    /// In words, with its zone where it is known to the instant.
    pub(crate) words: String,
    /// As a program reads it.
    pub(crate) plain: String,
}

impl Dated {
    /// A date as far as it is known.
    pub(crate) fn when(when: When, zone: &Zone) -> Self {
        Self { words: when_in_words(when, zone), plain: machine(when) }
    }
}

fn machine(when: When) -> String {
    match when {
        When::At(moment) => moment.to_string(),
        When::On(_) | When::In { .. } | When::During { .. } => when.to_string(),
    }
}

/// A moment in words, in the time that has no place.
pub(crate) fn in_utc(moment: Moment) -> String {
    moment_in_words(moment, &Zone::utc())
}

/// `1 case`, `12 cases`.
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// The title of an act; its name, where the procedure does not know it any more.
pub(crate) fn act_title(procedure: &Procedure, act: &str) -> String {
    let acts = procedure.acts();
    acts.find(act).and_then(|id| acts.get(id)).map_or_else(|| act.to_owned(), |act| act.title.clone())
}

/// The title of a track and of one of its stages.
pub(crate) fn stage_titles(procedure: &Procedure, track: &str, stage: &str) -> (String, String) {
    let tracks = procedure.tracks();
    let Some(row) = tracks.find(track).and_then(|id| tracks.get(id)) else {
        return (track.to_owned(), stage.to_owned());
    };
    let found = row.stages.find(stage).and_then(|id| row.stages.get(id));
    (row.title.clone(), found.map_or_else(|| stage.to_owned(), |stage| stage.title.clone()))
}

/// The title of a clock.
pub(crate) fn clock_title(procedure: &Procedure, clock: &str) -> String {
    let clocks = procedure.clocks();
    clocks
        .find(clock)
        .and_then(|id| clocks.get(id))
        .map_or_else(|| clock.to_owned(), |clock| clock.title.clone())
}

/// The title of what is owed.
pub(crate) fn obligation_title(procedure: &Procedure, name: &str) -> String {
    let rows = procedure.obligations();
    rows.find(name).and_then(|id| rows.get(id)).map_or_else(|| name.to_owned(), |row| row.title.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_escaped_and_its_names_stand_out() {
        assert_eq!(
            sentence("`a<b` is not open & \"no\""),
            "<code>a&lt;b</code> is not open &amp; &quot;no&quot;"
        );
        assert_eq!(sentence("one ` only"), "one ` only");
        assert_eq!(sentence("`a` and ` b"), "<code>a</code> and ` b");
        assert_eq!(whole_sentence("it ran out"), "It ran out.");
        assert_eq!(whole_sentence(""), "");
    }

    #[test]
    fn a_reference_may_hold_anything_and_stays_one_segment() {
        assert_eq!(case_path("EX/1 ü?"), "/cases/EX%2F1%20%C3%BC%3F");
    }
}
