//! The suite by which a journal proves that it keeps the contract of [`Journal`].
//!
//! A backend implements [`Backend`] and calls [`run`]. The suite needs a runtime of tokio with more than one
//! worker, sleeps never and leaves each store closed.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use comity_core::id::{CaseId, EntryNumber, MatterId, Version};
use comity_core::time::Moment;
use uuid::Uuid;

use crate::journal::{
    AppendError, Commit, Head, IdempotencyKey, Journal, NewEntry, Position, ReadError, Receipt, Recorded,
};
use crate::limits;
use crate::row::{Page, PageRequest, Query, Row};

/// A store that the suite may open, close and open again.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Opens the store, or opens it again with all that was recorded.
    ///
    /// # Errors
    ///
    /// Says why it could not, which fails the suite.
    async fn open(&self) -> Result<Arc<dyn Journal>, String>;
}

/// A promise that was not kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{rule}: {detail}")]
pub struct Broken {
    /// The promise.
    pub rule: &'static str,
    /// What was seen instead.
    pub detail: String,
}

type Outcome = Result<(), Broken>;

/// Runs the whole suite, each part on a fresh and empty store from `fresh`.
///
/// # Errors
///
/// Returns the first promise that was not kept.
pub async fn run<B: Backend>(fresh: impl Fn() -> B) -> Result<(), Broken> {
    appends_are_read_back(&fresh()).await?;
    bad_commits_are_refused(&fresh()).await?;
    the_second_of_two_writers_is_told(&fresh()).await?;
    a_key_counts_once(&fresh()).await?;
    rows_follow_the_last_commit(&fresh()).await?;
    pages_have_no_gap_and_no_repetition(&fresh()).await?;
    large_payloads_are_kept(&fresh()).await?;
    concurrent_writers_make_one_order(&fresh()).await?;
    readers_see_whole_commits(&fresh()).await?;
    what_tells_of_a_person_is_sealed(&fresh()).await?;
    an_erased_case_stands_and_says_nothing(&fresh()).await?;
    a_closed_store_refuses_and_keeps(&fresh()).await
}

/// The same commit, with all its entries sealed.
#[must_use]
pub fn personal(mut commit: Commit) -> Commit {
    commit.entries.iter_mut().for_each(|entry| entry.personal = true);
    commit
}

/// The end of the content of a case.
#[must_use]
pub fn erasure(case: CaseId, seen: Version) -> Commit {
    Commit { erases: true, ..commit(case, seen, &["erased by order"], &[kind("erased")]) }
}

/// A commit of one entry per payload, with rows, for trying a journal out.
#[must_use]
pub fn commit(case: CaseId, seen: Version, payloads: &[&str], rows: &[Row]) -> Commit {
    let entries = payloads.iter().map(|payload| NewEntry {
        recorded_at: moment(i64::from(seen.0) * 1000),
        recorded_by: "desk".to_owned(),
        payload: payload.as_bytes().to_vec(),
        personal: false,
    });
    Commit { case, seen, entries: entries.collect(), rows: rows.to_vec(), key: None, erases: false }
}

async fn appends_are_read_back<B: Backend>(backend: &B) -> Outcome {
    const RULE: &str = "what was appended is read back, in order, chained";
    let journal = open(RULE, backend).await?;
    let (case, other) = (case(1), case(2));
    same(RULE, head(RULE, &*journal, case).await?, Head::UNOPENED)?;
    same(RULE, read(RULE, &*journal, case, 0).await?, Vec::new())?;
    let first = append(RULE, &*journal, commit(case, Version(0), &["opened", "arrested"], &[])).await?;
    same(RULE, (first.version, first.position), (Version(2), Position(2)))?;
    append(RULE, &*journal, commit(other, Version(0), &["opened"], &[])).await?;
    let last = append(RULE, &*journal, commit(case, Version(2), &["released"], &[])).await?;
    same(RULE, (last.version, last.position), (Version(3), Position(4)))?;

    let entries = read(RULE, &*journal, case, 0).await?;
    let texts: Vec<_> = entries.iter().map(|entry| entry.payload.stored()).collect();
    same(RULE, texts, vec![b"opened".as_slice(), b"arrested", b"released"])?;
    chained(RULE, &entries)?;
    same(RULE, read(RULE, &*journal, case, 2).await?, entries.iter().skip(2).cloned().collect())?;
    same(RULE, read(RULE, &*journal, case, 3).await?, Vec::new())?;
    same(RULE, read(RULE, &*journal, case, u32::MAX).await?, Vec::new())?;
    same(RULE, head(RULE, &*journal, case).await?, Head { version: Version(3), hash: last.hash })?;

    let all = in_order(RULE, &*journal).await?;
    same(RULE, all.iter().filter(|entry| entry.case == case).cloned().collect(), entries)?;
    same(RULE, tail(RULE, &*journal, 1, 2).await?, all.iter().skip(1).take(2).cloned().collect())?;
    same(RULE, tail(RULE, &*journal, 9, 2).await?, Vec::new())?;
    closed(RULE, &*journal).await
}

