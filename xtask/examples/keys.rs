//! Prints the page of all keys of a procedure file, from the schema that is generated from the types.

use std::fmt::Write as _;

use serde_json::Value;

/// The tables of the page: the type, its heading. The whole file comes first.
const TABLES: &[(&str, &str)] = &[
    ("LeftOutFile", "What is left out"),
    ("SourceFile", "A source"),
    ("SideFile", "A side"),
    ("CountryInFile", "A State that differs"),
    ("AuthorityFile", "An authority"),
    ("LinkFile", "A link"),
    ("FactFile", "A fact"),
    ("MirrorFile", "What a fact mirrors"),
    ("TrackFile", "A track"),
    ("StageFile", "A stage"),
    ("ConditionFile", "A condition"),
    ("SteppedMoveFile", "A move with a condition of its own"),
    ("ClockFile", "A clock"),
    ("LatestOfFile", "The latest of several"),
    ("CountedFromFile", "The day a clock is counted from"),
    ("NamedLengthFile", "A length without a number"),
    ("ChangeFile", "A later length"),
    ("ExtensionFile", "An extension"),
    ("RecordedFile", "A recorded extension"),
    ("ExpiryFile", "An expiry"),
    ("ThresholdFile", "A threshold"),
    ("InForceFile", "Dates of effect"),
    ("RenamedFile", "A later name"),
    ("ActFile", "An act"),
    ("ExceptionFile", "An exception"),
    ("ObligationFile", "An obligation"),
    ("DocumentFile", "A document"),
    ("GroundFile", "A ground"),
    ("SafeguardFile", "A safeguard"),
];

/// Types that are explained in words in the reference and have no table.
const IN_WORDS: &[(&str, &str)] = &[
    ("FactTypeFile", "[a type](language.md#facts)"),
    ("CountryFile", "text, or [the fact that holds it](#a-state-that-differs)"),
    ("MoveFile", "[a move](language.md#moves)"),
    (
        "LengthFile",
        "a number of hours, days, clear days, working days, weeks, months or years, or [no number](#a-length-without-a-number)",
    ),
    ("StartsFile", "a name, a list of names, or [the latest of several](#the-latest-of-several)"),
    ("ExtendedByFile", "`none`, [an extension](#an-extension), or a list of them"),
    ("ExtendByFile", "a length, or [what the act records](#a-recorded-extension)"),
];

/// What a text must be, by the format or pattern of the schema.
const FORMATS: &[(&str, &str)] = &[
    ("comity-guard", "[a condition](language.md#conditions-in-words)"),
    ("comity-guard-or-none", "[a condition](language.md#conditions-in-words), or `none`"),
    ("comity-guard-or-never", "[a condition](language.md#conditions-in-words), or `never`"),
    ("comity-moves", "[moves](language.md#moves)"),
    ("comity-from", "stages"),
    ("comity-cite", "[a citation](language.md#citations)"),
    ("comity-length", "a length"),
    ("comity-zone", "a zone"),
    ("comity-edition", "`1`"),
    ("comity-number", "a number"),
    ("date", "a day"),
];

fn main() {
    let schema = comity_language::procedure_schema();
    let mut page = String::from(
        "# The keys of a procedure file\n\n\
         Generated from the types that read the file; `cargo xtask pages --write` writes it anew. A key that is marked\n\
         *choice* is a legal choice: it has no default. What the values mean is told in [the language](language.md).\n",
    );
    table(&mut page, "The file", &schema);
    let types = schema.get("$defs").cloned().unwrap_or_default();
    for (name, heading) in TABLES {
        table(&mut page, heading, types.get(*name).unwrap_or(&Value::Null));
    }
    for name in types.as_object().into_iter().flat_map(|defs| defs.keys()) {
        let is_told = TABLES.iter().chain(IN_WORDS).any(|(told, _)| told == name);
        assert!(is_told, "{name} is new: give it a heading in xtask/examples/keys.rs");
    }
    print!("{page}");
}

fn table(page: &mut String, heading: &str, of: &Value) {
    let required: Vec<&str> =
        of["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let about = of["description"].as_str().unwrap_or_default();
    let _ = write!(
        page,
        "\n## {heading}\n\n{about}\n\n| key | needed | value | what it says |\n|---|---|---|---|\n"
    );
    for (key, value) in of["properties"].as_object().into_iter().flatten() {
        let needed = match (value.get("x-legal-choice"), required.contains(&key.as_str())) {
            (Some(_), false) => "choice, for some lengths",
            (Some(_), true) => "choice",
            (None, true) => "yes",
            (None, false) => "",
        };
        let about = value["description"].as_str().unwrap_or_default().replace('\n', " ");
        let _ = writeln!(page, "| `{key}` | {needed} | {} | {about} |", kind(value));
    }
}

/// What may stand after the colon, in a few words.
fn kind(value: &Value) -> String {
    if let Some(words) = value["enum"].as_array() {
        let words: Vec<String> =
            words.iter().filter_map(Value::as_str).map(|word| format!("`{word}`")).collect();
        return words.join(", ");
    }
    if let Some(word) = value["const"].as_str() {
        return format!("`{word}`");
    }
    if let Some(format) = value["format"].as_str() {
        return FORMATS
            .iter()
            .find(|(known, _)| *known == format)
            .map_or("text", |(_, said)| said)
            .to_owned();
    }
    if let Some(name) = value["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return named(name);
    }
    if value["pattern"].as_str().is_some_and(|pattern| pattern.starts_with("^[a-z]")) {
        return "a name".to_owned();
    }
    if let Some(each) = value.get("additionalProperties").filter(|each| each.is_object()) {
        return format!("by name, each {}", kind(each));
    }
    if let Some(branches) = value["anyOf"].as_array() {
        let list = branches.iter().find(|branch| branch["type"] == "array");
        let of: Vec<String> = branches.iter().filter(|branch| branch["type"] != "array").map(kind).collect();
        let of = of.join(" or ");
        return if list.is_some() { format!("{of}, or a list of them") } else { of };
    }
    "text".to_owned()
}

fn named(name: &str) -> String {
    if let Some((_, said)) = IN_WORDS.iter().find(|(known, _)| *known == name) {
        return (*said).to_owned();
    }
    let heading = TABLES.iter().find(|(known, _)| *known == name).map_or(name, |(_, heading)| heading);
    let anchor = heading.to_lowercase().replace(' ', "-");
    format!("[{}](#{anchor})", heading.to_lowercase())
}
