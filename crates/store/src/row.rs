//! The index rows of a case, and what can be asked of them.
//!
//! A row is kept as bytes whose order is the order of the answer, so that a query is one range of keys.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use comity_core::id::{CaseId, MatterId};
use comity_core::time::Moment;
use uuid::Uuid;

use crate::bytes::{Put, Reader};
use crate::keys::Blinder;
use crate::seal::Sealed;

/// One thing that the index knows of a case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Row {
    /// A clock of the case ends, or wants attention.
    Due {
        /// When, kept to the microsecond.
        at: Moment,
        /// The name of the clock.
        clock: String,
    },
    /// A track of the case stands at a stage.
    Stage {
        /// The name of the track.
        track: String,
        /// The name of the stage.
        stage: String,
    },
    /// An authority that may or must act in the case.
    Authority {
        /// The name of the authority.
        authority: String,
    },
    /// The case belongs to a matter.
    Matter {
        /// The matter.
        matter: MatterId,
    },
    /// The case is known under a reference, a file number for instance.
    Reference {
        /// The reference.
        reference: String,
    },
    /// The case runs under a procedure.
    Procedure {
        /// The name of the procedure.
        procedure: String,
        /// The digest of its meaning.
        digest: String,
    },
    /// What the entries are about: a case, a matter, a procedure.
    Kind {
        /// The name of the kind.
        kind: String,
    },
    /// A State is on a side of the case.
    State {
        /// Its code of two letters, such as `NZ`.
        state: String,
    },
    /// The case is about a person of this name. Found only by the same text, so write all names in one form. Kept
    /// sealed in the record, and hidden in the index.
    Person {
        /// The name.
        name: String,
    },
    /// A word by which the case is searched for, of its title for instance. Found and kept as a name is.
    Word {
        /// The word.
        word: String,
    },
    /// A warning before the end of a clock of the case is to be given. No limit of the law ends then.
    Warn {
        /// From when.
        at: Moment,
        /// The name of the clock.
        clock: String,
    },
    /// A day that the office set for the case. No limit of the law ends then.
    Planned {
        /// The start of that day where the case is decided.
        at: Moment,
        /// What is to be done then: a review, or the end of a hold.
        what: String,
    },
    /// The case is not over, and there is no day on which anybody would look at it again.
    Silent,
    /// The case was given to an account. Kept sealed in the record, and hidden in the index, as a name is.
    Assigned {
        /// The account.
        to: String,
    },
}

/// What to look up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// Due rows up to and including a moment, oldest first.
    DueUntil(Moment),
    /// Cases with a track at a stage.
    AtStage {
        /// The name of the track.
        track: String,
        /// The name of the stage.
        stage: String,
    },
    /// Cases in which an authority may or must act.
    ByAuthority(String),
    /// Cases of a matter.
    InMatter(MatterId),
    /// Cases known under a reference.
    Named(String),
    /// Cases under a procedure, in any of its versions.
    UnderProcedure(String),
    /// Cases under one version of a procedure.
    UnderVersion {
        /// The name of the procedure.
        procedure: String,
        /// The digest of its meaning.
        digest: String,
    },
    /// Everything of a kind.
    OfKind(String),
    /// Cases with a State on a side.
    OfState(String),
    /// Cases about a person, by the very name.
    OfPerson(String),
    /// Cases with a word.
    WithWord(String),
    /// Warnings up to and including a moment, oldest first.
    WarnUntil(Moment),
    /// Days that the office set, up to and including a moment, oldest first.
    PlannedUntil(Moment),
    /// Cases that are silent.
    Silent,
    /// Cases that were given to an account, by its very name.
    AssignedTo(String),
}

/// Which part of an answer is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// Where the page before ended; nothing for the first page.
    pub after: Option<Cursor>,
    /// The most rows wanted. A page holds at least one row if there is one.
    pub limit: usize,
}

impl PageRequest {
    /// The first page, of at most `limit` rows.
    #[must_use]
    pub const fn first(limit: usize) -> Self {
        Self { after: None, limit }
    }
}

