//! A session in the database, sealed together with the consumer's secret.

// The trap: the secret travels as a further field of the access token, so it has to be taken out again before
// the session is used: a program may show the fields.

use tripod::{
    AccessToken, Consumer, Session,
    secrecy::{ExposeSecret as _, SecretString},
    vault::{KeyRing, Sealer},
};

use crate::{
    fail::{Exit, Failure},
    provider::choice,
    store::{
        Data,
        index::{Entry, Index},
    },
};

/// No provider's field has a name with a blank.
const SECRET: &str = "tripod consumer secret";

fn place(entry: &Entry) -> String {
    format!("tripod-cli:session:{}:{}", entry.name, entry.edition)
}

/// Seals the session and the consumer's secret, and stores them for the account, in place of an older session.
///
/// The older session stays until the list of accounts names the new one: after a failure between the two, the older one
/// is there, and the new one is not. The caller holds the folder's lock.
pub(crate) async fn save(
    data: &Data,
    keys: KeyRing,
    index: &mut Index,
    mut entry: Entry,
    make_default: bool,
    session: &Session,
    secret: &SecretString,
) -> Result<(), Failure> {
    let old = index.get(&entry.name).cloned();
    entry.edition = old.as_ref().map_or(0, |old| old.edition.wrapping_add(1));
    put(data, keys, &entry, session, secret).await?;
    index.put(entry.clone(), make_default);
    if let Err(failure) = data.write_index(index).await {
        // A session without an account would stay in the file for ever.
        let _ = delete(data, &entry).await;
        return Err(failure);
    }
    if let Some(old) = old {
        // The login is done, whatever becomes of what nobody can find any more.
        let _ = delete(data, &old).await;
    }
    Ok(())
}

/// Stores a renewed session of the account over the one that it was made of, which the provider may take no longer.
///
/// After a failure to write the list of accounts, the renewed session is there. The caller holds the folder's lock.
pub(crate) async fn save_renewed(
    data: &Data,
    keys: KeyRing,
    index: &mut Index,
    entry: Entry,
    session: &Session,
    secret: &SecretString,
) -> Result<(), Failure> {
    put(data, keys, &entry, session, secret).await.map_err(|failure| {
        failure.with_more_advice(
            "The provider has renewed the token, but the renewed one is not stored. If the older one is refused from \
             now on, log in again with `tripod login`.",
        )
    })?;
    index.put(entry, false);
    data.write_index(index).await.map_err(|failure| {
        failure.with_more_advice(
            "The token was renewed and is stored; only the moment of its end, which `tripod status` shows, is the older one.",
        )
    })
}

async fn put(
    data: &Data,
    keys: KeyRing,
    entry: &Entry,
    session: &Session,
    secret: &SecretString,
) -> Result<(), Failure> {
    let token = session.access_token().clone().with_extra(SECRET, secret.clone());
    let client = session.client();
    let place = place(entry);
    let sealed = Sealer::new(client, keys).seal_session(&client.session(token), &place)?;
    data.put(&place, &sealed).await
}

/// Opens the account's session. Gives the consumer's secret beside it.
pub(crate) async fn load(
    data: &Data,
    keys: KeyRing,
    entry: &Entry,
) -> Result<(Session, SecretString), Failure> {
    let place = place(entry);
    let Some(sealed) = data.get(&place).await? else {
        return Err(Failure::new(
            Exit::Store,
            format!("the session of the account {} is missing", entry.name),
        )
        .with_advice("Log in again with `tripod login`."));
    };
    // The seal is bound to the provider and to the consumer's key; the secret comes out of it.
    let without_secret = Consumer::new(entry.consumer_key.as_str(), "");
    let client = choice::client(&entry.choice, without_secret)?;
    let opened = Sealer::new(&client, keys).open_session(&sealed, &place)?;
    let (token, secret) = take_secret(opened.access_token())?;
    let consumer = Consumer::new(entry.consumer_key.as_str(), secret.clone());
    Ok((choice::client(&entry.choice, consumer)?.session(token), secret))
}

