//! The program runs as its README has it.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::process::Command;

#[test]
fn the_limit_that_runs_is_kept_and_a_new_one_is_longer() {
    let ran = Command::new(env!("CARGO_BIN_EXE_migrate")).output().unwrap();
    let text = String::from_utf8(ran.stdout).unwrap();
    assert!(ran.status.success(), "{text}{}", String::from_utf8_lossy(&ran.stderr));
    for line in [
        "edition 1: EX-1 is held, and the request must be here by the end of Monday 22 March 2027",
        "  EX-1  would go over",
        "  EX-1  went over by entry 3",
        "  EX-1  went over before, by entry 3",
        "edition 2: EX-1 is held as before, and the request must be here by the end of Monday 22 March 2027",
        "edition 2: EX-2 is held by now, and the request must be here by the end of Saturday 10 April 2027",
    ] {
        assert!(text.lines().any(|found| found == line), "`{line}` is not in\n{text}");
    }
}
