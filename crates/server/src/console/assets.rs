//! The style sheet, the script and the sign of the console. Each is served under a name that holds its hash, so that a browser keeps it
//! for as long as it likes and never shows a page with those of another version.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::access::secret;
use crate::problem::Problem;

const STYLE: &str = include_str!("../../assets/console.css");
const SCRIPT: &str = include_str!("../../assets/console.js");
const SIGN: &str = include_str!("../../assets/sign.svg");
/// For a year, and never asked for again.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// What is served beside the pages.
pub(crate) struct Assets {
    style: Asset,
    script: Asset,
    sign: Asset,
}

struct Asset {
    name: String,
    media: &'static str,
    text: String,
}

/// All of them, made once.
pub(crate) static ASSETS: LazyLock<Assets> = LazyLock::new(|| Assets {
    style: Asset::new("console", "css", "text/css; charset=utf-8", style()),
    script: Asset::new("console", "js", "text/javascript; charset=utf-8", SCRIPT.to_owned()),
    sign: Asset::new("sign", "svg", "image/svg+xml", SIGN.to_owned()),
});

/// The style sheet, with what turns pictures dark where the page is.
fn style() -> String {
    let dark = comity_draw::dark_rules("figure.drawn");
    format!("{STYLE}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}}}\n")
}

impl Asset {
    fn new(stem: &str, extension: &str, media: &'static str, text: String) -> Self {
        let hash: String = secret::hash(&text).chars().take(16).collect();
        Self { name: format!("{stem}.{hash}.{extension}"), media, text }
    }
}

impl Assets {
    /// Where the style sheet is.
    pub(crate) fn style(&self) -> String {
        format!("/assets/{}", self.style.name)
    }

    /// Where the script is.
    pub(crate) fn script(&self) -> String {
        format!("/assets/{}", self.script.name)
    }

    /// Where the sign is.
    pub(crate) fn sign(&self) -> String {
        format!("/assets/{}", self.sign.name)
    }
}

/// One of them.
pub(crate) async fn asset(Path(name): Path<String>) -> Result<Response, Problem> {
    let all = [&ASSETS.style, &ASSETS.script, &ASSETS.sign];
    let found = all.into_iter().find(|asset| asset.name == name).ok_or_else(|| Problem::not_found("page"))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(found.media)),
        (header::CACHE_CONTROL, FOR_EVER),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'")),
    ];
    Ok((headers, found.text.clone()).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_fetches_beside_a_page_is_small() {
        for asset in [&ASSETS.style, &ASSETS.script, &ASSETS.sign] {
            assert!(asset.text.len() < 30_000, "{}: {} bytes", asset.name, asset.text.len());
        }
    }

    #[test]
    fn neither_style_sheet_nor_script_asks_anybody_else_for_anything() {
        for text in [STYLE, SCRIPT] {
            assert!(!text.contains("http:") && !text.contains("https:") && !text.contains("@import"));
        }
    }
}
