//! `comity compare`: the differences between two versions of a procedure, and the limits that move.

use clap::Args;
use comity_core::compare::{Aspect, Change, Difference, LastDay, MovedLimit, compare, moved_limits};
use comity_core::time::Day;
use comity_language::library::Loaded;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::context::{ClockArgs, LibraryArgs, counted};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::print::{Page, Tone};
use crate::procedures;

/// What to compare.
#[derive(Args)]
#[command(after_help = "Ends with 0 if the two say the same, and with 1 if they differ.")]
pub(crate) struct CompareArgs {
    /// The first version: its name in the library or its file
    #[arg(value_name = "A")]
    before: String,
    /// The second version
    #[arg(value_name = "B")]
    after: String,
    /// The day from which starts of limits are looked at; without it, today
    #[arg(long, value_name = "DATE")]
    from: Option<Day>,
    #[command(flatten)]
    library: LibraryArgs,
    #[command(flatten)]
    clock: ClockArgs,
}

pub(crate) fn run(args: &CompareArgs) -> Result<Answer, Failure> {
    let before = procedures::find(&args.before, &args.library)?;
    let after = procedures::find(&args.after, &args.library)?;
    let today = before.procedure.home().zone.day_at(args.clock.clock().now());
    let from = args.from.unwrap_or(today);
    let differences = compare(&before.procedure, &after.procedure);
    let moved = moved_limits(&before.procedure, &after.procedure, from);
    let is_same = differences.is_empty() && moved.is_empty();
    let mut page = Page::new();
    page.line(&[(Tone::Strong, &shown(&before)), (Tone::Plain, "  →  "), (Tone::Strong, &shown(&after))]);
    for difference in &differences {
        page.append(&difference_page(difference));
    }
    if !moved.is_empty() {
        page.heading("Limits that move");
        for limit in &moved {
            page.append(&limit_page(limit));
        }
    }
    page.blank();
    page.line(&[(Tone::Strong, &summary(&differences, &moved))]);
    if before.procedure.meaning() != after.procedure.meaning() && !is_same {
        page.wrapped(
            0,
            Tone::Faint,
            "The meaning differs: open cases stay with the version that they began under.",
        );
    }
    let exit = if is_same { Exit::Fine } else { Exit::Failed };
    Ok(Answer::fine(page, document(&before, &after, &differences, &moved)).ending(exit))
}

fn shown(loaded: &Loaded) -> String {
    format!("{} version {}", loaded.name, loaded.procedure.version())
}

fn summary(differences: &[Difference], moved: &[MovedLimit]) -> String {
    match (differences.len(), moved.len()) {
        (0, 0) => "The two say the same.".to_owned(),
        (differences, moved) => {
            format!("{} · {} move", counted(differences, "difference"), counted(moved, "limit"))
        }
    }
}

fn difference_page(difference: &Difference) -> Page {
    let mut page = Page::new();
    let (tone, word) = match &difference.change {
        Change::Added(_) => (Tone::Good, "added"),
        Change::Removed(_) => (Tone::Bad, "removed"),
        Change::Changed { .. } => (Tone::Heed, "changed"),
    };
    page.labelled((tone, word), 0, &headline(difference));
    match &difference.change {
        Change::Added(aspects) | Change::Removed(aspects) => {
            // The title stands in the line above.
            for Aspect { about, says } in aspects.iter().filter(|one| one.about != "title") {
                page.wrapped(12, Tone::Faint, &format!("{about}: {says}"));
            }
        }
        Change::Changed { aspect, before, after } => {
            let nothing = "(nothing)";
            let before = before.as_deref().unwrap_or(nothing);
            let after = after.as_deref().unwrap_or(nothing);
            page.wrapped(12, Tone::Plain, &format!("{aspect}: {before} → {after}"));
        }
    }
    page
}

/// `clock "The formal request arrives" (formal-request)  treaty 9(1)`.
fn headline(difference: &Difference) -> String {
    let Difference { part, name, title, basis_before, basis_after, change: _ } = difference;
    let mut words = vec![part.to_string()];
    if !title.is_empty() {
        words.push(format!("\"{title}\""));
    }
    if !name.is_empty() && name != title {
        words.push(format!("({name})"));
    }
    match (basis_before.as_str(), basis_after.as_str()) {
        ("", "") => {}
        (one, other) if one == other || other.is_empty() => words.push(format!(" {one}")),
        ("", other) => words.push(format!(" {other}")),
        (one, other) => words.push(format!(" {one}, now {other}")),
    }
    words.join(" ")
}

fn limit_page(limit: &MovedLimit) -> Page {
    let mut page = Page::new();
    let MovedLimit { clock, title, basis_before: _, basis_after, sample, moved, looked_at } = limit;
    page.labelled((Tone::Heed, "moves"), 0, &format!("\"{title}\" ({clock})  {basis_after}"));
    let line = format!("counted from {}: {} → {}", sample.start.in_words(), sample.before, sample.after);
    page.wrapped(12, Tone::Plain, &line);
    page.wrapped(12, Tone::Faint, &format!("another last day from {moved} of {looked_at} starts looked at"));
    page
}

fn document(before: &Loaded, after: &Loaded, differences: &[Difference], moved: &[MovedLimit]) -> Value {
    let version = |loaded: &Loaded| {
        json!({
            "procedure": loaded.name,
            "version": loaded.procedure.version(),
            "meaning": loaded.procedure.meaning().to_string(),
        })
    };
    json!({
        "before": version(before),
        "after": version(after),
        "same": differences.is_empty() && moved.is_empty(),
        "same_meaning": before.procedure.meaning() == after.procedure.meaning(),
        "differences": differences.iter().map(difference_json).collect::<Vec<_>>(),
        "moved_limits": moved.iter().map(limit_json).collect::<Vec<_>>(),
    })
}

fn difference_json(difference: &Difference) -> Value {
    let Difference { part, name, title, change, basis_before, basis_after } = difference;
    let aspects = |aspects: &[Aspect]| {
        aspects.iter().map(|one| json!({ "about": one.about, "says": one.says })).collect::<Vec<_>>()
    };
    let change = match change {
        Change::Added(said) => json!({ "change": "added", "says": aspects(said) }),
        Change::Removed(said) => json!({ "change": "removed", "says": aspects(said) }),
        Change::Changed { aspect, before, after } => {
            json!({ "change": "changed", "aspect": aspect, "before": before, "after": after })
        }
    };
    let row = json!({
        "part": part.word(),
        "name": name,
        "title": title,
        "basis_before": basis_before,
        "basis_after": basis_after,
    });
    crate::answer::joined(row, change)
}

fn limit_json(limit: &MovedLimit) -> Value {
    let MovedLimit { clock, title, basis_before, basis_after, sample, moved, looked_at } = limit;
    let ends = |ends: &LastDay| match ends {
        LastDay::Day(day) => json!({ "last_day": day.to_string() }),
        LastDay::Instant(moment, local) => json!({ "ends": moment.to_string(), "local": local }),
        LastDay::NotCounted(why) => json!({ "not_counted": why }),
    };
    json!({
        "clock": clock,
        "title": title,
        "basis_before": basis_before,
        "basis_after": basis_after,
        "start": sample.start.to_string(),
        "before": ends(&sample.before),
        "after": ends(&sample.after),
        "moved": moved,
        "looked_at": looked_at,
    })
}
