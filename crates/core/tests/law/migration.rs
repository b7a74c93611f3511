//! Running cases go over to another edition of their procedure.

mod carried;
mod limits;
mod linked;
mod refused;

use comity_core::entry::{Body, Digest};
use comity_core::id::EntryNumber;
use comity_core::migration::{
    ClockFate, Crossing, Ends, Fate, Lineage, Migration, NameFate, NameKind, TrackFate, crossing,
};
use comity_core::procedure::draft::LengthDraft;
use comity_core::procedure::{Draft, SharedProcedure};
use comity_core::{Asked, Rejection, RejectionCode, View, admit_together, fold};

use super::case::{Case, check, moment, name, stamp};
use super::draft::{at, is, recorded, text, track};
use super::sample::draft;

/// A case with the procedures that it has run under.
#[derive(Clone)]
struct Running {
    case: Case,
    lineage: Lineage,
}

impl Running {
    fn of(case: Case) -> Self {
        Self { lineage: Lineage::of(case.procedure.clone()), case }
    }

    /// The case goes over to `to`, and speaks in its words from then on.
    #[track_caller]
    fn goes_over(&mut self, recorded: &str, to: &SharedProcedure, plan: &Plan) -> EntryNumber {
        let migration = plan.between(self.lineage.present(&self.case.entries), to);
        self.lineage.add(to.clone());
        let body = Body::Migrated(Box::new(migration));
        if let Err(rejection) = self.admit(recorded, vec![body]) {
            panic!("{rejection}");
        }
        self.case.procedure = to.clone();
        self.case.last()
    }

    fn refused(&self, recorded: &str, to: &SharedProcedure, plan: &Plan) -> String {
        let migration = plan.between(self.lineage.present(&self.case.entries), to);
        let mut after = self.clone();
        after.lineage.add(to.clone());
        let rejection = after.admit(recorded, vec![Body::Migrated(Box::new(migration))]).unwrap_err();
        assert_eq!(rejection.code(), RejectionCode::NotMigrated);
        assert_eq!(after.case.entries, self.case.entries, "a rejection changes nothing");
        rejection.to_string()
    }

    fn admit(&mut self, recorded: &str, bodies: Vec<Body>) -> Result<(), Rejection> {
        let added = admit_together(&self.lineage, &self.case.entries, bodies, &stamp(moment(recorded)))?;
        self.case.entries.extend(added);
        Ok(())
    }

    /// Records at `recorded` what took effect at `when`, and insists that it is allowed.
    #[track_caller]
    fn on(&mut self, recorded: &str, when: &str, what: &str) {
        let deed = self.case.deed(when, what);
        if let Err(rejection) = self.admit(recorded, vec![Body::Deed(deed)]) {
            panic!("{when} {what}: {rejection}");
        }
    }

    fn view(&self, asked: Asked) -> View {
        fold(&self.lineage, &self.case.entries, asked)
    }

    #[track_caller]
    fn check(&self, at: &str, cells: &[(&str, &str)]) {
        check(&self.view(Asked { at: moment(at), known_at: comity_core::time::Moment::MAX }), at, cells);
    }

    fn crossing(&self, recorded: &str, to: &SharedProcedure, plan: &Plan) -> Crossing {
        let migration = plan.between(self.lineage.present(&self.case.entries), to);
        crossing(&self.lineage.towards(to), &self.case.entries, &migration, &stamp(moment(recorded)))
    }
}

/// A plan in few words.
#[derive(Clone, Default)]
struct Plan {
    tracks: Vec<TrackFate>,
    clocks: Vec<ClockFate>,
    names: Vec<NameFate>,
}

impl Plan {
    /// The plan between the sample and its second edition.
    fn sample() -> Self {
        Self::default()
            .track("request", "proceedings", &[("lodged", "received")])
            .clock("formal-request", Ends::Keep)
            .name(NameKind::Fact, "person.minor", Some("person.child"))
            .name(NameKind::Act, "request-received", Some("request-taken-in"))
    }

    fn track(mut self, track: &str, becomes: &str, stages: &[(&str, &str)]) -> Self {
        let stages = stages.iter().map(|(was, becomes)| (name(was), name(becomes))).collect();
        self.tracks.push(TrackFate { track: name(track), fate: Fate::Becomes(name(becomes)), stages });
        self
    }

