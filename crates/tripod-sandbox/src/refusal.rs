//! How each kind of provider writes a refusal.
//!
//! The words of FatSecret's data host, which change their shape, are written elsewhere.

use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    config::Config,
    dialect::Refusals,
    naive,
    problem::{Problem, TokenProblem},
    received::Received,
    wire::reply,
};

const FORM: &str = "application/x-www-form-urlencoded";
const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";

/// What there is to say, and to whom.
pub(crate) struct Refusal<'a> {
    pub(crate) problem: &'a Problem,
    pub(crate) config: &'a Config,
    /// `None`: the request could not be read.
    pub(crate) received: Option<&'a Received>,
    pub(crate) now: i64,
}

impl Refusal<'_> {
    pub(crate) fn write(&self, form: Refusals) -> Response {
        let status = self.problem.status();
        match form {
            // FatSecret's handshake host has one status for everything that it understands.
            Refusals::FatSecret => {
                let status = match self.problem {
                    Problem::VerbNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
                    _ => StatusCode::BAD_REQUEST,
                };
                text(status, self.problem.sentence())
            }
            Refusals::ProblemReports
            | Refusals::ProblemInChallenge
            | Refusals::ProblemWithBaseString => self.report(form),
            Refusals::ListedCodes => {
                let (status, code, message) = listed_code(self.problem);
                json_reply(status, &json!({"errors": [{"code": code, "message": message}]}))
            }
            Refusals::PlainText => text(status, self.few_words()),
            Refusals::StatFail => self.stat_fail(),
            Refusals::Message => {
                // The one text of Discogs' that was recorded.
                let message = match self.problem {
                    Problem::ConsumerKey(_) => "Invalid consumer.".to_owned(),
                    _ => self.few_words(),
                };
                json_reply(status, &json!({"message": message}))
            }
            Refusals::Meta => {
                let reason = status.canonical_reason().unwrap_or_default();
                let meta = json!({"status": status.as_u16(), "msg": reason});
                json_reply(status, &json!({"meta": meta, "response": []}))
            }
            // Nothing in the handler sets a status, but what stands before it does.
            Refusals::ErrorSentence | Refusals::ActionApi
                if matches!(self.problem, Problem::UserAgent) =>
            {
                text(status, "Please set a user-agent and respect our robot policy".to_owned())
            }
            Refusals::ErrorSentence => {
                let wants_json =
                    self.received.is_some_and(|received| received.field("format") == Some("json"));
                if wants_json {
                    let error = json!({"error": self.key(), "message": self.wiki_words()});
                    json_reply(StatusCode::OK, &error)
                } else {
                    text(StatusCode::OK, format!("Error: {}", self.wiki_words()))
                }
            }
            Refusals::ActionApi => {
                let info = format!(
                    "The authorization headers in your request are not valid: {}",
                    self.wiki_words()
                );
                let error = json!({"code": "mwoauth-invalid-authorization", "info": info});
                json_reply(StatusCode::OK, &json!({"error": error}))
            }
            Refusals::ReasonStack => {
                let (status, stack) = self.reason_stack();
                let error = json!({
                    "developer_message": self.few_words(),
                    "reason_stack": stack,
                    "status": status.as_u16(),
                });
                json_reply(status, &json!({"error": error}))
            }
            Refusals::ErrorObject => {
                let message = self.few_words();
                let error = json!({"code": "INVALID_LOGIN_ATTEMPT", "message": message});
                let mut response = json_reply(status, &json!({"error": error}));
                let challenge = format!(
                    "OAuth realm=\"{}\", error=\"{}\", error_description=\"{message}\"",
                    self.config.names.realm,
                    self.problem.word()
                );
                challenge_with(&mut response, &challenge);
                response
            }
            Refusals::WordPress => {
                let data = json!({"status": status.as_u16()});
                let code = "woocommerce_rest_authentication_error";
                let message = self.few_words();
                json_reply(status, &json!({"code": code, "message": message, "data": data}))
            }
            Refusals::ReasonCodes => {
                let error = json!({
                    "Source": "Authentication",
                    "ReasonCode": self.problem.word().to_ascii_uppercase(),
                    "Description": self.few_words(),
                    "Recoverable": false,
                    "Details": null,
                });
                json_reply(status, &json!({"Errors": {"Error": [error]}}))
            }
        }
    }

    /// The body of the Problem Reporting extension, and a challenge.
    fn report(&self, form: Refusals) -> Response {
        let status = match self.problem {
            Problem::Timestamp(..) => StatusCode::from_u16(self.config.dialect.clock_status)
                .unwrap_or(StatusCode::UNAUTHORIZED),
            _ => self.problem.status(),
        };
        let pairs = self.problem.report();
        let mut pairs: Vec<(&str, &str)> =
            pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let base_string = self.received.map(Received::base_string).unwrap_or_default();
        let is_wrong = matches!(self.problem, Problem::Signature(_));
        if form == Refusals::ProblemWithBaseString && is_wrong {
            pairs.push(("debug_sbs", &base_string));
        }
        let mut response = reply(status, FORM, Body::from(naive::write_form(&pairs)));
        if form == Refusals::ProblemInChallenge {
            let of =
                |(name, value): &(&str, &str)| format!(", {name}=\"{}\"", naive::encode(value));
            let origin = format!("{}://{}", self.config.names.scheme, self.config.names.host);
            let fields: String = pairs.iter().map(of).collect();
            challenge_with(
                &mut response,
                &format!("OAuth realm=\"{}\"{fields}", naive::encode(&origin)),
            );
        } else if status == StatusCode::UNAUTHORIZED {
            challenge_with(&mut response, "OAuth realm=\"sandbox\"");
        }
        response
    }

    /// Flickr's, of which only these numbers are known. A wrong clock it reports as in the handshake.
    fn stat_fail(&self) -> Response {
        let (code, message) = match self.problem {
            Problem::Timestamp(..) | Problem::Nonce(_) => {
                return self.report(Refusals::ProblemWithBaseString);
            }
            Problem::Signature(_) => (96, "Invalid signature"),
            Problem::AccessToken(_) | Problem::ExpiredAccessToken => (98, "Invalid auth token"),
            Problem::ConsumerKey(_) => (100, "Invalid API Key"),
            _ => (97, "Missing signature"),
        };
        let field = |name| self.received.and_then(|received| received.field(name));
        if field("format") == Some("json") {
            let body = json!({"stat": "fail", "code": code, "message": message});
            if field("nojsoncallback") == Some("1") {
                return json_reply(StatusCode::OK, &body);
            }
            return reply(
                StatusCode::OK,
                "text/javascript; charset=utf-8",
                Body::from(format!("jsonFlickrApi({body})")),
            );
        }
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\n<rsp stat=\"fail\">\n\t\
             <err code=\"{code}\" msg=\"{message}\" />\n</rsp>\n"
        );
        reply(StatusCode::OK, "text/xml; charset=utf-8", Body::from(body))
    }

    /// OKAPI's status and its stack of reasons, the widest first.
    fn reason_stack(&self) -> (StatusCode, Vec<&'static str>) {
        let bad = |reason| (StatusCode::BAD_REQUEST, vec!["bad_request", reason]);
        let oauth = |reason| {
            let stack = vec!["bad_request", "invalid_oauth_request", reason];
            (StatusCode::BAD_REQUEST, stack)
        };
        let unauthorized = |reason| {
            let stack = vec!["unauthorized", "invalid_oauth_request", reason];
            (StatusCode::UNAUTHORIZED, stack)
        };
        match self.problem {
            Problem::Timestamp(..) => oauth("invalid_timestamp"),
            Problem::Nonce(_) => oauth("nonce_already_used"),
            Problem::Version(_) => oauth("unsupported_oauth_version"),
            Problem::SignatureMethod(_) => oauth("unsupported_signature_method"),
            Problem::Signature(_) => unauthorized("invalid_signature"),
            Problem::ConsumerKey(_) => unauthorized("invalid_consumer"),
            Problem::AccessToken(_)
            | Problem::ExpiredAccessToken
            | Problem::RequestToken(_)
            | Problem::Verifier => unauthorized("invalid_token"),
            Problem::Missing(_) | Problem::Elsewhere(_) => bad("missing_parameter"),
            _ => bad("invalid_parameter"),
        }
    }

    /// A sentence that repeats nothing of the request's.
    fn few_words(&self) -> String {
        let words = match self.problem {
            Problem::Timestamp(..) => "invalid timestamp",
            Problem::Nonce(_) => "nonce already used",
            Problem::Signature(_) | Problem::NoPublicKey => "invalid signature",
            Problem::ConsumerKey(_) => "invalid key",
            Problem::AccessToken(_) | Problem::ExpiredAccessToken | Problem::RequestToken(_) => {
                "invalid token"
            }
            Problem::KeyWanted => "Forbidden",
            other => return other.reason(),
        };
        words.to_owned()
    }

    /// MediaWiki's sentences.
    fn wiki_words(&self) -> String {
        match self.problem {
            Problem::Timestamp(given, ..) => {
                format!("Expired timestamp, yours {given}, ours {}", self.now)
            }
            Problem::Nonce(_) => "Nonce already used".to_owned(),
            Problem::Signature(_) | Problem::NoPublicKey => "Invalid signature".to_owned(),
            Problem::ConsumerKey(_) => "Invalid consumer".to_owned(),
            Problem::AccessToken(_) | Problem::RequestToken(_) => "Invalid token".to_owned(),
            other => other.reason(),
        }
    }

    /// MediaWiki's name of a message.
    fn key(&self) -> &'static str {
        match self.problem {
            Problem::RequestToken(TokenProblem::Unknown | TokenProblem::Expired) => {
                "mwoauthdatastore-request-token-not-found"
            }
            Problem::AccessToken(_) => "mwoauthdatastore-access-token-not-found",
            Problem::Callback | Problem::OutOfBand | Problem::OtherCallback => "mwoauth-error",
            _ => "mwoauth-oauth-exception",
        }
    }
}