async fn bad_commits_are_refused<B: Backend>(backend: &B) -> Outcome {
    const RULE: &str = "a commit that cannot be kept is refused and leaves nothing";
    let journal = open(RULE, backend).await?;
    let refusal = refused(RULE, &*journal, commit(case(1), Version(0), &[], &[])).await?;
    holds(RULE, matches!(refusal, AppendError::Empty), &refusal)?;
    let long = "x".repeat(limits::MAX_PAYLOAD + 1);
    let refusal = refused(RULE, &*journal, commit(case(1), Version(0), &["opened", &long], &[])).await?;
    holds(RULE, matches!(refusal, AppendError::TooLarge { .. }), &refusal)?;
    let wide = kind(&"x".repeat(limits::MAX_ROW_TEXT + 1));
    let refusal = refused(RULE, &*journal, commit(case(1), Version(0), &["opened"], &[wide])).await?;
    holds(RULE, matches!(refusal, AppendError::TooLarge { .. }), &refusal)?;
    let many = vec!["x"; limits::MAX_ENTRIES + 1];
    let refusal = refused(RULE, &*journal, commit(case(1), Version(0), &many, &[])).await?;
    holds(RULE, matches!(refusal, AppendError::TooLarge { .. }), &refusal)?;
    same(RULE, in_order(RULE, &*journal).await?, Vec::new())?;
    closed(RULE, &*journal).await
}

async fn the_second_of_two_writers_is_told<B: Backend>(backend: &B) -> Outcome {
    const RULE: &str = "a commit on an old version is refused and leaves nothing";
    let journal = open(RULE, backend).await?;
    append(RULE, &*journal, commit(case(1), Version(0), &["opened"], &[kind("case")])).await?;
    for seen in [0, 2] {
        let late = commit(case(1), Version(seen), &["late"], &[kind("matter")]);
        let refusal = refused(RULE, &*journal, late).await?;
        let fits =
            matches!(&refusal, AppendError::Moved { seen: told, actual: Version(1) } if told.0 == seen);
        holds(RULE, fits, &refusal)?;
    }
    same(RULE, in_order(RULE, &*journal).await?.len(), 1)?;
    same(RULE, cases(RULE, &*journal, Query::OfKind("matter".into())).await?, Vec::new())?;
    closed(RULE, &*journal).await
}

