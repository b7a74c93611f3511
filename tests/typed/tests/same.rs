//! Typed and untyped paths say the same of random lawful histories of every procedure: each deed is the same after a way through its
//! type, and each view stands where its type says.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::sync::LazyLock;

use comity_core::View;
use comity_core::entry::What;
use comity_core::name::KnownName;
use comity_language::Library;
use comity_language::library::{Disk, load};
use comity_testkit::histories::{History, Shape, histories};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// How many histories of each procedure.
const EACH: usize = 6;

static LIBRARY: LazyLock<Library> =
    LazyLock::new(|| load(&Disk::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../workflows"))));

fn histories_of(procedure: &str) -> Vec<History> {
    let loaded = LIBRARY.procedure(procedure).unwrap();
    let shape = Shape { steps: 20..40, ..Shape::from("2027-03-02".parse().unwrap()) };
    let (any, mut runner) = (histories(&loaded.procedure, shape), TestRunner::deterministic());
    (0..EACH).map(|_| any.new_tree(&mut runner).unwrap().current()).collect()
}

/// The facts of an act in the order of their names: which was given first says nothing.
fn in_order(mut what: What) -> What {
    if let What::Act { facts, .. } = &mut what {
        facts.sort_by(|(one, _), (other, _)| one.cmp(other));
    }
    what
}

/// Each deed through its type and back; how many there were.
fn deeds_are_the_same(history: &History, through: impl Fn(&What) -> What) -> usize {
    let deeds = history.entries.iter().filter_map(|entry| entry.body.deed());
    deeds.map(|deed| assert_eq!(in_order(through(&deed.what)), in_order(deed.what.clone()))).count()
}

fn stands_where_it_says(view: &View, stages: &[(KnownName, KnownName)]) {
    let untyped = view.tracks();
    let untyped: Vec<_> = untyped.iter().map(|one| (one.name.as_str(), one.stage_name.as_str())).collect();
    let typed: Vec<_> = stages.iter().map(|(track, stage)| (track.as_str(), stage.as_str())).collect();
    assert_eq!(typed, untyped);
}

macro_rules! same {
    ($module:ident, $name:literal) => {
        #[test]
        fn $module() {
            use comity_typed_library::$module as typed;
            let mut deeds = 0;
            for history in histories_of($name) {
                deeds += deeds_are_the_same(&history, |what| typed::What::try_from(what).unwrap().into());
                for view in history.views() {
                    stands_where_it_says(&view, &typed::View::of(&view).unwrap().stages());
                }
            }
            assert!(deeds > 0, "nothing happened");
        }
    };
}

comity_typed_library::each_procedure!(same);