/// A part of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The rows, in the order of their keys.
    pub rows: Vec<Found>,
    /// Where to go on, if there is more.
    pub next: Option<Cursor>,
}

/// A row and the case it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The case.
    pub case: CaseId,
    /// The row.
    pub row: Row,
}

/// A place between two rows. Prints as hexadecimal digits and reads from them; it means nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(Vec<u8>);

/// Text that is no cursor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a cursor; pass on the one that came with the page before, or none")]
pub struct BadCursor {
    /// What was given.
    pub text: String,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Cursor {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let pair = |pair: &[u8]| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        };
        let bytes: Option<Vec<u8>> = text.as_bytes().chunks(2).map(pair).collect();
        bytes.map(Self).ok_or_else(|| BadCursor { text: text.to_owned() })
    }
}

const DUE: u8 = 1;
const STAGE: u8 = 2;
const AUTHORITY: u8 = 3;
const MATTER: u8 = 4;
const REFERENCE: u8 = 5;
const PROCEDURE: u8 = 6;
const KIND: u8 = 7;
/// In the record only: the rows that tell of a person, together and sealed.
const SEALED_ROWS: u8 = 8;
const STATE: u8 = 9;
const WARN: u8 = 16;
const PLANNED: u8 = 17;
const SILENT: u8 = 18;
// Never in the record in the clear.
const PERSON: u8 = 10;
const WORD: u8 = 11;
const ASSIGNED: u8 = 19;

impl Row {
    /// The row as ordered bytes, which name it fully.
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Due { at, clock } => dated(DUE, *at, clock),
            Self::Stage { track, stage } => texts(STAGE, &[track, stage]),
            Self::Authority { authority } => texts(AUTHORITY, &[authority]),
            Self::Matter { matter } => in_matter(*matter),
            Self::Reference { reference } => texts(REFERENCE, &[reference]),
            Self::Procedure { procedure, digest } => texts(PROCEDURE, &[procedure, digest]),
            Self::Kind { kind } => texts(KIND, &[kind]),
            Self::State { state } => texts(STATE, &[state]),
            Self::Person { name } => texts(PERSON, &[name]),
            Self::Word { word } => texts(WORD, &[word]),
            Self::Warn { at, clock } => dated(WARN, *at, clock),
            Self::Planned { at, what } => dated(PLANNED, *at, what),
            Self::Silent => vec![SILENT],
            Self::Assigned { to } => texts(ASSIGNED, &[to]),
        }
    }

    /// Whether it tells of a person.
    pub(crate) const fn is_personal(&self) -> bool {
        matches!(self, Self::Person { .. } | Self::Word { .. } | Self::Assigned { .. })
    }

    /// Reads what [`Row::encode`] wrote.
    pub(crate) fn decode(reader: &mut Reader<'_>) -> Option<Self> {
        Some(match reader.u8()? {
            DUE => Self::Due { at: moment(reader)?, clock: text(reader)? },
            STAGE => Self::Stage { track: text(reader)?, stage: text(reader)? },
            AUTHORITY => Self::Authority { authority: text(reader)? },
            MATTER => Self::Matter { matter: MatterId(Uuid::from_bytes(reader.array()?)) },
            REFERENCE => Self::Reference { reference: text(reader)? },
            PROCEDURE => Self::Procedure { procedure: text(reader)?, digest: text(reader)? },
            KIND => Self::Kind { kind: text(reader)? },
            STATE => Self::State { state: text(reader)? },
            PERSON => Self::Person { name: text(reader)? },
            WORD => Self::Word { word: text(reader)? },
            WARN => Self::Warn { at: moment(reader)?, clock: text(reader)? },
            PLANNED => Self::Planned { at: moment(reader)?, what: text(reader)? },
            SILENT => Self::Silent,
            ASSIGNED => Self::Assigned { to: text(reader)? },
            _ => return None,
        })
    }

    /// The length of the longest text in the row, in bytes.
    pub(crate) fn longest_text(&self) -> usize {
        match self {
            Self::Due { clock, .. } | Self::Warn { clock, .. } => clock.len(),
            Self::Stage { track, stage } => track.len().max(stage.len()),
            Self::Authority { authority } => authority.len(),
            Self::Matter { .. } | Self::Silent => 0,
            Self::Reference { reference } => reference.len(),
            Self::Procedure { procedure, digest } => procedure.len().max(digest.len()),
            Self::Kind { kind } => kind.len(),
            Self::State { state } => state.len(),
            Self::Person { name } => name.len(),
            Self::Word { word } => word.len(),
            Self::Planned { what, .. } => what.len(),
            Self::Assigned { to } => to.len(),
        }
    }
}

