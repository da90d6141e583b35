//! The user's account at FatSecret: the client, the stored login, and one pace for all calls.

use std::{error::Error, io, path::PathBuf};

use tripod::{
    Client, Consumer, ErrorKind, PendingFlow, Provider, SealError, Session,
    fatsecret::{
        Answer, FatSecret, Pace,
        endpoint::{Endpoint, Public},
    },
    vault::{KeyRing, Sealer, SealingKey},
};
use tripod_sandbox::Sandbox;

use crate::{
    shelf::{self, Shelf},
    trouble::Halt,
};

/// The names of what is kept. Each is sealed for its name, so that one cannot be taken for another.
const SESSION: &str = "session";
const PENDING: &str = "pending";

/// What is kept of a login.
pub(crate) enum Stored {
    Nothing,
    Session(Box<Session>),
    /// It cannot be opened. The text says why, and what to do.
    Closed(String),
}

pub(crate) struct Account {
    sealer: Sealer,
    shelf: Shelf,
    pace: Pace,
    /// The provider, if it is a sandbox in this program.
    sandbox: Option<Sandbox>,
}

impl Account {
    /// Opens the account of the consumer in the environment, or of a sandbox if there is none.
    pub(crate) async fn open(
        folder: Option<PathBuf>,
        origin: Option<&str>,
    ) -> Result<Self, Box<dyn Error>> {
        let consumer = match Consumer::from_env("FATSECRET") {
            Ok(consumer) => consumer,
            Err(_)
                if is_unset("FATSECRET_CONSUMER_KEY") && is_unset("FATSECRET_CONSUMER_SECRET") =>
            {
                if origin.is_some() {
                    return Err(
                        "--origin needs FATSECRET_CONSUMER_KEY and FATSECRET_CONSUMER_SECRET"
                            .into(),
                    );
                }
                return Self::in_sandbox().await;
            }
            Err(error) => return Err(error.into()),
        };
        let provider = match origin {
            None => Provider::fatsecret(),
            Some(origin) => Provider::fatsecret().moved_to(&[
                ("https://authentication.fatsecret.com", origin),
                ("https://platform.fatsecret.com", origin),
            ])?,
        };
        let folder = folder
            .or_else(shelf::usual_folder)
            .ok_or("this user has no home folder: use --folder")?;
        let shelf = Shelf::folder(folder.clone(), origin, consumer.key())?;
        let keys = KeyRing::new("1", SealingKey::from_file_or_new(folder.join("sealing.key"))?)?;
        Ok(Self::new(&Client::new(provider, consumer)?, keys, shelf, None))
    }

    /// A sandbox ends with this program, and so its login is kept in memory.
    async fn in_sandbox() -> Result<Self, Box<dyn Error>> {
        let sandbox = Sandbox::builder().application("FatSecret for assistants").start().await?;
        sandbox.seed_example_year()?;
        let client = Client::new(sandbox.provider(), sandbox.consumer())?;
        let keys = KeyRing::new("1", SealingKey::generate())?;
        Ok(Self::new(&client, keys, Shelf::memory(), Some(sandbox)))
    }

    fn new(client: &Client, keys: KeyRing, shelf: Shelf, sandbox: Option<Sandbox>) -> Self {
        Self { sealer: Sealer::new(client, keys), shelf, pace: Pace::new(), sandbox }
    }

    pub(crate) fn client(&self) -> &Client {
        self.sealer.client()
    }

    pub(crate) fn is_sandbox(&self) -> bool {
        self.sandbox.is_some()
    }

    /// Where the login is kept, for people.
    pub(crate) fn place(&self) -> String {
        self.shelf.place()
    }

    /// Returns the user's calls. They share one pace with all others.
    pub(crate) fn user(&self) -> Result<FatSecret<Session>, Halt> {
        match self.stored()? {
            Stored::Session(session) => Ok(FatSecret::new(*session).with_pace(&self.pace)),
            Stored::Closed(why) => Err(Halt::because(why)),
            Stored::Nothing => Err(Halt::because(
                "No FatSecret account is connected. Call `login` without a PIN, and give the user the page's address.",
            )),
        }
    }

    /// Calls a method that needs no user: as the user if one is connected, so that FatSecret can put foods that the
    /// user has eaten first.
    pub(crate) async fn shared<E>(&self, endpoint: &E) -> Result<Answer<E::Output>, Halt>
    where
        E: Endpoint<Access = Public>,
    {
        Ok(match self.stored() {
            Ok(Stored::Session(session)) => {
                FatSecret::new(*session).with_pace(&self.pace).execute(endpoint).await?
            }
            _ => {
                FatSecret::signed(self.client().signed())
                    .with_pace(&self.pace)
                    .execute(endpoint)
                    .await?
            }
        })
    }

    // What is kept is read again for each call: another process of the same user may have logged in or out.

    pub(crate) fn stored(&self) -> io::Result<Stored> {
        let Some(sealed) = self.shelf.read(SESSION)? else { return Ok(Stored::Nothing) };
        Ok(match self.sealer.open_session(&sealed, SESSION) {
            Ok(session) => Stored::Session(Box::new(session)),
            Err(error) => Stored::Closed(format!(
                "The stored login cannot be opened: {error}. Call `login` to connect again, which replaces it."
            )),
        })
    }

    pub(crate) fn keep_session(&self, session: &Session) -> Result<(), Halt> {
        let sealed = self.sealer.seal_session(session, SESSION)?;
        self.shelf.write(SESSION, &sealed)?;
        self.shelf.remove(PENDING)?;
        Ok(())
    }

    /// Forgets the login and a login that has begun. Says whether there was one.
    pub(crate) fn forget(&self) -> Result<bool, Halt> {
        let begun = self.shelf.remove(PENDING)?;
        Ok(self.shelf.remove(SESSION)? || begun)
    }

    /// Returns the login that has begun, if its time is not over.
    ///
    /// It stays where it is kept, so a wrong PIN, a failed call and a restart lose nothing.
    pub(crate) fn pending(&self) -> io::Result<Option<PendingFlow>> {
        let Some(sealed) = self.shelf.read(PENDING)? else { return Ok(None) };
        match self.sealer.open_pending(&sealed, PENDING) {
            Ok(flow) if !flow.is_expired() => return Ok(Some(flow)),
            // It was damaged, or the sealing key is another one. The next login replaces it.
            Err(error) if *error.kind() != ErrorKind::Seal(SealError::Expired) => return Ok(None),
            _ => {}
        }
        // Unless another server has begun a login meanwhile.
        if self.shelf.read(PENDING)?.is_some_and(|now| now == sealed) {
            self.shelf.remove(PENDING)?;
        }
        Ok(None)
    }

    pub(crate) fn keep_pending(&self, flow: &PendingFlow) -> Result<(), Halt> {
        let sealed = self.sealer.seal_pending(flow, PENDING)?;
        Ok(self.shelf.write(PENDING, &sealed)?)
    }
}

fn is_unset(variable: &str) -> bool {
    std::env::var_os(variable).is_none()
}
