//! `tripod sandbox`.

use crate::{
    cli::Sandbox,
    fail::{Exit, Failure},
};

pub(crate) const PORT: u16 = 8080;
pub(crate) const EXAMPLES: &str = "Examples:\n  tripod sandbox --like x";

pub(crate) async fn run(_: &Sandbox) -> Result<(), Failure> {
    Err(Failure::new(Exit::Bug, "this command is not built yet"))
}
