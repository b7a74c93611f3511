//! What is made hangs on the texts of the procedure alone, and what cannot be made is told.

#![allow(clippy::unwrap_used, reason = "a test")]

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
