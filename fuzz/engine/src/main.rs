//! One target of `comity-fuzz`, driven by libFuzzer. `cargo xtask fuzz` says which, in `COMITY_FUZZ_TARGET`.
//!
//! One program serves all targets: twenty programs would be linked twenty times, and would differ in one word.

#![no_main]

use std::alloc::System;
use std::process::abort;
use std::sync::OnceLock;

use cap::Cap;
use comity_fuzz::Target;
use libfuzzer_sys::{Corpus, fuzz_target};

/// No input is longer than a few thousand bytes, and no reader may want much more than it was given.
#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, comity_fuzz::MOST_MEMORY);

static TARGET: OnceLock<&Target> = OnceLock::new();

fuzz_target!(
    init: {
        let name = std::env::var("COMITY_FUZZ_TARGET").unwrap_or_default();
        let Some(target) = comity_fuzz::target(&name) else {
            eprintln!("COMITY_FUZZ_TARGET is `{name}`, which is no target; run `cargo xtask fuzz`");
            std::process::exit(2);
        };
        let _ = TARGET.set(target);
    },
    |data: &[u8]| -> Corpus {
        match TARGET.get().map(|target| (target.holds)(data)) {
            Some(Ok(())) | None => Corpus::Keep,
            Some(Err(broken)) => {
                eprintln!("{broken}");
                abort()
            }
        }
    }
);
