//! The procedures that the simulation plays: those that are shipped, and made-up ones that are small and linked.

use std::path::Path;
use std::sync::Arc;

use comity_core::entry::{Body, Entry};
use comity_core::id::{CaseId, Version};
use comity_core::migration::Migration;
use comity_core::procedure::SharedProcedure;
use comity_core::time::Moment;
use comity_language::library::{Disk, Files, InMemory, load};
use comity_language::{Source, read_plan};
use comity_runner::{LibraryProcedures, Procedures};
use comity_store::codec::{ProcedureRegistered, Record, encode};
use comity_store::{Commit, Journal, NewEntry, Row};
use uuid::Uuid;

/// All procedures, read and checked once for all seeds.
#[derive(Clone)]
pub struct Library {
    pub(crate) procedures: Arc<LibraryProcedures>,
    names: Vec<String>,
    pub(crate) plans: Vec<Arc<Plan>>,
}

impl std::fmt::Debug for Library {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Library").finish_non_exhaustive()
    }
}

/// How running cases go over from one procedure to another.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) migration: Migration,
    pub(crate) leaves: SharedProcedure,
    pub(crate) to: SharedProcedure,
}

impl Library {
    /// Reads what is shipped and what was made up.
    ///
    /// # Errors
    ///
    /// Returns what is wrong with a file.
    pub fn read() -> Result<Self, String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut all = InMemory::default();
        for folder in [root.join("../workflows"), root.join("simulation")] {
            let files = Disk::new(&folder);
            for path in files.list().map_err(|error| error.to_string())? {
                let bytes = files.read(&path).map_err(|error| error.to_string())?;
                all = all.with(path, bytes);
            }
        }
        let library = load(&all);
        let wrong: Vec<String> = library.diagnostics.iter().map(ToString::to_string).collect();
        if !wrong.is_empty() {
            return Err(wrong.join("\n"));
        }
        let procedures = Arc::new(LibraryProcedures::new(library));
        let names = procedures.names().iter().map(ToString::to_string).collect();
        let mut library = Self { procedures, names, plans: Vec::new() };
        library.plans = library.read_plans(&root.join("simulation-plans"))?;
        Ok(library)
    }

    fn read_plans(&self, folder: &Path) -> Result<Vec<Arc<Plan>>, String> {
        let files = Disk::new(folder);
        let mut paths = files.list().map_err(|error| error.to_string())?;
        paths.sort();
        let mut plans = Vec::new();
        for path in paths {
            let bytes = files.read(&path).map_err(|error| error.to_string())?;
            let source = Source::new(path.clone(), String::from_utf8_lossy(&bytes));
            let (plan, wrong) = read_plan(&source);
            let plan = plan.ok_or_else(|| format!("{path}: {wrong:?}"))?;
            let named = |name: &str| self.named(name).ok_or_else(|| format!("{path}: no procedure {name}"));
            let (leaves, to) = (named(&plan.from().procedure)?, named(&plan.to().procedure)?);
            let migration = plan.between(&leaves, &to, &|_| false).map_err(|wrong| format!("{wrong:?}"))?;
            plans.push(Arc::new(Plan { migration, leaves, to }));
        }
        Ok(plans)
    }

    /// The procedure that a case runs under.
    pub(crate) fn procedure_of(&self, entries: &[Entry]) -> Option<SharedProcedure> {
        let Some(Body::Opened(opening)) = entries.first().map(|entry| &entry.body) else { return None };
        self.named(opening.procedure.as_str())
    }

    pub(crate) fn named(&self, name: &str) -> Option<SharedProcedure> {
        self.procedures.current(name).map(|edition| edition.procedure)
    }

    /// Puts the texts of all procedures into a new record, as an engine does when the first case is opened under each. The
    /// engine would prove them first, each seed anew, which takes longer than everything else; and one of those made up
    /// is there because it cannot be proved: its cases come to a standstill.
    pub(crate) async fn register(&self, journal: &dyn Journal, at: Moment) -> Result<(), String> {
        for name in &self.names {
            let Some(edition) = self.procedures.current(name) else { continue };
            let procedure = &edition.procedure;
            let meaning = procedure.meaning();
            let record = Record::Procedure(ProcedureRegistered {
                name: procedure.name().clone(),
                version: procedure.version(),
                meaning,
                // Their cases take the procedure from the library, so the long texts may be left out.
                files: vec![(format!("{name}.yaml"), String::new())],
            });
            let entry = NewEntry {
                recorded_at: at,
                recorded_by: "registrar".to_owned(),
                payload: encode(&record),
                personal: false,
            };
            let commit = Commit {
                case: CaseId(Uuid::new_v5(&Uuid::NAMESPACE_OID, &meaning.0)),
                seen: Version(0),
                entries: vec![entry],
                rows: vec![Row::Kind { kind: "procedure".to_owned() }],
                key: None,
                erases: false,
            };
            journal.append(commit).await.map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}
