//! Pages for people: tones, lines and tables, no wider than a page.

mod size;
mod table;
mod wrap;

pub(crate) use size::size;
pub(crate) use table::{Cell, Table, cell};
pub(crate) use wrap::width;

use anstyle::{AnsiColor, Style};

/// The widest line that is printed, in columns of the terminal.
pub(crate) const WIDTH: usize = 110;

/// How a piece of text is meant. Nothing is said by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As it is.
    Plain,
    /// A heading, or what matters in a line.
    Strong,
    /// What may be skipped.
    Faint,
    /// All is well.
    Good,
    /// Something is wrong, or ran out.
    Bad,
    /// Somebody should look.
    Heed,
    /// A name from a procedure.
    Name,
}

impl Tone {
    fn style(self) -> Style {
        let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Faint => Style::new().dimmed(),
            Self::Good => colour(AnsiColor::Green),
            Self::Bad => colour(AnsiColor::Red).bold(),
            Self::Heed => colour(AnsiColor::Yellow),
            Self::Name => colour(AnsiColor::Cyan),
        }
    }

    /// `text` with the codes of this tone around it.
    fn paint(self, text: &str) -> String {
        if text.is_empty() || self == Self::Plain {
            return text.to_owned();
        }
        let style = self.style();
        format!("{}{text}{}", style.render(), style.render_reset())
    }
}

/// Text to be printed. It holds the codes for colours, which are taken out where none are wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    text: String,
}

impl Page {
    /// An empty page.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// The page so far, with codes.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// An empty line, unless the page is empty or one was just left.
    pub(crate) fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A heading, set off by a line above.
    pub(crate) fn heading(&mut self, text: &str) {
        self.blank();
        self.line(&[(Tone::Strong, text)]);
    }

    /// One line of pieces, as long as they are.
    pub(crate) fn line(&mut self, pieces: &[(Tone, &str)]) {
        let painted: String = pieces.iter().map(|(tone, text)| tone.paint(&clean(text))).collect();
        self.text.push_str(painted.trim_end());
        self.text.push('\n');
    }

    /// Text in lines no wider than the page, each `indent` columns from the left.
    pub(crate) fn wrapped(&mut self, indent: usize, tone: Tone, text: &str) {
        let left = " ".repeat(indent);
        for line in wrap::lines(&clean(text), WIDTH.saturating_sub(indent)) {
            self.line(&[(Tone::Plain, &left), (tone, &line)]);
        }
    }

    /// A short label and a text that hangs beside it.
    pub(crate) fn labelled(&mut self, label: (Tone, &str), indent: usize, text: &str) {
        let hang = indent + width(label.1).max(8) + 2;
        let mut lines = wrap::lines(&clean(text), WIDTH.saturating_sub(hang)).into_iter();
        let gap = " ".repeat(hang - indent - width(label.1));
        let left = " ".repeat(indent);
        self.line(&[
            (Tone::Plain, &left),
            label,
            (Tone::Plain, &gap),
            (Tone::Plain, &lines.next().unwrap_or_default()),
        ]);
        let left = " ".repeat(hang);
        for line in lines {
            self.line(&[(Tone::Plain, &left), (Tone::Plain, &line)]);
        }
    }

    /// A table, `indent` columns from the left.
    pub(crate) fn table(&mut self, indent: usize, table: &Table) {
        for line in table.lines(WIDTH.saturating_sub(indent)) {
            self.text.push_str(&" ".repeat(indent));
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }

    /// Pieces with their own line breaks, as a diagnostic gives them.
    pub(crate) fn pieces<'t>(&mut self, pieces: impl IntoIterator<Item = (Tone, &'t str)>) {
        for (tone, text) in pieces {
            let lines: Vec<String> = text.split('\n').map(cleaned_but_tabs).collect();
            self.text.push_str(&tone.paint(&lines.join("\n")));
        }
        if !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// Everything of another page.
    pub(crate) fn append(&mut self, other: &Self) {
        self.text.push_str(&other.text);
    }
}

fn cleaned_but_tabs(line: &str) -> String {
    line.split('\t').map(clean).collect::<Vec<_>>().join("\t")
}

/// Text without characters that could steer a terminal: a title or a note is written by somebody else.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

/// Whether a character moves what is shown: a control, or one that turns the direction in which text is read.
pub(crate) fn steers(character: char) -> bool {
    let turns = matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    character.is_control() || turns
}

/// A word that somebody typed, short enough to be repeated in a message.
pub(crate) fn short(word: &str) -> String {
    const LETTERS: usize = 80;
    if word.chars().count() <= LETTERS {
        return clean(word);
    }
    clean(&word.chars().take(LETTERS).collect::<String>()) + "…"
}
