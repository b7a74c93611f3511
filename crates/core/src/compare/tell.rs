//! What a piece of a procedure says, in words that hold all of it.

use super::Aspect;
use crate::procedure::{
    ActId, AuthorityId, Basis, Citation, DocumentId, Event, Exception, FactId, Guard, LawDay, ObligationId,
    Procedure, TrackMoves, Validity,
};
use crate::table::{Id, Table};
use crate::time::{
    Calendar, Choices, DayRule, HourRule, LastDayClosed, OpenDaysWithin, Period, Rule, WorkingDayRule,
};

/// Aspects that are being collected.
pub(super) struct Telling<'a> {
    pub(super) procedure: &'a Procedure,
    pub(super) aspects: Vec<Aspect>,
}

impl<'a> Telling<'a> {
    pub(super) fn of(procedure: &'a Procedure) -> Self {
        Self { procedure, aspects: Vec::new() }
    }

    pub(super) fn say(&mut self, about: &'static str, says: impl Into<String>) {
        self.aspects.push(Aspect { about, says: says.into() });
    }

    /// Nothing is said where there is nothing.
    pub(super) fn say_if(&mut self, about: &'static str, says: Option<String>) {
        self.aspects.extend(says.map(|says| Aspect { about, says }));
    }

    pub(super) fn say_list(&mut self, about: &'static str, names: &[String]) {
        if !names.is_empty() {
            self.say(about, names.join(", "));
        }
    }

    pub(super) fn guard(&mut self, about: &'static str, guard: Option<&Guard>) {
        self.say_if(about, guard.map(|guard| guard.words(self.procedure)));
    }

