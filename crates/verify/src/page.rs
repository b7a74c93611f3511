//! What was found, in words: PROVED, what stays OPEN, and what is worth a NOTE.

use comity_verify::{Bundle, Checkpoint, Earlier, Form, InOrder, Own, Procedure, Signature, hex};

/// The last line of every page.
const NOT_TRUTH: &str = "OPEN    that what was recorded is true. No program can say that.";

/// What is proved of a record, and what is not.
pub(crate) fn of_record(found: &InOrder, checkpoint: Option<&Checkpoint>) -> String {
    let InOrder { entries, cases, form, .. } = found;
    let read_as = match form {
        Form::Journal { segments, .. } => counted(*segments as u64, "segment", "segments"),
        Form::Export { lines } => format!("an export of {lines} lines"),
    };
    let mut lines = vec![
        format!(
            "in order: {} of {} in {}",
            counted(*entries, "entry", "entries"),
            counted(*cases as u64, "case", "cases"),
            read_as
        ),
        format!("store  {}", hex(&found.store)),
        format!("root   {}", hex(&found.root)),
        String::new(),
        "PROVED  the chain of hashes is whole: whoever altered, removed, added or moved an entry had to write all after it anew."
            .to_owned(),
    ];
    match checkpoint {
        Some(Checkpoint { origin, size, .. }) => {
            lines.push(format!(
                "PROVED  the first {size} entries are those that {origin} signed: none was cut off, and none was written anew."
            ));
            let later = entries - size;
            lines.push(format!("OPEN    of the {later} entries since, only a later checkpoint can say the same."));
        }
        None => lines.push(
            "OPEN    that nothing was cut off at the end, and that the whole was not written anew: give a checkpoint that was \
             kept elsewhere."
                .to_owned(),
        ),
    }
    if let Form::Journal { torn: torn @ 1.., .. } = form {
        lines.push(format!("NOTE    {torn} bytes at the end belong to a write that was never acknowledged."));
    }
    lines.push(NOT_TRUTH.to_owned());
    lines.join("\n")
}

fn counted(number: u64, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}

/// What is proved by a bundle, and what is not.
pub(crate) fn of_bundle(bundle: &Bundle) -> String {
    let mut lines = vec![
        format!(
            "in order: a bundle of {} of one case{}",
            counted(bundle.entries as u64, "entry", "entries"),
            if bundle.withheld.is_empty() { String::new() } else { format!(", {} withheld", bundle.withheld.len()) }
        ),
        format!("case   {}", id(&bundle.case)),
        format!("store  {}", id(&bundle.store)),
        format!("root   {}, over {}", hex(&bundle.root), counted(bundle.size, "entry", "entries")),
        String::new(),
        "PROVED  the entries are chained from the first of the case on: none was altered, left out between two others or moved."
            .to_owned(),
    ];
    covered(bundle, &mut lines);
    signed(bundle, &mut lines);
    lines.extend(bundle.earlier.iter().map(earlier));
    lines.extend(bundle.own.map(own));
    procedures(bundle, &mut lines);
    shown(bundle, &mut lines);
    lines.push(
        "OPEN    that the case has no later entries: a bundle shows the entries that are in it.".to_owned(),
    );
    lines.push(
        "OPEN    that the clock was right by which entries were recorded, unless somebody outside noted a time.".to_owned(),
    );
    lines.push(NOT_TRUTH.to_owned());
    lines.join("\n")
}

fn covered(bundle: &Bundle, lines: &mut Vec<String>) {
    let covered = bundle.entries - bundle.uncovered.len();
    if covered > 0 {
        lines.push(format!(
            "PROVED  {} stand in a record of {} with this root.",
            counted(covered as u64, "of the entries", "of the entries"),
            counted(bundle.size, "entry", "entries")
        ));
    }
    if !bundle.uncovered.is_empty() {
        lines.push(format!(
            "OPEN    that {} stand in the record: the checkpoint is older than they are.",
            named(&bundle.uncovered)
        ));
    }
}

fn signed(bundle: &Bundle, lines: &mut Vec<String>) {
    lines.push(match &bundle.signature {
        Signature::Good { name } => format!(
            "PROVED  {name} signed that record: whoever alters one of these entries now would have to break the signature."
        ),
        Signature::NotChecked { name } => {
            format!("OPEN    that {name} signed that record: give its key with --key.")
        }
        Signature::None => "OPEN    that anybody answers for that record: there is no signed checkpoint in the bundle."
            .to_owned(),
    });
}

