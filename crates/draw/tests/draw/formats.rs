//! What is written can be read by those who read it: XML, Graphviz, Mermaid.

use std::io::Write as _;
use std::process::{Command, Stdio};

use comity_draw::{Diagram, Marks, dot, mermaid, svg};
use roxmltree::{Document, Node};

use crate::common::{diagrams, procedure};

const NASTY: &str = r#"A <b>"& 'x' ]]> \N \l #quot; | [[ %% end | -- > </svg>"#;

fn nasty() -> Diagram {
    let quoted = NASTY.replace('\\', "\\\\").replace('"', "\\\"");
    let stages = format!("      first: \"{quoted}\"\n      end: {{title: \"{quoted}\", final: \"done\"}}\n");
    let acts = format!(
        "  done:\n    title: \"{quoted}\"\n    by: requested/court\n    moves: {{road: first -> end}}\n    cite: treaty 1\n"
    );
    Diagram::of(&procedure(&format!("\"{quoted}\""), &stages, &acts).procedure)
}

fn all() -> Vec<Diagram> {
    let mut all = diagrams();
    all.push(nasty());
    all
}

/// The children of a node with this role.
fn with_role<'a>(node: Node<'a, 'a>, role: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.children().filter(move |child| child.attribute("role") == Some(role))
}

fn titles<'a>(node: Node<'a, 'a>) -> Vec<&'a str> {
    let images = with_role(node, "img");
    images
        .filter_map(|image| {
            image.children().find(|child| child.has_tag_name(("http://www.w3.org/2000/svg", "title")))?.text()
        })
        .collect()
}

#[test]
fn svg_is_xml_with_a_title_a_description_and_lists_within_lists() {
    for diagram in all() {
        let text = svg(&diagram, &Marks::none()).unwrap();
        let document = Document::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", diagram.name));
        let root = document.root_element();
        let labels = root.attribute("aria-labelledby").unwrap();
        for id in labels.split(' ') {
            let told = root.children().find(|child| child.attribute("id") == Some(id)).unwrap();
            assert!(!told.text().unwrap().is_empty());
        }
        let lanes: Vec<Node<'_, '_>> = with_role(root, "list")
            .flat_map(|list| with_role(list, "listitem").collect::<Vec<_>>())
            .collect();
        assert_eq!(lanes.len(), diagram.lanes.len());
        for (lane, drawn) in diagram.lanes.iter().zip(lanes) {
            assert_eq!(titles(drawn), [format!("Track: {}", lane.title)]);
            let stages: Vec<_> = with_role(drawn, "list")
                .flat_map(|list| with_role(list, "listitem").collect::<Vec<_>>())
                .collect();
            assert_eq!(stages.len(), lane.stops.len());
            let moves: Vec<&str> = stages
                .iter()
                .flat_map(|stage| with_role(*stage, "list").collect::<Vec<_>>())
                .flat_map(|list| with_role(list, "listitem").collect::<Vec<_>>())
                .flat_map(titles)
                .collect();
            let mut wanted: Vec<String> = lane.moves.iter().map(|one| one.sentence(lane)).collect();
            let mut told: Vec<String> = moves.iter().map(|text| (*text).to_owned()).collect();
            wanted.sort();
            told.sort();
            assert_eq!(told, wanted, "{}", diagram.name);
        }
    }
}

/// Whatever is only drawn is hidden from those who hear the picture; what they hear is not hidden.
#[test]
fn every_drawn_text_is_hidden_from_screen_readers_that_have_heard_it_as_a_title() {
    for diagram in all() {
        let text = svg(&diagram, &Marks::none()).unwrap();
        let document = Document::parse(&text).unwrap();
        for node in document.descendants().filter(Node::is_element) {
            let is_hidden = node.attribute("aria-hidden") == Some("true");
            if node.tag_name().name() == "text" {
                assert!(is_hidden, "{}: {:?}", diagram.name, node.text());
            }
            assert!(!(is_hidden && node.attribute("role").is_some()));
        }
    }
}

/// A page may forbid scripts, styles and everything from elsewhere.
#[test]
fn svg_needs_nothing_from_outside_and_no_style_or_script() {
    for diagram in all() {
        let text = svg(&diagram, &Marks::none()).unwrap();
        let document = Document::parse(&text).unwrap();
        for node in document.descendants().filter(Node::is_element) {
            let name = node.tag_name().name();
            assert!(
                ["svg", "g", "rect", "path", "line", "text", "title", "desc", "defs", "marker"]
                    .contains(&name),
                "{name}"
            );
            for attribute in node.attributes() {
                assert!(!["style", "href", "src"].contains(&attribute.name()), "{name}");
                assert!(!attribute.name().starts_with("on"), "{name} {}", attribute.name());
            }
        }
    }
}

/// On paper the letters are no smaller than 7.5 points, and the picture has the size that its letters ask for.
#[test]
fn on_paper_a_unit_is_the_ninety_sixth_part_of_an_inch() {
    for diagram in diagrams() {
        let text = svg(&diagram, &Marks::none()).unwrap();
        let document = Document::parse(&text).unwrap();
        let root = document.root_element();
        let width: f64 = root.attribute("width").unwrap().strip_suffix("mm").unwrap().parse().unwrap();
        let units: f64 = root.attribute("viewBox").unwrap().split(' ').nth(2).unwrap().parse().unwrap();
        assert!((width / 25.4 * 96.0 - units).abs() < 1.0, "{width} mm for {units}");
        let sizes = document.descendants().filter_map(|node| node.attribute("font-size"));
        assert!(sizes.map(|size| size.parse::<f64>().unwrap()).all(|size| size >= 10.0));
    }
}

