//! Entries: what the journal of a case holds, one after the other.

use std::fmt;

use crate::id::{CaseId, EntryNumber, MatterId};
use crate::migration::Migration;
use crate::name::{Name, Private};
use crate::procedure::{DocumentForm, Meaning};
use crate::time::{Day, Moment, Period, When};
use crate::value::Value;

pub use crate::standing::{awaiting, proposed, standing, struck_out};

/// One line of the journal of a case. Entries are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the case.
    pub number: EntryNumber,
    /// When it was recorded. Never goes back within a case.
    pub recorded_at: Moment,
    /// Who recorded it.
    pub recorded_by: Private,
    /// What it says.
    pub body: Body,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// The case was opened. Always the first entry, and only that.
    Opened(Opening),
    /// Something took effect in the world.
    Deed(Deed),
    /// An earlier entry was a mistake and counts no more.
    Annulled {
        /// Which entry.
        entry: EntryNumber,
        /// Why.
        reason: Private,
    },
    /// An earlier entry was a mistake and reads so instead.
    Corrected {
        /// Which entry.
        entry: EntryNumber,
        /// What it should have said.
        deed: Deed,
        /// Why.
        reason: Private,
    },
    /// The case was tied to another.
    Linked {
        /// The link of the procedure.
        link: Name,
        /// The other case.
        case: CaseId,
    },
    /// A limit was seen to run out. The fold ignores it; an audit does not.
    Noticed(Notice),
    /// A working note, without effect.
    Note(Private),
    /// A file was put beside the record: a scan, an order, a letter. Without effect.
    Filed(Filed),
    /// Somebody proposed to erase the content of the case; another has to confirm it. Without effect.
    ErasureProposed(ErasureProposed),
    /// The office worked on the case: it put it on hold, gave it to somebody, set a day. Without effect.
    Office(Office),
    /// A warning before a limit was given. The fold ignores it, as it ignores a notice.
    Warned(Warning),
    /// Somebody proposed what the procedure leaves to two persons. Without effect until another confirms it.
    Proposed(Proposal),
    /// Another than whoever proposed it confirmed it: it counts as if it were recorded here.
    Confirmed {
        /// The entry that proposed it.
        entry: EntryNumber,
    },
    /// The case goes over to another procedure.
    Migrated(Box<Migration>),
}

/// What one person proposes and another confirms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposal {
    /// Something took effect in the world.
    Deed(Deed),
    /// An earlier entry was a mistake and counts no more.
    Annulled {
        /// Which entry.
        entry: EntryNumber,
        /// Why.
        reason: Private,
    },
    /// An earlier entry was a mistake and reads so instead.
    Corrected {
        /// Which entry.
        entry: EntryNumber,
        /// What it should have said.
        deed: Deed,
        /// Why.
        reason: Private,
    },
}

impl Proposal {
    /// What is proposed, as an entry of its own.
    #[must_use]
    pub fn into_body(self) -> Body {
        match self {
            Self::Deed(deed) => Body::Deed(deed),
            Self::Annulled { entry, reason } => Body::Annulled { entry, reason },
            Self::Corrected { entry, deed, reason } => Body::Corrected { entry, deed, reason },
        }
    }

    /// The same entry as a proposal; nothing for what is never left to two persons.
    #[must_use]
    pub fn of(body: Body) -> Option<Self> {
        match body {
            Body::Deed(deed) => Some(Self::Deed(deed)),
            Body::Annulled { entry, reason } => Some(Self::Annulled { entry, reason }),
            Body::Corrected { entry, deed, reason } => Some(Self::Corrected { entry, deed, reason }),
            Body::Opened(_)
            | Body::Linked { .. }
            | Body::Noticed(_)
            | Body::Note(_)
            | Body::Filed(_)
            | Body::ErasureProposed(_)
            | Body::Office(_)
            | Body::Warned(_)
            | Body::Proposed(_)
            | Body::Confirmed { .. }
            | Body::Migrated(_) => None,
        }
    }

