//! The span of a request.

use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode};
use tracing::Span;
use tracing::field::Empty;

/// A span for a request that has just come. At the level of `trace`, so that it stands in no log that does not ask for it.
pub(crate) fn span(request: &Request) -> Span {
    let method = known(request.method());
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let span = tracing::trace_span!(
        "request",
        otel.name = name(method, route),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
    );
    #[cfg(feature = "traces")]
    super::parent::take_over(&span, request.headers());
    span
}

/// Notes what a request was answered. Only what is our fault is an error.
pub(crate) fn answered(span: &Span, status: StatusCode) {
    span.record("http.response.status_code", i64::from(status.as_u16()));
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
}

/// The method, unless somebody made it up. The word for that one is OpenTelemetry's.
fn known(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("_OTHER")
}

/// A path that is no route is not told: it may hold anything.
fn name(method: &str, route: Option<&str>) -> String {
    let method = if method == "_OTHER" { "HTTP" } else { method };
    route.map_or_else(|| method.to_owned(), |route| format!("{method} {route}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_of_what_is_known_alone() {
        let made_up = Method::from_bytes(b"TIVO-ARANDO").unwrap();
        assert_eq!(known(&made_up), "_OTHER");
        assert_eq!(name(known(&made_up), None), "HTTP");
        assert_eq!(name(known(&Method::GET), Some("/v1/cases/{reference}")), "GET /v1/cases/{reference}");
        assert_eq!(name(known(&Method::POST), None), "POST");
    }
}
