//! What is delivered when nothing dies.

use std::time::Duration;

use comity_core::name::Private;
use comity_runner::EngineError;
use comity_runner::outbox::{Backoff, EventKind, LetterState, Target, WantedEvents};
use comity_store::Position;
use comity_store::codec::Began;

use crate::office::{Answer, Fault, Life, World, target};

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn everything_recorded_is_delivered_once_and_in_order() {
    let world = World::plain();
    for case in [1, 2, 1, 3, 1] {
        world.note(case).await;
    }
    let process = world.start(&Life::long());
    let passed = process.pass("office").await;
    assert_eq!((passed.delivered, passed.failed, passed.more), (8, 0, false));
    assert_eq!(world.receiver().took(), (1..=8).collect::<Vec<_>>());
    assert_eq!(process.pass("office").await.delivered, 0);
    let later = world.note(2).await;
    process.pass("office").await;
    assert_eq!(world.receiver().took().last(), Some(&later));
}

#[tokio::test]
async fn a_new_target_is_told_of_what_comes_and_not_of_what_was() {
    let world = World::new(vec![target("office"), Target { from: Began::Here, ..target("new") }]);
    world.note(1).await;
    let process = world.start(&Life::long());
    process.pass("new").await;
    assert!(world.targets[1].1.took().is_empty());
    let later = world.note(1).await;
    process.pass("new").await;
    assert_eq!(world.targets[1].1.took(), [later]);
    let again = world.start(&Life::long());
    again.pass("new").await;
    assert_eq!(world.targets[1].1.took(), [later, later], "it was not told of long enough");
}

#[tokio::test]
async fn many_deliveries_are_told_of_in_one_entry_and_none_in_none() {
    let world = World::plain();
    for _ in 0..255 {
        world.note(1).await;
    }
    let process = world.start(&Life::long());
    process.pass("office").await;
    assert_eq!(world.receiver().took().len(), 256);
    // That the target began, and four groups of 64.
    assert_eq!(world.words_about_deliveries().await, 5);
    for _ in 0..50 {
        world.later(MINUTE);
        process.pass("office").await;
    }
    assert_eq!(world.words_about_deliveries().await, 5);
    world.note(1).await;
    process.pass("office").await;
    assert_eq!(world.words_about_deliveries().await, 5);
    world.later(MINUTE);
    process.pass("office").await;
    assert_eq!(world.words_about_deliveries().await, 6);
    let again = world.start(&Life::long());
    again.pass("office").await;
    assert_eq!(world.receiver().took().len(), 257);
}

#[tokio::test]
async fn two_targets_do_not_keep_one_another_busy() {
    let world = World::new(vec![target("office"), target("other")]);
    world.note(1).await;
    let process = world.start(&Life::long());
    for _ in 0..100 {
        world.later(MINUTE);
        process.pass("office").await;
        process.pass("other").await;
    }
    assert_eq!(world.words_about_deliveries().await, 4);
}

#[tokio::test]
async fn only_what_is_wanted_is_sent() {
    let wants = WantedEvents::Only([EventKind::CaseOpened].into());
    let world = World::new(vec![Target { wants, ..target("office") }]);
    for case in [1, 2, 1] {
        world.note(case).await;
    }
    world.start(&Life::long()).pass("office").await;
    assert_eq!(world.receiver().took(), [1, 3]);
}

#[tokio::test]
async fn an_event_that_fails_holds_up_its_case_alone_and_is_tried_later() {
    let world = World::plain();
    world.note(1).await;
    world.receiver().always(1, Answer::Away);
    let behind = world.note(1).await;
    let other = world.note(2).await;
    let process = world.start(&Life::long());
    process.pass("office").await;
    assert_eq!(world.receiver().took(), [other - 1, other]);
    world.receiver().always(1, Answer::Takes);
    assert_eq!(process.pass("office").await.delivered, 0, "it is not tried before its time");
    world.later(Duration::from_secs(5));
    process.pass("office").await;
    assert_eq!(world.receiver().took(), [other - 1, other, 1, 2, behind]);
}

