//! Why the procedure does not allow an entry: values that an officer could write in the file.

use std::fmt;

use crate::id::EntryNumber;
use crate::migration::Obstacle;
use crate::procedure::Basis;
use crate::time::{CountError, Day, Moment, Period, When};
use crate::value::list;
use crate::words::words;

words! {
    /// The kind of a rejection: stable, and the name of its page in the reference.
    pub enum RejectionCode {
        /// The act is not open at this stage.
        NotOpen = "not-open",
        /// What must hold does not.
        NotFulfilled = "not-fulfilled",
        /// An exception closes the act.
        Excepted = "excepted",
        /// A waiting period has not run.
        TooEarly = "too-early",
        /// It may be done only once a limit has run out.
        NotRunOut = "not-run-out",
        /// The power to do it ended when a limit ran out.
        Lapsed = "lapsed",
        /// The limit cannot be made longer so.
        NotExtendable = "not-extendable",
        /// The rule is not law on the day that counts.
        NotInForce = "not-in-force",
        /// The authority may not do this.
        WrongAuthority = "wrong-authority",
        /// A fact is missing.
        FactMissing = "fact-missing",
        /// A fact does not belong here.
        FactNotWanted = "fact-not-wanted",
        /// A value is of the wrong type.
        WrongValue = "wrong-value",
        /// The procedure knows no such thing.
        Unknown = "unknown",
        /// The date is not known well enough.
        TooVague = "too-vague",
        /// A limit cannot be computed.
        CannotCount = "cannot-count",
        /// It lies in the future.
        InTheFuture = "in-the-future",
        /// It lies before the case.
        BeforeTheCase = "before-the-case",
        /// Acts recorded later would no longer be allowed.
        UpsetsLater = "upsets-later",
        /// There is no such entry to annul or correct.
        NoSuchEntry = "no-such-entry",
        /// That entry cannot be annulled or corrected.
        NotToBeUndone = "not-to-be-undone",
        /// The record would go back in time.
        RecordGoesBack = "record-goes-back",
        /// The case is on hold already.
        OnHold = "on-hold",
        /// The case is not on hold.
        NotOnHold = "not-on-hold",
        /// No day of review is set.
        NoReviewDate = "no-review-date",
        /// The day that the office would set has passed.
        DayHasPassed = "day-has-passed",
        /// The case is over.
        CaseIsOver = "case-is-over",
        /// What must be said is not said.
        NothingSaid = "nothing-said",
        /// It takes two persons.
        TakesTwo = "takes-two",
        /// It takes one person only.
        NoSecondNeeded = "no-second-needed",
        /// Whoever proposed it cannot confirm it.
        ConfirmedByProposer = "confirmed-by-proposer",
        /// There is no such proposal to confirm.
        NotToBeConfirmed = "not-to-be-confirmed",
        /// The case is not sealed.
        NotSealed = "not-sealed",
        /// The case cannot go over to another procedure.
        NotMigrated = "not-migrated",
    }
}

