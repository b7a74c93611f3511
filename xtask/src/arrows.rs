//! `cargo xtask arrows`: which crate may know which. Dependencies point towards meaning.
//!
//! Only what ends up in a program counts. What a crate needs for its own tests and benches is free.

use std::collections::{BTreeMap, BTreeSet};

use crate::failure::Failure;
use crate::run::Line;

/// Which crates of the workspace a crate may know.
enum Knows {
    Only(&'static [&'static str]),
    All,
}

/// One row for each crate of the workspace.
const CRATES: &[(&str, Knows)] = &[
    ("comity-core", Knows::Only(&[])),
    ("comity-store", Knows::Only(&["comity-core"])),
    ("comity-verify", Knows::Only(&[])),
    ("comity-language", Knows::Only(&["comity-core"])),
    ("comity-draw", Knows::Only(&["comity-core"])),
    ("comity-testkit", Knows::Only(&["comity-core", "comity-language"])),
    ("comity-runner", Knows::Only(&["comity-core", "comity-language", "comity-store"])),
    ("comity-sheet", Knows::Only(&["comity-core", "comity-language", "comity-store", "comity-runner"])),
    ("comity-statistics", Knows::Only(&["comity-core"])),
    ("comity-evidence", Knows::Only(&["comity-core", "comity-runner", "comity-sheet", "comity-store"])),
    (
        "comity-server",
        Knows::Only(&[
            "comity-core",
            "comity-deliver",
            "comity-draw",
            "comity-evidence",
            "comity-language",
            "comity-runner",
            "comity-sheet",
            "comity-statistics",
            "comity-store",
            "comity-testkit",
        ]),
    ),
    ("comity-deliver", Knows::Only(&["comity-core", "comity-runner", "comity-store"])),
    ("comity", Knows::All),
    ("comity-typed", Knows::Only(&["comity-core", "comity-runner", "comity-typed-macros"])),
    // These run while a program is compiled, and are not in it.
    ("comity-typed-macros", Knows::Only(&["comity-typed-build"])),
    ("comity-typed-build", Knows::Only(&["comity-core", "comity-language"])),
    ("comity-typed-library", Knows::All),
    ("comity-fuzz", Knows::Only(&["comity-core", "comity-language", "comity-store", "comity-verify"])),
    ("comity-oracles", Knows::All),
    ("comity-tests", Knows::All),
    ("comity-example-treaty-tests", Knows::Only(&["comity-core", "comity-language", "comity-testkit"])),
    ("comity-example-over-http", Knows::Only(&[])),
    (
        "comity-example-back-office",
        Knows::Only(&["comity-core", "comity-language", "comity-runner", "comity-store", "comity-typed"]),
    ),
    (
        "comity-example-desk",
        Knows::Only(&["comity-core", "comity-language", "comity-runner", "comity-store"]),
    ),
    (
        "comity-example-migrate",
        Knows::Only(&["comity-core", "comity-language", "comity-runner", "comity-store"]),
    ),
    ("xtask", Knows::Only(&[])),
];

/// What a crate may not reach, not even by way of another.
const FAR_FROM: &[(&str, &[&str], &str)] = &[(
    "comity-core",
    &["tokio", "sled", "serde", "tracing", "async-trait", "rand"],
    "a fold waits for nothing, writes nothing and reads nothing but its arguments",
)];

/// What a crate may not reach in a program that asks for none of its features. What macros are made of is in no program.
const FAR_BY_ITSELF: &[(&str, &[&str], &str)] = &[(
    "comity-typed",
    &["tokio", "sled", "granit-parser", "comity-language"],
    "types need nothing but the core at run time",
)];

/// What one crate alone may depend on.
const KEPT_BY: &[(&str, &str, &str)] = &[
    ("sled", "comity-store", "ask the journal instead"),
    ("axum", "comity-server", "take the router that `comity-server` builds"),
    ("granit-parser", "comity-language", "take the procedure that `comity-language` has read"),
    (
        "opentelemetry",
        "comity-server",
        "say it through `tracing`; what is told of a span is decided in one place",
    ),
    (
        "opentelemetry_sdk",
        "comity-server",
        "say it through `tracing`; what is told of a span is decided in one place",
    ),
];

