//! Days that are closed in every year: by date, by Easter, or by the week of a month.

use comity_core::time::{Day, Weekday};

use crate::code::Code;
use crate::diagnostic::Slip;
use crate::file::Text;

/// A rule that gives one day in each year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Yearly {
    /// A date.
    On { month: i8, day: i8 },
    /// So many days after Easter Sunday by the Gregorian calendar.
    FromEaster(i64),
    /// The first, second, third or fourth such day of the week in a month.
    Nth { nth: i64, weekday: Weekday, month: i8 },
    /// The last such day of the week in a month.
    Last { weekday: Weekday, month: i8 },
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Reads `12-25`, `easter-2`, `easter`, `easter+1`, `first monday of june` or `last monday of august`.
pub(super) fn read(key: &Text, slips: &mut Vec<Slip>) -> Option<Yearly> {
    let text = key.value.trim();
    let rule = on(text).or_else(|| from_easter(text)).or_else(|| in_a_week(text));
    if rule.is_none() {
        let message = format!("`{text}` names no day of the year");
        let remedy =
            "write `12-25`, `easter-2`, `easter+1`, `first monday of june` or `last monday of august`";
        slips.push(Slip::at(Code::BadCalendar, key.span.clone(), message).remedy(remedy));
    }
    rule
}

fn on(text: &str) -> Option<Yearly> {
    let (month, day) = text.split_once('-')?;
    let two = |part: &str| {
        (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse::<i8>().ok())?
    };
    let (month, day) = (two(month)?, two(day)?);
    // 29 February is closed in the years that have one.
    Day::new(2028, month, day).ok().map(|_| Yearly::On { month, day })
}

fn from_easter(text: &str) -> Option<Yearly> {
    let rest = text.strip_prefix("easter")?;
    if rest.is_empty() {
        return Some(Yearly::FromEaster(0));
    }
    let days = rest.strip_prefix('+').unwrap_or(rest);
    let has_a_sign = rest.starts_with(['+', '-']);
    days.parse::<i64>().ok().filter(|days| has_a_sign && days.abs() <= 100).map(Yearly::FromEaster)
}

fn in_a_week(text: &str) -> Option<Yearly> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [nth, weekday, "of", month] = words.as_slice() else { return None };
    let weekday = Weekday::ALL.iter().find(|day| day.word().eq_ignore_ascii_case(weekday)).copied()?;
    let month = MONTHS.iter().position(|known| known.eq_ignore_ascii_case(month))?;
    let month = i8::try_from(month + 1).ok()?;
    match *nth {
        "last" => Some(Yearly::Last { weekday, month }),
        nth => {
            let nth = ["first", "second", "third", "fourth"].iter().position(|known| *known == nth)?;
            Some(Yearly::Nth { nth: i64::try_from(nth).ok()?, weekday, month })
        }
    }
}

impl Yearly {
    /// The day in `year`, if it has one.
    pub(super) fn day_in(self, year: i16) -> Option<Day> {
        match self {
            Self::On { month, day } => Day::new(year, month, day).ok(),
            Self::FromEaster(days) => easter(year)?.plus_days(days),
            Self::Nth { nth, weekday, month } => {
                let first = Day::new(year, month, 1).ok()?;
                let day =
                    (0..7).filter_map(|days| first.plus_days(days)).find(|day| day.weekday() == weekday)?;
                day.plus_days(7 * nth)
            }
            Self::Last { weekday, month } => {
                let last = Day::new(year, month, 1).ok()?.last_of_month()?;
                (0..7).filter_map(|days| last.plus_days(-days)).find(|day| day.weekday() == weekday)
            }
        }
    }
}

/// Easter Sunday by the Gregorian calendar (the computation of Meeus, Jones and Butcher).
fn easter(year: i16) -> Option<Day> {
    let year_number = i32::from(year);
    let golden = year_number % 19;
    let (century, in_century) = (year_number / 100, year_number % 100);
    let correction = (century + 8) / 25;
    let sun = (century - correction + 1) / 3;
    let epact = (19 * golden + century - century / 4 - sun + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (in_century / 4) - epact - in_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let number = epact + weekday - 7 * late + 114;
    Day::new(year, i8::try_from(number / 31).ok()?, i8::try_from(number % 31 + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: &str, year: i16, day: &str) {
        let key = Text { value: rule.to_owned(), span: 0..0 };
        let read = read(&key, &mut Vec::new()).unwrap();
        assert_eq!(read.day_in(year).unwrap().to_string(), day, "{rule} in {year}");
    }

    #[test]
    fn easter_and_what_hangs_on_it_fall_where_the_tables_say() {
        for (year, sunday) in [
            (1818, "1818-03-22"),
            (1943, "1943-04-25"),
            (2000, "2000-04-23"),
            (2024, "2024-03-31"),
            (2026, "2026-04-05"),
            (2027, "2027-03-28"),
            (2038, "2038-04-25"),
            (2285, "2285-03-22"),
        ] {
            check("easter", year, sunday);
        }
        check("easter-2", 2027, "2027-03-26");
        check("easter+1", 2027, "2027-03-29");
    }

    #[test]
    fn a_week_of_a_month_and_a_date_give_one_day_a_year() {
        check("first monday of june", 2027, "2027-06-07");
        check("fourth monday of october", 2026, "2026-10-26");
        check("last monday of august", 2027, "2027-08-30");
        check("12-25", 2027, "2027-12-25");
        check("02-29", 2028, "2028-02-29");
    }

    #[test]
    fn what_names_no_day_is_refused() {
        for text in
            ["", "13-01", "02-30", "easter 1", "easter+", "easter+1000", "fifth monday of june", "1-1"]
        {
            let mut slips = Vec::new();
            let key = Text { value: text.to_owned(), span: 0..0 };
            assert_eq!(read(&key, &mut slips), None, "{text}");
            assert_eq!(slips.len(), 1, "{text}");
        }
    }
}
