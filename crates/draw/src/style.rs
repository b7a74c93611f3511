//! Sizes, in units of which 96 are an inch: 12 of them are 9 points on paper.

/// The widths to which lanes are packed: the printable part of A4, upright and across.
pub(crate) const UPRIGHT: f64 = 718.0;
/// See [`UPRIGHT`].
pub(crate) const ACROSS: f64 = 1_047.0;

/// The space around the picture.
pub(crate) const MARGIN: f64 = 16.0;
/// The space between lanes.
pub(crate) const BETWEEN_LANES: f64 = 14.0;
/// The space within a lane.
pub(crate) const LANE_PADDING: f64 = 16.0;
/// The height of a lane's heading.
pub(crate) const LANE_HEADING: f64 = 30.0;
/// The space within a box.
pub(crate) const BOX_PADDING: f64 = 8.0;
/// The widest line in a box.
pub(crate) const BOX_TEXT: f64 = 140.0;
/// The narrowest box.
pub(crate) const BOX_LEAST: f64 = 96.0;
/// The widest line beside an arrow.
pub(crate) const LABEL_TEXT: f64 = 124.0;
/// The space around a label.
pub(crate) const LABEL_PADDING: f64 = 3.0;
/// The space between the moves that share an arrow.
pub(crate) const BETWEEN_MOVES: f64 = 5.0;
/// The space between boxes side by side.
pub(crate) const BESIDE: f64 = 14.0;
/// The space between an arrow and what stands beside it.
pub(crate) const BESIDE_ARROWS: f64 = 10.0;
/// The space between ranks.
pub(crate) const BETWEEN_RANKS: f64 = 56.0;
/// How far an arrow runs upright out of its rank before it slants.
pub(crate) const STUB: f64 = 7.0;
/// The space for the heading of the picture.
pub(crate) const HEAD: f64 = 46.0;
/// The space for the legend.
pub(crate) const FOOT: f64 = 18.0;
/// How round the bends of an arrow are.
pub(crate) const BEND: f64 = 9.0;

/// How a line of text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// The name of a stage or a lane.
    Strong,
    /// What moves.
    Plain,
    /// Provisions, outcomes and marks.
    Small,
}

impl Weight {
    /// The size of the letters.
    #[must_use]
    pub const fn size(self) -> f64 {
        match self {
            Self::Strong => 12.0,
            Self::Plain => 11.0,
            Self::Small => 10.0,
        }
    }

    /// From one line to the next.
    #[must_use]
    pub const fn leading(self) -> f64 {
        match self {
            Self::Strong => 15.0,
            Self::Plain => 13.5,
            Self::Small => 12.5,
        }
    }
}
