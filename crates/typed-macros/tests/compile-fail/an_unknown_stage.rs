//! There is no such stage of custody.

comity_typed::procedure!("../../../../crates/typed/workflows/norvane-calderia/extradition.yaml");

use norvane_calderia_extradition::Case;
use norvane_calderia_extradition::tracks::custody;

fn look(case: &Case<custody::HeldForGood>) {
    let _ = case.id();
}

fn main() {}
