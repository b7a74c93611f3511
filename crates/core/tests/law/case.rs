//! A case told in the words of a chronology: what happened when, and what must then be true.

use comity_core::entry::{Arrival, ArrivedForm, Body, Deed, Entry, Opening, What};
use comity_core::id::{CaseId, EntryNumber, MatterId};
use comity_core::name::{Name, Private};
use comity_core::procedure::{SharedProcedure, Truth};
use comity_core::time::{Count, Moment, When, Zone};
use comity_core::{Asked, ClockView, End, Rejection, RejectionCode, Stamp, View, admit_together, fold, open};

/// The case of immunity to which a sample case is tied.
pub(crate) const WAIVER: CaseId = CaseId(uuid::Uuid::from_u128(7));

#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) procedure: SharedProcedure,
    pub(crate) entries: Vec<Entry>,
}

pub(crate) fn seoul() -> Zone {
    Zone::named("Asia/Seoul").unwrap()
}

/// A moment on the clocks of Seoul, where the sample case is decided.
pub(crate) fn moment(text: &str) -> Moment {
    when(text).earliest(&seoul())
}

pub(crate) fn when(text: &str) -> When {
    When::parse(text, &seoul()).unwrap()
}

pub(crate) fn name(text: &str) -> Name {
    text.parse().unwrap()
}

pub(crate) fn number(number: u32) -> EntryNumber {
    EntryNumber::new(number).unwrap()
}

pub(crate) fn opening(procedure: &SharedProcedure, since: When) -> Opening {
    Opening {
        procedure: procedure.name().clone(),
        meaning: procedure.meaning(),
        matter: MatterId(uuid::Uuid::nil()),
        reference: "EX-2027-0014".to_owned(),
        title: Private::new("A case"),
        since,
    }
}

pub(crate) fn stamp(at: Moment) -> Stamp {
    Stamp { at, by: Private::new("officer") }
}

impl Case {
    /// A case opened and recorded at `since`, tied to every case that its procedure names.
    pub(crate) fn open(procedure: &SharedProcedure, since: &str) -> Self {
        Self::open_at(procedure, since, moment(since))
    }

    pub(crate) fn open_at(procedure: &SharedProcedure, since: &str, at: Moment) -> Self {
        let first = open(opening(procedure, when(since)), &stamp(at));
        let mut case = Self { procedure: procedure.clone(), entries: vec![first] };
        for link in procedure.links().names() {
            case.admit(at, vec![Body::Linked { link: link.clone(), case: WAIVER }]).unwrap();
        }
        case
    }

    /// The sample case with a person whom nothing shields, opened on New Year's Day 2027.
    pub(crate) fn sample() -> Self {
        let mut case = Self::open(&super::sample::sample(), "2027-01-01");
        case.on("2027-01-01", "fact person.minor = no");
        case.on("2027-01-01", "fact person.status = accused");
        case.on("2027-01-01", "learned immunity = none");
        case
    }

    /// The sample case with the person arrested at `text`.
    pub(crate) fn arrested(text: &str) -> Self {
        let mut case = Self::sample();
        case.on(text, "arrested (arrest.place: Ulsan)");
        case
    }

    /// The sample case granted on 1 April 2027 after a complete request.
    pub(crate) fn granted() -> Self {
        let mut case = Self::arrested("2027-03-02 10:00");
        for what in ["heard", "request-received", "document warrant", "document description"] {
            case.on("2027-03-03 09:00", what);
        }
        case.on("2027-03-20", "ground political-offence does not apply");
        case.on("2027-04-01 12:00", "surrender-granted");
        case
    }

    pub(crate) fn last(&self) -> EntryNumber {
        self.entries.last().unwrap().number
    }

    /// Records `what` when it happens, and insists that it is allowed. An act known to the day is recorded the next.
    pub(crate) fn on(&mut self, text: &str, what: &str) -> EntryNumber {
        let at = self.after(when(text));
        self.at(at, text, what)
    }

    /// Records at `recorded` what took effect earlier, and insists that it is allowed.
    pub(crate) fn late(&mut self, recorded: &str, text: &str, what: &str) -> EntryNumber {
        self.at(moment(recorded), text, what)
    }

