//! What an author reads for each mistake. The expected texts lie in `tests/data/messages.txt`; run with
//! `COMITY_BLESS=1` to write them anew, and read what changed.

mod common;

use comity_language::load;

const ARTICLES: &str = "norvane-calderia/articles.md";
const NOTES: &str = "norvane-calderia/NOTES.md";
const CALENDAR: &str = "calendars/calderia.yaml";
const FILE: &str = common::EXTRADITION;

const MISTAKES: &[common::Mistake] = &[
    ("a key misspelt", FILE, &[("met-by: request-received\n", "met-bye: request-received\n")]),
    ("a section misspelt", FILE, &[("\nclocks:", "\nclcks:")]),
    (
        "a key that stands twice",
        FILE,
        &[("    length: 45 days\n", "    length: 45 days\n    length: 46 days\n")],
    ),
    (
        "a required key left out",
        FILE,
        &[("    by: requested/police\n    when: immunity", "    when: immunity")],
    ),
    ("the first day left open", FILE, &[("    first-day: not-counted\n", "")]),
    ("the month's end left open", FILE, &[("45 days", "2 months")]),
    ("the tie left open", FILE, &[("    at-the-same-instant: act-first\n", "")]),
    ("what meets it left open", FILE, &[("    met-by: request-received\n", "")]),
    ("a word that is none of those", FILE, &[("first-day: not-counted", "first-day: not-conted")]),
    ("an effect that is none", FILE, &[("effect: duty", "effect: dutty")]),
    ("a length without a unit", FILE, &[("45 days", "45")]),
    ("a length that is too long", FILE, &[("45 days", "99999999999 days")]),
    ("a day that does not exist", FILE, &[("in-force: 2001-03-04", "in-force: 2001-02-29")]),
    ("a condition that ends early", FILE, &[("custody is at-liberty", "custody is")]),
    ("an `or` mistyped", FILE, &[("custody is at-liberty", "custody is at-liberty orr custody is held")]),
    ("a parenthesis not closed", FILE, &[("custody is not held)", "custody is not held")]),
    ("an arrow mistyped", FILE, &[("preparing -> lodged", "preparing - lodged")]),
    ("a citation without an article", FILE, &[("    cite: treaty 7\n", "    cite: treaty\n")]),
    ("citations with a comma", FILE, &[("treaty 9(4); reading 1", "treaty 9(4), reading 1")]),
    (
        "a text where a mapping belongs",
        FILE,
        &[("    moves: {request: preparing -> lodged}", "    moves: lodged")],
    ),
    ("a key without a value", FILE, &[("    records: [arrest.place]", "    records:")]),
    ("an empty text", FILE, &[("title: Status of the person", "title: \"\"")]),
    ("a comma that cuts a title", FILE, &[("title: Place of arrest", "title: Place, day of arrest")]),
    ("a colon within a title", FILE, &[("title: The request is received", "title: The request: received")]),
    ("a tab", FILE, &[("    by: requested/police", "\tby: requested/police")]),
    ("a quotation mark not closed", FILE, &[("title: Extradition from", "title: \"Extradition from")]),
    (
        "an anchor and an alias",
        FILE,
        &[("cite: treaty 2}", "cite: &t treaty 2}"), ("cite: treaty 7}", "cite: *t}")],
    ),
    (
        "a merge key",
        FILE,
        &[("    title: The request is received", "    <<: {by: x}\n    title: The request is received")],
    ),
    ("a tag", FILE, &[("version: 1", "version: !!int 1")]),
    ("a second document", FILE, &[("\ngrounds:", "\n---\ngrounds:")]),
    ("another edition", FILE, &[("comity: 1", "comity: 2")]),
    ("another version than a number", FILE, &[("version: 1", "version: one")]),
    (
        "another place",
        FILE,
        &[("procedure: norvane-calderia/extradition", "procedure: norvane-calderia/extraditoin")],
    ),
    (
        "a zone for a State that a fact holds",
        FILE,
        &[("{country: XN, zone", "{country: {in: person.status}, zone")],
    ),
    ("a State without its zone", FILE, &[("{country: XN, zone: Europe/Lisbon}", "{country: XN}")]),
    (
        "a State in a fact that is none",
        FILE,
        &[("{country: XN, zone: Europe/Lisbon}", "{country: {in: person.stat}}")],
    ),
    ("a State in nothing", FILE, &[("{country: XN, zone: Europe/Lisbon}", "{country: {}}")]),
    (
        "both limits and bars",
        FILE,
        &[("    limits: requesting\n", "    limits: requesting\n    bars: handed-over\n")],
    ),
    ("neither limits nor bars", FILE, &[("    limits: requesting\n", "")]),
    ("a calendar that does not exist", FILE, &[("calendar: calderia", "calendar: calderai")]),
    ("articles that do not exist", FILE, &[("in-force: 2001-03-04", "articles: artikles.md")]),
    ("articles outside of the library", FILE, &[("in-force: 2001-03-04", "articles: ../../secret.md")]),
    (
        "a link to nothing",
        FILE,
        &[("procedure: norvane-calderia/waiver", "procedure: norvane-calderia/waver")],
    ),
    ("a mirror of nothing", FILE, &[("{link: waiver, track: person}", "{link: waiver, track: persom}")]),
    ("a mirror that is too small", FILE, &[("[immune, waived, none]", "[immune, lifted, none]")]),
    ("an act misspelt, found by the core", FILE, &[("met-by: request-received", "met-by: request-recieved")]),
    ("an article that does not exist", FILE, &[("cite: treaty 11}", "cite: treaty 111}")]),
    (
        "several at once",
        FILE,
        &[
            ("title: Extradition from Calderia to Norvane", "titel: Extradition from Calderia to Norvane"),
            ("length: 45 days", "length: 45 dys"),
            ("at-the-same-instant: act-first", "at-the-same-instant: act-frist"),
            ("free or at-liberty -> held", "free or -> held"),
            ("kind: mandatory", "kind: mandatery"),
            ("bearer: requested/ministry", "bearer: [requested/ministry]"),
        ],
    ),
    (
        "several at once, with a name",
        FILE,
        &[
            ("length: 45 days", "length: 45 dys"),
            ("met-by: request-received", "met-by: request-recieved"),
            ("by: [requested/court, requested/ministry]", "by: [requested/cort, requested/ministry]"),
        ],
    ),
    ("a mark misspelt", ARTICLES, &[("Mark: unverified", "Mark: unverifed")]),
    ("a mark left out", ARTICLES, &[("### 13 Costs\nMark: unverified\n", "### 13 Costs\n")]),
    ("an article twice", ARTICLES, &[("### 12 Immunity", "### 11 Immunity")]),
    ("a reading without a number", NOTES, &[("## Reading 1:", "## Reading one:")]),
    (
        "a closed day outside of the calendar",
        CALENDAR,
        &[("2027-04-16: Founders' Day", "2029-04-16: Founders' Day")],
    ),
    ("a day of the week misspelt", CALENDAR, &[("sunday", "sonday")]),
];

