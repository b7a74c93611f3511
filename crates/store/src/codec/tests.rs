use comity_core::entry::{
    Arrival, ArrivedForm, Body, Deed, Digest, ErasureProposed, Filed, Notice, Office, Opening, Proposal,
    Warning, What,
};
use comity_core::id::{CaseId, EntryNumber, MatterId};
use comity_core::migration::{ClockFate, Ends, Fate, Migration, NameFate, NameKind, TrackFate};
use comity_core::name::Private;
use comity_core::procedure::Meaning;
use comity_core::time::{Day, Moment, When};
use comity_core::value::Value;
use uuid::Uuid;

use super::{
    Began, CaseRead, ClockRecord, Closed, Dead, DecodeError, Delivery, Erasure, MatterOpened, NEWEST,
    ProcedureRegistered, Record, ReportPublished, Waiting, decode, encode,
};
use crate::journal::Position;

fn records() -> Vec<Record> {
    let moment: Moment = "2027-03-02T23:30:00Z".parse().unwrap();
    let day = Day::new(2027, 4, 16).unwrap();
    let deed = |what| Deed { when: When::At(moment), what };
    let facts = vec![
        ("arrest.place".parse().unwrap(), Value::Text(Private::new("Ulsan \"port\"\n"))),
        ("arrest.day".parse().unwrap(), Value::Date(day)),
        ("arrest.country".parse().unwrap(), Value::Country("KR".parse().unwrap())),
        ("arrest.urgent".parse().unwrap(), Value::YesNo(true)),
        ("arrest.count".parse().unwrap(), Value::Number(-3)),
        ("offence.maximum".parse().unwrap(), Value::Period("10 years".parse().unwrap())),
        ("person.status".parse().unwrap(), Value::Choice("accused".parse().unwrap())),
    ];
    let name = |text: &str| text.parse().unwrap();
    let act = What::Act { act: name("arrested"), by: name("requested/police"), facts };
    let arrival = Arrival {
        document: name("arrest-warrant"),
        form: ArrivedForm::CertifiedCopy,
        translated_into: Some("ko".to_owned()),
    };
    let finding =
        What::Finding { ground: name("political-offence"), applies: false, by: name("requested/court") };
    let fact = What::Fact { fact: name("person.status"), value: Value::Choice(name("accused")) };
    let from = CaseId(Uuid::from_u128(7));
    let learned = What::Learned {
        fact: name("immunity"),
        value: name("none"),
        from,
        entry: EntryNumber::new(9).unwrap(),
    };
    let bodies = vec![
        Body::Opened(Opening {
            procedure: name("nz-kr/extradition"),
            meaning: Meaning([0xab; 32]),
            matter: MatterId(Uuid::from_u128(1)),
            reference: "EX-1".to_owned(),
            title: Private::new("title"),
            since: When::In { year: 2017, month: 11 },
        }),
        Body::Deed(deed(act.clone())),
        Body::Deed(Deed { when: When::On(day), what: What::Document(arrival) }),
        Body::Deed(Deed { when: When::During { year: 2017 }, what: finding }),
        Body::Deed(deed(fact)),
        Body::Deed(deed(learned)),
        Body::Annulled { entry: EntryNumber::new(2).unwrap(), reason: Private::new("wrong person") },
        Body::Corrected {
            entry: EntryNumber::new(2).unwrap(),
            deed: deed(act),
            reason: Private::new("typo"),
        },
        Body::Linked { link: name("immunity"), case: from },
        Body::Noticed(Notice {
            clock: name("formal-request"),
            ran_out: moment,
            told: vec![name("requested/court")],
        }),
        Body::Note(Private::new("called the ministry")),
    ];
    let mut records: Vec<Record> = bodies.into_iter().map(Record::Case).collect();
    records.push(Record::Matter(MatterOpened { reference: "M-1".to_owned(), title: Private::new("matter") }));
    records.push(Record::Procedure(ProcedureRegistered {
        name: name("nz-kr/extradition"),
        version: 1,
        meaning: Meaning([1; 32]),
        files: vec![("nz-kr/extradition.yaml".to_owned(), "comity: 1\n".to_owned())],
    }));
    records
}