async fn a_key_counts_once<B: Backend>(backend: &B) -> Outcome {
    const RULE: &str = "the same key with the same content is answered with the first receipt";
    let key = IdempotencyKey("request-7".into());
    let keyed = |seen: u32, payload: &str| Commit {
        key: Some(key.clone()),
        ..commit(case(1), Version(seen), &[payload], &[])
    };
    let mut journal = open(RULE, backend).await?;
    same(RULE, receipt(RULE, &*journal, case(1), &key).await?, None)?;
    let first = append(RULE, &*journal, keyed(0, "opened")).await?;
    append(RULE, &*journal, commit(case(1), Version(1), &["arrested"], &[])).await?;
    for _ in 0..2 {
        // Whatever version was seen, and across a restart.
        for seen in [0, 1, 2] {
            same(RULE, append(RULE, &*journal, keyed(seen, "opened")).await?, first)?;
        }
        let refusal = refused(RULE, &*journal, keyed(2, "released")).await?;
        holds(RULE, matches!(refusal, AppendError::KeyReused), &refusal)?;
        same(RULE, receipt(RULE, &*journal, case(1), &key).await?, Some(first))?;
        closed(RULE, &*journal).await?;
        drop(journal);
        journal = open(RULE, backend).await?;
    }
    // The key belongs to the case.
    same(RULE, receipt(RULE, &*journal, case(2), &key).await?, None)?;
    let other = Commit { case: case(2), ..keyed(0, "released") };
    same(RULE, append(RULE, &*journal, other).await?.position, Position(3))?;
    same(RULE, in_order(RULE, &*journal).await?.len(), 3)?;
    closed(RULE, &*journal).await
}

async fn rows_follow_the_last_commit<B: Backend>(backend: &B) -> Outcome {
    const RULE: &str = "the rows of a case are those of its last commit";
    let mut journal = open(RULE, backend).await?;
    let matter = MatterId(Uuid::from_u128(77));
    let before = vec![
        due(50, "formal-request"),
        stage("custody", "held"),
        Row::Authority { authority: "requested/court".into() },
        Row::Matter { matter },
        Row::Reference { reference: "FR-2019/4".into() },
        Row::Procedure { procedure: "nz-kr/extradition".into(), digest: "d1".into() },
        kind("case"),
    ];
    append(RULE, &*journal, commit(case(1), Version(0), &["opened"], &before)).await?;
    append(RULE, &*journal, commit(case(2), Version(0), &["opened"], &[stage("custody", "free")])).await?;
    let under =
        |digest: &str| Query::UnderVersion { procedure: "nz-kr/extradition".into(), digest: digest.into() };
    let asked = [
        Query::DueUntil(moment(50)),
        at_stage("custody", "held"),
        Query::ByAuthority("requested/court".into()),
        Query::InMatter(matter),
        Query::Named("FR-2019/4".into()),
        Query::UnderProcedure("nz-kr/extradition".into()),
        under("d1"),
        Query::OfKind("case".into()),
    ];
    for query in &asked {
        same(RULE, cases(RULE, &*journal, query.clone()).await?, vec![case(1)])?;
    }
    for query in [Query::DueUntil(moment(49)), at_stage("custody", "hel"), under("d"), under("d2")] {
        same(RULE, cases(RULE, &*journal, query).await?, Vec::new())?;
    }
    let after = [stage("custody", "free"), stage("request", "lodged"), stage("request", "lodged")];
    append(RULE, &*journal, commit(case(1), Version(1), &["released"], &after)).await?;
    for _ in 0..2 {
        for query in &asked {
            same(RULE, cases(RULE, &*journal, query.clone()).await?, Vec::new())?;
        }
        same(RULE, cases(RULE, &*journal, at_stage("custody", "free")).await?, vec![case(1), case(2)])?;
        same(RULE, cases(RULE, &*journal, at_stage("request", "lodged")).await?, vec![case(1)])?;
        closed(RULE, &*journal).await?;
        drop(journal);
        journal = open(RULE, backend).await?;
    }
    closed(RULE, &*journal).await
}

async fn pages_have_no_gap_and_no_repetition<B: Backend>(backend: &B) -> Outcome {
    const RULE: &str = "pages follow one another, oldest due first";
    let journal = open(RULE, backend).await?;
    for number in 1..=10_u8 {
        // Before and after 1970, not in the order of the cases.
        let at = i64::from(number) * 7 % 11 - 5;
        let rows = [due(at, "one"), due(at, "two"), due(1000, "far")];
        append(RULE, &*journal, commit(case(number), Version(0), &["opened"], &rows)).await?;
    }
    let whole = page(RULE, &*journal, Query::DueUntil(moment(999)), PageRequest::first(100)).await?;
    same(RULE, (whole.rows.len(), whole.next.is_none()), (20, true))?;
    holds(RULE, whole.rows.is_sorted_by_key(|found| found.row.clone()), &whole.rows)?;
    for limit in [0, 1, 3, 20] {
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let request = PageRequest { after, limit };
            let page = page(RULE, &*journal, Query::DueUntil(moment(999)), request).await?;
            holds(RULE, page.rows.len() <= limit.max(1), &page.rows.len())?;
            rows.extend(page.rows);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        same(RULE, rows, whole.rows.clone())?;
    }
    closed(RULE, &*journal).await
}

