//! A desk for any procedure, in a terminal: what is open and why not, and what is recorded line by line.
//!
//! `README.md` beside it says how to run it.

mod desk;
mod line;

use std::io::{BufRead as _, Write as _};
use std::process::ExitCode;

use desk::{Desk, DeskError};
use line::Line;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [library, procedure] = arguments.as_slice() else {
        eprintln!("usage: desk LIBRARY PROCEDURE, such as: desk workflows nz-kr/extradition");
        return ExitCode::from(2);
    };
    match run(library, procedure).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("desk: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(library: &str, procedure: &str) -> Result<(), DeskError> {
    let desk = Desk::open(library, procedure).await?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", desk.title().await?)?;
    for line in std::io::stdin().lock().lines() {
        let said = match Line::read(&line?) {
            Ok(None) => continue,
            Ok(Some(line)) => desk.answer(line).await?,
            // What cannot be read is told, and the desk goes on.
            Err(bad) => format!("{bad}\n"),
        };
        write!(out, "{said}")?;
    }
    Ok(())
}
