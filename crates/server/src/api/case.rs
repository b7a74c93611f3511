//! A case, and its parts.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use comity_core::procedure::Procedure;
use comity_core::{Asked, View};
use comity_draw::{Diagram, Mark, Marks, svg};
use comity_runner::CaseFile;
use comity_runner::said::read_moment;
use comity_sheet::change::BehindDocument;
use comity_sheet::{
    ActDocument, CaseDocument, ClockDocument, Closed, DocumentDocument, FactDocument, GroundDocument,
    HappeningDocument, Sheet,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Action, Principal};
use crate::app::{App, Shared};
use crate::extract::{Ask, Named, etag};
use crate::problem::Problem;

/// Which moment is asked about, and what was known.
#[derive(Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Axes {
    /// The moment asked about; a day, month or year is looked at as it ends, in the zone of the deciding side. Now, if
    /// nothing is said.
    pub(crate) as_of: Option<String>,
    /// Entries recorded later than this are left out. Everything, if nothing is said.
    pub(crate) as_known_at: Option<String>,
}

/// A case: what it is, and where it stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct WholeCase {
    /// The reference by which officers know it.
    reference: String,
    /// Its title, which may name a person.
    title: String,
    /// Its id.
    case: String,
    /// The reference of its matter.
    matter: String,
    /// The procedure that it runs under.
    procedure: String,
    /// The digest of what the procedure means; the case is pinned to it.
    meaning: String,
    /// Linked cases that this one has not followed.
    behind: Vec<BehindDocument>,
    /// Where it stands.
    #[serde(flatten)]
    document: CaseDocument,
}

/// What may be done, and what may not and why.
#[derive(Serialize, ToSchema)]
pub(crate) struct Moves {
    /// How many entries the case holds.
    version: u32,
    /// Acts that may be done now.
    possible: Vec<ActDocument>,
    /// Acts that may not, with every reason.
    blocked: Vec<Blocked>,
}

/// An act that may not be done now.
#[derive(Serialize, ToSchema)]
pub(crate) struct Blocked {
    /// The act.
    act: String,
    /// Its title.
    title: String,
    /// Why not, the reason to mend first at the beginning.
    because: Vec<Closed>,
}

/// Every clock.
#[derive(Serialize, ToSchema)]
pub(crate) struct Clocks {
    /// In the order of the procedure.
    clocks: Vec<ClockDocument>,
}

/// The checklist.
#[derive(Serialize, ToSchema)]
pub(crate) struct Documents {
    /// In the order of the procedure.
    documents: Vec<DocumentDocument>,
}

/// What was considered of grounds for refusal.
#[derive(Serialize, ToSchema)]
pub(crate) struct Grounds {
    /// In the order of the procedure.
    grounds: Vec<GroundDocument>,
}

/// What is known.
#[derive(Serialize, ToSchema)]
pub(crate) struct Facts {
    /// In the order of the procedure.
    facts: Vec<FactDocument>,
}

/// The cases that a case is tied to.
#[derive(Serialize, ToSchema)]
pub(crate) struct Links {
    /// In the order of recording.
    links: Vec<LinkDocument>,
}

/// A case that a case is tied to.
#[derive(Serialize, ToSchema)]
pub(crate) struct LinkDocument {
    /// The link, as the procedure calls it.
    link: String,
    /// What the other case is to this one.
    pub(crate) title: String,
    /// The reference of the other case.
    pub(crate) case: String,
    /// The procedure that it runs under.
    pub(crate) procedure: String,
}

/// What happened.
#[derive(Serialize, ToSchema)]
pub(crate) struct Timeline {
    /// In the order in which it took effect.
    timeline: Vec<HappeningDocument>,
}

/// Who read a case while it was sealed.
#[derive(Serialize, ToSchema)]
pub(crate) struct Readings {
    /// The first first.
    readings: Vec<ReadingDocument>,
}

