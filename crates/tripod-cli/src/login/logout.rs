//! `tripod logout`.

use crate::{
    cli::Logout,
    fail::{Exit, Failure},
};

pub(crate) const EXAMPLES: &str = "Examples:\n  tripod logout --account work";

pub(crate) async fn run(_: Logout) -> Result<(), Failure> {
    Err(Failure::new(Exit::Bug, "this command is not built yet"))
}
