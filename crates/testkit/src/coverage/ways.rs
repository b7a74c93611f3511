//! Which ways from stage to stage were gone.

use comity_core::procedure::{SharedProcedure, StageId, TrackId};

use super::Crossed;
use super::questions::{By, moves};

/// A way from one stage to another by one cause: an arrow of a picture. A move from any of several stages is one rule and
/// as many ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// The track.
    pub track: TrackId,
    /// From where.
    pub from: StageId,
    /// Where to.
    pub to: StageId,
    /// By what.
    pub by: By,
    /// Whether something went it.
    pub is_crossed: bool,
}

impl Crossed {
    /// Every way of `procedure`, each with whether it was gone.
    #[must_use]
    pub fn ways(&self, procedure: &SharedProcedure) -> Vec<Way> {
        let mut ways = Vec::new();
        for (place, one) in moves(procedure).iter().enumerate() {
            ways.extend(one.one.from.iter().map(|from| Way {
                track: one.track,
                from: *from,
                to: one.one.to,
                by: one.by,
                is_crossed: self.moves.contains(&(place, *from)),
            }));
        }
        ways
    }
}
