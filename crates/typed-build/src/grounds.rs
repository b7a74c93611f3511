//! Grounds: what is found about each, by those who consider it.

use comity_core::procedure::Procedure;
use proc_macro2::TokenStream;
use quote::quote;

use crate::acts::{By, row};
use crate::doc;
use crate::ident::{SameName, Scope, known};

pub(crate) fn items(procedure: &Procedure) -> Result<TokenStream, SameName> {
    let mut scope = Scope::new();
    let (mut structs, mut idents, mut docs, mut names) =
        (TokenStream::new(), Vec::new(), Vec::new(), Vec::new());
    for (_, name, ground) in procedure.grounds().iter() {
        let ident = scope.camel(name)?;
        let by = By::of(procedure, &ground.considered_by, &ident, &mut scope)?;
        let about = doc::paragraphs([
            doc::title(&ground.title),
            format!("A {} ground for refusal.", ground.force),
            doc::by(procedure, &ground.considered_by),
            doc::basis(procedure, &ground.basis),
        ]);
        let row = row(name, &ground.title, &ground.basis.to_string());
        let (all, who, enumeration, field) = (by.all(), by.name(), by.item(&ground.title), by.field());
        let (read_by, by_field) = by.read();
        let field = field.map(|field| quote! { , #field });
        let by_field = by_field.map(|field| quote! { , #field });
        structs.extend(quote! {
            #about
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct #ident {
                /// Whether it applies.
                pub applies: _ty::bool
                #field
            }

            #enumeration

            impl _ty::Typed for #ident {
                type Procedure = super::This;
            }

            impl _ty::Finding for #ident {
                const ROW: _ty::Row = #row;
                #all

                fn applies(&self) -> _ty::bool { self.applies }

                fn by(&self) -> _ty::KnownName { #who }

                fn read(
                    applies: _ty::bool,
                    by: &_ty::Name,
                ) -> _ty::Result<Self, _ty::NotThis> {
                    #read_by
                    _ty::Result::Ok(Self { applies #by_field })
                }
            }

            impl _ty::From<#ident> for super::What {
                fn from(finding: #ident) -> Self {
                    Self::Finding(super::Finding::#ident(finding))
                }
            }
        });
        docs.push(doc::line(&doc::title(&ground.title)));
        names.push(known(name));
        idents.push(ident);
    }
    let into = if idents.is_empty() {
        quote! { match self {} }
    } else {
        quote! { match self { #(Self::#idents(finding) => _ty::Finding::into_what(finding)),* } }
    };
    Ok(quote! {
        /// The grounds, each with what may be found about it.
        pub mod grounds { use super::_ty; #structs }

        /// What was found about any ground.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Finding { #(#docs #idents(grounds::#idents)),* }

        impl Finding {
            /// The finding as the core takes it.
            #[must_use]
            pub fn into_what(self) -> _ty::UntypedWhat { #into }

            /// The finding from what the core keeps of it.
            ///
            /// # Errors
            ///
            /// Returns `NotThis` if there is no such ground, or another authority considered it.
            pub fn read(
                ground: &_ty::Name,
                applies: _ty::bool,
                by: &_ty::Name,
            ) -> _ty::Result<Self, _ty::NotThis> {
                let _ = (applies, by);
                #(
                    if ground.as_str() == const { #names }.as_str() {
                        return _ty::Finding::read(applies, by).map(Self::#idents);
                    }
                )*
                _ty::Result::Err(_ty::NotThis::no_row::<Ground>(ground.as_str()))
            }
        }
    })
}
