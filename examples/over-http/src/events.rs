//! Follows the record: server-sent events, and from where one was after a cut line.

use std::io::BufRead;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::api::Api;

/// The positions of what is recorded after `after`, as they are heard.
pub(crate) fn follow(api: Api, after: u64) -> UnboundedReceiver<u64> {
    let (say, heard) = unbounded_channel();
    // A thread of its own, because it waits on a connection as long as the program runs.
    std::thread::spawn(move || {
        let mut after = after;
        while listen(&api, &mut after, &say) {
            std::thread::sleep(Duration::from_millis(500));
        }
    });
    heard
}

/// Hears events until the line is cut; whether anybody still wants them.
fn listen(api: &Api, after: &mut u64, say: &UnboundedSender<u64>) -> bool {
    let Ok(lines) = api.events(*after) else { return !say.is_closed() };
    for line in lines.lines() {
        let Ok(line) = line else { break };
        let Some(position) = line.strip_prefix("id: ").and_then(|id| id.parse().ok()) else { continue };
        *after = position;
        if say.send(position).is_err() {
            return false;
        }
    }
    !say.is_closed()
}
