//! What the generated pages share.

/// One row of a table in Markdown.
pub(crate) fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| cell.trim().replace('|', "\\|")).collect();
    format!("| {} |", cells.join(" | "))
}
