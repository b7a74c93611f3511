//! `comity check`: every procedure of a library, and everything that is wrong with it.

pub(crate) mod calendars;
mod chronologies;
mod cited;
mod linked;
mod paths;
mod proofs;
mod sarif;

use std::path::{Path, PathBuf};

use clap::Args;
use comity_core::verify::USUAL_BOUND;
use comity_language::library::{Disk, Files, HeldBack, Library, Loaded, load, load_one};
use comity_language::{Diagnostic, Part, Severity, is_chronology};
use serde_json::{Value, json};

use self::calendars::{Ending, ending};
use self::cited::{Uncited, cited_in, uncited};
use self::proofs::{Proof, proofs};
use crate::answer::Answer;
use crate::context::{ClockArgs, counted};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::print::{Cell, Page, Table, Tone, cell};

/// What to check.
#[derive(Args)]
pub(crate) struct CheckArgs {
    /// A library, one of its folders, or one procedure file
    #[arg(default_value = "workflows", value_name = "PATH")]
    path: PathBuf,
    /// How many configurations of each procedure are searched before a proof is left undecided
    #[arg(long, value_name = "NUMBER", default_value_t = USUAL_BOUND)]
    bound: usize,
    /// Tell how long each search took
    #[arg(long)]
    times: bool,
    /// Tell of one property or safeguard: what it says and, if it does not hold, the path that shows it, with dates
    #[arg(long, value_name = "PROPERTY")]
    explain: Option<String>,
    /// Write that path as a chronology, which `comity replay` plays
    #[arg(long, value_name = "FILE", requires = "explain")]
    write_path: Option<PathBuf>,
    /// Write all findings as SARIF, for editors and code review
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,
    #[command(flatten)]
    clock: ClockArgs,
}

pub(crate) fn run(args: &CheckArgs) -> Result<Answer, Failure> {
    let Read { files, mut library, is_whole, chronologies } = read(&args.path)?;
    let citations = chronologies::wrong_citations(files.as_ref(), &library, &chronologies);
    if library.procedures.is_empty() && library.diagnostics.is_empty() {
        if !library.left_open.is_empty() {
            let what = format!("`{}` leaves a side open, and nothing runs under it", args.path.display());
            return Err(Failure::usage(what, "check its folder: it is checked by what builds on it"));
        }
        let what = format!("there is no procedure in `{}`", args.path.display());
        return Err(Failure::usage(
            what,
            "a library has folders, and these have procedures called NAME.yaml",
        ));
    }
    let is_loaded = library.diagnostics.iter().all(|one| one.severity != Severity::Error);
    library.diagnostics.extend(citations);
    let uncited = if is_whole { uncited(&library, files.as_ref()) } else { Vec::new() };
    let ending = ending(&library, args.clock.clock().now(), calendars::A_YEAR);
    let proofs = proofs(&library, files.as_ref(), args.bound);
    let errors = library.diagnostics.iter().filter(|one| one.severity == Severity::Error).count();
    if let Some(path) = &args.sarif {
        let findings = sarif::sarif(&library.diagnostics, &proofs);
        write(path, &format!("{findings:#}\n"))?;
    }
    let exit = match (is_loaded, errors) {
        (false, _) => Exit::Procedure,
        (true, 0) if !proofs.iter().any(Proof::stands_in_the_way) => Exit::Fine,
        (true, _) => Exit::Failed,
    };
    if let Some(name) = &args.explain {
        return explained(args, name, (&library, files.as_ref()), &proofs).map(|answer| answer.ending(exit));
    }
    let mut page = Page::new();
    page.table(0, &overview(&library));
    page.table(0, &failed(&library));
    if !library.diagnostics.is_empty() {
        page.blank();
        page.append(&diagnostics_page(&library.diagnostics));
    }
    if !uncited.is_empty() || !ending.is_empty() {
        page.blank();
        page.append(&looks(&uncited, &ending));
    }
    if !proofs.is_empty() {
        page.blank();
        for proof in &proofs {
            proof.print(&mut page, args.times);
        }
    }
    page.blank();
    let to_look_at: usize = uncited.iter().map(|one| one.articles.len()).sum();
    let loaded = match library.procedures.len() {
        1 => "1 procedure loads".to_owned(),
        several => format!("{several} procedures load"),
    };
    let summary = [
        (Tone::Strong, loaded),
        (if errors > 0 { Tone::Bad } else { Tone::Plain }, format!(" · {}", counted(errors, "error"))),
        (Tone::Plain, format!(" · {} that no rule cites", counted(to_look_at, "article"))),
    ];
    let pieces: Vec<_> = summary.iter().map(|(tone, text)| (*tone, text.as_str())).collect();
    page.line(if is_whole { &pieces } else { pieces.get(..2).unwrap_or(&pieces) });
    Ok(Answer::fine(page, document(&library, &uncited, &ending, &proofs, errors)).ending(exit))
}