impl Query {
    /// The keys of the answer: from the first, up to but without the second.
    pub(crate) fn range(&self, blinder: &Blinder) -> (Vec<u8>, Vec<u8>) {
        let prefix = match self {
            Self::DueUntil(last) => return (vec![DUE], after_all_with(instant(DUE, *last))),
            Self::WarnUntil(last) => return (vec![WARN], after_all_with(instant(WARN, *last))),
            Self::PlannedUntil(last) => return (vec![PLANNED], after_all_with(instant(PLANNED, *last))),
            Self::Silent => vec![SILENT],
            Self::AtStage { track, stage } => texts(STAGE, &[track, stage]),
            Self::ByAuthority(authority) => texts(AUTHORITY, &[authority]),
            Self::InMatter(matter) => in_matter(*matter),
            Self::Named(reference) => texts(REFERENCE, &[reference]),
            Self::UnderProcedure(procedure) => texts(PROCEDURE, &[procedure]),
            Self::UnderVersion { procedure, digest } => texts(PROCEDURE, &[procedure, digest]),
            Self::OfKind(kind) => texts(KIND, &[kind]),
            Self::OfState(state) => texts(STATE, &[state]),
            Self::OfPerson(_) | Self::WithWord(_) | Self::AssignedTo(_) => {
                self.hidden().map_or_else(Vec::new, |row| blinded(&row.encode(), blinder))
            }
        };
        (prefix.clone(), after_all_with(prefix))
    }

    /// The row that is asked for, where the index holds a number in its place.
    pub(crate) fn hidden(&self) -> Option<Row> {
        match self {
            Self::OfPerson(name) => Some(Row::Person { name: name.clone() }),
            Self::WithWord(word) => Some(Row::Word { word: word.clone() }),
            Self::AssignedTo(to) => Some(Row::Assigned { to: to.clone() }),
            Self::DueUntil(_)
            | Self::AtStage { .. }
            | Self::ByAuthority(_)
            | Self::InMatter(_)
            | Self::Named(_)
            | Self::UnderProcedure(_)
            | Self::UnderVersion { .. }
            | Self::OfKind(_)
            | Self::OfState(_)
            | Self::WarnUntil(_)
            | Self::PlannedUntil(_)
            | Self::Silent => None,
        }
    }
}

