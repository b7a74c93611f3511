//! A procedure that says everything which can be said of a clock, and what an author reads who says it wrongly. The
//! expected texts lie in `tests/data/clock-messages.txt`; run with `COMITY_BLESS=1` to write them anew, and read what
//! changed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use std::sync::Arc;

use comity_core::procedure::{
    Clock, CountedFrom, Excuse, ExpiryEffect, ExtendBy, ExtensionTiming, LawDay, Length, Procedure, Purpose,
    Recurs, Starts,
};
use comity_core::time::{
    BrokenMonths, ExtendedFrom, FirstDay, FirstHour, LastDayClosed, MonthEnd, Rule, StoppedDays,
};
use comity_language::{Source, format, load};

const FILE: &str = "norvane-calderia/custody.yaml";
const COUNTING: &str = "counting/calderia-periods.yaml";

fn custody() -> Arc<Procedure> {
    let library = load(&common::library());
    let told: String = library.diagnostics.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{told}");
    Arc::clone(&library.procedure("norvane-calderia/custody").unwrap().procedure)
}

#[track_caller]
fn clock<'p>(procedure: &'p Procedure, name: &str) -> &'p Clock {
    let clocks = procedure.clocks();
    clocks.find(name).and_then(|id| clocks.get(id)).unwrap_or_else(|| panic!("there is no clock `{name}`"))
}

/// The keys that a clock may have, and those of what stands within it.
const KEYS: &[&str] = &[
    "limits",
    "bars",
    "starts",
    "latest-of",
    "counted-from",
    "date-in",
    "last-day-of",
    "if-started-again",
    "length",
    "named-by",
    "changed",
    "law-of",
    "in-force",
    "renamed",
    "counted-by",
    "first-day",
    "month-end",
    "broken-months",
    "last-day-closed",
    "open-days-within",
    "first-hour",
    "hours-on-closed-days",
    "calendar",
    "zone",
    "met-by",
    "cured-by",
    "replaces",
    "recurs",
    "at-the-same-instant",
    "stops-while",
    "runs-only-while",
    "stopped-days",
    "stop-cite",
    "extended-by",
    "act",
    "by",
    "in",
    "from",
    "granted",
    "at-most",
    "longest",
    "off-when",
    "on-expiry",
    "effect",
    "duty",
    "moves",
    "opens",
    "closes",
    "excuse",
    "unless",
    "thresholds",
    "warn",
    "cite",
];

#[test]
fn the_sample_says_everything_that_can_be_said_of_a_clock() {
    let text = common::text(FILE);
    for key in KEYS {
        assert!(text.contains(&format!("{key}:")), "nothing in the sample says `{key}`");
    }
    for effect in ExpiryEffect::ALL {
        assert!(
            text.contains(&format!("effect: {effect}")),
            "no clock of the sample has the effect `{effect}`"
        );
    }
    let schema = comity_language::procedure_schema();
    let known = schema["$defs"]["ClockFile"]["properties"].as_object().unwrap();
    for key in known.keys().filter(|key| *key != "title") {
        assert!(KEYS.contains(&key.as_str()), "`{key}` is a key of a clock and stands in no sample");
    }
}

#[test]
fn the_samples_are_in_canonical_form() {
    for path in [FILE, COUNTING] {
        let text = common::text(path);
        assert_eq!(format(&Source::new(path, text.clone())), Ok(text), "{path}");
    }
}

#[test]
fn what_starts_a_clock_and_from_where_it_is_counted_is_as_written() {
    let procedure = custody();
    assert!(
        matches!(&clock(&procedure, "formal-request").starts, Starts::AnyOf(events) if events.len() == 2)
    );
    assert!(matches!(&clock(&procedure, "surrender").starts, Starts::LatestOf(events) if events.len() == 2));
    let first = procedure.clocks().find("formal-request").unwrap();
    let counted_from = |name| clock(&procedure, name).counted_from;
    assert_eq!(counted_from("authority-to-proceed"), CountedFrom::LastDayOf(first));
    let fixed = procedure.facts().find("surrender.day").unwrap();
    assert_eq!(counted_from("take-over"), CountedFrom::DateIn(fixed));
    assert_eq!(counted_from("decision"), CountedFrom::TheStart);
    let late = clock(&procedure, "late-appeal");
    assert_eq!(late.replaces, [procedure.clocks().find("appeal").unwrap()]);
    assert_eq!(clock(&procedure, "review").recurs, Recurs::FromTheMeeting);
    assert_eq!(clock(&procedure, "report").recurs, Recurs::FromTheLastDay);
}

