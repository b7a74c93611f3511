//! Files beside a case.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use comity_core::entry::{Entry, Filed};
use comity_core::id::EntryNumber;
use comity_core::name::Private;
use comity_runner::{EngineError, FileOutcome, NewFile, filed};
use comity_store::{FileError, Files};
use futures_util::TryStreamExt;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use tokio_util::io::{ReaderStream, StreamReader};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Action, Principal};
use crate::app::{App, Shared};
use crate::extract::{Ask, Care, Named, etag};
use crate::problem::Problem;

/// How much of a file is on its way at a time, in bytes.
const PIECE: usize = 64 << 10;
/// The longest name of a file, in bytes.
const LONGEST_NAME: usize = 255;
/// What stands in a name of RFC 8187 as it is.
const ATTR_CHAR: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What is put beside the case, and where it belongs.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct NewFileAsked {
    /// What the file is called, which may name a person; up to 255 bytes, on one line.
    #[param(min_length = 1, max_length = 255)]
    name: String,
    /// The entry that it belongs to, such as the arrival of the document; nothing for the case as a whole.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 4_294_967_295_u32)]
    entry: Option<u32>,
}

/// The files of a case.
#[derive(Serialize, ToSchema)]
pub(crate) struct FilesDocument {
    /// In the order in which they were filed.
    files: Vec<FileDocument>,
}

/// A file beside a case.
#[derive(Serialize, ToSchema)]
pub(crate) struct FileDocument {
    /// The entry that files it, by which it is read.
    pub(crate) entry: u32,
    /// The entry that it belongs to; nothing for the case as a whole.
    pub(crate) belongs_to: Option<u32>,
    /// What it is called, which may name a person.
    pub(crate) name: String,
    /// What kind of file it is (RFC 6838).
    pub(crate) media: String,
    /// How long it is, in bytes.
    pub(crate) size: u64,
    /// The SHA-256 of its content, in hexadecimal digits, as the record says.
    pub(crate) sha256: String,
    /// When it was filed (RFC 3339, UTC).
    pub(crate) filed_at: String,
    /// The account that filed it.
    pub(crate) filed_by: String,
}

impl FileDocument {
    pub(crate) fn of(entry: &Entry, filed: &Filed) -> Self {
        Self {
            entry: entry.number.get(),
            belongs_to: filed.entry.map(EntryNumber::get),
            name: filed.name.reveal().to_owned(),
            media: filed.media.clone(),
            size: filed.size,
            sha256: filed.content.to_string(),
            filed_at: entry.recorded_at.to_string(),
            filed_by: entry.recorded_by.reveal().to_owned(),
        }
    }
}

/// The files of a case
#[utoipa::path(get, path = "/v1/cases/{reference}/files", operation_id = "list_files", tag = "cases",
    params(("reference" = String, Path, description = "The reference of the case")),
    responses((status = 200, description = "The first first", body = FilesDocument),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<Shared>,
    who: Principal,
    Named(reference): Named<String>,
) -> Result<Json<FilesDocument>, Problem> {
    let file = app.case(&who, &reference, Action::Read).await?;
    let files = filed(&file).into_iter().map(|(entry, filed)| FileDocument::of(entry, filed));
    Ok(Json(FilesDocument { files: files.collect() }))
}

