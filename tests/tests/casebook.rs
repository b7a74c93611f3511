//! Public cases: each limit is computed as the casebook says, and its page is what the files say.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::path::Path;

use comity_tests::casebook::{cases, page, replay};
use comity_tests::shipped::{library, workflows};
use comity_tests::{coverage, procedures};

#[test]
fn every_public_case_holds() {
    let library = library();
    let mut wrong = Vec::new();
    for (name, case) in cases().unwrap() {
        wrong.extend(replay(&case, library).into_iter().map(|one| format!("{name}: {one}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_limit_that_is_computed_otherwise_is_noticed() {
    let library = library();
    let mut found = 0;
    for (name, case) in cases().unwrap() {
        for place in 0..case.limits.len() {
            let mut spoilt = case.clone();
            spoilt.limits[place].computed = "1999-12-31".to_owned();
            let wrong = replay(&spoilt, library);
            assert!(wrong.iter().any(|one| one.contains("is not 1999-12-31")), "{name}: {wrong:?}");
            found += 1;
        }
    }
    assert!(found > 0, "the casebook holds no limit");
}

#[test]
fn a_difference_is_explained_and_what_agrees_is_not() {
    let library = library();
    let (_, case) = cases().unwrap().into_iter().find(|(_, case)| !case.limits.is_empty()).unwrap();
    let told = |stated: &str, because: Option<&str>| {
        let mut case = case.clone();
        let limit = &mut case.limits[0];
        limit.stated = Some(stated.to_owned());
        limit.stated_by = Some("a ministry".to_owned());
        limit.because = because.map(str::to_owned);
        replay(&case, library)
    };
    let computed = case.limits[0].computed.clone();
    assert!(told("1999-12-31", None).iter().any(|one| one.contains("nothing says why")));
    assert!(told(&computed, Some("it does not")).iter().any(|one| one.contains("something says why")));
    assert_eq!(told(&computed, None), Vec::<String>::new());
    assert_eq!(told("1999-12-31", Some("the first day counts")), Vec::<String>::new());
}

#[test]
fn the_pages_are_what_they_are_made_from() {
    let (library, cases) = (library(), cases().unwrap());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = std::fs::read_to_string(root.join("workflows/README.md")).unwrap();
    let pages = [
        ("docs/casebook.md", page(&cases, library).unwrap()),
        ("docs/coverage.md", coverage::page(library)),
        ("workflows/README.md", procedures::readme(&readme, library, &workflows()).unwrap()),
    ];
    for (name, page) in pages {
        let path = root.join(name);
        if std::env::var_os("COMITY_BLESS").is_some() {
            std::fs::write(&path, &page).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == page, "{name} is old: run this test with COMITY_BLESS=1, and read what changed");
    }
}

#[test]
fn the_page_tells_of_every_limit() {
    let cases = cases().unwrap();
    let page = page(&cases, library()).unwrap();
    for (name, case) in &cases {
        assert!(page.contains(&format!("## {}", case.title)), "{name}");
        for limit in &case.limits {
            assert!(page.contains(&limit.computed), "{name}: {}", limit.what);
        }
    }
}
