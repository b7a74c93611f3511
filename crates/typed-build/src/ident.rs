//! Names of the file as names of Rust.

use std::collections::HashMap;

use comity_core::name::Name;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// Two names of a procedure become one name of Rust.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{one}` and `{other}` both become `{rust}`, so that neither can be told; rename one of them")]
pub struct SameName {
    /// The one.
    pub one: String,
    /// The other.
    pub other: String,
    /// What both become.
    pub rust: String,
}

/// The words that are no names, of every edition.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Those of them that cannot be written raw either.
const NEVER_RAW: &[&str] = &["self", "super", "crate", "Self", "_"];

/// One place in which every name must be another.
pub(crate) struct Scope {
    taken: HashMap<String, String>,
    reserved: &'static [&'static str],
}

impl Scope {
    /// A place in which `reserved` are taken; a name that would be one of them gets a line after it.
    pub(crate) fn with(reserved: &'static [&'static str]) -> Self {
        Self { taken: HashMap::new(), reserved }
    }

    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// The name of a type or a variant: `held-provisionally` becomes `HeldProvisionally`.
    pub(crate) fn camel(&mut self, name: &Name) -> Result<Ident, SameName> {
        let rust = camel(name.as_str());
        self.take(name.as_str(), rust)
    }

    /// The name of a field, a function or a module: `held-provisionally` becomes `held_provisionally`.
    pub(crate) fn snake(&mut self, name: &Name) -> Result<Ident, SameName> {
        let rust = snake(name.as_str());
        self.take(name.as_str(), rust)
    }

    pub(crate) fn take(&mut self, name: &str, rust: String) -> Result<Ident, SameName> {
        let rust = if self.reserved.contains(&rust.as_str()) { format!("{rust}_") } else { rust };
        if let Some(one) = self.taken.insert(rust.clone(), name.to_owned()) {
            return Err(SameName { one, other: name.to_owned(), rust });
        }
        Ok(ident(&rust))
    }
}

/// The Rust name of a text that is one but for being a keyword.
pub(crate) fn ident(text: &str) -> Ident {
    if NEVER_RAW.contains(&text) {
        Ident::new(&format!("{text}_"), Span::call_site())
    } else if KEYWORDS.contains(&text) {
        Ident::new_raw(text, Span::call_site())
    } else {
        Ident::new(text, Span::call_site())
    }
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(['-', '.', '/'])
}

/// `section-7-2` becomes `Section7_2`, so that it is not `section-72`.
pub(crate) fn camel(name: &str) -> String {
    let mut all = String::new();
    for word in words(name) {
        let mut letters = word.chars();
        let first = letters.next();
        let ends_in_digit = all.ends_with(|last: char| last.is_ascii_digit());
        if ends_in_digit && first.is_some_and(|first| first.is_ascii_digit()) {
            all.push('_');
        }
        all.extend(first.map(|first| first.to_ascii_uppercase()));
        all.push_str(letters.as_str());
    }
    all
}

pub(crate) fn snake(name: &str) -> String {
    words(name).collect::<Vec<_>>().join("_")
}

/// A name as a constant that is checked by the compiler.
pub(crate) fn known(name: &Name) -> TokenStream {
    let name = name.as_str();
    quote! { _ty::KnownName::new(#name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    #[test]
    fn names_become_what_rust_calls_such_a_thing() {
        assert_eq!(camel("requested/foreign-ministry"), "RequestedForeignMinistry");
        assert_eq!(snake("person.date-of-birth"), "person_date_of_birth");
        assert_eq!((camel("section-7-2"), camel("section-72")), ("Section7_2".into(), "Section72".into()));
    }

    #[test]
    fn keywords_are_written_raw_and_what_cannot_be_gets_a_line() {
        let mut scope = Scope::with(&["by"]);
        assert_eq!(scope.snake(&name("type")).unwrap().to_string(), "r#type");
        assert_eq!(scope.snake(&name("self")).unwrap().to_string(), "self_");
        assert_eq!(scope.snake(&name("by")).unwrap().to_string(), "by_");
    }

    #[test]
    fn two_names_that_become_one_are_told() {
        let mut scope = Scope::new();
        scope.snake(&name("place-of.arrest")).unwrap();
        let same = scope.snake(&name("place.of-arrest")).unwrap_err();
        assert!(
            same.to_string()
                .contains("`place-of.arrest` and `place.of-arrest` both become `place_of_arrest`")
        );
    }
}
