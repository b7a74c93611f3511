//! What holds on every path of a procedure, and what does not.

use std::time::{Duration, Instant};

use comity_core::procedure::SharedProcedure;
use comity_core::verify::{Path, Property, Verdict, Verification, Why, verify};
use comity_language::library::{Files, Library};
use serde_json::{Value, json};

use crate::context::counted;
use crate::failure::Failure;
use crate::print::{Page, Tone};

/// What was found about one procedure.
pub(super) struct Proof {
    pub(super) name: String,
    /// The file of the procedure.
    pub(super) file: String,
    pub(super) procedure: SharedProcedure,
    pub(super) found: Verification,
    /// Told if it is asked for: all else that is printed is the same twice.
    took: Duration,
}

/// Searches the paths of every procedure, up to `bound` configurations each.
pub(super) fn proofs(library: &Library, files: &dyn Files, bound: usize) -> Vec<Proof> {
    let procedures = library.procedures.iter();
    procedures
        .map(|loaded| {
            let began = Instant::now();
            let found = verify(&loaded.procedure, bound);
            let (name, file) = (loaded.name.clone(), files.shown(&loaded.path));
            Proof { name, file, procedure: loaded.procedure.clone(), found, took: began.elapsed() }
        })
        .collect()
}

impl Proof {
    /// Whether something is refuted or undecided, so that the engine opens no case under it.
    pub(super) fn stands_in_the_way(&self) -> bool {
        self.found.properties.iter().any(Property::stands_in_the_way)
    }

    /// What is refuted or undecided.
    pub(super) fn not_proved(&self) -> impl Iterator<Item = &Property> {
        self.found.properties.iter().filter(|one| one.verdict != Verdict::Proved)
    }

    /// One line, and one for each property that was not proved or is kept for want of anything to keep it.
    pub(super) fn print(&self, page: &mut Page, with_times: bool) {
        let all = self.found.properties.len();
        let proved = all - self.not_proved().count();
        let many = if self.found.is_whole { "" } else { "the first " };
        let over = counted(self.found.configurations, "configuration");
        let number = match (proved == all, all) {
            (true, 1) => "1 property".to_owned(),
            (true, _) => format!("{all} properties"),
            (false, _) => format!("{proved} of {all} properties"),
        };
        let tone = if self.stands_in_the_way() { Tone::Bad } else { Tone::Plain };
        let time = if with_times { format!(" in {}", told_time(self.took)) } else { String::new() };
        let text = format!("{}: proved {number} over {many}{over}{time}", self.name);
        page.labelled((tone, "proof"), 0, &text);
        for property in
            self.found.properties.iter().filter(|one| one.verdict != Verdict::Proved || one.is_vacuous)
        {
            let (tone, label, text) = told(property, &self.found.not_followed);
            page.labelled((tone, label), 2, &text);
        }
    }

    /// The same for programs.
    pub(super) fn json(&self) -> Value {
        let properties = self.found.properties.iter().map(|property| {
            let (verdict, why, path) = match &property.verdict {
                Verdict::Proved => ("proved", None, None),
                Verdict::Refuted(path) => ("refuted", None, Some(path.words())),
                Verdict::Undecided(Why::Bound) => ("undecided", Some("bound"), None),
                Verdict::Undecided(Why::NotFollowed) => ("undecided", Some("not-followed"), None),
                Verdict::Undecided(Why::PerhapsRuledOutByTime(path)) => {
                    ("undecided", Some("perhaps-ruled-out-by-time"), Some(path.words()))
                }
            };
            json!({
                "name": property.name,
                "about": property.about,
                "verdict": verdict,
                "vacuous": property.is_vacuous,
                "why": why,
                "path": path,
            })
        });
        json!({
            "procedure": self.name,
            "configurations": self.found.configurations,
            "is_whole": self.found.is_whole,
            "not_followed": self.found.not_followed,
            "properties": properties.collect::<Vec<_>>(),
        })
    }
}

fn told_time(took: Duration) -> String {
    match took.as_millis() {
        0..=999 => format!("{} ms", took.as_millis()),
        _ => format!("{:.1} s", took.as_secs_f64()),
    }
}

/// The property called `name` in each procedure that has it.
pub(super) fn called<'p>(proofs: &'p [Proof], name: &str) -> Result<Vec<(&'p Proof, &'p Property)>, Failure> {
    let of = |proof: &'p Proof| proof.found.properties.iter().map(move |property| (proof, property));
    let found: Vec<_> = proofs.iter().flat_map(of).filter(|(_, property)| property.name == name).collect();
    if found.is_empty() {
        let mut known: Vec<&str> = proofs.iter().flat_map(of).map(|(_, one)| one.name.as_str()).collect();
        known.sort_unstable();
        known.dedup();
        let what = format!("no procedure here has a property called `{name}`");
        return Err(Failure::usage(what, format!("it has {}", known.join(", "))));
    }
    Ok(found)
}

