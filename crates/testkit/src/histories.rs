//! Random lawful histories of a procedure, for properties of one's own.
//!
//! A history is made of picks. Each lets some time pass and then records one of the things that the engine says may be
//! recorded; what it refuses all the same is left out. So every history is lawful, and a shorter list of smaller picks, which
//! is what proptest shrinks to, is a shorter history.

use std::ops::Range;
use std::sync::Arc;

use comity_core::View;
use comity_core::entry::{Body, Deed, Entry, What};
use comity_core::procedure::SharedProcedure;
use comity_core::time::{Day, Moment, When};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::case::RehearsedCase;
use crate::possible::possible;

const HOUR: i64 = 3_600_000_000;

/// How long histories are.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The day on which the case begins.
    pub begins: Day,
    /// How many things are tried.
    pub steps: Range<usize>,
    /// How many hours pass before each.
    pub hours: Range<u32>,
}

/// A lawful history of a case.
#[derive(Clone, Debug)]
pub struct History {
    /// Its procedure.
    pub procedure: SharedProcedure,
    /// What was recorded, the opening first.
    pub entries: Vec<Entry>,
    /// The moments at which something was tried, whether or not anything was recorded: good places to look.
    pub moments: Vec<Moment>,
}

/// One pick: how many hours pass, and which of the open things is recorded with which values.
#[derive(Clone, Copy, Debug)]
struct Pick {
    hours: u32,
    which: u32,
    value: u32,
}

impl Shape {
    /// Up to thirty things, up to forty days apart, from `begins` on.
    #[must_use]
    pub fn from(begins: Day) -> Self {
        Self { begins, steps: 0..30, hours: 0..960 }
    }
}

/// Random lawful histories of `procedure`.
///
/// # Examples
///
/// ```
/// use comity_language::library::{InMemory, load};
/// use comity_testkit::histories::{Shape, histories};
/// use proptest::prelude::*;
/// use proptest::test_runner::TestRunner;
///
/// # let articles = "# Treaty\n\n### 1 The arrest\nMark: seen\n\nMade up.\n";
/// # let file = include_str!("steps/arrest.yaml");
/// # let files = InMemory::default().with("sample/arrest.yaml", file).with("sample/articles.md", articles);
/// let library = load(&files);
/// let procedure = &library.procedure("sample/arrest").ok_or("no such procedure")?.procedure;
/// let shape = Shape::from("2027-03-02".parse()?);
///
/// // Whoever is held has a limit that runs.
/// TestRunner::default().run(&histories(procedure, shape), |history| {
///     for view in history.views() {
///         let is_held = view.track("custody").is_some_and(|track| track.stage_name.as_str() == "held");
///         prop_assert!(!is_held || !view.due().is_empty());
///     }
///     Ok(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn histories(procedure: &SharedProcedure, shape: Shape) -> impl Strategy<Value = History> + use<> {
    let procedure = Arc::clone(procedure);
    let pick = (shape.hours, any::<u32>(), any::<u32>());
    let pick = pick.prop_map(|(hours, which, value)| Pick { hours, which, value });
    vec(pick, shape.steps).prop_map(move |picks| History::of(&procedure, shape.begins, &picks))
}

impl History {
    fn of(procedure: &SharedProcedure, begins: Day, picks: &[Pick]) -> Self {
        let mut now = procedure.home().zone.start_of(begins);
        let mut case = RehearsedCase::new(None, procedure, 0);
        let mut moments = vec![now];
        // An opening is not refused.
        let _ = case.open(When::On(begins), now, &[]);
        for pick in picks {
            let later = now.as_unix_microseconds() + i64::from(pick.hours) * HOUR;
            let Ok(later) = Moment::from_unix_microseconds(later) else { break };
            now = later;
            moments.push(now);
            let open = possible(&case.view(now), pick.value);
            if let Some(what) = picked(open, pick.which) {
                // What is open may still upset a record that is there; then it is left out.
                let _ = case.admit(vec![Body::Deed(Deed { when: When::At(now), what })], now);
            }
        }
        Self { procedure: Arc::clone(procedure), entries: case.entries, moments }
    }

    /// Where the case stood at a moment, as known then.
    #[must_use]
    pub fn view(&self, at: Moment) -> View {
        comity_core::fold(&self.procedure, &self.entries, comity_core::Asked::at(at))
    }

    /// Where the case stood at each of the moments.
    pub fn views(&self) -> impl Iterator<Item = View> {
        self.moments.iter().map(|moment| self.view(*moment))
    }
}

fn picked(mut open: Vec<What>, which: u32) -> Option<What> {
    let place = usize::try_from(which).ok()?.checked_rem(open.len())?;
    Some(open.swap_remove(place))
}
