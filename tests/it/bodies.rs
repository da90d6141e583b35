//! Multipart bodies, and heads that are signed without their bodies. The signatures are checked by the naive signer.

use std::{
    collections::VecDeque,
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Method, Request, header};
use http_body::Frame;
use tripod::{
    ErrorKind, Multipart, Provider, RequestError, Session, Stage, Transmission, transport::Body,
};

use crate::support::Kind;
use crate::support::*;

const UPLOAD: &str = "https://photos.example.net/services/upload/";
const TEXT: [(&str, &str); 3] = [("title", "The sea & é"), ("tags", "a\r\nb"), ("title", "")];
const FORM: &str = "application/x-www-form-urlencoded";

/// A stream of these pieces, of unknown length.
pub(crate) struct Pieces(VecDeque<Bytes>);

pub(crate) fn stream<B: Into<Bytes>>(pieces: impl IntoIterator<Item = B>) -> Body {
    Body::new(Pieces(pieces.into_iter().map(Into::into).collect()))
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
    }
}

fn expected<'a>(own: &'a [(&'a str, &'a str)]) -> Expected<'a> {
    let token = Some((ACCESS_TOKEN, ACCESS_SECRET));
    Expected { method: "POST", base_uri: UPLOAD, own, token, ..Expected::default() }
}

/// The provider, if it reads the parameters in the query.
fn in_query() -> Provider {
    let provider = photos();
    let signing = provider.signing().clone().with_transmission(Transmission::Query);
    provider.with_signing(signing)
}

fn photo(file: impl Into<Body>) -> Multipart {
    let form = TEXT.iter().fold(Multipart::new(), |form, (name, value)| form.text(*name, *value));
    form.file("photo", "sea.jpg", "image/jpeg", file)
}

/// The boundary that the content type names.
#[track_caller]
fn boundary<B>(request: &Request<B>) -> &str {
    let content_type = request.headers()[header::CONTENT_TYPE].to_str().unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    // RFC 2046 section 5.1.1: up to 70 characters.
    assert!((32..=70).contains(&boundary.len()), "{boundary}");
    assert!(boundary.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    boundary
}

/// What `photo` must look like, by hand.
fn written(boundary: &str, file: &str) -> String {
    format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nThe sea & é\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\na\r\nb\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"sea.jpg\"\r\n\
         Content-Type: image/jpeg\r\n\r\n{file}\r\n--{boundary}--\r\n"
    )
}

#[tokio::test]
async fn the_text_parts_of_an_upload_are_signed_if_the_provider_wants_it() {
    let scenario = Scenario::photos();
    let session = scenario.to_granted();
    let mut boundaries = Vec::new();
    for (nonce, form, own) in [
        ("nonce1", photo("JFIF").with_signed_text(), &TEXT[..]),
        ("nonce2", photo("JFIF"), &[]),
        ("nonce3", photo(stream(["JF", "", "IF"])).with_signed_text(), &TEXT),
        ("nonce4", photo(stream(["JFIF"])), &[]),
        ("nonce5", photo(stream(["JF", "IF"]).with_length(4)).with_signed_text(), &TEXT),
    ] {
        scenario.script.answer(reply(200, "<rsp/>"));
        let request = session.post(format!("{UPLOAD}?q=1"));
        let response = request.send_multipart(form).await.unwrap().error_for_status().unwrap();
        assert_eq!(response.text().unwrap(), "<rsp/>");
        let sent = scenario.script.only();
        let own = [own, &[("q", "1")]].concat();
        Expected { nonce, ..expected(&own) }.in_header(&sent);
        assert_eq!(*sent.body(), written(boundary(&sent), "JFIF"), "{nonce}");
        assert!(!sent.headers().contains_key(header::CONTENT_LENGTH), "the client writes it");
        boundaries.push(boundary(&sent).to_owned());
    }
    boundaries.sort_unstable();
    boundaries.dedup();
    assert_eq!(boundaries.len(), 5);
}

#[tokio::test]
async fn a_provider_that_reads_the_query_gets_the_parameters_there() {
    let scenario = Scenario::at(in_query());
    scenario.script.answer(reply(200, ""));
    let form = photo(stream(["JFIF"])).with_signed_text();
    scenario.to_granted().post(UPLOAD).send_multipart(form).await.unwrap();
    let sent = scenario.script.only();
    assert_eq!(sent.uri().to_string(), format!("{UPLOAD}?{}", expected(&TEXT).form()));
}

#[tokio::test]
async fn a_body_in_memory_is_sent_once_more_and_a_stream_is_not() {
    for (file, sends) in [(Body::from("JFIF"), 2), (stream(["JFIF"]), 1)] {
        let scenario = Scenario::photos();
        let refusal = reply(401, "oauth_problem=nonce_used");
        scenario.script.answer(refusal).answer(reply(200, ""));
        let request = scenario.to_granted().post(UPLOAD);
        let response = request.send_multipart(photo(file).with_signed_text()).await.unwrap();
        let sent = scenario.script.sent();
        assert_eq!((sent.len(), response.status().is_success()), (sends, sends == 2));
        for (request, nonce) in sent.iter().zip(["nonce1", "nonce2"]) {
            Expected { nonce, ..expected(&TEXT) }.in_header(request);
            assert_eq!(*request.body(), written(boundary(request), "JFIF"));
        }
    }
}

