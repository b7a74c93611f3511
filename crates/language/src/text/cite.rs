//! Citations: `treaty 9(1); reading 2`.

use comity_core::procedure::Marked;
use comity_core::procedure::draft::{CiteDraft, CitesDraft};

use super::Passage;
use crate::code::Code;
use crate::diagnostic::Slip;

const FORM: &str =
    "write `SOURCE ARTICLE` or `reading N`, several separated by `;`, like `treaty 9(1); reading 2`";
/// How many citations one rule may carry.
const MOST: usize = 100;

/// Reads citations. `has_reading` says whether `NOTES.md` holds a reading.
pub(crate) fn cites(passage: &Passage<'_>, has_reading: &dyn Fn(u32) -> bool) -> Result<CitesDraft, Slip> {
    let mut at = 0;
    let mut read = Vec::new();
    for part in passage.text.split(';') {
        let blank = part.len() - part.trim_start().len();
        let start = at + blank;
        read.push(one(passage, part.trim(), start, has_reading)?);
        at += part.len() + 1;
        if read.len() > MOST {
            return Err(passage.slip(
                Code::BadCite,
                start..start,
                format!("there are more than {MOST} citations"),
            ));
        }
    }
    Ok(read)
}

fn one(
    passage: &Passage<'_>,
    part: &str,
    start: usize,
    has_reading: &dyn Fn(u32) -> bool,
) -> Result<CiteDraft, Slip> {
    let end = start + part.len();
    if part.is_empty() {
        return Err(passage.slip(Code::BadCite, start..end, "a citation is missing").remedy(FORM));
    }
    let Some((source, rest)) = part.split_once(char::is_whitespace) else {
        let message = format!("`{part}` names no article");
        return Err(passage.slip(Code::BadCite, start..end, message).remedy(FORM));
    };
    let article = rest.trim_start();
    let article_at = end - article.len();
    if article.contains(char::is_whitespace) {
        let message = format!("`{article}` is not the number of one article");
        return Err(passage.slip(Code::BadCite, article_at..end, message).remedy(FORM));
    }
    if source != "reading" {
        let source = passage.marked(start..start + source.len());
        return Ok(CiteDraft::Article { source, article: passage.marked(article_at..end) });
    }
    let digits = article.bytes().all(|byte| byte.is_ascii_digit()).then_some(article);
    if let Some(number) = digits.and_then(|digits| digits.parse().ok()) {
        let mark = passage.mark(article_at);
        Ok(CiteDraft::Reading { number: Marked { value: number, mark }, exists: has_reading(number) })
    } else {
        let message = format!("`{article}` is not the number of a reading");
        Err(passage.slip(Code::BadCite, article_at..end, message).remedy("write `reading 2`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn read(text: &str) -> Result<CitesDraft, Slip> {
        let source = Source::new("", text);
        cites(&Passage::new(&source, text, 0..text.len()), &|number| number == 2)
    }

    #[test]
    fn citations_keep_their_order_and_places() {
        let read = read("treaty 23(4)(c)(i);  reading 2").unwrap();
        let CiteDraft::Article { source, article } = &read[0] else { panic!("an article comes first") };
        assert_eq!(
            (source.value.as_str(), article.value.as_str(), article.mark.0),
            ("treaty", "23(4)(c)(i)", 7)
        );
        let CiteDraft::Reading { number, exists } = &read[1] else { panic!("a reading follows") };
        assert_eq!((number.value, number.mark.0, *exists), (2, 29, true));
    }

    #[test]
    fn a_slip_says_what_a_citation_looks_like() {
        let check = |text: &str, at: usize, message: &str| {
            let slip = read(text).unwrap_err();
            assert_eq!((slip.span.start, slip.message.as_str()), (at, message), "{text}");
        };
        check("", 0, "a citation is missing");
        check("treaty", 0, "`treaty` names no article");
        check("treaty 9(1);", 12, "a citation is missing");
        check("treaty 9(1), act 3", 7, "`9(1), act 3` is not the number of one article");
        check("reading two", 8, "`two` is not the number of a reading");
    }
}
