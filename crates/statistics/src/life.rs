//! What is counted of one case.

use comity_core::entry::Entry;
use comity_core::id::CaseId;
use comity_core::procedure::{StageId, TrackId, Truth};
use comity_core::time::{Day, When};
use comity_core::value::Country;
use comity_core::{Chapter, Cycle, CycleStatus, Happened, View, office_standing};

/// What is counted of one case. It holds names of the procedure and days, and the reference; no name of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// The case.
    pub case: CaseId,
    /// The reference by which officers know it.
    pub reference: String,
    /// The procedure under which it is now.
    pub procedure: String,
    /// Which State is on which side, such as `requesting NZ, requested KR`.
    pub direction: String,
    /// The first day that its opening can mean.
    pub opened: Day,
    /// Whether that day is known.
    pub is_dated: bool,
    /// Where its tracks stood, track by track, in the order of time.
    pub spells: Vec<Spell>,
    /// The runs of its limits.
    pub runs: Vec<Run>,
    /// What was found of grounds for refusal.
    pub findings: Vec<Finding>,
    /// Documents that are missing now.
    pub lacks: Vec<Lack>,
    /// Who has it now: an account, or else a desk.
    pub held_by: Option<String>,
    /// Recorded deeds that the procedure does not allow where they stand now.
    pub irregular: usize,
}

/// How long a track stood at a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spell {
    /// The track.
    pub track: String,
    /// Whether it is the first track of the procedure, whose outcome is that of the case.
    pub is_main: bool,
    /// The stage.
    pub stage: String,
    /// What the stage is called.
    pub title: String,
    /// What it comes to, if it is an outcome.
    pub outcome: Option<String>,
    /// Since when.
    pub from: Day,
    /// Until when; nothing, if it stands there still.
    pub until: Option<Day>,
}

/// A run of a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The clock.
    pub clock: String,
    /// What must happen in time.
    pub title: String,
    /// The provision.
    pub basis: String,
    /// When it started.
    pub started: Day,
    /// What came of it, and when; nothing while it runs.
    pub reached: Option<(Reached, Day)>,
    /// Whether it stands still now.
    pub stands_still: bool,
    /// Whether it was made longer.
    pub was_extended: bool,
}

/// What came of a run of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reached {
    /// What it waited for was done in time.
    Met,
    /// It ran out.
    RanOut,
    /// It ran out, and that was put right.
    Cured,
    /// It no longer mattered, or another took its place.
    SwitchedOff,
}

/// What was found of a ground for refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The ground.
    pub ground: String,
    /// What it is called.
    pub title: String,
    /// Whether it binds.
    pub force: &'static str,
    /// The provision.
    pub basis: String,
    /// Who considered it.
    pub by: String,
    /// Whether it applies.
    pub applies: bool,
    /// When.
    pub on: Day,
}

/// A document that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// The document.
    pub document: String,
    /// What it is called.
    pub title: String,
    /// The provision.
    pub basis: String,
    /// Whether something of it arrived, and not all that is required.
    pub is_incomplete: bool,
}

impl Life {
    /// What is counted of a case, by where it stands and its entries; nothing, if it was not open by then.
    #[must_use]
    pub fn of(case: CaseId, view: &View, entries: &[Entry]) -> Option<Self> {
        let opening = view.opening()?;
        let (procedure, zone) = (view.procedure(), &view.procedure().home().zone);
        let opened = opening.since.first_day(zone);
        Some(Self {
            case,
            reference: opening.reference.clone(),
            procedure: procedure.name().to_string(),
            direction: direction(view),
            opened,
            is_dated: opening.since.is_known_to_the_day(),
            spells: spells(view, opened),
            runs: runs(view),
            findings: findings(view),
            lacks: lacks(view),
            held_by: held_by(entries, view),
            irregular: view.upset().len(),
        })
    }

    /// The spells of the track whose outcome is that of the case.
    pub(crate) fn main(&self) -> impl Iterator<Item = &Spell> {
        self.spells.iter().filter(|spell| spell.is_main)
    }