/// The rows as the record keeps them, sorted and without repetition; those that tell of a person in one, which `seal`
/// seals.
pub(crate) fn canonical(rows: &[Row], seal: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<Vec<u8>> {
    let sorted = |personal: bool| -> BTreeSet<Vec<u8>> {
        rows.iter().filter(|row| row.is_personal() == personal).map(Row::encode).collect()
    };
    let mut kept = sorted(false);
    let personal = sorted(true);
    if !personal.is_empty() {
        let mut together = Vec::new();
        for row in &personal {
            together.put_short(row);
        }
        kept.insert([&[SEALED_ROWS], seal(&together).as_slice()].concat());
    }
    kept.into_iter().collect()
}

/// Whether the record may keep these bytes as a row.
pub(crate) fn is_kept(bytes: &[u8]) -> bool {
    let mut reader = Reader::new(bytes);
    match sealed(bytes) {
        Some(sealed) => Sealed::read(sealed).is_some(),
        None => Row::decode(&mut reader).is_some_and(|row| !row.is_personal()) && reader.is_done(),
    }
}

/// The sealed part of a row that is sealed.
pub(crate) fn sealed(kept: &[u8]) -> Option<&[u8]> {
    kept.strip_prefix(&[SEALED_ROWS])
}

/// The rows of the index for rows that were sealed together; nothing if `together` is not such rows.
pub(crate) fn hidden(together: &[u8], blinder: &Blinder) -> Option<Vec<Vec<u8>>> {
    let mut reader = Reader::new(together);
    let mut rows = Vec::new();
    while !reader.is_done() {
        let length = usize::from(reader.u16()?);
        rows.push(blinded(reader.bytes(length)?, blinder));
    }
    Some(rows)
}

/// The row of the index in which a number stands for what `row` says.
fn blinded(row: &[u8], blinder: &Blinder) -> Vec<u8> {
    let mut key = row.get(..1).unwrap_or_default().to_vec();
    key.put(&blinder.blind(row));
    key
}

/// How many bytes the record needs for `rows`, before any of them are sealed.
pub(crate) fn encoded_length(rows: &[Row]) -> usize {
    rows.iter().map(|row| row.encode().len() + 2).sum()
}

/// The key of a row in the index: the row, then the case.
pub(crate) fn index_key(row: &[u8], case: CaseId) -> Vec<u8> {
    [row, case.0.as_bytes().as_slice()].concat()
}

/// Reads a key of the index. Where a number stands in it, `asked` says for what.
pub(crate) fn found(key: &[u8], asked: Option<&Row>) -> Option<Found> {
    let mut reader = Reader::new(key);
    let row = match asked {
        None => Row::decode(&mut reader)?,
        Some(row) => {
            reader.bytes(17)?;
            row.clone()
        }
    };
    let case = CaseId(Uuid::from_bytes(reader.array()?));
    reader.is_done().then_some(Found { case, row })
}

/// Where a page starts: at the start of the range, or behind the cursor.
pub(crate) fn page_start(range_start: Vec<u8>, after: Option<&Cursor>) -> Vec<u8> {
    let Some(Cursor(last)) = after else { return range_start };
    // The key right behind `last`.
    let mut behind = last.clone();
    behind.push(0);
    range_start.max(behind)
}

/// The page of at most `limit` rows from `keys`, which must be in order and may be more than wanted.
pub(crate) fn page<E>(
    keys: impl Iterator<Item = Result<Vec<u8>, E>>,
    limit: usize,
    asked: Option<&Row>,
    unreadable: impl Fn() -> E,
) -> Result<Page, E> {
    let limit = limit.max(1);
    let mut page = Page { rows: Vec::new(), next: None };
    let mut last = None;
    for key in keys {
        let key = key?;
        if page.rows.len() == limit {
            page.next = last.map(Cursor);
            break;
        }
        page.rows.push(found(&key, asked).ok_or_else(&unreadable)?);
        last = Some(key);
    }
    Ok(page)
}

// Turns signed order into the order of bytes.
const SIGN: u64 = 1 << 63;

fn instant(tag: u8, at: Moment) -> Vec<u8> {
    let ordered = at.as_unix_microseconds().cast_unsigned() ^ SIGN;
    let mut key = vec![tag];
    key.extend_from_slice(&ordered.to_be_bytes());
    key
}

fn dated(tag: u8, at: Moment, of: &str) -> Vec<u8> {
    let mut key = instant(tag, at);
    put_text(&mut key, of);
    key
}

fn moment(reader: &mut Reader<'_>) -> Option<Moment> {
    let ordered = reader.u64()?;
    Moment::from_unix_microseconds((ordered ^ SIGN).cast_signed()).ok()
}

fn in_matter(matter: MatterId) -> Vec<u8> {
    let mut key = vec![MATTER];
    key.extend_from_slice(matter.0.as_bytes());
    key
}

fn texts(tag: u8, texts: &[&String]) -> Vec<u8> {
    let mut key = vec![tag];
    for text in texts {
        put_text(&mut key, text);
    }
    key
}

// A text ends with 00 01, and a zero byte inside it is written 00 FF. So `ab` sorts before `ab-c`, and no
// text is the beginning of another.
fn put_text(key: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        key.push(byte);
        if byte == 0 {
            key.push(0xFF);
        }
    }
    key.extend_from_slice(&[0, 1]);
}

