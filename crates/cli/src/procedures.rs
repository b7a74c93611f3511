//! Procedures as a person names them: by name in a library, or by the path of a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use comity_core::procedure::SharedProcedure;
use comity_language::library::{Disk, Library, Loaded, load, load_one};
use comity_language::{Labels, Severity};

use crate::context::LibraryArgs;
use crate::failure::Failure;
use crate::print::short;

/// The procedure that `word` names: a name such as `nz-kr/extradition` in the library, or the path of a file, whose library is
/// the folder around its folder.
///
/// # Errors
///
/// Returns [`Failure`] if there is no such procedure, or it does not load.
pub(crate) fn find(word: &str, library: &LibraryArgs) -> Result<Loaded, Failure> {
    let path = Path::new(word);
    if path.extension().is_some_and(|extension| extension == "yaml") {
        return at(path);
    }
    if path.is_dir() {
        return Err(Failure::usage(
            format!("`{}` is a folder, and one procedure is wanted", short(word)),
            "name the procedure, such as nz-kr/extradition, or its file",
        ));
    }
    named(word, library)
}

fn named(name: &str, args: &LibraryArgs) -> Result<Loaded, Failure> {
    let files = args.files()?;
    let path = format!("{name}.yaml");
    let list = files.list().unwrap_or_default();
    if list.contains(&path) {
        return taken(load_one(files.as_ref(), &path), &path);
    }
    let library = load(files.as_ref());
    let names: Vec<&str> = library.procedures.iter().map(|one| one.name.as_str()).collect();
    let near = names
        .iter()
        .max_by(|one, other| strsim::jaro_winkler(one, name).total_cmp(&strsim::jaro_winkler(other, name)));
    let next = match near.filter(|near| strsim::jaro_winkler(near, name) > 0.75) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the procedures here are {}", names.join(", ")),
    };
    Err(Failure::usage(format!("there is no procedure `{}`", short(name)), next))
}

fn at(path: &Path) -> Result<Loaded, Failure> {
    let shown = path.display();
    if !path.is_file() {
        return Err(Failure::usage(format!("there is no file `{shown}`"), "check the path"));
    }
    // The folders above are asked of the whole path, so that a file in the present folder has some too.
    let whole = path.canonicalize().map_err(|source| Failure::File { path: path.to_owned(), source })?;
    let inner = whole.parent().and_then(Path::parent);
    let (Some(root), Some(name)) = (inner, inner.and_then(|root| whole.strip_prefix(root).ok())) else {
        return Err(Failure::usage(
            format!("`{shown}` lies in no folder of a library"),
            "a library has folders, and these have procedures called NAME.yaml",
        ));
    };
    let name = name.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    taken(load_one(&Disk::new(PathBuf::from(root)), &name), &name)
}

/// The procedure under the titles of a language, if one is asked for.
///
/// # Errors
///
/// Returns [`Failure`] if there are no labels in that language.
pub(crate) fn in_language(loaded: &Loaded, language: Option<&str>) -> Result<SharedProcedure, Failure> {
    let Some(language) = language else { return Ok(Arc::clone(&loaded.procedure)) };
    match loaded.in_language(language) {
        Some(procedure) => Ok(Arc::new(procedure)),
        None => Err(no_labels(&loaded.name, language, &loaded.labels)),
    }
}

/// What is said where a procedure has no labels in a language.
pub(crate) fn no_labels(name: &str, language: &str, labels: &[Arc<Labels>]) -> Failure {
    let there: Vec<&str> = labels.iter().map(|labels| labels.language.as_str()).collect();
    let next = if there.is_empty() {
        format!("write `labels.{}.yaml` beside it", short(language))
    } else {
        format!("there are labels in {}", there.join(", "))
    };
    Failure::usage(format!("`{name}` has no labels in `{}`", short(language)), next)
}

/// The one procedure that was read. What is wrong with a procedure that it is linked to keeps nobody from looking at it.
fn taken(library: Library, path: &str) -> Result<Loaded, Failure> {
    let Library { procedures, diagnostics, left_open, .. } = library;
    if let Some(loaded) = procedures.into_iter().find(|one| one.path == path) {
        return Ok(loaded);
    }
    if left_open.iter().any(|open| open == path) {
        return Err(Failure::usage(
            format!("`{path}` leaves a side open, and nothing runs under it"),
            "name a procedure that builds on it and says which State that side is",
        ));
    }
    let diagnostics = diagnostics.into_iter().filter(|one| one.severity == Severity::Error).collect();
    Err(Failure::Procedures { what: format!("`{path}` does not load"), diagnostics })
}