    /// Where the case stood as a day ended.
    pub(crate) fn standing_on(&self, day: Day) -> Option<&Spell> {
        (self.opened <= day).then(|| self.main().find(|spell| spell.covers_end_of(day))).flatten()
    }

    /// Whether the case was open as a day ended.
    pub(crate) fn is_open_on(&self, day: Day) -> bool {
        self.standing_on(day).is_some_and(|spell| spell.outcome.is_none())
    }

    /// When the case opened and reopened.
    pub(crate) fn openings(&self) -> impl Iterator<Item = Day> {
        self.turns().filter_map(|(day, outcome)| outcome.is_none().then_some(day))
    }

    /// When the case came to an outcome, and to which.
    pub(crate) fn closings(&self) -> impl Iterator<Item = (Day, &str)> {
        self.turns().filter_map(|(day, outcome)| Some((day, outcome?)))
    }

    /// The days on which the case began to be open, or over, with the outcome.
    fn turns(&self) -> impl Iterator<Item = (Day, Option<&str>)> {
        let mut before = None;
        self.main().filter_map(move |spell| {
            let outcome = spell.outcome.as_deref();
            let is_turn = before.is_none_or(|before: Option<&str>| before.is_some() != outcome.is_some());
            before = Some(outcome);
            is_turn.then_some((spell.from, outcome))
        })
    }
}

impl Spell {
    /// Whether it lasted as a day ended.
    pub(crate) fn covers_end_of(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| until > day)
    }
}

/// Which State is on which side; a State that is not known yet is told as such.
fn direction(view: &View) -> String {
    let told =
        |state: Option<Country>| state.map_or_else(|| "not known".to_owned(), |state| state.to_string());
    let sides = view.states().map(|(side, state)| format!("{side} {}", told(state)));
    sides.collect::<Vec<_>>().join(", ")
}

/// Where the tracks stood, through all procedures that the case ran under.
fn spells(view: &View, opened: Day) -> Vec<Spell> {
    let chapters = view.chapters();
    let mut spells: Vec<Spell> = Vec::new();
    for chapter in &chapters {
        let zone = &chapter.procedure.home().zone;
        let begun = chapter.begun.map_or(opened, |(_, at)| zone.day_at(at));
        for (track, ..) in chapter.procedure.tracks().iter() {
            let told = of_track(chapter, track, begun);
            join(&mut spells, told, begun);
        }
        close_others(&mut spells, chapter, begun);
    }
    spells
}

/// The spells of one track while one procedure applied.
fn of_track(chapter: &Chapter<'_>, track: TrackId, begun: Day) -> Vec<Spell> {
    let zone = &chapter.procedure.home().zone;
    let day = |when: When| when.first_day(zone).max(begun);
    let Some(first) = chapter.stage_at_first(track) else { return Vec::new() };
    let mut spells: Vec<Spell> = spell(chapter, track, first, begun).into_iter().collect();
    for happening in chapter.happenings {
        // A case that came over stood there before.
        if happening.what == Happened::Migrated {
            continue;
        }
        for moved in happening.moved.iter().filter(|moved| moved.track == track && moved.from != moved.to) {
            let on = spells.last().map_or(begun, |last| day(happening.when).max(last.from));
            if let Some(last) = spells.last_mut() {
                last.until = Some(on);
            }
            spells.extend(spell(chapter, track, moved.to, on));
        }
    }
    spells
}

fn spell(chapter: &Chapter<'_>, track: TrackId, stage: StageId, from: Day) -> Option<Spell> {
    let tracks = chapter.procedure.tracks();
    let row = tracks.get(track)?;
    let (_, name, _) = tracks.iter().find(|(id, ..)| *id == track)?;
    let (_, stage_name, stage) = row.stages.iter().find(|(id, ..)| *id == stage)?;
    Some(Spell {
        track: name.to_string(),
        is_main: tracks.ids().next() == Some(track),
        stage: stage_name.to_string(),
        title: stage.title.clone(),
        outcome: stage.outcome.clone(),
        from,
        until: None,
    })
}

