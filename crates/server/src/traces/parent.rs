//! What a request says of the trace that it is a part of: the header `traceparent` of W3C Trace Context.
//!
//! Read to the letter, for anybody may send it. `tracestate` is not read: it may hold anything, and would be sent on.

use axum::http::HeaderMap;
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Makes `span` a child of the span that the headers name, if they name one.
pub(super) fn take_over(span: &Span, headers: &HeaderMap) {
    let mut named = headers.get_all("traceparent").iter();
    // Two are as good as none.
    let (Some(value), None) = (named.next(), named.next()) else { return };
    if let Some(parent) = value.to_str().ok().and_then(read) {
        // Without a subscriber that takes spans there is nothing to be a child.
        let _ = span.set_parent(Context::new().with_remote_span_context(parent));
    }
}

/// `00-<32 hex>-<16 hex>-<2 hex>`, in small letters. A later version may have more behind it, after a dash.
fn read(text: &str) -> Option<SpanContext> {
    let (head, more) = text.split_at_checked(55)?;
    let mut parts = head.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |part: &str, length| {
        part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_read = is_hex(version, 2) && is_hex(trace, 32) && is_hex(span, 16) && is_hex(flags, 2);
    let is_whole = more.is_empty() || (version != "00" && more.starts_with('-'));
    if !is_read || !is_whole || version == "ff" || parts.next().is_some() {
        return None;
    }
    let context = SpanContext::new(
        TraceId::from_hex(trace).ok()?,
        SpanId::from_hex(span).ok()?,
        TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED,
        true,
        TraceState::default(),
    );
    context.is_valid().then_some(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn what_is_in_order_is_taken_over() {
        let read = read(GOOD).unwrap();
        assert_eq!(read.trace_id().to_string(), "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(read.span_id().to_string(), "b7ad6b7169203331");
        assert!(read.is_sampled() && read.is_remote());
        assert!(!super::read(&GOOD.replace("-01", "-00")).unwrap().is_sampled());
        // A later version, and flags that nobody knows yet.
        assert!(super::read(&GOOD.replacen("00", "cc", 1).replace("-01", "-ff-more")).unwrap().is_sampled());
    }

    #[test]
    fn what_is_not_in_order_is_as_good_as_nothing() {
        let bad = [
            String::new(),
            "00".to_owned(),
            GOOD.to_uppercase(),
            GOOD.replacen("00", "ff", 1),
            GOOD.replacen("00", "0", 1),
            GOOD.replace("-01", "-1"),
            GOOD.replace("-01", "-01-more"),
            GOOD.replace("-01", "-01 "),
            GOOD.replace("-01", "-+1"),
            GOOD.replace("0af7651916cd43dd8448eb211c80319c", &"0".repeat(32)),
            GOOD.replace("b7ad6b7169203331", &"0".repeat(16)),
            GOOD.replace("b7ad6b7169203331", "b7ad6b716920333g"),
            GOOD.replace("b7ad6b7169203331", "b7ad6b716920333é"),
            GOOD.replace("b7ad6b7169203331-", "-b7ad6b716920333"),
            GOOD.replacen("00", "cc", 1) + "more",
        ];
        for bad in bad {
            assert_eq!(read(&bad), None, "{bad}");
        }
    }
}
