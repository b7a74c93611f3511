//! What happened: one cell of a table as a list of items.

use comity_core::procedure::DocumentForm;
use comity_core::time::Zone;

use super::model::{Because, Finding, Item, ItemKind, Lack};
use super::when;
use crate::code::Code;
use crate::diagnostic::Slip;
use crate::file::Text;

const FORMS: &str = "write `look`, an act, `document NAME`, `ground NAME applies`, `fact NAME = VALUE`, \
                     `late record, WHEN: …`, `refused: …`, `annul WHEN NAME: reason`, \
                     `correct WHEN NAME to WHEN: reason` or `note: …`";

/// A part of the file's text with the offset at which it begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'t> {
    pub(super) text: &'t str,
    pub(super) start: usize,
}

impl<'t> Piece<'t> {
    pub(super) fn trimmed(text: &'t str, start: usize) -> Self {
        let blank = text.len() - text.trim_start().len();
        Self { text: text.trim(), start: start + blank }
    }

    pub(super) fn span(self) -> std::ops::Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// Two parts, both trimmed. `at` is a boundary of characters.
    pub(super) fn split(self, at: usize) -> (Self, Self) {
        let (before, after) = self.text.split_at_checked(at).unwrap_or((self.text, ""));
        (Self::trimmed(before, self.start), Self::trimmed(after, self.start + before.len()))
    }

    /// The parts around the first `mark`.
    pub(super) fn split_once(self, mark: &str) -> Option<(Self, Self)> {
        let at = self.text.find(mark)?;
        Some((self.split(at).0, self.split(at + mark.len()).1))
    }

    /// What follows `word`, if the text begins with it as a word.
    pub(super) fn after(self, word: &str) -> Option<Self> {
        let rest = self.text.strip_prefix(word)?;
        let ends = word.ends_with([':', ',']) || rest.is_empty() || rest.starts_with(char::is_whitespace);
        ends.then(|| Self::trimmed(rest, self.start + word.len()))
    }

    pub(super) fn owned(self) -> Text {
        Text { value: self.text.to_owned(), span: self.span() }
    }

    pub(super) fn slip(self, code: Code, message: impl Into<String>) -> Slip {
        Slip::at(code, self.span(), message)
    }

    /// The parts between `mark`s that stand outside of parentheses and quotation marks.
    pub(super) fn parts(self, mark: char) -> Vec<Self> {
        let (mut parts, mut from, mut depth, mut is_quoted) = (Vec::new(), 0, 0_u32, false);
        for (at, character) in self.text.char_indices() {
            match character {
                '"' => is_quoted = !is_quoted,
                '(' if !is_quoted => depth += 1,
                ')' if !is_quoted => depth = depth.saturating_sub(1),
                _ if character == mark && depth == 0 && !is_quoted => {
                    parts.push(Self::trimmed(self.text.get(from..at).unwrap_or(""), self.start + from));
                    from = at + mark.len_utf8();
                }
                _ => {}
            }
        }
        parts.push(Self::trimmed(self.text.get(from..).unwrap_or(""), self.start + from));
        parts
    }
}

/// Reads a cell.
pub(super) fn items(cell: Piece<'_>, zone: &Zone) -> Result<Vec<Item>, Slip> {
    let mut items = Vec::new();
    for part in cell.parts(';') {
        if part.after("late record,").is_some() {
            // It takes the rest of the cell with it.
            let (_, whole) = cell.split(part.start - cell.start);
            let rest = whole.after("late record,").unwrap_or(whole);
            items.push(late_record(whole, rest, zone)?);
            break;
        }
        items.push(item(part, zone)?);
    }
    Ok(items)
}

fn late_record(whole: Piece<'_>, rest: Piece<'_>, zone: &Zone) -> Result<Item, Slip> {
    let (when, after) = when::take(rest, zone)?;
    let Some(after) = after.after(":") else {
        let slip = after.slip(Code::BadItem, "expected a colon after the date of the late record");
        return Err(slip.remedy("write `late record, 2027-04-15 16:40: what happened`"));
    };
    let items = after.parts(';').into_iter().map(|part| item(part, zone)).collect::<Result<_, _>>()?;
    Ok(Item { kind: ItemKind::LateRecord { when, items }, span: whole.span() })
}

fn item(piece: Piece<'_>, zone: &Zone) -> Result<Item, Slip> {
    let kind = match piece.after("refused:") {
        Some(rest) => refused(rest, zone)?,
        None => simple(piece, zone)?,
    };
    Ok(Item { kind, span: piece.span() })
}