#[tokio::test]
async fn a_target_that_is_down_keeps_no_other_waiting_and_loses_few_tries() {
    let down = Target { backoff: Backoff::default(), ..target("down") };
    let world = World::new(vec![down, target("office")]);
    for case in 1..=20 {
        world.note(case).await;
    }
    world.targets[0].1.usually(Answer::Away);
    let process = world.start(&Life::long());
    for _ in 0..60 {
        process.pass("down").await;
        process.pass("office").await;
        world.later(Duration::from_secs(1));
    }
    assert_eq!(world.targets[1].1.took().len(), 40);
    // Of forty events two or three were tried, a few times.
    assert!(world.targets[0].1.was_given().len() < 8, "{:?}", world.targets[0].1.was_given());
    let health = process.outbox.health();
    assert!(health[&"down".parse().unwrap()].failures > 2);
    assert_eq!(health[&"office".parse().unwrap()].failures, 0);
    world.targets[0].1.usually(Answer::Takes);
    world.later(DAY);
    process.pass("down").await;
    assert_eq!(world.targets[0].1.took().len(), 40);
}

#[tokio::test]
async fn a_target_that_asks_for_time_is_left_alone_for_so_long() {
    let world = World::plain();
    world.note(1).await;
    world.note(2).await;
    world.receiver().usually(Answer::Busy(Duration::from_mins(10)));
    let process = world.start(&Life::long());
    let passed = process.pass("office").await;
    assert_eq!(passed.next, world.clock_in(Duration::from_mins(10)));
    world.later(Duration::from_secs(599));
    process.pass("office").await;
    assert_eq!(world.receiver().was_given(), [1]);
    world.later(Duration::from_secs(1));
    process.pass("office").await;
    assert_eq!(world.receiver().was_given(), [1, 1]);
}

#[tokio::test]
async fn an_event_is_given_up_after_so_many_tries_and_the_next_of_its_case_goes_on() {
    let world = World::plain();
    world.note(1).await;
    world.receiver().always(1, Answer::Away);
    let process = world.start(&Life::long());
    for _ in 0..10 {
        process.pass("office").await;
        world.later(DAY);
    }
    assert_eq!(world.receiver().was_given(), [1, 1, 1, 1, 2]);
    let office = "office".parse().unwrap();
    let letters = process.engine.dead_letters(&office).await.unwrap();
    assert_eq!(letters.len(), 1);
    let dead = &letters[0].dead;
    assert_eq!((dead.position, dead.attempts, dead.why.as_str()), (Position(1), 4, "the test says so"));
    assert_eq!(dead.entry.unwrap().get(), 1);
    assert_eq!(process.engine.targets().await.unwrap()[0].dead, 1);
}

#[tokio::test]
async fn tries_are_counted_over_every_restart() {
    let world = World::plain();
    world.note(1).await;
    world.receiver().always(1, Answer::Away);
    for _ in 0..10 {
        world.start(&Life::long()).pass("office").await;
        world.later(DAY);
    }
    assert_eq!(world.receiver().was_given().iter().filter(|position| **position == 1).count(), 4);
}

#[tokio::test]
async fn what_a_target_refuses_is_a_dead_letter_at_once() {
    let world = World::plain();
    world.note(1).await;
    world.receiver().always(1, Answer::Refuses);
    let process = world.start(&Life::long());
    assert_eq!(process.pass("office").await.died, 1);
    assert_eq!(world.receiver().took(), [2]);
}

#[tokio::test]
async fn a_target_that_refuses_everything_is_not_given_everything() {
    let world = World::plain();
    for case in 1..=100 {
        world.note(case).await;
    }
    world.receiver().usually(Answer::Refuses);
    let process = world.start(&Life::long());
    for _ in 0..60 {
        process.pass("office").await;
        world.later(Duration::from_secs(1));
    }
    assert!(world.receiver().was_given().len() < 8, "{:?}", world.receiver().was_given());
}