#[test]
fn later_law_is_as_written() {
    let procedure = custody();
    let Length::Counted { length, changes, law_of, .. } = &clock(&procedure, "formal-request").length else {
        panic!("it has a number")
    };
    assert_eq!((length.to_string(), *law_of), ("60 days".to_owned(), LawDay::ItsOwn));
    assert_eq!(changes[0].length.to_string(), "45 days");
    assert_eq!(
        (changes[0].from.to_string(), changes[0].basis.to_string()),
        ("2027-07-01".into(), "act 30".into())
    );
    let law = clock(&procedure, "consultation").in_force.clone().unwrap();
    assert_eq!((law.words(), law.law_of), ("from 2027-07-01 until 2029-12-31".to_owned(), LawDay::Opening));
    let authorities = procedure.authorities();
    let office = authorities.get(authorities.find("requested/office").unwrap()).unwrap();
    assert!(office.in_force.is_some());
    let ministry = authorities.get(authorities.find("requested/ministry").unwrap()).unwrap();
    let title = |day: &str| ministry.title_on(day.parse().unwrap()).to_owned();
    assert_eq!(title("2027-06-30"), "Ministry of Justice of Calderia");
    assert_eq!(title("2027-07-01"), "Ministry of Justice and Rights of Calderia");
    let received = procedure.acts().find("request-received").unwrap();
    let document = procedure.documents().iter().next().unwrap().2;
    assert_eq!(document.in_force.as_ref().unwrap().law_of, LawDay::Act(received));
    assert!(procedure.grounds().iter().next().unwrap().2.in_force.is_some());
}

#[test]
fn the_rule_of_each_clock_is_as_written_or_as_the_set_says() {
    let procedure = custody();
    let rule = |name| match &clock(&procedure, name).length {
        Length::Counted { rule, .. } => rule.clone(),
        Length::NamedDay { .. } | Length::NamedLength { .. } => panic!("{name} has a number"),
    };
    let Rule::Hours(hours) = rule("first-hearing") else { panic!("hours") };
    assert_eq!(hours.first_hour, FirstHour::Counted);
    assert_eq!(hours.closed_days_skipped.unwrap().name, "calderia");
    let Rule::Hours(hours) = rule("papers") else { panic!("hours") };
    assert_eq!((hours.first_hour, hours.closed_days_skipped), (FirstHour::NotCounted, None));
    let Rule::Days(total) = rule("custody-in-total") else { panic!("days") };
    assert_eq!((total.first_day, total.broken_months), (FirstDay::CountedWhole, BrokenMonths::ThirtyDays));
    let Rule::Days(surrender) = rule("surrender") else { panic!("days") };
    assert_eq!(surrender.open_days_within.unwrap().at_least, 8);
    let Rule::Days(report) = rule("report") else { panic!("days") };
    assert_eq!(report.month_end, MonthEnd::LastDay);
    assert!(matches!(rule("answer"), Rule::WorkingDays(_)));
    // The set alone means its first rule.
    for (name, rule_name) in [("appeal", "calderia-periods/acts"), ("late-appeal", "calderia-periods/acts")] {
        let counted_by = clock(&procedure, name).counted_by.clone().unwrap();
        assert_eq!(counted_by.name, rule_name);
        assert_eq!(counted_by.provision, "Periods Act of Calderia, section 3");
        let Rule::Days(appeal) = rule(name) else { panic!("days") };
        assert_eq!(appeal.first_day, FirstDay::NotCounted);
        assert!(matches!(appeal.last_day_closed, LastDayClosed::NextOpenDay(_)));
    }
    let Rule::Days(heard) = rule("appeal-heard") else { panic!("days") };
    assert_eq!((heard.first_day, heard.last_day_closed), (FirstDay::CountedWhole, LastDayClosed::Stands));
    assert!(matches!(&clock(&procedure, "information").length, Length::NamedLength { .. }));
    assert!(matches!(&clock(&procedure, "consultation").length, Length::NamedDay { .. }));
    assert!(matches!(clock(&procedure, "waiting").purpose, Purpose::Bars(_)));
}

