//! Opens matters and cases, and keeps the text of every procedure that a case runs under.

use comity_core::entry::{Body, Opening};
use comity_core::id::{CaseId, MatterId, Version};
use comity_core::migration::Lineage;
use comity_core::name::{Name, Private};
use comity_core::procedure::{Procedure, SharedProcedure};
use comity_core::time::When;
use comity_core::verify::{USUAL_BOUND, verify};
use comity_core::{Stamp, admit_together, open};
use comity_store::codec::{MatterOpened, ProcedureRegistered, Record, encode};
use comity_store::{AppendError, Commit, NewEntry, Query, Row};
use tracing::{info, instrument};
use uuid::Uuid;

use crate::engine::{CaseFile, Engine, procedure_stream};
use crate::error::EngineError;
use crate::procedures::Edition;
use crate::rows::{CASE, MATTER, PROCEDURE, rows};
use crate::words::words;

/// A matter to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMatter {
    /// The reference by which officers know it.
    pub reference: String,
    /// A short title, which may name a person.
    pub title: Private,
}

/// A case to be opened.
#[derive(Clone, Debug)]
pub struct NewCase {
    /// The matter it belongs to.
    pub matter: MatterId,
    /// The procedure it runs under.
    pub procedure: Name,
    /// The reference by which officers know it.
    pub reference: String,
    /// A short title, which may name a person.
    pub title: Private,
    /// From when acts may be recorded.
    pub since: When,
    /// The cases it is tied to, by link of the procedure.
    pub links: Vec<(Name, CaseId)>,
}