/// A sheet laid across is so wide within its margins, in millimetres.
const A4: f64 = 277.0;
const A2: f64 = 574.0;
const A1: f64 = 821.0;

/// Whole statutes on extradition, with ten outcomes side by side, which ask for a larger sheet than A4.
const LARGE: [&str; 17] = [
    "au-extradition-act/extradition",
    "canada-extradition-act/extradition",
    "coe-extradition/to-denmark",
    "coe-extradition/to-france",
    "coe-extradition/to-united-kingdom",
    "eu-uk-tca/surrender-to-united-kingdom",
    "ie-eaw-act/surrender",
    "ie-extradition-act/extradition",
    "kr-extradition-act/extradition",
    "nz-extradition-act/backed-warrant",
    "nz-extradition-act/surrender",
    "nz-kr/extradition",
    "uk-extradition-act-part-1/hearing",
    "uk-extradition-act-part-1/surrender",
    "uk-extradition-act-part-2/appeal",
    "uk-extradition-act-part-2/extradition",
    "us-code-209/extradition",
];

/// This one asks for more than A2.
const LARGEST: &str = "uk-extradition-act-part-1/hearing";

/// What is wider than the sheet is printed smaller, and is to be read all the same: no letter below six points.
#[test]
fn on_a_sheet_no_letter_of_a_shipped_procedure_is_below_six_points() {
    let mut large = Vec::new();
    for diagram in diagrams() {
        let text = svg(&diagram, &Marks::none()).unwrap();
        let document = Document::parse(&text).unwrap();
        let width: f64 =
            document.root_element().attribute("width").unwrap().strip_suffix("mm").unwrap().parse().unwrap();
        let sizes = document.descendants().filter_map(|node| node.attribute("font-size"));
        let least = sizes.map(|size| size.parse::<f64>().unwrap()).fold(f64::INFINITY, f64::min);
        let points = |sheet: f64| least * 0.75 * (sheet / width).min(1.0);
        let sheet = if diagram.name == LARGEST { A1 } else { A2 };
        assert!(points(sheet) >= 6.0, "{}: {width} mm wide", diagram.name);
        if points(A4) < 6.0 {
            large.push(diagram.name.clone());
        }
    }
    assert_eq!(large, LARGE);
}

#[test]
fn the_same_procedure_is_drawn_the_same_each_time() {
    let draw = || all().iter().map(|diagram| svg(diagram, &Marks::none()).unwrap()).collect::<Vec<_>>();
    assert_eq!(draw(), draw());
}

/// Graphviz itself reads the text and says what it found.
#[test]
fn graphviz_reads_dot_and_finds_every_stage_and_move() {
    for diagram in all() {
        let mut graphviz = Command::new("dot")
            .arg("-Tplain")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("`dot` is needed here; `cargo xtask test` installs it (package graphviz)");
        let text = dot(&diagram, &Marks::none());
        graphviz.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = graphviz.wait_with_output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !errors.contains("syntax"), "{}: {errors}", diagram.name);
        let plain = String::from_utf8_lossy(&output.stdout);
        let count = |word: &str| plain.lines().filter(|line| line.starts_with(word)).count();
        let stages: usize = diagram.lanes.iter().map(|lane| lane.stops.len()).sum();
        assert_eq!(count("node "), stages, "{}", diagram.name);
        assert_eq!(count("edge "), diagram.steps().count(), "{}", diagram.name);
    }
}

/// Mermaid takes a label as it stands only where nothing in it is a sign of its own. `cargo xtask oracles` asks Mermaid itself.
#[test]
fn mermaid_has_a_line_for_each_stage_and_move_and_no_sign_of_its_own_in_a_label() {
    for diagram in all() {
        let text = mermaid(&diagram, &Marks::none());
        let body = text.split_once("flowchart TB\n").unwrap().1;
        let labels: Vec<&str> = body.split('"').skip(1).step_by(2).collect();
        for label in &labels {
            let mut rest = *label;
            while let Some((before, after)) = rest.split_once('#') {
                let (number, after) = after.split_once(';').unwrap();
                assert!(number.parse::<u32>().is_ok(), "{label}");
                assert!(
                    !before.contains(['<', '>', '&', '|', '[', ']', '{', '}', '"', ';', '\\']),
                    "{label}"
                );
                rest = after;
            }
            assert!(!rest.contains(['<', '>', '&', '|', '[', ']', '{', '}', '"', ';', '\\']), "{label}");
        }
        let stages: usize = diagram.lanes.iter().map(|lane| lane.stops.len()).sum();
        assert_eq!(labels.len(), diagram.lanes.len() + stages + diagram.steps().count());
        assert_eq!(body.lines().filter(|line| line.contains("-->|")).count(), diagram.steps().count());
        assert_eq!(body.matches("\n  end").count(), diagram.lanes.len());
    }
}

#[test]
fn provisions_stand_on_the_moves_of_every_format() {
    for diagram in diagrams() {
        let written = [dot(&diagram, &Marks::none()), mermaid(&diagram, &Marks::none())];
        for one in diagram.lanes.iter().flat_map(|lane| &lane.moves) {
            assert!(!one.basis.is_empty(), "{}: {} cites nothing", diagram.name, one.name);
            let first = one.basis.split([';', '#']).next().unwrap();
            assert!(written.iter().all(|text| text.contains(first)), "{}: {first}", diagram.name);
        }
    }
}
