//! What the chronologies cross of each procedure, in words and for programs.

use comity_core::procedure::SharedProcedure;
use comity_language::Loaded;
use comity_testkit::{Coverage, Crossed, Kind, Point, Provision, Way, provisions};
use serde_json::{Value, json};

use crate::print::{Page, Table, Tone, cell};

/// What was crossed of one procedure.
pub(super) struct Covered {
    /// Its name.
    pub(super) procedure: String,
    /// The procedure itself.
    pub(super) loaded: SharedProcedure,
    /// Everything that can be crossed, each with whether it was.
    pub(super) points: Vec<Point>,
    /// Every way from stage to stage, each with whether it was gone.
    pub(super) ways: Vec<Way>,
    /// Its provisions, each with the rules that rest on it.
    pub(super) provisions: Vec<Provision>,
}

/// The procedures that some chronology is about, in the order of the libraries.
pub(super) fn covered<'l>(coverage: &Coverage, loaded: impl Iterator<Item = &'l Loaded>) -> Vec<Covered> {
    let with_its = loaded.filter_map(|one| Some((one, coverage.procedures.get(&one.name)?)));
    with_its
        .map(|(loaded, crossed): (&Loaded, &Crossed)| Covered {
            procedure: loaded.name.clone(),
            loaded: SharedProcedure::clone(&loaded.procedure),
            points: crossed.points(&loaded.procedure),
            ways: crossed.ways(&loaded.procedure),
            provisions: provisions(&loaded.procedure, crossed),
        })
        .collect()
}

impl Covered {
    /// How many points of a kind are crossed, of how many, and the names of the rest; none if there are none.
    pub(super) fn of_kind(&self, kind: Kind) -> Option<(usize, usize, Vec<&str>)> {
        let of_kind: Vec<&Point> = self.points.iter().filter(|point| point.kind == kind).collect();
        let missing: Vec<&str> =
            of_kind.iter().filter(|point| !point.is_crossed).map(|point| point.name.as_str()).collect();
        (!of_kind.is_empty()).then(|| (of_kind.len() - missing.len(), of_kind.len(), missing))
    }

    /// The provisions that no rule rests on.
    pub(super) fn without_rule(&self) -> impl Iterator<Item = &Provision> {
        self.provisions.iter().filter(|one| one.rules.is_empty())
    }

    /// The provisions of whose rules none is crossed.
    pub(super) fn without_test(&self) -> impl Iterator<Item = &Provision> {
        self.provisions.iter().filter(|one| one.has_rules_and_no_test())
    }

    /// The rules of which nothing is crossed, each once.
    pub(super) fn rules_without_test(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for rule in self.provisions.iter().flat_map(|one| &one.not_crossed) {
            if !found.contains(&rule.as_str()) {
                found.push(rule);
            }
        }
        found
    }
}

/// What is crossed, kind by kind, and then the provisions.
pub(super) fn page(all: &[Covered]) -> Page {
    let mut page = Page::new();
    for one in all {
        page.heading(&format!("{}: what the chronologies cross", one.procedure));
        let mut table = Table::new().at_most(0, 36);
        for (kind, (crossed, of, missing)) in
            Kind::ALL.into_iter().filter_map(|kind| Some((kind, one.of_kind(kind)?)))
        {
            let (tone, word) = if missing.is_empty() { (Tone::Good, "all") } else { (Tone::Heed, "some") };
            let word = if crossed == 0 { "none" } else { word };
            let rest =
                if missing.is_empty() { String::new() } else { format!("not: {}", missing.join("; ")) };
            let cells = [
                cell(Tone::Plain, kind.plural()),
                cell(Tone::Plain, format!("{crossed} of {of}")).right(),
                cell(tone, word),
                cell(Tone::Plain, rest),
            ];
            table.row(cells);
        }
        page.table(2, &table);
        page.append(&provisions_page(one));
    }
    page
}

fn provisions_page(one: &Covered) -> Page {
    let mut page = Page::new();
    let without_rule: Vec<String> =
        one.without_rule().map(|found| format!("{} {}", found.cite, found.heading)).collect();
    if !without_rule.is_empty() {
        page.labelled((Tone::Heed, "no rule"), 2, &without_rule.join("; "));
    }
    let rules = one.rules_without_test();
    if !rules.is_empty() {
        page.labelled((Tone::Heed, "no test"), 2, &rules.join("; "));
    }
    let without_test: Vec<&str> = one.without_test().map(|found| found.cite.as_str()).collect();
    if !without_test.is_empty() {
        page.labelled((Tone::Heed, "no test"), 2, &format!("of any rule on {}", without_test.join("; ")));
    }
    page
}

/// The same for programs.
pub(super) fn document(all: &[Covered]) -> Value {
    let point = |point: &Point| {
        json!({
            "kind": point.kind.plural(),
            "name": point.name,
            "rule": point.rule,
            "cites": point.basis.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "crossed": point.is_crossed,
        })
    };
    let provision = |one: &Provision| {
        json!({
            "cite": one.cite,
            "heading": one.heading,
            "rules": one.rules,
            "rules_not_crossed": one.not_crossed,
            "cited_by_a_test": one.is_cited_by_a_test,
        })
    };
    let totals = |one: &Covered| {
        let kinds = Kind::ALL.into_iter().filter_map(|kind| {
            let (crossed, of, _) = one.of_kind(kind)?;
            Some(json!({ "kind": kind.plural(), "crossed": crossed, "of": of }))
        });
        kinds.collect::<Vec<_>>()
    };
    let covered = |one: &Covered| {
        json!({
            "procedure": one.procedure,
            "totals": totals(one),
            "points": one.points.iter().map(point).collect::<Vec<_>>(),
            "provisions": one.provisions.iter().map(provision).collect::<Vec<_>>(),
        })
    };
    json!(all.iter().map(covered).collect::<Vec<_>>())
}
