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

/// A text as HTML, in which all that is not ours is escaped. Templates print it as it is, and escape every other text; so nothing that
/// somebody typed can pass for markup because a template forgot to ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Markup(
    // INVARIANT: made by `sentence`, and of words of this program around such.
    String,
);

impl Markup {
    /// With words of ours around it, which may be markup.
    pub(crate) fn within(self, before: &'static str, after: &'static str) -> Self {
        Self(format!("{before}{}{after}", self.0))
    }

    /// With another after it.
    pub(crate) fn then(mut self, next: &Self) -> Self {
        self.0.push_str(&next.0);
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Display for Markup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Markup {}

/// A sentence of the engine as HTML: names in backticks stand out, and everything is escaped.
pub(crate) fn sentence(text: &str) -> Markup {
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
    Markup(html)
}

/// A sentence of the engine, beginning with a capital letter and ending with a stop, as HTML.
pub(crate) fn whole_sentence(text: &str) -> Markup {
    sentence(&whole_plain_sentence(text))
}

/// The same as plain text.
pub(crate) fn whole_plain_sentence(text: &str) -> String {
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    let text: String = first.to_uppercase().chain(letters).collect();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{text}{stop}")
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

/// A moment without its seconds, where a page tells what time it is.
pub(crate) fn to_the_minute(moment: Moment) -> Moment {
    const MINUTE: i64 = 60_000_000;
    let unix = moment.as_unix_microseconds();
    Moment::from_unix_microseconds(unix - unix.rem_euclid(MINUTE)).unwrap_or(moment)
}

/// Provisions of one source, which is named once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cited {
    /// Each provision with its heading.
    pub(crate) provisions: Vec<String>,
    /// The source; empty where a provision names none.
    pub(crate) source: String,
}

/// Provisions as the API tells them, `treaty 9(4): Forty days (Treaty …)`, by their source.
pub(crate) fn cited(provisions: &[String]) -> Vec<Cited> {
    let mut all: Vec<Cited> = Vec::new();
    for text in provisions {
        let (provision, source) = without_source(text);
        match all.iter_mut().find(|known| known.source == source) {
            Some(known) if !known.provisions.iter().any(|one| one == provision) => {
                known.provisions.push(provision.to_owned());
            }
            Some(_) => {}
            None => all.push(Cited { provisions: vec![provision.to_owned()], source: source.to_owned() }),
        }
    }
    all
}

/// What stands before the last bracket, and what is in it.
fn without_source(text: &str) -> (&str, &str) {
    let mut depth = 0;
    for (place, letter) in text.char_indices().rev() {
        match letter {
            ')' => depth += 1,
            '(' => depth -= 1,
            _ if depth == 0 => return (text, ""),
            _ => {}
        }
        if depth == 0 {
            let (provision, source) = text.split_at(place);
            let source = source.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
            return source.map_or((text, ""), |source| (provision.trim_end(), source));
        }
    }
    (text, "")
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
    #![allow(clippy::indexing_slicing, reason = "a test")]

    use super::*;

    #[test]
    fn a_sentence_is_escaped_and_its_names_stand_out() {
        let html = |text: &str| sentence(text).to_string();
        assert_eq!(
            html("`a<b` is not open & \"no\""),
            "<code>a&lt;b</code> is not open &amp; &quot;no&quot;"
        );
        assert_eq!(html("one ` only"), "one ` only");
        assert_eq!(html("`a` and ` b"), "<code>a</code> and ` b");
        assert_eq!(whole_sentence("it ran out").to_string(), "It ran out.");
        assert!(whole_sentence("").is_empty());
        let around = sentence("<i>").within("<strong>", "</strong>, ").then(&sentence("&"));
        assert_eq!(around.to_string(), "<strong>&lt;i&gt;</strong>, &amp;");
    }

    #[test]
    fn provisions_of_one_source_name_it_once() {
        let told = [
            "treaty 9(4): Forty days (Treaty (invented))",
            "treaty 10: Decision (Treaty (invented))",
            "reading 2",
        ];
        let all = cited(&told.map(str::to_owned));
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].provisions, ["treaty 9(4): Forty days", "treaty 10: Decision"]);
        assert_eq!(all[0].source, "Treaty (invented)");
        assert_eq!((all[1].provisions[0].as_str(), all[1].source.as_str()), ("reading 2", ""));
    }

    #[test]
    fn a_reference_may_hold_anything_and_stays_one_segment() {
        assert_eq!(case_path("EX/1 ü?"), "/cases/EX%2F1%20%C3%BC%3F");
    }
}
