//! Every flaw of a procedure, where it is and what would be right.

mod choices;

use comity_core::procedure::draft::{
    AtomDraft, CiteDraft, FactTypeDraft, MirrorDraft, PurposeDraft, StartsDraft, StateDraft,
};
use comity_core::procedure::{Draft, FlawCode, Force, GroundStanding, Mark, Marked, Procedure};
use comity_core::time::FirstDay;

use super::draft::{
    atom, by_law, cites, condition, duty, fact, is, marked, moves, obligation, one_move, text, texts, track,
    two_states,
};
use super::sample::draft;

/// A change to the sample, and the flaw that it makes.
type Change = (fn(&mut Draft), &'static str);

/// The sample with one change has exactly this flaw, at mark 7.
#[track_caller]
pub(crate) fn check(change: impl FnOnce(&mut Draft), code: FlawCode, says: &str) {
    let mut draft = draft();
    change(&mut draft);
    let flaws = Procedure::from_draft(&draft).err().unwrap_or_default();
    let found: Vec<_> = flaws.iter().map(|flaw| (flaw.code, flaw.mark.0, flaw.to_string())).collect();
    assert_eq!(found, [(code, 7, says.to_owned())]);
}

fn marked_name<T>(rows: &mut [comity_core::procedure::draft::Row<T>], name: &str) -> usize {
    let index = rows.iter().position(|row| row.name.value == name).unwrap();
    rows[index].name.mark = Mark(7);
    index
}

fn at<T>(value: T) -> Marked<T> {
    Marked { value, mark: Mark(7) }
}

#[test]
fn the_sample_has_no_flaw() {
    assert_eq!(Procedure::from_draft(&draft()).err(), None);
}

#[test]
fn a_name_is_written_as_names_are() {
    let remedy = "use lower-case letters and digits in words joined by `-`, up to 80 characters";
    check(
        |draft| draft.procedure = marked("Xn Xc", 7),
        FlawCode::BadName,
        &format!("`Xn Xc` is not a name; {remedy}"),
    );
    for bad in ["", "1st", "a--b", "-a", "a-", "Å", "a b", &"a".repeat(81)] {
        let says = format!("`{bad}` is not a name; {remedy}");
        let change = |draft: &mut Draft| {
            let mut odd = fact("x", FactTypeDraft::Text);
            odd.name = marked(bad, 7);
            draft.facts.push(odd);
        };
        check(change, FlawCode::BadName, &says);
    }
}

#[test]
fn a_name_stands_for_one_thing() {
    let remedy = "give one of them another name";
    let twice = |draft: &mut Draft| {
        draft.facts.push(fact("new-date", FactTypeDraft::Date));
        draft.facts.last_mut().unwrap().name.mark = Mark(7);
    };
    check(twice, FlawCode::NameTwice, &format!("there is already a fact `new-date`; {remedy}"));
    let also_track = |draft: &mut Draft| {
        draft.facts.push(fact("custody", FactTypeDraft::Text));
        draft.facts.last_mut().unwrap().name.mark = Mark(7);
    };
    let says = "`custody` is already the name of a track; give one of them another name, so that a sentence can mean one \
                thing only";
    check(also_track, FlawCode::NameTwice, says);
    let moves_twice = |draft: &mut Draft| {
        let mut again = moves("custody", "free -> free");
        again.track.mark = Mark(7);
        draft.acts[1].value.moves.push(again);
    };
    check(
        moves_twice,
        FlawCode::NameTwice,
        "the track `custody` moves twice here; write its moves in one list",
    );
}

#[test]
fn a_column_of_a_chronology_stands_for_one_thing() {
    for name in ["custody", "new-date"] {
        let kind = if name == "custody" { "track" } else { "fact" };
        let change = |draft: &mut Draft| {
            draft.conditions.push(condition(name, is("custody", "free")));
            draft.conditions.last_mut().unwrap().name.mark = Mark(7);
        };
        let says = format!(
            "`{name}` is already the name of a {kind}; give one of them another name, so that a sentence can mean one \
             thing only"
        );
        check(change, FlawCode::NameTwice, &says);
    }
}

#[test]
fn a_value_is_listed_once_and_there_is_one() {
    let with = |values: &'static [&'static str]| {
        move |draft: &mut Draft| {
            let mut odd = fact("odd", FactTypeDraft::OneOf(texts(values)));
            if let FactTypeDraft::OneOf(values) = &mut odd.value.of
                && let Some(last) = values.last_mut()
            {
                last.mark = Mark(7);
            }
            odd.name.mark = Mark(7);
            draft.facts.push(odd);
        }
    };
    check(with(&["a", "a"]), FlawCode::NameTwice, "`odd` lists `a` twice; list each value once");
    check(with(&[]), FlawCode::MissingChoice, "`odd` lists no value; write the values that it may take");
}