    /// The deed that it proposes, or proposes in the place of another.
    #[must_use]
    pub const fn deed(&self) -> Option<&Deed> {
        match self {
            Self::Deed(deed) | Self::Corrected { deed, .. } => Some(deed),
            Self::Annulled { .. } => None,
        }
    }
}

/// What an office did about a case that it works. Administrative: no clock stops for it, and no act opens or closes.
/// What was said later holds; nothing of it is annulled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Office {
    /// The case was put on hold.
    Held {
        /// Why.
        reason: Private,
        /// The day on which it must be looked at again, in the days of the deciding side.
        until: Option<Day>,
    },
    /// The hold was ended.
    Resumed,
    /// The case was given to an account, a desk or both; to neither, and nobody has it any more.
    Assigned {
        /// The account. Never a person's name.
        to: Option<Private>,
        /// The desk.
        desk: Option<Name>,
    },
    /// The day was set on which somebody looks at the case again, in the days of the deciding side.
    ReviewBy {
        /// The day.
        by: Day,
        /// What is to be looked at.
        why: Private,
    },
    /// The day that was set for a review was struck out.
    NoReview,
    /// From here on only those who are named may see the case. Said anew, it names all of them anew.
    Sealed {
        /// The accounts that may. Never persons' names.
        accounts: Vec<Private>,
        /// The desks whose accounts may.
        desks: Vec<Name>,
        /// Why.
        reason: Private,
    },
    /// Whoever may read cases may see it again.
    Unsealed {
        /// Why.
        reason: Private,
    },
}

/// A warning that was given before a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The clock.
    pub clock: Name,
    /// How long before the end, as the procedure says.
    pub before: Period,
    /// From when it was to be given.
    pub at: Moment,
    /// The first instant that is too late, as it was counted when the warning was given.
    pub ends: Moment,
    /// Which authorities it concerns.
    pub told: Vec<Name>,
}

impl Body {
    /// The deed that it records or proposes, or puts in the place of another.
    #[must_use]
    pub const fn deed(&self) -> Option<&Deed> {
        match self {
            Self::Deed(deed)
            | Self::Corrected { deed, .. }
            | Self::Proposed(Proposal::Deed(deed) | Proposal::Corrected { deed, .. }) => Some(deed),
            Self::Opened(_)
            | Self::Annulled { .. }
            | Self::Linked { .. }
            | Self::Noticed(_)
            | Self::Note(_)
            | Self::Filed(_)
            | Self::ErasureProposed(_)
            | Self::Office(_)
            | Self::Warned(_)
            | Self::Proposed(Proposal::Annulled { .. })
            | Self::Confirmed { .. }
            | Self::Migrated(_) => None,
        }
    }

    /// The same, to be changed before it is recorded.
    #[must_use]
    pub const fn deed_mut(&mut self) -> Option<&mut Deed> {
        match self {
            Self::Deed(deed)
            | Self::Corrected { deed, .. }
            | Self::Proposed(Proposal::Deed(deed) | Proposal::Corrected { deed, .. }) => Some(deed),
            Self::Opened(_)
            | Self::Annulled { .. }
            | Self::Linked { .. }
            | Self::Noticed(_)
            | Self::Note(_)
            | Self::Filed(_)
            | Self::ErasureProposed(_)
            | Self::Office(_)
            | Self::Warned(_)
            | Self::Proposed(Proposal::Annulled { .. })
            | Self::Confirmed { .. }
            | Self::Migrated(_) => None,
        }
    }
}

/// How a case begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The procedure it runs under.
    pub procedure: Name,
    /// The digest of what that procedure meant when the case was opened. The case is pinned to it.
    pub meaning: Meaning,
    /// The dossier it belongs to.
    pub matter: MatterId,
    /// The reference by which officers know it, such as `EX-2027-0014`.
    pub reference: String,
    /// A short title, which may name a person.
    pub title: Private,
    /// From when acts may be recorded. Nothing in the case took effect earlier.
    pub since: When,
}

/// Something that took effect in the world, as far as it is known when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// When it took effect.
    pub when: When,
    /// What it was.
    pub what: What,
}

