//! Traces of the daemon, as a collector gets them.
//!
//! The whole suite needs the feature `traces`; what a daemon without it says is in the suite `serve`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

use std::path::Path;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use serde_json::{Value, json};

#[path = "common/collector.rs"]
mod collector;
#[path = "common/daemon.rs"]
mod daemon;

use collector::{Collector, Manner, attributes};
use daemon::{Daemon, PASSWORD, comity, init, start};

/// The example of the recommendation.
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: &str = "b7ad6b7169203331";

/// A daemon in a folder, with this configuration.
fn begin(folder: &Path, config: &str) -> Daemon {
    init(folder);
    again(folder, config).unwrap()
}

fn again(folder: &Path, config: &str) -> Result<Daemon, String> {
    let path = folder.join("comity.toml");
    std::fs::write(&path, config).unwrap();
    start(folder, &["--config", path.to_str().unwrap()])
}

/// Asks as the account of a token, with more headers, each with its line end.
fn ask(daemon: &Daemon, method: &str, path: &str, token: &str, more: &str, body: Option<&Value>) -> u16 {
    let body = body.map(Value::to_string).unwrap_or_default();
    let (status, _) = daemon.raw(&format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n{more}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    status
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn named<'a>(spans: &'a [Span], name: &str) -> Vec<&'a Span> {
    spans.iter().filter(|span| span.name == name).collect()
}

fn one<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    let found = named(spans, name);
    assert_eq!(found.len(), 1, "{name} in {:?}", spans.iter().map(|span| &span.name).collect::<Vec<_>>());
    found[0]
}

/// Opens a matter and a case that are full of what is not to be told, and records an act in it, called by somebody who traces.
/// Gives the id of the case.
fn work(daemon: &Daemon, officer: &str) -> String {
    let matter = json!({ "reference": "M-Arando", "title": "Tivo Arando" });
    assert_eq!(ask(daemon, "POST", "/v1/matters", officer, "", Some(&matter)), 201);
    let case = json!({ "reference": "EX-Arando", "matter": "M-Arando", "procedure": "nz-kr/extradition",
        "since": "2020-01-01", "title": "Arando, born in Ulsan" });
    let (status, opened) = daemon.ask("POST", "/v1/cases", officer, Some(&case));
    assert_eq!(status, 201, "{opened}");
    let act = json!({ "entries": [{ "kind": "act", "act": "provisional-arrest-asked",
        "by": "requested/foreign-ministry", "when": "2020-02-03 10:00" }] });
    let caller = format!(
        "traceparent: 00-{TRACE}-{CALLER}-01\r\ntracestate: vendor=Arando\r\nbaggage: who=Arando\r\n"
    );
    assert_eq!(ask(daemon, "POST", "/v1/cases/EX-Arando/entries", officer, &caller, Some(&act)), 201);
    assert_eq!(ask(daemon, "GET", "/v1/cases/EX-Arando?as_of=2021-05-06", officer, "", None), 200);
    assert_eq!(ask(daemon, "GET", "/v1/cases?text=Arando&person=Tivo", officer, "", None), 200);
    assert_eq!(ask(daemon, "GET", "/Arando", officer, "", None), 404);
    assert_eq!(ask(daemon, "ARANDO", "/v1/health", officer, "", None), 405);
    opened["case"].as_str().unwrap().to_owned()
}

