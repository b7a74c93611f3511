//! What is proved of the shipped procedures, and that no case of theirs comes where the search did not.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

#[path = "../../crates/core/tests/verify/lots.rs"]
mod lots;
#[path = "../../crates/core/tests/verify/walk.rs"]
mod walk;

use std::sync::Mutex;

use comity_core::verify::{Searched, Verdict};
use comity_language::Loaded;
use comity_tests::shipped::{library, on_all_cores};

const BOUND: usize = 200_000;

/// So many configurations of a whole statute are gone on from step by step, which takes longer. What is recalled was asked of most
/// by then. The procedures of the Wellington matter are gone through whole.
const STEP_BY_STEP: usize = 2_000;
const WHOLE: [&str; 5] = ["kr-nhrck/", "nz-arrest-warrant/", "nz-kr-mla/", "nz-kr/", "vienna-diplomatic/"];

/// What is encoded of these makes nobody tell of a refusal.
const UNTOLD: [&str; 19] = [
    "au-extradition-act/extradition",
    "canada-extradition-act/extradition",
    "de-irg/extradition",
    "eu-investigation-order/order",
    "eu-investigation-order/provisional-measure",
    "ie-extradition-act/extradition",
    "kr-extradition-act/speciality",
    "kr-extradition-act/transit",
    "kr-mla-act/assistance",
    "nz-extradition-act/backed-warrant",
    "nz-extradition-act/extradition",
    "nz-extradition-act/surrender",
    "nz-kr-mla/mla-to-korea",
    "th-practice/extradition",
    "uk-extradition-act-part-1/afterwards",
    "uncac/assistance",
    "uncac/extradition",
    "untoc/assistance",
    "untoc/extradition",
];

/// The whole search takes most of this suite, so each procedure is searched once and asked everything.
#[test]
fn every_shipped_procedure_is_proved_and_no_history_of_it_leaves_the_search() {
    let vacuous = Mutex::new(Vec::new());
    on_all_cores(&library().procedures, |loaded| {
        let searched = Searched::all_of(&loaded.procedure, BOUND);
        vacuous.lock().unwrap().extend(proved(loaded, &searched));
        walked(loaded, &searched);
    });
    let mut vacuous = vacuous.into_inner().unwrap();
    vacuous.sort();
    let untold = UNTOLD.map(|name| (name.to_owned(), "every-refusal-is-notified".to_owned()));
    assert_eq!(vacuous, untold);
}

/// Everything holds of it. Returns what holds only because nothing comes to pass of which it speaks.
fn proved(loaded: &Loaded, searched: &Searched) -> Vec<(String, String)> {
    let found = searched.found();
    assert!(found.is_whole && found.not_followed.is_empty(), "{}: {:?}", loaded.name, found.not_followed);
    for property in &found.properties {
        assert_eq!(property.verdict, Verdict::Proved, "{}: {property:?}", loaded.name);
    }
    let own = loaded.procedure.safeguards().iter().count();
    assert!(own >= 5, "{}: only {own} safeguards", loaded.name);
    let vacuous = found.properties.iter().filter(|property| property.is_vacuous);
    vacuous.map(|property| (loaded.name.clone(), property.name.clone())).collect()
}

/// Every state of some random histories was searched.
fn walked(loaded: &Loaded, searched: &Searched) {
    let mut longest = 0;
    for seed in 1..6 {
        let mut walk = walk::Walk::new(&loaded.procedure, seed);
        for _ in 0..60 {
            walk.step();
            let earlier = walk.some_moment();
            for at in [walk.now, earlier] {
                let happened = || walk.view().happenings().to_vec();
                assert!(searched.knows(&walk.entries, at), "{} at {at}: {:#?}", loaded.name, happened());
            }
        }
        longest = longest.max(walk.entries.len());
    }
    assert!(longest > 5, "{}: {longest}", loaded.name);
}

#[test]
fn what_is_recalled_of_a_shipped_procedure_is_what_is_found_step_by_step() {
    on_all_cores(&library().procedures, |loaded| {
        let is_whole = WHOLE.iter().any(|folder| loaded.name.starts_with(folder));
        let bound = if is_whole { BOUND } else { STEP_BY_STEP };
        let recalled = Searched::all_of(&loaded.procedure, bound);
        let plain = Searched::all_of_step_by_step(&loaded.procedure, bound);
        assert!(recalled == plain, "{}", loaded.name);
        assert_eq!(recalled.found(), plain.found(), "{}", loaded.name);
    });
}
