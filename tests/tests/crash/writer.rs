//! The process that is killed: what it has said so far, and when it is ended.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use comity_core::id::CaseId;

use crate::random::Random;

/// How many tasks of the process write, each to a case of its own.
pub(crate) const WRITERS: usize = 64;
/// A process that says nothing for so long hangs, which is what the test must not do.
const PATIENCE: Duration = Duration::from_mins(1);

/// A run of so many rounds takes its time.
pub(crate) const MANY: u32 = 250;
/// So many commits make a store of some sixty megabytes.
const LONG: usize = 40_000;

/// What the killed processes said was acknowledged: the last version and hash of each commit, by case.
pub(crate) type Acknowledged = BTreeMap<(CaseId, u32), String>;

/// When a process is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kill {
    /// So soon after it was started that it may still be opening the store.
    WhileOpening,
    /// After so many acknowledgements, whoever got them.
    After(usize),
    /// Once every writer has had an acknowledgement, and there were so many in all.
    AtWork(usize),
}

impl Kill {
    /// Of sixteen rounds two fall into the opening and one upon the first acknowledgements, none of them early in the
    /// row, so that in every run four of five rounds find all writers at work. In a long run of `rounds` some go on until the
    /// store is many segments long.
    pub(crate) fn of_round(round: u32, rounds: u32, random: &mut Random) -> Self {
        if rounds >= MANY && round % 25 == 12 {
            return Self::AtWork(LONG);
        }
        match round % 16 {
            6 | 14 => Self::WhileOpening,
            10 => Self::After(1 + random.below(40)),
            3 | 7 | 11 | 15 => Self::AtWork(WRITERS + random.below(400)),
            _ => Self::AtWork(WRITERS),
        }
    }

    fn is_due(self, said: &Said) -> bool {
        match self {
            Self::WhileOpening => true,
            Self::After(commits) => said.commits >= commits,
            Self::AtWork(commits) => said.writers.len() == WRITERS && said.commits >= commits,
        }
    }

    /// How long to wait then, so that the kill falls anywhere between two writes.
    fn delay(self, random: &mut Random) -> Duration {
        let longest = match self {
            Self::WhileOpening => 40_000,
            Self::After(_) => 2_000,
            Self::AtWork(_) => 30_000,
        };
        Duration::from_micros(u64::try_from(random.below(longest)).unwrap())
    }
}

/// What one process said before it was killed.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// Whether the store was open.
    pub(crate) was_ready: bool,
    /// How many commits were acknowledged.
    pub(crate) commits: usize,
    /// Which writers had one of them, and how many.
    pub(crate) writers: BTreeMap<CaseId, usize>,
}

impl Said {
    fn hear(&mut self, line: &str, acknowledged: &mut Acknowledged) {
        if line == "ready" {
            self.was_ready = true;
            return;
        }
        let mut words = line.split(' ');
        let mut word = || words.next().unwrap_or_default().to_owned();
        let (case, version, hash) = (word(), word(), word());
        // The kill may cut the last line.
        if hash.len() == 64 {
            let case = CaseId(case.parse().unwrap());
            acknowledged.insert((case, version.parse().unwrap()), hash);
            self.commits += 1;
            *self.writers.entry(case).or_default() += 1;
        }
    }
}

/// Starts a process on the store, and kills it as `kill` says.
pub(crate) fn killed(store: &Path, kill: Kill, random: &mut Random, acknowledged: &mut Acknowledged) -> Said {
    let mut child =
        Command::new(env!("CARGO_BIN_EXE_store-writer")).arg(store).stdout(Stdio::piped()).spawn().unwrap();
    let lines = lines(&mut child);
    let mut said = Said::default();
    while !kill.is_due(&said) {
        let line = lines.recv_timeout(PATIENCE).expect("the writer ended by itself or hangs; see above");
        said.hear(&line, acknowledged);
    }
    // The one sleep: the moment of the kill is what the test is about.
    std::thread::sleep(kill.delay(random));
    assert!(child.try_wait().unwrap().is_none(), "the writer ended by itself, see its message above");
    child.kill().unwrap();
    child.wait().unwrap();
    for line in lines {
        said.hear(&line, acknowledged);
    }
    said
}

/// The lines that the process says, until it ends.
fn lines(child: &mut Child) -> Receiver<String> {
    let out = BufReader::new(child.stdout.take().unwrap());
    let (say, lines) = channel();
    std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| say.send(line)));
    lines
}
