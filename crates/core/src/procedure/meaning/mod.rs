//! The digest of what a procedure means.
//!
//! Titles, headings and the order of tables' comments are left out: a translation or a better title never touches
//! a running case. Everything that can change a fold is in, each item behind its length so that no two procedures
//! share one text. A calendar and a zone are in by their names alone: a case goes on when somebody adds the closed
//! days of another year.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::model::{Exception, LawDay, Meaning, Procedure, TrackMoves, Validity};

mod clocks;

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

    fn exceptions(&mut self, exceptions: &[Exception]) {
        for exception in exceptions {
            self.line("unless", &exception.when.words(self.procedure));
            self.line("cite", &exception.basis.to_string());
        }
    }

    fn law_of(&mut self, law_of: LawDay) {
        match law_of {
            LawDay::ItsOwn => self.line("law-of", "the-day"),
            LawDay::Opening => self.line("law-of", "the-opening"),
            LawDay::Act(act) => self.line("law-of-act", self.procedure.acts.name(act).as_str()),
        }
    }

    fn validity(&mut self, validity: Option<&Validity>) {
        let Some(validity) = validity else { return };
        self.line("in-force", &validity.words());
        self.law_of(validity.law_of);
        self.line("cite", &validity.basis.to_string());
    }

    fn frame(&mut self) {
        let procedure = self.procedure;
        self.line("procedure", procedure.name.as_str());
        self.line("version", &procedure.version.to_string());
        self.line("kind", procedure.kind.word());
        for (_, name, side) in procedure.sides.iter() {
            self.line("side", &format!("{name} {} {}", procedure.state_of(side), side.zone));
        }
        for (_, name, authority) in procedure.authorities.iter() {
            self.line("authority", name.as_str());
            self.validity(authority.in_force.as_ref());
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
            self.exceptions(&act.unless);
            self.validity(act.in_force.as_ref());
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
            // Said only where it is so: a procedure that says nothing of it keeps the meaning that cases are pinned to.
            if act.four_eyes {
                self.line("four-eyes", "");
            }
            self.line("cite", &act.basis.to_string());
        }
    }

    fn checklists(&mut self) {
        let procedure = self.procedure;
        for (_, name, obligation) in procedure.obligations.iter() {
            self.line("obligation", name.as_str());
            self.line("bearer", procedure.authorities.name(obligation.bearer).as_str());
            if let Some(when) = &obligation.when {
                self.line("when", &when.words(procedure));
            }
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
            self.validity(document.in_force.as_ref());
            self.line("cite", &document.basis.to_string());
        }
        for (_, name, ground) in procedure.grounds.iter() {
            self.line("ground", &format!("{name} {}", ground.force));
            ground
                .considered_by
                .iter()
                .for_each(|who| self.line("considered-by", procedure.authorities.name(*who).as_str()));
            self.validity(ground.in_force.as_ref());
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
