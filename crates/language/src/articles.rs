//! `articles.md`: the provisions that may be cited, and how far each was verified.

use std::collections::HashMap;

use comity_core::procedure::Verified;
use comity_core::procedure::draft::ArticleDraft;

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Slip, placed};
use crate::markdown::{Line, lines};
use crate::source::Source;

const MARKS: &str =
    "write `Mark: seen`, `Mark: summary`, `Mark: known` or `Mark: unverified` under the heading";

/// A provision as its file tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// `9(1)`, `15-2`.
    pub number: String,
    /// What it is about.
    pub heading: String,
    /// How far its text was verified.
    pub verified: Verified,
    /// Where the text was seen; empty where that is said above all articles.
    pub seen_where: String,
    /// What it says, in our own words.
    pub text: String,
}

/// An instrument as its file tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Articles {
    /// The title of the instrument.
    pub title: String,
    /// Its provisions, in the order of the file.
    pub articles: Vec<Article>,
}

impl Articles {
    pub(crate) fn drafts(&self) -> Vec<ArticleDraft> {
        let draft = |article: &Article| ArticleDraft {
            number: article.number.clone(),
            heading: article.heading.clone(),
            verified: article.verified,
        };
        self.articles.iter().map(draft).collect()
    }
}

/// Reads a file of articles, with everything that is wrong with it.
#[must_use]
pub fn read_articles(source: &Source) -> (Articles, Vec<Diagnostic>) {
    let mut reader = Reader::default();
    for line in lines(source) {
        reader.line(&line);
    }
    reader.finish();
    let diagnostics = placed(reader.slips, source);
    (reader.read, diagnostics)
}

#[derive(Default)]
struct Reader {
    read: Articles,
    /// The article under way, and whether its mark was read.
    article: Option<(Article, bool, std::ops::Range<usize>)>,
    first_at: HashMap<String, usize>,
    slips: Vec<Slip>,
}

impl Reader {
    fn line(&mut self, line: &Line<'_>) {
        let span = line.start..line.start + line.text.len();
        match line.heading() {
            Some((1, title)) if self.read.title.is_empty() => title.clone_into(&mut self.read.title),
            Some((3, heading)) => {
                self.finish();
                self.heading(heading, span, line.number);
            }
            Some((1 | 2, _)) => self.finish(),
            Some(_) | None => self.body(line, span),
        }
    }

    fn heading(&mut self, heading: &str, span: std::ops::Range<usize>, line: usize) {
        let (number, title) = heading.split_once(char::is_whitespace).unwrap_or((heading, ""));
        if !number.starts_with(|first: char| first.is_ascii_alphanumeric()) || title.trim().is_empty() {
            let message = format!("`{heading}` is not the number of an article and what it is about");
            let slip = Slip::at(Code::BadArticle, span, message);
            self.slips.push(slip.remedy("write `### 9(1) Provisional arrest`"));
            return;
        }
        if let Some(first) = self.first_at.get(number) {
            let message = format!("article `{number}` stands twice in this file, first on line {first}");
            self.slips.push(Slip::at(Code::ArticleTwice, span, message).remedy("put the two together"));
            return;
        }
        self.first_at.insert(number.to_owned(), line);
        let article = Article {
            number: number.to_owned(),
            heading: title.trim().to_owned(),
            verified: Verified::Unverified,
            seen_where: String::new(),
            text: String::new(),
        };
        self.article = Some((article, false, span));
    }

    fn body(&mut self, line: &Line<'_>, span: std::ops::Range<usize>) {
        let Some((article, has_mark, _)) = &mut self.article else { return };
        let Some(mark) = line.text.strip_prefix("Mark:").filter(|_| !*has_mark) else {
            article.text.push_str(line.text);
            article.text.push('\n');
            return;
        };
        *has_mark = true;
        let (word, note) = mark.split_once('·').unwrap_or((mark, ""));
        note.trim().clone_into(&mut article.seen_where);
        if let Some(verified) = Verified::from_word(word.trim()) {
            article.verified = verified;
        } else {
            let known: Vec<_> = Verified::ALL.iter().map(|word| word.word()).collect();
            let message = format!("`{}` does not say how far the text was verified", word.trim());
            let slip = Slip::at(Code::BadMark, span, message);
            self.slips.push(slip.meant(Some((word.trim(), known.as_slice()))).remedy(MARKS));
        }
    }

    fn finish(&mut self) {
        let Some((mut article, has_mark, span)) = self.article.take() else { return };
        if !has_mark {
            let message = format!("article `{}` does not say how far its text was verified", article.number);
            self.slips.push(Slip::at(Code::BadMark, span, message).remedy(MARKS));
        }
        article.text = String::from(article.text.trim());
        self.read.articles.push(article);
    }
}
