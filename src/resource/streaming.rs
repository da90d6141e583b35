//! Sending a request whose body, or whose reply, is a stream.

// The trap: a stream can be read once. Whatever is sent with one is never sent again, so what would have
// helped (the provider's time, a new nonce) is said in the error.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use bytes::{Bytes, BytesMut};
use http::{Response, StatusCode, header};
use http_body::{Frame, SizeHint};

use super::{
    body::Body,
    calling::{Calling, Usual},
    download::Download,
    multipart::Multipart,
    outgoing::{Outgoing, say_empty},
    ready::Ready,
    request::{ResourceRequest, header_of_type},
    response::ResourceResponse,
    signatory::Signatory,
};
use crate::{
    clock::timekeeper::Moment,
    error::{BoxError, Error, groups::RequestError, kind::ErrorKind, stage::Stage},
    exchange::{Call, Sent, Way, attempts},
    refusal::{Classified, is_done},
    shown::ShownUrl,
    signature::params::{Pair, is_form_type},
    telemetry::Watch,
    transport::{Limits, TransportError, body::Body as Stream, sequence::Sequence},
};

/// How much is read of a reply that is a refusal, or may be one.
const REFUSAL: usize = 64 * 1024;

/// # Send or receive a stream
impl ResourceRequest {
    /// Signs the request, and sends it with a body that is read while it is sent. The body is not signed.
    ///
    /// A stream can be read only once, so the request is never sent a second time. If the provider refuses the
    /// timestamp, the client learns the provider's time, and the error of
    /// [`error_for_status`](ResourceResponse::error_for_status) [is retryable](Error::is_retryable): make the
    /// body again, and send it with a clone of the request. [`timeout`](Self::timeout) limits each pause.
    ///
    /// # Errors
    ///
    /// The errors of [`send`](Self::send); [`BodyFailed`](crate::RequestError::BodyFailed) if the body fails;
    /// [`FormFieldsNeeded`](crate::RequestError::FormFieldsNeeded) for the content type of a form, whose fields
    /// would have to be signed; [`InvalidSetting`](crate::ErrorKind::InvalidSetting) if the request has a body
    /// already, or was to have a [`body_hash`](Self::body_hash); and [`NoStreams`](crate::UnsupportedError::NoStreams)
    /// if the client's transport cannot stream.
    ///
    /// # Cancel safety
    ///
    /// As for [`send`](Self::send). The body is lost.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run(session: tripod::Session) -> Result<(), Box<dyn std::error::Error>> {
    /// use tripod::transport::Body;
    ///
    /// let file = tokio::fs::File::open("sea.mp4").await?;
    /// let length = file.metadata().await?.len();
    /// let body = Body::from_reader(file).with_length(length);
    /// let request = session.put("https://videos.example.net/videos/7");
    /// request.send_stream("video/mp4", body).await?.error_for_status()?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send_stream(
        self,
        content_type: &str,
        body: impl Into<Stream>,
    ) -> Result<ResourceResponse, Error> {
        let body = body.into();
        self.with_stream(content_type, Vec::new(), None).upload(body).await
    }

    /// Signs the request, and sends it with a multipart body.
    ///
    /// If all parts are in memory, the request is sent like any other request, and once more if the provider
    /// refuses the timestamp or the nonce. If one part is a stream, the request is sent as by
    /// [`send_stream`](Self::send_stream).
    ///
    /// # Errors
    ///
    /// The errors of [`send_stream`](Self::send_stream);
    /// [`InvalidSetting`](crate::ErrorKind::InvalidSetting) if a part cannot be written;
    /// [`ReservedParameter`](crate::RequestError::ReservedParameter) if a signed part's name begins with
    /// `oauth_`.
    ///
    /// # Cancel safety
    ///
    /// As for [`send_stream`](Self::send_stream).
    pub async fn send_multipart(self, form: Multipart) -> Result<ResourceResponse, Error> {
        let signed = form.signed();
        let (content_type, body) = form.into_body()?;
        match body.into_whole() {
            Ok(bytes) => self.with_stream(&content_type, signed, Some(bytes)).send().await,
            Err(stream) => self.with_stream(&content_type, signed, None).upload(stream).await,
        }
    }

    /// Signs and sends the request, and returns as soon as the reply begins, so that you can read its
    /// body while it arrives.
    ///
    /// [`reply_limit`](Self::reply_limit) counts the bytes as they arrive, and [`timeout`](Self::timeout) limits
    /// each pause instead of the whole download. If the provider refuses, up to 64 KiB of the reply are read,
    /// and the result is an error. If it refused the timestamp or the nonce, the request is signed and sent once
    /// more. Other failures before the body begins are retried if the client has a policy
    /// ([`Client::with_retries`](crate::Client::with_retries)). Once you have the [`Download`], nothing is retried.
    ///
    /// # Errors
    ///
    /// The errors of [`send`](Self::send) and of [`error_for_status`](ResourceResponse::error_for_status);
    /// [`TooLarge`](crate::ReplyError::TooLarge) if the reply announces more bytes than the limit;
    /// [`NoStreams`](crate::UnsupportedError::NoStreams) if the client's transport cannot stream.
    ///
    /// # Cancel safety
    ///
    /// As for [`send`](Self::send).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn run(session: tripod::Session) -> Result<(), Box<dyn std::error::Error>> {
    /// use tokio::io::AsyncWriteExt;
    ///
    /// let request = session.get("https://videos.example.net/videos/7").reply_limit(4 << 30);
    /// let mut download = request.download().await?;
    /// let mut file = tokio::fs::File::create("sea.mp4").await?;
    /// while let Some(piece) = download.chunk().await? {
    ///     file.write_all(&piece).await?;
    /// }
    /// file.flush().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn download(self) -> Result<Download, Error> {
        let Self { who, outgoing, body_hash, limits, operation } = self;
        let outgoing = outgoing?;
        let ready = Ready::new(&who, &outgoing, body_hash);
        let ready = ready.map_err(|error| error.at_stage(Stage::Resource))?;
        let call = call(&who, &outgoing, &ready, limits, &operation);
        let watch = Watch::new(who.client(), &operation);
        let answer = match watch.within(attempts(&call, &Beginning, &watch)).await {
            Ok(Answer::Begun(reply)) => Ok(reply),
            Ok(Answer::Whole(answer)) => {
                let address = outgoing.address.clone();
                let reply = ResourceResponse::new(Arc::clone(&who), answer, address);
                reply.error_for_status().map(|reply| reply.into_http().map(Stream::from))
            }
            Err(error) => Err(error),
        };
        match answer {
            Ok(answer) => {
                if answer.status().is_success() {
                    who.was_used();
                }
                watch.began(answer.status());
                let endpoint = ShownUrl::of_uri(outgoing.address.uri()).without(&who.secrets());
                Download::new(answer, limits.reply_bytes, endpoint, watch)
            }
            Err(error) => {
                watch.ended(Stage::Resource, Err(&error), &who.secrets());
                Err(error)
            }
        }
    }

    /// Sets a body that is sent as it is, and what is signed beside it. Without bytes it is a stream.
    fn with_stream(
        self,
        content_type: &str,
        signed: Vec<Pair<'static>>,
        bytes: Option<Bytes>,
    ) -> Self {
        self.then(|outgoing| {
            if !matches!(outgoing.body, Body::None) {
                let reason = "the request has a body already, and is sent with another";
                return Err(Error::setup(ErrorKind::InvalidSetting { reason }));
            }
            if is_form_type(content_type) {
                return Err(Error::setup(ErrorKind::Request(RequestError::FormFieldsNeeded)));
            }
            outgoing.headers_mut().insert(header::CONTENT_TYPE, header_of_type(content_type)?);
            outgoing.body = Body::Beside(signed, bytes);
            Ok(())
        })
    }

    async fn upload(self, body: Stream) -> Result<ResourceResponse, Error> {
        let Self { who, outgoing, body_hash, limits, operation } = self;
        let outgoing = outgoing?;
        let ready = Ready::new(&who, &outgoing, body_hash);
        let ready = ready.map_err(|error| error.at_stage(Stage::Resource))?;
        let call = call(&who, &outgoing, &ready, limits, &operation);
        let watch = Watch::new(who.client(), &operation);
        let outcome = watch.within(upload(&call, body, &watch)).await;
        watch.ended(Stage::Resource, outcome.as_ref(), &who.secrets());
        let answer = outcome?;
        if is_done(&answer.reply, &answer.problem) {
            who.was_used();
        }
        let anew = answer.asks_to_sign_again;
        let response = ResourceResponse::new(Arc::clone(&who), answer, outgoing.address.clone());
        Ok(response.worth_another(anew))
    }
}

