//! Where a case stands: what the fold gives, as rows that a screen can show.

use crate::entry::{Body, Entry, Opening};
use crate::fold::{
    Arrived, Asked, Cycle, Doing, Found, Happening, Known, Owed, Stands, State, closed_because, fold_state,
    known_at, standing_of,
};
use crate::id::{CaseId, EntryNumber, Version};
use crate::migration::Under;
use crate::name::Name;
use crate::procedure::{
    Act, ActId, Authority, Basis, Clock, ClockId, ClockStanding, Condition, Document, Fact, FactId, Ground,
    Guard, Obligation, Procedure, SharedProcedure, SideState, Stage, StageId, Track, TrackId, Truth,
};
use crate::rejection::{Rejection, Upset};
use crate::standing::ties;
use crate::table::Id;
use crate::time::{Moment, Zone};
use crate::value::{Country, Value};
use crate::words_of_guard::missing_document;

/// Where a case stands at one moment, as known at one moment.
///
/// Two views of the same entries, procedure and moments are the same, on every machine and in every year.
#[derive(Clone, Debug)]
pub struct View {
    state: State,
    asked: Asked,
    version: Version,
    opening: Option<Opening>,
    links: Vec<(Name, CaseId)>,
}

/// Where a case stands at `asked.at`, by the entries known at `asked.known_at`.
///
/// A case that was never migrated is folded by its one procedure; one that was by its [`Lineage`](crate::migration::Lineage).
///
/// # Examples
///
/// See `crates/testkit` for whole chronologies; a fold by itself needs only a procedure and entries.
#[must_use]
pub fn fold<'p>(under: impl Into<Under<'p>>, entries: &[Entry], asked: Asked) -> View {
    let known = known_at(entries, asked.known_at);
    let opening = known
        .first()
        .and_then(|entry| if let Body::Opened(opening) = &entry.body { Some(opening.clone()) } else { None });
    let links = ties(known).map(|(link, case)| (link.clone(), case)).collect();
    View {
        state: fold_state(under, known, asked.at),
        asked,
        version: known.last().map_or(Version(0), |entry| entry.number.into()),
        opening,
        links,
    }
}

/// What happened while one procedure applied.
#[derive(Clone, Copy, Debug)]
pub struct Chapter<'v> {
    /// The procedure, in whose words it is told.
    pub procedure: &'v SharedProcedure,
    /// What happened, in the order in which it took effect.
    pub happenings: &'v [Happening],
    /// The migration by which it began, and when; nothing for the first.
    pub begun: Option<(EntryNumber, Moment)>,
    entered: &'v [StageId],
}

impl Chapter<'_> {
    /// Where a track stood when the chapter began.
    #[must_use]
    pub fn stage_at_first(&self, track: TrackId) -> Option<StageId> {
        let starts = self.procedure.tracks.get(track).map(|track| track.starts);
        self.entered.get(track.index()).copied().or(starts)
    }
}

/// A track and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct TrackView<'v> {
    /// Its name.
    pub name: &'v Name,
    /// Its row in the procedure.
    pub track: &'v Track,
    /// The name of the stage.
    pub stage_name: &'v Name,
    /// The stage.
    pub stage: &'v Stage,
    /// Since when it stands there, and why.
    pub stands: Stands,
}

/// A clock and its runs.
#[derive(Clone, Copy, Debug)]
pub struct ClockView<'v> {
    /// Its id.
    pub id: ClockId,
    /// Its name.
    pub name: &'v Name,
    /// Its row in the procedure.
    pub clock: &'v Clock,
    /// The zone whose days count.
    pub zone: &'v Zone,
    /// How it stands.
    pub standing: ClockStanding,
    /// Its runs, the oldest first.
    pub cycles: &'v [Cycle],
}

/// An act, and whether it may be done.
#[derive(Clone, Debug)]
pub struct ActView<'v> {
    /// Its id.
    pub id: ActId,
    /// Its name.
    pub name: &'v Name,
    /// Its row in the procedure.
    pub act: &'v Act,
    /// Who may do it.
    pub by: Vec<(&'v Name, &'v Authority)>,
    /// Why it is closed; open if empty.
    pub closed_because: Vec<Rejection>,
    /// The times it was done.
    pub done: &'v [Doing],
}

/// A document, and what it still lacks.
#[derive(Clone, Debug)]
pub struct DocumentView<'v> {
    /// Its name.
    pub name: &'v Name,
    /// Its row in the procedure.
    pub document: &'v Document,
    /// The set it belongs to.
    pub set: &'v Name,
    /// Whether it is needed.
    pub needed: Truth,
    /// The times it arrived.
    pub arrived: &'v [Arrived],
    /// What it lacks, as a sentence, if it is or may be needed and is not complete.
    pub missing: Option<String>,
}

/// A ground, and what was found about it.
#[derive(Clone, Copy, Debug)]
pub struct GroundView<'v> {
    /// Its name.
    pub name: &'v Name,
    /// Its row in the procedure.
    pub ground: &'v Ground,
    /// What was found.
    pub found: Option<Found>,
}

