//! What a procedure and its parts are called, which is no part of what it means.

use super::model::Procedure;
use crate::table::{Id, Table};

impl Procedure {
    /// The same procedure under other titles, such as those of another language. `title` is asked for each by its key:
    /// `title` for the procedure itself, `section/row` for a row of it (`clocks/formal-request`), `tracks/custody/held` for a
    /// stage, and `authorities/requested/court/2026-10-01` for what an office is called from a day on. Where it has none, the
    /// title stays.
    ///
    /// The [meaning](Self::meaning) is the same, so a case that is pinned to one can be shown under the other.
    #[must_use]
    pub fn titled(&self, title: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut other = self.clone();
        other.each_title(&mut |key, present| {
            if let Some(label) = title(key) {
                *present = label;
            }
        });
        other
    }

    /// Every title with the key under which [`Self::titled`] asks for it, in the author's order.
    #[must_use]
    pub fn titles(&self) -> Vec<(String, String)> {
        let mut titles = Vec::new();
        self.clone().each_title(&mut |key, title| titles.push((key.to_owned(), title.clone())));
        titles
    }

    fn each_title(&mut self, see: &mut dyn FnMut(&str, &mut String)) {
        see("title", &mut self.title);
        rows("sources", &mut self.sources, |row| &mut row.title, see);
        for (name, authority) in self.authorities.iter_mut() {
            see(&format!("authorities/{name}"), &mut authority.title);
            for (from, title) in &mut authority.renamed {
                see(&format!("authorities/{name}/{from}"), title);
            }
        }
        rows("links", &mut self.links, |row| &mut row.title, see);
        rows("facts", &mut self.facts, |row| &mut row.title, see);
        for (name, track) in self.tracks.iter_mut() {
            see(&format!("tracks/{name}"), &mut track.title);
            rows(&format!("tracks/{name}"), &mut track.stages, |row| &mut row.title, see);
        }
        rows("conditions", &mut self.conditions, |row| &mut row.title, see);
        rows("clocks", &mut self.clocks, |row| &mut row.title, see);
        rows("acts", &mut self.acts, |row| &mut row.title, see);
        rows("obligations", &mut self.obligations, |row| &mut row.title, see);
        rows("documents", &mut self.documents, |row| &mut row.title, see);
        rows("grounds", &mut self.grounds, |row| &mut row.title, see);
        rows("safeguards", &mut self.safeguards, |row| &mut row.title, see);
    }
}

fn rows<I: Id, T>(
    section: &str,
    table: &mut Table<I, T>,
    title: impl Fn(&mut T) -> &mut String,
    see: &mut dyn FnMut(&str, &mut String),
) {
    for (name, row) in table.iter_mut() {
        see(&format!("{section}/{name}"), title(row));
    }
}