/// One time that somebody read a sealed case.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReadingDocument {
    /// When (RFC 3339, UTC).
    at: String,
    /// The account.
    by: String,
    /// What of it was shown: `case`, `list`, `queue`, `deadlines`, `calendar`, `events`, `matter` or `statistics`.
    what: String,
}

/// A case that was found, with the moment asked about.
pub(crate) struct Looked {
    pub(crate) file: CaseFile,
    pub(crate) view: View,
}

impl App {
    pub(crate) async fn look(
        &self,
        who: &Principal,
        reference: &str,
        axes: &Axes,
    ) -> Result<Looked, Problem> {
        let file = self.case(who, reference, Action::Read).await?;
        let (zone, now) = (&file.procedure.home().zone, self.now());
        let read = |text: &Option<String>| {
            let read = text.as_deref().map(|text| read_moment(text, zone)).transpose();
            read.map_err(|unclear| Problem::not_clear(&unclear, &file.procedure))
        };
        let (at, known_at) = (read(&axes.as_of)?, read(&axes.as_known_at)?);
        let asked = Asked {
            at: at.or(known_at).unwrap_or(now),
            known_at: known_at.unwrap_or_else(|| now.max(at.unwrap_or(now))),
        };
        let view = file.view(asked);
        // Nothing was known of it then: to whoever looks back it is not there yet.
        if view.opening().is_none() || file.opening.since.earliest(zone) > asked.at {
            return Err(Problem::not_found("case"));
        }
        Ok(Looked { file, view })
    }
}