fn call<'a>(
    who: &'a Signatory,
    outgoing: &'a Outgoing,
    ready: &'a Ready<'a>,
    limits: Limits,
    operation: &'a str,
) -> impl Call + 'a {
    let build = move |moment: &Moment| ready.sign_to_send(who, moment);
    Calling { who, operation, method: &outgoing.method, limits, build, habits: Usual }
}

/// Sends a stream, once, and reads the reply whole.
async fn upload(call: &impl Call, body: Stream, watch: &Watch) -> Result<Classified, Error> {
    let limits = call.limits();
    let (mut request, sent) = Sent::sign(call, limits, watch)?;
    let failure = Failure::default();
    let body = match body.into_whole() {
        Ok(bytes) => {
            if bytes.is_empty() {
                let method = request.method().clone();
                say_empty(&method, request.headers_mut());
            }
            Stream::from(bytes)
        }
        Err(body) => Stream::new(Overseen { body, failure: failure.clone() }),
    };
    let reply = call.client().transport().send_stream(request.map(|_| body), limits).await;
    let (head, mut body) = match reply {
        Ok(reply) => reply.into_parts(),
        Err(failed) => {
            let endpoint = sent.endpoint();
            let error = sent.without_reply(failed);
            return Err(match failure.take() {
                Some(source) => {
                    let kind = ErrorKind::Request(RequestError::BodyFailed);
                    Error::new(call.stage(), kind).with_source(source).with_endpoint(endpoint)
                }
                None => error,
            });
        }
    };
    match whole(&mut body, limits.reply_bytes).await {
        Ok(bytes) => Ok(sent.classify(Response::from_parts(head, bytes))),
        Err(error) => Err(sent.broken(error, head.status)),
    }
}

