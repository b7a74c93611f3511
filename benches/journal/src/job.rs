//! The job that all of them do: a case is opened, twelve acts are recorded in it, each durable before the next.

use std::collections::BTreeSet;

use comity_core::id::{CaseId, Version};
use comity_core::time::Moment;
use comity_store::{Commit, NewEntry, Row};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Outcome;

/// A case is opened, and then come twelve acts.
pub(crate) const STEPS: u32 = 13;
/// About as long as an act is with its date, its authority and two facts.
const PAYLOAD: usize = 300;
const DIGEST: &str = "5d41402abc4b2a76b9719d911017c592ae2f5c1e8a9d4c1f6b7e0a3d2c9b8f71";
const STAGES: [(&str, &str); 6] = [
    ("request", "lodged"),
    ("request", "before-court"),
    ("custody", "free"),
    ("custody", "held-provisionally"),
    ("custody", "held-for-hand-over"),
    ("assurances", "asked-for"),
];

/// The hash of what was recorded last in a case.
pub(crate) type Last = [u8; 32];

/// One act of a case; the first opens it.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    pub(crate) case: Uuid,
    /// How many entries the case has before it.
    pub(crate) step: u32,
    pub(crate) at: i64,
    pub(crate) payload: Vec<u8>,
}

impl Act {
    pub(crate) fn new(case: Uuid, step: u32) -> Self {
        let at = 1_700_000_000_000_000 + i64::from(step) * 86_400_000_000;
        let mut payload = format!(
            r#"{{"act":"step-{step}","case":"{case}","effective":"2024-06-03T10:00:00+09:00","by":"requested/central","facts":{{"#
        )
        .into_bytes();
        // What officers write differs from case to case.
        let mut word = case.as_u128() ^ u128::from(step);
        while payload.len() < PAYLOAD {
            word = word.wrapping_mul(0x2360_ED05_1FC6_5DA4_4385_DF64_9FCC_F645).wrapping_add(1);
            payload.extend_from_slice(format!("{:016x} ", word >> 64).as_bytes());
        }
        payload.truncate(PAYLOAD);
        Self { case, step, at, payload }
    }

    /// The index rows of the case after this act.
    pub(crate) fn rows(&self) -> Outcome<Vec<Row>> {
        rows_at(self.case, self.step)
    }

    /// The commit by which the store is asked for it.
    pub(crate) fn commit(self) -> Outcome<Commit> {
        let rows = self.rows()?;
        let entry = NewEntry {
            recorded_at: Moment::from_unix_microseconds(self.at)?,
            recorded_by: "desk-4".to_owned(),
            payload: self.payload,
            personal: true,
        };
        Ok(Commit {
            case: CaseId(self.case),
            seen: Version(self.step),
            entries: vec![entry],
            rows,
            key: None,
            erases: false,
        })
    }

    /// The rows that go and those that come with it, as keys for whoever does not work them out itself.
    pub(crate) fn change(&self) -> Outcome<Change> {
        let keys =
            |step| -> Outcome<BTreeSet<String>> { Ok(rows_at(self.case, step)?.iter().map(key).collect()) };
        let before = self.step.checked_sub(1).map_or_else(|| Ok(BTreeSet::new()), keys)?;
        let after = keys(self.step)?;
        Ok(Change {
            gone: before.difference(&after).cloned().collect(),
            come: after.difference(&before).cloned().collect(),
        })
    }

    /// The hash of the entry, which covers the one before.
    pub(crate) fn hash(&self, before: &Last) -> Last {
        let mut hasher = Sha256::new();
        hasher.update(self.case.as_bytes());
        hasher.update(self.step.to_be_bytes());
        hasher.update(self.at.to_be_bytes());
        hasher.update(&self.payload);
        hasher.update(before);
        hasher.finalize().into()
    }
}

/// The rows that change with an act.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) gone: Vec<String>,
    pub(crate) come: Vec<String>,
}

fn rows_at(case: Uuid, step: u32) -> Outcome<Vec<Row>> {
    let number = case.as_u128();
    let stage = |at: usize| {
        let (track, stage) = STAGES.get(at % STAGES.len()).copied().unwrap_or_default();
        Row::Stage { track: track.to_owned(), stage: stage.to_owned() }
    };
    let step_index = usize::try_from(step)?;
    // Limits of some weeks, spread over the years so that no two cases end at the same instant.
    let due = 1_700_000_000_000_000_i64
        + i64::try_from(number % 100_000_000)? * 1_000_000
        + i64::from(step / 2) * 3_888_000_000_000;
    let mut rows = vec![
        Row::Kind { kind: "case".to_owned() },
        Row::Reference { reference: format!("EXT-2024-{:08}", number % 100_000_000) },
        Row::Procedure { procedure: "nz-kr/extradition".to_owned(), digest: DIGEST.to_owned() },
        stage(usize::from(step > 6)),
        stage(2 + (step_index / 4) % 3),
        Row::Due { at: Moment::from_unix_microseconds(due)?, clock: format!("limit-{}", step / 2) },
        Row::Authority {
            authority: ["requested/central", "requested/court"]
                .get(step_index % 2)
                .copied()
                .unwrap_or_default()
                .to_owned(),
        },
        Row::State { state: "NZ".to_owned() },
    ];
    if step > 3 {
        rows.push(stage(5));
    }
    // Of the title, which stays as it is.
    for place in 0..4_u32 {
        rows.push(Row::Word { word: format!("word{:04}", number.rotate_right(place * 16) % 5000) });
    }
    Ok(rows)
}

fn key(row: &Row) -> String {
    match row {
        Row::Due { at, clock } => format!("due {:020} {clock}", at.as_unix_microseconds()),
        Row::Stage { track, stage } => format!("stage {track} {stage}"),
        Row::Authority { authority } => format!("authority {authority}"),
        Row::Matter { matter } => format!("matter {matter}"),
        Row::Reference { reference } => format!("reference {reference}"),
        Row::Procedure { procedure, digest } => format!("procedure {procedure} {digest}"),
        Row::Kind { kind } => format!("kind {kind}"),
        Row::State { state } => format!("state {state}"),
        Row::Person { name } => format!("person {name}"),
        Row::Word { word } => format!("word {word}"),
    }
}
