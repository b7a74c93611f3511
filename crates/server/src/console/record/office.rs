//! Which fields are asked for the work of the office, none of which is law.

use comity_core::procedure::Procedure;

use super::super::fields::Fields;
use super::super::words::sentence;
use super::form::{Asked, Control, Field, field, plain};

fn asked(title: &str, says: &str, fields: Vec<Field>) -> Asked {
    let says = (!says.is_empty()).then(|| sentence(says)).into_iter().collect();
    Asked { says, fields, ..plain(title, Vec::new()) }
}

fn line(name: &str, label: &str, hint: &str, typed: &Fields, must: bool) -> Field {
    field(name, label, hint, typed, must, Control::Line)
}

fn why(typed: &Fields) -> Field {
    field("reason", "Why?", "", typed, true, Control::Lines)
}

/// A day where the case is decided.
fn day(label: &str, procedure: &Procedure, typed: &Fields, must: bool) -> Field {
    let hint = format!("A day in {}, such as 2027-04-16.", procedure.home().zone.place());
    line("until", label, &hint, typed, must)
}

/// A note.
pub(super) fn note(typed: &Fields) -> Asked {
    let text = field("text", "Note", "", typed, true, Control::Lines);
    asked("Write a note", "It has no effect, and stays in the record.", vec![text])
}

/// A hold.
pub(super) fn hold(procedure: &Procedure, typed: &Fields) -> Asked {
    let until = day("Until when?", procedure, typed, false);
    asked("Put the case on hold", "No clock stops for it.", vec![why(typed), until])
}

/// The end of a hold.
pub(super) fn resume() -> Asked {
    asked("End the hold", "", Vec::new())
}

/// Who has the case.
pub(super) fn assign(typed: &Fields, me: &str) -> Asked {
    let to = line("to", "Account", &format!("Your own is {me}."), typed, false);
    let desk = line("desk", "Desk", "Small letters, digits and dashes, such as desk-2.", typed, false);
    asked("Give the case to somebody", "To neither, and nobody has it any more.", vec![to, desk])
}

/// The day on which somebody looks again.
pub(super) fn review(procedure: &Procedure, typed: &Fields) -> Asked {
    let says = "It is no limit, and nothing follows from it but that the case comes to Today.";
    let what = line("reason", "What is to be looked at?", "", typed, true);
    let fields = vec![day("On which day?", procedure, typed, true), what];
    asked("Set the day on which somebody looks again", says, fields)
}

/// No such day.
pub(super) fn no_review() -> Asked {
    asked("Strike out the day of the review", "", Vec::new())
}

/// A seal.
pub(super) fn seal(typed: &Fields) -> Asked {
    let says = "From then on only those who are named see it. Name yourself, if you are to.";
    let hint = "With commas or blanks between them.";
    let accounts = line("accounts", "Accounts that may see it", hint, typed, false);
    let desks = line("desks", "Desks whose accounts may see it", hint, typed, false);
    asked("Seal the case", says, vec![accounts, desks, why(typed)])
}

/// The end of a seal.
pub(super) fn unseal(typed: &Fields) -> Asked {
    asked("Lift the seal", "Whoever may read cases may see it again.", vec![why(typed)])
}