/// What is new in format 2.
fn newer_records() -> Vec<Record> {
    let filed = Filed {
        entry: EntryNumber::new(3),
        name: Private::new("order.pdf"),
        media: "application/pdf".to_owned(),
        size: 7,
        content: Digest([1; 32]),
        kept: Digest([2; 32]),
        key: Private::new("00"),
    };
    let proposed = ErasureProposed { authority: "Court".to_owned(), reason: "Act 3(1)".to_owned() };
    let erased = Erasure {
        authority: "Court".to_owned(),
        reason: "Act 3(1)".to_owned(),
        proposed_by: "a.costa".to_owned(),
        proposed_at: Moment::from_unix_microseconds(1_500_000).unwrap(),
        reference: "EX-1".to_owned(),
    };
    vec![
        Record::Case(Body::Filed(Filed { entry: None, ..filed.clone() })),
        Record::Case(Body::Filed(filed)),
        Record::Case(Body::ErasureProposed(proposed)),
        Record::Erased(erased),
    ]
}

/// What is new in format 4.
fn office_records() -> Vec<Record> {
    let day = Day::new(2027, 4, 16).unwrap();
    let to = Some(Private::new("a.costa"));
    let desk = || Some("extradition".parse().unwrap());
    let bodies = [
        Body::Office(Office::Held { reason: Private::new("counsel is ill"), until: Some(day) }),
        Body::Office(Office::Held { reason: Private::new("counsel is ill"), until: None }),
        Body::Office(Office::Resumed),
        Body::Office(Office::Assigned { to: to.clone(), desk: desk() }),
        Body::Office(Office::Assigned { to, desk: None }),
        Body::Office(Office::Assigned { to: None, desk: desk() }),
        Body::Office(Office::Assigned { to: None, desk: None }),
        Body::Office(Office::ReviewBy { by: day, why: Private::new("chase the \"ministry\"") }),
        Body::Office(Office::NoReview),
        Body::Warned(Warning {
            clock: "formal-request".parse().unwrap(),
            before: "14 days".parse().unwrap(),
            at: "2027-04-01T23:00:00Z".parse().unwrap(),
            ends: "2027-04-16T23:00:00Z".parse().unwrap(),
            told: vec!["requesting/central".parse().unwrap()],
        }),
    ];
    let mut records: Vec<Record> = bodies.into_iter().map(Record::Case).collect();
    let (read, expected) =
        ("2037-04-16T23:00:00Z".parse().unwrap(), "2027-04-16T23:00:00.000001Z".parse().unwrap());
    records.push(Record::Clock(ClockRecord::Jumped { read, expected }));
    records.push(Record::Clock(ClockRecord::Trusted { read }));
    records
}

#[test]
fn the_bytes_of_format_4_never_change() {
    let text: Vec<String> =
        office_records().iter().map(|record| String::from_utf8(encode(record)).unwrap()).collect();
    assert_eq!(text.join("\n") + "\n", include_str!("v4.golden.jsonl"));
}

/// What is new in format 5.
fn records_of_two_persons_and_seals() -> Vec<Record> {
    let number = |number| EntryNumber::new(number).unwrap();
    let deed = || Deed {
        when: When::On(Day::new(2027, 3, 2).unwrap()),
        what: What::Act {
            act: "surrender-ordered".parse().unwrap(),
            by: "requested/minister".parse().unwrap(),
            facts: vec![("surrender.place".parse().unwrap(), Value::Text(Private::new("Seoul")))],
        },
    };
    let reason = || Private::new("a slip of the \"pen\"");
    let bodies = [
        Body::Proposed(Proposal::Deed(deed())),
        Body::Proposed(Proposal::Annulled { entry: number(7), reason: reason() }),
        Body::Proposed(Proposal::Corrected { entry: number(7), deed: deed(), reason: reason() }),
        Body::Confirmed { entry: number(8) },
        Body::Office(Office::Sealed {
            accounts: vec![Private::new("a.costa"), Private::new("m.reis")],
            desks: vec!["extradition".parse().unwrap()],
            reason: reason(),
        }),
        Body::Office(Office::Unsealed { reason: reason() }),
    ];
    let mut records: Vec<Record> = bodies.into_iter().map(Record::Case).collect();
    records.push(Record::Read(CaseRead { what: "list".to_owned() }));
    records
}

