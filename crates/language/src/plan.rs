//! Plan files: how running cases go over to another edition of their procedure.

use std::ops::Range;

use comity_core::entry::Digest;
use comity_core::migration::{
    ClockFate, Ends, Fate, Migration, Misfit, NameFate, NameKind, Place, TrackFate,
};
use comity_core::name::Name;
use comity_core::procedure::Procedure;
use comity_core::procedure::draft::CiteDraft;
use sha2::{Digest as _, Sha256};

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Slip, placed};
use crate::file::{CiteText, ClockPlanFile, NamePlanFile, PlanFile, Rows, Text, TrackPlanFile};
use crate::source::Source;
use crate::text::{Passage, cites};
use crate::{beside, shape};

/// A plan as its author wrote it, not yet held against the procedures.
#[derive(Clone, Debug)]
pub struct Plan {
    file: PlanFile,
    source: Source,
    from: PlanEdition,
    to: PlanEdition,
}

/// Which edition of a procedure a plan means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanEdition {
    /// The procedure.
    pub procedure: String,
    /// Its number.
    pub version: u32,
    /// The digest of what it means, if the plan names it.
    pub meaning: Option<String>,
}

/// Reads a plan file. There is a plan if its form is right; whether it fits is said by [`Plan::between`].
#[must_use]
pub fn read_plan(source: &Source) -> (Option<Plan>, Vec<Diagnostic>) {
    beside::read::<PlanFile, _>(source, shape::plan(), |file, slips| {
        let (from, to) = (edition(&file.from, slips), edition(&file.to, slips));
        Plan { file, source: source.clone(), from, to }
    })
}

fn edition(file: &crate::file::PlanEditionFile, slips: &mut Vec<Slip>) -> PlanEdition {
    let Text { value, span } = &file.version.0;
    let version = value.trim().parse().unwrap_or_else(|_| {
        slips.push(Slip::at(
            Code::BadNumber,
            span.clone(),
            format!("`{value}` is not the number of an edition"),
        ));
        0
    });
    let meaning = file.meaning.as_ref().map(plain);
    PlanEdition { procedure: plain(&file.procedure.0), version, meaning }
}

impl Plan {
    /// The edition that cases leave.
    #[must_use]
    pub fn from(&self) -> &PlanEdition {
        &self.from
    }

    /// The edition that they go over to.
    #[must_use]
    pub fn to(&self) -> &PlanEdition {
        &self.to
    }

    /// A diagnostic of one of the two editions, which the caller did not find.
    #[must_use]
    pub fn unknown_edition(&self, edition: &PlanEdition, message: &str, remedy: &str) -> Diagnostic {
        let file = if *edition == self.from { &self.file.from } else { &self.file.to };
        let span = file.procedure.0.span.clone();
        Slip::at(Code::BadPlan, span, message).remedy(remedy).placed(&self.source)
    }

    /// The plan between two procedures, as it is applied to cases; or everything that does not fit.
    ///
    /// `has_reading` says whether the notes of the procedure that cases go over to hold a reading.
    ///
    /// # Errors
    ///
    /// Returns all that does not fit, each with its place.
    pub fn between(
        &self,
        old: &Procedure,
        new: &Procedure,
        has_reading: &dyn Fn(u32) -> bool,
    ) -> Result<Migration, Vec<Diagnostic>> {
        let mut reading = Held { plan: self, new, has_reading, slips: Vec::new() };
        let file = &self.file;
        let mut names = Vec::new();
        for (kind, rows) in self.names() {
            names.extend(rows.0.iter().filter_map(|(key, row)| reading.name_fate(kind, key, row)));
        }
        let migration = Migration {
            from: old.meaning(),
            procedure: new.name().clone(),
            version: new.version(),
            meaning: new.meaning(),
            plan: Digest(Sha256::digest(self.source.text().as_bytes()).into()),
            authority: plain(&file.authority),
            reason: plain(&file.reason),
            cite: reading.cite(&file.cite),
            tracks: file.tracks.0.iter().filter_map(|(key, row)| reading.track(key, row)).collect(),
            clocks: file.clocks.0.iter().filter_map(|(key, row)| reading.clock(key, row)).collect(),
            names,
        };
        let mut slips = reading.slips;
        if old.meaning() == new.meaning() {
            let span = file.to.procedure.0.span.clone();
            slips.push(Slip::at(Code::BadPlan, span, "both editions mean the same, so no case need go over"));
        }
        let misfits = comity_core::migration::misfits(old, new, &migration);
        slips.extend(misfits.iter().map(|misfit| self.misfit(misfit)));
        if slips.is_empty() { Ok(migration) } else { Err(placed(slips, &self.source)) }
    }

