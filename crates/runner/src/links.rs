//! Lets linked cases know of one another. What is missing is found by comparing, never from memory, so a crash between
//! two cases is mended by the next look.

use std::collections::BTreeSet;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use comity_core::entry::Body;
use comity_core::id::CaseId;
use comity_core::name::Private;
use comity_core::time::Moment;
use comity_core::{Asked, Mirrored, Rejection, Stamp, View, admit_together, lessons, mirrored};
use comity_store::{Query, ReadError};
use tracing::{error, warn};

use crate::engine::{CaseFile, Engine};
use crate::error::EngineError;
use crate::record::{Expect, MOST_ATTEMPTS, Outcome, Request};
use crate::rows::tied_to;

/// What was done to let a case know of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learned {
    /// The case that had to know.
    pub case: CaseId,
    /// Why it could not be recorded, if it could not: somebody must annul the acts that it upsets.
    pub refused: Option<Rejection>,
}

/// A fact that follows a track of a linked case, and does not say what that case says now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    /// The case that has not followed.
    pub case: CaseId,
    /// Its reference.
    pub reference: String,
    /// The link, as its procedure calls it.
    pub link: String,
    /// The case to follow; nothing, if the link was annulled.
    pub of: Option<CaseId>,
    /// The reference of that case; empty if the link was annulled.
    pub of_reference: String,
    /// The fact.
    pub fact: String,
    /// What is recorded of it here.
    pub here: Option<String>,
    /// The stage at which the linked case stands.
    pub there: Option<String>,
    /// Why it cannot follow; nothing, if the next record in the matter or the next sweep lets it.
    pub refused: Option<Rejection>,
}

impl std::fmt::Display for Behind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { link, of_reference, fact, .. } = self;
        let recorded = self.here.as_deref().unwrap_or("not known");
        match &self.there {
            Some(there) => write!(f, "linked case {of_reference} ({link}) now stands at `{there}`")?,
            None => write!(f, "the link {link} leads to no case any more")?,
        }
        write!(f, "; in {} `{fact}` is still recorded as `{recorded}`", self.reference)
    }
}

/// Whether a case is looked at by an engine that may not have seen it before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    First,
    Again,
}

impl Engine {
    /// Lets cases know of others, and those that are tied to them.
    pub(crate) async fn tell_of(
        &self,
        moved: impl IntoIterator<Item = CaseId>,
        by: &Private,
    ) -> Result<Vec<Learned>, EngineError> {
        let mut cases = BTreeSet::new();
        for case in moved {
            cases.insert(case);
            cases.extend(self.tied_to(case).await?);
        }
        self.tell(cases, by, Look::Again).await
    }

    /// Lets every case of the store know what it must know of others.
    pub(crate) async fn tell_all(&self, by: &Private) -> Result<Vec<Learned>, EngineError> {
        let cases = self.cases().await?;
        self.tell(cases.into_iter().collect(), by, Look::First).await
    }

    /// The cases that are tied to one.
    pub(crate) async fn tied_to(&self, case: CaseId) -> Result<BTreeSet<CaseId>, EngineError> {
        let tied = self.all(Query::OfKind(tied_to(case))).await?;
        let mut tied: BTreeSet<CaseId> = tied.into_iter().collect();
        let noted = self.shared.noted_ties.lock().unwrap_or_else(PoisonError::into_inner);
        tied.extend(noted.get(&case).into_iter().flatten());
        Ok(tied)
    }

    /// Notes what a case is tied to where the index does not know of it: an index of an earlier release has no such rows, until
    /// more is recorded in the case.
    async fn note_ties(&self, file: &CaseFile) -> Result<(), EngineError> {
        let Some(last) = file.entries.last() else { return Ok(()) };
        for (_, other) in file.view(Asked::at(last.recorded_at)).links() {
            if !self.all(Query::OfKind(tied_to(*other))).await?.contains(&file.case) {
                let mut noted = self.shared.noted_ties.lock().unwrap_or_else(PoisonError::into_inner);
                noted.entry(*other).or_default().insert(file.case);
            }
        }
        Ok(())
    }

    /// Tells until nobody learns anything new: what one case learns may move it, and those that are tied to it may have to know.
    /// Along a chain each round gets one case further, so a circle that never comes to rest is left then.
    async fn tell(
        &self,
        mut cases: BTreeSet<CaseId>,
        by: &Private,
        mut look: Look,
    ) -> Result<Vec<Learned>, EngineError> {
        let mut learned: Vec<Learned> = Vec::new();
        let mut told = cases.clone();
        let mut rounds = 0;
        while !cases.is_empty() {
            if rounds > told.len() {
                warn!(
                    cases = told.len(),
                    "linked cases keep moving one another; they are left until something is recorded"
                );
                break;
            }
            rounds += 1;
            let mut next = BTreeSet::new();
            for case in cases {
                let one = match self.learn(case, by, look).await {
                    Ok(one) => one,
                    Err(error) if error.is_of_one_case() => {
                        error!(%case, code = error.code(), "a case could not be told of those it is linked to");
                        // What may be read again without a restart is told then.
                        if matches!(error, EngineError::Read(ReadError::Keys { .. })) {
                            self.look_again();
                        }
                        None
                    }
                    Err(error) => return Err(error),
                };
                if one.as_ref().is_some_and(|one| one.refused.is_none()) {
                    next.insert(case);
                    next.extend(self.tied_to(case).await?);
                }
                learned.extend(one.filter(|one| !learned.contains(one)));
            }
            told.extend(&next);
            cases = next;
            look = Look::Again;
        }
        Ok(learned)
    }

    /// Sees to it that the next sweep tells everybody.
    pub(crate) fn look_again(&self) {
        self.shared.some_may_be_behind.store(true, Ordering::Release);
    }

