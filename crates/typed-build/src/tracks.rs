//! Tracks: an enum for each with what is held at each stage, and a type for each stage.

use comity_core::name::Name;
use comity_core::procedure::{Procedure, Stage, Track};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::case::Choices;
use crate::doc;
use crate::facts::{Field, From, fields};
use crate::ident::{SameName, Scope, known};

/// Names that the enum of a track and the modules of tracks have by themselves.
const OF_STAGES: &[&str] = &["Anywhere"];

pub(crate) fn items(procedure: &Procedure) -> Result<TokenStream, SameName> {
    let (mut types, mut modules) = (Scope::new(), Scope::new());
    let mut all = TokenStream::new();
    for (_, name, track) in procedure.tracks().iter() {
        let (called, module) = (types.camel(name)?, modules.snake(name)?);
        let stages = Stages::of(track)?;
        let (track_enum, stage_types) = (
            enumeration(name, track, (&called, &module), &stages),
            stage_types(procedure, name, track, &stages)?,
        );
        let choices = Choices::of(procedure, track, name).items(track, &stages)?;
        let about = doc::line(&format!("The stages of {}", doc::title(&track.title)));
        all.extend(quote! {
            #track_enum

            #about
            pub mod #module { use super::_ty; #stage_types #choices }
        });
    }
    Ok(quote! {
        /// The tracks, and where each may stand.
        pub mod tracks { use super::_ty; #all }
    })
}

/// The stages of a track by the names of Rust, in the order of the file.
pub(crate) struct Stages(pub(crate) Vec<Ident>);

impl Stages {
    pub(crate) fn of(track: &Track) -> Result<Self, SameName> {
        let mut scope = Scope::with(OF_STAGES);
        track.stages.names().map(|name| scope.camel(name)).collect::<Result<_, _>>().map(Self)
    }
}

fn enumeration(
    name: &Name,
    track: &Track,
    (called, module): (&Ident, &Ident),
    stages: &Stages,
) -> TokenStream {
    let idents = &stages.0;
    let about = doc::paragraphs([
        doc::title(&track.title),
        "Where it stands, with the facts that are held there.".into(),
    ]);
    let docs = track.stages.iter().map(|(_, _, stage)| doc::line(&stage_title(stage)));
    let names: Vec<TokenStream> = track.stages.names().map(known).collect();
    let plain = track.stages.names().map(Name::as_str);
    let first = idents.first();
    let name = known(name);
    quote! {
        #about
        #[derive(Clone, Debug, PartialEq)]
        pub enum #called { #(#docs #idents(#module::#idents)),* }

        impl #called {
            /// Where the track stands in a view.
            ///
            /// # Errors
            ///
            /// Returns `NotThis` if another procedure or edition applies.
            pub fn of(
                view: &_ty::View,
            ) -> _ty::Result<Self, _ty::NotThis> {
                <super::This as _ty::Procedure>::applies_to(view)?;
                let stands = _ty::stands::<#module::#first>(view, const { #name })?;
                match stands.as_str() {
                    #(#plain => _ty::Stage::held(view).map(Self::#idents),)*
                    other => _ty::Result::Err(_ty::NotThis::no_row::<#module::#first>(other)),
                }
            }

            /// The name of the stage in the file.
            #[must_use]
            pub fn stage(&self) -> _ty::KnownName {
                match self { #(Self::#idents(_) => const { #names },)* }
            }

            /// What the stage is called.
            #[must_use]
            pub fn title(&self) -> &'static str {
                match self { #(Self::#idents(_) => <#module::#idents as _ty::Stage>::TITLE,)* }
            }

            /// The outcome, if the track ended.
            #[must_use]
            pub fn outcome(&self) -> _ty::Option<&'static str> {
                match self { #(Self::#idents(_) => <#module::#idents as _ty::Stage>::OUTCOME,)* }
            }
        }
    }
}

fn stage_title(stage: &Stage) -> String {
    let ends = stage.outcome.as_ref().map(|outcome| format!(" The track ends here: {}", doc::title(outcome)));
    format!("{}{}", doc::title(&stage.title), ends.unwrap_or_default())
}

fn stage_types(
    procedure: &Procedure,
    name: &Name,
    track: &Track,
    stages: &Stages,
) -> Result<TokenStream, SameName> {
    let mut all = TokenStream::new();
    let track_name = known(name);
    for ((_, stage_name, stage), ident) in track.stages.iter().zip(&stages.0) {
        let held = fields(procedure, &stage.holds, &mut Scope::new(), From::Two)?;
        let docs = doc::line(&stage_title(stage));
        let declared = held.iter().map(|Field { ident, docs, of, .. }| quote! { #docs pub #ident: #of });
        let read = held.iter().map(|Field { ident, name, .. }| {
            quote! { #ident: _ty::held::<Self, _>(view, const { #name })? }
        });
        let (body, made) = if held.is_empty() {
            (quote! { ; }, quote! { { let _ = view; Self } })
        } else {
            (quote! { { #(#declared),* } }, quote! { Self { #(#read),* } })
        };
        let (stage_name, title) = (known(stage_name), stage.title.as_str());
        let outcome = stage.outcome.as_ref();
        let outcome = outcome
            .map_or_else(|| quote! { _ty::Option::None }, |outcome| quote! { _ty::Option::Some(#outcome) });
        all.extend(quote! {
            #docs
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct #ident #body

            impl _ty::Typed for #ident {
                type Procedure = super::super::This;
            }

            impl _ty::Stage for #ident {
                type Anywhere = Anywhere;

                const TRACK: _ty::KnownName = #track_name;
                const STAGE: _ty::KnownName = #stage_name;
                const TITLE: &'static str = #title;
                const OUTCOME: _ty::Option<&'static str> = #outcome;

                fn held(
                    view: &_ty::View,
                ) -> _ty::Result<Self, _ty::NotThis> {
                    _ty::Result::Ok(#made)
                }
            }
        });
    }
    Ok(all)
}
