//! Random histories: events, targets that fail in every way, a disk that does, kills, restarts, somebody who asks for letters again,
//! and a clock that leaps.

use std::time::Duration;

use comity_core::name::Private;
use comity_runner::outbox::Random;
use comity_store::Position;
use proptest::prelude::*;

use crate::office::{Answer, Fault, Life, Process, Seeded, World, target};

/// Chance of one history.
struct Chance(Seeded);

impl Chance {
    fn below(&self, end: u64) -> u64 {
        self.0.next() % end
    }

    fn answer(&self) -> Answer {
        match self.below(12) {
            0 | 1 => Answer::Away,
            2 => Answer::Busy(Duration::from_secs(self.below(100_000))),
            3 => Answer::Refuses,
            4 => Answer::TakesUnheard,
            5 => Answer::Panics,
            _ => Answer::Takes,
        }
    }

    fn fault(&self) -> Fault {
        match self.below(40) {
            0 => Fault::Full,
            1 => Fault::Recorded,
            2 => Fault::Lost,
            3 => Fault::Read,
            _ => Fault::None,
        }
    }
}

/// Somebody looks at a list and decides. What fails now is asked for another time.
async fn somebody_decides(world: &World, process: &Process, chance: &Chance) {
    for (target, _) in &world.targets {
        let Ok(letters) = process.engine.dead_letters(&target.name).await else { continue };
        for letter in letters {
            if chance.below(2) == 0 {
                let by = Private::new("a.costa");
                let _ = process.engine.send_again(&target.name, letter.dead.position, &by).await;
            }
        }
    }
}

async fn a_process(world: &World, process: &Process, chance: &Chance) {
    for _ in 0..chance.below(12) {
        match chance.below(6) {
            0 | 1 => {
                for _ in 0..chance.below(40) {
                    world.note(u128::from(chance.below(4))).await;
                }
            }
            2 => world.later(Duration::from_secs(chance.below(50_000))),
            3 => somebody_decides(world, process, chance).await,
            _ => {}
        }
        for (target, receiver) in &world.targets {
            receiver.answers.lock().unwrap().extend((0..30).map(|_| chance.answer()));
            process.journal.faults.lock().unwrap().extend((0..30).map(|_| chance.fault()));
            let _ = process.outbox.pass(&target.name).await;
        }
    }
}

async fn a_history(seed: u64) {
    let chance = Chance(Seeded(std::sync::Mutex::new(seed)));
    let world = World::new(vec![target("office"), target("other")]);
    for _ in 0..chance.below(6) {
        let steps = i64::try_from(chance.below(400)).unwrap();
        let life = if chance.below(3) == 0 { Life::long() } else { Life::of(steps) };
        let process = world.start(&life);
        life.lives(a_process(&world, &process, &chance)).await;
    }
    // In the end all is well again.
    for (_, receiver) in &world.targets {
        receiver.answers.lock().unwrap().clear();
    }
    let process = world.start(&Life::long());
    for _ in 0..12 {
        for (target, _) in &world.targets {
            process.outbox.pass(&target.name).await.unwrap();
        }
        world.later(Duration::from_hours(24));
    }
    for state in process.engine.targets().await.unwrap() {
        assert_eq!(state.waiting, [], "{}", state.name);
        assert!(state.through > Position(0) || world.expected().await.is_empty());
    }
    world.is_kept(&process.engine).await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_fails_every_event_is_delivered_or_on_the_list(seed: u64) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(a_history(seed));
    }
}
