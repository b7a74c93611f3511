//! Bad input: nothing that stands in a file makes the reader stop, hang or fall.

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use comity_language::library::InMemory;
use comity_language::{
    Source, format, load, procedure_schema, read_articles, read_calendar, read_chronology, read_notes,
};
use proptest::prelude::*;

fn codes(bytes: impl Into<Vec<u8>>) -> Vec<&'static str> {
    let files = InMemory::default().with("a/b.yaml", bytes);
    load(&files).diagnostics.iter().map(|found| found.code.word()).collect()
}

#[test]
fn a_file_of_another_kind_is_named_for_what_it_is() {
    let check = |bytes: &[u8], expected: &str| {
        let found = codes(bytes);
        assert!(found.contains(&expected), "{expected} is not among {found:?}");
    };
    check(b"", "empty-file");
    check(b"# only a comment\n", "empty-file");
    check(b"title: \xff\xfe\n", "not-utf8");
    check("\u{feff}comity: 1\n".as_bytes(), "syntax");
    check(b"%YAML 1.1\n---\ncomity: 1\n", "tag");
    check(b"- a\n- b\n", "wrong-kind");
    check(b"just a text", "wrong-kind");
    check(b"? [a, b]\n: c\n", "bad-key");
    check(b": c\n", "bad-key");
    check(b"a: *a\n", "anchor");
    check(b"a: &a {b: *a}\n", "anchor");
    check(b"a: {b: [c\n", "syntax");
    check(b"a: \"\\q\"\n", "syntax");
    check(b"\x00", "syntax");
}

#[test]
fn huge_and_deep_files_are_refused_at_once() {
    let start = Instant::now();
    assert_eq!(codes("a: b\n".repeat(300_000)), ["too-large"]);
    assert_eq!(codes("[".repeat(1_000_000)), ["too-deep"]);
    assert_eq!(codes(format!("a: {}", "{b: ".repeat(200_000))), ["too-deep"]);
    let nested: Vec<_> = (0..200).map(|depth| " ".repeat(depth)).collect();
    assert_eq!(codes(nested.join("a:\n")), ["too-deep"]);
    assert_eq!(codes(format!("a: [{}]", "x,".repeat(200_000))), ["too-many-nodes"]);
    let keys: Vec<_> = (0..40_000).map(|key| format!("k{key}: v")).collect();
    assert_eq!(codes(keys.join("\n")).len(), 200);
    let aliases = format!("a: &a [x]\nb: [{}]\n", "*a,".repeat(20_000));
    assert!(codes(aliases).contains(&"anchor"));
    let guard =
        format!("comity: 1\nconditions: {{a: {{title: A, when: \"{}\", cite: b 1}}}}\n", "(".repeat(900_000));
    assert!(codes(guard).contains(&"bad-guard"));
    let guard = format!("conditions:\n  a:\n    when: {}\n", "a is b\n      and ".repeat(50_000));
    assert!(codes(guard).contains(&"bad-guard"));
    assert!(start.elapsed() < Duration::from_mins(1), "{:?}", start.elapsed());
}

#[test]
fn the_library_reads_without_a_word() {
    let library = load(&common::library());
    assert!(library.diagnostics.is_empty(), "{:?}", library.diagnostics);
    let loaded = library.procedure("norvane-calderia/extradition").unwrap();
    let texts: Vec<_> = loaded.texts.iter().map(|text| text.path.as_str()).collect();
    let folder = "norvane-calderia";
    let expected = [
        format!("{folder}/extradition.yaml"),
        format!("{folder}/articles.md"),
        format!("{folder}/NOTES.md"),
        "calendars/calderia.yaml".to_owned(),
    ];
    assert_eq!(texts, expected);
    assert_eq!(loaded.notes.not_encoded, "Costs.");
    let other = load(&common::changed("norvane-calderia/NOTES.md", &[("yes", "Yes")]));
    assert_ne!(loaded.digest_of_text, other.procedure(&loaded.name).unwrap().digest_of_text);
}

#[test]
fn the_folders_of_this_repository_read_without_a_word() {
    let workflows = concat!(env!("CARGO_MANIFEST_DIR"), "/../../workflows");
    let files = comity_language::library::Disk::new(workflows);
    let library = load(&files);
    let said: String = library.diagnostics.iter().map(ToString::to_string).collect();
    assert!(said.is_empty(), "{said}");
    assert!(!library.procedures.is_empty());
}

#[test]
fn a_link_to_its_own_folder_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("a")).unwrap();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("a/round.yaml")).unwrap();
    std::os::unix::fs::symlink("gone", folder.path().join("a/gone.yaml")).unwrap();
    let library = load(&comity_language::library::Disk::new(folder.path()));
    let codes: Vec<_> = library.diagnostics.iter().map(|found| found.code.word()).collect();
    assert_eq!(codes, ["missing-file", "unreadable-file"]);
    let library = load(&comity_language::library::Disk::new(folder.path().join("nowhere")));
    assert_eq!(library.diagnostics[0].code.word(), "missing-file");
}

