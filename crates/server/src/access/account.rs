//! Accounts and tokens, as they are kept.

use std::collections::BTreeSet;

use comity_core::time::Moment;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

/// The longest name of an account, in bytes.
const LONGEST: usize = 64;

/// What an account may do, as a set of permissions that the policies spell out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Reads cases.
    Reader,
    /// Works on cases.
    Officer,
    /// Works on cases, and seals them.
    Head,
    /// Reads everything that was recorded, and proofs of it.
    Auditor,
    /// Looks after the daemon.
    Operator,
    /// Looks after accounts.
    Administrator,
}

impl Role {
    /// Its name in policies.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Officer => "officer",
            Self::Head => "head",
            Self::Auditor => "auditor",
            Self::Operator => "operator",
            Self::Administrator => "administrator",
        }
    }
}

/// An account. It is of an office or a program, and its name is never a person's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// What it may do.
    pub roles: BTreeSet<Role>,
    /// The authorities whose acts it records; of all, if none are named.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub authorities: BTreeSet<String>,
    /// The procedures that it works on; all, if none are named.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub procedures: BTreeSet<String>,
    /// The desk that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<String>,
    /// How its password is kept (PHC string); nothing for a program, which has tokens only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Whether the password was given by somebody else, and must be changed before anything is done.
    #[serde(default)]
    pub must_change_password: bool,
    /// Whether it may not sign in any more.
    #[serde(default)]
    pub is_closed: bool,
}

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TokenKind {
    /// Somebody signed in with a password.
    Session,
    /// Somebody signed in at the console. It stands in a cookie, and opens nothing of the API.
    Console,
    /// A program works for the account.
    Service,
    /// A calendar reads the limits, and can do nothing else.
    Calendar,
    /// The identity provider of the office says who it is. Such a token is never kept here.
    Issued,
}

/// A token, of which the secret is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// The account that it stands for.
    pub account: String,
    /// What it is for.
    pub kind: TokenKind,
    /// What it is called by whoever made it.
    pub label: String,
    /// The SHA-256 of the secret, in hexadecimal digits.
    pub hash: String,
    /// From when.
    #[serde(with = "moment")]
    pub made_at: Moment,
    /// Until when it is good.
    #[serde(with = "moment")]
    pub ends_at: Moment,
}

/// Whether a text may be the name of an account: letters, digits and `._-@`, at most 64 of them.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-@".contains(&byte);
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(fits)
}

mod moment {
    use super::{Deserialize, Deserializer, Moment, Serializer};

    pub(super) fn serialize<S: Serializer>(moment: &Moment, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&moment.to_string())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Moment, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
