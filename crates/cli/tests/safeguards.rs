//! `comity check` on safeguards that say nothing, name nothing or contradict each other, and on a procedure built to explode.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::format_push_string,
    reason = "a test"
)]

mod common;

use std::fmt::Write as _;
use std::fs;

use common::{CALDERIA, Said, calderia, comity};
use tempfile::TempDir;

fn run(folder: &TempDir, args: &[&str]) -> Said {
    comity(folder.path(), args, &[])
}

/// The procedure of Calderia and Norvane with these safeguards, and the line on which they begin.
fn with(safeguards: &str) -> (TempDir, usize) {
    let folder = calderia();
    let path = folder.path().join(CALDERIA).join("incoming.yaml");
    let file = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{file}safeguards:\n{safeguards}")).unwrap();
    (folder, file.lines().count() + 1)
}

#[test]
fn a_safeguard_that_names_nothing_is_told_with_its_place_and_what_was_meant() {
    let check = |says: &str, place: (usize, usize), wanted: &[&str]| {
        let (folder, line) = with(&format!("  one:\n    title: T\n{says}    cite: treaty 12\n"));
        let place = format!("{CALDERIA}/incoming.yaml:{}:{}: error[unknown-name]", line + place.0, place.1);
        run(&folder, &["check", CALDERIA]).ends(3).says(&[&[place.as_str()], wanted].concat());
    };
    check("    never: custody is heldd\n", (3, 23), &["there is no stage `heldd`", "did you mean `held`?"]);
    check("    before: handed-ovr\n    requires: court-allows\n", (3, 13), &["there is no act `handed-ovr`"]);
    check(
        "    before: handed-over\n    requires: court-alows\n",
        (4, 15),
        &["there is no act or condition `court-alows`", "did you mean `court-allows`?"],
    );
    check(
        "    always-after: arrested\n    requires: released\n    within: formal\n",
        (5, 13),
        &["there is no clock `formal`", "name a clock that the procedure declares"],
    );
    check(
        "    act: released\n    only-by: requested/polis\n",
        (4, 14),
        &["there is no authority `requested/polis`", "did you mean `requested/police`?"],
    );
}

#[test]
fn of_safeguards_that_contradict_each_other_one_is_refuted_with_its_path() {
    let two = "  nobody-held:\n    title: Nobody is held\n    never: custody is held\n    cite: treaty 12\n\
               \x20 somebody-held:\n    title: Somebody may be held\n    possible: custody is held\n    cite: treaty 12\n";
    let (folder, _) = with(two);
    let said = run(&folder, &["check", CALDERIA]).ends(1);
    said.says(&["proved 16 of 17 properties", "refuted nobody-held (never custody is held): "]);
    let found = run(&folder, &["check", CALDERIA, "--json"]).ends(1).json();
    let properties = found["proofs"][0]["properties"].as_array().unwrap();
    let of = |name: &str| properties.iter().find(|one| one["name"] == name).unwrap()["verdict"].clone();
    assert_eq!((of("nobody-held"), of("somebody-held")), ("refuted".into(), "proved".into()));
    // Nothing is done before itself, and no case stands in two places at once.
    let (folder, _) =
        with("  itself:\n    title: T\n    before: released\n    requires: released\n    cite: treaty 12\n");
    run(&folder, &["check", CALDERIA])
        .ends(1)
        .says(&["refuted itself (released before released)", "then released"]);
    let both =
        "  both:\n    title: T\n    possible: custody is held and custody is free\n    cite: treaty 12\n";
    let (folder, _) = with(both);
    run(&folder, &["check", CALDERIA]).ends(1).says(&["refuted both (possible: ", "no path leads there"]);
}

#[test]
fn a_safeguard_that_nothing_can_break_is_proved_and_said_to_be_vacuous() {
    let never = "  one:\n    title: T\n    holds-in: custody is held and custody is free\n    holds: request is granted\n    cite: treaty 12\n";
    let (folder, _) = with(never);
    let said = run(&folder, &["check", CALDERIA]).fine();
    said.says(&["proved 16 properties", "vacuous one (wherever ", "what it speaks of never happens"]);
    let found = run(&folder, &["check", CALDERIA, "--json"]).fine().json();
    let properties = found["proofs"][0]["properties"].as_array().unwrap();
    let one = properties.iter().find(|one| one["name"] == "one").unwrap();
    assert_eq!((&one["verdict"], &one["vacuous"]), (&"proved".into(), &true.into()));
}