/// Why the procedure does not allow an entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The act is not open while a track stands where it does.
    #[error("`{act}` is not open while {track} is `{stage}`; it is open from {open_from} ({basis})")]
    NotOpen {
        /// The act.
        act: String,
        /// The track.
        track: String,
        /// Where it stands.
        stage: String,
        /// Where it would have to stand.
        open_from: String,
        /// The provision.
        basis: Basis,
    },
    /// What must hold for it does not, or is not known.
    #[error("`{act}` is not allowed yet: {} ({basis})", because.join("; "))]
    NotFulfilled {
        /// The act.
        act: String,
        /// What is missing, one sentence each.
        because: Vec<String>,
        /// The provision.
        basis: Basis,
    },
    /// An exception closes it, or may do so for all that is known.
    #[error("`{act}` is not allowed: {because} ({basis})")]
    Excepted {
        /// The act.
        act: String,
        /// The exception, in words.
        because: String,
        /// The provision of the exception.
        basis: Basis,
    },
    /// A waiting period has not run.
    #[error("`{act}` must wait for `{clock}`, which runs until {until} ({basis})")]
    TooEarly {
        /// The act.
        act: String,
        /// The waiting period.
        clock: String,
        /// When it has run, in the zone that counts.
        until: String,
        /// The provision.
        basis: Basis,
    },
    /// The authority may not do this.
    #[error("`{authority}` may not do `{act}`; it is for {} ({basis})", list(allowed))]
    WrongAuthority {
        /// What was to be done.
        act: String,
        /// Who was named.
        authority: String,
        /// Who may.
        allowed: Vec<String>,
        /// The provision.
        basis: Basis,
    },
    /// A fact must be given with the act.
    #[error("`{act}` must record {} ({basis})", list(facts))]
    FactMissing {
        /// The act.
        act: String,
        /// The facts that are missing.
        facts: Vec<String>,
        /// The provision.
        basis: Basis,
    },
    /// A fact was given that the act does not record.
    #[error("`{act}` does not record `{fact}`; record it as a fact of its own")]
    FactNotWanted {
        /// The act.
        act: String,
        /// The fact.
        fact: String,
    },
    /// A value is not of the type of its fact.
    #[error("`{fact}` takes {expected}")]
    WrongValue {
        /// The fact.
        fact: String,
        /// What would be right.
        expected: String,
    },
    /// The procedure knows no such thing.
    #[error("this procedure knows no {what} `{name}`; it knows {}", list(known))]
    Unknown {
        /// What kind of thing.
        what: &'static str,
        /// What was named.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The date is not known well enough for a clock.
    #[error(
        "`{act}` is known only as {when}, and it {touches} the clock `{clock}`; find the {needed} first ({basis})"
    )]
    TooVague {
        /// What was to be recorded.
        act: String,
        /// What is known.
        when: When,
        /// `starts` or `meets`.
        touches: &'static str,
        /// The clock.
        clock: String,
        /// `day` or `time of day`.
        needed: &'static str,
        /// The provision.
        basis: Basis,
    },
    /// A limit that it starts cannot be computed.
    #[error("the clock `{clock}` cannot be computed: {why} ({basis})")]
    CannotCount {
        /// The clock.
        clock: String,
        /// Why.
        why: CountError,
        /// The provision.
        basis: Basis,
    },
    /// It may be done only once a limit has run out.
    #[error("`{act}` is open only once the clock `{clock}` has run out ({basis})")]
    NotRunOut {
        /// The act.
        act: String,
        /// The clock.
        clock: String,
        /// The provision.
        basis: Basis,
    },
    /// The power to do it ended when a limit ran out.
    #[error("`{act}` can no longer be done: the clock `{clock}` ran out {ended} ({basis})")]
    Lapsed {
        /// The act.
        act: String,
        /// The clock.
        clock: String,
        /// When it ran out, in words.
        ended: String,
        /// The provision.
        basis: Basis,
    },
    /// The limit cannot be made longer so.
    #[error("`{act}` cannot make the clock `{clock}` longer: {why} ({basis})")]
    NotExtendable {
        /// The act.
        act: String,
        /// The clock.
        clock: String,
        /// Why.
        why: NotExtendable,
        /// The provision.
        basis: Basis,
    },
    /// The rule is not law on the day that counts.
    #[error("{what} is law {in_force}, and the day that counts is {day} ({basis})")]
    NotInForce {
        /// The act, ground or authority.
        what: String,
        /// From when until when it is law.
        in_force: String,
        /// The day whose law applies.
        day: Day,
        /// The provision.
        basis: Basis,
    },
    /// It lies in the future.
    #[error("{when} lies in the future, now being {now}; record it when it has happened")]
    InTheFuture {
        /// When it is said to have happened.
        when: When,
        /// The moment of recording.
        now: Moment,
    },
    /// It lies before the case began.
    #[error("{when} lies before the case, which begins {since}")]
    BeforeTheCase {
        /// When it is said to have happened.
        when: When,
        /// When the case begins.
        since: When,
    },
    /// Acts recorded later would no longer be allowed.
    #[error(
        "this would upset {}: {}; annul these first, the last one first",
        entries(upset),
        first_reason(upset)
    )]
    UpsetsLater {
        /// The entries, each with the reason why it would no longer be allowed.
        upset: Vec<Upset>,
    },
    /// There is no such entry.
    #[error("there is no entry {entry}; the case holds {held}")]
    NoSuchEntry {
        /// The entry named.
        entry: EntryNumber,
        /// How many there are.
        held: u32,
    },
    /// It cannot be annulled or corrected.
    #[error("entry {entry} {why}")]
    NotToBeUndone {
        /// The entry.
        entry: EntryNumber,
        /// Why, as the end of the sentence.
        why: &'static str,
    },
    /// The record would go back in time.
    #[error(
        "the last entry was recorded at {last}, after {now}; the clock of this machine went back: set it right"
    )]
    RecordGoesBack {
        /// When the last entry was recorded.
        last: Moment,
        /// The moment of recording.
        now: Moment,
    },
    /// The case is on hold already.
    #[error("the case is on hold since {since} (entry {entry}); resume it before it is put on hold anew")]
    OnHold {
        /// The entry by which it was put on hold.
        entry: EntryNumber,
        /// The day on which that was recorded.
        since: Day,
    },
    /// The case is not on hold.
    #[error("the case is not on hold, so there is nothing to resume")]
    NotOnHold,
    /// No day of review is set.
    #[error("no day of review is set, so there is none to strike out")]
    NoReviewDate,
    /// The day that the office would set has passed.
    #[error("the day of the {what}, {day}, has passed, for today is {today}; set today or a later day")]
    DayHasPassed {
        /// `hold` or `review`.
        what: &'static str,
        /// The day.
        day: Day,
        /// The day on which it would be recorded, where the deciding side counts.
        today: Day,
    },
    /// The case is over.
    #[error("the case is over, so it cannot be {what}")]
    CaseIsOver {
        /// What was to be done with it.
        what: &'static str,
    },
    /// It takes two persons.
    #[error("`{act}` takes two persons: propose it, and another confirms it ({basis})")]
    TakesTwo {
        /// The act.
        act: String,
        /// The provision.
        basis: Basis,
    },
    /// It takes one person only.
    #[error("the procedure leaves this to one person: record it instead of proposing it")]
    NoSecondNeeded,
    /// Whoever proposed it cannot confirm it.
    #[error("entry {entry} was proposed by the same account; another confirms it")]
    ConfirmedByProposer {
        /// The entry that proposed it.
        entry: EntryNumber,
    },
    /// There is no such proposal to confirm.
    #[error("entry {entry} {why}")]
    NotToBeConfirmed {
        /// The entry.
        entry: EntryNumber,
        /// Why, as the end of the sentence.
        why: &'static str,
    },
    /// The case is not sealed.
    #[error("the case is not sealed, so there is no seal to lift")]
    NotSealed,
    /// What must be said is not said.
    #[error("it is not said {what}")]
    NothingSaid {
        /// What must be said, as the end of the sentence.
        what: &'static str,
    },
    /// The case cannot go over to another procedure.
    #[error("the case cannot go over to the other procedure: {}", sentences(because))]
    NotMigrated {
        /// Everything that stands in the way.
        because: Vec<Obstacle>,
    },
}

