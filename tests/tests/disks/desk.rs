//! A process with a store, and what it stands on.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use tempfile::TempDir;

/// A process that says nothing for so long hangs, which is what no disk may bring it to.
const PATIENCE: Duration = Duration::from_mins(2);

/// How a process is started.
#[derive(Clone, Copy)]
pub(crate) enum As {
    /// As it is.
    Plain,
    /// With so many file handles.
    Handles(u32),
    /// Held to the rights of files, whoever runs the tests: an account that may do everything does not lose a right.
    Held,
}

/// A process that has a store open.
pub(crate) struct Desk {
    child: Child,
    tell: Option<ChildStdin>,
    lines: Receiver<String>,
}

/// How the store is opened: bytes of the disk that stay free, and the length of segments.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) floor: u64,
    pub(crate) segment: u64,
}

impl Desk {
    /// Starts a process on the store, and gives what it says of the opening if that fails.
    pub(crate) fn open(store: &Path, sizes: Sizes, how: As) -> Result<Self, String> {
        let desk = env!("CARGO_BIN_EXE_store-desk");
        let mut command = match how {
            As::Plain => Command::new(desk),
            As::Handles(number) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", &format!("ulimit -n {number} && exec \"$0\" \"$@\""), desk]);
                shell
            }
            As::Held => {
                let mut unshare = Command::new("unshare");
                unshare.args(["--user", desk]);
                unshare
            }
        };
        command.arg(store).args([sizes.floor.to_string(), sizes.segment.to_string()]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (tell, lines) = (child.stdin.take(), lines(&mut child));
        let mut desk = Self { child, tell, lines };
        match desk.hear().as_str() {
            "ok open" => Ok(desk),
            said => Err(said.to_owned()),
        }
    }

    fn hear(&mut self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("the process ended by itself or hangs; see above")
    }

    /// What is said to `command`.
    pub(crate) fn ask(&mut self, command: &str) -> String {
        let tell = self.tell.as_mut().unwrap();
        tell.write_all(format!("{command}\n").as_bytes()).unwrap();
        self.hear()
    }

    /// The number that is said to `command`, which must go well.
    #[track_caller]
    pub(crate) fn number(&mut self, command: &str) -> u64 {
        let said = self.ask(command);
        let number = said.strip_prefix("ok ").and_then(|number| number.parse().ok());
        number.unwrap_or_else(|| panic!("{command}: {said}"))
    }

    /// Appends to the case until that is refused, and gives how many entries it has, and the refusal.
    pub(crate) fn append_until_refused(&mut self, case: u32, bytes: usize) -> (u64, String) {
        let mut version = self.number(&format!("read {case}"));
        for _ in 0..20_000 {
            let said = self.ask(&format!("append {case} {bytes}"));
            match said.strip_prefix("ok ") {
                Some(number) => version = number.parse().unwrap(),
                None => return (version, said),
            }
        }
        panic!("nothing was refused");
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a crash does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Closes the store, and waits until the process has ended.
    pub(crate) fn close(mut self) -> String {
        let said = self.ask("close");
        self.tell = None;
        assert!(self.child.wait().unwrap().success());
        said
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // Whatever a failed test leaves behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(child: &mut Child) -> Receiver<String> {
    let out = BufReader::new(child.stdout.take().unwrap());
    let (say, lines) = channel();
    std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| say.send(line)));
    lines
}

/// A disk of its own, of so many mebibytes, which goes with the test.
///
/// It is a file system in memory, mounted where no other process sees it by its path: in a namespace of a process that
/// holds it. So nobody needs rights that a test should not have. Where the system forbids even that, the test fails.
pub(crate) struct Disk {
    holder: Child,
    _at: TempDir,
    path: PathBuf,
}

impl Disk {
    pub(crate) fn of(mebibytes: u32) -> Self {
        let at = tempfile::tempdir().unwrap();
        let script =
            format!("mount -t tmpfs -o size={mebibytes}m,mode=700 tmpfs \"$0\" && echo mounted && exec cat");
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]).arg(at.path());
        let mut holder = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let said = lines(&mut holder).recv_timeout(PATIENCE);
        assert_eq!(
            said.as_deref(),
            Ok("mounted"),
            "this test needs a small disk: `unshare --user --map-root-user --mount` and a tmpfs must be allowed"
        );
        let path = PathBuf::from(format!("/proc/{}/root{}", holder.id(), at.path().display()));
        assert!(rustix::fs::statvfs(&path).unwrap().f_blocks > 0);
        Self { holder, _at: at, path }
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.path.join("store")
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Fills the disk until so many bytes are left.
    pub(crate) fn fill(&self, left: u64) {
        let about = rustix::fs::statvfs(&self.path).unwrap();
        let free = about.f_bavail * about.f_frsize;
        let file = fs::File::options().create(true).append(true).open(self.path.join("other")).unwrap();
        let length = file.metadata().unwrap().len() + free.saturating_sub(left);
        rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, length).unwrap();
    }

    /// Takes away what filled it.
    pub(crate) fn free(&self) {
        fs::remove_file(self.path.join("other")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
