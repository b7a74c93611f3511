//! What may happen to a limit: it stands still, grows, begins again, hangs on another, follows the law of its day.

mod chains;
mod consequences;
mod extensions;
mod fixture;
mod law_of_the_day;
mod lengths;
mod recurring;
mod revisited;
mod stops;
mod told;
