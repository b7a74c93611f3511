//! The names of the tables of a procedure, each table an enum.

use comity_core::name::Name;
use comity_core::procedure::{Basis, Procedure};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::doc;
use crate::ident::{SameName, Scope, known};

/// A table as an enum of its names.
struct Names<'p> {
    /// The enum.
    called: &'static str,
    /// What is said of it.
    about: &'static str,
    rows: Vec<Row<'p>>,
}

/// A row of it.
struct Row<'p> {
    name: &'p Name,
    title: &'p str,
    basis: String,
    /// What is said of it, beside its title.
    more: Vec<String>,
}

pub(crate) fn items(procedure: &Procedure) -> Result<TokenStream, SameName> {
    let tables = tables(procedure);
    let enums = tables.iter().map(names).collect::<Result<Vec<_>, _>>()?;
    Ok(quote! { #(#enums)* })
}

fn tables(procedure: &Procedure) -> Vec<Names<'_>> {
    let none = Basis::default();
    let row = |name, title, basis: &Basis, more: Vec<String>| {
        let shown = doc::basis(procedure, basis);
        Row { name, title, basis: basis.to_string(), more: [more, vec![shown]].concat() }
    };
    let guard = |when: Option<&comity_core::procedure::Guard>| {
        when.map(|when| format!("When: {}.", doc::code(&when.words(procedure)))).unwrap_or_default()
    };
    let authorities =
        procedure.authorities().iter().map(|(_, name, one)| row(name, &one.title, &one.basis, vec![]));
    let links = procedure.links().iter().map(|(_, name, one)| {
        row(name, &one.title, &none, vec![format!("A case under {}.", doc::code(one.procedure.as_str()))])
    });
    let facts = procedure.facts().iter().map(|(_, name, one)| row(name, &one.title, &one.basis, vec![]));
    let conditions = procedure.conditions().iter();
    let conditions =
        conditions.map(|(_, name, one)| row(name, &one.title, &one.basis, vec![guard(Some(&one.when))]));
    let clocks = procedure.clocks().iter().map(|(_, name, one)| row(name, &one.title, &one.basis, vec![]));
    let acts = procedure.acts().iter().map(|(_, name, one)| {
        row(name, &one.title, &one.basis, vec![doc::by(procedure, &one.by), guard(one.when.as_ref())])
    });
    let obligations = procedure.obligations().iter().map(|(_, name, one)| {
        row(name, &one.title, &one.basis, vec![doc::by(procedure, &[one.bearer]), guard(one.when.as_ref())])
    });
    let documents = procedure.documents().iter();
    let documents =
        documents.map(|(_, name, one)| row(name, &one.title, &one.basis, vec![guard(one.when.as_ref())]));
    let grounds = procedure.grounds().iter().map(|(_, name, one)| {
        row(
            name,
            &one.title,
            &one.basis,
            vec![format!("A {} ground.", one.force), doc::by(procedure, &one.considered_by)],
        )
    });
    let safeguards = procedure.safeguards().iter();
    let safeguards = safeguards.map(|(_, name, one)| row(name, &one.title, &one.basis, vec![]));
    let all = |called, about, rows| Names { called, about, rows };
    vec![
        all("Authority", "The authorities.", authorities.collect()),
        all("Link", "What other cases may be to this one.", links.collect()),
        all("FactName", "The names of the facts.", facts.collect()),
        all("Condition", "What is worked out from the record.", conditions.collect()),
        all("Clock", "The limits and waiting periods.", clocks.collect()),
        all("ActName", "The names of the acts.", acts.collect()),
        all("Obligation", "What may be owed.", obligations.collect()),
        all("Document", "What a request must be accompanied by.", documents.collect()),
        all("Ground", "The reasons to refuse.", grounds.collect()),
        all("Safeguard", "What is proved of every path.", safeguards.collect()),
    ]
}

fn names(table: &Names<'_>) -> Result<TokenStream, SameName> {
    let mut scope = Scope::new();
    let called = format_ident!("{}", table.called);
    let about = doc::line(table.about);
    let (mut variants, mut idents, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    for Row { name, title, basis, more } in &table.rows {
        let ident = scope.camel(name)?;
        let docs = doc::paragraphs([vec![doc::title(title)], more.clone()].concat());
        let (name, basis) = (known(name), basis.as_str());
        variants.push(quote! { #docs #ident });
        rows.push(quote! { _ty::Row { name: #name, title: #title, basis: #basis } });
        idents.push(ident);
    }
    let many = rows.len();
    // A table without rows has no value, so that there is nothing to look up. The place of a variant is the place of its row.
    let row = if rows.is_empty() {
        quote! { match self {} }
    } else {
        quote! { &Self::ROWS[self as usize] }
    };
    Ok(quote! {
        #about
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum #called { #(#variants),* }

        impl #called {
            const ROWS: &'static [_ty::Row; #many] = &[#(#rows),*];
        }

        impl _ty::Typed for #called {
            type Procedure = This;
        }

        impl _ty::Named for #called {
            const ALL: &'static [Self] = &[#(Self::#idents),*];

            fn row(self) -> &'static _ty::Row { #row }
        }

        impl _ty::fmt::Display for #called {
            fn fmt(&self, f: &mut _ty::fmt::Formatter<'_>) -> _ty::fmt::Result {
                f.pad(_ty::Named::row(*self).name.as_str())
            }
        }
    })
}