async fn large_payloads_are_kept<B: Backend>(backend: &B) -> Outcome {
    const RULE: &str = "a payload up to the limit is kept whole";
    let mut journal = open(RULE, backend).await?;
    let sizes = [0, 1, 16 << 10, (16 << 10) + 1, limits::MAX_PAYLOAD / 2, limits::MAX_PAYLOAD];
    for (size, seen) in sizes.into_iter().zip(0..) {
        append(RULE, &*journal, commit(case(1), Version(seen), &[&"é".repeat(size / 2)], &[])).await?;
    }
    for _ in 0..2 {
        let lengths: Vec<_> =
            read(RULE, &*journal, case(1), 0).await?.iter().map(|it| it.payload.stored().len()).collect();
        same(RULE, lengths, sizes.iter().map(|size| size / 2 * 2).collect())?;
        closed(RULE, &*journal).await?;
        drop(journal);
        journal = open(RULE, backend).await?;
    }
    closed(RULE, &*journal).await
}

async fn what_tells_of_a_person_is_sealed<B: Backend>(backend: &B) -> Outcome {
    const RULE: &str = "what tells of a person is sealed, found by its name, and read back";
    let journal = open(RULE, backend).await?;
    let (name, word) = (Row::Person { name: "ARANDO".to_owned() }, Row::Word { word: "tivo".to_owned() });
    let rows = [kind("case"), name.clone(), word.clone()];
    let first = personal(commit(case(1), Version(0), &["{ARANDO"], &rows));
    append(RULE, &*journal, commit(case(2), Version(0), &["plain"], &[])).await?;
    append(RULE, &*journal, first.clone()).await?;
    append(RULE, &*journal, personal(commit(case(3), Version(0), &["{ARANDO"], &[]))).await?;
    let keyed = Commit { key: Some(IdempotencyKey("once".to_owned())), ..first };
    let keyed = Commit { seen: Version(1), ..keyed };
    let receipt = append(RULE, &*journal, keyed.clone()).await?;
    same(RULE, append(RULE, &*journal, Commit { seen: Version(0), ..keyed.clone() }).await?, receipt)?;
    let other = personal(commit(case(1), Version(2), &["{other"], &[]));
    let other = refused(RULE, &*journal, Commit { key: keyed.key, ..other }).await?;
    holds(RULE, matches!(other, AppendError::KeyReused), &other)?;
    closed(RULE, &*journal).await?;
    let journal = open(RULE, backend).await?;
    let entries = tail(RULE, &*journal, 0, 9).await?;
    let contents: Vec<_> = entries.iter().map(|entry| entry.payload.content()).collect();
    let sealed = Some(b"{ARANDO".as_slice());
    same(RULE, contents, vec![Some(b"plain".as_slice()), sealed, sealed, sealed])?;
    let stored: BTreeSet<_> = entries.iter().map(|entry| entry.payload.stored()).collect();
    // The same in one case is the same; in another case nothing is alike.
    same(RULE, stored.len(), 3)?;
    let shown = stored.iter().any(|stored| stored.windows(6).any(|part| part == b"ARANDO"));
    holds(RULE, !shown, &"a name in the clear")?;
    holds(RULE, entries.iter().skip(1).all(|entry| entry.payload.disclosure().is_some()), &"no key")?;
    same(RULE, cases(RULE, &*journal, Query::OfPerson("ARANDO".to_owned())).await?, vec![case(1)])?;
    same(RULE, cases(RULE, &*journal, Query::OfPerson("ARAND".to_owned())).await?, Vec::new())?;
    let found = page(RULE, &*journal, Query::WithWord("tivo".to_owned()), PageRequest::first(9)).await?;
    same(RULE, found.rows.iter().map(|found| found.row.clone()).collect(), vec![word])?;
    closed(RULE, &*journal).await
}

