//! How much of each instrument the treaty library encodes, by article and by how far its text was verified.

use std::collections::{BTreeMap, BTreeSet};

use comity_core::procedure::{Citation, Clock, Length, Verified};
use comity_language::Library;
use comity_language::library::Loaded;
use comity_testkit::{Crossed, provisions};

use crate::page::row;

const HEAD: &str = "# Coverage of the instruments

Generated from the treaty library; `COMITY_BLESS=1 cargo test -p comity-tests --test casebook` writes it anew.

For each article that the library knows: how far its text was verified, and which procedures have a rule that cites it. An
article that no rule cites is there to be read; what was left out on purpose stands in the notes of each folder under *Not
encoded*, with the reason. The marks are explained in [the treaty library](../workflows/README.md#how-far-a-provision-was-verified).
";

/// An article as the procedures together use it.
struct Used {
    number: String,
    heading: String,
    verified: Verified,
    by: BTreeSet<String>,
}

/// The page of the whole library.
#[must_use]
pub fn page(library: &Library) -> String {
    let instruments = instruments(library);
    let mut lines = vec![
        HEAD.to_owned(),
        "| instrument | articles | cited by a rule | seen | summary | known | unverified |".to_owned(),
    ];
    lines.push("|---|--:|--:|--:|--:|--:|--:|".to_owned());
    for (title, articles) in &instruments {
        let cited = articles.iter().filter(|article| !article.by.is_empty()).count();
        let mut cells = vec![title.clone(), articles.len().to_string(), cited.to_string()];
        cells.extend(Verified::ALL.iter().map(|mark| marked(articles, *mark)));
        lines.push(row(&cells));
    }
    lines.extend(limits(library));
    for (title, articles) in &instruments {
        lines.push(format!("\n## {title}\n\n| | article | mark | cited by |\n|---|---|---|---|"));
        lines.extend(articles.iter().map(told));
    }
    lines.join("\n") + "\n"
}

/// How many articles bear a mark, and how many of these a rule cites.
fn marked(articles: &[Used], mark: Verified) -> String {
    let bearing = articles.iter().filter(|article| article.verified == mark);
    let (all, cited) = (bearing.clone().count(), bearing.filter(|article| !article.by.is_empty()).count());
    if all == 0 { String::new() } else { format!("{cited} of {all}") }
}

fn told(article: &Used) -> String {
    let by: Vec<&str> = article.by.iter().map(String::as_str).collect();
    let (number, heading) = (article.number.clone(), article.heading.clone());
    row(&[number, heading, article.verified.word().to_owned(), by.join(", ")])
}

/// Every instrument by its title, each article with the procedures that cite it.
fn instruments(library: &Library) -> BTreeMap<String, Vec<Used>> {
    let mut instruments: BTreeMap<String, Vec<Used>> = BTreeMap::new();
    for loaded in &library.procedures {
        let rests = provisions(&loaded.procedure, &Crossed::default());
        for (source, articles) in &loaded.articles {
            let known = instruments.entry(articles.title.clone()).or_insert_with(|| {
                let used = articles.articles.iter().map(|article| Used {
                    number: article.number.clone(),
                    heading: article.heading.clone(),
                    verified: article.verified,
                    by: BTreeSet::new(),
                });
                used.collect()
            });
            for article in known {
                let cite = format!("{source} {}", article.number);
                if rests.iter().any(|one| one.cite == cite && !one.rules.is_empty()) {
                    article.by.insert(loaded.name.clone());
                }
            }
        }
    }
    instruments
}

/// Every limit of every procedure, with what it rests on and how far that was verified.
fn limits(library: &Library) -> Vec<String> {
    let mut lines = vec!["\n## Every limit\n\n| procedure | limit | length | rests on | mark | when it runs out |\n|---|---|---|---|---|---|".to_owned()];
    for loaded in &library.procedures {
        lines.extend(loaded.procedure.clocks().iter().map(|(_, _, clock)| limit(loaded, clock)));
    }
    lines
}

fn limit(loaded: &Loaded, clock: &Clock) -> String {
    let length = match &clock.length {
        Length::Counted { length, .. } => length.to_string(),
        Length::NamedDay { .. } | Length::NamedLength { .. } => "as an authority names it".to_owned(),
    };
    let effect = clock.on_expiry.effect.word().to_owned();
    row(&[
        loaded.name.clone(),
        clock.title.clone(),
        length,
        clock.basis.to_string(),
        weakest(clock).to_owned(),
        effect,
    ])
}

/// The mark of the provision that was verified least.
fn weakest(clock: &Clock) -> &'static str {
    let marks = clock.basis.0.iter().filter_map(|cite| match cite {
        Citation::Article { verified, .. } => Some(*verified),
        Citation::Reading(_) => None,
    });
    let place = |mark: &Verified| Verified::ALL.iter().position(|known| known == mark);
    marks.max_by_key(place).map_or("", Verified::word)
}
