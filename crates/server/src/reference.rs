//! The description of the API as a page that needs nothing from elsewhere.

use std::fmt::Write as _;

use serde_json::Value;

/// The page, made of the OpenAPI document.
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
    page.push_str("</html>\n");
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
