//! What is shown to whom, and pages from which nobody can tell that something was left out of them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use comity_core::id::{CaseId, Version};
use comity_core::name::{Name, Private};
use comity_core::office_standing;
use comity_runner::{CaseFile, EngineError};
use comity_store::{Cursor, PageRequest};

use crate::access::{Action, Principal, What};
use crate::app::App;

/// So many cases that the rules keep from an account are passed over for one page. Then the page is short, and leads on. Sealed
/// cases do not count, or a short page would tell of them.
const MOST_PASSED_OVER: usize = 2_000;

/// A case as somebody may see it.
pub(crate) enum Seen {
    /// It may be shown, once that is noted.
    May(Box<CaseFile>),
    /// The rules keep it from this account.
    MayNot,
    /// It is sealed, and the seal does not name this account.
    Sealed,
    /// It cannot be read, or there is none.
    Unreadable,
}

/// Whom the seals of cases name, as far as they were looked at. A sealed case is passed over as fast as a row of the index is
/// read, so that the time a list takes tells nobody how much is left out of it.
#[derive(Default)]
pub(crate) struct Seals {
    known: Mutex<HashMap<CaseId, (Version, Names)>>,
}

struct Names {
    accounts: Vec<Private>,
    desks: Vec<Name>,
}

impl Seals {
    /// Whether the seal of a case, as it is in this version, is known to keep an account from it.
    fn keeps(&self, who: &Principal, case: CaseId, version: Version) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&case).is_some_and(|(seen, names)| *seen == version && !names.admit(who))
    }

    fn learn(&self, file: &CaseFile) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match office_standing(&file.entries).seal {
            Some(seal) => {
                let names = Names { accounts: seal.accounts.to_vec(), desks: seal.desks.to_vec() };
                known.insert(file.case, (file.version(), names));
            }
            None => {
                known.remove(&file.case);
            }
        }
    }
}

impl Names {
    fn admit(&self, who: &Principal) -> bool {
        let desk = who.account.desk.as_deref();
        self.accounts.iter().any(|account| account.reveal() == who.name)
            || self.desks.iter().any(|name| desk == Some(name.as_str()))
    }
}

impl App {
    /// Whether something of a case may be shown to an account, without showing it.
    pub(crate) async fn see(&self, who: &Principal, case: CaseId) -> Result<Seen, EngineError> {
        let head = self.engine.journal().head(case).await.map_err(EngineError::Read)?;
        if self.seals.keeps(who, case, head.version) {
            return Ok(Seen::Sealed);
        }
        let file = match self.engine.case(case).await {
            Ok(file) => file,
            Err(error) if error.is_of_one_case() => return Ok(Seen::Unreadable),
            Err(error) => return Err(error),
        };
        self.seals.learn(&file);
        Ok(if !file.admits(&who.name, who.account.desk.as_deref()) {
            Seen::Sealed
        } else if self.rules.permits(who, Action::Read, What::of(&file)) {
            Seen::May(Box::new(file))
        } else {
            Seen::MayNot
        })
    }

    /// Records that a case is shown, if it is sealed. Nothing is shown if that fails.
    pub(crate) async fn note(&self, who: &Principal, file: &CaseFile, what: &str) -> Result<(), EngineError> {
        self.engine.note_reading(file, what, &Private::new(who.name.clone())).await
    }

    /// Whether something of a case may be shown to an account. Asked wherever anything of a case is told: who may not is
    /// answered as if there were none. That a sealed case is shown is recorded first, and if it cannot be, nothing is shown.
    pub(crate) async fn shows(
        &self,
        who: &Principal,
        file: &CaseFile,
        what: &str,
    ) -> Result<bool, EngineError> {
        // The seal is the engine's; no file of rules lifts it.
        if !file.admits(&who.name, who.account.desk.as_deref())
            || !self.rules.permits(who, Action::Read, What::of(file))
        {
            return Ok(false);
        }
        self.note(who, file, what).await?;
        Ok(true)
    }

    /// A case that may be shown, and that it is shown is noted; nothing, if there is none for this account.
    pub(crate) async fn showing(
        &self,
        who: &Principal,
        case: CaseId,
        what: &str,
    ) -> Result<Option<CaseFile>, EngineError> {
        match self.see(who, case).await? {
            Seen::May(file) => {
                self.note(who, &file, what).await?;
                Ok(Some(*file))
            }
            Seen::MayNot | Seen::Sealed | Seen::Unreadable => Ok(None),
        }
    }
}

