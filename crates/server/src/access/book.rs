//! The accounts and tokens of an office, in one file beside the store.
//!
//! The file is written anew under another name, brought to disk and put in its place, so that it is the old one or the new
//! one whatever happens. One daemon has it open: the lock of the store is its lock.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use comity_core::time::Moment;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::account::{Account, Role, Token, TokenKind, is_name};
use super::{password, secret};

/// The format of the file.
const FORMAT: u32 = 1;
/// The account that a new office begins with.
pub const FIRST: &str = "administrator";

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    format: u32,
    accounts: BTreeMap<String, Account>,
    tokens: BTreeMap<String, Token>,
}

/// Who is known, on disk. Cheap to clone; clones share everything.
#[derive(Clone, Debug)]
pub struct Book {
    path: PathBuf,
    state: Arc<RwLock<State>>,
    /// Held while the file is written, so that two changes do not overwrite each other.
    writing: Arc<tokio::sync::Mutex<()>>,
}

/// Who asks, as a token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The account.
    pub name: String,
    /// What it holds.
    pub account: Account,
    /// What it came with.
    pub pass: Pass,
    /// What the token is for.
    pub kind: TokenKind,
}

/// What somebody came with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pass {
    /// A token of ours, by its id.
    Token(String),
    /// One of the identity provider, until it ends.
    Issued(Moment),
}

/// What is wrong with accounts.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not what was written there.
    #[error("{} is not in order: {why}; put back a copy of it, or remove it to begin with a new administrator", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// Where it is wrong.
        why: String,
    },
    /// The name is none.
    #[error("`{0}` is no name of an account: use up to 64 letters, digits and the signs . _ - @")]
    BadName(String),
    /// There is one of this name.
    #[error("there is an account `{0}` already")]
    Taken(String),
    /// There is none of this name.
    #[error("there is no account `{0}`")]
    NoAccount(String),
    /// There is no such token.
    #[error("there is no such token")]
    NoToken,
    /// The last administrator cannot go.
    #[error("`{0}` is the last administrator; make another first")]
    LastAdministrator(String),
    /// The password cannot be taken.
    #[error(transparent)]
    Unfit(#[from] password::Unfit),
    /// Name and password do not fit, or the account is closed: nobody learns which.
    #[error("the account is not known, or the password is not its own")]
    NotSignedIn,
    /// No randomness.
    #[error(transparent)]
    NoChance(#[from] secret::NoChance),
}

/// What is changed in an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// What it may do.
    pub roles: Option<std::collections::BTreeSet<Role>>,
    /// The authorities whose acts it records.
    pub authorities: Option<std::collections::BTreeSet<String>>,
    /// The procedures that it works on.
    pub procedures: Option<std::collections::BTreeSet<String>>,
    /// The desk that it belongs to.
    pub desk: Option<Option<String>>,
    /// Whether it may not sign in any more.
    pub is_closed: Option<bool>,
}

