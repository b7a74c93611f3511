//! What somebody records next in a case.

use comity_core::entry::{Body, Deed, Entry, Office, Proposal, What, awaiting, proposed};
use comity_core::name::{Name, Private};
use comity_core::time::{Day, Moment, When};
use comity_core::{Rejection, Stamp, View, admit_together, office_standing};
use comity_testkit::{done, possible};

use super::chance::Chance;
use super::model::Case;

const HOUR: i64 = 3_600_000_000;

/// What kind of thing it is.
#[derive(Clone, Copy, Debug)]
enum Pick {
    Lawful,
    Late,
    Closed,
    Correct,
    Annul,
    Note,
    Office,
    Together,
    Confirm,
    Propose,
}

const PICKS: [(u64, Pick); 10] = [
    (48, Pick::Lawful),
    (12, Pick::Late),
    (6, Pick::Closed),
    (8, Pick::Correct),
    (6, Pick::Annul),
    (4, Pick::Note),
    (12, Pick::Office),
    (4, Pick::Together),
    (2, Pick::Confirm),
    (1, Pick::Propose),
];

/// Something to be recorded in a case at `now`.
pub(crate) fn pick(case: &Case, now: Moment, chance: &mut Chance) -> Vec<Body> {
    let view = case.view(now);
    let kind = if !awaiting(&case.entries).is_empty() && chance.percent(30) {
        Pick::Confirm
    } else {
        chance.weighed(&PICKS).unwrap_or(Pick::Note)
    };
    let body = match kind {
        Pick::Lawful => open(&view, chance).map(|what| at(what, now)),
        Pick::Late => open(&view, chance).map(|what| {
            let when = earlier(case, now, chance);
            Body::Deed(Deed { when, what })
        }),
        Pick::Closed => closed(&view, chance).map(|what| at(what, now)),
        Pick::Correct => correction(case, &view, now, chance),
        Pick::Annul => annulment(case, chance),
        Pick::Note => None,
        Pick::Confirm => confirmation(case, chance),
        // Most of it takes no second person, and is refused.
        Pick::Propose => open(&view, chance).and_then(|what| proposal(at(what, now))),
        Pick::Office => Some(Body::Office(office(case, now, chance))),
        Pick::Together => {
            let (first, second) = (open(&view, chance), open(&view, chance));
            let both = first.into_iter().chain(second).map(|what| at(what, now));
            return both.chain([Body::Note(Private::new("both came with one letter"))]).collect();
        }
    };
    let body = body.unwrap_or_else(|| Body::Note(Private::new("seen by the head of the office")));
    vec![if chance.percent(85) { as_it_must_be(case, body, now) } else { body }]
}

/// What the procedure leaves to two persons is proposed, as an officer is told to who records it alone.
fn as_it_must_be(case: &Case, body: Body, now: Moment) -> Body {
    let stamp = Stamp { at: now, by: Private::new("officer") };
    match admit_together(&case.lineage, &case.entries, vec![body.clone()], &stamp) {
        Err(Rejection::TakesTwo { .. }) => proposal(body.clone()).unwrap_or(body),
        Ok(_) | Err(_) => body,
    }
}

fn proposal(body: Body) -> Option<Body> {
    Proposal::of(body).map(Body::Proposed)
}

/// The confirmation of what waits for one; sometimes of what never was proposed, or has been withdrawn.
fn confirmation(case: &Case, chance: &mut Chance) -> Option<Body> {
    let waiting: Vec<_> = awaiting(&case.entries).iter().map(|(entry, _)| entry.number).collect();
    let mut any = || chance.one(&case.entries).map(|entry| entry.number);
    let entry = if waiting.is_empty() { any() } else { chance.one(&waiting).copied() }?;
    Some(Body::Confirmed { entry })
}

fn at(what: What, now: Moment) -> Body {
    Body::Deed(Deed { when: When::At(now), what })
}

/// Something that the engine says may be recorded: more often an act than anything else, for acts move a case.
fn open(view: &View, chance: &mut Chance) -> Option<What> {
    let value = chance.small(u32::MAX);
    let all = possible(view, value);
    let acts: Vec<&What> = all.iter().filter(|what| matches!(what, What::Act { .. })).collect();
    if chance.percent(70) && !acts.is_empty() {
        return chance.one(&acts).map(|what| (*what).clone());
    }
    chance.one(&all).cloned()
}

