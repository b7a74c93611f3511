//! The pages by which something is recorded.

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use comity_core::entry::Body;
use comity_core::id::Version;
use comity_core::name::Private;
use comity_core::time::When;
use comity_core::{Rejection, entry};
use comity_runner::{CaseFile, Edition, EngineError, Expect, Request};
use comity_sheet::words;
use serde::Deserialize;

use super::super::case::{Asks, Head, head};
use super::super::fields::{Fields, Sent};
use super::super::frame::{Frame, Here, page, page_with, see_other};
use super::super::refused::Refusal;
use super::super::session::Desk;
use super::super::words::{Markup, case_path, sentence, whole_sentence};
use super::form::{Asked, Control, asked};
use super::kind::Kind;
use super::look::{Changed, changed, late};
use super::said::said;
use crate::access::{AccessError, What, secret};
use crate::api::case::{Axes, Looked};
use crate::api::cases::{LinkTo, tie};
use crate::api::record::{Record, received};
use crate::api::said::SaidEntry;
use crate::extract::Named;
use crate::problem::Problem;

/// Fields that each page gives anew.
const ANEW: [&str; 1] = ["do"];

/// What is to be recorded.
#[derive(Deserialize)]
pub(super) struct Of {
    #[serde(default)]
    of: String,
}

#[derive(Template)]
#[template(path = "console/record/form.html")]
struct FormPage {
    frame: Frame,
    head: Head,
    asked: Asked,
    kind: &'static str,
    of: String,
    version: u32,
    key: String,
    is_direct: bool,
    refusal: Option<Refusal>,
    /// What others recorded since the form was first shown.
    meanwhile: Vec<Meanwhile>,
}

/// An entry that came between.
struct Meanwhile {
    number: u32,
    by: String,
    at: String,
    says: Markup,
}

#[derive(Template)]
#[template(path = "console/record/look.html")]
struct LookPage {
    frame: Frame,
    head: Head,
    title: String,
    kind: &'static str,
    says: Vec<Markup>,
    late: Option<String>,
    is_proposal: bool,
    is_confirmation: bool,
    changes: Vec<Changed>,
    linked: Vec<Markup>,
    carried: Vec<(String, String)>,
}

/// A form that somebody works on.
struct Working {
    desk: Desk,
    looked: Looked,
    kind: Kind,
    of: String,
    typed: Fields,
}

/// Asks for what is to be recorded.
pub(super) async fn ask(
    desk: Desk,
    Named((reference, kind)): Named<(String, String)>,
    Query(of): Query<Of>,
) -> Result<Response, Problem> {
    let key = key()?;
    let working = Working::begin(desk, &reference, &kind, of.of, Fields::default()).await?;
    let version = working.looked.file.version().0;
    working.form(StatusCode::OK, version, key, None, Vec::new()).await
}

/// Looks at what was sent, or records it.
pub(super) async fn sent(
    desk: Desk,
    Named((reference, kind)): Named<(String, String)>,
    Sent(typed): Sent,
) -> Result<Response, Problem> {
    let of = typed.or_empty("of");
    let working = Working::begin(desk, &reference, &kind, of, typed).await?;
    match working.typed.raw("do") {
        "record" => working.record().await,
        "change" => {
            let version = working.looked.file.version().0;
            let key = working.key()?;
            working.form(StatusCode::OK, version, key, None, Vec::new()).await
        }
        _ => working.look().await,
    }
}

/// A name for an attempt.
fn key() -> Result<String, Problem> {
    Ok(secret::first_password().map_err(AccessError::from)?.to_string())
}

impl Working {
    async fn begin(
        desk: Desk,
        reference: &str,
        kind: &str,
        of: String,
        typed: Fields,
    ) -> Result<Self, Problem> {
        let kind = Kind::of(kind).ok_or_else(|| Problem::not_found("page"))?;
        let looked = desk.app.look(&desk.who, reference, &Axes::default()).await?;
        desk.app.may(&desk.who, kind.action(), What::of(&looked.file))?;
        Ok(Self { desk, looked, kind, of, typed })
    }

