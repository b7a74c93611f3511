//! The colours of a picture, and what stands for each on a dark page.

use std::fmt::Write as _;

/// Letters, arrows and borders.
pub(crate) const INK: &str = "#14171A";
/// What frames a lane.
pub(crate) const EDGE: &str = "#6B7379";
/// The paper.
pub(crate) const PAPER: &str = "#FFFFFF";
/// The ground of a heading, and of where a case was before.
pub(crate) const SHADE: &str = "#F5F6F7";

pub(crate) const CURRENT: (&str, &str) = ("#E6F0FA", "#14395E");
pub(crate) const PAST: (&str, &str) = (SHADE, "#51585F");
pub(crate) const CROSSED: (&str, &str) = ("#E6F4EA", "#1B5E2F");
pub(crate) const NOT_CROSSED: (&str, &str) = ("#FFF8D6", "#5C4A00");

/// Each colour with what stands for it on a dark page.
pub(crate) const ON_DARK: [(&str, &str); 11] = [
    (INK, "#E8EAED"),
    (EDGE, "#8C959C"),
    (PAPER, "#16191D"),
    (SHADE, "#252B31"),
    (CURRENT.0, "#14304D"),
    (CURRENT.1, "#9CC4EC"),
    (PAST.1, "#AEB6BD"),
    (CROSSED.0, "#163524"),
    (CROSSED.1, "#8FD6A6"),
    (NOT_CROSSED.0, "#3D3300"),
    (NOT_CROSSED.1, "#EBCF6B"),
];

/// The rules of a style sheet that make pictures within `around` fit a dark page, such as `figure`.
///
/// A picture itself is black on white and needs no style sheet. A page that turns dark puts these rules where it does so, and
/// not for print.
#[must_use]
pub fn dark_rules(around: &str) -> String {
    let mut rules = String::new();
    for (light, dark) in ON_DARK {
        for property in ["fill", "stroke"] {
            // The picture as a whole says the colour of its letters.
            let own = format!("{around} svg[{property}=\"{light}\"]");
            // Writing to a string does not fail.
            let _ = writeln!(rules, "{own}, {around} svg [{property}=\"{light}\"] {{ {property}: {dark}; }}");
        }
    }
    rules
}