    /// Brings the mirrored facts of one case up to date.
    async fn learn(&self, case: CaseId, by: &Private, look: Look) -> Result<Option<Learned>, EngineError> {
        for _ in 0..MOST_ATTEMPTS {
            let file = self.case(case).await?;
            if look == Look::First {
                self.note_ties(&file).await?;
            }
            let now = self.now();
            let told = self.told_by_links(&file, now, None).await?;
            // By a clock that went back not all is known of a case, perhaps not even what it is tied to. When the clock has come so
            // far again, nothing else would tell it.
            let others = told.iter().filter_map(|one| one.there.as_ref());
            if file.is_ahead_of(now) || others.into_iter().any(|(there, _)| there.is_ahead_of(now)) {
                self.look_again();
            }
            let bodies: Vec<Body> = told.into_iter().flat_map(|one| one.lessons).collect();
            if bodies.is_empty() {
                return Ok(None);
            }
            // Lessons follow from a comparison with this version: on another they may have been recorded already.
            let request = Request { expect: Expect::Version(file.version()), ..Request::of(bodies, by) };
            match self.record_alone(case, &request).await {
                Ok(Outcome::Recorded(_)) => return Ok(Some(Learned { case, refused: None })),
                Ok(Outcome::Rejected(rejection)) => {
                    warn!(%case, code = %rejection.code(), "a linked case has changed, and this one cannot follow");
                    // This one follows by itself once the moment has come: the clock went back, or the day on which the other
                    // case moved has not begun yet where this one is decided.
                    if matches!(rejection, Rejection::RecordGoesBack { .. } | Rejection::InTheFuture { .. }) {
                        self.look_again();
                    }
                    return Ok(Some(Learned { case, refused: Some(rejection) }));
                }
                Err(EngineError::Conflict { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        // Whoever kept coming first tells the case in turn.
        Ok(None)
    }

    /// Where a case has not followed those that it is linked to, as known at `now`. Empty if it has.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if a linked case cannot be read.
    pub async fn behind(&self, file: &CaseFile, now: Moment) -> Result<Vec<Behind>, EngineError> {
        self.behind_if(file, now, None).await
    }

    /// The cases that are tied to this one and have not followed it, as it stands in `file`: recorded or not.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read. A case that cannot be read itself is left out.
    pub async fn left_behind(&self, file: &CaseFile, now: Moment) -> Result<Vec<Behind>, EngineError> {
        let mut behind = Vec::new();
        for case in self.tied_to(file.case).await?.into_iter().filter(|case| *case != file.case) {
            let follows = match self.case(case).await {
                Ok(other) => self.behind_if(&other, now, Some(file)).await,
                Err(error) => Err(error),
            };
            match follows {
                Ok(found) => behind.extend(found.into_iter().filter(|one| one.of == Some(file.case))),
                Err(error) if error.is_of_one_case() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(behind)
    }

    async fn behind_if(
        &self,
        file: &CaseFile,
        now: Moment,
        instead: Option<&CaseFile>,
    ) -> Result<Vec<Behind>, EngineError> {
        let told = self.told_by_links(file, now, instead).await?;
        let view = file.view(Asked::at(now));
        let bodies: Vec<Body> = told.iter().flat_map(|one| one.lessons.clone()).collect();
        let stamp = Stamp { at: now, by: Private::default() };
        let refused = admit_together(&file.lineage, &file.entries, bodies, &stamp).err();
        let behind = told.into_iter().filter(|one| !one.lessons.is_empty()).map(|one| {
            let facts = view.facts();
            let here = facts.iter().find(|fact| *fact.name == one.mirrored.fact);
            let there = one.there.as_ref();
            Behind {
                case: file.case,
                reference: file.opening.reference.clone(),
                link: one.mirrored.link.to_string(),
                of: there.map(|(file, _)| file.case),
                of_reference: there.map_or_else(String::new, |(file, _)| file.opening.reference.clone()),
                fact: one.mirrored.fact.to_string(),
                here: here.and_then(|fact| fact.known).map(|known| known.value.reveal()),
                there: there
                    .and_then(|(_, view)| view.track(one.mirrored.track.as_str()))
                    .map(|track| track.stage_name.to_string()),
                refused: refused.clone(),
            }
        });
        Ok(behind.collect())
    }

    /// What each mirrored fact lacks, by the case that its link leads to; or by that case as it is `instead`.
    async fn told_by_links(
        &self,
        file: &CaseFile,
        now: Moment,
        instead: Option<&CaseFile>,
    ) -> Result<Vec<Told>, EngineError> {
        let view = file.view(Asked::at(now));
        let mut told = Vec::new();
        for mirrored in mirrored(&file.procedure) {
            let linked = view.links().iter().rev().find(|(link, _)| *link == mirrored.link);
            let there = match (linked, instead) {
                (Some((_, other)), Some(instead)) if *other == instead.case => Some(instead.clone()),
                (Some((_, other)), _) => match self.case(*other).await {
                    Ok(there) => Some(there),
                    // What was erased teaches nothing more: what was learned of it stays, and the case follows all others.
                    Err(EngineError::Erased { .. }) => continue,
                    Err(error) => return Err(error),
                },
                (None, _) => None,
            };
            let there = there.map(|there| {
                let view = there.view(Asked::at(now));
                (there, view)
            });
            let other = there.as_ref().map(|(file, view)| (file.case, view));
            let lessons = lessons(&view, &file.entries, &mirrored, other);
            told.push(Told { mirrored, there, lessons });
        }
        Ok(told)
    }
}

/// A mirrored fact, the case that it follows, and the entries that are missing here.
struct Told {
    mirrored: Mirrored,
    there: Option<(CaseFile, View)>,
    lessons: Vec<Body>,
}
