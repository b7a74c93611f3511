//! What is wrong with a file, in the words of whoever wrote it.

use std::ops::Range;

use comity_core::procedure::Flaw;

use crate::code::Code;
use crate::source::Source;

/// Whether a file may be used all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It may not.
    Error,
    /// It may; somebody should look.
    Warning,
}

/// One thing that is wrong with a file: where, what is there, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its kind.
    pub code: Code,
    /// Whether the file may be used all the same.
    pub severity: Severity,
    /// The path of the file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// How many characters of the line are meant; 0 where the place is between characters.
    pub length: usize,
    /// What is there.
    pub message: String,
    /// What would be right; empty where the message says it all.
    pub remedy: String,
    /// The name that was probably meant.
    pub suggestion: Option<String>,
    /// The text of the line.
    pub source_line: String,
}

/// A part of a diagnostic in print, for whoever colours it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// `path:line:column`.
    Position,
    /// `error[code]`.
    Label,
    /// What is there.
    Message,
    /// The number of the line and the bar beside it.
    Gutter,
    /// The line itself.
    SourceLine,
    /// The carets.
    Underline,
    /// What would be right.
    Remedy,
    /// Anything between.
    Plain,
}

impl Severity {
    /// The word in print and in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl Diagnostic {
    /// A diagnostic about a file as a whole, which may not even exist.
    #[must_use]
    pub fn of_file(code: Code, file: &str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            file: file.to_owned(),
            line: 1,
            column: 1,
            length: 0,
            message: message.into(),
            remedy: remedy.into(),
            suggestion: None,
            source_line: String::new(),
        }
    }

    /// What the core found, placed in the file whose byte offsets its marks are.
    #[must_use]
    pub fn of_flaw(source: &Source, flaw: Flaw) -> Self {
        let start = usize::try_from(flaw.mark.0).unwrap_or(usize::MAX);
        let slip = Slip::at(Code::Procedure(flaw.code), word_at(source, start), flaw.message)
            .remedy(flaw.remedy)
            .meant(flaw.candidates.as_ref().map(|names| (names.written.as_str(), names.known.as_slice())));
        slip.placed(source)
    }

    /// The diagnostic as data, for other programs.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "code": self.code.word(),
            "severity": self.severity.word(),
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "length": self.length,
            "message": self.message,
            "remedy": self.remedy,
            "suggestion": self.suggestion,
            "source-line": self.source_line,
        })
    }

    /// The parts in print, in order; put together they are the text that `Display` gives.
    #[must_use]
    pub fn parts(&self) -> Vec<(Part, String)> {
        let mut parts = vec![
            (Part::Position, format!("{}:{}:{}", self.file, self.line, self.column)),
            (Part::Plain, ": ".to_owned()),
            (Part::Label, format!("{}[{}]", self.severity.word(), self.code)),
            (Part::Plain, ": ".to_owned()),
            (Part::Message, self.message.clone()),
            (Part::Plain, "\n".to_owned()),
        ];
        let width = self.line.to_string().len();
        if !self.source_line.is_empty() {
            let (shown, indent, carets) = self.window();
            parts.push((Part::Gutter, format!("{:>width$} | ", self.line)));
            parts.push((Part::SourceLine, shown));
            parts.push((Part::Gutter, format!("\n{:>width$} | ", "")));
            parts.push((Part::Underline, format!("{indent}{}", "^".repeat(carets))));
            parts.push((Part::Plain, "\n".to_owned()));
        }
        let meant = self.suggestion.as_ref().map(|name| format!("did you mean `{name}`?"));
        for help in [meant.as_deref(), Some(self.remedy.as_str())].into_iter().flatten() {
            if !help.is_empty() {
                parts.push((Part::Gutter, format!("{:>width$} = ", "")));
                parts.push((Part::Remedy, help.to_owned()));
                parts.push((Part::Plain, "\n".to_owned()));
            }
        }
        parts
    }

    /// The part of the line worth showing, what stands before the carets, and how many carets there are.
    fn window(&self) -> (String, String, usize) {
        const WIDEST: usize = 160;
        const BEFORE: usize = 60;
        let before = self.column.saturating_sub(1);
        let total = self.source_line.chars().count();
        let skipped = if total > WIDEST { before.saturating_sub(BEFORE) } else { 0 };
        let shown: String = self.source_line.chars().skip(skipped).take(WIDEST).collect();
        // A tab stays a tab, so that the carets stand below what they mean.
        let kept = before.saturating_sub(skipped);
        let blank = |character| if character == '\t' { '\t' } else { ' ' };
        let indent = shown.chars().take(kept).map(blank).collect();
        let room = shown.chars().count().saturating_sub(kept);
        (printable(&shown), indent, self.length.min(room).max(1))
    }
}

/// Control characters would let a file write on the reader's terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect()
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.parts().iter().try_for_each(|(_, text)| f.write_str(text))
    }
}

/// Something wrong, by byte offsets, before its line is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slip {
    pub(crate) code: Code,
    pub(crate) span: Range<usize>,
    pub(crate) message: String,
    pub(crate) remedy: String,
    pub(crate) suggestion: Option<String>,
}

