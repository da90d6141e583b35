//! Commands that only show or choose something.

pub(crate) mod providers;
pub(crate) mod status;
