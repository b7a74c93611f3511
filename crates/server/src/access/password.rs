//! How a password is kept, and how it is tried: Argon2id, with a salt of its own for each (RFC 9106).

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};

/// The shortest password, in characters (NIST SP 800-63B-4, section 3.1.1.2, for a password that stands alone).
pub const SHORTEST: usize = 15;
/// The longest, in bytes: longer ones would only cost time.
pub const LONGEST: usize = 512;

/// Memory in KiB, passes and lanes: the second choice of RFC 9106, section 4, with less memory.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// A password that cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Too short.
    #[error("a password has at least {SHORTEST} characters; several words are easiest to remember")]
    TooShort,
    /// Too long.
    #[error("a password has at most {LONGEST} bytes")]
    TooLong,
    /// It says the name of the account.
    #[error("a password does not contain the name of the account")]
    HasName,
    /// It could not be hashed.
    #[error("the password could not be hashed")]
    NoHash,
}

/// Whether a password may be taken for an account.
///
/// # Errors
///
/// Returns [`Unfit`] with the reason.
pub fn check(password: &str, account: &str) -> Result<(), Unfit> {
    if password.chars().count() < SHORTEST {
        return Err(Unfit::TooShort);
    }
    if password.len() > LONGEST {
        return Err(Unfit::TooLong);
    }
    if password.to_lowercase().contains(&account.to_lowercase()) {
        return Err(Unfit::HasName);
    }
    Ok(())
}

/// The hash of a password that nobody knows, to be tried for accounts that there are not.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b+dWRWJTmaQDzbMc7lWHaNUfaE";

fn argon() -> Option<Argon2<'static>> {
    let params = Params::new(MEMORY, PASSES, 1, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// What is kept of a password (PHC string). It takes some time, so do it off the runtime.
///
/// # Errors
///
/// Returns [`Unfit::NoHash`] if the system gives no randomness.
pub fn hash(password: &str) -> Result<String, Unfit> {
    let hash = argon().and_then(|argon| argon.hash_password(password.as_bytes()).ok());
    hash.map(|hash| hash.to_string()).ok_or(Unfit::NoHash)
}

/// Whether a password is the one that was kept. Where nothing is kept it takes as long and is wrong, so that nobody learns
/// which accounts there are.
#[must_use]
pub fn is_right(password: &str, kept: Option<&str>) -> bool {
    if password.len() > LONGEST {
        return false;
    }
    let (Some(argon), Ok(hash)) = (argon(), PasswordHash::new(kept.unwrap_or(NOBODY))) else { return false };
    argon.verify_password(password.as_bytes(), &hash).is_ok() && kept.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_is_right() {
        let kept = hash("four words are enough").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(is_right("four words are enough", Some(&kept)));
        assert!(!is_right("four words are enougH", Some(&kept)));
        assert!(!is_right("four words are enough", None));
        assert!(!is_right("", Some("not a hash")));
        assert_ne!(kept, hash("four words are enough").unwrap());
    }

    #[test]
    fn a_password_that_is_easily_guessed_is_not_taken() {
        assert_eq!(check("short", "desk"), Err(Unfit::TooShort));
        assert_eq!(check("my desk is the best desk", "Desk"), Err(Unfit::HasName));
        assert_eq!(check(&"x".repeat(513), "desk"), Err(Unfit::TooLong));
        assert_eq!(check("four words are enough", "desk"), Ok(()));
    }

    /// Were it no hash, or a cheaper one, an unknown account would be told by its speed.
    #[test]
    fn for_nobody_the_same_work_is_done() {
        let (nobody, somebody) = (PasswordHash::new(NOBODY).unwrap(), hash("four words are enough").unwrap());
        let somebody = PasswordHash::new(&somebody).unwrap();
        assert_eq!((nobody.algorithm, nobody.params), (somebody.algorithm, somebody.params));
        assert_eq!(nobody.hash.unwrap().len(), somebody.hash.unwrap().len());
    }
}
