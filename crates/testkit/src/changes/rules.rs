//! Small changes to acts, conditions, obligations, documents and grounds.

use comity_core::procedure::draft::{
    ActDraft, AtomDraft, ConditionDraft, DocumentDraft, FromDraft, GroundDraft, GuardDraft, MoveDraft,
    ObligationDraft, TrackMovesDraft, ValidityDraft,
};
use comity_core::procedure::{DocumentForm, Draft, Force, Marked, Translation};

use super::edit::{Lens, List, remove, within};
use super::guards::row;

impl List<'_> {
    pub(super) fn acts(&mut self) {
        for (at, act) in self.draft.acts.iter().enumerate() {
            self.rule("act", &act.name.value, &act.value.cite);
            let lens = row(|draft: &mut Draft| &mut draft.acts, at);
            self.act(&act.value, &lens);
        }
    }

    fn act(&mut self, act: &ActDraft, lens: &Lens<ActDraft>) {
        let by: Lens<Vec<Marked<String>>> = within(lens, |act: &mut ActDraft| Some(&mut act.by));
        self.authorities(&act.by, &by, "may do it");
        self.optional_guard(
            "when",
            act.when.as_ref(),
            &within(lens, |act: &mut ActDraft| Some(&mut act.when)),
        );
        self.exceptions(&act.unless, &within(lens, |act: &mut ActDraft| Some(&mut act.unless)));
        self.moves(&act.moves, &within(lens, |act: &mut ActDraft| Some(&mut act.moves)));
        for (at, fact) in act.records.iter().enumerate() {
            let what = format!("`{}` need not be given with it", fact.value);
            self.set(fact.mark, what, lens, move |act| {
                if at < act.records.len() {
                    let fact = act.records.remove(at);
                    act.may_record.push(fact);
                }
            });
        }
        let owes: Lens<Vec<Marked<String>>> = within(lens, |act: &mut ActDraft| Some(&mut act.owes));
        self.each_dropped(&act.owes, &owes, |owed| {
            (owed.mark, format!("`{}` is no longer owed after it", owed.value))
        });
        self.validity(act.in_force.as_ref(), &within(lens, |act: &mut ActDraft| Some(&mut act.in_force)));
    }

    /// Another authority in the place of each, and each of several dropped.
    fn authorities(&mut self, by: &[Marked<String>], lens: &Lens<Vec<Marked<String>>>, verb: &str) {
        if by.len() > 1 {
            self.each_dropped(by, lens, |who| (who.mark, format!("`{}` no longer {verb}", who.value)));
        }
        for (at, who) in by.iter().enumerate() {
            let Some(other) = self.another_authority(by, &who.value) else { continue };
            let what = format!("`{other}` {verb} instead of `{}`", who.value);
            self.set(who.mark, what, lens, move |by| {
                if let Some(who) = by.get_mut(at) {
                    who.value.clone_from(&other);
                }
            });
        }
    }

    /// Moves: each track's dropped, each with another target, a start or a condition less.
    pub(super) fn moves(&mut self, all: &[TrackMovesDraft], lens: &Lens<Vec<TrackMovesDraft>>) {
        for (at, moves) in all.iter().enumerate() {
            let track = &moves.track;
            let what = format!("`{}` no longer moves", track.value);
            self.set(track.mark, what, lens, move |all| remove(all, at));
            let one: Lens<TrackMovesDraft> =
                within(lens, move |all: &mut Vec<TrackMovesDraft>| all.get_mut(at));
            let what = if moves.or_stays {
                format!("`{}` must move: `else stays` is dropped", track.value)
            } else {
                format!("`{}` may stay: `else stays` is added", track.value)
            };
            self.set(track.mark, what, &one, |moves| moves.or_stays = !moves.or_stays);
            for (place, a_move) in moves.moves.iter().enumerate() {
                let its: Lens<MoveDraft> =
                    within(&one, move |moves: &mut TrackMovesDraft| moves.moves.get_mut(place));
                let whole: Lens<Vec<MoveDraft>> =
                    within(&one, |moves: &mut TrackMovesDraft| Some(&mut moves.moves));
                self.citing(&a_move.cite, |list| {
                    if moves.moves.len() > 1 {
                        let what = format!("`{}: {}` is dropped", track.value, move_words(a_move));
                        list.set(a_move.to.mark, what, &whole, move |moves| remove(moves, place));
                    }
                    list.a_move(track, a_move, &its);
                });
            }
        }
    }

    fn a_move(&mut self, track: &Marked<String>, a_move: &MoveDraft, lens: &Lens<MoveDraft>) {
        let words = format!("{}: {}", track.value, move_words(a_move));
        let stages = self.draft.tracks.iter().find(|row| row.name.value == track.value);
        let others = stages.into_iter().flat_map(|row| &row.value.stages).map(|row| row.name.value.as_str());
        let is_from = |stage: &str| match &a_move.from {
            FromDraft::AnyOpen(_) => false,
            FromDraft::Stages(stages) => stages.iter().any(|one| one.value == stage),
        };
        let other = others.rev().find(|stage| *stage != a_move.to.value && !is_from(stage));
        if let Some(other) = other.map(str::to_owned) {
            let what = format!("`{words}` leads to `{other}` instead");
            self.set(a_move.to.mark, what, lens, move |a_move| a_move.to.value.clone_from(&other));
        }
        if let FromDraft::Stages(stages) = &a_move.from
            && stages.len() > 1
        {
            for (at, stage) in stages.iter().enumerate() {
                let what = format!("`{words}` no longer starts from `{}`", stage.value);
                self.set(stage.mark, what, lens, move |a_move| {
                    if let FromDraft::Stages(stages) = &mut a_move.from {
                        remove(stages, at);
                    }
                });
            }
        }
        self.optional_guard(
            "when",
            a_move.when.as_ref(),
            &within(lens, |a_move: &mut MoveDraft| Some(&mut a_move.when)),
        );
    }

    pub(super) fn conditions(&mut self) {
        for (at, condition) in self.draft.conditions.iter().enumerate() {
            self.rule("condition", &condition.name.value, &condition.value.cite);
            let lens = row(|draft: &mut Draft| &mut draft.conditions, at);
            self.guard(&condition.value.when, &within(&lens, |row: &mut ConditionDraft| Some(&mut row.when)));
            self.moves(
                &condition.value.moves,
                &within(&lens, |row: &mut ConditionDraft| Some(&mut row.moves)),
            );
        }
    }

    pub(super) fn obligations(&mut self) {
        for (at, row_of) in self.draft.obligations.iter().enumerate() {
            let obligation = &row_of.value;
            self.rule("obligation", &row_of.name.value, &obligation.cite);
            let lens = row(|draft: &mut Draft| &mut draft.obligations, at);
            let when = within(&lens, |row: &mut ObligationDraft| Some(&mut row.when));
            self.optional_guard("when", obligation.when.as_ref(), &when);
            self.bearer(&obligation.bearer, &lens);
            let met_by = within(&lens, |row: &mut ObligationDraft| Some(&mut row.met_by));
            self.each_dropped(&obligation.met_by, &met_by, |act| {
                (act.mark, format!("`{}` no longer meets it", act.value))
            });
        }
    }

    /// Another authority owes it, of the same side if there is one.
    fn bearer(&mut self, bearer: &Marked<String>, lens: &Lens<ObligationDraft>) {
        let Some(other) = self.another_authority(std::slice::from_ref(bearer), &bearer.value) else { return };
        let what = format!("`{other}` owes it instead of `{}`", bearer.value);
        self.set(bearer.mark, what, lens, move |row| row.bearer.value.clone_from(&other));
    }

    /// An authority that is none of these, of the same side as `who` if there is one.
    fn another_authority(&self, by: &[Marked<String>], who: &str) -> Option<String> {
        let side = who.split('/').next().unwrap_or_default();
        let others = self.draft.authorities.iter().map(|row| row.name.value.as_str());
        let others: Vec<&str> = others.filter(|name| by.iter().all(|one| one.value != *name)).collect();
        let same_side = others.iter().find(|name| name.split('/').next() == Some(side));
        same_side.or(others.first()).map(|name| (*name).to_owned())
    }

    pub(super) fn documents(&mut self) {
        for (at, row_of) in self.draft.documents.iter().enumerate() {
            let document = &row_of.value;
            self.rule("document", &row_of.name.value, &document.cite);
            let lens = row(|draft: &mut Draft| &mut draft.documents, at);
            let mark = row_of.name.mark;
            if let Some(never) = self.never() {
                let what = "it is no longer required";
                self.set(mark, what, &lens, move |row: &mut DocumentDraft| row.when = Some(never.clone()));
            }
            if matches!(document.form, DocumentForm::Original | DocumentForm::CertifiedCopy) {
                let what = format!("any copy will do instead of `{}`", document.form);
                self.set(mark, what, &lens, |row: &mut DocumentDraft| row.form = DocumentForm::Copy);
            }
            if let Translation::Into(language) = &document.translated {
                let what = format!("it need not be translated into `{language}`");
                self.set(mark, what, &lens, |row: &mut DocumentDraft| {
                    row.translated = Translation::NotNeeded;
                });
            }
            let when = within(&lens, |row: &mut DocumentDraft| Some(&mut row.when));
            self.optional_guard("when", document.when.as_ref(), &when);
            let in_force = within(&lens, |row: &mut DocumentDraft| Some(&mut row.in_force));
            self.validity(document.in_force.as_ref(), &in_force);
        }
    }

    /// A condition that never holds. There is no word for it, and a document that is taken out leaves conditions that
    /// name it behind.
    fn never(&self) -> Option<GuardDraft> {
        let act = self.draft.acts.first()?;
        let recorded = || {
            let atom = AtomDraft::Recorded(act.name.clone());
            GuardDraft::Atom(Marked { value: atom, mark: act.name.mark })
        };
        Some(GuardDraft::And(vec![recorded(), GuardDraft::Not(Box::new(recorded()))]))
    }

    pub(super) fn grounds(&mut self) {
        for (at, row_of) in self.draft.grounds.iter().enumerate() {
            let ground = &row_of.value;
            self.rule("ground", &row_of.name.value, &ground.cite);
            let lens = row(|draft: &mut Draft| &mut draft.grounds, at);
            let other = match ground.force {
                Force::Mandatory => Force::Optional,
                Force::Optional => Force::Mandatory,
            };
            let what = format!("it is `{other}` instead of `{}`", ground.force);
            self.set(row_of.name.mark, what, &lens, move |row: &mut GroundDraft| row.force = other);
            let by = within(&lens, |row: &mut GroundDraft| Some(&mut row.considered_by));
            self.authorities(&ground.considered_by, &by, "considers it");
            let in_force = within(&lens, |row: &mut GroundDraft| Some(&mut row.in_force));
            self.validity(ground.in_force.as_ref(), &in_force);
        }
    }

    /// The days between which something is law: each a day earlier or later, and none at all.
    pub(super) fn validity(&mut self, validity: Option<&ValidityDraft>, lens: &Lens<Option<ValidityDraft>>) {
        let Some(validity) = validity else { return };
        self.citing(&validity.cite, |list| {
            let what = "it is law at all times: `in-force` is dropped";
            list.set(validity.mark, what, lens, |slot| *slot = None);
            for (word, day, is_first) in [("from", &validity.from, true), ("until", &validity.until, false)] {
                let Some(day) = day else { continue };
                for other in [day.value.plus_days(-1), day.value.plus_days(1)].into_iter().flatten() {
                    let what = format!("it is law {word} {other} instead of {}", day.value);
                    list.set(day.mark, what, lens, move |slot| {
                        let slot = slot
                            .as_mut()
                            .and_then(|one| if is_first { one.from.as_mut() } else { one.until.as_mut() });
                        if let Some(day) = slot {
                            day.value = other;
                        }
                    });
                }
            }
        });
    }
}

fn move_words(a_move: &MoveDraft) -> String {
    let from = match &a_move.from {
        FromDraft::AnyOpen(_) => "any open".to_owned(),
        FromDraft::Stages(stages) => {
            stages.iter().map(|stage| stage.value.as_str()).collect::<Vec<_>>().join(" or ")
        }
    };
    format!("{from} -> {}", a_move.to.value)
}