    fn at(&mut self, recorded: Moment, text: &str, what: &str) -> EntryNumber {
        let body = Body::Deed(self.deed(text, what));
        match self.admit(recorded, vec![body]) {
            Ok(()) => self.last(),
            Err(rejection) => panic!("{text} {what}: {rejection}"),
        }
    }

    /// Insists that `what` is not allowed, that nothing changes, and gives the reason.
    pub(crate) fn refused(&self, text: &str, what: &str) -> Rejection {
        self.late_refused(self.after(when(text)), text, what)
    }

    pub(crate) fn late_refused(&self, recorded: Moment, text: &str, what: &str) -> Rejection {
        self.body_refused(recorded, vec![Body::Deed(self.deed(text, what))])
    }

    pub(crate) fn body_refused(&self, recorded: Moment, bodies: Vec<Body>) -> Rejection {
        let mut after = self.clone();
        let told = format!("{bodies:?}");
        let rejection = after.admit(recorded, bodies).expect_err(&told);
        assert_eq!(after.entries, self.entries, "a rejection changes nothing");
        rejection
    }

    pub(crate) fn admit(&mut self, recorded: Moment, bodies: Vec<Body>) -> Result<(), Rejection> {
        let added = admit_together(&self.procedure, &self.entries, bodies, &stamp(recorded))?;
        self.entries.extend(added);
        Ok(())
    }

    pub(crate) fn annul(&mut self, recorded: &str, entry: EntryNumber) -> EntryNumber {
        self.admit(moment(recorded), vec![annulment(entry)]).unwrap();
        self.last()
    }

    pub(crate) fn correct(
        &mut self,
        recorded: &str,
        entry: EntryNumber,
        text: &str,
        what: &str,
    ) -> EntryNumber {
        let body = self.correction(entry, text, what);
        self.admit(moment(recorded), vec![body]).unwrap();
        self.last()
    }

    pub(crate) fn correction(&self, entry: EntryNumber, text: &str, what: &str) -> Body {
        Body::Corrected { entry, deed: self.deed(text, what), reason: Private::new("a slip") }
    }

    /// A moment of recording at which nothing of `when` lies in the future.
    fn after(&self, when: When) -> Moment {
        let zone = seoul();
        let last = self.entries.last().unwrap().recorded_at;
        let happened = match when {
            When::At(at) => at,
            When::On(_) | When::In { .. } | When::During { .. } => {
                zone.end_of(when.first_day(&zone)).max(when.earliest(&Zone::named("Europe/Lisbon").unwrap()))
            }
        };
        last.max(happened)
    }

    pub(crate) fn view(&self, at: &str) -> View {
        self.view_at(moment(at))
    }

    pub(crate) fn view_at(&self, at: Moment) -> View {
        fold(&self.procedure, &self.entries, Asked { at, known_at: Moment::MAX })
    }

    /// The one check: at `at`, each of these stands so. Cells are written as in a chronology.
    #[track_caller]
    pub(crate) fn check(&self, at: &str, cells: &[(&str, &str)]) {
        check(&self.view(at), at, cells);
    }

    /// `arrested (arrest.place: Ulsan)`, `document warrant as copy`, `ground nationality applies`,
    /// `fact person.minor = no`, `learned immunity = waived`.
    pub(crate) fn deed(&self, text: &str, what: &str) -> Deed {
        Deed { when: when(text), what: self.what(what) }
    }

    fn what(&self, written: &str) -> What {
        match written.split_once(' ').unwrap_or((written, "")) {
            ("document", rest) => document(rest),
            ("ground", rest) => finding(rest),
            ("fact", rest) => {
                let (fact, value) = rest.split_once(" = ").unwrap();
                What::Fact { fact: name(fact), value: self.value(fact, value) }
            }
            ("learned", rest) => {
                let (fact, value) = rest.split_once(" = ").unwrap();
                What::Learned { fact: name(fact), value: name(value), from: WAIVER, entry: number(1) }
            }
            (_, _) => self.act(written),
        }
    }

    fn act(&self, written: &str) -> What {
        let (head, facts) = written.split_once(" (").unwrap_or((written, ")"));
        let (act, by) = match head.split_once(" by ") {
            Some((act, by)) => (act, name(by)),
            None => (head, self.usual_authority(head)),
        };
        let facts = facts.trim_end_matches(')').split(", ").filter(|fact| !fact.is_empty());
        let facts = facts.map(|fact| {
            let (fact, value) = fact.split_once(": ").unwrap();
            (name(fact), self.value(fact, value))
        });
        What::Act { act: name(act), by, facts: facts.collect() }
    }

