//! How many limits are counted in a second, by each named system, as ratios to a plain count of 45 days.
//!
//! A ratio holds on any machine, for both sides of it are taken in the same run.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench may stop like a test"
)]

use std::time::Instant;

use comity_core::time::{
    Choices, Course, DayRule, FirstDay, HourRule, Period, Rule, Start, count_on_its_way,
};

#[expect(dead_code, reason = "the words of the tests are borrowed, and most are not needed")]
#[path = "../tests/count/given.rs"]
mod given;
#[path = "../tests/count/systems.rs"]
mod systems;

/// How many counts one look at the clock takes in.
const AT_ONCE: u32 = 20;

fn main() {
    let plain = seconds(&plain());
    println!("45 days, first day not counted: {:.0} counts a second", 1.0 / plain);
    for limit in limits() {
        println!("{:<40} {:>6.1} times as long", limit.name, seconds(&limit) / plain);
    }
    divan::main();
}

struct Limit {
    name: String,
    length: Period,
    rule: Rule,
}

fn plain() -> Limit {
    let rule = Rule::Days(DayRule::plain(FirstDay::NotCounted));
    Limit { name: "plain".to_owned(), length: given::length("45 days"), rule }
}

fn limits() -> Vec<Limit> {
    let of = |name: &str, choices: &Choices, text| {
        let length: Period = given::length(text);
        let rule = choices.rule(length.unit(), choices.broken_months.is_some()).unwrap();
        Limit { name: format!("{name}, {text}"), length, rule }
    };
    let mut limits: Vec<Limit> = systems::all()
        .iter()
        .flat_map(|(name, choices)| ["45 days", "2 months"].map(|text| of(name, choices, text)))
        .collect();
    limits.push(of("reg-1182-71", &systems::reg_1182_71(), "8 working days"));
    limits.push(of("reg-1182-71", &systems::reg_1182_71(), "24 hours"));
    limits.push(of("uk starting with", &systems::uk_starting_with(), "48 hours"));
    limits.push(of("kr-cpa-66 detention", &systems::kr_detention(), "15 years"));
    limits.push(Limit {
        name: "from the instant, 48 hours".to_owned(),
        length: given::length("48 hours"),
        rule: Rule::Hours(HourRule::FROM_THE_INSTANT),
    });
    limits
}

fn started() -> Start {
    given::start("2027-03-02 23:30", "Europe/Lisbon")
}

fn counted(limit: &Limit, start: &Start, course: &Course) {
    let _ = divan::black_box(count_on_its_way(divan::black_box(start), limit.length, &limit.rule, course));
}

/// The median of many counts.
fn seconds(limit: &Limit) -> f64 {
    let (start, course) = (started(), Course::default());
    let time = || {
        let began = Instant::now();
        for _ in 0..AT_ONCE {
            counted(limit, &start, &course);
        }
        began.elapsed().as_secs_f64() / f64::from(AT_ONCE)
    };
    let mut times: Vec<f64> = (0..101).map(|_| time()).collect();
    times.sort_by(f64::total_cmp);
    times[50]
}

#[divan::bench]
fn a_plain_count(bencher: divan::Bencher<'_, '_>) {
    let (limit, start, course) = (plain(), started(), Course::default());
    bencher.bench(|| counted(&limit, &start, &course));
}

/// A limit that met nothing takes longer than one that met a stop: it also says where other readings would lead.
#[divan::bench(args = [0, 1, 2, 3, 4, 5])]
fn a_count_that_stopped_so_often(bencher: divan::Bencher<'_, '_>, stops: usize) {
    let (limit, start) = (plain(), started());
    let stop = |number: usize| comity_core::time::Stop {
        from: comity_core::time::When::On(given::day(&format!("2027-03-{:02}", 5 + number * 4))),
        until: comity_core::time::When::On(given::day(&format!("2027-03-{:02}", 7 + number * 4))),
        days: comity_core::time::StoppedDays::FullDays,
    };
    let course = Course { stops: (0..stops).map(stop).collect(), extensions: Vec::new() };
    bencher.bench(|| counted(&limit, &start, &course));
}
