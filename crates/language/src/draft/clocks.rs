//! Clocks, and the thresholds that share a period with one.

use comity_core::procedure::draft::{
    ChoicesDraft, ClockDraft, CountedFromDraft, ExpiryDraft, ExtendByDraft, ExtensionDraft, GuardDraft,
    LengthChangeDraft, LengthDraft, PurposeDraft, Row, StartsDraft, StopsDraft,
};
use comity_core::procedure::{Marked, Recurs};
use comity_core::time::Period;

use super::law::{law_of, marked_day};
use super::{Beside, chosen, length, mark, marked, maybe_names, name, names, plain};
use crate::code::Code;
use crate::diagnostic::Slip;
use crate::file::{
    ChangeFile, ClockFile, CountedFromFile, ExpiryFile, ExtendByFile, ExtendedByFile, ExtensionFile,
    LengthFile, LengthText, Name, OneOrMore, Rows, StartsFile, Text, ThresholdFile, WholeNumber,
};
use crate::text;

/// What two keys of one clock say against each other.
pub(super) fn contradictions(key: &Text, row: &ClockFile) -> Vec<Slip> {
    let from = row.counted_from.as_ref().and_then(|from| counted_from(key, from).err());
    [purpose(key, row).err(), stopping(key, row).err(), from].into_iter().flatten().collect()
}