#[tokio::test]
async fn nothing_of_a_part_breaks_out_of_its_header() {
    let scenario = Scenario::photos();
    scenario.script.answer(reply(200, ""));
    let form = Multipart::new().text("a\"; x=\"\r\nX-Evil: 1\r\n\r\nbody\rc\nd", "value").file(
        "é",
        "\\\"\r\n--x%22é",
        "text/plain; charset=\"utf-8\"",
        "file",
    );
    scenario.to_granted().post(UPLOAD).send_multipart(form).await.unwrap();
    let sent = scenario.script.only();
    let b = boundary(&sent);
    // The escapes are those of the HTML standard, and each line break in a name is a whole one.
    let expected = format!(
        "--{b}\r\nContent-Disposition: form-data; name=\"a%22; x=%22%0D%0AX-Evil: 1%0D%0A%0D%0Abody\
         %0D%0Ac%0D%0Ad\"\r\n\r\nvalue\r\n\
         --{b}\r\nContent-Disposition: form-data; name=\"é\"; filename=\"\\%22%0D%0A--x%22é\"\r\n\
         Content-Type: text/plain; charset=\"utf-8\"\r\n\r\nfile\r\n--{b}--\r\n"
    );
    assert_eq!(*sent.body(), expected);
}

#[tokio::test]
async fn a_part_that_cannot_be_written_or_signed_is_an_error() {
    let session = Scenario::photos().to_granted();
    let of_type = "the content type of a part cannot stand in a header";
    let of_name = "the name of a signed part has a quotation mark or a line break";
    let signed = || Multipart::new().with_signed_text();
    for (form, kind) in [
        (Multipart::new().file("a", "b", "x/y\r\nX: 1", ""), Kind::invalid_setting(of_type)),
        (Multipart::new().file("a", "b", "", ""), Kind::invalid_setting(of_type)),
        (signed().text("a\"b", ""), Kind::invalid_setting(of_name)),
        (signed().text("a\nb", ""), Kind::invalid_setting(of_name)),
        (signed().text("oauth_token", ""), Kind::reserved("oauth_token")),
    ] {
        let error = session.post(UPLOAD).send_multipart(form).await.unwrap_err();
        assert_eq!(*error.kind(), kind);
        assert_eq!(error.stage(), Stage::Resource);
    }
    // Unsigned, the same names are nobody's but the program's.
    assert!(Multipart::new().text("a\"b", "").text("oauth_token", "").into_body().is_ok());
    let reason = "the request has a body already, and is sent with another";
    let request = session.post(UPLOAD).form_pair("a", "b");
    let error = request.send_multipart(Multipart::new()).await.unwrap_err();
    assert_eq!(*error.kind(), Kind::invalid_setting(reason));
}

/// The head of a request for another client.
fn head(content_type: &str) -> http::request::Parts {
    let request = Request::post(UPLOAD).header(header::CONTENT_TYPE, content_type);
    request.body(()).unwrap().into_parts().0
}

#[test]
fn a_head_is_signed_without_its_body() {
    let scenario = Scenario::photos();
    let session = scenario.to_granted();
    for (nonce, content_type, form) in [
        ("nonce1", "image/jpeg", None),
        ("nonce2", FORM, Some(&TEXT[..])),
        ("nonce3", FORM, Some(&[])),
        // Flickr's upload, with a body that another client writes.
        ("nonce4", "multipart/form-data; boundary=x", Some(&TEXT)),
    ] {
        let mut parts = head(content_type);
        session.sign_parts(&mut parts, form).unwrap();
        let request = Request::from_parts(parts, ());
        Expected { nonce, ..expected(form.unwrap_or_default()) }.in_header(&request);
        assert_eq!((request.method(), request.uri().to_string().as_str()), (&Method::POST, UPLOAD));
        assert_eq!(request.headers()[header::CONTENT_TYPE], content_type);
        assert_eq!(request.headers().len(), 2);
    }

    let mut parts = head("image/jpeg");
    scenario.client.signed().sign_parts(&mut parts, None).unwrap();
    Expected { token: None, nonce: "nonce5", ..expected(&[]) }
        .in_header(&Request::from_parts(parts, ()));

    let form = photo(stream(["JFIF"])).with_signed_text();
    assert_eq!(form.signed_pairs(), TEXT);
    assert!(photo("").signed_pairs().is_empty());

    let in_query = Scenario::at(in_query());
    let mut parts = head("image/jpeg");
    in_query.to_granted().sign_parts(&mut parts, None).unwrap();
    assert_eq!(parts.uri.to_string(), format!("{UPLOAD}?{}", expected(&[]).form()));
}

#[test]
fn a_head_whose_form_is_not_known_is_not_signed() {
    #[track_caller]
    fn refused(session: &Session, mut parts: http::request::Parts, kind: RequestError) {
        let before = parts.headers.clone();
        let error = session.sign_parts(&mut parts, None).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Request(kind));
        assert_eq!(error.stage(), Stage::Resource);
        assert_eq!(parts.headers, before);
        quiet(&error);
    }
    let session = Scenario::photos().to_granted();
    refused(&session, head(FORM), RequestError::FormFieldsNeeded);
    let other = "Application/X-WWW-Form-URLencoded; charset=utf-8";
    refused(&session, head(other), RequestError::FormFieldsNeeded);
    let mut signed = head("image/jpeg");
    session.sign_parts(&mut signed, None).unwrap();
    refused(&session, signed, RequestError::AuthorizationPresent);
    let provider = photos();
    let signing = provider.signing().clone().with_body_hash();
    let hashing = Scenario::at(provider.with_signing(signing)).to_granted();
    let error = hashing.sign_parts(&mut head("image/jpeg"), None).unwrap_err();
    let reason = "the provider wants oauth_body_hash, which cannot be made without the body";
    assert_eq!(*error.kind(), Kind::invalid_setting(reason));
    hashing.sign_parts(&mut head(FORM), Some(&[])).unwrap();
    let mut foreign = head("image/jpeg");
    foreign.uri = "https://evil.example/".parse().unwrap();
    refused(&session, foreign, RequestError::ForeignOrigin);
}
