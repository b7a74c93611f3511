//! For each change that no table notices, a table that would: found by a walk, cut down, written, and played before it is
//! handed out.

use std::sync::Arc;

use comity_core::name::Name;
use comity_core::procedure::SharedProcedure;
use comity_core::{Asked, explain, fold};
use comity_language::chronology::{Chronology, Finding, Item, ItemKind, Section};
use comity_language::{Source, read_chronology};

use super::edit::Change;
use super::look::{Look, Shown};
use super::steps::{acts, authority};
use super::story::{Story, head, nowhere, row, text};
use super::trial::{Trial, Tried, Verdict, holds, on_all_cores};
use super::walk::{Position, Walk};

/// A chronology that would notice changes.
#[derive(Clone, Debug)]
pub struct Suggested {
    /// Its text. What it expects is what the procedure says now; whether that is the law is for a lawyer to say.
    pub text: String,
    /// The changes that it notices, by place among those that were tried.
    pub notices: Vec<usize>,
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Suggestions {
    /// Chronologies, one for each head.
    pub chronologies: Vec<Suggested>,
    /// The changes for which none was found, by place among those that were tried.
    pub not_found: Vec<usize>,
    /// How many positions were looked at.
    pub positions: usize,
}

/// A story with the head that it stands under.
struct Found {
    head: usize,
    story: Story,
    section: Section,
    /// The changes that it notices: their places among those tried.
    notices: Vec<usize>,
}

impl Trial<'_> {
    /// Searches for tables that notice what none of `tried` noticed.
    #[must_use]
    pub fn suggest(&self, tried: &[Tried]) -> Suggestions {
        let wanted: Vec<(usize, &Change, SharedProcedure)> = tried
            .iter()
            .enumerate()
            .filter(|(_, one)| one.verdict == Verdict::NotNoticed)
            .filter_map(|(at, one)| Some((at, &one.change, self.changed(&one.change)?)))
            .collect();
        if wanted.is_empty() {
            return Suggestions::default();
        }
        let walk = Walk::of(self);
        let stories = on_all_cores(&wanted, |(_, change, changed)| self.story(&walk, change, changed));
        let mut found: Vec<Found> = Vec::new();
        let mut not_found = Vec::new();
        for ((at, _, changed), story) in wanted.iter().zip(stories) {
            // One story often notices several changes; a reader has to check each of them.
            let known = found.iter_mut().find(|one| self.fails(&walk, one, changed));
            match (known, story) {
                (Some(known), _) => known.notices.push(*at),
                (None, Some((head, story))) => {
                    let section = story.section();
                    found.push(Found { head, story, section, notices: vec![*at] });
                }
                (None, None) => not_found.push(*at),
            }
        }
        let chronologies = self.written(&walk, &found, tried, &mut not_found);
        not_found.sort_unstable();
        Suggestions { chronologies, not_found, positions: walk.positions.len() }
    }

    fn story(&self, walk: &Walk<'_>, change: &Change, changed: &SharedProcedure) -> Option<(usize, Story)> {
        let mut seen = walk.positions.iter().enumerate();
        let story = seen.find_map(|(at, position)| {
            let chronology = walk.chronologies.get(position.chronology)?;
            let asked = Asked::at(position.at());
            let look = Look::at(&fold(changed, &position.entries, asked), &chronology.zone);
            let shows = position.look.differs_from(&look)?;
            let story = Story { rows: walk.rows(at), case: key(chronology, position), shows: Some(shows) };
            self.tells_apart(walk, position.chronology, &story, changed)
                .then_some((position.chronology, story))
        });
        let story = story.or_else(|| self.answered(walk, change, changed));
        let (head, story) = story.or_else(|| self.explained(walk, change, changed))?;
        let story = self.cut_down(walk, head, story, changed);
        Some((head, story))
    }

