//! For build scripts: the module as a file.

use std::path::{Path, PathBuf};

use quote::quote;

use crate::read::{ReadError, module};

/// Why a build script made no module.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Cargo tells build scripts where they are; this is none.
    #[error("`{0}` is not set: call it from a build script")]
    NoScript(&'static str),
    /// The procedure cannot be used.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// What was made is no Rust. This is a fault of this crate.
    #[error("the module of `{}` cannot be written: {message}", path.display())]
    NotRust {
        /// The procedure.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// The file cannot be written.
    #[error("`{}` cannot be written", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

/// Makes the module of a procedure, for `comity_typed::include_procedure!`. The path is taken from the folder of `Cargo.toml`, and the
/// library is the folder two above the file. Cargo is told to make it anew when one of the files changes.
///
/// # Errors
///
/// Returns [`BuildError`] with every flaw of the file, or with what kept the module from being written.
pub fn generate(path: impl AsRef<Path>) -> Result<(), BuildError> {
    generate_from(path, None)
}

/// As [`generate`], of a procedure in a library that lies deeper or higher than two folders above it.
///
/// # Errors
///
/// As [`generate`].
pub fn generate_from(path: impl AsRef<Path>, library: Option<&Path>) -> Result<(), BuildError> {
    let of_cargo = |name| std::env::var_os(name).map(PathBuf::from).ok_or(BuildError::NoScript(name));
    let (home, out) = (of_cargo("CARGO_MANIFEST_DIR")?, of_cargo("OUT_DIR")?);
    let path = home.join(path.as_ref());
    // Also where there is no module: it is tried again once the file is mended.
    println!("cargo::rerun-if-changed={}", path.display());
    let library = library.map(|library| home.join(library));
    let module = module(&path, library.as_deref())?;
    for file in &module.files {
        println!("cargo::rerun-if-changed={}", module.library.join(file).display());
    }
    let tokens = module.called(&quote! { pub }, &module.name);
    let not_rust = |error: syn::Error| BuildError::NotRust { path: path.clone(), message: error.to_string() };
    let text = prettyplease::unparse(&syn::parse2(tokens).map_err(not_rust)?);
    let file = out.join(format!("{}.rs", module.name));
    std::fs::write(&file, text).map_err(|source| BuildError::Write { path: file, source })
}
