//! Nobody is released who was not arrested.

comity_typed::procedure!("../../../../crates/typed/workflows/norvane-calderia/extradition.yaml");

use norvane_calderia_extradition::tracks::custody;
use norvane_calderia_extradition::{Case, acts};

fn release(case: Case<custody::Free>) {
    let _ = case.released(acts::Released { by: acts::ReleasedBy::RequestedPolice });
}

fn main() {}
