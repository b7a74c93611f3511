//! The whole walk: every checksum, every hash, every link, and what the index should hold.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use comity_core::id::CaseId;

use crate::fault::{JournalFault, VerifyError};
use crate::frame::{Body, Committed};
use crate::hash::Hash;
use crate::journal::{Head, Position};
use crate::open::journal_folder;
use crate::pairs::{self, Meta, Source, Sum};
use crate::row;
use crate::scan::Chain;
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
    match walk(folder, None)? {
        Some((report, _)) => Ok(report),
        None => Err(VerifyError::NotFound { folder: folder.to_owned() }),
    }
}

/// Verifies the journal as far as the index follows it, and that the index adds up to it.
///
/// `found` is what the index really holds, taken at the same moment as `meta`.
pub(crate) fn against(folder: &Path, meta: &Meta, found: Sum) -> Result<Report, VerifyError> {
    let wrong = |what: &str| VerifyError::Index { what: what.to_owned() };
    if found != meta.sum {
        return Err(wrong("it does not hold what it says it holds"));
    }
    let Some((report, expected)) = walk(folder, Some(meta.chain.length))? else {
        return Err(VerifyError::NotFound { folder: folder.to_owned() });
    };
    if report.head != meta.chain.previous || report.last != meta.chain.last() {
        return Err(wrong("it follows another journal"));
    }
    if expected != found {
        return Err(wrong("it holds other pairs than the entries call for"));
    }
    Ok(Report { index_pairs: Some(found.pairs), ..report })
}

fn walk(folder: &Path, until: Option<u64>) -> Result<Option<(Report, Sum)>, JournalFault> {
    let mut tally = Tally::default();
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
    Ok(Some((report, tally.sum())))
}

/// What the entries walked so far add up to.
#[derive(Default)]
struct Tally {
    chain: Option<Chain>,
    lasting: Sum,
    tree: Tree,
    cases: HashMap<CaseId, (Head, BTreeSet<Vec<u8>>)>,
}

impl Tally {
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
        let head = self.cases.get(&commit.case).map_or(Head::UNOPENED, |(head, _)| *head);
        if head != (Head { version: commit.seen, hash: commit.previous() }) {
            return Err("a commit that does not follow the one before it in its case");
        }
        if !commit.entries.iter().all(|entry| entry.is_sound(commit.case)) {
            return Err("an entry that does not fit its hash");
        }
        for entry in &commit.entries {
            self.tree.push(entry.hash);
        }
        for (key, value) in pairs::lasting(commit, source) {
            self.lasting.add(&key, &value);
        }
        let receipt = commit.receipt().ok_or("a commit without entries")?;
        let head = Head { version: receipt.version, hash: receipt.hash };
        let rows = commit.rows.iter().map(|row| row.to_vec()).collect();
        self.cases.insert(commit.case, (head, rows));
        Ok(())
    }

    fn sum(self) -> Sum {
        let mut sum = self.lasting;
        for (case, (head, rows)) in self.cases {
            let (key, value) = pairs::head(case, head);
            sum.add(&key, &value);
            sum.add(&pairs::rows_key(case), &pairs::rows_value(&rows));
            for row in &rows {
                sum.add(&pairs::index_key(&row::index_key(row, case)), &[]);
            }
        }
        sum
    }
}
