//! What the FatSecret examples share: a granted session, against the sandbox or FatSecret itself.

use std::{env, error::Error, time::Duration};

use jiff::{
    Timestamp, ZonedDateTime,
    civil::Date,
    tz::{Offset, TimeZone},
};
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use tripod::{AccessToken, Callback, Client, Consumer, Provider, Session, fatsecret::FatSecret};
use tripod_sandbox::Sandbox;

pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

/// A user's account, and what day it is there.
pub(crate) struct Account {
    pub(crate) fatsecret: FatSecret<Session>,
    pub(crate) today: Date,
    /// Kept, since the sandbox ends with it. None with FatSecret itself.
    #[allow(dead_code, reason = "an example may need it only to be there")]
    pub(crate) sandbox: Option<Sandbox>,
}

/// Opens the sandbox's account, or, with `FATSECRET_CONSUMER_KEY` and `FATSECRET_CONSUMER_SECRET`
/// set, a user's at FatSecret: by `FATSECRET_ACCESS_TOKEN` and `FATSECRET_ACCESS_SECRET`, or by
/// asking for the code that FatSecret shows.
pub(crate) async fn open() -> Outcome<Account> {
    let variable = |name: &str| env::var(format!("FATSECRET_{name}")).ok();
    let (Some(key), Some(secret)) = (variable("CONSUMER_KEY"), variable("CONSUMER_SECRET")) else {
        return sandbox().await;
    };
    let client = Client::new(Provider::fatsecret(), Consumer::new(key, secret))?;
    let session = match (variable("ACCESS_TOKEN"), variable("ACCESS_SECRET")) {
        (Some(token), Some(secret)) => client.session(AccessToken::new(token, secret)),
        _ => ask(&client).await?,
    };
    // The user's day is the local one. FatSecret wants at most a few calls a second.
    let fatsecret = FatSecret::new(session).with_pace(Duration::from_millis(400));
    Ok(Account { fatsecret, today: ZonedDateTime::now().date(), sandbox: None })
}

async fn sandbox() -> Outcome<Account> {
    println!("No FatSecret key in the environment: using a sandbox with invented data.\n");
    let sandbox = Sandbox::start().await?;
    let client = Client::new(sandbox.provider(), sandbox.consumer())?;
    let fatsecret = FatSecret::new(client.session(sandbox.grant()));
    let now = Timestamp::from_second(sandbox.now())?;
    let today = now.to_zoned_datetime(TimeZone::fixed(Offset::UTC)).date();
    Ok(Account { fatsecret, today, sandbox: Some(sandbox) })
}

async fn ask(client: &Client) -> Outcome<Session> {
    let issued = client.begin(Callback::out_of_band()).request_token().await?;
    println!("Open {} and type the code that FatSecret shows:", issued.authorization_url());
    let mut lines = BufReader::new(stdin()).lines();
    let pin = lines.next_line().await?.ok_or("no code was typed")?;
    Ok(issued.authorize(&pin)?.exchange().await?)
}
