//! From the types of a procedure file to the draft that the core checks.

mod clocks;
mod law;

use comity_core::procedure::draft::{
    ActDraft, ArticleDraft, AuthorityDraft, CitesDraft, ConditionDraft, DocumentDraft, Draft, ExceptionDraft,
    FactDraft, FactTypeDraft, GroundDraft, GuardDraft, LinkDraft, MirrorDraft, MoveDraft, ObligationDraft,
    Row, SafeguardDraft, SideDraft, SourceDraft, StageDraft, StateDraft, TrackDraft, TrackMovesDraft,
};
use comity_core::procedure::{Mark, Marked, Translation};
use comity_core::time::{Calendar, Day, Period, RuleSet};

use crate::code::Code;
use crate::diagnostic::Slip;
use crate::file::{
    ActFile, AuthorityFile, Choice, CiteText, ConditionFile, CountryFile, DayText, DocumentFile,
    ExceptionFile, FactFile, FactTypeFile, GroundFile, GuardText, LanguageText, LengthText, LinkFile,
    MoveFile, MoveText, Name, ObligationFile, OneOrMore, ProcedureFile, Rows, SafeguardFile, Short, SideFile,
    SourceFile, StageFile, Text, TrackFile,
};
use crate::source::Source;
use crate::text::{self, Passage};

/// What a procedure file needs to know of the files beside it.
pub(crate) struct Beside<'b> {
    /// The text of the procedure file.
    pub(crate) source: &'b Source,
    /// The articles of each source, by its name.
    pub(crate) articles: &'b dyn Fn(&str) -> Vec<ArticleDraft>,
    /// Whether `NOTES.md` holds a reading.
    pub(crate) has_reading: &'b dyn Fn(u32) -> bool,
    /// The calendars that could be read.
    pub(crate) calendars: Vec<(Text, Calendar)>,
    /// The rules of counting that could be read.
    pub(crate) rule_sets: Vec<RuleSet>,
}

/// Fills a draft.
pub(crate) fn draft(file: &ProcedureFile, beside: &Beside<'_>) -> Result<Draft, Slip> {
    let it = beside;
    Ok(Draft {
        procedure: name(&file.procedure),
        version: Marked {
            value: file.version.0.value.trim().parse().unwrap_or(1),
            mark: mark(&file.version.0),
        },
        title: plain(&file.title),
        kind: file.kind.value,
        left_out: rows(&file.leaves_out, |_, row| it.cite(&row.cite))?,
        sources: rows(&file.sources, |key, row| it.source(key, row))?,
        sides: rows(&file.sides, |_, row| Ok(side(row)))?,
        authorities: rows(&file.authorities, |_, row| it.authority(row))?,
        links: rows(&file.links, |_, row| Ok(link(row)))?,
        facts: rows(&file.facts, |_, row| it.fact(row))?,
        tracks: rows(&file.tracks, |_, row| track(row))?,
        conditions: rows(&file.conditions, |_, row| it.condition(row))?,
        clocks: it.clocks(&file.clocks)?,
        acts: rows(&file.acts, |key, row| it.act(key, row))?,
        obligations: rows(&file.obligations, |_, row| it.obligation(row))?,
        documents: rows(&file.documents, |_, row| it.document(row))?,
        grounds: rows(&file.grounds, |_, row| it.ground(row))?,
        safeguards: rows(&file.safeguards, |_, row| it.safeguard(row))?,
        calendars: beside
            .calendars
            .iter()
            .map(|(key, value)| Row { name: marked(key), value: value.clone() })
            .collect(),
        rule_sets: beside.rule_sets.clone(),
    })
}

/// What two keys of one clock say against each other, in every clock.
pub(crate) fn contradictions(file: &ProcedureFile) -> Vec<Slip> {
    file.clocks.0.iter().flat_map(|(key, row)| clocks::contradictions(key, row)).collect()
}

fn rows<T, D>(table: &Rows<T>, each: impl Fn(&Text, &T) -> Result<D, Slip>) -> Result<Vec<Row<D>>, Slip> {
    table.0.iter().map(|(key, row)| Ok(Row { name: marked(key), value: each(key, row)? })).collect()
}

fn mark(text: &Text) -> Mark {
    Mark(u32::try_from(text.span.start).unwrap_or(u32::MAX))
}

fn marked(text: &Text) -> Marked<String> {
    Marked { value: plain(text), mark: mark(text) }
}

fn plain(text: &Text) -> String {
    text.value.trim().to_owned()
}

fn name(name: &Name) -> Marked<String> {
    marked(&name.0)
}

fn names(names: &OneOrMore<Name>) -> Vec<Marked<String>> {
    names.0.iter().map(name).collect()
}

fn maybe_names(list: Option<&OneOrMore<Name>>) -> Vec<Marked<String>> {
    list.map(names).unwrap_or_default()
}

