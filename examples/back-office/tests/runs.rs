//! The program runs as its README has it: a page, a form that keeps what was typed, a report, and a store that stays.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use comity_core::time::{Day, Moment, Zone};

struct Tool {
    program: Child,
    address: String,
}

impl Drop for Tool {
    fn drop(&mut self) {
        // A program that has ended already needs no killing.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn start(store: &Path) -> Tool {
    let mut program = Command::new(env!("CARGO_BIN_EXE_back-office"))
        .arg(store)
        .env("BACK_OFFICE_LISTEN", "127.0.0.1:0")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
    Tool { program, address: line.trim().to_owned() }
}

impl Tool {
    fn page(&self) -> String {
        ureq::get(&self.address).call().unwrap().body_mut().read_to_string().unwrap()
    }

    fn arrest(&self, reference: &str, when: &str, place: &str) -> (u16, String) {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        let form = [("reference", reference), ("when", when), ("place", place)];
        let sent =
            ureq::Agent::new_with_config(config).post(format!("{}/arrests", self.address)).send_form(form);
        let mut answer = sent.unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    }
}

/// A day so many days ago, in Norvane.
fn days_ago(days: i64) -> Day {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros();
    let now = Moment::from_unix_microseconds(i64::try_from(now).unwrap()).unwrap();
    Zone::named("Europe/Lisbon").unwrap().day_at(now).plus_days(-days).unwrap()
}

#[test]
fn an_arrest_is_recorded_by_the_form_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("data");
    let tool = start(&store);
    assert!(tool.page().contains("No case is open."));
    // The form leads back to the page, on which the case is.
    let (status, page) = tool.arrest("EX-1", &days_ago(2).to_string(), "Lisbon <b>");
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("EX-1") && page.contains("treaty 9"), "{page}");
    // What cannot be recorded is said, and what was typed stays, as text.
    let (status, page) = tool.arrest("EX-2", "soon", "<script>alert(1)</script>");
    assert_eq!(status, 422);
    assert!(page.contains("soon") && !page.contains("<script>"), "{page}");
    // An arrest that is recorded after the limit has run out is recorded, and says what follows.
    let (status, page) = tool.arrest("EX-3", &days_ago(30).to_string(), "Porto");
    assert_eq!(status, 422);
    assert!(page.contains("the person is to be released") && page.contains("to be released now"), "{page}");
    drop(tool);

    let report = Command::new(env!("CARGO_BIN_EXE_back-office")).arg(&store).arg("report").output().unwrap();
    let report = String::from_utf8(report.stdout).unwrap();
    assert!(report.contains("EX-1") && report.contains("2 cases"), "{report}");
    let tool = start(&store);
    assert!(tool.page().contains("EX-1"), "the store holds the case");
}
