//! What running out does, in words.

use super::{Reason, reason};
use crate::procedure::{ActId, Basis, Clock, Excuse, Expiry, ExpiryEffect, Procedure, TrackMoves};

/// What running out does, and what may keep it back.
pub(super) fn of_expiry(procedure: &Procedure, clock: &Clock) -> Vec<Reason> {
    let expiry = &clock.on_expiry;
    let basis = expiry.basis.or(&clock.basis);
    let mut steps = vec![reason(
        "if it runs out",
        consequence(procedure, expiry, basis) + &moves_in_words(procedure, &expiry.moves),
    )];
    for exception in &expiry.unless {
        let says = format!("kept back while {} ({})", exception.when.words(procedure), exception.basis);
        steps.push(reason("unless", says));
    }
    steps
}

fn consequence(procedure: &Procedure, expiry: &Expiry, basis: &Basis) -> String {
    let excuse = match expiry.excuse {
        Some(Excuse::None) => "; no excuse is heard",
        Some(Excuse::ReasonableCause) => "; unless a reasonable cause for the delay is shown",
        None => "",
    };
    let opens = titles(procedure, &expiry.opens);
    match expiry.effect {
        ExpiryEffect::Duty => match expiry.duty {
            Some(duty) => {
                let obligation = procedure.obligations.at(duty);
                let bearer = &procedure.authorities.at(obligation.bearer).title;
                format!("{bearer} must: {} ({basis})", obligation.title)
            }
            None => format!("a duty ({basis})"),
        },
        ExpiryEffect::MustExplain => match expiry.duty {
            Some(duty) => {
                let obligation = procedure.obligations.at(duty);
                let bearer = &procedure.authorities.at(obligation.bearer).title;
                format!("what was limited is owed still, and {bearer} must: {} ({basis})", obligation.title)
            }
            None => format!("what was limited is owed still, and the delay must be explained ({basis})"),
        },
        ExpiryEffect::ByLaw => match expiry.duty {
            Some(duty) => {
                let obligation = procedure.obligations.at(duty);
                let bearer = &procedure.authorities.at(obligation.bearer).title;
                format!(
                    "the law itself changes how things stand, and {bearer} must: {} ({basis})",
                    obligation.title
                )
            }
            None => format!("the law itself changes how things stand ({basis})"),
        },
        ExpiryEffect::Deemed => format!("the law takes the decision as made ({basis})"),
        ExpiryEffect::Permission if opens.is_empty() => format!("what was closed may be done ({basis})"),
        ExpiryEffect::Permission => format!("this may be done: {opens} ({basis})"),
        ExpiryEffect::OnApplication => format!("only on application: {opens}{excuse} ({basis})"),
        ExpiryEffect::OnApplicationOrOwnMotion => {
            format!("on application, or of the authority's own motion: {opens}{excuse} ({basis})")
        }
        ExpiryEffect::Lapse => {
            format!(
                "the power ends, and this can no longer be done: {} ({basis})",
                titles(procedure, &expiry.closes)
            )
        }
        ExpiryEffect::Bar => {
            format!("this may not be done a second time: {} ({basis})", titles(procedure, &expiry.closes))
        }
        ExpiryEffect::Alert => format!("nothing changes; those concerned are told ({basis})"),
        ExpiryEffect::NothingChanges => format!("the provision says that nothing changes ({basis})"),
        ExpiryEffect::NothingStated => {
            format!("the provision states no effect: a warning, and nothing moves ({basis})")
        }
    }
}

fn titles(procedure: &Procedure, acts: &[ActId]) -> String {
    let titles: Vec<&str> = acts.iter().map(|act| procedure.acts.at(*act).title.as_str()).collect();
    titles.join("; ")
}

/// `; custody goes from held to release-due`, for each track that may move.
fn moves_in_words(procedure: &Procedure, moves: &[TrackMoves]) -> String {
    let goes = moves.iter().flat_map(|track| track.moves.iter().map(move |one| (track.track, one)));
    let sentences = goes.map(|(track, one)| {
        let stages = &procedure.tracks.at(track).stages;
        let from: Vec<&str> = one.from.iter().map(|stage| stages.name(*stage).as_str()).collect();
        let (name, to) = (procedure.tracks.name(track), stages.name(one.to));
        format!("; {name} goes from {} to {to}", from.join(" or "))
    });
    sentences.collect::<Vec<String>>().concat()
}
