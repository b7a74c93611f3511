//! Moves: `free or at-liberty -> held, else stays`.

use comity_core::procedure::Marked;
use comity_core::procedure::draft::{FromDraft, MoveDraft};

use super::Passage;
use super::words::Words;
use crate::code::Code;
use crate::diagnostic::Slip;

const FORM: &str =
    "write `A -> B`, `A or B -> C` or `any open -> C`, and `, else stays` at the end where it may stay";
/// How many words a list of moves may have.
const MOST_WORDS: usize = 1_000;

/// The moves that one text states.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moves {
    pub(crate) moves: Vec<MoveDraft>,
    pub(crate) or_stays: bool,
}

/// Reads moves separated by commas.
pub(crate) fn moves(passage: &Passage<'_>) -> Result<Moves, Slip> {
    let mut words = Words::new(passage, Code::BadMove);
    if words.len() > MOST_WORDS {
        return Err(passage.slip(
            Code::BadMove,
            words.here(),
            "there are more moves than anybody could check",
        ));
    }
    let mut read = Moves::default();
    loop {
        if words.took_all(&["else", "stays"]) {
            read.or_stays = true;
            break;
        }
        read.moves.push(one(&mut words)?);
        if !words.took(",") {
            break;
        }
    }
    match words.peek() {
        None => Ok(read),
        Some(_) if read.or_stays => Err(words.expected("the end after `else stays`")),
        Some("else") => Err(words.expected("a comma before `else stays`").remedy(FORM)),
        Some(_) => Err(words.expected("a comma or the end").remedy(FORM)),
    }
}

/// Reads where a move can start, alone.
pub(crate) fn from(passage: &Passage<'_>) -> Result<FromDraft, Slip> {
    let mut words = Words::new(passage, Code::BadMove);
    let from = starts(&mut words)?;
    match words.peek() {
        None => Ok(from),
        Some(_) => Err(words.expected("`or` or the end")),
    }
}

fn one(words: &mut Words<'_>) -> Result<MoveDraft, Slip> {
    let from = starts(words)?;
    if !words.took("->") {
        return Err(words.expected("`->` or `or`").remedy(FORM));
    }
    let to = stage(words)?;
    Ok(MoveDraft { from, to, when: None, cite: Vec::new() })
}

fn starts(words: &mut Words<'_>) -> Result<FromDraft, Slip> {
    if words.peek() == Some("any") {
        let mark = words.passage.mark(words.here().start);
        words.take();
        return if words.took("open") {
            Ok(FromDraft::AnyOpen(mark))
        } else {
            Err(words
                .expected("`open` after `any`")
                .remedy("`any open` is every stage that does not end the track"))
        };
    }
    let mut stages = vec![stage(words)?];
    while words.took("or") {
        stages.push(stage(words)?);
    }
    Ok(FromDraft::Stages(stages))
}

fn stage(words: &mut Words<'_>) -> Result<Marked<String>, Slip> {
    if matches!(words.peek(), Some("or" | "else")) {
        return Err(words.expected("the name of a stage").remedy(FORM));
    }
    let word = words.name("the name of a stage").map_err(|slip| slip.remedy(FORM))?;
    Ok(words.passage.marked(word.span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn read(text: &str) -> Result<Moves, Slip> {
        let source = Source::new("", text);
        moves(&Passage::new(&source, text, 0..text.len()))
    }

    #[test]
    fn a_move_names_its_stages_and_may_stay() {
        let read = read("free or at-liberty -> held, any open->done, else stays").unwrap();
        assert!(read.or_stays);
        let to: Vec<_> = read.moves.iter().map(|one| (one.to.value.as_str(), one.to.mark.0)).collect();
        assert_eq!(to, [("held", 22), ("done", 38)]);
    }

    #[test]
    fn a_slip_stands_at_the_word_that_was_not_expected() {
        let check = |text: &str, at: usize, message: &str| {
            let slip = read(text).unwrap_err();
            assert_eq!((slip.span.start, slip.message.as_str()), (at, message), "{text}");
        };
        check("", 0, "expected the name of a stage, the text ends");
        check("free", 4, "expected `->` or `or`, the text ends");
        check("free - > held", 5, "expected `->` or `or`, found `-`");
        check("free -> ", 7, "expected the name of a stage, the text ends");
        check("any -> held", 4, "expected `open` after `any`, found `->`");
        check("free -> held else stays", 13, "expected a comma before `else stays`, found `else`");
        check("free -> held, else stays, a -> b", 24, "expected the end after `else stays`, found `,`");
    }
}