/// Tells of one property, and writes its path if that is asked for.
fn explained(
    args: &CheckArgs,
    name: &str,
    (library, files): (&Library, &dyn Files),
    proofs: &[Proof],
) -> Result<Answer, Failure> {
    let found = proofs::called(proofs, name)?;
    let mut page = Page::new();
    if !library.diagnostics.is_empty() {
        page.append(&diagnostics_page(&library.diagnostics));
    }
    for (proof, property) in &found {
        proofs::explain(proof, property, &mut page);
    }
    if let Some(file) = &args.write_path {
        let mut paths =
            found.iter().filter_map(|(proof, property)| Some((proof, property, paths::of(property)?)));
        let (proof, property, path) = match (paths.next(), paths.next()) {
            (Some(one), None) => one,
            (None, _) => {
                let what = format!("`{name}` has no path that could be written");
                return Err(Failure::usage(what, "only what a path refutes has one"));
            }
            (Some(_), Some(_)) => {
                let what = format!("`{name}` has a path in several procedures");
                return Err(Failure::usage(what, "name one procedure file"));
            }
        };
        let title = format!("{} does not hold", property.name);
        write(file, &paths::chronology(&proof.procedure, &title, path, (library, files))?)?;
        page.line(&[(Tone::Plain, &format!("written to {}", file.display()))]);
    }
    let document = json!({
        "proofs": found.iter().map(|(proof, _)| proof.json()).collect::<Vec<_>>(),
        "explained": name,
    });
    Ok(Answer::fine(page, document))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|source| Failure::File { path: path.to_owned(), source })
}

/// What lies at a path.
struct Read {
    files: Box<dyn Files>,
    library: Library,
    /// Whether it is the whole of a library.
    is_whole: bool,
    /// The chronologies there, as the library knows them.
    chronologies: Vec<String>,
}

fn read(path: &Path) -> Result<Read, Failure> {
    if !path.exists() {
        let what = format!("there is nothing at `{}`", path.display());
        return Err(Failure::usage(what, "name a library, one of its folders, or a procedure file"));
    }
    let within = |root: PathBuf, only: Vec<String>, chronologies: Vec<String>| {
        let files: Box<dyn Files> = Box::new(Disk::new(root));
        let mut library = Library::default();
        for path in only {
            let one = load_one(files.as_ref(), &path);
            library.procedures.extend(one.procedures);
            library.diagnostics.extend(one.diagnostics);
            library.held_back.extend(one.held_back);
            library.left_open.extend(one.left_open);
            library.calendars.extend(one.calendars);
        }
        // Two procedures of a folder share its files, whose flaws are then found twice.
        library.diagnostics.sort_by(|one, other| {
            (&one.file, one.line, one.column, &one.message).cmp(&(
                &other.file,
                other.line,
                other.column,
                &other.message,
            ))
        });
        library.diagnostics.dedup();
        Read { files, library, is_whole: false, chronologies }
    };
    if path.is_dir() {
        let names = procedures_in(path);
        if names.is_empty() {
            let files: Box<dyn Files> = Box::new(Disk::new(path));
            let library = load(files.as_ref());
            let chronologies =
                files.list().unwrap_or_default().into_iter().filter(|name| is_chronology(name));
            let chronologies = chronologies.collect();
            return Ok(Read { files, library, is_whole: true, chronologies });
        }
        let (root, folder) = root_of(path)?;
        let inside = |names: Vec<String>| names.iter().map(|name| format!("{folder}/{name}")).collect();
        return Ok(within(root, inside(names), inside(files_in(path, is_chronology))));
    }
    let (root, folder) = root_of(path.parent().unwrap_or(Path::new("")))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(within(root, vec![format!("{folder}/{name}")], Vec::new()))
}

/// The procedure files that lie in a folder itself.
fn procedures_in(folder: &Path) -> Vec<String> {
    files_in(folder, |name| name.strip_suffix(".yaml").is_some_and(|stem| !stem.contains('.')))
}

fn files_in(folder: &Path, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| is_wanted(name)).collect();
    names.sort();
    names
}

/// The library that an instrument's folder lies in, and the folder's name.
fn root_of(folder: &Path) -> Result<(PathBuf, String), Failure> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let whole = folder.canonicalize().map_err(|source| Failure::File { path: folder.to_owned(), source })?;
    let name = whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // Keep the path as it was given where that is possible, for it stands in every message.
    let given = folder.parent().filter(|_| folder.file_name().is_some());
    let root = match given {
        Some(parent) if parent.as_os_str().is_empty() => PathBuf::from("."),
        Some(parent) => parent.to_owned(),
        None => whole.parent().unwrap_or(&whole).to_owned(),
    };
    Ok((root, name))
}

fn overview(library: &Library) -> Table {
    let mut table = Table::new();
    let titles = [
        "",
        "procedure",
        "edition",
        "tracks",
        "acts",
        "clocks",
        "facts",
        "documents",
        "grounds",
        "articles cited",
    ];
    table.row(titles.into_iter().enumerate().map(|(at, title)| {
        let title = cell(Tone::Faint, title);
        if at > 1 { title.right() } else { title }
    }));
    for loaded in &library.procedures {
        let procedure = &loaded.procedure;
        let (cited, there) = cited_in(loaded);
        let number = |number: usize| cell(Tone::Plain, number.to_string()).right();
        let cells: [Cell; 10] = [
            cell(Tone::Good, "ok"),
            cell(Tone::Plain, &loaded.path),
            cell(Tone::Plain, procedure.version().to_string()).right(),
            number(procedure.tracks().len()),
            number(procedure.acts().len()),
            number(procedure.clocks().len()),
            number(procedure.facts().len()),
            number(procedure.documents().len()),
            number(procedure.grounds().len()),
            cell(Tone::Plain, format!("{cited} of {there}")).right(),
        ];
        table.row(cells);
    }
    table
}