/// What took effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// An authority did an act of the procedure.
    Act {
        /// The act.
        act: Name,
        /// Who did it.
        by: Name,
        /// The facts given with it.
        facts: Vec<(Name, Value)>,
    },
    /// A document arrived.
    Document(Arrival),
    /// A ground was considered.
    Finding {
        /// The ground.
        ground: Name,
        /// What was found.
        applies: bool,
        /// Who considered it.
        by: Name,
    },
    /// A fact became known.
    Fact {
        /// The fact.
        fact: Name,
        /// What is known of it.
        value: Value,
    },
    /// A linked case reached a stage that this case must know of.
    Learned {
        /// The fact that mirrors it.
        fact: Name,
        /// The stage.
        value: Name,
        /// The linked case.
        from: CaseId,
        /// Its entry from which this follows.
        entry: EntryNumber,
    },
}

/// A document that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Which document of the procedure.
    pub document: Name,
    /// In which form it came.
    pub form: ArrivedForm,
    /// The language of the translation that came with it (BCP 47), if one did.
    pub translated_into: Option<String>,
}

crate::words::words! {
    /// The form in which a document came.
    pub enum ArrivedForm {
        /// The original.
        Original = "original",
        /// A certified copy.
        CertifiedCopy = "certified-copy",
        /// A copy without certification.
        Copy = "copy",
    }
}

/// A file that is kept beside the record, under a key of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// The entry that it belongs to; nothing for the case as a whole.
    pub entry: Option<EntryNumber>,
    /// What it is called, which may name a person.
    pub name: Private,
    /// What kind of file it is (RFC 6838), such as `application/pdf`.
    pub media: String,
    /// How many bytes it has.
    pub size: u64,
    /// The SHA-256 of its content.
    pub content: Digest,
    /// The SHA-256 of the bytes that are kept, by which it is found.
    pub kept: Digest,
    /// The key by which they are opened, in hexadecimal digits. Whoever can read the entry can read the file.
    pub key: Private,
}

/// A SHA-256 digest. Prints as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// Why the content of a case is to be erased. Both texts stay readable after the erasure, so neither may tell of the
/// person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureProposed {
    /// Who ordered it: a court, a data protection authority, the head of the office.
    pub authority: String,
    /// Why, with the provision.
    pub reason: String,
}

/// What was seen when a limit ran out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The clock.
    pub clock: Name,
    /// When it ran out.
    pub ran_out: Moment,
    /// Which authorities were told.
    pub told: Vec<Name>,
}

impl ArrivedForm {
    /// Whether a document in this form is in the form that is `required`.
    #[must_use]
    pub fn satisfies(self, required: DocumentForm) -> bool {
        match required {
            DocumentForm::NotStated | DocumentForm::Copy => true,
            DocumentForm::CertifiedCopy => matches!(self, Self::Original | Self::CertifiedCopy),
            DocumentForm::Original => self == Self::Original,
        }
    }
}

impl What {
    /// A few words for a list: the kind and the name, without any value.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Act { act, .. } => act.as_str().to_owned(),
            Self::Document(arrival) => label::document(&arrival.document),
            Self::Finding { ground, applies, .. } => label::finding(ground, *applies),
            Self::Fact { fact, .. } => label::fact(fact),
            Self::Learned { fact, value, .. } => label::learned(fact, value),
        }
    }
}

/// The words of a list for what happens in a case, without any value.
pub(crate) mod label {
    use crate::name::Name;

    pub(crate) fn document(document: &Name) -> String {
        format!("document {document}")
    }

    pub(crate) fn finding(ground: &Name, applies: bool) -> String {
        let stands = if applies { "applies" } else { "does not apply" };
        format!("ground {ground} {stands}")
    }

    pub(crate) fn fact(fact: &Name) -> String {
        format!("fact {fact}")
    }

    pub(crate) fn learned(fact: &Name, stage: &Name) -> String {
        format!("{fact} is {stage} in the linked case")
    }
}
