//! What running out does: it opens, closes, deems, waits for an application, is kept back, or does nothing.

use comity_core::RejectionCode;
use comity_core::procedure::draft::ExpiryDraft;
use comity_core::procedure::{Excuse, ExpiryEffect};

use super::super::case::{Case, code};
use super::super::draft::{at, duty, exception, expiry, moves, text, texts};
use super::fixture::{case, flaw, limit, limit_called, stayed};

#[test]
fn of_two_limits_the_second_runs_out_in_its_turn_though_nothing_happens_to_it_meanwhile() {
    let mut case = case(vec![limit_called("first", "10 days"), limit_called("second", "20 days")]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-15 10:00", "noticed");
    case.check("2027-03-15 10:00", &[("first", "ran out"), ("second", "ends 2027-03-21")]);
    // What would have met it comes too late.
    case.on("2027-03-25 10:00", "asked");
    case.check("2027-03-25 10:00", &[("first", "ran out"), ("second", "ran out")]);
}

fn held_with(on_expiry: ExpiryDraft) -> Case {
    let mut limit = limit("10 days");
    limit.value.on_expiry = on_expiry;
    let mut case = case(vec![limit]);
    case.on("2027-03-01 10:00", "held");
    case
}

#[test]
fn release_only_on_application_opens_the_application_and_releases_nobody() {
    let case = held_with(ExpiryDraft {
        opens: texts(&["applied"]),
        excuse: Some(at(Excuse::ReasonableCause)),
        ..expiry(ExpiryEffect::OnApplication)
    });
    code(
        &case.refused("2027-03-11 23:59", "applied"),
        RejectionCode::NotRunOut,
        "`applied` is open only once the clock `limit` has run out (treaty 9(1))",
    );
    case.check(
        "2027-03-12",
        &[("limit", "ran out"), ("custody", "held"), ("applied", "open"), ("owed", "nothing")],
    );
}

#[test]
fn a_power_lapses_when_its_time_has_run_out() {
    let mut case = held_with(ExpiryDraft { closes: texts(&["applied"]), ..expiry(ExpiryEffect::Lapse) });
    case.check("2027-03-11 23:59", &[("applied", "open")]);
    code(
        &case.refused("2027-03-12 00:01", "applied"),
        RejectionCode::Lapsed,
        "`applied` can no longer be done: the clock `limit` ran out 2027-03-12 00:00 in Seoul (treaty 9(1))",
    );
    // An application made in time and typed in late is one made in time.
    case.late("2027-03-12 10:00", "2027-03-11 18:00", "applied");
}

#[test]
fn a_second_arrest_on_the_same_warrant_is_barred() {
    let case = held_with(ExpiryDraft { closes: texts(&["held"]), ..expiry(ExpiryEffect::Bar) });
    case.check("2027-03-11", &[("held", "open")]);
    case.check("2027-03-12", &[("held", "closed")]);
}

#[test]
fn the_law_takes_a_decision_as_made() {
    let moves = vec![moves("custody", "held -> free, else stays")];
    let case = held_with(ExpiryDraft { moves, ..expiry(ExpiryEffect::Deemed) });
    case.check("2027-03-12", &[("custody", "free")]);
}

#[test]
fn a_delay_that_must_be_explained_is_a_duty_and_ends_nothing() {
    let explain = ExpiryDraft { duty: Some(text("release")), ..expiry(ExpiryEffect::MustExplain) };
    held_with(explain).check("2027-03-12", &[("custody", "held"), ("owed", "release")]);
}

#[test]
fn where_the_statute_says_that_nothing_changes_or_says_nothing_nothing_moves() {
    for effect in [ExpiryEffect::NothingChanges, ExpiryEffect::NothingStated, ExpiryEffect::Alert] {
        let case = held_with(expiry(effect));
        case.check("2027-03-12", &[("limit", "ran out"), ("custody", "held"), ("owed", "nothing")]);
    }
}

#[test]
fn a_consequence_is_kept_back_while_something_stands_in_its_way_and_follows_then() {
    let mut kept_back = duty("release", vec![moves("custody", "held -> release-due, else stays")]);
    kept_back.unless = vec![exception(stayed(), "act 8")];
    let mut case = held_with(kept_back);
    case.on("2027-03-05 10:00", "stayed");
    case.check("2027-03-12", &[("limit", "ran out"), ("custody", "held"), ("owed", "nothing")]);
    case.on("2027-03-20 10:00", "resumed");
    case.check("2027-03-20 09:59", &[("custody", "held")]);
    case.check("2027-03-20 10:00", &[("custody", "release-due"), ("owed", "release")]);
}

#[test]
fn what_is_kept_back_neither_opens_nor_closes_anything() {
    let mut kept_back = ExpiryDraft { closes: texts(&["applied"]), ..expiry(ExpiryEffect::Lapse) };
    kept_back.unless = vec![exception(stayed(), "act 8")];
    let mut case = held_with(kept_back);
    case.on("2027-03-05 10:00", "stayed");
    case.check("2027-03-12", &[("applied", "open")]);
    case.on("2027-03-20 10:00", "resumed");
    case.check("2027-03-20 10:00", &[("applied", "closed")]);
}

#[test]
fn each_effect_has_what_it_needs_and_nothing_else() {
    let told = |on_expiry: ExpiryDraft| {
        let mut limit = limit("10 days");
        limit.value.on_expiry = on_expiry;
        flaw(vec![limit])
    };
    let applied = || texts(&["applied"]);
    assert_eq!(
        told(ExpiryDraft { excuse: Some(at(Excuse::None)), ..expiry(ExpiryEffect::OnApplication) }),
        "the expiry of `limit` waits for an application and does not name the act; write `opens:` with the act of applying"
    );
    assert_eq!(
        told(ExpiryDraft { opens: applied(), ..expiry(ExpiryEffect::OnApplicationOrOwnMotion) }),
        "the expiry of `limit` does not say whether the delay may be excused; this is a legal choice: write `excuse: none` or `excuse: reasonable-cause`"
    );
    assert_eq!(
        told(expiry(ExpiryEffect::Lapse)),
        "the expiry of `limit` ends a power and does not name the act; write `closes:` with the acts that may no longer be done"
    );
    assert_eq!(
        told(expiry(ExpiryEffect::Deemed)),
        "the expiry of `limit` takes a decision as made and moves nothing; write `moves:` with what the decision would have moved"
    );
    assert_eq!(
        told(ExpiryDraft { opens: applied(), ..expiry(ExpiryEffect::Alert) }),
        "an expiry with the effect `alert` opens no act; write `effect: permission`, or leave `opens` out"
    );
    assert_eq!(
        told(ExpiryDraft { closes: applied(), ..expiry(ExpiryEffect::Permission) }),
        "an expiry with the effect `permission` closes no act; write `effect: lapse` or `effect: bar`, or leave `closes` out"
    );
    assert_eq!(
        told(ExpiryDraft {
            unless: vec![exception(stayed(), "act 8")],
            ..expiry(ExpiryEffect::NothingStated)
        }),
        "an expiry with the effect `nothing-stated` has no consequence that could be kept back; leave `unless` out"
    );
}