/// Where a case stands, with everything that is known of it
#[utoipa::path(get, path = "/v1/cases/{reference}", operation_id = "show_case", tag = "cases",
    params(("reference" = String, Path, description = "The reference of the case"), Axes),
    responses((status = 200, description = "The case; its version is the ETag", body = WholeCase),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn show(
    State(app): State<Shared>,
    who: Principal,
    Named(reference): Named<String>,
    Ask(axes): Ask<Axes>,
) -> Result<Response, Problem> {
    let Looked { file, view } = app.look(&who, &reference, &axes).await?;
    let now = app.now();
    // Linked cases are compared as they stand now, whatever moment is asked about.
    let behind = app.engine.behind(&file.known_at(now), now).await?;
    let matter = app.engine.matter(file.opening.matter).await.map(|matter| matter.reference);
    let whole = WholeCase {
        reference,
        title: file.opening.title.reveal().to_owned(),
        case: file.case.to_string(),
        matter: matter.unwrap_or_default(),
        procedure: file.procedure.name().to_string(),
        meaning: file.procedure.meaning().to_string(),
        behind: behind.iter().map(BehindDocument::from).collect(),
        document: Sheet::new(&view, &file.entries).document(),
    };
    Ok(([(header::ETAG, etag(file.version()))], Json(whole)).into_response())
}

/// What may be done in a case, and what may not and why
#[utoipa::path(get, path = "/v1/cases/{reference}/moves", tag = "cases",
    params(("reference" = String, Path, description = "The reference of the case"), Axes),
    responses((status = 200, description = "By act", body = Moves),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn moves(
    State(app): State<Shared>,
    who: Principal,
    Named(reference): Named<String>,
    Ask(axes): Ask<Axes>,
) -> Result<Json<Moves>, Problem> {
    let Looked { file, view } = app.look(&who, &reference, &axes).await?;
    let acts = Sheet::new(&view, &file.entries).acts();
    let (possible, blocked): (Vec<ActDocument>, Vec<ActDocument>) =
        acts.into_iter().partition(|act| act.open);
    let blocked = blocked.into_iter();
    let blocked = blocked.map(|act| Blocked { act: act.name, title: act.title, because: act.closed_because });
    Ok(Json(Moves { version: view.version().0, possible, blocked: blocked.collect() }))
}

/// Every clock of a case, with its runs
#[utoipa::path(get, path = "/v1/cases/{reference}/clocks", tag = "cases",
    params(("reference" = String, Path, description = "The reference of the case"), Axes),
    responses((status = 200, description = "In the order of the procedure", body = Clocks),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn clocks(
    State(app): State<Shared>,
    who: Principal,
    Named(reference): Named<String>,
    Ask(axes): Ask<Axes>,
) -> Result<Json<Clocks>, Problem> {
    let Looked { file, view } = app.look(&who, &reference, &axes).await?;
    let sheet = Sheet::new(&view, &file.entries);
    Ok(Json(Clocks { clocks: view.clocks().iter().map(|clock| sheet.clock(clock)).collect() }))
}

/// How the last day of a limit was reached
#[utoipa::path(get, path = "/v1/cases/{reference}/clocks/{clock}/explanation", tag = "cases",
    params(("reference" = String, Path, description = "The reference of the case"),
        ("clock" = String, Path, description = "The clock, as the procedure calls it"), Axes),
    responses((status = 200, description = "Run by run, step by step", body = ClockDocument),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn explanation(
    State(app): State<Shared>,
    who: Principal,
    Named((reference, clock)): Named<(String, String)>,
    Ask(axes): Ask<Axes>,
) -> Result<Json<ClockDocument>, Problem> {
    let Looked { file, view } = app.look(&who, &reference, &axes).await?;
    let found = view.clock(&clock).ok_or_else(|| Problem::not_found("clock"))?;
    Ok(Json(Sheet::new(&view, &file.entries).clock(&found)))
}

/// The checklist of documents
#[utoipa::path(get, path = "/v1/cases/{reference}/documents", tag = "cases",
    params(("reference" = String, Path, description = "The reference of the case"), Axes),
    responses((status = 200, description = "In the order of the procedure", body = Documents),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn documents(
    State(app): State<Shared>,
    who: Principal,
    Named(reference): Named<String>,
    Ask(axes): Ask<Axes>,
) -> Result<Json<Documents>, Problem> {
    let Looked { file, view } = app.look(&who, &reference, &axes).await?;
    Ok(Json(Documents { documents: Sheet::new(&view, &file.entries).documents() }))
}

/// What happened, by the date on which it took effect
#[utoipa::path(get, path = "/v1/cases/{reference}/timeline", tag = "cases",
    params(("reference" = String, Path, description = "The reference of the case"), Axes),
    responses((status = 200, description = "The oldest first", body = Timeline),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn timeline(
    State(app): State<Shared>,
    who: Principal,
    Named(reference): Named<String>,
    Ask(axes): Ask<Axes>,
) -> Result<Json<Timeline>, Problem> {
    let Looked { file, view } = app.look(&who, &reference, &axes).await?;
    Ok(Json(Timeline { timeline: Sheet::new(&view, &file.entries).timeline() }))
}

/// What was considered of grounds for refusal
#[utoipa::path(get, path = "/v1/cases/{reference}/grounds", tag = "cases",
    params(("reference" = String, Path, description = "The reference of the case"), Axes),
    responses((status = 200, description = "In the order of the procedure", body = Grounds),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn grounds(
    State(app): State<Shared>,
    who: Principal,
    Named(reference): Named<String>,
    Ask(axes): Ask<Axes>,
) -> Result<Json<Grounds>, Problem> {
    let Looked { file, view } = app.look(&who, &reference, &axes).await?;
    Ok(Json(Grounds { grounds: Sheet::new(&view, &file.entries).grounds() }))
}

/// What is known, and since when
#[utoipa::path(get, path = "/v1/cases/{reference}/facts", tag = "cases",
    params(("reference" = String, Path, description = "The reference of the case"), Axes),
    responses((status = 200, description = "In the order of the procedure", body = Facts),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn facts(
    State(app): State<Shared>,
    who: Principal,
    Named(reference): Named<String>,
    Ask(axes): Ask<Axes>,
) -> Result<Json<Facts>, Problem> {
    let Looked { file, view } = app.look(&who, &reference, &axes).await?;
    Ok(Json(Facts { facts: Sheet::new(&view, &file.entries).facts() }))
}

/// The cases that this one is tied to, as far as this account may see them
#[utoipa::path(get, path = "/v1/cases/{reference}/links", tag = "cases",
    params(("reference" = String, Path, description = "The reference of the case"), Axes),
    responses((status = 200, description = "In the order of recording", body = Links),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn links(
    State(app): State<Shared>,
    who: Principal,
    Named(reference): Named<String>,
    Ask(axes): Ask<Axes>,
) -> Result<Json<Links>, Problem> {
    let looked = app.look(&who, &reference, &axes).await?;
    Ok(Json(Links { links: linked(&app, &who, &looked).await? }))
}

/// The cases that a case is tied to, as far as an account may see them.
pub(crate) async fn linked(
    app: &App,
    who: &Principal,
    Looked { file, view }: &Looked,
) -> Result<Vec<LinkDocument>, Problem> {
    let mut links = Vec::new();
    for (link, case) in view.links() {
        if let Some(other) = app.showing(who, *case, "case").await? {
            let row =
                file.procedure.links().find(link.as_str()).and_then(|id| file.procedure.links().get(id));
            links.push(LinkDocument {
                link: link.to_string(),
                title: row.map(|row| row.title.clone()).unwrap_or_default(),
                case: other.opening.reference.clone(),
                procedure: other.procedure.name().to_string(),
            });
        }
    }
    Ok(links)
}

/// The procedure of a case as a picture, with the stages where it stands and where it was
#[utoipa::path(get, path = "/v1/cases/{reference}/diagram.svg", operation_id = "draw_case", tag = "cases",
    params(("reference" = String, Path, description = "The reference of the case"), Axes),
    responses((status = 200, description = "The picture", body = String, content_type = "image/svg+xml"),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn diagram(
    State(app): State<Shared>,
    who: Principal,
    Named(reference): Named<String>,
    Ask(axes): Ask<Axes>,
) -> Result<Response, Problem> {
    let Looked { view, .. } = app.look(&who, &reference, &axes).await?;
    picture(view.procedure(), &stood(&view))
}

/// Where a case stands, and where it was under its present procedure.
pub(crate) fn stood(view: &View) -> Marks {
    let mut marks = Marks::none();
    if let Some(chapter) = view.chapters().last() {
        for track in chapter.procedure.tracks().ids() {
            if let Some(stage) = chapter.stage_at_first(track) {
                marks = marks.stage(track, stage, Mark::Past);
            }
        }
        for moved in chapter.happenings.iter().flat_map(|happening| &happening.moved) {
            marks = marks.stage(moved.track, moved.from, Mark::Past).stage(moved.track, moved.to, Mark::Past);
        }
    }
    let tracks = view.procedure().tracks().ids().zip(view.tracks());
    tracks.fold(marks, |marks, (id, track)| marks.stage(id, track.stands.stage, Mark::Current))
}

/// Who read a case while it was sealed
#[utoipa::path(get, path = "/v1/cases/{reference}/readings", tag = "record",
    params(("reference" = String, Path, description = "The reference of the case")),
    responses((status = 200, description = "The first first", body = Readings),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn readings(
    State(app): State<Shared>,
    who: Principal,
    Named(reference): Named<String>,
) -> Result<Json<Readings>, Problem> {
    let file = app.case(&who, &reference, Action::Audit).await?;
    let readings = app.engine.readings(file.case).await?.into_iter();
    let document = |one: comity_runner::Reading| ReadingDocument {
        at: one.at.to_string(),
        by: one.by.reveal().to_owned(),
        what: one.what,
    };
    Ok(Json(Readings { readings: readings.map(document).collect() }))
}

/// A procedure as a picture.
pub(crate) fn picture(procedure: &Procedure, marks: &Marks) -> Result<Response, Problem> {
    let drawn = drawn(procedure, marks)?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], drawn).into_response())
}

/// The text of the picture of a procedure.
pub(crate) fn drawn(procedure: &Procedure, marks: &Marks) -> Result<String, Problem> {
    svg(&Diagram::of(procedure), marks).map_err(|error| {
        tracing::error!(%error, procedure = %procedure.name(), "a procedure could not be drawn");
        Problem::ours("draw/failed")
    })
}
