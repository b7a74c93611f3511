//! From a JSON Schema without references to a shape.

use serde_json::Value;

use super::{Field, Format, LegalChoice, MappingShape, Shape};

pub(super) fn shape(schema: &Value) -> Shape {
    let mut shape = Shape::default();
    add(&mut shape, schema);
    shape
}

fn add(shape: &mut Shape, schema: &Value) {
    for branches in ["anyOf", "oneOf"] {
        for branch in schema.get(branches).and_then(Value::as_array).into_iter().flatten() {
            add(shape, branch);
        }
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("object") => shape.mapping = Some(mapping(schema)),
        Some("array") => shape.sequence = schema.get("items").map(|items| Box::new(self::shape(items))),
        Some(_) => add_scalar(shape, schema),
        None if schema.get("const").is_some() => add_scalar(shape, schema),
        None => {}
    }
}

fn add_scalar(shape: &mut Shape, schema: &Value) {
    let scalar = shape.scalar.get_or_insert_default();
    let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    let words = listed.chain(schema.get("const")).filter_map(Value::as_str);
    scalar.words.extend(words.map(str::to_owned));
    scalar.format = schema.get("format").and_then(Value::as_str).and_then(format);
}

fn format(name: &str) -> Option<Format> {
    match name {
        "comity-guard" => Some(Format::Guard),
        "comity-guard-or-never" => Some(Format::GuardOrNever),
        "comity-guard-or-none" => Some(Format::GuardOrNone),
        "comity-cite" => Some(Format::Cite),
        "comity-moves" => Some(Format::Moves),
        "comity-from" => Some(Format::From),
        "comity-length" => Some(Format::Length),
        "date" => Some(Format::Day),
        "comity-number" => Some(Format::Number),
        "comity-edition" => Some(Format::Edition),
        _ => None,
    }
}

fn mapping(schema: &Value) -> MappingShape {
    let required: Vec<_> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let fields = properties.map(|(name, schema)| {
        let shape = shape(schema);
        let choice = choice(name, schema, &shape);
        Field { is_required: required.contains(&name.as_str()), name: name.clone(), shape, choice }
    });
    let rest = schema.get("additionalProperties").filter(|rest| rest.is_object());
    MappingShape { fields: fields.collect(), rest: rest.map(|rest| Box::new(shape(rest))) }
}

fn choice(name: &str, schema: &Value, shape: &Shape) -> Option<LegalChoice> {
    let asks = schema.get("x-legal-choice")?.as_str()?.to_owned();
    let words = shape.scalar.iter().flat_map(|scalar| &scalar.words);
    let each: Vec<_> = words.map(|word| format!("`{name}: {word}`")).collect();
    let ways = match schema.get("x-choose").and_then(Value::as_str) {
        Some(ways) => format!("`{ways}{}", if ways.ends_with("effect") { "" } else { "`" }),
        None => either(&each),
    };
    let units = schema.get("x-needed-for").and_then(Value::as_array).into_iter().flatten();
    let needed_for = units.filter_map(Value::as_str).map(str::to_owned).collect();
    Some(LegalChoice { asks, ways, needed_for })
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn either(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., last] => format!("{} or {last}", before.join(", ")),
    }
}
