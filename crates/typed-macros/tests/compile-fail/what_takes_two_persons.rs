//! An act that takes two persons is proposed, not done.

comity_typed::procedure!("../../../../crates/typed/workflows/norvane-calderia/extradition.yaml");

use norvane_calderia_extradition::tracks::request;
use norvane_calderia_extradition::{Case, acts};

fn order(case: Case<request::Allowed>, order: acts::SurrenderOrdered) {
    let _ = case.surrender_ordered(order);
}

fn main() {}
