//! Running cases go over to another edition of their procedure, one by one, by a plan.
//!
//! A dry run records nothing. What is recorded stands case by case, so a run that broke off goes on where it was: a case that
//! went over by this plan is told as done, and is not touched again.

use comity_core::entry::{Body, Entry};
use comity_core::id::{CaseId, EntryNumber, Version};
use comity_core::migration::{Crossing, Migration, Obstacle, Under, crossing};
use comity_core::name::Private;
use comity_core::procedure::{Procedure, SharedProcedure};
use comity_core::value::FactType;
use comity_core::{Asked, Rejection, Stamp, mirrored};
use comity_store::Query;
use comity_store::codec::{Record, decode_recorded};
use tracing::{info, instrument};

use crate::engine::{CaseFile, Engine, migrations};
use crate::error::EngineError;
use crate::record::{Outcome, Request};
use crate::rows::PROCEDURE;

/// What comes of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseMigration {
    /// The case.
    pub case: CaseId,
    /// Its reference; empty, if it cannot be read.
    pub reference: String,
    /// What the migration does to it; nothing, if that was not looked at.
    pub crossing: Option<Crossing>,
    /// What came of it.
    pub outcome: MigrationOutcome,
}

/// What came of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MigrationOutcome {
    /// Nothing stands in the way; nothing was recorded.
    WouldGo,
    /// It went over.
    Went(EntryNumber),
    /// It went over by this plan before.
    WentBefore(EntryNumber),
    /// It stays where it is. Nothing changed.
    Refused(Vec<String>),
    /// It could not be read or written.
    Failed {
        /// The code of the error.
        code: &'static str,
        /// What is wrong.
        because: String,
    },
}

/// Whether anything is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Migrate {
    /// Nothing is: what would come of each case is told.
    DryRun,
    /// Every case that may go over does.
    Apply,
}

impl Engine {
    /// The edition of a procedure that cases run or ran under, by its version: from the library, or as the record keeps it.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal fails, or the text that was kept cannot be read any more.
    pub async fn edition(&self, name: &str, version: u32) -> Result<Option<SharedProcedure>, EngineError> {
        let current = self.procedures().current(name).map(|edition| edition.procedure);
        if let Some(current) = current.filter(|procedure| procedure.version() == version) {
            return Ok(Some(current));
        }
        for stream in self.all(Query::UnderProcedure(name.to_owned())).await? {
            let kept = self.journal().read(stream, Version(0)).await.map_err(EngineError::Read)?;
            if let Some(Ok(Record::Procedure(kept))) = kept.first().map(decode_recorded)
                && kept.version == version
            {
                return self.pinned(&kept.name, kept.meaning).await.map(Some);
            }
        }
        Ok(None)
    }

    /// Takes the running cases of a procedure over to another by `plan`, or says what would come of it.
    ///
    /// `only` are the cases that are meant; if it is empty, all that run under the procedure that the plan leads from, and
    /// those that went over by it before. One case that is refused or fails keeps back no other. `tell` is told of each case
    /// as soon as it is done.
    ///
    /// Dropping the future leaves open whether the case that is under way goes over; another run goes on.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal fails, and [`EngineError::NotProved`] if no case may run under the procedure that the
    /// plan leads to. What went over before stays so, and another run goes on.
    #[instrument(skip_all, fields(procedure = %plan.procedure, version = plan.version))]
    pub async fn migrate(
        &self,
        plan: &Migration,
        leaves: &Procedure,
        only: &[CaseId],
        (how, by): (Migrate, &Private),
        mut tell: impl FnMut(&CaseMigration),
    ) -> Result<Vec<CaseMigration>, EngineError> {
        let to = self.pinned(&plan.procedure, plan.meaning).await?;
        // Asked once and of a dry run too, which would promise what the record does not take.
        self.may_run(&to).await?;
        let mut done = Vec::new();
        for case in self.meant(plan, leaves, only).await? {
            let one = match self.one(case, plan, &to, !only.is_empty(), how, by).await {
                Ok(one) => one,
                Err(error) if error.is_of_one_case() => Some(CaseMigration {
                    case,
                    reference: String::new(),
                    crossing: None,
                    outcome: MigrationOutcome::Failed { code: error.code(), because: error.to_string() },
                }),
                Err(error) => return Err(error),
            };
            if let Some(one) = one {
                tell(&one);
                done.push(one);
            }
        }
        info!(cases = done.len(), "migration");
        Ok(done)
    }

