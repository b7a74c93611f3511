//! What may be recorded for a fact, as Rust types.

use comity_core::name::{KnownName, Name, Private};
use comity_core::time::{Day, Period};
use comity_core::value::{Country, Value};

/// A type that a fact may have.
pub trait FactValue: Sized {
    /// The value as the core keeps it.
    fn into_value(self) -> Value;

    /// The value from the core; nothing if it is of another type.
    fn from_value(value: &Value) -> Option<Self>;
}

/// A fact that is one of several words: an enum with a variant for each.
pub trait Choice: Copy + PartialEq + 'static {
    /// Every word, in the order of the file.
    const ALL: &'static [Self];

    /// The word.
    fn word(self) -> KnownName;
}

impl<T: Choice> FactValue for T {
    fn into_value(self) -> Value {
        Value::Choice(self.word().into())
    }

    fn from_value(value: &Value) -> Option<Self> {
        let Value::Choice(word) = value else { return None };
        Self::ALL.iter().copied().find(|choice| choice.word().as_str() == word.as_str())
    }
}

macro_rules! plain {
    ($($type:ty = $variant:ident,)+) => { $(
        impl FactValue for $type {
            fn into_value(self) -> Value {
                Value::$variant(self)
            }

            fn from_value(value: &Value) -> Option<Self> {
                if let Value::$variant(value) = value { Some(value.clone()) } else { None }
            }
        }
    )+ };
}

plain! {
    Private = Text,
    Day = Date,
    Country = Country,
    bool = YesNo,
    i64 = Number,
    Period = Period,
}

/// The fact of a name, as the core takes it.
pub(crate) fn given<T: FactValue>(name: KnownName, value: T) -> (Name, Value) {
    (name.into(), value.into_value())
}
