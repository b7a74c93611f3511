//! Reading a procedure file, with all that is wrong with it.

use std::path::{Path, PathBuf};

use comity_core::procedure::Procedure;
use comity_language::library::Disk;
use comity_language::{Diagnostic, Severity, load_one};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::ident::{self, SameName};
use crate::{doc, items};

/// The module of a procedure.
#[derive(Clone, Debug)]
pub struct Module {
    /// The name that it has by itself: `norvane_calderia_extradition`.
    pub name: Ident,
    /// What is said of it.
    pub docs: TokenStream,
    /// What stands in it.
    pub items: TokenStream,
    /// The files that it was made from, from the root of the library.
    pub files: Vec<PathBuf>,
    /// The root of the library.
    pub library: PathBuf,
}

impl Module {
    /// The module as it stands in a program, under a visibility and a name.
    #[must_use]
    pub fn called(&self, visibility: &TokenStream, name: &Ident) -> TokenStream {
        let Self { docs, items, .. } = self;
        quote! {
            #docs
            #[allow(
                dead_code, unreachable_pub, unused_imports, clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction,
                reason = "generated: it holds all that the procedure holds, used or not"
            )]
            #visibility mod #name { #items }
        }
    }
}

/// Why there is no module.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The path names no procedure file.
    #[error("`{}` is no path of a procedure: write `LIBRARY/FOLDER/NAME.yaml`", path.display())]
    NoPath {
        /// The path.
        path: PathBuf,
    },
    /// The file, or one beside it, has flaws.
    #[error("{}", told(.0))]
    Flaws(Vec<Diagnostic>),
    /// The procedure rests on a file that cannot be used.
    #[error("`{}` is no procedure under which a case could run", path.display())]
    NotUsable {
        /// The path.
        path: PathBuf,
    },
    /// Two names become one.
    #[error("{}: {same}", path.display())]
    SameName {
        /// The path.
        path: PathBuf,
        /// Which.
        same: SameName,
    },
}

fn told(flaws: &[Diagnostic]) -> String {
    let told: Vec<String> = flaws.iter().map(ToString::to_string).collect();
    told.join("\n")
}

/// Reads the procedure at `path` and makes its module. The library is the folder two above the file, unless `library` names
/// another: then `path` lies in it.
///
/// # Errors
///
/// Returns [`ReadError`] with every flaw of the file, each with its file, line and column.
pub fn module(path: &Path, library: Option<&Path>) -> Result<Module, ReadError> {
    let no_path = || ReadError::NoPath { path: path.to_owned() };
    let root = library.or_else(|| path.parent()?.parent()).ok_or_else(no_path)?;
    let inside = path.strip_prefix(root).map_err(|_| no_path())?;
    let parts: Option<Vec<&str>> = inside.iter().map(|part| part.to_str()).collect();
    let inside = parts.filter(|parts| parts.len() > 1).ok_or_else(no_path)?.join("/");
    let mut library = load_one(&Disk::new(root), &inside);
    library.diagnostics.retain(|one| one.severity == Severity::Error);
    let Some(loaded) = library.procedures.iter().find(|one| one.path == inside) else {
        return Err(if library.diagnostics.is_empty() {
            ReadError::NotUsable { path: path.to_owned() }
        } else {
            ReadError::Flaws(library.diagnostics)
        });
    };
    let made =
        items(&loaded.procedure).map_err(|same| ReadError::SameName { path: path.to_owned(), same })?;
    Ok(Module {
        name: ident::ident(&ident::snake(&loaded.name)),
        docs: docs(&loaded.procedure),
        items: made,
        files: loaded.texts.iter().map(|text| PathBuf::from(&text.path)).collect(),
        library: root.to_owned(),
    })
}

fn docs(procedure: &Procedure) -> TokenStream {
    let sources = procedure.sources().iter().map(|(_, name, source)| {
        let since = source.in_force.map(|day| format!(", in force since {day}")).unwrap_or_default();
        format!("- {}: {}{since}", doc::code(name.as_str()), doc::plain(&source.title))
    });
    let sides =
        procedure.sides().iter().map(|(_, name, side)| format!("{name} {}", procedure.state_of(side)));
    doc::paragraphs([
        doc::title(procedure.title()),
        format!(
            "The types of {}, edition {}. Sides: {}.",
            doc::code(procedure.name().as_str()),
            procedure.version(),
            doc::plain(&sides.collect::<Vec<_>>().join(", "))
        ),
        sources.collect::<Vec<_>>().join("\n"),
    ])
}
