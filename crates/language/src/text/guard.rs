//! Conditions: `custody is held and not (clock formal-request is running)`.

use comity_core::procedure::draft::{AtomDraft, GuardDraft, Mark, Marked};
use comity_core::procedure::{ClockStanding, Force, GroundStanding, Quantity};

use super::Passage;
use super::words::{Word, Words};
use crate::code::Code;
use crate::diagnostic::Slip;

/// How deep parentheses and `not` may nest.
const DEEPEST: u32 = 32;
/// How many words a condition may have. Nobody could check a longer one.
const MOST_WORDS: usize = 1_000;

const SUBJECTS: &str = "a track, a fact, `act`, `condition`, `clock`, `document`, `ground`, `every`, `any`, `no`, \
                        `not` or `(`";

const FORM: &str = "write statements such as `custody is held` or `act released is not recorded`, with `and`, `or`, `not` \
                    and parentheses";

/// Reads a condition, or nothing for a word such as `never`.
pub(crate) fn guard_or(passage: &Passage<'_>, nothing: &str) -> Result<Option<GuardDraft>, Slip> {
    if passage.text.trim() == nothing { Ok(None) } else { guard(passage).map(Some) }
}

/// Reads a condition.
pub(crate) fn guard(passage: &Passage<'_>) -> Result<GuardDraft, Slip> {
    whole(passage).map_err(|slip| if slip.remedy.is_empty() { slip.remedy(FORM) } else { slip })
}

fn whole(passage: &Passage<'_>) -> Result<GuardDraft, Slip> {
    let mut words = Words::new(passage, Code::BadGuard);
    if words.len() > MOST_WORDS {
        let message = format!("the condition has more than {MOST_WORDS} words");
        let slip = passage.slip(Code::BadGuard, words.here(), message);
        return Err(slip.remedy("divide it into conditions of their own"));
    }
    let guard = any_of(&mut words, 0)?;
    match words.peek() {
        None => Ok(guard),
        Some(")") => Err(words.expected("`and`, `or` or the end").remedy("a `(` is missing before")),
        Some(word) => Err(words.expected("`and`, `or` or the end").meant(Some((word, &["and", "or"])))),
    }
}

fn any_of(words: &mut Words<'_>, depth: u32) -> Result<GuardDraft, Slip> {
    let mut parts = vec![all_of(words, depth)?];
    while words.took("or") {
        parts.push(all_of(words, depth)?);
    }
    Ok(one_or(parts, GuardDraft::Or))
}

fn all_of(words: &mut Words<'_>, depth: u32) -> Result<GuardDraft, Slip> {
    let mut parts = vec![single(words, depth)?];
    while words.took("and") {
        parts.push(single(words, depth)?);
    }
    Ok(one_or(parts, GuardDraft::And))
}

fn one_or(mut parts: Vec<GuardDraft>, many: impl Fn(Vec<GuardDraft>) -> GuardDraft) -> GuardDraft {
    match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            parts.extend(last);
            many(parts)
        }
    }
}

fn single(words: &mut Words<'_>, depth: u32) -> Result<GuardDraft, Slip> {
    if depth >= DEEPEST {
        let message = format!("this is nested more than {DEEPEST} deep");
        return Err(words.passage.slip(Code::BadGuard, words.here(), message));
    }
    if words.took("not") {
        return Ok(GuardDraft::Not(Box::new(single(words, depth + 1)?)));
    }
    if words.took("(") {
        let inner = any_of(words, depth + 1)?;
        return if words.took(")") { Ok(inner) } else { Err(words.expected("`and`, `or` or `)`")) };
    }
    statement(words)
}

fn statement(words: &mut Words<'_>) -> Result<GuardDraft, Slip> {
    let mark = words.passage.mark(words.here().start);
    // A track may be called `act`; then `is` follows.
    let first = if words.peek_at(1) == Some("is") { None } else { words.peek() };
    let (atom, holds) = match first {
        Some("act") => recorded(words)?,
        Some("condition") => condition(words)?,
        Some("clock") => clock(words)?,
        Some("document") => document(words)?,
        Some("documents") => documents(words)?,
        Some("ground") => ground(words)?,
        Some("every" | "any" | "no") => grounds(words)?,
        _ => subject(words)?,
    };
    Ok(atom_or_not(atom, holds, mark))
}

fn atom_or_not(value: AtomDraft, holds: bool, mark: Mark) -> GuardDraft {
    let atom = GuardDraft::Atom(Marked { value, mark });
    if holds { atom } else { GuardDraft::Not(Box::new(atom)) }
}