fn chosen<T: Copy>(choice: &Choice<T>) -> Marked<T> {
    Marked { value: choice.value, mark: Mark(u32::try_from(choice.span.start).unwrap_or(u32::MAX)) }
}

fn day(text: &DayText) -> Result<Day, Slip> {
    let bad = |bad: comity_core::time::BadDay| Slip::at(Code::BadDay, text.0.span.clone(), bad.to_string());
    text.0.value.trim().parse().map_err(bad)
}

fn length(text: &LengthText) -> Result<Marked<Period>, Slip> {
    let bad =
        |bad: comity_core::time::BadPeriod| Slip::at(Code::BadLength, text.0.span.clone(), bad.to_string());
    Ok(Marked { value: text.0.value.parse().map_err(bad)?, mark: mark(&text.0) })
}

fn side(row: &SideFile) -> SideDraft {
    let state = match &row.country {
        CountryFile::The(country) => StateDraft::The(marked(country)),
        CountryFile::InFact(held) => StateDraft::InFact(name(&held.fact)),
    };
    SideDraft { state, zone: row.zone.as_ref().map(|zone| marked(&zone.0)) }
}

fn link(row: &LinkFile) -> LinkDraft {
    LinkDraft { title: plain(&row.title), procedure: name(&row.procedure) }
}

fn track(row: &TrackFile) -> Result<TrackDraft, Slip> {
    let stages = rows(&row.stages, |_, Short(stage): &Short<StageFile>| {
        Ok(StageDraft {
            title: plain(&stage.title),
            outcome: stage.outcome.as_ref().map(plain),
            holds: maybe_names(stage.holds.as_ref()),
        })
    })?;
    Ok(TrackDraft { title: plain(&row.title), starts: name(&row.starts), stages })
}

fn translation(text: &LanguageText) -> Translation {
    match text.0.value.trim() {
        "not-needed" => Translation::NotNeeded,
        "not-stated" => Translation::NotStated,
        language => Translation::Into(language.to_owned()),
    }
}

fn fact_type(file: &FactTypeFile) -> FactTypeDraft {
    match file {
        FactTypeFile::Text => FactTypeDraft::Text,
        FactTypeFile::Date => FactTypeDraft::Date,
        FactTypeFile::Country => FactTypeDraft::Country,
        FactTypeFile::YesNo => FactTypeDraft::YesNo,
        FactTypeFile::Number => FactTypeDraft::Number,
        FactTypeFile::Period => FactTypeDraft::Period,
        FactTypeFile::OneOf(values) => FactTypeDraft::OneOf(values.iter().map(marked).collect()),
    }
}

