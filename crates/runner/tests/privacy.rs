//! No log line of a whole case holds a name, a title, a reason or a value.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use std::io::Write;
use std::sync::{Arc, Mutex};

use comity_core::entry::Body;
use comity_core::id::EntryNumber;
use comity_core::name::Private;
use comity_runner::Request;
use comity_store::{OpenOptions, SledJournal};
use common::{Office, act, name, when};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[test]
fn a_log_of_a_whole_case_names_nobody() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    // The subscriber is global, so that the threads of the store are heard too.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(whole_case());
    let told = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(told.contains("recorded"), "the log is silent, so it proves nothing");
    for private in ["Arando", "Tivo", "Porto", "Secreto", "typed twice", "called her"] {
        assert!(!told.contains(private), "`{private}` is in the log:\n{told}");
    }
}

async fn whole_case() {
    let folder = tempfile::tempdir().unwrap();
    let journal = SledJournal::open(folder.path().join("store"), OpenOptions::default()).await.unwrap();
    let office = Office::over(Arc::new(journal));
    let matter = office.matter().await;
    let waiver = office.case(matter, "sample/waiver", "IM-1", Vec::new()).await;
    let case = office.case(matter, "sample/extradition", "EX-1", vec![(name("immunity"), waiver)]).await;
    office.at("2027-03-02 10:00");
    office.record(waiver, act("waived", "sending/ministry", when("2027-03-02 08:00"))).await;
    office.record(case, act("released", "requested/police", when("2027-03-02 09:00"))).await;
    office.record(case, act("arrested", "requested/police", when("2027-03-02 09:00"))).await;
    let bodies = vec![Body::Note(Private::new("called her lawyer"))];
    office.engine.record(case, Request::of(bodies, &office.by)).await.unwrap();
    let reason = Private::new("typed twice");
    let annul = Request::annul(EntryNumber::new(4).unwrap(), reason, &office.by);
    office.engine.record(case, annul).await.unwrap();
    office.at("2027-04-02 10:00").engine.sweep().await.unwrap();
    office.engine.queue().await.unwrap();
    office.engine.journal().close().await.unwrap();
}
