//! Sending a request whole, or building it for a program that sends it.

use bytes::Bytes;
use http::Request;

use super::{
    calling::{Calling, Habits, Usual},
    pending::PendingResponse,
    ready::Ready,
    request::ResourceRequest,
    response::ResourceResponse,
};
use crate::{
    clock::timekeeper::Moment,
    error::{Error, stage::Stage},
    exchange,
    refusal::is_done,
    wait::wait,
};

/// # Send the request, or build it for another HTTP client
impl ResourceRequest {
    /// Returns the signed request, to send with your own HTTP client, and the [`PendingResponse`] that reads
    /// the reply.
    ///
    /// Send the request with any HTTP client, and give the reply to [`PendingResponse::receive`]. Each call of
    /// `build` uses a new timestamp and nonce.
    ///
    /// # Errors
    ///
    /// The errors of [`send`](Self::send) that occur before anything is sent.
    ///
    /// # Security
    ///
    /// The request contains credentials. For some providers they are in the URL, and the request's `Debug`
    /// shows the URL. Send the request at most once, and do not follow redirects.
    ///
    /// # Examples
    ///
    /// ```
    /// use http::{Request, Response};
    /// use tripod::{Error, ResourceResponse, Session};
    ///
    /// fn read(
    ///     session: &Session,
    ///     send: impl Fn(Request<bytes::Bytes>) -> Response<Vec<u8>>,
    /// ) -> Result<String, Error> {
    ///     let (request, pending) = session.get("https://api.example/v2/user").build()?;
    ///     let reply: ResourceResponse = pending.receive(send(request));
    ///     reply.error_for_status()?.into_text()
    /// }
    /// ```
    pub fn build(self) -> Result<(Request<Bytes>, PendingResponse), Error> {
        let Self { who, outgoing, body_hash, limits, .. } = self;
        let outgoing = outgoing?;
        let at_stage = |error: Error| error.at_stage(Stage::Resource);
        let signatory = &*who;
        let ready = Ready::new(signatory, &outgoing, body_hash).map_err(at_stage)?;
        let (moment, flight) = signatory.client().time().depart(limits.time).map_err(at_stage)?;
        match ready.sign(signatory, &moment) {
            Ok(request) => Ok((request, PendingResponse::new(who, outgoing.address, flight))),
            Err(error) => Err(at_stage(flight.unsigned(error))),
        }
    }

    /// Signs the request, sends it, and reads the reply, whatever its status.
    ///
    /// If the provider refuses the timestamp or the nonce, the request is signed and sent once more. Other
    /// failures are retried if the client has a policy: see
    /// [`Client::with_retries`](crate::Client::with_retries).
    ///
    /// # Errors
    ///
    /// [`ForeignOrigin`](crate::RequestError::ForeignOrigin) if the URL is not at one of the
    /// provider's origins, [`InvalidUrl`](crate::ErrorKind::InvalidUrl) if it cannot be read or
    /// contains a user name, or if it is too long once signed. For a part of the request:
    /// [`ReservedParameter`](crate::RequestError::ReservedParameter),
    /// [`NotSerializable`](crate::RequestError::NotSerializable),
    /// [`ParameterNotUtf8`](crate::RequestError::ParameterNotUtf8) or
    /// [`InvalidSetting`](crate::ErrorKind::InvalidSetting), as its method says.
    /// [`FormBodyNeeded`](crate::RequestError::FormBodyNeeded) for [`Transmission::Form`](crate::Transmission::Form) without a
    /// form body. [`Signing`](crate::ErrorKind::Signing) if the signature cannot be made.
    ///
    /// [`UrlChanged`](crate::RequestError::UrlChanged) if the HTTP client would change the URL;
    /// [`TooLarge`](crate::ReplyError::TooLarge) if the reply is larger than the limit; network failures. A reply with an error status is not an error here; call
    /// [`error_for_status`](ResourceResponse::error_for_status) on it.
    ///
    /// # Cancel safety
    ///
    /// If you drop the future, the call is cancelled; the provider may have carried it out.
    pub async fn send(self) -> Result<ResourceResponse, Error> {
        self.send_by(Usual).await
    }

    /// Signs the request, sends it, and reads the reply, on this thread and without an async runtime.
    ///
    /// It works with transports that block the thread, such as `UreqTransport` (feature `ureq`).
    ///
    /// # Errors
    ///
    /// The errors of [`send`](Self::send). [`NoRuntime`](crate::UnsupportedError::NoRuntime) if the transport needs an
    /// async runtime, even if this thread is in one; use `send().await` there.
    pub fn wait(self) -> Result<ResourceResponse, Error> {
        wait(self.send())
    }

    /// As [`send`](Self::send), for one who knows more of the request.
    pub(crate) async fn send_by(self, habits: impl Habits) -> Result<ResourceResponse, Error> {
        let Self { who, outgoing, body_hash, limits, operation } = self;
        let outgoing = outgoing?;
        let ready = Ready::new(&who, &outgoing, body_hash);
        let ready = ready.map_err(|error| error.at_stage(Stage::Resource))?;
        let call = Calling {
            who: &who,
            operation: &operation,
            method: &outgoing.method,
            limits,
            build: |moment: &Moment| ready.sign_to_send(&who, moment),
            habits,
        };
        let answer = exchange::exchange(&call).await?;
        if is_done(&answer.reply, &answer.problem) {
            who.was_used();
        }
        Ok(ResourceResponse::new(who, answer, outgoing.address))
    }
}