#[test]
fn the_bytes_of_format_5_never_change() {
    let text: Vec<String> = records_of_two_persons_and_seals()
        .iter()
        .map(|record| String::from_utf8(encode(record)).unwrap())
        .collect();
    assert_eq!(text.join("\n") + "\n", include_str!("v5.golden.jsonl"));
}

/// What is new in format 6.
fn migrations() -> Vec<Record> {
    let name = |text: &str| text.parse::<comity_core::name::Name>().unwrap();
    let becomes = |text: &str| Fate::Becomes(name(text));
    let dropped = || Fate::Dropped { reason: "the protocol \"of 2027\" knows it no more".to_owned() };
    let other = |kind, text: &str, fate| NameFate { kind, name: name(text), fate };
    let clock = |text: &str, fate, ends, may_have_run_out| ClockFate {
        clock: name(text),
        fate,
        ends,
        cite: "protocol 3".to_owned(),
        may_have_run_out,
    };
    let bare = Migration {
        from: Meaning([1; 32]),
        procedure: name("norvane/extradition"),
        version: 2,
        meaning: Meaning([2; 32]),
        plan: Digest([3; 32]),
        authority: "Ministry of Justice of Norvane".to_owned(),
        reason: "the protocol of 2027 applies to running cases".to_owned(),
        cite: "protocol 12".to_owned(),
        tracks: Vec::new(),
        clocks: Vec::new(),
        names: Vec::new(),
    };
    let full = Migration {
        tracks: vec![
            TrackFate {
                track: name("request"),
                fate: becomes("proceedings"),
                stages: vec![(name("lodged"), name("received"))],
            },
            TrackFate { track: name("bail"), fate: dropped(), stages: Vec::new() },
        ],
        clocks: vec![
            clock("formal-request", becomes("formal-request"), Ends::Keep, false),
            clock("hearing", becomes("first-hearing"), Ends::Recompute, true),
            clock("review", becomes("review"), Ends::Later, false),
            clock("bail-review", dropped(), Ends::Keep, false),
        ],
        names: vec![
            other(NameKind::Fact, "person.minor", becomes("person.child")),
            other(NameKind::Act, "bailed", dropped()),
            other(NameKind::Document, "warrant", becomes("arrest-warrant")),
            other(NameKind::Ground, "nationality", dropped()),
            other(NameKind::Obligation, "release", becomes("set-free")),
            other(NameKind::Condition, "complete", becomes("request-complete")),
            other(NameKind::Authority, "requested/police", becomes("requested/guard")),
        ],
        ..bare.clone()
    };
    [bare, full].map(|one| Record::Case(Body::Migrated(Box::new(one)))).into()
}

#[test]
fn the_bytes_of_format_6_never_change() {
    let text: Vec<String> =
        migrations().iter().map(|record| String::from_utf8(encode(record)).unwrap()).collect();
    assert_eq!(text.join("\n") + "\n", include_str!("v6.golden.jsonl"));
}

