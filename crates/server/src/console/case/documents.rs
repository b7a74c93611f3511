//! Documents: the checklist, what each still lacks, and the files beside the case.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use comity_core::procedure::{DocumentForm, Translation, Truth};
use comity_core::{DocumentView, View};
use comity_runner::filed;

use super::super::frame::{Frame, page as answer};
use super::super::session::Desk;
use super::super::sign::{COMPLETE, MISSING, NOT_KNOWN, NOT_NEEDED, Sign};
use super::super::words::{Dated, Markup, segment, whole_sentence};
use super::{Asks, Head, Shown, Tab, shown};
use crate::api::files::FileDocument;
use crate::extract::Named;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/case/documents.html")]
struct DocumentsPage {
    frame: Frame,
    head: Head,
    sets: Vec<Set>,
    missing: usize,
    files: Vec<FilePart>,
}

struct Set {
    name: String,
    documents: Vec<DocumentPart>,
}

struct DocumentPart {
    title: String,
    sign: Sign,
    arrived: Vec<Arrival>,
    missing: Option<Markup>,
    asks: String,
    basis: String,
    record: String,
}

struct Arrival {
    when: Dated,
    how: String,
}

struct FilePart {
    name: String,
    path: String,
    about: String,
    sha256: String,
}

/// The page.
pub(crate) async fn page(
    desk: Desk,
    Named(reference): Named<String>,
    Query(asks): Query<Asks>,
) -> Result<Response, Problem> {
    let Shown { looked, frame, head, .. } = shown(desk, &reference, &asks, Tab::Documents).await?;
    let documents = looked.view.documents();
    let missing = documents.iter().filter(|one| one.needed == Truth::True && one.missing.is_some()).count();
    let files = filed(&looked.file).into_iter().map(|(entry, filed)| FileDocument::of(entry, filed));
    let files = files.map(|file| FilePart {
        path: format!("{}/files/{}", head.path, file.entry),
        about: format!("{}, {} bytes, filed by {}", file.media, file.size, file.filed_by),
        name: file.name,
        sha256: file.sha256,
    });
    let files = files.collect();
    answer(&DocumentsPage { frame, sets: sets(&looked.view, &documents, &head.path), head, missing, files })
}

fn sets(view: &View, documents: &[DocumentView<'_>], path: &str) -> Vec<Set> {
    let mut sets: Vec<Set> = Vec::new();
    for one in documents {
        let name = one.set.to_string();
        let part = part(view, one, path);
        match sets.iter_mut().find(|set| set.name == name) {
            Some(set) => set.documents.push(part),
            None => sets.push(Set { name, documents: vec![part] }),
        }
    }
    sets
}

/// Which form the procedure asks for.
const fn form(form: DocumentForm) -> &'static str {
    match form {
        DocumentForm::Original => "the original",
        DocumentForm::CertifiedCopy => "the original or a certified copy",
        DocumentForm::Copy => "any copy",
        DocumentForm::NotStated => "form not stated",
    }
}

fn part(view: &View, one: &DocumentView<'_>, path: &str) -> DocumentPart {
    let sign = match (one.needed, &one.missing) {
        (Truth::False, _) => NOT_NEEDED,
        (_, None) => COMPLETE,
        (Truth::Unknown, Some(_)) => NOT_KNOWN,
        (Truth::True, Some(_)) => MISSING,
    };
    let zone = &view.procedure().home().zone;
    let arrived = one.arrived.iter().map(|arrived| Arrival {
        when: Dated::when(arrived.when, zone),
        how: match &arrived.translated_into {
            Some(language) => format!("{}, translated ({language})", arrived.form.word().replace('-', " ")),
            None => arrived.form.word().replace('-', " "),
        },
    });
    let translated = match &one.document.translated {
        Translation::Into(language) => format!("; translated into {language}"),
        Translation::NotNeeded | Translation::NotStated => String::new(),
    };
    DocumentPart {
        title: one.document.title.clone(),
        sign,
        arrived: arrived.collect(),
        missing: one.missing.as_deref().map(whole_sentence),
        asks: format!("{}{translated}", form(one.document.form)),
        basis: one.document.basis.to_string(),
        record: format!("{path}/record/document?of={}", segment(one.name.as_str())),
    }
}
