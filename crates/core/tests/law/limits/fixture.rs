//! Somebody is held or free, proceedings run or are stayed, and there is an act for everything else.

use comity_core::procedure::draft::{
    ClockDraft, ExtendByDraft, ExtensionDraft, FactTypeDraft, GuardDraft, Row, StopsDraft,
};
use comity_core::procedure::{Draft, ExtensionTiming, Mark, Procedure};
use comity_core::time::{Calendar, ExtendedFrom, StoppedDays, Weekday};

use crate::case::Case;
use crate::draft::{act, at, clock, duty, fact, is, moves, obligation, row, text, texts, track, two_states};
use crate::sample::checked;

pub(crate) type Limit = Row<ClockDraft>;

/// A procedure with these limits.
pub(crate) fn with(limits: Vec<Limit>) -> Draft {
    let mut draft = two_states("xn-xc/custody");
    draft.facts = vec![
        fact("until", FactTypeDraft::Date),
        fact("for", FactTypeDraft::Period),
        fact("fixed", FactTypeDraft::Date),
    ];
    draft.tracks = vec![
        track("custody", &["free", "held", "release-due"]),
        track("proceedings", &["running", "stayed"]),
    ];
    draft.obligations = vec![obligation("release", "requested/police", &["freed"])];
    let moving = |name: &str, track: &str, written: &str| {
        let mut act = act(name, "requested/court");
        act.value.moves = vec![moves(track, written)];
        act
    };
    let recording = |name: &str, fact: &str| {
        let mut act = act(name, "requested/court");
        act.value.records = texts(&[fact]);
        act
    };
    let mut quashed = moving("quashed", "custody", "held -> release-due");
    quashed.value.owes = texts(&["release"]);
    draft.acts = vec![
        quashed,
        moving("held", "custody", "free -> held, else stays"),
        moving("freed", "custody", "held or release-due -> free"),
        moving("stayed", "proceedings", "running -> stayed"),
        moving("resumed", "proceedings", "stayed -> running"),
        recording("until-named", "until"),
        recording("length-named", "for"),
        recording("day-fixed", "fixed"),
        act("asked", "requesting/central"),
        act("noticed", "requesting/central"),
        act("extended", "requested/court"),
        act("late-leave", "requested/court"),
        act("applied", "requested/court"),
        act("reviewed", "requested/court"),
    ];
    draft.clocks = limits;
    draft.calendars = vec![row("courts", courts())];
    draft
}

/// A limit that `held` starts and `asked` meets; a person is to be released when it runs out.
pub(crate) fn limit(length: &str) -> Limit {
    limit_called("limit", length)
}

pub(crate) fn limit_called(name: &str, length: &str) -> Limit {
    let mut limit = clock(name, length, &["held"]);
    limit.value.met_by = texts(&["asked"]);
    limit.value.on_expiry = duty("release", vec![moves("custody", "held -> release-due, else stays")]);
    limit
}

/// It stands still while proceedings are stayed.
pub(crate) fn stopping(mut limit: Limit, days: StoppedDays) -> Limit {
    let in_hours = limit.value.choices.first_hour.is_some();
    limit.value.stops = StopsDraft::While {
        when: stayed(),
        days: (!in_hours).then_some(at(days)),
        cite: Vec::new(),
        mark: Mark(0),
    };
    limit
}

/// It adds up the days on which somebody is held.
pub(crate) fn adding_up(mut limit: Limit) -> Limit {
    let (when, days) = (is("custody", "held"), Some(at(StoppedDays::FullDays)));
    limit.value.stops = StopsDraft::UnlessRunning { when, days, cite: Vec::new(), mark: Mark(0) };
    limit
}

pub(crate) fn stayed() -> GuardDraft {
    is("proceedings", "stayed")
}

/// The act `extended` makes it longer by `length` from its last day.
pub(crate) fn extension(length: &str) -> ExtensionDraft {
    ExtensionDraft {
        act: text("extended"),
        by: ExtendByDraft::Length(at(length.parse().unwrap())),
        from: Some(at(ExtendedFrom::LastDay)),
        timing: ExtensionTiming::BeforeTheEnd,
        at_most: None,
        longest: None,
        cite: Vec::new(),
    }
}

pub(crate) fn extended_by(mut limit: Limit, extension: ExtensionDraft) -> Limit {
    limit.value.extended_by.push(extension);
    limit
}

/// Courts that are closed on Saturdays, Sundays and on Friday 26 March 2027.
pub(crate) fn courts() -> Calendar {
    Calendar {
        name: "courts".to_owned(),
        source: "made up".to_owned(),
        checked: "2027-01-01".parse().unwrap(),
        weekly: [Weekday::Saturday, Weekday::Sunday].into(),
        closed: ["2027-03-26".parse().unwrap()].into(),
        open: [].into(),
        from: "2027-01-01".parse().unwrap(),
        until: "2028-12-31".parse().unwrap(),
    }
}

pub(crate) fn case(limits: Vec<Limit>) -> Case {
    open(&with(limits))
}

pub(crate) fn open(draft: &Draft) -> Case {
    Case::open(&checked(draft), "2027-01-01")
}

/// The only flaw of a procedure with these limits.
#[track_caller]
pub(crate) fn flaw(limits: Vec<Limit>) -> String {
    let flaws = Procedure::from_draft(&with(limits)).unwrap_err();
    let told: Vec<String> = flaws.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 1, "{told:#?}");
    told.into_iter().next().unwrap()
}