impl Beside<'_> {
    /// Every clock, each followed by its thresholds.
    pub(super) fn clocks(&self, table: &Rows<ClockFile>) -> Result<Vec<Row<ClockDraft>>, Slip> {
        let mut clocks = Vec::new();
        for (key, row) in &table.0 {
            let clock = self.clock(key, row)?;
            let thresholds: Vec<Row<ClockDraft>> = row
                .thresholds
                .0
                .iter()
                .map(|(own, threshold)| self.threshold(key, &clock, own, threshold))
                .collect::<Result<_, _>>()?;
            clocks.push(Row { name: marked(key), value: clock });
            clocks.extend(thresholds);
        }
        Ok(clocks)
    }

    fn clock(&self, key: &Text, row: &ClockFile) -> Result<ClockDraft, Slip> {
        Ok(ClockDraft {
            title: plain(&row.title),
            purpose: purpose(key, row)?,
            starts: starts(&row.starts),
            counted_from: row.counted_from.as_ref().map(|from| counted_from(key, from)).transpose()?,
            if_started_again: row.if_started_again.value,
            length: match &row.length {
                LengthFile::Counted(text) => LengthDraft::Counted(length(text)?),
                LengthFile::Named(named) => {
                    LengthDraft::Named { by: names(&named.named_by), fact: name(&named.fact) }
                }
            },
            changes: row
                .changed
                .iter()
                .flat_map(|list| &list.0)
                .map(|change| self.change(change))
                .collect::<Result<_, _>>()?,
            law_of: row.law_of.as_ref().map(law_of),
            in_force: self.in_force(row.in_force.as_ref())?,
            counted_by: row.counted_by.as_ref().map(|rule| marked(&rule.0)),
            choices: choices(row),
            calendar: row.calendar.as_ref().map(name),
            zone: name(&row.zone),
            met_by: met_by(&row.met_by),
            cured_by: maybe_names(row.cured_by.as_ref()),
            replaces: maybe_names(row.replaces.as_ref()),
            recurs: row.recurs.as_ref().map_or(Recurs::Never, |recurs| recurs.value),
            at_the_same_instant: row.at_the_same_instant.value,
            stops: self.stops(key, row)?,
            extended_by: self.extensions(&row.extended_by)?,
            off_when: text::guard_or(&self.passage(&row.off_when.0), "never")?,
            on_expiry: self.expiry(&row.on_expiry)?,
            warn: warnings(row.warn.as_ref())?,
            cite: self.cite(&row.cite)?,
            mark: mark(key),
        })
    }

    /// A clock of its own that shares everything with its period but the length and the consequence.
    fn threshold(
        &self,
        key: &Text,
        clock: &ClockDraft,
        own: &Text,
        row: &ThresholdFile,
    ) -> Result<Row<ClockDraft>, Slip> {
        let cite = self.maybe_cite(row.cite.as_ref())?;
        let value = ClockDraft {
            title: plain(&row.title),
            length: LengthDraft::Counted(length(&row.length)?),
            changes: Vec::new(),
            law_of: None,
            on_expiry: self.expiry(&row.on_expiry)?,
            warn: warnings(row.warn.as_ref())?,
            cite: if cite.is_empty() { clock.cite.clone() } else { cite },
            mark: mark(own),
            ..clock.clone()
        };
        let name = Marked { value: format!("{}.{}", plain(key), plain(own)), mark: mark(own) };
        Ok(Row { name, value })
    }

    fn change(&self, row: &ChangeFile) -> Result<LengthChangeDraft, Slip> {
        Ok(LengthChangeDraft {
            from: marked_day(&row.from)?,
            length: length(&row.length)?,
            cite: self.cite(&row.cite)?,
        })
    }

    fn stops(&self, key: &Text, row: &ClockFile) -> Result<StopsDraft, Slip> {
        let (text, adds_up) = stopping(key, row)?;
        let passage = self.passage(text);
        let when: Option<GuardDraft> =
            if adds_up { Some(text::guard(&passage)?) } else { text::guard_or(&passage, "none")? };
        let Some(when) = when else { return Ok(StopsDraft::Never) };
        let days = row.stopped_days.as_ref().map(chosen);
        let (cite, mark) = (self.maybe_cite(row.stop_cite.as_ref())?, mark(text));
        Ok(if adds_up {
            StopsDraft::UnlessRunning { when, days, cite, mark }
        } else {
            StopsDraft::While { when, days, cite, mark }
        })
    }

    fn extensions(&self, list: &ExtendedByFile) -> Result<Vec<ExtensionDraft>, Slip> {
        match list {
            ExtendedByFile::Nothing(_) => Ok(Vec::new()),
            ExtendedByFile::One(extension) => Ok(vec![self.extension(extension)?]),
            ExtendedByFile::Several(list) => list.iter().map(|extension| self.extension(extension)).collect(),
        }
    }

    fn extension(&self, row: &ExtensionFile) -> Result<ExtensionDraft, Slip> {
        Ok(ExtensionDraft {
            act: name(&row.act),
            by: match &row.by {
                ExtendByFile::Length(text) => ExtendByDraft::Length(length(text)?),
                ExtendByFile::Recorded(recorded) => ExtendByDraft::Fact(name(&recorded.fact)),
            },
            from: row.from.as_ref().map(chosen),
            timing: row.granted.value,
            at_most: row.at_most.as_ref().map(number),
            longest: row.longest.as_ref().map(length).transpose()?,
            cite: self.maybe_cite(row.cite.as_ref())?,
        })
    }

    fn expiry(&self, row: &ExpiryFile) -> Result<ExpiryDraft, Slip> {
        Ok(ExpiryDraft {
            effect: chosen(&row.effect),
            duty: row.duty.as_ref().map(name),
            moves: self.moves(&row.moves)?,
            opens: maybe_names(row.opens.as_ref()),
            closes: maybe_names(row.closes.as_ref()),
            excuse: row.excuse.as_ref().map(chosen),
            unless: self.exceptions(row.unless.as_ref())?,
            cite: self.maybe_cite(row.cite.as_ref())?,
        })
    }
}

fn starts(starts: &StartsFile) -> StartsDraft {
    match starts {
        StartsFile::One(one) => StartsDraft::AnyOf(vec![name(one)]),
        StartsFile::AnyOf(list) => StartsDraft::AnyOf(list.iter().map(name).collect()),
        StartsFile::LatestOf(latest) => StartsDraft::LatestOf(names(&latest.latest_of)),
    }
}