/// What does not run, in a table of its own, since its sentences are longer than any name.
fn failed(library: &Library) -> Table {
    let mut table = Table::new();
    let mut bad: Vec<&str> = library.diagnostics.iter().map(|one| one.file.as_str()).collect();
    bad.dedup();
    for file in bad {
        let flaws = library.diagnostics.iter().filter(|one| one.file == file).count();
        table
            .row([cell(Tone::Bad, "FAIL"), cell(Tone::Plain, format!("{file}: {}", counted(flaws, "flaw")))]);
    }
    for path in &library.left_open {
        let text = format!("{path}: leaves a side open; checked through what builds on it");
        table.row([cell(Tone::Plain, "base"), cell(Tone::Plain, text)]);
    }
    for one in &library.held_back {
        let text = format!("{}: rests on {}", one.file, one.because_of.join(", "));
        table.row([cell(Tone::Bad, "FAIL"), cell(Tone::Plain, text)]);
    }
    table
}

fn looks(uncited: &[Uncited], ending: &[Ending]) -> Page {
    let mut page = Page::new();
    for one in ending {
        page.labelled((Tone::Heed, "look"), 0, &one.sentence());
    }
    for one in uncited {
        let articles: Vec<String> = one
            .articles
            .iter()
            .map(|article| format!("{} (line {})", article.number, article.line))
            .collect();
        let text = format!("{}: no rule cites {}", one.file, articles.join(", "));
        page.labelled((Tone::Heed, "look"), 0, &text);
    }
    page
}

/// Diagnostics as they are printed everywhere.
pub(crate) fn diagnostics_page(diagnostics: &[Diagnostic]) -> Page {
    let mut page = Page::new();
    for diagnostic in diagnostics {
        let tone = |part: Part| match part {
            Part::Position | Part::Message => Tone::Strong,
            Part::Label => match diagnostic.severity {
                Severity::Error => Tone::Bad,
                Severity::Warning => Tone::Heed,
            },
            Part::Gutter => Tone::Faint,
            Part::Underline => Tone::Bad,
            Part::Remedy => Tone::Good,
            Part::SourceLine | Part::Plain => Tone::Plain,
        };
        let parts = diagnostic.parts();
        page.pieces(parts.iter().map(|(part, text)| (tone(*part), text.as_str())));
        page.blank();
    }
    page
}

/// A diagnostic for programs.
pub(crate) fn diagnostic_json(diagnostic: &Diagnostic) -> Value {
    json!({
        "code": diagnostic.code.word(),
        "severity": diagnostic.severity.word(),
        "file": diagnostic.file,
        "line": diagnostic.line,
        "column": diagnostic.column,
        "length": diagnostic.length,
        "message": diagnostic.message,
        "remedy": diagnostic.remedy,
        "suggestion": diagnostic.suggestion,
        "source": diagnostic.source_line,
    })
}

fn document(
    library: &Library,
    uncited: &[Uncited],
    ending: &[Ending],
    proofs: &[Proof],
    errors: usize,
) -> Value {
    let procedure = |loaded: &Loaded| {
        let (procedure, (cited, there)) = (&loaded.procedure, cited_in(loaded));
        json!({
            "name": loaded.name,
            "file": loaded.path,
            "title": procedure.title(),
            "edition": procedure.version(),
            "meaning": procedure.meaning().to_string(),
            "tracks": procedure.tracks().len(),
            "acts": procedure.acts().len(),
            "clocks": procedure.clocks().len(),
            "facts": procedure.facts().len(),
            "documents": procedure.documents().len(),
            "grounds": procedure.grounds().len(),
            "articles": { "cited": cited, "there": there },
        })
    };
    let look = |one: &Uncited| {
        let articles = one.articles.iter().map(
            |article| json!({ "article": article.number, "heading": article.heading, "line": article.line }),
        );
        json!({ "file": one.file, "articles": articles.collect::<Vec<_>>() })
    };
    let held_back = |one: &HeldBack| json!({ "file": one.file, "because_of": one.because_of });
    json!({
        "errors": errors,
        "procedures": library.procedures.iter().map(procedure).collect::<Vec<_>>(),
        "diagnostics": library.diagnostics.iter().map(diagnostic_json).collect::<Vec<_>>(),
        "left_open": library.left_open,
        "held_back": library.held_back.iter().map(held_back).collect::<Vec<_>>(),
        "uncited": uncited.iter().map(look).collect::<Vec<_>>(),
        "proofs": proofs.iter().map(Proof::json).collect::<Vec<_>>(),
        "calendars_ending": ending.iter().map(Ending::json).collect::<Vec<_>>(),
    })
}