fn marked(words: &Words<'_>, word: &Word<'_>) -> Marked<String> {
    let mut marked = words.passage.marked(word.span.clone());
    if let Some(inner) = marked.value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        marked.value = inner.to_owned();
    }
    marked
}

type Statement = Result<(AtomDraft, bool), Slip>;

fn subject(words: &mut Words<'_>) -> Statement {
    if matches!(words.peek(), Some("and" | "or" | "is")) {
        return Err(words.expected(SUBJECTS));
    }
    let subject = words.name(SUBJECTS)?;
    if !words.took("is") {
        let slip = words.expected(&format!("`is` after `{}`", subject.text));
        return Err(
            slip.remedy(format!("write `{} is VALUE` or `{} is not VALUE`", subject.text, subject.text))
        );
    }
    let holds = !words.took("not");
    if matches!(words.peek(), Some("and" | "or" | "is")) {
        return Err(words.expected("a value"));
    }
    let value = words.name("a value")?;
    let subject = marked(words, &subject);
    Ok(match value.text {
        "known" => (AtomDraft::Known(subject), holds),
        "unknown" => (AtomDraft::Unknown(subject), holds),
        _ => (AtomDraft::Is { subject, value: marked(words, &value) }, holds),
    })
}

fn named(words: &mut Words<'_>, what: &str) -> Result<Marked<String>, Slip> {
    words.take();
    let name = words.name(&format!("the name of {what}"))?;
    Ok(marked(words, &name))
}

/// `is X` or `is not X`.
fn verdict(words: &mut Words<'_>, verb: &str, participle: &str) -> Result<bool, Slip> {
    let either = format!("`{verb} {participle}` or `{verb} not {participle}`");
    if !words.took(verb) {
        return Err(words.expected(&either));
    }
    let holds = !words.took("not");
    if words.took(participle) { Ok(holds) } else { Err(words.expected(&format!("`{participle}`"))) }
}

fn recorded(words: &mut Words<'_>) -> Statement {
    let name = named(words, "an act")?;
    Ok((AtomDraft::Recorded(name), verdict(words, "is", "recorded")?))
}

fn document(words: &mut Words<'_>) -> Statement {
    let name = named(words, "a document")?;
    Ok((AtomDraft::Document(name), verdict(words, "is", "complete")?))
}

fn documents(words: &mut Words<'_>) -> Statement {
    words.take();
    if !words.took("for") {
        return Err(words.expected("`for`").remedy("write `documents for SET are complete`"));
    }
    let set = words.name("the name of a set of documents")?;
    let set = marked(words, &set);
    Ok((AtomDraft::Documents(set), verdict(words, "are", "complete")?))
}

fn condition(words: &mut Words<'_>) -> Statement {
    let name = named(words, "a condition")?;
    if words.took("holds") {
        Ok((AtomDraft::Holds(name), true))
    } else if words.took_all(&["does", "not", "hold"]) {
        Ok((AtomDraft::Holds(name), false))
    } else {
        Err(words.expected("`holds` or `does not hold`"))
    }
}

fn clock(words: &mut Words<'_>) -> Statement {
    const STANDINGS: [(&[&str], ClockStanding, bool); 12] = [
        (&["is", "running"], ClockStanding::Running, true),
        (&["is", "not", "running"], ClockStanding::Running, false),
        (&["has", "run", "out"], ClockStanding::RanOut, true),
        (&["has", "not", "run", "out"], ClockStanding::RanOut, false),
        (&["is", "met"], ClockStanding::Met, true),
        (&["is", "not", "met"], ClockStanding::Met, false),
        (&["has", "not", "started"], ClockStanding::NotStarted, true),
        (&["has", "started"], ClockStanding::NotStarted, false),
        (&["is", "switched", "off"], ClockStanding::SwitchedOff, true),
        (&["is", "stopped"], ClockStanding::Stopped, true),
        (&["is", "not", "stopped"], ClockStanding::Stopped, false),
        (&["is", "cured"], ClockStanding::Cured, true),
    ];
    let clock = named(words, "a clock")?;
    for (said, stands, holds) in STANDINGS {
        if words.took_all(said) {
            return Ok((AtomDraft::Clock { clock, stands }, holds));
        }
    }
    Err(words.expected("`is running`, `has run out`, `is met`, `is stopped`, `has not started`, `is cured` or `is switched off`"))
}

