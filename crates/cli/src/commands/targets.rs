//! `comity targets`: who is told of what is recorded, how far each was told, and what could not be delivered.

use clap::{Args, Subcommand};
use comity_runner::outbox::TargetName;
use comity_store::Position;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::context::{Desk, StoreArgs, at_desk, counted, quoted};
use crate::failure::Failure;
use crate::print::{Page, Table, Tone, cell, short};
#[cfg(feature = "remote")]
use crate::remote::Method;

/// What to do with those who are told.
#[derive(Subcommand)]
pub(crate) enum TargetsCommand {
    /// Each target, and how far it was told
    List(ListArgs),
    /// What could not be delivered to a target: its dead letters
    Letters(LettersArgs),
    /// Have dead letters delivered again, under the key that they had
    Again(AgainArgs),
    /// Take a dead letter from the list without delivering it
    SetAside(SetAsideArgs),
}

/// Which store.
#[derive(Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    store: StoreArgs,
}

/// Which target.
#[derive(Args)]
pub(crate) struct LettersArgs {
    /// The target, by its name in the configuration of the daemon
    target: String,
    #[command(flatten)]
    store: StoreArgs,
}

/// Which letters.
#[derive(Args)]
pub(crate) struct AgainArgs {
    /// The target, by its name in the configuration of the daemon
    target: String,
    /// The positions of the letters, as `comity targets letters` shows them
    #[arg(required_unless_present = "all", value_name = "POSITION")]
    positions: Vec<u64>,
    /// All that are on the list
    #[arg(long, conflicts_with = "positions")]
    all: bool,
    #[command(flatten)]
    store: StoreArgs,
}

/// Which letter.
#[derive(Args)]
pub(crate) struct SetAsideArgs {
    /// The target, by its name in the configuration of the daemon
    target: String,
    /// The position of the letter, as `comity targets letters` shows it
    position: u64,
    #[command(flatten)]
    store: StoreArgs,
}

impl TargetsCommand {
    /// The name that stands in JSON documents.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::List(_) => "targets list",
            Self::Letters(_) => "targets letters",
            Self::Again(_) => "targets again",
            Self::SetAside(_) => "targets set-aside",
        }
    }
}

pub(crate) fn run(command: &TargetsCommand) -> Result<Answer, Failure> {
    match command {
        TargetsCommand::List(args) => at_desk(&args.store, async |desk| list(desk).await),
        TargetsCommand::Letters(args) => {
            let target = named(&args.target)?;
            at_desk(&args.store, async |desk| shown(desk, &target).await)
        }
        TargetsCommand::Again(args) => {
            let target = named(&args.target)?;
            at_desk(&args.store, async |desk| {
                let positions = if args.all {
                    letters(desk, &target).await?.into_iter().map(|letter| letter.position).collect()
                } else {
                    args.positions.clone()
                };
                again(desk, &target, &positions).await
            })
        }
        TargetsCommand::SetAside(args) => {
            let target = named(&args.target)?;
            at_desk(&args.store, async |desk| set_aside(desk, &target, args.position).await)
        }
    }
}

fn named(name: &str) -> Result<TargetName, Failure> {
    name.parse().map_err(|_| {
        Failure::usage(format!("`{}` is no name of a target", short(name)), "comity targets list shows them")
    })
}

/// How far a target was told.
#[derive(serde::Serialize, serde::Deserialize)]
struct Told {
    target: String,
    through: u64,
    behind: u64,
    waiting: usize,
    dead_letters: usize,
}

/// What could not be delivered.
#[derive(serde::Serialize, serde::Deserialize)]
struct Letter {
    position: u64,
    attempts: u32,
    why: String,
}

#[cfg(feature = "remote")]
#[derive(serde::Deserialize)]
struct TargetsTold {
    targets: Vec<Told>,
}

#[cfg(feature = "remote")]
#[derive(serde::Deserialize)]
struct LettersTold {
    letters: Vec<Letter>,
}

async fn targets(desk: &Desk) -> Result<Vec<Told>, Failure> {
    #[cfg(feature = "remote")]
    if let Some(daemon) = &desk.daemon {
        return Ok(daemon.fetch::<TargetsTold>("/v1/targets").await?.targets);
    }
    let told = desk.engine.targets().await?.into_iter().map(|state| Told {
        target: state.name.to_string(),
        through: state.through.0,
        behind: state.behind,
        waiting: state.waiting.len(),
        dead_letters: state.dead,
    });
    Ok(told.collect())
}

