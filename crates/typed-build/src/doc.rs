//! What stands over the generated items, so that an editor shows the treaty.

use comity_core::procedure::{Authority, AuthorityId, Basis, Procedure};
use comity_core::table::{Id, Table};
use proc_macro2::TokenStream;
use quote::quote;

/// One paragraph.
pub(crate) fn line(text: &str) -> TokenStream {
    paragraphs([text.to_owned()])
}

/// Several paragraphs, those that say nothing left out.
pub(crate) fn paragraphs(all: impl IntoIterator<Item = String>) -> TokenStream {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in all.into_iter().filter(|text| !text.is_empty()) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(paragraph.lines().map(|line| format!(" {line}")));
    }
    quote! { #(#[doc = #lines])* }
}

/// A text of the file as Markdown that shows it and nothing else.
pub(crate) fn plain(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '!') {
            shown.push('\\');
        }
        shown.push(letter);
    }
    shown
}

/// A text of the file as code, which Markdown leaves alone.
pub(crate) fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'"))
}

/// A title as a sentence.
pub(crate) fn title(text: &str) -> String {
    let shown = plain(text);
    let ends = shown.ends_with(['.', '?', '!', ':']);
    if ends { shown } else { format!("{shown}.") }
}

/// `Basis: treaty 9(1), Provisional arrest; act 12.`
pub(crate) fn basis(procedure: &Procedure, basis: &Basis) -> String {
    use comity_core::procedure::Citation;
    let cited = basis.0.iter().map(|cite| match cite {
        Citation::Article { source, article, .. } => {
            let row = procedure.sources().find(source.as_str()).and_then(|id| procedure.sources().get(id));
            let heading = row.and_then(|row| row.articles.iter().find(|one| one.number == *article));
            let heading = heading.map(|one| format!(" ({})", plain(&one.heading))).unwrap_or_default();
            format!("{}{heading}", plain(&cite.to_string()))
        }
        Citation::Reading(_) => cite.to_string(),
    });
    let cited: Vec<String> = cited.collect();
    if cited.is_empty() { String::new() } else { format!("Basis: {}.", cited.join("; ")) }
}

/// `By: Seoul High Court.`
pub(crate) fn by(procedure: &Procedure, who: &[AuthorityId]) -> String {
    let who: Vec<String> = who.iter().filter_map(|id| called(procedure.authorities(), *id)).collect();
    if who.is_empty() { String::new() } else { format!("By: {}.", who.join(", or ")) }
}

fn called(authorities: &Table<AuthorityId, Authority>, id: AuthorityId) -> Option<String> {
    let (_, name, authority) = authorities.iter().nth(id.index())?;
    Some(format!("{} ({})", plain(&authority.title), code(name.as_str())))
}