/// Why a limit cannot be made longer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotExtendable {
    /// It has not begun.
    #[error("it has not started")]
    NotStarted,
    /// It was met, cured, switched off or replaced.
    #[error("it is over")]
    Over,
    /// It has run out, and may be extended only before.
    #[error("it has run out, and an extension must come before the end")]
    RanOut,
    /// It still runs, and may be extended only after it has run out.
    #[error("it still runs, and an extension comes only after the end")]
    StillRuns,
    /// It was extended as often as the law allows.
    #[error("it may be extended so at most {at_most} {}", if *.at_most == 1 { "time" } else { "times" })]
    TooOften {
        /// How often.
        at_most: u32,
    },
    /// The act names neither a length nor a day.
    #[error("the act says neither by how much nor until when")]
    ByNothing,
    /// It would end no later than before.
    #[error("it runs out {ends}, and with this {until}")]
    NotLonger {
        /// When it runs out, in words.
        ends: String,
        /// When it would, in words.
        until: String,
    },
    /// It would become longer than the law allows.
    #[error("it may last {longest} at most, until {most}, and would last until {until}")]
    TooLong {
        /// How long it may last.
        longest: Period,
        /// Until when, in words.
        most: String,
        /// Until when it would last, in words.
        until: String,
    },
}

/// An entry that would no longer be allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upset {
    /// The entry.
    pub entry: EntryNumber,
    /// What it records, in a few words.
    pub what: String,
    /// Why it would not be allowed.
    pub because: Box<Rejection>,
}

fn entries(upset: &[Upset]) -> String {
    let named: Vec<String> = upset.iter().map(|one| format!("entry {} ({})", one.entry, one.what)).collect();
    named.join(" and ")
}

fn sentences(because: &[Obstacle]) -> String {
    because.iter().map(ToString::to_string).collect::<Vec<String>>().join("; ")
}

fn first_reason(upset: &[Upset]) -> String {
    upset.first().map_or_else(String::new, |one| one.because.to_string())
}

