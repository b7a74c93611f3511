//! What a case takes over to the other procedure, and how it is told.

use comity_core::entry::{Body, Entry};
use comity_core::id::EntryNumber;
use comity_core::migration::{Crossing, Ends, Fate, NameKind, misfits};
use comity_core::{Asked, RejectionCode, fold, office_standing};

use super::{Plan, Running, THEN, held, second};
use crate::case::{Case, check, moment, name};
use crate::draft::{condition, is, moves, text, track};
use crate::sample::checked;

#[test]
fn from_the_migration_on_the_case_stands_in_the_words_of_the_new_procedure() {
    let mut running = held();
    running.goes_over(THEN, &checked(&second("60 days")), &Plan::sample());
    running.check(
        "2027-03-10 12:00",
        &[
            ("proceedings", "received"),
            ("custody", "held-provisionally"),
            ("person.child", "no"),
            ("owed", "tell-norvane"),
        ],
    );
    running.on("2027-03-11 10:00", "2027-03-11 09:00", "heard");
    running.check(
        "2027-03-11 10:00",
        &[("hearing", "ran out"), ("review", "ends 2027-05-11"), ("upset", "nothing")],
    );
    let done = running.view(Asked::at(moment("2027-03-11 10:00")));
    assert_eq!(done.act("request-taken-in").unwrap().done.len(), 1, "what was done stays done");
}

#[test]
fn before_the_migration_and_as_known_before_it_the_old_procedure_is_shown() {
    let mut running = held();
    running.goes_over(THEN, &checked(&second("60 days")), &Plan::sample());
    let cells = [("request", "lodged"), ("formal-request", "ends 2027-04-16"), ("person.minor", "no")];
    running.check("2027-03-10 11:59", &cells);
    let known_before = Asked { at: moment("2027-05-01"), known_at: moment("2027-03-10 11:59") };
    check(
        &running.view(known_before),
        "as known before",
        &[("request", "lodged"), ("formal-request", "ran out")],
    );
}

#[test]
fn a_late_record_of_before_the_migration_is_folded_under_the_old_procedure() {
    let mut case = Case::arrested("2027-03-02 10:00");
    case.on("2027-03-03 09:00", "heard");
    let mut running = Running::of(case);
    running.goes_over(THEN, &checked(&second("60 days")), &Plan::sample());
    running.check(THEN, &[("proceedings", "preparing")]);
    // In the words of the edition that applied on the day.
    running.case.procedure = crate::sample::sample();
    running.on("2027-03-12 10:00", "2027-03-04", "request-received");
    running.check("2027-03-05", &[("request", "lodged")]);
    running.check("2027-03-12 10:00", &[("proceedings", "received"), ("upset", "nothing")]);
    let in_new_words = running.case.clone();
    let deed = Case { procedure: checked(&second("60 days")), ..in_new_words }
        .deed("2027-03-04", "request-taken-in");
    let refused = running.clone().admit("2027-03-12 11:00", vec![Body::Deed(deed)]).unwrap_err();
    assert_eq!(refused.code(), RejectionCode::Unknown);
}

#[test]
fn of_the_day_of_the_migration_the_record_says_what_came_first() {
    let mut running = held();
    // Known to the day, and recorded before the case goes over.
    running.on("2027-03-10 11:00", "2027-03-10", "norvane-told");
    running.goes_over(THEN, &checked(&second("60 days")), &Plan::sample());
    running.on("2027-03-10 16:00", "2027-03-10", "document description");
    let view = running.view(Asked::at(moment("2027-03-11")));
    let told: Vec<(u32, usize)> =
        view.chapters().iter().map(|one| (one.procedure.version(), one.happenings.len())).collect();
    assert_eq!(told, [(1, 8), (2, 2)], "the document came under the new edition");
    assert!(view.upset().is_empty(), "{:?}", view.upset());
}

#[test]
fn a_track_that_is_new_opens_where_it_starts_and_what_holds_there_follows() {
    let mut draft = second("45 days");
    draft.tracks.push(track("supervision", &["none", "watched: watched"]));
    let mut watched = condition("watch", is("custody", "held-provisionally"));
    watched.value.moves = vec![moves("supervision", "none -> watched")];
    draft.conditions.push(watched);
    let plan = Plan { clocks: Vec::new(), ..Plan::sample() };
    let mut running = held();
    running.goes_over(THEN, &checked(&draft), &plan);
    running.check(THEN, &[("supervision", "watched")]);
}