/// Programs as somebody else writes them: nothing is kept from them.
const OUTSIDERS: &[&str] = &["comity-example-over-http", "comity-example-back-office"];

/// The direct dependencies of each package that a crate of the workspace reaches.
pub(crate) type Graph = BTreeMap<String, BTreeSet<String>>;

pub(crate) fn run() -> Result<(), Failure> {
    let members = members()?;
    let mut wrong = rows_missing(&members);
    let mut own = Graph::new();
    for member in &members {
        // One tree for each, because features that another crate asks for are not this crate's doing.
        let tree = Line::new(&format!(
            "cargo tree --package {member} --all-features --edges normal,build --prefix depth --no-dedupe --format {{p}}"
        ))
        .output()?;
        let graph = read_tree(&tree);
        wrong.extend(far_from(FAR_FROM, member, &graph));
        own.insert(member.clone(), graph.get(member).cloned().unwrap_or_default());
    }
    wrong.extend(violations(&own));
    wrong.extend(by_itself()?);
    Failure::if_any(wrong)
}

fn by_itself() -> Result<Vec<String>, Failure> {
    let mut wrong = Vec::new();
    for (member, _, _) in FAR_BY_ITSELF {
        let tree = Line::new(&format!(
            "cargo tree --package {member} --edges normal,no-proc-macro --prefix depth --no-dedupe --format {{p}}"
        ))
        .output()?;
        wrong.extend(far_from(FAR_BY_ITSELF, member, &read_tree(&tree)));
    }
    Ok(wrong)
}

fn members() -> Result<Vec<String>, Failure> {
    let tree =
        Line::new("cargo tree --workspace --depth 0 --edges normal --prefix none --format {p}").output()?;
    Ok(tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}

/// Reads what `cargo tree --prefix depth` prints: on each line the depth, then the package.
fn read_tree(tree: &str) -> Graph {
    let mut graph = Graph::new();
    let mut above: Vec<String> = Vec::new();
    for line in tree.lines() {
        let digits = line.chars().take_while(char::is_ascii_digit).count();
        let (depth, package) = line.split_at(digits);
        let (Ok(depth), Some(name)) = (depth.parse::<usize>(), package.split_whitespace().next()) else {
            continue;
        };
        above.truncate(depth);
        if let Some(parent) = above.last() {
            graph.entry(parent.clone()).or_default().insert(name.to_owned());
        }
        graph.entry(name.to_owned()).or_default();
        above.push(name.to_owned());
    }
    graph
}

fn rows_missing(members: &[String]) -> Vec<String> {
    let unknown = members.iter().filter(|member| knows(member).is_none());
    unknown
        .map(|member| {
            format!("{member} has no row in xtask/src/arrows.rs; decide whom it may know, and add one")
        })
        .collect()
}

fn knows(member: &str) -> Option<&'static Knows> {
    CRATES.iter().find(|(name, _)| *name == member).map(|(_, knows)| knows)
}

/// What is wrong with the direct dependencies of the workspace's crates.
pub(crate) fn violations(own: &Graph) -> Vec<String> {
    let mut wrong = Vec::new();
    for (member, dependencies) in own {
        for dependency in dependencies {
            wrong.extend(arrow(member, dependency, own));
            wrong.extend(kept(member, dependency));
        }
    }
    wrong.extend(circle(own));
    wrong
}

fn arrow(from: &str, to: &str, own: &Graph) -> Option<String> {
    let Some(Knows::Only(allowed)) = knows(from) else { return None };
    if !own.contains_key(to) || allowed.contains(&to) {
        return None;
    }
    let may = if allowed.is_empty() { "no crate of the workspace".to_owned() } else { allowed.join(", ") };
    Some(format!(
        "{from} -> {to}: {from} may know {may}; move what it needs to where both may see it, or pass it in"
    ))
}

fn kept(from: &str, to: &str) -> Option<String> {
    let (_, keeper, instead) = KEPT_BY.iter().find(|(kept, _, _)| *kept == to)?;
    (from != *keeper && !OUTSIDERS.contains(&from))
        .then(|| format!("{from} -> {to}: only {keeper} may depend on {to}; {instead}"))
}

