//! Issuing the two tokens, and the user's answer between them (RFC 5849 section 2).

use crate::{
    approval::{Approval, PageError},
    check::Verified,
    config::Config,
    dialect::{Code, Confirmed, TokenSecret},
    endpoint::Endpoint,
    fault::{Denial, Fault, Faults, Layer},
    naive::{self, Pair},
    oauth::{Answer, Grant, OauthServer, RequestToken},
    problem::{Problem, TokenProblem},
    random,
    received::find,
};

/// What an application is called that gives no name to a page that expects it there.
const UNNAMED: &str = "An unknown application";

/// Section 2.1: the form-encoded reply with a new request token.
pub(crate) fn request_token(
    server: &mut OauthServer,
    config: &Config,
    verified: Verified,
    now: i64,
    fault: Option<&Fault>,
) -> String {
    let (token, secret) =
        server.next_request_token.take().unwrap_or_else(|| (new_token(config), new_secret(config)));
    let confirmed = match config.dialect.confirmed {
        Confirmed::Missing => None,
        Confirmed::IfRegistered if config.registered_callback.is_none() => Some("false"),
        _ => Some("true"),
    };
    let mut pairs = pairs_of(&token, &secret);
    pairs.extend(confirmed.map(|value| (CONFIRMED, value)));
    if config.dialect.confirmed == Confirmed::First {
        pairs.rotate_right(1);
    }
    let reply = written(config, pairs, fault);
    // A verifier that was pushed counts for one request token.
    let pushed = if is_spoilt(fault) {
        server.pushed.get(&verified.consumer).cloned()
    } else {
        server.pushed.remove(&verified.consumer)
    };
    let answer = pushed.map_or(Answer::Waiting, |verifier| Answer::Yes {
        user: config.user.name.clone(),
        verifier,
    });
    let known = RequestToken {
        secret,
        consumer: verified.consumer,
        callback: verified.callback,
        issued_at: now,
        answer,
        wrong_verifiers: 0,
        asked: verified.asked,
    };
    server.request_tokens.insert(token, known);
    reply
}

/// Section 2.3: the form-encoded reply with a new access token, if the user said yes.
pub(crate) fn access_token(
    server: &mut OauthServer,
    config: &Config,
    verified: &Verified,
    now: i64,
    fault: Option<&Fault>,
) -> Result<String, Problem> {
    let refused = Problem::RequestToken;
    let known = verified
        .token
        .as_deref()
        .and_then(|token| server.request_tokens.get_mut(token))
        .ok_or(refused(TokenProblem::Unknown))?;
    if known.is_expired(now, config) && !matches!(known.answer, Answer::Spent) {
        return Err(refused(TokenProblem::Expired));
    }
    let given = verified.verifier.as_deref().unwrap_or_default();
    let user = match &known.answer {
        Answer::Waiting => return Err(refused(TokenProblem::NotApproved)),
        Answer::No => return Err(refused(TokenProblem::Refused)),
        Answer::Spent => return Err(refused(TokenProblem::Used)),
        Answer::Yes { user, verifier } => {
            if !naive::same(verifier, given) {
                known.wrong_verifier();
                return Err(Problem::Verifier);
            }
            user.clone()
        }
    };
    if !is_spoilt(fault) {
        known.answer = Answer::Spent;
    }
    let asked = known.asked.clone();
    let (token, secret) = grant(server, config, &verified.consumer, user, &asked, now);
    Ok(granted(server, config, &token, &secret, fault))
}

/// Returns whether a fault makes the token reply useless. What the request would use up stays good
/// then, so that the next try can succeed.
fn is_spoilt(fault: Option<&Fault>) -> bool {
    fault.is_some_and(|fault| fault.layer() == Layer::Reply && *fault != Fault::OddReply)
}

