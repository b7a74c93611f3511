//! One POST, a few times if need be, and then it is said.

use std::thread::sleep;
use std::time::Duration;

use comity_deliver::http::{Answer, Poster, Reach, Status};

use super::Keeper;

/// What is waited before each further try.
const WAITS: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(1)];

pub(super) fn send(keeper: &Keeper, note: &str, patience: Duration) -> Result<(), String> {
    // Whoever set a proxy for the world outside did not mean this machine.
    let reach = if keeper.is_here() { Reach::Directly } else { Reach::ThroughProxy };
    let poster = Poster::new(reach, patience);
    let mut why = String::new();
    for wait in WAITS.iter().map(Some).chain([None]) {
        match sent(&poster, keeper, note) {
            Answered::Taken => return Ok(()),
            Answered::Refused(said) => return Err(said),
            Answered::Away(said) => why = said,
        }
        if let Some(wait) = wait {
            sleep(*wait);
        }
    }
    Err(format!("{why}; it was asked {} times", WAITS.len() + 1))
}

/// What came of one try.
enum Answered {
    Taken,
    /// It makes no sense to ask again.
    Refused(String),
    /// Perhaps later.
    Away(String),
}

fn sent(poster: &Poster, keeper: &Keeper, note: &str) -> Answered {
    let headers = [("content-type", "text/plain; charset=utf-8".to_owned())];
    let Status { code, text, .. } = match poster.post(&keeper.url, &headers, note.as_bytes()) {
        Answer::Status(status) => status,
        Answer::None(why) => return Answered::Away(why),
    };
    let said = format!("it answered {text}");
    match code {
        200..=299 => Answered::Taken,
        408 | 429 | 500..=599 => Answered::Away(said),
        300..=399 => {
            Answered::Refused(format!("{said}, and nobody else is asked; name the address that it means"))
        }
        _ => Answered::Refused(said),
    }
}
