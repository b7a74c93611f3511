//! The rules of who may do what, in Cedar. What no rule permits is forbidden, and what cannot be decided is forbidden too.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression, Schema, ValidationMode, Validator,
};

use comity_runner::CaseFile;

use super::book::Principal;

const DEFAULT: &str = include_str!("../../policies/default.cedar");
const SCHEMA: &str = include_str!("../../policies/schema.cedarschema");

/// The policies, checked against the schema.
#[derive(Debug)]
pub struct Rules {
    policies: PolicySet,
    schema: Schema,
    digest: String,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Lists, queues and searches.
    List,
    /// Follows the record as it grows.
    Follow,
    /// Reads a case.
    Read,
    /// Opens a matter or a case.
    Open,
    /// Records in a case.
    Record,
    /// Confirms in a case what another proposed.
    Confirm,
    /// Seals a case, and lifts its seal.
    Seal,
    /// Reads who read a sealed case.
    Audit,
    /// Sees who has how much.
    Oversee,
    /// Takes running cases over to another edition of their procedure.
    Migrate,
    /// Reads how the daemon does.
    Measure,
    /// Looks after those who are told of what is recorded, and after the clock.
    Operate,
    /// Looks after accounts.
    ManageAccounts,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::List,
        Self::Follow,
        Self::Read,
        Self::Open,
        Self::Record,
        Self::Confirm,
        Self::Seal,
        Self::Audit,
        Self::Oversee,
        Self::Migrate,
        Self::Measure,
        Self::Operate,
        Self::ManageAccounts,
    ];

    /// Its name in policies.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Follow => "follow",
            Self::Read => "read",
            Self::Open => "open",
            Self::Record => "record",
            Self::Confirm => "confirm",
            Self::Seal => "seal",
            Self::Audit => "audit",
            Self::Oversee => "oversee",
            Self::Migrate => "migrate",
            Self::Measure => "measure",
            Self::Operate => "operate",
            Self::ManageAccounts => "manage-accounts",
        }
    }

    /// What follows `this account may not`.
    const fn says(self) -> &'static str {
        match self {
            Self::List => "list cases",
            Self::Follow => "follow the record",
            Self::Read => "read this case",
            Self::Open => "open this",
            Self::Record => "record this",
            Self::Confirm => "confirm this",
            Self::Seal => "seal a case or lift its seal",
            Self::Audit => "read who read this case",
            Self::Oversee => "see who has how much",
            Self::Migrate => "take cases over to another edition of their procedure",
            Self::Measure => "read the measures of the daemon",
            Self::Operate => "look after the daemon",
            Self::ManageAccounts => "manage accounts",
        }
    }
}

/// What it is done to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct What<'w> {
    /// The case, where it is about one.
    pub case: Option<&'w str>,
    /// The procedure of the case.
    pub procedure: Option<&'w str>,
    /// The authority whose act is recorded.
    pub authority: Option<&'w str>,
    /// Whether the case is sealed.
    pub is_sealed: bool,
}

impl<'w> What<'w> {
    /// A case, by how it was opened.
    #[must_use]
    pub fn of(file: &'w CaseFile) -> Self {
        // A case that went over to another procedure is of that one.
        let (reference, procedure) = (&file.opening.reference, Some(file.procedure.name().as_str()));
        Self { case: Some(reference), procedure, authority: None, is_sealed: file.is_sealed() }
    }
}

/// Why policies cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// The file cannot be read.
    #[error("the policies {} cannot be read: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// They are not in order.
    #[error("the policies {from} are not in order: {why}")]
    Form {
        /// The file.
        from: String,
        /// What is wrong, with its line.
        why: String,
    },
}

/// The account may not do this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this account may not {}; ask an administrator for a role that may", .action.says())]
pub struct NotAllowed {
    action: Action,
}