async fn an_erased_case_stands_and_says_nothing<B: Backend>(backend: &B) -> Outcome {
    const RULE: &str = "an erased case stands, says nothing, and takes nothing more";
    let journal = open(RULE, backend).await?;
    let rows = [kind("case"), Row::Person { name: "ARANDO".to_owned() }];
    let keyed = |seen: u32, text: &str, key: &str| {
        let commit = personal(commit(case(1), Version(seen), &[text], &rows));
        Commit { key: Some(IdempotencyKey(key.to_owned())), ..commit }
    };
    append(RULE, &*journal, keyed(0, "{one", "a")).await?;
    append(RULE, &*journal, personal(commit(case(2), Version(0), &["{two"], &rows))).await?;
    append(RULE, &*journal, commit(case(3), Version(0), &["plain"], &[])).await?;
    let nothing = refused(RULE, &*journal, erasure(case(3), Version(1))).await?;
    holds(RULE, matches!(nothing, AppendError::Unfit { .. }), &nothing)?;
    let telling = refused(RULE, &*journal, personal(erasure(case(1), Version(1)))).await?;
    holds(RULE, matches!(telling, AppendError::Unfit { .. }), &telling)?;
    let early = refused(RULE, &*journal, erasure(case(1), Version(0))).await?;
    holds(RULE, matches!(early, AppendError::Moved { .. }), &early)?;
    let before = tail(RULE, &*journal, 0, 9).await?;
    let again = Commit { key: Some(IdempotencyKey("end".to_owned())), ..erasure(case(1), Version(1)) };
    let receipt = append(RULE, &*journal, again.clone()).await?;
    same(RULE, append(RULE, &*journal, again).await?, receipt)?;
    closed(RULE, &*journal).await?;
    for _ in 0..2 {
        let journal = open(RULE, backend).await?;
        let entries = read(RULE, &*journal, case(1), 0).await?;
        let contents: Vec<_> = entries.iter().map(|entry| entry.payload.content()).collect();
        same(RULE, contents, vec![None, Some(b"erased by order".as_slice())])?;
        chained(RULE, &entries)?;
        let hashes =
            |entries: &[Recorded]| entries.iter().take(3).map(|entry| entry.hash).collect::<Vec<_>>();
        same(RULE, hashes(&tail(RULE, &*journal, 0, 9).await?), hashes(&before))?;
        same(RULE, cases(RULE, &*journal, Query::OfPerson("ARANDO".to_owned())).await?, vec![case(2)])?;
        same(RULE, cases(RULE, &*journal, Query::OfKind("erased".to_owned())).await?, vec![case(1)])?;
        for more in
            [commit(case(1), Version(2), &["plain"], &[]), keyed(2, "{one", "b"), keyed(0, "{one", "a")]
        {
            let more = refused(RULE, &*journal, more).await?;
            holds(RULE, matches!(more, AppendError::Erased), &more)?;
        }
        let kept = read(RULE, &*journal, case(2), 0).await?;
        same(RULE, kept.first().and_then(|entry| entry.payload.content()), Some(b"{two".as_slice()))?;
        let verified = journal.verify().await;
        holds(RULE, verified.is_ok(), &verified)?;
        closed(RULE, &*journal).await?;
    }
    Ok(())
}

async fn concurrent_writers_make_one_order<B: Backend>(backend: &B) -> Outcome {
    const RULE: &str = "concurrent writers lose nothing, and one of two on the same version wins";
    let journal = open(RULE, backend).await?;
    let mut tasks = Vec::new();
    for writer in 0..16_u8 {
        let journal = Arc::clone(&journal);
        tasks.push(tokio::spawn(async move {
            let mut won = 0_u32;
            // Four writers to a case.
            for _ in 0..20 {
                let case = case(writer % 4);
                let seen = head(RULE, &*journal, case).await?.version;
                match journal.append(commit(case, seen, &["entry"], &[kind("case")])).await {
                    Ok(receipt) if receipt.version.0 == seen.0 + 1 => won += 1,
                    Err(AppendError::Moved { .. }) => {}
                    other => return Err(broken(RULE, &other)),
                }
            }
            Ok(won)
        }));
    }
    let mut won = 0;
    for task in tasks {
        won += task.await.map_err(|error| broken(RULE, &error))??;
    }
    let all = in_order(RULE, &*journal).await?;
    same(RULE, u32::try_from(all.len()).ok(), Some(won))?;
    for number in 0..4 {
        chained(RULE, &read(RULE, &*journal, case(number), 0).await?)?;
    }
    closed(RULE, &*journal).await
}

