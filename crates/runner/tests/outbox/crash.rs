//! The process is killed between any two steps.

use std::time::Duration;

use comity_core::name::Private;
use comity_store::Position;

use crate::office::{Answer, Life, Process, World, target};

const DAY: Duration = Duration::from_hours(24);

/// Everything that the outbox ever does: events in several cases, one that fails for a while, one that is given up, sent again and
/// taken.
async fn a_life(world: &World, process: &Process, by: &Private) {
    let office = "office".parse().unwrap();
    for day in 0..6 {
        if process.outbox.pass(&office).await.is_err() {
            return;
        }
        if process.outbox.pass(&"other".parse().unwrap()).await.is_err() {
            return;
        }
        if day == 4 {
            world.receiver().always(3, Answer::Takes);
            // It may have been taken before, and then is on the list no more.
            let _ = process.engine.send_again(&office, Position(3), by).await;
        }
        world.later(DAY);
    }
}

async fn world() -> World {
    let world = World::new(vec![target("office"), target("other")]);
    for case in [1, 2, 1, 3, 2, 1] {
        world.note(case).await;
    }
    world.receiver().always(3, Answer::Away);
    world.receiver().answers.lock().unwrap().extend([Answer::Takes, Answer::Away, Answer::TakesUnheard]);
    world
}

/// Kills a process after so many steps, starts another, and looks whether all is well. Whether it was killed.
async fn killed_after(steps: i64) -> bool {
    let world = world().await;
    let by = Private::new("a.costa");
    let life = Life::of(steps);
    let process = world.start(&life);
    life.lives(a_life(&world, &process, &by)).await;
    let was_killed = life.is_over();
    let life = Life::long();
    let process = world.start(&life);
    a_life(&world, &process, &by).await;
    world.is_kept(&process.engine).await;
    // A kill repeats no more than what was not told of yet, and the answer that was lost.
    for (_, receiver) in &world.targets {
        let took = receiver.took();
        let once: std::collections::BTreeSet<u64> = took.iter().copied().collect();
        assert!(took.len() <= 2 * once.len() + 1, "{took:?}");
    }
    was_killed
}

#[tokio::test]
async fn no_kill_loses_an_event_or_skips_one() {
    let mut steps = 0;
    while killed_after(steps).await {
        steps += 1;
    }
    assert!(steps > 100, "only {steps} steps were tried");
}

#[tokio::test]
async fn a_process_that_is_killed_again_and_again_comes_to_an_end() {
    for steps in [9, 17, 23, 31] {
        let world = world().await;
        let by = Private::new("a.costa");
        for _ in 0..60 {
            let life = Life::of(steps);
            let process = world.start(&life);
            life.lives(a_life(&world, &process, &by)).await;
            world.later(Duration::from_hours(1));
        }
        let process = world.start(&Life::long());
        a_life(&world, &process, &by).await;
        world.is_kept(&process.engine).await;
    }
}

/// Kills a process around the moment at which it gives an event up. Whether it was killed.
async fn given_up_and_killed_after(steps: i64, answers: &[Answer]) -> bool {
    let world = World::plain();
    world.note(1).await;
    world.receiver().answers.lock().unwrap().extend(answers);
    let life = Life::of(steps);
    let process = world.start(&life);
    let work = async {
        for _ in answers {
            process.pass("office").await;
            world.later(DAY);
        }
    };
    life.lives(work).await;
    let process = world.start(&Life::long());
    let listed = process.engine.dead_letters(&"office".parse().unwrap()).await;
    let given = || world.receiver().was_given().iter().filter(|position| **position == 1).count();
    let before = given();
    world.receiver().usually(Answer::Takes).answers.lock().unwrap().clear();
    for _ in 0..6 {
        process.pass("office").await;
        world.later(DAY);
    }
    if listed.is_ok_and(|letters| !letters.is_empty()) {
        assert_eq!(given(), before, "what is on the list is sent when somebody asks, after {steps} steps");
    }
    world.is_kept(&process.engine).await;
    life.is_over()
}

#[tokio::test]
async fn what_is_on_the_list_is_not_sent_by_itself_after_a_kill() {
    for answers in [&[Answer::Refuses][..], &[Answer::Away, Answer::Refuses]] {
        let mut steps = 0;
        while given_up_and_killed_after(steps, answers).await {
            steps += 1;
        }
        assert!(steps > 10, "only {steps} steps were tried");
    }
}