#[test]
fn a_condition_that_held_before_does_not_come_to_hold_a_second_time() {
    let mut case = Case::granted();
    case.on("2027-04-10 12:00", "appeal-waived");
    let mut running = Running::of(case);
    running.check("2027-04-20", &[("hand-over", "ends 2027-05-10")]);
    let plan = Plan { clocks: Vec::new(), ..Plan::sample() };
    running.goes_over("2027-04-20 12:00", &checked(&second("45 days")), &plan);
    running.check("2027-04-20 12:00", &[("hand-over", "ends 2027-05-10")]);
    let view = running.view(Asked::at(moment("2027-04-20 12:00")));
    assert_eq!(view.clock("hand-over").unwrap().cycles.len(), 1);
}

// Refusals.

#[test]
fn a_fold_without_the_other_procedure_says_so_and_goes_on_under_the_one_that_it_has() {
    let mut running = held();
    let entry = running.goes_over(THEN, &checked(&second("60 days")), &Plan::sample());
    let alone = fold(&crate::sample::sample(), &running.case.entries, Asked::at(moment(THEN)));
    check(&alone, THEN, &[("request", "lodged")]);
    assert_eq!(alone.upset().iter().map(|upset| upset.entry).collect::<Vec<_>>(), [entry]);
}

#[test]
fn a_case_goes_over_twice_and_back() {
    let (first, to) = (crate::sample::sample(), checked(&second("60 days")));
    let mut running = held();
    running.goes_over(THEN, &to, &Plan::sample());
    let back = Plan::default()
        .track("proceedings", "request", &[("received", "lodged")])
        .clock("formal-request", Ends::Recompute)
        .name(NameKind::Fact, "person.child", Some("person.minor"))
        .name(NameKind::Act, "request-taken-in", Some("request-received"));
    running.goes_over("2027-03-12 12:00", &first, &back);
    running.check(
        "2027-03-12 12:00",
        &[("request", "lodged"), ("formal-request", "ends 2027-04-16"), ("person.minor", "no")],
    );
    running.check("2027-03-11 12:00", &[("proceedings", "received")]);
    running.check("2027-03-09 12:00", &[("request", "lodged")]);
    assert_eq!(running.view(Asked::at(moment("2027-03-13"))).chapters().len(), 3);
}

#[test]
fn a_table_tells_what_a_migration_would_do() {
    let Crossing { tracks, clocks, next, refused } = held().crossing(
        THEN,
        &checked(&second("60 days")),
        &Plan::sample().clock("formal-request", Ends::Later),
    );
    assert_eq!(refused, []);
    let stages: Vec<String> = tracks
        .iter()
        .map(|row| format!("{} -> {}", row.before.as_ref().unwrap().1, row.after.as_ref().unwrap().1))
        .collect();
    assert_eq!(stages, ["lodged -> received", "held-provisionally -> held-provisionally"]);
    let formal = clocks.iter().find(|clock| clock.before == Some(name("formal-request"))).unwrap();
    assert_eq!(
        (formal.ended_in_words.as_str(), formal.ends_in_words.as_str(), formal.by_plan),
        ("Saturday 17 April 2027 00:00 (Seoul)", "Sunday 2 May 2027 00:00 (Seoul)", Some(Ends::Later))
    );
    let decision = clocks.iter().find(|clock| clock.before == Some(name("decision"))).unwrap();
    assert_eq!((decision.ended == decision.ends, decision.by_plan), (true, None));
    assert!(next.contains(&name("withdrawn")), "{next:?}");
}

// Linked cases.

#[test]
fn a_migration_is_somebodys_work_on_the_case() {
    let mut running = held();
    running.goes_over(THEN, &checked(&second("60 days")), &Plan::sample());
    assert_eq!(office_standing(&running.case.entries).touched, Some(moment(THEN)));
}

#[test]
fn a_notice_is_found_by_the_name_that_its_clock_had() {
    use comity_core::migration::called_at;
    let mut draft = second("60 days");
    let old = checked(&draft);
    draft.version.value = 3;
    draft.clocks.iter_mut().filter(|row| row.name.value == "hearing").for_each(|row| {
        row.name.value = text("first-hearing").value;
    });
    let new = checked(&draft);
    let mut plan = Plan::default().clock("hearing", Ends::Keep);
    plan.clocks[0].fate = Fate::Becomes(name("first-hearing"));
    assert_eq!(misfits(&old, &new, &plan.between(&old, &new)), []);
    let mut running = held();
    running.goes_over(THEN, &old, &Plan::sample());
    let entry = running.goes_over("2027-03-11 12:00", &new, &plan);
    let entries: &[Entry] = &running.case.entries;
    let before = EntryNumber::new(entry.get() - 1).unwrap();
    assert_eq!(called_at(entries, &name("first-hearing"), before), Some(name("hearing")));
    assert_eq!(called_at(entries, &name("first-hearing"), entry), Some(name("first-hearing")));
    assert_eq!(called_at(entries, &name("decision"), before), Some(name("decision")));
}