async fn readers_see_whole_commits<B: Backend>(backend: &B) -> Outcome {
    const RULE: &str = "no reader sees a part of a commit";
    const SIZE: usize = 40;
    let journal = open(RULE, backend).await?;
    let writer = Arc::clone(&journal);
    let writing = tokio::spawn(async move {
        for round in 0..40_u32 {
            // Every commit replaces all rows by as many others.
            let rows: Vec<_> = (0..SIZE).map(|row| due(i64::from(round), &format!("{row}"))).collect();
            let seen = Version(round * 3);
            append(RULE, &*writer, commit(case(1), seen, &["a", "b", "c"], &rows)).await?;
        }
        Ok(())
    });
    while !writing.is_finished() {
        let entries = read(RULE, &*journal, case(1), 0).await?;
        same(RULE, entries.len() % 3, 0)?;
        let ordered = tail(RULE, &*journal, 0, 1000).await?;
        same(RULE, ordered.len() % 3, 0)?;
        let rows = page(RULE, &*journal, Query::DueUntil(Moment::MAX), PageRequest::first(1000)).await?.rows;
        let whole = rows.is_empty() && entries.is_empty() || rows.len() == SIZE;
        let first = rows.first().map(|found| found.row.clone());
        let one_round = rows.iter().all(|found| at(&found.row) == first.as_ref().and_then(at));
        holds(RULE, whole && one_round, &rows.len())?;
    }
    writing.await.map_err(|error| broken(RULE, &error))??;
    closed(RULE, &*journal).await
}

async fn a_closed_store_refuses_and_keeps<B: Backend>(backend: &B) -> Outcome {
    const RULE: &str = "a closed store refuses, and keeps everything for the next opening";
    let journal = open(RULE, backend).await?;
    append(RULE, &*journal, commit(case(1), Version(0), &["opened"], &[kind("case")])).await?;
    let before = in_order(RULE, &*journal).await?;
    closed(RULE, &*journal).await?;
    closed(RULE, &*journal).await?;
    let refusal = refused(RULE, &*journal, commit(case(1), Version(1), &["late"], &[])).await?;
    holds(RULE, matches!(refusal, AppendError::Closed), &refusal)?;
    let reading = journal.read(case(1), Version(0)).await;
    holds(RULE, matches!(reading, Err(ReadError::Closed)), &reading)?;
    drop(journal);
    let journal = open(RULE, backend).await?;
    same(RULE, in_order(RULE, &*journal).await?, before)?;
    same(RULE, cases(RULE, &*journal, Query::OfKind("case".into())).await?, vec![case(1)])?;
    append(RULE, &*journal, commit(case(1), Version(1), &["arrested"], &[])).await?;
    let report = journal.verify().await.map_err(|error| broken(RULE, &error))?;
    same(RULE, (report.last, report.cases), (Position(2), 1))?;
    closed(RULE, &*journal).await
}

// The words the suite is written in.

fn case(number: u8) -> CaseId {
    CaseId(Uuid::from_u128(u128::from(number)))
}

fn moment(microseconds: i64) -> Moment {
    Moment::from_unix_microseconds(microseconds).unwrap_or(Moment::MAX)
}

fn kind(kind: &str) -> Row {
    Row::Kind { kind: kind.to_owned() }
}

fn due(at: i64, clock: &str) -> Row {
    Row::Due { at: moment(at), clock: clock.to_owned() }
}

fn stage(track: &str, stage: &str) -> Row {
    Row::Stage { track: track.to_owned(), stage: stage.to_owned() }
}

