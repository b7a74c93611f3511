//! Drafts as a reader of files would fill them, in few words. Every place is `Mark(0)` unless a test sets one.

use comity_core::procedure::draft::{
    ActDraft, ArticleDraft, AtomDraft, AuthorityDraft, ChoicesDraft, CiteDraft, CitesDraft, ClockDraft,
    ConditionDraft, DocumentDraft, ExceptionDraft, ExpiryDraft, FactDraft, FactTypeDraft, FromDraft,
    GroundDraft, GuardDraft, LengthDraft, LinkDraft, MirrorDraft, MoveDraft, ObligationDraft, PurposeDraft,
    Row, SideDraft, SourceDraft, StageDraft, StartsDraft, StateDraft, StopsDraft, TrackDraft,
    TrackMovesDraft,
};
use comity_core::procedure::{
    ClockStanding, DocumentForm, Draft, ExpiryEffect, Force, GroundStanding, Kind, Mark, Marked, Recurs,
    SameInstant, StartedAgain, Translation, Verified,
};
use comity_core::time::{ClosedLastDay, FirstDay, FirstHour, HoursOnClosedDays, MonthEnd};

pub(crate) fn text(value: &str) -> Marked<String> {
    marked(value, 0)
}

pub(crate) fn marked(value: &str, mark: u32) -> Marked<String> {
    Marked { value: value.to_owned(), mark: Mark(mark) }
}

pub(crate) fn texts(values: &[&str]) -> Vec<Marked<String>> {
    values.iter().map(|value| text(value)).collect()
}

pub(crate) fn at<T>(value: T) -> Marked<T> {
    Marked { value, mark: Mark(0) }
}

pub(crate) fn row<T>(name: &str, value: T) -> Row<T> {
    Row { name: text(name), value }
}

/// `act 5` or `reading 1`, several separated by `;`.
pub(crate) fn cites(written: &str) -> CitesDraft {
    let one = |cite: &str| {
        let (source, article) = cite.trim().split_once(' ').unwrap();
        if source == "reading" {
            return CiteDraft::Reading { number: at(article.parse().unwrap()), exists: true };
        }
        CiteDraft::Article { source: text(source), article: text(article) }
    };
    written.split(';').filter(|cite| !cite.is_empty()).map(one).collect()
}

// Guards.

pub(crate) fn is(subject: &str, value: &str) -> GuardDraft {
    atom(AtomDraft::Is { subject: text(subject), value: text(value) })
}

pub(crate) fn atom(atom: AtomDraft) -> GuardDraft {
    GuardDraft::Atom(at(atom))
}

pub(crate) fn all(parts: &[GuardDraft]) -> GuardDraft {
    GuardDraft::And(parts.to_vec())
}

pub(crate) fn any(parts: &[GuardDraft]) -> GuardDraft {
    GuardDraft::Or(parts.to_vec())
}

pub(crate) fn not(part: GuardDraft) -> GuardDraft {
    GuardDraft::Not(Box::new(part))
}

pub(crate) fn holds(condition: &str) -> GuardDraft {
    atom(AtomDraft::Holds(text(condition)))
}

pub(crate) fn recorded(act: &str) -> GuardDraft {
    atom(AtomDraft::Recorded(text(act)))
}

pub(crate) fn clock_is(clock: &str, stands: ClockStanding) -> GuardDraft {
    atom(AtomDraft::Clock { clock: text(clock), stands })
}

pub(crate) fn documents(set: &str) -> GuardDraft {
    atom(AtomDraft::Documents(text(set)))
}

pub(crate) fn document_is_complete(document: &str) -> GuardDraft {
    atom(AtomDraft::Document(text(document)))
}

pub(crate) fn grounds(
    quantity: comity_core::procedure::Quantity,
    force: Option<Force>,
    stands: GroundStanding,
) -> GuardDraft {
    atom(AtomDraft::Grounds { force, quantity, stands })
}

// Moves.

/// `free or at-liberty -> held`, `any open -> withdrawn`, with `, else stays` at the end if need be.
pub(crate) fn moves(track: &str, written: &str) -> TrackMovesDraft {
    let (written, or_stays) =
        written.strip_suffix(", else stays").map_or((written, false), |rest| (rest, true));
    TrackMovesDraft { track: text(track), moves: vec![one_move(written, None)], or_stays }
}

