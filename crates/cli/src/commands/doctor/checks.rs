//! The checks, one after another.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use comity_core::time::Moment;
use comity_language::library::load;
use comity_language::{Diagnostic, Severity};
use comity_store::{
    BackupManifest, Facts, JournalEnd, JournalFault, MasterBeside, OpenOptions, VerifyError, facts,
    free_bytes, holder, master_beside,
};

use super::{DoctorArgs, Finding};
use crate::commands::audit::kept::{Kept, folder_of, newest};
use crate::commands::backup::counted_entries;
use crate::commands::check::calendars::ending;
use crate::commands::store::record_on_disk;
use crate::context::{LibraryArgs, counted, quoted};
use crate::failure::Failure;
use crate::print::size;

/// How old a backup may be: a day.
const BACKUP_LIMIT: i64 = 24 * HOUR;
const HOUR: i64 = 3600 * 1_000_000;
/// How long before its last day a calendar is told of: fourteen months.
const CALENDAR_DAYS: i64 = 427;

pub(super) fn all(args: &DoctorArgs, now: Moment) -> Result<Vec<Finding>, Failure> {
    let store = &args.place.store;
    let kept = newest(&folder_of(store), None);
    let signed = kept.as_ref().ok().and_then(|kept| kept.as_ref()).map(|kept| kept.says.size);
    let mut findings = Vec::new();
    match facts(store, signed) {
        Ok(facts) => {
            findings.push(of_store(store, &facts));
            findings.push(of_log(store, &facts, kept));
            findings.extend(of_index(store, &facts));
            findings.extend(of_keys(store));
            findings.push(of_clock(&facts, now));
            findings.push(of_disk(free_bytes(store)));
            findings.push(of_backup(args, &facts, now));
            findings.push(of_rights(store));
        }
        Err(VerifyError::NotFound { .. }) => {
            let says = format!("there is no store in {}", store.display());
            findings.push(Finding::fail("store", says, format!("comity init {}", shown(store))));
        }
        Err(VerifyError::Journal(JournalFault::Io { path, source })) => {
            let says = format!("{} cannot be read: {source}", path.display());
            findings.push(Finding::fail("store", says, "give this account the right to read it"));
        }
        Err(error) => {
            findings.push(Finding::damaged(
                "log",
                error.to_string(),
                "change nothing, and copy the folder away",
            ));
            findings.push(of_disk(free_bytes(store)));
            findings.push(of_rights(store));
        }
    }
    findings.extend(of_library(&args.library, now)?);
    Ok(findings)
}

fn shown(path: &Path) -> String {
    quoted(&path.display().to_string())
}

fn of_store(store: &Path, facts: &Facts) -> Finding {
    let mut formats: Vec<String> = facts.segments.iter().map(|one| one.format.to_string()).collect();
    formats.dedup();
    let bytes =
        size(record_on_disk(facts).saturating_add(facts.index_bytes).saturating_add(facts.keys_bytes));
    let about = format!("{}  {bytes}, format {}", store.display(), formats.join(" and "));
    match (holder(store), &facts.end) {
        (Err(error), _) => Finding::fail(
            "store",
            format!("{about}, the lock cannot be looked at: {error}"),
            "see its rights",
        ),
        (Ok(Some(holder)), _) => Finding::fine("store", format!("{about}, in use by {holder}")),
        (Ok(None), JournalEnd::Closed) => Finding::fine("store", format!("{about}, last clean stop")),
        (Ok(None), JournalEnd::Open | JournalEnd::Torn(_)) => {
            let says = format!("{about}, its process was ended and did not stop cleanly");
            Finding::look(
                "store",
                says,
                "nothing that was acknowledged is lost; the next start mends the rest",
            )
        }
    }
}