    /// The cases that a plan may be about, in the order of their identifiers.
    async fn meant(
        &self,
        plan: &Migration,
        leaves: &Procedure,
        only: &[CaseId],
    ) -> Result<Vec<CaseId>, EngineError> {
        if !only.is_empty() {
            return Ok(only.to_vec());
        }
        let mut cases = self.all(Query::UnderProcedure(leaves.name().to_string())).await?;
        cases.extend(self.all(Query::UnderProcedure(plan.procedure.to_string())).await?);
        // The texts of procedures stand under their names as well, those of earlier editions too.
        let texts = self.all(Query::OfKind(PROCEDURE.to_owned())).await?;
        cases.retain(|case| !texts.contains(case));
        cases.sort();
        cases.dedup();
        Ok(cases)
    }

    async fn one(
        &self,
        case: CaseId,
        plan: &Migration,
        to: &SharedProcedure,
        is_named: bool,
        how: Migrate,
        by: &Private,
    ) -> Result<Option<CaseMigration>, EngineError> {
        let mut file = match self.case(case).await {
            Ok(file) => file,
            // Another text of the procedure, or a case that was erased meanwhile.
            Err(EngineError::NoSuchCase(_) | EngineError::Erased { .. }) if !is_named => return Ok(None),
            Err(error) => return Err(error),
        };
        let told = |file: &CaseFile, crossing, outcome| {
            let reference = file.opening.reference.clone();
            Ok(Some(CaseMigration { case, reference, crossing, outcome }))
        };
        if let Some(entry) = went_by(&file, plan) {
            return told(&file, None, MigrationOutcome::WentBefore(entry));
        }
        let now = self.now();
        let is_meant = file.procedure.meaning() == plan.from && !file.view(Asked::at(now)).is_over();
        if !is_named && !is_meant {
            return Ok(None);
        }
        if how == Migrate::Apply && is_meant {
            // What ran out by now is noticed under the name that it had then.
            self.notice(case, by).await?;
            file = self.case(case).await?;
        }
        let lineage = file.lineage.towards(to);
        let last = file.entries.last().map_or(now, |last| last.recorded_at);
        let stamp = Stamp { at: now.max(last), by: by.clone() };
        let mut crossing = crossing(&lineage, &file.entries, plan, &stamp);
        crossing.refused.extend(self.linked_in_the_way(&file, plan, to).await?);
        let mut because: Vec<String> = crossing.refused.iter().map(ToString::to_string).collect();
        // Also in a dry run, which would promise what the record does not take.
        because.extend((now < last).then(|| Rejection::RecordGoesBack { last, now }.to_string()));
        if !because.is_empty() {
            return told(&file, Some(crossing), MigrationOutcome::Refused(because));
        }
        if how == Migrate::DryRun {
            return told(&file, Some(crossing), MigrationOutcome::WouldGo);
        }
        let outcome = match self.record(case, request(&file, plan, by)).await? {
            Outcome::Recorded(receipt) => {
                MigrationOutcome::Went(EntryNumber::new(receipt.version.0).unwrap_or(EntryNumber::FIRST))
            }
            Outcome::Rejected(Rejection::NotMigrated { because }) => {
                MigrationOutcome::Refused(because.iter().map(ToString::to_string).collect())
            }
            Outcome::Rejected(rejection) => MigrationOutcome::Refused(vec![rejection.to_string()]),
        };
        told(&file, Some(crossing), outcome)
    }

