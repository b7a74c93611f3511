//! What must hold, each as a function with the sentence that it stands for.

pub(crate) mod delivered;
pub(crate) mod erased;
pub(crate) mod filed;
pub(crate) mod linked;
pub(crate) mod migrated;
pub(crate) mod proof;
pub(crate) mod queue;
pub(crate) mod rows;
pub(crate) mod shown;
pub(crate) mod time;
pub(crate) mod two;
