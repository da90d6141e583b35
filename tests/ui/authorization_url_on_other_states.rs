//! Only an issued request token has a page to send the user to.

use tripod::{AccessGranted, Authorized, Flow, Unauthorized};

fn unauthorized(flow: Flow<Unauthorized>) {
    let _url = flow.authorization_url();
}

fn authorized(flow: Flow<Authorized>) {
    let _url = flow.authorization_url();
}

fn granted(session: Flow<AccessGranted>) {
    let _url = session.authorization_url();
}

fn main() {}
