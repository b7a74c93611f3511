//! Facts: what may be recorded of each, and what is known of all.

use comity_core::procedure::{Fact, FactId, Procedure};
use comity_core::table::Id;
use comity_core::value::FactType;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::doc;
use crate::ident::{SameName, Scope, camel, ident, known};

/// Where a type stands from where it is used: in the module itself, or in one of its modules.
#[derive(Clone, Copy)]
pub(crate) enum From {
    /// The module of the procedure.
    Top,
    /// A module in it.
    One,
    /// A module in such a module.
    Two,
}

impl From {
    pub(crate) fn path(self) -> TokenStream {
        match self {
            Self::Top => quote! {},
            Self::One => quote! { super:: },
            Self::Two => quote! { super::super:: },
        }
    }
}

/// The type of a fact, as it is written `from` somewhere.
pub(crate) fn type_of(name: &str, fact: &Fact, from: From) -> TokenStream {
    match &fact.of {
        FactType::Text => quote! { _ty::Private },
        FactType::Date => quote! { _ty::Day },
        FactType::Country => quote! { _ty::Country },
        FactType::YesNo => quote! { _ty::bool },
        FactType::Number => quote! { _ty::i64 },
        FactType::Period => quote! { _ty::Period },
        FactType::OneOf(_) => {
            let (path, choice) = (from.path(), ident(&camel(name)));
            quote! { #path facts::#choice }
        }
    }
}

/// A fact as a field of a struct.
pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) docs: TokenStream,
    pub(crate) of: TokenStream,
    /// The name of the fact, as a constant.
    pub(crate) name: TokenStream,
}

/// Some facts as fields, in one scope.
pub(crate) fn fields(
    procedure: &Procedure,
    facts: &[FactId],
    scope: &mut Scope,
    from: From,
) -> Result<Vec<Field>, SameName> {
    let rows = facts.iter().filter_map(|id| procedure.facts().iter().nth(id.index()));
    rows.map(|(_, name, fact)| {
        Ok(Field {
            ident: scope.snake(name)?,
            docs: docs(procedure, fact),
            of: type_of(name.as_str(), fact, from),
            name: known(name),
        })
    })
    .collect()
}

fn docs(procedure: &Procedure, fact: &Fact) -> TokenStream {
    doc::paragraphs([doc::title(&fact.title), doc::basis(procedure, &fact.basis)])
}

pub(crate) fn items(procedure: &Procedure) -> Result<TokenStream, SameName> {
    let choices = choices(procedure)?;
    let (fact, lesson, facts) = (recordable(procedure)?, lessons(procedure)?, known_facts(procedure)?);
    Ok(quote! {
        /// The words of the facts that are one of several.
        pub mod facts { use super::_ty; #choices }
        #fact
        #lesson
        #facts
    })
}

fn choices(procedure: &Procedure) -> Result<TokenStream, SameName> {
    let mut scope = Scope::new();
    let mut all = TokenStream::new();
    for (_, name, fact) in procedure.facts().iter() {
        let FactType::OneOf(words) = &fact.of else { continue };
        let called = scope.camel(name)?;
        let docs = docs(procedure, fact);
        let mut inner = Scope::new();
        let idents = words.iter().map(|word| inner.camel(word)).collect::<Result<Vec<_>, _>>()?;
        let about = words.iter().map(|word| doc::line(&doc::code(word.as_str())));
        let words = words.iter().map(known);
        all.extend(quote! {
            #docs
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum #called { #(#about #idents),* }

            impl _ty::Choice for #called {
                const ALL: &'static [Self] = &[#(Self::#idents),*];

                fn word(self) -> _ty::KnownName {
                    match self { #(Self::#idents => const { #words },)* }
                }
            }
        });
    }
    Ok(all)
}

/// A fact with its value, of those that are recorded by themselves.
fn recordable(procedure: &Procedure) -> Result<TokenStream, SameName> {
    let rows = procedure.facts().iter().filter(|(_, _, fact)| fact.mirrors.is_none());
    valued(
        procedure,
        &rows.map(|(id, _, _)| id).collect::<Vec<_>>(),
        "Fact",
        "A fact that became known, with its value.",
    )
}

/// A fact that follows a linked case.
fn lessons(procedure: &Procedure) -> Result<TokenStream, SameName> {
    let rows = procedure.facts().iter().filter(|(_, _, fact)| fact.mirrors.is_some());
    valued(
        procedure,
        &rows.map(|(id, _, _)| id).collect::<Vec<_>>(),
        "Lesson",
        "What is learned of a linked case: the stage of a track of it. Whoever keeps the cases records it.",
    )
}

fn valued(
    procedure: &Procedure,
    facts: &[FactId],
    called: &str,
    about: &str,
) -> Result<TokenStream, SameName> {
    let called = ident(called);
    let about = doc::line(about);
    let mut scope = Scope::new();
    let mut all = Vec::new();
    for (_, name, fact) in facts.iter().filter_map(|id| procedure.facts().iter().nth(id.index())) {
        let variant = scope.camel(name)?;
        all.push((variant, docs(procedure, fact), type_of(name.as_str(), fact, From::Top), known(name)));
    }
    let variants = all.iter().map(|(variant, docs, of, _)| quote! { #docs #variant(#of) });
    let into = all.iter().map(|(variant, _, _, name)| {
        quote! { Self::#variant(value) => (const { #name }.into(), _ty::FactValue::into_value(value)) }
    });
    let read = all.iter().map(|(variant, _, _, name)| {
        quote! {
            if fact.as_str() == const { #name }.as_str() {
                let value = _ty::FactValue::from_value(value);
                let bad = || _ty::NotThis::BadValue { fact: fact.clone() };
                return value.map(Self::#variant).ok_or_else(bad);
            }
        }
    });
    let into = if all.is_empty() {
        quote! { match self {} }
    } else {
        quote! { match self { #(#into),* } }
    };
    let unused = if all.is_empty() {
        quote! { let _ = value; }
    } else {
        quote! {}
    };
    Ok(quote! {
        #about
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum #called { #(#variants),* }

        impl #called {
            /// The fact and its value as the core takes them.
            #[must_use]
            pub fn into_parts(
                self,
            ) -> (_ty::Name, _ty::Value) {
                #into
            }

            /// The fact from the core.
            ///
            /// # Errors
            ///
            /// Returns `NotThis` if there is no such fact, or the value is of another type.
            pub fn read(
                fact: &_ty::Name,
                value: &_ty::Value,
            ) -> _ty::Result<Self, _ty::NotThis> {
                #unused
                #(#read)*
                _ty::Result::Err(_ty::NotThis::no_row::<FactName>(fact.as_str()))
            }
        }
    })
}

fn known_facts(procedure: &Procedure) -> Result<TokenStream, SameName> {
    let ids: Vec<FactId> = procedure.facts().ids().collect();
    let fields = fields(procedure, &ids, &mut Scope::new(), From::Top)?;
    let declared = fields.iter().map(|Field { ident, docs, of, .. }| {
        quote! { #docs pub #ident: _ty::Option<#of> }
    });
    let read = fields.iter().map(|Field { ident, name, .. }| {
        quote! { #ident: _ty::known(view, const { #name })? }
    });
    let unused = if fields.is_empty() {
        quote! { let _ = view; }
    } else {
        quote! {}
    };
    Ok(quote! {
        /// What is known of the facts.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Facts { #(#declared),* }

        impl Facts {
            fn of(
                view: &_ty::View,
            ) -> _ty::Result<Self, _ty::NotThis> {
                #unused
                _ty::Result::Ok(Self { #(#read),* })
            }
        }
    })
}
