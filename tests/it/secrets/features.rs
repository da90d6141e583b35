//! What further features say: FatSecret's calls, paced or not, and tokens that come in their replies.

use std::time::Duration;

use tripod::{
    Callback, Session,
    fatsecret::{FatSecret, FoodId},
    sandbox::{Endpoint, Fault},
};

use super::{
    flows::{ON_THE_WIRE, Place, Spy, Way},
    hearing::{FOUND, chain, debug},
};

pub(super) async fn go(transport: &Spy) {
    let place = Place::new(transport, Way::Query).await;
    let api = FatSecret::new(session(&place).await).with_pace(Duration::from_millis(1));
    debug(&api);
    let today = jiff::civil::date(2026, 1, 2);
    debug(&api.food_entries(today).await.unwrap());
    chain(&api.food(FoodId::from(1)).await.unwrap_err());
    for fault in ON_THE_WIRE {
        place.sandbox.inject_at(Endpoint::Data, fault);
        match api.food_entries(today).await {
            Err(error) => chain(&error),
            Ok(answer) => debug(&answer),
        }
    }
    // Users that exist only inside the application: the reply is an access token.
    let signed = FatSecret::signed(place.client.signed());
    debug(&signed);
    let made = signed.create_profile("the id").await.unwrap();
    debug(&made);
    debug(made.access_token());
    found(&made);
    found(&signed.find_profile("the id").await.unwrap());
    for fault in [Fault::HtmlPage, Fault::CutOff, Fault::GarbageBytes, Fault::Status(500)] {
        place.sandbox.inject_at(Endpoint::Data, fault);
        chain(&signed.find_profile("the id").await.unwrap_err());
    }
    chain(&signed.create_profile("the id").await.unwrap_err());
    debug(&place.sandbox.log());
}

/// A granted session of this place's.
pub(super) async fn session(place: &Place) -> Session {
    let issued = place.client.begin(Callback::out_of_band()).request_token().await.unwrap();
    let approval = place.sandbox.approve(&issued.authorization_url()).unwrap();
    let authorized = issued.authorize(approval.verifier().unwrap()).unwrap();
    authorized.exchange().await.unwrap()
}

/// These were drawn by the sandbox, and must not be heard either.
fn found(session: &Session) {
    use secrecy::ExposeSecret as _;
    let token = session.access_token();
    let both = [token.token().to_owned(), token.secret().expose_secret().to_owned()];
    FOUND.lock().unwrap().extend(both);
}
