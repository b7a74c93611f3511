//! The search misses nothing: wherever a case can come, by deeds that were admitted and by time, the search was too.

use comity_core::Asked;
use comity_core::procedure::SharedProcedure;
use comity_core::verify::{Path, Played, Searched, Verdict, Verification, Why, play};
use proptest::prelude::*;

use super::random;
use super::walk::Walk;

/// How many configurations of a random procedure are searched; most have fewer.
const BOUND: usize = 2_000;

/// Walks through a procedure and looks up every place where the case stands on its way.
fn walk(procedure: &SharedProcedure, searched: &Searched, seed: u64, steps: usize) -> usize {
    let mut walk = Walk::new(procedure, seed);
    for _ in 0..steps {
        walk.step();
        assert!(leaves_no_outcome(&walk.view()), "an outcome was left: {:#?}", walk.view().happenings());
        let earlier = walk.some_moment();
        for at in [walk.now, earlier] {
            let is_known = searched.knows(&walk.entries, at);
            assert!(
                is_known,
                "at {at} the case stands where the search never came: {:#?}",
                walk.view().happenings()
            );
        }
    }
    walk.entries.len()
}

/// Whether no track was ever moved from where it had ended.
fn leaves_no_outcome(view: &comity_core::View) -> bool {
    let tracks = view.procedure().tracks();
    let mut moved = view.happenings().iter().flat_map(|happening| &happening.moved);
    moved.all(|one| {
        tracks
            .get(one.track)
            .and_then(|track| track.stages.get(one.from))
            .is_some_and(|stage| stage.outcome.is_none())
    })
}

fn whole(procedure: &SharedProcedure) -> Option<(Searched, Verification)> {
    let searched = Searched::all_of(procedure, BOUND);
    let found = searched.found();
    (found.is_whole && found.not_followed.is_empty()).then_some((searched, found))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_state_of_a_random_history_of_a_random_procedure_was_searched(seed in any::<u32>()) {
        let (procedure, _) = random::procedure(u64::from(seed));
        if let Some((searched, _)) = whole(&procedure) {
            for more in 0..3 {
                walk(&procedure, &searched, u64::from(seed) ^ more, 40);
            }
        }
    }

    #[test]
    fn every_refutation_of_a_random_procedure_is_played(seed in any::<u32>()) {
        let (procedure, draft) = random::procedure(u64::from(seed));
        if let Some((_, found)) = whole(&procedure) {
            for property in &found.properties {
                if let Verdict::Refuted(path) = &property.verdict {
                    prop_assert!(*path == Path::default() || is_played(&procedure, path), "{property:?} {draft:?}");
                }
            }
        }
    }
}

fn is_played(procedure: &SharedProcedure, path: &Path) -> bool {
    play(procedure, path).is_some_and(|Played { entries, at, .. }| {
        comity_core::fold(procedure, &entries, Asked::at(at)).upset().is_empty()
    })
}

/// Random procedures and histories are worth something only if most of them go somewhere.
#[test]
fn the_random_procedures_are_varied_and_their_histories_reach_far() {
    let (mut searched_whole, mut configurations, mut entries) = (0, 0, 0);
    let mut verdicts = std::collections::BTreeMap::new();
    for seed in 0..40 {
        let (procedure, _) = random::procedure(seed);
        let Some((searched, found)) = whole(&procedure) else { continue };
        searched_whole += 1;
        configurations += found.configurations;
        entries += walk(&procedure, &searched, seed, 40);
        for property in found.properties {
            let word = match property.verdict {
                Verdict::Proved => "proved",
                Verdict::Refuted(_) => "refuted",
                Verdict::Undecided(Why::PerhapsRuledOutByTime(_)) => "perhaps",
                Verdict::Undecided(Why::Bound | Why::NotFollowed) => "otherwise undecided",
            };
            *verdicts.entry(word).or_insert(0) += 1;
        }
    }
    assert!(searched_whole > 20, "{searched_whole}");
    assert!(configurations > 30 * searched_whole, "{configurations}");
    assert!(entries > 10 * searched_whole, "{entries}");
    for word in ["proved", "refuted"] {
        assert!(verdicts.get(word).is_some_and(|count| *count > 20), "{verdicts:?}");
    }
    println!("{searched_whole} procedures, {configurations} configurations, {entries} entries, {verdicts:?}");
}
