//! What the engine shows of a case against what was written.

use comity_core::id::CaseId;
use comity_core::time::Moment;
use comity_core::{Asked, View};
use comity_runner::{CaseFile, Engine};
use comity_store::Recorded;
use comity_store::codec::Record;

use crate::simulation::model::{Line, Model};
use crate::simulation::trace::Wrong;

const WHOLE: &str = "a case reads as it was written, whole and in order";
const AS_FOLDED: &str = "where the engine says that a case stands is what a full fold says";
const NOTED: &str =
    "that a sealed case is shown is recorded first, and of one that is not sealed nobody keeps it";
const RECORD: &str = "the record holds what was written, in its one order, without a gap";

/// A case reads as it was written, and stands where a fold says.
pub(crate) async fn is_as_written(
    engine: &Engine,
    id: CaseId,
    model: &Model,
    now: Moment,
) -> Result<(), Wrong> {
    let Some(case) = model.case(id) else { return Ok(()) };
    let file: CaseFile = match engine.case(id).await {
        Ok(file) => file,
        Err(error) => return Err(Wrong::new(WHOLE, format!("{}: {error}", case.opening.reference))),
    };
    if file.entries != case.entries || file.opening != case.opening {
        let found = format!(
            "{}: {} entries are shown, and {} were written",
            case.opening.reference,
            file.entries.len(),
            case.entries.len()
        );
        return Err(Wrong::new(WHOLE, found));
    }
    let shown = engine.view(id, Asked::at(now)).await;
    let shown = shown.map_err(|error| Wrong::new(WHOLE, error.to_string()))?;
    let (shown, folded) = (standing(&shown), standing(&case.view(now)));
    if shown != folded {
        return Err(Wrong::new(AS_FOLDED, format!("{shown}, and not {folded}")));
    }
    Ok(())
}

/// Where a case stands, in a line.
pub(crate) fn standing(view: &View) -> String {
    let tracks = view.tracks();
    let tracks: Vec<String> =
        tracks.iter().map(|track| format!("{} {}", track.name, track.stage_name)).collect();
    let due: Vec<String> =
        view.due().iter().map(|(at, clock)| format!("{} until {at}", clock.name)).collect();
    let owed = view.obligations().iter().filter(|one| one.owed.met.is_none()).count();
    format!("version {}: {}; {}; {owed} owed", view.version(), tracks.join(", "), due.join(", "))
}

/// The record from a position on is what was written.
pub(crate) fn is_the_record(recorded: &[Recorded], model: &Model) -> Result<(), Wrong> {
    if recorded.len() != model.order.len() {
        let found = format!("{} entries, and {} were written", recorded.len(), model.order.len());
        return Err(Wrong::new(RECORD, found));
    }
    for (one, position) in recorded.iter().zip(1..) {
        let line = model.at(position).filter(|(id, _)| *id == one.case);
        let is_same = line.is_some_and(|(_, line)| {
            one.position.0 == position
                && one.payload.content() == kept(line, model.gone(one.case).is_some())
                && one.recorded_at == line.new.recorded_at
                && one.recorded_by == line.new.recorded_by
        });
        if !is_same {
            return Err(Wrong::new(RECORD, format!("another entry stands at {position}")));
        }
    }
    Ok(())
}

/// What can be read of an entry: of what was erased, only that it was.
fn kept(line: &Line, is_gone: bool) -> Option<&[u8]> {
    (!is_gone || !line.is_personal()).then_some(line.new.payload.as_slice())
}

/// That a sealed case was shown is in the record, once; of a case that is not sealed nothing of the kind is.
pub(crate) fn is_noted(reader: &str, case: CaseId, is_sealed: bool, model: &Model) -> Result<(), Wrong> {
    let lines = model.streams.values().flat_map(|stream| &stream.lines);
    let is_reading = |record: &Record| matches!(record, Record::Read(_));
    let noted = lines.filter(|line| line.new.recorded_by == reader && is_reading(&line.record)).count();
    if noted == usize::from(is_sealed) {
        return Ok(());
    }
    Err(Wrong::new(
        NOTED,
        format!("{reader} was shown {case}, sealed {is_sealed}, and it is noted {noted} times"),
    ))
}