    fn names(&self) -> [(NameKind, &Rows<NamePlanFile>); 7] {
        let file = &self.file;
        [
            (NameKind::Authority, &file.authorities),
            (NameKind::Fact, &file.facts),
            (NameKind::Condition, &file.conditions),
            (NameKind::Act, &file.acts),
            (NameKind::Obligation, &file.obligations),
            (NameKind::Document, &file.documents),
            (NameKind::Ground, &file.grounds),
        ]
    }

    fn misfit(&self, misfit: &Misfit) -> Slip {
        let (span, section) = self.place(misfit.place());
        let slip = Slip::at(Code::BadPlan, span, misfit.to_string());
        match misfit {
            Misfit::NotNamed { .. } => slip.remedy(format!("name it under `{section}:`")),
            Misfit::NoSuchThing { place, known } => slip.meant(Some((named(place), known.as_slice()))),
            Misfit::NoSuchTarget { becomes, known, .. } => {
                slip.meant(Some((becomes.as_str(), known.as_slice())))
            }
            Misfit::Twice { .. } | Misfit::AnotherOutcome { .. } | Misfit::NotToBeDropped { .. } => slip,
        }
    }

    /// Where the plan speaks of something; where it does not, the edition that knows it. And the section it belongs to.
    fn place(&self, place: &Place) -> (Range<usize>, &'static str) {
        let file = &self.file;
        let (found, section) = match place {
            Place::Track(name) => (key(&file.tracks, name), "tracks"),
            Place::Stage(track, stage) => {
                let row = file.tracks.0.iter().find(|(key, _)| key.value == track.as_str());
                let stage = row.and_then(|(_, row)| key(&row.stages, stage));
                (stage.or_else(|| key(&file.tracks, track)), "tracks")
            }
            Place::Clock(name) => (key(&file.clocks, name), "clocks"),
            Place::Other(kind, name) => {
                let rows = self.names().into_iter().find(|(one, _)| one == kind);
                (rows.and_then(|(_, rows)| key(rows, name)), section(*kind))
            }
        };
        (found.unwrap_or_else(|| file.from.procedure.0.span.clone()), section)
    }
}

fn key<T>(rows: &Rows<T>, name: &Name) -> Option<Range<usize>> {
    rows.0.iter().find(|(key, _)| key.value == name.as_str()).map(|(key, _)| key.span.clone())
}

fn named(place: &Place) -> &str {
    match place {
        Place::Track(name) | Place::Stage(_, name) | Place::Clock(name) | Place::Other(_, name) => {
            name.as_str()
        }
    }
}

fn section(kind: NameKind) -> &'static str {
    match kind {
        NameKind::Fact => "facts",
        NameKind::Act => "acts",
        NameKind::Document => "documents",
        NameKind::Ground => "grounds",
        NameKind::Obligation => "obligations",
        NameKind::Condition => "conditions",
        NameKind::Authority => "authorities",
    }
}

/// A plan in the midst of being held against two editions.
struct Held<'a> {
    plan: &'a Plan,
    new: &'a Procedure,
    has_reading: &'a dyn Fn(u32) -> bool,
    slips: Vec<Slip>,
}

