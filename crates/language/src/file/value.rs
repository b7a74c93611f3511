//! The values that stand in files, each with its place.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

use comity_core::procedure::{
    DocumentForm, Excuse, ExpiryEffect, ExtensionTiming, Force, FourEyes, Kind, Recurs, SameInstant,
    StartedAgain, Verified,
};
use comity_core::time::{
    BrokenMonths, ClosedLastDay, ExtendedFrom, FirstDay, FirstHour, HoursOnClosedDays, MonthEnd, StoppedDays,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// The name by which a text asks the decoder for its place too.
pub(super) const TEXT: &str = "comity::Text";

/// A text and the bytes that it takes up in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// What was written, with escapes and folds resolved.
    pub value: String,
    /// Where.
    pub span: Range<usize>,
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parts;
        impl<'de> Visitor<'de> for Parts {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Text, A::Error> {
                let missing = || serde::de::Error::custom("a text without its place");
                let start = parts.next_element()?.ok_or_else(missing)?;
                let end = parts.next_element()?.ok_or_else(missing)?;
                Ok(Text { span: start..end, value: parts.next_element()?.ok_or_else(missing)? })
            }
        }
        deserializer.deserialize_newtype_struct(TEXT, Parts)
    }
}

impl JsonSchema for Text {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "minLength": 1})
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $schema:tt;)+) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Text);

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )+ };
}

texts! {
    /// A name declared or used in the file.
    Name = {"type": "string", "pattern": "^[a-z][a-z0-9./-]*$"};
    /// A condition.
    GuardText = {"type": "string", "format": "comity-guard"};
    /// A condition, or `never`.
    Closing = {"type": "string", "format": "comity-guard-or-never"};
    /// A condition, or `none`.
    Stopping = {"type": "string", "format": "comity-guard-or-none"};
    /// A rule of counting: the name of a set, or of a rule in it.
    RuleName = {"type": "string", "pattern": "^[a-z][a-z0-9-]*(/[a-z][a-z0-9-]*)?$"};
    /// Citations.
    CiteText = {"type": "string", "format": "comity-cite"};
    /// Moves of one track.
    MoveText = {"type": "string", "format": "comity-moves"};
    /// Where a move can start.
    FromText = {"type": "string", "format": "comity-from"};
    /// A length of time.
    LengthText = {"type": "string", "format": "comity-length", "pattern": "^[0-9]+ +(hour|day|clear day|working day|week|month|year)s?$"};
    /// A day.
    DayText = {"type": "string", "format": "date"};
    /// A zone of the IANA data.
    ZoneText = {"type": "string", "format": "comity-zone"};
    /// A language tag, `not-needed` or `not-stated`.
    LanguageText = {"type": "string", "pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"};
    /// A number from 1.
    WholeNumber = {"type": "integer", "minimum": 1, "format": "comity-number"};
    /// The edition of the language.
    EditionOne = {"const": 1, "format": "comity-edition"};
    /// The word `none`.
    AlwaysNone = {"type": "string", "enum": ["none"]};
}

/// One of a closed set of words, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice<T> {
    /// What was chosen.
    pub value: T,
    /// Where.
    pub span: Range<usize>,
}

/// A closed set of words that may stand in a file.
pub trait Words: Sized + Copy + 'static {
    /// Every word, in the order of the reference.
    fn words() -> Vec<&'static str>;
    /// The value that a word names.
    fn read(word: &str) -> Option<Self>;
}

macro_rules! words {
    ($($type:ty),+ $(,)?) => { $(
        impl Words for $type {
            fn words() -> Vec<&'static str> {
                Self::ALL.iter().map(|value| value.word()).collect()
            }

            fn read(word: &str) -> Option<Self> {
                Self::from_word(word)
            }
        }
    )+ };
}

words!(
    Kind,
    FourEyes,
    StartedAgain,
    SameInstant,
    ExpiryEffect,
    DocumentForm,
    Force,
    FirstDay,
    MonthEnd,
    Excuse,
    ExtensionTiming,
    Recurs,
    Verified,
    BrokenMonths,
    ClosedLastDay,
    ExtendedFrom,
    FirstHour,
    HoursOnClosedDays,
    StoppedDays,
    comity_core::migration::Ends
);

impl<'de, T: Words> Deserialize<'de> for Choice<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Text { value, span } = Text::deserialize(deserializer)?;
        let unknown = || serde::de::Error::custom(format!("`{value}` is not among the words to choose from"));
        Ok(Self { value: T::read(&value).ok_or_else(unknown)?, span })
    }
}

impl<T: Words> JsonSchema for Choice<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Choice".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "enum": T::words()})
    }
}

/// A table of the file: names, each with what stands under it, in the author's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows<T>(pub Vec<(Text, T)>);

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Each<T> {
            type Value = Rows<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Rows<T>, A::Error> {
                let mut rows = Vec::new();
                while let Some(row) = map.next_entry()? {
                    rows.push(row);
                }
                Ok(Rows(rows))
            }
        }
        deserializer.deserialize_map(Each(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Rows<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Rows_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "object", "additionalProperties": generator.subschema_for::<T>()})
    }
}

/// One value, or a list of them.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct OneOrMore<T>(
    // The decoder hands out a value that is no list as a list of one.
    pub Vec<T>,
);

impl<T: JsonSchema> JsonSchema for OneOrMore<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("OneOrMore_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({"anyOf": [one, {"type": "array", "minItems": 1, "items": one}]})
    }
}

/// A mapping, or its title alone.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct Short<T>(
    // The decoder hands out a text as a mapping that holds only this title.
    pub T,
);

impl<T: JsonSchema> JsonSchema for Short<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Short_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [{"type": "string", "minLength": 1}, generator.subschema_for::<T>()]})
    }
}
