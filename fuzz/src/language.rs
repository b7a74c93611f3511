//! The files that lawyers write: whatever stands in them, all that is wrong is told with its place, and the canonical form
//! means what the file means.

use std::sync::Arc;

use comity_core::time::Zone;
use comity_language::chronology::read_items;
use comity_language::library::InMemory;
use comity_language::{
    Code, Diagnostic, Source, format, load_one, read_articles, read_calendar, read_chronology, read_counting,
    read_notes,
};

use crate::broken::{Kept, broken, same};

const PROCEDURE: &str = "norvane-calderia/extradition.yaml";
const SAMPLE: &str =
    include_str!("../../crates/language/tests/data/library/norvane-calderia/extradition.yaml");

/// The made-up library around a procedure.
fn library() -> InMemory {
    InMemory::default()
        .with(
            "calendars/calderia.yaml",
            include_str!("../../crates/language/tests/data/library/calendars/calderia.yaml"),
        )
        .with(
            "counting/calderia-periods.yaml",
            include_str!("../../crates/language/tests/data/library/counting/calderia-periods.yaml"),
        )
        .with(
            "norvane-calderia/articles.md",
            include_str!("../../crates/language/tests/data/library/norvane-calderia/articles.md"),
        )
        .with(
            "norvane-calderia/NOTES.md",
            include_str!("../../crates/language/tests/data/library/norvane-calderia/NOTES.md"),
        )
        .with(
            "norvane-calderia/waiver.yaml",
            include_str!("../../crates/language/tests/data/library/norvane-calderia/waiver.yaml"),
        )
}

/// A procedure: where it can be used, so can its canonical form, which means the same.
pub(crate) fn procedure(bytes: &[u8]) -> Kept {
    let read = load_one(&library().with(PROCEDURE, bytes), PROCEDURE);
    let text = String::from_utf8_lossy(bytes);
    told_in_place(&read.diagnostics, PROCEDURE, &text)?;
    let Some(loaded) = read.procedures.first() else { return Ok(()) };
    let canonical = format(&Source::new(PROCEDURE, text))
        .map_err(|flaws| broken(format!("a procedure in order has no canonical form: {flaws:?}")))?;
    let again = load_one(&library().with(PROCEDURE, canonical.as_bytes()), PROCEDURE);
    let meaning = again.procedures.first().map(|again| again.procedure.meaning());
    same(
        &format!("the canonical form means the same\n{canonical}"),
        &meaning,
        &Some(loaded.procedure.meaning()),
    )
}

/// A text inside of a procedure, of which the first byte says where it stands.
pub(crate) fn sentence(bytes: &[u8]) -> Kept {
    const PLACES: [&str; 6] = [
        "act request-received is recorded and documents for request are complete",
        "\"held -> release-due, else stays\"",
        "free or at-liberty -> held",
        "treaty 9(4); reading 1",
        "45 days",
        "immunity is none or immunity is waived",
    ];
    let Some((first, rest)) = bytes.split_first() else { return Ok(()) };
    let (Some(place), Ok(text)) = (PLACES.get(usize::from(*first) % PLACES.len()), str::from_utf8(rest))
    else {
        return Ok(());
    };
    // What JSON calls a string, YAML does too.
    let written = serde_json::Value::from(text).to_string();
    procedure(SAMPLE.replacen(place, &written, 1).as_bytes())
}

/// The canonical form of any YAML: there is one, and it is its own.
pub(crate) fn canonical(bytes: &[u8]) -> Kept {
    let Some(source) = source(PROCEDURE, bytes) else { return Ok(()) };
    let form = match format(&source) {
        Ok(form) => form,
        Err(flaws) => {
            let is_kept = flaws.iter().all(|flaw| flaw.code != Code::NotKept);
            return same("a file that can be read has a canonical form", &is_kept, &true);
        }
    };
    same("the canonical form is its own", &format(&Source::new(PROCEDURE, form.clone())), &Ok(form))
}

/// A chronology in Markdown.
pub(crate) fn chronology(bytes: &[u8]) -> Kept {
    told_by_the_reader("extradition.chronology.md", bytes)
}

