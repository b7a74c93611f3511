//! Figures of an office, worked out of its record.
//!
//! Published tables of extradition seldom add up: an enquiry is counted as a request, one year closes with `granted` and the
//! next with `surrendered`, and what was typed in late changes a year that was printed. So every table here says what is
//! counted and which event opens and closes it; it is worked out of the entries and of nothing else, so that whoever asks for
//! the same moment of knowledge gets the same figures for ever; and a ledger counts its opening and closing stock apart from
//! what came and went, and shows the difference.
//!
//! - [`Life`]: what is counted of one case. It holds no name of a person.
//! - [`Panel`] and [`Question`]: which table is wanted, of which time. [`Figures`] is shown the cases one by one and keeps none.
//! - [`Table`]: the answer, for a screen, a program or a spreadsheet.
//!
//! Days are those of the deciding side of each case, but for limits, whose days are those of the zone that counts.

mod life;
mod measure;
mod panel;
mod period;
mod table;

pub use life::{Finding, Lack, Life, Reached, Run, Spell};
pub use panel::{By, Figures, Panel, Question};
pub use period::{BadPeriod, Period, Step};
pub use table::{Cell, Column, Row, Table, Unit};
