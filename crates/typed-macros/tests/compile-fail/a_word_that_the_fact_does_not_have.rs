//! A person is accused or convicted.

comity_typed::procedure!("../../../../crates/typed/workflows/norvane-calderia/extradition.yaml");

use norvane_calderia_extradition::{Fact, facts};

fn main() {
    let _ = Fact::PersonStatus(facts::PersonStatus::Suspected);
}
