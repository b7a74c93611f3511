//! What types cost: a typed step beside an untyped one and beside a `match` written by hand, and the size of what is generated.
//!
//! A ratio holds on any machine, for both sides of it are taken in the same run.
#![expect(clippy::unwrap_used, reason = "a bench may stop like a test")]

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use comity_core::entry::{Body, Deed, Entry, Opening, What};
use comity_core::id::MatterId;
use comity_core::name::Private;
use comity_core::procedure::SharedProcedure;
use comity_core::time::{Moment, When};
use comity_core::value::Value;
use comity_core::{Asked, Stamp, admit, fold, open};
use comity_language::library::{Disk, load};
use comity_typed::Act as _;
use quote::quote;

comity_typed::procedure!(mod extradition = "workflows/norvane-calderia/extradition.yaml");

use extradition::tracks::Custody;
use extradition::{View, acts, facts};

/// How many steps one look at the clock takes in, and how many looks there are.
const AT_ONCE: u32 = 200;
const LOOKS: usize = 51;

fn main() {
    let case = Case::new();
    let by_hand = seconds(&|| {
        for doing in [Doing::Arrest, Doing::RunOut, Doing::Release] {
            black_box(by_hand(black_box(Hand::Free), black_box(doing)));
        }
    }) / 3.0;
    let made = seconds(&|| {
        black_box(arrest().into_what());
    });
    let untyped_made = seconds(&|| {
        black_box(untyped_arrest());
    });
    let typed = seconds(&|| {
        black_box(case.typed_step());
    });
    let untyped = seconds(&|| {
        black_box(case.untyped_step());
    });
    println!("a step of a `match` written by hand: {:.1} ns", by_hand * 1e9);
    println!(
        "an act as a type, made untyped: {:.0} ns, {:.2} times an untyped one",
        made * 1e9,
        made / untyped_made
    );
    println!(
        "a whole typed step, decided and folded: {:.0} ns, {:.2} times an untyped one",
        typed * 1e9,
        typed / untyped
    );
    sizes();
}

/// What a programmer would write who knew of no engine: no dates, no limits, no record.
#[derive(Clone, Copy)]
enum Hand {
    Free,
    Held,
    ReleaseDue,
}

#[derive(Clone, Copy)]
enum Doing {
    Arrest,
    RunOut,
    Release,
}

fn by_hand(stage: Hand, doing: Doing) -> Option<Hand> {
    match (stage, doing) {
        (Hand::Free, Doing::Arrest) => Some(Hand::Held),
        (Hand::Held, Doing::RunOut) => Some(Hand::ReleaseDue),
        (Hand::ReleaseDue, Doing::Release) => Some(Hand::Free),
        (Hand::Free | Hand::Held | Hand::ReleaseDue, Doing::Arrest | Doing::RunOut | Doing::Release) => None,
    }
}

fn arrest() -> acts::Arrested {
    acts::Arrested {
        arrest_place: Private::new("Seoul"),
        arrest_type: Some(facts::ArrestType::Planned),
        person_nationality: None,
    }
}

fn untyped_arrest() -> What {
    What::Act {
        act: "arrested".parse().unwrap(),
        by: "requested/police".parse().unwrap(),
        facts: vec![
            ("arrest.place".parse().unwrap(), Value::Text(Private::new("Seoul"))),
            ("arrest.type".parse().unwrap(), Value::Choice("planned".parse().unwrap())),
        ],
    }
}

/// A case that was opened and nothing else.
struct Case {
    procedure: SharedProcedure,
    entries: Vec<Entry>,
    now: Moment,
    when: When,
}

impl Case {
    fn new() -> Self {
        let library = load(&Disk::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("workflows")));
        let procedure =
            SharedProcedure::clone(&library.procedure("norvane-calderia/extradition").unwrap().procedure);
        let when = When::On("2027-03-02".parse().unwrap());
        let opening = Opening {
            procedure: procedure.name().clone(),
            meaning: procedure.meaning(),
            matter: MatterId(uuid::Uuid::nil()),
            reference: "EX-1".to_owned(),
            title: Private::new("…"),
            since: when,
        };
        let now: Moment = "2027-03-03T00:00:00Z".parse().unwrap();
        let entries = vec![open(opening, &Stamp { at: now, by: Private::new("desk") })];
        Self { procedure, entries, now, when }
    }

    fn typed_step(&self) -> bool {
        let view = self.stepped(arrest().at(self.when));
        matches!(View::of(&view).unwrap().custody(), Custody::Held(_))
    }

    fn untyped_step(&self) -> bool {
        let view = self.stepped(Deed { when: self.when, what: untyped_arrest() });
        view.track("custody").is_some_and(|track| track.stage_name.as_str() == "held")
    }

    fn stepped(&self, deed: Deed) -> comity_core::View {
        let stamp = Stamp { at: self.now, by: Private::new("desk") };
        let entry = admit(&self.procedure, &self.entries, Body::Deed(deed), &stamp).unwrap();
        let entries = [self.entries.as_slice(), &[entry]].concat();
        fold(&self.procedure, &entries, Asked::at(self.now))
    }
}

/// The median time of one step.
fn seconds(step: &dyn Fn()) -> f64 {
    let look = || {
        let began = Instant::now();
        (0..AT_ONCE).for_each(|_| step());
        began.elapsed().as_secs_f64() / f64::from(AT_ONCE)
    };
    let mut looks: Vec<f64> = (0..LOOKS).map(|_| look()).collect();
    looks.sort_by(f64::total_cmp);
    looks.get(LOOKS / 2).copied().unwrap_or_default()
}

/// How much is generated of each procedure of the library, and how long that takes.
fn sizes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workflows");
    let library = load(&Disk::new(&root));
    let mut sizes: Vec<(usize, f64, &str)> = Vec::new();
    for loaded in &library.procedures {
        let began = Instant::now();
        let module = comity_typed_build::module(&root.join(&loaded.path), None).unwrap();
        let tokens = module.called(&quote! { pub }, &module.name);
        let took = began.elapsed().as_secs_f64();
        let text = prettyplease::unparse(&syn::parse2(tokens).unwrap());
        sizes.push((text.lines().count(), took, &loaded.name));
    }
    sizes.sort_by_key(|(lines, _, _)| *lines);
    for (word, at) in
        [("smallest", 0), ("median", sizes.len() / 2), ("largest", sizes.len().saturating_sub(1))]
    {
        if let Some((lines, took, name)) = sizes.get(at) {
            println!("{word:<9} {lines:>6} lines, read and made in {:>4.0} ms: {name}", took * 1e3);
        }
    }
}