/// A fact, and what is known of it.
#[derive(Clone, Copy, Debug)]
pub struct FactView<'v> {
    /// Its name.
    pub name: &'v Name,
    /// Its row in the procedure.
    pub fact: &'v Fact,
    /// What is known.
    pub known: Option<&'v Known>,
}

/// A condition, and whether it holds.
#[derive(Clone, Copy, Debug)]
pub struct ConditionView<'v> {
    /// Its name.
    pub name: &'v Name,
    /// Its row in the procedure.
    pub condition: &'v Condition,
    /// Whether it holds.
    pub holds: Truth,
}

/// Something owed.
#[derive(Clone, Copy, Debug)]
pub struct ObligationView<'v> {
    /// Its name.
    pub name: &'v Name,
    /// Its row in the procedure.
    pub obligation: &'v Obligation,
    /// Who owes it.
    pub bearer: (&'v Name, &'v Authority),
    /// Since when, why, and whether it was met.
    pub owed: Owed,
}

impl View {
    /// The procedure that applies at the moment asked about.
    #[must_use]
    pub fn procedure(&self) -> &SharedProcedure {
        &self.state.procedure
    }

    /// The moment asked about, and what was known.
    #[must_use]
    pub fn asked(&self) -> Asked {
        self.asked
    }

    /// How many entries were known.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// How the case began, if it was open by then.
    #[must_use]
    pub fn opening(&self) -> Option<&Opening> {
        self.opening.as_ref()
    }

    /// The cases that this one is tied to, by link.
    #[must_use]
    pub fn links(&self) -> &[(Name, CaseId)] {
        &self.links
    }

