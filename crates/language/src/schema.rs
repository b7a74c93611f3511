//! The JSON Schemas of the files, for editors, generated from the types.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::file::{CalendarFile, CountingFile, EquivalentsFile, LabelsFile, PlanFile, ProcedureFile};

/// The schema of a procedure file (JSON Schema, draft 2020-12).
#[must_use]
pub fn procedure_schema() -> Value {
    let mut schema = published::<ProcedureFile>("A procedure of Comity");
    if let Value::Object(schema) = &mut schema {
        build(schema);
    }
    schema
}

/// The schema of a calendar file (JSON Schema, draft 2020-12).
#[must_use]
pub fn calendar_schema() -> Value {
    published::<CalendarFile>("A calendar of Comity")
}

/// The schema of a file of rules of counting (JSON Schema, draft 2020-12).
#[must_use]
pub fn counting_schema() -> Value {
    published::<CountingFile>("Rules of counting for Comity")
}

/// The schema of a file of labels (JSON Schema, draft 2020-12).
#[must_use]
pub fn labels_schema() -> Value {
    published::<LabelsFile>("Labels for Comity")
}

/// The schema of a file of equivalent changes (JSON Schema, draft 2020-12).
#[must_use]
pub fn equivalents_schema() -> Value {
    published::<EquivalentsFile>("Equivalent changes to a procedure of Comity")
}

/// The schema of a plan by which running cases go over to another edition (JSON Schema, draft 2020-12).
#[must_use]
pub fn plan_schema() -> Value {
    published::<PlanFile>("A plan of migration for Comity")
}

fn published<T: schemars::JsonSchema>(title: &str) -> Value {
    let settings = SchemaSettings::draft2020_12();
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    strict(&mut schema);
    need(&mut schema);
    if let Value::Object(schema) = &mut schema {
        schema.insert("title".to_owned(), Value::String(title.to_owned()));
    }
    schema
}

/// The schema without references, for walking.
pub(crate) fn inlined<T: schemars::JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    strict(&mut schema);
    schema
}

/// Takes out the `null` by which serde marks what may be left out: a key that is written has a value.
fn strict(schema: &mut Value) {
    match schema {
        Value::Array(parts) => parts.iter_mut().for_each(strict),
        Value::Object(parts) => {
            parts.remove("default");
            if let Some(Value::Array(branches)) = parts.get_mut("anyOf") {
                branches.retain(|branch| branch.get("type").and_then(Value::as_str) != Some("null"));
            }
            unwrap_only_branch(parts);
            if let Some(Value::Array(types)) = parts.get_mut("type") {
                types.retain(|name| name.as_str() != Some("null"));
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    parts.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(words)) = parts.get_mut("enum") {
                words.retain(|word| !word.is_null());
            }
            parts.values_mut().for_each(strict);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Turns `x-needed-for` into what editors understand: a length in one of these units needs the choice, unless a rule of
/// counting makes it.
fn need(schema: &mut Value) {
    match schema {
        Value::Array(parts) => parts.iter_mut().for_each(need),
        Value::Object(parts) => {
            parts.values_mut().for_each(need);
            let needed: Vec<Value> = parts
                .get("properties")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
                .filter_map(|(name, field)| Some(needed_for(name, field.get("x-needed-for")?)))
                .collect();
            if !needed.is_empty() {
                parts.insert("allOf".to_owned(), Value::Array(needed));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What every procedure file says of itself. The other sections may stand in the file on which it builds.
const OF_ITSELF: [&str; 4] = ["comity", "procedure", "version", "title"];

fn build(schema: &mut Map<String, Value>) {
    let all = schema.insert("required".to_owned(), json!(OF_ITSELF));
    let choice = json!([{"required": ["based-on"]}, {"required": all.unwrap_or_default()}]);
    schema.insert("anyOf".to_owned(), choice);
}

fn needed_for(name: &str, units: &Value) -> Value {
    let units: Vec<&str> = units.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let length = format!("^ *[0-9]+ +({})s? *$", units.join("|"));
    json!({
        "if": {
            "properties": {"length": {"type": "string", "pattern": length}},
            "required": ["length"],
            "not": {"required": ["counted-by"]},
        },
        "then": {"required": [name]},
    })
}

fn unwrap_only_branch(parts: &mut Map<String, Value>) {
    let only = match parts.get("anyOf") {
        Some(Value::Array(branches)) => match branches.as_slice() {
            [Value::Object(only)] => only.clone(),
            _ => return,
        },
        _ => return,
    };
    parts.remove("anyOf");
    for (key, value) in only {
        // What is said of the key itself is nearer than what is said of its type.
        parts.entry(key).or_insert(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys that a clock needs by the schema, beyond those it always needs.
    fn needed(length: &str, is_counted_by: bool) -> Vec<String> {
        let schema = procedure_schema();
        let rules = schema["$defs"]["ClockFile"]["allOf"].as_array().unwrap().clone();
        let applies = |rule: &&Value| {
            assert_eq!(rule["if"]["not"], json!({"required": ["counted-by"]}));
            let pattern = rule["if"]["properties"]["length"]["pattern"].as_str().unwrap();
            let units = pattern.split(['(', ')']).nth(1).unwrap();
            let unit = length.split_once(' ').unwrap().1.trim_end_matches('s');
            !is_counted_by && units.split('|').any(|known| known == unit)
        };
        let keys = rules.iter().filter(applies).map(|rule| rule["then"]["required"][0].as_str().unwrap());
        keys.map(str::to_owned).collect()
    }

    #[test]
    fn a_file_needs_every_section_unless_it_builds_on_another() {
        let schema = procedure_schema();
        assert_eq!(schema["required"], json!(["comity", "procedure", "version", "title"]));
        assert_eq!(schema["anyOf"][0], json!({"required": ["based-on"]}));
        let needed: Vec<_> = schema["anyOf"][1]["required"].as_array().unwrap().iter().collect();
        assert!(["sources", "sides", "tracks", "acts"].iter().all(|name| needed.contains(&&json!(name))));
    }

    #[test]
    fn a_clock_needs_the_choices_of_its_unit_unless_a_rule_makes_them() {
        assert_eq!(needed("45 days", false), ["first-day", "last-day-closed"]);
        assert_eq!(needed("3 working days", false), ["first-day"]);
        assert_eq!(needed("48 hours", false), ["first-hour", "hours-on-closed-days"]);
        assert!(needed("45 days", true).is_empty());
    }
}
