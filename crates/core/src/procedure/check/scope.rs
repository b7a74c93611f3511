//! Names declared in a draft, and the flaws of names that stand for nothing.

use crate::name::Name;
use crate::procedure::draft::{Draft, Marked, Row};
use crate::procedure::flaw::{Candidates, Flaw, FlawCode};
use crate::procedure::model::{
    ActId, AuthorityId, ClockId, ConditionId, DocumentId, Event, FactId, GroundId, LinkId, ObligationId,
    SetId, SideId, SourceId, StageId, TrackId,
};
use crate::table::{Id, Table};

/// The names of one kind.
pub(super) struct Scope<I> {
    what: &'static str,
    pub(super) names: Table<I, ()>,
}

/// All names of a draft.
pub(super) struct Scopes {
    pub(super) sides: Scope<SideId>,
    pub(super) authorities: Scope<AuthorityId>,
    pub(super) links: Scope<LinkId>,
    pub(super) facts: Scope<FactId>,
    pub(super) tracks: Scope<TrackId>,
    /// One for each track, in the order of `tracks`.
    pub(super) stages: Vec<Scope<StageId>>,
    pub(super) conditions: Scope<ConditionId>,
    pub(super) clocks: Scope<ClockId>,
    pub(super) acts: Scope<ActId>,
    pub(super) obligations: Scope<ObligationId>,
    pub(super) documents: Scope<DocumentId>,
    pub(super) sets: Scope<SetId>,
    pub(super) grounds: Scope<GroundId>,
}

impl<I: Id> Scope<I> {
    fn declare<T>(what: &'static str, rows: &[Row<T>], flaws: &mut Vec<Flaw>) -> Self {
        let mut names = Table::new();
        for row in rows {
            let Some(name) = name(&row.name, flaws) else { continue };
            if names.find(name.as_str()).is_some() {
                flaws.push(Flaw {
                    code: FlawCode::NameTwice,
                    mark: row.name.mark,
                    message: format!("there is already a {what} `{name}`"),
                    remedy: "give one of them another name".to_owned(),
                    candidates: None,
                });
            } else if names.push(name, ()).is_none() {
                flaws.push(Flaw {
                    code: FlawCode::TooMany,
                    mark: row.name.mark,
                    message: format!("there are more than 65535 rows of the kind {what}"),
                    remedy: "split the procedure".to_owned(),
                    candidates: None,
                });
                break;
            }
        }
        Self { what, names }
    }

    /// The id that `name` stands for here; a flaw if it stands for nothing.
    pub(super) fn find(&self, name: &Marked<String>, flaws: &mut Vec<Flaw>) -> Option<I> {
        let found = self.names.find(&name.value);
        if found.is_none() {
            flaws.push(did_you_mean(self.what, name, self.known()));
        }
        found
    }

    pub(super) fn find_all(&self, names: &[Marked<String>], flaws: &mut Vec<Flaw>) -> Vec<I> {
        names.iter().filter_map(|name| self.find(name, flaws)).collect()
    }

    pub(super) fn known(&self) -> Vec<String> {
        self.names.names().map(ToString::to_string).collect()
    }
}

impl Scopes {
    pub(super) fn declare(draft: &Draft, flaws: &mut Vec<Flaw>) -> Self {
        let _: Scope<SourceId> = Scope::declare("source", &draft.sources, flaws);
        let scopes = Self {
            sides: Scope::declare("side", &draft.sides, flaws),
            authorities: Scope::declare("authority", &draft.authorities, flaws),
            links: Scope::declare("link", &draft.links, flaws),
            facts: Scope::declare("fact", &draft.facts, flaws),
            tracks: Scope::declare("track", &draft.tracks, flaws),
            stages: draft
                .tracks
                .iter()
                .map(|row| Scope::declare("stage", &row.value.stages, flaws))
                .collect(),
            conditions: Scope::declare("condition", &draft.conditions, flaws),
            clocks: Scope::declare("clock", &draft.clocks, flaws),
            acts: Scope::declare("act", &draft.acts, flaws),
            obligations: Scope::declare("obligation", &draft.obligations, flaws),
            documents: Scope::declare("document", &draft.documents, flaws),
            sets: Scope::sets(draft),
            grounds: Scope::declare("ground", &draft.grounds, flaws),
        };
        scopes.refuse_double_meaning(draft, flaws);
        scopes
    }