fn refused(piece: Piece<'_>, zone: &Zone) -> Result<ItemKind, Slip> {
    let (what, because) = match piece.text.rfind(" because ") {
        Some(at) => (piece.split(at).0, Some(piece.split(at + " because ".len()).1)),
        None => (piece, None),
    };
    let kind = match what.after("late record,") {
        Some(rest) => {
            return Ok(ItemKind::Refused {
                item: Box::new(late_record(what, rest, zone)?),
                because: reason(because)?,
            });
        }
        None => simple(what, zone)?,
    };
    Ok(ItemKind::Refused { item: Box::new(Item { kind, span: what.span() }), because: reason(because)? })
}

fn reason(piece: Option<Piece<'_>>) -> Result<Option<Because>, Slip> {
    let Some(piece) = piece else { return Ok(None) };
    let says = piece.text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    if let Some(says) = says {
        return Ok(Some(Because::Says(Text { value: says.to_owned(), span: piece.span() })));
    }
    if piece.text.is_empty() || piece.text.contains(char::is_whitespace) {
        let slip = piece.slip(Code::BadItem, format!("`{}` is no code of a rejection", piece.text));
        return Err(slip.remedy("write the code, or a part of the message between double quotes"));
    }
    Ok(Some(Because::Code(piece.owned())))
}

fn simple(piece: Piece<'_>, zone: &Zone) -> Result<ItemKind, Slip> {
    if piece.text.is_empty() {
        return Err(piece.slip(Code::BadItem, "nothing is said to have happened").remedy(FORMS));
    }
    match piece.text {
        "look" => return Ok(ItemKind::Look),
        "open" => return Ok(ItemKind::Open),
        _ => {}
    }
    if let Some(rest) = piece.after("note:") {
        Ok(ItemKind::Note(rest.owned()))
    } else if let Some(rest) = piece.after("document") {
        document(rest)
    } else if let Some(rest) = piece.after("ground") {
        ground(rest)
    } else if let Some(rest) = piece.after("fact") {
        fact(rest)
    } else if let Some(rest) = piece.after("annul") {
        annul(rest, zone)
    } else if let Some(rest) = piece.after("correct") {
        correct(rest, zone)
    } else if piece.after("late").is_some() || piece.after("refused").is_some() {
        let slip = piece.slip(Code::BadItem, format!("`{}` cannot be read", piece.text));
        Err(slip.remedy("write `late record, WHEN: what happened` or `refused: what may not happen`"))
    } else {
        act(piece)
    }
}

/// Takes a name from the front.
fn name<'t>(piece: Piece<'t>, what: &str) -> Result<(Text, Piece<'t>), Slip> {
    let end =
        piece.text.find(|c: char| c.is_whitespace() || "():;,=".contains(c)).unwrap_or(piece.text.len());
    let (name, rest) = piece.split(end);
    if name.text.is_empty() {
        return Err(piece
            .slip(Code::BadItem, format!("expected {what}, found `{}`", piece.text))
            .remedy(FORMS));
    }
    Ok((name.owned(), rest))
}

fn end(rest: Piece<'_>, expected: &str) -> Result<(), Slip> {
    if rest.text.is_empty() {
        return Ok(());
    }
    Err(rest.slip(Code::BadItem, format!("expected {expected}, found `{}`", rest.text)).remedy(FORMS))
}

fn by(rest: Piece<'_>) -> Result<(Option<Text>, Piece<'_>), Slip> {
    match rest.after("by") {
        Some(rest) => name(rest, "the authority that did it").map(|(by, rest)| (Some(by), rest)),
        None => Ok((None, rest)),
    }
}

fn act(piece: Piece<'_>) -> Result<ItemKind, Slip> {
    let (name, rest) = name(piece, "an act")?;
    let (by, rest) = by(rest)?;
    let facts = match rest.text.strip_prefix('(') {
        None => {
            end(rest, "`by AUTHORITY`, facts in parentheses, or the end")?;
            Vec::new()
        }
        Some(inner) => {
            let Some(inner) = inner.strip_suffix(')') else {
                let slip = rest.slip(Code::BadItem, "the parenthesis with the facts is not closed");
                return Err(slip.remedy("write `act (fact: value, fact: value)` with nothing behind it"));
            };
            facts(Piece::trimmed(inner, rest.start + 1))?
        }
    };
    Ok(ItemKind::Act { name, by, facts })
}

/// `fact: value, fact: value`. A comma within a value is one that no `fact:` follows.
fn facts(piece: Piece<'_>) -> Result<Vec<(Text, Text)>, Slip> {
    let mut starts: Vec<usize> = vec![0];
    for (at, _) in piece.text.match_indices(',') {
        let next = piece.text.get(at + 1..).unwrap_or("");
        let key = next.split_once(':').map_or("", |(key, _)| key.trim());
        if !key.is_empty()
            && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c))
        {
            starts.push(at + 1);
        }
    }
    let ends = starts.iter().skip(1).map(|start| start - 1).chain([piece.text.len()]);
    let parts = starts.iter().zip(ends).map(|(from, to)| {
        let part = Piece::trimmed(piece.text.get(*from..to).unwrap_or(""), piece.start + from);
        match part.split_once(":") {
            Some((fact, value)) if !fact.text.is_empty() && !value.text.is_empty() => {
                Ok((fact.owned(), value.owned()))
            }
            Some(_) | None => {
                let slip = part.slip(Code::BadItem, format!("`{}` gives no fact its value", part.text));
                Err(slip.remedy("write `act (fact: value, fact: value)`"))
            }
        }
    });
    parts.collect()
}

