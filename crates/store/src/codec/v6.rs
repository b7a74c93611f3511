//! Format 6: a case goes over to another procedure. Released: never change a name, an order or a meaning here; add a format of the
//! next number instead.

use comity_core::entry::{Body, Digest};
use comity_core::migration::{ClockFate, Ends, Fate, Migration, NameFate, NameKind, TrackFate};
use comity_core::name::Name;
use comity_core::procedure::Meaning;
use serde::{Deserialize, Serialize};

use super::Record;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Payload {
    format: u32,
    record: RecordV6,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum RecordV6 {
    Migrated {
        from_meaning: String,
        procedure: String,
        version: u32,
        meaning: String,
        plan: String,
        authority: String,
        reason: String,
        cite: String,
        tracks: Vec<TrackV6>,
        clocks: Vec<ClockV6>,
        names: Vec<NameV6>,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrackV6 {
    track: String,
    fate: FateV6,
    stages: Vec<StageV6>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StageV6 {
    stage: String,
    becomes: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockV6 {
    clock: String,
    fate: FateV6,
    ends: EndsV6,
    cite: String,
    may_have_run_out: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NameV6 {
    of: KindV6,
    name: String,
    fate: FateV6,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum FateV6 {
    Becomes(String),
    Dropped(String),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum EndsV6 {
    Keep,
    Recompute,
    Later,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum KindV6 {
    Fact,
    Act,
    Document,
    Ground,
    Obligation,
    Condition,
    Authority,
}

/// What is wrong with a record, without any of its content.
type Wrong = &'static str;

impl Payload {
    /// The record in this format, if it is new in it.
    pub(super) fn of(record: &Record) -> Option<Self> {
        let Record::Case(Body::Migrated(migration)) = record else { return None };
        let Migration {
            from,
            procedure,
            version,
            meaning,
            plan,
            authority,
            reason,
            cite,
            tracks,
            clocks,
            names,
        } = migration.as_ref();
        let record = RecordV6::Migrated {
            from_meaning: from.to_string(),
            procedure: procedure.to_string(),
            version: *version,
            meaning: meaning.to_string(),
            plan: plan.to_string(),
            authority: authority.clone(),
            reason: reason.clone(),
            cite: cite.clone(),
            tracks: tracks.iter().map(TrackV6::from).collect(),
            clocks: clocks.iter().map(ClockV6::from).collect(),
            names: names.iter().map(NameV6::from).collect(),
        };
        Some(Self { format: 6, record })
    }

    pub(super) fn into_record(self) -> Result<Record, Wrong> {
        let RecordV6::Migrated {
            from_meaning,
            procedure,
            version,
            meaning,
            plan,
            authority,
            reason,
            cite,
            tracks,
            clocks,
            names,
        } = self.record;
        Ok(Record::Case(Body::Migrated(Box::new(Migration {
            from: Meaning(digest(&from_meaning)?),
            procedure: name(&procedure)?,
            version,
            meaning: Meaning(digest(&meaning)?),
            plan: Digest(digest(&plan)?),
            authority,
            reason,
            cite,
            tracks: tracks.into_iter().map(TrackFate::try_from).collect::<Result<_, _>>()?,
            clocks: clocks.into_iter().map(ClockFate::try_from).collect::<Result<_, _>>()?,
            names: names.into_iter().map(NameFate::try_from).collect::<Result<_, _>>()?,
        }))))
    }
}

impl From<&TrackFate> for TrackV6 {
    fn from(TrackFate { track, fate, stages }: &TrackFate) -> Self {
        let stage = |(stage, becomes): &(Name, Name)| StageV6 {
            stage: stage.to_string(),
            becomes: becomes.to_string(),
        };
        Self { track: track.to_string(), fate: fate.into(), stages: stages.iter().map(stage).collect() }
    }
}

impl TryFrom<TrackV6> for TrackFate {
    type Error = Wrong;

    fn try_from(TrackV6 { track, fate, stages }: TrackV6) -> Result<Self, Wrong> {
        let stage = |one: StageV6| Ok((name(&one.stage)?, name(&one.becomes)?));
        Ok(Self {
            track: name(&track)?,
            fate: fate.try_into()?,
            stages: stages.into_iter().map(stage).collect::<Result<_, Wrong>>()?,
        })
    }
}

impl From<&ClockFate> for ClockV6 {
    fn from(ClockFate { clock, fate, ends, cite, may_have_run_out }: &ClockFate) -> Self {
        Self {
            clock: clock.to_string(),
            fate: fate.into(),
            ends: match ends {
                Ends::Keep => EndsV6::Keep,
                Ends::Recompute => EndsV6::Recompute,
                Ends::Later => EndsV6::Later,
            },
            cite: cite.clone(),
            may_have_run_out: *may_have_run_out,
        }
    }
}

impl TryFrom<ClockV6> for ClockFate {
    type Error = Wrong;

    fn try_from(ClockV6 { clock, fate, ends, cite, may_have_run_out }: ClockV6) -> Result<Self, Wrong> {
        let ends = match ends {
            EndsV6::Keep => Ends::Keep,
            EndsV6::Recompute => Ends::Recompute,
            EndsV6::Later => Ends::Later,
        };
        Ok(Self { clock: name(&clock)?, fate: fate.try_into()?, ends, cite, may_have_run_out })
    }
}

impl From<&NameFate> for NameV6 {
    fn from(NameFate { kind, name, fate }: &NameFate) -> Self {
        let of = match kind {
            NameKind::Fact => KindV6::Fact,
            NameKind::Act => KindV6::Act,
            NameKind::Document => KindV6::Document,
            NameKind::Ground => KindV6::Ground,
            NameKind::Obligation => KindV6::Obligation,
            NameKind::Condition => KindV6::Condition,
            NameKind::Authority => KindV6::Authority,
        };
        Self { of, name: name.to_string(), fate: fate.into() }
    }
}

impl TryFrom<NameV6> for NameFate {
    type Error = Wrong;

    fn try_from(NameV6 { of, name: written, fate }: NameV6) -> Result<Self, Wrong> {
        let kind = match of {
            KindV6::Fact => NameKind::Fact,
            KindV6::Act => NameKind::Act,
            KindV6::Document => NameKind::Document,
            KindV6::Ground => NameKind::Ground,
            KindV6::Obligation => NameKind::Obligation,
            KindV6::Condition => NameKind::Condition,
            KindV6::Authority => NameKind::Authority,
        };
        Ok(Self { kind, name: name(&written)?, fate: fate.try_into()? })
    }
}

impl From<&Fate> for FateV6 {
    fn from(fate: &Fate) -> Self {
        match fate {
            Fate::Becomes(name) => Self::Becomes(name.to_string()),
            Fate::Dropped { reason } => Self::Dropped(reason.clone()),
        }
    }
}

impl TryFrom<FateV6> for Fate {
    type Error = Wrong;

    fn try_from(fate: FateV6) -> Result<Self, Wrong> {
        Ok(match fate {
            FateV6::Becomes(becomes) => Self::Becomes(name(&becomes)?),
            FateV6::Dropped(reason) => Self::Dropped { reason },
        })
    }
}

fn name(text: &str) -> Result<Name, Wrong> {
    text.parse().map_err(|_| "a name is unreadable")
}

fn digest(text: &str) -> Result<[u8; 32], Wrong> {
    super::v1::digest(text)
}