/// Finds what `member` must not reach, with the way that leads there.
type Far = [(&'static str, &'static [&'static str], &'static str)];

fn far_from(far: &Far, member: &str, graph: &Graph) -> Vec<String> {
    let rows = far.iter().filter(|(name, _, _)| *name == member);
    rows.flat_map(|(_, far, why)| {
        far.iter().filter_map(move |name| {
            let way = way(graph, member, name)?;
            Some(format!("{}: {member} must not reach {name}: {why}; find another way", way.join(" -> ")))
        })
    })
    .collect()
}

/// The way from one package to another, the first that is found.
fn way(graph: &Graph, from: &str, to: &str) -> Option<Vec<String>> {
    let mut ways = vec![vec![from.to_owned()]];
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop() {
        for next in way.last().and_then(|last| graph.get(last)).into_iter().flatten() {
            let further: Vec<String> = way.iter().cloned().chain([next.clone()]).collect();
            if next == to {
                return Some(further);
            }
            if seen.insert(next.clone()) {
                ways.push(further);
            }
        }
    }
    None
}

/// The first circle of crates that know one another.
fn circle(own: &Graph) -> Option<String> {
    let way = own.keys().find_map(|member| way(own, member, member))?;
    Some(format!("{}: a circle; one of these arrows must go", way.join(" -> ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(arrows: &[(&str, &[&str])]) -> Graph {
        let mut graph = Graph::new();
        for (from, to) in arrows {
            graph.insert((*from).to_owned(), to.iter().map(|name| (*name).to_owned()).collect());
        }
        graph
    }

    fn check(arrows: &[(&str, &[&str])], expected: &[&str]) {
        let found = violations(&graph(arrows));
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{found}");
        }
    }

    #[test]
    fn the_arrows_of_the_design_are_in_order() {
        check(
            &[
                ("comity-core", &["jiff"]),
                ("comity-store", &["comity-core", "sled"]),
                ("comity-language", &["comity-core", "granit-parser"]),
                ("comity-testkit", &["comity-core", "comity-language"]),
                ("comity-runner", &["comity-core", "comity-language", "comity-store"]),
                ("comity", &["comity-core", "comity-runner", "comity-testkit"]),
            ],
            &[],
        );
    }

    #[test]
    fn the_core_knows_nobody() {
        check(
            &[("comity-core", &["comity-language"]), ("comity-language", &[])],
            &["comity-core -> comity-language: comity-core may know no crate of the workspace"],
        );
    }

    #[test]
    fn the_runner_does_not_know_the_testkit() {
        check(
            &[("comity-runner", &["comity-testkit"]), ("comity-testkit", &[])],
            &["comity-runner -> comity-testkit"],
        );
    }

    #[test]
    fn sled_stays_in_the_store_and_yaml_in_the_language() {
        check(
            &[("comity", &["granit-parser", "sled"]), ("comity-store", &["sled"])],
            &["comity -> granit-parser: only comity-language", "comity -> sled: only comity-store"],
        );
    }

    #[test]
    fn a_circle_is_named_once() {
        check(
            &[("comity", &["comity-tests"]), ("comity-tests", &["comity"])],
            &["comity -> comity-tests -> comity: a circle"],
        );
    }

    #[test]
    fn what_the_core_must_not_reach_is_found_behind_others() {
        let graph = graph(&[("comity-core", &["uuid"]), ("uuid", &["rand"]), ("rand", &[])]);
        let found = far_from(FAR_FROM, "comity-core", &graph);
        assert!(
            found.first().is_some_and(|line| line.starts_with("comity-core -> uuid -> rand:")),
            "{found:?}"
        );
    }

    #[test]
    fn what_others_reach_is_free() {
        let graph = graph(&[("comity-store", &["tokio"]), ("tokio", &[])]);
        assert_eq!(far_from(FAR_FROM, "comity-store", &graph), Vec::<String>::new());
    }

    #[test]
    fn a_new_crate_needs_a_row() {
        assert_eq!(rows_missing(&["comity-core".to_owned(), "comity-new".to_owned()]).len(), 1);
    }

    #[test]
    fn a_tree_is_read_by_its_depths() {
        let read = read_tree("0a v1 (/somewhere)\n1b v1\n2c v1 (proc-macro)\n1d v1\n");
        assert_eq!(read, graph(&[("a", &["b", "d"]), ("b", &["c"]), ("c", &[]), ("d", &[])]));
    }
}
