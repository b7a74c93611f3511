//! Small changes to clocks: their length, how it is counted, what starts, meets, stops and ends them.

use comity_core::procedure::draft::{
    ChoicesDraft, ClockDraft, ExpiryDraft, ExtendByDraft, ExtensionDraft, GuardDraft, LengthChangeDraft,
    LengthDraft, PurposeDraft, StartsDraft, StopsDraft,
};
use comity_core::procedure::{Draft, ExpiryEffect, Marked, Recurs, SameInstant, StartedAgain};
use comity_core::time::{
    BrokenMonths, ClosedLastDay, FirstDay, FirstHour, HoursOnClosedDays, MonthEnd, Period, Unit,
};

use super::edit::{Lens, List, within};
use super::guards::row;

type Names = Vec<Marked<String>>;

impl List<'_> {
    pub(super) fn clocks(&mut self) {
        for (at, clock) in self.draft.clocks.iter().enumerate() {
            self.rule("clock", &clock.name.value, &clock.value.cite);
            let lens = row(|draft: &mut Draft| &mut draft.clocks, at);
            self.length(&clock.value, &lens);
            self.counting(&clock.value, &lens);
            self.counted_by(at, &clock.value);
            self.calendar(at, &clock.value);
            self.warnings(at, &clock.value);
            self.events(&clock.value, &lens);
            self.stops(&clock.value.stops, &within(&lens, |clock: &mut ClockDraft| Some(&mut clock.stops)));
            self.extensions(&clock.value, &lens);
            self.expiry(&clock.value, &lens);
        }
    }

    fn length(&mut self, clock: &ClockDraft, lens: &Lens<ClockDraft>) {
        if let LengthDraft::Counted(length) = &clock.length {
            let its: Lens<Marked<Period>> = within(lens, |clock: &mut ClockDraft| match &mut clock.length {
                LengthDraft::Counted(length) => Some(length),
                LengthDraft::Named { .. } => None,
            });
            self.longer_or_shorter(length, &its);
            self.unit(clock, length, lens);
        }
        let changes = within(lens, |clock: &mut ClockDraft| Some(&mut clock.changes));
        for (at, change) in clock.changes.iter().enumerate() {
            let its: Lens<Marked<Period>> = within(&changes, move |all: &mut Vec<LengthChangeDraft>| {
                all.get_mut(at).map(|change| &mut change.length)
            });
            self.citing(&change.cite, |list| list.longer_or_shorter(&change.length, &its));
        }
    }

    /// One more and one less.
    fn longer_or_shorter(&mut self, length: &Marked<Period>, lens: &Lens<Marked<Period>>) {
        let (count, unit) = (length.value.count(), length.value.unit());
        for other in [count.checked_sub(1), count.checked_add(1)].into_iter().flatten() {
            let Ok(other) = Period::new(other, unit) else { continue };
            let what = format!("{} become {other}", length.value);
            self.set(length.mark, what, lens, move |length| length.value = other);
        }
    }

    /// Calendar days for working days and the other way round, where a calendar says which days are open.
    fn unit(&mut self, clock: &ClockDraft, length: &Marked<Period>, lens: &Lens<ClockDraft>) {
        let other = match length.value.unit() {
            Unit::Day if clock.calendar.is_some() => Unit::WorkingDay,
            Unit::WorkingDay => Unit::Day,
            Unit::Day | Unit::ClearDay | Unit::Hour | Unit::Week | Unit::Month | Unit::Year => return,
        };
        let Ok(period) = Period::new(length.value.count(), other) else { return };
        let (what, mark) = (format!("{} become {period}", length.value), length.mark);
        self.set(mark, what, lens, move |clock| {
            clock.length = LengthDraft::Counted(Marked { value: period, mark });
            if other == Unit::Day && clock.counted_by.is_none() {
                clock.choices.last_day_closed = Some(Marked { value: ClosedLastDay::Stands, mark });
                clock.calendar = None;
            } else {
                // A working day is never closed, so a choice about a closed last day would have no meaning.
                clock.choices.last_day_closed = None;
                clock.choices.open_days_within = None;
            }
        });
    }

    fn counting(&mut self, clock: &ClockDraft, lens: &Lens<ClockDraft>) {
        self.choices(&clock.choices, clock.calendar.is_some(), lens);
        let other = match clock.at_the_same_instant {
            SameInstant::ActFirst => SameInstant::ExpiryFirst,
            SameInstant::ExpiryFirst => SameInstant::ActFirst,
        };
        let what = format!("at the same instant `{other}` instead of `{}`", clock.at_the_same_instant);
        self.set(clock.mark, what, lens, move |clock| clock.at_the_same_instant = other);
        let other = match clock.if_started_again {
            StartedAgain::StartsAnew => StartedAgain::RunsOn,
            StartedAgain::RunsOn => StartedAgain::StartsAnew,
        };
        let what = format!("if started again `{other}` instead of `{}`", clock.if_started_again);
        self.set(clock.mark, what, lens, move |clock| clock.if_started_again = other);
        if clock.recurs != Recurs::Never {
            self.set(clock.mark, "it never begins again by itself", lens, |clock| {
                clock.recurs = Recurs::Never;
            });
        }
        if clock.counted_from.is_some() {
            let what = "it is counted from what starts it";
            self.set(clock.mark, what, lens, |clock| clock.counted_from = None);
        }
        let other = self.draft.sides.iter().find(|side| side.name.value != clock.zone.value);
        if let Some(other) = other.map(|side| side.name.value.clone()) {
            let what = format!("the days of `{other}` count instead of those of `{}`", clock.zone.value);
            self.set(clock.zone.mark, what, lens, move |clock| clock.zone.value.clone_from(&other));
        }
        self.validity(
            clock.in_force.as_ref(),
            &within(lens, |clock: &mut ClockDraft| Some(&mut clock.in_force)),
        );
    }

    fn choices(&mut self, choices: &ChoicesDraft, has_calendar: bool, lens: &Lens<ClockDraft>) {
        let first_day = choices.first_day.as_ref();
        self.choice(
            "first day",
            first_day,
            lens,
            |c| &mut c.first_day,
            |now| match now {
                FirstDay::Counted | FirstDay::CountedWhole => Some(FirstDay::NotCounted),
                FirstDay::NotCounted => Some(FirstDay::Counted),
            },
        );
        let month_end = choices.month_end.as_ref();
        self.choice(
            "month end",
            month_end,
            lens,
            |c| &mut c.month_end,
            |now| match now {
                MonthEnd::Refuse | MonthEnd::Up | MonthEnd::LastDay => Some(MonthEnd::Down),
                MonthEnd::Down => Some(MonthEnd::Up),
            },
        );
        let broken = choices.broken_months.as_ref();
        self.choice(
            "broken months",
            broken,
            lens,
            |c| &mut c.broken_months,
            |now| match now {
                BrokenMonths::CalendarThenDays => None,
                BrokenMonths::ThirtyDays => Some(BrokenMonths::CalendarThenDays),
            },
        );
        let closed = choices.last_day_closed.as_ref();
        self.choice(
            "last day closed",
            closed,
            lens,
            |c| &mut c.last_day_closed,
            |now| match now {
                ClosedLastDay::NextOpenDay | ClosedLastDay::PreviousOpenDay => Some(ClosedLastDay::Stands),
                ClosedLastDay::Stands => has_calendar.then_some(ClosedLastDay::NextOpenDay),
            },
        );
        let first_hour = choices.first_hour.as_ref();
        self.choice(
            "first hour",
            first_hour,
            lens,
            |c| &mut c.first_hour,
            |now| match now {
                FirstHour::Counted => Some(FirstHour::NotCounted),
                FirstHour::NotCounted => Some(FirstHour::Counted),
            },
        );
        let closed = choices.hours_on_closed_days.as_ref();
        self.choice(
            "hours on closed days",
            closed,
            lens,
            |c| &mut c.hours_on_closed_days,
            |now| match now {
                HoursOnClosedDays::Run => has_calendar.then_some(HoursOnClosedDays::Skipped),
                HoursOnClosedDays::Skipped => Some(HoursOnClosedDays::Run),
            },
        );
        self.open_days(choices, lens);
    }

    fn open_days(&mut self, choices: &ChoicesDraft, lens: &Lens<ClockDraft>) {
        let Some(within) = &choices.open_days_within else { return };
        let mark = within.mark;
        for other in [within.value.checked_sub(1), within.value.checked_add(1)].into_iter().flatten() {
            let what = format!("at least {other} open days within instead of {}", within.value);
            self.set(mark, what, lens, move |clock| {
                clock.choices.open_days_within = Some(Marked { value: other, mark });
            });
        }
    }

    fn choice<T: Copy + std::fmt::Display + Send + Sync + 'static>(
        &mut self,
        about: &str,
        now: Option<&Marked<T>>,
        lens: &Lens<ClockDraft>,
        slot: fn(&mut ChoicesDraft) -> &mut Option<Marked<T>>,
        other: impl Fn(T) -> Option<T>,
    ) {
        let Some(now) = now else { return };
        let Some(value) = other(now.value) else { return };
        let (what, mark) = (format!("{about} `{value}` instead of `{}`", now.value), now.mark);
        self.set(mark, what, lens, move |clock| {
            *slot(&mut clock.choices) = Some(Marked { value, mark });
            without_idle_calendar(clock);
        });
    }

    fn events(&mut self, clock: &ClockDraft, lens: &Lens<ClockDraft>) {
        let (StartsDraft::AnyOf(starts) | StartsDraft::LatestOf(starts)) = &clock.starts;
        let its: Lens<Names> = within(lens, |clock: &mut ClockDraft| match &mut clock.starts {
            StartsDraft::AnyOf(events) | StartsDraft::LatestOf(events) => Some(events),
        });
        if starts.len() > 1 {
            self.each_dropped(starts, &its, |one| (one.mark, format!("`{}` no longer starts it", one.value)));
        }
        let dropped =
            |one: &Marked<String>, does: &str| (one.mark, format!("`{}` no longer {does}", one.value));
        let met_by = within(lens, |clock: &mut ClockDraft| Some(&mut clock.met_by));
        self.each_dropped(&clock.met_by, &met_by, |one| dropped(one, "meets it"));
        let cured_by = within(lens, |clock: &mut ClockDraft| Some(&mut clock.cured_by));
        self.each_dropped(&clock.cured_by, &cured_by, |one| dropped(one, "cures it"));
        let replaces = within(lens, |clock: &mut ClockDraft| Some(&mut clock.replaces));
        self.each_dropped(&clock.replaces, &replaces, |one| dropped(one, "ends when it starts"));
        if let PurposeDraft::Bars(bars) = &clock.purpose {
            let its: Lens<Names> = within(lens, |clock: &mut ClockDraft| match &mut clock.purpose {
                PurposeDraft::Bars(bars) => Some(bars),
                PurposeDraft::Limits(_) => None,
            });
            if bars.len() > 1 {
                self.each_dropped(bars, &its, |one| dropped(one, "waits for it"));
            }
        }
        let off = within(lens, |clock: &mut ClockDraft| Some(&mut clock.off_when));
        self.optional_guard("off-when", clock.off_when.as_ref(), &off);
    }

    fn stops(&mut self, stops: &StopsDraft, lens: &Lens<StopsDraft>) {
        let (StopsDraft::While { when, cite, mark, .. } | StopsDraft::UnlessRunning { when, cite, mark, .. }) =
            stops
        else {
            return;
        };
        self.citing(cite, |list| {
            list.set(*mark, "it never stands still", lens, |stops| *stops = StopsDraft::Never);
            let guard: Lens<GuardDraft> = within(lens, |stops: &mut StopsDraft| match stops {
                StopsDraft::While { when, .. } | StopsDraft::UnlessRunning { when, .. } => Some(when),
                StopsDraft::Never => None,
            });
            list.guard(when, &guard);
        });
    }

    fn extensions(&mut self, clock: &ClockDraft, lens: &Lens<ClockDraft>) {
        let all = within(lens, |clock: &mut ClockDraft| Some(&mut clock.extended_by));
        self.each_dropped(&clock.extended_by, &all, |one: &ExtensionDraft| {
            (one.act.mark, format!("`{}` no longer makes it longer", one.act.value))
        });
        for (at, extension) in clock.extended_by.iter().enumerate() {
            let one: Lens<ExtensionDraft> =
                within(&all, move |all: &mut Vec<ExtensionDraft>| all.get_mut(at));
            self.citing(&extension.cite, |list| list.extension(extension, &one));
        }
    }

    fn extension(&mut self, extension: &ExtensionDraft, lens: &Lens<ExtensionDraft>) {
        if let ExtendByDraft::Length(length) = &extension.by {
            let its: Lens<Marked<Period>> = within(lens, |one: &mut ExtensionDraft| match &mut one.by {
                ExtendByDraft::Length(length) => Some(length),
                ExtendByDraft::Fact(_) => None,
            });
            self.longer_or_shorter(length, &its);
        }
        if let Some(most) = &extension.at_most {
            for other in [most.value.checked_sub(1).filter(|most| *most > 0), most.value.checked_add(1)] {
                let Some(other) = other else { continue };
                let what =
                    format!("`{}` at most {other} times instead of {}", extension.act.value, most.value);
                self.set(most.mark, what, lens, move |one| {
                    if let Some(most) = &mut one.at_most {
                        most.value = other;
                    }
                });
            }
        }
        if let Some(longest) = &extension.longest {
            self.longer_or_shorter(longest, &within(lens, |one: &mut ExtensionDraft| one.longest.as_mut()));
        }
    }

    fn expiry(&mut self, clock: &ClockDraft, lens: &Lens<ClockDraft>) {
        let expiry = &clock.on_expiry;
        let its: Lens<ExpiryDraft> = within(lens, |clock: &mut ClockDraft| Some(&mut clock.on_expiry));
        self.citing(&expiry.cite, |list| {
            if expiry.effect.value != ExpiryEffect::NothingStated {
                let what = format!("running out has no effect instead of `{}`", expiry.effect.value);
                list.set(expiry.effect.mark, what, &its, |expiry| {
                    expiry.effect.value = ExpiryEffect::NothingStated;
                    expiry.duty = None;
                    expiry.excuse = None;
                    expiry.moves.clear();
                    expiry.opens.clear();
                    expiry.closes.clear();
                    expiry.unless.clear();
                });
            }
            if let (Some(duty), ExpiryEffect::ByLaw) = (&expiry.duty, expiry.effect.value) {
                let what = format!("`{}` is no longer owed when it runs out", duty.value);
                list.set(duty.mark, what, &its, |expiry| expiry.duty = None);
            }
            list.moves(&expiry.moves, &within(&its, |expiry: &mut ExpiryDraft| Some(&mut expiry.moves)));
            let opens = within(&its, |expiry: &mut ExpiryDraft| Some(&mut expiry.opens));
            list.each_dropped(&expiry.opens, &opens, |act| {
                (act.mark, format!("`{}` does not wait for it to run out", act.value))
            });
            let closes = within(&its, |expiry: &mut ExpiryDraft| Some(&mut expiry.closes));
            list.each_dropped(&expiry.closes, &closes, |act| {
                (act.mark, format!("`{}` is not closed when it runs out", act.value))
            });
            list.exceptions(
                &expiry.unless,
                &within(&its, |expiry: &mut ExpiryDraft| Some(&mut expiry.unless)),
            );
        });
    }
}

/// Takes out a calendar that no choice looks at any more. It would be refused, and the change would seem to be noticed.
fn without_idle_calendar(clock: &mut ClockDraft) {
    let choices = &clock.choices;
    let moves = choices.last_day_closed.as_ref().is_some_and(|closed| closed.value != ClosedLastDay::Stands);
    let skips =
        choices.hours_on_closed_days.as_ref().is_some_and(|hours| hours.value == HoursOnClosedDays::Skipped);
    let working =
        matches!(&clock.length, LengthDraft::Counted(length) if length.value.unit() == Unit::WorkingDay);
    let is_looked_at = moves || skips || working || choices.open_days_within.is_some();
    let is_spelled = clock.counted_by.is_none() && matches!(clock.length, LengthDraft::Counted(_));
    if is_spelled && !is_looked_at {
        clock.calendar = None;
    }
}
