//! The description of the API as a page that needs nothing from elsewhere.

use std::fmt::Write as _;

use serde_json::Value;

/// The problems that are not the engine's or the store's, and what to do.
const PROBLEMS: &[(&str, &str)] = &[
    ("request/unreadable", "the request is not in the form that the description gives; nothing was done"),
    (
        "request/unclear",
        "what was said means nothing under this procedure, or leaves a choice open; say it otherwise",
    ),
    ("request/not-json", "send JSON, with its Content-Type"),
    ("request/too-long", "the body is longer than limits.body-bytes"),
    ("request/too-slow", "the request was broken off; ask again with the same Idempotency-Key"),
    ("request/broken-off", "the file did not come to its end, and nothing was filed; send it again"),
    ("files/nowhere", "this server has no place for files; the operator gives it one"),
    ("files/too-large", "the file is longer than limits.file-bytes"),
    ("files/missing", "the operator restores the file from a backup"),
    ("files/damaged", "the operator restores the file from a backup; what was read of it is not to be used"),
    ("request/too-many", "wait for as long as Retry-After says"),
    ("request/no-method", "the resource knows other methods"),
    ("request/not-found", "there is no such thing, or not for this account"),
    ("access/not-signed-in", "sign in, and send the token"),
    ("access/not-allowed", "ask an administrator for a role that may"),
    ("access/bad-name", "up to 64 letters, digits and the signs . _ - @"),
    ("access/unfit-password", "at least 15 characters, without the name of the account"),
    ("access/taken", "there is an account of this name"),
    ("access/last-administrator", "make another administrator first"),
    ("access/not-found", "there is no such account or token"),
    ("access/failed", "accounts could not be written; the log says why"),
    ("engine/conflict", "somebody recorded meanwhile: look at the case, then decide again"),
    ("engine/reference-taken", "give what is opened another reference"),
    ("engine/no-reference", "one line of at most 200 bytes, without blanks at its ends"),
    ("engine/key-reused", "the key was used for something else; give each attempt at something new its own"),
    ("engine/erased", "the content was erased by order of an authority"),
    ("append/disk-full", "the disk is under its floor; it goes on once there is room"),
    ("append/stopped", "a write failed; the operator looks at the disk and starts the daemon again"),
    ("bundle/failed", "the record could not be proved; the log says why, and comity doctor what to do"),
    ("bundle/nowhere", "the operator makes bundles with comity audit bundle"),
    ("report/unreadable", "a report was written by another program; the log says more"),
    ("report/unwritten", "the table could not be written down; the log says more"),
    ("draw/failed", "the procedure could not be drawn; the log says why"),
    ("server/panic", "a fault of the program; the log has it. Please tell of it"),
];

/// The page, made of the `OpenAPI` document.
pub(crate) fn page(description: &Value) -> String {
    let mut page = String::from(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Comity: the API</title>\n\
         <style>body{font:1rem/1.5 system-ui,sans-serif;max-inline-size:60rem;margin:2rem auto;padding-inline:1rem}\
         code{font-size:.95em}h2{margin-block-start:2.5rem}dt{font-weight:600}section{border-block-start:1px solid;\
         padding-block:.5rem}</style>\n<h1>The API of Comity</h1>\n",
    );
    let text = |value: &Value, pointer: &str| {
        escaped(value.pointer(pointer).and_then(Value::as_str).unwrap_or_default())
    };
    // Writing to a text cannot fail.
    let _ = writeln!(page, "<p>{}</p>", text(description, "/info/description"));
    let _ = writeln!(page, "<p>The same for programs: <a href=\"/v1/openapi.json\">openapi.json</a></p>");
    let paths = description.get("paths").and_then(Value::as_object);
    for (path, methods) in paths.into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let _ = writeln!(
                page,
                "<section><h3><code>{} {}</code></h3><p>{}</p>",
                escaped(&method.to_uppercase()),
                escaped(path),
                text(operation, "/summary"),
            );
            parameters(&mut page, operation);
            page.push_str("</section>\n");
        }
    }
    page.push_str("<h2>Problems</h2>\n<dl>");
    for (code, says) in PROBLEMS {
        let _ = write!(page, "<dt id=\"{code}\"><code>{code}</code></dt><dd>{says}</dd>");
    }
    page.push_str("</dl>\n<p>A refusal by the procedure has the code of its rejection, and says which provision it rests on.</p>\n</html>\n");
    page
}

fn parameters(page: &mut String, operation: &Value) {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let parameters: Vec<&Value> = parameters.into_iter().flatten().collect();
    if parameters.is_empty() {
        return;
    }
    page.push_str("<dl>");
    for one in parameters {
        let of = |key: &str| escaped(one.get(key).and_then(Value::as_str).unwrap_or_default());
        let _ =
            write!(page, "<dt><code>{}</code> ({})</dt><dd>{}</dd>", of("name"), of("in"), of("description"));
    }
    page.push_str("</dl>");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