#[test]
fn what_stops_a_clock_and_what_makes_it_longer_is_as_written() {
    let procedure = custody();
    let stops = |name| clock(&procedure, name).stops.clone().unwrap();
    let decision = stops("decision");
    assert_eq!((decision.adds_up, decision.days), (false, StoppedDays::FromTheFirst));
    assert_eq!(decision.basis.to_string(), "act 12");
    assert_eq!(decision.when.words(&procedure), "consent is given");
    let total = stops("custody-in-total");
    assert_eq!((total.adds_up, total.days), (true, StoppedDays::FullDays));
    assert_eq!(stops("property").days, StoppedDays::Touched);
    let extended = &clock(&procedure, "decision").extended_by;
    let act = |name| procedure.acts().find(name).unwrap();
    let fact = |name| procedure.facts().find(name).unwrap();
    let [by_days, by_fact, until] = extended.as_slice() else { panic!("three acts make it longer") };
    let thirty = "30 days".parse().unwrap();
    assert_eq!(
        (by_days.act, by_days.by),
        (act("decision-prolonged"), ExtendBy::Length(thirty, ExtendedFrom::LastDay))
    );
    assert_eq!(by_days.timing, ExtensionTiming::AnyTime);
    assert_eq!(by_days.longest.as_ref().unwrap().0.to_string(), "120 days");
    assert_eq!(by_fact.by, ExtendBy::PeriodIn(fact("extension.length"), ExtendedFrom::TheAct));
    assert_eq!(
        (until.by, until.timing),
        (ExtendBy::DayIn(fact("decision.day")), ExtensionTiming::AfterTheEnd)
    );
    let once = &clock(&procedure, "first-hearing").extended_by;
    assert_eq!((once.len(), once[0].at_most), (1, Some(1)));
    assert!(clock(&procedure, "appeal").extended_by.is_empty());
    assert_eq!(clock(&procedure, "decision").cured_by.len(), 1);
}

#[test]
fn what_running_out_does_is_as_written_and_a_threshold_is_a_clock_of_its_own() {
    let procedure = custody();
    let expiry = |name| clock(&procedure, name).on_expiry.clone();
    let act = |name| procedure.acts().find(name).unwrap();
    assert_eq!(
        (expiry("appeal").effect, expiry("appeal").closes),
        (ExpiryEffect::Lapse, vec![act("appealed")])
    );
    let surrender = expiry("surrender");
    assert_eq!((surrender.excuse, surrender.opens.len()), (Some(Excuse::ReasonableCause), 1));
    assert_eq!(surrender.unless[0].basis.to_string(), "act 17");
    assert_eq!(expiry("first-hearing").excuse, Some(Excuse::None));
    let (whole, part) =
        (clock(&procedure, "formal-request"), clock(&procedure, "formal-request.may-release"));
    assert_eq!(
        (&part.starts, &part.met_by, part.counted_from),
        (&whole.starts, &whole.met_by, whole.counted_from)
    );
    assert_eq!(part.on_expiry.opens, [act("released-early")]);
    assert_eq!((part.basis.to_string(), whole.basis.to_string()), ("act 7".into(), "treaty 9(4)".into()));
    assert_eq!((part.warn.len(), whole.warn.len()), (1, 2));
    let Length::Counted { length, changes, .. } = &part.length else { panic!("it has a number") };
    assert_eq!((length.to_string(), changes.len()), ("40 days".to_owned(), 0));
    // Where the threshold cites nothing, the provision of its clock is its own.
    assert_eq!(clock(&procedure, "take-over.may-refuse").basis.to_string(), "act 18");
}

