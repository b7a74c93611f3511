//! Decisions that were taken on other knowledge than there is now.

use comity_core::revisited;

use super::super::case::moment;
use super::fixture::{case, limit, stopping};

#[test]
fn a_release_recorded_before_a_stay_became_known_is_named_with_what_is_different() {
    let mut case = case(vec![stopping(limit("10 days"), comity_core::time::StoppedDays::FromTheFirst)]);
    case.on("2027-03-01 10:00", "held");
    let freed = case.on("2027-03-12 10:00", "freed");
    assert_eq!(revisited(&case.procedure, &case.entries, moment("2027-03-13")), []);
    // The stay had been ordered a week before, and nobody had typed it in.
    case.late("2027-03-14 10:00", "2027-03-05 12:00", "stayed");
    let found = revisited(&case.procedure, &case.entries, moment("2027-03-14 10:00"));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].entry, found[0].act.as_str(), found[0].not_allowed.clone()), (freed, "freed", None));
    let told: Vec<String> = found[0].changes.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "custody: release-due -> held",
            "proceedings: running -> stayed",
            "clock limit: ran out Friday 12 March 2027 00:00 (Seoul) -> stopped",
            "no longer owed: release",
        ]
    );
    // As it was known the day before, nothing had changed.
    assert_eq!(revisited(&case.procedure, &case.entries, moment("2027-03-13")), []);
}

#[test]
fn an_act_recorded_late_changes_nothing_about_what_came_before_it() {
    let mut case = case(vec![limit("10 days")]);
    case.on("2027-03-01 10:00", "held");
    case.on("2027-03-02 10:00", "noticed");
    case.late("2027-03-09 10:00", "2027-03-08 10:00", "asked");
    assert_eq!(revisited(&case.procedure, &case.entries, moment("2027-03-10")), []);
}
