//! What a file may look like: the schema of its types, made ready for walking a tree.

mod check;
mod read;

use std::sync::LazyLock;

pub(crate) use check::check;

use crate::file::{CalendarFile, CountingFile, EquivalentsFile, LabelsFile, PlanFile, ProcedureFile};

/// What may stand in one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) scalar: Option<ScalarShape>,
    pub(crate) sequence: Option<Box<Shape>>,
    pub(crate) mapping: Option<MappingShape>,
}

/// Which texts may stand there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ScalarShape {
    /// The words to choose from; empty where any text may stand.
    pub(crate) words: Vec<String>,
    pub(crate) format: Option<Format>,
}

/// Which keys may stand there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MappingShape {
    /// The keys, in the order of the canonical form.
    pub(crate) fields: Vec<Field>,
    /// What stands under any other key, where the author chooses the names.
    pub(crate) rest: Option<Box<Shape>>,
}

/// A key of a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) shape: Shape,
    pub(crate) is_required: bool,
    pub(crate) choice: Option<LegalChoice>,
}

/// A choice that the law leaves and that nobody may make in silence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LegalChoice {
    /// What the author did not say: `whether the first day counts`.
    pub(crate) asks: String,
    /// What may be written.
    pub(crate) ways: String,
    /// The units of `length` for which it is needed; empty where it always is.
    pub(crate) needed_for: Vec<String>,
}

/// The small language in which a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Guard,
    GuardOrNever,
    GuardOrNone,
    Cite,
    Moves,
    From,
    Length,
    Day,
    Number,
    Edition,
}

/// The shape of a procedure file.
pub(crate) fn procedure() -> &'static Shape {
    static SHAPE: LazyLock<Shape> = LazyLock::new(|| read::shape(&crate::schema::inlined::<ProcedureFile>()));
    &SHAPE
}

/// The shape of a calendar file.
pub(crate) fn calendar() -> &'static Shape {
    static SHAPE: LazyLock<Shape> = LazyLock::new(|| read::shape(&crate::schema::inlined::<CalendarFile>()));
    &SHAPE
}

/// The shape of a file of rules of counting.
pub(crate) fn counting() -> &'static Shape {
    static SHAPE: LazyLock<Shape> = LazyLock::new(|| read::shape(&crate::schema::inlined::<CountingFile>()));
    &SHAPE
}

/// The shape of a file of labels.
pub(crate) fn labels() -> &'static Shape {
    static SHAPE: LazyLock<Shape> = LazyLock::new(|| read::shape(&crate::schema::inlined::<LabelsFile>()));
    &SHAPE
}

/// The shape of a file of equivalent changes.
pub(crate) fn equivalents() -> &'static Shape {
    static SHAPE: LazyLock<Shape> =
        LazyLock::new(|| read::shape(&crate::schema::inlined::<EquivalentsFile>()));
    &SHAPE
}

/// The shape of a plan file.
pub(crate) fn plan() -> &'static Shape {
    static SHAPE: LazyLock<Shape> = LazyLock::new(|| read::shape(&crate::schema::inlined::<PlanFile>()));
    &SHAPE
}

impl Shape {
    /// What belongs there, in words.
    pub(crate) fn belongs(&self) -> String {
        let kinds = [
            self.scalar.as_ref().map(|_| "a text"),
            self.sequence.as_ref().map(|_| "a list"),
            self.mapping.as_ref().map(|_| "a mapping"),
        ];
        kinds.into_iter().flatten().collect::<Vec<_>>().join(" or ")
    }
}

impl MappingShape {
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// What may stand under a key.
    pub(crate) fn under(&self, name: &str) -> Option<&Shape> {
        self.field(name).map(|field| &field.shape).or(self.rest.as_deref())
    }

    /// The place of a key in the canonical order.
    pub(crate) fn rank(&self, name: &str) -> usize {
        self.fields.iter().position(|field| field.name == name).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sections_stand_in_the_order_of_the_reference() {
        let names: Vec<_> =
            procedure().mapping.as_ref().unwrap().fields.iter().map(|field| field.name.as_str()).collect();
        let expected = "comity procedure version title kind based-on leaves-out left-open sources sides authorities links facts tracks \
                        conditions clocks acts obligations documents grounds safeguards";
        assert_eq!(names.join(" "), expected);
    }

    #[test]
    fn what_an_author_must_not_leave_out_is_required() {
        let required = |shape: &Shape| {
            let fields = &shape.mapping.as_ref().unwrap().fields;
            fields
                .iter()
                .filter(|field| field.is_required)
                .map(|field| field.name.clone())
                .collect::<Vec<_>>()
                .join(" ")
        };
        let sections = "comity procedure version title kind sources sides authorities tracks acts";
        assert_eq!(required(procedure()), sections);
        let clock = procedure().mapping.as_ref().unwrap().under("clocks").unwrap().mapping.as_ref().unwrap();
        let clock = clock.rest.as_ref().unwrap();
        let keys = "title starts if-started-again length zone met-by at-the-same-instant extended-by off-when \
                    on-expiry cite";
        assert_eq!(required(clock), keys);
    }
}
