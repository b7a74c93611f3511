//! Acts: a struct for each, with its facts.

use comity_core::name::Name;
use comity_core::procedure::{Act, AuthorityId, Procedure};
use comity_core::table::Id;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::doc;
use crate::facts::{Field, From, fields};
use crate::ident::{SameName, Scope, known};

pub(crate) fn items(procedure: &Procedure) -> Result<TokenStream, SameName> {
    let mut scope = Scope::new();
    let (mut structs, mut idents, mut docs, mut names) =
        (TokenStream::new(), Vec::new(), Vec::new(), Vec::new());
    for (_, name, act) in procedure.acts().iter() {
        let ident = scope.camel(name)?;
        let by = By::of(procedure, &act.by, &ident, &mut scope)?;
        structs.extend(one(procedure, (name, act), &ident, &by)?);
        docs.push(doc::line(&doc::title(&act.title)));
        names.push(known(name));
        idents.push(ident);
    }
    let any = any(&idents, &docs, &names);
    Ok(quote! {
        /// The acts, each with the facts that are recorded with it.
        pub mod acts { use super::_ty; #structs }
        #any
    })
}

/// Who may do something.
pub(crate) struct By {
    /// Their enum, if there are several.
    called: Option<Ident>,
    variants: Vec<Ident>,
    docs: Vec<TokenStream>,
    names: Vec<TokenStream>,
}

impl By {
    /// Those of `what`, whose enum is called after it.
    pub(crate) fn of(
        procedure: &Procedure,
        who: &[AuthorityId],
        what: &Ident,
        scope: &mut Scope,
    ) -> Result<Self, SameName> {
        let rows: Vec<_> =
            who.iter().filter_map(|id| procedure.authorities().iter().nth(id.index())).collect();
        let called = format!("{what}By");
        let called = if rows.len() > 1 { Some(scope.take(&called.clone(), called)?) } else { None };
        let mut inner = Scope::new();
        Ok(Self {
            called,
            variants: rows.iter().map(|(_, name, _)| inner.camel(name)).collect::<Result<_, _>>()?,
            docs: rows.iter().map(|(_, _, one)| doc::line(&doc::title(&one.title))).collect(),
            names: rows.iter().map(|(_, name, _)| known(name)).collect(),
        })
    }

    /// The enum, with its way to names.
    pub(crate) fn item(&self, title: &str) -> TokenStream {
        let Some(called) = &self.called else { return TokenStream::new() };
        let Self { variants, docs, names, .. } = self;
        let about = doc::line(&format!("Who may do it: {}", doc::title(title)));
        quote! {
            #about
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum #called { #(#docs #variants),* }

            impl #called {
                /// Its name in the file.
                #[must_use]
                pub fn name(self) -> _ty::KnownName {
                    match self { #(Self::#variants => const { #names }),* }
                }
            }
        }
    }

    /// The field of the struct.
    pub(crate) fn field(&self) -> Option<TokenStream> {
        let called = self.called.as_ref()?;
        Some(quote! {
            /// Who does it.
            pub by: #called
        })
    }

    /// The names of all, as a constant of a trait.
    pub(crate) fn all(&self) -> TokenStream {
        let names = &self.names;
        quote! { const BY: &'static [_ty::KnownName] = &[#(#names),*]; }
    }

    /// The name of whoever does it.
    pub(crate) fn name(&self) -> TokenStream {
        match (&self.called, self.names.first()) {
            (Some(_), _) => quote! { self.by.name() },
            (None, Some(only)) => quote! { const { #only } },
            // Every act has somebody who may do it.
            (None, None) => quote! { Self::ROW.name },
        }
    }

    /// Reads who did it; the value of the field, if there is one.
    pub(crate) fn read(&self) -> (TokenStream, Option<TokenStream>) {
        let Self { called, variants, names, .. } = self;
        let who = quote! { _ty::who };
        match called {
            Some(called) => (
                quote! { let by = #who(Self::ROW.name, by, &[#((const { #names }, #called::#variants)),*])?; },
                Some(quote! { by }),
            ),
            None => (quote! { #who(Self::ROW.name, by, &[#((const { #names }, ())),*])?; }, None),
        }
    }
}

fn one(
    procedure: &Procedure,
    (name, act): (&Name, &Act),
    ident: &Ident,
    by: &By,
) -> Result<TokenStream, SameName> {
    let mut scope = Scope::with(&["by"]);
    let must = fields(procedure, &act.records, &mut scope, From::One)?;
    let may = fields(procedure, &act.may_record, &mut scope, From::One)?;
    let docs = docs(procedure, act);
    let row = crate::acts::row(name, &act.title, &act.basis.to_string());
    let (all, who, enumeration) = (by.all(), by.name(), by.item(&act.title));
    let declared = by.field().into_iter().chain(must.iter().map(|Field { ident, docs, of, .. }| {
        quote! { #docs pub #ident: #of }
    }));
    let declared = declared.chain(may.iter().map(|Field { ident, docs, of, .. }| {
        quote! { #docs pub #ident: _ty::Option<#of> }
    }));
    let declared: Vec<TokenStream> = declared.collect();
    let body = if declared.is_empty() {
        quote! { ; }
    } else {
        quote! { { #(#declared),* } }
    };
    let given = must.iter().map(|Field { ident, name, .. }| quote! { .must(const { #name }, self.#ident) });
    let given = given
        .chain(may.iter().map(|Field { ident, name, .. }| quote! { .may(const { #name }, self.#ident) }));
    let (read_by, by_field) = by.read();
    let read = must.iter().map(|Field { ident, name, .. }| quote! { #ident: given.must(const { #name })? });
    let read = read
        .chain(may.iter().map(|Field { ident, name, .. }| quote! { #ident: given.may(const { #name })? }));
    let read: Vec<TokenStream> = by_field.into_iter().chain(read).collect();
    let made = if declared.is_empty() {
        quote! { Self }
    } else {
        quote! { Self { #(#read),* } }
    };
    let takes_facts = !must.is_empty() || !may.is_empty();
    let mutable = if takes_facts {
        quote! { mut }
    } else {
        quote! {}
    };
    let takes_two = act.four_eyes;
    Ok(quote! {
        #docs
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct #ident #body

        #enumeration

        impl _ty::Typed for #ident {
            type Procedure = super::This;
        }

        impl _ty::Act for #ident {
            const ROW: _ty::Row = #row;
            #all
            const TAKES_TWO: bool = #takes_two;

            fn by(&self) -> _ty::KnownName { #who }

            fn facts(
                self,
            ) -> _ty::Vec<(_ty::Name, _ty::Value)> {
                _ty::FactsToGive::default() #(#given)* .done()
            }

            fn read(
                by: &_ty::Name,
                facts: &[(_ty::Name, _ty::Value)],
            ) -> _ty::Result<Self, _ty::NotThis> {
                #read_by
                let #mutable given = _ty::FactsGiven::of(Self::ROW.name, facts);
                let this = #made;
                given.none_left()?;
                _ty::Result::Ok(this)
            }
        }

        impl _ty::From<#ident> for super::Act {
            fn from(act: #ident) -> Self {
                Self::#ident(act)
            }
        }

        impl _ty::From<#ident> for super::What {
            fn from(act: #ident) -> Self {
                Self::Act(act.into())
            }
        }
    })
}

pub(crate) fn row(name: &Name, title: &str, basis: &str) -> TokenStream {
    let name = known(name);
    quote! { _ty::Row { name: #name, title: #title, basis: #basis } }
}

fn docs(procedure: &Procedure, act: &Act) -> TokenStream {
    let when = act.when.as_ref().map(|when| format!("When: {}.", doc::code(&when.words(procedure))));
    let unless = act.unless.iter().map(|one| {
        format!("Unless: {}. {}", doc::code(&one.when.words(procedure)), doc::basis(procedure, &one.basis))
    });
    let two = if act.four_eyes { "It takes two persons: one proposes it, another confirms it." } else { "" };
    let first = [doc::title(&act.title), doc::by(procedure, &act.by), when.unwrap_or_default()];
    let last = [two.to_owned(), doc::basis(procedure, &act.basis)];
    doc::paragraphs(first.into_iter().chain(unless).chain(last))
}

/// Any act.
fn any(idents: &[Ident], docs: &[TokenStream], names: &[TokenStream]) -> TokenStream {
    let (into, name) = if idents.is_empty() {
        (quote! { match self {} }, quote! { match *self {} })
    } else {
        (
            quote! { match self { #(Self::#idents(act) => _ty::Act::into_what(act)),* } },
            quote! { match self { #(Self::#idents(_) => ActName::#idents),* } },
        )
    };
    quote! {
        /// Any act, with the facts that are recorded with it.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Act { #(#docs #idents(acts::#idents)),* }

        impl Act {
            /// Which act.
            #[must_use]
            pub fn name(&self) -> ActName { #name }

            /// The act as the core takes it.
            #[must_use]
            pub fn into_what(self) -> _ty::UntypedWhat { #into }

            /// The act from what the core keeps of it.
            ///
            /// # Errors
            ///
            /// Returns `NotThis` if there is no such act, or it was recorded under another edition.
            pub fn read(
                act: &_ty::Name,
                by: &_ty::Name,
                facts: &[(_ty::Name, _ty::Value)],
            ) -> _ty::Result<Self, _ty::NotThis> {
                let _ = (by, facts);
                #(
                    if act.as_str() == const { #names }.as_str() {
                        return _ty::Act::read(by, facts).map(Self::#idents);
                    }
                )*
                _ty::Result::Err(_ty::NotThis::no_row::<ActName>(act.as_str()))
            }
        }
    }
}
