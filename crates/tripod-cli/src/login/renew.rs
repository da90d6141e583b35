//! `tripod renew`.

use crate::{
    account::{AccountSelection, nobody},
    fail::Failure,
    login::seconds,
    store::{Data, key, session},
    text::say,
};

pub(crate) const EXAMPLES: &str = "\
Examples:
  tripod renew
      make E*TRADE's token active again after two hours without a call";

pub(crate) async fn run(selection: &AccountSelection) -> Result<(), Failure> {
    let Some(data) = Data::existing().await? else { return Err(nobody()) };
    // Held to the end: two renewals at once may leave the token that the provider no longer takes.
    let _lock = data.lock()?;
    let mut index = data.index().await?;
    let mut entry = index.select(selection.account.as_deref())?.clone();
    let keys = key::existing(data.folder(), index.key).await?;
    let (session, secret) = session::load(&data, keys.clone(), &entry).await?;
    let session = session.renew().await?.into_session();
    entry.until = seconds(session.expires_at());
    let name = entry.name.clone();
    session::save_renewed(&data, keys, &mut index, entry, &session, &secret).await?;
    say!("The token of {name} was renewed.");
    Ok(())
}
