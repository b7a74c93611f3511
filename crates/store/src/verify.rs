//! The whole walk: every checksum, every hash, every link, and what the index should hold.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::Path;

use comity_core::id::CaseId;

use crate::fault::{JournalFault, VerifyError};
use crate::frame::{Body, Committed};
use crate::hash::Hash;
use crate::journal::Position;
use crate::keys::{KeyState, KeyStore};
use crate::open::journal_folder;
use crate::pairs::{self, Listed, Meta, Source, Sum};
use crate::row;
use crate::scan::Chain;
use crate::standing::{SealState, Standing};
use crate::survey::{TornTail, Visit, survey};
use crate::tree::Tree;

/// What verifying found in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The position of the last entry, which is the number of entries.
    pub last: Position,
    /// How many cases have entries.
    pub cases: u64,
    /// How many segments the journal has; 0 for a backend without files.
    pub segments: u64,
    /// How many bytes the journal's frames have; 0 for a backend without files.
    pub bytes: u64,
    /// The hash that stands for the whole record: of the last frame, or of the last entry without files.
    pub head: Hash,
    /// The root of the Merkle tree over all entries, which a checkpoint signs.
    pub root: Hash,
    /// A write that a crash interrupted, still to be cut. It was never acknowledged.
    pub torn: Option<TornTail>,
    /// How many pairs of the index were compared; nothing if the index was not looked at.
    pub index_pairs: Option<u64>,
}

/// Verifies the journal of the store in `folder` without opening the store.
///
/// Needs no right to write, no lock and no index. A store in use may show a torn tail: the write going on.
///
/// # Errors
///
/// Returns the first thing that is wrong, with the file and the place in it.
pub fn verify_path(folder: &Path) -> Result<Report, VerifyError> {
    match walk(folder, None, None)? {
        Some((report, _)) => Ok(report),
        None => Err(VerifyError::NotFound { folder: folder.to_owned() }),
    }
}

/// Verifies the journal as far as the index follows it, and that the index adds up to it.
///
/// `found` is what the index really holds, taken at the same moment as `meta`.
pub(crate) fn against(
    folder: &Path,
    meta: &Meta,
    found: Sum,
    keys: &dyn KeyStore,
) -> Result<Report, VerifyError> {
    let wrong = |what: &str| VerifyError::Index { what: what.to_owned() };
    if found != meta.sum {
        return Err(wrong("it does not hold what it says it holds"));
    }
    let Some((report, tally)) = walk(folder, Some(meta.chain.length), Some(keys))? else {
        return Err(VerifyError::NotFound { folder: folder.to_owned() });
    };
    if report.head != meta.chain.previous || report.last != meta.chain.last() {
        return Err(wrong("it follows another journal"));
    }
    if let Some(slot) =
        tally.still_there(keys).map_err(|error| VerifyError::Keys { why: error.to_string() })?
    {
        return Err(VerifyError::NotErased { slot });
    }
    if tally.sum() != found {
        return Err(wrong("it holds other pairs than the entries call for"));
    }
    Ok(Report { index_pairs: Some(found.pairs), ..report })
}

fn walk<'k>(
    folder: &Path,
    until: Option<u64>,
    keys: Option<&'k dyn KeyStore>,
) -> Result<Option<(Report, Tally<'k>)>, JournalFault> {
    let mut tally = Tally { keys, ..Tally::default() };
    let surveyed = survey(&journal_folder(folder), until, |visit| tally.visit(visit))?;
    let Some(survey) = surveyed else { return Ok(None) };
    let cases = crate::bytes::wide(tally.cases.len());
    // Of an empty journal the survey alone knows where it stands.
    let chain = tally.chain.unwrap_or(survey.chain);
    let report = Report {
        last: chain.last(),
        cases,
        segments: crate::bytes::wide(survey.segments.len()),
        bytes: chain.length,
        head: chain.previous,
        root: tally.tree.root(),
        torn: survey.torn,
        index_pairs: None,
    };
    Ok(Some((report, tally)))
}

