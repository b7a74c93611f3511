//! A case taken through a procedure step by step, with a clock that stands until it is moved.

use comity_core::procedure::SharedProcedure;
use comity_core::time::{Day, Moment, When, Zone};
use comity_core::{Rejection, View};
use comity_language::chronology::{ItemKind, read_items};

use crate::case::RehearsedCase;
use crate::script::bodies;

/// One case in memory, and the moment that is now.
///
/// # Examples
///
/// ```
/// use comity_language::library::{InMemory, load};
/// use comity_testkit::Steps;
///
/// # let articles = "# Treaty\n\n### 1 The arrest\nMark: seen\n\nMade up.\n";
/// # let file = include_str!("steps/arrest.yaml");
/// # let files = InMemory::default().with("sample/arrest.yaml", file).with("sample/articles.md", articles);
/// let library = load(&files);
/// let procedure = &library.procedure("sample/arrest").ok_or("no such procedure")?.procedure;
///
/// let mut case = Steps::open(procedure, "2027-03-02")?;
/// case.at("2027-03-02 23:30")?.record("arrested")?;
/// assert_eq!(case.last_day("release"), Some("2027-03-12".parse()?));
///
/// case.at("2027-03-12 23:59")?;
/// assert_eq!(case.stage("custody"), Some("held"));
/// case.at("2027-03-13")?;
/// assert_eq!(case.stage("custody"), Some("release-due"));
/// assert_eq!(case.refusal("arrested").map(|refusal| refusal.code().word()), Some("not-open"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Steps {
    case: RehearsedCase,
    now: Moment,
    zone: Zone,
}

/// Why a step cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// A date or what happened cannot be read, or means nothing to the procedure.
    #[error("{0}")]
    Unreadable(String),
    /// The clock does not go back.
    #[error(
        "the clock stands at {now} and does not go back to {to}; record what took effect earlier with `late record`"
    )]
    Back {
        /// Where it stands.
        now: String,
        /// Where it was to go.
        to: String,
    },
    /// The procedure does not allow it.
    #[error("{0}")]
    Refused(Box<Rejection>),
    /// What was written records nothing.
    #[error(
        "`{0}` records nothing; write an act, `document NAME`, `ground NAME applies` or `fact NAME = VALUE`"
    )]
    NothingRecorded(String),
}

impl Steps {
    /// Opens a case at `when`, a date or a time in the zone where the case is decided.
    ///
    /// # Errors
    ///
    /// Returns [`StepError`] if `when` cannot be read.
    pub fn open(procedure: &SharedProcedure, when: &str) -> Result<Self, StepError> {
        let zone = procedure.home().zone.clone();
        let when = read_when(when, &zone)?;
        let now = when.earliest(&zone);
        let mut case = RehearsedCase::new(None, procedure, 0);
        case.open(when, now, &[]).map_err(refused)?;
        Ok(Self { case, now, zone })
    }

    /// Reads dates from here on in another zone.
    #[must_use]
    pub fn in_zone(mut self, zone: Zone) -> Self {
        self.zone = zone;
        self
    }

    /// Moves the clock to `when`; a day alone means its first instant.
    ///
    /// # Errors
    ///
    /// Returns [`StepError`] if `when` cannot be read or lies before now.
    pub fn at(&mut self, when: &str) -> Result<&mut Self, StepError> {
        let to = read_when(when, &self.zone)?.earliest(&self.zone);
        self.go_to(to)
    }

    /// Moves the clock to a moment.
    ///
    /// # Errors
    ///
    /// Returns [`StepError`] if it lies before now.
    pub fn go_to(&mut self, to: Moment) -> Result<&mut Self, StepError> {
        if to < self.now {
            return Err(StepError::Back { now: self.zone.local(self.now), to: self.zone.local(to) });
        }
        self.now = to;
        Ok(self)
    }

    /// Records what happens now, written as in a chronology: `arrested (arrest.place: Ulsan)`, `document warrant`.
    ///
    /// # Errors
    ///
    /// Returns [`StepError`] if it cannot be read, means nothing to the procedure, or is refused. Then nothing is recorded.
    pub fn record(&mut self, what: &str) -> Result<&mut Self, StepError> {
        let bodies = self.read(what)?;
        self.case.admit(bodies, self.now).map_err(refused)?;
        Ok(self)
    }

    /// Why `what` would be refused now; nothing if it would be recorded. A name that stands for nothing is refused too, and
    /// [`Steps::record`] says so better.
    #[must_use]
    pub fn refusal(&self, what: &str) -> Option<Rejection> {
        let bodies = self.read(what).ok()?;
        self.case.clone().admit(bodies, self.now).err()
    }

    fn read(&self, what: &str) -> Result<Vec<comity_core::entry::Body>, StepError> {
        let items = read_items(what, &self.zone).map_err(|wrong| StepError::Unreadable(wrong.to_string()))?;
        let mut all = Vec::new();
        for item in &items {
            if matches!(item.kind, ItemKind::Refused { .. }) {
                return Err(StepError::NothingRecorded(what.to_owned()));
            }
            let read = bodies(&self.case.procedure, &self.case.entries, item, When::At(self.now));
            all.extend(read.map_err(|trouble| {
                StepError::Unreadable(format!("{}: {}", trouble.message, trouble.remedy))
            })?);
        }
        if all.is_empty() { Err(StepError::NothingRecorded(what.to_owned())) } else { Ok(all) }
    }

    /// What is now.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.now
    }

    /// Where the case stands now.
    #[must_use]
    pub fn view(&self) -> View {
        self.case.view(self.now)
    }

    /// The case with what was recorded.
    #[must_use]
    pub fn case(&self) -> &RehearsedCase {
        &self.case
    }

    /// The name of the stage at which a track stands now; nothing if there is no such track.
    #[must_use]
    pub fn stage(&self, track: &str) -> Option<&str> {
        let tracks = self.case.procedure.tracks();
        let stands = self.view().track(track)?.stands.stage;
        let stages = &tracks.get(tracks.find(track)?)?.stages;
        stages.iter().find(|(id, _, _)| *id == stands).map(|(_, name, _)| name.as_str())
    }

    /// The last day of a clock that runs now; nothing if it does not run or runs in hours.
    #[must_use]
    pub fn last_day(&self, clock: &str) -> Option<Day> {
        let view = self.view();
        let due = view.due();
        let (ends, running) = due.iter().find(|(_, running)| running.name.as_str() == clock)?;
        Some(running.zone.day_until(*ends))
    }

    /// The names of the acts that are open now.
    #[must_use]
    pub fn open_acts(&self) -> Vec<String> {
        let view = self.view();
        view.acts().iter().filter(|act| act.is_open()).map(|act| act.name.to_string()).collect()
    }
}

fn read_when(text: &str, zone: &Zone) -> Result<When, StepError> {
    When::parse(text, zone).map_err(|bad| StepError::Unreadable(bad.to_string()))
}

fn refused(rejection: Rejection) -> StepError {
    StepError::Refused(Box::new(rejection))
}
