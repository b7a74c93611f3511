//! The program runs as its README has it, with any procedure.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::io::Write as _;
use std::process::{Command, Stdio};

/// What the desk says to some lines.
fn said(library: &str, procedure: &str, lines: &str) -> String {
    let mut desk = Command::new(env!("CARGO_BIN_EXE_desk"))
        .args([library, procedure])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    desk.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let ran = desk.wait_with_output().unwrap();
    assert!(ran.status.success());
    String::from_utf8(ran.stdout).unwrap()
}

#[test]
fn a_case_goes_on_line_by_line() {
    let lines = "open\n2026-03-02 23:30 arrested arrest.place=Lisbon\nstands\ndue\nwhy released\n2026-03-25 released\n\
                 2026-03-02 Arrested\n";
    let text = said("../treaty-tests/procedures", "norvane-calderia/extradition", lines);
    assert!(
        text.starts_with("Extradition from Norvane to Calderia (norvane-calderia/extradition)\n"),
        "{text}"
    );
    for wanted in [
        "arrested",
        "recorded as entry 2",
        "custody          Release is due",
        "it may be done",
        "recorded as entry 3",
    ] {
        assert!(text.contains(wanted), "`{wanted}` is not in\n{text}");
    }
    assert!(text.contains("`Arrested` is not a name"), "{text}");
}

#[test]
fn a_real_procedure_is_served_by_the_same_program() {
    let text = said("../../workflows", "nz-kr/extradition", "2017-01-10 provisional-arrest-ordered\nopen\n");
    assert!(text.starts_with("Extradition from Korea to New Zealand (nz-kr/extradition)\n"), "{text}");
    assert!(text.contains("refused: "), "{text}");
    assert!(text.contains("provisional-arrest-asked"), "{text}");
}
