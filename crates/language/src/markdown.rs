//! As much of Markdown as the files beside a procedure use: headings, and fences that hide what is in them.

use crate::source::Source;

/// A line outside of any fence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line<'s> {
    pub(crate) number: usize,
    /// The byte offset at which it begins.
    pub(crate) start: usize,
    pub(crate) text: &'s str,
}

impl<'s> Line<'s> {
    /// The level and the text of a heading.
    pub(crate) fn heading(&self) -> Option<(usize, &'s str)> {
        let rest = self.text.trim_start_matches('#');
        let level = self.text.len() - rest.len();
        let is_heading = (1..=6).contains(&level) && rest.starts_with([' ', '\t']);
        is_heading.then(|| (level, rest.trim()))
    }
}

/// The lines outside of fences.
pub(crate) fn lines(source: &Source) -> impl Iterator<Item = Line<'_>> {
    let mut is_fenced = false;
    source.lines().enumerate().filter_map(move |(index, (start, text))| {
        if text.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
            return None;
        }
        (!is_fenced).then_some(Line { number: index + 1, start, text })
    })
}
