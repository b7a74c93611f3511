//! Clients that connect and say nothing: they are let go when their time for the headers is over.
//!
//! The server below measures that time from the first byte on, for until then it does not know which HTTP it will be.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

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
    type Stream = Prompted<A::Stream>;
    type Service = A::Service;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, A::Service)>> + Send>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let (accepted, within) = (self.inner.accept(stream, service), self.within);
        Box::pin(async move {
            let (stream, service) = accepted.await?;
            Ok((Prompted { stream, waited: Some(Box::pin(tokio::time::sleep(within))) }, service))
        })
    }
}

/// A connection, and how long its first byte is still waited for.
pub(crate) struct Prompted<S> {
    stream: S,
    waited: Option<Pin<Box<Sleep>>>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Prompted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.waited = None;
        } else if read.is_pending()
            && let Some(waited) = &mut self.waited
            && waited.as_mut().poll(context).is_ready()
        {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Prompted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