fn standing(words: &mut Words<'_>) -> Result<GroundStanding, Slip> {
    const STANDINGS: [(&[&str], GroundStanding); 7] = [
        (&["applies"], GroundStanding::Applies),
        (&["apply"], GroundStanding::Applies),
        (&["does", "not", "apply"], GroundStanding::DoesNotApply),
        (&["is", "considered"], GroundStanding::Considered),
        (&["are", "considered"], GroundStanding::Considered),
        (&["is", "not", "considered"], GroundStanding::NotConsidered),
        (&["are", "not", "considered"], GroundStanding::NotConsidered),
    ];
    for (said, stands) in STANDINGS {
        if words.took_all(said) {
            return Ok(stands);
        }
    }
    Err(words.expected("`applies`, `does not apply`, `is considered` or `is not considered`"))
}

fn ground(words: &mut Words<'_>) -> Statement {
    let ground = named(words, "a ground")?;
    Ok((AtomDraft::Ground { ground, stands: standing(words)? }, true))
}

fn grounds(words: &mut Words<'_>) -> Statement {
    let quantity = words.take().and_then(|word| Quantity::from_word(word.text)).unwrap_or(Quantity::Every);
    let force = words.peek().and_then(Force::from_word);
    if force.is_some() {
        words.take();
    }
    if !words.took("ground") && !words.took("grounds") {
        return Err(words.expected("`mandatory ground`, `optional ground` or `ground`"));
    }
    Ok((AtomDraft::Grounds { force, quantity, stands: standing(words)? }, true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn read(text: &str) -> Result<GuardDraft, Slip> {
        let source = Source::new("", text);
        guard(&Passage::new(&source, text, 0..text.len()))
    }

    /// A reading as short as the text, so that a test shows how it was grouped.
    fn shape(guard: &GuardDraft) -> String {
        let all = |parts: &[GuardDraft]| parts.iter().map(shape).collect::<Vec<_>>().join(" ");
        match guard {
            GuardDraft::And(parts) => format!("(and {})", all(parts)),
            GuardDraft::Or(parts) => format!("(or {})", all(parts)),
            GuardDraft::Not(inner) => format!("(not {})", shape(inner)),
            GuardDraft::Atom(Marked { value: AtomDraft::Is { subject, value }, .. }) => {
                format!("{}={}", subject.value, value.value)
            }
            GuardDraft::Atom(atom) => {
                format!("{:?}", atom.value).split(['(', ' ']).next().unwrap_or("").to_owned()
            }
        }
    }

    #[test]
    fn not_binds_tightest_then_and_then_or() {
        let check = |text, expected| assert_eq!(shape(&read(text).unwrap()), expected);
        check("a is b or c is d and not e is f", "(or a=b (and c=d (not e=f)))");
        check("(a is b or c is d) and e is not f", "(and (or a=b c=d) (not e=f))");
        check("not not a is b", "(not (not a=b))");
        check("act is done", "act=done");
        check("act x is not recorded and f.g is unknown", "(and (not Recorded) Unknown)");
        check("no optional ground applies or documents for request are complete", "(or Grounds Documents)");
        check("clock c has run out and condition d does not hold", "(and Clock (not Holds))");
    }

    #[test]
    fn a_slip_stands_at_the_word_that_was_not_expected() {
        let check = |text: &str, at: usize, message: &str| {
            let slip = read(text).unwrap_err();
            assert_eq!((slip.span.start, slip.message.as_str()), (at, message), "{text}");
        };
        check("", 0, &format!("expected {SUBJECTS}, the text ends"));
        check("custody", 7, "expected `is` after `custody`, the text ends");
        check("custody was held", 8, "expected `is` after `custody`, found `was`");
        check("custody is", 10, "expected a value, the text ends");
        check("a is b c is d", 7, "expected `and`, `or` or the end, found `c`");
        check("(a is b", 7, "expected `and`, `or` or `)`, the text ends");
        check("a is b)", 6, "expected `and`, `or` or the end, found `)`");
        check("act x recorded", 6, "expected `is recorded` or `is not recorded`, found `recorded`");
        check(
            "every mandatory is considered",
            16,
            "expected `mandatory ground`, `optional ground` or `ground`, found `is`",
        );
    }

    #[test]
    fn a_slip_says_what_a_condition_looks_like_and_what_was_meant() {
        let slip = read("a is b orr c is d").unwrap_err();
        assert_eq!((slip.remedy.as_str(), slip.suggestion.as_deref()), (FORM, Some("or")));
        assert_eq!(read("clock c is runing").unwrap_err().remedy, FORM);
    }

    #[test]
    fn a_condition_nested_too_deep_is_refused_and_not_followed() {
        assert!(read(&"(".repeat(100_000)).unwrap_err().message.contains("words"));
        assert!(read(&"(".repeat(900)).unwrap_err().message.contains("nested"));
        assert!(read(&"not ".repeat(900)).unwrap_err().message.contains("nested"));
    }
}
