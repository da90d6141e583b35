//! One call of the provider: sending a request, repeating it where that is safe, and what a refusal says.

// Layer 3: uses `client`, `provider`, `protocol`, `signature`, `transport`. The trap: a `Date` is
// believed only where nobody on the way could have written it, or anybody could set our clock.

use std::future::ready;

use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri};

use crate::{
    attempts::Attempts,
    client::Client,
    clock::timekeeper::{Flight, Moment},
    error::{Error, groups::ReplyError, kind::ErrorKind, meaning::Meaning, stage::Stage},
    protocol::problem::Problem,
    provider::url::{is_literally_secure, is_localhost},
    refusal::{self, Classified, Known},
    shown::{ShownAs, ShownUrl},
    signature::uri::BaseUri,
    telemetry::Watch,
    transport::{Limits, PauseFuture, StayedHere, TransportError},
};

/// One call, as often as it is made.
pub(crate) trait Call {
    fn client(&self) -> &Client;

    fn stage(&self) -> Stage;

    /// What the call is named in its span.
    fn operation(&self) -> &str;

    /// The bounds of each attempt.
    fn limits(&self) -> Limits;

    /// Returns whether it may be repeated although the provider may have carried it out.
    fn is_repeatable(&self) -> bool;

    /// What must not be seen in an error or a span.
    fn secrets(&self) -> Vec<&str>;

    /// Makes the request: each time a new one, with this timestamp and nonce.
    fn build(&self, moment: &Moment) -> Result<Request<Bytes>, Error>;

    /// Waits for the call's turn, before each attempt. After an error nothing is sent, and the client's policy decides whether
    /// the turn is waited for again.
    fn turn(&self) -> impl Future<Output = Result<(), Error>> {
        ready(Ok(()))
    }

    /// What the call knows of a reply that is a refusal by the provider's dialect. Asked once for each such reply.
    fn refused(&self, _reply: &Response<Bytes>, _problem: &Problem) -> Known {
        Known::Nothing
    }
}

/// How one attempt is made: its reply is read whole, or only as far as needed.
pub(crate) trait Way {
    type Answer;

    async fn attempt(
        &self,
        call: &impl Call,
        limits: Limits,
        watch: &Watch,
    ) -> Result<Self::Answer, Error>;

    /// The reply, where it was read. A refusal always is.
    fn read(answer: &Self::Answer) -> Option<&Classified>;
}

/// Makes a call, and repeats it by the client's policy.
///
/// Whatever the policy is, a call whose timestamp or nonce the provider refuses is made once more, after the
/// client has learnt the provider's time.
pub(crate) async fn exchange(call: &impl Call) -> Result<Classified, Error> {
    let watch = Watch::new(call.client(), call.operation());
    // Where nobody listens, no span is carried: the call's future would be moved once more for it.
    if !watch.is_on() {
        return attempts(call, &Whole, &watch).await;
    }
    let outcome = watch.within(attempts(call, &Whole, &watch)).await;
    watch.ended(call.stage(), outcome.as_ref(), &call.secrets());
    outcome
}

/// The attempts of [`exchange`], made in this way.
pub(crate) async fn attempts<W: Way>(
    call: &impl Call,
    way: &W,
    watch: &Watch,
) -> Result<W::Answer, Error> {
    let mut course = Course::new(call.client());
    loop {
        if let Err(held_back) = call.turn().await {
            // Nothing was sent.
            let Some(pause) = course.attempts.again(&held_back).await else {
                return Err(held_back);
            };
            pause.await;
            continue;
        }
        let outcome = way.attempt(call, course.limits(call), watch).await;
        match outcome.as_ref().map(W::read) {
            Ok(Some(answer)) if answer.asks_to_sign_again && !course.was_signed_again => {
                course.was_signed_again = true;
                crate::warning!(
                    stage = ?call.stage(),
                    meaning = ?answer.problem.meaning,
                    "retrying once, signed again"
                );
                drop(outcome);
            }
            read => match course.pause(call, read).await {
                Some(pause) => {
                    drop(outcome);
                    pause.await;
                }
                None => return outcome,
            },
        }
        watch.resent();
    }
}

/// What has become of a call so far.
struct Course<'a> {
    /// Those that count for the policy.
    attempts: Attempts<'a>,
    was_signed_again: bool,
}

impl<'a> Course<'a> {
    fn new(client: &'a Client) -> Self {
        Self { attempts: Attempts::new(client.retries(), client), was_signed_again: false }
    }

    /// The bounds of the next attempt: no longer than what is left of the total time.
    fn limits(&self, call: &impl Call) -> Limits {
        let mut limits = call.limits();
        if let Some(left) = self.attempts.time_left() {
            limits.time = limits.time.min(left);
        }
        limits
    }

    /// The pause before the next attempt, if there is to be one.
    async fn pause(
        &mut self,
        call: &impl Call,
        read: Result<Option<&Classified>, &Error>,
    ) -> Option<PauseFuture> {
        if !call.client().retries().is_on() {
            return None;
        }
        let usual;
        let error = match read {
            Ok(Some(Classified { known: Known::Error(error), .. })) | Err(error) => error,
            Ok(Some(answer @ Classified { known: Known::Nothing, .. }))
                if answer.problem.is_refusal =>
            {
                usual = error_of(call, answer);
                &usual
            }
            Ok(_) => return None,
        };
        if error.may_have_happened() && !call.is_repeatable() {
            return None;
        }
        self.attempts.again(error).await
    }
}

/// The error of a reply that is a refusal.
fn error_of(call: &impl Call, answer: &Classified) -> Error {
    let Classified { reply, problem, .. } = answer;
    let reply = (reply.status(), reply.headers(), &reply.body()[..]);
    refusal::error(call.client(), call.stage(), reply, problem, &call.secrets())
}

