//! The texts of the core and the store that are a word or a line: what is read is written as it reads.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use comity_core::name::Name;
use comity_core::time::{Day, Moment, Period, When, Zone};
use comity_core::value::{Country, FactType};
use comity_store::{Cursor, FileKey, Signer};

use crate::broken::{Kept, broken, same};

/// Zones with much behind them: one that skipped a day, one with midnights that were not, one that shows an hour twice.
const ZONES: [&str; 4] = ["Asia/Seoul", "Pacific/Apia", "America/Sao_Paulo", "Europe/Lisbon"];

/// A word; the first byte says of which kind.
pub(crate) fn word(bytes: &[u8]) -> Kept {
    let Some((kind, Ok(text))) = bytes.split_first().map(|(kind, rest)| (kind, str::from_utf8(rest))) else {
        return Ok(());
    };
    match kind {
        0 => reads_as_it_prints::<Day>(text),
        1 => reads_as_it_prints::<Moment>(text),
        2 => reads_as_it_prints::<Period>(text),
        3 => reads_as_it_prints::<Country>(text),
        4 => reads_as_it_prints::<Name>(text),
        5 => reads_as_it_prints::<Cursor>(text),
        6 => zone(text),
        7 => file_key(text),
        8 => value(&FactType::Date, text),
        9 => value(&FactType::Country, text),
        10 => value(&FactType::YesNo, text),
        11 => value(&FactType::Number, text),
        12 => value(&FactType::Period, text),
        other => when(text, ZONES.get(usize::from(*other) % ZONES.len()).unwrap_or(&"UTC")),
    }
}

fn reads_as_it_prints<T: FromStr + Display + PartialEq + Debug>(text: &str) -> Kept {
    let Ok(read) = text.parse::<T>() else { return Ok(()) };
    let printed = read.to_string();
    let again = printed.parse::<T>().map_err(|_| broken(format!("`{printed}` is printed and not read")))?;
    same("it reads as it prints", &again, &read)
}

fn zone(text: &str) -> Kept {
    let Ok(zone) = Zone::named(text) else { return Ok(()) };
    let again = Zone::named(zone.name()).map_err(|bad| broken(bad.to_string()))?;
    same("a zone is known by its name", &again.name(), &zone.name())?;
    same("a zone is the one of its name", &(again == zone), &true)
}

fn file_key(text: &str) -> Kept {
    let Some(key) = FileKey::read(text) else { return Ok(()) };
    same("a key reads as it is written", &key.reveal(), &text.to_ascii_lowercase())
}

fn value(kind: &FactType, text: &str) -> Kept {
    let Ok(value) = kind.read(text) else { return Ok(()) };
    same("a value is of the type by which it was read", &kind.fits(&value), &true)?;
    same("a value reads as it is shown", &kind.read(&value.reveal()), &Ok(value))
}

fn when(text: &str, zone: &str) -> Kept {
    let zone = Zone::named(zone).map_err(|bad| broken(bad.to_string()))?;
    let Ok(when) = When::parse(text, &zone) else { return Ok(()) };
    same("a date reads as it prints", &When::parse(&when.to_string(), &Zone::utc()), &Ok(when))?;
    let (from, until) = (when.earliest(&zone), when.over(&zone));
    same("a date begins before it is over", &(from <= until), &true)?;
    // A day that the zone never had begins when the next does.
    let first = when.first_day(&zone);
    same("a date begins on its first day", &(zone.day_at(from) == first || !zone.has(first)), &true)
}

/// A checkpoint and the keys for it, as the store and the outside reader read them.
pub(crate) fn checkpoint(bytes: &[u8]) -> Kept {
    let Ok(text) = str::from_utf8(bytes) else { return Ok(()) };
    let store = comity_store::Checkpoint::read(text).map(|read| (read.name, read.size, read.root.0));
    let outside = comity_verify::Checkpoint::unchecked(text).ok();
    let outside = outside.map(|read| (read.origin, read.size, read.root));
    same("a checkpoint says the same to both", &store, &outside)?;
    let _ = comity_verify::Key::read(text);
    let Ok(signer) = Signer::read(text) else { return Ok(()) };
    let again = Signer::read(&signer.secret_text()).map_err(|bad| broken(bad.to_string()))?;
    same("a key reads as it is written", &again.secret_text(), &signer.secret_text())?;
    let public = comity_verify::Key::read(&signer.public_text());
    public.map(drop).map_err(|wrong| broken(format!("the outside reader does not know our key: {wrong}")))
}