impl Book {
    /// Opens the accounts in `folder`, which is made if there is none.
    ///
    /// # Errors
    ///
    /// Returns [`AccessError`] if the file cannot be read or is not in order.
    pub fn open(folder: &Path) -> Result<Self, AccessError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| AccessError::Io { path, source }
        };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io(folder))?;
        let path = folder.join("accounts.json");
        let state = match fs::read(&path) {
            Ok(bytes) => read(&path, &bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                State { format: FORMAT, ..State::default() }
            }
            Err(error) => return Err(io(&path)(error)),
        };
        Ok(Self { path, state: Arc::new(RwLock::new(state)), writing: Arc::default() })
    }

    /// Begins an office: one administrator, whose first password is handed out here and nowhere else. Nothing if there
    /// are accounts already.
    ///
    /// # Errors
    ///
    /// Returns [`AccessError`] if the file cannot be written.
    pub async fn begin(&self) -> Result<Option<Zeroizing<String>>, AccessError> {
        if !self.state().accounts.is_empty() {
            return Ok(None);
        }
        let roles = [Role::Administrator].into();
        self.add(FIRST, roles, true).await
    }

    /// Whether every administrator has a password that nobody else has seen.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        let state = self.state();
        let mut administrators =
            state.accounts.values().filter(|account| account.roles.contains(&Role::Administrator));
        administrators.all(|account| !account.must_change_password)
    }

    /// Adds an account; for a person with a first password, which is handed out here and nowhere else.
    ///
    /// # Errors
    ///
    /// Returns [`AccessError`] if the name is taken or none, or the file cannot be written.
    pub async fn add(
        &self,
        name: &str,
        roles: std::collections::BTreeSet<Role>,
        has_password: bool,
    ) -> Result<Option<Zeroizing<String>>, AccessError> {
        if !is_name(name) {
            return Err(AccessError::BadName(name.chars().take(80).filter(|c| !c.is_control()).collect()));
        }
        let first = if has_password { Some(secret::first_password()?) } else { None };
        let kept = match &first {
            Some(first) => Some(hashed(first.to_string()).await?),
            None => None,
        };
        let account = Account {
            roles,
            authorities: std::collections::BTreeSet::new(),
            procedures: std::collections::BTreeSet::new(),
            desk: None,
            password: kept,
            must_change_password: has_password,
            is_closed: false,
        };
        self.change(|state| {
            if state.accounts.contains_key(name) {
                return Err(AccessError::Taken(name.to_owned()));
            }
            state.accounts.insert(name.to_owned(), account);
            Ok(())
        })
        .await?;
        Ok(first)
    }

    /// Changes an account. Whoever loses something loses the sessions with it.
    ///
    /// # Errors
    ///
    /// Returns [`AccessError`] if there is none, if it is the last administrator, or the file cannot be written.
    pub async fn edit(&self, name: &str, edit: Edit) -> Result<Account, AccessError> {
        self.change(|state| {
            let account =
                state.accounts.get_mut(name).ok_or_else(|| AccessError::NoAccount(name.to_owned()))?;
            let Edit { roles, authorities, procedures, desk, is_closed } = edit;
            account.roles = roles.unwrap_or_else(|| account.roles.clone());
            account.authorities = authorities.unwrap_or_else(|| account.authorities.clone());
            account.procedures = procedures.unwrap_or_else(|| account.procedures.clone());
            account.desk = desk.unwrap_or_else(|| account.desk.clone());
            account.is_closed = is_closed.unwrap_or(account.is_closed);
            let (account, closed) = (account.clone(), account.is_closed);
            let rules =
                |account: &Account| account.roles.contains(&Role::Administrator) && !account.is_closed;
            if !state.accounts.values().any(rules) {
                return Err(AccessError::LastAdministrator(name.to_owned()));
            }
            if closed {
                state.tokens.retain(|_, token| token.account != name);
            }
            Ok(account)
        })
        .await
    }

    /// Gives an account a new first password, and ends its sessions.
    ///
    /// # Errors
    ///
    /// Returns [`AccessError`] if there is no such account, or the file cannot be written.
    pub async fn reset_password(&self, name: &str) -> Result<Zeroizing<String>, AccessError> {
        let first = secret::first_password()?;
        self.set_password(name, hashed(first.to_string()).await?, true).await?;
        Ok(first)
    }

    /// Changes a password for another, and ends all sessions of the account.
    ///
    /// # Errors
    ///
    /// Returns [`AccessError`] if the old one is wrong, the new one cannot be taken, or the file cannot be written.
    pub async fn change_password(&self, name: &str, old: &str, new: &str) -> Result<(), AccessError> {
        password::check(new, name)?;
        let known = self.state().accounts.get(name).and_then(|account| account.password.clone());
        if old == new || !tried(old.to_owned(), known).await {
            return Err(AccessError::NotSignedIn);
        }
        self.set_password(name, hashed(new.to_owned()).await?, false).await
    }

    async fn set_password(&self, name: &str, kept: String, must_change: bool) -> Result<(), AccessError> {
        self.change(|state| {
            let account =
                state.accounts.get_mut(name).ok_or_else(|| AccessError::NoAccount(name.to_owned()))?;
            account.password = Some(kept);
            account.must_change_password = must_change;
            let is_session = |kind| matches!(kind, TokenKind::Session | TokenKind::Console);
            state.tokens.retain(|_, token| token.account != name || !is_session(token.kind));
            Ok(())
        })
        .await
    }

    /// Signs an account in with its password, for a session of this kind.
    ///
    /// # Errors
    ///
    /// Returns [`AccessError::NotSignedIn`] if name and password do not fit.
    pub async fn sign_in(
        &self,
        name: &str,
        password: &str,
        kind: TokenKind,
        now: Moment,
        minutes: u32,
    ) -> Result<(Zeroizing<String>, Moment, bool), AccessError> {
        let known = self.state().accounts.get(name).cloned().filter(|account| !account.is_closed);
        let kept = known.as_ref().and_then(|account| account.password.clone());
        let is_right = tried(password.to_owned(), kept).await;
        let account = known.filter(|_| is_right).ok_or(AccessError::NotSignedIn)?;
        let ends_at = after(now, i64::from(minutes) * 60);
        let (_, secret) = self.issue(name, kind, "signed in", now, ends_at).await?;
        Ok((secret, ends_at, account.must_change_password))
    }

    /// Makes a token, of which the secret is handed out here and nowhere else.
    ///
    /// # Errors
    ///
    /// Returns [`AccessError`] if there is no such account, or the file cannot be written.
    pub async fn issue(
        &self,
        account: &str,
        kind: TokenKind,
        label: &str,
        now: Moment,
        ends_at: Moment,
    ) -> Result<(String, Zeroizing<String>), AccessError> {
        let secret = secret::token()?;
        let id = uuid::Uuid::now_v7().simple().to_string();
        let token = Token {
            account: account.to_owned(),
            kind,
            label: label.to_owned(),
            hash: secret::hash(&secret),
            made_at: now,
            ends_at,
        };
        let key = id.clone();
        self.change(|state| {
            if !state.accounts.contains_key(account) {
                return Err(AccessError::NoAccount(account.to_owned()));
            }
            // What has ended opens nothing any more, and need not be kept.
            state.tokens.retain(|_, token| token.ends_at > now);
            state.tokens.insert(key, token);
            Ok(())
        })
        .await?;
        Ok((id, secret))
    }

    /// Takes a token back.
    ///
    /// # Errors
    ///
    /// Returns [`AccessError`] if there is none, or the file cannot be written.
    pub async fn revoke(&self, id: &str) -> Result<(), AccessError> {
        self.change(|state| state.tokens.remove(id).map(|_| ()).ok_or(AccessError::NoToken)).await
    }

    /// Who comes with a secret; nothing if it is none, has ended, or its account is closed.
    #[must_use]
    pub fn principal(&self, secret: &str, now: Moment) -> Option<Principal> {
        let hash = secret::hash(secret);
        let state = self.state();
        // Hashes are compared, of secrets with too much chance in them to be found by the time it takes.
        let (id, token) = state.tokens.iter().find(|(_, token)| token.hash == hash)?;
        if token.ends_at <= now {
            return None;
        }
        let account = state.accounts.get(&token.account).filter(|account| !account.is_closed)?;
        Some(Principal {
            name: token.account.clone(),
            account: account.clone(),
            pass: Pass::Token(id.clone()),
            kind: token.kind,
        })
    }

    /// Who has an account of this name, of whom the identity provider says that it is he; nothing if there is none, or it is
    /// closed. What it may do stands here, whatever the provider says.
    #[must_use]
    pub fn vouched_for(&self, name: &str, ends_at: Moment) -> Option<Principal> {
        let account = self.state().accounts.get(name).filter(|account| !account.is_closed)?.clone();
        Some(Principal {
            name: name.to_owned(),
            account,
            pass: Pass::Issued(ends_at),
            kind: TokenKind::Issued,
        })
    }

    /// Whether what somebody came with is good still.
    #[must_use]
    pub fn is_good(&self, who: &Principal, now: Moment) -> bool {
        let state = self.state();
        match &who.pass {
            Pass::Token(id) => state.tokens.get(id).is_some_and(|token| token.ends_at > now),
            Pass::Issued(ends_at) => {
                *ends_at > now && state.accounts.get(&who.name).is_some_and(|account| !account.is_closed)
            }
        }
    }

    /// All accounts, by name.
    #[must_use]
    pub fn accounts(&self) -> BTreeMap<String, Account> {
        self.state().accounts.clone()
    }

    /// The tokens of an account, by id.
    #[must_use]
    pub fn tokens(&self, account: &str) -> Vec<(String, Token)> {
        let state = self.state();
        let own = state.tokens.iter().filter(|(_, token)| token.account == account);
        own.map(|(id, token)| (id.clone(), token.clone())).collect()
    }

    fn state(&self) -> std::sync::RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is known, on disk first.
    async fn change<T>(
        &self,
        change: impl FnOnce(&mut State) -> Result<T, AccessError>,
    ) -> Result<T, AccessError> {
        let held = Arc::clone(&self.writing).lock_owned().await;
        let mut next = self.state().clone();
        let changed = change(&mut next)?;
        let (path, state) = (self.path.clone(), Arc::clone(&self.state));
        // Done to its end also if whoever asked goes away: what is on disk must be what is known, and the next change is
        // made of what is known.
        let written = tokio::task::spawn_blocking(move || {
            let written = write(&path, &serde_json::to_vec_pretty(&next).unwrap_or_default());
            if written.is_ok() {
                *state.write().unwrap_or_else(PoisonError::into_inner) = next;
            }
            drop(held);
            written
        });
        let wrong = |source| AccessError::Io { path: self.path.clone(), source };
        written.await.map_err(|error| wrong(io::Error::other(error.to_string())))?.map_err(wrong)?;
        Ok(changed)
    }
}