/// Returns another access token for one that has a handle, and ends the old one.
pub(crate) fn renew(
    server: &mut OauthServer,
    config: &Config,
    verified: &Verified,
    handle: &str,
    now: i64,
    fault: Option<&Fault>,
) -> Result<String, Problem> {
    let old = verified.token.as_deref().unwrap_or_default();
    let known = server
        .access_tokens
        .get(old)
        .filter(|known| naive::same(&known.handle, handle))
        .ok_or_else(|| Problem::AccessToken(String::new()))?;
    let user = known.user.clone();
    server.access_tokens.remove(old);
    let (token, secret) = grant(server, config, &verified.consumer, user, &[], now);
    Ok(granted(server, config, &token, &secret, fault))
}

/// The reply with an access token.
fn granted(
    server: &OauthServer,
    config: &Config,
    token: &str,
    secret: &str,
    fault: Option<&Fault>,
) -> String {
    let grant = server.access_tokens.get(token);
    let of = |part: fn(&Grant) -> &str| grant.map(part).unwrap_or_default();
    let more: Vec<(&str, String)> = config
        .dialect
        .granted
        .more
        .iter()
        .map(|(name, value)| {
            let value = value.replace("{user}", of(|grant| &grant.user));
            (*name, value.replace("{handle}", of(|grant| &grant.handle)))
        })
        .collect();
    let mut pairs = pairs_of(token, secret);
    pairs.extend(more.iter().map(|(name, value)| (*name, value.as_str())));
    if config.dialect.confirmed == Confirmed::Twice {
        pairs.push((CONFIRMED, "true"));
    }
    written(config, pairs, fault)
}

/// Makes an access token that is good at once.
pub(crate) fn grant(
    server: &mut OauthServer,
    config: &Config,
    consumer: &str,
    user: String,
    asked: &[Pair],
    now: i64,
) -> (String, String) {
    if config.dialect.granted.same_again {
        let same = |known: &Grant| {
            known.consumer == consumer && known.user == user && !known.is_expired(now)
        };
        if let Some((token, known)) = server.access_tokens.find(same) {
            return (token.to_owned(), known.secret.clone());
        }
    }
    let (token, secret) = server.next_access_token.take().unwrap_or_else(|| {
        let token = new_token(config);
        let secret = match config.dialect.granted.secret {
            TokenSecret::Token => token.clone(),
            TokenSecret::UnusedWithRsa(word) if config.public_key.is_some() => word.to_owned(),
            _ => new_secret(config),
        };
        (token, secret)
    });
    let whose = (secret.clone(), consumer.to_owned(), user);
    server.access_tokens.insert(token.clone(), Grant::new(whose, config.dialect.life, asked, now));
    (token, secret)
}

/// A verifier that the provider sends before it is asked, and the form that it comes in.
pub(crate) fn push(server: &mut OauthServer, config: &Config) -> Option<String> {
    if !config.dialect.pushes_verifier {
        return None;
    }
    let verifier = server.next_verifier.take().unwrap_or_else(random::hex);
    let (key, secret) = &config.consumer;
    let names = &config.names;
    let shop = format!("{}://{}{}/", names.scheme, names.host, names.base);
    let form = naive::write_form(&[
        ("oauth_consumer_key", key),
        ("oauth_consumer_secret", secret),
        ("store_base_url", &shop),
        ("oauth_verifier", &verifier),
    ]);
    server.pushed.insert(key.clone(), verifier);
    Some(form)
}

const CONFIRMED: &str = "oauth_callback_confirmed";

fn pairs_of<'a>(token: &'a str, secret: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("oauth_token", token), ("oauth_token_secret", secret)]
}

fn new_token(config: &Config) -> String {
    random::hex() + config.dialect.token_ends_with
}

fn new_secret(config: &Config) -> String {
    random::hex() + config.dialect.secret_ends_with
}

