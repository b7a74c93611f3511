//! What the record must hold, in plain maps: every commit that was written, in the order in which it was.

use std::collections::{BTreeMap, BTreeSet};

use comity_core::entry::{Body, Entry, Office, Opening};
use comity_core::id::{CaseId, EntryNumber};
use comity_core::migration::Lineage;
use comity_core::name::Private;
use comity_core::procedure::SharedProcedure;
use comity_core::time::Moment;
use comity_core::{Asked, View, fold};
use comity_store::codec::{Closed, Delivery, Erasure, Record, decode};
use comity_store::{NewEntry, Row};

use super::faulty::Written;
use super::library::Library;
use super::trace::Wrong;

const IN_ORDER: &str = "every commit is added behind the case as it was seen, whole and without a gap";
const ONCE: &str = "under one key something is recorded once";
const ONE_REFERENCE: &str = "no two cases or matters have one reference";

/// All that was written.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) streams: BTreeMap<CaseId, Stream>,
    /// The entry at each position, the first at 1.
    pub(crate) order: Vec<(CaseId, usize)>,
    keys: BTreeSet<(CaseId, String)>,
    references: BTreeSet<String>,
    /// How long the record was when this step began: what happened at once with it began behind that.
    pub(crate) began: u64,
}

/// Everything of one id: a case, a matter, a procedure, a target.
#[derive(Debug, Default)]
pub(crate) struct Stream {
    pub(crate) lines: Vec<Line>,
    /// What the index was told last.
    pub(crate) rows: BTreeSet<Row>,
    pub(crate) case: Option<Case>,
    /// What it was before its content was erased.
    pub(crate) erased: Option<Gone>,
}

/// A case or a matter whose content was erased, as it was until then.
#[derive(Debug)]
pub(crate) struct Gone {
    /// Nothing, if it was a matter.
    pub(crate) case: Option<Case>,
    pub(crate) erasure: Erasure,
    pub(crate) at: Moment,
    pub(crate) by: String,
    /// Where the record ended when whatever happened at once with it began.
    pub(crate) began: u64,
    /// What the index had been told of it.
    pub(crate) rows: BTreeSet<Row>,
}

/// One entry of the record.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) position: u64,
    /// Its number within its stream.
    pub(crate) number: EntryNumber,
    pub(crate) new: NewEntry,
    pub(crate) record: Record,
}

/// A case as it was written.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// The procedures that it ran under.
    pub(crate) lineage: Lineage,
    pub(crate) opening: Opening,
    pub(crate) entries: Vec<Entry>,
}

impl Line {
    /// Whether it is kept under the key of its case.
    pub(crate) const fn is_personal(&self) -> bool {
        self.new.personal
    }
}

impl Case {
    pub(crate) fn view(&self, now: Moment) -> View {
        fold(&self.lineage, &self.entries, Asked::at(now))
    }

    /// The procedure that it runs under.
    pub(crate) fn procedure(&self) -> &SharedProcedure {
        self.lineage.present(&self.entries)
    }

    /// Each time that it was sealed, or that the seal was lifted, with the entry that says so.
    fn seals_said(&self) -> impl Iterator<Item = (EntryNumber, bool)> {
        self.entries.iter().filter_map(|entry| {
            let Body::Office(office) = &entry.body else { return None };
            let is_sealed = matches!(office, Office::Sealed { .. });
            (is_sealed || matches!(office, Office::Unsealed { .. })).then_some((entry.number, is_sealed))
        })
    }

    /// Whether it is sealed, and how often that was said or taken back.
    pub(crate) fn seals(&self) -> (bool, usize) {
        let said: Vec<bool> = self.seals_said().map(|(_, is_sealed)| is_sealed).collect();
        (said.last().copied().unwrap_or(false), said.len())
    }

    /// Whether it was sealed when an entry was recorded, or at any time since.
    pub(crate) fn was_sealed_since(&self, number: EntryNumber) -> bool {
        let before = self.seals_said().take_while(|(entry, _)| *entry < number).last();
        before.is_some_and(|(_, is_sealed)| is_sealed)
            || self.seals_said().any(|(entry, is_sealed)| entry >= number && is_sealed)
    }

    /// What was known by `now`: after the clock went back, less than there is.
    pub(crate) fn known(&self, now: Moment) -> &[Entry] {
        comity_core::known_at(&self.entries, now)
    }
}

impl Model {
    /// Adds what was written. Returns the bodies, if it is of a case.
    pub(crate) fn add(&mut self, written: &Written, library: &Library) -> Result<Vec<Body>, Wrong> {
        let (commit, receipt) = (&written.commit, &written.receipt);
        if let Some(key) = &commit.key
            && !self.keys.insert((commit.case, key.0.clone()))
        {
            return Err(Wrong::new(ONCE, format!("{} was written twice in {}", key.0, commit.case)));
        }
        let before = self.streams.get(&commit.case).map_or(0, |stream| stream.lines.len());
        let (version, last) = (before + commit.entries.len(), self.order.len() + commit.entries.len());
        let fits = usize::try_from(commit.seen.0) == Ok(before)
            && usize::try_from(receipt.version.0) == Ok(version)
            && usize::try_from(receipt.position.0) == Ok(last);
        if !fits {
            let found = format!(
                "seen {}, version {}, position {}; it is version {before} of {}, and the record ends at {}",
                commit.seen,
                receipt.version,
                receipt.position,
                commit.case,
                self.order.len()
            );
            return Err(Wrong::new(IN_ORDER, found));
        }
        let mut bodies = Vec::new();
        for new in &commit.entries {
            let record = decode(&new.payload).map_err(|error| Wrong::new(IN_ORDER, error.to_string()))?;
            bodies.extend(self.add_entry(commit.case, new, record, library)?);
        }
        if let Some(stream) = self.streams.get_mut(&commit.case) {
            stream.rows = commit.rows.iter().cloned().collect();
        }
        Ok(bodies)
    }

