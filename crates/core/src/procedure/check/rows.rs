//! Builds the rows of each table, resolving the names in them.

use super::guards::fact_type;
use super::scope::{Scopes, name};
use super::{basis, required_basis};
use crate::procedure::draft::{
    CitesDraft, Draft, FactTypeDraft, FromDraft, Mark, Marked, MirrorDraft, MoveDraft, Row, StageDraft,
    TrackMovesDraft,
};
use crate::procedure::flaw::{Flaw, FlawCode};
use crate::procedure::model::{
    Act, ActId, Authority, AuthorityId, Basis, Condition, ConditionId, Document, DocumentId, Exception, Fact,
    FactId, Ground, GroundId, Link, LinkId, Mirror, Move, Obligation, ObligationId, SetId, Stage, StageId,
    Track, TrackId, TrackMoves,
};
use crate::table::{Id, Table};

/// Builds one procedure from one draft.
pub(super) struct Builder<'a> {
    pub(super) draft: &'a Draft,
    pub(super) scopes: &'a Scopes,
    pub(super) flaws: &'a mut Vec<Flaw>,
}

impl<'a> Builder<'a> {
    /// Builds one table, row by row.
    pub(super) fn table<I: Id, D, T>(
        &mut self,
        rows: &'a [Row<D>],
        mut build: impl FnMut(&mut Self, &'a Row<D>) -> Option<T>,
    ) -> Table<I, T> {
        let mut table = Table::new();
        for row in rows {
            if let (Some(built), Ok(name)) = (build(self, row), row.name.value.parse()) {
                table.push(name, built);
            }
        }
        table
    }

    pub(super) fn flaw(&mut self, code: FlawCode, mark: Mark, message: String, remedy: &str) {
        self.flaws.push(Flaw { code, mark, message, remedy: remedy.to_owned(), candidates: None });
    }

    pub(super) fn basis(&mut self, cites: &CitesDraft) -> Basis {
        basis(cites, self.draft, self.flaws)
    }

    pub(super) fn required_basis<T>(&mut self, cites: &CitesDraft, kind: &str, row: &Row<T>) -> Basis {
        let what = format!("the {kind} `{}`", row.name.value);
        required_basis(cites, &what, row.name.mark, self.draft, self.flaws)
    }

    pub(super) fn authorities(&mut self) -> Table<AuthorityId, Authority> {
        let draft = self.draft;
        self.table(&draft.authorities, |builder, row| {
            let side = row.name.value.split_once('/').map_or("", |(side, _)| side);
            let side = builder
                .scopes
                .sides
                .find(&Marked { value: side.to_owned(), mark: row.name.mark }, builder.flaws);
            let basis = builder.basis(&row.value.cite);
            let renamed = builder.renamed(row);
            let in_force = builder.validity(row.value.in_force.as_ref());
            Some(Authority { title: row.value.title.clone(), renamed, in_force, side: side?, basis })
        })
    }

    pub(super) fn links(&mut self) -> Table<LinkId, Link> {
        let draft = self.draft;
        self.table(&draft.links, |builder, row| {
            let procedure = name(&row.value.procedure, builder.flaws)?;
            Some(Link { title: row.value.title.clone(), procedure })
        })
    }

    pub(super) fn facts(&mut self) -> Table<FactId, Fact> {
        let draft = self.draft;
        self.table(&draft.facts, |builder, row| {
            if let FactTypeDraft::OneOf(choices) = &row.value.of {
                builder.choices(choices, row);
            }
            let mirrors = row.value.mirrors.as_ref().and_then(|mirror| builder.mirror(mirror, row));
            let basis = builder.basis(&row.value.cite);
            Some(Fact { title: row.value.title.clone(), of: fact_type(&row.value.of)?, mirrors, basis })
        })
    }

    fn choices<T>(&mut self, choices: &[Marked<String>], row: &Row<T>) {
        let fact = &row.name.value;
        if choices.is_empty() {
            let message = format!("`{fact}` lists no value");
            self.flaw(FlawCode::MissingChoice, row.name.mark, message, "write the values that it may take");
        }
        let mut seen = std::collections::BTreeSet::new();
        for choice in choices {
            name(choice, self.flaws);
            if !seen.insert(&choice.value) {
                let message = format!("`{fact}` lists `{}` twice", choice.value);
                self.flaw(FlawCode::NameTwice, choice.mark, message, "list each value once");
            }
        }
    }

    fn mirror<T>(&mut self, mirror: &MirrorDraft, row: &Row<T>) -> Option<Mirror> {
        let fact = self.draft.facts.iter().find(|fact| fact.name.value == row.name.value)?;
        if !matches!(fact.value.of, FactTypeDraft::OneOf(_)) {
            self.flaw(
                FlawCode::WrongType,
                row.name.mark,
                format!("`{}` follows the stages of a track and is no choice among them", row.name.value),
                "give it the type `{one-of: […]}` with the stages of that track",
            );
        }
        let link = self.scopes.links.find(&mirror.link, self.flaws);
        let track = name(&mirror.track, self.flaws);
        Some(Mirror { link: link?, track: track? })
    }

    pub(super) fn tracks(&mut self) -> Table<TrackId, Track> {
        let draft = self.draft;
        self.table(&draft.tracks, |builder, row| {
            let track = builder.scopes.tracks.names.find(&row.name.value)?;
            let starts = builder.scopes.stages_of(track)?.find(&row.value.starts, builder.flaws);
            let stages = builder.table(&row.value.stages, |builder, row| Some(builder.stage(row)));
            Some(Track { title: row.value.title.clone(), starts: starts?, stages })
        })
    }

    fn stage(&mut self, row: &Row<StageDraft>) -> Stage {
        let holds = self.scopes.facts.find_all(&row.value.holds, self.flaws);
        Stage { title: row.value.title.clone(), outcome: row.value.outcome.clone(), holds }
    }

    pub(super) fn conditions(&mut self) -> Table<ConditionId, Condition> {
        let draft = self.draft;
        self.table(&draft.conditions, |builder, row| {
            let when = builder.guard(&row.value.when);
            let moves = builder.moves(&row.value.moves);
            let basis = builder.required_basis(&row.value.cite, "condition", row);
            Some(Condition { title: row.value.title.clone(), when: when?, moves, basis })
        })
    }

    pub(super) fn moves(&mut self, tracks: &'a [TrackMovesDraft]) -> Vec<TrackMoves> {
        let mut built: Vec<TrackMoves> = Vec::new();
        for moves in tracks {
            let Some(track) = self.scopes.tracks.find(&moves.track, self.flaws) else { continue };
            if built.iter().any(|other| other.track == track) {
                self.flaw(
                    FlawCode::NameTwice,
                    moves.track.mark,
                    format!("the track `{}` moves twice here", moves.track.value),
                    "write its moves in one list",
                );
            }
            let list = moves.moves.iter().filter_map(|draft| self.one_move(track, draft)).collect();
            built.push(TrackMoves { track, moves: list, or_stays: moves.or_stays });
        }
        built
    }

    fn one_move(&mut self, track: TrackId, draft: &MoveDraft) -> Option<Move> {
        let scope = self.scopes.stages_of(track)?;
        let from = match &draft.from {
            FromDraft::Stages(stages) => scope.find_all(stages, self.flaws),
            FromDraft::AnyOpen(_) => self.open_stages(track),
        };
        let to = scope.find(&draft.to, self.flaws);
        let when = self.optional_guard(draft.when.as_ref());
        let basis = self.basis(&draft.cite);
        // `any open -> withdrawn` includes `withdrawn` only if that is no outcome; it never leads to itself.
        let to = to?;
        let from: Vec<StageId> = match &draft.from {
            FromDraft::AnyOpen(_) => from.into_iter().filter(|stage| *stage != to).collect(),
            FromDraft::Stages(_) => from,
        };
        Some(Move { from, to, when, basis })
    }

    /// The stages of a track that do not end it.
    fn open_stages(&self, track: TrackId) -> Vec<StageId> {
        let Some(row) = self.draft.tracks.get(track.index()) else { return Vec::new() };
        let Some(scope) = self.scopes.stages_of(track) else { return Vec::new() };
        row.value
            .stages
            .iter()
            .filter(|stage| stage.value.outcome.is_none())
            .filter_map(|stage| scope.names.find(&stage.name.value))
            .collect()
    }

    pub(super) fn acts(&mut self) -> Table<ActId, Act> {
        let draft = self.draft;
        self.table(&draft.acts, |builder, row| {
            let act = &row.value;
            let by = builder.scopes.authorities.find_all(&act.by, builder.flaws);
            if act.by.is_empty() {
                let message = format!("the act `{}` does not say who does it", row.name.value);
                builder.flaw(
                    FlawCode::MissingChoice,
                    row.name.mark,
                    message,
                    "write `by:` with an authority",
                );
            }
            let unless = act
                .unless
                .iter()
                .filter_map(|exception| {
                    let when = builder.guard(&exception.when);
                    let what = format!("an exception of `{}`", row.name.value);
                    let basis =
                        required_basis(&exception.cite, &what, row.name.mark, builder.draft, builder.flaws);
                    Some(Exception { when: when?, basis })
                })
                .collect();
            Some(Act {
                title: act.title.clone(),
                by,
                when: builder.optional_guard(act.when.as_ref()),
                unless,
                moves: builder.moves(&act.moves),
                records: builder.recorded_facts(&act.records),
                may_record: builder.recorded_facts(&act.may_record),
                owes: builder.scopes.obligations.find_all(&act.owes, builder.flaws),
                four_eyes: act.four_eyes.is_some(),
                in_force: builder.validity(act.in_force.as_ref()),
                basis: builder.required_basis(&act.cite, "act", row),
            })
        })
    }

    /// Facts that come with an act. A mirrored one comes from the linked case alone.
    fn recorded_facts(&mut self, names: &[Marked<String>]) -> Vec<FactId> {
        for name in names {
            let row = self.draft.facts.iter().find(|row| row.name.value == name.value);
            if row.is_some_and(|row| row.value.mirrors.is_some()) {
                let message = format!("`{}` follows a linked case, so no act records it", name.value);
                self.flaw(
                    FlawCode::Contradiction,
                    name.mark,
                    message,
                    "leave it out here, or do not mirror it",
                );
            }
        }
        self.scopes.facts.find_all(names, self.flaws)
    }

    pub(super) fn obligations(&mut self) -> Table<ObligationId, Obligation> {
        let draft = self.draft;
        self.table(&draft.obligations, |builder, row| {
            let bearer = builder.scopes.authorities.find(&row.value.bearer, builder.flaws);
            let met_by = builder.scopes.acts.find_all(&row.value.met_by, builder.flaws);
            if row.value.met_by.is_empty() {
                let message = format!("nothing meets the obligation `{}`", row.name.value);
                builder.flaw(FlawCode::MissingChoice, row.name.mark, message, "write `met-by:` with an act");
            }
            let basis = builder.required_basis(&row.value.cite, "obligation", row);
            let when = builder.optional_guard(row.value.when.as_ref());
            Some(Obligation { title: row.value.title.clone(), bearer: bearer?, when, met_by, basis })
        })
    }

    pub(super) fn sets(&mut self) -> Table<SetId, Vec<DocumentId>> {
        let mut table: Table<SetId, Vec<DocumentId>> = Table::new();
        for set in self.scopes.sets.names.names() {
            let members = self
                .draft
                .documents
                .iter()
                .filter(|row| row.value.set.value == set.as_str())
                .filter_map(|row| self.scopes.documents.names.find(&row.name.value))
                .collect();
            table.push(set.clone(), members);
        }
        table
    }

    pub(super) fn documents(&mut self) -> Table<DocumentId, Document> {
        let draft = self.draft;
        self.table(&draft.documents, |builder, row| {
            name(&row.value.set, builder.flaws)?;
            let set = builder.scopes.sets.find(&row.value.set, builder.flaws);
            let when = builder.optional_guard(row.value.when.as_ref());
            let basis = builder.required_basis(&row.value.cite, "document", row);
            Some(Document {
                title: row.value.title.clone(),
                set: set?,
                when,
                form: row.value.form,
                translated: row.value.translated.clone(),
                in_force: builder.fixed_validity(row.value.in_force.as_ref()),
                basis,
            })
        })
    }

    pub(super) fn grounds(&mut self) -> Table<GroundId, Ground> {
        let draft = self.draft;
        self.table(&draft.grounds, |builder, row| {
            let considered_by = builder.scopes.authorities.find_all(&row.value.considered_by, builder.flaws);
            if row.value.considered_by.is_empty() {
                let message = format!("nobody considers the ground `{}`", row.name.value);
                builder.flaw(
                    FlawCode::MissingChoice,
                    row.name.mark,
                    message,
                    "write `considered-by:` with an authority",
                );
            }
            let basis = builder.required_basis(&row.value.cite, "ground", row);
            let in_force = builder.fixed_validity(row.value.in_force.as_ref());
            let (title, force) = (row.value.title.clone(), row.value.force);
            Some(Ground { title, force, considered_by, in_force, basis })
        })
    }
}