pub(crate) fn one_move(written: &str, when: Option<GuardDraft>) -> MoveDraft {
    let (from, to) = written.split_once(" -> ").unwrap();
    let from = match from {
        "any open" => FromDraft::AnyOpen(Mark(0)),
        stages => FromDraft::Stages(texts(&stages.split(" or ").collect::<Vec<_>>())),
    };
    MoveDraft { from, to: text(to), when, cite: Vec::new() }
}

// Rows.

/// A track whose stages are `name` or `name: outcome`; it starts at the first.
pub(crate) fn track(name: &str, stages: &[&str]) -> Row<TrackDraft> {
    let stage = |written: &&str| {
        let (name, outcome) =
            written.split_once(": ").map_or((*written, None), |(name, end)| (name, Some(end)));
        row(
            name,
            StageDraft { title: name.to_owned(), outcome: outcome.map(str::to_owned), holds: Vec::new() },
        )
    };
    let stages: Vec<_> = stages.iter().map(stage).collect();
    row(name, TrackDraft { title: format!("The {name}"), starts: stages[0].name.clone(), stages })
}

pub(crate) fn fact(name: &str, of: FactTypeDraft) -> Row<FactDraft> {
    row(name, FactDraft { title: name.to_owned(), of, mirrors: None, cite: Vec::new() })
}

pub(crate) fn mirror(name: &str, values: &[&str], link: &str, track: &str) -> Row<FactDraft> {
    let mut row = fact(name, FactTypeDraft::OneOf(texts(values)));
    row.value.mirrors = Some(MirrorDraft { link: text(link), track: text(track) });
    row
}

pub(crate) fn act(name: &str, by: &str) -> Row<ActDraft> {
    row(
        name,
        ActDraft {
            title: format!("The act {name}"),
            by: texts(&[by]),
            when: None,
            unless: Vec::new(),
            moves: Vec::new(),
            records: Vec::new(),
            may_record: Vec::new(),
            owes: Vec::new(),
            four_eyes: None,
            in_force: None,
            cite: cites("treaty 1"),
            mark: Mark(0),
        },
    )
}

pub(crate) fn exception(when: GuardDraft, cite: &str) -> ExceptionDraft {
    ExceptionDraft { when, cite: cites(cite) }
}

pub(crate) fn condition(name: &str, when: GuardDraft) -> Row<ConditionDraft> {
    let cite = cites("treaty 2");
    row(name, ConditionDraft { title: format!("The condition {name}"), when, moves: Vec::new(), cite })
}

/// Any of these starts it.
pub(crate) fn starting(events: &[&str]) -> StartsDraft {
    StartsDraft::AnyOf(texts(events))
}

/// A clock of `length` that binds the requesting side, counts in the zone of the requested one, and only warns.
pub(crate) fn clock(name: &str, length: &str, starts: &[&str]) -> Row<ClockDraft> {
    let in_days = !length.contains("hour");
    let in_months = length.contains("month") || length.contains("year");
    row(
        name,
        ClockDraft {
            title: format!("The clock {name}"),
            purpose: PurposeDraft::Limits(text("requesting")),
            starts: StartsDraft::AnyOf(texts(starts)),
            counted_from: None,
            if_started_again: StartedAgain::StartsAnew,
            length: LengthDraft::Counted(at(length.parse().unwrap())),
            changes: Vec::new(),
            law_of: None,
            in_force: None,
            counted_by: None,
            choices: ChoicesDraft {
                first_day: in_days.then_some(at(FirstDay::NotCounted)),
                month_end: in_months.then_some(at(MonthEnd::Down)),
                last_day_closed: (in_days && !length.contains("working"))
                    .then_some(at(ClosedLastDay::Stands)),
                first_hour: (!in_days).then_some(at(FirstHour::Counted)),
                hours_on_closed_days: (!in_days).then_some(at(HoursOnClosedDays::Run)),
                ..ChoicesDraft::default()
            },
            calendar: None,
            zone: text("requested"),
            met_by: Vec::new(),
            cured_by: Vec::new(),
            replaces: Vec::new(),
            recurs: Recurs::Never,
            at_the_same_instant: SameInstant::ActFirst,
            stops: StopsDraft::Never,
            extended_by: Vec::new(),
            off_when: None,
            on_expiry: expiry(ExpiryEffect::NothingStated),
            warn: Vec::new(),
            cite: cites("treaty 9(1)"),
            mark: Mark(0),
        },
    )
}