/// A token reply as it goes out, with a fault if there is one.
fn written(config: &Config, mut pairs: Vec<(&str, &str)>, fault: Option<&Fault>) -> String {
    let mut end = config.dialect.reply_ends_with;
    let mut confirm = |value| {
        if let Some(pair) = pairs.iter_mut().find(|(name, _)| *name == CONFIRMED) {
            pair.1 = value;
        }
    };
    match fault {
        Some(Fault::NoConfirmation) => pairs.retain(|(name, _)| *name != CONFIRMED),
        Some(Fault::ConfirmationFalse) => confirm("false"),
        Some(Fault::ConfirmationCapitalised) => confirm("True"),
        Some(Fault::RepeatedField) => pairs.push(("oauth_token", "another")),
        Some(Fault::NoSecret) => pairs.retain(|(name, _)| *name != "oauth_token_secret"),
        Some(Fault::EmptyToken) => {
            for pair in pairs.iter_mut().filter(|(name, _)| *name == "oauth_token") {
                pair.1 = "";
            }
        }
        Some(Fault::OddReply) => {
            pairs.reverse();
            pairs.push(("oauth_authorized_realms", ""));
            pairs.push(("x", "a=b&c d"));
            end = "\r\n";
        }
        _ => {}
    }
    naive::write_form(&pairs) + end
}

/// What a user sees of a request token that waits for an answer.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) application: String,
    /// None: out of band.
    pub(crate) callback: Option<String>,
}

/// What the page's own query says.
pub(crate) struct Visit {
    pub(crate) token: String,
    /// Parameters that the provider knows.
    pub(crate) parameters: Vec<Pair>,
}

/// Reads the query of the URL that the user opens.
pub(crate) fn visit(
    server: &OauthServer,
    config: &Config,
    query: &[Pair],
) -> Result<Visit, PageError> {
    let page = &config.dialect.page;
    let token = find(query, page.token).filter(|token| !token.is_empty());
    let token = token.ok_or(PageError::NoToken)?;
    if let Some(name) = page.key {
        let known = server.request_tokens.get(token).map(|known| known.consumer.as_str());
        if known.is_some() && known != find(query, name) {
            return Err(PageError::WrongConsumerKey);
        }
    }
    let mut parameters = Vec::new();
    for parameter in page.parameters {
        if let Some(value) = find(query, parameter.0) {
            if !parameter.allows(value) {
                return Err(PageError::BadParameter);
            }
            parameters.push((parameter.0.to_owned(), value.to_owned()));
        }
    }
    Ok(Visit { token: token.to_owned(), parameters })
}

/// Looks up what the page has to show.
pub(crate) fn asked(
    server: &OauthServer,
    config: &Config,
    visit: &Visit,
    now: i64,
) -> Result<Asked, PageError> {
    let token = visit.token.as_str();
    let known = server.request_tokens.get(token).ok_or(PageError::UnknownToken)?;
    known.can_be_answered(now, config).map_err(|problem| match problem {
        TokenProblem::Expired => PageError::ExpiredToken,
        _ => PageError::UsedToken,
    })?;
    let application = server
        .consumers
        .get(&known.consumer)
        .map(|consumer| consumer.name.clone())
        .unwrap_or_default();
    let application = if config.dialect.page.named_by_parameter {
        find(&visit.parameters, "name").unwrap_or(UNNAMED).to_owned()
    } else {
        application
    };
    Ok(Asked { application, callback: known.callback.clone() })
}

