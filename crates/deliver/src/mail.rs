//! Mail by SMTP: a few lines that say what was recorded, and in which case.

use std::time::Duration;

use async_trait::async_trait;
use comity_runner::outbox::{Attempt, Event, EventKind, Sender, Sent, Why};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Message, SmtpTransport, Transport};

use crate::config::Security;
use crate::secret::SecretPlace;

/// A server that takes mail.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its name, by which its certificate is checked.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is spoken to.
    pub security: Security,
    /// The account, and where its password stands.
    pub account: Option<(String, SecretPlace)>,
}

/// Sends a mail for each event.
///
/// Dropping the future of [`Sender::send`] does not stop a mail that is on its way, and leaves open whether the server has it.
#[derive(Clone, Debug)]
pub struct Mail {
    server: Server,
    from: Mailbox,
    to: Vec<Mailbox>,
    patience: Duration,
}

impl Mail {
    /// Mail by way of `server`, with `patience` for each answer of it.
    #[must_use]
    pub const fn new(server: Server, from: Mailbox, to: Vec<Mailbox>, patience: Duration) -> Self {
        Self { server, from, to, patience }
    }

    fn transport(&self) -> Result<SmtpTransport, String> {
        let Server { host, port, security, account } = &self.server;
        let tls = || TlsParameters::new(host.clone()).map_err(|error| error.to_string());
        let tls = match security {
            Security::Tls => Tls::Wrapper(tls()?),
            // Required: a server that does not offer it, or somebody between who hides that it does, gets nothing.
            Security::Starttls => Tls::Required(tls()?),
            Security::None => Tls::None,
        };
        let mut builder = SmtpTransport::builder_dangerous(host.as_str())
            .port(*port)
            .tls(tls)
            .hello_name(ClientId::Domain(self.from.email.domain().to_owned()))
            .timeout(Some(self.patience));
        if let Some((name, password)) = account {
            let password = password.read().map_err(|error| error.to_string())?;
            builder = builder.credentials(Credentials::new(name.clone(), password.reveal().to_owned()));
        }
        Ok(builder.build())
    }

    /// The mail of an event. The id is that of the event, so that a second copy is known for one. The subject, which everybody between
    /// reads, says of which kind the event is and of which case, and nothing of what it holds.
    fn message(&self, event: &Event) -> Result<Message, String> {
        let mut builder = Message::builder()
            .message_id(Some(format!("<comity.{}@{}>", event.id, self.from.email.domain())))
            .from(self.from.clone())
            .subject(format!("Comity: {} ({})", event.kind, event.subject))
            // Nobody's absence is answered to it.
            .header(AutoSubmitted);
        for to in &self.to {
            builder = builder.to(to.clone());
        }
        let text = format!(
            "{}\n\n{}: {}\nRecorded: {}\nRecord: {}\nKey: {}\n\n{}\n",
            sentence(event.kind),
            event.kind,
            event.subject,
            event.time,
            event.source,
            event.id,
            event.json()
        );
        let body = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(text);
        builder.singlepart(body).map_err(|error| error.to_string())
    }
}

/// `Auto-Submitted: auto-generated` (RFC 3834).
#[derive(Clone, Copy)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

const fn sentence(kind: EventKind) -> &'static str {
    match kind {
        EventKind::MatterOpened => "A matter was opened.",
        EventKind::CaseOpened => "A case was opened.",
        EventKind::ActRecorded => "An act was recorded.",
        EventKind::DocumentArrived => "The arrival of a document was recorded.",
        EventKind::GroundConsidered => "A ground was considered.",
        EventKind::FactRecorded => "A fact was recorded.",
        EventKind::FactLearned => "A case learned of a case that it is linked to.",
        EventKind::EntryAnnulled => "An entry was annulled.",
        EventKind::EntryCorrected => "An entry was corrected.",
        EventKind::CaseLinked => "A case was tied to another.",
        EventKind::LimitRanOut => "A limit ran out. Somebody has to look at the case.",
        EventKind::LimitWarned => "A limit ends soon. Somebody has to look at the case.",
        EventKind::CaseHeld => "A case was put on hold. Its limits run on.",
        EventKind::CaseResumed => "The hold of a case was ended.",
        EventKind::CaseAssigned => "A case was given to somebody, or to nobody.",
        EventKind::ReviewSet => "A day was set on which somebody looks at the case again.",
        EventKind::ReviewCleared => "The day of a review was struck out.",
        EventKind::ClockJumped => "The clock of the machine jumped. Set it right, or say that it is right.",
        EventKind::ClockTrusted => "Somebody said that the clock of the machine is right.",
        EventKind::CaseSealed => "A case was sealed. Only those who are named may see it.",
        EventKind::CaseUnsealed => "The seal of a case was lifted.",
        EventKind::EntryProposed => {
            "Something was proposed that takes two persons; another account has to confirm it."
        }
        EventKind::EntryConfirmed => "What was proposed was confirmed, and counts.",
        EventKind::CaseMigrated => "A case went over to another edition of its procedure.",
        EventKind::NoteTaken => "A note was taken.",
        EventKind::FileAdded => "A file was put beside a case.",
        EventKind::ErasureProposed => {
            "The erasure of a case was proposed; another account has to confirm it."
        }
        EventKind::ContentErased => "The content of a case, or the title of a matter, was erased.",
        EventKind::ProcedureRegistered => "The text of a procedure was kept.",
    }
}

#[async_trait]
impl Sender for Mail {
    async fn send(&self, event: &Event, _: Attempt) -> Sent {
        let again = |why: &str| Sent::TryAgain { why: Why::new(why), wait: None };
        let message = match self.message(event) {
            Ok(message) => message,
            Err(why) => return Sent::Never { why: Why::new(&format!("no mail can be made of it ({why})")) },
        };
        let this = self.clone();
        let sent = tokio::task::spawn_blocking(move || {
            let transport = this.transport()?;
            Ok(transport.send(&message))
        });
        match sent.await {
            Ok(Ok(Ok(_))) => Sent::Delivered,
            Ok(Ok(Err(error))) => judge(&error),
            Ok(Err(why)) => {
                let why: String = why;
                again(&why)
            }
            Err(_) => again("it could not be sent; see the log"),
        }
    }
}

/// What a failure means. What a server says beside its number may quote the mail, so the number alone is kept.
fn judge(error: &lettre::transport::smtp::Error) -> Sent {
    let Some(code) = error.status() else {
        let why = if error.is_timeout() {
            "the server did not answer in time".to_owned()
        } else if error.is_tls() {
            "the server could not be spoken to in secret".to_owned()
        } else {
            format!("the server could not be reached ({error})")
        };
        return Sent::TryAgain { why: Why::new(&why), wait: None };
    };
    let number = code.to_string();
    let why = Why::new(&format!("the server answered {number}"));
    // A mail that is too large, or refused for what is in it, stays so. An account or an address is mended.
    if matches!(number.as_str(), "552" | "554") {
        Sent::Never { why }
    } else {
        Sent::TryAgain { why, wait: None }
    }
}
