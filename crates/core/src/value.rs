//! Facts: what type they have and what was recorded.

use std::fmt;
use std::str::FromStr;

use crate::name::{Name, Private};
use crate::time::{Day, Period};

/// A country by its two-letter code (ISO 3166-1 alpha-2; `XA` to `XZ` are free for fictional States).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(
    // INVARIANT: A-Z twice.
    [u8; 2],
);

/// Text that is no country code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a country; write its two-letter code, like NZ")]
pub struct BadCountry {
    /// What was given.
    pub text: String,
}

impl FromStr for Country {
    type Err = BadCountry;

    fn from_str(text: &str) -> Result<Self, BadCountry> {
        match text.as_bytes() {
            [a @ b'A'..=b'Z', b @ b'A'..=b'Z'] => Ok(Self([*a, *b])),
            _ => Err(BadCountry { text: text.to_owned() }),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([a, b]) = self;
        write!(f, "{}{}", char::from(*a), char::from(*b))
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What may be recorded for a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactType {
    /// Free text, which may name a person.
    Text,
    /// A day.
    Date,
    /// A country.
    Country,
    /// Yes or no.
    YesNo,
    /// A whole number.
    Number,
    /// A length of time.
    Period,
    /// One of these.
    OneOf(Vec<Name>),
}

/// What was recorded for a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Free text, which may name a person.
    Text(Private),
    /// A day.
    Date(Day),
    /// A country.
    Country(Country),
    /// Yes or no.
    YesNo(bool),
    /// A whole number.
    Number(i64),
    /// A length of time.
    Period(Period),
    /// One of the values that the procedure lists.
    Choice(Name),
}

impl Value {
    /// The country, if it is one.
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        if let Self::Country(country) = self { Some(*country) } else { None }
    }
}

impl FactType {
    /// Reads `text` as a value of this type.
    ///
    /// # Errors
    ///
    /// Returns what would be right, in words.
    pub fn read(&self, text: &str) -> Result<Value, String> {
        match self {
            Self::Text => Ok(Value::Text(Private::new(text))),
            Self::Date => text.parse().map(Value::Date).map_err(|bad: crate::time::BadDay| bad.to_string()),
            Self::Country => text.parse().map(Value::Country).map_err(|bad: BadCountry| bad.to_string()),
            Self::YesNo => match text {
                "yes" => Ok(Value::YesNo(true)),
                "no" => Ok(Value::YesNo(false)),
                _ => Err(format!("`{text}` is neither `yes` nor `no`")),
            },
            Self::Number => text
                .parse()
                .map(Value::Number)
                .map_err(|_| format!("`{text}` is not a whole number that can be kept")),
            Self::Period => {
                text.parse().map(Value::Period).map_err(|bad: crate::time::BadPeriod| bad.to_string())
            }
            Self::OneOf(choices) => choices
                .iter()
                .find(|choice| choice.as_str() == text)
                .map(|choice| Value::Choice(choice.clone()))
                .ok_or_else(|| format!("`{text}` is not one of {}", list(choices))),
        }
    }

    /// Whether `value` is of this type.
    #[must_use]
    pub fn fits(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text, Value::Text(_))
            | (Self::Date, Value::Date(_))
            | (Self::Country, Value::Country(_))
            | (Self::YesNo, Value::YesNo(_))
            | (Self::Number, Value::Number(_))
            | (Self::Period, Value::Period(_)) => true,
            (Self::OneOf(choices), Value::Choice(choice)) => choices.contains(choice),
            (
                Self::Text
                | Self::Date
                | Self::Country
                | Self::YesNo
                | Self::Number
                | Self::Period
                | Self::OneOf(_),
                _,
            ) => false,
        }
    }
}

impl fmt::Display for FactType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::Date => f.write_str("date"),
            Self::Country => f.write_str("country"),
            Self::YesNo => f.write_str("yes-no"),
            Self::Number => f.write_str("number"),
            Self::Period => f.write_str("period"),
            Self::OneOf(choices) => write!(f, "one of {}", list(choices)),
        }
    }
}

impl Value {
    /// The value as the file and the screen write it. Text may name a person: do not log it.
    #[must_use]
    pub fn reveal(&self) -> String {
        match self {
            Self::Text(text) => text.reveal().to_owned(),
            Self::Date(day) => day.to_string(),
            Self::Country(country) => country.to_string(),
            Self::YesNo(true) => "yes".to_owned(),
            Self::YesNo(false) => "no".to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Period(period) => period.to_string(),
            Self::Choice(choice) => choice.to_string(),
        }
    }
}

/// `a`, `b` or `c`, in backticks.
pub(crate) fn list<T: fmt::Display>(names: &[T]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}
