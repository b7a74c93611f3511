//! What all random procedures have in common: numbers from a seed, the head of the file, and how it is read.

use comity_core::procedure::SharedProcedure;
use comity_language::library::{InMemory, load};

/// Numbers that follow from a seed (`SplitMix64`).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    pub(crate) fn once_in(&mut self, bound: u64) -> bool {
        self.below(bound) == 0
    }
}

/// How every file begins.
pub(crate) const HEAD: &str = "comity: 1\nprocedure: random/one\nversion: 1\ntitle: Random\nkind: extradition\n\
     sources:\n  treaty: {title: Treaty, articles: articles.md}\n\
     sides:\n  requesting: {country: XC, zone: Asia/Seoul}\n  requested: {country: XN, zone: Europe/Lisbon}\n\
     authorities:\n  requested/court: {title: Court, cite: treaty 1}\n";

/// The procedure that a file holds, unless the checks of the language refuse it.
pub(crate) fn read(text: String) -> Option<SharedProcedure> {
    let articles = "# Treaty\n\n### 1 Everything\nMark: seen\n\nMade up.\n";
    let files = InMemory::default().with("random/one.yaml", text).with("random/articles.md", articles);
    load(&files).procedures.into_iter().next().map(|loaded| loaded.procedure)
}
