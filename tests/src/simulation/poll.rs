//! Lets several jobs run into one another on one thread, in an order that chance decides, and lets go of some half-way.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tokio::runtime::Runtime;

use super::chance::Chance;

/// After so many looks a job hangs.
const MOST_LOOKS: u32 = 2_000_000;

/// Something to be done.
pub(crate) type Job<'j, A> = Pin<Box<dyn Future<Output = A> + 'j>>;

/// When jobs are let go of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Letting {
    /// The job at this place is dropped after so many looks at it.
    pub(crate) go: Option<(usize, u32)>,
    /// All are dropped after so many looks: the process died.
    pub(crate) all: Option<u32>,
}

/// A job was looked at again and again, and did not end.
#[derive(Debug)]
pub(crate) struct Hangs;

/// What came of each job; nothing, where it was let go of.
pub(crate) fn together<A>(
    runtime: &Runtime,
    jobs: Vec<Job<'_, A>>,
    letting: &Letting,
    chance: &mut Chance,
) -> Result<Vec<Option<A>>, Hangs> {
    runtime.block_on(one_by_one(jobs, letting, chance))
}

async fn one_by_one<A>(
    jobs: Vec<Job<'_, A>>,
    letting: &Letting,
    chance: &mut Chance,
) -> Result<Vec<Option<A>>, Hangs> {
    let mut answers: Vec<Option<A>> = jobs.iter().map(|_| None).collect();
    let mut running: Vec<(usize, Job<'_, A>, u32)> =
        jobs.into_iter().enumerate().map(|(place, job)| (place, job, 0)).collect();
    let mut context = Context::from_waker(Waker::noop());
    let mut looks = 0;
    while !running.is_empty() {
        if letting.all.is_some_and(|most| looks >= most) {
            break;
        }
        looks += 1;
        // What a job has set going beside itself goes on, in the order in which it was set going.
        tokio::task::yield_now().await;
        if looks > MOST_LOOKS {
            return Err(Hangs);
        }
        let which = usize::try_from(chance.below(u64::try_from(running.len()).unwrap_or(1))).unwrap_or(0);
        let Some((place, job, seen)) = running.get_mut(which) else { break };
        if letting.go == Some((*place, *seen)) {
            drop(running.swap_remove(which));
            continue;
        }
        *seen += 1;
        if let Poll::Ready(answer) = job.as_mut().poll(&mut context) {
            if let Some(slot) = answers.get_mut(*place) {
                *slot = Some(answer);
            }
            drop(running.swap_remove(which));
        }
    }
    Ok(answers)
}
