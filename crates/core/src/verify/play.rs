//! A path played as entries, by which a case would stand where the search says, or not.

use super::asked::Model;
use super::graph::{Graph, Witness};
use super::path::{Happens, Path};
use crate::admit::{Stamp, admit, open};
use crate::entry::{Body, Deed, Entry, Opening, What};
use crate::fold::fold_state;
use crate::id::{CaseId, MatterId};
use crate::name::{Name, Private};
use crate::procedure::SharedProcedure;
use crate::time::{Moment, When};
use crate::value::Value;

/// How many paths to one kind of place are played before it is left undecided.
const MOST_TRIES: usize = 200;

const SECOND: i64 = 1_000_000;

/// The entries of a path, and the moment at which its last step has taken place.
#[derive(Clone, Debug)]
pub struct Played {
    /// The entries.
    pub entries: Vec<Entry>,
    /// The moment.
    pub at: Moment,
}

/// When every path begins: on New Year's Day of 2030, in UTC.
pub(super) fn opening_moment() -> Moment {
    Moment::from_unix_microseconds(1_893_456_000 * SECOND).unwrap_or(Moment::MIN)
}

/// Plays a path: each deed a second after the step before, each expiry by waiting for it. Nothing, if a deed is not
/// admitted or a clock does not run out so.
#[must_use]
pub fn play(procedure: &SharedProcedure, path: &Path) -> Option<Played> {
    let mut at = opening_moment();
    let stamp = |at| Stamp { at, by: Private::new("") };
    let opening = Opening {
        procedure: procedure.name().clone(),
        meaning: procedure.meaning(),
        matter: MatterId(uuid::Uuid::nil()),
        reference: "a path".to_owned(),
        title: Private::new("a path"),
        since: When::At(at),
    };
    let mut entries = vec![open(opening, &stamp(at))];
    for link in procedure.links.names() {
        let body = Body::Linked { link: link.clone(), case: CaseId(uuid::Uuid::nil()) };
        entries.push(admit(procedure, &entries, body, &stamp(at)).ok()?);
    }
    for step in &path.steps {
        match step {
            Happens::Deed(what) => {
                at = at.plus_microseconds(SECOND)?;
                let what = with_days_ahead(procedure, what, at);
                let body = Body::Deed(Deed { when: When::At(at), what });
                entries.push(admit(procedure, &entries, body, &stamp(at)).ok()?);
            }
            Happens::RunsOut(clock) => {
                let id = procedure.clocks.find(clock.as_str())?;
                let state = fold_state(procedure, &entries, at);
                at = at.max(state.running(id)?.end.moment()?);
            }
        }
    }
    Some(Played { entries, at })
}

/// A day that is named on a path lies thirty days ahead, unless a rule compares it.
fn with_days_ahead(procedure: &SharedProcedure, what: &What, at: Moment) -> What {
    let What::Act { act, by, facts } = what else { return what.clone() };
    let day = procedure.home().zone.day_at(at).plus_days(30);
    let ahead = |(fact, value): &(Name, Value)| {
        let value = match (value, day) {
            (Value::Date(_), Some(day)) => Value::Date(day),
            (value, _) => value.clone(),
        };
        (fact.clone(), value)
    };
    What::Act { act: act.clone(), by: by.clone(), facts: facts.iter().map(ahead).collect() }
}

/// Whether a case stands at the configuration of a witness once its path has been played.
fn stands(model: &Model, path: &Path, key: &[u8]) -> bool {
    play(&model.procedure, path).is_some_and(|Played { entries, at }| {
        let state = fold_state(&model.procedure, &entries, at);
        state.upset.is_empty() && key.starts_with(&model.key(&state))
    })
}

/// The first path that was played, or else the first that was found.
pub(super) fn judge<'w>(
    model: &Model,
    graph: &Graph,
    witnesses: impl IntoIterator<Item = &'w Witness>,
) -> Option<Result<Path, Path>> {
    let mut first = None;
    for witness in witnesses.into_iter().take(MOST_TRIES) {
        let path = graph.path_of(witness);
        if stands(model, &path, &witness.key) {
            return Some(Ok(path));
        }
        first = first.or(Some(path));
    }
    first.map(Err)
}