    fn clock(mut self, clock: &str, ends: Ends) -> Self {
        self.clocks.retain(|one| one.clock != name(clock));
        let fate = Fate::Becomes(name(clock));
        let cite = "act 5".to_owned();
        self.clocks.push(ClockFate { clock: name(clock), fate, ends, cite, may_have_run_out: false });
        self
    }

    fn name(mut self, kind: NameKind, was: &str, becomes: Option<&str>) -> Self {
        let dropped = || Fate::Dropped { reason: "the law knows it no more".to_owned() };
        let fate = becomes.map_or_else(dropped, |becomes| Fate::Becomes(name(becomes)));
        self.names.push(NameFate { kind, name: name(was), fate });
        self
    }

    fn accepting_what_ran_out(mut self) -> Self {
        self.clocks.iter_mut().for_each(|clock| clock.may_have_run_out = true);
        self
    }

    fn between(&self, from: &SharedProcedure, to: &SharedProcedure) -> Migration {
        Migration {
            from: from.meaning(),
            procedure: to.name().clone(),
            version: to.version(),
            meaning: to.meaning(),
            plan: Digest([7; 32]),
            authority: "Ministry of Justice of Norvane".to_owned(),
            reason: "the protocol of 2027 applies to cases that run".to_owned(),
            cite: "act 5".to_owned(),
            tracks: self.tracks.clone(),
            clocks: self.clocks.clone(),
            names: self.names.clone(),
        }
    }
}

/// The sample with a track, a stage, a fact and an act under other names, and another length of one limit.
fn second(length: &str) -> Draft {
    let mut draft = draft();
    draft.version.value = 2;
    let written = format!("{draft:?}");
    assert!(written.contains("lodged"));
    draft = renamed(draft);
    set_length(&mut draft, "formal-request", length);
    draft
}

fn set_length(draft: &mut Draft, clock: &str, length: &str) {
    let row = draft.clocks.iter_mut().find(|row| row.name.value == clock).unwrap();
    row.value.length = LengthDraft::Counted(at(length.parse().unwrap()));
}

/// Renames by writing the sample anew: its tables are few, and every place where a name stands is told here.
fn renamed(mut draft: Draft) -> Draft {
    draft.tracks[0] = track(
        "proceedings",
        &[
            "preparing",
            "received",
            "granted",
            "surrendered: surrendered",
            "refused: refused",
            "withdrawn: withdrawn",
        ],
    );
    for fact in draft.facts.iter_mut().filter(|fact| fact.name.value == "person.minor") {
        fact.name.value = text("person.child").value;
    }
    let condition = |draft: &mut Draft, name: &str, when| {
        draft.conditions.iter_mut().find(|row| row.name.value == name).unwrap().value.when = when;
    };
    let complete = super::draft::all(&[recorded("request-taken-in"), super::draft::documents("request")]);
    condition(&mut draft, "request-complete", complete);
    let appeal =
        draft.conditions.iter().find(|row| row.name.value == "order-final").unwrap().value.when.clone();
    let comity_core::procedure::draft::GuardDraft::And(parts) = appeal else { panic!("not what it was") };
    condition(
        &mut draft,
        "order-final",
        super::draft::all(&[is("proceedings", "granted"), parts[1].clone()]),
    );
    for act in &mut draft.acts {
        if act.name.value == "request-received" {
            act.name.value = text("request-taken-in").value;
        }
        for moves in act.value.moves.iter_mut().filter(|moves| moves.track.value == "request") {
            moves.track.value = text("proceedings").value;
            for one in &mut moves.moves {
                if one.to.value == "lodged" {
                    one.to.value = text("received").value;
                }
                if let comity_core::procedure::draft::FromDraft::Stages(from) = &mut one.from {
                    from.iter_mut().filter(|from| from.value == "lodged").for_each(|from| {
                        from.value = text("received").value;
                    });
                }
            }
        }
        if act.name.value == "arrested" {
            act.value.unless[0].when = is("person.child", "yes");
        }
        if act.name.value == "surrender-postponed" {
            act.value.when = Some(is("proceedings", "granted"));
        }
    }
    draft
}

/// A case of the sample with the person held since 2 March, at noon of 10 March.
fn held() -> Running {
    let mut case = Case::arrested("2027-03-02 10:00");
    case.on("2027-03-03 09:00", "request-received");
    Running::of(case)
}

const THEN: &str = "2027-03-10 12:00";