#[test]
fn every_mistake_has_its_message() {
    common::check_messages(MISTAKES, "messages.txt");
}

#[test]
fn a_mistake_names_its_line_and_column() {
    let library =
        load(&common::changed(FILE, &[("met-by: request-received\n", "met-bye: request-received\n")]));
    let at: Vec<_> = library.diagnostics.iter().map(|found| (found.code.word(), found.column)).collect();
    assert_eq!(at, [("missing-choice", 3), ("unknown-key", 5)]);
    assert_eq!(library.diagnostics[1].suggestion.as_deref(), Some("met-by"));
    assert!(library.procedure("norvane-calderia/extradition").is_none());
    assert!(library.procedure("norvane-calderia/waiver").is_some());
}

#[test]
fn no_procedure_rests_on_articles_with_a_flaw() {
    let library = load(&common::changed(ARTICLES, &[("### 13 Costs\nMark: unverified\n", "### 13 Costs\n")]));
    assert!(library.procedures.is_empty());
}

#[test]
fn a_procedure_that_rests_on_a_file_with_a_flaw_is_named() {
    let held_back = |path, from, to| {
        let library = load(&common::changed(path, &[(from, to)]));
        assert!(library.procedures.len() < 3);
        library.held_back.into_iter().map(|one| (one.file, one.because_of)).collect::<Vec<_>>()
    };
    let of = |file: &str, because_of: &str| (file.to_owned(), vec![because_of.to_owned()]);
    let (custody, counting) = ("norvane-calderia/custody.yaml", "counting/calderia-periods.yaml");
    assert_eq!(held_back(CALENDAR, "sunday", "sonday"), [of(custody, CALENDAR), of(FILE, CALENDAR)]);
    assert_eq!(held_back(counting, "mark: seen", "mark: sen"), [of(custody, counting)]);
    let by_articles = held_back(ARTICLES, "### 13 Costs\nMark: unverified\n", "### 13 Costs\n");
    assert_eq!(by_articles.len(), 3);
    // One with a flaw of its own is told by that.
    assert!(held_back(FILE, "effect: duty", "effect: dutty").is_empty());
}
