//! Extradition from Calderia to Norvane: small, with one of everything.

use std::sync::Arc;

use comity_core::procedure::draft::{FactTypeDraft, PurposeDraft};
use comity_core::procedure::{
    ClockStanding, DocumentForm, Draft, ExpiryEffect, Force, GroundStanding, Procedure, Quantity,
    SameInstant, SharedProcedure, StartedAgain, Translation,
};

use super::draft::{
    act, all, any, by_law, clock, clock_is, condition, document, documents, duty, exception, expiry, fact,
    ground, grounds, holds, is, link, mirror, moves, named, obligation, recorded, text, texts, track,
    two_states,
};

pub(crate) fn sample() -> SharedProcedure {
    checked(&draft())
}

pub(crate) fn checked(draft: &Draft) -> SharedProcedure {
    match Procedure::from_draft(draft) {
        Ok(procedure) => Arc::new(procedure),
        Err(flaws) => panic!("{flaws:#?}"),
    }
}

pub(crate) fn draft() -> Draft {
    let mut draft = two_states("xn-xc/extradition");
    draft.links = vec![link("immunity", "vienna/waiver")];
    draft.facts = vec![
        fact("person.status", FactTypeDraft::OneOf(texts(&["accused", "convicted"]))),
        fact("person.minor", FactTypeDraft::YesNo),
        mirror("immunity", &["immune", "waived", "none"], "immunity", "person"),
        fact("arrest.place", FactTypeDraft::Text),
        fact("surrender.place", FactTypeDraft::Text),
        fact("new-date", FactTypeDraft::Date),
    ];
    draft.tracks = tracks();
    draft.conditions = vec![
        condition("request-complete", all(&[recorded("request-received"), documents("request")])),
        // Declared before what it rests on, so that the order of the file cannot matter.
        condition("hand-over-begins", all(&[holds("order-final"), not_postponed()])),
        condition("order-final", all(&[is("request", "granted"), appeal_is_over()])),
    ];
    draft.clocks = clocks();
    draft.acts = acts();
    draft.obligations = vec![
        obligation("release", "requested/police", &["released"]),
        obligation("tell-norvane", "requested/central", &["norvane-told"]),
    ];
    draft.documents = documents_required();
    draft.grounds =
        vec![ground("political-offence", Force::Mandatory), ground("nationality", Force::Optional)];
    draft
}

fn not_postponed() -> comity_core::procedure::draft::GuardDraft {
    super::draft::not(recorded("surrender-postponed"))
}

fn appeal_is_over() -> comity_core::procedure::draft::GuardDraft {
    any(&[clock_is("appeal-window", ClockStanding::RanOut), recorded("appeal-waived")])
}

fn tracks() -> Vec<comity_core::procedure::draft::Row<comity_core::procedure::draft::TrackDraft>> {
    let request = track(
        "request",
        &[
            "preparing",
            "lodged",
            "granted",
            "surrendered: surrendered",
            "refused: refused",
            "withdrawn: withdrawn",
        ],
    );
    let mut custody = track(
        "custody",
        &["free", "held-provisionally", "held-for-surrender", "release-due", "handed-over: ended"],
    );
    for stage in custody.value.stages.iter_mut().filter(|stage| stage.name.value.starts_with("held")) {
        stage.value.holds = texts(&["arrest.place"]);
    }
    vec![request, custody]
}