/// A procedure of tracks that know nothing of each other: four places to the power of their number.
fn exploding(tracks: usize) -> TempDir {
    let folder = calderia();
    let path = folder.path().join(CALDERIA).join("incoming.yaml");
    let file = fs::read_to_string(&path).unwrap();
    let (mut of_tracks, mut of_acts) = (String::new(), String::new());
    for at in 0..tracks {
        write!(
            of_tracks,
            "  room-{at}:\n    title: Room {at}\n    starts: a\n    stages:\n      a: {{title: A}}\n      b: {{title: B}}\n      \
             c: {{title: C}}\n      d: {{title: D, final: done}}\n"
        )
        .unwrap();
        for (name, from, to) in [("in", "a", "b"), ("on", "b", "c"), ("out", "c", "d")] {
            writeln!(
                of_acts,
                "  {name}-{at}: {{title: Go {name}, by: requested/desk, moves: {{room-{at}: {from} -> {to}}}, cite: treaty 12}}"
            )
            .unwrap();
        }
    }
    let file = file.replacen("\ntracks:\n", &format!("\ntracks:\n{of_tracks}"), 1);
    fs::write(&path, file.replacen("\nacts:\n", &format!("\nacts:\n{of_acts}"), 1)).unwrap();
    folder
}

#[test]
fn a_procedure_built_to_explode_is_undecided_and_never_proved() {
    let folder = exploding(30);
    let said = run(&folder, &["check", CALDERIA, "--bound", "3000"]).ends(1);
    said.says(&["over the first 3000 configurations", "undecided", "more configurations than the bound"]);
    let found = run(&folder, &["check", CALDERIA, "--bound", "3000", "--json"]).ends(1).json();
    let proof = &found["proofs"][0];
    assert_eq!((&proof["is_whole"], &proof["configurations"]), (&false.into(), &3000.into()));
    let properties = proof["properties"].as_array().unwrap();
    let stuck = properties.iter().find(|one| one["name"] == "never-stuck").unwrap();
    assert_eq!((&stuck["verdict"], &stuck["why"]), (&"undecided".into(), &"bound".into()));
}

fn shipped() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    common::copy_matter(&folder.path().join("workflows"));
    folder
}

/// The shipped library with a safeguard of the extradition procedure, and the path by which it is refuted, written down.
fn written(folder: TempDir, safeguard: &str) -> (TempDir, Said, String) {
    let file = folder.path().join("workflows/nz-kr/extradition.yaml");
    let text = fs::read_to_string(&file).unwrap();
    // The file ends with its safeguards.
    fs::write(&file, format!("{text}  one:\n    title: T\n{safeguard}    cite: act 14(5)\n")).unwrap();
    let path = "workflows/nz-kr/path.chronology.md";
    let args = ["check", "workflows/nz-kr/extradition.yaml", "--explain", "one", "--write-path", path];
    let said = run(&folder, &args);
    let chronology = fs::read_to_string(folder.path().join(path)).unwrap_or_default();
    (folder, said, chronology)
}

#[test]
fn a_path_that_rests_on_a_linked_case_is_written_with_that_case_and_plays() {
    for (safeguard, track) in [
        // The immunity is there as soon as the linked case is opened; the waiver takes acts there.
        ("    never: immunity is immune and request is with-foreign-ministry\n", "immune"),
        ("    never: immunity is waived\n", "waived"),
        ("    never: immunity is winding-down\n", "winding-down"),
    ] {
        let (folder, said, chronology) = written(shipped(), safeguard);
        said.ends(1).says(&["refuted", "written to workflows/nz-kr/path.chronology.md"]);
        assert!(chronology.contains("- immunity: vienna-diplomatic/waiver"), "{chronology}");
        assert!(chronology.contains("- this-case.immunity -> immunity"), "{chronology}");
        let path = "workflows/nz-kr/path.chronology.md";
        run(&folder, &["test", path]).fine();
        run(&folder, &["replay", path]).fine().says(&[track]);
        // With what the path rests on as a column of its own, it is seen to be learned.
        let rows: Vec<&str> = chronology.lines().filter(|line| line.starts_with('|')).collect();
        let seen = chronology.replacen(rows[0], &format!("{} this-case.immunity |", rows[0]), 1);
        let seen = seen.replacen(rows[1], &format!("{}---|", rows[1]), 1);
        let mut lines: Vec<String> = seen.lines().map(str::to_owned).collect();
        let table = lines.iter().position(|line| line.starts_with("|-")).unwrap() + 1;
        let end = lines.len() - 1;
        for (at, line) in lines.iter_mut().enumerate().skip(table) {
            let cell = if at == end { track } else { "" };
            line.push_str(&format!(" {cell} |"));
        }
        fs::write(folder.path().join(path), lines.join("\n") + "\n").unwrap();
        run(&folder, &["test", path]).fine();
    }
}

#[test]
fn a_path_that_no_linked_case_can_bring_is_not_written() {
    let folder = shipped();
    // Without the act that leads there, only the end of a limit does, for which the path leaves no time.
    let moves = "    moves: {person: winding-down -> residual}\n";
    common::spoil(&folder, "workflows/vienna-diplomatic/waiver.yaml", moves, "");
    let (_folder, said, chronology) = written(folder, "    never: immunity is residual\n");
    said.ends(2).complains(&[
        "no course of a case under `vienna-diplomatic/waiver` was found in which acts alone take `person` to residual",
        "--explain",
    ]);
    assert!(chronology.is_empty());
}
