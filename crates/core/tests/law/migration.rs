//! Running cases go over to another edition of their procedure.

use comity_core::entry::{Body, Digest, Entry};
use comity_core::id::{CaseId, EntryNumber};
use comity_core::migration::{
    ClockFate, Crossing, Ends, Fate, Lineage, Migration, NameFate, NameKind, TrackFate, crossing, misfits,
};
use comity_core::procedure::draft::{
    ExtendByDraft, ExtensionDraft, FactTypeDraft, LengthDraft, SafeguardDraft,
};
use comity_core::procedure::{Draft, ExtensionTiming, SharedProcedure};
use comity_core::time::{ExtendedFrom, When};
use comity_core::{
    Asked, Rejection, RejectionCode, View, admit_together, explain, fold, lessons, mirrored, office_standing,
};

use super::case::{Case, WAIVER, check, code, moment, name, stamp};
use super::draft::{
    act, at, cites, clock, condition, fact, is, link, mirror, moves, recorded, row, text, texts, track,
};
use super::sample::{checked, draft};

/// A case with the procedures that it has run under.
#[derive(Clone)]
struct Running {
    case: Case,
    lineage: Lineage,
}

impl Running {
    fn of(case: Case) -> Self {
        Self { lineage: Lineage::of(case.procedure.clone()), case }
    }

    /// The case goes over to `to`, and speaks in its words from then on.
    #[track_caller]
    fn goes_over(&mut self, recorded: &str, to: &SharedProcedure, plan: &Plan) -> EntryNumber {
        let migration = plan.between(self.lineage.present(&self.case.entries), to);
        self.lineage.add(to.clone());
        let body = Body::Migrated(Box::new(migration));
        if let Err(rejection) = self.admit(recorded, vec![body]) {
            panic!("{rejection}");
        }
        self.case.procedure = to.clone();
        self.case.last()
    }

    fn refused(&self, recorded: &str, to: &SharedProcedure, plan: &Plan) -> String {
        let migration = plan.between(self.lineage.present(&self.case.entries), to);
        let mut after = self.clone();
        after.lineage.add(to.clone());
        let rejection = after.admit(recorded, vec![Body::Migrated(Box::new(migration))]).unwrap_err();
        assert_eq!(rejection.code(), RejectionCode::NotMigrated);
        assert_eq!(after.case.entries, self.case.entries, "a rejection changes nothing");
        rejection.to_string()
    }

    fn admit(&mut self, recorded: &str, bodies: Vec<Body>) -> Result<(), Rejection> {
        let added = admit_together(&self.lineage, &self.case.entries, bodies, &stamp(moment(recorded)))?;
        self.case.entries.extend(added);
        Ok(())
    }

    /// Records at `recorded` what took effect at `when`, and insists that it is allowed.
    #[track_caller]
    fn on(&mut self, recorded: &str, when: &str, what: &str) {
        let deed = self.case.deed(when, what);
        if let Err(rejection) = self.admit(recorded, vec![Body::Deed(deed)]) {
            panic!("{when} {what}: {rejection}");
        }
    }

    fn view(&self, asked: Asked) -> View {
        fold(&self.lineage, &self.case.entries, asked)
    }

    #[track_caller]
    fn check(&self, at: &str, cells: &[(&str, &str)]) {
        check(&self.view(Asked { at: moment(at), known_at: comity_core::time::Moment::MAX }), at, cells);
    }

    fn crossing(&self, recorded: &str, to: &SharedProcedure, plan: &Plan) -> Crossing {
        let migration = plan.between(self.lineage.present(&self.case.entries), to);
        crossing(&self.lineage.towards(to), &self.case.entries, &migration, &stamp(moment(recorded)))
    }
}

/// A plan in few words.
#[derive(Clone, Default)]
struct Plan {
    tracks: Vec<TrackFate>,
    clocks: Vec<ClockFate>,
    names: Vec<NameFate>,
}

impl Plan {
    /// The plan between the sample and its second edition.
    fn sample() -> Self {
        Self::default()
            .track("request", "proceedings", &[("lodged", "received")])
            .clock("formal-request", Ends::Keep)
            .name(NameKind::Fact, "person.minor", Some("person.child"))
            .name(NameKind::Act, "request-received", Some("request-taken-in"))
    }