    /// Brings the procedures to a case that entries would take it over to, as far as they are known.
    pub(crate) async fn bring_procedures(
        &self,
        file: &mut CaseFile,
        bodies: &[Body],
    ) -> Result<(), EngineError> {
        for migration in of(bodies) {
            match self.pinned(&migration.procedure, migration.meaning).await {
                Ok(procedure) => file.lineage.add(procedure),
                // That it is not known is then said as what stands in the way.
                Err(EngineError::ProcedureLost { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Keeps the text of every procedure that entries take a case over to, before they are recorded.
    pub(crate) async fn keep_procedures(&self, bodies: &[Body], by: &Private) -> Result<(), EngineError> {
        for migration in of(bodies) {
            let current = self.procedures().current(migration.procedure.as_str());
            // Another edition than the current one is known from its text in the record.
            if let Some(edition) = current.filter(|one| one.procedure.meaning() == migration.meaning) {
                self.register(&edition, by).await?;
            }
        }
        Ok(())
    }

    /// Why entries that take a case over to another procedure would cut it off from those that it is linked to.
    pub(crate) async fn cut_off(
        &self,
        file: &CaseFile,
        bodies: &[Body],
    ) -> Result<Option<Rejection>, EngineError> {
        let mut because = Vec::new();
        for migration in of(bodies) {
            if let Some(to) = Under::from(&file.lineage).find(migration.meaning) {
                because.extend(self.linked_in_the_way(file, migration, to).await?);
            }
        }
        Ok((!because.is_empty()).then_some(Rejection::NotMigrated { because }))
    }

    /// The linked cases that follow a track of this one and could not go on, and the tracks of linked cases that this one
    /// could not go on to follow.
    async fn linked_in_the_way(
        &self,
        file: &CaseFile,
        plan: &Migration,
        to: &SharedProcedure,
    ) -> Result<Vec<Obstacle>, EngineError> {
        let now = self.now();
        let mut found = Vec::new();
        for (link, other) in file.view(Asked::at(now)).links() {
            let there = match self.case(*other).await {
                Ok(there) => there,
                // What was erased is not followed any more.
                Err(EngineError::Erased { .. }) => continue,
                Err(error) => return Err(error),
            };
            let says = follows(to, link.as_str(), &there.procedure);
            let at = &there.opening.reference;
            found.extend(says.map(|says| {
                Obstacle::Linked(format!(
                    "under {} version {} it could not follow {at}: {says}",
                    plan.procedure, plan.version
                ))
            }));
        }
        for other in self.tied_to(file.case).await?.into_iter().filter(|other| *other != file.case) {
            let there = match self.case(other).await {
                Ok(there) => there,
                Err(error) if error.is_of_one_case() => continue,
                Err(error) => return Err(error),
            };
            let links = there.view(Asked::at(now)).links().to_vec();
            for (link, _) in links.iter().filter(|(_, case)| *case == file.case) {
                let says = follows(&there.procedure, link.as_str(), to);
                let at = &there.opening.reference;
                found.extend(says.map(|says| {
                    Obstacle::Linked(format!(
                        "{at} follows this case and could not go on: {says}; migrate it first"
                    ))
                }));
            }
        }
        Ok(found)
    }
}

/// Why a case under `here` could not follow one under `there` to which it is tied by `link`; nothing, if it could.
fn follows(here: &Procedure, link: &str, there: &Procedure) -> Option<String> {
    mirrored(here).into_iter().filter(|one| one.link.as_str() == link).find_map(|one| {
        let Some(track) = there.tracks().find(one.track.as_str()).and_then(|id| there.tracks().get(id))
        else {
            return Some(format!(
                "its fact `{}` follows the track `{}`, which is not in {} version {}",
                one.fact,
                one.track,
                there.name(),
                there.version()
            ));
        };
        let facts = here.facts();
        let fact = facts.find(one.fact.as_str()).and_then(|id| facts.get(id))?;
        let FactType::OneOf(values) = &fact.of else { return None };
        let missing = track.stages.names().find(|stage| !values.contains(stage))?;
        Some(format!("its fact `{}` knows no stage `{missing}` of the track `{}`", one.fact, one.track))
    })
}

fn of(bodies: &[Body]) -> impl Iterator<Item = &Migration> {
    bodies
        .iter()
        .filter_map(|body| if let Body::Migrated(migration) = body { Some(migration.as_ref()) } else { None })
}

/// The last migration of a case, if it was by this plan.
fn went_by(file: &CaseFile, plan: &Migration) -> Option<EntryNumber> {
    let is_migration = |entry: &&Entry| matches!(entry.body, Body::Migrated(_));
    let last = file.entries.iter().rev().find(is_migration)?;
    if let Body::Migrated(one) = &last.body
        && **one == *plan
    {
        Some(last.number)
    } else {
        None
    }
}

/// What is recorded, under a key that the plan and the case make: two programs that run at once record it once.
fn request(file: &CaseFile, plan: &Migration, by: &Private) -> Request {
    let before = migrations(&file.entries).count();
    let key = format!("migration {} {} {before}", plan.plan, file.case);
    let bodies = vec![Body::Migrated(Box::new(plan.clone()))];
    Request { key: Some(key), ..Request::of(bodies, by) }
}

impl CaseMigration {
    /// Whether the case is or would be under the new procedure.
    #[must_use]
    pub fn goes(&self) -> bool {
        match self.outcome {
            MigrationOutcome::WouldGo | MigrationOutcome::Went(_) | MigrationOutcome::WentBefore(_) => true,
            MigrationOutcome::Refused(_) | MigrationOutcome::Failed { .. } => false,
        }
    }
}