/// Reads a body to its end, unless it is larger than the limit.
async fn whole(body: &mut Stream, limit: usize) -> Result<Bytes, TransportError> {
    let mut whole = BytesMut::new();
    while let Some(piece) = body.piece().await.map_err(TransportError::of_body)? {
        if piece.len() > limit.saturating_sub(whole.len()) {
            return Err(TransportError::too_large(limit));
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole.freeze())
}

/// Reads the beginning of a reply: as much as tells whether it is a refusal.
struct Beginning;

enum Answer {
    /// An answer, whose body follows.
    Begun(Response<Stream>),
    /// A refusal, or an answer that is no longer than one.
    Whole(Classified),
}

impl Way for Beginning {
    type Answer = Answer;

    // Not the limits of an attempt, which are shorter near the end of the policy's total time: the whole download would
    // have to keep to them.
    async fn attempt(&self, call: &impl Call, _: Limits, watch: &Watch) -> Result<Answer, Error> {
        let limits = call.limits();
        let (request, sent) = Sent::sign(call, limits, watch)?;
        let transport = call.client().transport();
        let reply = match transport.send_stream(request.map(Stream::from), limits).await {
            Ok(reply) => reply,
            Err(failure) => return Err(sent.without_reply(failure)),
        };
        let (head, mut body) = reply.into_parts();
        let refuses_with_success = call.client().provider().dialect().success_refusal().is_some();
        let is_answer = head.status.is_success() || head.status == StatusCode::NOT_MODIFIED;
        let (bytes, end) = if is_answer && !(refuses_with_success && head.status.is_success()) {
            (BytesMut::new(), End::MayFollow)
        } else {
            beginning(&mut body).await
        };
        match end {
            End::MayFollow if is_answer => {
                let head = Response::from_parts(head, ());
                sent.began(&head);
                let body = if bytes.is_empty() {
                    body
                } else {
                    Stream::new(Sequence([Stream::from(bytes.freeze()), body].into()))
                };
                return Ok(Answer::Begun(head.map(|()| body)));
            }
            End::Broken(error) if is_answer => return Err(sent.broken(error, head.status)),
            // Of a refusal it is enough to know how it begins.
            _ => {}
        }
        Ok(Answer::Whole(sent.classify(Response::from_parts(head, bytes.freeze()))))
    }

    fn read(answer: &Answer) -> Option<&Classified> {
        match answer {
            Answer::Begun(_) => None,
            Answer::Whole(answer) => Some(answer),
        }
    }
}

enum End {
    Reached,
    MayFollow,
    Broken(TransportError),
}

/// Reads what a refusal may be long.
async fn beginning(body: &mut Stream) -> (BytesMut, End) {
    let mut bytes = BytesMut::new();
    let end = loop {
        match body.piece().await {
            Ok(Some(piece)) => bytes.extend_from_slice(&piece),
            Ok(None) => break End::Reached,
            Err(error) => break End::Broken(TransportError::of_body(error)),
        }
        if bytes.len() >= REFUSAL {
            break End::MayFollow;
        }
    };
    (bytes, end)
}

/// What went wrong with the caller's body, where the transport would call it a broken connection.
#[derive(Clone, Default)]
struct Failure(Arc<Mutex<Option<BoxError>>>);

impl Failure {
    fn take(&self) -> Option<BoxError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, error: BoxError) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }
}

/// The caller's body, whose error is kept.
struct Overseen {
    body: Stream,
    failure: Failure,
}

impl http_body::Body for Overseen {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        let frame = Pin::new(&mut this.body).poll_frame(context);
        frame.map(|frame| {
            frame.map(|frame| {
                frame.map_err(|error| {
                    this.failure.put(error);
                    "the caller's body failed".into()
                })
            })
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