/// One property: what it says, how it stands and, if there is one, the path that shows it, with dates.
pub(super) fn explain(proof: &Proof, property: &Property, page: &mut Page) {
    let (tone, label, _) = told(property, &proof.found.not_followed);
    page.labelled((tone, label), 0, &format!("{} of {}", property.name, proof.name));
    let safeguards = proof.procedure.safeguards();
    let safeguard = safeguards.find(&property.name).and_then(|id| safeguards.get(id));
    let says = safeguard
        .map_or_else(|| meaning(&property.name).to_owned(), |row| format!("{} ({})", row.title, row.basis));
    page.wrapped(2, Tone::Plain, &says);
    for about in &property.about {
        page.labelled((Tone::Faint, "·"), 2, about);
    }
    if property.is_vacuous {
        page.wrapped(
            2,
            Tone::Heed,
            &format!("It is kept for want of anything to keep it: {}.", why_vacuous(&property.name)),
        );
    }
    match &property.verdict {
        Verdict::Proved if property.is_checked_when_read() => {
            page.wrapped(
                2,
                Tone::Plain,
                "It is checked when the file is read: a file in which it does not hold is refused.",
            );
        }
        Verdict::Proved => {
            let over = counted(proof.found.configurations, "configuration");
            page.wrapped(
                2,
                Tone::Plain,
                &format!("It holds in each of {over}, which are all that can be reached."),
            );
        }
        Verdict::Refuted(path) if path.steps.is_empty() => {
            page.wrapped(2, Tone::Plain, "No path leads there.");
        }
        Verdict::Refuted(path) => super::paths::print(&proof.procedure, path, page),
        Verdict::Undecided(Why::PerhapsRuledOutByTime(path)) => {
            page.wrapped(2, Tone::Heed, "Its dates may rule this path out:");
            for step in path.words() {
                page.labelled((Tone::Faint, "·"), 4, &step);
            }
        }
        Verdict::Undecided(Why::Bound | Why::NotFollowed) => {
            let (_, _, text) = told(property, &proof.found.not_followed);
            page.wrapped(2, Tone::Heed, &text);
        }
    }
    page.blank();
}

/// Why a property is kept for want of anything to keep it.
fn why_vacuous(name: &str) -> &'static str {
    match name {
        "every-refusal-is-notified" => "no rule makes it a duty to tell of it",
        _ => "what it speaks of never happens",
    }
}

/// What a property that every procedure must hold to says.
pub(super) fn meaning(name: &str) -> &'static str {
    match name {
        "outcome-reachable-from-everywhere" => {
            "From wherever a case can come, it can still come to an outcome: by a deed that nothing keeps back, or by waiting."
        }
        "never-stuck" => "A case that is not over always has somebody to act, or a limit that will run out.",
        "no-dead-stage" => "Some path leads to every stage.",
        "no-dead-act" => "Every act can be done on some path.",
        "no-dead-clock" => "Every limit can begin to run on some path.",
        "no-expiry-without-its-effect" => "What the running out of a limit moves, it moves on some path.",
        "no-dead-ground" => "Some rule asks for every ground.",
        "no-clock-that-is-never-met" => "Every limit that something meets can be met on some path.",
        "no-dead-document" => "Every document is needed on some path.",
        "no-limit-outlives-the-case" => {
            "Where every track has ended, no limit runs on whose running out would leave something to somebody."
        }
        "every-refusal-is-notified" => {
            "Of a refusal with which a duty arises on one way, one arises on every way that leads to it, and can be done."
        }
        "no-gate-skipped-from-both-sides" => {
            "Where an act that asks for something is closed, acts that ask for nothing make its move from one side at most."
        }
        "outcomes-are-final" => {
            "No move leaves an outcome, and some move leads to every stage and away from every other."
        }
        "automatic-moves-end" => {
            "What follows by itself comes to an end: nothing that follows by itself brings itself about."
        }
        "moves-exclude-each-other" => {
            "Of two moves of one act, one limit or one condition never both can be taken."
        }
        _ => "",
    }
}

/// How a property stands, in a line.
pub(super) fn told(property: &Property, not_followed: &[String]) -> (Tone, &'static str, String) {
    let about = match property.about.as_slice() {
        [] => String::new(),
        some => format!(" ({})", some.join(", ")),
    };
    let name = &property.name;
    let way = |path: &Path| match path.words().as_slice() {
        [] => "no path leads there".to_owned(),
        steps => steps.join("; then "),
    };
    match &property.verdict {
        Verdict::Proved if property.is_vacuous => {
            (Tone::Heed, "vacuous", format!("{name}{about}: {}", why_vacuous(name)))
        }
        Verdict::Proved => (Tone::Good, "proved", format!("{name}{about}")),
        Verdict::Refuted(path) => (Tone::Bad, "refuted", format!("{name}{about}: {}", way(path))),
        Verdict::Undecided(Why::Bound) => {
            let text = "there are more configurations than the bound; --bound searches more, and each fact, document \
                        or ground that a safeguard asks for multiplies them";
            (Tone::Heed, "undecided", format!("{name}{about}: {text}"))
        }
        Verdict::Undecided(Why::NotFollowed) => {
            (Tone::Heed, "undecided", format!("{name}{about}: {}", not_followed.join("; ")))
        }
        Verdict::Undecided(Why::PerhapsRuledOutByTime(path)) => {
            let text = format!("{name}{about}: its dates may rule out this path: {}", way(path));
            (Tone::Heed, "undecided", text)
        }
    }
}