#[test]
fn a_name_that_stands_for_nothing_is_shown_with_those_that_would_have_fitted() {
    let mut draft = draft();
    draft.acts[1].value.by = vec![marked("requested/polise", 7)];
    let flaws = Procedure::from_draft(&draft).unwrap_err();
    let candidates = flaws[0].candidates.clone().unwrap();
    assert_eq!(candidates.written, "requested/polise");
    assert_eq!(
        candidates.known,
        ["requesting/central", "requested/central", "requested/police", "requested/court"]
    );
    let says = "there is no authority `requested/polise`; name a authority that the procedure declares";
    assert_eq!(flaws[0].to_string(), says.replace("a authority", "an authority"));
}

#[test]
fn every_place_for_a_name_is_looked_at() {
    type Place = (&'static str, fn(&mut Draft));
    let changes: [Place; 19] = [
        ("track or fact", |draft| {
            draft.acts[1].value.when =
                Some(atom(AtomDraft::Is { subject: marked("x", 7), value: text("y") }));
        }),
        ("stage", |draft| {
            draft.acts[1].value.when =
                Some(atom(AtomDraft::Is { subject: text("custody"), value: marked("x", 7) }));
        }),
        ("fact", |draft| draft.acts[1].value.when = Some(atom(AtomDraft::Known(marked("x", 7))))),
        ("fact", |draft| draft.acts[1].value.when = Some(atom(AtomDraft::Unknown(marked("x", 7))))),
        ("act", |draft| draft.acts[1].value.when = Some(atom(AtomDraft::Recorded(marked("x", 7))))),
        ("condition", |draft| draft.acts[1].value.when = Some(atom(AtomDraft::Holds(marked("x", 7))))),
        ("clock", |draft| {
            let stands = comity_core::procedure::ClockStanding::Running;
            draft.acts[1].value.when = Some(atom(AtomDraft::Clock { clock: marked("x", 7), stands }));
        }),
        ("document", |draft| draft.acts[1].value.when = Some(atom(AtomDraft::Document(marked("x", 7))))),
        ("set of documents", |draft| {
            draft.acts[1].value.when = Some(atom(AtomDraft::Documents(marked("x", 7))));
        }),
        ("ground", |draft| {
            let stands = GroundStanding::Applies;
            draft.acts[1].value.when = Some(atom(AtomDraft::Ground { ground: marked("x", 7), stands }));
        }),
        ("act or condition", |draft| draft.clocks[0].value.starts = StartsDraft::AnyOf(vec![marked("x", 7)])),
        ("act or condition", |draft| draft.clocks[0].value.met_by = vec![marked("x", 7)]),
        ("side or authority", |draft| draft.clocks[0].value.purpose = PurposeDraft::Limits(marked("x", 7))),
        ("act", |draft| draft.clocks[0].value.purpose = PurposeDraft::Bars(vec![marked("x", 7)])),
        ("side", |draft| draft.clocks[0].value.zone = marked("x", 7)),
        ("obligation", |draft| draft.acts[0].value.owes = vec![marked("x", 7)]),
        ("track", |draft| {
            draft.acts[2].value.moves = vec![{
                let mut odd = moves("x", "a -> b");
                odd.track.mark = Mark(7);
                odd
            }];
        }),
        ("stage", |draft| draft.tracks[0].value.starts = marked("x", 7)),
        ("source", |draft| {
            draft.acts[0].value.cite =
                vec![CiteDraft::Article { source: marked("x", 7), article: text("1") }];
        }),
    ];
    for (what, change) in changes {
        let mut draft = draft();
        change(&mut draft);
        let flaws = Procedure::from_draft(&draft).unwrap_err();
        let found: Vec<_> =
            flaws.iter().map(|flaw| (flaw.code, flaw.mark.0, flaw.message.as_str())).collect();
        assert_eq!(found, [(FlawCode::UnknownName, 7, format!("there is no {what} `x`").as_str())]);
    }
}

#[test]
fn a_value_fits_the_type_of_its_fact() {
    let compares = |subject: &'static str, value: &'static str| {
        move |draft: &mut Draft| {
            let value = marked(value, 7);
            draft.acts[2].value.when = Some(atom(AtomDraft::Is { subject: text(subject), value }));
        }
    };
    check(
        compares("arrest.place", "ulsan"),
        FlawCode::WrongType,
        "`arrest.place` is free text, which a rule cannot compare; give the fact a type of `{one-of: […]}`, or ask whether it is known",
    );
    check(
        compares("person.minor", "maybe"),
        FlawCode::WrongType,
        "`person.minor` cannot be `maybe`: `maybe` is neither `yes` nor `no`; write a value of the type yes-no",
    );
    check(
        compares("new-date", "2027-02-30"),
        FlawCode::WrongType,
        "`new-date` cannot be `2027-02-30`: `2027-02-30` is not a day; write it like 2027-04-16, in the years 0001 to 9998; write a value of the type date",
    );
    let country = |draft: &mut Draft| draft.sides[0].value.state = StateDraft::The(marked("xn", 7));
    check(
        country,
        FlawCode::WrongType,
        "`xn` is not a country; write its two-letter code, like NZ; write two capital letters",
    );
    for zone in ["Asia/Soul", "+09:00", "Etc/Unknown", ""] {
        let mut draft = draft();
        draft.sides[1].value.zone = Some(marked(zone, 7));
        let flaws = Procedure::from_draft(&draft).unwrap_err();
        assert_eq!((flaws.len(), flaws[0].code, flaws[0].mark.0), (1, FlawCode::WrongType, 7), "{zone}");
    }
    let mirrors = |draft: &mut Draft| {
        let mut odd = fact("odd", FactTypeDraft::Text);
        odd.name.mark = Mark(7);
        odd.value.mirrors = Some(MirrorDraft { link: text("immunity"), track: text("person") });
        draft.facts.push(odd);
    };
    check(
        mirrors,
        FlawCode::WrongType,
        "`odd` follows the stages of a track and is no choice among them; give it the type `{one-of: […]}` with the stages of that track",
    );
    let no_date = |draft: &mut Draft| {
        draft.acts[7].value.records = texts(&["arrest.place"]);
        draft.clocks[5].value.length = comity_core::procedure::draft::LengthDraft::Named {
            by: texts(&["new-date-set"]),
            fact: marked("arrest.place", 7),
        };
    };
    check(
        no_date,
        FlawCode::WrongType,
        "`arrest.place` is no date, and a period without a number needs its last day; give the fact the type `date`, or `period` if the act names a length",
    );
}

#[test]
fn every_stage_is_reached_and_left_or_an_outcome() {
    let mut draft = draft();
    draft.tracks.push(track("odd", &["open", "nowhere: gone", "stuck", "over: done"]));
    let stages = &mut draft.tracks[2].value.stages;
    for (mark, stage) in (11..).zip(stages.iter_mut()) {
        stage.name.mark = Mark(mark);
    }
    draft.acts[2].value.moves = vec![moves("odd", "open -> stuck, else stays")];
    draft.acts[5].value.moves = vec![moves("odd", "open -> over, else stays")];
    draft.acts[6].value.moves = vec![moves("odd", "over -> open, else stays")];
    let flaws = Procedure::from_draft(&draft).unwrap_err();
    let found: Vec<_> = flaws.iter().map(|flaw| (flaw.code, flaw.mark.0, flaw.message.as_str())).collect();
    assert_eq!(
        found,
        [
            (FlawCode::Unreachable, 12, "no move leads the track `odd` to `nowhere`"),
            (FlawCode::NeverLeft, 13, "`stuck` is never left and is no outcome of the track `odd`"),
            (FlawCode::OutcomeLeft, 14, "`over` ends the track `odd` (done), and a move leaves it"),
        ]
    );
}

#[test]
fn two_moves_that_could_both_be_taken_are_refused() {
    let overlap = |one: Option<comity_core::procedure::draft::GuardDraft>, other| {
        move |draft: &mut Draft| {
            let index = marked_name(&mut draft.acts, "released");
            let moves = &mut draft.acts[index].value.moves[0].moves;
            moves[0].when = one;
            moves.push(one_move("held-provisionally -> release-due", other));
        }
    };
    let says = "the act `released` could move `custody` from `held-provisionally` both to `free` and to `release-due`; give \
                each move a `when:` that excludes the other";
    check(overlap(None, None), FlawCode::MovesOverlap, says);
    check(overlap(Some(is("person.minor", "yes")), None), FlawCode::MovesOverlap, says);
    check(
        overlap(Some(is("person.minor", "yes")), Some(is("person.status", "accused"))),
        FlawCode::MovesOverlap,
        says,
    );
    let apart = [
        (is("person.minor", "yes"), is("person.minor", "no")),
        (is("person.minor", "yes"), super::draft::not(is("person.minor", "yes"))),
        (is("request", "lodged"), is("request", "granted")),
        (atom(AtomDraft::Known(text("new-date"))), atom(AtomDraft::Unknown(text("new-date")))),
        (super::draft::recorded("heard"), super::draft::not(super::draft::recorded("heard"))),
        // Many statements about one fact are still one question.
        (
            super::draft::all(&vec![is("person.minor", "yes"); 40]),
            super::draft::all(&vec![is("person.minor", "no"); 40]),
        ),
    ];
    for (one, other) in apart {
        let mut draft = draft();
        overlap(Some(one), Some(other))(&mut draft);
        assert_eq!(Procedure::from_draft(&draft).err(), None);
    }
}

#[test]
fn a_fact_that_a_stage_holds_is_recorded_on_the_way_in() {
    let by_act = |draft: &mut Draft| {
        draft.acts[1].value.records.clear();
        draft.tracks[1].value.stages[1].name.mark = Mark(7);
    };
    check(
        by_act,
        FlawCode::NotHeld,
        "`held-provisionally` holds `arrest.place`, but the act `arrested` leads there without recording it; add the fact to `records:` there, or do not hold it",
    );
    let at_the_start = |draft: &mut Draft| {
        draft.tracks[0].value.stages[0].value.holds = texts(&["new-date"]);
        draft.tracks[0].value.stages[0].name.mark = Mark(7);
    };
    check(
        at_the_start,
        FlawCode::NotHeld,
        "`preparing` holds `new-date`, but the opening of the case leads there without recording it; add the fact to `records:` there, or do not hold it",
    );
}

#[test]
fn an_obligation_that_nothing_gives_rise_to_is_refused() {
    let change = |draft: &mut Draft| {
        draft.obligations.push(obligation("idle", "requested/police", &["heard"]));
        draft.obligations.last_mut().unwrap().name.mark = Mark(7);
    };
    check(
        change,
        FlawCode::Unused,
        "nothing gives rise to the obligation `idle`; name it under `owes:` of an act or `duty:` of an expiry, or remove it",
    );
}

#[test]
fn a_procedure_has_no_more_rows_than_can_be_numbered() {
    let mut draft = two_states("xn-xc/huge");
    draft.facts = (0..=65_536).map(|index| fact(&format!("f{index}"), FactTypeDraft::Text)).collect();
    let flaws = Procedure::from_draft(&draft).unwrap_err();
    assert_eq!((flaws.len(), flaws[0].code), (1, FlawCode::TooMany));
}

#[test]
fn a_procedure_has_a_side_and_an_office_belongs_to_one() {
    let mut draft = two_states("xn-xc/nowhere");
    draft.sides.clear();
    draft.authorities.clear();
    let flaws = Procedure::from_draft(&draft).unwrap_err();
    assert_eq!((flaws.len(), flaws[0].code), (1, FlawCode::MissingChoice));
    let mut draft = two_states("xn-xc/nowhere");
    draft.authorities[0].name = marked("sending/embassy", 7);
    let flaws = Procedure::from_draft(&draft).unwrap_err();
    assert_eq!((flaws.len(), flaws[0].code, flaws[0].mark.0), (1, FlawCode::UnknownName, 7));
}

#[test]
fn all_flaws_are_told_at_once_in_the_order_of_the_file() {
    let mut draft = draft();
    draft.procedure = marked("Bad Name", 1);
    draft.sides[0].value.state = StateDraft::The(marked("xn", 2));
    draft.facts.push(fact("x", FactTypeDraft::Text));
    draft.facts.last_mut().unwrap().name = marked("custody", 3);
    draft.clocks[0].value.choices.first_day = None;
    draft.clocks[0].name.mark = Mark(4);
    draft.acts[0].value.by = vec![marked("nobody", 5)];
    draft.acts[2].value.cite.clear();
    draft.acts[2].name.mark = Mark(6);
    let flaws = Procedure::from_draft(&draft).unwrap_err();
    let found: Vec<_> = flaws.iter().map(|flaw| (flaw.mark.0, flaw.code)).collect();
    assert_eq!(
        found,
        [
            (1, FlawCode::BadName),
            (2, FlawCode::WrongType),
            (3, FlawCode::NameTwice),
            (4, FlawCode::MissingChoice),
            (5, FlawCode::UnknownName),
            (6, FlawCode::NoCitation),
        ]
    );
}

#[test]
fn what_a_procedure_means_does_not_hang_on_its_titles() {
    let meaning = |draft: &Draft| Procedure::from_draft(draft).unwrap().meaning();
    let mut retitled = draft();
    retitled.title = "Another title".to_owned();
    retitled.acts[0].value.title = "Something else".to_owned();
    retitled.sources[0].value.title = "A treaty".to_owned();
    assert_eq!(meaning(&draft()), meaning(&retitled));
    let changes: [fn(&mut Draft); 9] = [
        |draft| draft.version.value = 2,
        |draft| draft.clocks[0].value.choices.first_day.as_mut().unwrap().value = FirstDay::Counted,
        |draft| draft.clocks[0].value.at_the_same_instant = comity_core::procedure::SameInstant::ExpiryFirst,
        |draft| draft.clocks[2].value.on_expiry = by_law(Vec::new()),
        |draft| draft.acts[2].value.when = Some(is("custody", "free")),
        |draft| draft.acts[0].value.cite = cites("treaty 2"),
        |draft| draft.grounds[1].value.force = Force::Mandatory,
        |draft| draft.sides[1].value.zone = Some(text("Asia/Tokyo")),
        |draft| draft.clocks[2].value.on_expiry = duty("release", Vec::new()),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let mut other = draft();
        change(&mut other);
        assert_ne!(meaning(&draft()), meaning(&other), "change {index}");
    }
}

#[test]
fn rows_of_every_kind_are_built() {
    let procedure = Procedure::from_draft(&draft()).unwrap();
    assert_eq!((procedure.state_of(procedure.home()).as_str(), procedure.links().len()), ("XC", 1));
    assert_eq!(procedure.find_stage("custody", "free").map(|_| ()), Some(()));
    assert_eq!(procedure.find_stage("custody", "nowhere"), None);
}
