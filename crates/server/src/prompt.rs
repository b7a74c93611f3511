//! Clients that connect and say nothing: they are let go when their time for the headers is over.
//!
//! The server below measures that time from the first byte on, for until then it does not know which HTTP it will be.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use axum_server::accept::Accept;

use crate::limit::Held;

/// Accepts whom `inner` accepts, and waits for their first byte no longer than `within`.
#[derive(Clone)]
pub(crate) struct Prompt<A> {
    inner: A,
    within: Duration,
}

impl<A> Prompt<A> {
    pub(crate) fn within(within: Duration, inner: A) -> Self {
        Self { inner, within }
    }
}

impl<I, S, A> Accept<I, S> for Prompt<A>
where
    A: Accept<I, S>,
    A::Future: Send + 'static,
{
    type Stream = Held<A::Stream>;
    type Service = A::Service;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, A::Service)>> + Send>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let (accepted, within) = (self.inner.accept(stream, service), self.within);
        Box::pin(async move {
            let (stream, service) = accepted.await?;
            Ok((Held::waiting(stream, within), service))
        })
    }
}