pub(crate) fn expiry(effect: ExpiryEffect) -> ExpiryDraft {
    ExpiryDraft {
        effect: at(effect),
        duty: None,
        moves: Vec::new(),
        opens: Vec::new(),
        closes: Vec::new(),
        excuse: None,
        unless: Vec::new(),
        cite: Vec::new(),
    }
}

pub(crate) fn duty(obligation: &str, moves: Vec<TrackMovesDraft>) -> ExpiryDraft {
    ExpiryDraft { duty: Some(text(obligation)), moves, ..expiry(ExpiryEffect::Duty) }
}

pub(crate) fn by_law(moves: Vec<TrackMovesDraft>) -> ExpiryDraft {
    ExpiryDraft { moves, ..expiry(ExpiryEffect::ByLaw) }
}

pub(crate) fn named(by: &str, fact: &str) -> LengthDraft {
    LengthDraft::Named { by: texts(&[by]), fact: text(fact) }
}

pub(crate) fn obligation(name: &str, bearer: &str, met_by: &[&str]) -> Row<ObligationDraft> {
    let (title, met_by) = (format!("See to {name}"), texts(met_by));
    row(name, ObligationDraft { title, bearer: text(bearer), when: None, met_by, cite: cites("act 30") })
}

pub(crate) fn document(name: &str, form: DocumentForm, translated: Translation) -> Row<DocumentDraft> {
    let (title, set, cite) = (format!("The document {name}"), text("request"), cites("act 12"));
    row(name, DocumentDraft { title, set, when: None, form, translated, in_force: None, cite })
}

pub(crate) fn ground(name: &str, force: Force) -> Row<GroundDraft> {
    let (title, considered_by) = (format!("The ground {name}"), texts(&["requested/court"]));
    row(name, GroundDraft { title, force, considered_by, in_force: None, cite: cites("act 8") })
}

pub(crate) fn article(number: &str, verified: Verified) -> ArticleDraft {
    ArticleDraft { number: number.to_owned(), heading: format!("On {number}"), verified }
}

/// Two fictional States, their offices and their instruments, and nothing that may happen yet.
pub(crate) fn two_states(procedure: &str) -> Draft {
    let source = |title: &str, articles: &[&str]| SourceDraft {
        title: title.to_owned(),
        in_force: None,
        articles: articles.iter().map(|number| article(number, Verified::Seen)).collect(),
    };
    let office = |title: &str| AuthorityDraft {
        title: title.to_owned(),
        renamed: Vec::new(),
        in_force: None,
        cite: Vec::new(),
    };
    let side = |country: &str, zone: &str| SideDraft {
        state: StateDraft::The(text(country)),
        zone: Some(text(zone)),
    };
    Draft {
        procedure: text(procedure),
        version: at(1),
        title: "Extradition from Calderia to Norvane".to_owned(),
        kind: Kind::Extradition,
        left_out: Vec::new(),
        sources: vec![
            row("treaty", source("Treaty between Norvane and Calderia", &["1", "2", "9(1)", "16"])),
            row("act", source("Extradition Act of Calderia", &["5", "8", "12", "30"])),
        ],
        sides: vec![
            row("requesting", side("XN", "Europe/Lisbon")),
            row("requested", side("XC", "Asia/Seoul")),
        ],
        authorities: vec![
            row("requesting/central", office("Ministry of Justice of Norvane")),
            row("requested/central", office("Ministry of Justice of Calderia")),
            row("requested/police", office("Police of Calderia")),
            row("requested/court", office("High Court of Calderia")),
        ],
        links: Vec::<Row<LinkDraft>>::new(),
        facts: Vec::new(),
        tracks: Vec::new(),
        conditions: Vec::new(),
        clocks: Vec::new(),
        acts: Vec::new(),
        obligations: Vec::new(),
        documents: Vec::new(),
        grounds: Vec::new(),
        safeguards: Vec::new(),
        calendars: Vec::new(),
        rule_sets: Vec::new(),
    }
}

pub(crate) fn link(name: &str, procedure: &str) -> Row<LinkDraft> {
    row(name, LinkDraft { title: format!("The case of {name}"), procedure: text(procedure) })
}
