//! The HTTP API of Comity and its console: what a request does, and who may ask for it.
//!
//! A [`Server`] is made of an [`Engine`](comity_runner::Engine), accounts, rules and a configuration. It serves the API at
//! `/v1`, the pages of the console beside it, describes itself in `OpenAPI` 3.1 at `/v1/openapi.json`, sweeps for limits that ran out, and stops in order. A
//! program that has a server of its own takes [`Server::router`] and puts it there.
//!
//! - [`config`]: the TOML file and the environment over it.
//! - [`access`]: accounts, tokens, and the rules of who may do what.
//! - [`traces`]: how long requests took, for a collector.
//! - [`Problem`]: every refusal, with the engine's own sentence.
//!
//! Nothing is decided here that the engine decides: a handler reads what was sent, asks whether the account may, calls the
//! engine, and shows what came of it.

pub mod access;
mod api;
mod app;
pub mod config;
mod console;
mod extract;
mod layers;
mod limit;
mod metrics;
mod problem;
mod prompt;
mod reference;
mod serve;
mod shown;
pub mod traces;

pub use app::{Parts, Proving, Standing};
pub use problem::{Because, Problem};
pub use serve::{ServeError, Server, description};
