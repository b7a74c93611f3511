//! Dates, deeds and reasons in words, where the engine has no sentence of its own.

use std::collections::BTreeMap;

use comity_core::entry::{Body, Deed, ErasureProposed, Filed, Office, Proposal, Warning, What};
use comity_core::id::EntryNumber;
use comity_core::migration::{Ends, Fate, Migration};
use comity_core::name::{Name, Private};
use comity_core::procedure::{Basis, Citation, Procedure};
use comity_core::time::{Count, Moment, When, Zone};
use comity_core::{ActView, Cause, CycleStatus, End, Happening, moment_in_words, when_in_words};

const MICROSECONDS_A_MINUTE: i64 = 60_000_000;
const MICROSECONDS_A_DAY: i64 = 24 * 60 * MICROSECONDS_A_MINUTE;

/// A date for a column: `2020-11-02 15:00 Seoul`, `2020-11-02`, `2020-11` or `2020`. A time of day without its place
/// would be two times.
#[must_use]
pub fn date(when: When, zone: &Zone) -> String {
    match when {
        When::At(moment) => format!("{} {}", zone.local(moment), zone.place()),
        When::On(_) | When::In { .. } | When::During { .. } => when.to_string(),
    }
}

/// A deed with the titles of the procedure, and the values that were given with it.
#[must_use]
pub fn deed(what: &What, procedure: &Procedure) -> String {
    match what {
        What::Act { act, facts, .. } => {
            let acts = procedure.acts();
            let title =
                acts.find(act.as_str()).and_then(|id| acts.get(id)).map_or(act.as_str(), |act| &act.title);
            let values: Vec<String> = facts.iter().map(|(_, value)| value.reveal()).collect();
            if values.is_empty() { title.to_owned() } else { format!("{title} ({})", values.join("; ")) }
        }
        What::Document(arrival) => {
            let documents = procedure.documents();
            let row = documents.find(arrival.document.as_str()).and_then(|id| documents.get(id));
            let title = row.map_or(arrival.document.as_str(), |row| &row.title);
            let language = arrival
                .translated_into
                .as_ref()
                .map(|tag| format!(", translated ({tag})"))
                .unwrap_or_default();
            format!("Document: {title} ({}{language})", arrival.form)
        }
        What::Finding { ground, applies, .. } => {
            let grounds = procedure.grounds();
            let row = grounds.find(ground.as_str()).and_then(|id| grounds.get(id));
            let title = row.map_or(ground.as_str(), |row| &row.title);
            format!("Ground {}: {title}", if *applies { "applies" } else { "does not apply" })
        }
        What::Fact { fact, value } => {
            format!("{}: {}", fact_title(fact.as_str(), procedure), value.reveal())
        }
        What::Learned { fact, value, .. } => {
            format!("{}: {value}, by the linked case", fact_title(fact.as_str(), procedure))
        }
    }
}

fn fact_title<'p>(name: &'p str, procedure: &'p Procedure) -> &'p str {
    let facts = procedure.facts();
    facts.find(name).and_then(|id| facts.get(id)).map_or(name, |fact| &fact.title)
}

/// What an entry says.
#[must_use]
pub fn body(body: &Body, procedure: &Procedure) -> String {
    let zone = &procedure.home().zone;
    match body {
        Body::Opened(opening) => format!("opened under {}", opening.procedure),
        Body::Deed(one) => dated(one, procedure),
        Body::Annulled { entry, reason } => {
            format!("entry {entry} annulled: {}", reason.reveal())
        }
        Body::Corrected { entry, deed: one, reason } => {
            format!("entry {entry} corrected to {}; {}", dated(one, procedure), reason.reveal())
        }
        Body::Proposed(what) => format!("proposed: {}", proposal(what, procedure)),
        Body::Confirmed { entry } => format!("entry {entry} confirmed"),
        Body::Linked { link, case } => format!("linked: {link} is case {case}"),
        Body::Noticed(notice) => {
            let ran_out = date(When::At(notice.ran_out), zone);
            format!("noticed: {} ran out {ran_out}{}", notice.clock, told_to(&notice.told))
        }
        Body::Note(text) => format!("note: {}", text.reveal()),
        Body::Filed(filed) => {
            let of = filed.entry.map_or_else(String::new, |entry| format!(" with entry {entry}"));
            let Filed { name, media, size, content, .. } = filed;
            format!("file{of}: {}, {media}, {size} bytes, SHA-256 {content}", name.reveal())
        }
        Body::ErasureProposed(ErasureProposed { authority, reason }) => {
            format!("erasure proposed, by order of {authority}: {reason}")
        }
        Body::Office(work) => office(work),
        Body::Warned(Warning { clock, before, at, ends, told }) => {
            let (at, ends) = (date(When::At(*at), zone), date(When::At(*ends), zone));
            format!("warned: {clock} runs out {ends}; {before} before, since {at}{}", told_to(told))
        }
        Body::Migrated(one) => migration(one),
    }
}

/// A deed with its date.
fn dated(one: &Deed, procedure: &Procedure) -> String {
    format!("{}: {}", date(one.when, &procedure.home().zone), deed(&one.what, procedure))
}