/// A page that is filled with what may be shown: it holds as much as was asked for if there is as much, and leads on only if there
/// is more, to behind the last that it shows.
pub(crate) struct Filling<T> {
    limit: usize,
    /// Where the page of the index begins that is looked at.
    after: Option<Cursor>,
    items: Vec<T>,
    /// The page of the index that ends with the last item.
    up_to: Option<PageRequest>,
    passed_over: usize,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Filling,
    /// There is more.
    Full,
    /// There is nothing more.
    Ended,
}

impl<T> Filling<T> {
    pub(crate) fn new(page: PageRequest) -> Self {
        let PageRequest { after, limit } = page;
        Self { limit, after, items: Vec::new(), up_to: None, passed_over: 0, state: State::Filling }
    }

    /// The rows of the index that are to be looked at next.
    pub(crate) fn wants(&self) -> Option<PageRequest> {
        let limit = self.limit.saturating_add(1);
        (self.state == State::Filling).then(|| PageRequest { after: self.after.clone(), limit })
    }

    /// Takes what was found at the row of this number of the rows that were wanted, counted from 1. Returns whether the next is
    /// to be looked at.
    pub(crate) fn take(&mut self, row: usize, item: T) -> bool {
        if self.items.len() == self.limit {
            self.state = State::Full;
            return false;
        }
        self.items.push(item);
        self.up_to = Some(PageRequest { after: self.after.clone(), limit: row });
        true
    }

    /// Something at this row is kept from the account by the rules.
    pub(crate) fn pass_over(&mut self, row: usize) -> bool {
        self.passed_over += 1;
        if self.passed_over < MOST_PASSED_OVER {
            return true;
        }
        self.up_to = Some(PageRequest { after: self.after.clone(), limit: row });
        self.state = State::Full;
        false
    }

    /// All rows that were wanted have been looked at; `next` leads to those behind them.
    pub(crate) fn turn(&mut self, next: Option<Cursor>) {
        if self.state == State::Filling {
            if next.is_none() {
                self.state = State::Ended;
            }
            self.after = next;
        }
    }

    /// What is on the page, and the rows of the index behind which it goes on, if there is more.
    pub(crate) fn done(self) -> (Vec<T>, Option<PageRequest>) {
        let more = (self.state == State::Full).then_some(self.up_to).flatten();
        (self.items, more)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;

    /// Fills a page of `limit` from rows of which some may be shown. Returns the page, and how many rows lie before where it goes
    /// on.
    fn page(rows: &[Row], limit: usize) -> (Vec<usize>, Option<usize>) {
        let mut filling = Filling::new(PageRequest::first(limit));
        let mut begun = 0;
        while let Some(request) = filling.wants() {
            let end = rows.len().min(begun + request.limit);
            for (row, at) in (begun..end).enumerate() {
                let goes_on = match rows[at] {
                    Row::May => filling.take(row + 1, at),
                    Row::MayNot => filling.pass_over(row + 1),
                    Row::Sealed => true,
                };
                if !goes_on {
                    break;
                }
            }
            let is_more = end < rows.len();
            filling.turn(is_more.then(|| format!("{end:04x}").parse().unwrap()));
            if is_more && filling.wants().is_some() {
                begun = end;
            }
        }
        let (items, more) = filling.done();
        let begun = |cursor: &Option<Cursor>| {
            cursor.as_ref().map_or(0, |cursor| usize::from_str_radix(&cursor.to_string(), 16).unwrap())
        };
        (items, more.map(|more| begun(&more.after) + more.limit))
    }

    #[derive(Clone, Copy)]
    enum Row {
        May,
        MayNot,
        Sealed,
    }

    #[test]
    fn a_page_is_the_same_with_and_without_what_is_sealed() {
        use Row::{May, Sealed};
        let plain = [May; 7];
        assert_eq!(page(&plain, 3), (vec![0, 1, 2], Some(3)));
        assert_eq!(page(&plain, 7), ((0..7).collect(), None));
        // Sealed ones before, between and behind: as many are shown, and it leads on just when it did.
        let among = [Sealed, May, Sealed, Sealed, Sealed, Sealed, May, May, Sealed, May, Sealed, Sealed];
        assert_eq!(page(&among, 3), (vec![1, 6, 7], Some(8)));
        assert_eq!(page(&among, 4), (vec![1, 6, 7, 9], None));
        assert_eq!(page(&[Sealed; 9], 2), (vec![], None));
        assert_eq!(page(&[May, May, Sealed], 2), (vec![0, 1], None));
    }

    #[test]
    fn whoever_may_see_little_gets_short_pages_that_lead_on() {
        let mut rows = vec![Row::MayNot; MOST_PASSED_OVER + 10];
        rows.push(Row::May);
        assert_eq!(page(&rows, 50), (vec![], Some(MOST_PASSED_OVER)));
        assert_eq!(page(&rows[20..], 50), (vec![MOST_PASSED_OVER - 10], None));
    }
}
