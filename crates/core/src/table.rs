//! Rows by name and by dense number, so that a fold neither hashes nor compares names.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use crate::name::Name;

/// The number of a row in a [`Table`] of one procedure.
pub trait Id: Copy {
    /// The number as an index from 0.
    fn index(self) -> usize;
    /// The id of the row at `index`.
    fn from_index(index: u16) -> Self;
}

/// Declares ids, one type for each table.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u16);

        impl $crate::table::Id for $name {
            fn index(self) -> usize { usize::from(self.0) }
            fn from_index(index: u16) -> Self { Self(index) }
        })+
    };
}

pub(crate) use ids;

/// Up to so many names it is faster to compare them all, most by their length alone, than to search among them.
const FEW: usize = 24;

/// Rows in the author's order, each with a name of its own.
#[derive(Clone, Debug)]
pub struct Table<I, T> {
    rows: Vec<(Name, T)>,
    by_name: BTreeMap<Name, u16>,
    id: PhantomData<I>,
}

impl<I: Id, T> Table<I, T> {
    pub(crate) fn new() -> Self {
        Self { rows: Vec::new(), by_name: BTreeMap::new(), id: PhantomData }
    }

    /// Adds a row; nothing if the name is taken or the table is full.
    pub(crate) fn push(&mut self, name: Name, row: T) -> Option<I> {
        let index = u16::try_from(self.rows.len()).ok()?;
        if self.by_name.contains_key(&name) {
            return None;
        }
        self.by_name.insert(name.clone(), index);
        self.rows.push((name, row));
        Some(I::from_index(index))
    }

    /// The row with this id.
    #[must_use]
    pub fn get(&self, id: I) -> Option<&T> {
        self.rows.get(id.index()).map(|(_, row)| row)
    }

    /// The id of the row called `name`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<I> {
        if self.rows.len() <= FEW {
            return self.iter().find(|(_, row, _)| row.as_str() == name).map(|(id, _, _)| id);
        }
        self.by_name.get(name).copied().map(I::from_index)
    }

    /// The row of an id that this procedure made.
    #[expect(clippy::indexing_slicing, reason = "ids are made by `push` of the same procedure only")]
    pub(crate) fn at(&self, id: I) -> &T {
        &self.rows[id.index()].1
    }

    /// The name of an id that this procedure made.
    #[expect(clippy::indexing_slicing, reason = "ids are made by `push` of the same procedure only")]
    pub(crate) fn name(&self, id: I) -> &Name {
        &self.rows[id.index()].0
    }

    /// All rows with id and name, in the author's order.
    pub fn iter(&self) -> impl Iterator<Item = (I, &Name, &T)> {
        (0..).zip(&self.rows).map(|(index, (name, row))| (I::from_index(index), name, row))
    }

    /// All rows with their names, to be changed. Neither order nor names can be.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&Name, &mut T)> {
        self.rows.iter_mut().map(|(name, row)| (&*name, row))
    }

    /// All ids, in the author's order.
    pub fn ids(&self) -> impl Iterator<Item = I> + use<I, T> {
        (0..).take(self.rows.len()).map(I::from_index)
    }

    /// All names, in the author's order.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.rows.iter().map(|(name, _)| name)
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}
