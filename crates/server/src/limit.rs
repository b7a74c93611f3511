//! How many connections are served at once. Those above are closed at once: a client that hears nothing waits for long.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;

/// Accepts up to a number of connections.
#[derive(Clone)]
pub(crate) struct Limited {
    free: Arc<Semaphore>,
}

impl Limited {
    pub(crate) fn to(connections: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(connections)) }
    }
}

impl<S> Accept<TcpStream, S> for Limited {
    type Stream = Held<TcpStream>;
    type Service = S;
    type Future = std::future::Ready<io::Result<(Held<TcpStream>, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let held = Arc::clone(&self.free).try_acquire_owned().map_err(|_| {
            io::Error::new(io::ErrorKind::ConnectionRefused, "as many connections as are served at once")
        });
        std::future::ready(held.map(|permit| {
            // An answer is small and waited for.
            let _ = stream.set_nodelay(true);
            (Held::counting(stream, permit), service)
        }))
    }
}

/// A connection that counts for as long as it is open, or whose first byte is not waited for without end.
pub(crate) struct Held<S> {
    stream: S,
    _permit: Option<OwnedSemaphorePermit>,
    waited: Option<Pin<Box<Sleep>>>,
}

impl<S> Held<S> {
    fn counting(stream: S, permit: OwnedSemaphorePermit) -> Self {
        Self { stream, _permit: Some(permit), waited: None }
    }

    /// A connection that ends if nothing is read from it `within` so long.
    pub(crate) fn waiting(stream: S, within: Duration) -> Self {
        Self { stream, _permit: None, waited: Some(Box::pin(tokio::time::sleep(within))) }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Held<S> {
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

impl<S: AsyncWrite + Unpin> AsyncWrite for Held<S> {
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
