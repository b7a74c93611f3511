//! Dates inside a text, and the moments at which rows are recorded.

use comity_core::time::{Day, Moment, When, Zone};

use super::item::Piece;
use crate::code::Code;
use crate::diagnostic::Slip;

/// Takes a date from the front of a text: as many digits, dashes and colons as look like one.
pub(super) fn take<'t>(piece: Piece<'t>, zone: &Zone) -> Result<(When, Piece<'t>), Slip> {
    let length = extent(piece.text);
    let (written, rest) = piece.split(length);
    if written.text.is_empty() {
        let word = piece.text.split_whitespace().next().unwrap_or("");
        let slip = piece.split(word.len()).0.slip(Code::BadWhen, format!("expected a date, found `{word}`"));
        return Err(slip.remedy("write 2027-04-16, 2027-04-16 23:30, 2027-04 or 2027"));
    }
    let zone_written =
        rest.text.find(|c: char| !c.is_ascii_digit() && !"Zz+-:".contains(c)).unwrap_or(rest.text.len());
    let zone_written = rest.text.get(..zone_written).unwrap_or("").trim_end_matches(':');
    if written.text.contains(':') && zone_written.starts_with(['Z', 'z', '+', '-']) {
        return Err(other_zone(piece.split(length + zone_written.len()).0, zone));
    }
    let when = When::parse(written.text, zone).map_err(|bad| written.slip(Code::BadWhen, bad.to_string()))?;
    Ok((when, rest))
}

/// The times of one chronology are those of one place: a reader who compares two rows must not have to convert them.
fn other_zone(written: Piece<'_>, zone: &Zone) -> Slip {
    let message = format!(
        "`{}` says its own zone, and the times of this chronology are those of {}",
        written.text,
        zone.name()
    );
    written.slip(Code::BadWhen, message).remedy(format!("write the time in {} and no zone", zone.place()))
}

/// Whether a time ends in `Z` or an offset.
fn says_its_zone(text: &str) -> bool {
    let Some((_, time)) = text.split_once(['T', ' ']).filter(|(_, time)| time.contains(':')) else {
        return false;
    };
    time.ends_with(['Z', 'z']) || time.contains(['+', '-'])
}

/// Reads a text that is a date and nothing else.
pub(super) fn whole(piece: Piece<'_>, zone: &Zone) -> Result<When, Slip> {
    if says_its_zone(piece.text) {
        return Err(other_zone(piece, zone));
    }
    When::parse(piece.text, zone).map_err(|bad| piece.slip(Code::BadWhen, bad.to_string()))
}

fn extent(text: &str) -> usize {
    let date = text.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(text.len());
    let rest = text.get(date..).unwrap_or("");
    let blank = usize::from(rest.starts_with([' ', 'T']));
    let time = rest.get(blank..).unwrap_or("");
    let bytes = time.as_bytes();
    let digits =
        |from: usize| bytes.get(from..from + 2).is_some_and(|two| two.iter().all(u8::is_ascii_digit));
    if date != 10 || blank == 0 || !digits(0) || bytes.get(2) != Some(&b':') || !digits(3) {
        return date;
    }
    let seconds = if bytes.get(5) == Some(&b':') && digits(6) { 3 } else { 0 };
    date + blank + 5 + seconds
}

/// The last moment that a date can mean.
pub(super) fn latest(when: When, zone: &Zone) -> Moment {
    match when {
        When::At(moment) => moment,
        When::On(day) => before(zone.end_of(day)),
        When::In { year, month } => {
            let next = if month < 12 { Day::new(year, month + 1, 1) } else { Day::new(year + 1, 1, 1) };
            before(next.map_or(Moment::MAX, |day| zone.start_of(day)))
        }
        When::During { year } => {
            before(Day::new(year + 1, 1, 1).map_or(Moment::MAX, |day| zone.start_of(day)))
        }
    }
}

/// The microsecond before, so that what is dated on a day lies within the day.
pub(super) fn before(moment: Moment) -> Moment {
    Moment::from_unix_microseconds(moment.as_unix_microseconds() - 1).unwrap_or(Moment::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_ends_where_its_time_ends() {
        let check = |text, expected| assert_eq!(extent(text), expected, "{text}");
        check("2027-04-15 16:40: request-received", 16);
        check("2027-04-15: request-received", 10);
        check("2027-04-15 16:40:10: x", 19);
        check("2027-04: x", 7);
        check("2027 x", 4);
        check("soon", 0);
    }
}