fn read(path: &Path, bytes: &[u8]) -> Result<State, AccessError> {
    let wrong = |why: String| AccessError::Form { path: path.to_owned(), why };
    let state: State = serde_json::from_slice(bytes)
        .map_err(|error| wrong(format!("line {} column {}", error.line(), error.column())))?;
    if state.format != FORMAT {
        return Err(wrong(format!("it is in format {}, and this program reads {FORMAT}", state.format)));
    }
    Ok(state)
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("json.next");
    let mut file =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}

/// A password takes a while and some memory, so it is tried off the runtime, and only so many at a time.
static TRYING: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(4);

async fn hashed(text: String) -> Result<String, AccessError> {
    let _turn = TRYING.acquire().await;
    let hashed = tokio::task::spawn_blocking(move || password::hash(&text)).await;
    Ok(hashed.map_err(|_| password::Unfit::NoHash)??)
}

async fn tried(text: String, kept: Option<String>) -> bool {
    let _turn = TRYING.acquire().await;
    tokio::task::spawn_blocking(move || password::is_right(&text, kept.as_deref())).await.unwrap_or(false)
}

/// The moment so many seconds later.
#[must_use]
pub fn after(now: Moment, seconds: i64) -> Moment {
    let later = now.as_unix_microseconds().saturating_add(seconds.saturating_mul(1_000_000));
    Moment::from_unix_microseconds(later).unwrap_or(Moment::MAX)
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    #[tokio::test]
    async fn a_change_is_made_whole_also_if_whoever_asked_goes_away() {
        let folder = tempfile::tempdir().unwrap();
        let book = Book::open(folder.path()).unwrap();
        book.add("desk", [Role::Officer].into(), false).await.unwrap();
        {
            // Begun, and given up while it is written.
            let mut given_up = pin!(book.add("service", [Role::Officer].into(), false));
            assert!(given_up.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        book.add("another", [Role::Reader].into(), false).await.unwrap();
        assert_eq!(book.accounts().len(), 3);
        assert_eq!(Book::open(folder.path()).unwrap().accounts(), book.accounts());
    }

    #[tokio::test]
    async fn a_file_that_is_not_in_order_is_refused_and_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accounts.json");
        for text in ["", "{}", "{\"format\": 9, \"accounts\": {}, \"tokens\": {}}"] {
            fs::write(&path, text).unwrap();
            assert!(matches!(Book::open(folder.path()), Err(AccessError::Form { .. })), "{text}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }
}
