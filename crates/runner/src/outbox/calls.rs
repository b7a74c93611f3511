//! What an operator asks of the engine: how far each target is, what could not be delivered, and that it be sent again.

use comity_core::id::{CaseId, Version};
use comity_core::name::Private;
use comity_core::time::Moment;
use comity_store::codec::{Began, Closed, Delivery, Waiting};
use comity_store::{AppendError, Position, Query};

use super::books::{Stream, TARGET, append, delivery, last, letters};
use super::letters::{DeadLetter, LetterState};
use super::target::TargetName;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::record::MOST_ATTEMPTS;

/// How far a target was delivered to, as the record says it. It is told of a delivery within a minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetState {
    /// Its name.
    pub name: TargetName,
    /// Up to here everything is settled, but for what waits.
    pub through: Position,
    /// How many entries of the record, of whatever kind, come after that.
    pub behind: u64,
    /// What was looked at and is not settled.
    pub waiting: Vec<Waiting>,
    /// How many dead letters are on its list.
    pub dead: usize,
    /// When the record was told.
    pub told_at: Moment,
}

impl Engine {
    /// Every target that was ever delivered to, by its name.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read.
    pub async fn targets(&self) -> Result<Vec<TargetState>, EngineError> {
        let mut states = Vec::new();
        for stream in self.all(Query::OfKind(TARGET.to_owned())).await? {
            states.extend(self.target_of(stream).await?);
        }
        states.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(states)
    }

    async fn target_of(&self, stream: CaseId) -> Result<Option<TargetState>, EngineError> {
        let Some(last) = last(self, stream).await? else { return Ok(None) };
        let (target, through, waiting) = match delivery(&last)? {
            Delivery::Through { target, through, waiting } => (target, through, waiting),
            Delivery::Begun { target, from: Began::Here } => (target, last.position, Vec::new()),
            Delivery::Begun { target, from: Began::AtTheBeginning } => (target, Position(0), Vec::new()),
            Delivery::Died { .. } | Delivery::Again { .. } | Delivery::Closed { .. } => return Ok(None),
        };
        let Ok(name) = target.parse::<TargetName>() else { return Ok(None) };
        let (letters, _) = letters(self, &name).await?;
        Ok(Some(TargetState {
            behind: self.last_position().await?.0.saturating_sub(through.0),
            dead: letters.listed().count(),
            told_at: last.recorded_at,
            name,
            through,
            waiting,
        }))
    }

    /// The dead letters of a target that are on its list, in the order of the record.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError::NoSuchTarget`] if nothing was ever delivered to it, and others if the journal cannot be read.
    pub async fn dead_letters(&self, target: &TargetName) -> Result<Vec<DeadLetter>, EngineError> {
        self.target_exists(target).await?;
        let (letters, _) = letters(self, target).await?;
        Ok(letters.listed().cloned().collect())
    }

    /// Asks that a dead letter be sent again, with the same key. Whoever delivers to the target does so soon; until the target has
    /// taken it, it stays on the list.
    ///
    /// Dropping the future before it is done leaves open whether it is recorded; ask again.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError::NoSuchLetter`] if it is not on the list.
    pub async fn send_again(
        &self,
        target: &TargetName,
        position: Position,
        by: &Private,
    ) -> Result<(), EngineError> {
        let word = Delivery::Again { target: target.to_string(), position };
        self.say_of_letter(target, position, word, by).await
    }

    /// Takes a dead letter from the list without sending it.
    ///
    /// Dropping the future before it is done leaves open whether it is recorded; look at the list again.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError::NoSuchLetter`] if it is not on the list.
    pub async fn set_aside(
        &self,
        target: &TargetName,
        position: Position,
        by: &Private,
    ) -> Result<(), EngineError> {
        let word = Delivery::Closed { target: target.to_string(), position, how: Closed::SetAside };
        self.say_of_letter(target, position, word, by).await
    }

    async fn say_of_letter(
        &self,
        target: &TargetName,
        position: Position,
        word: Delivery,
        by: &Private,
    ) -> Result<(), EngineError> {
        self.target_exists(target).await?;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let (letters, seen) = letters(self, target).await?;
            match (letters.of(position).map(|letter| letter.state), &word) {
                (Some(LetterState::BeingSentAgain), Delivery::Again { .. }) => return Ok(()),
                (Some(LetterState::Listed | LetterState::BeingSentAgain), _) => {}
                (Some(LetterState::Closed(_)) | None, _) => {
                    return Err(EngineError::NoSuchLetter { target: target.to_string(), position });
                }
            }
            match append(self, Stream::Letters, target, seen, word.clone(), by).await {
                Ok(_) => return Ok(()),
                // Something else was said of the letters: the answer may be another now.
                Err(EngineError::Append(AppendError::Moved { .. })) if attempts < MOST_ATTEMPTS => {}
                Err(error) => return Err(error),
            }
        }
    }

    async fn target_exists(&self, target: &TargetName) -> Result<(), EngineError> {
        let head = self.journal().head(target.progress()).await.map_err(EngineError::Read)?;
        if head.version == Version(0) {
            let known = self.targets().await?.into_iter().map(|state| state.name.to_string()).collect();
            return Err(EngineError::NoSuchTarget { name: target.to_string(), known });
        }
        Ok(())
    }
}
