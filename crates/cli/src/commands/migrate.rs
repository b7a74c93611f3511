//! `comity migrate`: takes running cases over to another edition of their procedure, by a plan.

use std::path::{Path, PathBuf};

use clap::Args;
use comity_core::migration::{Crossing, CrossingClock, CrossingTrack, Migration};
use comity_core::procedure::SharedProcedure;
use comity_language::library::load_one;
use comity_language::{Plan, PlanEdition, Source, read_plan};
use comity_runner::{CaseMigration, Migrate, MigrationOutcome};
use comity_sheet::CaseMigrationDocument;
use comity_sheet::words::fates;
use serde_json::json;

use crate::answer::{Answer, remark};
use crate::context::{Desk, LibraryArgs, StoreArgs, at_desk, counted};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::print::{Cell, Page, Table, Tone, cell};

/// Which plan and which store.
#[derive(Args)]
pub(crate) struct MigrateArgs {
    /// The plan: which edition cases leave, which they go over to, and what becomes of stages, limits and names
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Say what would come of each case, and record nothing
    #[arg(long)]
    dry_run: bool,
    /// Only this case, by its reference; may be given several times [default: every running case of the edition]
    #[arg(long = "case", value_name = "REFERENCE")]
    cases: Vec<String>,
    #[command(flatten)]
    store: StoreArgs,
}

pub(crate) fn run(args: &MigrateArgs) -> Result<Answer, Failure> {
    let plan = read(&args.plan)?;
    at_desk(&args.store, async |desk| {
        let (leaves, migration) = between(desk, &plan, &args.store.library).await?;
        let mut only = Vec::new();
        for reference in &args.cases {
            only.push(desk.case(reference).await?.case);
        }
        let how = if args.dry_run { Migrate::DryRun } else { Migrate::Apply };
        // Whoever watches a long run sees how far it is; what is told here stands in the store already.
        let tell = |one: &CaseMigration| {
            if let MigrationOutcome::Went(entry) = one.outcome {
                remark(&format!("{} went over, entry {entry}", one.reference));
            }
        };
        let done = desk.engine.migrate(&migration, &leaves, &only, (how, &desk.account), tell).await?;
        Ok(answer(args, desk, &leaves, &migration, &done))
    })
}

fn read(path: &Path) -> Result<Plan, Failure> {
    let text =
        std::fs::read_to_string(path).map_err(|source| Failure::File { path: path.to_owned(), source })?;
    let (plan, diagnostics) = read_plan(&Source::new(path.display().to_string(), text));
    plan.ok_or_else(|| Failure::Procedures { what: "the plan cannot be read".to_owned(), diagnostics })
}

/// The plan between the two editions that it names, and the edition that cases leave.
async fn between(
    desk: &Desk,
    plan: &Plan,
    library: &LibraryArgs,
) -> Result<(SharedProcedure, Migration), Failure> {
    let old = edition(desk, plan, plan.from()).await?;
    let new = edition(desk, plan, plan.to()).await?;
    let files = library.files()?;
    let path = format!("{}.yaml", plan.to().procedure);
    let beside = load_one(files.as_ref(), &path).procedures.into_iter().find(|one| one.path == path);
    let has_reading = |number| beside.as_ref().is_some_and(|one| one.notes.reading(number).is_some());
    let migration = plan.between(&old, &new, &has_reading).map_err(|diagnostics| Failure::Procedures {
        what: "the plan does not fit the editions between which it leads".to_owned(),
        diagnostics,
    })?;
    Ok((old, migration))
}

async fn edition(desk: &Desk, plan: &Plan, wanted: &PlanEdition) -> Result<SharedProcedure, Failure> {
    let PlanEdition { procedure: name, version, meaning } = wanted;
    let is_meant = |found: &SharedProcedure| {
        meaning.as_ref().is_none_or(|meaning| *meaning == found.meaning().to_string())
    };
    let found = desk.engine.edition(name, *version).await?;
    if let Some(found) = found.as_ref().filter(|found| is_meant(found)) {
        return Ok(found.clone());
    }
    let (says, remedy) = match found {
        Some(found) => (
            format!("version {version} of {name} is there with another meaning, {}", found.meaning()),
            "name the meaning that it has, or leave it out",
        ),
        None => (
            format!("neither the library nor the record holds version {version} of {name}"),
            "cases are under an edition of the record, and go over to one of the library",
        ),
    };
    let diagnostics = vec![plan.unknown_edition(wanted, &says, remedy)];
    Err(Failure::Procedures { what: "the plan does not fit".to_owned(), diagnostics })
}

fn answer(
    args: &MigrateArgs,
    desk: &Desk,
    leaves: &SharedProcedure,
    plan: &Migration,
    done: &[CaseMigration],
) -> Answer {
    let mut page = Page::new();
    let to = format!("{} version {}", plan.procedure, plan.version);
    page.line(&[
        (Tone::Name, &format!("{} version {}", leaves.name(), leaves.version())),
        (Tone::Plain, " -> "),
        (Tone::Name, &to),
        (Tone::Faint, if args.dry_run { "   nothing is recorded" } else { "" }),
    ]);
    for fate in fates(plan) {
        page.wrapped(2, Tone::Faint, &fate);
    }
    for one in done {
        case(&mut page, one);
    }
    page.blank();
    let sums = sums(done);
    page.line(&[(Tone::Strong, &sums)]);
    if args.dry_run && done.iter().any(|one| one.outcome == MigrationOutcome::WouldGo) {
        let next = format!("comity migrate {}{}", args.plan.display(), desk.options);
        page.labelled((Tone::Strong, "next"), 0, &next);
    }
    let document = json!({
        "from": {"procedure": leaves.name().as_str(), "version": leaves.version(), "meaning": plan.from.to_string()},
        "to": {"procedure": plan.procedure.as_str(), "version": plan.version, "meaning": plan.meaning.to_string()},
        "plan": plan.plan.to_string(),
        "dry_run": args.dry_run,
        "cases": done.iter().map(CaseMigrationDocument::from).collect::<Vec<_>>(),
    });
    let exit = exit(done);
    if args.dry_run {
        return Answer::fine(page, document).ending(exit);
    }
    Answer::recorded(page, document, format!("recorded: {sums}")).ending(exit)
}