/// Put a file beside a case: the body is the file, and `Content-Type` its kind
#[utoipa::path(post, path = "/v1/cases/{reference}/files", operation_id = "add_file", tag = "cases",
    request_body(content = String, content_type = "application/octet-stream", description = "The file, as it is"),
    params(("reference" = String, Path, description = "The reference of the case"), NewFileAsked,
        ("If-Match" = Option<String>, Header, description = "Only if the case is still at this version; makes a second attempt safe")),
    responses((status = 201, description = "It is kept, and the record says so", body = FileDocument),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn add(
    State(app): State<Shared>,
    who: Principal,
    Named(reference): Named<String>,
    Ask(asked): Ask<NewFileAsked>,
    headers: HeaderMap,
    care: Care,
    body: Body,
) -> Result<Response, Problem> {
    let there = app.case(&who, &reference, Action::Record).await?;
    let new = NewFile {
        entry: asked.entry.map(number).transpose()?,
        name: Private::new(name(asked.name)?),
        media: media(&headers)?,
        expect: care.expect(None),
    };
    let body = body.into_data_stream().map_err(std::io::Error::other);
    let by = Private::new(who.name);
    let outcome = app.engine.file(app.files()?, there.case, new, StreamReader::new(body), &by).await;
    match outcome.map_err(of_adding)? {
        FileOutcome::Rejected(rejection) => Err(Problem::rejected(&rejection, &there.procedure)),
        FileOutcome::Filed { receipt, .. } => {
            app.metrics.recorded.inc();
            let file = app.engine.case(there.case).await?;
            let added = filed(&file).into_iter().find(|(entry, _)| entry.number.get() == receipt.version.0);
            let (entry, filed) = added.ok_or_else(|| Problem::ours("engine/no-such-file"))?;
            let document = FileDocument::of(entry, filed);
            Ok((StatusCode::CREATED, [(header::ETAG, etag(receipt.version))], Json(document)).into_response())
        }
    }
}

/// A file of a case, as it was filed
///
/// If it turns out to be damaged on the way, the answer breaks off: whoever got fewer bytes than `Content-Length` says has no part
/// that could be relied on.
#[utoipa::path(get, path = "/v1/cases/{reference}/files/{entry}", operation_id = "read_file", tag = "cases",
    params(("reference" = String, Path, description = "The reference of the case"),
        ("entry" = i64, Path, description = "The entry that files it", minimum = 1, maximum = 4_294_967_295_u32)),
    responses((status = 200, description = "The file, under its kind", body = String, content_type = "application/octet-stream"),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    State(app): State<Shared>,
    who: Principal,
    Named((reference, entry)): Named<(String, u32)>,
) -> Result<Response, Problem> {
    let case = app.case(&who, &reference, Action::Read).await?;
    let entry = EntryNumber::new(entry).ok_or_else(|| Problem::not_found("file"))?;
    let store = app.files()?.clone();
    let found = filed(&case).into_iter().find(|(found, _)| found.number == entry);
    let headers = found.map(|(_, filed)| headers(filed)).ok_or_else(|| Problem::not_found("file"))?;
    let (sink, source) = tokio::io::duplex(PIECE);
    let mut pieces = ReaderStream::with_capacity(source, PIECE);
    let engine = app.engine.clone();
    let reading = tokio::spawn(async move {
        let read = engine.read_file(&store, &case, entry, sink).await;
        read.inspect_err(|error| tracing::error!(code = error.code(), "a file could not be read"))
    });
    // What is wrong at its beginning is told as a problem; after that the answer can only break off.
    let first = futures_util::StreamExt::next(&mut pieces).await;
    let Some(first) = first else {
        reading.await.map_err(|_| Problem::ours("server/panic"))??;
        return Ok((headers, Body::empty()).into_response());
    };
    let rest =
        futures_util::stream::try_unfold((pieces, Some(reading)), |(mut pieces, reading)| async move {
            match pieces.try_next().await? {
                Some(piece) => Ok(Some((piece, (pieces, reading)))),
                None => match reading {
                    None => Ok(None),
                    Some(reading) => match reading.await {
                        Ok(Ok(_)) => Ok(None),
                        Ok(Err(_)) | Err(_) => Err(std::io::Error::other("the file is damaged")),
                    },
                },
            }
        });
    let first = futures_util::stream::iter([first]);
    Ok((headers, Body::from_stream(futures_util::StreamExt::chain(first, rest))).into_response())
}

impl App {
    /// Where files lie.
    fn files(&self) -> Result<&Files, Problem> {
        self.files.as_ref().ok_or_else(|| {
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "files/nowhere",
                "No files are kept here",
                "this server has no place for files; the operator gives it one",
            )
        })
    }
}

/// Why a file was not added: where its bytes come from the client, it is the client who broke off.
fn of_adding(error: EngineError) -> Problem {
    if !matches!(error, EngineError::File(FileError::Io(_))) {
        return error.into();
    }
    Problem::new(
        StatusCode::BAD_REQUEST,
        "request/broken-off",
        "The request broke off",
        "the file did not come to its end, and nothing was filed; send it again",
    )
}

fn number(entry: u32) -> Result<EntryNumber, Problem> {
    EntryNumber::new(entry).ok_or_else(|| Problem::unreadable("entries are counted from 1"))
}

fn name(name: String) -> Result<String, Problem> {
    if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Problem::unreadable(format!("name is one line of 1 to {LONGEST_NAME} bytes")));
    }
    Ok(name)
}

fn media(headers: &HeaderMap) -> Result<String, Problem> {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media.filter(|media| media.contains('/')).map(ToOwned::to_owned).ok_or_else(|| {
        Problem::unreadable("say what kind of file it is with Content-Type, such as application/pdf")
    })
}

/// A browser is to keep it under its name and never to open it in our place, whatever kind it says it is.
fn headers(filed: &Filed) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let usual = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&filed.media).unwrap_or(usual));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(filed.size));
    let name = utf8_percent_encode(filed.name.reveal(), ATTR_CHAR);
    let shown = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{name}"));
    headers.insert(header::CONTENT_DISPOSITION, shown.unwrap_or(HeaderValue::from_static("attachment")));
    let sandbox = HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'");
    headers.insert(header::CONTENT_SECURITY_POLICY, sandbox);
    headers
}
