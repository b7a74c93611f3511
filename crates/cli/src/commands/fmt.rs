//! `comity fmt`: the canonical form of procedure and calendar files.

use std::path::{Path, PathBuf};

use clap::Args;
use comity_language::library::{Disk, Files};
use comity_language::{Diagnostic, Source, format};
use serde_json::json;

use super::check::diagnostics_page;
use crate::answer::Answer;
use crate::context::counted;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::print::{Page, Tone};

/// Which files.
#[derive(Args)]
pub(crate) struct FmtArgs {
    /// Files, or folders of them
    #[arg(default_value = "workflows", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Change nothing, and fail if something would change
    #[arg(long)]
    check: bool,
}

/// What became of one file.
enum Formatted {
    Kept,
    Changed(String),
    Bad(Vec<Diagnostic>),
}

pub(crate) fn run(args: &FmtArgs) -> Result<Answer, Failure> {
    let (mut page, mut changed, mut bad, mut seen) = (Page::new(), Vec::new(), Vec::new(), 0);
    for path in &args.paths {
        for file in yaml_files(path)? {
            seen += 1;
            let shown = file.display().to_string();
            match formatted(&file)? {
                Formatted::Kept => {}
                Formatted::Bad(diagnostics) => {
                    page.append(&diagnostics_page(&diagnostics));
                    bad.extend(diagnostics);
                }
                Formatted::Changed(text) => {
                    let word = if args.check { "differs" } else { "written" };
                    if !args.check {
                        replace(&file, &text)?;
                    }
                    page.line(&[(Tone::Heed, word), (Tone::Plain, "  "), (Tone::Plain, &shown)]);
                    changed.push(shown);
                }
            }
        }
    }
    let would = if args.check { "would change" } else { "changed" };
    page.line(&[(Tone::Plain, &format!("{}: {} {would}", counted(seen, "file"), changed.len()))]);
    let document = json!({
        "files": seen,
        "changed": changed,
        "written": !args.check,
        "diagnostics": bad.iter().map(super::check::diagnostic_json).collect::<Vec<_>>(),
    });
    let exit = match () {
        () if !bad.is_empty() => Exit::Procedure,
        () if args.check && !changed.is_empty() => Exit::Failed,
        () => Exit::Fine,
    };
    Ok(Answer::fine(page, document).ending(exit))
}

fn formatted(file: &Path) -> Result<Formatted, Failure> {
    let text = read(file)?;
    Ok(match format(&Source::new(file.display().to_string(), text.clone())) {
        Ok(canonical) if canonical == text => Formatted::Kept,
        Ok(canonical) => Formatted::Changed(canonical),
        Err(diagnostics) => Formatted::Bad(diagnostics),
    })
}

/// Writes beside the file and then puts the new one in its place, so that a crash leaves one of the two whole.
fn replace(file: &Path, text: &str) -> Result<(), Failure> {
    let wrong = |source| Failure::File { path: file.to_owned(), source };
    let beside = file.with_extension("yaml.new");
    std::fs::write(&beside, text).map_err(wrong)?;
    std::fs::rename(&beside, file).map_err(wrong)
}

fn yaml_files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let list = Disk::new(path).list();
    let list = list.map_err(|error| Failure::usage(error.to_string(), "name a folder that can be read"))?;
    Ok(list
        .into_iter()
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "yaml"))
        .map(|name| path.join(name))
        .collect())
}

/// The text of a file that a person named.
///
/// # Errors
///
/// Returns [`Failure`] if it is no file, too large, unreadable or not UTF-8.
pub(crate) fn read(file: &Path) -> Result<String, Failure> {
    // Read from nowhere in particular, so that a message names the path as it was typed.
    let bytes = Disk::new("").read(&file.to_string_lossy()).map_err(|error| {
        let because =
            std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
        Failure::usage(format!("{error}{because}"), "check the path")
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::usage(
            format!("`{}` is not UTF-8 text from byte {at} on", file.display()),
            "save the file as UTF-8",
        )
    })
}
