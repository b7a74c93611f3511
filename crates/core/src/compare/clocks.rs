//! Clocks, taken apart.

use std::fmt::Write as _;

use super::rows::{moves, row};
use super::tell::{self, Telling};
use super::{Part, Row};
use crate::procedure::{
    Clock, CountedBy, CountedFrom, Expiry, ExtendBy, ExtendedBy, Length, LengthChange, Procedure, Purpose,
    Starts, Stops,
};

pub(super) fn of(procedure: &Procedure) -> Vec<Row> {
    let mut rows = Vec::new();
    for (_, name, clock) in procedure.clocks.iter() {
        let mut told = Telling::of(procedure);
        told.clock(clock);
        rows.push(row(Part::Clock, name.as_str(), &clock.title, &clock.basis, told));
        let expiry = &clock.on_expiry;
        let basis = expiry.basis.or(&clock.basis);
        rows.extend(moves(procedure, &format!("the end of clock {name}"), &expiry.moves, basis));
    }
    rows
}

impl Telling<'_> {
    fn clock(&mut self, clock: &Clock) {
        let Clock {
            title,
            purpose,
            starts,
            counted_from,
            if_started_again,
            length,
            counted_by,
            in_force,
            zone,
            met_by,
            cured_by,
            replaces,
            recurs,
            at_the_same_instant,
            stops,
            extended_by,
            off_when,
            on_expiry,
            warn,
            basis,
        } = clock;
        let procedure = self.procedure;
        self.say("title", title.as_str());
        self.purpose(purpose);
        match starts {
            Starts::AnyOf(events) => self.say_list("started by any of", &tell::events(procedure, events)),
            Starts::LatestOf(events) => {
                self.say_list("started by the latest of", &tell::events(procedure, events));
            }
        }
        self.counted_from(*counted_from);
        self.say("a second start", if_started_again.word());
        self.length(length);
        self.say_if(
            "counted by the rule",
            counted_by.as_ref().map(|CountedBy { name, provision }| format!("{name} ({provision})")),
        );
        self.validity(in_force.as_ref());
        self.say("zone", procedure.sides.name(*zone).as_str());
        self.say_list("met by", &tell::events(procedure, met_by));
        self.say_list("cured by", &tell::events(procedure, cured_by));
        self.say_list("ends the clocks", &tell::names(&procedure.clocks, replaces));
        self.say("begins again by itself", recurs.word());
        self.say("at the same instant", at_the_same_instant.word());
        self.stops(stops.as_ref());
        for extension in extended_by {
            self.extension(extension);
        }
        self.guard("switched off when", off_when.as_ref());
        self.expiry(on_expiry);
        self.say_list("warnings before the end", &tell::periods(warn));
        self.basis(basis);
    }

    fn purpose(&mut self, purpose: &Purpose) {
        let procedure = self.procedure;
        match purpose {
            Purpose::LimitsSide(side) => self.say("limits the side", procedure.sides.name(*side).as_str()),
            Purpose::LimitsAuthority(who) => {
                self.say("limits the authority", procedure.authorities.name(*who).as_str());
            }
            Purpose::Bars(acts) => self.say_list("closes until it has run", &tell::acts(procedure, acts)),
        }
    }

    fn counted_from(&mut self, counted_from: CountedFrom) {
        let procedure = self.procedure;
        let says = match counted_from {
            CountedFrom::TheStart => "its start".to_owned(),
            CountedFrom::DateIn(fact) => format!("the date in {}", procedure.facts.name(fact)),
            CountedFrom::LastDayOf(clock) => {
                format!("the last day of clock {}", procedure.clocks.name(clock))
            }
        };
        self.say("counted from", says);
    }

    fn length(&mut self, length: &Length) {
        let procedure = self.procedure;
        match length {
            Length::Counted { length, rule, changes, law_of } => {
                self.say("length", length.to_string());
                self.rule(rule);
                for LengthChange { from, length, rule, basis } in changes {
                    let says = format!("from {from}: {length}, {}", tell::rule(rule));
                    self.say("length by later law", tell::cited(&says, basis));
                }
                if !changes.is_empty() {
                    self.say("law of", tell::law_day(procedure, *law_of));
                }
            }
            Length::NamedDay { by, fact } => {
                let says = format!("until the day in {}", procedure.facts.name(*fact));
                self.say("length", says);
                self.say_list("named by", &tell::acts(procedure, by));
            }
            Length::NamedLength { by, fact, choices } => {
                let fact = procedure.facts.name(*fact);
                self.say("length", format!("the length in {fact}"));
                self.say("counted with", tell::choices(choices));
                self.say_list("named by", &tell::acts(procedure, by));
            }
        }
    }

    fn stops(&mut self, stops: Option<&Stops>) {
        let Some(Stops { when, adds_up, days, basis }) = stops else { return };
        let when = tell::cited(&when.words(self.procedure), basis);
        self.say(if *adds_up { "runs only while" } else { "stands still while" }, when);
        self.say("days of a stop that do not count", days.word());
    }

    fn extension(&mut self, extension: &ExtendedBy) {
        let ExtendedBy { act, by, timing, at_most, longest, basis } = extension;
        let procedure = self.procedure;
        let by = match by {
            ExtendBy::Length(length, from) => format!("by {length} from {from}"),
            ExtendBy::PeriodIn(fact, from) => {
                format!("by the length in {} from {from}", procedure.facts.name(*fact))
            }
            ExtendBy::DayIn(fact) => format!("until the day in {}", procedure.facts.name(*fact)),
        };
        let mut says = format!("act {} {by}, {timing}", procedure.acts.name(*act));
        // Writing to a string does not fail.
        if let Some(at_most) = at_most {
            let _ = write!(says, ", at most {at_most} times");
        }
        if let Some((longest, rule)) = longest {
            let _ = write!(says, ", in all no longer than {longest} ({})", tell::rule(rule));
        }
        self.say("extended by", tell::cited(&says, basis));
    }

    fn expiry(&mut self, expiry: &Expiry) {
        let Expiry { effect, duty, moves, opens, closes, excuse, unless, basis } = expiry;
        let procedure = self.procedure;
        self.say("effect of running out", tell::cited(effect.word(), basis));
        self.say_if("duty on running out", duty.map(|duty| procedure.obligations.name(duty).to_string()));
        self.stays(moves);
        self.say_list("running out opens", &tell::acts(procedure, opens));
        self.say_list("running out closes", &tell::acts(procedure, closes));
        self.say_if("excuse", excuse.map(|excuse| excuse.word().to_owned()));
        self.exceptions("running out has no effect while", unless);
    }
}