/// An act that the engine says is closed.
fn closed(view: &View, chance: &mut Chance) -> Option<What> {
    let acts = view.acts();
    let closed: Vec<_> = acts.iter().filter(|act| !act.is_open()).collect();
    let act = chance.one(&closed)?;
    let value = chance.small(u32::MAX);
    chance.one(&done(view.procedure(), act, value)).cloned()
}

/// A moment or a day since the case began, more often not long ago.
fn earlier(case: &Case, now: Moment, chance: &mut Chance) -> When {
    let zone = &case.procedure().home().zone;
    let since = case.opening.since.earliest(zone);
    let age = u64::try_from(since.microseconds_until(now)).unwrap_or(0);
    let most = if chance.percent(70) { age.min(60 * 24 * HOUR.unsigned_abs()) } else { age };
    let back = i64::try_from(chance.below(most + 1)).unwrap_or(0);
    let moment = now.plus_microseconds(-back).unwrap_or(now);
    if chance.percent(60) { When::On(zone.day_at(moment)) } else { When::At(moment) }
}

/// The entries that hold a deed, or that confirmed one.
fn deeds(entries: &[Entry]) -> Vec<(&Entry, &Deed)> {
    let all = entries.iter();
    all.filter_map(|entry| Some((entry, deed_of(entries, &entry.body)?)))
        .filter(|(_, deed)| !matches!(deed.what, What::Learned { .. }))
        .collect()
}

fn deed_of<'e>(entries: &'e [Entry], body: &'e Body) -> Option<&'e Deed> {
    if let Body::Confirmed { entry } = body {
        proposed(entries, *entry).and_then(Proposal::deed)
    } else if let Body::Deed(deed) = body {
        Some(deed)
    } else {
        None
    }
}

/// Another date or another content for something that was recorded.
fn correction(case: &Case, view: &View, now: Moment, chance: &mut Chance) -> Option<Body> {
    let (entry, deed) = *chance.one(&deeds(&case.entries))?;
    let deed = if chance.percent(60) {
        Deed { when: earlier(case, now, chance), what: deed.what.clone() }
    } else {
        Deed { when: deed.when, what: open(view, chance)? }
    };
    Some(Body::Corrected { entry: entry.number, deed, reason: Private::new("it was read wrongly") })
}

/// Most often the last thing that was recorded, for others rest on what lies before.
fn annulment(case: &Case, chance: &mut Chance) -> Option<Body> {
    let last = deeds(&case.entries).last().map(|(entry, _)| entry.number);
    let any = chance.one(&case.entries).map(|entry| entry.number);
    let entry = if chance.percent(60) { last.or(any) } else { any }?;
    Some(Body::Annulled { entry, reason: Private::new("it was recorded in the wrong case") })
}

/// What an office does about a case, whether or not it makes sense.
fn office(case: &Case, now: Moment, chance: &mut Chance) -> Office {
    let zone = &case.procedure().home().zone;
    let mut day = || -> Option<Day> {
        let days = i64::try_from(chance.below(500)).unwrap_or(0) - 20;
        zone.day_at(now).plus_days(days)
    };
    let day = day().unwrap_or(Day::MAX);
    match chance.below(9) {
        0 => {
            Office::Held { reason: Private::new("counsel is ill"), until: chance.percent(60).then_some(day) }
        }
        1 => Office::Resumed,
        2 | 3 => Office::ReviewBy { by: day, why: Private::new("ask the ministry") },
        4 => Office::NoReview,
        5 => Office::Sealed {
            accounts: vec![Private::new("b.silva")],
            desks: Vec::new(),
            reason: Private::new("a witness is at risk"),
        },
        // Seldom of a case that is not sealed.
        6 | 7 if office_standing(&case.entries).seal.is_some() || chance.percent(5) => {
            Office::Unsealed { reason: Private::new("the witness is safe") }
        }
        _ => {
            let desk: Option<Name> = chance.percent(50).then(|| "section-2".parse().ok()).flatten();
            let to = chance.percent(60).then(|| Private::new("b.silva"));
            Office::Assigned { to, desk }
        }
    }
}
