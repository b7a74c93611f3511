//! What was asked of the engine, and what the caller knows of it: recorded, refused, or not known yet.

use std::collections::{BTreeMap, BTreeSet};

use comity_core::entry::{Body, What};
use comity_core::id::{CaseId, Version};
use comity_core::name::Private;
use comity_core::time::When;
use comity_runner::{EngineError, Expect, Outcome, Request};
use comity_store::AppendError;

use super::faulty::Written;
use super::trace::Wrong;

const THERE: &str = "what was acknowledged is there, whole and where it was said to be";
const NOT_THERE: &str = "of what was refused nothing is there";
const SAME_ANSWER: &str = "whoever asks again under a key is given the first answer";
const ONCE: &str = "what was asked for is there once, however often it was asked";

/// All that was asked.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    asked: Vec<Asked>,
    /// Each request is made by an account of its own, so the record says what came of it.
    by: BTreeMap<String, usize>,
}

/// One request, and what is known of it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) case: CaseId,
    pub(crate) bodies: Vec<Body>,
    pub(crate) key: Option<String>,
    /// The date of deeds for which nobody named one.
    pub(crate) undated: Option<When>,
    pub(crate) expect: Expect,
    pub(crate) by: String,
    known: Known,
    /// Whether an attempt ended without an answer.
    is_doubtful: bool,
    written: Vec<Version>,
}

/// What a caller knows of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Nothing,
    Recorded(Version),
    Refused,
}

impl Ledger {
    /// Notes a request that is about to be made.
    pub(crate) fn ask(&mut self, case: CaseId, bodies: Vec<Body>, is_keyed: bool) -> usize {
        let place = self.asked.len();
        let by = format!("officer-{place}");
        self.by.insert(by.clone(), place);
        self.asked.push(Asked {
            case,
            bodies,
            key: is_keyed.then(|| format!("key-{place}")),
            undated: None,
            expect: Expect::Any,
            by,
            known: Known::Nothing,
            is_doubtful: false,
            written: Vec::new(),
        });
        place
    }

    pub(crate) fn of(&self, place: usize) -> Option<&Asked> {
        self.asked.get(place)
    }

    pub(crate) fn of_mut(&mut self, place: usize) -> Option<&mut Asked> {
        self.asked.get_mut(place)
    }

    /// Requests under a key: whoever asks again is safe.
    pub(crate) fn keyed(&self) -> Vec<usize> {
        let all = self.asked.iter().enumerate();
        all.filter(|(_, asked)| asked.key.is_some()).map(|(place, _)| place).collect()
    }

    /// Requests under a key that were acknowledged.
    pub(crate) fn acknowledged(&self) -> Vec<usize> {
        let keyed = self.keyed().into_iter();
        let is_known = |place: &usize| {
            self.asked.get(*place).is_some_and(|asked| matches!(asked.known, Known::Recorded(_)))
        };
        keyed.filter(is_known).collect()
    }

    /// Requests under a key of which the caller does not know what came of them.
    pub(crate) fn doubtful(&self) -> Vec<usize> {
        let all = self.asked.iter().enumerate();
        let open = all.filter(|(_, asked)| asked.key.is_some() && asked.known == Known::Nothing);
        open.map(|(place, _)| place).collect()
    }

    /// Notes what was written, if it was asked for; what linked cases are told is said in the name of who caused it.
    pub(crate) fn written(&mut self, written: &Written, bodies: &[Body]) -> Option<usize> {
        let by = &written.commit.entries.first()?.recorded_by;
        let place = *self.by.get(by)?;
        if bodies.iter().all(is_lesson) {
            return None;
        }
        self.asked.get_mut(place)?.written.push(written.receipt.version);
        Some(place)
    }

