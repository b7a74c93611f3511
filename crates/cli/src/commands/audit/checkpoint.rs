//! Signed checkpoints, by which somebody else can see that the record was not cut or written anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use comity_store::{BadKey, Checkpoint, Journal, Report, Signer, SledJournal};
use serde_json::json;

use super::kept::{Kept, folder_of, goes_on_from, keep, make_folder, newest};
use super::post::Keeper;
use crate::answer::Answer;
use crate::context::{block_on, open_options, quoted};
use crate::failure::{Failure, Missed};
use crate::files::{OWN, write_new};
use crate::print::{Page, Tone};

/// The key to be made.
#[derive(Args)]
pub(crate) struct KeyArgs {
    /// The file of the secret key; it must not be there yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What the key is called in checkpoints, such as ministry.example/comity
    #[arg(long)]
    name: String,
}

/// The checkpoint to be signed.
#[derive(Args)]
pub(crate) struct CheckpointArgs {
    /// The folder of the store
    #[arg(long, env = "COMITY_STORE", default_value = "data", value_name = "DIR", hide_env_values = true)]
    store: PathBuf,
    /// The file of the secret key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// A folder that keeps checkpoints too, best on a machine of somebody else; may be given several times
    #[arg(long, value_name = "DIR")]
    keep: Vec<PathBuf>,
    /// A keeper elsewhere, to whom the checkpoint is sent by POST; may be given several times
    #[arg(long, value_name = "URL", env = "COMITY_POST", hide_env_values = true)]
    post: Vec<String>,
    /// Send it without encryption to other machines too
    #[arg(long)]
    plain_http: bool,
    /// How many seconds a keeper elsewhere may take, each time that it is asked
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=600))]
    patience: u64,
}

pub(super) fn key(args: &KeyArgs) -> Result<Answer, Failure> {
    let signer = Signer::new(&args.name).map_err(|bad| refused(&bad))?;
    write_new(&args.file, &format!("{}\n", signer.secret_text()), OWN)?;
    let shown = args.file.display().to_string();
    let mut page = Page::new();
    page.line(&[(Tone::Good, "made"), (Tone::Plain, "  the secret key in "), (Tone::Strong, &shown)]);
    page.labelled((Tone::Strong, "hand out"), 0, &signer.public_text());
    page.labelled((Tone::Strong, "next"), 0, &format!("comity audit checkpoint --key {}", quoted(&shown)));
    let document = json!({ "file": shown, "public": signer.public_text() });
    Ok(Answer::recorded(page, document, format!("the key is in {}", quoted(&shown))))
}

/// The key in a file.
pub(super) fn signer(file: &Path) -> Result<Signer, Failure> {
    let text = fs::read_to_string(file).map_err(|source| Failure::File { path: file.to_owned(), source })?;
    Signer::read(&text).map_err(|bad| refused(&bad))
}

pub(super) fn checkpoint(args: &CheckpointArgs) -> Result<Answer, Failure> {
    let signer = signer(&args.key)?;
    let read = |text: &String| Keeper::read(text, args.plain_http);
    let posts = args.post.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let beside = folder_of(&args.store);
    let mut kept: Vec<Kept> = newest(&beside, None)?.into_iter().collect();
    let mut keepers = Keepers::default();
    for folder in &args.keep {
        // A folder may keep the checkpoints of several records. One that cannot be read keeps nobody else from having this one.
        match newest(folder, Some(signer.name())) {
            Ok(newest) => {
                kept.extend(newest);
                keepers.folders.push(folder);
            }
            Err(failure @ Failure::File { .. }) => keepers.missed(folder.display().to_string(), &failure),
            Err(failure) => return Err(failure),
        }
    }
    // Nothing is signed that was not walked from the first byte to the last.
    let report = verified(&args.store, |report| goes_on_from(&args.store, report, &kept))?;
    let note = Note { text: signer.checkpoint(&report), says: signer.says(&report) };
    // Ours is on disk before anybody is told of it.
    make_folder(&beside)?;
    keepers.kept.push(keep(&beside, &note.text, &note.says)?);
    keepers.give(&note)?;
    keepers.post(&posts, &note, Duration::from_secs(args.patience));
    keepers.answer(&note)
}

/// A checkpoint that was just signed.
struct Note {
    says: Checkpoint,
    text: String,
}

/// Who is to have a checkpoint, who has it, and who has not.
#[derive(Default)]
struct Keepers<'a> {
    folders: Vec<&'a PathBuf>,
    kept: Vec<PathBuf>,
    posted: Vec<String>,
    missed: Vec<Missed>,
}

impl Keepers<'_> {
    fn missed(&mut self, keeper: String, failure: &Failure) {
        self.missed.push(Missed { keeper, why: failure.reason() });
    }

    /// Adds it to the folders. One that cannot be written to is passed over, and told of later.
    fn give(&mut self, note: &Note) -> Result<(), Failure> {
        for folder in std::mem::take(&mut self.folders) {
            match keep(folder, &note.text, &note.says) {
                Ok(path) => self.kept.push(path),
                Err(failure @ (Failure::File { .. } | Failure::Usage { .. })) => {
                    self.missed(folder.display().to_string(), &failure);
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    }

    fn post(&mut self, posts: &[Keeper], note: &Note, patience: Duration) {
        for keeper in posts {
            match keeper.send(&note.text, patience) {
                Ok(()) => self.posted.push(keeper.shown()),
                Err(why) => self.missed.push(Missed { keeper: keeper.shown(), why }),
            }
        }
    }

    fn answer(self, note: &Note) -> Result<Answer, Failure> {
        let kept: Vec<String> = self.kept.iter().map(|path| path.display().to_string()).collect();
        let ours = kept.first().cloned().unwrap_or_default();
        if !self.missed.is_empty() {
            return Err(Failure::NotGiven { kept: ours, missed: self.missed });
        }
        let mut page = Page::new();
        page.pieces([(Tone::Plain, note.text.as_str())]);
        let document = json!({
            "entries": note.says.size,
            "root": note.says.root.to_string(),
            "note": note.text,
            "kept": kept,
            "posted": self.posted,
        });
        Ok(Answer::recorded(page, document, format!("the checkpoint is kept in {}", quoted(&ours))))
    }
}

/// Verifies the store, and looks at it further before anybody else can write to it.
fn verified(folder: &Path, look: impl FnOnce(&Report) -> Result<(), Failure>) -> Result<Report, Failure> {
    block_on(async {
        let journal = SledJournal::open(folder, open_options()).await?;
        let report = journal.verify().await;
        let looked = report.as_ref().map(look);
        let closed = journal.close().await;
        let report = match (&report, looked) {
            (Ok(_), Ok(looked)) => looked.and(report.map_err(Failure::from)),
            (_, _) => report.map_err(Failure::from),
        }?;
        closed?;
        Ok(report)
    })
}

fn refused(bad: &BadKey) -> Failure {
    Failure::usage(bad.to_string(), "make a key with `comity audit key FILE --name NAME`")
}
