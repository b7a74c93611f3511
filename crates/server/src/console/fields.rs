//! What a form sends. It is read only after it was found to come from a page of ours.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;

use super::forgery;
use super::session::Seat;
use crate::app::Shared;
use crate::problem::Problem;

/// The name of the field that holds the token of the form.
pub(crate) const TOKEN: &str = "form-token";
/// The most fields of a form.
const MOST: usize = 400;

/// The fields of a form, in the order in which they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a body, without asking where it comes from.
    pub(crate) fn read(body: &[u8]) -> Self {
        let fields = url::form_urlencoded::parse(body).take(MOST);
        Self(fields.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// What was written into a field, without blanks around it; nothing if it is empty or was not sent.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// What was written into a field, or nothing.
    pub(crate) fn or_empty(&self, name: &str) -> String {
        self.text(name).unwrap_or_default()
    }

    /// A field as it was sent, with its blanks.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }

    /// The fields whose name begins so, by the rest of it, as far as something was written into them.
    pub(crate) fn under(&self, prefix: &str) -> Vec<(String, String)> {
        let found = self.0.iter().filter_map(|(name, value)| {
            let rest = name.strip_prefix(prefix)?;
            Some((rest.to_owned(), value.trim().to_owned()))
        });
        found.filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The fields that are carried from one page to the next: all but those that each page gives anew.
    pub(crate) fn carried(&self, anew: &[&str]) -> Vec<(String, String)> {
        let is_anew = |name: &str| name == TOKEN || anew.contains(&name);
        self.0.iter().filter(|(name, value)| !is_anew(name) && !value.is_empty()).cloned().collect()
    }
}

/// The fields of a form that came from a page of ours.
pub(crate) struct Sent(pub(crate) Fields);

impl FromRequest<Shared> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Problem> {
        let seat = request.extensions().get::<Seat>().cloned();
        let seat = seat.ok_or_else(|| Problem::not_signed_in("your session has ended; sign in again"))?;
        let headers = request.headers().clone();
        let fields = body(request, app).await?;
        forgery::is_ours(app, &headers, seat.secret(), fields.raw(TOKEN))?;
        Ok(Self(fields))
    }
}

/// The fields of a form, wherever it comes from.
pub(crate) async fn body(request: Request, app: &Shared) -> Result<Fields, Problem> {
    if !is_form(request.headers()) {
        return Err(Problem::unreadable("a page of the console sends a form, and this is none"));
    }
    let bytes = Bytes::from_request(request, app).await.map_err(|_| {
        Problem::new(
            axum::http::StatusCode::PAYLOAD_TOO_LARGE,
            "request/too-long",
            "The request is too long",
            "the form is longer than the server takes; the operator sets limits.body-bytes",
        )
    })?;
    Ok(Fields::read(&bytes))
}

fn is_form(headers: &HeaderMap) -> bool {
    let media = headers.get(axum::http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media.is_some_and(|media| media.starts_with("application/x-www-form-urlencoded"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_they_were_written_and_carried_without_the_token() {
        let fields =
            Fields::read(b"form-token=t&when=+2027-03-02+&fact.place=Ulsan+%26+Busan&fact.empty=&do=look");
        assert_eq!(fields.text("when").as_deref(), Some("2027-03-02"));
        assert_eq!(fields.text("fact.empty"), None);
        assert_eq!(fields.under("fact."), [("place".to_owned(), "Ulsan & Busan".to_owned())]);
        let carried = fields.carried(&["do"]);
        assert_eq!(carried.len(), 2, "{carried:?}");
    }
}
