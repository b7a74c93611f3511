//! From the tree to the types. The structure was checked before, so nothing should fail here.

use std::ops::Range;

use serde::de::value::{StrDeserializer, UsizeDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::value::TEXT;
use crate::tree::{Node, Pair, Value};

/// What the types did not take, with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Undecodable {
    pub(crate) span: Range<usize>,
    pub(crate) message: String,
}

impl serde::de::Error for Undecodable {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self { span: 0..0, message: message.to_string() }
    }
}

impl Undecodable {
    fn within(mut self, span: &Range<usize>) -> Self {
        if self.span.is_empty() {
            self.span = span.clone();
        }
        self
    }
}

/// Decodes a tree whose structure was checked.
pub(crate) fn decode<T: DeserializeOwned>(node: &Node) -> Result<T, Undecodable> {
    T::deserialize(Of(node))
}

#[derive(Clone, Copy)]
struct Of<'n>(&'n Node);

/// A text as the three parts that `Text` asks for.
struct TextParts<'n> {
    text: &'n str,
    span: &'n Range<usize>,
    next: u8,
}

impl<'de> SeqAccess<'de> for TextParts<'_> {
    type Error = Undecodable;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Undecodable> {
        self.next += 1;
        let number = |number: usize| -> UsizeDeserializer<Undecodable> { number.into_deserializer() };
        match self.next {
            1 => seed.deserialize(number(self.span.start)).map(Some),
            2 => seed.deserialize(number(self.span.end)).map(Some),
            3 => {
                seed.deserialize::<StrDeserializer<'_, Undecodable>>(self.text.into_deserializer()).map(Some)
            }
            _ => Ok(None),
        }
    }
}

/// The one key that a text stands for where a mapping could stand.
const SHORT_FOR: &str = "title";

impl<'de> Deserializer<'de> for Of<'_> {
    type Error = Undecodable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Undecodable> {
        let read = match &self.0.value {
            Value::Scalar(scalar) => visitor.visit_str(&scalar.text),
            Value::Sequence(_, items) => visitor.visit_seq(Items(items.iter())),
            Value::Mapping(_, pairs) => visitor.visit_map(Pairs { pairs: pairs.iter(), value: None }),
        };
        read.map_err(|error| error.within(&self.0.span))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Undecodable> {
        match self.0.text() {
            Some(text) if name == TEXT => visitor.visit_seq(TextParts { text, span: &self.0.span, next: 0 }),
            None if name == TEXT => {
                let message = format!("{} stands where a text belongs", self.0.kind());
                Err(Undecodable { span: self.0.span.clone(), message })
            }
            Some(_) | None => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Undecodable> {
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Undecodable> {
        match &self.0.value {
            Value::Sequence(_, items) => visitor.visit_seq(Items(items.iter())),
            Value::Scalar(_) | Value::Mapping(..) => {
                visitor.visit_seq(Items(std::slice::from_ref(self.0).iter()))
            }
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Undecodable> {
        if self.0.text().is_none() {
            return self.deserialize_any(visitor);
        }
        let pair = Pair { key: SHORT_FOR.to_owned(), key_span: self.0.span.clone(), node: self.0.clone() };
        let read = visitor.visit_map(Pairs { pairs: std::slice::from_ref(&pair).iter(), value: None });
        read.map_err(|error| error.within(&self.0.span))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Undecodable> {
        let by_kind = variants.first().is_some_and(|first| first.starts_with('$'));
        let chosen = match &self.0.value {
            Value::Scalar(_) if by_kind => Chosen { word: "$scalar", content: Some(self.0) },
            Value::Mapping(..) if by_kind => Chosen { word: "$mapping", content: Some(self.0) },
            Value::Sequence(..) if by_kind => Chosen { word: "$sequence", content: Some(self.0) },
            Value::Scalar(scalar) => Chosen { word: &scalar.text, content: None },
            Value::Mapping(_, pairs) => match pairs.as_slice() {
                [pair] => Chosen { word: &pair.key, content: Some(&pair.node) },
                _ => Chosen { word: "", content: None },
            },
            Value::Sequence(..) => Chosen { word: "", content: None },
        };
        visitor.visit_enum(chosen).map_err(|error| error.within(&self.0.span))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        tuple tuple_struct map identifier ignored_any
    }
}

struct Items<'n>(std::slice::Iter<'n, Node>);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Undecodable;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Undecodable> {
        self.0.next().map(|node| seed.deserialize(Of(node))).transpose()
    }
}

struct Pairs<'n> {
    pairs: std::slice::Iter<'n, Pair>,
    value: Option<&'n Node>,
}

impl<'de> MapAccess<'de> for Pairs<'_> {
    type Error = Undecodable;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Undecodable> {
        let Some(pair) = self.pairs.next() else { return Ok(None) };
        self.value = Some(&pair.node);
        let mut key = Node::stand_in(0, &pair.key);
        key.span = pair.key_span.clone();
        seed.deserialize(Of(&key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Undecodable> {
        let missing = || serde::de::Error::custom("a key without a value");
        seed.deserialize(Of(self.value.take().ok_or_else(missing)?))
    }
}

struct Chosen<'n> {
    word: &'n str,
    content: Option<&'n Node>,
}

impl<'de, 'n> EnumAccess<'de> for Chosen<'n> {
    type Error = Undecodable;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Undecodable> {
        let word: StrDeserializer<'n, Undecodable> = self.word.into_deserializer();
        Ok((seed.deserialize(word)?, self))
    }
}

impl<'de> VariantAccess<'de> for Chosen<'_> {
    type Error = Undecodable;

    fn unit_variant(self) -> Result<(), Undecodable> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Undecodable> {
        let missing = || serde::de::Error::custom(format!("`{}` needs a value", self.word));
        seed.deserialize(Of(self.content.ok_or_else(missing)?))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Undecodable> {
        Err(serde::de::Error::custom("no such value"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Undecodable> {
        Err(serde::de::Error::custom("no such value"))
    }
}