    /// The version of the case that was seen when the form was first shown.
    fn seen(&self) -> u32 {
        let version = self.typed.text("version").and_then(|text| text.parse().ok());
        version.unwrap_or_else(|| self.looked.file.version().0)
    }

    /// The name of this attempt.
    fn key(&self) -> Result<String, Problem> {
        let is_one = |key: &String| key.len() <= 64 && key.bytes().all(|byte| byte.is_ascii_graphic());
        self.typed.text("key").filter(is_one).map_or_else(key, Ok)
    }

    async fn head(&self) -> Head {
        head(&self.desk, &self.looked, &Asks::default(), self.kind.tab()).await
    }

    /// The form with what was typed, and why it was not recorded.
    async fn form(
        self,
        status: StatusCode,
        version: u32,
        key: String,
        refusal: Option<Refusal>,
        meanwhile: Vec<Meanwhile>,
    ) -> Result<Response, Problem> {
        let asked = asked(self.kind, &self.of, &self.looked, &self.typed, &self.desk.who.name)?;
        let head = self.head().await;
        let title = format!("{}: {}", head.reference, asked.title);
        let frame = Frame::of(&self.desk, title, Here::Cases).await?;
        let (kind, is_direct) = (self.kind.word(), self.kind.is_direct());
        let shown =
            FormPage { frame, head, asked, kind, of: self.of, version, key, is_direct, refusal, meanwhile };
        page_with(status, &shown)
    }

    /// The form again, with the sentence why not.
    async fn refused(self, problem: Problem) -> Result<Response, Problem> {
        // What is no matter of the form is a page of its own.
        if !matches!(problem.status, 409 | 412 | 422) {
            return Err(problem);
        }
        let (version, key) = (self.looked.file.version().0, self.key()?);
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let refusal = Refusal::from(&problem);
        self.form(status, version, key, Some(refusal), Vec::new()).await
    }

    /// The form again, with what somebody else recorded meanwhile. What was typed stays.
    async fn overtaken(self, seen: u32) -> Result<Response, Problem> {
        let reference = self.looked.file.opening.reference.clone();
        let looked = self.desk.app.look(&self.desk.who, &reference, &Axes::default()).await?;
        let meanwhile = meanwhile(&looked.file, seen);
        let (version, key) = (looked.file.version().0, self.key()?);
        let working = Self { looked, ..self };
        working.form(StatusCode::CONFLICT, version, key, None, meanwhile).await
    }

    /// What is asked of the engine.
    async fn request(&self, as_proposal: bool) -> Result<Request, Problem> {
        let (app, who, file) = (&self.desk.app, &self.desk.who, &self.looked.file);
        let Some(entry) = said(self.kind, &self.of, &self.typed)? else {
            let to = LinkTo { link: self.typed.or_empty("link"), case: self.typed.or_empty("case") };
            let edition = Edition { procedure: file.procedure.clone(), files: Vec::new() };
            let (link, case) = tie(app, who, &to, &edition).await?;
            app.engine.check_link(file, &link, case).await?;
            return Ok(Request::of(vec![Body::Linked { link, case }], &Private::new(who.name.clone())));
        };
        let entry = if as_proposal { SaidEntry::Propose { entry: Box::new(entry) } } else { entry };
        app.request(who, file, &Record { entries: vec![entry], expected_version: None })
    }

    /// What would change; as a proposal, where the procedure leaves it to two persons.
    async fn look(self) -> Result<Response, Problem> {
        let seen = self.seen();
        if seen != self.looked.file.version().0 {
            return self.overtaken(seen).await;
        }
        match self.looked_at().await {
            Ok(response) => Ok(response),
            Err(problem) => self.refused(problem).await,
        }
    }