    /// Notes what the caller was told.
    pub(crate) fn answered(
        &mut self,
        place: usize,
        answer: &Result<Outcome, EngineError>,
    ) -> Result<(), Wrong> {
        let Some(asked) = self.asked.get_mut(place) else { return Ok(()) };
        // What failed in the journal says nothing of an attempt before.
        let is_no = match answer {
            Ok(Outcome::Recorded(_))
            | Err(EngineError::Append(_) | EngineError::Read(_) | EngineError::Erased { .. }) => false,
            Ok(Outcome::Rejected(_)) | Err(_) => true,
        };
        let is_other = match (answer, asked.known) {
            (Ok(Outcome::Recorded(receipt)), Known::Recorded(first)) => receipt.version != first,
            (_, Known::Recorded(_)) => is_no,
            (_, Known::Nothing | Known::Refused) => is_no && !asked.written.is_empty(),
        };
        if is_other {
            let found = format!("{} was told {:?} at first, and then {answer:?}", asked.by, asked.known);
            return Err(Wrong::new(SAME_ANSWER, found));
        }
        match answer {
            Ok(Outcome::Recorded(receipt)) => asked.known = Known::Recorded(receipt.version),
            Err(error) if leaves_open(error) => asked.doubt(),
            Err(_) if asked.is_doubtful => {}
            Ok(Outcome::Rejected(_)) | Err(_) => asked.refused(),
        }
        Ok(())
    }

    /// Notes that the caller went away before an answer came.
    pub(crate) fn left(&mut self, place: usize) {
        if let Some(asked) = self.asked.get_mut(place) {
            asked.doubt();
        }
    }

    /// Whether what is in the record agrees with what the callers were told.
    pub(crate) fn check(&self, touched: &BTreeSet<usize>) -> Result<(), Wrong> {
        touched.iter().filter_map(|place| self.asked.get(*place)).try_for_each(Asked::check)
    }

    /// The same for everything that was ever asked.
    pub(crate) fn check_all(&self) -> Result<(), Wrong> {
        self.asked.iter().try_for_each(Asked::check)
    }
}

impl Asked {
    pub(crate) fn request(&self) -> Request {
        Request {
            bodies: self.bodies.clone(),
            expect: self.expect,
            key: self.key.clone(),
            undated: self.undated,
            by: Private::new(self.by.clone()),
        }
    }

    /// An attempt ended without an answer: what was refused before may be recorded now.
    fn doubt(&mut self) {
        self.is_doubtful = true;
        if self.known == Known::Refused {
            self.known = Known::Nothing;
        }
    }

    fn refused(&mut self) {
        if self.known == Known::Nothing {
            self.known = Known::Refused;
        }
    }

    fn check(&self) -> Result<(), Wrong> {
        let Self { by, known, written, case, .. } = self;
        let wrong = |sentence| {
            Err(Wrong::new(sentence, format!("{by} in {case}: told {known:?}, and written at {written:?}")))
        };
        match (known, written.as_slice()) {
            (_, [_, _, ..]) => wrong(ONCE),
            (Known::Recorded(told), [there]) if told == there => Ok(()),
            (Known::Recorded(_), _) => wrong(THERE),
            // A caller who has no answer yet may find it either way.
            (Known::Refused | Known::Nothing, []) => Ok(()),
            (Known::Nothing, [_]) if self.is_doubtful => Ok(()),
            (Known::Nothing | Known::Refused, [_]) => wrong(NOT_THERE),
        }
    }
}

/// Whether it is not known after this error whether anything was recorded.
pub(crate) fn leaves_open(error: &EngineError) -> bool {
    matches!(error, EngineError::Append(AppendError::Io(_) | AppendError::Closed))
}

/// Whether it says that the case was erased, which says nothing of what was recorded before.
pub(crate) fn is_of_the_erased(error: &EngineError) -> bool {
    matches!(error, EngineError::Erased { .. } | EngineError::Append(AppendError::Erased))
}

fn is_lesson(body: &Body) -> bool {
    match body {
        Body::Deed(deed) => matches!(deed.what, What::Learned { .. }),
        Body::Annulled { reason, .. } => reason.reveal() == "the linked case was corrected",
        Body::Opened(_)
        | Body::Corrected { .. }
        | Body::Linked { .. }
        | Body::Noticed(_)
        | Body::Note(_)
        | Body::Filed(_)
        | Body::ErasureProposed(_)
        | Body::Proposed(_)
        | Body::Confirmed { .. }
        | Body::Office(_)
        | Body::Migrated(_)
        | Body::Warned(_) => false,
    }
}
