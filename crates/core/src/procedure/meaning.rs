//! The digest of what a procedure means.
//!
//! Titles, headings and the order of tables' comments are left out: a translation or a better title never touches
//! a running case. Everything that can change a fold is in, each item behind its length so that no two procedures
//! share one text.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::model::{Event, Length, Meaning, Procedure, Purpose, TrackMoves};
use crate::time::{Calendar, LastDayClosed, Rule};

pub(super) fn of(procedure: &Procedure) -> Meaning {
    let text = text(procedure);
    Meaning(Sha256::digest(text.as_bytes()).into())
}

/// Lines of `word: value`, one for each thing that a fold looks at.
struct Lines<'a> {
    procedure: &'a Procedure,
    text: String,
}

impl Lines<'_> {
    fn line(&mut self, word: &str, value: &str) {
        // The length makes the text unambiguous whatever the value holds. Writing to a String cannot fail.
        let _ = writeln!(self.text, "{word} {} {value}", value.len());
    }

    fn moves(&mut self, moves: &[TrackMoves]) {
        for track in moves {
            let stages = &self.procedure.tracks.at(track.track).stages;
            self.line("moves", self.procedure.tracks.name(track.track).as_str());
            for one in &track.moves {
                let from: Vec<&str> = one.from.iter().map(|stage| stages.name(*stage).as_str()).collect();
                self.line("from", &from.join(" "));
                self.line("to", stages.name(one.to).as_str());
                if let Some(when) = &one.when {
                    self.line("when", &when.words(self.procedure));
                }
                self.line("cite", &one.basis.to_string());
            }
            if track.or_stays {
                self.line("else", "stays");
            }
        }
    }

    fn events(&mut self, word: &str, events: &[Event]) {
        for event in events {
            let name = match event {
                Event::Act(act) => self.procedure.acts.name(*act),
                Event::Condition(condition) => self.procedure.conditions.name(*condition),
            };
            self.line(word, name.as_str());
        }
    }

    fn calendar(&mut self, word: &str, calendar: &Calendar) {
        self.line(word, &calendar.name);
        self.line("covers", &format!("{} {}", calendar.from, calendar.until));
        for day in &calendar.weekly {
            self.line("weekly", day.word());
        }
        for day in &calendar.closed {
            self.line("closed", &day.to_string());
        }
    }

    fn length(&mut self, length: &Length) {
        match length {
            Length::Named { by, fact } => {
                self.line("named-by", self.procedure.acts.name(*by).as_str());
                self.line("in", self.procedure.facts.name(*fact).as_str());
            }
            Length::Counted { length, rule } => {
                self.line("length", &length.to_string());
                if let Rule::Days(rule) = rule {
                    self.line("first-day", rule.first_day.word());
                    self.line("month-end", rule.month_end.word());
                    match &rule.last_day_closed {
                        LastDayClosed::Stands => self.line("last-day-closed", "stands"),
                        LastDayClosed::NextOpenDay(calendar) => self.calendar("next-open-day", calendar),
                        LastDayClosed::PreviousOpenDay(calendar) => {
                            self.calendar("previous-open-day", calendar);
                        }
                    }
                }
            }
        }
    }

    fn frame(&mut self) {
        let procedure = self.procedure;
        self.line("procedure", procedure.name.as_str());
        self.line("version", &procedure.version.to_string());
        self.line("kind", procedure.kind.word());
        for (_, name, side) in procedure.sides.iter() {
            self.line("side", &format!("{name} {} {}", side.country, side.zone));
        }
        for name in procedure.authorities.names() {
            self.line("authority", name.as_str());
        }
        for (_, name, link) in procedure.links.iter() {
            self.line("link", &format!("{name} {}", link.procedure));
        }
        for (_, name, fact) in procedure.facts.iter() {
            self.line("fact", &format!("{name} {}", fact.of));
            if let Some(mirror) = &fact.mirrors {
                self.line("mirrors", &format!("{} {}", procedure.links.name(mirror.link), mirror.track));
            }
        }
    }

    fn tracks(&mut self) {
        let procedure = self.procedure;
        for (_, name, track) in procedure.tracks.iter() {
            self.line("track", &format!("{name} {}", track.stages.name(track.starts)));
            for (_, name, stage) in track.stages.iter() {
                self.line("stage", name.as_str());
                if let Some(outcome) = &stage.outcome {
                    self.line("final", outcome);
                }
                for fact in &stage.holds {
                    self.line("holds", procedure.facts.name(*fact).as_str());
                }
            }
        }
        for (_, name, condition) in procedure.conditions.iter() {
            self.line("condition", name.as_str());
            self.line("when", &condition.when.words(procedure));
            self.moves(&condition.moves);
            self.line("cite", &condition.basis.to_string());
        }
    }

    fn clocks(&mut self) {
        let procedure = self.procedure;
        for (_, name, clock) in procedure.clocks.iter() {
            self.line("clock", name.as_str());
            match &clock.purpose {
                Purpose::LimitsSide(side) => self.line("limits", procedure.sides.name(*side).as_str()),
                Purpose::LimitsAuthority(who) => {
                    self.line("limits", procedure.authorities.name(*who).as_str());
                }
                Purpose::Bars(acts) => {
                    for act in acts {
                        self.line("bars", procedure.acts.name(*act).as_str());
                    }
                }
            }
            self.events("starts", &clock.starts);
            self.line("if-started-again", clock.if_started_again.word());
            self.length(&clock.length);
            self.line("zone", procedure.sides.name(clock.zone).as_str());
            self.events("met-by", &clock.met_by);
            self.line("at-the-same-instant", clock.at_the_same_instant.word());
            if let Some(off_when) = &clock.off_when {
                self.line("off-when", &off_when.words(procedure));
            }
            self.line("effect", clock.on_expiry.effect.word());
            if let Some(duty) = clock.on_expiry.duty {
                self.line("duty", procedure.obligations.name(duty).as_str());
            }
            self.moves(&clock.on_expiry.moves);
            self.line("expiry-cite", &clock.on_expiry.basis.to_string());
            for period in &clock.warn {
                self.line("warn", &period.to_string());
            }
            self.line("cite", &clock.basis.to_string());
        }
    }

    fn acts(&mut self) {
        let procedure = self.procedure;
        for (_, name, act) in procedure.acts.iter() {
            self.line("act", name.as_str());
            for who in &act.by {
                self.line("by", procedure.authorities.name(*who).as_str());
            }
            if let Some(when) = &act.when {
                self.line("when", &when.words(procedure));
            }
            for exception in &act.unless {
                self.line("unless", &exception.when.words(procedure));
                self.line("cite", &exception.basis.to_string());
            }
            self.moves(&act.moves);
            for fact in &act.records {
                self.line("records", procedure.facts.name(*fact).as_str());
            }
            for fact in &act.may_record {
                self.line("may-record", procedure.facts.name(*fact).as_str());
            }
            for owed in &act.owes {
                self.line("owes", procedure.obligations.name(*owed).as_str());
            }
            self.line("cite", &act.basis.to_string());
        }
    }

    fn checklists(&mut self) {
        let procedure = self.procedure;
        for (_, name, obligation) in procedure.obligations.iter() {
            self.line("obligation", name.as_str());
            self.line("bearer", procedure.authorities.name(obligation.bearer).as_str());
            for act in &obligation.met_by {
                self.line("met-by", procedure.acts.name(*act).as_str());
            }
            self.line("cite", &obligation.basis.to_string());
        }
        for (_, name, document) in procedure.documents.iter() {
            self.line("document", name.as_str());
            self.line("for", procedure.sets.name(document.set).as_str());
            if let Some(when) = &document.when {
                self.line("when", &when.words(procedure));
            }
            self.line("form", document.form.word());
            self.line("translated", &document.translated.to_string());
            self.line("cite", &document.basis.to_string());
        }
        for (_, name, ground) in procedure.grounds.iter() {
            self.line("ground", &format!("{name} {}", ground.force));
            ground
                .considered_by
                .iter()
                .for_each(|who| self.line("considered-by", procedure.authorities.name(*who).as_str()));
            self.line("cite", &ground.basis.to_string());
        }
    }
}

fn text(procedure: &Procedure) -> String {
    let mut lines = Lines { procedure, text: String::from("comity procedure meaning 1\n") };
    lines.frame();
    lines.tracks();
    lines.clocks();
    lines.acts();
    lines.checklists();
    lines.text
}
