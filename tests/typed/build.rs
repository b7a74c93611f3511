//! Makes the module of every procedure of the treaty library, and the list of them.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use comity_language::library::{Disk, load};
use comity_typed_build::generate;

const LIBRARY: &str = "../../workflows";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={LIBRARY}");
    let (mut modules, mut each) = (String::new(), String::new());
    let library = load(&Disk::new(LIBRARY));
    if let Some(flaw) = library.diagnostics.first() {
        return Err(flaw.to_string().into());
    }
    for loaded in &library.procedures {
        generate(Path::new(LIBRARY).join(&loaded.path))?;
        let (name, module) = (&loaded.name, loaded.name.replace(['/', '-', '.'], "_"));
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
