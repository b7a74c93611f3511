//! What holds on every path of a procedure, and what does not.

use comity_core::verify::{Path, Property, Verdict, Verification, Why, verify};
use comity_language::library::Library;
use serde_json::{Value, json};

use crate::context::counted;
use crate::print::{Page, Tone};

/// What was found about one procedure.
pub(super) struct Proof {
    name: String,
    found: Verification,
}

/// Searches the paths of every procedure, up to `bound` configurations each.
pub(super) fn proofs(library: &Library, bound: usize) -> Vec<Proof> {
    let procedures = library.procedures.iter();
    procedures
        .map(|loaded| Proof { name: loaded.name.clone(), found: verify(&loaded.procedure, bound) })
        .collect()
}

impl Proof {
    pub(super) fn is_refuted(&self) -> bool {
        self.found.properties.iter().any(|one| matches!(one.verdict, Verdict::Refuted(_)))
    }

    /// One line, and one for each property that was not proved.
    pub(super) fn print(&self, page: &mut Page) {
        let all = self.found.properties.len();
        let proved = self.found.properties.iter().filter(|one| one.verdict == Verdict::Proved).count();
        let many = if self.found.is_whole { "" } else { "the first " };
        let over = counted(self.found.configurations, "configuration");
        let number = if proved == all {
            counted(all, "property").replace("propertys", "properties")
        } else {
            format!("{proved} of {all} properties")
        };
        let tone = if self.is_refuted() { Tone::Bad } else { Tone::Plain };
        page.labelled((tone, "proof"), 0, &format!("{}: proved {number} over {many}{over}", self.name));
        for property in self.found.properties.iter().filter(|one| one.verdict != Verdict::Proved) {
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

fn told(property: &Property, not_followed: &[String]) -> (Tone, &'static str, String) {
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
        Verdict::Proved => (Tone::Good, "proved", format!("{name}{about}")),
        Verdict::Refuted(path) => (Tone::Bad, "refuted", format!("{name}{about}: {}", way(path))),
        Verdict::Undecided(Why::Bound) => {
            (Tone::Heed, "undecided", format!("{name}{about}: there are more configurations than the bound"))
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
