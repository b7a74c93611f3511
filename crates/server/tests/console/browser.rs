//! A browser without a script: it keeps cookies, and sends the forms that it was given.

use std::cell::RefCell;
use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::Request;
use comity_server::access::Role;

use crate::desk::{Answer, Office, PASSWORD};

/// The form of pages of the console.
const FORM: &str = "application/x-www-form-urlencoded";

/// A browser.
pub(crate) struct Browser<'o> {
    office: &'o Office,
    cookies: RefCell<BTreeMap<String, String>>,
    /// The token of the last form that it saw.
    token: RefCell<String>,
}

impl<'o> Browser<'o> {
    pub(crate) fn of(office: &'o Office) -> Self {
        Self { office, cookies: RefCell::default(), token: RefCell::default() }
    }

    /// A browser before which somebody with an account has signed in.
    pub(crate) async fn signed_in(office: &'o Office, name: &str, roles: &[Role]) -> Self {
        if !office.book.accounts().contains_key(name) {
            office.account(name, roles).await;
        }
        let browser = Self::of(office);
        browser.sign_in(name, PASSWORD).await.leads_to("/");
        browser
    }

    pub(crate) async fn sign_in(&self, name: &str, password: &str) -> Answer {
        self.get("/sign-in").await.page(200);
        self.post("/sign-in", &[("account", name), ("password", password)]).await
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn form_token(&self) -> String {
        self.token.borrow().clone()
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::builder().method(method).uri(path).header("host", "comity.test");
        let request = request.header("accept", "text/html,application/xhtml+xml");
        if cookies.is_empty() { request } else { request.header("cookie", cookies.join("; ")) }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let answer = self.office.send(request).await;
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.set_cookie(name, value);
            }
        }
        if let Some(token) = field(&answer.text, "form-token") {
            self.token.replace(token);
        }
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path).body(Body::empty()).unwrap()).await
    }

    /// Sends a form with the token that it was given last.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.form_token();
        let fields = [&[("form-token", token.as_str())], fields].concat();
        self.post_plain(path, &fields, &[("origin", "http://comity.test")]).await
    }

    /// Sends a form just as it is given.
    pub(crate) async fn post_plain(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = self.request("POST", path).header("content-type", FORM);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(encoded(fields))).unwrap()).await
    }

    /// Sends the form on a page, as it was filled in before, with further fields over it.
    pub(crate) async fn go_on(&self, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all: Vec<(String, String)> = hidden(&page.text);
        all.retain(|(name, _)| fields.iter().all(|(other, _)| name != other));
        let all: Vec<(&str, &str)> = all
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(fields.iter().copied())
            .collect();
        self.post_plain(path, &all, &[("origin", "http://comity.test")]).await
    }
}

impl Answer {
    /// A page of this status, which asks nobody else for anything and holds nothing inline.
    #[track_caller]
    pub(crate) fn page(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(self.header("cache-control"), "no-store");
        assert_eq!(self.header("x-content-type-options"), "nosniff");
        assert_eq!(self.header("referrer-policy"), "same-origin");
        assert_eq!(self.header("x-frame-options"), "DENY");
        let policy = self.header("content-security-policy");
        for part in ["default-src 'self'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"]
        {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        for inline in ["<style", " style=\"", "<script>", " onclick", " onload", "javascript:"] {
            assert!(!self.text.contains(inline), "{inline} in {}", self.text);
        }
        let no_picture = self.text.replace("http://www.w3.org/2000/svg", "");
        assert!(!no_picture.contains("http://") && !no_picture.contains("https://"), "{no_picture}");
        self
    }

    #[track_caller]
    pub(crate) fn leads_to(self, path: &str) -> Self {
        assert_eq!(self.status.as_u16(), 303, "{}", self.text);
        assert_eq!(self.header("location"), path);
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.text.contains(text), "no `{text}` in {}", self.text);
        self
    }

    #[track_caller]
    pub(crate) fn says_nothing_of(self, text: &str) -> Self {
        assert!(!self.text.contains(text), "`{text}` in {}", self.text);
        self
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The value of a hidden field of a page.
pub(crate) fn field(page: &str, name: &str) -> Option<String> {
    hidden(page).into_iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// The hidden fields of the last form of a page, and what is filled in or chosen there.
pub(crate) fn hidden(page: &str) -> Vec<(String, String)> {
    let form = page.rsplit("<form").next().unwrap_or_default();
    let inputs = form.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
    let of = |input: &str, name: &str| {
        let (_, rest) = input.split_once(&format!(" {name}=\""))?;
        rest.split('"').next().map(unescaped)
    };
    let counts = |input: &str| !input.contains("type=\"radio\"") || input.contains(" checked");
    let inputs = inputs.filter(|input| counts(input));
    inputs.filter_map(|input| Some((of(input, "name")?, of(input, "value").unwrap_or_default()))).collect()
}

fn unescaped(text: &str) -> String {
    text.replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
}
