//! What a dark page does to a picture.

use comity_draw::{Diagram, Mark, Marks, dark_rules, svg};

use crate::common::diagrams;

/// The light of a colour as the accessibility guidelines count it.
fn light(colour: &str) -> f64 {
    let part = |at: usize| {
        let part = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (light(one), light(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// What stands for a colour of a picture on a dark page.
fn on_dark<'r>(rules: &'r str, property: &str, colour: &str) -> &'r str {
    let rule = rules.lines().find(|line| line.starts_with(&format!("figure svg[{property}=\"{colour}\"]")));
    let rule = rule.unwrap_or_else(|| panic!("{property} {colour} stays as it is on a dark page"));
    rule.rsplit_once(": ").unwrap().1.trim_end_matches("; }")
}

/// A picture in which every mark is used.
fn picture() -> String {
    let diagram = diagrams().swap_remove(0);
    let lane = &diagram.lanes[0];
    let marks = lane
        .stops
        .iter()
        .zip(Mark::ALL)
        .fold(Marks::none(), |marks, (stop, mark)| marks.stage(lane.track, stop.stage, mark));
    svg(&diagram, &marks).unwrap()
}

#[test]
fn every_colour_has_one_that_is_read_on_a_dark_page() {
    let (text, rules) = (picture(), dark_rules("figure"));
    let document = roxmltree::Document::parse(&text).unwrap();
    let letters = on_dark(&rules, "fill", document.root_element().attribute("fill").unwrap());
    let paper = document.descendants().find(|node| node.has_tag_name("rect")).unwrap();
    let paper = on_dark(&rules, "fill", paper.attribute("fill").unwrap());
    let mut seen = 0;
    for node in document.descendants().filter(|node| node.has_tag_name("rect") || node.has_tag_name("path")) {
        if let Some(fill) = node.attribute("fill").filter(|fill| *fill != "none") {
            let ground = on_dark(&rules, "fill", fill);
            assert!(contrast(letters, ground) >= 4.5, "letters on {fill}");
            seen += 1;
        }
        if let Some(stroke) = node.attribute("stroke") {
            assert!(contrast(on_dark(&rules, "stroke", stroke), paper) >= 3.0, "{stroke}");
        }
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn the_tracks_of_one_procedure_stand_on_one_page_and_share_no_id() {
    let mut ids = std::collections::BTreeSet::new();
    let mut number = 0;
    for diagram in diagrams() {
        let whole: Vec<_> = diagram.steps().collect();
        let parts: Vec<Diagram> = diagram.by_track().collect();
        assert_eq!(parts.iter().flat_map(Diagram::steps).collect::<Vec<_>>(), whole, "every move is in one");
        for part in &parts {
            assert_eq!(part.lanes.len(), 1);
            let text = svg(part, &Marks::none()).unwrap();
            let document = roxmltree::Document::parse(&text).unwrap();
            for id in document.descendants().filter_map(|node| node.attribute("id")) {
                number += 1;
                assert!(ids.insert(id.to_owned()), "{id} is there twice");
            }
        }
    }
    assert!(number > 20);
}