/// What waits for another person.
#[must_use]
pub fn proposal(proposal: &Proposal, procedure: &Procedure) -> String {
    match proposal {
        Proposal::Deed(one) => dated(one, procedure),
        Proposal::Annulled { entry, reason } => format!("to annul entry {entry}: {}", reason.reveal()),
        Proposal::Corrected { entry, deed: one, reason } => {
            format!("to correct entry {entry} to {}; {}", dated(one, procedure), reason.reveal())
        }
    }
}

/// What a migration says, and what becomes of each thing that the plan names.
fn migration(one: &Migration) -> String {
    let Migration { procedure, version, authority, reason, cite, .. } = one;
    let mut said =
        format!("migrated to {procedure} version {version}, by order of {authority}: {reason} ({cite})");
    for fate in fates(one) {
        said.push_str("; ");
        said.push_str(&fate);
    }
    said
}

/// What a plan makes of each thing that it names, in its order.
#[must_use]
pub fn fates(plan: &Migration) -> Vec<String> {
    let fate = |what: &str, name: &Name, fate: &Fate| match fate {
        Fate::Becomes(becomes) if becomes == name => format!("{what} {name}"),
        Fate::Becomes(becomes) => format!("{what} {name} becomes {becomes}"),
        Fate::Dropped { reason } => format!("{what} {name} is dropped, for {reason}"),
    };
    let mut told = Vec::new();
    for track in &plan.tracks {
        let stages: Vec<String> =
            track.stages.iter().map(|(was, becomes)| format!("{was} -> {becomes}")).collect();
        let stages = if stages.is_empty() { String::new() } else { format!(": {}", stages.join(", ")) };
        told.push(format!("{}{stages}", fate("track", &track.track, &track.fate)));
    }
    for clock in &plan.clocks {
        let ends = match (&clock.fate, clock.ends) {
            (Fate::Dropped { .. }, _) => "",
            (Fate::Becomes(_), Ends::Keep) => " keeps its end",
            (Fate::Becomes(_), Ends::Recompute) => " is counted anew",
            (Fate::Becomes(_), Ends::Later) => " takes the later end",
        };
        let accepted = if clock.may_have_run_out { ", though it may have run out by that" } else { "" };
        told.push(format!("{}{ends}{accepted} ({})", fate("clock", &clock.clock, &clock.fate), clock.cite));
    }
    told.extend(plan.names.iter().map(|one| fate(one.kind.word(), &one.name, &one.fate)));
    told
}

/// What the office did.
fn office(work: &Office) -> String {
    match work {
        Office::Held { reason, until } => {
            let until = until.map_or_else(String::new, |day| format!(" until {day}"));
            format!("on hold{until}: {}", reason.reveal())
        }
        Office::Resumed => "resumed".to_owned(),
        Office::Assigned { to, desk } => format!("given to {}", whose(to.as_ref(), desk.as_ref())),
        Office::ReviewBy { by, why } => format!("to be looked at {by}: {}", why.reveal()),
        Office::NoReview => "day of review struck out".to_owned(),
        Office::Sealed { accounts, desks, reason } => {
            format!("sealed, to be seen by {} alone: {}", who_may_see(accounts, desks), reason.reveal())
        }
        Office::Unsealed { reason } => format!("seal lifted: {}", reason.reveal()),
    }
}

/// Who may see a sealed case: `a.costa, desk extradition`.
#[must_use]
pub fn who_may_see(accounts: &[Private], desks: &[Name]) -> String {
    let accounts = accounts.iter().map(|account| account.reveal().to_owned());
    let all: Vec<String> = accounts.chain(desks.iter().map(|desk| format!("desk {desk}"))).collect();
    all.join(", ")
}

/// Who has a case: `a.costa, desk extradition`.
#[must_use]
pub fn whose(to: Option<&Private>, desk: Option<&Name>) -> String {
    match (to, desk) {
        (Some(to), Some(desk)) => format!("{}, desk {desk}", to.reveal()),
        (Some(to), None) => to.reveal().to_owned(),
        (None, Some(desk)) => format!("desk {desk}"),
        (None, None) => "nobody".to_owned(),
    }
}

fn told_to(told: &[Name]) -> String {
    let told: Vec<String> = told.iter().map(ToString::to_string).collect();
    if told.is_empty() { String::new() } else { format!("; told {}", told.join(", ")) }
}

/// What brought something about, in a few words.
#[must_use]
pub fn cause(cause: Cause, deeds: &BTreeMap<EntryNumber, &Deed>, procedure: &Procedure) -> String {
    match cause {
        Cause::Opening => "the case began".to_owned(),
        Cause::Entry(number) => match deeds.get(&number) {
            Some(deed) => format!("{}, entry {number}", deed.what.label()),
            None => format!("entry {number}"),
        },
        Cause::Expiry(id) => {
            let clocks = procedure.clocks().iter();
            let name = clocks
                .into_iter()
                .find(|(other, _, _)| *other == id)
                .map_or("", |(_, name, _)| name.as_str());
            format!("{name} ran out")
        }
    }
}

