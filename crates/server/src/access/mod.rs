//! Who works with the API, and what each may do.
//!
//! - [`account`]: accounts and what they hold; [`book`] keeps them on disk, with tokens.
//! - [`password`]: how a password is kept and tried. [`secret`]: tokens, of which only a hash is kept.
//! - [`issuer`]: tokens of the identity provider of an office, which open accounts of the book.
//! - [`policy`]: the rules, in Cedar. What no rule permits is forbidden.

pub mod account;
pub mod book;
pub mod issuer;
pub mod password;
pub mod policy;
pub mod secret;

pub use account::{Account, Role, TokenKind};
pub use book::{AccessError, Book, Pass, Principal};
pub use issuer::{Issuer, IssuerError};
pub use policy::{Action, Rules, What};
