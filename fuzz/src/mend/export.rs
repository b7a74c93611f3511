//! The lines of an export, and of the log of a bundle.

use base64ct::{Base64, Encoding};
use comity_verify::{Tree, hex};
use serde_json::{Map, Value, json};

use super::body::{Cases, Entry};
use super::{Mending, hashed};

const BEFORE_SUM: &str = ",\"sum\":\"";

/// The lines with sums that fit, which begin with `domain`; of an export also what its lines say of one another.
pub(crate) fn export(text: &str, domain: &[u8], mending: Mending) -> Vec<u8> {
    let mut lines: Vec<String> = text.lines().map(unsummed).collect();
    if mending.of_links() {
        tie(&mut lines);
    }
    let (mut before, mut out) = ([0; 32], Vec::new());
    for line in lines {
        before = hashed(&[domain, &before, line.as_bytes()]);
        out.extend(format!("{line}{BEFORE_SUM}{}\"}}\n", hex(&before)).into_bytes());
    }
    out
}

/// A line up to its sum.
fn unsummed(line: &str) -> String {
    let body = line.rfind(BEFORE_SUM).and_then(|at| line.get(..at));
    body.unwrap_or_else(|| line.strip_suffix('}').unwrap_or(line)).to_owned()
}

/// What the commits of an export add up to.
#[derive(Default)]
struct Sum {
    cases: Cases,
    tree: Tree,
    commits: u64,
}

fn tie(lines: &mut [String]) {
    let mut sum = Sum::default();
    for line in lines.iter_mut() {
        rewrite(line, |members| sum.commit(members));
    }
    for line in lines {
        rewrite(line, |members| sum.totals(members));
    }
}

/// Changes the members of a line, if it has any.
fn rewrite(line: &mut String, change: impl FnOnce(&mut Map<String, Value>) -> Option<()>) {
    let Ok(Value::Object(mut members)) = serde_json::from_str(&format!("{line}}}")) else { return };
    if change(&mut members).is_some()
        && let Ok(mut text) = serde_json::to_string(&members)
    {
        text.pop();
        *line = text;
    }
}

impl Sum {
    fn commit(&mut self, members: &mut Map<String, Value>) -> Option<()> {
        let case = uuid(members.get("case")?.as_str()?)?;
        members.get("commit")?;
        let (mut number, mut previous) = self.cases.0.get(&case).copied().unwrap_or_default();
        members.insert("commit".to_owned(), json!(self.tree.size() + 1));
        members.insert("seen".to_owned(), json!(number));
        for entry in members.get_mut("entries")?.as_array_mut()? {
            number = number.checked_add(1)?;
            let entry = entry.as_object_mut()?;
            let at = entry.get("at")?.as_i64()?.to_be_bytes();
            let payload = Base64::decode_vec(entry.get("payload")?.as_str()?).ok()?;
            let by = entry.get("by")?.as_str()?.as_bytes();
            previous = Entry { case, number, at: &at, by, payload: &payload, previous }.hash();
            entry.insert("hash".to_owned(), json!(hex(&previous)));
            self.tree.push(&previous);
        }
        self.cases.0.insert(case, (number, previous));
        self.commits += 1;
        Some(())
    }

    fn totals(&self, members: &mut Map<String, Value>) -> Option<()> {
        if members.contains_key("end") {
            members.insert("end".to_owned(), json!(self.tree.size()));
            members.insert("commits".to_owned(), json!(self.commits));
        } else {
            members.get("comity")?;
            members.insert("entries".to_owned(), json!(self.tree.size()));
        }
        members.insert("cases".to_owned(), json!(self.cases.0.len()));
        members.insert("root".to_owned(), json!(hex(&self.tree.root())));
        Some(())
    }
}

fn uuid(text: &str) -> Option<[u8; 16]> {
    let digits = text.replace('-', "");
    let mut bytes = [0; 16];
    (digits.len() == 32).then_some(())?;
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}
