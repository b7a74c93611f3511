//! The findings of a check as SARIF 2.1.0, which editors and code review read.
//!
//! Written by hand: the crate that has the types of the format brings a compiler of schemas for these few lines.

use comity_core::verify::{Property, Verdict};
use comity_language::{Diagnostic, Severity};
use serde_json::{Value, json};

use super::proofs::{Proof, meaning, told};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Everything that is wrong, each with its place.
pub(super) fn sarif(diagnostics: &[Diagnostic], proofs: &[Proof]) -> Value {
    let flaws = diagnostics.iter().map(flaw);
    let verdicts = proofs.iter().flat_map(|proof| {
        let properties = proof.found.properties.iter();
        properties
            .filter(|one| one.verdict != Verdict::Proved || one.is_vacuous)
            .map(|one| verdict(proof, one))
    });
    let results: Vec<Value> = flaws.chain(verdicts).collect();
    let mut rules: Vec<&str> = results.iter().filter_map(|result| result.get("ruleId")?.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    let rules: Vec<Value> = rules
        .into_iter()
        .map(|id| match meaning(id) {
            "" => json!({ "id": id }),
            says => json!({ "id": id, "shortDescription": { "text": says } }),
        })
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "comity check",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn flaw(diagnostic: &Diagnostic) -> Value {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let region = json!({
        "startLine": diagnostic.line,
        "startColumn": diagnostic.column,
        "endColumn": diagnostic.column + diagnostic.length.max(1),
    });
    let text = if diagnostic.remedy.is_empty() {
        diagnostic.message.clone()
    } else {
        format!("{}; {}", diagnostic.message, diagnostic.remedy)
    };
    result(diagnostic.code.word(), level, &text, &diagnostic.file, &region)
}

fn verdict(proof: &Proof, property: &Property) -> Value {
    let level = match &property.verdict {
        Verdict::Refuted(_) => "error",
        Verdict::Proved | Verdict::Undecided(_) => "warning",
    };
    let (_, label, text) = told(property, &proof.found.not_followed);
    let text = format!("{label}: {text}");
    result(&property.name, level, &text, &proof.file, &json!({ "startLine": 1 }))
}

fn result(rule: &str, level: &str, text: &str, file: &str, region: &Value) -> Value {
    json!({
        "ruleId": rule,
        "level": level,
        "message": { "text": text },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": file },
            "region": region,
        } }],
    })
}