/// A chronology from a spreadsheet.
pub(crate) fn spreadsheet(bytes: &[u8]) -> Kept {
    told_by_the_reader("extradition.chronology.csv", bytes)
}

fn told_by_the_reader(path: &str, bytes: &[u8]) -> Kept {
    let Some(source) = source(path, bytes) else { return Ok(()) };
    let (read, flaws) = read_chronology(&Arc::new(source));
    same("a chronology is handed out where nothing is wrong", &read.is_some(), &flaws.is_empty())?;
    told_in_place(&flaws, path, &String::from_utf8_lossy(bytes))
}

/// What happened, in a cell.
pub(crate) fn cell(bytes: &[u8]) -> Kept {
    let Ok(text) = str::from_utf8(bytes) else { return Ok(()) };
    let zone = Zone::named("Asia/Seoul").map_err(|bad| broken(bad.to_string()))?;
    match read_items(text, &zone) {
        Ok(_) => Ok(()),
        Err(flaw) => told_in_place(&[flaw], "what happened", text),
    }
}

/// The articles of an instrument.
pub(crate) fn articles(bytes: &[u8]) -> Kept {
    let Some(source) = source("articles.md", bytes) else { return Ok(()) };
    let (read, flaws) = read_articles(&source);
    let mut numbers: Vec<_> = read.articles.iter().map(|article| article.number.as_str()).collect();
    let all = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    same("no article stands twice", &numbers.len(), &all)?;
    told_in_place(&flaws, "articles.md", source.text())
}

/// The notes beside a procedure.
pub(crate) fn notes(bytes: &[u8]) -> Kept {
    let Some(source) = source("NOTES.md", bytes) else { return Ok(()) };
    let (_, flaws) = read_notes(&source);
    told_in_place(&flaws, "NOTES.md", source.text())
}

/// A calendar: its canonical form closes the same days.
pub(crate) fn calendar(bytes: &[u8]) -> Kept {
    let Some(source) = source("calendar.yaml", bytes) else { return Ok(()) };
    let (read, flaws) = read_calendar(&source);
    told_in_place(&flaws, "calendar.yaml", source.text())?;
    let Some(read) = read else { return Ok(()) };
    same("a calendar goes forward", &(read.from <= read.until), &true)?;
    let again = read_calendar(&Source::new("calendar.yaml", canonical_of(&source)?)).0;
    same("the canonical form closes the same days", &format!("{again:?}"), &format!("{:?}", Some(read)))
}

/// Rules of counting: their canonical form counts the same.
pub(crate) fn counting(bytes: &[u8]) -> Kept {
    let Some(source) = source("counting.yaml", bytes) else { return Ok(()) };
    let (read, flaws) = read_counting(&source);
    told_in_place(&flaws, "counting.yaml", source.text())?;
    let Some(read) = read else { return Ok(()) };
    let again = read_counting(&Source::new("counting.yaml", canonical_of(&source)?)).0;
    same("the canonical form counts the same", &format!("{again:?}"), &format!("{:?}", Some(read)))
}

fn canonical_of(source: &Source) -> Result<String, crate::Broken> {
    format(source).map_err(|flaws| broken(format!("a file in order has no canonical form: {flaws:?}")))
}

fn source(path: &str, bytes: &[u8]) -> Option<Source> {
    str::from_utf8(bytes).ok().map(|text| Source::new(path, text))
}

/// Whatever is wrong has a place that a person can find, and is told without a word of ours missing.
fn told_in_place(flaws: &[Diagnostic], path: &str, text: &str) -> Kept {
    let lines = text.bytes().filter(|byte| matches!(byte, b'\n' | b'\r')).count() + 1;
    for flaw in flaws.iter().filter(|flaw| flaw.file == path) {
        let is_placed = (1..=lines).contains(&flaw.line) && flaw.column > 0 && !flaw.message.is_empty();
        same(&format!("what is wrong has a place: {flaw:?}"), &is_placed, &true)?;
        // Printing must bear whatever stands in the line.
        let _ = (flaw.to_string(), flaw.to_json());
    }
    Ok(())
}
