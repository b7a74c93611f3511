//! There is no such file.

comity_typed::procedure!("../../../../crates/typed/workflows/norvane-calderia/surrender.yaml");

fn main() {}