#[test]
fn each_request_is_a_span_and_what_the_engine_does_lies_below_it() {
    let collector = Collector::start(Manner::Answers(200));
    let folder = tempfile::tempdir().unwrap();
    let daemon = begin(folder.path(), &collector.config());
    let officer = daemon.officer();
    work(&daemon, &officer);
    assert!(daemon.stop());
    let spans = collector.spans();
    let request = one(&spans, "POST /v1/cases/{reference}/entries");
    assert_eq!((hex(&request.trace_id), hex(&request.parent_span_id)), (TRACE.into(), CALLER.into()));
    assert_eq!(request.kind, i32::from(SpanKind::Server));
    let told = [
        ("http.request.method", "POST"),
        ("http.response.status_code", "201"),
        ("http.route", "/v1/cases/{reference}/entries"),
    ];
    assert_eq!(attributes(request), told.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert!(request.end_time_unix_nano >= request.start_time_unix_nano && request.start_time_unix_nano > 0);
    // What the engine did, and what the journal did for it.
    let record =
        spans.iter().find(|span| span.name == "record" && span.parent_span_id == request.span_id).unwrap();
    assert_eq!((hex(&record.trace_id), record.kind), (TRACE.into(), i32::from(SpanKind::Internal)));
    let append =
        spans.iter().find(|span| span.name == "append" && span.parent_span_id == record.span_id).unwrap();
    assert_eq!(hex(&append.trace_id), TRACE);
    // Without a caller that traces, each is a trace of its own.
    let look = one(&spans, "GET /v1/cases/{reference}");
    assert!(look.parent_span_id.is_empty() && look.trace_id != request.trace_id);
    let open = one(&spans, "POST /v1/cases");
    assert!(spans.iter().any(|span| span.name == "open_case" && span.parent_span_id == open.span_id));
    // The first sweep comes with the start.
    assert!(
        named(&spans, "sweep")
            .iter()
            .all(|sweep| sweep.parent_span_id.is_empty() && !sweep.trace_id.is_empty())
    );
    assert!(!named(&spans, "sweep").is_empty());
    // What is no route, and no method, has no name of its own.
    assert_eq!(attributes(one(&spans, "GET"))[1].1, "404");
    let made_up =
        spans.iter().find(|span| attributes(span).iter().any(|(_, value)| value == "_OTHER")).unwrap();
    assert!(made_up.name.starts_with("HTTP"), "{}", made_up.name);
}

#[test]
fn no_span_tells_of_a_case_a_person_or_an_account() {
    let collector = Collector::start(Manner::Answers(200));
    let folder = tempfile::tempdir().unwrap();
    // Neither does a log that says all there is make them say more.
    let daemon = begin(folder.path(), &(collector.config() + "[log]\nfilter = \"trace\"\n"));
    let officer = daemon.officer();
    let id = work(&daemon, &officer);
    assert!(daemon.stop());
    let (spans, bytes) = (collector.spans(), collector.bytes());
    assert!(spans.len() > 15, "{}", spans.len());
    for secret in [
        "Arando",
        "ARANDO",
        "Tivo",
        "Ulsan",
        "M-",
        "EX-",
        "desk",
        "administrator",
        "2021-05-06",
        &officer,
        &id,
        "nz-kr",
        "provisional-arrest",
    ] {
        assert!(!bytes.contains(secret), "{secret} was told");
    }
    for span in &spans {
        for (name, value) in attributes(span) {
            let is_known = match name.as_str() {
                "http.request.method" => ["GET", "POST", "_OTHER"].contains(&value.as_str()),
                "http.response.status_code" => value.parse::<u16>().is_ok(),
                "http.route" => value.starts_with("/v1/"),
                _ => false,
            };
            assert!(is_known, "{}: {name} is {value}", span.name);
        }
        assert!(span.events.is_empty() && span.links.is_empty() && span.trace_state.is_empty());
        assert!(span.status.as_ref().is_none_or(|status| status.message.is_empty()));
    }
    let resources = collector.requests().into_iter().flat_map(|request| request.resource_spans);
    for resource in resources {
        let names: Vec<_> = resource.resource.unwrap().attributes.into_iter().map(|one| one.key).collect();
        assert_eq!(names.len(), 2, "{names:?}");
        assert!(names.iter().all(|name| name == "service.name" || name == "service.version"), "{names:?}");
    }
}

#[test]
fn a_caller_that_is_not_understood_is_as_good_as_none() {
    let collector = Collector::start(Manner::Answers(200));
    let folder = tempfile::tempdir().unwrap();
    let daemon = begin(folder.path(), &collector.config());
    let good = format!("traceparent: 00-{TRACE}-{CALLER}-01\r\n");
    let bad = [
        "traceparent: nonsense\r\n".to_owned(),
        good.replace("00-", "ff-"),
        good.to_uppercase(),
        good.clone() + &good,
        "traceparent: \u{e9}\r\n".to_owned(),
        format!("traceparent: 00-{}-{CALLER}-01\r\n", "0".repeat(32)),
        // A later version of the recommendation is understood.
        good.replace("00-", "01-"),
    ];
    for more in &bad {
        assert_eq!(ask(&daemon, "GET", "/v1/health", "", more, None), 200, "{more}");
    }
    // Who says that he does not sample is obeyed.
    assert_eq!(ask(&daemon, "GET", "/v1/ready", "", &good.replace("-01\r", "-00\r"), None), 200);
    assert!(daemon.stop());
    let spans = collector.spans();
    let health = named(&spans, "GET /v1/health");
    assert_eq!(health.len(), bad.len());
    assert_eq!(health.iter().filter(|span| hex(&span.trace_id) == TRACE).count(), 1);
    assert_eq!(named(&spans, "GET /v1/ready").len(), 0);
}

#[test]
fn a_collector_that_is_away_slow_or_unwilling_disturbs_nobody_and_the_loss_is_counted() {
    let too_long = Collector::start(Manner::Answers(413));
    let failing = Collector::start(Manner::Answers(500));
    let silent = Collector::start(Manner::IsSilent);
    // Nobody listens there, and nobody but root could.
    let away = "[traces]\nendpoint = \"http://127.0.0.1:9/v1/traces\"\n".to_owned();
    // They mostly wait, so they wait together.
    std::thread::scope(|scope| {
        for (config, said) in [
            (too_long.config(), Some("it answered 413")),
            (failing.config(), Some("it answered 500")),
            (away, Some("refused")),
            (silent.config(), None),
        ] {
            scope.spawn(move || undisturbed(&config, said));
        }
    });
}

/// A daemon answers as ever, counts what it lost, and says why once; then it stops in time.
fn undisturbed(config: &str, said: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let daemon = begin(folder.path(), config);
    let first = daemon.first_password.clone().unwrap();
    let admin = daemon.sign_in("administrator", &first);
    let new = json!({ "old": first, "new": PASSWORD });
    assert_eq!(daemon.ask("POST", "/v1/session/password", &admin, Some(&new)).0, 204);
    let admin = daemon.sign_in("administrator", PASSWORD);
    let mut warnings = Vec::new();
    for _ in 0..2 {
        let began = Instant::now();
        for _ in 0..50 {
            assert_eq!(daemon.ask("GET", "/v1/health", "", None).0, 200);
        }
        assert!(began.elapsed() < Duration::from_secs(5), "{config}: {:?}", began.elapsed());
        // Longer than spans wait for company.
        let until = Instant::now() + Duration::from_secs(3);
        while let Ok(line) = daemon.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            warnings.extend(line.contains("spans are lost").then_some(line));
        }
    }
    // A machine with much to do may take longer over the first try.
    let patience = Instant::now() + Duration::from_secs(15);
    while said.is_some()
        && warnings.is_empty()
        && let Ok(line) = daemon.lines.recv_timeout(patience.saturating_duration_since(Instant::now()))
    {
        warnings.extend(line.contains("spans are lost").then_some(line));
    }
    let metrics = measures(&daemon, &admin);
    assert_eq!(count(&metrics, "comity_spans_sent_total"), 0);
    if let Some(said) = said {
        assert!(count(&metrics, "comity_spans_lost_total") >= 100, "{config}: {metrics}");
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].contains(said), "{warnings:?}");
    }
    let began = Instant::now();
    assert!(daemon.stop());
    assert!(began.elapsed() < Duration::from_secs(10), "{config}: {:?}", began.elapsed());
}