fn listed_code(problem: &Problem) -> (StatusCode, u32, &'static str) {
    match problem {
        Problem::AccessToken(_) | Problem::ExpiredAccessToken => {
            (StatusCode::UNAUTHORIZED, 89, "Invalid or expired token.")
        }
        Problem::Timestamp(..) => (StatusCode::UNAUTHORIZED, 135, "Timestamp out of bounds."),
        Problem::Callback | Problem::OutOfBand | Problem::OtherCallback => (
            StatusCode::FORBIDDEN,
            415,
            "Callback URL not approved for this client application. Approved callback URLs can be \
             adjusted in your application settings",
        ),
        Problem::Missing(_) | Problem::Elsewhere(_) | Problem::TwoPlaces => {
            (StatusCode::BAD_REQUEST, 215, "Bad Authentication data.")
        }
        Problem::VerbNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, 86, "Invalid method."),
        _ => (StatusCode::UNAUTHORIZED, 32, "Could not authenticate you."),
    }
}

fn text(status: StatusCode, text: String) -> Response {
    reply(status, TEXT, Body::from(text))
}

pub(crate) fn json_reply(status: StatusCode, value: &Value) -> Response {
    reply(status, JSON, Body::from(value.to_string()))
}

fn challenge_with(response: &mut Response, challenge: &str) {
    if let Ok(challenge) = HeaderValue::try_from(challenge) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
}
