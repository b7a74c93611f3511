//! What is wrong with the file is told at its own line.

comity_typed::procedure!("../../../../crates/typed/tests/flawed/norvane-calderia/extradition.yaml");

fn main() {}