    async fn looked_at(&self) -> Result<Response, Problem> {
        let (app, file) = (&self.desk.app, &self.looked.file);
        let mut is_proposal = false;
        let mut request = self.request(false).await?;
        let mut seen = app.engine.preview(file.case, &request).await?;
        if matches!(seen.outcome, Err(Rejection::TakesTwo { .. })) {
            is_proposal = true;
            request = self.request(true).await?;
            seen = app.engine.preview(file.case, &request).await?;
        }
        let changes = seen.outcome.map_err(|rejection| app.refused(&rejection, file))?;
        let asked = asked(self.kind, &self.of, &self.looked, &self.typed, &self.desk.who.name)?;
        let head = self.head().await;
        let frame =
            Frame::of(&self.desk, format!("{}: {}", head.reference, asked.title), Here::Cases).await?;
        let mut carried = self.typed.carried(&ANEW);
        carried.retain(|(name, _)| name != "proposal");
        carried.extend(is_proposal.then(|| ("proposal".to_owned(), "yes".to_owned())));
        page(&LookPage {
            frame,
            title: asked.title,
            kind: self.kind.word(),
            says: self.in_words(&request),
            late: self.late(&request),
            is_proposal,
            is_confirmation: self.kind == Kind::Confirm,
            changes: changed(&changes, &file.procedure),
            linked: seen.linked.iter().map(|one| whole_sentence(&one.to_string())).collect(),
            carried,
            head,
        })
    }

    /// What would be recorded, as the record will say it.
    fn in_words(&self, request: &Request) -> Vec<Markup> {
        let file = &self.looked.file;
        let says = |body: &Body| {
            if let Body::Confirmed { entry } = body
                && let Some(proposal) = entry::proposed(&file.entries, *entry)
            {
                return words::proposal(proposal, file.procedure_of(*entry));
            }
            words::body(body, &file.procedure)
        };
        request.bodies.iter().map(|body| sentence(&says(body))).collect()
    }

    fn late(&self, request: &Request) -> Option<String> {
        let deed = request.bodies.iter().find_map(Body::deed)?;
        // What names no date happens now.
        let is_dated = Some(deed.when) != request.undated || !matches!(deed.when, When::At(_));
        is_dated.then(|| late(&self.looked.view, deed.when)).flatten()
    }

    /// Records it, on the version that was seen and once.
    async fn record(self) -> Result<Response, Problem> {
        let seen = self.seen();
        match self.recorded(seen).await {
            Ok(Some(response)) => Ok(response),
            Ok(None) => self.overtaken(seen).await,
            Err(problem) => self.refused(problem).await,
        }
    }

    /// Where somebody is led once it is recorded; nothing, if the case has moved.
    async fn recorded(&self, seen: u32) -> Result<Option<Response>, Problem> {
        let (app, file) = (&self.desk.app, &self.looked.file);
        let request = self.request(self.typed.text("proposal").is_some()).await?;
        let request = Request { expect: Expect::Version(Version(seen)), key: Some(self.key()?), ..request };
        let outcome = match app.engine.record(file.case, request).await {
            Err(EngineError::Conflict { .. }) => return Ok(None),
            other => other?,
        };
        let receipt = received(app, file, outcome)?;
        let path = case_path(&file.opening.reference);
        let to = format!("{path}{}?recorded={}", self.kind.tab().names().1, receipt.version);
        Ok(Some(see_other(&to)))
    }
}

/// What was recorded after a version.
fn meanwhile(file: &CaseFile, seen: u32) -> Vec<Meanwhile> {
    let zone = &file.procedure.home().zone;
    let later = file.entries.iter().filter(|entry| entry.number.get() > seen);
    let one = |entry: &comity_core::entry::Entry| Meanwhile {
        number: entry.number.get(),
        by: entry.recorded_by.reveal().to_owned(),
        at: words::date(When::At(entry.recorded_at), zone),
        says: sentence(&words::body(&entry.body, file.procedure_of(entry.number))),
    };
    later.map(one).collect()
}