/// Forgets the account's session. Whether there was one.
pub(crate) async fn delete(data: &Data, entry: &Entry) -> Result<bool, Failure> {
    data.delete(&place(entry)).await
}

fn take_secret(stored: &AccessToken) -> Result<(AccessToken, SecretString), Failure> {
    let secret = stored.extra(SECRET).ok_or_else(|| {
        Failure::new(Exit::Store, "the stored session has no consumer secret")
            .with_advice("Log in again with `tripod login`.")
    })?;
    let mut token = AccessToken::new(stored.token(), stored.secret().expose_secret())?;
    for name in stored.extra_names().filter(|name| *name != SECRET) {
        token = token.with_extra(name, stored.extra(name).unwrap_or_default());
    }
    if let Some(moment) = stored.granted_at() {
        token = token.with_granted_at(moment);
    }
    if let Some(moment) = stored.expires_at() {
        token = token.with_expires_at(moment);
    }
    Ok((token, secret.into()))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use tripod::vault::SealingKey;

    use super::*;

    fn entry(name: String) -> Entry {
        let choice = choice::Choice::named("etrade", None, None);
        let consumer_key = "key".to_owned();
        Entry { name, choice, consumer_key, since: 1, until: None, edition: 0 }
    }

    /// The provider may take the older token no longer.
    #[tokio::test]
    async fn a_renewed_session_stays_where_the_list_cannot_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let data = Data::at(folder.path().to_owned()).await.unwrap();
        let keys = KeyRing::new("test", SealingKey::generate()).unwrap();
        let (account, secret) = (entry("a".to_owned()), SecretString::from("canary"));
        let client = choice::client(&account.choice, Consumer::new("key", secret.clone())).unwrap();
        let session =
            |token: &str| client.session(AccessToken::new(token, "token secret").unwrap());
        let token_of = async |entry: &Entry| {
            let (session, secret) = load(&data, keys.clone(), entry).await.unwrap();
            assert_eq!(secret.expose_secret(), "canary");
            session.access_token().token().to_owned()
        };
        let mut index = Index::default();
        let (first, again) = (session("first"), session("again"));
        save(&data, keys.clone(), &mut index, account.clone(), false, &first, &secret)
            .await
            .unwrap();
        assert_eq!(token_of(&account).await, "first");

        // More than an entry of the database holds.
        index.put(entry("b".repeat(1 << 17)), false);
        let saved = save(&data, keys.clone(), &mut index, account.clone(), false, &again, &secret);
        assert_eq!(saved.await.unwrap_err().exit(), Exit::Store);
        assert_eq!(token_of(&account).await, "first");

        let renewed = session("renewed");
        let saved =
            save_renewed(&data, keys.clone(), &mut index, account.clone(), &renewed, &secret);
        assert_eq!(saved.await.unwrap_err().exit(), Exit::Store);
        assert_eq!(token_of(&account).await, "renewed");
    }

    #[test]
    fn the_secret_is_taken_out_and_nothing_else() {
        let moment = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let stored = AccessToken::new("token", "token secret")
            .unwrap()
            .with_extra("user_id", "7")
            .with_granted_at(moment(5))
            .with_expires_at(moment(9))
            .with_extra(SECRET, "canary");
        let (token, secret) = take_secret(&stored).unwrap();
        assert_eq!(secret.expose_secret(), "canary");
        assert_eq!((token.token(), token.secret().expose_secret()), ("token", "token secret"));
        assert_eq!(token.extra_names().collect::<Vec<_>>(), ["user_id"]);
        assert_eq!(token.extra("user_id"), Some("7"));
        assert_eq!((token.granted_at(), token.expires_at()), (Some(moment(5)), Some(moment(9))));
        assert_eq!(take_secret(&token).unwrap_err().exit(), Exit::Store);
    }
}
