//! The matter, step by step, as a file that the script with curl reads too.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::Trouble;
use crate::api::Api;

/// The matter of 2017 to 2020, as far as it was reported.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Matter {
    #[serde(rename = "matter")]
    named: Named,
    steps: Vec<Step>,
    #[serde(rename = "comes-to")]
    comes_to: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    reference: String,
    title: String,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Step {
    Open { open: Value },
    Record { case: String, entries: Value },
}

impl Matter {
    pub(crate) fn read() -> Result<Self, serde_json::Error> {
        serde_json::from_str(include_str!("../matter-2017-2020.json"))
    }

    pub(crate) fn cases(&self) -> impl Iterator<Item = &String> {
        self.comes_to.keys()
    }

    /// Carries it into the daemon, and gives the positions of what was recorded. Run again, it adds nothing: every step
    /// has a key.
    pub(crate) fn carry(&self, api: &Api) -> Result<BTreeSet<u64>, Trouble> {
        let Named { reference, title } = &self.named;
        api.post("/v1/matters", reference, &json!({ "reference": reference, "title": title }))?;
        let mut recorded = BTreeSet::new();
        for (number, step) in (1..).zip(&self.steps) {
            let key = format!("{reference}, step {number}");
            match step {
                Step::Open { open } => {
                    let mut open = open.clone();
                    if let Some(open) = open.as_object_mut() {
                        open.insert("matter".to_owned(), reference.as_str().into());
                        open.entry("title").or_insert_with(|| title.as_str().into());
                    }
                    api.post("/v1/cases", &key, &open)?;
                }
                Step::Record { case, entries } => {
                    let path = format!("/v1/cases/{case}/entries");
                    let done = api.post(&path, &key, &json!({ "entries": entries }))?;
                    let last = done.get("position").and_then(Value::as_u64).unwrap_or_default();
                    // They are recorded together, so they lie beside one another.
                    let count = entries.as_array().map_or(0, |entries| entries.len() as u64);
                    recorded.extend(last.saturating_sub(count.saturating_sub(1))..=last);
                }
            }
        }
        Ok(recorded)
    }

    /// Whether every case stands where it was reported to stand.
    pub(crate) fn stands(&self, api: &Api) -> Result<(), Trouble> {
        for (case, tracks) in &self.comes_to {
            let document = api.get(&format!("/v1/cases/{case}"))?;
            let all = document.get("tracks").and_then(Value::as_array).cloned().unwrap_or_default();
            for (track, wanted) in tracks {
                let of = |key: &str, one: &Value| one.get(key).and_then(Value::as_str).map(str::to_owned);
                let found = all.iter().find(|one| of("name", one).as_ref() == Some(track));
                let stands = found.and_then(|one| of("stage", one)).unwrap_or_default();
                if stands != *wanted {
                    let (case, track, wanted) = (case.clone(), track.clone(), wanted.clone());
                    return Err(Trouble::Stands { case, track, stands, wanted });
                }
            }
        }
        Ok(())
    }
}
