//! What is typed at the desk.

use comity_core::entry::ArrivedForm;
use comity_core::name::{BadName, Name};

/// A line that says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Where every track stands.
    Stands,
    /// What may be done.
    Open,
    /// Why an act may not be done.
    Why(Name),
    /// The limits that run.
    Due,
    /// Something took effect.
    Happened {
        /// When, as it was typed.
        when: String,
        /// What.
        what: Happened,
    },
}

/// Something that took effect, before anybody has looked at the procedure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Happened {
    /// An act, with facts as they were typed.
    Act {
        /// The act.
        act: Name,
        /// Who did it; whoever may, if nobody is named.
        by: Option<Name>,
        /// The facts.
        facts: Vec<(Name, String)>,
    },
    /// A document.
    Document {
        /// Which.
        document: Name,
        /// In which form.
        form: ArrivedForm,
        /// The language of its translation.
        translated: Option<String>,
    },
    /// A finding.
    Ground {
        /// The ground.
        ground: Name,
        /// Whether it applies.
        applies: bool,
        /// Who considered it.
        by: Name,
    },
}

/// A line that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadLine {
    /// A name is none.
    #[error(transparent)]
    Name(#[from] BadName),
    /// It is none of the lines that are read.
    #[error("this line says nothing that is known here: README.md has the lines")]
    Unknown,
}

impl Line {
    /// Reads a line; nothing for one that says nothing.
    ///
    /// # Errors
    ///
    /// Returns [`BadLine`] if it cannot be read.
    pub(crate) fn read(line: &str) -> Result<Option<Self>, BadLine> {
        let line = line.split('#').next().unwrap_or_default();
        let words: Vec<&str> = line.split_whitespace().collect();
        Ok(Some(match words.as_slice() {
            [] => return Ok(None),
            ["stands"] => Self::Stands,
            ["open"] => Self::Open,
            ["due"] => Self::Due,
            ["why", act] => Self::Why(act.parse()?),
            [day, time, rest @ ..] if time.contains(':') && !time.contains('=') => {
                Self::Happened { when: format!("{day} {time}"), what: Happened::read(rest)? }
            }
            [day, rest @ ..] => Self::Happened { when: (*day).to_owned(), what: Happened::read(rest)? },
        }))
    }
}

impl Happened {
    fn read(words: &[&str]) -> Result<Self, BadLine> {
        match words {
            ["document", document, form, rest @ ..] if rest.len() < 2 => Ok(Self::Document {
                document: document.parse()?,
                form: ArrivedForm::from_word(form).ok_or(BadLine::Unknown)?,
                translated: rest.first().map(|language| (*language).to_owned()),
            }),
            ["ground", ground, applies @ ("yes" | "no"), "by", by] => {
                Ok(Self::Ground { ground: ground.parse()?, applies: *applies == "yes", by: by.parse()? })
            }
            [act, "by", by, facts @ ..] => Self::act(act, Some(by.parse()?), facts),
            [act, facts @ ..] => Self::act(act, None, facts),
            [] => Err(BadLine::Unknown),
        }
    }

    fn act(act: &str, by: Option<Name>, facts: &[&str]) -> Result<Self, BadLine> {
        let fact = |word: &&str| {
            let (fact, value) = word.split_once('=').ok_or(BadLine::Unknown)?;
            Ok((fact.parse()?, value.to_owned()))
        };
        let facts = facts.iter().map(fact).collect::<Result<_, BadLine>>()?;
        Ok(Self::Act { act: act.parse()?, by, facts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_when_and_what() {
        let line =
            Line::read("2027-03-02 23:30 arrested by requested/police arrest.place=Lisbon").unwrap().unwrap();
        let Line::Happened { when, what: Happened::Act { act, by, facts } } = line else {
            panic!("{line:?}")
        };
        assert_eq!((when.as_str(), act.as_str()), ("2027-03-02 23:30", "arrested"));
        assert_eq!((by.unwrap().as_str(), facts[0].1.as_str()), ("requested/police", "Lisbon"));
    }

    #[test]
    fn a_line_that_says_nothing_known_is_told() {
        assert_eq!(
            Line::read("2027-03-02 Arrested").unwrap_err().to_string().split(' ').next(),
            Some("`Arrested`")
        );
        assert_eq!(Line::read("2027-03-02").unwrap_err(), BadLine::Unknown);
        assert_eq!(Line::read("  # a remark"), Ok(None));
    }
}
