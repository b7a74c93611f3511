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
    #![allow(clippy::unwrap_used, clippy::panic, clippy::string_slice, reason = "a test")]

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

    /// The value of a token in the light or the dark set.
    fn token(set: &str, name: &str) -> (u8, u8, u8) {
        let (_, rest) = set.split_once(&format!("--{name}: #")).unwrap_or_else(|| panic!("no {name}"));
        let digits: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
        let digits = if digits.len() == 3 { digits.chars().flat_map(|d| [d, d]).collect() } else { digits };
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        (part(0), part(2), part(4))
    }

    /// The contrast of two colours (WCAG 2.2).
    fn contrast(one: (u8, u8, u8), other: (u8, u8, u8)) -> f64 {
        let part = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let light = |(r, g, b)| 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b) + 0.05;
        let (one, other) = (light(one), light(other));
        if one > other { one / other } else { other / one }
    }

    #[test]
    fn letters_keep_their_contrast_and_so_do_edges_light_and_dark() {
        let (light, rest) = STYLE.split_once("@media").unwrap();
        let (dark, _) = rest.split_once("*, ::before").unwrap();
        for set in [light, dark] {
            let mut pairs =
                vec![("on-button", "button", 4.5), ("focus", "halo", 3.0), ("on-button", "button-over", 4.5)];
            for ground in ["paper", "ground", "shade"] {
                pairs.extend(["ink", "muted", "link"].map(|letters| (letters, ground, 4.5)));
            }
            pairs.extend(["paper", "ground"].map(|ground| ("edge", ground, 3.0)));
            for sign in ["out", "today", "soon", "running", "kept", "waiting", "plain"] {
                let on = Box::leak(format!("on-{sign}").into_boxed_str());
                pairs.extend([
                    (sign, &*on, 4.5),
                    (sign, "paper", 3.0),
                    ("ink", &*on, 4.5),
                    ("muted", &*on, 4.5),
                ]);
            }
            for (one, other, least) in pairs {
                let found = contrast(token(set, one), token(set, other));
                assert!(found >= least, "{one} on {other}: {found:.2}");
            }
        }
    }
}
