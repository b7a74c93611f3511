//! Runs other programs from the root of the workspace.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::place::root;

/// A command to be run, kept as words so that it can be shown.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    words: Vec<String>,
    environment: Vec<(&'static str, String)>,
}

impl Line {
    /// A command whose words hold no spaces.
    pub(crate) fn new(words: &str) -> Self {
        Self { words: words.split_whitespace().map(str::to_owned).collect(), environment: Vec::new() }
    }

    /// A program of the workspace as the tests before have built it, which lies beside this one. `cargo run` would build it
    /// anew: alone it has other features than among all.
    ///
    /// # Errors
    ///
    /// Returns [`Failure`] if this program does not know where it lies.
    pub(crate) fn built(program: &str, words: &str) -> Result<Self, Failure> {
        let here = std::env::current_exe()
            .map_err(|source| Failure::new(format!("cannot say where this program lies: {source}")))?;
        let path = here.with_file_name(program);
        let mut line = Self::new(words);
        line.words.insert(0, path.display().to_string());
        Ok(line)
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    pub(crate) fn shown(&self) -> String {
        let set = self.environment.iter().map(|(name, value)| format!("{name}={value:?}"));
        set.chain(self.words.iter().cloned()).collect::<Vec<_>>().join(" ")
    }

    fn command(&self) -> Result<Command, Failure> {
        let (program, arguments) =
            self.words.split_first().ok_or_else(|| Failure::new("there is no command to run"))?;
        let mut command = Command::new(program);
        command.args(arguments).current_dir(root()).stdin(Stdio::null());
        command.envs(self.environment.iter().map(|(name, value)| (*name, value.as_str())));
        Ok(command)
    }

    fn not_started(&self, source: &io::Error) -> Failure {
        Failure::new(format!("cannot start `{}`: {source}", self.shown()))
    }

    /// Runs it in the open.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        println!("$ {}", self.shown());
        let status = self.command()?.status().map_err(|source| self.not_started(&source))?;
        if status.success() { Ok(()) } else { Err(Failure::new(format!("`{}` failed", self.shown()))) }
    }

    /// Runs it in silence and returns what it wrote.
    pub(crate) fn output(&self) -> Result<String, Failure> {
        let mut command = self.command()?;
        let output = command.stderr(Stdio::inherit()).output().map_err(|source| self.not_started(&source))?;
        if !output.status.success() {
            return Err(Failure::new(format!("`{}` failed", self.shown())));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs it in silence, with what it writes to standard error in a file. Returns whether it succeeded.
    pub(crate) fn log(&self, file: &Path) -> Result<bool, Failure> {
        println!("$ {}", self.shown());
        let log = File::create(file).map_err(|source| Failure::io("write", file, &source))?;
        let mut command = self.command()?;
        let status = command.stderr(log).status().map_err(|source| self.not_started(&source))?;
        Ok(status.success())
    }

    /// Runs it in the open and shows each line of its results to `see` as well. Returns whether it succeeded.
    pub(crate) fn watch(&self, mut see: impl FnMut(&str)) -> Result<bool, Failure> {
        println!("$ {}", self.shown());
        let mut child =
            self.command()?.stdout(Stdio::piped()).spawn().map_err(|source| self.not_started(&source))?;
        if let Some(stdout) = child.stdout.take() {
            let broken = |source: io::Error| Failure::new(format!("`{}`: {source}", self.shown()));
            for_each_line(BufReader::new(stdout), &mut see).map_err(broken)?;
        }
        let status = child.wait().map_err(|source| self.not_started(&source))?;
        Ok(status.success())
    }
}

/// Passes lines through as they come. A test may write bytes that are no text; they pass as they are.
fn for_each_line(mut from: impl BufRead, see: &mut impl FnMut(&str)) -> io::Result<()> {
    let mut line = Vec::new();
    let mut out = io::stdout();
    while from.read_until(b'\n', &mut line)? > 0 {
        out.write_all(&line)?;
        out.flush()?;
        see(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
    Ok(())
}