    fn track(mut self, track: &str, becomes: &str, stages: &[(&str, &str)]) -> Self {
        let stages = stages.iter().map(|(was, becomes)| (name(was), name(becomes))).collect();
        self.tracks.push(TrackFate { track: name(track), fate: Fate::Becomes(name(becomes)), stages });
        self
    }

    fn clock(mut self, clock: &str, ends: Ends) -> Self {
        self.clocks.retain(|one| one.clock != name(clock));
        let fate = Fate::Becomes(name(clock));
        let cite = "act 5".to_owned();
        self.clocks.push(ClockFate { clock: name(clock), fate, ends, cite, may_have_run_out: false });
        self
    }

    fn name(mut self, kind: NameKind, was: &str, becomes: Option<&str>) -> Self {
        let dropped = || Fate::Dropped { reason: "the law knows it no more".to_owned() };
        let fate = becomes.map_or_else(dropped, |becomes| Fate::Becomes(name(becomes)));
        self.names.push(NameFate { kind, name: name(was), fate });
        self
    }

    fn accepting_what_ran_out(mut self) -> Self {
        self.clocks.iter_mut().for_each(|clock| clock.may_have_run_out = true);
        self
    }

    fn between(&self, from: &SharedProcedure, to: &SharedProcedure) -> Migration {
        Migration {
            from: from.meaning(),
            procedure: to.name().clone(),
            version: to.version(),
            meaning: to.meaning(),
            plan: Digest([7; 32]),
            authority: "Ministry of Justice of Norvane".to_owned(),
            reason: "the protocol of 2027 applies to cases that run".to_owned(),
            cite: "act 5".to_owned(),
            tracks: self.tracks.clone(),
            clocks: self.clocks.clone(),
            names: self.names.clone(),
        }
    }
}

/// The sample with a track, a stage, a fact and an act under other names, and another length of one limit.
fn second(length: &str) -> Draft {
    let mut draft = draft();
    draft.version.value = 2;
    let written = format!("{draft:?}");
    assert!(written.contains("lodged"));
    draft = renamed(draft);
    set_length(&mut draft, "formal-request", length);
    draft
}

fn set_length(draft: &mut Draft, clock: &str, length: &str) {
    let row = draft.clocks.iter_mut().find(|row| row.name.value == clock).unwrap();
    row.value.length = LengthDraft::Counted(at(length.parse().unwrap()));
}

/// Renames by writing the sample anew: its tables are few, and every place where a name stands is told here.
fn renamed(mut draft: Draft) -> Draft {
    draft.tracks[0] = track(
        "proceedings",
        &[
            "preparing",
            "received",
            "granted",
            "surrendered: surrendered",
            "refused: refused",
            "withdrawn: withdrawn",
        ],
    );
    for fact in draft.facts.iter_mut().filter(|fact| fact.name.value == "person.minor") {
        fact.name.value = text("person.child").value;
    }
    let condition = |draft: &mut Draft, name: &str, when| {
        draft.conditions.iter_mut().find(|row| row.name.value == name).unwrap().value.when = when;
    };
    let complete = super::draft::all(&[recorded("request-taken-in"), super::draft::documents("request")]);
    condition(&mut draft, "request-complete", complete);
    let appeal =
        draft.conditions.iter().find(|row| row.name.value == "order-final").unwrap().value.when.clone();
    let comity_core::procedure::draft::GuardDraft::And(parts) = appeal else { panic!("not what it was") };
    condition(
        &mut draft,
        "order-final",
        super::draft::all(&[is("proceedings", "granted"), parts[1].clone()]),
    );
    for act in &mut draft.acts {
        if act.name.value == "request-received" {
            act.name.value = text("request-taken-in").value;
        }
        for moves in act.value.moves.iter_mut().filter(|moves| moves.track.value == "request") {
            moves.track.value = text("proceedings").value;
            for one in &mut moves.moves {
                if one.to.value == "lodged" {
                    one.to.value = text("received").value;
                }
                if let comity_core::procedure::draft::FromDraft::Stages(from) = &mut one.from {
                    from.iter_mut().filter(|from| from.value == "lodged").for_each(|from| {
                        from.value = text("received").value;
                    });
                }
            }
        }
        if act.name.value == "arrested" {
            act.value.unless[0].when = is("person.child", "yes");
        }
        if act.name.value == "surrender-postponed" {
            act.value.when = Some(is("proceedings", "granted"));
        }
    }
    draft
}

