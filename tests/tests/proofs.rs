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

use std::path::Path;

use comity_core::verify::{Searched, Verdict};
use comity_language::library::{Disk, Library, load};

fn shipped() -> Library {
    load(&Disk::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("../workflows")))
}

const BOUND: usize = 200_000;

/// So many configurations of a whole statute are gone on from step by step, which takes longer. What is recalled was asked of most
/// by then. The procedures of the Wellington matter are gone through whole.
const STEP_BY_STEP: usize = 2_000;
const WHOLE: [&str; 5] = ["kr-nhrck/", "nz-arrest-warrant/", "nz-kr-mla/", "nz-kr/", "vienna-diplomatic/"];

/// What is encoded of these makes nobody tell of a refusal.
const UNTOLD: [&str; 12] = [
    "au-extradition-act/extradition",
    "canada-extradition-act/extradition",
    "de-irg/extradition",
    "eu-investigation-order/order",
    "eu-investigation-order/provisional-measure",
    "kr-extradition-act/speciality",
    "kr-extradition-act/transit",
    "nz-extradition-act/backed-warrant",
    "nz-extradition-act/extradition",
    "nz-extradition-act/surrender",
    "nz-kr-mla/mla-to-korea",
    "uk-extradition-act-part-1/afterwards",
];

#[test]
fn every_shipped_procedure_is_proved() {
    let mut vacuous = Vec::new();
    for loaded in shipped().procedures {
        let found = Searched::all_of(&loaded.procedure, BOUND).found();
        assert!(found.is_whole && found.not_followed.is_empty(), "{}: {:?}", loaded.name, found.not_followed);
        for property in &found.properties {
            assert_eq!(property.verdict, Verdict::Proved, "{}: {property:?}", loaded.name);
            if property.is_vacuous {
                vacuous.push((loaded.name.clone(), property.name.clone()));
            }
        }
        let own = loaded.procedure.safeguards().iter().count();
        assert!(own >= 5, "{}: only {own} safeguards", loaded.name);
    }
    let untold = UNTOLD.map(|name| (name.to_owned(), "every-refusal-is-notified".to_owned()));
    assert_eq!(vacuous, untold);
}

#[test]
fn what_is_recalled_of_a_shipped_procedure_is_what_is_found_step_by_step() {
    for loaded in shipped().procedures {
        let is_whole = WHOLE.iter().any(|folder| loaded.name.starts_with(folder));
        let bound = if is_whole { BOUND } else { STEP_BY_STEP };
        let recalled = Searched::all_of(&loaded.procedure, bound);
        let plain = Searched::all_of_step_by_step(&loaded.procedure, bound);
        assert!(recalled == plain, "{}", loaded.name);
        assert_eq!(recalled.found(), plain.found(), "{}", loaded.name);
    }
}

#[test]
fn every_state_of_a_random_history_of_a_shipped_procedure_was_searched() {
    for loaded in shipped().procedures {
        let searched = Searched::all_of(&loaded.procedure, BOUND);
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
}
