//! What a command answers, and how it is printed.

use std::io::{self, Write};

use anstream::AutoStream;
use serde_json::{Map, Value, json};

use crate::cli::Output;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::print::{Page, Tone};

/// The version of the JSON documents.
const DOCUMENT: u32 = 1;

/// What a command answers: the same twice, for people and for programs.
pub(crate) struct Answer {
    /// For people.
    pub(crate) page: Page,
    /// For programs.
    pub(crate) document: Value,
    /// How it ended.
    pub(crate) exit: Exit,
    /// What stands in the store now, whether or not the answer can be written.
    recorded: Option<String>,
    /// Whether it is on standard output already.
    is_written: bool,
}

impl Answer {
    /// An answer that all went well.
    pub(crate) fn fine(page: Page, document: Value) -> Self {
        Self { page, document, exit: Exit::Fine, recorded: None, is_written: false }
    }

    /// An answer about something that is on disk. That the answer cannot be written does not undo it: whoever took
    /// it for a failure would record it again.
    pub(crate) fn recorded(page: Page, document: Value, what: impl Into<String>) -> Self {
        Self { recorded: Some(what.into()), ..Self::fine(page, document) }
    }

    /// An answer that went to standard output while it was made, and to which nothing is added there.
    pub(crate) fn written() -> Self {
        Self { is_written: true, ..Self::fine(Page::new(), Value::Null) }
    }

    /// The same answer with another ending.
    pub(crate) fn ending(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }
}

/// Prints an answer.
pub(crate) fn print(output: &Output, command: &str, answer: &Answer) -> Exit {
    let printed = if answer.is_written {
        Ok(())
    } else if output.json {
        print_document(command, &answer.document)
    } else {
        let mut stdout = AutoStream::new(io::stdout().lock(), output.color.choice());
        stdout.write_all(answer.page.text().as_bytes()).and_then(|()| stdout.flush())
    };
    match (&answer.recorded, printed) {
        (Some(recorded), Err(error)) => {
            let mut stderr = io::stderr().lock();
            // If that is closed too, the exit code still tells.
            let _ = writeln!(stderr, "note: {recorded}; the answer could not be written: {error}");
            answer.exit
        }
        (_, printed) => settled(printed, answer.exit),
    }
}

/// Prints a failure: the page to standard error, the document to standard output.
pub(crate) fn print_failure(output: &Output, command: &str, failure: &Failure) -> Exit {
    let mut stderr = AutoStream::new(io::stderr().lock(), output.color.choice());
    // If standard error is closed, the exit code still tells.
    let _ = stderr.write_all(failure.page().text().as_bytes()).and_then(|()| stderr.flush());
    if output.json {
        let printed = print_document(command, &json!({ "error": failure.document() }));
        return settled(printed, failure.exit());
    }
    failure.exit()
}

/// Prints what the command line is wrong in, or the help that was asked for. Clap tells people; programs that asked for
/// a document get one.
pub(crate) fn print_misuse(error: &clap::Error) -> Exit {
    // If the stream is closed, the exit code still tells.
    let _ = error.print();
    if !error.use_stderr() {
        return Exit::Fine;
    }
    let wants_document = std::env::args_os().take_while(|word| word != "--").any(|word| word == "--json");
    if wants_document {
        let failure = misuse(error);
        return settled(print_document("", &json!({ "error": failure.document() })), failure.exit());
    }
    Exit::Usage
}

fn misuse(error: &clap::Error) -> Failure {
    let text = error.to_string();
    let what = text.lines().map(str::trim).take_while(|line| !line.is_empty() && !line.starts_with("Usage:"));
    let what = what.collect::<Vec<_>>().join(" ");
    Failure::usage(what.trim_start_matches("error: "), "comity --help")
}

/// Says something in passing, on standard error.
pub(crate) fn remark(text: &str) {
    let mut page = Page::new();
    page.wrapped(0, Tone::Faint, &format!("note: {text}"));
    anstream::eprint!("{}", page.text());
}

/// Two documents as one.
pub(crate) fn joined(first: Value, second: Value) -> Value {
    match (first, second) {
        (Value::Object(mut first), Value::Object(second)) => {
            first.extend(second);
            Value::Object(first)
        }
        (first, _) => first,
    }
}

fn print_document(command: &str, document: &Value) -> io::Result<()> {
    let mut whole = Map::new();
    whole.insert("comity".to_owned(), json!(DOCUMENT));
    whole.insert("command".to_owned(), json!(command));
    if let Value::Object(more) = document {
        whole.extend(more.clone());
    }
    let mut stdout = io::stdout().lock();
    serde_json::to_writer_pretty(&mut stdout, &Value::Object(whole))?;
    stdout.write_all(b"\n").and_then(|()| stdout.flush())
}

/// A reader that goes away early, as `head` does, is no fault.
fn settled(printed: io::Result<()>, exit: Exit) -> Exit {
    match printed {
        Ok(()) => exit,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => exit,
        Err(error) => {
            anstream::eprintln!("error: the answer could not be written: {error}");
            Exit::Failed
        }
    }
}
