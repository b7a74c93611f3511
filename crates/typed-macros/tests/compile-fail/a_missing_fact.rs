//! An arrest has a place.

comity_typed::procedure!("../../../../crates/typed/workflows/norvane-calderia/extradition.yaml");

use norvane_calderia_extradition::acts::Arrested;

fn main() {
    let _ = Arrested { arrest_type: None, person_nationality: None };
}
