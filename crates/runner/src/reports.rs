//! Figures as they were published: what was asked, by what was known when, and what was told. The record keeps them, so that a
//! printed table can be held against it in ten years.

use comity_core::id::{CaseId, Version};
use comity_core::name::Private;
use comity_core::time::Moment;
use comity_store::codec::{Record, ReportPublished, decode_recorded};
use comity_store::{AppendError, Query, Row};
use tracing::instrument;
use uuid::Uuid;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::open::check_reference;

/// The kind under which the index knows reports.
const REPORT: &str = "report";

/// A report as it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What was published.
    pub published: ReportPublished,
    /// When.
    pub at: Moment,
    /// The account that published it.
    pub by: Private,
}

impl Engine {
    /// Publishes figures. They stay as they are: what has another figure later is told beside them, and never in their place.
    ///
    /// Dropping the future before it is done leaves open whether they are published; ask [`Engine::report`].
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the reference is taken or none, or the journal fails.
    #[instrument(skip_all)]
    pub async fn publish(&self, report: ReportPublished, by: &Private) -> Result<(), EngineError> {
        check_reference(&report.reference)?;
        let _opening = self.shared.opening.lock().await;
        self.reference_is_free(&report.reference).await?;
        let (stream, reference) = (stream(&report.reference), report.reference.clone());
        let rows =
            vec![Row::Kind { kind: REPORT.to_owned() }, Row::Reference { reference: reference.clone() }];
        match self.begin(stream, Record::Report(report), rows, by).await {
            // Another engine published one under this reference first.
            Err(EngineError::Append(AppendError::Moved { .. })) => {
                Err(EngineError::ReferenceTaken(reference))
            }
            published => published,
        }
    }

    /// The report known under `reference`.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read.
    pub async fn report(&self, reference: &str) -> Result<Option<Report>, EngineError> {
        self.report_in(stream(reference)).await
    }

    /// All reports, the first published first.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read.
    pub async fn reports(&self) -> Result<Vec<Report>, EngineError> {
        let mut reports = Vec::new();
        for stream in self.all(Query::OfKind(REPORT.to_owned())).await? {
            reports.extend(self.report_in(stream).await?);
        }
        reports.sort_by(|one, other| {
            (one.at, &one.published.reference).cmp(&(other.at, &other.published.reference))
        });
        Ok(reports)
    }

    async fn report_in(&self, stream: CaseId) -> Result<Option<Report>, EngineError> {
        let recorded = self.journal().read(stream, Version(0)).await.map_err(EngineError::Read)?;
        let Some(first) = recorded.first() else { return Ok(None) };
        match decode_recorded(first) {
            Ok(Record::Report(published)) => {
                let by = Private::new(first.recorded_by.clone());
                Ok(Some(Report { published, at: first.recorded_at, by }))
            }
            Ok(
                Record::Case(_)
                | Record::Matter(_)
                | Record::Procedure(_)
                | Record::Erased(_)
                | Record::Clock(_)
                | Record::Delivery(_)
                | Record::Read(_),
            ) => Ok(None),
            Err(source) => Err(EngineError::Decode { case: stream, source }),
        }
    }
}

/// The stream of a report follows from its reference, so that two cannot have the same.
fn stream(reference: &str) -> CaseId {
    CaseId(Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("report published\u{0}{reference}").as_bytes()))
}
