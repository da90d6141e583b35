//! Issuing the two tokens, and the user's answer between them (RFC 5849 section 2).

use crate::{
    approval::{Approval, PageError},
    check::Verified,
    config::Config,
    endpoint::Endpoint,
    fault::{Denial, Fault, Faults, Layer},
    naive,
    oauth::{Answer, Grant, OauthServer, RequestToken},
    problem::{Problem, TokenProblem},
    random,
};

/// Section 2.1: the form-encoded reply with a new request token.
pub(crate) fn request_token(
    server: &mut OauthServer,
    config: &Config,
    verified: Verified,
    now: i64,
    fault: Option<&Fault>,
) -> String {
    let (token, secret) =
        server.next_request_token.take().unwrap_or_else(|| (random::hex(), new_secret(config)));
    let reply = token_reply(&token, &secret, ("oauth_callback_confirmed", "true"), fault);
    let known = RequestToken {
        secret,
        consumer: verified.consumer,
        callback: verified.callback.filter(|callback| callback != "oob"),
        issued_at: now,
        answer: Answer::Waiting,
        wrong_verifiers: 0,
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
    let user = match &known.answer {
        Answer::Waiting => return Err(refused(TokenProblem::NotApproved)),
        Answer::No => return Err(refused(TokenProblem::Refused)),
        Answer::Spent => return Err(refused(TokenProblem::Used)),
        Answer::Yes { user, verifier } => {
            if !naive::same(verifier, verified.verifier.as_deref().unwrap_or_default()) {
                known.wrong_verifier();
                return Err(Problem::Verifier);
            }
            user.clone()
        }
    };
    // A fault in the reply leaves the request token good, so that the next try can succeed.
    if fault.is_none_or(|fault| fault.layer() != Layer::Reply || *fault == Fault::OddReply) {
        known.answer = Answer::Spent;
    }
    let (token, secret) = grant(server, config, &verified.consumer, user);
    Ok(token_reply(&token, &secret, ("user_id", "1"), fault))
}

/// Makes an access token that is good at once.
pub(crate) fn grant(
    server: &mut OauthServer,
    config: &Config,
    consumer: &str,
    user: String,
) -> (String, String) {
    let (token, secret) =
        server.next_access_token.take().unwrap_or_else(|| (random::hex(), new_secret(config)));
    let known = Grant { secret: secret.clone(), consumer: consumer.to_owned(), user };
    server.access_tokens.insert(token.clone(), known);
    (token, secret)
}

fn new_secret(config: &Config) -> String {
    random::hex() + config.dialect.secret_ends_with
}

fn token_reply(
    token: &str,
    secret: &str,
    last: (&'static str, &'static str),
    fault: Option<&Fault>,
) -> String {
    let mut pairs = vec![("oauth_token", token), ("oauth_token_secret", secret), last];
    let mut end = "";
    match fault {
        Some(Fault::NoConfirmation) => pairs.truncate(2),
        Some(Fault::ConfirmationFalse) => pairs[2].1 = "false",
        Some(Fault::ConfirmationCapitalised) => pairs[2].1 = "True",
        Some(Fault::RepeatedField) => pairs.push(("oauth_token", "another")),
        Some(Fault::NoSecret) => {
            pairs.remove(1);
        }
        Some(Fault::EmptyToken) => pairs[0].1 = "",
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

/// Looks up what the page has to show.
pub(crate) fn asked(
    server: &OauthServer,
    config: &Config,
    token: &str,
    now: i64,
) -> Result<Asked, PageError> {
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
    Ok(Asked { application, callback: known.callback.clone() })
}

/// Section 2.2: takes the answer, which is who says yes, and makes what the user brings back.
pub(crate) fn answer(
    server: &mut OauthServer,
    faults: &mut Faults,
    config: &Config,
    token: &str,
    yes: Option<String>,
    now: i64,
) -> Result<Approval, PageError> {
    let asked = asked(server, config, token, now)?;
    let fault = faults.take(Endpoint::Authorize, |fault| fault.layer() == Layer::Callback);
    let denial = match fault {
        Some(Fault::Denied(denial)) => Some(denial),
        _ if yes.is_none() => Some(config.denial),
        _ => None,
    };

    let (answer, verifier, added) = if let Some(denial) = denial {
        let added = match denial {
            Denial::DeniedToken => vec![("denied", token)],
            Denial::UserRefused => vec![("oauth_token", token), ("oauth_problem", "user_refused")],
            Denial::NoVerifier => vec![("oauth_token", token)],
            Denial::AccessDenied => vec![("error", "access_denied")],
            Denial::Nothing => Vec::new(),
        };
        (Answer::No, None, naive::write_form(&added))
    } else {
        let verifier = server.next_verifier.take().unwrap_or_else(|| {
            if asked.callback.is_some() { random::hex() } else { random::pin() }
        });
        let added = match fault {
            Some(Fault::OtherToken) => {
                vec![("oauth_token", "another"), ("oauth_verifier", &*verifier)]
            }
            Some(Fault::NoToken) => vec![("oauth_verifier", &*verifier)],
            Some(Fault::EmptyVerifier) => vec![("oauth_token", token), ("oauth_verifier", "")],
            _ => vec![("oauth_token", token), ("oauth_verifier", &*verifier)],
        };
        let added = naive::write_form(&added);
        let answer = Answer::Yes { user: yes.unwrap_or_default(), verifier: verifier.clone() };
        (answer, Some(verifier), added)
    };

    if let Some(known) = server.request_tokens.get_mut(token) {
        known.answer = answer;
    }
    Ok(Approval { callback_url: asked.callback.map(|callback| append(callback, &added)), verifier })
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