#[tokio::test]
async fn a_dead_letter_is_sent_again_with_the_same_key_when_somebody_asks() {
    let world = World::plain();
    world.note(1).await;
    world.receiver().always(1, Answer::Refuses);
    let process = world.start(&Life::long());
    process.pass("office").await;
    let (office, by) = ("office".parse().unwrap(), Private::new("a.costa"));
    process.engine.send_again(&office, Position(1), &by).await.unwrap();
    process.engine.send_again(&office, Position(1), &by).await.unwrap();
    process.pass("office").await;
    let listed = process.engine.dead_letters(&office).await.unwrap();
    assert_eq!(listed[0].state, LetterState::Listed, "it was refused again");
    world.receiver().always(1, Answer::Takes);
    process.engine.send_again(&office, Position(1), &by).await.unwrap();
    let listed = process.engine.dead_letters(&office).await.unwrap();
    assert_eq!(listed[0].state, LetterState::BeingSentAgain);
    // Whoever asked need not be the process that sends, and that one may be started later.
    world.later(DAY);
    let process = world.start(&Life::long());
    process.pass("office").await;
    assert_eq!(process.engine.dead_letters(&office).await.unwrap(), []);
    let given = world.receiver().given.lock().unwrap().clone();
    let keys: Vec<_> = given.iter().filter(|(event, _)| event.id.starts_with("1-")).collect();
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|(event, _)| event.json() == keys[0].0.json()));
    let error = process.engine.send_again(&office, Position(1), &by).await.unwrap_err();
    assert!(matches!(error, EngineError::NoSuchLetter { .. }), "{error}");
}

#[tokio::test]
async fn a_dead_letter_that_is_set_aside_is_sent_no_more() {
    let world = World::plain();
    world.note(1).await;
    world.receiver().always(1, Answer::Refuses);
    let process = world.start(&Life::long());
    process.pass("office").await;
    let (office, by) = ("office".parse().unwrap(), Private::new("a.costa"));
    process.engine.send_again(&office, Position(1), &by).await.unwrap();
    process.engine.set_aside(&office, Position(1), &by).await.unwrap();
    assert_eq!(process.engine.dead_letters(&office).await.unwrap(), []);
    world.later(DAY);
    process.pass("office").await;
    assert_eq!(world.receiver().was_given(), [1, 2]);
}

#[tokio::test]
async fn what_is_no_target_and_no_letter_is_told() {
    let world = World::plain();
    let process = world.start(&Life::long());
    let (none, by) = ("nobody".parse().unwrap(), Private::new("a.costa"));
    let said = process.engine.dead_letters(&none).await.unwrap_err();
    assert_eq!(said.code(), "engine/no-such-target");
    assert!(said.to_string().contains("none at all"), "{said}");
    process.pass("office").await;
    let said = process.outbox.pass(&none).await.unwrap_err().to_string();
    assert!(said.contains("`nobody`") && said.contains("`office`"), "{said}");
    let said = process.engine.set_aside(&"office".parse().unwrap(), Position(9), &by).await.unwrap_err();
    assert_eq!(said.code(), "engine/no-such-letter");
}

#[tokio::test]
async fn how_far_a_target_is_can_be_asked() {
    let world = World::plain();
    let process = world.start(&Life::long());
    process.pass("office").await;
    for _ in 0..70 {
        world.note(1).await;
    }
    let state = process.engine.targets().await.unwrap().remove(0);
    assert_eq!((state.through, state.behind), (Position(0), 72));
    process.pass("office").await;
    let state = process.engine.targets().await.unwrap().remove(0);
    // A group was told of; the rest is told of within a minute. The word of it is an entry too.
    assert_eq!((state.through, state.behind), (Position(65), 8));
    world.later(MINUTE);
    process.pass("office").await;
    let state = process.engine.targets().await.unwrap().remove(0);
    assert_eq!((state.through, state.behind), (Position(73), 1));
}

