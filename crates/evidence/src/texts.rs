//! What a bundle says of itself, in plain text.

use comity_core::id::EntryNumber;

use crate::case::{Case, Text};
use crate::notes::Notes;

/// The bytes of the record and of the log, so that nobody needs to ask us for them.
pub(crate) const FORMAT: &str = include_str!("../../../docs/record-format.md");

/// What is in the bundle.
pub(crate) fn readme(case: &Case<'_>, notes: &Notes) -> String {
    let mut text = String::from(
        "This is one case out of the record of an office, with what is needed to check that nothing of it was changed\n\
         after it was recorded.\n\n",
    );
    let mut line = |name: &str, says: &str| text += &[&name_in_column(name), says, "\n"].concat();
    line("case.html", "the case, for people: open it in a browser");
    if case.whole().is_some() {
        line("clocks.html", "how each limit was counted, step by step");
    }
    line("log.jsonl", "the entries as they were recorded, each with its hash and its proof");
    let has_migrated = case.migrations().next().is_some();
    for text in case.texts() {
        line(&format!("{}/", text.folder), &rules(&text, has_migrated));
    }
    if notes.newest().is_some() {
        line("checkpoint", "what the office signed of the whole record");
    }
    if notes.earlier().next().is_some() {
        line("checkpoints/", "what it signed earlier");
    }
    line("CHECK.txt", "how to check all this, and what that proves");
    line("FORMAT.md", "what every byte means, for whoever would write a program of his own");
    line("MANIFEST", "the SHA-256 of each file");
    if !case.withheld.is_empty() {
        text.push_str(
            "\nEntries are withheld. Their hashes and their places are here and proved, and nothing else of them. Whoever\n\
             guesses the whole content of an entry that was not sealed, to the letter and to the microsecond of its\n\
             recording, can find out by its hash that he guessed right.\n",
        );
    }
    text
}

/// How to check the bundle, and what that proves.
pub(crate) fn check(case: &Case<'_>, notes: &Notes) -> String {
    let (key, whose) = match notes.newest() {
        Some(note) => (" --key NAME+HASH+KEY".to_owned(), note.says.name.clone()),
        None => (String::new(), String::new()),
    };
    let mut text = format!(
        "HOW TO CHECK THIS\n\n\
         1. With a program. `comity-verify` is small, shares no code with the program that made the record, and reads the\n\
         zip file as it is:\n\n    comity-verify BUNDLE.zip{key}\n\n\
         It prints what is proved (PROVED) and what is not (OPEN), and ends with 0; or it names the first thing that is\n\
         wrong (WRONG), and ends with 4. For a folder into which the zip file was unpacked, name the folder.\n\n"
    );
    if !whose.is_empty() {
        text.extend([format!(
            "The key is the public key of {whose}. Do not take it from whoever gave you this file: ask the office, or\n\
             somebody who has had it for long. If you were given a checkpoint of your own once, add --checkpoint FILE.\n\n"
        )]);
    }
    text.push_str(
        "2. By hand. In the folder, `sha256sum --check MANIFEST` says whether the files are those that were packed. In log.jsonl\n\
         each entry carries its hash; FORMAT.md says over which bytes it is taken, how it goes into the next entry, and how the\n\
         proof leads from it to the root that the checkpoint names.\n\n\
         WHAT IT PROVES\n\n\
         - The entries are those that stand in the record, each as it was recorded; none between two others is left out.\n",
    );
    text.push_str(if notes.newest().is_some() {
        "- The record is the one that the office signed. It cannot deny it, and cannot show another one to somebody else\n  \
         without two signatures standing against each other.\n"
    } else {
        "- Nobody signed the record that it stands in: the proofs show that all this belongs together, and no more.\n"
    });
    if notes.earlier().next().is_some() {
        text.push_str(
            "- The record goes on from the earlier checkpoints: what stood then stands now. Whoever received one of those\n  \
             at the time knows that these entries were there by then.\n",
        );
    }
    text.push_str(
        "\nWHAT IT DOES NOT PROVE\n\n\
         - That what was recorded is true. It proves that it was recorded so, and not altered after that.\n\
         - That the clock of the office was right. Each entry says when it was recorded, by that clock alone. What bounds it is a\n  \
         checkpoint that somebody outside received at a time of which he has his own note, or a time stamp.\n\
         - That nothing was left unrecorded, and that the case has no entry after the last one here.\n",
    );
    if !case.withheld.is_empty() {
        text.push_str("- Anything of the entries that are withheld, but that they stand where they stand.\n");
    }
    text
}

/// What the texts of a procedure are to the case.
fn rules(text: &Text<'_>, has_migrated: bool) -> String {
    let back = |later: &[EntryNumber]| {
        let came = later.iter().map(|entry| format!(", and again by entry {entry}"));
        came.collect::<String>()
    };
    match text.since.as_slice() {
        [EntryNumber::FIRST, ..] if !has_migrated => {
            "the rules that the case runs under, as they were recorded when it was opened".to_owned()
        }
        [EntryNumber::FIRST, later @ ..] => {
            format!("the rules under which the case was opened{}", back(later))
        }
        [first, later @ ..] => format!("the rules that it went over to by entry {first}{}", back(later)),
        [] => String::new(),
    }
}

fn name_in_column(name: &str) -> String {
    format!("{name:<13} ")
}
