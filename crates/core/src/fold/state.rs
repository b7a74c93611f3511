//! What is true of a case in the midst of a fold.

use std::sync::Arc;

use crate::entry::{ArrivedForm, label};
use crate::id::EntryNumber;
use crate::name::Name;
use crate::procedure::{
    ActId, Atom, AuthorityId, ClockId, ConditionId, DocumentId, FactId, GroundId, GroundStanding, Guard,
    ObligationId, Procedure, Quantity, SharedProcedure, StageId, TrackId, Translation, Truth,
};
use crate::rejection::Upset;
use crate::table::Id;
use crate::time::{Moment, When, Zone};
use crate::value::Value;

use super::carry::Past;
use super::cycle::{Cycle, standing_of};

/// What brought something about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The opening of the case.
    Opening,
    /// A recorded deed.
    Entry(EntryNumber),
    /// A limit that ran out.
    Expiry(ClockId),
}

/// Where a track stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stands {
    /// The stage.
    pub stage: StageId,
    /// Since when.
    pub since: When,
    /// What brought it there.
    pub cause: Cause,
}

/// What is known of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The value.
    pub value: Value,
    /// Since when it is so.
    pub since: When,
    /// What brought it about.
    pub cause: Cause,
}

/// One time that an act was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doing {
    /// The entry.
    pub entry: Cause,
    /// When it took effect.
    pub when: When,
    /// Who did it.
    pub by: AuthorityId,
}

/// One time that a document arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// The entry.
    pub entry: Cause,
    /// When it arrived.
    pub when: When,
    /// In which form.
    pub form: ArrivedForm,
    /// The language of its translation.
    pub translated_into: Option<String>,
}

/// What was found about a ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Whether it applies.
    pub applies: bool,
    /// Who found so.
    pub by: AuthorityId,
    /// When.
    pub when: When,
    /// The entry.
    pub entry: Cause,
}

/// Something owed, met or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owed {
    /// What is owed.
    pub obligation: ObligationId,
    /// Since when.
    pub since: When,
    /// What gave rise to it.
    pub cause: Cause,
    /// What met it, and when.
    pub met: Option<(Cause, When)>,
}

/// One line of the story of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// When.
    pub when: When,
    /// What brought it about.
    pub cause: Cause,
    /// What it was.
    pub what: Happened,
    /// Which tracks moved.
    pub moved: Vec<Moved>,
}

/// What happened, without values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// The case was opened.
    Opened,
    /// An act was done.
    Act(ActId),
    /// A document arrived.
    Document(DocumentId),
    /// A ground was considered.
    Finding {
        /// The ground.
        ground: GroundId,
        /// What was found.
        applies: bool,
    },
    /// A fact became known.
    Fact(FactId),
    /// A linked case was seen at another stage.
    Learned {
        /// The fact that mirrors it.
        fact: FactId,
        /// The stage.
        stage: Name,
    },
    /// The case went over to this procedure from another.
    Migrated,
    /// A limit ran out.
    RanOut {
        /// The clock.
        clock: ClockId,
        /// Whether its consequence is kept back.
        withheld: bool,
    },
}

/// A track that moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The track.
    pub track: TrackId,
    /// From where.
    pub from: StageId,
    /// To where.
    pub to: StageId,
}

/// The step that is being taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    pub(crate) when: When,
    pub(crate) cause: Cause,
    /// The first instant that `when` can mean.
    pub(crate) from: Moment,
    /// The first instant that it can mean no more; `from` itself for what is known to the instant.
    pub(crate) until: Moment,
}

impl Happened {
    /// A few words for a list: the kind and the name, without any value.
    #[must_use]
    pub fn label(&self, procedure: &Procedure) -> String {
        match self {
            Self::Opened => "opened".to_owned(),
            Self::Act(act) => procedure.acts.name(*act).to_string(),
            Self::Document(document) => label::document(procedure.documents.name(*document)),
            Self::Finding { ground, applies } => label::finding(procedure.grounds.name(*ground), *applies),
            Self::Fact(fact) => label::fact(procedure.facts.name(*fact)),
            Self::Learned { fact, stage } => label::learned(procedure.facts.name(*fact), stage),
            Self::Migrated => format!("went over to {} version {}", procedure.name, procedure.version),
            Self::RanOut { clock, withheld } => {
                let kept_back = if *withheld { "; its consequence is kept back" } else { "" };
                format!("clock {} ran out{kept_back}", procedure.clocks.name(*clock))
            }
        }
    }
}

impl Doing {
    /// The number of its entry.
    pub(crate) fn number(&self) -> Option<crate::id::EntryNumber> {
        match self.entry {
            Cause::Entry(number) => Some(number),
            Cause::Opening | Cause::Expiry(_) => None,
        }
    }
}

impl Now {
    /// A step dated `when` in `zone`.
    pub(crate) fn dated(when: When, cause: Cause, zone: &Zone) -> Self {
        Self { when, cause, from: when.earliest(zone), until: when.over(zone) }
    }
}

