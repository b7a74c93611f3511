//! Flaws of what the law says: choices that are missing or contradict each other, who acts, and what is cited.

use super::super::draft::{article, cites, exception, is, marked, moves, named, text};
use super::super::sample::draft;
use super::{Change, at, check, marked_name};
use comity_core::procedure::draft::{ChoicesDraft, CiteDraft, PurposeDraft, StartsDraft};
use comity_core::procedure::{Draft, ExpiryEffect, FlawCode, Mark, Procedure, Verified};
use comity_core::time::{Choices, ClosedLastDay, FirstDay, MonthEnd, NamedRule, RuleSet};

#[test]
fn a_legal_choice_is_never_made_in_silence() {
    let first_day = |draft: &mut Draft| {
        let index = marked_name(&mut draft.clocks, "review");
        draft.clocks[index].value.choices.first_day = None;
    };
    let says = "the clock `review` does not say whether the first day counts (treaty 9(1)); this is a legal choice: write \
                `first-day: counted`, `first-day: counted-whole` or `first-day: not-counted`";
    check(first_day, FlawCode::MissingChoice, says);
    let month_end = |draft: &mut Draft| {
        let index = marked_name(&mut draft.clocks, "review");
        draft.clocks[index].value.choices.month_end = None;
    };
    let says = "the clock `review` does not say what becomes of a month-end that does not exist (treaty 9(1)); this is a \
                legal choice: write `month-end: refuse`, `month-end: up`, `month-end: down` or `month-end: last-day`";
    check(month_end, FlawCode::MissingChoice, says);
    let calendar = |draft: &mut Draft| {
        let index = marked_name(&mut draft.clocks, "review");
        draft.clocks[index].value.choices.last_day_closed = Some(at(ClosedLastDay::NextOpenDay));
    };
    let says = "the clock `review` does not say whose closed days count (treaty 9(1)); this is a legal choice: write \
                `calendar:` with the name of a calendar file";
    check(calendar, FlawCode::MissingChoice, says);
    let unnamed_duty = |draft: &mut Draft| {
        draft.clocks[2].value.on_expiry.effect = at(ExpiryEffect::Duty);
    };
    let says = "the expiry of `review` imposes a duty and does not name it; write `duty:` with an obligation";
    check(unnamed_duty, FlawCode::MissingChoice, says);
}

#[test]
fn who_does_it_is_never_left_open() {
    let changes: [Change; 5] = [
        (
            |draft| {
                let index = marked_name(&mut draft.acts, "heard");
                draft.acts[index].value.by.clear();
            },
            "the act `heard` does not say who does it; write `by:` with an authority",
        ),
        (
            |draft| {
                let index = marked_name(&mut draft.grounds, "nationality");
                draft.grounds[index].value.considered_by.clear();
            },
            "nobody considers the ground `nationality`; write `considered-by:` with an authority",
        ),
        (
            |draft| {
                let index = marked_name(&mut draft.obligations, "release");
                draft.obligations[index].value.met_by.clear();
            },
            "nothing meets the obligation `release`; write `met-by:` with an act",
        ),
        (
            |draft| {
                let index = marked_name(&mut draft.clocks, "review");
                draft.clocks[index].value.starts = StartsDraft::AnyOf(Vec::new());
            },
            "nothing starts the clock `review`; write `starts:` with an act or a condition",
        ),
        (
            |draft| {
                let index = marked_name(&mut draft.clocks, "appeal-window");
                draft.clocks[index].value.purpose = PurposeDraft::Bars(Vec::new());
            },
            "the clock `appeal-window` bars nothing; write `bars:` with the acts that must wait",
        ),
    ];
    for (change, says) in changes {
        check(change, FlawCode::MissingChoice, says);
    }
}

fn courts() -> comity_core::time::Calendar {
    let day = |text: &str| text.parse().unwrap();
    comity_core::time::Calendar {
        name: "courts".to_owned(),
        source: "made up".to_owned(),
        checked: day("2027-01-01"),
        open: [].into(),
        weekly: [comity_core::time::Weekday::Sunday].into(),
        closed: [].into(),
        from: day("2027-01-01"),
        until: day("2027-12-31"),
    }
}

#[test]
fn a_choice_does_not_contradict_another() {
    let changes: [Change; 8] = [
        (
            |draft| draft.clocks[1].value.choices.first_day = Some(at(FirstDay::Counted)),
            "`first-day` says nothing about 48 hours; leave it out",
        ),
        (
            |draft| draft.clocks[0].value.choices.month_end = Some(at(MonthEnd::Up)),
            "`month-end` says nothing about 45 days; leave it out",
        ),
        (
            |draft| {
                draft.clocks[0].value.calendar = Some(marked("courts", 7));
                draft.calendars = vec![super::super::draft::row("courts", courts())];
            },
            "no choice of this clock looks at a calendar; leave `calendar` out, or let a day move",
        ),
        (
            |draft| draft.clocks[1].value.choices.last_day_closed = Some(at(ClosedLastDay::NextOpenDay)),
            "`last-day-closed` says nothing about 48 hours; leave it out",
        ),
        (
            |draft| draft.clocks[2].value.on_expiry.duty = Some(marked("release", 7)),
            "an expiry with the effect `nothing-stated` imposes no duty; write `effect: duty`, or leave `duty` out",
        ),
        (
            |draft| {
                let mut odd = moves("custody", "free -> free");
                odd.track.mark = Mark(7);
                draft.clocks[2].value.on_expiry.moves = vec![odd];
            },
            "an expiry with the effect `nothing-stated` moves nothing; leave the moves out, or state the effect",
        ),
        (
            |draft| draft.version = at(0),
            "a version is counted from 1; write `version: 1` for the first edition",
        ),
        (
            |draft| {
                draft.clocks[5].value.length = named("heard", "new-date");
                if let comity_core::procedure::draft::LengthDraft::Named { by, .. } =
                    &mut draft.clocks[5].value.length
                {
                    by[0].mark = Mark(7);
                }
            },
            "the act `heard` does not record `new-date`; add the fact to the `records:` of the act",
        ),
    ];
    for (change, says) in changes {
        check(change, FlawCode::Contradiction, says);
    }
}

