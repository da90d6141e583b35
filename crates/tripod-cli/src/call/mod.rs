//! `tripod get`, `post`, `put`, `patch`, `delete` and `head`.

pub(crate) mod arguments;
mod tee;

use std::{path::PathBuf, time::Duration};

use clap::Args;
use tripod::{
    Error, ErrorKind, Multipart, ResourceRequest, Session, http::Method, transport::Body,
};

use self::{
    arguments::{RequestParts, content, json, type_of},
    tee::{Latest, Tee},
};
use crate::{
    account,
    fail::{Exit, Failure},
    output::{self, Output, Target, carried_out},
    text::say,
};

pub(crate) const EXAMPLES: &str = "\
Examples:
  tripod get profile/v1 -q format=json
  tripod post https://api.example/1/photos -f title=Sea -f tags='sun sand'
  tripod post /2/tweets --json '{\"text\": \"Hello\"}'
  tripod put videos/7 --body @sea.mp4
  tripod post https://up.flickr.com/services/upload/ -F title=Sea -F photo=@sea.jpg --sign-parts
  tripod get /videos/7 -o sea.mp4

A relative URL goes to the provider's API. On a terminal JSON is indented and coloured; in a
pipe and in a file the reply is as the provider sent it. If the provider refuses the request,
the first 64 KiB of its reply are printed all the same, and the exit code says who has to act
(see `tripod --help`).";

/// A file up to this size is read into memory, so that it can be sent again if the provider refuses the clock.
const SMALL: u64 = 1 << 20;

/// Arguments of `tripod get` and its siblings.
#[derive(Args, Clone, Debug)]
pub(crate) struct Call {
    #[command(flatten)]
    parts: RequestParts,

    /// Write the reply's body to a file
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Show the reply's status and headers too
    #[arg(short, long)]
    include: bool,

    /// How long to wait for the reply; for uploads and downloads, how long each pause may be
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
}

/// Sends the request and prints the reply.
pub(crate) async fn run(method: Method, arguments: Call) -> Result<(), Failure> {
    let Call { parts, output, include, timeout } = arguments;
    let account = account::open(&parts.account).await?;
    let url = account.url(&parts.url)?;
    let latest = Latest::default();
    let client = account.session.client().clone().with_transport(Tee::new(latest.clone())?);
    let session = client.session(account.session.access_token().clone());
    let request = begin(&session, method, &url, &parts)
        .timeout(Duration::from_secs(timeout))
        .reply_limit(usize::MAX);
    let output = Output { file: output.map(Target::open).transpose()?, with_head: include };

    let mut is_again = false;
    loop {
        let request = request.clone();
        let sending = match payload(&parts).await? {
            Payload::None => return download(request, output, &latest).await,
            Payload::Whole(content_type, bytes) => {
                return download(request.body(&content_type, bytes), output, &latest).await;
            }
            Payload::Stream(content_type, body) => {
                request.reply_limit(REPLY).send_stream(&content_type, body).await
            }
            Payload::Multipart(form) => request.reply_limit(REPLY).send_multipart(form).await,
        };
        let reply = sending?;
        let (status, headers, body) =
            (reply.status(), reply.headers().clone(), reply.bytes().clone());
        let outcome = reply.error_for_status();
        // The library cannot begin a stream again. Now the client knows the provider's time, and a file can be
        // read once more.
        if matches!(&outcome, Err(error) if is_for_the_clock(error))
            && parts.is_repeatable()
            && !is_again
        {
            is_again = true;
            continue;
        }
        return match outcome {
            Ok(_) => {
                output.head(latest.version(), status, &headers).map_err(carried_out)?;
                output.whole(&body)
            }
            Err(error) => {
                refused(output.head(latest.version(), status, &headers), &body);
                Err(error.into())
            }
        };
    }
}

fn is_for_the_clock(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::TimestampRefused { .. }) && error.is_retryable()
}

/// The reply to an upload is held in memory.
const REPLY: usize = 64 << 20;

/// The request without its body, but for a form.
pub(crate) fn begin(
    session: &Session,
    method: Method,
    url: &str,
    parts: &RequestParts,
) -> ResourceRequest {
    let mut request = session.resource(method, url);
    for (name, value) in &parts.query {
        request = request.query_pair(name, value);
    }
    for (name, value) in &parts.form {
        request = request.form_pair(name, value);
    }
    for (name, value) in parts.other_headers() {
        request = request.header(name, value);
    }
    if parts.body_hash { request.body_hash() } else { request }
}

