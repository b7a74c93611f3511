//! How the office stands on a case, as rows.

use comity_core::time::When;
use comity_core::{OfficeStanding, View, office_standing};
use comity_sheet::words::{date, who_may_see, whose};

use super::Sheet;
use crate::print::{Page, Table, Tone, cell};

impl Sheet<'_> {
    /// How the office stands on it; nothing, if it has said nothing and the case is not silent.
    pub(crate) fn office(&self, page: &mut Page) {
        let table = office_rows(&office_standing(self.sheet.entries()), self.view());
        if !table.is_empty() {
            page.heading("The office");
            page.table(2, &table);
        }
    }
}

/// Who has the case, whether it is on hold, when somebody looks at it again, and whether it is silent.
pub(crate) fn office_rows(office: &OfficeStanding<'_>, view: &View) -> Table {
    let zone = &view.procedure().home().zone;
    let since = |at| cell(Tone::Faint, format!("since {}", date(When::At(at), zone)));
    let today = zone.day_at(view.asked().at);
    let tone = |day| if day <= today { Tone::Heed } else { Tone::Plain };
    let mut table = Table::new().at_most(1, 60);
    if let Some(one) = office.assigned {
        table.row([
            cell(Tone::Faint, "given to"),
            cell(Tone::Strong, whose(one.to, one.desk)),
            since(one.since),
        ]);
    }
    if let Some(hold) = office.hold {
        let until = hold.until.map_or_else(
            || cell(Tone::Heed, "no day is set"),
            |day| cell(tone(day), format!("until {}", day.in_words())),
        );
        let reason = until.and(Tone::Plain, hold.reason.reveal());
        table.row([cell(Tone::Faint, "on hold"), reason, since(hold.since)]);
    }
    if let Some(review) = office.review {
        let by = cell(tone(review.by), review.by.in_words()).and(Tone::Plain, review.why.reveal());
        table.row([cell(Tone::Faint, "to be looked at"), by, cell(Tone::Plain, "")]);
    }
    if let Some(seal) = office.seal {
        let readers = cell(Tone::Heed, format!("for {} alone", who_may_see(seal.accounts, seal.desks)));
        table.row([
            cell(Tone::Faint, "sealed"),
            readers.and(Tone::Plain, seal.reason.reveal()),
            since(seal.since),
        ]);
    }
    if office.is_silent(view) {
        let says = "no limit runs, nothing is owed, and no day is set";
        let touched = office.touched.map_or_else(|| cell(Tone::Plain, ""), since);
        table.row([cell(Tone::Heed, "silent"), cell(Tone::Heed, says), touched]);
    }
    table
}
