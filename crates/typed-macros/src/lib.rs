//! The macro of `comity-typed`, which stands there with what it makes.

use std::path::{Path, PathBuf};

use comity_typed_build::module;
use proc_macro::TokenStream;
use proc_macro2::{Ident, Span};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{LitStr, Token, Visibility};

/// Makes a module of a procedure file.
///
/// `procedure!("workflows/nz-kr/extradition.yaml")` makes the module `nz_kr_extradition`, which anybody may use. The path is taken from
/// the folder of the program's `Cargo.toml`. The library, in which the articles and calendars of the procedure lie, is the folder two
/// above the file; `library = "…"` after it names another.
///
/// `procedure!(mod extradition = "workflows/nz-kr/extradition.yaml")` gives the module another name and visibility.
///
/// # Errors of the compiler
///
/// Everything that is wrong with the file, each with its file, line and column.
#[proc_macro]
pub fn procedure(input: TokenStream) -> TokenStream {
    let asked = syn::parse_macro_input!(input as Asked);
    asked.made().into()
}

/// What stands between the brackets.
struct Asked {
    called: Option<(Visibility, Ident)>,
    path: LitStr,
    library: Option<LitStr>,
}

impl Parse for Asked {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let called = if input.peek(LitStr) {
            None
        } else {
            let visibility = input.parse()?;
            input.parse::<Token![mod]>()?;
            let name = input.parse()?;
            input.parse::<Token![=]>()?;
            Some((visibility, name))
        };
        let path = input.parse()?;
        let mut library = None;
        if input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            let word: Ident = input.parse()?;
            if word != "library" {
                return Err(syn::Error::new(word.span(), "write `library = \"…\"`"));
            }
            input.parse::<Token![=]>()?;
            library = Some(input.parse()?);
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(Self { called, path, library })
    }
}

impl Asked {
    fn made(&self) -> proc_macro2::TokenStream {
        let span = self.path.span();
        let Some(home) = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from) else {
            return quote_spanned! { span => ::core::compile_error!("cargo did not say where `Cargo.toml` lies"); };
        };
        let path = home.join(self.path.value());
        let library = self.library.as_ref().map(|library| home.join(library.value()));
        let made = match module(&path, library.as_deref()) {
            Ok(made) => made,
            Err(error) => {
                let message = error.to_string();
                return quote_spanned! { span => ::core::compile_error!(#message); };
            }
        };
        let watched = made.files.iter().map(|file| watched(&home, &made.library.join(file)));
        let (visibility, name) = match &self.called {
            Some((visibility, name)) => (quote! { #visibility }, name.clone()),
            None => (quote! { pub }, Ident::new(&made.name.to_string(), Span::call_site())),
        };
        let module = made.called(&visibility, &name);
        quote! {
            #module
            const _: &[&[::core::primitive::u8]] = &[#(#watched),*];
        }
    }
}

/// What makes the compiler look at a file again when it changes.
fn watched(home: &Path, file: &Path) -> proc_macro2::TokenStream {
    let inside = file.strip_prefix(home).ok().and_then(Path::to_str).map(|inside| format!("/{inside}"));
    let Some(inside) = inside else {
        let whole = file.to_string_lossy();
        return quote! { ::core::include_bytes!(#whole) };
    };
    quote! { ::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #inside)) }
}
