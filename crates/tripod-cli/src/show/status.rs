//! `tripod status` and `tripod use`.

use crate::{
    cli::{Status, Use},
    fail::{Exit, Failure},
};

pub(crate) async fn run(_: &Status) -> Result<(), Failure> {
    Err(Failure::new(Exit::Bug, "this command is not built yet"))
}

pub(crate) async fn choose(_: &Use) -> Result<(), Failure> {
    Err(Failure::new(Exit::Bug, "this command is not built yet"))
}
