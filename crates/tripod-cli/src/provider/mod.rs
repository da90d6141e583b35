//! Which provider: a ready-made one by its name, or one that a file describes.

pub(crate) mod choice;
pub(crate) mod file;
pub(crate) mod known;
