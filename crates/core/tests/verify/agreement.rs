//! What the verifier claims is what the fold shows.

use comity_core::procedure::Draft;
use comity_core::procedure::draft::SafeguardDraft;
use comity_core::verify::{Path, Played, Verdict, Why, play, verify};
use comity_core::{Asked, fold};

use super::draft::{is, row};
use super::sample::{self, checked};
use super::small::{BOUND, extradition, nothing};

/// Forbids every stage: refuted for each that can be reached, with a path into it.
fn every_stage_forbidden(draft: &Draft) -> (Draft, Vec<(String, String)>) {
    let mut forbidden = draft.clone();
    let mut stages = Vec::new();
    for track in &draft.tracks {
        for stage in &track.value.stages {
            let (track, stage) = (&track.name.value, &stage.name.value);
            let never = SafeguardDraft { never: Some(is(track, stage)), ..nothing() };
            forbidden.safeguards.push(row(&format!("never-{}", stages.len()), never));
            stages.push((track.clone(), stage.clone()));
        }
    }
    (forbidden, stages)
}

fn stands_at(draft: &Draft, path: &Path, track: &str, stage: &str) -> bool {
    let procedure = checked(draft);
    let Played { entries, at, .. } = play(&procedure, path).unwrap();
    let view = fold(&procedure, &entries, Asked::at(at));
    assert_eq!(view.upset(), [], "{:?}", path.words());
    view.tracks().iter().any(|one| one.name.as_str() == track && one.stage_name.as_str() == stage)
}

/// How many of the stages were shown by a path, each of which was played.
fn shown(draft: &Draft) -> usize {
    let (forbidden, stages) = every_stage_forbidden(draft);
    let found = verify(&checked(&forbidden), BOUND);
    let first = found.properties.len() - stages.len();
    let mut refuted = 0;
    for ((track, stage), property) in stages.iter().zip(&found.properties[first..]) {
        match &property.verdict {
            Verdict::Refuted(path) => {
                refuted += 1;
                assert!(stands_at(&forbidden, path, track, stage), "{track} {stage}: {:?}", path.words());
            }
            Verdict::Undecided(Why::Bound) => {}
            other @ (Verdict::Proved | Verdict::Undecided(_)) => panic!("{track} {stage}: {other:?}"),
        }
    }
    refuted
}

#[test]
fn every_refutation_of_a_small_procedure_is_played_into_the_stage_that_it_claims() {
    assert_eq!(shown(&extradition()), 7);
}

#[test]
fn every_refutation_of_the_sample_is_played_into_the_stage_that_it_claims() {
    assert_eq!(shown(&sample::draft()), 11);
}

#[test]
fn a_refutation_of_what_is_built_in_is_played_too() {
    let mut draft = extradition();
    super::small::act_of(&mut draft, "handed-over").when = Some(is("custody", "free"));
    draft.clocks.clear();
    draft.tracks[0].value.stages.retain(|row| row.name.value != "lapsed");
    let path = super::small::path_of(&super::small::verdict(&draft, "never-stuck"));
    assert!(stands_at(&draft, &path, "request", "granted"));
    assert!(stands_at(&draft, &path, "custody", "held"));
}