    fn add_entry(
        &mut self,
        id: CaseId,
        new: &NewEntry,
        record: Record,
        library: &Library,
    ) -> Result<Option<Body>, Wrong> {
        let reference = match &record {
            Record::Matter(matter) => Some(&matter.reference),
            Record::Case(Body::Opened(opening)) => Some(&opening.reference),
            Record::Case(_)
            | Record::Procedure(_)
            | Record::Erased(_)
            | Record::Clock(_)
            | Record::Delivery(_)
            | Record::Read(_)
            | Record::Report(_) => None,
        };
        if let Some(reference) = reference
            && !self.references.insert(reference.clone())
        {
            return Err(Wrong::new(ONE_REFERENCE, reference.clone()));
        }
        let position = u64::try_from(self.order.len()).unwrap_or(u64::MAX) + 1;
        let stream = self.streams.entry(id).or_default();
        let place = stream.lines.len();
        self.order.push((id, place));
        let number = EntryNumber::new(u32::try_from(place + 1).unwrap_or(u32::MAX));
        let number = number.unwrap_or(EntryNumber::FIRST);
        stream.lines.push(Line { position, number, new: new.clone(), record: record.clone() });
        if let Record::Erased(erasure) = record {
            let (at, by) = (new.recorded_at, new.recorded_by.clone());
            let (case, rows) = (stream.case.take(), stream.rows.clone());
            stream.erased = Some(Gone { case, erasure, at, by, began: self.began, rows });
            return Ok(None);
        }
        let Record::Case(body) = record else { return Ok(None) };
        let entry = Entry {
            number,
            recorded_at: new.recorded_at,
            recorded_by: Private::new(new.recorded_by.clone()),
            body: body.clone(),
        };
        stream.take(entry, library);
        Ok(Some(body))
    }

    /// Every case there is.
    pub(crate) fn cases(&self) -> impl Iterator<Item = (CaseId, &Case)> {
        self.streams.iter().filter_map(|(id, stream)| Some((*id, stream.case.as_ref()?)))
    }

    /// How many entries of all cases are such, also of those that were erased.
    pub(crate) fn entries_that(&self, are: impl Fn(&Body) -> bool) -> usize {
        let gone = self.all_gone().filter_map(|(_, gone)| gone.case.as_ref());
        let entries = self.cases().map(|(_, case)| case).chain(gone).flat_map(|case| &case.entries);
        entries.filter(|entry| are(&entry.body)).count()
    }

    pub(crate) fn case(&self, id: CaseId) -> Option<&Case> {
        self.streams.get(&id)?.case.as_ref()
    }

    /// A case or a matter whose content was erased.
    pub(crate) fn gone(&self, id: CaseId) -> Option<&Gone> {
        self.streams.get(&id)?.erased.as_ref()
    }

    /// All whose content was erased.
    pub(crate) fn all_gone(&self) -> impl Iterator<Item = (CaseId, &Gone)> {
        self.streams.iter().filter_map(|(id, stream)| Some((*id, stream.erased.as_ref()?)))
    }

    /// The entry at a position.
    pub(crate) fn at(&self, position: u64) -> Option<(CaseId, &Line)> {
        let place = usize::try_from(position.checked_sub(1)?).ok()?;
        let (id, line) = self.order.get(place)?;
        Some((*id, self.streams.get(id)?.lines.get(*line)?))
    }

    /// The positions of all events of a target that were ever given up, and of those that somebody set aside since.
    pub(crate) fn given_up(&self, name: &str) -> (BTreeSet<u64>, BTreeSet<u64>) {
        let (mut dead, mut aside) = (BTreeSet::new(), BTreeSet::new());
        for line in self.streams.values().flat_map(|stream| &stream.lines) {
            match &line.record {
                Record::Delivery(Delivery::Died { target, dead: letter }) if target == name => {
                    dead.insert(letter.position.0);
                }
                Record::Delivery(Delivery::Closed { target, position, how: Closed::SetAside })
                    if target == name =>
                {
                    aside.insert(position.0);
                }
                Record::Case(_)
                | Record::Matter(_)
                | Record::Procedure(_)
                | Record::Erased(_)
                | Record::Clock(_)
                | Record::Delivery(_)
                | Record::Read(_)
                | Record::Report(_) => {}
            }
        }
        (dead, aside)
    }

    /// From which position on a target is delivered to.
    pub(crate) fn begun(&self, name: &str) -> Option<u64> {
        let mut lines = self.streams.values().filter_map(|stream| stream.lines.first());
        lines.find_map(|line| match &line.record {
            Record::Delivery(Delivery::Begun { target, .. }) if target == name => Some(line.position),
            Record::Case(_)
            | Record::Matter(_)
            | Record::Procedure(_)
            | Record::Erased(_)
            | Record::Clock(_)
            | Record::Delivery(_)
            | Record::Read(_)
            | Record::Report(_) => None,
        })
    }
}

impl Stream {
    fn take(&mut self, entry: Entry, library: &Library) {
        if let (None, Body::Opened(opening)) = (&self.case, &entry.body) {
            let procedure = library.procedure_of(std::slice::from_ref(&entry));
            let opening = opening.clone();
            let begun = |first| Case { lineage: Lineage::of(first), opening, entries: Vec::new() };
            self.case = procedure.map(begun);
        }
        if let Some(case) = &mut self.case {
            if let Body::Migrated(migration) = &entry.body
                && let Some(procedure) = library.named(migration.procedure.as_str())
            {
                case.lineage.add(procedure);
            }
            case.entries.push(entry);
        }
    }
}
