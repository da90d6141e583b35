//! Only a flow with an issued request token has a page to which you send the user.

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