#[test]
fn a_rule_cites_what_is_there_and_was_verified() {
    let unknown = |draft: &mut Draft| {
        draft.acts[0].value.cite =
            vec![CiteDraft::Article { source: text("treaty"), article: marked("99", 7) }];
    };
    let says = "`treaty 99` is not in the articles of that source; cite an article that is there, or add it with its source";
    check(unknown, FlawCode::UnknownArticle, says);
    let unargued = |draft: &mut Draft| {
        draft.acts[0].value.cite = vec![CiteDraft::Reading { number: at(4), exists: false }];
    };
    let says = "reading 4 is not argued in NOTES.md; add a section `## Reading 4: …` with question, answer and authority";
    check(unargued, FlawCode::UnknownArticle, says);
    let unverified = |draft: &mut Draft| {
        draft.sources[0].value.articles.push(article("17", Verified::Unverified));
        draft.acts[0].value.cite =
            vec![CiteDraft::Article { source: text("treaty"), article: marked("17", 7) }];
    };
    let says = "the text of `treaty 17` was not verified, so no rule rests on it alone; verify it, or argue a reading in \
                NOTES.md and cite that as well";
    check(unverified, FlawCode::Unverified, says);
    let mut argued = draft();
    argued.sources[0].value.articles.push(article("17", Verified::Unverified));
    argued.acts[0].value.cite = cites("treaty 17; reading 2");
    assert_eq!(Procedure::from_draft(&argued).err(), None);
}

#[test]
fn a_rule_of_counting_that_was_not_verified_needs_a_reading() {
    let counted_by = |draft: &mut Draft, mark: Verified| {
        let custody = NamedRule {
            name: "custody".to_owned(),
            title: "Custody".to_owned(),
            choices: Choices {
                first_day: Some(FirstDay::CountedWhole),
                month_end: Some(MonthEnd::Down),
                last_day_closed: Some(ClosedLastDay::Stands),
                ..Choices::default()
            },
            provision: "5".to_owned(),
            mark: mark.word(),
        };
        let (name, title) = ("osmark".to_owned(), "Limits Act".to_owned());
        draft.rule_sets.push(RuleSet { name, title, rules: vec![custody] });
        let index = draft.clocks.iter().position(|row| row.name.value == "review").unwrap();
        let clock = &mut draft.clocks[index].value;
        (clock.counted_by, clock.choices) = (Some(marked("osmark/custody", 7)), ChoicesDraft::default());
        index
    };
    let unverified = |draft: &mut Draft| {
        counted_by(draft, Verified::Unverified);
    };
    let says = "the text of the rule `osmark/custody` was not verified, so no clock rests on it alone; verify it, or argue a \
                reading in NOTES.md and cite that as well";
    check(unverified, FlawCode::Unverified, says);
    for (mark, cite) in [(Verified::Summary, None), (Verified::Unverified, Some("treaty 16; reading 2"))] {
        let mut argued = draft();
        let index = counted_by(&mut argued, mark);
        if let Some(cite) = cite {
            argued.clocks[index].value.cite = cites(cite);
        }
        assert_eq!(Procedure::from_draft(&argued).err(), None);
    }
}

#[test]
fn a_rule_cites_something() {
    let remedy = "write `cite:` with the source and article it rests on";
    let changes: [Change; 4] = [
        (
            |draft| {
                let index = marked_name(&mut draft.acts, "heard");
                draft.acts[index].value.cite.clear();
            },
            "the act `heard`",
        ),
        (
            |draft| {
                let index = marked_name(&mut draft.clocks, "review");
                draft.clocks[index].value.cite.clear();
            },
            "the clock `review`",
        ),
        (
            |draft| {
                let index = marked_name(&mut draft.documents, "warrant");
                draft.documents[index].value.cite.clear();
            },
            "the document `warrant`",
        ),
        (
            |draft| {
                let index = marked_name(&mut draft.acts, "heard");
                draft.acts[index].value.unless = vec![exception(is("custody", "free"), "")];
            },
            "an exception of `heard`",
        ),
    ];
    for (change, what) in changes {
        check(change, FlawCode::NoCitation, &format!("{what} cites no provision; {remedy}"));
    }
}