    /// A story that is told apart by an answer: who may do something, or what must be given with it.
    fn answered(
        &self,
        walk: &Walk<'_>,
        change: &Change,
        changed: &SharedProcedure,
    ) -> Option<(usize, Story)> {
        let (kind, name) = change.rule.split_once(' ')?;
        let mut seen = walk.positions.iter().enumerate();
        seen.find_map(|(at, position)| {
            let chronology = walk.chronologies.get(position.chronology)?;
            let soon = position.at().plus_microseconds(3_600_000_000)?;
            let day = chronology.zone.day_at(soon).to_string();
            let tries = match kind {
                "act" if position.look.is_open(name) => tries(&self.loaded.procedure, changed, name, &day),
                "ground" => findings(&self.loaded.procedure, changed, name),
                _ => return None,
            };
            let case = key(chronology, position);
            tries.into_iter().find_map(|kind| {
                let item = Item { kind: kind.clone(), span: nowhere() };
                let refused = ItemKind::Refused { item: Box::new(item), because: None };
                [kind, refused].into_iter().find_map(|kind| {
                    let mut rows = walk.rows(at);
                    rows.push(row(soon, case.as_deref(), kind));
                    let story = Story { rows, case: case.clone(), shows: None };
                    let tells = self.tells_apart(walk, position.chronology, &story, changed);
                    tells.then_some((position.chronology, story))
                })
            })
        })
    }

    /// A story that is told apart by what is said of a limit: when somebody is warned, who must act when it runs out.
    fn explained(
        &self,
        walk: &Walk<'_>,
        change: &Change,
        changed: &SharedProcedure,
    ) -> Option<(usize, Story)> {
        let clocks: Vec<&str> = match change.rule.split_once(' ')? {
            ("clock", name) => vec![name],
            ("obligation", _) => self.loaded.procedure.clocks().names().map(Name::as_str).collect(),
            _ => return None,
        };
        let mut seen = walk.positions.iter().enumerate();
        seen.find_map(|(at, position)| {
            let asked = Asked::at(position.at());
            clocks.iter().find_map(|clock| {
                let steps = |procedure: &SharedProcedure| {
                    explain(&fold(procedure, &position.entries, asked), clock).map(|found| found.steps)
                };
                let (here, there) = (steps(&self.loaded.procedure)?, steps(changed)?);
                let step = here.into_iter().find(|step| !there.contains(step))?;
                let shows = Shown::word(&format!("why {clock}"), format!("\"{}\"", step.says));
                let chronology = walk.chronologies.get(position.chronology)?;
                let case = key(chronology, position);
                let story = Story { rows: walk.rows(at), case, shows: Some(shows) };
                let tells = self.tells_apart(walk, position.chronology, &story, changed);
                tells.then_some((position.chronology, story))
            })
        })
    }

    /// Whether a story that holds as the procedure is fails with a change.
    fn fails(&self, walk: &Walk<'_>, one: &Found, changed: &SharedProcedure) -> bool {
        let chronology = walk.chronologies.get(one.head);
        chronology.is_some_and(|chronology| !self.holds_under(chronology, &one.section, changed))
    }

    /// Whether a story holds as the procedure is, and fails with the change.
    fn tells_apart(&self, walk: &Walk<'_>, head: usize, story: &Story, changed: &SharedProcedure) -> bool {
        let section = story.section();
        walk.chronologies.get(head).is_some_and(|chronology| {
            self.holds_under(chronology, &section, &self.loaded.procedure)
                && !self.holds_under(chronology, &section, changed)
        })
    }

    fn holds_under(&self, chronology: &Chronology, section: &Section, procedure: &SharedProcedure) -> bool {
        self.rehearsal(chronology, procedure).is_some_and(|mut rehearsal| holds(&mut rehearsal, section))
    }

    /// The story without the rows that it does not need.
    fn cut_down(&self, walk: &Walk<'_>, head: usize, mut story: Story, changed: &SharedProcedure) -> Story {
        let mut at = story.rows.len().saturating_sub(1);
        while at > 0 {
            at -= 1;
            let mut shorter = story.clone();
            shorter.rows.remove(at);
            if self.tells_apart(walk, head, &shorter, changed) {
                story = shorter;
            }
        }
        story
    }

    /// The stories as files, one for each head. Each section is read back and played before it is handed out.
    fn written(
        &self,
        walk: &Walk<'_>,
        found: &[Found],
        tried: &[Tried],
        not_found: &mut Vec<usize>,
    ) -> Vec<Suggested> {
        let title = format!("Suggested for {}", self.loaded.name);
        let mut heads: Vec<(String, String, Vec<usize>)> = Vec::new();
        for one in found {
            let Some(chronology) = walk.chronologies.get(one.head) else { continue };
            let its_head = head(chronology, &title);
            let section = section(chronology, one, tried);
            if !self.reads_back(&format!("{its_head}\n{section}"), one, tried) {
                not_found.extend(&one.notices);
                continue;
            }
            match heads.iter_mut().find(|(known, _, _)| *known == its_head) {
                Some((_, sections, notices)) => {
                    sections.push_str(&section);
                    notices.extend(&one.notices);
                }
                None => heads.push((its_head, section, one.notices.clone())),
            }
        }
        let whole = |(head, sections, notices): (String, String, Vec<usize>)| Suggested {
            text: format!("{head}\n{PROSE}\n\n{sections}"),
            notices,
        };
        heads.into_iter().map(whole).collect()
    }

