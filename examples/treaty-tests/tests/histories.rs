//! What holds of every lawful history of the procedure.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;

use comity_core::View;
use comity_core::procedure::SharedProcedure;
use comity_language::library::{Disk, load};
use comity_testkit::histories::{History, Shape, histories};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

fn procedure() -> SharedProcedure {
    load(&Disk::new("procedures")).procedure("norvane-calderia/extradition").unwrap().procedure.clone()
}

fn any_history() -> impl Strategy<Value = History> {
    histories(&procedure(), Shape::from("2027-03-02".parse().unwrap()))
}

fn stands(view: &View, track: &str, stage: &str) -> bool {
    view.track(track).is_some_and(|track| track.stage_name.as_str() == stage)
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::default() })]

    #[test]
    fn nobody_is_handed_over_without_a_grant(history in any_history()) {
        for view in history.views() {
            let is_granted = stands(&view, "request", "granted");
            prop_assert!(!stands(&view, "custody", "handed-over") || is_granted);
        }
    }

    #[test]
    fn what_was_recorded_is_allowed_where_it_stands(history in any_history()) {
        for view in history.views() {
            prop_assert!(view.upset().is_empty(), "{:?}", view.upset());
        }
    }
}

/// A property that looks at nothing holds of everything: so the histories must reach every stage.
#[test]
fn the_histories_reach_every_stage_of_every_track() {
    let mut runner = TestRunner::deterministic();
    let strategy = any_history();
    let mut reached = BTreeSet::new();
    for _ in 0..300 {
        let history = strategy.new_tree(&mut runner).unwrap().current();
        for view in history.views() {
            reached.extend(view.tracks().iter().map(|track| format!("{}.{}", track.name, track.stage_name)));
        }
    }
    let procedure = procedure();
    for (_, track, row) in procedure.tracks().iter() {
        for stage in row.stages.names() {
            assert!(
                reached.contains(&format!("{track}.{stage}")),
                "{track}.{stage} is never reached: {reached:?}"
            );
        }
    }
}

/// A lawful history that breaks a property shrinks to a short one that still breaks it.
#[test]
fn a_history_that_breaks_a_property_becomes_short() {
    let mut runner = TestRunner::deterministic();
    let broken = runner.run(&any_history(), |history| {
        let mut views = history.views();
        prop_assert!(!views.any(|view| stands(&view, "request", "refused")));
        Ok(())
    });
    let Err(proptest::test_runner::TestError::Fail(_, shortest)) = broken else {
        unreachable!("a refusal is lawful, so the property does not hold: {broken:?}")
    };
    // The opening, the request, the refusal.
    assert_eq!(shortest.entries.len(), 3, "{:?}", shortest.entries);
}
