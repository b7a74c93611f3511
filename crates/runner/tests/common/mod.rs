//! A small office over a journal, for tests that go through the engine from outside.

#![allow(dead_code, unreachable_pub, reason = "each suite uses a part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use comity_core::entry::{Deed, What};
use comity_core::id::{CaseId, MatterId};
use comity_core::name::{Name, Private};
use comity_core::time::{Moment, When, Zone};
use comity_core::value::Value;
use comity_language::library::{InMemory, load};
use comity_runner::{
    Engine, EngineParts, LibraryProcedures, ManualClock, NewCase, NewMatter, Outcome, Procedures, Request,
};
use comity_store::{Journal, MemoryJournal};

/// The fictional treaty: provisional arrest with a limit, a request, immunity from a linked case.
pub const ARTICLES: &str = "\
# Treaty between Norvane and Calderia

### 1 The request
Mark: seen · sample

A request is made in writing.

### 2 Provisional arrest
Mark: seen · sample

In urgency a person may be held for ten days.
";

pub const EXTRADITION: &str = "\
comity: 1
procedure: sample/extradition
version: 1
title: Extradition from Norvane to Calderia
kind: extradition
sources:
  treaty: {title: Treaty between Norvane and Calderia}
sides:
  requesting: {country: XC, zone: Asia/Seoul}
  requested: {country: XN, zone: Europe/Lisbon}
authorities:
  requesting/ministry: Ministry of Justice of Calderia
  requested/police: Police of Norvane
links:
  immunity: {title: Waiver of immunity, procedure: sample/waiver}
facts:
  arrest.place: {title: Place of arrest, type: text}
  immunity: {title: Immunity, type: {one-of: [immune, waived]}, mirrors: {link: immunity, track: person}}
tracks:
  custody:
    title: Custody
    starts: free
    stages:
      free: Free
      held: Held provisionally
      release-due: {title: Release is due}
      over: {title: At liberty, final: released}
clocks:
  formal-request:
    title: The formal request arrives
    limits: requesting
    starts: arrested
    if-started-again: starts-anew
    length: 10 days
    first-day: not-counted
    last-day-closed: stands
    zone: requested
    met-by: request-received
    at-the-same-instant: act-first
    stops-while: none
    extended-by: none
    off-when: custody is over
    on-expiry: {effect: duty, duty: release, moves: {custody: held -> release-due}}
    cite: treaty 2
acts:
  arrested:
    title: The person is arrested
    by: requested/police
    when: immunity is waived or immunity is unknown
    moves: {custody: free -> held}
    records: [arrest.place]
    cite: treaty 2
  request-received:
    title: The request is received
    by: requesting/ministry
    cite: treaty 1
  released:
    title: The person is released
    by: requested/police
    moves: {custody: held or release-due -> over}
    cite: treaty 2
obligations:
  release: {title: Release the person, bearer: requested/police, met-by: released, cite: treaty 2}
";

pub const WAIVER: &str = "\
comity: 1
procedure: sample/waiver
version: 1
title: Waiver of immunity
kind: immunity-waiver
sources:
  treaty: {title: Treaty between Norvane and Calderia}
sides:
  sending: {country: XC, zone: Asia/Seoul}
  receiving: {country: XN, zone: Europe/Lisbon}
authorities:
  sending/ministry: Foreign ministry of Calderia
tracks:
  person:
    title: The person
    starts: immune
    stages:
      immune: Immune
      waived: {title: Waived, final: waived}
acts:
  waived:
    title: Immunity is waived
    by: sending/ministry
    moves: {person: immune -> waived}
    cite: treaty 1
";

pub fn files(extradition: &str) -> InMemory {
    InMemory::default()
        .with("sample/articles.md", ARTICLES)
        .with("sample/extradition.yaml", extradition)
        .with("sample/waiver.yaml", WAIVER)
}

pub fn procedures(files: &InMemory) -> Arc<dyn Procedures> {
    let library = load(files);
    let told: Vec<String> = library.diagnostics.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    Arc::new(LibraryProcedures::new(library))
}

pub struct Office {
    pub engine: Engine,
    pub clock: Arc<ManualClock>,
    pub journal: Arc<dyn Journal>,
    pub by: Private,
}

/// A clock that has moved on whenever it is read, as the clock of a machine has.
pub struct Advancing {
    next: std::sync::Mutex<Moment>,
}

impl Advancing {
    pub fn from(text: &str) -> Self {
        Self { next: std::sync::Mutex::new(moment(text)) }
    }
}

impl comity_runner::Clock for Advancing {
    fn now(&self) -> Moment {
        let mut next = self.next.lock().unwrap();
        let now = *next;
        *next = Moment::from_unix_microseconds(now.as_unix_microseconds() + 1).unwrap();
        now
    }
}

pub fn moment(text: &str) -> Moment {
    let zone = Zone::named("Europe/Lisbon").unwrap();
    When::parse(text, &zone).unwrap().earliest(&zone)
}

pub fn when(text: &str) -> When {
    When::parse(text, &Zone::named("Europe/Lisbon").unwrap()).unwrap()
}

pub fn name(text: &str) -> Name {
    text.parse().unwrap()
}

pub fn act(act: &str, by: &str, when: When) -> Deed {
    let facts = if act == "arrested" {
        vec![(name("arrest.place"), Value::Text(Private::new("Porto Secreto")))]
    } else {
        Vec::new()
    };
    Deed { when, what: What::Act { act: name(act), by: name(by), facts } }
}

impl Office {
    pub fn over(journal: Arc<dyn Journal>) -> Self {
        Self::with(journal, EXTRADITION)
    }

    pub fn with(journal: Arc<dyn Journal>, extradition: &str) -> Self {
        Self::of(journal, &files(extradition))
    }

    pub fn of(journal: Arc<dyn Journal>, files: &InMemory) -> Self {
        let clock = Arc::new(ManualClock::at(moment("2027-03-01 09:00")));
        let engine = Engine::new(EngineParts {
            journal: journal.clone(),
            procedures: procedures(files),
            clock: clock.clone(),
        });
        Self { engine, clock, journal, by: Private::new("a.costa") }
    }

    pub fn in_memory() -> Self {
        Self::over(Arc::new(MemoryJournal::new()))
    }

    pub fn at(&self, text: &str) -> &Self {
        self.clock.set(moment(text));
        self
    }

    pub async fn matter(&self) -> MatterId {
        let matter = NewMatter { reference: "M-1".to_owned(), title: Private::new("The Arando matter") };
        self.engine.open_matter(matter, &self.by).await.unwrap()
    }

    pub async fn case(
        &self,
        matter: MatterId,
        procedure: &str,
        reference: &str,
        links: Vec<(Name, CaseId)>,
    ) -> CaseId {
        let case = NewCase {
            matter,
            procedure: name(procedure),
            reference: reference.to_owned(),
            title: Private::new("Tivo Arando"),
            since: when("2027-03-01"),
            links,
        };
        self.engine.open_case(case, &self.by).await.unwrap()
    }

    /// A matter with one extradition case that is tied to nothing.
    pub async fn extradition(&self) -> CaseId {
        let matter = self.matter().await;
        self.case(matter, "sample/extradition", "EX-1", Vec::new()).await
    }

    pub async fn record(&self, case: CaseId, deed: Deed) -> Outcome {
        self.engine.record(case, Request::deed(deed, &self.by)).await.unwrap()
    }

    pub async fn stage(&self, case: CaseId, track: &str) -> String {
        let view = self.engine.view(case, comity_core::Asked::at(self.engine.now())).await.unwrap();
        view.track(track).unwrap().stage_name.to_string()
    }
}