#[tokio::test]
async fn an_entry_that_cannot_be_read_holds_up_nobody_and_ends_on_the_list() {
    let world = World::plain();
    for case in [1, 2, 1] {
        world.note(case).await;
    }
    let process = world.start(&Life::long());
    process.journal.faults.lock().unwrap().push_back(Fault::Damaged(Position(2)));
    process.pass("office").await;
    assert_eq!(world.receiver().took(), [1, 3, 4, 5]);
    for _ in 0..4 {
        world.later(DAY);
        process.pass("office").await;
    }
    let office = "office".parse().unwrap();
    let letters = process.engine.dead_letters(&office).await.unwrap();
    assert_eq!(letters[0].dead.position, Position(2));
    assert!(letters[0].dead.why.contains("read/damaged"), "{:?}", letters[0].dead);
    *process.journal.damaged.lock().unwrap() = None;
    process.engine.send_again(&office, Position(2), &Private::new("a.costa")).await.unwrap();
    process.pass("office").await;
    assert_eq!(world.receiver().took(), [1, 3, 4, 5, 2]);
}

#[tokio::test]
async fn a_sender_that_panics_has_failed_like_any_other() {
    let world = World::plain();
    world.note(1).await;
    world.receiver().answers.lock().unwrap().push_back(Answer::Panics);
    let process = world.start(&Life::long());
    assert_eq!(process.pass("office").await.failed, 1);
    world.later(DAY);
    process.pass("office").await;
    assert_eq!(world.receiver().took(), [1, 2]);
}

#[tokio::test]
async fn two_outboxes_over_one_engine_take_turns_and_repeat_nothing_that_is_told() {
    let world = World::plain();
    let process = world.start(&Life::long());
    let other = world.start(&Life::long());
    for _ in 0..127 {
        world.note(1).await;
    }
    process.pass("office").await;
    other.pass("office").await;
    for _ in 0..64 {
        world.note(1).await;
    }
    process.pass("office").await;
    other.pass("office").await;
    assert_eq!(world.receiver().took(), world.expected().await);
}

#[tokio::test(start_paused = true)]
async fn it_runs_until_it_is_told_to_end_and_tells_the_record() {
    let world = World::new(vec![target("office"), target("other")]);
    world.note(1).await;
    let process = world.start(&Life::long());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let outbox = process.outbox.clone();
    let running = tokio::spawn(async move { outbox.run(async { stopped.await.unwrap() }).await });
    while world.targets.iter().any(|(_, receiver)| receiver.took().len() < 2) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // What this engine records is sent at once. While this test does something, time stands, and nobody looks by himself.
    let later = world.note_by(&**process.engine.journal(), 1).await;
    for _ in 0..10_000 {
        tokio::task::yield_now().await;
    }
    assert!(world.targets.iter().all(|(_, receiver)| receiver.took().len() == 3));
    // What another records is found.
    world.note(1).await;
    while world.targets.iter().any(|(_, receiver)| receiver.took().len() < 4) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stop.send(()).unwrap();
    running.await.unwrap();
    let again = world.start(&Life::long());
    again.pass("office").await;
    again.pass("other").await;
    for (_, receiver) in &world.targets {
        assert_eq!(receiver.took().len(), 4);
        assert_eq!(receiver.took()[2], later);
    }
}

#[tokio::test]
async fn nothing_is_told_of_deliveries_by_a_clock_that_leapt_ahead() {
    let world = World::plain();
    let process = world.start(&Life::long());
    process.engine.sweep().await.unwrap();
    world.clock.jump("2037-03-01T09:00:00Z".parse().unwrap());
    process.engine.sweep().await.unwrap();
    assert!(process.engine.clock_jump().is_some_and(|jump| jump.is_ahead()));
    process.pass("office").await;
    assert_eq!(world.words_about_deliveries().await, 1);
    world.clock.jump("2027-03-01T09:00:01Z".parse().unwrap());
    process.engine.sweep().await.unwrap();
    assert_eq!(process.engine.clock_jump(), None, "what was told would be the newest moment");
}