async fn letters(desk: &Desk, target: &TargetName) -> Result<Vec<Letter>, Failure> {
    #[cfg(feature = "remote")]
    if let Some(daemon) = &desk.daemon {
        return Ok(daemon.fetch::<LettersTold>(&format!("/v1/targets/{target}/letters")).await?.letters);
    }
    let letters = desk.engine.dead_letters(target).await?.into_iter().map(|letter| Letter {
        position: letter.dead.position.0,
        attempts: letter.dead.attempts,
        why: letter.dead.why,
    });
    Ok(letters.collect())
}

async fn send_again(desk: &Desk, target: &TargetName, position: u64) -> Result<(), Failure> {
    #[cfg(feature = "remote")]
    if let Some(daemon) = &desk.daemon {
        return daemon.tell(Method::Post, &format!("/v1/targets/{target}/letters/{position}/again")).await;
    }
    Ok(desk.engine.send_again(target, Position(position), &desk.account).await?)
}

async fn put_aside(desk: &Desk, target: &TargetName, position: u64) -> Result<(), Failure> {
    #[cfg(feature = "remote")]
    if let Some(daemon) = &desk.daemon {
        return daemon.tell(Method::Delete, &format!("/v1/targets/{target}/letters/{position}")).await;
    }
    Ok(desk.engine.set_aside(target, Position(position), &desk.account).await?)
}

async fn list(desk: &Desk) -> Result<Answer, Failure> {
    let targets = targets(desk).await?;
    let mut page = Page::new();
    let mut table = Table::new();
    for one in &targets {
        let Told { target, through, behind, waiting, dead_letters } = one;
        let dead = if *dead_letters > 0 { Tone::Bad } else { Tone::Plain };
        table.row([
            cell(Tone::Strong, target),
            cell(Tone::Plain, format!("told up to {through}, {behind} behind")),
            cell(Tone::Plain, format!("{waiting} waiting")),
            cell(dead, counted(*dead_letters, "dead letter")),
        ]);
    }
    if targets.is_empty() {
        page.wrapped(
            0,
            Tone::Plain,
            "Nobody was ever told of anything: no target is configured, or no daemon has run.",
        );
    } else {
        page.table(0, &table);
    }
    if let Some(one) = targets.iter().find(|one| one.dead_letters > 0) {
        let next = format!("comity targets letters {}{}", quoted(&one.target), desk.options);
        page.labelled((Tone::Strong, "next"), 0, &next);
    }
    Ok(Answer::fine(page, json!({ "targets": targets })))
}

async fn shown(desk: &Desk, target: &TargetName) -> Result<Answer, Failure> {
    let letters = letters(desk, target).await?;
    let mut page = Page::new();
    let mut table = Table::new();
    for Letter { position, attempts, why } in &letters {
        table.row([
            cell(Tone::Strong, position.to_string()).right(),
            cell(Tone::Plain, format!("tried {attempts} times")),
            cell(Tone::Bad, why),
        ]);
    }
    if letters.is_empty() {
        page.wrapped(0, Tone::Plain, "Everything that was given up has been decided on.");
    } else {
        page.table(0, &table);
        let next = format!("comity targets again {target} --all{}", desk.options);
        page.labelled((Tone::Strong, "next"), 0, &next);
    }
    Ok(Answer::fine(page, json!({ "target": target.as_str(), "letters": letters })))
}

async fn again(desk: &Desk, target: &TargetName, positions: &[u64]) -> Result<Answer, Failure> {
    for position in positions {
        send_again(desk, target, *position).await?;
    }
    let many = counted(positions.len(), "letter");
    let mut page = Page::new();
    page.line(&[(Tone::Good, "asked for"), (Tone::Plain, "  "), (Tone::Strong, &many)]);
    page.wrapped(
        0,
        Tone::Plain,
        "The daemon delivers them soon; until they are taken they stay on the list.",
    );
    let next = format!("comity targets letters {target}{}", desk.options);
    page.labelled((Tone::Strong, "next"), 0, &next);
    let document = decided(target, positions);
    Ok(Answer::recorded(page, document, format!("recorded: {many} of {target} to be delivered again")))
}

async fn set_aside(desk: &Desk, target: &TargetName, position: u64) -> Result<Answer, Failure> {
    put_aside(desk, target, position).await?;
    let mut page = Page::new();
    let place = position.to_string();
    page.line(&[(Tone::Good, "set aside"), (Tone::Plain, "  letter "), (Tone::Strong, &place)]);
    let document = decided(target, &[position]);
    Ok(Answer::recorded(page, document, format!("recorded: letter {position} of {target} is set aside")))
}

fn decided(target: &TargetName, positions: &[u64]) -> Value {
    json!({ "target": target.as_str(), "positions": positions })
}
