//! A record with a few events, and an outbox that carries them as a configuration says.

use std::sync::Arc;

use comity_core::entry::{Body, Opening};
use comity_core::id::{CaseId, MatterId, Version};
use comity_core::name::Private;
use comity_core::procedure::Meaning;
use comity_core::time::{Moment, When};
use comity_deliver::TargetConfig;
use comity_language::library::{InMemory, load};
use comity_runner::outbox::{Health, Outbox, OutboxParts, Passed, SystemRandom, TargetName};
use comity_runner::{Engine, EngineParts, LibraryProcedures, ManualClock};
use comity_store::codec::{Record, encode};
use comity_store::{Commit, Journal, MemoryJournal, NewEntry};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The case of the record.
pub(crate) const CASE: CaseId = CaseId(Uuid::from_u128(7));

#[derive(Debug, Deserialize, Serialize)]
struct File {
    target: Vec<TargetConfig>,
}

/// Targets as they stand in a file.
pub(crate) fn read(text: &str) -> Result<Vec<TargetConfig>, String> {
    toml::from_str::<File>(text).map(|file| file.target).map_err(|error| error.to_string())
}

/// Targets as they are written into a file.
pub(crate) fn write(targets: &[TargetConfig]) -> String {
    toml::to_string(&File { target: targets.to_vec() }).unwrap()
}

pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) outbox: Outbox,
    name: TargetName,
}

impl World {
    /// A record with a case in which two notes were taken, all of which go to the target that `text` describes.
    pub(crate) async fn of(text: &str) -> Self {
        let journal = Arc::new(MemoryJournal::new());
        let clock = Arc::new(ManualClock::at("2027-03-01T12:00:00Z".parse().unwrap()));
        let engine = Engine::new(EngineParts {
            journal: journal.clone(),
            procedures: Arc::new(LibraryProcedures::new(load(&InMemory::default()))),
            clock: clock.clone(),
        });
        let opening = Opening {
            procedure: "sample/extradition".parse().unwrap(),
            meaning: Meaning([1; 32]),
            matter: MatterId(Uuid::from_u128(1)),
            reference: "EX-1".to_owned(),
            title: Private::new("Tivo Arando"),
            since: When::At(Moment::MIN),
        };
        let note = || Body::Note(Private::new("Tivo Arando called"));
        for (seen, body) in (0..).zip([Body::Opened(opening), note(), note()]) {
            let entry = NewEntry {
                recorded_at: engine.now(),
                recorded_by: "a.costa".to_owned(),
                payload: encode(&Record::Case(body)),
                personal: true,
            };
            let seen = Version(seen);
            let commit =
                Commit { case: CASE, seen, entries: vec![entry], rows: vec![], key: None, erases: false };
            journal.append(commit).await.unwrap();
        }
        let text = format!("[[target]]\nname = \"office\"\nbegins = \"at-the-beginning\"\n{text}");
        let config = read(&text).unwrap().remove(0);
        let (target, sender) = config.build().unwrap();
        let name = target.name.clone();
        let outbox = Outbox::new(OutboxParts {
            engine: engine.clone(),
            source: "https://comity.example".to_owned(),
            targets: vec![(target, sender)],
            random: Arc::new(SystemRandom),
        });
        Self { engine, clock, outbox: outbox.unwrap(), name }
    }

    pub(crate) async fn pass(&self) -> Passed {
        self.outbox.pass(&self.name).await.unwrap()
    }

    /// How it goes with the target.
    pub(crate) fn health(&self) -> Health {
        self.outbox.health().remove(&self.name).unwrap()
    }

    /// Why the last try failed.
    pub(crate) fn why(&self) -> String {
        self.health().why.unwrap().to_string()
    }
}