impl Slip {
    pub(crate) fn at(code: Code, span: Range<usize>, message: impl Into<String>) -> Self {
        Self { code, span, message: message.into(), remedy: String::new(), suggestion: None }
    }

    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }

    /// Adds the nearest of the known names, if one is near.
    pub(crate) fn meant<T: AsRef<str>>(mut self, candidates: Option<(&str, &[T])>) -> Self {
        self.suggestion = candidates
            .and_then(|(written, known)| nearest(written, known.iter().map(AsRef::as_ref)))
            .map(str::to_owned);
        self
    }

    pub(crate) fn placed(self, source: &Source) -> Diagnostic {
        let (source, start) = source.part(self.span.start);
        let place = source.place(start);
        // A line is for reading; of one that nobody could read its beginning is enough.
        let line: String =
            source.line(place.line).chars().take(LONGEST_LINE.max(place.column + 80)).collect();
        let length = source.slice(start..start + self.span.len()).chars();
        Diagnostic {
            code: self.code,
            severity: Severity::Error,
            file: source.path().to_owned(),
            line: place.line,
            column: place.column,
            length: length.take_while(|character| *character != '\n').count(),
            message: printable(&self.message),
            remedy: printable(&self.remedy),
            suggestion: self.suggestion,
            source_line: line,
        }
    }
}

/// How much of a line goes into a diagnostic, at least.
const LONGEST_LINE: usize = 400;
/// How many flaws of one file are told. Whoever has more has made one mistake many times.
pub(crate) const MOST: usize = 200;

/// Places flaws in their file, in order.
pub(crate) fn placed(mut slips: Vec<Slip>, source: &Source) -> Vec<Diagnostic> {
    slips.sort_by_key(|slip| slip.span.start);
    slips.truncate(MOST);
    slips.into_iter().map(|slip| slip.placed(source)).collect()
}

/// The name most like the one written, if it is like enough to be worth asking.
pub(crate) fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 100;
    if written.len() > LONGEST {
        return None;
    }
    if written.starts_with(|first: char| first.is_ascii_digit()) {
        return nearest_number(written, known);
    }
    let lower = written.to_lowercase().replace(['_', ' '], "-");
    let most = lower.chars().count().div_ceil(3).clamp(1, 4);
    let near = known.map(|name| (strsim::osa_distance(&lower, &name.to_lowercase()), name));
    near.filter(|(distance, name)| *distance <= most && *name != written)
        .min_by_key(|pair| pair.0)
        .map(|pair| pair.1)
}

/// The article most like the one written. One number is like every other, so it must belong to the same article or
/// differ by a character that was left out or typed twice.
fn nearest_number<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let article = |number: &str| number.split('(').next().unwrap_or_default().to_owned();
    let rank = |number: &str| {
        let distance = strsim::osa_distance(written, number);
        match (article(number) == article(written), distance) {
            (true, distance) => Some(distance),
            (false, 1) if number.len() != written.len() && written.len() > 2 => Some(1),
            (false, _) => None,
        }
    };
    let near = known.filter(|number| *number != written).filter_map(|number| Some((rank(number)?, number)));
    near.min_by_key(|pair| pair.0).map(|pair| pair.1)
}

/// The word that begins at an offset: a name, or the text up to a blank or the mark that closes it.
fn word_at(source: &Source, start: usize) -> Range<usize> {
    let (part, within) = source.part(start);
    let rest = part.text().get(within..).unwrap_or("");
    let mut characters = rest.char_indices();
    let end = match characters.next() {
        Some((_, quote @ ('"' | '\''))) => characters
            .find(|(_, c)| *c == quote || *c == '\n')
            .map_or(rest.len(), |(at, c)| if c == quote { at + 1 } else { at }),
        _ => rest.find(|c: char| c.is_whitespace() || ",;:[]{}".contains(c)).unwrap_or(rest.len()),
    };
    start..start + end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_suggested_only_if_it_is_near() {
        let known = ["request-received", "released", "arrested"];
        let check = |written| nearest(written, known.into_iter());
        assert_eq!(check("request-recieved"), Some("request-received"));
        assert_eq!(check("Request received"), Some("request-received"));
        assert_eq!(check("relaesed"), Some("released"));
        assert_eq!(check("extradited"), None);
        assert_eq!(check("x"), None);
    }

    #[test]
    fn an_article_is_suggested_if_it_is_of_the_same_number_or_a_slip_away() {
        let known = ["9(1)", "9(4)", "11", "23(4)(c)(i)"];
        let check = |written| nearest(written, known.into_iter());
        assert_eq!(check("9(9)"), Some("9(1)"));
        assert_eq!(check("9"), Some("9(1)"));
        assert_eq!(check("111"), Some("11"));
        assert_eq!(check("91)"), Some("9(1)"));
        assert_eq!(check("23(4)(c)"), Some("23(4)(c)(i)"));
        assert_eq!(check("12"), None);
        assert_eq!(check("77"), None);
    }

    #[test]
    fn the_underline_stands_below_the_word_counted_in_characters() {
        let source = Source::new("a.yaml", "titel: é\n여기: wrong here\n");
        let start = source.text().find("wrong").unwrap();
        let slip = Slip::at(Code::UnknownWord, start..start + 5, "no such word").remedy("write `right`");
        let expected = "a.yaml:2:5: error[unknown-word]: no such word\n\
                        2 | 여기: wrong here\n  |     ^^^^^\n  = write `right`\n";
        assert_eq!(slip.placed(&source).to_string(), expected);
    }
}
