//! How a small YAML file beside a procedure is read: calendar, rules of counting, labels, plan.

use serde::de::DeserializeOwned;

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Slip, placed};
use crate::file::decode;
use crate::shape::{self, Shape};
use crate::source::Source;
use crate::tree;

/// Text to tree, tree against its shape, tree to type, and `build` from there. There is a value if nothing is wrong.
pub(crate) fn read<F: DeserializeOwned, T>(
    source: &Source,
    shape: &Shape,
    build: impl FnOnce(F, &mut Vec<Slip>) -> T,
) -> (Option<T>, Vec<Diagnostic>) {
    let (tree, mut slips) = tree::read(source);
    let mut value = None;
    if let Some(tree) = tree {
        let checked = shape::check(source, &tree.root, shape);
        slips.extend(checked.slips);
        match decode::<F>(&checked.node) {
            Ok(file) => value = Some(build(file, &mut slips)),
            // The structure fits, so this would be a fault of ours; the author still learns where.
            Err(bad) if slips.is_empty() => {
                slips.push(Slip::at(Code::Syntax, bad.span.clone(), bad.to_string()));
            }
            Err(_) => {}
        }
    }
    (value.filter(|_| slips.is_empty()), placed(slips, source))
}