fn at_stage(track: &str, stage: &str) -> Query {
    Query::AtStage { track: track.to_owned(), stage: stage.to_owned() }
}

fn at(row: &Row) -> Option<Moment> {
    if let Row::Due { at, .. } = row { Some(*at) } else { None }
}

fn broken(rule: &'static str, seen: &impl Debug) -> Broken {
    Broken { rule, detail: format!("saw {seen:?}") }
}

fn holds(rule: &'static str, claim: bool, seen: &impl Debug) -> Outcome {
    if claim { Ok(()) } else { Err(broken(rule, seen)) }
}

#[expect(clippy::needless_pass_by_value, reason = "a call reads as a sentence: this is the same as that")]
fn same<T: Debug + PartialEq>(rule: &'static str, seen: T, wanted: T) -> Outcome {
    if seen == wanted {
        Ok(())
    } else {
        Err(Broken { rule, detail: format!("saw {seen:?}, not {wanted:?}") })
    }
}

fn chained(rule: &'static str, entries: &[Recorded]) -> Outcome {
    let mut previous = crate::hash::Hash::NONE;
    for (entry, number) in entries.iter().zip(1..) {
        let fits = entry.previous == previous && Some(entry.number) == EntryNumber::new(number);
        holds(rule, fits && crate::hash::is_sound(entry), entry)?;
        previous = entry.hash;
    }
    Ok(())
}

async fn open<B: Backend>(rule: &'static str, backend: &B) -> Result<Arc<dyn Journal>, Broken> {
    backend.open().await.map_err(|detail| Broken { rule, detail })
}

async fn closed(rule: &'static str, journal: &dyn Journal) -> Outcome {
    journal.close().await.map_err(|error| broken(rule, &error))
}

async fn append(rule: &'static str, journal: &dyn Journal, commit: Commit) -> Result<Receipt, Broken> {
    journal.append(commit).await.map_err(|error| broken(rule, &error))
}

async fn refused(rule: &'static str, journal: &dyn Journal, commit: Commit) -> Result<AppendError, Broken> {
    match journal.append(commit).await {
        Ok(receipt) => Err(broken(rule, &receipt)),
        Err(refusal) => Ok(refusal),
    }
}

async fn receipt(
    rule: &'static str,
    journal: &dyn Journal,
    case: CaseId,
    key: &IdempotencyKey,
) -> Result<Option<Receipt>, Broken> {
    journal.receipt(case, key).await.map_err(|error| broken(rule, &error))
}

async fn head(rule: &'static str, journal: &dyn Journal, case: CaseId) -> Result<Head, Broken> {
    journal.head(case).await.map_err(|error| broken(rule, &error))
}

async fn read(
    rule: &'static str,
    journal: &dyn Journal,
    case: CaseId,
    after: u32,
) -> Result<Vec<Recorded>, Broken> {
    journal.read(case, Version(after)).await.map_err(|error| broken(rule, &error))
}

async fn tail(
    rule: &'static str,
    journal: &dyn Journal,
    after: u64,
    limit: usize,
) -> Result<Vec<Recorded>, Broken> {
    journal.tail(Position(after), limit).await.map_err(|error| broken(rule, &error))
}

/// All entries, which must have positions without a gap.
async fn in_order(rule: &'static str, journal: &dyn Journal) -> Result<Vec<Recorded>, Broken> {
    let all = tail(rule, journal, 0, usize::MAX).await?;
    let in_order = all.iter().zip(1..).all(|(entry, position)| entry.position == Position(position));
    holds(rule, in_order, &all).map(|()| all)
}

async fn page(
    rule: &'static str,
    journal: &dyn Journal,
    query: Query,
    page: PageRequest,
) -> Result<Page, Broken> {
    journal.rows(query, page).await.map_err(|error| broken(rule, &error))
}

async fn cases(rule: &'static str, journal: &dyn Journal, query: Query) -> Result<Vec<CaseId>, Broken> {
    let page = page(rule, journal, query, PageRequest::first(100)).await?;
    Ok(page.rows.into_iter().map(|found| found.case).collect())
}