/// What is true of a case.
#[derive(Debug)]
pub(crate) struct State {
    // INVARIANT: each vector has one place for each row of its table in `procedure`.
    pub(crate) procedure: SharedProcedure,
    pub(crate) tracks: Vec<Stands>,
    pub(crate) facts: Vec<Option<Known>>,
    pub(crate) done: Vec<Vec<Doing>>,
    pub(crate) holds: Vec<Truth>,
    /// Whether something has changed since the conditions were looked at: until they are, their words are asked.
    pub(crate) conditions_may_differ: bool,
    pub(crate) cycles: Vec<Vec<Cycle>>,
    pub(crate) arrivals: Vec<Vec<Arrived>>,
    pub(crate) findings: Vec<Option<Found>>,
    pub(crate) owed: Vec<Owed>,
    pub(crate) happenings: Vec<Happening>,
    /// When the case began.
    pub(crate) opened: Option<When>,
    /// No run under way ends before it, so that most steps need not look at every clock.
    pub(crate) none_ends_before: Moment,
    /// How far the fold has come. Nothing takes effect before it.
    pub(crate) reached: Moment,
    /// The moment whose law applies to what has no day of its own.
    pub(crate) looked_at: Moment,
    pub(crate) upset: Vec<Upset>,
    /// Where the tracks stood when the procedure began to apply, if the case went over to it; each where it starts, if not.
    pub(crate) entered: Vec<StageId>,
    /// What lies before the last migration, the oldest first.
    pub(crate) past: Vec<Arc<Past>>,
    /// Whether no clock has an end of its own and every rule is law: so a verifier looks at all that time may do.
    pub(crate) is_timeless: bool,
}

impl Clone for State {
    fn clone(&self) -> Self {
        let mut copy = Self::new(&self.procedure);
        copy.clone_from(self);
        copy
    }

    /// Copies into what is there. A verifier copies millions of states of one procedure, and asks for no memory for them.
    fn clone_from(&mut self, from: &Self) {
        // Taken apart without leaving out a field, so that what is added and not copied does not compile.
        let Self {
            procedure,
            tracks,
            facts,
            done,
            holds,
            conditions_may_differ,
            cycles,
            arrivals,
            findings,
            owed,
            happenings,
            opened,
            none_ends_before,
            reached,
            looked_at,
            upset,
            entered,
            past,
            is_timeless,
        } = from;
        self.procedure.clone_from(procedure);
        self.tracks.clone_from(tracks);
        self.facts.clone_from(facts);
        self.done.clone_from(done);
        self.holds.clone_from(holds);
        self.conditions_may_differ = *conditions_may_differ;
        self.cycles.clone_from(cycles);
        self.arrivals.clone_from(arrivals);
        self.findings.clone_from(findings);
        self.owed.clone_from(owed);
        self.happenings.clone_from(happenings);
        self.opened = *opened;
        self.none_ends_before = *none_ends_before;
        (self.reached, self.looked_at) = (*reached, *looked_at);
        self.upset.clone_from(upset);
        self.entered.clone_from(entered);
        self.past.clone_from(past);
        self.is_timeless = *is_timeless;
    }
}

/// Facts given with an act that is being looked at and is not done yet.
pub(crate) type Given<'a> = &'a [(FactId, Value)];

impl State {
    pub(crate) fn new(procedure: &SharedProcedure) -> Self {
        let unopened = When::At(Moment::MIN);
        let stand = |stage| Stands { stage, since: unopened, cause: Cause::Opening };
        Self {
            tracks: procedure.tracks.iter().map(|(_, _, track)| stand(track.starts)).collect(),
            facts: vec![None; procedure.facts.len()],
            done: vec![Vec::new(); procedure.acts.len()],
            holds: vec![Truth::Unknown; procedure.conditions.len()],
            conditions_may_differ: false,
            cycles: vec![Vec::new(); procedure.clocks.len()],
            arrivals: vec![Vec::new(); procedure.documents.len()],
            findings: vec![None; procedure.grounds.len()],
            owed: Vec::new(),
            happenings: Vec::new(),
            opened: None,
            none_ends_before: Moment::MAX,
            reached: Moment::MIN,
            looked_at: Moment::MIN,
            upset: Vec::new(),
            entered: Vec::new(),
            past: Vec::new(),
            is_timeless: false,
            procedure: procedure.clone(),
        }
    }

    /// The stage at which a track stands.
    pub(crate) fn stage(&self, track: TrackId) -> StageId {
        match self.tracks.get(track.index()) {
            Some(stands) => stands.stage,
            None => self.procedure.tracks.at(track).starts,
        }
    }

    pub(crate) fn fact(&self, fact: FactId) -> Option<&Known> {
        self.facts.get(fact.index()).and_then(Option::as_ref)
    }