/// A case of the sample with the person held since 2 March, at noon of 10 March.
fn held() -> Running {
    let mut case = Case::arrested("2027-03-02 10:00");
    case.on("2027-03-03 09:00", "request-received");
    Running::of(case)
}

const THEN: &str = "2027-03-10 12:00";

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
    running.case.procedure = super::sample::sample();
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
fn a_limit_keeps_its_end_or_is_counted_anew_or_takes_the_later_of_both() {
    let table = [
        (Ends::Keep, "60 days", "ends 2027-04-16"),
        (Ends::Recompute, "60 days", "ends 2027-05-01"),
        (Ends::Later, "60 days", "ends 2027-05-01"),
        (Ends::Keep, "30 days", "ends 2027-04-16"),
        (Ends::Recompute, "30 days", "ends 2027-04-01"),
        (Ends::Later, "30 days", "ends 2027-04-16"),
    ];
    for (ends, length, cell) in table {
        let mut running = held();
        let plan = Plan::sample().clock("formal-request", ends);
        running.goes_over(THEN, &checked(&second(length)), &plan);
        running.check(THEN, &[("formal-request", cell)]);
    }
}

#[test]
fn a_limit_whose_rule_is_the_same_needs_no_line_and_keeps_its_end() {
    let mut running = held();
    running.goes_over(THEN, &checked(&second("60 days")), &Plan::sample());
    let view = running.view(Asked::at(moment(THEN)));
    assert_eq!(view.clock("decision").unwrap().last().unwrap().carried, None);
    running.check(THEN, &[("decision", "ends 2027-09-02")]);
}

/// The second edition in which the court may make the limit longer by ten days.
fn extendable(mut draft: Draft) -> Draft {
    let row = draft.clocks.iter_mut().find(|row| row.name.value == "formal-request").unwrap();
    row.value.extended_by = vec![ExtensionDraft {
        act: text("longer"),
        by: ExtendByDraft::Length(at("10 days".parse().unwrap())),
        from: Some(at(ExtendedFrom::LastDay)),
        timing: ExtensionTiming::AnyTime,
        at_most: None,
        longest: None,
        cite: Vec::new(),
    }];
    draft.acts.push(act("longer", "requested/court"));
    draft
}

#[test]
fn an_end_that_was_kept_goes_on_to_be_counted_by_the_rule_before() {
    for (ends, extended) in [(Ends::Keep, "ends 2027-04-26"), (Ends::Recompute, "ends 2027-05-11")] {
        let mut running = held();
        let plan = Plan::sample().clock("formal-request", ends);
        running.goes_over(THEN, &checked(&extendable(second("60 days"))), &plan);
        running.on("2027-03-20 10:00", "2027-03-20 09:00", "longer");
        running.check("2027-03-20 10:00", &[("formal-request", extended)]);
    }
}

#[test]
fn what_ran_out_before_has_had_its_effect_under_the_old_procedure() {
    let mut running = held();
    let plan = Plan::sample().clock("formal-request", Ends::Recompute);
    running.goes_over("2027-04-20 12:00", &checked(&second("60 days")), &plan);
    running.check("2027-04-20 12:00", &[("formal-request", "ran out"), ("custody", "release-due")]);
}