fn of_log(store: &Path, facts: &Facts, kept: Result<Option<Kept>, Failure>) -> Finding {
    let cases = counted(usize::try_from(facts.cases).unwrap_or(usize::MAX), "case");
    let head = facts.head.to_string();
    let short = format!("{}…{}", head.get(..4).unwrap_or_default(), head.get(62..).unwrap_or_default());
    let about = format!("{} of {cases}, chain unbroken, head {short}", counted_entries(facts.last.0));
    let Kept { path, says: signed, .. } = match kept {
        Ok(None) => return torn(store, facts, about),
        Ok(Some(kept)) => kept,
        Err(failure) => {
            return Finding::look("log", format!("{about}; {}", failure.reason()), failure.next());
        }
    };
    let path = path.display();
    let next = "keep both, restore the record from a backup, and ask whoever keeps the checkpoints";
    match facts.root_then {
        Some(root) if root == signed.root => {
            torn(store, facts, format!("{about}, as the checkpoint of {} says", signed.size))
        }
        Some(_) => {
            let says = format!("the record is not the one that was signed: see {path}");
            Finding::damaged("log", says, next)
        }
        None => {
            let says =
                format!("the record has {} entries, and {} were signed: see {path}", facts.last, signed.size);
            Finding::damaged("log", says, next)
        }
    }
}

fn torn(store: &Path, facts: &Facts, about: String) -> Finding {
    match (&facts.end, holder(store)) {
        (JournalEnd::Torn(torn), Ok(None)) => {
            let says = format!("{about}; half a write at the end: {torn}");
            Finding::look("log", says, "nobody was told of it; the next start cuts it off")
        }
        (JournalEnd::Torn(_), _) => Finding::fine("log", format!("{about}; a write is going on")),
        (JournalEnd::Closed | JournalEnd::Open, _) => Finding::fine("log", about),
    }
}

fn of_index(store: &Path, facts: &Facts) -> Option<Finding> {
    let bytes = facts.moved_aside.iter().fold(0_u64, |sum, (_, bytes)| sum.saturating_add(*bytes));
    let says = format!("{} moved aside, {}", counted(facts.moved_aside.len(), "old index"), size(bytes));
    let next = format!("comity store compact --store {} --remove-moved-aside", shown(store));
    (!facts.moved_aside.is_empty()).then(|| Finding::look("index", says, next))
}

fn of_keys(store: &Path) -> Option<Finding> {
    match master_beside(store) {
        Ok(None) => None,
        Ok(Some(MasterBeside::InUse(_))) => {
            let says = "the master key lies in the store: whoever copies the folder can read what is sealed";
            Some(Finding::look("keys", says, "comity keys new FILE, then comity keys rotate --to FILE"))
        }
        Ok(Some(MasterBeside::Unused(path))) => {
            let says = format!("{} opens nothing here: the keys are locked with another", path.display());
            let next = "destroy it once no older copy of a backup is to be read again";
            Some(Finding::look("keys", says, next))
        }
        Err(error) => {
            let says = format!("it cannot be seen which master key they are locked with: {error}");
            Some(Finding::look("keys", says, "see the rights and the files of the folder `keys`"))
        }
    }
}

fn of_clock(facts: &Facts, now: Moment) -> Finding {
    match facts.latest {
        Some(latest) if latest > now => {
            let says = format!("it says {now}, and the last entry was recorded at {latest}");
            let next = "put the clock right and keep it so; until then nothing can be recorded in that case";
            Finding::fail("clock", says, next)
        }
        Some(latest) => Finding::fine("clock", format!("{now}, after the last entry of {latest}")),
        None => Finding::fine("clock", now.to_string()),
    }
}

fn of_disk(free: io::Result<u64>) -> Finding {
    let floor = OpenOptions::default().disk_floor;
    match free {
        Err(error) => Finding::fail("disk", format!("it cannot be asked: {error}"), "see the disk"),
        Ok(free) if free < floor => {
            let says =
                format!("{} free, under the floor of {}: nothing is recorded", size(free), size(floor));
            Finding::fail("disk", says, "make room; no restart is needed")
        }
        Ok(free) if free < floor.saturating_mul(16) => {
            let says = format!("{} free; below {} nothing is recorded", size(free), size(floor));
            Finding::look("disk", says, "make room")
        }
        Ok(free) => Finding::fine("disk", format!("{} free", size(free))),
    }
}

