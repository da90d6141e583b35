//! `tripod providers`.

use crate::fail::{Exit, Failure};

pub(crate) fn run() -> Result<(), Failure> {
    Err(Failure::new(Exit::Bug, "this command is not built yet"))
}
