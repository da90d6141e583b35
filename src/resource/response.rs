//! A resource's reply.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};

use super::{address::Address, signatory::Signatory};
#[cfg(feature = "fatsecret")]
use crate::refusal::Known;
use crate::{
    error::{Error, groups::ReplyError, kind::ErrorKind, stage::Stage},
    protocol::problem::Problem,
    refusal::{self, Classified},
    shown::ShownUrl,
};

/// The complete reply to a request for a resource.
///
/// # Examples
///
/// ```no_run
/// # async fn run(session: tripod::Session) -> Result<(), tripod::Error> {
/// let reply = session.get("https://platform.fatsecret.com/rest/profile/v1").send().await?;
/// println!("{} {:?}", reply.status(), reply.headers().get("content-type"));
/// println!("{}", reply.error_for_status()?.text()?);
/// # Ok(())
/// # }
/// ```
pub struct ResourceResponse {
    who: Arc<Signatory>,
    reply: Response<Bytes>,
    /// What the reply means, as it was found when it came.
    problem: Problem,
    /// What the call knows of a refusal.
    #[cfg(feature = "fatsecret")]
    known: Known,
    address: Address,
    /// Whether the request, which was not sent once more, may succeed when it is signed anew.
    is_worth_another: bool,
}

impl ResourceResponse {
    pub(super) fn new(who: Arc<Signatory>, answer: Classified, address: Address) -> Self {
        let Classified { reply, problem, .. } = answer;
        Self {
            who,
            reply,
            problem,
            #[cfg(feature = "fatsecret")]
            known: answer.known,
            address,
            is_worth_another: false,
        }
    }

    pub(super) fn worth_another(mut self, is_worth_another: bool) -> Self {
        self.is_worth_another = is_worth_another;
        self
    }

    /// Returns the status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.reply.status()
    }

    /// Returns the headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.reply.headers()
    }

    /// Returns the body.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        self.reply.body()
    }

    /// Returns the body as text.
    ///
    /// # Errors
    ///
    /// [`ReplyError::Malformed`] if it is not UTF-8.
    pub fn text(&self) -> Result<&str, Error> {
        std::str::from_utf8(self.bytes()).map_err(|error| {
            self.error(ErrorKind::Reply(ReplyError::Malformed { reason: "it is not UTF-8" }))
                .with_source(error)
        })
    }

    /// Returns the body as a `String`.
    ///
    /// # Errors
    ///
    /// The errors of [`text`](Self::text).
    pub fn into_text(mut self) -> Result<String, Error> {
        let body = std::mem::take(self.reply.body_mut());
        String::from_utf8(body.into()).map_err(|error| {
            self.error(ErrorKind::Reply(ReplyError::Malformed { reason: "it is not UTF-8" }))
                .with_source(error.utf8_error())
        })
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    ///
    /// [`ReplyError::Malformed`] if the body is not the JSON that `T` needs. The source says where,
    /// and does not quote the reply.
    #[cfg(feature = "json")]
    #[cfg_attr(docsrs, doc(cfg(feature = "json")))]
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(self.bytes()).map_err(|error| {
            let reason = "it is not the JSON that was expected";
            // serde's own text quotes the reply, which may hold anything.
            let (what, line, column) = (error.classify(), error.line(), error.column());
            let source = format!("a {what:?} error of the JSON at line {line} column {column}");
            self.error(ErrorKind::Reply(ReplyError::Malformed { reason })).with_source(source)
        })
    }

    /// Returns an error if the provider refused: for every status except 2xx and 304 (not modified), and for
    /// errors that the provider sends with status 200, as FatSecret does.
    ///
    /// If the reply belongs to [`send_stream`](crate::ResourceRequest::send_stream), or to a request that your
    /// program sent itself, the provider may have refused the timestamp or the nonce. Then the error is
    /// retryable: the client has learnt the provider's time, and signs a new request with it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rejected`] with the provider's problem, [`ErrorKind::TimestampRefused`] if the
    /// retry was refused too, or [`ErrorKind::Redirected`].
    pub fn error_for_status(self) -> Result<Self, Error> {
        let status = self.status();
        let is_answer = status.is_success() && !self.problem.is_refusal;
        if is_answer || status == StatusCode::NOT_MODIFIED {
            return Ok(self);
        }
        let (client, secrets) = (self.who.client(), self.who.secrets());
        let reply = (status, self.headers(), &self.bytes()[..]);
        let error = refusal::error(client, Stage::Resource, reply, &self.problem, &secrets);
        let error = error.with_endpoint(self.endpoint());
        let error = if self.who.has_token() { error } else { refusal::without_user(error) };
        Err(if self.is_worth_another {
            error.with_retryable(true).with_more_detail(ANEW)
        } else {
            error
        })
    }

    /// Returns the reply as the `http` crate's type.
    #[must_use]
    pub fn into_http(self) -> Response<Bytes> {
        self.reply
    }

    /// What must not be seen in what is quoted of the reply.
    #[cfg(feature = "fatsecret")]
    pub(crate) fn secrets(&self) -> Vec<&str> {
        self.who.secrets()
    }

    /// The reply, and what it means.
    #[cfg(feature = "fatsecret")]
    pub(crate) fn classified(&self) -> (&Response<Bytes>, &Problem) {
        (&self.reply, &self.problem)
    }

    /// What the call knows of a refusal.
    #[cfg(feature = "fatsecret")]
    pub(crate) fn take_known(&mut self) -> Known {
        std::mem::replace(&mut self.known, Known::Nothing)
    }

    fn error(&self, kind: ErrorKind) -> Error {
        Error::new(Stage::Resource, kind).with_endpoint(self.endpoint()).with_status(self.status())
    }

    fn endpoint(&self) -> String {
        ShownUrl::of_uri(self.address.uri()).without(&self.who.secrets())
    }
}

const ANEW: &str = "the request was not sent a second time; sign and send it again, and it has the provider's time and a new nonce";

impl fmt::Debug for ResourceResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResourceResponse")
            .field("status", &self.status())
            .field("bytes", &self.bytes().len())
            .finish_non_exhaustive()
    }
}
