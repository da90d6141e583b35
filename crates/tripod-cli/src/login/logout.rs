//! `tripod logout`.

use tripod::{ErrorKind, UnsupportedError};

use crate::{
    account::nobody,
    cli::Logout,
    fail::{Exit, Failure},
    store::{Data, index::Entry, key, session},
    text::say,
};

pub(crate) const EXAMPLES: &str = "\
Examples:
  tripod logout
      log out of the default account
  tripod logout --account work --local
      forget the account work here; its token remains valid at the provider";

pub(crate) async fn run(arguments: &Logout) -> Result<(), Failure> {
    let Some(data) = Data::existing().await? else { return Err(nobody()) };
    let entry = data.index().await?.select(arguments.account.account.as_deref())?.clone();
    if !arguments.local {
        revoke(&data, &entry).await.map_err(|failure| {
            failure.with_more_advice(
                "The account is still there. To forget it on this machine only, use `tripod logout --local`.",
            )
        })?;
    }
    let _lock = data.lock()?;
    let mut index = data.index().await?;
    if index.get(&entry.name).is_none_or(|now| *now != entry) {
        let message = format!("the account {} was changed by another `tripod`", entry.name);
        return Err(Failure::new(Exit::Store, message).with_advice("Look with `tripod status`."));
    }
    // The session first: a session without an account would stay in the file for ever.
    session::delete(&data, &entry).await?;
    index.remove(&entry.name);
    data.write_index(&index).await?;
    say!("Logged out of {}.", entry.name);
    if let Some(default) = &index.default {
        say!("The default account is {default}.");
    }
    Ok(())
}

/// Revokes the token at the provider, if the provider has a call for it.
async fn revoke(data: &Data, entry: &Entry) -> Result<(), Failure> {
    let index = data.index().await?;
    let keys = key::existing(data.folder(), index.key).await?;
    let (session, _) = session::load(data, keys, entry).await?;
    match session.revoke().await {
        Ok(()) => say!("The access token was revoked."),
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::Unsupported(UnsupportedError::NoSuchCall { .. })
            ) =>
        {
            say!(
                "{} has no call that revokes a token: it remains valid until you remove it in the provider's settings.",
                entry.choice.name
            );
        }
        // What has ended need not be revoked.
        Err(error) if error.needs_reauthorization() => {
            say!("The access token had ended already.");
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
