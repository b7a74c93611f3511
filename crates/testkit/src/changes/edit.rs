//! A small change to a procedure: told in words, with its place, and made on the draft.

use std::sync::Arc;

use comity_core::procedure::draft::{CiteDraft, CitesDraft};
use comity_core::procedure::{Draft, Mark};

/// A small change to one rule.
#[derive(Clone)]
pub struct Change {
    /// The rule, such as `clock formal-request`.
    pub rule: String,
    /// What the change does, such as `45 days become 46 days`.
    pub what: String,
    /// Where the changed value stands in the file.
    pub at: Mark,
    /// The provisions of the rule, as it cites them.
    pub cites: Vec<String>,
    pub(super) edit: Edit,
}

/// How a draft is changed. It does nothing to a draft of another shape.
pub(super) type Edit = Arc<dyn Fn(&mut Draft) + Send + Sync>;

/// The way to one value of a draft.
pub(super) type Lens<T> = Arc<dyn for<'d> Fn(&'d mut Draft) -> Option<&'d mut T> + Send + Sync>;

impl Change {
    /// The draft with this change made, and no other.
    #[must_use]
    pub fn made_on(&self, draft: &Draft) -> Draft {
        let mut changed = draft.clone();
        (self.edit)(&mut changed);
        changed
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.rule, self.what)
    }
}

impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Change({self})")
    }
}

/// The changes found so far, and the rule that is being looked at.
pub(super) struct List<'d> {
    pub(super) draft: &'d Draft,
    rule: String,
    cites: Vec<String>,
    pub(super) found: Vec<Change>,
}

impl<'d> List<'d> {
    pub(super) fn of(draft: &'d Draft) -> Self {
        Self { draft, rule: String::new(), cites: Vec::new(), found: Vec::new() }
    }

    /// Turns to another rule.
    pub(super) fn rule(&mut self, kind: &str, name: &str, cites: &CitesDraft) {
        self.rule = format!("{kind} {name}");
        self.cites = cites.iter().map(CiteDraft::words).collect();
    }

    /// Looks at a part of the rule that cites its own provisions, if it does.
    pub(super) fn citing(&mut self, cites: &CitesDraft, look: impl FnOnce(&mut Self)) {
        let before = self.cites.clone();
        if !cites.is_empty() {
            self.cites = cites.iter().map(CiteDraft::words).collect();
        }
        look(self);
        self.cites = before;
    }

    /// A change that an edit makes.
    pub(super) fn edit(
        &mut self,
        at: Mark,
        what: impl Into<String>,
        edit: impl Fn(&mut Draft) + Send + Sync + 'static,
    ) {
        let (rule, cites) = (self.rule.clone(), self.cites.clone());
        self.found.push(Change { rule, what: what.into(), at, cites, edit: Arc::new(edit) });
    }

    /// A change of the value that a lens leads to.
    pub(super) fn set<T: 'static>(
        &mut self,
        at: Mark,
        what: impl Into<String>,
        lens: &Lens<T>,
        change: impl Fn(&mut T) + Send + Sync + 'static,
    ) {
        let lens = Arc::clone(lens);
        self.edit(at, what, move |draft| {
            if let Some(value) = lens(draft) {
                change(value);
            }
        });
    }

    /// Each of several values dropped.
    pub(super) fn each_dropped<T: 'static>(
        &mut self,
        values: &[T],
        lens: &Lens<Vec<T>>,
        tell: impl Fn(&T) -> (Mark, String),
    ) {
        for (place, value) in values.iter().enumerate() {
            let (at, what) = tell(value);
            self.set(at, what, lens, move |values| remove(values, place));
        }
    }
}

/// A lens into what another lens leads to.
pub(super) fn within<T: 'static, U: 'static>(
    lens: &Lens<T>,
    inner: impl for<'t> Fn(&'t mut T) -> Option<&'t mut U> + Send + Sync + 'static,
) -> Lens<U> {
    let lens = Arc::clone(lens);
    Arc::new(move |draft| lens(draft).and_then(&inner))
}

/// Takes out what stands at a place, if something does.
pub(super) fn remove<T>(values: &mut Vec<T>, place: usize) {
    if place < values.len() {
        values.remove(place);
    }
}