/// What is new in format 3.
fn deliveries() -> Vec<Record> {
    let target = || "back-office".to_owned();
    let case = CaseId(Uuid::from_u128(7));
    let failed = Waiting {
        position: Position(12),
        case: Some(case),
        attempts: 3,
        not_before: Some("2027-03-02T23:30:00.25Z".parse().unwrap()),
        is_again: false,
    };
    let again = Waiting { position: Position(4), case: None, attempts: 0, not_before: None, is_again: true };
    let dead = Dead {
        position: Position(4),
        case: Some(case),
        entry: EntryNumber::new(2),
        attempts: 20,
        why: "it answered 503 Service Unavailable".to_owned(),
    };
    let closed = |how| Record::Delivery(Delivery::Closed { target: target(), position: Position(4), how });
    vec![
        Record::Delivery(Delivery::Begun { target: target(), from: Began::Here }),
        Record::Delivery(Delivery::Begun { target: target(), from: Began::AtTheBeginning }),
        Record::Delivery(Delivery::Through {
            target: target(),
            through: Position(17),
            waiting: vec![again, failed],
        }),
        Record::Delivery(Delivery::Died { target: target(), dead: dead.clone() }),
        Record::Delivery(Delivery::Died { target: target(), dead: Dead { case: None, entry: None, ..dead } }),
        Record::Delivery(Delivery::Again { target: target(), position: Position(4) }),
        closed(Closed::Delivered),
        closed(Closed::SetAside),
        closed(Closed::Gone),
    ]
}

#[test]
fn the_bytes_of_format_3_never_change() {
    let text: Vec<String> =
        deliveries().iter().map(|record| String::from_utf8(encode(record)).unwrap()).collect();
    assert_eq!(text.join("\n") + "\n", include_str!("v3.golden.jsonl"));
}

#[test]
fn the_bytes_of_format_2_never_change() {
    let text: Vec<String> =
        newer_records().iter().map(|record| String::from_utf8(encode(record)).unwrap()).collect();
    assert_eq!(text.join("\n") + "\n", include_str!("v2.golden.jsonl"));
}

#[test]
fn every_record_reads_as_it_was_written() {
    for record in records()
        .into_iter()
        .chain(newer_records())
        .chain(deliveries())
        .chain(office_records())
        .chain(records_of_two_persons_and_seals())
        .chain(migrations())
        .chain(reports())
    {
        assert_eq!(decode(&encode(&record)), Ok(record));
    }
}

#[test]
fn the_bytes_of_format_1_never_change() {
    let text: Vec<String> =
        records().iter().map(|record| String::from_utf8(encode(record)).unwrap()).collect();
    assert_eq!(text.join("\n") + "\n", include_str!("v1.golden.jsonl"));
}

#[test]
fn a_newer_format_is_named() {
    let newer = format!(r#"{{"format":{},"record":{{"kind":"poem"}}}}"#, NEWEST + 1);
    assert_eq!(decode(newer.as_bytes()), Err(DecodeError::Newer { format: NEWEST + 1, newest: NEWEST }));
}

#[test]
fn unreadable_bytes_are_an_error_that_quotes_nothing() {
    for bytes in
        [&b""[..], b"{", b"[]", b"\xff\xfe", br#"{"format":1,"record":{"kind":"note","text":1,"x":"Kim"}}"#]
    {
        let error = decode(bytes).unwrap_err();
        assert!(matches!(error, DecodeError::Unreadable { .. }), "{error}");
        assert!(!error.to_string().contains("Kim"));
    }
}

#[test]
fn no_truncation_of_a_record_reads_as_another() {
    for record in records()
        .into_iter()
        .chain(newer_records())
        .chain(deliveries())
        .chain(office_records())
        .chain(records_of_two_persons_and_seals())
        .chain(migrations())
        .chain(reports())
    {
        let bytes = encode(&record);
        for end in 0..bytes.len() {
            assert!(decode(&bytes[..end]).is_err());
        }
    }
}

/// What is new in format 7.
fn reports() -> Vec<Record> {
    let asked = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    vec![Record::Report(ReportPublished {
        reference: "R-2027".to_owned(),
        title: "The \"annual\" report".to_owned(),
        question: vec![asked("from", "2027-01-01"), asked("table", "ledger"), asked("to", "2027-12-31")],
        known_at: "2028-01-15T09:00:00Z".parse().unwrap(),
        through: 18_204,
        table: r#"{"name":"ledger","rows":[]}"#.to_owned(),
    })]
}

#[test]
fn the_bytes_of_format_7_never_change() {
    let text: Vec<String> =
        reports().iter().map(|record| String::from_utf8(encode(record)).unwrap()).collect();
    assert_eq!(text.join("\n") + "\n", include_str!("v7.golden.jsonl"));
}
