//! From a procedure file to the Rust types that stand for it.
//!
//! The macro of `comity-typed` uses it while a program is compiled. A build script may use it too, so that the module lies in a file
//! that can be read:
//!
//! ```no_run
//! // build.rs
//! # fn main() -> Result<(), comity_typed_build::BuildError> {
//! comity_typed_build::generate("workflows/norvane-calderia/extradition.yaml")?;
//! # Ok(()) }
//! ```
//!
//! and in the program `comity_typed::include_procedure!("norvane_calderia_extradition");`.
//!
//! What is made hangs on the texts of the procedure alone: the same files make the same module, on every machine.

mod acts;
mod case;
mod doc;
mod facts;
mod grounds;
mod ident;
mod read;
mod rows;
mod script;
mod tracks;
mod view;
mod ways;
mod what;

use comity_core::procedure::Procedure;
use proc_macro2::TokenStream;
use quote::quote;

pub use ident::SameName;
pub use read::{Module, ReadError, module};
pub use script::{BuildError, generate, generate_from};

/// The items of the module of a procedure.
///
/// # Errors
///
/// Returns [`SameName`] if two names of the file become one name of Rust.
pub(crate) fn items(procedure: &Procedure) -> Result<TokenStream, SameName> {
    let this = this(procedure);
    let facts = facts::items(procedure)?;
    let acts = acts::items(procedure)?;
    let grounds = grounds::items(procedure)?;
    let rows = rows::items(procedure)?;
    let what = what::items();
    let tracks = tracks::items(procedure)?;
    let view = view::items(procedure)?;
    let case = case::items(procedure)?;
    Ok(
        quote! { use ::comity_typed::made as _ty; #this #facts #acts #grounds #rows #what #tracks #view #case },
    )
}

fn this(procedure: &Procedure) -> TokenStream {
    let (name, version, title) = (ident::known(procedure.name()), procedure.version(), procedure.title());
    let meaning = procedure.meaning().0;
    let doc = doc::line(&format!("`{}`, edition {version}, as a type.", procedure.name()));
    quote! {
        #doc
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct This;

        impl _ty::Procedure for This {
            const NAME: _ty::KnownName = #name;
            const VERSION: u32 = #version;
            const TITLE: &'static str = #title;
            const MEANING: _ty::Meaning =
                _ty::Meaning([#(#meaning),*]);
        }
    }
}
