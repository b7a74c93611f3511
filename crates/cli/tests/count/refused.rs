//! What is not counted, and what would be right.

use super::Desk;

#[test]
fn every_choice_that_is_missing_is_asked_for_at_once_with_its_options() {
    Desk::new().is_wrong(
        r#""1 month" --from 2027-03-01 --zone Asia/Seoul --calendar courts.yaml"#,
        &[
            "it is not said whether the first day counts, nor what becomes of a last day on which offices are closed",
            "--first-day counted, --first-day counted-whole or --first-day not-counted",
            "--last-day-closed stands, --last-day-closed next-open-day or --last-day-closed previous-open-day",
            "or --rules with the rule that says so",
        ],
    );
}

#[test]
fn what_cannot_be_read_says_what_would_be_right() {
    let desk = Desk::new();
    let check = |args: &str, wanted: &[&str]| desk.is_wrong(args, wanted);
    let rest = "--zone Europe/Lisbon --first-day counted";
    check(r#""45 days" --from 2027-03-02 --zone Europe/Lisbona --first-day counted"#, &["Europe/Lisbona"]);
    check(
        &format!(r#""45 dys" --from 2027-03-02 {rest}"#),
        &["`45 dys` is not a length of time", "like `45 days`"],
    );
    check(&format!(r#""0 days" --from 2027-03-02 {rest}"#), &["a limit is from 1 to"]);
    check(&format!(r#""45 days" --from 2027-02-30 {rest}"#), &["`2027-02-30` is not a day"]);
    check(&format!(r#""45 days" --from yesterday {rest}"#), &["`yesterday` is not a date"]);
    check(
        &format!(r#""24 hours" --from "2027-03-28 01:30" {rest}"#),
        &["never was in Europe/Lisbon", "give the time before or after"],
    );
    check(&format!(r#""24 hours" --from "2027-10-31 01:30" {rest}"#), &["was twice in Europe/Lisbon"]);
    check(r#""45 days" --from 2027-03-02 --zone Europe/Lisbon --first-day count"#, &["write counted"]);
    check(
        &format!(r#""45 days" --from 2027-03-02 --by 2027-04-02 {rest}"#),
        &["--from", "cannot be used with", "--by"],
    );
    check(&format!(r#""45 days" {rest}"#), &["--from"]);
    check(&format!(r#""45 days" "2 days" --from 2027-03-02 {rest}"#), &["counted only back", "--by"]);
    check(r#""45 days" --from 2027-03-02 --first-day counted"#, &["--zone"]);
    check(&format!("--from 2027-03-02 {rest}"), &["LENGTH"]);
}

#[test]
fn what_has_no_answer_is_not_counted() {
    let desk = Desk::new();
    let rest = "--zone Asia/Seoul --first-day not-counted";
    desk.cannot(
        &format!(r#""1 month" --from 2027-01-31 {rest}"#),
        &["a day that does not exist", "`up`, `down` or `last-day`"],
    );
    desk.cannot(
        &format!(
            r#""10 days" --from 2027-12-23 {rest} --last-day-closed next-open-day --calendar courts.yaml"#
        ),
        &["the calendar `courts` does not cover 2028", "add its closed days"],
    );
    desk.cannot(&format!(r#""10 days" --from 2027-03 {rest}"#), &["known only as 2027-03", "needs the day"]);
    desk.cannot(r#""48 hours" --from 2027-03-01 --zone Asia/Seoul"#, &["needs the time of day"]);
    desk.cannot(
        r#""48 hours" --from "2027-03-01 10:00" --zone Asia/Seoul --stopped 2027-03-02/2027-03-03"#,
        &["a stop is known only as 2027-03-02"],
    );
    desk.cannot(
        r#""7 clear days" --from 2027-03-01 --zone Asia/Seoul --first-day counted"#,
        &["leave out the day"],
    );
    desk.cannot(
        r#""1 week" --from 2011-12-23 --zone Pacific/Apia --first-day not-counted"#,
        &["a day that never was in Pacific/Apia", "an authority must name the last day"],
    );
    desk.cannot(
        r#""100 years" --from 9990-01-01 --zone Asia/Seoul --first-day counted"#,
        &["leaves the years"],
    );
}

#[test]
fn a_count_back_knows_no_stop_and_no_extension() {
    let desk = Desk::new();
    let ask = r#""10 days" --by 2027-03-11 --zone Asia/Seoul --first-day not-counted"#;
    for more in [
        "--stopped 2027-03-05/2027-03-10",
        "--stopped-days touched",
        r#"--extended "5 days""#,
        "--extended-from last-day",
    ] {
        let option = more.split(' ').next().unwrap();
        desk.is_wrong(
            &format!("{ask} {more}"),
            &["a count back knows no stop and no extension", &format!("leave {option} out"), "with --from"],
        );
    }
    desk.is_wrong(
        &format!("{ask} --stopped 2027-03-05/2027-03-10 --stopped-days touched --extended 2027-03-20"),
        &["leave --stopped, --extended, --stopped-days out"],
    );
    desk.says(ask, &["Begin by Monday 1 March 2027"]);
}

#[test]
fn a_choice_that_says_nothing_about_the_length_is_refused() {
    let desk = Desk::new();
    let check = |length: &str, more: &str, wanted: &[&str]| {
        let rest = r#"--from "2027-03-02 10:00" --zone Asia/Seoul"#;
        desk.is_wrong(&format!(r#""{length}" {rest} {more}"#), wanted);
    };
    check("48 hours", "--first-day counted", &["`first-day` says nothing about 48 hours", "leave it out"]);
    let days = "--first-day counted";
    check("10 days", &format!("{days} --month-end up"), &["`month-end` says nothing about 10 days"]);
    check("10 days", &format!("{days} --first-hour counted"), &["`first-hour` says nothing about 10 days"]);
    check(
        "10 days",
        &format!("{days} --hours-on-closed-days run"),
        &["`hours-on-closed-days` says nothing about 10 days"],
    );
    check(
        "2 working days",
        &format!("{days} --last-day-closed stands --calendar courts.yaml"),
        &["`last-day-closed` says nothing about 2 working days"],
    );
    check(
        "2 months",
        &format!("{days} --broken-months calendar-then-days"),
        &["`broken-months` says nothing about 2 months without a stop"],
    );
    check(
        "2 months",
        &format!("{days} --broken-months thirty-days --month-end up"),
        &["`month-end` says nothing where a month is thirty days"],
    );
    check(
        "10 days",
        &format!("{days} --stopped-days touched"),
        &["`stopped-days` says nothing", "--stopped"],
    );
    check(
        "48 hours",
        r#"--stopped "2027-03-02 12:00/2027-03-02 13:00" --stopped-days touched"#,
        &["`stopped-days` says nothing about 48 hours", "at the instant"],
    );
    check(
        "10 days",
        &format!("{days} --extended 2027-03-20 --extended-from last-day"),
        &["`extended-from` says nothing", "by a length"],
    );
    check(
        "10 days",
        &format!("{days} --last-day-closed stands --calendar courts.yaml"),
        &["`calendar` says nothing about 10 days: no choice looks at it"],
    );
    check(
        "10 days",
        "--rules made-up/custody --calendar offices --workflows library",
        &["`calendar` says nothing about 10 days"],
    );
}

#[test]
fn all_that_says_nothing_is_told_at_once_and_one_length_of_several_is_enough() {
    let desk = Desk::new();
    desk.is_wrong(
        r#""48 hours" --from "2027-03-02 10:00" --zone Asia/Seoul --first-day counted --month-end up --extended-from last-day"#,
        &[
            "`first-day` says nothing about 48 hours; `month-end` says nothing about 48 hours; `extended-from` says",
            "leave them out",
        ],
    );
    let back = r#""2 days" "48 hours" --by "2027-03-05 15:20" --zone Asia/Seoul --first-day not-counted"#;
    desk.says(&format!("{back} --first-hour counted"), &["Begin by Sunday 28 February 2027"]);
    desk.is_wrong(
        &format!("{back} --month-end up"),
        &["`month-end` says nothing about 2 days and 48 hours", "leave it out"],
    );
}

#[test]
fn days_that_are_made_longer_by_a_month_need_what_a_month_needs() {
    let desk = Desk::new();
    let ask = r#""1 day" --from 2027-01-30 --zone Asia/Seoul --first-day not-counted --extended "1 month" --extended-from last-day"#;
    desk.says(&format!("{ask} --month-end down"), &["Last day Sunday 28 February 2027"]);
    desk.says(&format!("{ask} --month-end up"), &["Last day Monday 1 March 2027"]);
    desk.cannot(ask, &["a day that does not exist"]);
}
