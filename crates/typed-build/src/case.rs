//! Handles: what may be done while a track stands at a stage, and where it leads.

use std::collections::BTreeSet;

use comity_core::name::Name;
use comity_core::procedure::{Act, Procedure, StageId, Track, TrackId};
use comity_core::table::Id;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::doc;
use crate::ident::{SameName, Scope};
use crate::tracks::Stages;
use crate::ways::after;

/// What a handle has by itself, so that an act of that name gets a line after it.
const OWN: &[&str] = &["of", "id", "version", "stage", "with", "confirm", "look"];

/// What a handle may become: one stage, some, or any of the track.
pub(crate) struct Choices<'p> {
    /// Each set of several stages to which some act leads.
    sets: BTreeSet<BTreeSet<StageId>>,
    name: &'p Name,
}

impl<'p> Choices<'p> {
    pub(crate) fn of(procedure: &Procedure, track: &Track, name: &'p Name) -> Self {
        let id = procedure.tracks().find(name.as_str());
        let ways = id.into_iter().flat_map(|id| {
            track.stages.ids().flat_map(move |from| {
                procedure.acts().iter().map(move |(_, _, act)| after(procedure, act, id, from))
            })
        });
        let sets = ways.filter(|set| set.len() > 1 && set.len() < track.stages.len()).collect();
        Self { sets, name }
    }

    /// The enums of the module of the track.
    pub(crate) fn items(&self, track: &Track, stages: &Stages) -> Result<TokenStream, SameName> {
        let mut scope = Scope::with(&[]);
        // Their names stand beside those of the stages.
        for (stage, ident) in track.stages.names().zip(&stages.0) {
            scope.take(stage.as_str(), ident.to_string())?;
        }
        let all: Vec<StageId> = track.stages.ids().collect();
        let anywhere = choice(
            &scope.take(self.name.as_str(), "Anywhere".into())?,
            &all,
            stages,
            "A case, at whatever stage the track stands.",
        );
        let mut some = TokenStream::new();
        for set in &self.sets {
            let set: Vec<StageId> = set.iter().copied().collect();
            let called = called(&set, stages);
            let ident = scope.take(self.name.as_str(), called)?;
            some.extend(choice(
                &ident,
                &set,
                stages,
                "A case, at one of the stages to which an act may lead.",
            ));
        }
        Ok(quote! { #anywhere #some })
    }
}

/// `FreeOrHeld`.
fn called(set: &[StageId], stages: &Stages) -> String {
    let names = set.iter().filter_map(|id| stages.0.get(id.index())).map(ToString::to_string);
    names.collect::<Vec<_>>().join("Or")
}

fn choice(ident: &Ident, set: &[StageId], stages: &Stages, about: &str) -> TokenStream {
    let about = doc::line(about);
    let idents: Vec<&Ident> = set.iter().filter_map(|id| stages.0.get(id.index())).collect();
    quote! {
        #about
        #[derive(Clone, Debug, PartialEq)]
        pub enum #ident {
            #(
                #[doc = concat!(" At `", stringify!(#idents), "`.")]
                #idents(super::super::Case<#idents>)
            ),*
        }

        impl _ty::Standing for #ident {
            fn find(
                case: _ty::CaseId,
                view: &_ty::View,
            ) -> _ty::Result<_ty::Option<Self>, _ty::NotThis> {
                #(
                    if let _ty::Option::Some(found) = _ty::Standing::find(case, view)? {
                        return _ty::Result::Ok(_ty::Option::Some(Self::#idents(found)));
                    }
                )*
                _ty::Result::Ok(_ty::Option::None)
            }
        }
    }
}

