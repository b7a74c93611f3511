//! A case of one procedure stands at no stage of another.

comity_typed::procedure!("../../../../crates/typed/workflows/norvane-calderia/extradition.yaml");
comity_typed::procedure!("../../../../crates/typed/workflows/norvane-calderia/waiver.yaml");

use norvane_calderia_extradition::Case;
use norvane_calderia_waiver::tracks::immunity;

fn look(case: &Case<immunity::Immune>) {
    let _ = case.id();
}

fn main() {}