    /// Whether the text holds as the procedure is, and fails with the first change that it is to notice.
    fn reads_back(&self, text: &str, one: &Found, tried: &[Tried]) -> bool {
        let source = Arc::new(Source::new("suggested.chronology.md", text));
        let (Some(chronology), _) = read_chronology(&source) else { return false };
        let Some(section) = chronology.sections.first() else { return false };
        let changed =
            one.notices.first().and_then(|at| tried.get(*at)).and_then(|one| self.changed(&one.change));
        changed.is_some_and(|changed| {
            self.holds_under(&chronology, section, &self.loaded.procedure)
                && !self.holds_under(&chronology, section, &changed)
        })
    }
}

const PROSE: &str = "These tables were found by a search, each for changes that no other table notices. What they expect is \
what the\nprocedure says now. Check each cell against the treaty before you keep it.";

fn section(chronology: &Chronology, one: &Found, tried: &[Tried]) -> String {
    let changes: Vec<&Change> = one.notices.iter().filter_map(|at| Some(&tried.get(*at)?.change)).collect();
    let Some(first) = changes.first() else { return String::new() };
    let title = first.to_string().replace('`', "");
    let cite =
        if first.cites.is_empty() { String::new() } else { format!("cite: {}\n", first.cites.join("; ")) };
    let list = changes.iter().map(|change| format!("- {change}\n")).collect::<Vec<_>>().concat();
    format!("## {title}\n{cite}\nIt notices:\n\n{list}\n{}\n", one.story.table(chronology))
}

fn key(chronology: &Chronology, position: &Position) -> Option<String> {
    chronology.cases.get(position.place)?.key.as_ref().map(|key| key.value.clone())
}

/// An act by everybody who may do it in one of the two procedures, with all its facts and without each.
fn tries(original: &SharedProcedure, changed: &SharedProcedure, name: &str, day: &str) -> Vec<ItemKind> {
    let mut by: Vec<String> = Vec::new();
    for procedure in [original, changed] {
        let acts = procedure.acts();
        let Some(act) = acts.find(name).and_then(|id| acts.get(id)) else { continue };
        for who in act.by.iter().filter_map(|id| authority(procedure, *id)) {
            if !by.contains(&who) {
                by.push(who);
            }
        }
    }
    let by: Vec<&str> = by.iter().map(String::as_str).collect();
    let whole = acts(original, name, &by, day);
    let without = whole.iter().flat_map(|kind| match kind {
        ItemKind::Act { name, by, facts } => (0..facts.len())
            .map(|at| {
                let facts = facts.iter().enumerate().filter(|(other, _)| *other != at);
                let facts = facts.map(|(_, fact)| fact.clone()).collect();
                ItemKind::Act { name: name.clone(), by: by.clone(), facts }
            })
            .collect(),
        ItemKind::Look
        | ItemKind::Open
        | ItemKind::Document { .. }
        | ItemKind::Ground { .. }
        | ItemKind::Fact { .. }
        | ItemKind::LateRecord { .. }
        | ItemKind::Refused { .. }
        | ItemKind::Annul { .. }
        | ItemKind::Correct { .. }
        | ItemKind::Note(_) => Vec::new(),
    });
    let without: Vec<ItemKind> = without.collect();
    whole.into_iter().chain(without).collect()
}

/// A finding on a ground by everybody who considers it in one of the two procedures.
fn findings(original: &SharedProcedure, changed: &SharedProcedure, name: &str) -> Vec<ItemKind> {
    let mut tries = Vec::new();
    for procedure in [original, changed] {
        let grounds = procedure.grounds();
        let Some(ground) = grounds.find(name).and_then(|id| grounds.get(id)) else { continue };
        for who in ground.considered_by.iter().filter_map(|id| authority(procedure, *id)) {
            let (name, by) = (text(name), Some(text(who)));
            tries.push(ItemKind::Ground { name, finding: Finding::DoesNotApply, by });
        }
    }
    tries
}