    pub(super) fn basis(&mut self, basis: &Basis) {
        self.say_list(
            "provision",
            &[basis.to_string()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>(),
        );
        let Basis(citations) = basis;
        let marks: Vec<String> = citations
            .iter()
            .filter_map(|citation| match citation {
                Citation::Article { source, article, verified } => {
                    Some(format!("{source} {article} is {verified}"))
                }
                Citation::Reading(_) => None,
            })
            .collect();
        self.say_list("how far the provision was verified", &marks);
    }

    pub(super) fn exceptions(&mut self, about: &'static str, exceptions: &[Exception]) {
        for Exception { when, basis } in exceptions {
            self.say(about, cited(&when.words(self.procedure), basis));
        }
    }

    pub(super) fn validity(&mut self, validity: Option<&Validity>) {
        let Some(validity) = validity else { return };
        let Validity { from: _, until: _, law_of, basis } = validity;
        // The words hold both days.
        let says = format!("{}, judged by {}", validity.words(), law_day(self.procedure, *law_of));
        self.say("in force", cited(&says, basis));
    }

    /// Whether a track may stay: what moves is told as moves.
    pub(super) fn stays(&mut self, moves: &[TrackMoves]) {
        let mut may_stay = Vec::new();
        for TrackMoves { track, moves: _, or_stays } in moves {
            if *or_stays {
                may_stay.push(self.procedure.tracks.name(*track).to_string());
            }
        }
        self.say_list("tracks that may also stay", &may_stay);
    }

    /// The choices of a rule, one aspect each.
    pub(super) fn rule(&mut self, rule: &Rule) {
        for (about, says) in choices_of_rule(rule) {
            self.say(about, says);
        }
    }
}

/// `text (act 15)`.
pub(super) fn cited(text: &str, basis: &Basis) -> String {
    let Basis(citations) = basis;
    if citations.is_empty() { text.to_owned() } else { format!("{text} ({basis})") }
}

pub(super) fn law_day(procedure: &Procedure, law_day: LawDay) -> String {
    match law_day {
        LawDay::ItsOwn => "the day of the act or of the start".to_owned(),
        LawDay::Opening => "the day on which the case began".to_owned(),
        LawDay::Act(act) => format!("the day of the act {}", procedure.acts.name(act)),
    }
}

pub(super) fn names<I: Id, T>(table: &Table<I, T>, ids: &[I]) -> Vec<String> {
    ids.iter().map(|id| table.name(*id).to_string()).collect()
}

pub(super) fn acts(procedure: &Procedure, ids: &[ActId]) -> Vec<String> {
    names(&procedure.acts, ids)
}

pub(super) fn authorities(procedure: &Procedure, ids: &[AuthorityId]) -> Vec<String> {
    names(&procedure.authorities, ids)
}

pub(super) fn facts(procedure: &Procedure, ids: &[FactId]) -> Vec<String> {
    names(&procedure.facts, ids)
}

pub(super) fn obligations(procedure: &Procedure, ids: &[ObligationId]) -> Vec<String> {
    names(&procedure.obligations, ids)
}

pub(super) fn documents(procedure: &Procedure, ids: &[DocumentId]) -> Vec<String> {
    names(&procedure.documents, ids)
}

pub(super) fn events(procedure: &Procedure, events: &[Event]) -> Vec<String> {
    let name = |event: &Event| -> String {
        match event {
            Event::Act(act) => format!("act {}", procedure.acts.name(*act)),
            Event::Condition(condition) => format!("condition {}", procedure.conditions.name(*condition)),
        }
    };
    events.iter().map(name).collect()
}

pub(super) fn periods(periods: &[Period]) -> Vec<String> {
    periods.iter().map(ToString::to_string).collect()
}

/// The choices of a rule in one text.
pub(super) fn rule(rule: &Rule) -> String {
    let choices = choices_of_rule(rule);
    choices.iter().map(|(about, says)| format!("{about}: {says}")).collect::<Vec<_>>().join(", ")
}

fn choices_of_rule(rule: &Rule) -> Vec<(&'static str, String)> {
    match rule {
        Rule::Hours(HourRule { first_hour, closed_days_skipped }) => vec![
            ("first hour", first_hour.to_string()),
            (
                "hours on closed days",
                closed_days_skipped.as_ref().map_or("run".to_owned(), |skipped| {
                    format!("skipped by the calendar {}", calendar(skipped))
                }),
            ),
        ],
        Rule::WorkingDays(WorkingDayRule { first_day, calendar: days }) => {
            vec![
                ("first day", first_day.to_string()),
                ("working days", format!("by the calendar {}", calendar(days))),
            ]
        }
        Rule::Days(DayRule { first_day, month_end, broken_months, last_day_closed, open_days_within }) => {
            let mut choices = vec![
                ("first day", first_day.to_string()),
                ("month end", month_end.to_string()),
                ("broken months", broken_months.to_string()),
                ("closed last day", closed(last_day_closed)),
            ];
            choices.extend(open_days_within.as_ref().map(|OpenDaysWithin { at_least, calendar: days }| {
                ("open days within", format!("{at_least} by the calendar {}", calendar(days)))
            }));
            choices
        }
    }
}

fn closed(last_day: &LastDayClosed) -> String {
    match last_day {
        LastDayClosed::Stands => "stands".to_owned(),
        LastDayClosed::NextOpenDay(days) => format!("next open day by the calendar {}", calendar(days)),
        LastDayClosed::PreviousOpenDay(days) => {
            format!("previous open day by the calendar {}", calendar(days))
        }
    }
}

/// The choices of a length that acts name.
pub(super) fn choices(choices: &Choices) -> String {
    let Choices {
        first_day,
        month_end,
        broken_months,
        last_day_closed,
        open_days_within,
        first_hour,
        hours_on_closed_days,
        calendar: days,
    } = choices;
    let made = [
        ("first day", first_day.map(|choice| choice.to_string())),
        ("month end", month_end.map(|choice| choice.to_string())),
        ("broken months", broken_months.map(|choice| choice.to_string())),
        ("closed last day", last_day_closed.map(|choice| choice.to_string())),
        ("open days within", open_days_within.map(|choice| choice.to_string())),
        ("first hour", first_hour.map(|choice| choice.to_string())),
        ("hours on closed days", hours_on_closed_days.map(|choice| choice.to_string())),
        ("calendar", days.as_ref().map(|days| calendar(days))),
    ];
    let made = made.into_iter().filter_map(|(about, says)| Some(format!("{about}: {}", says?)));
    made.collect::<Vec<_>>().join(", ")
}

/// A calendar is part of a procedure by its name alone; which days it closes shows in the limits that move.
fn calendar(calendar: &Calendar) -> String {
    let Calendar { name, source: _, checked: _, weekly: _, closed: _, open: _, from: _, until: _ } = calendar;
    name.clone()
}