/// Whether a text may be the reference of a matter or a case: one line of at most 200 bytes, without blanks at its ends
/// or a dash before it, and without characters that turn the direction in which it is read.
#[must_use]
pub fn is_reference(text: &str) -> bool {
    let steers = |character: char| {
        character.is_control()
            || matches!(
                character,
                '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            )
    };
    !text.is_empty()
        && text.len() <= 200
        && text.trim() == text
        && !text.starts_with('-')
        && !text.chars().any(steers)
}

pub(crate) fn check_reference(text: &str) -> Result<(), EngineError> {
    if is_reference(text) { Ok(()) } else { Err(EngineError::NoReference) }
}

/// The id of what is opened under a key.
fn opened_under(kind: &str, key: &str, by: &Private) -> Uuid {
    // Neither part can hold the byte between them and be taken for another pair: the length of the first goes before it.
    let account = by.reveal();
    Uuid::new_v5(
        &Uuid::NAMESPACE_OID,
        format!("{kind} opened\u{0}{}\u{0}{account}{key}", account.len()).as_bytes(),
    )
}

fn is_opening_of(there: &CaseFile, case: &NewCase) -> bool {
    let Opening { procedure, meaning: _, matter, reference, title, since } = &there.opening;
    let linked = there.entries.iter().filter_map(|entry| {
        if let Body::Linked { link, case } = &entry.body { Some((link.clone(), *case)) } else { None }
    });
    let linked: Vec<_> = linked.collect();
    *procedure == case.procedure
        && *matter == case.matter
        && *reference == case.reference
        && *title == case.title
        && *since == case.since
        && case.links.iter().all(|link| linked.contains(link))
}

impl Engine {
    /// Opens a matter.
    ///
    /// Dropping the future before it is done leaves open whether the matter is there; look for its reference, or use
    /// [`Engine::open_matter_once`].
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the reference is taken or the journal fails.
    #[instrument(skip_all)]
    pub async fn open_matter(&self, matter: NewMatter, by: &Private) -> Result<MatterId, EngineError> {
        self.open_matter_as(MatterId(Uuid::now_v7()), matter, by).await
    }

    /// Opens a matter once: a second attempt under the same key of the same account opens nothing and gives the same
    /// matter.
    ///
    /// Dropping the future before it is done leaves open whether the matter is there; ask again with the same key.
    ///
    /// # Errors
    ///
    /// As [`Engine::open_matter`]; and [`EngineError::KeyReused`] if another matter was opened under the key.
    pub async fn open_matter_once(
        &self,
        key: &str,
        matter: NewMatter,
        by: &Private,
    ) -> Result<MatterId, EngineError> {
        let id = MatterId(opened_under(MATTER, key, by));
        match self.matter(id).await {
            Ok(there) if there == matter => Ok(id),
            Ok(_) => Err(EngineError::KeyReused),
            Err(EngineError::NoSuchMatter(_)) => self.open_matter_as(id, matter, by).await,
            Err(error) => Err(error),
        }
    }

    /// The same under an identifier that the caller has chosen, as one that works on a record kept elsewhere does.
    ///
    /// Dropping the future before it is done leaves open whether the matter is there; read it by its identifier.
    ///
    /// # Errors
    ///
    /// As [`Engine::open_matter`].
    pub async fn open_matter_as(
        &self,
        id: MatterId,
        matter: NewMatter,
        by: &Private,
    ) -> Result<MatterId, EngineError> {
        let _held = self.shared.opening.lock().await;
        check_reference(&matter.reference)?;
        self.reference_is_free(&matter.reference).await?;
        let rows = vec![
            Row::Kind { kind: MATTER.to_owned() },
            Row::Reference { reference: matter.reference.clone() },
            Row::Matter { matter: id },
        ];
        let rows = rows
            .into_iter()
            .chain(words(matter.title.reveal()).into_iter().map(|word| Row::Word { word }))
            .collect();
        let record = Record::Matter(MatterOpened { reference: matter.reference, title: matter.title });
        self.begin(CaseId(id.0), record, rows, by).await?;
        info!(matter = %id, "matter opened");
        Ok(id)
    }

    /// Opens a case under the current edition of its procedure, to which it stays pinned.
    ///
    /// Dropping the future before it is done leaves open whether the case is there; look for its reference, or use
    /// [`Engine::open_case_once`].
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if matter, procedure or linked case do not exist, the reference is taken, or the
    /// journal fails.
    #[instrument(skip_all, fields(procedure = %case.procedure))]
    pub async fn open_case(&self, case: NewCase, by: &Private) -> Result<CaseId, EngineError> {
        self.open_case_as(CaseId(Uuid::now_v7()), case, by).await
    }

    /// Opens a case once: a second attempt under the same key of the same account opens nothing and gives the same case.
    ///
    /// Dropping the future before it is done leaves open whether the case is there; ask again with the same key.
    ///
    /// # Errors
    ///
    /// As [`Engine::open_case`]; and [`EngineError::KeyReused`] if another case was opened under the key.
    pub async fn open_case_once(
        &self,
        key: &str,
        case: NewCase,
        by: &Private,
    ) -> Result<CaseId, EngineError> {
        let id = CaseId(opened_under(CASE, key, by));
        match self.case(id).await {
            Ok(there) if is_opening_of(&there, &case) => Ok(id),
            Ok(_) => Err(EngineError::KeyReused),
            Err(EngineError::NoSuchCase(_)) => self.open_case_as(id, case, by).await,
            Err(error) => Err(error),
        }
    }

    /// The same under an identifier that the caller has chosen, as one that works on a record kept elsewhere does.
    ///
    /// Dropping the future before it is done leaves open whether the case is there; read it by its identifier.
    ///
    /// # Errors
    ///
    /// As [`Engine::open_case`].
    pub async fn open_case_as(&self, id: CaseId, case: NewCase, by: &Private) -> Result<CaseId, EngineError> {
        check_reference(&case.reference)?;
        let edition = self.procedures().current(case.procedure.as_str()).ok_or_else(|| {
            EngineError::NoSuchProcedure {
                name: case.procedure.to_string(),
                known: self.procedures().names().iter().map(ToString::to_string).collect(),
            }
        })?;
        self.matter_exists(case.matter).await?;
        let _held = self.shared.opening.lock().await;
        self.reference_is_free(&case.reference).await?;
        for (link, other) in &case.links {
            self.link_fits(&edition.procedure, case.matter, link, *other).await?;
        }
        self.register(&edition, by).await?;
        let stamp = Stamp { at: self.now(), by: by.clone() };
        let opening = Opening {
            procedure: edition.procedure.name().clone(),
            meaning: edition.procedure.meaning(),
            matter: case.matter,
            reference: case.reference,
            title: case.title,
            since: case.since,
        };
        let mut entries = vec![open(opening.clone(), &stamp)];
        let links = case.links.into_iter().map(|(link, case)| Body::Linked { link, case }).collect();
        // Links have no effect that could be refused; the names were checked above.
        if let Ok(linked) = admit_together(&edition.procedure, &entries, links, &stamp) {
            entries.extend(linked);
        }
        let lineage = Lineage::of(edition.procedure.clone());
        let file = CaseFile { case: id, procedure: edition.procedure, lineage, opening, entries };
        let commit = Commit {
            case: id,
            seen: Version(0),
            rows: rows(&file, stamp.at),
            entries: file
                .entries
                .into_iter()
                .map(|entry| new_entry(&Record::Case(entry.body), &stamp))
                .collect(),
            key: None,
            erases: false,
        };
        let untold = self.untold();
        self.journal().append(commit).await.map_err(EngineError::Append)?;
        info!(case = %id, "case opened");
        self.tell_or_remember(id, by).await;
        untold.settled();
        Ok(id)
    }

    /// The title of a matter.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if there is no such matter or it cannot be read.
    pub async fn matter(&self, matter: MatterId) -> Result<NewMatter, EngineError> {
        let stream = CaseId(matter.0);
        let recorded = self.journal().read(stream, Version(0)).await.map_err(EngineError::Read)?;
        let first = recorded.first().ok_or(EngineError::NoSuchMatter(matter))?;
        // Asked first: its key may be there still, where the store failed before it was destroyed.
        if let Some(Ok(Record::Erased(erasure))) = recorded.last().map(comity_store::codec::decode_recorded) {
            return Err(EngineError::Erased { case: stream, erasure });
        }
        match comity_store::codec::decode_recorded(first) {
            Ok(Record::Matter(MatterOpened { reference, title })) => Ok(NewMatter { reference, title }),
            Ok(
                Record::Case(_)
                | Record::Procedure(_)
                | Record::Erased(_)
                | Record::Clock(_)
                | Record::Delivery(_)
                | Record::Read(_)
                | Record::Report(_),
            ) => Err(EngineError::NoSuchMatter(matter)),
            Err(source) => Err(EngineError::Decode { case: stream, source }),
        }
    }

    /// The cases of a matter.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read.
    pub async fn cases_of(&self, matter: MatterId) -> Result<Vec<CaseId>, EngineError> {
        let found = self.all(Query::InMatter(matter)).await?;
        Ok(found.into_iter().filter(|case| case.0 != matter.0).collect())
    }

    /// The matter known under `reference`.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read.
    pub async fn find_matter(&self, reference: &str) -> Result<Option<MatterId>, EngineError> {
        let Some(found) = self.named(reference).await? else { return Ok(None) };
        match self.matter(MatterId(found.0)).await {
            Ok(_) => Ok(Some(MatterId(found.0))),
            Err(EngineError::NoSuchMatter(_) | EngineError::Erased { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn matter_exists(&self, matter: MatterId) -> Result<(), EngineError> {
        self.matter(matter).await.map(|_| ())
    }

    pub(crate) async fn reference_is_free(&self, reference: &str) -> Result<(), EngineError> {
        match self.named(reference).await? {
            None => Ok(()),
            Some(_) => Err(EngineError::ReferenceTaken(reference.to_owned())),
        }
    }

    /// Whether a link of a case may lead to another.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError::LinkElsewhere`] if the other case is under another procedure than the link names, or of
    /// another matter.
    pub async fn check_link(&self, file: &CaseFile, link: &Name, other: CaseId) -> Result<(), EngineError> {
        self.link_fits(&file.procedure, file.opening.matter, link, other).await
    }

    pub(crate) async fn link_fits(
        &self,
        procedure: &Procedure,
        matter: MatterId,
        link: &Name,
        other: CaseId,
    ) -> Result<(), EngineError> {
        let file = self.case(other).await?;
        // A case that was migrated is of the procedure that it went over to.
        let (found, under) = (file.opening, file.procedure.name());
        let links = procedure.links();
        let declared = links.find(link.as_str()).and_then(|id| links.get(id));
        let elsewhere = |expected: String, found: String| EngineError::LinkElsewhere {
            link: link.to_string(),
            case: other,
            expected,
            found,
        };
        match declared {
            Some(row) if row.procedure == *under && matter == found.matter => Ok(()),
            // A case is told of those of its matter, and of no others.
            Some(row) if row.procedure == *under => Err(elsewhere(
                format!("{} in matter {matter}", row.procedure),
                format!("{under} in matter {}", found.matter),
            )),
            Some(row) => Err(elsewhere(row.procedure.to_string(), under.to_string())),
            None => Err(elsewhere("no procedure".to_owned(), under.to_string())),
        }
    }

    /// Whether cases may run under a procedure: its text was registered, or it is proved now.
    pub(crate) async fn may_run(&self, procedure: &SharedProcedure) -> Result<(), EngineError> {
        let head =
            self.journal().head(procedure_stream(procedure.meaning())).await.map_err(EngineError::Read)?;
        if head.version > Version(0) { Ok(()) } else { is_proved(procedure).await }
    }

    /// Keeps the text of a procedure in the journal, once for each meaning.
    pub(crate) async fn register(&self, edition: &Edition, by: &Private) -> Result<(), EngineError> {
        let procedure = &edition.procedure;
        let stream = procedure_stream(procedure.meaning());
        let head = self.journal().head(stream).await.map_err(EngineError::Read)?;
        if head.version > Version(0) {
            return Ok(());
        }
        is_proved(procedure).await?;
        let digest = procedure.meaning().to_string();
        let rows = vec![
            Row::Kind { kind: PROCEDURE.to_owned() },
            Row::Procedure { procedure: procedure.name().to_string(), digest },
        ];
        let record = Record::Procedure(ProcedureRegistered {
            name: procedure.name().clone(),
            version: procedure.version(),
            meaning: procedure.meaning(),
            files: edition.files.clone(),
        });
        match self.begin(stream, record, rows, by).await {
            // Another writer registered the same meaning first, which is as good.
            Ok(()) | Err(EngineError::Append(AppendError::Moved { .. })) => Ok(()),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn begin(
        &self,
        stream: CaseId,
        record: Record,
        rows: Vec<Row>,
        by: &Private,
    ) -> Result<(), EngineError> {
        let stamp = Stamp { at: self.now(), by: by.clone() };
        let entries = vec![new_entry(&record, &stamp)];
        let commit = Commit { case: stream, seen: Version(0), entries, rows, key: None, erases: false };
        self.journal().append(commit).await.map(|_| ()).map_err(EngineError::Append)
    }
}

/// An entry for the journal.
pub(crate) fn new_entry(record: &Record, stamp: &Stamp) -> NewEntry {
    NewEntry {
        recorded_at: stamp.at,
        recorded_by: stamp.by.reveal().to_owned(),
        payload: encode(record),
        personal: match record {
            Record::Case(_) | Record::Matter(_) => true,
            Record::Procedure(_)
            | Record::Erased(_)
            | Record::Clock(_)
            | Record::Delivery(_)
            | Record::Read(_)
            | Record::Report(_) => false,
        },
    }
}

/// A procedure is proved before its text is registered, once for each meaning: no case runs under one of which somebody
/// could be held without a limit, or a case be left without a way out.
async fn is_proved(procedure: &SharedProcedure) -> Result<(), EngineError> {
    let searched = procedure.clone();
    let search = move || verify(&searched, USUAL_BOUND);
    // The search is work and no waiting; where no thread can be had for it, it is done here.
    let found = match tokio::task::spawn_blocking(search).await {
        Ok(found) => found,
        Err(_) => verify(procedure, USUAL_BOUND),
    };
    let in_the_way = found.properties.iter().filter(|property| property.stands_in_the_way());
    let properties: Vec<String> = in_the_way.map(|property| property.name.clone()).collect();
    if properties.is_empty() {
        Ok(())
    } else {
        Err(EngineError::NotProved { name: procedure.name().to_string(), properties })
    }
}
