//! The linked cases that a path rests on: what happens in each, so that this case learns what the path says.

use std::sync::Arc;

use comity_core::entry::{Body, What};
use comity_core::name::Name;
use comity_core::procedure::draft::{AtomDraft, GuardDraft, Row as DraftRow, SafeguardDraft};
use comity_core::procedure::{Mark, Marked, Procedure, SharedProcedure};
use comity_core::time::Moment;
use comity_core::verify::{Happens, Path, Played, USUAL_BOUND, Verdict, play, verify};
use comity_core::{Asked, fold, mirrored};
use comity_language::library::{Files, Library, Loaded, load_one};

use super::paths::item;
use crate::failure::Failure;

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// The safeguard that says of a stage that no case comes there. The path that refutes it leads there.
const NOT_THERE: &str = "not-there";

/// A linked case, and what is recorded in it.
pub(super) struct LinkedCase {
    /// The link, by which the chronology calls the case too.
    pub(super) link: String,
    pub(super) procedure: String,
    /// What is recorded, and when.
    pub(super) rows: Vec<(Moment, String)>,
}

/// When a linked case is opened.
#[derive(Clone, Copy)]
pub(super) enum Opens {
    /// When something is first learned of it.
    WhenLearned,
    /// The day before this case.
    TheDayBefore,
}

/// What a path learns through one link: the track, and the stages with their moments.
struct Learned {
    link: Name,
    track: Name,
    stages: Vec<(Moment, Name)>,
}

/// Every linked case that a path needs.
///
/// # Errors
///
/// Returns [`Failure`] if no course of a linked case is found by which this case would learn what the path says.
pub(super) fn cases(
    (procedure, path, played): (&SharedProcedure, &Path, &Played),
    (library, files): (&Library, &dyn Files),
    opens: Opens,
) -> Result<Vec<LinkedCase>, Failure> {
    let opening = played.entries.first().map_or(Moment::MIN, |entry| entry.recorded_at);
    learned(procedure, path, played)?
        .into_iter()
        .map(|one| {
            let name = procedure.links().find(one.link.as_str()).and_then(|id| procedure.links().get(id));
            let name = name.map(|link| link.procedure.to_string()).unwrap_or_default();
            let linked = match library.procedure(&name) {
                Some(found) => Some(found.clone()),
                None => load_one(files, &format!("{name}.yaml")).procedures.into_iter().next(),
            };
            let linked = linked.ok_or_else(|| {
                Failure::usage(format!("the linked procedure `{name}` does not load"), "mend it first")
            })?;
            let rows = rows(&linked, &one, opening, opens).ok_or_else(|| no_course(&name, &one))?;
            Ok(LinkedCase { link: one.link.to_string(), procedure: name, rows })
        })
        .collect()
}

fn no_course(procedure: &str, one: &Learned) -> Failure {
    let stages: Vec<&str> = one.stages.iter().map(|(_, stage)| stage.as_str()).collect();
    let what = format!(
        "no course of a case under `{procedure}` was found in which acts alone take `{}` to {}, as the path has it",
        one.track,
        stages.join(", then ")
    );
    Failure::usage(what, "read the path with `--explain`; the linked case may rule it out")
}

fn learned(procedure: &SharedProcedure, path: &Path, played: &Played) -> Result<Vec<Learned>, Failure> {
    let mut found: Vec<Learned> = Vec::new();
    for (step, at) in path.steps.iter().zip(&played.moments) {
        let Happens::Deed(What::Learned { fact, value, .. }) = step else { continue };
        let Some(one) = mirrored(procedure).into_iter().find(|one| one.fact == *fact) else { continue };
        match found.iter_mut().find(|known| known.link == one.link) {
            Some(known) if known.track == one.track => known.stages.push((*at, value.clone())),
            Some(known) => {
                let what = format!(
                    "the path learns of `{}` and of `{}` through the link `{}`, and one course for both is not searched",
                    known.track, one.track, one.link
                );
                return Err(Failure::usage(what, "read it with `--explain`, and write the cases by hand"));
            }
            None => {
                found.push(Learned { link: one.link, track: one.track, stages: vec![(*at, value.clone())] });
            }
        }
    }
    Ok(found)
}