fn text(reader: &mut Reader<'_>) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        match (reader.u8()?, &mut bytes) {
            (0, text) => match reader.u8()? {
                1 => break,
                0xFF => text.push(0),
                _ => return None,
            },
            (byte, text) => text.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

/// The least key that is greater than every key with this beginning.
fn after_all_with(mut prefix: Vec<u8>) -> Vec<u8> {
    while let Some(last) = prefix.pop() {
        if let Some(more) = last.checked_add(1) {
            prefix.push(more);
            break;
        }
    }
    prefix
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn microseconds(at: i32) -> Moment {
        Moment::from_unix_microseconds(i64::from(at)).unwrap()
    }

    fn any_row() -> impl Strategy<Value = Row> {
        let word = "[a-c\u{0}é]{0,4}";
        prop_oneof![
            (any::<i32>(), word).prop_map(|(at, clock)| Row::Due { at: microseconds(at), clock }),
            (word, word).prop_map(|(track, stage)| Row::Stage { track, stage }),
            word.prop_map(|authority| Row::Authority { authority }),
            any::<u128>().prop_map(|id| Row::Matter { matter: MatterId(Uuid::from_u128(id)) }),
            word.prop_map(|reference| Row::Reference { reference }),
            (word, word).prop_map(|(procedure, digest)| Row::Procedure { procedure, digest }),
            word.prop_map(|kind| Row::Kind { kind }),
            word.prop_map(|state| Row::State { state }),
            word.prop_map(|name| Row::Person { name }),
            word.prop_map(|word| Row::Word { word }),
            (any::<i32>(), word).prop_map(|(at, clock)| Row::Warn { at: microseconds(at), clock }),
            (any::<i32>(), word).prop_map(|(at, what)| Row::Planned { at: microseconds(at), what }),
            Just(Row::Silent),
            word.prop_map(|to| Row::Assigned { to }),
        ]
    }

    proptest! {
        #[test]
        fn a_row_survives_its_key(row in any_row(), case in any::<u128>()) {
            let case = CaseId(Uuid::from_u128(case));
            prop_assert_eq!(found(&index_key(&row.encode(), case), None), Some(Found { case, row }));
        }

        #[test]
        fn keys_sort_as_rows_do(a in any_row(), b in any_row()) {
            prop_assert_eq!(a.encode().cmp(&b.encode()), a.cmp(&b));
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = (found(&bytes, None), is_kept(&bytes), hidden(&bytes, &Blinder::new([0; 32])));
        }

        #[test]
        fn a_cursor_survives_its_text(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let cursor = Cursor(bytes);
            prop_assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
    }

    #[test]
    fn what_is_planned_or_warned_of_is_not_due() {
        let at = microseconds(7);
        let until = |query: Query| query.range(&Blinder::new([0; 32]));
        let rows = [
            Row::Due { at, clock: "answer".into() },
            Row::Warn { at, clock: "answer".into() },
            Row::Planned { at, what: "review".into() },
        ];
        let queries = [Query::DueUntil(at), Query::WarnUntil(at), Query::PlannedUntil(at)];
        for (place, query) in queries.into_iter().enumerate() {
            let (from, to) = until(query);
            let found: Vec<bool> = rows.iter().map(|row| (&from..&to).contains(&&row.encode())).collect();
            assert_eq!(found, (0..3).map(|other| other == place).collect::<Vec<_>>());
        }
        let (from, to) = until(Query::Silent);
        assert!((from..to).contains(&Row::Silent.encode()));
    }

    #[test]
    fn one_name_that_begins_another_is_not_found_with_it() {
        let (from, to) = Query::OfKind("case".into()).range(&Blinder::new([0; 32]));
        let key = |kind: &str| Row::Kind { kind: kind.into() }.encode();
        assert!((from..to).contains(&key("case")));
        let (from, to) = Query::OfKind("case".into()).range(&Blinder::new([0; 32]));
        assert!(!(from..to).contains(&key("case-law")));
    }
}