/// Adds what a track did under a later procedure. Where it stands at a stage of the same name, it stood there all the while.
fn join(spells: &mut Vec<Spell>, told: Vec<Spell>, begun: Day) {
    let mut told = told.into_iter();
    let Some(first) = told.next() else { return };
    let before = spells.iter_mut().find(|spell| spell.until.is_none() && spell.track == first.track);
    match before {
        Some(before) if before.stage == first.stage => {
            *before = Spell { from: before.from, ..first };
        }
        Some(before) => {
            before.until = Some(begun);
            spells.push(first);
        }
        None => spells.push(first),
    }
    spells.extend(told);
}

/// Ends the spells of tracks that the procedure does not know.
fn close_others(spells: &mut [Spell], chapter: &Chapter<'_>, begun: Day) {
    for spell in spells.iter_mut().filter(|spell| spell.until.is_none()) {
        if chapter.procedure.tracks().find(&spell.track).is_none() {
            spell.until = Some(begun);
        }
    }
}

fn runs(view: &View) -> Vec<Run> {
    let clocks = view.clocks();
    let of = clocks.iter().flat_map(|clock| clock.cycles.iter().map(move |cycle| (clock, cycle)));
    let run = |(clock, cycle): (&comity_core::ClockView<'_>, &Cycle)| Run {
        clock: clock.name.to_string(),
        title: clock.clock.title.clone(),
        basis: clock.clock.basis.to_string(),
        started: cycle.started.first_day(clock.zone),
        reached: reached(clock, cycle),
        stands_still: cycle.stands_still().is_some(),
        was_extended: !cycle.extensions.is_empty(),
    };
    of.map(run).collect()
}

fn reached(clock: &comity_core::ClockView<'_>, cycle: &Cycle) -> Option<(Reached, Day)> {
    let day = |when: When| when.first_day(clock.zone);
    match &cycle.status {
        CycleStatus::Running => None,
        CycleStatus::Met { when, .. } => Some((Reached::Met, day(*when))),
        // It ends with the last day: the instant that is too late is the start of the next.
        CycleStatus::RanOut { at, .. } => Some((Reached::RanOut, clock.zone.day_until(*at))),
        CycleStatus::Cured { ran_out, .. } => Some((Reached::Cured, clock.zone.day_until(*ran_out))),
        CycleStatus::SwitchedOff { when, .. } | CycleStatus::Replaced { when, .. } => {
            Some((Reached::SwitchedOff, day(*when)))
        }
    }
}

fn findings(view: &View) -> Vec<Finding> {
    let procedure = view.procedure();
    let zone = &procedure.home().zone;
    let found = |one: comity_core::GroundView<'_>| {
        let found = one.found?;
        let by = procedure.authorities().iter().find(|(id, ..)| *id == found.by);
        Some(Finding {
            ground: one.name.to_string(),
            title: one.ground.title.clone(),
            force: one.ground.force.word(),
            basis: one.ground.basis.to_string(),
            by: by.map(|(_, name, _)| name.to_string()).unwrap_or_default(),
            applies: found.applies,
            on: found.when.first_day(zone),
        })
    };
    view.grounds().into_iter().filter_map(found).collect()
}

fn lacks(view: &View) -> Vec<Lack> {
    let lack = |one: comity_core::DocumentView<'_>| {
        (one.needed == Truth::True && one.missing.is_some()).then(|| Lack {
            document: one.name.to_string(),
            title: one.document.title.clone(),
            basis: one.document.basis.to_string(),
            is_incomplete: !one.arrived.is_empty(),
        })
    };
    view.documents().into_iter().filter_map(lack).collect()
}

fn held_by(entries: &[Entry], view: &View) -> Option<String> {
    let known = comity_core::known_at(entries, view.asked().known_at);
    let assigned = office_standing(known).assigned?;
    let desk = || assigned.desk.map(ToString::to_string);
    assigned.to.map(|to| to.reveal().to_owned()).or_else(desk)
}