fn counted_from(key: &Text, from: &CountedFromFile) -> Result<CountedFromDraft, Slip> {
    match (&from.date_in, &from.last_day_of) {
        (Some(fact), None) => Ok(CountedFromDraft::DateIn(name(fact))),
        (None, Some(clock)) => Ok(CountedFromDraft::LastDayOf(name(clock))),
        (Some(_), Some(clock)) => {
            let message = format!("clock `{}` is counted from two days", key.value);
            let slip = Slip::at(Code::UnknownKey, clock.0.span.clone(), message);
            Err(slip.remedy("write `date-in: FACT` or `last-day-of: CLOCK`"))
        }
        (None, None) => {
            let message = format!("clock `{}` does not say from which day it is counted", key.value);
            let slip = Slip::at(Code::MissingKey, key.span.clone(), message);
            Err(slip.remedy("write `date-in: FACT` or `last-day-of: CLOCK`, or leave `counted-from` out"))
        }
    }
}

fn choices(row: &ClockFile) -> ChoicesDraft {
    let small = |number: &WholeNumber| Marked {
        value: number.0.value.trim().parse().unwrap_or(u8::MAX),
        mark: mark(&number.0),
    };
    ChoicesDraft {
        first_day: row.first_day.as_ref().map(chosen),
        month_end: row.month_end.as_ref().map(chosen),
        broken_months: row.broken_months.as_ref().map(chosen),
        last_day_closed: row.last_day_closed.as_ref().map(chosen),
        open_days_within: row.open_days_within.as_ref().map(small),
        first_hour: row.first_hour.as_ref().map(chosen),
        hours_on_closed_days: row.hours_on_closed_days.as_ref().map(chosen),
    }
}

fn number(number: &WholeNumber) -> Marked<u32> {
    Marked { value: number.0.value.trim().parse().unwrap_or(u32::MAX), mark: mark(&number.0) }
}

fn warnings(warn: Option<&OneOrMore<LengthText>>) -> Result<Vec<Marked<Period>>, Slip> {
    warn.iter().flat_map(|warn| &warn.0).map(length).collect()
}

fn met_by(list: &OneOrMore<Name>) -> Vec<Marked<String>> {
    match list.0.as_slice() {
        [only] if only.0.value.trim() == "nothing" => Vec::new(),
        _ => names(list),
    }
}

fn purpose(key: &Text, row: &ClockFile) -> Result<PurposeDraft, Slip> {
    const REMEDY: &str =
        "write `limits: SIDE-OR-AUTHORITY` for a time limit, or `bars: ACT` for a waiting period";
    match (&row.limits, &row.bars) {
        (Some(limits), None) => Ok(PurposeDraft::Limits(name(limits))),
        (None, Some(bars)) => Ok(PurposeDraft::Bars(names(bars))),
        (Some(_), Some(bars)) => {
            let span = bars.0.first().map_or_else(|| key.span.clone(), |bar| bar.0.span.clone());
            let message = format!("clock `{}` has both `limits` and `bars`", key.value);
            Err(Slip::at(Code::UnknownKey, span, message).remedy(REMEDY))
        }
        (None, None) => {
            let message = format!("clock `{}` has neither `limits` nor `bars`", key.value);
            Err(Slip::at(Code::MissingKey, key.span.clone(), message).remedy(REMEDY))
        }
    }
}

/// What stops a clock, and whether it adds up the time in which that holds.
fn stopping<'r>(key: &Text, row: &'r ClockFile) -> Result<(&'r Text, bool), Slip> {
    const REMEDY: &str = "this is a legal choice: write `stops-while: none`, `stops-while: CONDITION` or \
                          `runs-only-while: CONDITION`";
    match (&row.stops_while, &row.runs_only_while) {
        (Some(stops), None) => Ok((&stops.0, false)),
        (None, Some(runs)) => Ok((&runs.0, true)),
        (Some(_), Some(runs)) => {
            let message = format!("clock `{}` has both `stops-while` and `runs-only-while`", key.value);
            Err(Slip::at(Code::UnknownKey, runs.0.span.clone(), message).remedy(REMEDY))
        }
        (None, None) => {
            let message = format!("clock `{}` does not say whether anything stops it", key.value);
            let code = Code::Procedure(comity_core::procedure::FlawCode::MissingChoice);
            Err(Slip::at(code, key.span.clone(), message).remedy(REMEDY))
        }
    }
}
