//! What one procedure says of another: links to procedures that exist, mirrors of tracks that fit.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::load::{Decoded, procedure};
use super::shelf::Shelf;
use crate::code::Code;
use crate::diagnostic::{Slip, placed};
use crate::file::{FactFile, FactTypeFile, LinkFile, ProcedureFile, Text};

type Known = HashMap<String, Arc<ProcedureFile>>;

/// Checks every link, and returns the paths of the procedures with a broken one.
pub(super) fn check(shelf: &mut Shelf<'_>, read: &[Decoded]) -> BTreeSet<String> {
    let mut known: Known = HashMap::new();
    for one in read {
        known.insert(one.path.trim_end_matches(".yaml").to_owned(), Arc::clone(&one.file));
    }
    let mut broken = BTreeSet::new();
    for one in read {
        fetch(shelf, &mut known, &one.file);
        let slips = slips(&known, &one.file);
        if !slips.is_empty() {
            broken.insert(one.path.clone());
        }
        shelf.diagnostics.extend(placed(slips, &one.source));
    }
    broken
}

/// Reads procedures that are linked to and were not asked for; what is wrong with them is not our matter now.
fn fetch(shelf: &mut Shelf<'_>, known: &mut Known, file: &ProcedureFile) {
    for (_, link) in &file.links.0 {
        let name = &link.procedure.0.value;
        let path = format!("{name}.yaml");
        let is_a_name = !name.split('/').any(|part| part.is_empty() || part.starts_with('.'));
        if !known.contains_key(name) && is_a_name {
            let said = shelf.diagnostics.len();
            if let Some(other) = procedure(shelf, &path) {
                known.insert(name.clone(), other.file);
            }
            shelf.diagnostics.truncate(said);
        }
    }
}

fn slips(known: &Known, file: &ProcedureFile) -> Vec<Slip> {
    let links = file.links.0.iter().filter_map(|(_, link)| unknown_procedure(known, link));
    let mirrors = file.facts.0.iter().filter_map(|(name, fact)| mirror(known, file, name, fact));
    links.chain(mirrors).collect()
}

fn unknown_procedure(known: &Known, link: &LinkFile) -> Option<Slip> {
    let Text { value, span } = &link.procedure.0;
    let names: Vec<_> = known.keys().map(String::as_str).collect();
    let slip = || {
        Slip::at(Code::BrokenLink, span.clone(), format!("there is no procedure `{value}` in this library"))
            .meant(Some((value, names.as_slice())))
            .remedy("write `folder/name` as the file lies in the library")
    };
    (!known.contains_key(value) && !span.is_empty()).then(slip)
}

fn mirror(known: &Known, file: &ProcedureFile, name: &Text, fact: &FactFile) -> Option<Slip> {
    let to = fact.mirrors.as_ref()?;
    // An unknown link is the core's to report, an unknown procedure was reported at the link.
    let (_, link) = file.links.0.iter().find(|(key, _)| key.value == to.link.0.value)?;
    let other = known.get(&link.procedure.0.value)?;
    let Text { value: track, span } = &to.track.0;
    let Some((_, found)) = other.tracks.0.iter().find(|(key, _)| key.value == *track) else {
        let names: Vec<_> = other.tracks.0.iter().map(|(key, _)| key.value.as_str()).collect();
        let message = format!("`{}` has no track `{track}`", link.procedure.0.value);
        let slip = Slip::at(Code::BrokenLink, span.clone(), message);
        return Some(
            slip.meant(Some((track, names.as_slice())))
                .remedy(format!("its tracks are {}", names.join(", "))),
        );
    };
    let stages: Vec<_> = found.stages.0.iter().map(|(key, _)| key.value.as_str()).collect();
    let FactTypeFile::OneOf(values) = &fact.of else {
        let message = format!("`{}` mirrors a track and can hold no stage", name.value);
        let slip = Slip::at(Code::BrokenLink, name.span.clone(), message);
        return Some(slip.remedy(format!("write `type: {{one-of: [{}]}}`", stages.join(", "))));
    };
    let missing: Vec<_> =
        stages.iter().copied().filter(|stage| !values.iter().any(|value| value.value == *stage)).collect();
    (!missing.is_empty()).then(|| {
        let message =
            format!("`{}` cannot hold every stage of the track `{track}` that it mirrors", name.value);
        Slip::at(Code::BrokenLink, name.span.clone(), message)
            .remedy(format!("add {} to `one-of`", missing.join(", ")))
    })
}