/// Reads the whole reply, whatever it is.
struct Whole;

impl Way for Whole {
    type Answer = Classified;

    async fn attempt(
        &self,
        call: &impl Call,
        limits: Limits,
        watch: &Watch,
    ) -> Result<Classified, Error> {
        let (request, sent) = Sent::sign(call, limits, watch)?;
        let reply = match call.client().transport().send(request, limits).await {
            Ok(reply) => reply,
            Err(failure) => return Err(sent.without_reply(failure)),
        };
        // A transport of the caller's may not have kept to it.
        if reply.body().len() > limits.reply_bytes {
            let kind = ErrorKind::Reply(ReplyError::TooLarge { limit: limits.reply_bytes });
            let error = Error::new(call.stage(), kind).with_status(reply.status());
            let endpoint = sent.endpoint();
            sent.flight.ended();
            return Err(error.with_endpoint(endpoint));
        }
        Ok(sent.classify(reply))
    }

    fn read(answer: &Classified) -> Option<&Classified> {
        Some(answer)
    }
}

/// A request that was signed, and is on its way.
pub(crate) struct Sent<'a, C> {
    call: &'a C,
    flight: Flight,
    uri: Uri,
    shown_as: Option<ShownAs>,
}

impl<'a, C: Call> Sent<'a, C> {
    /// Signs the request, which the caller sends.
    pub(crate) fn sign(
        call: &'a C,
        limits: Limits,
        watch: &Watch,
    ) -> Result<(Request<Bytes>, Self), Error> {
        let stage = call.stage();
        let departure = call.client().time().depart(limits.time);
        let (moment, flight) = departure.map_err(|error| error.at_stage(stage))?;
        let request = match call.build(&moment) {
            Ok(request) => request,
            Err(error) => return Err(flight.unsigned(error).at_stage(stage)),
        };
        if watch.is_on() {
            watch.request(call.operation(), &request, &call.secrets());
        }
        let uri = request.uri().clone();
        let shown_as = request.extensions().get::<ShownAs>().cloned();
        let sent = Self { call, flight, uri, shown_as };
        crate::event!(?stage, method = %request.method(), endpoint = %sent.endpoint(), "request");
        Ok((request, sent))
    }

    /// The URL, as it may be shown.
    pub(crate) fn endpoint(&self) -> String {
        ShownUrl::of_sent(&self.uri, self.shown_as.as_ref()).without(&self.call.secrets())
    }

    /// No reply has come: the error of that.
    pub(crate) fn without_reply(self, failure: TransportError) -> Error {
        let (stage, endpoint) = (self.call.stage(), self.endpoint());
        if failure.never_left() {
            self.flight.ended();
        }
        crate::event!(?stage, %endpoint, %failure, "no reply");
        failure.into_error(stage).with_endpoint(endpoint)
    }

    /// The reply has this status, and cannot be read to its end.
    pub(crate) fn broken(self, failure: TransportError, status: StatusCode) -> Error {
        let endpoint = self.endpoint();
        failure.into_error(self.call.stage()).with_endpoint(endpoint).with_status(status)
    }

    /// Says what a whole reply means.
    pub(crate) fn classify(self, reply: Response<Bytes>) -> Classified {
        crate::event!(
            stage = ?self.call.stage(),
            endpoint = %self.endpoint(),
            status = reply.status().as_u16(),
            bytes = reply.body().len(),
            "reply"
        );
        let problem = refusal::classify(self.call.client(), self.call.stage(), &reply);
        let call = self.call;
        let asks_to_sign_again = self.settle(&reply, &problem);
        let known =
            if problem.is_refusal { call.refused(&reply, &problem) } else { Known::Nothing };
        Classified { reply, problem, asks_to_sign_again, known }
    }

    /// A reply has begun which is no refusal.
    pub(crate) fn began<B>(self, reply: &Response<B>) {
        crate::event!(
            stage = ?self.call.stage(),
            endpoint = %self.endpoint(),
            status = reply.status().as_u16(),
            "a reply has begun"
        );
        self.settle(reply, &Problem::default());
    }

    fn settle<B>(self, reply: &Response<B>, problem: &Problem) -> bool {
        let from = BaseUri::from_uri(&self.uri).ok();
        settle(self.flight, from.as_ref(), reply, problem)
    }
}

/// Tells the client's clock what became of a timestamp, once the reply to a request `from` this URL is
/// here. Gives whether the same request may succeed if it is signed anew.
pub(crate) fn settle<B>(
    flight: Flight,
    from: Option<&BaseUri<'_>>,
    reply: &Response<B>,
    problem: &Problem,
) -> bool {
    if problem.meaning == Some(Meaning::Clock) {
        return flight.refused(from.and_then(|from| believed_time(from, reply, problem)));
    }
    // Anything else that is refused may have been refused before the time was looked at.
    if refusal::is_done(reply, problem) && problem.word.is_none() {
        flight.accepted();
    } else {
        flight.ended();
    }
    problem.meaning == Some(Meaning::Nonce)
}

/// The time in a reply: its `Date`, or the middle of the range that the provider says it accepts.
///
/// Without TLS anybody on the way could set the clock, so that then the reply must be of this machine. A
/// transport of the caller's may connect `localhost` to another one; the crate's own says that it did not.
fn believed_time<B>(from: &BaseUri<'_>, reply: &Response<B>, problem: &Problem) -> Option<u64> {
    let is_believed = is_literally_secure(from)
        || is_localhost(from) && reply.extensions().get::<StayedHere>().is_some();
    let time = refusal::date(reply.headers()).or_else(|| problem.acceptable_time());
    time.filter(|_| is_believed)
}

#[cfg(test)]
mod tests;
