//! The requesting State releases nobody.

comity_typed::procedure!("../../../../crates/typed/workflows/norvane-calderia/extradition.yaml");

use norvane_calderia_extradition::acts;

fn main() {
    let _ = acts::Released { by: acts::ReleasedBy::RequestingMinistry };
}
