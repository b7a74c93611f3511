//! Builds what running out does: each effect with what it needs, and nothing that it cannot have.

use super::rows::Builder;
use crate::procedure::choice::ExpiryEffect;
use crate::procedure::draft::{ClockDraft, ExpiryDraft, Mark, Row};
use crate::procedure::flaw::FlawCode;
use crate::procedure::model::{Exception, Expiry};

impl<'a> Builder<'a> {
    pub(super) fn expiry(&mut self, expiry: &'a ExpiryDraft, row: &Row<ClockDraft>) -> Expiry {
        self.check_effect(expiry, row);
        let duty = expiry.duty.as_ref().and_then(|duty| self.scopes.obligations.find(duty, self.flaws));
        let moves = self.moves(&expiry.moves);
        let opens = self.scopes.acts.find_all(&expiry.opens, self.flaws);
        let closes = self.scopes.acts.find_all(&expiry.closes, self.flaws);
        let unless = expiry.unless.iter().filter_map(|exception| {
            let when = self.guard(&exception.when);
            let what = format!("an exception of the expiry of `{}`", row.name.value);
            let basis = super::required_basis(&exception.cite, &what, row.name.mark, self.draft, self.flaws);
            Some(Exception { when: when?, basis })
        });
        let unless = unless.collect();
        let basis = self.basis(&expiry.cite);
        let excuse = expiry.excuse.as_ref().map(|excuse| excuse.value);
        Expiry { effect: expiry.effect.value, duty, moves, opens, closes, excuse, unless, basis }
    }

    fn check_effect(&mut self, expiry: &ExpiryDraft, row: &Row<ClockDraft>) {
        let (effect, name) = (expiry.effect.value, &row.name.value);
        let asked = |what: &str| format!("the expiry of `{name}` {what}");
        let duty = expiry.duty.as_ref().map(|duty| duty.mark);
        let opens = expiry.opens.first().map(|act| act.mark);
        let closes = expiry.closes.first().map(|act| act.mark);
        let moves = expiry.moves.first().map(|moves| moves.track.mark);
        let excuse = expiry.excuse.as_ref().map(|excuse| excuse.mark);
        let waits = effect.waits_for_an_application();
        self.needs(
            expiry,
            effect.imposes_a_duty(),
            duty,
            asked("imposes a duty and does not name it"),
            "write `duty:` with an obligation",
        );
        self.needs(
            expiry,
            waits,
            opens,
            asked("waits for an application and does not name the act"),
            "write `opens:` with the act of applying",
        );
        self.needs(
            expiry,
            waits,
            excuse,
            asked("does not say whether the delay may be excused"),
            "this is a legal choice: write `excuse: none` or `excuse: reasonable-cause`",
        );
        self.needs(
            expiry,
            effect.closes_acts(),
            closes,
            asked("ends a power and does not name the act"),
            "write `closes:` with the acts that may no longer be done",
        );
        self.needs(
            expiry,
            effect == ExpiryEffect::Deemed,
            moves,
            asked("takes a decision as made and moves nothing"),
            "write `moves:` with what the decision would have moved",
        );
        let has = format!("an expiry with the effect `{effect}`");
        self.refuses(
            !effect.may_impose_a_duty(),
            duty,
            format!("{has} imposes no duty"),
            "write `effect: duty`, or leave `duty` out",
        );
        self.refuses(
            !effect.opens_acts(),
            opens,
            format!("{has} opens no act"),
            "write `effect: permission`, or leave `opens` out",
        );
        self.refuses(
            !effect.closes_acts(),
            closes,
            format!("{has} closes no act"),
            "write `effect: lapse` or `effect: bar`, or leave `closes` out",
        );
        self.refuses(
            !waits,
            excuse,
            format!("{has} waits for no application, so no excuse is heard"),
            "leave `excuse` out",
        );
        self.refuses(
            effect.moves_nothing(),
            moves,
            format!("{has} moves nothing"),
            "leave the moves out, or state the effect",
        );
        if let (true, false) = (effect.moves_nothing(), expiry.unless.is_empty()) {
            let message = format!("{has} has no consequence that could be kept back");
            self.flaw(FlawCode::Contradiction, expiry.effect.mark, message, "leave `unless` out");
        }
    }

    fn needs(
        &mut self,
        expiry: &ExpiryDraft,
        needed: bool,
        there: Option<Mark>,
        message: String,
        remedy: &str,
    ) {
        if needed && there.is_none() {
            self.flaw(FlawCode::MissingChoice, expiry.effect.mark, message, remedy);
        }
    }

    fn refuses(&mut self, refused: bool, there: Option<Mark>, message: String, remedy: &str) {
        if let (true, Some(mark)) = (refused, there) {
            self.flaw(FlawCode::Contradiction, mark, message, remedy);
        }
    }
}
