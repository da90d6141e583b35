//! `tripod login`.

pub(crate) mod logout;

use crate::{
    cli::Login,
    fail::{Exit, Failure},
};

pub(crate) const EXAMPLES: &str = "Examples:\n  tripod login sandbox";

pub(crate) async fn run(_: Login) -> Result<(), Failure> {
    Err(Failure::new(Exit::Bug, "this command is not built yet"))
}