fn document(piece: Piece<'_>) -> Result<ItemKind, Slip> {
    let (name, mut rest) = name(piece, "the name of a document")?;
    let (mut language, mut form, mut lacks) = (None, None, Vec::new());
    while !rest.text.is_empty() {
        if let Some(after) = rest.after("in") {
            let (tag, after) = self::name(after, "a language")?;
            (language, rest) = (Some(tag), after);
        } else if let Some(after) = rest.after("as") {
            let (word, after) = self::name(after, "a form")?;
            let forms = [DocumentForm::Original, DocumentForm::CertifiedCopy, DocumentForm::Copy];
            form = forms.into_iter().find(|form| form.word() == word.value);
            if form.is_none() {
                let known = forms.map(DocumentForm::word);
                let slip = Slip::at(Code::BadItem, word.span.clone(), format!("`{}` is no form", word.value));
                return Err(slip
                    .meant(Some((&word.value, known.as_slice())))
                    .remedy("write `as original`, `as certified-copy` or `as copy`"));
            }
            rest = after;
        } else if let Some(after) = rest.after("without translation") {
            lacks.push(Lack::Translation);
            rest = after;
        } else if let Some(after) = rest.after("uncertified") {
            lacks.push(Lack::Certification);
            rest = after;
        } else {
            end(rest, "`in LANGUAGE`, `as FORM`, `without translation`, `uncertified` or the end")?;
        }
    }
    Ok(ItemKind::Document { name, language, form, lacks })
}

fn ground(piece: Piece<'_>) -> Result<ItemKind, Slip> {
    let (name, rest) = name(piece, "the name of a ground")?;
    let (finding, rest) = if let Some(rest) = rest.after("applies") {
        (Finding::Applies, rest)
    } else if let Some(rest) = rest.after("does not apply") {
        (Finding::DoesNotApply, rest)
    } else {
        let message = format!("expected `applies` or `does not apply`, found `{}`", rest.text);
        return Err(rest.slip(Code::BadItem, message));
    };
    let (by, rest) = by(rest)?;
    end(rest, "`by AUTHORITY` or the end")?;
    Ok(ItemKind::Ground { name, finding, by })
}

fn fact(piece: Piece<'_>) -> Result<ItemKind, Slip> {
    let (name, rest) = name(piece, "the name of a fact")?;
    match rest.after("=").filter(|value| !value.text.is_empty()) {
        Some(value) => Ok(ItemKind::Fact { name, value: value.owned() }),
        None => Err(piece.slip(Code::BadItem, "a fact needs a value").remedy("write `fact NAME = VALUE`")),
    }
}

fn because(rest: Piece<'_>) -> Result<Text, Slip> {
    match rest.after(":").filter(|reason| !reason.text.is_empty()) {
        Some(reason) => Ok(reason.owned()),
        None => Err(rest
            .slip(Code::BadItem, "a reason is missing")
            .remedy("write a colon and the reason at the end")),
    }
}

fn annul(piece: Piece<'_>, zone: &Zone) -> Result<ItemKind, Slip> {
    let (when, rest) = when::take(piece, zone)?;
    let (item, rest) = entry(rest)?;
    Ok(ItemKind::Annul { when, item, reason: because(rest)? })
}

fn correct(piece: Piece<'_>, zone: &Zone) -> Result<ItemKind, Slip> {
    let (when, rest) = when::take(piece, zone)?;
    let (item, rest) = entry(rest)?;
    let Some(rest) = rest.after("to") else {
        let slip = rest.slip(Code::BadItem, format!("expected `to` and a date, found `{}`", rest.text));
        return Err(slip.remedy("write `correct WHEN NAME to WHEN: reason`"));
    };
    let (to, rest) = when::take(rest, zone)?;
    Ok(ItemKind::Correct { when, item, to, reason: because(rest)? })
}

/// The name of an earlier item: an act, or `document NAME`, `ground NAME`, `fact NAME`.
fn entry(piece: Piece<'_>) -> Result<(Text, Piece<'_>), Slip> {
    for kind in ["document", "ground", "fact"] {
        if let Some(rest) = piece.after(kind) {
            let (name, after) = name(rest, "the name of an earlier item")?;
            let span = piece.start..name.span.end;
            return Ok((Text { value: format!("{kind} {}", name.value), span }, after));
        }
    }
    name(piece, "the name of an earlier item")
}