    /// Acts and conditions share the places that name an event, tracks and facts the subjects of guards, and all
    /// of these the columns of a chronology. A name may stand for one of them only.
    fn refuse_double_meaning(&self, draft: &Draft, flaws: &mut Vec<Flaw>) {
        let events = draft
            .conditions
            .iter()
            .map(|row| (&row.name, "act", self.acts.names.find(&row.name.value).is_some()));
        let subjects = draft
            .facts
            .iter()
            .map(|row| (&row.name, "track", self.tracks.names.find(&row.name.value).is_some()));
        let columns = draft.clocks.iter().flat_map(|row| {
            [
                (&row.name, "track", self.tracks.names.find(&row.name.value).is_some()),
                (&row.name, "fact", self.facts.names.find(&row.name.value).is_some()),
                (&row.name, "condition", self.conditions.names.find(&row.name.value).is_some()),
            ]
        });
        let answers = draft.conditions.iter().flat_map(|row| {
            [
                (&row.name, "track", self.tracks.names.find(&row.name.value).is_some()),
                (&row.name, "fact", self.facts.names.find(&row.name.value).is_some()),
            ]
        });
        let twice: Vec<Flaw> = events
            .chain(subjects)
            .chain(columns)
            .chain(answers)
            .filter(|(_, _, taken)| *taken)
            .map(|(name, other, _)| Flaw {
                code: FlawCode::NameTwice,
                mark: name.mark,
                message: format!("`{}` is already the name of a {other}", name.value),
                remedy: "give one of them another name, so that a sentence can mean one thing only"
                    .to_owned(),
                candidates: None,
            })
            .collect();
        flaws.extend(twice);
    }

    /// The act or condition that `name` stands for.
    pub(super) fn event(&self, name: &Marked<String>, flaws: &mut Vec<Flaw>) -> Option<Event> {
        let act = self.acts.names.find(&name.value).map(Event::Act);
        let found = act.or_else(|| self.conditions.names.find(&name.value).map(Event::Condition));
        if found.is_none() {
            let known = [self.acts.known(), self.conditions.known()].concat();
            flaws.push(did_you_mean("act or condition", name, known));
        }
        found
    }

    pub(super) fn stages_of(&self, track: TrackId) -> Option<&Scope<StageId>> {
        self.stages.get(track.index())
    }
}

impl Scope<SetId> {
    /// The sets that documents name. A set is declared by being named.
    fn sets(draft: &Draft) -> Self {
        let mut names = Table::new();
        for row in &draft.documents {
            if let Ok(name) = row.value.set.value.parse::<Name>() {
                names.push(name, ());
            }
        }
        Self { what: "set of documents", names }
    }
}

/// Reads a name; a flaw if it is none.
pub(super) fn name(written: &Marked<String>, flaws: &mut Vec<Flaw>) -> Option<Name> {
    let name = written.value.parse().ok();
    if name.is_none() {
        flaws.push(Flaw {
            code: FlawCode::BadName,
            mark: written.mark,
            message: format!("`{}` is not a name", written.value),
            remedy: "use lower-case letters and digits in words joined by `-`, up to 80 characters"
                .to_owned(),
            candidates: None,
        });
    }
    name
}

/// The flaw of a name that stands for nothing.
pub(super) fn did_you_mean(what: &str, written: &Marked<String>, known: Vec<String>) -> Flaw {
    let remedy = if known.is_empty() {
        format!("this procedure declares no {what}: declare it, or leave it out")
    } else {
        let article = if what.starts_with(['a', 'o']) { "an" } else { "a" };
        format!("name {article} {what} that the procedure declares")
    };
    Flaw {
        code: FlawCode::UnknownName,
        mark: written.mark,
        message: format!("there is no {what} `{}`", written.value),
        remedy,
        candidates: Some(Candidates { written: written.value.clone(), known }),
    }
}
