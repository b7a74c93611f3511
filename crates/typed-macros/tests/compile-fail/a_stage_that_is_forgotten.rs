//! The compiler asks for every stage.

comity_typed::procedure!("../../../../crates/typed/workflows/norvane-calderia/extradition.yaml");

use norvane_calderia_extradition::tracks::Custody;

fn in_words(custody: &Custody) -> &'static str {
    match custody {
        Custody::Free(_) => "free",
        Custody::Held(_) => "held",
        Custody::AtLiberty(_) | Custody::HandedOver(_) => "over",
    }
}

fn main() {}