impl Rejection {
    /// The stable code, which names a page of the reference.
    #[must_use]
    pub fn code(&self) -> RejectionCode {
        match self {
            Self::NotOpen { .. } => RejectionCode::NotOpen,
            Self::NotFulfilled { .. } => RejectionCode::NotFulfilled,
            Self::Excepted { .. } => RejectionCode::Excepted,
            Self::TooEarly { .. } => RejectionCode::TooEarly,
            Self::NotRunOut { .. } => RejectionCode::NotRunOut,
            Self::Lapsed { .. } => RejectionCode::Lapsed,
            Self::NotExtendable { .. } => RejectionCode::NotExtendable,
            Self::NotInForce { .. } => RejectionCode::NotInForce,
            Self::WrongAuthority { .. } => RejectionCode::WrongAuthority,
            Self::FactMissing { .. } => RejectionCode::FactMissing,
            Self::FactNotWanted { .. } => RejectionCode::FactNotWanted,
            Self::WrongValue { .. } => RejectionCode::WrongValue,
            Self::Unknown { .. } => RejectionCode::Unknown,
            Self::TooVague { .. } => RejectionCode::TooVague,
            Self::CannotCount { .. } => RejectionCode::CannotCount,
            Self::InTheFuture { .. } => RejectionCode::InTheFuture,
            Self::BeforeTheCase { .. } => RejectionCode::BeforeTheCase,
            Self::UpsetsLater { .. } => RejectionCode::UpsetsLater,
            Self::NoSuchEntry { .. } => RejectionCode::NoSuchEntry,
            Self::NotToBeUndone { .. } => RejectionCode::NotToBeUndone,
            Self::RecordGoesBack { .. } => RejectionCode::RecordGoesBack,
            Self::OnHold { .. } => RejectionCode::OnHold,
            Self::NotOnHold => RejectionCode::NotOnHold,
            Self::NoReviewDate => RejectionCode::NoReviewDate,
            Self::DayHasPassed { .. } => RejectionCode::DayHasPassed,
            Self::CaseIsOver { .. } => RejectionCode::CaseIsOver,
            Self::NothingSaid { .. } => RejectionCode::NothingSaid,
            Self::TakesTwo { .. } => RejectionCode::TakesTwo,
            Self::NoSecondNeeded => RejectionCode::NoSecondNeeded,
            Self::ConfirmedByProposer { .. } => RejectionCode::ConfirmedByProposer,
            Self::NotToBeConfirmed { .. } => RejectionCode::NotToBeConfirmed,
            Self::NotSealed => RejectionCode::NotSealed,
            Self::NotMigrated { .. } => RejectionCode::NotMigrated,
        }
    }

    /// The provision it rests on, where it rests on one.
    #[must_use]
    pub fn basis(&self) -> Option<&Basis> {
        match self {
            Self::NotOpen { basis, .. }
            | Self::NotFulfilled { basis, .. }
            | Self::Excepted { basis, .. }
            | Self::TooEarly { basis, .. }
            | Self::NotRunOut { basis, .. }
            | Self::Lapsed { basis, .. }
            | Self::NotExtendable { basis, .. }
            | Self::NotInForce { basis, .. }
            | Self::WrongAuthority { basis, .. }
            | Self::FactMissing { basis, .. }
            | Self::TooVague { basis, .. }
            | Self::CannotCount { basis, .. }
            | Self::TakesTwo { basis, .. } => Some(basis),
            Self::FactNotWanted { .. }
            | Self::WrongValue { .. }
            | Self::Unknown { .. }
            | Self::InTheFuture { .. }
            | Self::BeforeTheCase { .. }
            | Self::UpsetsLater { .. }
            | Self::NoSuchEntry { .. }
            | Self::NotToBeUndone { .. }
            | Self::RecordGoesBack { .. }
            | Self::OnHold { .. }
            | Self::NotOnHold
            | Self::NoReviewDate
            | Self::DayHasPassed { .. }
            | Self::CaseIsOver { .. }
            | Self::NothingSaid { .. }
            | Self::NoSecondNeeded
            | Self::ConfirmedByProposer { .. }
            | Self::NotToBeConfirmed { .. }
            | Self::NotSealed
            | Self::NotMigrated { .. } => None,
        }
    }
}

impl fmt::Display for Upset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {} ({}): {}", self.entry, self.what, self.because)
    }
}