impl Held<'_> {
    fn slip(&mut self, span: &Range<usize>, message: impl Into<String>, remedy: &str) {
        self.slips.push(Slip::at(Code::BadPlan, span.clone(), message).remedy(remedy));
    }

    fn name(&mut self, text: &Text) -> Option<Name> {
        match text.value.trim().parse() {
            Ok(name) => Some(name),
            Err(bad) => {
                self.slip(&text.span, bad.to_string(), "write it as the procedure does");
                None
            }
        }
    }

    fn name_fate(&mut self, kind: NameKind, key: &Text, row: &NamePlanFile) -> Option<NameFate> {
        let fate = match row {
            NamePlanFile::Becomes(name) => self.name(&name.0).map(Fate::Becomes),
            NamePlanFile::Dropped(why) => Some(Fate::Dropped { reason: plain(&why.dropped) }),
        };
        Some(NameFate { kind, name: self.name(key)?, fate: fate? })
    }

    /// Another name, or nothing; the same name, if neither is said.
    fn fate(
        &mut self,
        key: &Text,
        becomes: Option<&crate::file::Name>,
        dropped: Option<&Text>,
    ) -> Option<Fate> {
        match (becomes, dropped) {
            (Some(_), Some(why)) => {
                self.slip(
                    &why.span,
                    format!("`{}` cannot be dropped and become something", key.value),
                    "write `becomes` or `dropped`",
                );
                None
            }
            (Some(name), None) => self.name(&name.0).map(Fate::Becomes),
            (None, Some(why)) => Some(Fate::Dropped { reason: plain(why) }),
            (None, None) => self.name(key).map(Fate::Becomes),
        }
    }

    fn track(&mut self, key: &Text, row: &TrackPlanFile) -> Option<TrackFate> {
        let fate = self.fate(key, row.becomes.as_ref(), row.dropped.as_ref())?;
        let mut stages = Vec::new();
        for (stage, becomes) in &row.stages.0 {
            if let (Some(stage), Some(becomes)) = (self.name(stage), self.name(&becomes.0)) {
                stages.push((stage, becomes));
            }
        }
        Some(TrackFate { track: self.name(key)?, fate, stages })
    }

    fn clock(&mut self, key: &Text, row: &ClockPlanFile) -> Option<ClockFate> {
        let fate = self.fate(key, row.becomes.as_ref(), row.dropped.as_ref())?;
        let cite = self.cite(&row.cite);
        let ends = match (&fate, &row.end) {
            (Fate::Becomes(_), None) => {
                self.slip(
                    &key.span,
                    format!("it is not said which end `{}` has where it runs", key.value),
                    "write `end: keep`, `end: recompute` or `end: later`",
                );
                return None;
            }
            (Fate::Dropped { .. }, Some(end)) => {
                self.slip(&end.span, format!("`{}` is dropped and has no end", key.value), "leave `end` out");
                return None;
            }
            (Fate::Dropped { .. }, None) => Ends::Keep,
            (Fate::Becomes(_), Some(end)) => end.value,
        };
        let may_have_run_out = row.if_it_has_run_out.is_some();
        Some(ClockFate { clock: self.name(key)?, fate, ends, cite, may_have_run_out })
    }

    /// Citations that stand in the procedure that cases go over to.
    fn cite(&mut self, cite: &CiteText) -> String {
        let Text { value, span } = &cite.0;
        let passage = Passage::new(&self.plan.source, value, span.clone());
        match cites(&passage, self.has_reading) {
            Ok(cites) => {
                let unknown = cites.iter().filter_map(|cite| unknown(self.new, cite));
                let unknown: Vec<String> = unknown.collect();
                for message in unknown {
                    self.slip(span, message, "cite what the articles of the new edition hold");
                }
            }
            Err(slip) => self.slips.push(slip),
        }
        value.trim().to_owned()
    }
}

/// What a citation names that is not there.
fn unknown(procedure: &Procedure, cite: &CiteDraft) -> Option<String> {
    match cite {
        CiteDraft::Article { source, article } => {
            let sources = procedure.sources();
            let Some(found) = sources.find(&source.value).and_then(|id| sources.get(id)) else {
                let name = procedure.name();
                return Some(format!(
                    "{name} version {} has no source `{}`",
                    procedure.version(),
                    source.value
                ));
            };
            let is_there = found.articles.iter().any(|one| one.number == article.value);
            (!is_there).then(|| format!("`{}` has no article {}", source.value, article.value))
        }
        CiteDraft::Reading { number, exists } => {
            (!exists).then(|| format!("NOTES.md holds no reading {}", number.value))
        }
    }
}

fn plain(text: &Text) -> String {
    text.value.trim().to_owned()
}
