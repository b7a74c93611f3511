//! The named systems of counting, each spelled as the choices that its provisions make.
//!
//! A choice that the provisions leave open is said to be a reading. The calendars hold only the closed days that a
//! test comes near; they are not for use.

use std::sync::Arc;

use comity_core::time::{
    BrokenMonths, Calendar, Choices, ClosedLastDay, FirstDay, FirstHour, HoursOnClosedDays, MonthEnd, Weekday,
};

use crate::given::calendar;

const WEEKEND: [Weekday; 2] = [Weekday::Saturday, Weekday::Sunday];

/// A place that is closed on Saturdays and Sundays alone.
pub(crate) fn weekends() -> Arc<Calendar> {
    calendar("weekends", &WEEKEND, &[])
}

/// Interpretation Act, s 35 "holiday": Sundays and the days listed. A Saturday is no holiday.
fn holidays_of_canada() -> Arc<Calendar> {
    let listed = [
        "2027-01-01",
        "2027-03-26",
        "2027-03-29",
        "2027-05-24",
        "2027-07-01",
        "2027-09-06",
        "2027-09-30",
        "2027-10-11",
        "2027-11-11",
        "2027-12-25",
    ];
    calendar("ca", &[Weekday::Sunday], &listed)
}

/// Public holidays and Saturdays; Sundays are public holidays.
fn holidays_of_korea() -> Arc<Calendar> {
    // New Year; the lunar new year of 2027 with its days off; 1 March; a day of the children on a Wednesday.
    let listed =
        ["2027-01-01", "2027-02-06", "2027-02-07", "2027-02-08", "2027-02-09", "2027-03-01", "2027-05-05"];
    calendar("kr", &WEEKEND, &listed)
}

/// No working days (Legislation Act 2019, s 13), around the turn of 2027 and at Easter.
fn closed_in_new_zealand() -> Arc<Calendar> {
    let listed = [
        "2026-12-25",
        "2026-12-26",
        "2026-12-27",
        "2026-12-28",
        "2026-12-29",
        "2026-12-30",
        "2026-12-31",
        "2027-01-01",
        "2027-01-02",
        "2027-01-04",
        "2027-02-08",
        "2027-03-26",
        "2027-03-29",
        "2027-04-26",
    ];
    calendar("nz", &WEEKEND, &listed)
}

/// The days that s 6 of the Extradition Act 2003 leaves out, in England and Wales.
fn closed_in_england() -> Arc<Calendar> {
    let listed =
        ["2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31", "2027-08-30", "2027-12-25", "2027-12-27"];
    calendar("gb-eng", &WEEKEND, &listed)
}

/// Holidays in Berlin in the spring of 2027, with Saturdays and Sundays.
fn closed_in_berlin() -> Arc<Calendar> {
    calendar(
        "de-be",
        &WEEKEND,
        &["2027-01-01", "2027-03-08", "2027-03-26", "2027-03-29", "2027-05-06", "2027-05-17"],
    )
}

/// Basel 1972 (ETS 76): articles 3 to 5. It has no rule for hours.
pub(crate) fn ets_76() -> Choices {
    Choices {
        first_day: Some(FirstDay::NotCounted),
        month_end: Some(MonthEnd::Down),
        last_day_closed: Some(ClosedLastDay::NextOpenDay),
        calendar: Some(weekends()),
        ..Choices::default()
    }
}

/// Regulation 1182/71: article 3.
pub(crate) fn reg_1182_71() -> Choices {
    Choices {
        first_hour: Some(FirstHour::NotCounted),
        hours_on_closed_days: Some(HoursOnClosedDays::Run),
        open_days_within: Some(2),
        ..ets_76()
    }
}

/// United Kingdom: "starting with the day on which", and the hours of s 6 of the Extradition Act 2003.
pub(crate) fn uk_starting_with() -> Choices {
    Choices {
        first_day: Some(FirstDay::Counted),
        month_end: Some(MonthEnd::Down),
        last_day_closed: Some(ClosedLastDay::Stands),
        first_hour: Some(FirstHour::Counted),
        hours_on_closed_days: Some(HoursOnClosedDays::Skipped),
        calendar: Some(closed_in_england()),
        ..Choices::default()
    }
}