impl Beside<'_> {
    fn cite(&self, text: &CiteText) -> Result<CitesDraft, Slip> {
        text::cites(&self.passage(&text.0), self.has_reading)
    }

    fn maybe_cite(&self, text: Option<&CiteText>) -> Result<CitesDraft, Slip> {
        text.map_or(Ok(Vec::new()), |text| self.cite(text))
    }

    fn guard(&self, text: &GuardText) -> Result<GuardDraft, Slip> {
        text::guard(&self.passage(&text.0))
    }

    fn maybe_guard(&self, text: Option<&GuardText>) -> Result<Option<GuardDraft>, Slip> {
        text.map(|text| self.guard(text)).transpose()
    }

    fn guards(&self, texts: Option<&OneOrMore<GuardText>>) -> Result<Vec<GuardDraft>, Slip> {
        texts.into_iter().flat_map(|texts| &texts.0).map(|text| self.guard(text)).collect()
    }

    fn passage<'t>(&self, text: &'t Text) -> Passage<'t> {
        Passage::new(self.source, &text.value, text.span.clone())
    }

    fn source(&self, key: &Text, row: &SourceFile) -> Result<SourceDraft, Slip> {
        let in_force = row.in_force.as_ref().map(day).transpose()?;
        Ok(SourceDraft { title: plain(&row.title), in_force, articles: (self.articles)(&key.value) })
    }

    fn authority(&self, Short(row): &Short<AuthorityFile>) -> Result<AuthorityDraft, Slip> {
        Ok(AuthorityDraft {
            title: plain(&row.title),
            renamed: row
                .renamed
                .iter()
                .flat_map(|list| &list.0)
                .map(law::renamed)
                .collect::<Result<_, _>>()?,
            in_force: self.in_force(row.in_force.as_ref())?,
            cite: self.maybe_cite(row.cite.as_ref())?,
        })
    }

    fn fact(&self, row: &FactFile) -> Result<FactDraft, Slip> {
        let mirrors = row.mirrors.as_ref();
        Ok(FactDraft {
            title: plain(&row.title),
            of: fact_type(&row.of),
            mirrors: mirrors.map(|to| MirrorDraft { link: name(&to.link), track: name(&to.track) }),
            cite: self.maybe_cite(row.cite.as_ref())?,
        })
    }

    fn condition(&self, row: &ConditionFile) -> Result<ConditionDraft, Slip> {
        Ok(ConditionDraft {
            title: plain(&row.title),
            when: self.guard(&row.when)?,
            moves: self.moves(&row.moves)?,
            cite: self.cite(&row.cite)?,
        })
    }

    fn moves(&self, table: &Rows<OneOrMore<MoveFile>>) -> Result<Vec<TrackMovesDraft>, Slip> {
        table.0.iter().map(|(track, moves)| self.track_moves(track, moves)).collect()
    }

    fn track_moves(&self, track: &Text, list: &OneOrMore<MoveFile>) -> Result<TrackMovesDraft, Slip> {
        let mut read = TrackMovesDraft { track: marked(track), moves: Vec::new(), or_stays: false };
        for step in &list.0 {
            if read.or_stays {
                let message = "a move stands after `else stays`";
                let span = match step {
                    MoveFile::Text(MoveText(text)) => text.span.clone(),
                    MoveFile::Stepped(step) => step.to.0.span.clone(),
                };
                return Err(Slip::at(Code::BadMove, span, message).remedy("put `else stays` last"));
            }
            match step {
                MoveFile::Text(MoveText(text)) => {
                    let moves = text::moves(&self.passage(text))?;
                    read.moves.extend(moves.moves);
                    read.or_stays = moves.or_stays;
                }
                MoveFile::Stepped(step) => read.moves.push(MoveDraft {
                    from: text::from(&self.passage(&step.from.0))?,
                    to: name(&step.to),
                    when: self.maybe_guard(step.when.as_ref())?,
                    cite: self.maybe_cite(step.cite.as_ref())?,
                }),
            }
        }
        Ok(read)
    }

    fn exceptions(&self, list: Option<&OneOrMore<ExceptionFile>>) -> Result<Vec<ExceptionDraft>, Slip> {
        let exceptions = list.iter().flat_map(|list| &list.0).map(|exception| {
            Ok(ExceptionDraft { when: self.guard(&exception.when)?, cite: self.cite(&exception.cite)? })
        });
        exceptions.collect()
    }

    fn safeguard(&self, row: &SafeguardFile) -> Result<SafeguardDraft, Slip> {
        Ok(SafeguardDraft {
            title: plain(&row.title),
            never: self.maybe_guard(row.never.as_ref())?,
            unless: self.maybe_guard(row.unless.as_ref())?,
            before: row.before.as_ref().map(name),
            always_after: row.always_after.as_ref().map(name),
            requires: row.requires.as_ref().map(name),
            within: row.within.as_ref().map(name),
            possible: self.maybe_guard(row.possible.as_ref())?,
            holds_in: self.maybe_guard(row.holds_in.as_ref())?,
            holds: self.maybe_guard(row.holds.as_ref())?,
            at_most_once: row.at_most_once.as_ref().map(name),
            never_together: self.guards(row.never_together.as_ref())?,
            only_by: maybe_names(row.only_by.as_ref()),
            act: row.act.as_ref().map(name),
            cite: self.cite(&row.cite)?,
        })
    }

    fn act(&self, key: &Text, row: &ActFile) -> Result<ActDraft, Slip> {
        Ok(ActDraft {
            title: plain(&row.title),
            by: names(&row.by),
            when: self.maybe_guard(row.when.as_ref())?,
            unless: self.exceptions(row.unless.as_ref())?,
            moves: self.moves(&row.moves)?,
            records: maybe_names(row.records.as_ref()),
            may_record: maybe_names(row.may_record.as_ref()),
            owes: maybe_names(row.owes.as_ref()),
            four_eyes: row.four_eyes.as_ref().map(|choice| choice.value),
            in_force: self.in_force(row.in_force.as_ref())?,
            cite: self.cite(&row.cite)?,
            mark: mark(key),
        })
    }

    fn obligation(&self, row: &ObligationFile) -> Result<ObligationDraft, Slip> {
        Ok(ObligationDraft {
            title: plain(&row.title),
            bearer: name(&row.bearer),
            when: self.maybe_guard(row.when.as_ref())?,
            met_by: names(&row.met_by),
            cite: self.cite(&row.cite)?,
        })
    }

    fn document(&self, row: &DocumentFile) -> Result<DocumentDraft, Slip> {
        Ok(DocumentDraft {
            title: plain(&row.title),
            set: name(&row.set),
            when: self.maybe_guard(row.when.as_ref())?,
            form: row.form.value,
            translated: translation(&row.translated),
            in_force: self.in_force(row.in_force.as_ref())?,
            cite: self.cite(&row.cite)?,
        })
    }

    fn ground(&self, row: &GroundFile) -> Result<GroundDraft, Slip> {
        Ok(GroundDraft {
            title: plain(&row.title),
            force: row.kind.value,
            considered_by: names(&row.considered_by),
            in_force: self.in_force(row.in_force.as_ref())?,
            cite: self.cite(&row.cite)?,
        })
    }
}
