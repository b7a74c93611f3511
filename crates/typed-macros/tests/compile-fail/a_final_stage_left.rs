//! Who is handed over is not released any more.

comity_typed::procedure!("../../../../crates/typed/workflows/norvane-calderia/extradition.yaml");

use norvane_calderia_extradition::tracks::custody;
use norvane_calderia_extradition::{Case, acts};

fn release(case: Case<custody::HandedOver>) {
    let _ = case.released(acts::Released { by: acts::ReleasedBy::RequestedPolice });
}

fn main() {}
