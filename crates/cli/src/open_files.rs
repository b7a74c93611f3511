//! How many files and connections the system lets this process have open at once.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::answer::remark;

/// What the store, its files and the deliveries may need beside connections.
const OWN: u64 = 192;

/// Takes all that the system allows, and says how many of `connections` there is room for. A daemon that took more would not be
/// able to open the file that its record goes on in.
pub(crate) fn room_for(connections: usize) -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let allowed = if setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).is_ok() {
        maximum
    } else {
        current
    };
    // Nothing stands for: without a bound.
    let Some(allowed) = allowed else { return connections };
    let room = room(allowed, connections);
    if room < connections {
        remark(&format!(
            "limits.connections is {connections}, and the system lets this process have {allowed} files open: {room} connections are \
             served at once. Raise the limit (LimitNOFILE of systemd, ulimit -n) or lower limits.connections"
        ));
    }
    room
}

fn room(allowed: u64, connections: usize) -> usize {
    let room = usize::try_from(allowed.saturating_sub(OWN)).unwrap_or(usize::MAX);
    connections.min(room.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_has_its_files_before_any_connection() {
        assert_eq!(room(1_024, 2_048), 832);
        assert_eq!(room(65_536, 2_048), 2_048);
        assert_eq!(room(100, 2_048), 1);
    }
}