fn clocks() -> Vec<comity_core::procedure::draft::Row<comity_core::procedure::draft::ClockDraft>> {
    let release = |written| duty("release", vec![moves("custody", written)]);
    let mut formal = clock("formal-request", "45 days", &["arrested"]);
    formal.value.met_by = texts(&["request-complete"]);
    formal.value.off_when = Some(is("custody", "free"));
    formal.value.on_expiry = release("held-provisionally -> release-due, else stays");
    let mut hearing = clock("hearing", "48 hours", &["arrested"]);
    hearing.value.purpose = PurposeDraft::Limits(text("requested/court"));
    hearing.value.met_by = texts(&["heard"]);
    hearing.value.at_the_same_instant = SameInstant::ExpiryFirst;
    hearing.value.off_when = Some(is("custody", "free"));
    let mut review = clock("review", "2 months", &["heard"]);
    review.value.met_by = texts(&["surrender-granted", "surrender-refused"]);
    review.value.off_when = Some(is("custody", "free"));
    let mut appeal = clock("appeal-window", "15 days", &["surrender-granted"]);
    appeal.value.purpose = PurposeDraft::Bars(texts(&["surrendered"]));
    appeal.value.met_by = texts(&["appeal-waived"]);
    appeal.value.on_expiry = expiry(ExpiryEffect::Permission);
    let mut hand_over = clock("hand-over", "30 days", &["hand-over-begins"]);
    hand_over.value.if_started_again = StartedAgain::RunsOn;
    hand_over.value.met_by = texts(&["surrendered"]);
    hand_over.value.on_expiry = release("held-for-surrender -> release-due, else stays");
    let mut new_date = clock("new-date-limit", "1 day", &["surrender-postponed"]);
    new_date.value.length = named("new-date-set", "new-date");
    new_date.value.choices = comity_core::procedure::draft::ChoicesDraft::default();
    new_date.value.met_by = texts(&["surrendered"]);
    new_date.value.on_expiry =
        by_law(vec![moves("custody", "held-for-surrender -> release-due, else stays")]);
    let mut decision = clock("decision", "6 months", &["arrested", "request-complete"]);
    decision.value.met_by = texts(&["surrender-granted", "surrender-refused"]);
    decision.value.off_when = Some(is("custody", "free"));
    decision.value.on_expiry = release("held-provisionally -> release-due, else stays");
    vec![formal, hearing, review, appeal, hand_over, new_date, decision]
}

fn acts() -> Vec<comity_core::procedure::draft::Row<comity_core::procedure::draft::ActDraft>> {
    let mut received = act("request-received", "requested/central");
    received.value.moves = vec![moves("request", "preparing -> lodged")];
    received.value.may_record = texts(&["person.status"]);
    let mut arrested = act("arrested", "requested/police");
    arrested.value.when = Some(any(&[is("immunity", "waived"), is("immunity", "none")]));
    arrested.value.unless = vec![exception(is("person.minor", "yes"), "act 5")];
    arrested.value.moves = vec![moves("custody", "free -> held-provisionally")];
    arrested.value.records = texts(&["arrest.place"]);
    arrested.value.owes = texts(&["tell-norvane"]);
    let heard = act("heard", "requested/court");
    let mut granted = act("surrender-granted", "requested/court");
    granted.value.when = Some(all(&[
        holds("request-complete"),
        grounds(Quantity::Every, Some(Force::Mandatory), GroundStanding::Considered),
        grounds(Quantity::No, Some(Force::Mandatory), GroundStanding::Applies),
    ]));
    granted.value.moves = vec![
        moves("request", "lodged -> granted"),
        moves("custody", "held-provisionally -> held-for-surrender, else stays"),
    ];
    let mut refused = act("surrender-refused", "requested/court");
    refused.value.moves = vec![
        moves("request", "lodged -> refused"),
        moves("custody", "held-provisionally -> release-due, else stays"),
    ];
    let waived = act("appeal-waived", "requested/court");
    let mut postponed = act("surrender-postponed", "requesting/central");
    postponed.value.when = Some(is("request", "granted"));
    let mut new_date = act("new-date-set", "requested/court");
    new_date.value.records = texts(&["new-date"]);
    let mut surrendered = act("surrendered", "requested/police");
    surrendered.value.moves = vec![
        moves("request", "granted -> surrendered"),
        moves("custody", "held-for-surrender -> handed-over"),
    ];
    surrendered.value.records = texts(&["surrender.place"]);
    let mut released = act("released", "requested/police");
    released.value.moves =
        vec![moves("custody", "held-provisionally or held-for-surrender or release-due -> free")];
    let mut withdrawn = act("withdrawn", "requesting/central");
    withdrawn.value.moves = vec![
        moves("request", "any open -> withdrawn"),
        moves("custody", "held-provisionally or held-for-surrender -> release-due, else stays"),
    ];
    let told = act("norvane-told", "requested/central");
    vec![
        received,
        arrested,
        heard,
        granted,
        refused,
        waived,
        postponed,
        new_date,
        surrendered,
        released,
        withdrawn,
        told,
    ]
}

fn documents_required()
-> Vec<comity_core::procedure::draft::Row<comity_core::procedure::draft::DocumentDraft>> {
    let korean = || Translation::Into("ko".to_owned());
    let mut warrant = document("warrant", DocumentForm::CertifiedCopy, korean());
    warrant.value.when = Some(is("person.status", "accused"));
    let mut judgment = document("judgment", DocumentForm::CertifiedCopy, korean());
    judgment.value.when = Some(is("person.status", "convicted"));
    let description = document("description", DocumentForm::NotStated, Translation::NotStated);
    vec![warrant, judgment, description]
}