impl Rules {
    /// The policies in a file, or those that come with the program.
    ///
    /// # Errors
    ///
    /// Returns [`RulesError`] if they cannot be read or do not fit the schema.
    pub fn read(file: Option<&Path>) -> Result<Self, RulesError> {
        match file {
            None => Self::of(DEFAULT, "of the program"),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|source| RulesError::File { path: path.to_owned(), source })?;
                Self::of(&text, &path.display().to_string())
            }
        }
    }

    fn of(text: &str, from: &str) -> Result<Self, RulesError> {
        let wrong = |why: String| RulesError::Form { from: from.to_owned(), why };
        let policies: PolicySet =
            text.parse().map_err(|why: cedar_policy::ParseErrors| wrong(why.to_string()))?;
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA).map_err(|why| wrong(why.to_string()))?;
        let checked = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        if let Some(first) = checked.validation_errors().next() {
            return Err(wrong(first.to_string()));
        }
        let digest = super::secret::hash(text);
        Ok(Self { policies, schema, digest })
    }

    /// The SHA-256 of their text, in hexadecimal digits, by which a log says under which rules something was allowed.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Whether an account may do something.
    ///
    /// # Errors
    ///
    /// Returns [`NotAllowed`] if no rule permits it, or one forbids it.
    pub fn may(&self, who: &Principal, action: Action, what: What<'_>) -> Result<(), NotAllowed> {
        if self.permits(who, action, what) {
            return Ok(());
        }
        tracing::info!(account = who.name, action = action.word(), rules = self.digest, "not allowed");
        Err(NotAllowed { action })
    }

    /// The same for a look that tells nobody of a refusal.
    #[must_use]
    pub fn permits(&self, who: &Principal, action: Action, what: What<'_>) -> bool {
        self.decide(who, action, what) == Some(Decision::Allow)
    }

    fn decide(&self, who: &Principal, action: Action, what: What<'_>) -> Option<Decision> {
        let account = entity("Account", &who.name)?;
        let resource = match action {
            Action::Read | Action::Record | Action::Confirm | Action::Seal | Action::Audit => {
                entity("Case", what.case.unwrap_or_default())?
            }
            Action::List
            | Action::Follow
            | Action::Open
            | Action::Oversee
            | Action::Migrate
            | Action::Measure
            | Action::Operate
            | Action::ManageAccounts => entity("Office", "office")?,
        };
        let context = [("procedure", what.procedure), ("authority", what.authority)];
        let fits = |name: &str| match action {
            Action::Read | Action::Record | Action::Confirm | Action::Seal | Action::Audit => true,
            Action::Open | Action::Oversee | Action::Migrate => name == "procedure",
            Action::List | Action::Follow | Action::Measure | Action::Operate | Action::ManageAccounts => {
                false
            }
        };
        let context = context.into_iter().filter(|(name, _)| fits(name)).filter_map(|(name, value)| {
            Some((name.to_owned(), RestrictedExpression::new_string(value?.to_owned())))
        });
        let sealed =
            fits("sealed").then(|| ("sealed".to_owned(), RestrictedExpression::new_bool(what.is_sealed)));
        let context = Context::from_pairs(context.chain(sealed)).ok()?;
        let entities =
            Entities::from_entities(Self::entities(who, &account, &resource)?, Some(&self.schema)).ok()?;
        let action = entity("Action", action.word())?;
        let request = Request::new(account, action, resource, context, Some(&self.schema)).ok()?;
        let answer = Authorizer::new().is_authorized(&request, &self.policies, &entities);
        // A policy that could not be evaluated may have been one that forbids.
        answer.diagnostics().errors().next().is_none().then(|| answer.decision())
    }

    fn entities(who: &Principal, account: &EntityUid, resource: &EntityUid) -> Option<Vec<Entity>> {
        let set = |names: &std::collections::BTreeSet<String>| {
            RestrictedExpression::new_set(names.iter().cloned().map(RestrictedExpression::new_string))
        };
        let mut attributes = HashMap::new();
        let held = &who.account;
        if !held.authorities.is_empty() {
            attributes.insert("authorities".to_owned(), set(&held.authorities));
        }
        if !held.procedures.is_empty() {
            attributes.insert("procedures".to_owned(), set(&held.procedures));
        }
        if let Some(desk) = &held.desk {
            attributes.insert("desk".to_owned(), RestrictedExpression::new_string(desk.clone()));
        }
        let roles: HashSet<EntityUid> =
            held.roles.iter().map(|role| entity("Role", role.word())).collect::<Option<_>>()?;
        let mut entities: Vec<Entity> =
            roles.iter().map(|role| Entity::new_no_attrs(role.clone(), HashSet::new())).collect();
        entities.push(Entity::new(account.clone(), attributes, roles).ok()?);
        entities.push(Entity::new_no_attrs(resource.clone(), HashSet::new()));
        Some(entities)
    }
}

fn entity(kind: &str, id: &str) -> Option<EntityUid> {
    let kind: EntityTypeName = kind.parse().ok()?;
    Some(EntityUid::from_type_name_and_id(kind, EntityId::new(id)))
}
