//! Makes the module of every procedure of the treaty library, and the list of them.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use comity_typed_build::{BuildError, ReadError, generate};

const LIBRARY: &str = "../../workflows";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={LIBRARY}");
    let (mut modules, mut each) = (String::new(), String::new());
    for path in procedures(Path::new(LIBRARY))? {
        match generate(&path) {
            Ok(()) => {}
            // A file that leaves a side open is no procedure.
            Err(BuildError::Read(ReadError::NotUsable { .. })) => continue,
            Err(error) => return Err(error.into()),
        }
        let inside = path.strip_prefix(LIBRARY)?.with_extension("");
        let name = inside.to_str().ok_or("a path that is no text")?;
        let module = name.replace(['/', '-', '.'], "_");
        writeln!(modules, "comity_typed::include_procedure!({module:?});")?;
        writeln!(each, "$each!({module}, {name:?});")?;
    }
    let list = format!(
        "{modules}\n/// Hands each module to a macro, with the name of its procedure.\n#[macro_export]\nmacro_rules! each_procedure {{\n\
         ($each:ident) => {{\n{each}}};\n}}\n"
    );
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("modules.rs"), list)?;
    Ok(())
}

/// Every file that may be a procedure: `FOLDER/NAME.yaml` with no further dot in its name.
fn procedures(library: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    for folder in std::fs::read_dir(library)? {
        let folder = folder?.path();
        if !folder.is_dir() || folder.ends_with("calendars") || folder.ends_with("counting") {
            continue;
        }
        for file in std::fs::read_dir(&folder)? {
            let file = file?.path();
            let is_yaml = file.extension().is_some_and(|extension| extension == "yaml");
            let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            if is_yaml && !stem.contains('.') {
                found.push(file);
            }
        }
    }
    found.sort();
    Ok(found)
}