/// What the entries walked so far add up to.
#[derive(Default)]
struct Tally<'k> {
    /// Without them the index cannot be known, and nothing is said of it.
    keys: Option<&'k dyn KeyStore>,
    chain: Option<Chain>,
    lasting: Sum,
    next_slot: u64,
    tree: Tree,
    cases: HashMap<CaseId, Case>,
}

/// What the entries of a case add up to.
struct Case {
    standing: Standing,
    /// The rows of the index.
    rows: BTreeSet<Vec<u8>>,
    /// The last list of its commits.
    list: Vec<u8>,
}

impl Tally<'_> {
    fn visit(&mut self, visit: &Visit<'_>) -> Result<(), JournalFault> {
        self.chain = Some(visit.after);
        let Body::Commit(commit) = &visit.body else { return Ok(()) };
        let source = Source { segment: visit.segment.header.first, offset: visit.offset };
        self.commit(commit, source).map_err(|what| JournalFault::Damaged {
            file: visit.segment.path.clone(),
            offset: visit.offset,
            what,
        })
    }

    fn commit(&mut self, commit: &Committed<'_>, source: Source) -> Result<(), &'static str> {
        let before = self.cases.get(&commit.case).map_or(Standing::UNOPENED, |case| case.standing);
        let after = before.after(commit)?;
        self.next_slot = after.next_slot(&before, self.next_slot)?;
        if !commit.entries.iter().all(|entry| entry.is_sound(commit.case)) {
            return Err("an entry that does not fit its hash");
        }
        for entry in &commit.entries {
            self.tree.push(entry.hash);
        }
        let Some(keys) = self.keys else {
            let case = Case { standing: after, rows: BTreeSet::new(), list: Vec::new() };
            self.cases.insert(commit.case, case);
            return Ok(());
        };
        for (key, value) in pairs::lasting(commit, source) {
            self.lasting.add(&key, &value);
        }
        let rows = pairs::index_rows(commit, keys).map_err(|_| "rows whose key could not be had")?;
        let rows = rows.ok_or("rows that are sealed with another key")?;
        let list = self.cases.remove(&commit.case).map(|case| case.list).unwrap_or_default();
        let list = self.listed(commit, list, after.commits, source);
        self.cases.insert(commit.case, Case { standing: after, rows, list });
        Ok(())
    }

    /// The last list of the case after the commit. A list that is full never changes again.
    fn listed(&mut self, commit: &Committed<'_>, mut list: Vec<u8>, commits: u32, source: Source) -> Vec<u8> {
        if pairs::begins_list(commits) && commits > 1 {
            self.lasting.add(&pairs::frames_key(commit.case, commits.saturating_sub(1)), &list);
            list.clear();
        }
        pairs::put_listed(&mut list, Listed { first: commit.seen.0.saturating_add(1), source });
        list
    }

    /// A key that is there although its case was erased, as after a restore of older keys.
    fn still_there(&self, keys: &dyn KeyStore) -> io::Result<Option<u64>> {
        for case in self.cases.values() {
            if let SealState::Erased(slot) = case.standing.seal
                && let KeyState::Here(_) = keys.key(slot)?
            {
                return Ok(Some(slot));
            }
        }
        Ok(None)
    }

    fn sum(self) -> Sum {
        let mut sum = self.lasting;
        for (case, Case { standing, rows, list }) in self.cases {
            sum.add(&pairs::frames_key(case, standing.commits), &list);
            let (key, value) = pairs::standing(case, &standing);
            sum.add(&key, &value);
            sum.add(&pairs::rows_key(case), &pairs::rows_value(&rows));
            for row in &rows {
                sum.add(&pairs::index_key(&row::index_key(row, case)), &[]);
            }
        }
        sum
    }
}
