//! A picture as SVG, for a page and for paper.
//!
//! It is black on white and needs nothing from outside: no font, no script, no style sheet, so that it may also stand in a page
//! that allows none of these. Its parts are nested lists (lane,
//! stage, moves), the technique by which screen readers tell a flow chart; what is only drawn is hidden from them.

use std::fmt::Write as _;

use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

use crate::colour::{CROSSED, CURRENT, EDGE, INK, NOT_CROSSED, PAPER, PAST, SHADE};
use crate::diagram::{Diagram, Lane, Move, Stop};
use crate::layout::{DrawError, plan};
use crate::marks::{Mark, Marks};
use crate::plan::{Area, Arrow, PlacedLane, Plan, Point, StageBox, TextLine, Weight};
use crate::style::{BEND, LANE_HEADING, MARGIN};
use crate::text::clean;

/// Draws a procedure as SVG.
///
/// # Errors
///
/// Returns [`DrawError`] if a track is too large to be drawn.
pub fn svg(diagram: &Diagram, marks: &Marks) -> Result<String, DrawError> {
    let plan = plan(diagram, marks)?;
    let mut drawing = Drawing::new(diagram);
    drawing.picture(diagram, marks, &plan);
    Ok(drawing.finished())
}

/// SVG that is being written. Elements close in the order in which they were opened, and all text goes through the writer,
/// which escapes it.
struct Drawing {
    writer: Writer<Vec<u8>>,
    open: Vec<&'static str>,
    /// What the ids of this picture begin with, for several may stand on one page.
    ids: String,
}

impl Drawing {
    fn new(diagram: &Diagram) -> Self {
        let mut ids = format!("comity-{}", letters(&diagram.name));
        // The tracks of one procedure may each be a picture of their own.
        if let [lane] = diagram.lanes.as_slice() {
            ids = format!("{ids}.{}", letters(&lane.name));
        }
        Self { writer: Writer::new_with_indent(Vec::new(), b' ', 1), open: Vec::new(), ids }
    }

    fn finished(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        let mut text = String::from_utf8_lossy(&self.writer.into_inner()).into_owned();
        text.push('\n');
        text
    }

    /// Writes to memory, which does not fail.
    fn write(&mut self, event: Event<'_>) {
        let _ = self.writer.write_event(event);
    }

    fn open(&mut self, name: &'static str, attributes: &[(&str, String)]) {
        self.write(Event::Start(element(name, attributes)));
        self.open.push(name);
    }

    fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.write(Event::End(BytesEnd::new(name)));
        }
    }

    fn empty(&mut self, name: &'static str, attributes: &[(&str, String)]) {
        self.write(Event::Empty(element(name, attributes)));
    }

    fn holding(&mut self, name: &'static str, attributes: &[(&str, String)], text: &str) {
        self.open(name, attributes);
        self.write(Event::Text(BytesText::new(&clean(text))));
        self.close();
    }

    fn picture(&mut self, diagram: &Diagram, marks: &Marks, plan: &Plan) {
        let (width, height) = (shown(plan.width), shown(plan.height));
        self.open(
            "svg",
            &[
                ("xmlns", "http://www.w3.org/2000/svg".to_owned()),
                ("viewBox", format!("0 0 {width} {height}")),
                ("width", format!("{}mm", millimetres(plan.width))),
                ("height", format!("{}mm", millimetres(plan.height))),
                ("role", "group".to_owned()),
                ("aria-labelledby", format!("{0}-title {0}-description", self.ids)),
                ("font-family", "Arial, Helvetica, 'Liberation Sans', sans-serif".to_owned()),
                ("text-anchor", "middle".to_owned()),
                ("fill", INK.to_owned()),
            ],
        );
        let title = format!("{}: {}, version {}", diagram.title, diagram.name, diagram.version);
        self.holding("title", &[("id", format!("{}-title", self.ids))], &title);
        self.holding("desc", &[("id", format!("{}-description", self.ids))], &description(diagram));
        self.arrow_head();
        self.empty("rect", &[("width", width), ("height", height), ("fill", PAPER.to_owned())]);
        self.heading(diagram);
        self.open("g", &[role("list")]);
        for (lane, placed) in diagram.lanes.iter().zip(&plan.lanes) {
            self.lane(lane, placed, marks);
        }
        self.close();
        self.legend(marks, plan.foot);
    }

    fn arrow_head(&mut self) {
        self.open("defs", &[]);
        self.open(
            "marker",
            &[
                ("id", format!("{}-arrow", self.ids)),
                ("viewBox", "0 0 8 8".to_owned()),
                ("refX", "7.5".to_owned()),
                ("refY", "4".to_owned()),
                ("markerWidth", "8".to_owned()),
                ("markerHeight", "8".to_owned()),
                ("markerUnits", "userSpaceOnUse".to_owned()),
                ("orient", "auto".to_owned()),
            ],
        );
        self.empty("path", &[("d", "M0 0.5 L8 4 L0 7.5 z".to_owned())]);
        self.close();
        self.close();
    }

    fn heading(&mut self, diagram: &Diagram) {
        let row = |y: f64, size: &str, weight: &str| {
            vec![
                left(),
                ("x", shown(MARGIN)),
                ("y", shown(y)),
                ("font-size", size.to_owned()),
                ("font-weight", weight.to_owned()),
                hidden(),
            ]
        };
        self.holding("text", &row(MARGIN + 14.0, "15", "bold"), &diagram.title);
        let below = format!("{}, version {}", diagram.name, diagram.version);
        self.holding("text", &row(MARGIN + 30.0, "11", "normal"), &below);
    }

    fn lane(&mut self, lane: &Lane, placed: &PlacedLane, marks: &Marks) {
        self.open("g", &[role("listitem")]);
        let area = &placed.area;
        let mut frame = rectangle(area);
        frame.extend([("fill", PAPER.to_owned()), ("stroke", EDGE.to_owned()), role("img")]);
        self.titled("rect", &frame, &format!("Track: {}", lane.title));
        let mut heading = rectangle(&Area { height: LANE_HEADING, ..*area });
        heading.extend([("fill", SHADE.to_owned()), ("stroke", EDGE.to_owned()), hidden()]);
        self.empty("rect", &heading);
        let at = Point { x: area.x + area.width / 2.0, y: area.y + LANE_HEADING * 0.65 };
        self.line(&TextLine { text: clean(&lane.title), weight: Weight::Strong, at });
        self.outcomes(placed);
        self.open("g", &[role("list")]);
        for (stop, one) in lane.stops.iter().zip(&placed.boxes) {
            self.stage(lane, placed, stop, one, marks);
        }
        self.close();
        self.close();
    }

    fn outcomes(&mut self, placed: &PlacedLane) {
        let Some(y) = placed.outcomes_from.filter(|_| !placed.arrows.is_empty()) else { return };
        let area = &placed.area;
        self.empty(
            "line",
            &[
                ("stroke", EDGE.to_owned()),
                ("stroke-dasharray", "5 4".to_owned()),
                hidden(),
                ("x1", shown(area.x)),
                ("x2", shown(area.right())),
                ("y1", shown(y)),
                ("y2", shown(y)),
            ],
        );
    }

    /// A stage with the moves that lead on from it.
    fn stage(&mut self, lane: &Lane, placed: &PlacedLane, stop: &Stop, one: &StageBox, marks: &Marks) {
        self.open("g", &[role("listitem")]);
        let mark = marks.of_stage(lane.track, stop.stage);
        let mut attributes = rectangle(&one.area);
        attributes.extend(border(mark, if stop.opens { 2.4 } else { 1.2 }));
        attributes.extend([
            ("rx", if stop.outcome.is_some() { "0" } else { "6" }.to_owned()),
            role("img"),
            ("data-stage", clean(&format!("{}.{}", lane.name, stop.name))),
        ]);
        self.titled("rect", &attributes, &stage_in_words(stop, mark));
        if stop.outcome.is_some() {
            let inner = Area {
                x: one.area.x + 2.5,
                y: one.area.y + 2.5,
                width: one.area.width - 5.0,
                height: one.area.height - 5.0,
            };
            let mut inner = rectangle(&inner);
            inner.extend([("fill", "none".to_owned()), ("stroke", INK.to_owned()), hidden()]);
            self.empty("rect", &inner);
        }
        one.lines.iter().for_each(|line| self.line(line));
        let onward: Vec<&Arrow> = placed.arrows.iter().filter(|arrow| arrow.from == stop.stage).collect();
        if !onward.is_empty() {
            self.open("g", &[role("list")]);
            for arrow in onward {
                self.arrow(lane, arrow, marks);
            }
            self.close();
        }
        self.close();
    }

    /// An arrow: its line once, then each move that it stands for.
    fn arrow(&mut self, lane: &Lane, arrow: &Arrow, marks: &Marks) {
        let path = [
            ("d", way(&arrow.points)),
            ("fill", "none".to_owned()),
            ("stroke", INK.to_owned()),
            ("stroke-width", "1.1".to_owned()),
            ("marker-end", format!("url(#{}-arrow)", self.ids)),
            hidden(),
        ];
        self.empty("path", &path);
        // The line breaks off at the label, so that nothing runs through the words.
        let mut ground = rectangle(&arrow.label);
        ground.extend([("fill", PAPER.to_owned()), hidden()]);
        self.empty("rect", &ground);
        for label in &arrow.moves {
            let Some(one) = lane.moves.get(label.place) else { continue };
            self.one_move(lane, arrow, one, &label.lines, marks);
        }
    }

    fn one_move(&mut self, lane: &Lane, arrow: &Arrow, one: &Move, lines: &[TextLine], marks: &Marks) {
        self.open("g", &[role("listitem")]);
        let mark = marks.of_step(one.step);
        let mut ground = rectangle(&covered(arrow, lines));
        match mark {
            None => ground.push(("fill", PAPER.to_owned())),
            Some(_) => ground.extend(border(mark, 1.0)),
        }
        ground.extend([role("img"), ("data-cause", clean(&one.name))]);
        let marked = mark.map(|mark| format!(" – {}", mark.words())).unwrap_or_default();
        self.titled("rect", &ground, &(one.sentence(lane) + &marked));
        for line in lines {
            self.line(line);
        }
        self.close();
    }

    fn titled(&mut self, name: &'static str, attributes: &[(&str, String)], title: &str) {
        self.open(name, attributes);
        self.holding("title", &[], title);
        self.close();
    }

    /// Text that is drawn. Whoever cannot see it has heard it from the title of what it stands in.
    fn line(&mut self, line: &TextLine) {
        let mut attributes = vec![
            ("x", shown(line.at.x)),
            ("y", shown(line.at.y)),
            ("font-size", shown(line.weight.size())),
            hidden(),
        ];
        if line.weight == Weight::Strong {
            attributes.push(("font-weight", "bold".to_owned()));
        }
        self.holding("text", &attributes, &line.text);
    }

    fn legend(&mut self, marks: &Marks, top: f64) {
        let mut x = MARGIN;
        for mark in marks.used() {
            let area = Area { x, y: top, width: 20.0, height: 12.0 };
            let mut sample = rectangle(&area);
            sample.extend(border(Some(mark), 1.0));
            sample.push(hidden());
            self.empty("rect", &sample);
            let attributes =
                [left(), ("x", shown(x + 26.0)), ("y", shown(top + 10.0)), ("font-size", "10".to_owned())];
            self.holding("text", &attributes, mark.words());
            x += 140.0;
        }
    }
}

