//! The stable codes of all diagnostics, in one list.

use comity_core::procedure::FlawCode;

macro_rules! codes {
    ($($variant:ident = $word:literal: $meaning:literal,)+) => {
        /// The kind of a diagnostic: stable, and the name of its page in the reference.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)+
            /// What the core found wrong with a procedure that could be read.
            Procedure(FlawCode),
        }

        impl Code {
            /// The codes that this crate gives by itself, in the order of the reference.
            pub const OWN: &'static [Self] = &[$(Self::$variant,)+];

            /// The word that stands in messages and in JSON.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ Self::Procedure(code) => code.word() }
            }

            /// What the code means, as a sentence. Nothing for the codes of the core, which explains its own.
            #[must_use]
            pub const fn meaning(self) -> Option<&'static str> {
                match self { $(Self::$variant => Some($meaning),)+ Self::Procedure(_) => None }
            }
        }
    };
}

codes! {
    MissingFile = "missing-file": "A file that is referred to does not exist.",
    UnreadableFile = "unreadable-file": "A file exists and cannot be read.",
    NotUtf8 = "not-utf8": "A file is not UTF-8 text.",
    TooLarge = "too-large": "A file is larger than a procedure file may be.",
    EmptyFile = "empty-file": "A file holds nothing.",
    Syntax = "syntax": "The text is not YAML.",
    Tab = "tab": "A tab stands where spaces belong.",
    SeveralDocuments = "several-documents": "A file holds more than one document.",
    TooDeep = "too-deep": "Something is nested deeper than a procedure needs.",
    TooManyNodes = "too-many-nodes": "A file holds more keys and values than a procedure may.",
    Anchor = "anchor": "A part of the file is named or repeated by reference.",
    Tag = "tag": "A value carries a YAML tag or a directive.",
    MergeKey = "merge-key": "A mapping is merged into another.",
    BadKey = "bad-key": "A key is not a plain word.",
    DuplicateKey = "duplicate-key": "A key stands twice in one mapping.",
    MissingColon = "missing-colon": "A comma cuts a text in two, or a key has no value.",
    UnknownKey = "unknown-key": "A key means nothing here.",
    MissingKey = "missing-key": "A key that is required is not there.",
    WrongKind = "wrong-kind": "A list, a mapping or a text stands where another of these belongs.",
    UnknownWord = "unknown-word": "A word is not among those to choose from.",
    EmptyValue = "empty-value": "A key has no value.",
    NewerFormat = "newer-format": "The file was written for another edition of the language.",
    BadGuard = "bad-guard": "A condition cannot be read.",
    BadMove = "bad-move": "A move cannot be read.",
    BadCite = "bad-cite": "A citation cannot be read.",
    BadLength = "bad-length": "A length of time cannot be read.",
    BadDay = "bad-day": "A day cannot be read or does not exist.",
    BadNumber = "bad-number": "A number cannot be read.",
    BadMark = "bad-mark": "An article does not say how far its text was verified.",
    BadArticle = "bad-article": "A heading names no article.",
    ArticleTwice = "article-twice": "An article stands twice in one file.",
    BadReading = "bad-reading": "A heading names no reading, or a reading stands twice.",
    BadCalendar = "bad-calendar": "A calendar contradicts itself.",
    BadPlan = "bad-plan": "A plan of migration does not fit the editions between which it leads.",
    WrongPath = "wrong-path": "A file lies elsewhere than it says, or a path leaves the library.",
    BrokenLink = "broken-link": "A link leads to a procedure or a track that does not exist, or does not fit.",
    BadBase = "bad-base": "What a file builds on is not there, or is changed without saying by what right.",
    BadHeader = "bad-header": "The head of a chronology cannot be read.",
    BadTable = "bad-table": "A table of a chronology is not well made.",
    ColumnTwice = "column-twice": "A column stands twice in one table.",
    BadWhen = "bad-when": "A date of a chronology cannot be read or does not exist.",
    BackInTime = "back-in-time": "A row is earlier than the row before it.",
    BadItem = "bad-item": "What happened cannot be read.",
    BadCell = "bad-cell": "What is expected cannot be read.",
    UnknownCase = "unknown-case": "A case is not declared at the head of the chronology.",
    NotKept = "not-kept": "The formatter would have changed the meaning and left the file alone.",
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_codes_share_a_word() {
        let words = Code::OWN.iter().map(|code| code.word());
        let of_core = FlawCode::ALL.iter().map(|code| code.word());
        let all: Vec<_> = words.chain(of_core).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }
}
