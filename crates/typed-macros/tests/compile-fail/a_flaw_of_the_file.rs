//! What is wrong with the file is told at its own line.

comity_typed::procedure!("../../../../crates/typed-macros/tests/flawed/norvane-calderia/extradition.yaml");

fn main() {}
