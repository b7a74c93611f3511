//! A procedure and the rows of its tables, as types.

use std::fmt;

use comity_core::View;
use comity_core::name::{KnownName, Name};
use comity_core::procedure::Meaning;

use crate::NotThis;

/// A procedure as a type: what is known of it while a program is compiled.
pub trait Procedure: Copy + fmt::Debug + Send + Sync + 'static {
    /// Its name, `folder/name`.
    const NAME: KnownName;
    /// The edition, from 1.
    const VERSION: u32;
    /// What it is called.
    const TITLE: &'static str;
    /// The digest of what it means. A case is pinned to one, so that this says whether the types fit it.
    const MEANING: Meaning;

    /// Whether the types fit what applies to a case.
    ///
    /// # Errors
    ///
    /// Returns [`NotThis::OtherProcedure`] or [`NotThis::OtherEdition`] if another procedure applies, or another edition of this one.
    fn applies_to(view: &View) -> Result<(), NotThis> {
        let applies = view.procedure();
        if applies.meaning() == Self::MEANING {
            return Ok(());
        }
        let (wanted, found) = (Name::from(Self::NAME), applies.name().clone());
        Err(if wanted == found {
            NotThis::OtherEdition { procedure: found, compiled: Self::MEANING, applies: applies.meaning() }
        } else {
            NotThis::OtherProcedure { wanted, found }
        })
    }
}

/// What belongs to one procedure.
pub trait Typed {
    /// The procedure.
    type Procedure: Procedure;
}

/// A row of a table of a procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub name: KnownName,
    /// What it is called.
    pub title: &'static str,
    /// The provisions that it rests on; empty for what cites none.
    pub basis: &'static str,
}

/// The names of one table of a procedure: each variant is a row.
pub trait Named: Typed + Copy + fmt::Debug + PartialEq + Send + Sync + 'static {
    /// Every row, in the order of the file.
    const ALL: &'static [Self];

    /// The row.
    fn row(self) -> &'static Row;

    /// Its name, as the core takes it.
    fn name(self) -> Name {
        self.row().name.into()
    }

    /// What it is called.
    fn title(self) -> &'static str {
        self.row().title
    }

    /// The provisions that it rests on, as the file cites them.
    fn basis(self) -> &'static str {
        self.row().basis
    }

    /// The row of a name.
    ///
    /// # Errors
    ///
    /// Returns [`NotThis::NoSuchRow`] if the table has none.
    fn named(name: &str) -> Result<Self, NotThis> {
        let found = Self::ALL.iter().copied().find(|one| one.row().name.as_str() == name);
        found.ok_or_else(|| NotThis::no_row::<Self>(name))
    }
}