const MISTAKES: &[common::Mistake] = &[
    (
        "both stops-while and runs-only-while",
        FILE,
        &[(
            "    stops-while: consent is given\n",
            "    stops-while: consent is given\n    runs-only-while: custody is held\n",
        )],
    ),
    ("neither stops-while nor runs-only-while", FILE, &[("    runs-only-while: custody is held\n", "")]),
    (
        "counted from two days",
        FILE,
        &[("{date-in: surrender.day}", "{date-in: surrender.day, last-day-of: decision}")],
    ),
    ("counted from no day", FILE, &[("counted-from: {date-in: surrender.day}", "counted-from: {}")]),
    (
        "counted from a clock that is not there",
        FILE,
        &[("last-day-of: formal-request", "last-day-of: formal-requst")],
    ),
    (
        "counted from a fact that is no date",
        FILE,
        &[("{date-in: surrender.day}", "{date-in: extension.length}")],
    ),
    (
        "the latest of one",
        FILE,
        &[("latest-of: [surrender-ordered, challenge-ended]", "latest-of: surrender-ordered")],
    ),
    (
        "an extension that does not say from where",
        FILE,
        &[("by: 30 days, from: last-day, ", "by: 30 days, ")],
    ),
    (
        "an extension that does not say when it may be granted",
        FILE,
        &[(", granted: before-the-end, at-most: 1", ", at-most: 1")],
    ),
    (
        "an extension from somewhere of a day that is named",
        FILE,
        &[("by: {in: decision.day}, granted", "by: {in: decision.day}, from: last-day, granted")],
    ),
    ("an extension by another kind of length", FILE, &[("by: 48 hours, from", "by: 2 days, from")]),
    ("an extension that may be granted no time", FILE, &[("at-most: 1", "at-most: 0")]),
    ("an extension by what the act does not record", FILE, &[("    records: extension.length\n", "")]),
    (
        "a choice that is spelled beside a rule",
        FILE,
        &[(
            "    counted-by: calderia-periods/acts\n",
            "    counted-by: calderia-periods/acts\n    first-day: counted\n",
        )],
    ),
    ("a rule that is not there", FILE, &[("calderia-periods/acts", "calderia-periods/atcs")]),
    (
        "a set of rules that is not there",
        FILE,
        &[("counted-by: calderia-periods\n", "counted-by: calderia-period\n")],
    ),
    ("a threshold with a bad length", FILE, &[("length: 15 days", "length: 15 dys")]),
    ("a threshold in another unit than its choices", FILE, &[("length: 15 days", "length: 24 hours")]),
    (
        "a threshold with a word that is no key",
        FILE,
        &[("        warn: 3 days\n", "        warns: 3 days\n")],
    ),
    ("whose law is left open", FILE, &[("    law-of: the-day\n    first-day", "    first-day")]),
    (
        "whose law without later law",
        FILE,
        &[("    changed: {from: 2027-07-01, length: 45 days, cite: act 30}\n", "")],
    ),
    (
        "dates of effect that say no day",
        FILE,
        &[(
            "{until: 2027-06-30, law-of: request-received, cite: act 30}",
            "{law-of: request-received, cite: act 30}",
        )],
    ),
    ("dates of effect that go back", FILE, &[("until: 2029-12-31", "until: 2026-12-31")]),
    (
        "dates of effect without whose day",
        FILE,
        &[(
            "from: 2027-07-01, law-of: the-day, cite: act 30}\n    cite: act 3\n",
            "from: 2027-07-01, cite: act 30}\n    cite: act 3\n",
        )],
    ),
    ("a document with a day of its own", FILE, &[("law-of: request-received", "law-of: the-day")]),
    ("the excuse left out", FILE, &[(", excuse: none}", "}")]),
    ("the act of applying left out", FILE, &[("opens: discharge-applied, excuse", "excuse")]),
    ("the days of a stop left out", FILE, &[("    stopped-days: from-the-first\n", "")]),
    (
        "the days of a stop of hours",
        FILE,
        &[(
            "    stops-while: none\n    extended-by: {act: hearing",
            "    stops-while: custody is free\n    stopped-days: touched\n    extended-by: {act: hearing",
        )],
    ),
    (
        "a stop of a part of a day where a part is whole",
        FILE,
        &[("stopped-days: full-days", "stopped-days: touched")],
    ),
    ("the month of a stop left out", FILE, &[("    broken-months: calendar-then-days\n", "")]),
    (
        "the month of a stop where nothing stops",
        FILE,
        &[("    month-end: last-day\n", "    month-end: last-day\n    broken-months: thirty-days\n")],
    ),
    (
        "a power that lapses and is not named",
        FILE,
        &[("{effect: lapse, closes: appealed}", "{effect: lapse}")],
    ),
    (
        "a decision that the law takes as made and that moves nothing",
        FILE,
        &[("{effect: deemed, moves: {request: appealed -> refused}}", "{effect: deemed}")],
    ),
    (
        "a duty that is not named",
        FILE,
        &[("{effect: must-explain, duty: explain}", "{effect: must-explain}")],
    ),
    (
        "an act that opens though nothing changes",
        FILE,
        &[("{effect: nothing-changes}", "{effect: nothing-changes, opens: appealed}")],
    ),
    ("clear days that limit somebody", FILE, &[("length: 10 days\n", "length: 10 clear days\n")]),
    (
        "hours that begin again by themselves",
        FILE,
        &[(
            "    length: 21 days\n    first-day: not-counted\n    last-day-closed: previous-open-day\n    calendar: calderia\n",
            "    length: 504 hours\n    first-hour: counted\n    hours-on-closed-days: run\n",
        )],
    ),
    ("a clock that replaces itself", FILE, &[("replaces: appeal\n", "replaces: late-appeal\n")]),
    (
        "working days without a calendar",
        FILE,
        &[(
            "    length: 10 working days\n    first-day: not-counted\n    calendar: calderia\n",
            "    length: 10 working days\n    first-day: not-counted\n",
        )],
    ),
    (
        "hours that skip closed days without a calendar",
        FILE,
        &[(
            "    hours-on-closed-days: skipped\n    calendar: calderia\n",
            "    hours-on-closed-days: skipped\n",
        )],
    ),
    (
        "a rule of hours for days",
        FILE,
        &[(
            "    counted-by: calderia-periods/custody\n",
            "    counted-by: calderia-periods/custody\n    first-hour: counted\n",
        )],
    ),
    (
        "a standing that no clock has",
        FILE,
        &[("stops-while: consent is given", "stops-while: clock review is stoped")],
    ),
    (
        "a clock that stops while it runs",
        FILE,
        &[("stops-while: consent is given", "stops-while: clock decision is running")],
    ),
    (
        "a clock that its own standing switches off",
        FILE,
        &[("off-when: ", "off-when: clock formal-request is met or ")],
    ),
    (
        "names of an office out of order",
        FILE,
        &[(
            "    renamed: {from: 2027-07-01, title: Ministry of Justice and Rights of Calderia}\n",
            "    renamed: [{from: 2027-07-01, title: A}, {from: 2027-01-01, title: B}]\n",
        )],
    ),
    (
        "a rule set that calls itself otherwise",
        COUNTING,
        &[("name: calderia-periods", "name: calderia-period")],
    ),
    (
        "a rule set without a mark",
        COUNTING,
        &[("    provision: section 4\n    mark: seen\n", "    provision: section 4\n")],
    ),
    ("a rule set with a choice that is none", COUNTING, &[("first-day: counted-whole", "first-day: whole")]),
];

#[test]
fn every_mistake_about_a_clock_has_its_message() {
    common::check_messages(MISTAKES, "clock-messages.txt");
}