    fn usual_authority(&self, act: &str) -> Name {
        let authorities = self.procedure.authorities();
        let by =
            self.procedure.acts().find(act).and_then(|id| self.procedure.acts().get(id)).map(|act| act.by[0]);
        by.and_then(|by| authorities.iter().find(|(id, _, _)| *id == by))
            .map_or(name("requested/court"), |(_, name, _)| name.clone())
    }

    fn value(&self, fact: &str, value: &str) -> comity_core::value::Value {
        let facts = self.procedure.facts();
        let row = facts.find(fact).and_then(|id| facts.get(id));
        row.map_or(comity_core::value::Value::YesNo(true), |row| row.of.read(value).unwrap())
    }
}

fn document(rest: &str) -> What {
    let mut words = rest.split(' ');
    let document = name(words.next().unwrap());
    let form = match rest.split_once(" as ") {
        Some((_, form)) => ArrivedForm::from_word(form.split(' ').next().unwrap()).unwrap(),
        None => ArrivedForm::CertifiedCopy,
    };
    let translated_into = (!rest.contains("without translation")).then(|| "ko".to_owned());
    What::Document(Arrival { document, form, translated_into })
}

fn finding(rest: &str) -> What {
    let (rest, by) = rest.split_once(" by ").unwrap_or((rest, "requested/court"));
    let (ground, found) = rest.split_once(' ').unwrap();
    What::Finding { ground: name(ground), applies: found == "applies", by: name(by) }
}

pub(crate) fn annulment(entry: EntryNumber) -> Body {
    Body::Annulled { entry, reason: Private::new("a slip") }
}

#[track_caller]
pub(crate) fn check(view: &View, at: &str, cells: &[(&str, &str)]) {
    for (column, cell) in cells {
        assert_eq!(stands(view, column), *cell, "{column} at {at}");
    }
}

#[track_caller]
pub(crate) fn code(rejection: &Rejection, code: RejectionCode, says: &str) {
    assert_eq!((rejection.code(), rejection.to_string().as_str()), (code, says));
}

/// How a column of a chronology stands.
fn stands(view: &View, column: &str) -> String {
    if let Some(track) = view.track(column) {
        return track.stage_name.to_string();
    }
    if let Some(clock) = view.clock(column) {
        return clock_in_words(&clock);
    }
    if let Some(condition) = view.conditions().iter().find(|one| one.name.as_str() == column) {
        return match condition.holds {
            Truth::True => "holds".to_owned(),
            Truth::False => "does not hold".to_owned(),
            Truth::Unknown => "unknown".to_owned(),
        };
    }
    if let Some(fact) = view.facts().iter().find(|fact| fact.name.as_str() == column) {
        return fact.known.map_or("unknown".to_owned(), |known| known.value.reveal());
    }
    let listed = match column {
        "owed" => {
            let owed = view.obligations().into_iter().filter(|one| one.owed.met.is_none());
            owed.map(|one| one.name.to_string()).collect()
        }
        "missing" => {
            let missing = view.documents().into_iter().filter(|one| one.missing.is_some());
            missing.map(|one| one.name.to_string()).collect::<Vec<_>>()
        }
        "upset" => view.upset().iter().map(|one| one.entry.to_string()).collect(),
        act => {
            let act = view.act(act).unwrap_or_else(|| panic!("no column `{act}`"));
            return if act.is_open() { "open" } else { "closed" }.to_owned();
        }
    };
    if listed.is_empty() { "nothing".to_owned() } else { listed.join(", ") }
}

fn clock_in_words(clock: &ClockView<'_>) -> String {
    use comity_core::procedure::ClockStanding;
    if clock.standing != ClockStanding::Running {
        return clock.standing.to_string();
    }
    match &clock.last().unwrap().end {
        End::Counted(Count::Days(days)) => format!("ends {}", days.last_day),
        End::Counted(Count::Hours(hours)) => format!("ends {}", hours.zone.local(hours.ends)),
        End::Named { last_day, .. } => format!("ends {last_day}"),
        End::NotNamed | End::NoDayYet | End::WaitsFor(_) | End::Stopped { .. } => "running".to_owned(),
        End::CannotCount(why) => format!("cannot be computed: {why}"),
    }
}
