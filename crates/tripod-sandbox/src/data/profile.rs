//! Users who exist only inside an application.

// The trap: a profile that was made without a `user_id` can never be found again. A `user_id` that
// is in use already is refused as an invalid id; what FatSecret does then is not known.

use crate::{
    data::{
        account::Account, error::DataError, host::DataHost, limits::ACCOUNTS, node::Node,
        params::Params,
    },
    dialect::Life,
    oauth::{Grant, OauthServer},
    random,
};

pub(super) fn create(
    host: &mut DataHost,
    server: &mut OauthServer,
    params: &Params,
) -> Result<Node, DataError> {
    let user_id = params.optional_text("user_id")?;
    let key = user_id.map(|user_id| (params.consumer.clone(), user_id.to_owned()));
    if let Some((_, user_id)) = key.as_ref().filter(|key| host.profiles.contains_key(*key)) {
        return Err(DataError::unknown_id("user_id", user_id));
    }
    if host.accounts.len() >= ACCOUNTS {
        let message = format!("Application request limit reached: {ACCOUNTS} accounts are kept");
        return Err(DataError::new(11, message));
    }
    let (token, secret, user) =
        (random::hex(), random::hex(), format!("profile {}", random::hex()));
    let account = Account::new(&user, host.accounts.len());
    host.accounts.insert(user.clone(), account);
    let whose = (secret.clone(), params.consumer.clone(), user);
    let grant = Grant::new(whose, Life::Forever, &[], 0);
    server.access_tokens.insert(token.clone(), grant);
    let answer = node(&token, &secret);
    if let Some(key) = key {
        host.profiles.insert(key, (token, secret));
    }
    Ok(answer)
}

pub(super) fn get_auth(
    host: &mut DataHost,
    _: &mut OauthServer,
    params: &Params,
) -> Result<Node, DataError> {
    let user_id = params.text("user_id")?;
    match host.profiles.get(&(params.consumer.clone(), user_id.to_owned())) {
        Some((token, secret)) => Ok(node(token, secret)),
        None => Err(DataError::unknown_id("user_id", user_id)),
    }
}

fn node(token: &str, secret: &str) -> Node {
    Node::one(
        "profile",
        Node::Object(vec![("auth_token", Node::text(token)), ("auth_secret", Node::text(secret))]),
    )
}
