//! Words of one width, side by side, found again by what they say.
//!
//! A million configurations are a million small lists. Each on its own would cost more in pointers than it says.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

/// Different lists of words, all as long, numbered in the order in which they came.
#[derive(Clone, Default)]
pub(super) struct Keys {
    width: usize,
    words: Vec<u64>,
    places: HashTable<u32>,
}

impl Keys {
    pub(super) fn new(width: usize) -> Self {
        Self { width, words: Vec::new(), places: HashTable::new() }
    }

    /// How many words each list has.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// The list with this number.
    pub(super) fn at(&self, place: u32) -> Option<&[u64]> {
        let is_there = usize::try_from(place).is_ok_and(|place| place < self.len());
        is_there.then(|| list_at(&self.words, self.width, place))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u64]> {
        (0..).map_while(|place| self.at(place))
    }

    /// The number of a list.
    pub(super) fn find(&self, key: &[u64]) -> Option<u32> {
        // Compared word by word: they are few.
        let is_it = |place: &u32| list_at(&self.words, self.width, *place).iter().eq(key);
        self.places.find(hash_of(key), is_it).copied()
    }

    /// Adds a list that is not there yet, and gives its number; nothing, if there are more than can be numbered.
    pub(super) fn add(&mut self, key: &[u64]) -> Option<u32> {
        debug_assert!(key.len() == self.width && self.find(key).is_none());
        let place = u32::try_from(self.len()).ok()?;
        self.words.extend_from_slice(key);
        let (words, width) = (&self.words, self.width);
        let hash_at = |place: &u32| hash_of(list_at(words, width, *place));
        self.places.insert_unique(hash_of(key), place, hash_at);
        Some(place)
    }

    pub(super) fn clear(&mut self) {
        *self = Self::new(self.width);
    }
}

impl PartialEq for Keys {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

fn hash_of(key: &[u64]) -> u64 {
    let mut hasher = FxHasher::default();
    for word in key {
        hasher.write_u64(*word);
    }
    hasher.finish()
}

fn list_at(words: &[u64], width: usize, place: u32) -> &[u64] {
    let begins = usize::try_from(place).unwrap_or(usize::MAX).saturating_mul(width);
    words.get(begins..begins.saturating_add(width)).unwrap_or_default()
}