fn of_backup(args: &DoctorArgs, facts: &Facts, now: Moment) -> Finding {
    let store = &args.place.store;
    let Some(folder) = &args.backup else {
        return Finding::look("backup", "no folder was named", "comity doctor --backup DIR");
    };
    let next = format!("comity backup --store {} --to {}", shown(store), shown(folder));
    let manifest = match BackupManifest::read(folder) {
        Ok(Some(manifest)) => manifest,
        Ok(None) => return Finding::fail("backup", format!("there is none in {}", folder.display()), next),
        Err(error) => return Finding::fail("backup", reason(&error), next),
    };
    if manifest.store != facts.store {
        let says = format!("{} holds the backup of the store {}", folder.display(), manifest.store);
        return Finding::fail("backup", says, "name the folder of this store's backup");
    }
    let age = manifest.taken_at.microseconds_until(now);
    let lacks = facts.last.0.saturating_sub(manifest.entries.0);
    let about = format!("taken {}, lacks {}", ago(age), counted_entries(lacks));
    if manifest.entries > facts.last {
        let says = format!("it holds {} entries, and the store {}", manifest.entries, facts.last);
        return Finding::damaged("backup", says, "the store has lost entries: comity restore");
    }
    if age > BACKUP_LIMIT {
        return Finding::fail("backup", format!("{about}; the limit is one day"), next);
    }
    if age < 0 {
        return Finding::look(
            "backup",
            format!("taken at {}, which is to come", manifest.taken_at),
            "see the clock",
        );
    }
    Finding::fine("backup", about)
}

fn reason(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

fn ago(microseconds: i64) -> String {
    let hours = usize::try_from(microseconds / HOUR).unwrap_or(0);
    match hours {
        0 => "less than an hour ago".to_owned(),
        1..48 => format!("{} ago", counted(hours, "hour")),
        _ => format!("{} ago", counted(hours / 24, "day")),
    }
}

fn of_rights(store: &Path) -> Finding {
    let mode = match fs::metadata(store) {
        Ok(about) => about.permissions().mode() & 0o777,
        Err(error) => return Finding::fail("rights", error.to_string(), "see the folder"),
    };
    let next = format!("chmod 0700 {}", shown(store));
    match mode {
        0o700 => Finding::fine("rights", "the account of the program alone"),
        mode if mode & 0o007 != 0 => {
            Finding::fail("rights", format!("mode {mode:04o}: everybody on this machine comes in"), next)
        }
        mode if mode & 0o070 != 0 => {
            Finding::look("rights", format!("mode {mode:04o}: a group comes in"), next)
        }
        mode => Finding::fail("rights", format!("mode {mode:04o}: the program cannot work in it"), next),
    }
}

fn of_library(args: &LibraryArgs, now: Moment) -> Result<Vec<Finding>, Failure> {
    let library = load(args.files()?.as_ref());
    let errors: Vec<_> = library.diagnostics.iter().filter(|one| one.severity == Severity::Error).collect();
    let loaded = counted(library.procedures.len(), "procedure");
    let procedures = match (library.procedures.len(), errors.first()) {
        (0, _) => Finding::fail("procedures", "none loads, so no case can be opened", "comity check"),
        (_, None) => Finding::fine("procedures", format!("{loaded} in order")),
        (_, Some(first)) => {
            let says = format!("{loaded} in order; {}: {}", counted(errors.len(), "error"), told(first));
            Finding::look("procedures", says, "comity check; open cases go on as they were opened")
        }
    };
    let ending = ending(&library, now, CALENDAR_DAYS);
    let mut findings = vec![procedures];
    if ending.is_empty() {
        findings.push(Finding::fine(
            "calendars",
            format!("{} in reach", counted(library.calendars.len(), "calendar")),
        ));
    }
    findings.extend(ending.iter().map(|one| Finding::look("calendars", one.sentence(), "carry it on")));
    Ok(findings)
}

fn told(one: &Diagnostic) -> String {
    format!("{}:{} {}", one.file, one.line, one.message)
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn a_disk_is_told_of_before_it_is_under_its_floor() {
        let state = |mebibytes: u64| of_disk(Ok(mebibytes << 20)).state;
        assert_eq!([63, 64, 1023, 1024].map(state), [State::Fail, State::Look, State::Look, State::Fine]);
        assert_eq!(of_disk(Err(io::Error::other("gone"))).state, State::Fail);
    }

    #[test]
    fn an_age_is_told_in_whole_hours_and_days() {
        let told = [0, 59, 60, 47 * 60 + 59, 48 * 60, 72 * 60].map(|minutes: i64| ago(minutes * HOUR / 60));
        let wanted =
            ["less than an hour ago", "less than an hour ago", "1 hour ago", "47 hours ago", "2 days ago"];
        assert_eq!((&told[..5], told[5].as_str()), (&wanted.map(str::to_owned)[..], "3 days ago"));
    }
}
