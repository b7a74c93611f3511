//! What the record says of one target, and how more is added to it.

use comity_core::Stamp;
use comity_core::id::{CaseId, Version};
use comity_core::name::Private;
use comity_store::codec::{Began, Delivery, Record, decode_recorded};
use comity_store::{AppendError, Commit, Position, ReadError, Receipt, Recorded, Row};

use super::letters::Letters;
use super::standing::Standing;
use super::target::{Target, TargetName};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::jump::Jump;
use crate::open::new_entry;
use crate::record::MOST_ATTEMPTS;

/// The kind of the stream that says how far a target was delivered to.
pub(super) const TARGET: &str = "target";
/// The kind of the stream of its dead letters.
const LETTERS: &str = "target-letters";

/// What is known of one target, and up to which version of its two streams.
#[derive(Debug)]
pub(super) struct Books {
    pub(super) standing: Standing,
    pub(super) letters: Letters,
    progress_at: Version,
    letters_at: Version,
}

impl Books {
    /// Reads what the record says; a target that is new begins.
    pub(super) async fn open(engine: &Engine, target: &Target) -> Result<Self, EngineError> {
        let stream = target.name.progress();
        let last = match last(engine, stream).await? {
            Some(last) => last,
            None => begin(engine, target).await?,
        };
        let standing = match delivery(&last)? {
            Delivery::Begun { from: Began::Here, .. } => Standing::at(last.position, Vec::new()),
            Delivery::Through { through, waiting, .. } => Standing::at(through, waiting),
            Delivery::Begun { from: Began::AtTheBeginning, .. }
            | Delivery::Died { .. }
            | Delivery::Again { .. }
            | Delivery::Closed { .. } => Standing::at(Position(0), Vec::new()),
        };
        let (letters, letters_at) = letters(engine, &target.name).await?;
        let progress_at = last.number.into();
        Ok(Self { standing, letters, progress_at, letters_at })
    }

    /// Whether the record still says of how far the target was delivered to what was read of it.
    pub(super) async fn are_current(&self, engine: &Engine, name: &TargetName) -> Result<bool, EngineError> {
        Ok(head(engine, name.progress()).await? == self.progress_at)
    }

    /// Reads the dead letters again if anything was said of them, and lets what waits follow.
    pub(super) async fn follow(&mut self, engine: &Engine, name: &TargetName) -> Result<(), EngineError> {
        if head(engine, name.letters()).await? != self.letters_at {
            (self.letters, self.letters_at) = letters(engine, name).await?;
        }
        self.standing.follow(&self.letters);
        Ok(())
    }

    /// Tells the record how far the target was delivered to.
    pub(super) async fn save(&mut self, engine: &Engine, name: &TargetName) -> Result<(), EngineError> {
        let (through, waiting) = self.standing.to_save();
        let word = Delivery::Through { target: name.to_string(), through, waiting };
        let by = Private::new("comity");
        let receipt = append(engine, Stream::Progress, name, self.progress_at, word, &by).await?;
        self.progress_at = receipt.version;
        self.standing.saved();
        Ok(())
    }

    /// Tells the record something of a dead letter.
    pub(super) async fn tell(
        &mut self,
        engine: &Engine,
        name: &TargetName,
        word: Delivery,
    ) -> Result<(), EngineError> {
        let by = Private::new("comity");
        let mut attempts = 0;
        let receipt = loop {
            attempts += 1;
            match append(engine, Stream::Letters, name, self.letters_at, word.clone(), &by).await {
                Ok(receipt) => break receipt,
                // Somebody asked for a letter meanwhile, which changes nothing of what happened to this one.
                Err(EngineError::Append(AppendError::Moved { .. })) if attempts < MOST_ATTEMPTS => {
                    (self.letters, self.letters_at) = letters(engine, name).await?;
                }
                Err(error) => return Err(error),
            }
        };
        self.letters.apply(word, engine.now());
        self.letters_at = receipt.version;
        Ok(())
    }
}

/// The dead letters of a target, and the version of their stream.
pub(super) async fn letters(engine: &Engine, name: &TargetName) -> Result<(Letters, Version), EngineError> {
    let recorded = engine.journal().read(name.letters(), Version(0)).await.map_err(EngineError::Read)?;
    let mut letters = Letters::default();
    for entry in &recorded {
        letters.apply(delivery(entry)?, entry.recorded_at);
    }
    Ok((letters, recorded.last().map_or(Version(0), |last| last.number.into())))
}

/// The last entry of a stream.
pub(super) async fn last(engine: &Engine, stream: CaseId) -> Result<Option<Recorded>, EngineError> {
    let before = Version(head(engine, stream).await?.0.saturating_sub(1));
    Ok(engine.journal().read(stream, before).await.map_err(EngineError::Read)?.pop())
}

async fn head(engine: &Engine, stream: CaseId) -> Result<Version, EngineError> {
    Ok(engine.journal().head(stream).await.map_err(EngineError::Read)?.version)
}

async fn begin(engine: &Engine, target: &Target) -> Result<Recorded, EngineError> {
    let word = Delivery::Begun { target: target.name.to_string(), from: target.from };
    append(engine, Stream::Progress, &target.name, Version(0), word, &Private::new("comity")).await?;
    let stream = target.name.progress();
    last(engine, stream).await?.ok_or_else(|| lost(stream))
}

/// What an entry of a stream of deliveries says.
pub(super) fn delivery(recorded: &Recorded) -> Result<Delivery, EngineError> {
    match decode_recorded(recorded) {
        Ok(Record::Delivery(delivery)) => Ok(delivery),
        Ok(
            Record::Case(_)
            | Record::Matter(_)
            | Record::Procedure(_)
            | Record::Erased(_)
            | Record::Clock(_)
            | Record::Read(_)
            | Record::Report(_),
        ) => Err(lost(recorded.case)),
        Err(source) => Err(EngineError::Decode { case: recorded.case, source }),
    }
}

fn lost(stream: CaseId) -> EngineError {
    let what = format!("the stream {stream} of a target");
    EngineError::Read(ReadError::Damaged { what })
}

/// Which of the two streams of a target.
#[derive(Clone, Copy)]
pub(super) enum Stream {
    Progress,
    Letters,
}

/// Adds a word to a stream that is at version `seen`.
pub(super) async fn append(
    engine: &Engine,
    stream: Stream,
    name: &TargetName,
    seen: Version,
    word: Delivery,
    by: &Private,
) -> Result<Receipt, EngineError> {
    // By a clock that leapt ahead nothing is recorded: it would pass for the newest moment when it is put right.
    let leapt = engine.clock_jump().filter(Jump::is_ahead);
    let at = leapt.map_or_else(|| engine.now(), |jump| jump.expected);
    let stamp = Stamp { at, by: by.clone() };
    let (case, kind) = match stream {
        Stream::Progress => (name.progress(), TARGET),
        Stream::Letters => (name.letters(), LETTERS),
    };
    let commit = Commit {
        case,
        seen,
        entries: vec![new_entry(&Record::Delivery(word), &stamp)],
        rows: vec![Row::Kind { kind: kind.to_owned() }],
        key: None,
        erases: false,
    };
    engine.journal().append(commit).await.map_err(EngineError::Append)
}