fn exit(done: &[CaseMigration]) -> Exit {
    let failed = |one: &CaseMigration| matches!(one.outcome, MigrationOutcome::Failed { .. });
    if done.iter().all(CaseMigration::goes) {
        Exit::Fine
    } else if done.iter().any(failed) {
        Exit::Conflict
    } else {
        Exit::NotAllowed
    }
}

/// `2 cases went over, 1 went before, 1 refused`.
fn sums(done: &[CaseMigration]) -> String {
    let count = |which: fn(&MigrationOutcome) -> bool| done.iter().filter(|one| which(&one.outcome)).count();
    let parts = [
        (count(|one| matches!(one, MigrationOutcome::WouldGo)), "would go over"),
        (count(|one| matches!(one, MigrationOutcome::Went(_))), "went over"),
        (count(|one| matches!(one, MigrationOutcome::WentBefore(_))), "went over before"),
        (count(|one| matches!(one, MigrationOutcome::Refused(_))), "refused"),
        (count(|one| matches!(one, MigrationOutcome::Failed { .. })), "failed"),
    ];
    let told: Vec<String> =
        parts.iter().filter(|(many, _)| *many > 0).map(|(many, what)| format!("{many} {what}")).collect();
    if told.is_empty() {
        return "no running case is under the edition that the plan leads from".to_owned();
    }
    format!("{}: {}", counted(done.len(), "case"), told.join(", "))
}

fn case(page: &mut Page, one: &CaseMigration) {
    page.blank();
    let (tone, says) = match &one.outcome {
        MigrationOutcome::WouldGo => (Tone::Good, "would go over".to_owned()),
        MigrationOutcome::Went(entry) => (Tone::Good, format!("went over, entry {entry}")),
        MigrationOutcome::WentBefore(entry) => (Tone::Faint, format!("went over before, entry {entry}")),
        MigrationOutcome::Refused(_) => (Tone::Bad, "refused; it stays where it is".to_owned()),
        MigrationOutcome::Failed { .. } => (Tone::Bad, "could not be read or written".to_owned()),
    };
    let id = one.case.to_string();
    let name = if one.reference.is_empty() { &id } else { &one.reference };
    page.line(&[(Tone::Strong, name), (Tone::Plain, "  "), (tone, &says)]);
    if let Some(crossing) = &one.crossing {
        page.table(2, &table(crossing));
    }
    let because = match &one.outcome {
        MigrationOutcome::Refused(because) => because.as_slice(),
        MigrationOutcome::Failed { because, .. } => std::slice::from_ref(because),
        MigrationOutcome::WouldGo | MigrationOutcome::Went(_) | MigrationOutcome::WentBefore(_) => &[],
    };
    for reason in because {
        page.labelled((Tone::Bad, "because"), 2, reason);
    }
}

fn table(crossing: &Crossing) -> Table {
    let mut table = Table::new();
    for row in &crossing.tracks {
        let (what, before, after) = stages(row);
        table.row([cell(Tone::Name, what), cell(Tone::Plain, format!("{before} -> {after}"))]);
    }
    for row in &crossing.clocks {
        table.row([cell(Tone::Name, clock_name(row)), ends(row)]);
    }
    if !crossing.next.is_empty() {
        let next: Vec<&str> = crossing.next.iter().map(comity_core::name::Name::as_str).collect();
        table.row([cell(Tone::Plain, "then open"), cell(Tone::Plain, next.join(", "))]);
    }
    table
}

/// The track under both names, and its stage before and after.
fn stages(row: &CrossingTrack) -> (String, String, String) {
    let name = match (&row.before, &row.after) {
        (Some((before, _)), Some((after, _))) if before != after => format!("{before}, then {after}"),
        (Some((name, _)), _) | (None, Some((name, _))) => name.to_string(),
        (None, None) => String::new(),
    };
    let stage = |side: &Option<(comity_core::name::Name, comity_core::name::Name)>, otherwise: &str| {
        side.as_ref().map_or_else(|| otherwise.to_owned(), |(_, stage)| stage.to_string())
    };
    (name, stage(&row.before, "new"), stage(&row.after, "dropped"))
}

fn clock_name(row: &CrossingClock) -> String {
    match (&row.before, &row.after) {
        (Some(before), Some(after)) if before != after => format!("{before}, then {after}"),
        (Some(name), _) | (None, Some(name)) => name.to_string(),
        (None, None) => String::new(),
    }
}

fn ends(row: &CrossingClock) -> Cell {
    let how = row.by_plan.map_or("same rule", |ends| ends.word());
    let how = if row.before.is_none() { "begins" } else { how };
    let tone = if row.ended == row.ends { Tone::Plain } else { Tone::Heed };
    cell(tone, format!("{} -> {} ({how})", row.ended_in_words, row.ends_in_words))
}