    pub(crate) fn doings(&self, act: ActId) -> &[Doing] {
        self.done.get(act.index()).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn condition(&self, condition: ConditionId) -> Truth {
        self.holds.get(condition.index()).copied().unwrap_or(Truth::Unknown)
    }

    pub(crate) fn cycles(&self, clock: ClockId) -> &[Cycle] {
        self.cycles.get(clock.index()).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn arrivals(&self, document: DocumentId) -> &[Arrived] {
        self.arrivals.get(document.index()).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn finding(&self, ground: GroundId) -> Option<Found> {
        self.findings.get(ground.index()).copied().flatten()
    }

    /// Whether a guard holds, with the facts that an act would bring.
    pub(crate) fn holds(&self, guard: &Guard, given: Given<'_>) -> Truth {
        guard.evaluate(&mut |atom| self.truth(atom, given))
    }

    /// Whether a single statement holds.
    pub(crate) fn truth(&self, atom: &Atom, given: Given<'_>) -> Truth {
        match atom {
            Atom::Stage(track, stage) => (self.stage(*track) == *stage).into(),
            Atom::Fact(fact, value) => match self.value(*fact, given) {
                Some(known) => (known == value).into(),
                None => Truth::Unknown,
            },
            Atom::Known(fact) => self.value(*fact, given).is_some().into(),
            Atom::Recorded(act) => (!self.doings(*act).is_empty()).into(),
            // What an act would bring counts for what follows from it too.
            Atom::Holds(condition) if !given.is_empty() || self.conditions_may_differ => {
                self.holds(&self.procedure.conditions.at(*condition).when, given)
            }
            Atom::Holds(condition) => self.condition(*condition),
            Atom::Clock(clock, stands) => (standing_of(self.cycles(*clock)) == *stands).into(),
            Atom::Document(document) => self.document(*document, given),
            Atom::Documents(set) => {
                let members = self.procedure.sets.at(*set);
                members.iter().fold(Truth::True, |all, document| all.and(self.document(*document, given)))
            }
            Atom::Ground(ground, stands) => self.ground_stands(*ground, *stands).into(),
            Atom::Grounds { force, quantity, stands } => {
                let mut chosen = self
                    .procedure
                    .grounds
                    .iter()
                    .filter(|(_, _, ground)| force.is_none_or(|force| ground.force == force))
                    .filter(|(_, _, ground)| self.is_law_now(ground.in_force.as_ref()))
                    .map(|(id, _, _)| self.ground_stands(id, *stands));
                let holds = match quantity {
                    Quantity::Every => chosen.all(|stands| stands),
                    Quantity::Any => chosen.any(|stands| stands),
                    Quantity::No => !chosen.any(|stands| stands),
                };
                holds.into()
            }
        }
    }

    fn value<'a>(&'a self, fact: FactId, given: Given<'a>) -> Option<&'a Value> {
        let brought = given.iter().find(|(id, _)| *id == fact).map(|(_, value)| value);
        brought.or_else(|| self.fact(fact).map(|known| &known.value))
    }

    /// Whether a document is complete, or not needed.
    fn document(&self, id: DocumentId, given: Given<'_>) -> Truth {
        let needed = self.is_needed(id, given);
        needed.negated().or(self.is_complete(id).into())
    }

    /// Whether a document is needed.
    pub(crate) fn is_needed(&self, id: DocumentId, given: Given<'_>) -> Truth {
        let document = self.procedure.documents.at(id);
        if !self.is_law_now(document.in_force.as_ref()) {
            return Truth::False;
        }
        document.when.as_ref().map_or(Truth::True, |when| self.holds(when, given))
    }

    /// Whether what arrived has the form and the translation that are required.
    pub(crate) fn is_complete(&self, id: DocumentId) -> bool {
        self.has_form(id) && self.has_translation(id)
    }

    pub(crate) fn has_form(&self, id: DocumentId) -> bool {
        let required = self.procedure.documents.at(id).form;
        self.arrivals(id).iter().any(|arrived| arrived.form.satisfies(required))
    }

    pub(crate) fn has_translation(&self, id: DocumentId) -> bool {
        match &self.procedure.documents.at(id).translated {
            Translation::NotNeeded | Translation::NotStated => true,
            Translation::Into(language) => {
                self.arrivals(id).iter().any(|arrived| arrived.translated_into.as_ref() == Some(language))
            }
        }
    }

    fn ground_stands(&self, ground: GroundId, stands: GroundStanding) -> bool {
        let found = self.finding(ground);
        match stands {
            GroundStanding::NotConsidered => found.is_none(),
            GroundStanding::Considered => found.is_some(),
            GroundStanding::Applies => found.is_some_and(|found| found.applies),
            GroundStanding::DoesNotApply => found.is_some_and(|found| !found.applies),
        }
    }

    pub(crate) fn procedure(&self) -> &Procedure {
        &self.procedure
    }
}