pub(crate) fn items(procedure: &Procedure) -> Result<TokenStream, SameName> {
    let mut types = Scope::new();
    let mut modules = Scope::new();
    let mut acts = Scope::new();
    let mut methods = Scope::with(OWN);
    let mut names = Vec::new();
    for (_, name, act) in procedure.acts().iter() {
        names.push((acts.camel(name)?, methods.snake(name)?, act));
    }
    let mut all = handle();
    for (id, name, track) in procedure.tracks().iter() {
        types.camel(name)?;
        let module = modules.snake(name)?;
        let stages = Stages::of(track)?;
        for (from, ident) in track.stages.ids().zip(&stages.0) {
            let ways: TokenStream =
                names.iter().map(|act| way(procedure, act, (id, from), (&module, track, &stages))).collect();
            if !ways.is_empty() {
                all.extend(quote! { impl Case<tracks::#module::#ident> { #ways } });
            }
        }
    }
    Ok(all)
}

/// The method by which an act is done at a stage, if it moves the track from there.
fn way(
    procedure: &Procedure,
    (act_ident, method, act): &(Ident, Ident, &Act),
    (track_id, from): (TrackId, StageId),
    (module, track, stages): (&Ident, &Track, &Stages),
) -> TokenStream {
    let to: Vec<StageId> = after(procedure, act, track_id, from).into_iter().collect();
    let Some(first) = to.first() else { return TokenStream::new() };
    let titles = to.iter().filter_map(|id| track.stages.get(*id)).map(|stage| doc::plain(&stage.title));
    let leads = format!("Leads to: {}.", titles.collect::<Vec<_>>().join(", or "));
    let docs = doc::paragraphs([
        doc::title(&act.title),
        leads,
        doc::by(procedure, &act.by),
        doc::basis(procedure, &act.basis),
    ]);
    if act.four_eyes {
        return proposal(&docs, act_ident, method);
    }
    let next = match (to.len(), stages.0.get(first.index())) {
        (1, Some(only)) => quote! { Case<tracks::#module::#only> },
        (many, _) if many == track.stages.len() => quote! { tracks::#module::Anywhere },
        _ => {
            let called = format_ident!("{}", called(&to, stages));
            quote! { tracks::#module::#called }
        }
    };
    quote! {
        #docs
        #[must_use = "nothing is recorded before `record`"]
        pub fn #method(self, act: acts::#act_ident) -> _ty::Prepared<Self, #next> {
            _ty::Prepared::new(self, _ty::Act::into_what(act))
        }
    }
}

/// An act that takes two persons is proposed; confirming it is no act of its own.
fn proposal(docs: &TokenStream, act_ident: &Ident, method: &Ident) -> TokenStream {
    let method = format_ident!("propose_{}", method.to_string().trim_start_matches("r#"));
    quote! {
        #docs
        ///
        /// It takes two persons: this proposes it, and `confirm` by another account makes it count.
        #[must_use = "nothing is recorded before `record`"]
        pub fn #method(self, act: acts::#act_ident) -> _ty::PreparedProposal<Self> {
            _ty::PreparedProposal::new(self, _ty::Act::into_what(act))
        }
    }
}

/// The handle itself.
fn handle() -> TokenStream {
    quote! {
        /// A running case of which a track stands at the stage `S`, as somebody saw it at a version. There is a method for each act
        /// that can move the track from there, and for no other.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Case<S>(_ty::Handle<S>);

        impl<S: _ty::Stage<Procedure = This>> _ty::Standing for Case<S> {
            fn find(
                case: _ty::CaseId,
                view: &_ty::View,
            ) -> _ty::Result<_ty::Option<Self>, _ty::NotThis> {
                _ty::Result::Ok(<_ty::Handle<S> as _ty::Standing>::find(case, view)?.map(Self))
            }
        }

        impl<S: _ty::Stage<Procedure = This>> _ty::Wraps for Case<S> {
            type Stage = S;

            fn wrap(handle: _ty::Handle<S>) -> Self { Self(handle) }

            fn handle(self) -> _ty::Handle<S> { self.0 }
        }

        impl<S: _ty::Stage<Procedure = This>> Case<S> {
            /// A handle on a case whose track stands at the stage in `view`.
            ///
            /// # Errors
            ///
            /// Returns `NotThis` if the track stands elsewhere, or another procedure or edition applies.
            pub fn of(
                case: _ty::CaseId,
                view: &_ty::View,
            ) -> _ty::Result<Self, _ty::NotThis> {
                _ty::Handle::of(case, view).map(Self)
            }

            /// The case.
            #[must_use]
            pub fn id(&self) -> _ty::CaseId {
                self.0.id()
            }

            /// The version at which it was seen.
            #[must_use]
            pub fn version(&self) -> _ty::Version {
                self.0.version()
            }

            /// The stage, with the facts that are held there.
            #[must_use]
            pub fn stage(&self) -> &S {
                self.0.stage()
            }

            /// Anything that took effect in the case, such as a document that arrived or an act that moves other tracks. The handle
            /// comes back while the track stands where it stood.
            #[must_use = "nothing is recorded before `record`"]
            pub fn with(self, what: impl _ty::Into<What>) -> _ty::Prepared<Self, Self> {
                let what: What = what.into();
                _ty::Prepared::new(self, what.into())
            }

            /// The confirmation of what another account proposed, which counts from then on.
            #[must_use = "nothing is recorded before `record`"]
            pub fn confirm(self, entry: _ty::EntryNumber) -> _ty::PreparedConfirmation<Self> {
                _ty::PreparedConfirmation::new(self, entry)
            }

            /// Where the case stands by now.
            ///
            /// It changes nothing and may be dropped at any time.
            ///
            /// # Errors
            ///
            /// Returns `StepError` if the case cannot be read, or is no case of the procedure any more.
            pub async fn look<C: _ty::Cases>(
                &self,
                cases: &C,
            ) -> _ty::Result<S::Anywhere, _ty::StepError<C::Error>> {
                self.0.look(cases).await
            }
        }
    }
}
