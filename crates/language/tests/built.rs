//! Files that build on others: what they say together, and what an author reads where they do not fit.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use comity_language::library::{InMemory, Library, Loaded, load_alone, read_source};
use comity_language::{format, load};

const BASE: &str = "norvane-calderia/extradition";
const OWN: &str = "norvane-calderia/from-osmark.yaml";

/// A file that builds on the made-up procedure.
fn fragment(more: &str) -> String {
    format!(
        "comity: 1\nprocedure: norvane-calderia/from-osmark\nversion: 1\ntitle: From Osmark\nbased-on: {BASE}\n{more}"
    )
}

fn with(more: &str) -> InMemory {
    common::library().with(OWN, fragment(more))
}

/// The library in which the sample leaves the deciding State open.
fn open(more: &str) -> InMemory {
    let text = common::text(common::EXTRADITION);
    let side = text.lines().find(|line| line.starts_with("  requested: {country")).unwrap();
    let text = text.replace(side, "").replacen(
        "kind: extradition\n",
        "kind: extradition\nleft-open: requested\n",
        1,
    );
    common::library().with(common::EXTRADITION, text).with(OWN, fragment(more))
}

#[track_caller]
fn told(library: &Library) -> String {
    library.diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn refused(more: &str, expected: &str) {
    let library = load(&with(more));
    assert!(library.procedure("norvane-calderia/from-osmark").is_none());
    assert_eq!(told(&library), expected);
}

const SIXTY: &str = "clocks:\n  formal-request: {length: 60 days, cite: treaty 9(4)}\n";

#[test]
fn a_row_changes_key_by_key_and_all_else_is_as_below() {
    let library = load(&with(SIXTY));
    assert_eq!(told(&library), "");
    let (base, own) =
        (library.procedure(BASE).unwrap(), library.procedure("norvane-calderia/from-osmark").unwrap());
    let clock = |loaded: &Loaded| {
        let rows = &loaded.file.clocks.0;
        rows.iter().find(|(name, _)| name.value == "formal-request").unwrap().1.clone()
    };
    assert_ne!(clock(base).length, clock(own).length);
    assert_eq!(clock(base).title.value, clock(own).title.value);
    assert_eq!(clock(base).met_by.0[0].0.value, clock(own).met_by.0[0].0.value);
    assert_eq!(base.file.acts.0.len(), own.file.acts.0.len());
    assert_ne!(base.procedure.meaning(), own.procedure.meaning());
}

#[test]
fn every_place_is_told_in_the_file_in_which_it_stands() {
    let library = load(&with(SIXTY));
    let own = library.procedure("norvane-calderia/from-osmark").unwrap();
    let place = |name: &str| {
        let row = own.draft.clocks.iter().find(|row| row.name.value == name).unwrap();
        let (file, place) = own.place(row.name.mark).unwrap();
        (file.to_owned(), place.line)
    };
    assert_eq!(place("formal-request"), (OWN.to_owned(), 7));
    let act = own.draft.acts.first().unwrap();
    let (file, place) = own.place(act.name.mark).unwrap();
    let line = common::text(common::EXTRADITION).lines().nth(place.line - 1).unwrap().to_owned();
    assert_eq!((file, line.trim()), (common::EXTRADITION, format!("{}:", act.name.value).as_str()));
}

#[test]
fn what_was_kept_of_it_is_enough_to_read_it_again() {
    let library = load(&with(SIXTY));
    let own = library.procedure("norvane-calderia/from-osmark").unwrap();
    let kept =
        own.texts.iter().fold(InMemory::default(), |files, text| files.with(&text.path, text.source.text()));
    let again = load_alone(&kept, OWN);
    assert_eq!(told(&again), "");
    assert_eq!(again.procedures[0].procedure.meaning(), own.procedure.meaning());
    assert_eq!(again.procedures[0].digest_of_text, own.digest_of_text);
}

#[test]
fn a_side_left_open_is_said_by_the_file_that_builds_on_it() {
    let library = load(&open("sides:\n  requested: {country: XO, zone: Europe/Lisbon}\n"));
    assert_eq!(told(&library), "");
    let names: Vec<_> = library.procedures.iter().map(|loaded| loaded.name.as_str()).collect();
    assert!(names.contains(&"norvane-calderia/from-osmark") && !names.contains(&BASE), "{names:?}");
    assert!(library.held_back.is_empty());
    assert_eq!(library.left_open, [common::EXTRADITION]);
}

#[test]
fn a_file_with_a_side_left_open_on_which_nothing_builds_is_told() {
    let library = load(&open(""));
    assert_eq!(
        told(&library),
        "norvane-calderia/from-osmark.yaml:5:11: error[bad-base]: this file does not say which State `requested` is, which \
         the file below leaves open\n5 | based-on: norvane-calderia/extradition\n  |           \
         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n  = write `sides:` with `requested: {country: …, zone: …}`\n",
    );
    let alone = load(&open("").with(OWN, fragment("").replace(&format!("based-on: {BASE}\n"), "")));
    assert!(
        told(&alone).contains(
            "norvane-calderia/extradition.yaml:7:12: error[bad-base]: a side is left open here, and no file that builds on \
             this one says which State it is\n7 | left-open: requested\n"
        ),
        "{}",
        told(&alone)
    );
    let names = [BASE, "norvane-calderia/from-osmark"];
    assert!(library.procedures.iter().all(|loaded| !names.contains(&loaded.name.as_str())));
}

#[test]
fn of_several_sides_left_open_each_is_said_once_and_what_is_not_said_is_told() {
    let both = |more: &str| {
        let text = common::text(common::EXTRADITION);
        let sides: String = text
            .lines()
            .filter(|line| line.contains("{country: X"))
            .fold(text.clone(), |text, line| text.replace(&format!("{line}\n"), ""));
        let sides = sides.replacen("sides:\n", "sides:\n  third: {country: XT, zone: Europe/Lisbon}\n", 1);
        let open = "kind: extradition\nleft-open: [requesting, requested]\n";
        let text = sides.replacen("kind: extradition\n", open, 1);
        load(&common::library().with(common::EXTRADITION, text).with(OWN, fragment(more)))
    };
    let requested = "sides:\n  requested: {country: XO, zone: Asia/Seoul}\n";
    let requesting = "  requesting: {country: XN, zone: Europe/Lisbon}\n";
    let library = both(&format!("{requested}{requesting}"));
    assert_eq!(told(&library), "");
    assert!(library.procedure("norvane-calderia/from-osmark").is_some());
    let half = both(requested);
    assert!(half.procedure("norvane-calderia/from-osmark").is_none());
    let told = told(&half);
    assert!(told.contains("does not say which State `requesting` is"), "{told}");
    assert!(!told.contains("`requested`"), "{told}");
}

#[test]
fn a_rule_changes_only_by_a_provision_of_its_own() {
    refused(
        "clocks:\n  formal-request: {length: 60 days}\n",
        "norvane-calderia/from-osmark.yaml:7:3: error[bad-base]: `formal-request` of `clocks` differs from \
         `norvane-calderia/extradition` and does not say by what right\n\
         7 |   formal-request: {length: 60 days}\n  |   ^^^^^^^^^^^^^^\n  \
         = write `cite:` with the protocol, reservation or declaration that changes it\n",
    );
}

#[test]
fn what_is_left_out_is_gone_and_cites_why() {
    // The act asked for the ground, so it says anew what it asks for.
    let acts = "acts:\n  arrested: {unless: {when: custody is over, cite: treaty 3}, cite: treaty 9(1)}\n";
    let leaves_out = |row: &str, cite: &str| format!("leaves-out:\n  {row}: {{cite: {cite}}}\n{acts}");
    let library = load(&with(&leaves_out("grounds/political-offence", "treaty 7")));
    assert_eq!(told(&library), "");
    assert!(library.procedure("norvane-calderia/from-osmark").unwrap().file.grounds.0.is_empty());

    refused(
        &leaves_out("grounds/political-offence", "treaty 99"),
        "norvane-calderia/from-osmark.yaml:7:44: error[unknown-article]: `treaty 99` is not in the articles of \
         that source\n7 |   grounds/political-offence: {cite: treaty 99}\n  |                                            ^^\n  \
         = cite an article that is there, or add it with its source\n",
    );
    refused(
        &leaves_out("grounds/politcal-offence", "treaty 7"),
        "norvane-calderia/from-osmark.yaml:7:3: error[bad-base]: `norvane-calderia/extradition` has no \
         `grounds/politcal-offence` that could be left out\n\
         7 |   grounds/politcal-offence: {cite: treaty 7}\n  |   ^^^^^^^^^^^^^^^^^^^^^^^^\n  \
         = did you mean `grounds/political-offence`?\n  \
         = write the section, a slash and the row, like `clocks/formal-request`\n",
    );
}

#[test]
fn a_stage_can_be_left_out_of_its_track_and_be_added_to_it() {
    let more = "leaves-out:\n  tracks/custody/held: {cite: treaty 7}\ntracks:\n  custody: {stages: {held: {title: In custody}}}\n";
    let library = load(&with(more));
    assert_eq!(told(&library), "");
    let own = library.procedure("norvane-calderia/from-osmark").unwrap();
    let custody = &own.file.tracks.0.iter().find(|(name, _)| name.value == "custody").unwrap().1;
    assert_eq!(custody.stages.0.last().unwrap().0.value, "held");
}

#[test]
fn a_base_that_is_elsewhere_or_not_there_or_goes_in_a_circle_is_told() {
    let based_on = |base: &str| {
        let text = fragment("").replace(BASE, base);
        told(&load(&common::library().with(OWN, text)))
    };
    assert!(based_on("norvane-calderia/exradition").contains(
        "from-osmark.yaml:5:11: error[bad-base]: there is no file `norvane-calderia/exradition.yaml` to build on"
    ));
    assert!(based_on("extradition").contains("`extradition` is no procedure of the folder of this file"));
    assert!(
        based_on("other/extradition")
            .contains("`other/extradition` is no procedure of the folder of this file")
    );
    assert!(
        based_on("../norvane-calderia/extradition").contains("is no procedure of the folder of this file")
    );
    let circle = based_on("norvane-calderia/from-osmark");
    assert!(circle.contains("`norvane-calderia/from-osmark` builds on this file in turn"), "{circle}");

    let chain = (0..6).fold(common::library(), |files, at| {
        let base = if at == 0 { BASE.to_owned() } else { format!("norvane-calderia/f{}", at - 1) };
        let name = format!("norvane-calderia/f{at}");
        let text = fragment("").replace(BASE, &base).replace("norvane-calderia/from-osmark", &name);
        files.with(format!("{name}.yaml"), text)
    });
    let told = told(&load(&chain));
    assert!(told.contains("more than 4 files stand one upon the other"), "{told}");
}

#[test]
fn a_flaw_that_the_change_makes_below_is_told_below_with_its_line() {
    let text = common::text(common::EXTRADITION);
    let library = load(&with("leaves-out:\n  facts/arrest.place: {cite: treaty 7}\n"));
    let told = told(&library);
    assert!(told.starts_with(common::EXTRADITION), "{told}");
    let line: usize = told.split(':').nth(1).unwrap().parse().unwrap();
    assert!(text.lines().nth(line - 1).unwrap().contains("arrest.place"), "{told}");
    // The file below is sound by itself, and yet what builds on it may not run.
    assert!(library.procedure("norvane-calderia/from-osmark").is_none());
}

#[test]
fn the_formatter_keeps_such_a_file_and_puts_its_keys_in_order() {
    let sides = "sides:\n  requested: {zone: Europe/Lisbon, country: XO}\n";
    let files = InMemory::default().with(OWN, fragment(&format!("{SIXTY}{sides}")));
    let source = read_source(&files, OWN).unwrap();
    let expected =
        format!("{}\nsides:\n  requested: {{country: XO, zone: Europe/Lisbon}}\n\n{SIXTY}", fragment(""));
    assert_eq!(format(&source), Ok(expected));
}
