//! Whether a change breaks what is proved of the procedure, so that no case would ever be opened under it.

use comity_core::procedure::SharedProcedure;
use comity_core::verify::{Path, USUAL_BOUND, Verdict, Why, verify};

/// How many configurations more a change may lead to than the procedure has, before the search leaves off and nothing
/// is claimed.
const MOST_TIMES: usize = 4;
const AND_SOME: usize = 1_000;

/// What is proved of the procedure as it is.
pub(super) struct Proofs {
    /// The names of its properties that hold. What does not hold as it is tells nothing of a change.
    proved: Vec<String>,
    bound: usize,
}

impl Proofs {
    /// Searches all paths of a procedure.
    pub(super) fn of(procedure: &SharedProcedure) -> Self {
        let found = verify(procedure, USUAL_BOUND);
        let proved = found.properties.into_iter().filter(|one| one.verdict == Verdict::Proved);
        let bound = found.configurations.saturating_mul(MOST_TIMES).saturating_add(AND_SOME).min(USUAL_BOUND);
        Self { proved: proved.map(|one| one.name).collect(), bound }
    }

    /// What no longer holds of `changed`, in words: the check refuses it, and so does the engine.
    pub(super) fn broken_by(&self, changed: &SharedProcedure) -> Option<String> {
        if self.proved.is_empty() {
            return None;
        }
        let found = verify(changed, self.bound);
        // The author's own safeguards say more to a reader than what always must hold, so they are told first.
        let is_own = |name: &str| changed.safeguards().find(name).is_some();
        let mut broken: Vec<_> = found
            .properties
            .iter()
            .filter(|one| self.proved.contains(&one.name))
            .filter_map(|one| Some((one.name.as_str(), one.about.as_slice(), not_held(&one.verdict)?)))
            .collect();
        broken.sort_by_key(|(name, _, _)| !is_own(name));
        let (name, about, (how, path)) = broken.first()?;
        let what = if is_own(name) { "the safeguard" } else { "what must hold of every procedure," };
        let about = if about.is_empty() || is_own(name) {
            String::new()
        } else {
            format!(" for {}", about.join(", "))
        };
        let path = path.words();
        let shown = if path.is_empty() { String::new() } else { format!(": {}", path.join(", then ")) };
        Some(format!("{what} `{name}` {how}{about}{shown}"))
    }
}

/// How a verdict stands in the way of a case, with its path. What was not decided because the search left off does so
/// too, but it is no answer to the change.
fn not_held(verdict: &Verdict) -> Option<(&'static str, &Path)> {
    match verdict {
        Verdict::Refuted(path) => Some(("no longer holds", path)),
        Verdict::Undecided(Why::PerhapsRuledOutByTime(path)) => Some(("can no longer be proved", path)),
        Verdict::Proved | Verdict::Undecided(Why::Bound | Why::NotFollowed) => None,
    }
}
