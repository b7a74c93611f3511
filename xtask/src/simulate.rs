//! `cargo xtask simulate`: an office is played over decades, seed after seed, until one breaks something.

use crate::failure::Failure;
use crate::run::Line;

/// So long it plays at most, in minutes, if nothing is said.
const MINUTES: u64 = 30;

pub(crate) fn run(asked: &[&str]) -> Result<(), Failure> {
    let minutes = minutes(asked)?;
    Line::new("cargo build --release --package comity-tests --bin simulate").run()?;
    // It ends by itself when the time is up, and says how far it came; what hangs is ended a minute later.
    let seconds = minutes.saturating_add(1).saturating_mul(60);
    let words = asked.join(" ");
    Line::new(&format!("timeout --kill-after=10 {seconds} target/release/simulate {words}")).run()
}

/// How many minutes were asked for.
fn minutes(asked: &[&str]) -> Result<u64, Failure> {
    let mut words = asked.iter().skip_while(|word| **word != "--minutes").skip(1);
    match words.next() {
        None => Ok(MINUTES),
        Some(minutes) => {
            minutes.parse().map_err(|_| Failure::new(format!("`{minutes}` is no number of minutes")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_bounded_whatever_is_asked() {
        assert_eq!(minutes(&["--seeds", "5"]).ok(), Some(MINUTES));
        assert_eq!(minutes(&["--minutes", "5", "--from", "7"]).ok(), Some(5));
        assert!(minutes(&["--minutes", "soon"]).is_err());
    }
}
