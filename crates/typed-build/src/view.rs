//! Where a case stands, in the types of its procedure.

use comity_core::procedure::Procedure;
use proc_macro2::TokenStream;
use quote::quote;

use crate::doc;
use crate::ident::{SameName, Scope, known};

/// What a view has by itself, so that a track of that name gets a line after it.
const OWN: &[&str] =
    &["of", "untyped", "facts", "clock", "due", "is_open", "why_closed", "act", "holds", "stages"];

pub(crate) fn items(procedure: &Procedure) -> Result<TokenStream, SameName> {
    let (mut types, mut methods) = (Scope::new(), Scope::with(OWN));
    let (mut tracks, mut names, mut docs) = (Vec::new(), Vec::new(), Vec::new());
    for (_, name, track) in procedure.tracks().iter() {
        tracks.push(types.camel(name)?);
        names.push(methods.snake(name)?);
        docs.push(doc::line(&doc::title(&track.title)));
    }
    let own = own();
    let known: Vec<TokenStream> = procedure.tracks().names().map(known).collect();
    let many = known.len();
    Ok(quote! {
        /// Where a case stands at one moment, as known at one moment.
        #[derive(Clone, Debug)]
        pub struct View<'v> {
            untyped: &'v _ty::View,
            facts: Facts,
            tracks: Tracks,
        }

        #[derive(Clone, Debug)]
        struct Tracks { #(#names: tracks::#tracks),* }

        impl<'v> View<'v> {
            /// The view in the types of the procedure.
            ///
            /// # Errors
            ///
            /// Returns `NotThis` if another procedure or edition applies.
            pub fn of(
                untyped: &'v _ty::View,
            ) -> _ty::Result<Self, _ty::NotThis> {
                <This as _ty::Procedure>::applies_to(untyped)?;
                _ty::Result::Ok(Self {
                    untyped,
                    facts: Facts::of(untyped)?,
                    tracks: Tracks { #(#names: tracks::#tracks::of(untyped)?),* },
                })
            }

            #(
                #docs
                #[must_use]
                pub fn #names(&self) -> &tracks::#tracks {
                    &self.tracks.#names
                }
            )*

            /// Every track with the stage at which it stands, by their names in the file and in its order.
            #[must_use]
            pub fn stages(&self) -> [(_ty::KnownName, _ty::KnownName); #many] {
                [#((const { #known }, self.tracks.#names.stage())),*]
            }

            #own
        }
    })
}

fn own() -> TokenStream {
    quote! {
        /// The view as the core gives it.
        #[must_use]
        pub fn untyped(&self) -> &'v _ty::View {
            self.untyped
        }

        /// What is known of the facts.
        #[must_use]
        pub fn facts(&self) -> &Facts {
            &self.facts
        }

        /// A clock and its runs. There is one for each name; none is left out.
        #[must_use]
        pub fn clock(&self, clock: Clock) -> _ty::Option<_ty::ClockView<'v>> {
            self.untyped.clock(_ty::Named::row(clock).name.as_str())
        }

        /// The limits that run, the soonest first, each with the first instant that is too late.
        #[must_use]
        pub fn due(&self) -> _ty::Vec<(_ty::Moment, Clock)> {
            let due = self.untyped.due().into_iter();
            due.filter_map(|(ends, clock)| _ty::Option::Some((ends, _ty::Named::named(clock.name.as_str()).ok()?))).collect()
        }

        /// Whether an act may be done.
        #[must_use]
        pub fn is_open(&self, act: ActName) -> _ty::bool {
            self.act(act).is_some_and(|act| act.is_open())
        }

        /// Why an act may not be done, each reason as an officer reads it; nothing if it may.
        #[must_use]
        pub fn why_closed(&self, act: ActName) -> _ty::Vec<_ty::Rejection> {
            self.act(act).map(|act| act.closed_because).unwrap_or_default()
        }

        /// An act, with who may do it and the times that it was done.
        #[must_use]
        pub fn act(&self, act: ActName) -> _ty::Option<_ty::ActView<'v>> {
            self.untyped.act(_ty::Named::row(act).name.as_str())
        }

        /// Whether a condition holds.
        #[must_use]
        pub fn holds(&self, condition: Condition) -> _ty::Option<_ty::Truth> {
            let name = _ty::Named::row(condition).name;
            let found = self.untyped.conditions().into_iter().find(|one| one.name.as_str() == name.as_str());
            found.map(|one| one.holds)
        }
    }
}