/// The rows of a linked case whose track comes to these stages, one after the other and to no other between them.
fn rows(linked: &Loaded, one: &Learned, opening: Moment, opens: Opens) -> Option<Vec<(Moment, String)>> {
    let (first, _) = one.stages.first()?;
    let (_, last) = one.stages.last()?;
    let procedure = &linked.procedure;
    let path = way_to(linked, one.track.as_str(), last.as_str())?;
    let played = play(procedure, &path)?;
    let before = |minutes: i64| opening.plus_microseconds(minutes * MINUTE - DAY);
    let opened = match opens {
        Opens::WhenLearned => *first,
        Opens::TheDayBefore => before(0)?,
    };
    let mut rows = vec![(opened, "open".to_owned())];
    let mut next = 0;
    let mut reached = |at: Moment, entries: usize| {
        let entries = played.entries.get(..entries).unwrap_or_default();
        let view = fold(procedure, entries, Asked { at, known_at: at });
        let stands = view.track(one.track.as_str()).map(|track| track.stage_name.clone());
        if stands.as_ref() == one.stages.get(next).map(|(_, stage)| stage) {
            next += 1;
        }
        next
    };
    let start = played.entries.iter().take_while(|entry| entry.body.deed().is_none()).count();
    let mut met = reached(played.entries.first()?.recorded_at, start);
    // What takes two persons happened once, though it takes two entries.
    let happened =
        played.entries.get(start..)?.iter().filter(|entry| !matches!(entry.body, Body::Confirmed { .. }));
    for (minutes, (at, entry)) in (1..).zip(played.moments.iter().zip(happened)) {
        let deed = entry.body.deed()?;
        // What leads to the first stage belongs to the opening, and what leads on to the moment at which that is learned.
        let when = match (opens, met) {
            (Opens::TheDayBefore, 0) => before(minutes)?,
            (_, met) => one.stages.get(met)?.0,
        };
        rows.push((when, item(procedure, &deed.what)));
        let confirmed = usize::from(matches!(entry.body, Body::Proposed(_)));
        met = reached(*at, usize::try_from(entry.number.get()).ok()? + confirmed);
    }
    (met == one.stages.len()).then_some(rows)
}

/// The shortest path by acts alone that takes a track to a stage; the empty one, if it opens there.
fn way_to(linked: &Loaded, track: &str, stage: &str) -> Option<Path> {
    let tracks = linked.procedure.tracks();
    let row = tracks.find(track).and_then(|id| tracks.get(id))?;
    if row.stages.find(stage) == Some(row.starts) {
        return Some(Path::default());
    }
    let text = |value: &str| Marked { value: value.to_owned(), mark: Mark::default() };
    let is = AtomDraft::Is { subject: text(track), value: text(stage) };
    let never = Some(GuardDraft::Atom(Marked { value: is, mark: Mark::default() }));
    let mut draft = (*linked.draft).clone();
    let cite = draft.acts.first()?.value.cite.clone();
    let value = SafeguardDraft { title: NOT_THERE.to_owned(), never, cite, ..SafeguardDraft::default() };
    draft.safeguards.push(DraftRow { name: text(NOT_THERE), value });
    let asked = Arc::new(Procedure::from_draft(&draft).ok()?);
    let found = verify(&asked, USUAL_BOUND).properties.into_iter().find(|one| one.name == NOT_THERE)?;
    match found.verdict {
        Verdict::Refuted(path) if path.steps.iter().all(is_done_here) => Some(path),
        Verdict::Refuted(_) | Verdict::Proved | Verdict::Undecided(_) => None,
    }
}

/// What is recorded at once, and by nobody else's leave: no waiting, and no third case.
fn is_done_here(step: &Happens) -> bool {
    match step {
        Happens::Deed(What::Learned { .. }) | Happens::RunsOut(_) | Happens::WaitsUntil(_) => false,
        Happens::Deed(_) => true,
    }
}
