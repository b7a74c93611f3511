//! What is made of a procedure, as somebody who embeds it meets it.

#![allow(clippy::unwrap_used, reason = "a test")]

comity_typed::procedure!("../../workflows/nz-kr/extradition.yaml");

use nz_kr_extradition as extradition;

#[test]
fn x() {
    use comity_typed::Procedure;
    println!("{}", extradition::This::TITLE);
}
