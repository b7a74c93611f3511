//! What happened, written as in the cell of a table but outside of one.

use comity_core::time::Zone;

use super::item::{Piece, items};
use super::model::Item;
use crate::diagnostic::Diagnostic;
use crate::source::Source;

/// Reads what happened as a table writes it: `arrested (arrest.place: Ulsan); document warrant`. Dates in it are read in `zone`.
///
/// # Errors
///
/// Returns what is wrong with `text`, as if it were the first line of a file called `what happened`.
///
/// # Examples
///
/// ```
/// use comity_core::time::Zone;
/// use comity_language::chronology::read_items;
///
/// let items = read_items("heard; ground political-offence does not apply", &Zone::utc())?;
/// assert_eq!(items.len(), 2);
/// # Ok::<(), comity_language::Diagnostic>(())
/// ```
pub fn read_items(text: &str, zone: &Zone) -> Result<Vec<Item>, Diagnostic> {
    items(Piece::trimmed(text, 0), zone).map_err(|slip| {
        let source = Source::new("what happened", text);
        slip.placed(&source)
    })
}