fn measures(daemon: &Daemon, token: &str) -> String {
    let head = "GET /v1/metrics HTTP/1.1\r\nHost: x\r\nConnection: close";
    daemon.raw(&format!("{head}\r\nAuthorization: Bearer {token}\r\n\r\n")).1
}

fn count(metrics: &str, name: &str) -> u64 {
    let line = metrics.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{metrics}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn more_spans_than_a_collector_takes_are_lost_and_never_kept_for_ever() {
    let silent = Collector::start(Manner::IsSilent);
    let folder = tempfile::tempdir().unwrap();
    let limits = "[limits]\nrequests-a-minute = 1000000\n";
    let daemon = begin(folder.path(), &(silent.config() + limits));
    let request = "GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n".repeat(99)
        + "GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    for _ in 0..45 {
        assert_eq!(daemon.raw(&request).0, 200);
    }
    let until = Instant::now() + Duration::from_secs(20);
    let told = std::iter::from_fn(|| {
        daemon.lines.recv_timeout(until.saturating_duration_since(Instant::now())).ok()
    })
    .find(|line| line.contains("more spans came than it took"));
    assert!(told.is_some());
    assert!(daemon.stop());
}

#[test]
fn what_a_collector_asks_for_is_sent_and_shown_nowhere() {
    let collector = Collector::start(Manner::Answers(202));
    let folder = tempfile::tempdir().unwrap();
    let apart = tempfile::tempdir().unwrap();
    let secret = apart.path().join("collector.secret");
    std::fs::write(&secret, "Bearer geheim-1\n").unwrap();
    let headers = format!("[traces.headers]\nauthorization = {{ file = \"{}\" }}\n", secret.display());
    let config = collector.config() + "service = \"the-desk\"\n" + &headers;
    let daemon = begin(folder.path(), &config);
    assert_eq!(daemon.ask("GET", "/v1/health", "", None).0, 200);
    assert!(daemon.stop());
    let heads = collector.heads();
    assert!(!heads.is_empty());
    for head in heads {
        let head = head.to_lowercase();
        assert!(head.starts_with("post /v1/traces http/1.1"), "{head}");
        assert!(head.contains("authorization: bearer geheim-1\r\n"), "{head}");
        assert!(head.contains("content-type: application/x-protobuf\r\n"), "{head}");
    }
    assert!(collector.bytes().contains("the-desk"));
    let path = folder.path().join("comity.toml");
    let shown = comity().args(["serve", "--print-config", "--config"]).arg(&path).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("collector.secret") && !shown.contains("geheim"), "{shown}");
    // A secret that is missing is told at the start, and the daemon does not start.
    std::fs::remove_file(&secret).unwrap();
    let said = again(folder.path(), &config).map(drop).unwrap_err();
    assert!(said.contains("`authorization`") && said.contains("collector.secret"), "{said}");
    std::fs::write(&secret, "Bearer gehe\u{ef}m\n").unwrap();
    let said = again(folder.path(), &config).map(drop).unwrap_err();
    assert!(said.contains("`authorization`") && !said.contains("gehe"), "{said}");
}

