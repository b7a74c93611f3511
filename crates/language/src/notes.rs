//! `NOTES.md`: the readings that rules may rest on, each with its question.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Slip, placed};
use crate::markdown::{Line, lines};
use crate::source::Source;

/// An argued reading of a provision that leaves a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Its number.
    pub number: u32,
    /// The question.
    pub question: String,
    /// Answer, authority and state of verification, as written.
    pub text: String,
}

/// The notes beside a procedure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// The readings, in the order of the file.
    pub readings: Vec<Reading>,
    /// What stays open, and why; empty where nothing does.
    pub not_encoded: String,
}

impl Notes {
    /// The reading of a number.
    #[must_use]
    pub fn reading(&self, number: u32) -> Option<&Reading> {
        self.readings.iter().find(|reading| reading.number == number)
    }
}

enum Section {
    Other,
    Reading(Reading),
    NotEncoded,
}

/// Reads the notes, with everything that is wrong with them.
#[must_use]
pub fn read_notes(source: &Source) -> (Notes, Vec<Diagnostic>) {
    let (mut notes, mut slips, mut section) = (Notes::default(), Vec::new(), Section::Other);
    for line in lines(source) {
        match line.heading() {
            Some((level, heading)) if level <= 2 => {
                close(&mut notes, std::mem::replace(&mut section, Section::Other));
                section = open(&notes, &line, heading, &mut slips);
            }
            Some(_) | None => {
                let text = match &mut section {
                    Section::Other => continue,
                    Section::Reading(reading) => &mut reading.text,
                    Section::NotEncoded => &mut notes.not_encoded,
                };
                text.push_str(line.text);
                text.push('\n');
            }
        }
    }
    close(&mut notes, section);
    notes.not_encoded = String::from(notes.not_encoded.trim());
    (notes, placed(slips, source))
}

fn close(notes: &mut Notes, section: Section) {
    if let Section::Reading(mut reading) = section {
        reading.text = String::from(reading.text.trim());
        notes.readings.push(reading);
    }
}

fn open(notes: &Notes, line: &Line<'_>, heading: &str, slips: &mut Vec<Slip>) -> Section {
    if heading == "Not encoded" {
        return Section::NotEncoded;
    }
    let Some(rest) = heading.strip_prefix("Reading ") else { return Section::Other };
    let span = line.start..line.start + line.text.len();
    let parts = rest.split_once(':').and_then(|(number, question)| {
        Some((number.trim().parse::<u32>().ok()?, question.trim()))
            .filter(|(_, question)| !question.is_empty())
    });
    let Some((number, question)) = parts else {
        let slip = Slip::at(Code::BadReading, span, format!("`{heading}` has no number or no question"));
        slips.push(slip.remedy("write `## Reading 2: Who names the day?`"));
        return Section::Other;
    };
    if notes.reading(number).is_some() {
        let slip = Slip::at(Code::BadReading, span, format!("reading {number} stands twice in this file"));
        slips.push(slip.remedy("give each reading a number of its own"));
        return Section::Other;
    }
    Section::Reading(Reading { number, question: question.to_owned(), text: String::new() })
}
