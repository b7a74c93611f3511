//! Anything that may take effect in a case, to and from the untyped core.

use proc_macro2::TokenStream;
use quote::quote;

/// The same of every procedure: what differs stands in the types that it names.
pub(crate) fn items() -> TokenStream {
    let (arrival, what) = (arrival(), what());
    quote! { #arrival #what }
}

fn arrival() -> TokenStream {
    quote! {
        /// A document that arrived.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Arrival {
            /// Which.
            pub document: Document,
            /// In which form it came.
            pub form: _ty::ArrivedForm,
            /// The language of the translation that came with it (BCP 47), if one did.
            pub translated_into: _ty::Option<_ty::String>,
        }

        impl Document {
            /// It arrived in a form, without a translation.
            #[must_use]
            pub fn arrived(self, form: _ty::ArrivedForm) -> Arrival {
                Arrival { document: self, form, translated_into: _ty::Option::None }
            }
        }

        impl Arrival {
            /// With a translation into a language, by its tag (BCP 47).
            #[must_use]
            pub fn translated_into(mut self, language: impl _ty::Into<_ty::String>) -> Self {
                self.translated_into = _ty::Option::Some(language.into());
                self
            }
        }

        impl _ty::From<Arrival> for What {
            fn from(arrival: Arrival) -> Self {
                Self::Document(arrival)
            }
        }

        impl _ty::From<Fact> for What {
            fn from(fact: Fact) -> Self {
                Self::Fact(fact)
            }
        }

        impl _ty::From<Act> for What {
            fn from(act: Act) -> Self {
                Self::Act(act)
            }
        }

        impl _ty::From<Finding> for What {
            fn from(finding: Finding) -> Self {
                Self::Finding(finding)
            }
        }
    }
}

fn what() -> TokenStream {
    quote! {
        /// What took effect in a case.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum What {
            /// An authority did an act.
            Act(Act),
            /// A document arrived.
            Document(Arrival),
            /// A ground was considered.
            Finding(Finding),
            /// A fact became known.
            Fact(Fact),
            /// A linked case reached a stage.
            Learned {
                /// What follows from it here.
                lesson: Lesson,
                /// The linked case.
                from: _ty::CaseId,
                /// Its entry from which it follows.
                entry: _ty::EntryNumber,
            },
        }

        impl What {
            /// With the moment at which it took effect, as the core and the engine take it.
            #[must_use]
            pub fn at(self, when: _ty::When) -> _ty::Deed {
                _ty::Deed { when, what: self.into() }
            }
        }

        impl _ty::From<What> for _ty::UntypedWhat {
            fn from(what: What) -> Self {
                match what {
                    What::Act(act) => act.into_what(),
                    What::Document(Arrival { document, form, translated_into }) => {
                        Self::Document(_ty::UntypedArrival {
                            document: _ty::Named::name(document),
                            form,
                            translated_into,
                        })
                    }
                    What::Finding(finding) => finding.into_what(),
                    What::Fact(fact) => {
                        let (fact, value) = fact.into_parts();
                        Self::Fact { fact, value }
                    }
                    What::Learned { lesson, from, entry } => {
                        let (fact, value) = lesson.into_parts();
                        match value {
                            _ty::Value::Choice(value) => {
                                Self::Learned { fact, value, from, entry }
                            }
                            // A lesson is the stage of a track, which is one of several words.
                            value => Self::Fact { fact, value },
                        }
                    }
                }
            }
        }

        impl _ty::TryFrom<&_ty::UntypedWhat> for What {
            type Error = _ty::NotThis;

            fn try_from(
                what: &_ty::UntypedWhat,
            ) -> _ty::Result<Self, _ty::NotThis> {
                use _ty::UntypedWhat as Untyped;
                _ty::Result::Ok(match what {
                    Untyped::Act { act, by, facts } => Self::Act(Act::read(act, by, facts)?),
                    Untyped::Document(arrival) => Self::Document(Arrival {
                        document: _ty::Named::named(arrival.document.as_str())?,
                        form: arrival.form,
                        translated_into: arrival.translated_into.clone(),
                    }),
                    Untyped::Finding { ground, applies, by } => {
                        Self::Finding(Finding::read(ground, *applies, by)?)
                    }
                    Untyped::Fact { fact, value } => Self::Fact(Fact::read(fact, value)?),
                    Untyped::Learned { fact, value, from, entry } => {
                        let value = _ty::Value::Choice(value.clone());
                        Self::Learned { lesson: Lesson::read(fact, &value)?, from: *from, entry: *entry }
                    }
                })
            }
        }
    }
}
