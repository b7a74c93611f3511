//! What is drawn.

use std::path::Path;

use comity_draw::Diagram;
use comity_language::library::{Disk, InMemory, Loaded, load};

/// Every procedure that is shipped.
pub(crate) fn shipped() -> Vec<Loaded> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workflows");
    let library = load(&Disk::new(root));
    assert!(library.procedures.len() >= 6, "{:?}", library.diagnostics);
    library.procedures
}

/// The diagrams of every procedure that is shipped.
pub(crate) fn diagrams() -> Vec<Diagram> {
    shipped().iter().map(|loaded| Diagram::of(&loaded.procedure)).collect()
}

/// A procedure of Norvane and Calderia whose track `road` has these stages and moves.
pub(crate) fn procedure(title: &str, stages: &str, acts: &str) -> Loaded {
    let file = format!(
        "comity: 1\nprocedure: drawn/road\nversion: 1\ntitle: {title}\nkind: extradition\n\
         sources:\n  treaty: {{title: Treaty between Norvane and Calderia, articles: articles.md}}\n\
         sides:\n  requesting: {{country: XN, zone: Europe/Lisbon}}\n  requested: {{country: XC, zone: Asia/Seoul}}\n\
         authorities:\n  requested/court: {{title: The court, cite: treaty 1}}\n\
         tracks:\n  road:\n    title: {title}\n    starts: first\n    stages:\n{stages}\
         acts:\n{acts}"
    );
    let articles = "# Treaty between Norvane and Calderia\n\n### 1 Everything\nMark: seen\n\nMade up.\n";
    let files = InMemory::default().with("drawn/road.yaml", file).with("drawn/articles.md", articles);
    let library = load(&files);
    assert!(library.diagnostics.is_empty(), "{:#?}", library.diagnostics);
    library.procedures.into_iter().next().unwrap()
}