/// What one move covers of the label of its arrow.
fn covered(arrow: &Arrow, lines: &[TextLine]) -> Area {
    let tops = lines.iter().map(|line| line.at.y - line.weight.leading() * 0.8);
    let bottoms = lines.iter().map(|line| line.at.y + line.weight.leading() * 0.25);
    let top = tops.min_by(f64::total_cmp).unwrap_or(arrow.label.y);
    let bottom = bottoms.max_by(f64::total_cmp).unwrap_or(arrow.label.y);
    Area { y: top, height: bottom - top, ..arrow.label }
}

fn stage_in_words(stop: &Stop, mark: Option<Mark>) -> String {
    let opens = if stop.opens { ", opens here" } else { "" };
    let outcome = stop.outcome.as_ref().map(|outcome| format!(", outcome: {outcome}")).unwrap_or_default();
    let mark = mark.map(|mark| format!(" – {}", mark.words())).unwrap_or_default();
    format!("Stage: {}{opens}{outcome}{mark}", stop.title)
}

fn description(diagram: &Diagram) -> String {
    let lanes = diagram
        .lanes
        .iter()
        .map(|lane| format!("{} ({} stages, {} moves)", lane.title, lane.stops.len(), lane.moves.len()));
    let lanes = lanes.collect::<Vec<_>>().join("; ");
    format!(
        "The tracks of the procedure as lists of stages, each with the moves that lead on from it and their provisions: {lanes}"
    )
}