/// What is sent, besides a form.
enum Payload {
    None,
    Whole(String, Vec<u8>),
    Stream(String, Body),
    Multipart(Multipart),
}

async fn payload(parts: &RequestParts) -> Result<Payload, Failure> {
    let content_type = |or: &str| parts.content_type().unwrap_or(or).to_owned();
    if let Some(given) = &parts.json {
        return Ok(Payload::Whole(content_type("application/json"), json(given)?));
    }
    if let Some(given) = &parts.body {
        let Some(path) = given.strip_prefix('@') else {
            return Ok(Payload::Whole(content_type("text/plain; charset=utf-8"), content(given)?));
        };
        if path == "-" {
            let body = Body::from_reader(tokio::io::stdin());
            return Ok(Payload::Stream(content_type("application/octet-stream"), body));
        }
        let content_type = content_type(type_of(path));
        // A form is signed, and a hash is of the whole body.
        let is_signed = parts.body_hash || is_form(&content_type);
        return Ok(match file(path).await? {
            (body, length) if length > SMALL && !is_signed => Payload::Stream(content_type, body),
            _ => Payload::Whole(content_type, content(given)?),
        });
    }
    if parts.multipart.is_empty() {
        return Ok(Payload::None);
    }
    let mut form = Multipart::new();
    if parts.sign_texts {
        form = form.with_signed_text();
    }
    for (name, value) in &parts.multipart {
        form = match value.strip_prefix('@') {
            None => form.text(name, value),
            Some(path) => {
                let (body, length) = file(path).await?;
                let body = if length > SMALL { body } else { content(value)?.into() };
                form.file(name, file_name(path), type_of(path), body)
            }
        };
    }
    Ok(Payload::Multipart(form))
}

/// Whether a content type is that of a form, whose fields are signed.
pub(crate) fn is_form(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

async fn file(path: &str) -> Result<(Body, u64), Failure> {
    let failed =
        |error: std::io::Error| Failure::file("read the file", std::path::Path::new(path), &error);
    let file = tokio::fs::File::open(path).await.map_err(failed)?;
    let about = file.metadata().await.map_err(failed)?;
    let body = Body::from_reader(file);
    // A pipe has no length, and can be read once.
    if about.is_file() {
        Ok((body.with_length(about.len()), about.len()))
    } else {
        Ok((body, u64::MAX))
    }
}

/// Sends a request that is in memory, and writes the answer while it arrives.
async fn download(
    request: ResourceRequest,
    output: Output,
    latest: &Latest,
) -> Result<(), Failure> {
    match request.download().await {
        Ok(download) => {
            let shown = output.head(latest.version(), download.status(), download.headers());
            shown.map_err(carried_out)?;
            output.stream(download).await
        }
        Err(error) => {
            let is_refusal = matches!(
                error.kind(),
                ErrorKind::Rejected { .. }
                    | ErrorKind::TimestampRefused { .. }
                    | ErrorKind::Redirected { .. }
            );
            if let Some(reply) = latest.take().filter(|_| is_refusal) {
                refused(output.head(reply.version, reply.status, &reply.headers), &reply.body);
                if reply.is_cut() {
                    say!("note: the provider's reply is longer; its first 64 KiB are shown");
                }
            }
            Err(error.into())
        }
    }
}

/// Prints the provider's own words after the head. The refusal itself is the error of this program, whatever becomes
/// of both.
fn refused(head: Result<(), Failure>, body: &[u8]) {
    let _: Result<(), Failure> = head.and_then(|()| output::show(body));
}

/// The method of a command that takes any, such as `tripod sign`.
pub(crate) fn method(text: &str) -> Result<Method, String> {
    let text = text.to_ascii_uppercase();
    Method::from_bytes(text.as_bytes())
        .map_err(|_| "it is not an HTTP method, such as GET".to_owned())
}

/// The whole content of a body that is signed but not sent.
pub(crate) fn whole_body(parts: &RequestParts) -> Result<Option<(String, Vec<u8>)>, Failure> {
    let content_type = |or: &str| parts.content_type().unwrap_or(or).to_owned();
    if let Some(given) = &parts.json {
        return Ok(Some((content_type("application/json"), json(given)?)));
    }
    let Some(given) = &parts.body else { return Ok(None) };
    if given == "@-" {
        return Err(Failure::new(
            Exit::Usage,
            "standard input cannot be the body of a request that another program sends",
        )
        .with_advice("Name a file: `--body @FILE`."));
    }
    let default = given.strip_prefix('@').map_or("text/plain; charset=utf-8", type_of);
    Ok(Some((content_type(default), content(given)?)))
}