/// Who may do an act.
#[must_use]
pub fn by_titles(act: &ActView<'_>) -> String {
    let titles: Vec<&str> = act.by.iter().map(|(_, authority)| authority.title.as_str()).collect();
    titles.join(" or ")
}

/// The tracks that moved, as `custody: held`.
#[must_use]
pub fn moved(happening: &Happening, procedure: &Procedure) -> Vec<String> {
    let tracks = procedure.tracks();
    let names = happening.moved.iter().filter_map(|moved| {
        let (_, name, track) = tracks.iter().find(|(id, _, _)| *id == moved.track)?;
        let (_, to, _) = track.stages.iter().find(|(id, _, _)| *id == moved.to)?;
        Some(format!("{name}: {to}"))
    });
    names.collect()
}

/// When a run ends or ended, in words.
#[must_use]
pub fn ending(end: &End, status: &CycleStatus, zone: &Zone, now: Moment) -> String {
    let last = last_moment(end, zone);
    match status {
        CycleStatus::Running => match (end.moment(), left(end, zone, now)) {
            (Some(ends), Some(left)) => format!("{last} = {ends}; {left}"),
            (Some(ends), None) => format!("{last} = {ends}"),
            (None, _) => last,
        },
        CycleStatus::Met { when, .. } => format!("met {}; {last}", when_in_words(*when, zone)),
        CycleStatus::RanOut { at, withheld } => {
            let kept_back = if *withheld { "; its consequence is kept back" } else { "" };
            format!("{last}; ran out {}{kept_back}", moment_in_words(*at, zone))
        }
        CycleStatus::Cured { ran_out, when, .. } => {
            let (ran_out, when) = (moment_in_words(*ran_out, zone), when_in_words(*when, zone));
            format!("{last}; ran out {ran_out}, put right {when}")
        }
        CycleStatus::SwitchedOff { when, .. } => {
            format!("no longer matters since {}", when_in_words(*when, zone))
        }
        CycleStatus::Replaced { when, by: None, .. } => format!("begun anew {}", when_in_words(*when, zone)),
        CycleStatus::Replaced { when, by: Some(_), .. } => {
            format!("another limit took its place {}", when_in_words(*when, zone))
        }
    }
}

fn last_moment(end: &End, zone: &Zone) -> String {
    match end {
        End::Counted(Count::Days(days)) if days.held_over.is_some() => {
            format!("ends {}", moment_in_words(days.ends, zone))
        }
        End::Counted(Count::Days(days)) => {
            format!("last day {}, to the end of the day ({})", days.last_day.in_words(), zone.place())
        }
        End::Counted(Count::Hours(hours)) => format!("ends {}", moment_in_words(hours.ends, zone)),
        End::Named { last_day, .. } => {
            format!("last day {}, as named, to the end of the day ({})", last_day.in_words(), zone.place())
        }
        End::NotNamed => "no last day yet: an authority must name it".to_owned(),
        End::Stopped { since } => format!("stands still since {}", when_in_words(*since, zone)),
        End::NoDayYet => "no last day yet: the day it is counted from is not recorded".to_owned(),
        End::WaitsFor(_) => "no last day yet: the limit before it has none now".to_owned(),
        End::CannotCount(why) => format!("we can't compute the last day: {why}"),
    }
}

/// How much is left of a run.
#[must_use]
pub fn left(end: &End, zone: &Zone, now: Moment) -> Option<String> {
    let ends = end.moment()?;
    if ends <= now {
        return None;
    }
    let between = |from: Moment, to: Moment| to.as_unix_microseconds() - from.as_unix_microseconds();
    Some(match end.last_day() {
        None => {
            let minutes = between(now, ends) / MICROSECONDS_A_MINUTE;
            format!("{} h {} min left", minutes / 60, minutes % 60)
        }
        Some(last) => {
            let today = zone.start_of(zone.day_at(now));
            // Half a day more, because a day with a change of the clocks has an hour less or more.
            let days = (between(today, zone.start_of(last)) + MICROSECONDS_A_DAY / 2) / MICROSECONDS_A_DAY;
            match usize::try_from(days).unwrap_or(0) {
                0 => "today is the last day".to_owned(),
                1 => "1 day left".to_owned(),
                days => format!("{days} days left"),
            }
        }
    })
}

/// `act 9(1): Provisional arrest (Extradition Act)`, for each provision cited.
#[must_use]
pub fn provisions(basis: &Basis, procedure: &Procedure) -> Vec<String> {
    let heading = |citation: &Citation| match citation {
        Citation::Article { source, article, .. } => {
            let sources = procedure.sources();
            let row = sources.find(source.as_str()).and_then(|id| sources.get(id));
            let found = row.and_then(|row| row.articles.iter().find(|known| known.number == *article));
            let (title, heading) =
                (row.map_or("", |row| row.title.as_str()), found.map_or("", |found| found.heading.as_str()));
            format!("{citation}: {heading} ({title})")
        }
        Citation::Reading(number) => format!("reading {number} in the notes beside {}", procedure.name()),
    };
    basis.0.iter().map(heading).collect()
}
