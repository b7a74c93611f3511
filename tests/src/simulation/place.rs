//! A place for files that fails as one far away does: before it has done what it was asked for, or after.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, UploadPart,
};

use super::chance::Chance;

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlaceFault {
    /// Nothing is done.
    NotDone,
    /// It is done, and that is not said.
    DoneUnsaid,
}

/// The place. What it keeps outlives every process.
#[derive(Clone)]
pub(crate) struct Place {
    inner: Arc<InMemory>,
    state: Arc<Mutex<State>>,
}

struct State {
    /// After so many calls one fails.
    fault: Option<(u32, PlaceFault)>,
    /// A call takes up to so many looks to be done, and as many to be answered.
    slow: u32,
    chance: Chance,
}

impl Place {
    pub(crate) fn new(chance: Chance) -> Self {
        let state = State { fault: None, slow: 0, chance };
        Self { inner: Arc::default(), state: Arc::new(Mutex::new(state)) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, fault: Option<(u32, PlaceFault)>, slow: u32) {
        let mut state = self.state();
        (state.fault, state.slow) = (fault, slow);
    }

    async fn wait(&self) {
        let mut left = {
            let mut state = self.state();
            let slow = state.slow;
            state.chance.small(slow + 1)
        };
        std::future::poll_fn(move |context| {
            if left == 0 {
                return Poll::Ready(());
            }
            left -= 1;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    fn fault(&self) -> Option<PlaceFault> {
        let mut state = self.state();
        let (left, fault) = state.fault?;
        state.fault = left.checked_sub(1).map(|left| (left, fault));
        (left == 0).then_some(fault)
    }

    async fn call<A>(&self, work: impl Future<Output = Result<A>> + Send) -> Result<A> {
        self.wait().await;
        let answer = match self.fault() {
            Some(PlaceFault::NotDone) => Err(failed()),
            Some(PlaceFault::DoneUnsaid) => {
                work.await?;
                Err(failed())
            }
            None => work.await,
        };
        self.wait().await;
        answer
    }
}

fn failed() -> Error {
    Error::Generic { store: "simulation", source: "the simulation says so".into() }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place").finish_non_exhaustive()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the simulated place for files")
    }
}

#[async_trait]
impl ObjectStore for Place {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.call(self.inner.put_opts(location, payload, options)).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let inner = self.call(self.inner.put_multipart_opts(location, options)).await?;
        Ok(Box::new(Upload { inner, place: self.clone() }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.call(self.inner.get_opts(location, options)).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let place = self.clone();
        let deleted = locations.then(move |location| {
            let place = place.clone();
            async move {
                let location = location?;
                let one = futures_util::stream::once(async move { Ok(location) }).boxed();
                let mut deleted = place.inner.delete_stream(one);
                place.call(async { deleted.next().await.unwrap_or_else(|| Err(failed())) }).await
            }
        });
        deleted.boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.call(self.inner.list_with_delimiter(prefix)).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.call(self.inner.copy_opts(from, to, options)).await
    }
}

#[derive(Debug)]
struct Upload {
    inner: Box<dyn MultipartUpload>,
    place: Place,
}

#[async_trait]
impl MultipartUpload for Upload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let (part, place) = (self.inner.put_part(data), self.place.clone());
        Box::pin(async move { place.call(part).await })
    }

    async fn complete(&mut self) -> Result<PutResult> {
        self.place.call(self.inner.complete()).await
    }

    async fn abort(&mut self) -> Result<()> {
        self.place.call(self.inner.abort()).await
    }
}
