//! What further features say: FatSecret's calls, paced, and tokens that come in their replies; flows
//! and sessions that are sealed and kept; the browser's return.

use std::time::Duration;

use secrecy::ExposeSecret as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tripod::{
    Callback, Session,
    fatsecret::{FatSecret, FoodId, Pace},
    loopback::Loopback,
    vault::{
        CookieScope, CookieVault, KeyRing, Sealer, SealingKey, Ticket, Vault, store::MemoryStore,
    },
};
use tripod_sandbox::{Endpoint, Fault};

use super::{
    CALLBACK,
    flows::{ON_THE_WIRE, Place, Spy, Way},
    hearing::{FOUND, chain, debug, hear},
};

pub(super) async fn go(transport: &Spy) {
    fatsecret(transport).await;
    vault(transport).await;
    loopback(transport).await;
}

async fn fatsecret(transport: &Spy) {
    let place = Place::new(transport, Way::Query).await;
    let slow = Pace::new().with_burst(1_000, Duration::ZERO).with_rate(1_000, Duration::ZERO);
    let slow = slow.with_user_cool_down(Duration::ZERO);
    debug(&slow);
    let api = FatSecret::new(session(&place).await).with_pace(&slow);
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

/// A typed call that meets a fault which lasts.
pub(super) async fn waiting(transport: &Spy, fault: Fault) {
    let place = Place::new(transport, Way::Query).await;
    let api = FatSecret::new(session(&place).await);
    place.hurry.inject_at(&place.sandbox, Endpoint::Data, fault);
    chain(&api.food_entries(jiff::civil::date(2026, 1, 2)).await.unwrap_err());
}

async fn vault(transport: &Spy) {
    let place = Place::new(transport, Way::Query).await;
    let key = SealingKey::generate();
    FOUND.lock().unwrap().push(key.to_base64().expose_secret().to_owned());
    debug(&key);
    let keys = KeyRing::new("1", key).unwrap();
    debug(&keys);
    let vault = Vault::new(&place.client, keys, MemoryStore::new());
    let begin = || place.client.begin(Callback::url(CALLBACK).unwrap()).request_token();
    let issued = begin().await.unwrap();
    let approval = place.sandbox.approve(&issued.authorization_url()).unwrap();
    let park = vault.park(issued);
    debug(&park);
    let ticket = park.await.unwrap();
    FOUND.lock().unwrap().push(ticket.value().expose_secret().to_owned());
    debug(&ticket);
    let callback = approval.callback_url().unwrap();
    for wrong in ["/cb", "/cb?denied=aardwolves", "/cb?oauth_token=okapiherds&oauth_verifier=x"] {
        chain(vault.resume(&ticket, wrong).await.unwrap_err().error());
    }
    let resume = vault.resume(&ticket, callback);
    debug(&resume);
    let session = resume.await.unwrap().exchange().await.unwrap();
    let twice = vault.resume(&ticket, callback).await.unwrap_err();
    debug(&twice);
    chain(&twice);
    chain(&twice.retry().await.unwrap_err().into_error());

    vault.save("ada", &session).await.unwrap();
    debug(&vault.load("ada").await.unwrap());
    debug(&vault);
    let other = KeyRing::new("1", SealingKey::generate()).unwrap();
    let (cookies, sealer) =
        (CookieVault::new(&place.client, other.clone()), Sealer::new(&place.client, other));
    debug(&cookies);
    debug(&sealer);
    let bytes = sealer.seal_session(&session, "here").unwrap();
    chain(&sealer.open_session(&bytes, "there").unwrap_err());
    chain(&sealer.open_pending(&bytes, "here").unwrap_err());
    chain(&cookies.resume(&ticket, callback).unwrap_err());
    chain(&Ticket::from_cookies("a=zebrafinch; b", callback, CookieScope::Https).unwrap_err());
    chain(&SealingKey::from_base64("zebrafinch").unwrap_err());
    chain(&KeyRing::new("pangolinss/", SealingKey::generate()).unwrap_err());
}

async fn loopback(transport: &Spy) {
    let place = Place::new(transport, Way::Query).await;
    let mut loopback = Loopback::bind().await.unwrap().without_browser();
    debug(&loopback);
    let issued = place.client.begin(loopback.callback()).request_token().await.unwrap();
    let approval = place.sandbox.approve(&issued.authorization_url()).unwrap();
    let back: http::Uri = approval.callback_url().unwrap().parse().unwrap();
    // Drawn for this flow, and asked for by no one else.
    FOUND.lock().unwrap().push(back.path().to_owned());
    let wait = loopback.wait(issued);
    debug(&wait);
    let wrong = format!("{}?oauth_token=okapiherds&oauth_verifier=tapirwalks", back.path());
    let come_back = async {
        visit(&back, &wrong).await;
        visit(&back, "/zebrafinch").await;
        visit(&back, &back.path_and_query().unwrap().to_string()).await;
    };
    let (flow, ()) = tokio::join!(wait, come_back);
    debug(&flow.unwrap().exchange().await.unwrap());
    debug(&loopback);
}

/// What a browser sends, at the least.
async fn visit(at: &http::Uri, target: &str) {
    let host = at.authority().unwrap().as_str();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let request = format!("GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).await.unwrap();
    // The head sends the browser on within the path that it asked for.
    hear(page.split_once("\r\n\r\n").unwrap().1);
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
    let token = session.access_token();
    let both = [token.token().to_owned(), token.secret().expose_secret().to_owned()];
    FOUND.lock().unwrap().extend(both);
}
