//! The canonical form.

mod common;

use comity_language::{Source, format};

fn check(before: &str, after: &str) {
    for text in [before, after] {
        assert_eq!(format(&Source::new("a.yaml", text)), Ok(after.to_owned()));
    }
}

#[test]
fn the_sample_is_in_canonical_form() {
    for path in [common::EXTRADITION, "calendars/calderia.yaml"] {
        let text = common::text(path);
        check(&text, &text);
    }
}

#[test]
fn keys_stand_in_the_order_of_the_reference_and_comments_go_with_them() {
    check(
        "# about the title\ntitle: A\ncomity: 1  # edition\nsides:\n  # north\n  north: {zone: X/Y, country: XN}\n",
        "comity: 1  # edition\n# about the title\ntitle: A\n\nsides:\n  # north\n  north: {country: XN, zone: X/Y}\n",
    );
}

#[test]
fn quotation_marks_stand_where_they_are_needed() {
    check(
        "facts: {a: {title: 'Plain', type: \"text\"}, b: {title: 'a: b', type: text}, c: {title: 'a, b', type: text}}\n",
        "facts: {a: {title: Plain, type: text}, b: {title: \"a: b\", type: text}, c: {title: \"a, b\", type: text}}\n",
    );
}

#[test]
fn what_does_not_fit_between_braces_is_put_in_lines() {
    let long = "x".repeat(100);
    check(
        &format!("facts:\n  a: {{type: text, title: {long}, cite: b 1}}\n"),
        &format!("facts:\n  a:\n    title: {long}\n    type: text\n    cite: b 1\n"),
    );
}

#[test]
fn a_comment_between_braces_survives() {
    check(
        "facts:\n  a: {title: A,  # why\n    type: text}\n",
        "facts:\n  a:\n    title: A  # why\n    type: text\n",
    );
}

#[test]
fn comments_at_the_end_stay_at_the_end() {
    let text = "acts:\n  a:\n    title: A\n    # more of a\n  # more acts\n\n# the end\n";
    check(text, text);
}

#[test]
fn a_stay_that_a_comma_cut_off_is_joined_again() {
    check(
        "acts: {a: {moves: {custody: held -> free, else stays}}}\n",
        "acts: {a: {moves: {custody: \"held -> free, else stays\"}}}\n",
    );
}

#[test]
fn a_file_that_cannot_be_read_is_left_alone() {
    let found = format(&Source::new("a.yaml", "a: [b\n")).unwrap_err();
    assert_eq!(found[0].code.word(), "syntax");
}
