//! The right way: call the step where the state is known, and await it in generic code.

use tripod::{Authorized, Error, Flow, Networked, Session, Step};

async fn taken<S: Networked>(step: Step<S>) -> Result<Flow<S::Next>, Error> {
    Ok(step.await?)
}

async fn f(flow: Flow<Authorized>) -> Result<Session, Error> {
    taken(flow.exchange()).await
}

fn main() {}