#[test]
fn the_explanation_of_an_end_that_was_kept_says_by_which_entry_and_under_which_rule() {
    let mut running = held();
    let entry = running.goes_over(THEN, &checked(&second("60 days")), &Plan::sample());
    let told = explain(&running.view(Asked::at(moment(THEN))), "formal-request").unwrap().to_string();
    let line = |about: &str| told.lines().find(|line| line.starts_with(about)).unwrap_or_default().to_owned();
    assert!(line("length").contains("45 days"), "{told}");
    assert!(line("last day").contains("45 days after 2027-03-02"), "{told}");
    assert_eq!(
        line("carried over"),
        format!(
            "carried over   at the migration, Wednesday 10 March 2027 12:00 (Seoul) – entry {entry}: the end stands that it \
             had, Saturday 17 April 2027 00:00 (Seoul), counted under xn-xc/extradition version 1 (act 5)"
        )
    );
    let plan = Plan::sample().clock("formal-request", Ends::Later);
    let mut later = held();
    later.goes_over(THEN, &checked(&second("60 days")), &plan);
    let told = explain(&later.view(Asked::at(moment(THEN))), "formal-request").unwrap().to_string();
    assert!(
        told.contains("the later of two ends: Saturday 17 April 2027 00:00 (Seoul), and Sunday 2 May 2027"),
        "{told}"
    );
    assert!(told.contains("60 days (treaty 9(1))"), "{told}");
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
fn a_stage_without_a_counterpart_must_be_named() {
    let plan = Plan { tracks: Vec::new(), ..Plan::sample() }.track("request", "proceedings", &[]);
    let says = held().refused(THEN, &checked(&second("60 days")), &plan);
    assert!(says.contains("the stage `lodged` of the track `request` has no counterpart"), "{says}");
}

#[test]
fn whatever_has_no_counterpart_is_listed_in_one_go() {
    let says = held().refused(THEN, &checked(&second("60 days")), &Plan::default());
    for missing in ["the track `request`", "the fact `person.minor`", "the act `request-received`"] {
        assert!(says.contains(&format!("{missing} has no counterpart")), "{says}");
    }
}

#[test]
fn a_plan_that_names_what_is_not_there_is_refused() {
    let plan = Plan::sample().name(NameKind::Ground, "politics", None).name(
        NameKind::Ground,
        "nationality",
        Some("x"),
    );
    let says = held().refused(THEN, &checked(&second("60 days")), &plan);
    assert!(says.contains("the procedure that the case leaves has no ground `politics`"), "{says}");
    assert!(says.contains("the ground `nationality` cannot become `x`"), "{says}");
}

#[test]
fn an_open_stage_becomes_no_outcome_and_an_outcome_no_other() {
    let plan = Plan { tracks: Vec::new(), ..Plan::sample() };
    let to_an_outcome = plan.clone().track("request", "proceedings", &[("lodged", "refused")]);
    let says = held().refused(THEN, &checked(&second("60 days")), &to_an_outcome);
    assert!(
        says.contains(
            "`lodged` of the track `request` is open and cannot become `refused`, which is the outcome"
        ),
        "{says}"
    );
    let to_another =
        plan.track("request", "proceedings", &[("lodged", "received"), ("refused", "withdrawn")]);
    let says = held().refused(THEN, &checked(&second("60 days")), &to_another);
    assert!(says.contains("is the outcome `refused` and cannot become `withdrawn`"), "{says}");
}

#[test]
fn two_facts_never_become_one() {
    let plan = Plan::sample().name(NameKind::Fact, "arrest.place", Some("surrender.place"));
    let says = held().refused(THEN, &checked(&second("60 days")), &plan);
    assert!(
        says.contains("cannot become `surrender.place`, for `arrest.place` becomes that already"),
        "{says}"
    );
}

#[test]
fn an_authority_is_not_dropped() {
    let plan = Plan::sample().name(NameKind::Authority, "requested/police", None);
    let says = held().refused(THEN, &checked(&second("60 days")), &plan);
    assert!(says.contains("the authority `requested/police` cannot be dropped"), "{says}");
}

#[test]
fn a_limit_that_runs_by_another_rule_needs_a_line_and_one_that_does_not_run_needs_none() {
    let plan = Plan { clocks: Vec::new(), ..Plan::sample() };
    let says = held().refused(THEN, &checked(&second("60 days")), &plan);
    assert!(says.contains("the clock `formal-request` runs and is counted by another rule there"), "{says}");
    let mut free = Running::of(Case::sample());
    free.goes_over(THEN, &checked(&second("60 days")), &plan);
}

#[test]
fn a_limit_that_would_have_run_out_already_is_named_in_the_plan_or_refused() {
    let to = checked(&second("5 days"));
    let plan = Plan::sample().clock("formal-request", Ends::Recompute);
    let says = held().refused(THEN, &to, &plan);
    assert!(
        says.contains("`formal-request` would have run out 2027-03-08 00:00 in Seoul by the new count"),
        "{says}"
    );
    let mut running = held();
    running.goes_over(THEN, &to, &plan.accepting_what_ran_out());
    running.check(THEN, &[("formal-request", "ran out"), ("custody", "release-due")]);
}

#[test]
fn nobody_can_say_which_end_is_later_where_one_is_not_known() {
    let mut case = Case::granted();
    case.on("2027-04-10 12:00", "appeal-waived");
    case.on("2027-04-12 12:00", "surrender-postponed");
    let running = Running::of(case);
    let mut draft = second("45 days");
    set_length(&mut draft, "new-date-limit", "20 days");
    let row = draft.clocks.iter_mut().find(|row| row.name.value == "new-date-limit").unwrap();
    row.value.choices = clock("x", "20 days", &["arrested"]).value.choices;
    let plan = Plan { clocks: Vec::new(), ..Plan::sample() };
    let to = checked(&draft);
    let says = running.refused("2027-04-13 12:00", &to, &plan.clone().clock("new-date-limit", Ends::Later));
    assert!(says.contains("the clock `new-date-limit` has no end to compare"), "{says}");
    let mut anew = running.clone();
    anew.goes_over("2027-04-13 12:00", &to, &plan.clone().clock("new-date-limit", Ends::Recompute));
    anew.check("2027-04-13 12:00", &[("new-date-limit", "ends 2027-05-02")]);
    let mut kept = running;
    kept.goes_over("2027-04-13 12:00", &to, &plan.clock("new-date-limit", Ends::Keep));
    kept.check("2027-04-13 12:00", &[("new-date-limit", "running")]);
}

#[test]
fn what_must_be_known_at_a_stage_must_be_known() {
    let mut draft = second("60 days");
    let stages = &mut draft.tracks[0].value.stages;
    stages.iter_mut().filter(|stage| stage.name.value == "received").for_each(|stage| {
        stage.value.holds = texts(&["channel"]);
    });
    draft.facts.push(fact("channel", FactTypeDraft::Text));
    for act in draft.acts.iter_mut().filter(|act| act.name.value == "request-taken-in") {
        act.value.records = texts(&["channel"]);
    }
    let says = held().refused(THEN, &checked(&draft), &Plan::sample());
    assert!(says.contains("proceedings would stand at `received`, where `channel` must be known"), "{says}");
}

#[test]
fn a_value_must_fit_the_fact_that_it_becomes() {
    let mut draft = second("60 days");
    draft.facts[0] = fact("person.status", FactTypeDraft::OneOf(texts(&["suspect", "accused", "convicted"])));
    held().goes_over(THEN, &checked(&draft), &Plan::sample());
    let plan = Plan::sample();
    let mut draft = second("60 days");
    draft.facts[3] = fact("arrest.place", FactTypeDraft::Number);
    let says = held().refused(THEN, &checked(&draft), &plan);
    assert!(says.contains("`arrest.place` takes"), "{says}");
}

/// The second edition with one safeguard.
fn guarded(safeguard: SafeguardDraft) -> SharedProcedure {
    let mut draft = second("60 days");
    draft.safeguards.push(row("guard", safeguard));
    checked(&draft)
}

fn safeguard() -> SafeguardDraft {
    SafeguardDraft {
        title: "A safeguard".to_owned(),
        never: None,
        unless: None,
        before: None,
        always_after: None,
        requires: None,
        within: None,
        possible: None,
        holds_in: None,
        holds: None,
        at_most_once: None,
        never_together: Vec::new(),
        only_by: Vec::new(),
        act: None,
        cite: cites("act 5"),
    }
}

/// After an arrest that clock runs until the person is released.
fn released_within(clock: &str) -> SafeguardDraft {
    let (always_after, requires) = (Some(text("arrested")), Some(text("released")));
    SafeguardDraft { always_after, requires, within: Some(text(clock)), ..safeguard() }
}

#[test]
fn a_state_that_a_safeguard_forbids_is_refused() {
    let is_held = || Some(is("custody", "held-provisionally"));
    let granted = || Some(is("proceedings", "granted"));
    let received = || is("proceedings", "received");
    let forbid = [
        SafeguardDraft { never: is_held(), unless: granted(), ..safeguard() },
        SafeguardDraft { holds_in: is_held(), holds: granted(), ..safeguard() },
        SafeguardDraft {
            never_together: vec![is("custody", "held-provisionally"), received()],
            ..safeguard()
        },
        released_within("review"),
    ];
    for forbids in forbid {
        let says = held().refused(THEN, &guarded(forbids.clone()), &Plan::sample());
        assert!(
            says.contains("the safeguard `guard` forbids how the case would stand"),
            "{forbids:?}: {says}"
        );
    }
    let allow = [
        SafeguardDraft { never: is_held(), unless: Some(received()), ..safeguard() },
        SafeguardDraft { holds_in: is_held(), holds: Some(received()), ..safeguard() },
        released_within("formal-request"),
        // The way that the case has gone was gone under another law.
        SafeguardDraft { before: Some(text("arrested")), requires: Some(text("heard")), ..safeguard() },
    ];
    for allows in allow {
        held().goes_over(THEN, &guarded(allows), &Plan::sample());
    }
}

#[test]
fn nobody_is_stranded_who_was_not() {
    let mut draft = second("60 days");
    draft.acts.iter_mut().for_each(|act| act.value.when = Some(is("person.child", "yes")));
    draft.clocks.retain(|clock| clock.name.value == "appeal-window");
    draft.conditions.retain(|row| row.name.value == "request-complete");
    draft.acts.iter_mut().filter(|act| act.name.value == "arrested").for_each(|act| {
        act.value.owes = texts(&["tell-norvane", "release"]);
    });
    let dropped = ["hearing", "review", "hand-over", "new-date-limit", "decision", "formal-request"];
    let mut plan = Plan { clocks: Vec::new(), ..Plan::sample() };
    for clock in dropped {
        plan = plan.clock(clock, Ends::Keep);
    }
    plan.clocks.iter_mut().for_each(|clock| clock.fate = Fate::Dropped { reason: "gone".to_owned() });
    for condition in ["hand-over-begins", "order-final"] {
        plan = plan.name(NameKind::Condition, condition, None);
    }
    let says = held().refused(THEN, &checked(&draft), &plan);
    assert_eq!(
        says,
        "the case cannot go over to the other procedure: nobody could act any more in it, and no limit would run"
    );
}

#[test]
fn a_case_that_is_over_stays_where_it_is() {
    let mut case = Case::granted();
    case.on("2027-04-10 12:00", "appeal-waived");
    case.on("2027-04-11 12:00", "surrendered (surrender.place: Ulsan)");
    let says = Running::of(case).refused("2027-04-12 12:00", &checked(&second("60 days")), &Plan::sample());
    assert!(says.ends_with("the case is over"), "{says}");
}

#[test]
fn a_plan_that_leads_from_elsewhere_or_to_nowhere_is_refused() {
    let mut running = held();
    let to = checked(&second("60 days"));
    running.goes_over(THEN, &to, &Plan::sample());
    let mut again = Plan::sample().between(&super::sample::sample(), &to);
    let says =
        running.clone().admit(THEN, vec![Body::Migrated(Box::new(again.clone()))]).unwrap_err().to_string();
    assert!(says.contains("the case is under `xn-xc/extradition` version 2"), "{says}");
    again.from = to.meaning();
    again.meaning = comity_core::procedure::Meaning([9; 32]);
    let says = running.admit(THEN, vec![Body::Migrated(Box::new(again))]).unwrap_err().to_string();
    assert!(says.contains("nobody knows the procedure `xn-xc/extradition`"), "{says}");
}

#[test]
fn a_link_that_the_other_procedure_does_not_know_is_refused() {
    let mut draft = second("60 days");
    draft.links = vec![link("waiver", "vienna/waiver")];
    draft.facts[2] = mirror("immunity", &["immune", "waived", "none"], "waiver", "person");
    let says = held().refused(THEN, &checked(&draft), &Plan::sample());
    assert!(
        says.contains("tied to another by `immunity`, which the other procedure does not know"),
        "{says}"
    );
}

#[test]
fn a_migration_is_neither_annulled_nor_corrected() {
    let mut running = held();
    let entry = running.goes_over(THEN, &checked(&second("60 days")), &Plan::sample());
    let annulled = running.admit("2027-03-10 13:00", vec![super::case::annulment(entry)]).unwrap_err();
    code(
        &annulled,
        RejectionCode::NotToBeUndone,
        "entry 8 takes the case over to another procedure, under which the later entries stand; migrate it anew, by a \
         plan that leads on or back",
    );
    let corrected = running.case.correction(entry, "2027-03-10", "heard");
    assert_eq!(
        running.admit("2027-03-10 13:00", vec![corrected]).unwrap_err().code(),
        RejectionCode::NotToBeUndone
    );
}

#[test]
fn a_fold_without_the_other_procedure_says_so_and_goes_on_under_the_one_that_it_has() {
    let mut running = held();
    let entry = running.goes_over(THEN, &checked(&second("60 days")), &Plan::sample());
    let alone = fold(&super::sample::sample(), &running.case.entries, Asked::at(moment(THEN)));
    check(&alone, THEN, &[("request", "lodged")]);
    assert_eq!(alone.upset().iter().map(|upset| upset.entry).collect::<Vec<_>>(), [entry]);
}

#[test]
fn a_case_goes_over_twice_and_back() {
    let (first, to) = (super::sample::sample(), checked(&second("60 days")));
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

/// The waiver of immunity that the sample is tied to, in small.
fn waiver(stages: &[&str]) -> Draft {
    let mut draft = super::draft::two_states("vienna/waiver");
    draft.tracks = vec![track("person", stages)];
    let mut waive = act("waive", "requested/central");
    waive.value.moves = vec![moves("person", &format!("{} -> waived", stages[0]))];
    draft.acts = vec![waive];
    draft
}

#[test]
fn a_linked_case_goes_on_telling_after_it_was_migrated() {
    let old = checked(&waiver(&["immune", "waived: waived"]));
    let mut draft = waiver(&["shielded", "waived: waived"]);
    draft.version.value = 2;
    let new = checked(&draft);
    let mut there = Running::of(Case::open(&old, "2027-01-01"));
    let plan = Plan::default().track("person", "person", &[("immune", "shielded")]);
    there.goes_over("2027-02-01 12:00", &new, &plan);
    there.on("2027-02-10 12:00", "2027-02-10 11:00", "waive");

    let mut sample = super::sample::draft();
    sample.facts[2] = mirror("immunity", &["immune", "shielded", "waived", "none"], "immunity", "person");
    let here = Case::open(&checked(&sample), "2027-01-01");
    let now = Asked::at(moment("2027-03-01"));
    let (view, other) = (fold(&here.procedure, &here.entries, now), there.view(now));
    let mirror = &mirrored(&here.procedure)[0];
    let told = lessons(&view, &here.entries, mirror, Some((WAIVER, &other)));
    let told: Vec<(String, When)> = told
        .iter()
        .map(|body| {
            let deed = body.deed().unwrap();
            let comity_core::entry::What::Learned { value, .. } = &deed.what else { panic!("{deed:?}") };
            (value.to_string(), deed.when)
        })
        .collect();
    let at = |text: &str| When::At(moment(text));
    assert_eq!(
        told.iter().map(|(stage, _)| stage.as_str()).collect::<Vec<_>>(),
        ["immune", "shielded", "waived"]
    );
    assert_eq!((told[1].1, told[2].1), (at("2027-02-01 12:00"), at("2027-02-10 11:00")));
}

#[test]
fn a_fact_that_begins_to_follow_at_a_migration_is_told_from_then_on() {
    let old = {
        let mut draft = super::sample::draft();
        draft.facts[2] = mirror("immunity", &["immune", "waived", "none"], "immunity", "person");
        checked(&draft)
    };
    let new = {
        let mut draft = super::sample::draft();
        draft.version.value = 2;
        draft.facts.push(mirror("person.shield", &["immune", "waived", "none"], "immunity", "person"));
        checked(&draft)
    };
    let mut there = Case::open(&checked(&waiver(&["immune", "waived: waived"])), "2027-01-01");
    there.on("2027-01-20 12:00", "waive");
    let mut here = Running::of(Case::open(&old, "2027-01-01"));
    here.goes_over("2027-02-01 12:00", &new, &Plan::default());
    let now = Asked::at(moment("2027-03-01"));
    let other = there.view("2027-03-01");
    let mirrors = mirrored(&new);
    let follows = mirrors.iter().find(|one| one.fact == name("person.shield")).unwrap();
    let told = lessons(&here.view(now), &here.case.entries, follows, Some((CaseId(WAIVER.0), &other)));
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].deed().unwrap().when, When::At(moment("2027-02-01 12:00")));
    let known: Vec<Body> = told;
    here.admit("2027-03-01", known).unwrap();
    here.check("2027-03-01", &[("person.shield", "waived")]);
    assert_eq!(lessons(&here.view(now), &here.case.entries, follows, Some((WAIVER, &other))), []);
}

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
