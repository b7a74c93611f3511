//! A ministry's tool that has the engine in it: cases on sled, a page with one form, a report every night.
//!
//! `README.md` beside it says how to run it.

mod office;
mod page;
mod report;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use office::{Office, OfficeError};

/// How often limits that ran out are looked for. Nothing hangs on its being prompt.
const SWEEP: Duration = Duration::from_mins(1);

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("back-office: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), OfficeError> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "data".to_owned());
    let office = Office::open(&folder).await?;
    if arguments.next().as_deref() == Some("report") {
        print(&report::report(&office).await?)?;
        return office.close().await;
    }
    let address = std::env::var("BACK_OFFICE_LISTEN").unwrap_or_else(|_| "127.0.0.1:8480".to_owned());
    let listener = tokio::net::TcpListener::bind(&address).await?;
    print(&format!("http://{}\n", listener.local_addr()?))?;

    let engine = office.engine.clone();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut told = stopped.clone();
    let sweeping = tokio::spawn(async move {
        engine
            .run(SWEEP, async move {
                // Whoever stops the program drops the sender; that is told as an error, and means the same.
                let _ = told.wait_for(|stop| *stop).await;
            })
            .await;
    });
    let nightly = tokio::spawn(nightly(office.clone(), stopped));
    axum::serve(listener, page::router(office.clone())).with_graceful_shutdown(asked_to_stop()).await?;
    // Whoever has gone already needs no telling.
    let _ = stop.send(true);
    let (swept, reported) = tokio::join!(sweeping, nightly);
    swept.map_err(std::io::Error::other)?;
    reported.map_err(std::io::Error::other)??;
    office.close().await
}

/// Prints the report every night, until it is told to stop.
async fn nightly(office: Office, mut stop: tokio::sync::watch::Receiver<bool>) -> Result<(), OfficeError> {
    loop {
        let pause = report::until_next(office.engine.now(), &office.zone);
        let is_time = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => false,
            () = tokio::time::sleep(pause) => true,
        };
        if !is_time {
            return Ok(());
        }
        print(&report::report(&office).await?)?;
    }
}

fn print(text: &str) -> Result<(), std::io::Error> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

async fn asked_to_stop() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Nobody can ask, so it goes on until it is killed. The store stands that.
        std::future::pending::<()>().await;
    }
}
