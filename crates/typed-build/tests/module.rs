//! What is made hangs on the texts of the procedure alone, and what cannot be made is told.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::path::{Path, PathBuf};

use comity_typed_build::{ReadError, module};
use quote::quote;

const LIBRARY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../typed/workflows/norvane-calderia");

fn text(path: &Path) -> String {
    let module = module(path, None).unwrap();
    let tokens = module.called(&quote! { pub }, &module.name);
    prettyplease::unparse(&syn::parse2(tokens).unwrap())
}

fn copied(to: &Path) -> PathBuf {
    let folder = to.join("norvane-calderia");
    std::fs::create_dir_all(&folder).unwrap();
    for file in ["articles.md", "extradition.yaml", "waiver.yaml"] {
        std::fs::copy(Path::new(LIBRARY).join(file), folder.join(file)).unwrap();
    }
    folder.join("extradition.yaml")
}

#[test]
fn the_same_texts_make_the_same_module_wherever_they_lie() {
    let folder = tempfile::tempdir().unwrap();
    let here = text(&Path::new(LIBRARY).join("extradition.yaml"));
    assert_eq!(here, text(&copied(folder.path())));
    assert!(here.starts_with("/// Extradition from Calderia to Norvane."), "{}", &here[..200]);
    let home = folder.path().to_string_lossy().into_owned();
    assert!(!here.contains(&home) && !here.contains(env!("CARGO_MANIFEST_DIR")));
}

#[test]
fn two_names_that_become_one_are_told_with_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = copied(folder.path());
    let text = std::fs::read_to_string(&file).unwrap();
    let twice = "  arrest.type: {title: Kind of the arrest, type: {one-of: [planned, by-chance]}}\n";
    let text = text.replace(twice, &format!("{twice}  arrest-type: {{title: The same, type: text}}\n"));
    let text = text.replace("may-record: [arrest.type,", "may-record: [arrest.type, arrest-type,");
    std::fs::write(&file, text).unwrap();
    let error = module(&file, None).unwrap_err();
    let said = error.to_string();
    assert!(matches!(error, ReadError::SameName { .. }), "{said}");
    assert!(said.contains("`arrest.type` and `arrest-type` both become `ArrestType`"), "{said}");
}

#[test]
fn a_path_that_lies_in_no_library_is_told() {
    for path in ["extradition.yaml", "/extradition.yaml"] {
        assert!(
            matches!(module(Path::new(path), None), Err(ReadError::NoPath { .. } | ReadError::Flaws(_))),
            "{path}"
        );
    }
    let elsewhere = module(&Path::new(LIBRARY).join("extradition.yaml"), Some(Path::new("/somewhere")));
    assert!(matches!(elsewhere, Err(ReadError::NoPath { .. })));
}

/// Where a method leads: the type between `Prepared<Self, ` and its end.
fn leads_to(text: &str, stage: &str, method: &str) -> String {
    let handle =
        text.split(&format!("impl Case<{stage}>")).nth(1).unwrap_or_else(|| panic!("nothing at {stage}"));
    let method = handle.split(&format!("pub fn {method}(")).nth(1).unwrap_or_else(|| panic!("no {method}"));
    let whole: String = method.split('{').next().unwrap().split_whitespace().collect();
    whole.split("Prepared<Self,").nth(1).unwrap().trim_end_matches([',', '>']).to_owned()
}

#[test]
fn what_a_condition_or_a_circumstance_decides_is_among_the_stages_to_which_an_act_leads() {
    let folder = tempfile::tempdir().unwrap();
    let file = copied(folder.path());
    let yaml = std::fs::read_to_string(&file).unwrap();
    let returned = "  returned:
    title: The court sends the request back
    by: requested/court
    moves:
      request: before-court -> awaited
      custody:
        - {from: held, to: release-due, when: offence.in-absence is yes}
        # A move in words is what may say `else stays`.
        - release-due -> at-liberty, else stays
    cite: treaty 7
";
    std::fs::write(
        &file,
        yaml.replacen(
            "  withdrawn:\n    title: The request is",
            &format!("{returned}  withdrawn:\n    title: The request is"),
            1,
        ),
    )
    .unwrap();
    let text = text(&file);
    // The act leads to `awaited`, from which the condition moves the request if its documents are there.
    assert_eq!(
        leads_to(&text, "tracks::request::BeforeCourt", "returned"),
        "tracks::request::AwaitedOrBeforeCourt"
    );
    // With a condition of its own the move may not be taken, and then the track stays.
    assert_eq!(leads_to(&text, "tracks::custody::Held", "returned"), "tracks::custody::HeldOrReleaseDue");
    // Without one it is taken, whatever is said of elsewhere.
    assert_eq!(leads_to(&text, "tracks::custody::ReleaseDue", "returned"), "Case<tracks::custody::AtLiberty");
    assert_eq!(leads_to(&text, "tracks::custody::Held", "court_refuses"), "Case<tracks::custody::ReleaseDue");
}