/// Canada, Interpretation Act: "after" or "from" a day (s 27(4) and (5)), months (s 28), holidays (s 26). With a
/// length in clear days it is s 27(1).
pub(crate) fn ca_from_or_after() -> Choices {
    Choices { calendar: Some(holidays_of_canada()), ..ets_76() }
}

/// Canada, Interpretation Act: "at, on or with" a day (s 27(3)).
pub(crate) fn ca_on_a_day() -> Choices {
    Choices { first_day: Some(FirstDay::Counted), ..ca_from_or_after() }
}

/// Korea, Criminal Procedure Act, article 66: the general rule.
pub(crate) fn kr_general() -> Choices {
    Choices {
        first_hour: Some(FirstHour::Counted),
        hours_on_closed_days: Some(HoursOnClosedDays::Run),
        calendar: Some(holidays_of_korea()),
        ..ets_76()
    }
}

/// Korea, Criminal Procedure Act, article 66: limitation and detention.
pub(crate) fn kr_detention() -> Choices {
    Choices {
        first_day: Some(FirstDay::CountedWhole),
        last_day_closed: Some(ClosedLastDay::Stands),
        ..kr_general()
    }
}

/// New Zealand, Legislation Act 2019, ss 54 to 56: "from" or "after". The months of s 56 begin on the day after, so
/// from the last day of a month they run to the last day of a month.
pub(crate) fn nz_from() -> Choices {
    Choices { month_end: Some(MonthEnd::LastDay), calendar: Some(closed_in_new_zealand()), ..ets_76() }
}

/// New Zealand, Legislation Act 2019, ss 54 to 56: "beginning with".
pub(crate) fn nz_beginning_with() -> Choices {
    Choices {
        first_day: Some(FirstDay::Counted),
        month_end: Some(MonthEnd::Down),
        calendar: Some(closed_in_new_zealand()),
        ..ets_76()
    }
}

/// United States, 18 U.S.C. 3188: calendar months. That a closed last day stands is a reading: the Criminal Rules
/// leave extradition out.
pub(crate) fn us_calendar_months() -> Choices {
    Choices { last_day_closed: Some(ClosedLastDay::Stands), ..ets_76() }
}

/// Germany, BGB 187(1), 188, 193: an event in the course of a day.
pub(crate) fn de_event() -> Choices {
    Choices { calendar: Some(closed_in_berlin()), ..ets_76() }
}

/// Germany, BGB 187(2), 188: the beginning of a day. BGB 193 speaks of acts alone.
pub(crate) fn de_beginning_of_a_day() -> Choices {
    Choices { first_day: Some(FirstDay::Counted), last_day_closed: Some(ClosedLastDay::Stands), ..de_event() }
}

/// Germany, IRG 16(2) with BGB 191: a total of days in custody. That the day of arrest counts whole is a reading.
pub(crate) fn de_in_total() -> Choices {
    Choices {
        first_day: Some(FirstDay::CountedWhole),
        broken_months: Some(BrokenMonths::ThirtyDays),
        ..de_beginning_of_a_day()
    }
}

/// All of them, by name.
pub(crate) fn all() -> [(&'static str, Choices); 13] {
    [
        ("ets-76", ets_76()),
        ("reg-1182-71", reg_1182_71()),
        ("uk starting with", uk_starting_with()),
        ("ca from or after", ca_from_or_after()),
        ("ca on a day", ca_on_a_day()),
        ("kr-cpa-66 general", kr_general()),
        ("kr-cpa-66 detention", kr_detention()),
        ("nz from", nz_from()),
        ("nz beginning with", nz_beginning_with()),
        ("us calendar months", us_calendar_months()),
        ("de event", de_event()),
        ("de beginning of a day", de_beginning_of_a_day()),
        ("de in total", de_in_total()),
    ]
}