#[test]
fn a_share_of_none_tells_of_those_alone_whose_caller_asks_for_it() {
    let collector = Collector::start(Manner::Answers(200));
    let folder = tempfile::tempdir().unwrap();
    let daemon = begin(folder.path(), &(collector.config() + "sample = 0\n"));
    assert_eq!(daemon.ask("GET", "/v1/health", "", None).0, 200);
    let caller = format!("traceparent: 00-{TRACE}-{CALLER}-01\r\n");
    assert_eq!(ask(&daemon, "GET", "/v1/health", "", &caller, None), 200);
    assert!(daemon.stop());
    let spans = collector.spans();
    assert_eq!(spans.iter().map(|span| hex(&span.trace_id)).collect::<Vec<_>>(), [TRACE]);
}

#[test]
fn a_log_that_the_environment_asks_for_takes_no_traces_away() {
    let collector = Collector::start(Manner::Answers(200));
    let folder = tempfile::tempdir().unwrap();
    init(folder.path());
    let path = folder.path().join("comity.toml");
    std::fs::write(&path, collector.config()).unwrap();
    let daemon =
        daemon::start_with(folder.path(), &["--config", path.to_str().unwrap()], &[("COMITY_LOG", "warn")]);
    let daemon = daemon.unwrap();
    assert_eq!(daemon.ask("GET", "/v1/health", "", None).0, 200);
    assert!(daemon.stop());
    assert_eq!(
        one(&collector.spans(), "GET /v1/health").status.as_ref().map_or(0, |status| status.code),
        i32::from(StatusCode::Unset)
    );
}