fn earlier(earlier: &Earlier) -> String {
    let Earlier { size, of_the_case, signature } = earlier;
    let stood = format!(
        "{} stood when the record had {}, and it was only added to since",
        counted(*of_the_case as u64, "of the entries", "of the entries"),
        counted(*size, "entry", "entries")
    );
    match signature {
        Signature::Good { name } => format!("PROVED  {stood}; {name} signed that one too."),
        Signature::NotChecked { name } => {
            format!("PROVED  {stood}. OPEN: that {name} signed that one; give its key with --key.")
        }
        Signature::None => format!("PROVED  {stood}. OPEN: that anybody signed that one."),
    }
}

fn own(own: Own) -> String {
    match own {
        Own::Same => "PROVED  it is the record of your checkpoint.".to_owned(),
        Own::Earlier { of_the_case } => format!(
            "PROVED  it is the record of your checkpoint, and was only added to since; {} stood then.",
            counted(of_the_case as u64, "of the entries", "of the entries")
        ),
        Own::NotReached { size } => format!(
            "OPEN    that it is the record of your checkpoint of {}: have the bundle made anew with it, by --checkpoint.",
            counted(size, "entry", "entries")
        ),
    }
}

fn procedures(bundle: &Bundle, lines: &mut Vec<String>) {
    if bundle.procedures.is_empty() {
        lines.push("OPEN    under which procedure the case runs: its text is not in the bundle.".to_owned());
    } else if !bundle.procedures.iter().any(|one| one.since.contains(&1)) {
        lines.push(
            "OPEN    under which procedure the case was opened: its text is not in the bundle.".to_owned(),
        );
    }
    lines.extend(bundle.procedures.iter().map(procedure));
    lines.extend(bundle.without_text.iter().map(|entry| {
        format!(
            "OPEN    to which procedure the case went over by entry {entry}: its text is not in the bundle."
        )
    }));
    if !bundle.withheld.is_empty() || !bundle.closed.is_empty() {
        lines.push(
            "OPEN    whether the case went over to another procedure by an entry that is not shown."
                .to_owned(),
        );
    }
}

fn procedure(one: &Procedure) -> String {
    let Procedure { name, version, folder, since, is_covered } = one;
    let (opened, went): (Vec<u32>, Vec<u32>) = since.iter().partition(|entry| **entry == 1);
    let how = match (opened.is_empty(), went.is_empty()) {
        (false, true) => format!("{name} under which the case was opened"),
        (false, false) => {
            format!("{name} under which the case was opened, and to which it came back by {}", named(&went))
        }
        (true, _) => format!("{name}, edition {version}, to which the case went over by {}", named(&went)),
    };
    if *is_covered {
        let when = if opened.is_empty() { "before that" } else { "then" };
        format!("PROVED  the texts in {folder} are those of {how}, as they were recorded {when}.")
    } else {
        format!(
            "OPEN    that the texts in {folder} are those of {how}: the checkpoint is older than their entry."
        )
    }
}

fn shown(bundle: &Bundle, lines: &mut Vec<String>) {
    if !bundle.withheld.is_empty() {
        lines.push(format!(
            "NOTE    {} withheld: that something was recorded there is proved, and what it was is not told.",
            are(&bundle.withheld)
        ));
    }
    if !bundle.closed.is_empty() {
        lines.push(format!(
            "NOTE    {} sealed, and no key is here: it was erased, or is kept back. That it stands is proved.",
            are(&bundle.closed)
        ));
    }
    if !bundle.unlisted.is_empty() {
        lines.push(format!("NOTE    not a part of the bundle: {}.", bundle.unlisted.join(", ")));
    }
    lines.push("NOTE    the pages in it are for reading. What is proved stands in log.jsonl.".to_owned());
}

fn are(numbers: &[u32]) -> String {
    format!("{} {}", named(numbers), if numbers.len() == 1 { "is" } else { "are" })
}

fn named(numbers: &[u32]) -> String {
    let all: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    format!("{} {}", if numbers.len() == 1 { "entry" } else { "entries" }, all.join(", "))
}

/// A UUID as it is written.
fn id(bytes: &[u8; 16]) -> String {
    let digits = hex(bytes);
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| digits.get(part).unwrap_or_default());
    parts.join("-")
}
