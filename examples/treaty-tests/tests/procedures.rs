//! The chronologies in `procedures`, a test for each table, and what the office asks of every procedure.

use std::process::ExitCode;

use comity_testkit::harness::Suite;

fn main() -> ExitCode {
    Suite::of("procedures")
        .and_every_procedure("every clock says how long before its end somebody is warned", |loaded| {
            let clocks = loaded.procedure.clocks();
            let silent: Vec<&str> = clocks
                .iter()
                .filter(|(_, _, clock)| clock.warn.is_empty())
                .map(|(_, name, _)| name.as_str())
                .collect();
            if silent.is_empty() { Ok(()) } else { Err(format!("nobody is warned of {}", silent.join(", "))) }
        })
        .run()
}