/// The path along `points`, with round bends.
fn way(points: &[Point]) -> String {
    let mut path = String::new();
    let Some(first) = points.first() else { return path };
    // Writing to a string does not fail.
    let _ = write!(path, "M{} {}", shown(first.x), shown(first.y));
    for bend in points.windows(3) {
        if let [before, at, after] = bend {
            let (from, to) = (towards(*at, *before), towards(*at, *after));
            let _ = write!(
                path,
                " L{} {} Q{} {} {} {}",
                shown(from.x),
                shown(from.y),
                shown(at.x),
                shown(at.y),
                shown(to.x),
                shown(to.y)
            );
        }
    }
    if let Some(last) = points.last().filter(|_| points.len() > 1) {
        let _ = write!(path, " L{} {}", shown(last.x), shown(last.y));
    }
    path
}

/// The point on the way from `at` to `other` where a bend begins: no further than half way.
fn towards(at: Point, other: Point) -> Point {
    let (x, y) = (other.x - at.x, other.y - at.y);
    let long = x.hypot(y);
    let part = if long > 0.0 { (BEND / long).min(0.5) } else { 0.0 };
    Point { x: at.x + x * part, y: at.y + y * part }
}

fn element<'a>(name: &'a str, attributes: &[(&str, String)]) -> BytesStart<'a> {
    let mut element = BytesStart::new(name);
    for (key, value) in attributes {
        element.push_attribute((*key, value.as_str()));
    }
    element
}

fn rectangle(area: &Area) -> Vec<(&'static str, String)> {
    vec![
        ("x", shown(area.x)),
        ("y", shown(area.y)),
        ("width", shown(area.width)),
        ("height", shown(area.height)),
    ]
}

/// The ground and the border of something that may stand out. The colours keep 4.5 to 1 under black letters, the borders 3
/// to 1 on white, and in grey the marks still differ by width and dashes.
fn border(mark: Option<Mark>, usual: f64) -> Vec<(&'static str, String)> {
    let ((fill, stroke), wider, dashes) = match mark {
        None => ((PAPER, INK), 0.0, None),
        Some(Mark::Current) => (CURRENT, 2.0, None),
        Some(Mark::Past) => (PAST, 0.6, None),
        Some(Mark::Crossed) => (CROSSED, 0.6, None),
        Some(Mark::NotCrossed) => (NOT_CROSSED, 0.6, Some("6 3")),
    };
    let mut attributes = vec![
        ("fill", fill.to_owned()),
        ("stroke", stroke.to_owned()),
        ("stroke-width", shown(usual + wider)),
    ];
    attributes.extend(dashes.map(|dashes| ("stroke-dasharray", dashes.to_owned())));
    attributes.extend(mark.map(|mark| ("class", mark.class().to_owned())));
    attributes
}

/// A name as a part of an id.
fn letters(name: &str) -> String {
    let letter = |c: char| match c {
        '/' => '.',
        c if c.is_ascii_alphanumeric() => c,
        _ => '-',
    };
    name.chars().map(letter).collect()
}

fn role(name: &str) -> (&'static str, String) {
    ("role", name.to_owned())
}

fn left() -> (&'static str, String) {
    ("text-anchor", "start".to_owned())
}

fn hidden() -> (&'static str, String) {
    ("aria-hidden", "true".to_owned())
}

/// A number to the tenth, without a tail of noughts.
fn shown(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// A length on paper.
fn millimetres(length: f64) -> String {
    shown(length * 25.4 / 96.0)
}