#[test]
fn the_schema_knows_every_key_of_the_sample() {
    let schema = procedure_schema().to_string();
    for line in common::text(common::EXTRADITION).lines().filter(|line| line.starts_with("    ")) {
        let Some((key, _)) = line.trim().split_once(':') else { continue };
        let is_a_key_of_the_language = !key.contains(['{', '-', '"', '#', '.']) && key.len() > 3;
        if is_a_key_of_the_language
            && !["request", "preparing", "lodged", "granted", "surrendered", "custody"].contains(&key)
        {
            let is_known = schema.contains(&format!("\"{key}\":"));
            assert!(is_known || line.starts_with("      "), "{key}");
        }
    }
    assert_eq!(procedure_schema()["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(!schema.contains("null"));
}

/// Text made of the words that files are made of, so that a random one gets far.
fn pieces() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("comity: 1\n"),
        Just("clocks:\n"),
        Just("  a:\n"),
        Just("    when: "),
        Just("- "),
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(", "),
        Just(": "),
        Just("\n"),
        Just("  "),
        Just("# c\n"),
        Just("\""),
        Just("'"),
        Just("a is b"),
        Just(" and "),
        Just("not "),
        Just("("),
        Just(")"),
        Just(" -> "),
        Just("else stays"),
        Just("&a "),
        Just("*a"),
        Just("|\n"),
        Just(">-\n"),
        Just("é"),
        Just("\\"),
        Just("\t"),
        Just("| "),
        Just("## s\n"),
        Just("# t\n"),
        Just("|---|---|\n"),
        Just("when | what happened |\n"),
        Just("2027-03-02 23:30"),
        Just("late record, "),
        Just("refused: "),
        Just("zone: Asia/Seoul\n"),
        Just("procedure: a/b\n"),
        Just("cite: "),
        Just(" because "),
        Just("### 9(1) x\n"),
        Just("Mark: seen\n"),
        Just("## Reading 1: q\n"),
        Just("\r\n"),
        Just(";"),
        Just("annul "),
    ];
    proptest::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

fn read_everything(text: &str) {
    let source = Arc::new(Source::new("a/b", text));
    let _ = load(
        &InMemory::default().with("a/b.yaml", text).with("a/NOTES.md", text).with("a/articles.md", text),
    );
    let sheet = Arc::new(Source::new("a/b.chronology.csv", text));
    let said = [
        read_chronology(&sheet).1,
        read_articles(&source).1,
        read_notes(&source).1,
        read_calendar(&source).1,
        read_chronology(&source).1,
    ];
    for diagnostic in said.iter().flatten() {
        assert!(!diagnostic.to_string().is_empty());
    }
    match format(&source) {
        Ok(text) => assert_eq!(format(&Source::new("a/b", text.as_str())), Ok(text)),
        Err(found) => assert!(found.iter().all(|found| found.code.word() != "not-kept"), "{text:?}"),
    }
}

/// A chronology as a spreadsheet would export it, with every field in quotation marks.
fn as_a_sheet(chronology: &str) -> String {
    let record = |line: &str| match line.strip_prefix('|').and_then(|line| line.strip_suffix('|')) {
        Some(cells) => {
            cells.split('|').map(|cell| format!("\"{}\"", cell.trim())).collect::<Vec<_>>().join(",")
        }
        None => match line.split_once(": ") {
            Some((key, value)) if !key.contains(' ') => format!("{key},\"{value}\""),
            _ => format!("\"{line}\""),
        },
    };
    let lines = chronology.lines().filter(|line| !line.starts_with("|--"));
    lines.map(record).collect::<Vec<_>>().join("\r\n")
}

#[test]
fn the_sample_is_read_from_a_sheet_too() {
    let text = as_a_sheet(&common::text("norvane-calderia/extradition.chronology.md"));
    let (chronology, told) = read_chronology(&Arc::new(Source::new("a/b.chronology.csv", text)));
    assert!(told.is_empty(), "{told:?}");
    assert!(chronology.unwrap().sections[0].rows.len() > 5);
}

/// The sample with one small thing changed at a random place.
fn nearly() -> impl Strategy<Value = String> {
    let chronology = common::text("norvane-calderia/extradition.chronology.md");
    let texts = [common::text(common::EXTRADITION), as_a_sheet(&chronology), chronology];
    let insert = prop_oneof![
        Just(""),
        Just(" "),
        Just("\n"),
        Just(":"),
        Just(" # c"),
        Just("\n# c\n"),
        Just("{"),
        Just("]"),
        Just("\""),
        Just("'"),
        Just("-"),
        Just("|"),
        Just("("),
        Just(","),
        Just("\t"),
        Just("\n    # own\n"),
        Just("\n\n"),
    ];
    let text = prop::sample::select(texts.to_vec());
    (text, any::<prop::sample::Index>(), insert, 0..3_usize).prop_map(|(text, at, insert, cut)| {
        let at = at.index(text.len());
        let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or("").to_owned();
        format!("{}{insert}{}", part(0..at), part((at + cut).min(text.len())..text.len()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_a_reader_fall(text in any::<String>()) {
        read_everything(&text);
    }

    #[test]
    fn no_text_of_our_words_makes_a_reader_fall(text in pieces()) {
        read_everything(&text);
    }

    #[test]
    fn no_small_mistake_makes_a_reader_fall(text in nearly()) {
        read_everything(&text);
    }
}