    /// Every track, in the order of the procedure.
    #[must_use]
    pub fn tracks(&self) -> Vec<TrackView<'_>> {
        let tracks = self.rows().tracks.iter().zip(&self.state.tracks);
        tracks
            .map(|((_, name, track), stands)| TrackView {
                name,
                track,
                stage_name: track.stages.name(stands.stage),
                stage: track.stages.at(stands.stage),
                stands: *stands,
            })
            .collect()
    }

    /// The track called `name`.
    #[must_use]
    pub fn track(&self, name: &str) -> Option<TrackView<'_>> {
        self.tracks().into_iter().find(|track| track.name.as_str() == name)
    }

    /// Every clock, in the order of the procedure.
    #[must_use]
    pub fn clocks(&self) -> Vec<ClockView<'_>> {
        self.rows().clocks.ids().map(|id| self.clock_at(id)).collect()
    }

    /// The clock called `name`.
    #[must_use]
    pub fn clock(&self, name: &str) -> Option<ClockView<'_>> {
        self.rows().clocks.find(name).map(|id| self.clock_at(id))
    }

    fn clock_at(&self, id: ClockId) -> ClockView<'_> {
        let cycles = self.state.cycles(id);
        ClockView {
            id,
            name: self.rows().clocks.name(id),
            clock: self.rows().clocks.at(id),
            zone: self.rows().zone_of_clock(id),
            standing: standing_of(cycles),
            cycles,
        }
    }

    /// The limits that run, the soonest first, each with the first instant that is too late.
    #[must_use]
    pub fn due(&self) -> Vec<(Moment, ClockView<'_>)> {
        let mut due: Vec<(Moment, ClockView<'_>)> = self
            .clocks()
            .into_iter()
            .filter_map(|clock| Some((self.state.running(clock.id)?.end.moment()?, clock)))
            .collect();
        due.sort_by_key(|(ends, clock)| (*ends, clock.id));
        due
    }

    /// Every act, in the order of the procedure.
    #[must_use]
    pub fn acts(&self) -> Vec<ActView<'_>> {
        self.rows().acts.ids().map(|id| self.act_at(id)).collect()
    }

    /// The act called `name`.
    #[must_use]
    pub fn act(&self, name: &str) -> Option<ActView<'_>> {
        self.rows().acts.find(name).map(|id| self.act_at(id))
    }

    fn act_at(&self, id: ActId) -> ActView<'_> {
        let act = self.rows().acts.at(id);
        let authorities = &self.rows().authorities;
        ActView {
            id,
            name: self.rows().acts.name(id),
            act,
            by: act.by.iter().map(|who| (authorities.name(*who), authorities.at(*who))).collect(),
            closed_because: closed_because(&self.state, id),
            done: self.state.doings(id),
        }
    }

    /// The times that each act was done, in the order of the procedure, without asking which acts are open.
    pub fn done(&self) -> impl Iterator<Item = (ActId, &Name, &[Doing])> {
        self.rows().acts.iter().map(|(id, name, _)| (id, name, self.state.doings(id)))
    }

    /// Every document, in the order of the procedure.
    #[must_use]
    pub fn documents(&self) -> Vec<DocumentView<'_>> {
        let rows = self.rows();
        rows.documents
            .iter()
            .map(|(id, name, document)| {
                let needed = self.state.is_needed(id, &[]);
                let lacks = needed != Truth::False && !self.state.is_complete(id);
                DocumentView {
                    name,
                    document,
                    set: rows.sets.name(document.set),
                    needed,
                    arrived: self.state.arrivals(id),
                    missing: lacks.then(|| missing_document(&self.state, id, &[])),
                }
            })
            .collect()
    }

    /// Every ground, in the order of the procedure.
    #[must_use]
    pub fn grounds(&self) -> Vec<GroundView<'_>> {
        let grounds = self.rows().grounds.iter();
        grounds.map(|(id, name, ground)| GroundView { name, ground, found: self.state.finding(id) }).collect()
    }

    /// Every fact, in the order of the procedure.
    #[must_use]
    pub fn facts(&self) -> Vec<FactView<'_>> {
        let facts = self.rows().facts.iter();
        facts.map(|(id, name, fact)| FactView { name, fact, known: self.state.fact(id) }).collect()
    }

    /// The fact called `name`.
    #[must_use]
    pub fn fact(&self, name: &str) -> Option<FactView<'_>> {
        let (facts, id) = (&self.rows().facts, self.rows().facts.find(name)?);
        Some(FactView { name: facts.name(id), fact: facts.at(id), known: self.state.fact(id) })
    }

    /// The State on each side, in the order of the procedure; none where it differs from case to case and is not known.
    pub fn states(&self) -> impl Iterator<Item = (&Name, Option<Country>)> {
        let of_case = |state| match state {
            SideState::The(country) => Some(country),
            SideState::InFact(fact) => self.state.fact(fact)?.value.country(),
        };
        self.rows().sides.iter().map(move |(_, name, side)| (name, of_case(side.state)))
    }

    /// Every condition, in the order of the procedure.
    #[must_use]
    pub fn conditions(&self) -> Vec<ConditionView<'_>> {
        let conditions = self.rows().conditions.iter();
        conditions
            .map(|(id, name, condition)| ConditionView { name, condition, holds: self.state.condition(id) })
            .collect()
    }

    /// Everything that was ever owed, the oldest first.
    #[must_use]
    pub fn obligations(&self) -> Vec<ObligationView<'_>> {
        let rows = self.rows();
        self.state
            .owed
            .iter()
            .map(|owed| {
                let obligation = rows.obligations.at(owed.obligation);
                ObligationView {
                    name: rows.obligations.name(owed.obligation),
                    obligation,
                    bearer: (
                        rows.authorities.name(obligation.bearer),
                        rows.authorities.at(obligation.bearer),
                    ),
                    owed: *owed,
                }
            })
            .collect()
    }

    /// What a statement of its procedure is answered here, with the facts that an act would bring.
    #[must_use]
    pub fn truth(&self, guard: &Guard, brought: &[(Name, Value)]) -> Truth {
        let facts = &self.rows().facts;
        let given: Vec<(FactId, Value)> = brought
            .iter()
            .filter_map(|(name, value)| Some((facts.find(name.as_str())?, value.clone())))
            .collect();
        self.state.holds(guard, &given)
    }

    /// What happened under the procedure that applies, in the order in which it took effect: all that happened, in a case
    /// that was never migrated.
    #[must_use]
    pub fn happenings(&self) -> &[Happening] {
        &self.state.happenings
    }

    /// The whole story of the case: a chapter for each procedure that applied to it, the oldest first. The last one is that
    /// of [`View::procedure`].
    #[must_use]
    pub fn chapters(&self) -> Vec<Chapter<'_>> {
        let mut begun = None;
        let mut chapters: Vec<Chapter<'_>> = Vec::with_capacity(self.state.past.len() + 1);
        for past in &self.state.past {
            let (procedure, happenings) = (&past.procedure, past.happenings.as_slice());
            chapters.push(Chapter { procedure, happenings, begun, entered: &past.entered });
            begun = Some((past.left_by, past.until));
        }
        let (procedure, happenings) = (self.procedure(), self.happenings());
        chapters.push(Chapter { procedure, happenings, begun, entered: &self.state.entered });
        chapters
    }

    /// Recorded deeds that the procedure does not allow where they now stand. Empty for what was admitted.
    #[must_use]
    pub fn upset(&self) -> &[Upset] {
        &self.state.upset
    }

    /// Whether every track stands at an outcome.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.tracks().iter().all(|track| track.stage.outcome.is_some())
    }

    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    fn rows(&self) -> &Procedure {
        &self.state.procedure
    }
}

impl ActView<'_> {
    /// Whether it may be done.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.closed_because.is_empty()
    }

    /// The provision of the act.
    #[must_use]
    pub fn basis(&self) -> &Basis {
        &self.act.basis
    }
}

impl<'v> ClockView<'v> {
    /// The run that stands last.
    #[must_use]
    pub fn last(&self) -> Option<&'v Cycle> {
        self.cycles.last()
    }

    /// The place of the clock in the file, from 0.
    #[must_use]
    pub fn index(&self) -> usize {
        self.id.index()
    }
}
