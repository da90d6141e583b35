//! The key that seals the sessions: in the system's keyring, or in a file where there is no keyring.

use std::{
    env,
    path::{Path, PathBuf},
};

use tripod::{
    secrecy::ExposeSecret as _,
    vault::{KeyRing, SealingKey},
};

use crate::{
    fail::{Exit, Failure},
    store::index::Holder,
};

/// The variable that names a file to keep the key in. The keyring is not asked then.
pub(crate) const FILE: &str = "TRIPOD_KEY_FILE";

/// How the keyring shows the key.
const SERVICE: &str = "tripod";
const USER: &str = "sealing key";

/// The key's ids. They differ, so that the wrong one is told from a damaged session.
const IN_KEYRING: &str = "keyring-1";
const IN_FILE: &str = "file-1";

/// A sealing key, and where it is.
pub(crate) struct Sealing {
    pub(crate) keys: KeyRing,
    pub(crate) holder: Holder,
    /// Why the keyring was not used, if it was tried.
    pub(crate) note: Option<String>,
}

/// Where the key file is.
pub(crate) fn file(folder: &Path) -> PathBuf {
    named_file().unwrap_or_else(|| folder.join("sealing.key"))
}

fn named_file() -> Option<PathBuf> {
    env::var_os(FILE).filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// Finds the key that the stored sessions were sealed with.
pub(crate) async fn existing(folder: &Path, holder: Option<Holder>) -> Result<KeyRing, Failure> {
    if named_file().is_some() || holder != Some(Holder::Keyring) {
        let key = SealingKey::from_file(file(folder)).map_err(|error| {
            Failure::from(error).with_advice(format!(
                "The key is looked for in {}; {FILE} names another file. Without it nobody can open the sessions: \
                 remove them with `tripod logout --local`, and log in again.",
                file(folder).display()
            ))
        })?;
        return Ok(KeyRing::new(IN_FILE, key)?);
    }
    match blocking(read_keyring).await {
        Ok(Some(key)) => Ok(KeyRing::new(IN_KEYRING, key)?),
        Ok(None) => Err(Failure::new(
            Exit::Store,
            "the key that sealed the sessions is no longer in the system's keyring",
        )
        .with_advice("Without the key nobody can open the sessions. Log out with `tripod logout --local`, then log in again.")),
        Err(reason) => Err(Failure::new(Exit::Store, "the system's keyring cannot be read")
            .with_cause(&*reason)
            .with_advice("It has the key that sealed the sessions. Unlock it, or run this in the desktop session in which you logged in.")),
    }
}

/// Finds the key, or makes one at the first login. All sessions have the same one: while there are any, no other is made.
/// The caller holds the folder's lock.
pub(crate) async fn existing_or_new(
    folder: &Path,
    holder: Option<Holder>,
    has_sessions: bool,
) -> Result<Sealing, Failure> {
    if has_sessions && holder == Some(Holder::Keyring) && named_file().is_some() {
        let message = "the stored sessions are sealed with a key in the system's keyring";
        return Err(Failure::new(Exit::Configuration, message).with_advice(format!(
            "Unset {FILE}, or log out of the other accounts first: all have the same key."
        )));
    }
    if let Some(holder) = holder.filter(|_| has_sessions) {
        let keys = existing(folder, Some(holder)).await?;
        return Ok(Sealing { keys, holder, note: None });
    }
    // Without sessions nothing needs the key that the keyring had: it may be lost, or out of reach.
    let mut note = None;
    if named_file().is_none() && holder != Some(Holder::File) {
        // Only where there is none: a keyring that is locked today has the key tomorrow.
        match blocking(status).await {
            Ok(()) => {
                let key = blocking(make_in_keyring).await.map_err(|reason| refused(&*reason))?;
                let keys = KeyRing::new(IN_KEYRING, key)?;
                return Ok(Sealing { keys, holder: Holder::Keyring, note: None });
            }
            Err(reason) => note = Some(reason.to_string()),
        }
    }
    let keys = KeyRing::new(IN_FILE, SealingKey::from_file_or_new(file(folder))?)?;
    Ok(Sealing { keys, holder: Holder::File, note })
}

type Reason = Box<dyn std::error::Error + Send + Sync>;

/// The failure of a keyring that is there, but is locked, was not unlocked, or has a damaged entry.
fn refused(reason: &(dyn std::error::Error + 'static)) -> Failure {
    Failure::new(Exit::Store, "the system's keyring did not keep the sealing key")
        .with_cause(reason)
        .with_advice(format!(
            "Unlock the keyring and log in again; if its entry `{SERVICE}`, `{USER}` is damaged, remove it. To keep the \
             key in a file instead, set {FILE} to the file's path, for this and all later commands."
        ))
}

/// Whether there is a keyring on this system at all.
fn status() -> Result<(), Reason> {
    match keyring::Entry::store_status() {
        Ok(()) => Ok(()),
        Err(error) => Err(error.to_string().into()),
    }
}

/// The keyring's calls wait for other programs, and for the user who unlocks it.
async fn blocking<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, Reason> + Send + 'static,
) -> Result<T, Reason> {
    tokio::task::spawn_blocking(call).await?
}

fn read_keyring() -> Result<Option<SealingKey>, Reason> {
    read(&entry()?)
}

fn make_in_keyring() -> Result<SealingKey, Reason> {
    let entry = entry()?;
    if let Some(key) = read(&entry)? {
        return Ok(key);
    }
    let key = SealingKey::generate();
    entry.set_password(key.to_base64().expose_secret())?;
    // What counts is what can be read again.
    read(&entry)?.ok_or_else(|| "the keyring did not keep the key".into())
}

fn entry() -> Result<keyring::Entry, Reason> {
    status()?;
    Ok(keyring::Entry::new(SERVICE, USER)?)
}

fn read(entry: &keyring::Entry) -> Result<Option<SealingKey>, Reason> {
    match entry.get_password() {
        Ok(text) => {
            let text = tripod::secrecy::SecretString::from(text);
            Ok(Some(SealingKey::from_base64(text.expose_secret())?))
        }
        Err(keyring::Error::NoEntry) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
