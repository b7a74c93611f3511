//! A day is no text.

comity_typed::procedure!("../../../../crates/typed/workflows/norvane-calderia/extradition.yaml");

use norvane_calderia_extradition::{acts, facts};

fn main() {
    let _ = acts::RequestReceived {
        by: acts::RequestReceivedBy::RequestedMinistry,
        person_status: facts::PersonStatus::Accused,
        offence_date: "2026-11-05",
        offence_maximum: "5 years".parse().unwrap(),
        offence_count: None,
        offence_in_absence: None,
    };
}
