//! What does not fit the types of a procedure.

use comity_core::name::{KnownName, Name};
use comity_core::procedure::Meaning;

use crate::row::Procedure;

/// Why something untyped is not what a type stands for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotThis {
    /// The case runs under another procedure.
    #[error("the case runs under `{found}`, and the types are those of `{wanted}`")]
    OtherProcedure {
        /// The procedure of the types.
        wanted: Name,
        /// The one that applies.
        found: Name,
    },
    /// The case runs under another edition of the procedure.
    #[error(
        "the case runs under another edition of `{procedure}` ({applies}) than the types were made from ({compiled}); compile the \
         program with that edition, or migrate the case"
    )]
    OtherEdition {
        /// The procedure.
        procedure: Name,
        /// What the types mean.
        compiled: Meaning,
        /// What applies.
        applies: Meaning,
    },
    /// The track stands elsewhere.
    #[error("`{track}` stands at `{stands}`, not at `{wanted}`")]
    OtherStage {
        /// The track.
        track: Name,
        /// The stage of the type.
        wanted: Name,
        /// Where it stands.
        stands: Name,
    },
    /// There is no row of that name.
    #[error("`{procedure}` has no {table} `{name}`")]
    NoSuchRow {
        /// The procedure of the types.
        procedure: Name,
        /// The type that stands for the table.
        table: &'static str,
        /// What was asked for.
        name: String,
    },
    /// A fact is not known that is held there.
    #[error("`{fact}` is not known, and is held wherever `{track}` stands at `{stage}`")]
    NotHeld {
        /// The fact.
        fact: Name,
        /// The track.
        track: Name,
        /// The stage.
        stage: Name,
    },
    /// A value is none that the fact may have.
    #[error("the value of `{fact}` is none that the fact may have")]
    BadValue {
        /// The fact.
        fact: Name,
    },
    /// A fact was not given that the act needs.
    #[error("`{act}` needs the fact `{fact}`")]
    FactMissing {
        /// The act.
        act: Name,
        /// The fact.
        fact: Name,
    },
    /// A fact was given that the act does not take, or was given twice.
    #[error("`{act}` does not take the fact `{fact}`, or not twice")]
    FactTooMany {
        /// The act.
        act: Name,
        /// The fact.
        fact: Name,
    },
    /// Another than those who may did it.
    #[error("`{by}` is not among those who may do `{what}`")]
    OtherAuthority {
        /// The act, or the ground that was considered.
        what: Name,
        /// Who.
        by: Name,
    },
}

impl NotThis {
    /// No row of a table of the procedure `T` is called `name`.
    #[must_use]
    pub fn no_row<T: crate::Typed>(name: &str) -> Self {
        let whole = std::any::type_name::<T>();
        let table = whole.rsplit("::").next().unwrap_or(whole);
        Self::NoSuchRow { procedure: <T::Procedure as Procedure>::NAME.into(), table, name: name.to_owned() }
    }

    pub(crate) fn other_authority(what: KnownName, by: &Name) -> Self {
        Self::OtherAuthority { what: what.into(), by: by.clone() }
    }
}