/// Section 2.2: takes the answer, which is who says yes, and makes what the user brings back.
pub(crate) fn answer(
    server: &mut OauthServer,
    faults: &mut Faults,
    config: &Config,
    visit: Visit,
    yes: Option<String>,
    now: i64,
) -> Result<Approval, PageError> {
    let asked = asked(server, config, &visit, now)?;
    let token = visit.token.as_str();
    let returns = &config.dialect.returns;
    let fault = faults.take(Endpoint::Authorize, |fault| fault.layer() == Layer::Callback);
    let denial = match fault {
        Some(Fault::Denied(denial)) => Some(denial),
        _ if yes.is_none() => Some(config.denial),
        _ => None,
    };

    let (answer, verifier, mut added) = if let Some(denial) = denial {
        let added = match denial {
            Denial::DeniedToken => vec![("denied", token)],
            Denial::UserRefused => vec![("oauth_token", token), ("oauth_problem", "user_refused")],
            Denial::NoVerifier => vec![("oauth_token", token)],
            Denial::AccessDenied => vec![("error", "access_denied")],
            Denial::AccessDeniedWithToken => {
                vec![("error", "access_denied"), ("oauth_token", token)]
            }
            Denial::EmptyVerifier => vec![("oauth_token", token), ("oauth_verifier", "")],
            Denial::VerifierSaysDenied => {
                vec![("oauth_token", token), ("oauth_verifier", "denied")]
            }
            Denial::Nothing | Denial::NoCallback => Vec::new(),
        };
        (Answer::No, None, owned(&added))
    } else {
        let verifier = server.next_verifier.take().unwrap_or_else(|| {
            if asked.callback.is_some() { random::hex() } else { code(returns.code) }
        });
        let added = match fault {
            Some(Fault::OtherToken) => {
                vec![("oauth_token", "another"), ("oauth_verifier", &*verifier)]
            }
            Some(Fault::NoToken) => vec![("oauth_verifier", &*verifier)],
            Some(Fault::EmptyVerifier) => vec![("oauth_token", token), ("oauth_verifier", "")],
            _ => vec![("oauth_token", token), ("oauth_verifier", &*verifier)],
        };
        let added = owned(&added);
        let answer = Answer::Yes { user: yes.unwrap_or_default(), verifier: verifier.clone() };
        (answer, Some(verifier), added)
    };
    if !returns.token {
        added.retain(|(name, _)| name != "oauth_token");
    }
    // With nothing added a denial is to be as bare as it was asked for.
    if !added.is_empty() {
        for (name, value) in returns.more {
            let value = if value.is_empty() { find(&visit.parameters, name) } else { Some(*value) };
            let value = value.map(|value| value.replace("{account}", &config.names.realm));
            added.extend(value.map(|value| ((*name).to_owned(), value)));
        }
    }

    if let Some(known) = server.request_tokens.get_mut(token) {
        known.answer = answer;
        known.asked.extend(visit.parameters);
    }
    let stays = denial == Some(Denial::NoCallback);
    let callback_url = asked.callback.filter(|_| !stays).map(|callback| {
        let added: Vec<(&str, &str)> =
            added.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        append(callback, &naive::write_form(&added)) + returns.fragment
    });
    Ok(Approval { callback_url, verifier })
}

fn owned(pairs: &[(&str, &str)]) -> Vec<Pair> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// What a user types.
fn code(code: Code) -> String {
    match code {
        Code::Digits(length) => random::digits(length),
        Code::Dashes => [3; 3].map(random::digits).join("-"),
        Code::Letters(length) => random::letters(length),
    }
}

/// Adds pairs after the query that a callback may have already.
fn append(mut callback: String, added: &str) -> String {
    if !added.is_empty() {
        match callback.find('?') {
            None => callback.push('?'),
            // Within a query a question mark is data, also as its last character.
            Some(mark) if mark + 1 < callback.len() && !callback.ends_with('&') => {
                callback.push('&');
            }
            Some(_) => {}
        }
        callback.push_str(added);
    }
    callback
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_come_after_an_existing_query() {
        let check = |callback: &str, expected: &str| {
            assert_eq!(append(callback.to_owned(), "a=b"), expected);
        };
        check("http://h/cb", "http://h/cb?a=b");
        check("http://h/cb?", "http://h/cb?a=b");
        check("http://h/cb?user=7", "http://h/cb?user=7&a=b");
        check("http://h/cb?user=7&", "http://h/cb?user=7&a=b");
        check("http://h/cb?back=/?", "http://h/cb?back=/?&a=b");
        assert_eq!(append("http://h/cb".to_owned(), ""), "http://h/cb");
    }
}
