//! `tripod sign`, `tripod curl` and `tripod explain`: a signature for another program, and how it came about.

use std::io::Write as _;

use anstyle::Style;
use clap::Args;
use tripod::{
    ResourceRequest, Session,
    http::{HeaderValue, Method, Request, header},
    signature::Explanation,
};

use crate::{
    account,
    call::{self, arguments::RequestParts},
    fail::{Exit, Failure, visible},
};

pub(crate) const SIGN_EXAMPLES: &str = "\
Examples:
  tripod sign GET profile/v1 -q format=json
  curl -H \"$(tripod sign GET /2/users/me)\" https://api.x.com/2/users/me

It prints what the provider wants: the Authorization header, the signed URL, or the signed
form. The signature is good for this request only, once, and for a few minutes. It shows no
secret, but whoever has it can send the request in your place.";

pub(crate) const CURL_EXAMPLES: &str = "\
Examples:
  tripod curl GET profile/v1 -q format=json
  tripod curl POST /2/tweets --json @tweet.json | sh

The command is good once, and for a few minutes.";

pub(crate) const EXPLAIN_EXAMPLES: &str = "\
Examples:
  tripod explain GET profile/v1 -q format=json

It sends nothing. Tokens, secrets and verifiers are masked. To find out why a signature is
refused, see `tripod doctor`.";

/// Arguments of `tripod sign`, `tripod curl` and `tripod explain`.
#[derive(Args, Clone, Debug)]
pub(crate) struct Sign {
    /// The HTTP method, such as GET
    #[arg(value_name = "METHOD", value_parser = call::method)]
    method: Method,

    #[command(flatten)]
    parts: RequestParts,
}

/// Prints what another program has to send.
pub(crate) async fn sign(arguments: &Sign) -> Result<(), Failure> {
    let (name, request) = signed(arguments).await?;
    let text = match request.headers().get(header::AUTHORIZATION) {
        Some(value) => format!("Authorization: {}", text_of(value.as_bytes())?),
        None if carries_signature(request.uri().query().unwrap_or_default()) => {
            request.uri().to_string()
        }
        None => text_of(request.body())?,
    };
    print(&format!("{text}\n"))?;
    warn(&format!(
        "signed for the account {name}; the signature is good for this request only, once, and for a few minutes"
    ));
    Ok(())
}

/// Prints a command for curl.
pub(crate) async fn curl(arguments: &Sign) -> Result<(), Failure> {
    let (name, request) = signed(arguments).await?;
    let words = command(&request, &arguments.parts)?;
    let quoted: Result<Vec<_>, _> = words.iter().map(|word| shlex::try_quote(word)).collect();
    let quoted = quoted.map_err(|_| {
        Failure::new(Exit::Usage, "a part of the request has a NUL, which no command can have")
    })?;
    print(&format!("{}\n", quoted.join(" ")))?;
    warn(&format!(
        "signed for the account {name}; the command is good once, and for a few minutes, and whoever has it can send the request in your place"
    ));
    Ok(())
}

/// Shows the base string and what was signed.
pub(crate) async fn explain(arguments: &Sign) -> Result<(), Failure> {
    let Sign { method, parts } = arguments;
    let account = account::open(&parts.account).await?;
    let url = account.url(&parts.url)?;
    let request = call::begin(&account.session, method.clone(), &url, parts);
    let request = match call::whole_body(parts)? {
        Some((content_type, body)) => request.body(&content_type, body),
        None => signed_parts(parts)
            .into_iter()
            .fold(request, |request, (name, value)| request.form_pair(name, value)),
    };
    let bold = Style::new().bold();
    let mut text = format!("{bold}{method} {}{bold:#}\n", visible(address(&url)));
    text += &styled(&request.explain()?);
    print(&text)
}

/// The URL without its query, which may hold anything.
fn address(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// The explanation, with its headings in bold.
fn styled(explanation: &Explanation) -> String {
    let bold = Style::new().bold();
    let lines = explanation.to_string();
    let lines = lines.lines().map(|line| match line.split_once(':') {
        Some((heading, rest)) if !line.starts_with(' ') => {
            format!("{bold}{heading}:{bold:#}{}\n", visible(rest))
        }
        _ => format!("{}\n", visible(line)),
    });
    lines.collect()
}

/// The text parts of a multipart body that are signed as if they were a form's fields.
fn signed_parts(parts: &RequestParts) -> Vec<(&str, &str)> {
    let text =
        parts.multipart.iter().filter(|(_, value)| parts.sign_texts && !value.starts_with('@'));
    text.map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// The request, signed, and the name of the account.
async fn signed(arguments: &Sign) -> Result<(String, Request<Vec<u8>>), Failure> {
    let Sign { method, parts } = arguments;
    let account = account::open(&parts.account).await?;
    let url = account.url(&parts.url)?;
    let request = call::begin(&account.session, method.clone(), &url, parts);
    if !parts.multipart.is_empty() {
        let request = with_parts(&account.session, request, parts)?;
        return Ok((account.name, request));
    }
    let request = match call::whole_body(parts)? {
        Some((content_type, body)) => request.body(&content_type, body),
        None => request,
    };
    // The reply goes to another program.
    let (request, _) = request.build()?;
    Ok((account.name, request.map(Into::into)))
}

/// Signs the head of a multipart request; its body is made by the program that sends it.
fn with_parts(
    session: &Session,
    request: ResourceRequest,
    parts: &RequestParts,
) -> Result<Request<Vec<u8>>, Failure> {
    let (mut head, _) = request.build()?.0.into_parts();
    // Built for its URL and headers only; it is signed again, with the parts.
    head.headers.remove(header::AUTHORIZATION);
    if carries_signature(head.uri.query().unwrap_or_default()) {
        return Err(Failure::new(Exit::Usage, "this provider wants the signature in the URL, and a multipart request for another program cannot be signed there")
            .with_advice("Send it with `tripod post`."));
    }
    let multipart = HeaderValue::from_static("multipart/form-data");
    head.headers.insert(header::CONTENT_TYPE, multipart);
    session.sign_parts(&mut head, Some(&signed_parts(parts)))?;
    // The program that sends it names the boundary.
    head.headers.remove(header::CONTENT_TYPE);
    Ok(Request::from_parts(head, Vec::new()))
}

fn carries_signature(pairs: &str) -> bool {
    pairs.split('&').any(|pair| pair.starts_with("oauth_signature="))
}

/// The words of a command that sends the request.
fn command(request: &Request<Vec<u8>>, parts: &RequestParts) -> Result<Vec<String>, Failure> {
    let mut words = vec!["curl".to_owned()];
    let mut add = |word: &str| words.push(word.to_owned());
    let has_body = !request.body().is_empty() || !parts.multipart.is_empty();
    match request.method().as_str() {
        "GET" if !has_body => {}
        "POST" if has_body => {}
        "HEAD" => add("--head"),
        method => {
            add("--request");
            add(method);
        }
    }
    let url = request.uri().to_string();
    // curl reads brackets and braces as a list of URLs, and removes `/../`.
    if url.contains(['[', ']', '{', '}']) {
        add("--globoff");
    }
    if url.contains("/.") {
        add("--path-as-is");
    }
    add(&url);
    for (name, value) in request.headers() {
        // curl counts the bytes itself.
        if *name != header::CONTENT_LENGTH {
            add("--header");
            add(&format!("{name}: {}", text_of(value.as_bytes())?));
        }
    }
    for (name, value) in &parts.multipart {
        match value.strip_prefix('@') {
            None => {
                add("--form-string");
                add(&format!("{name}={value}"));
            }
            Some(path) => {
                add("--form");
                // curl takes a comma for another file, and a semicolon for an option, unless there are quotes.
                let kind = call::arguments::type_of(path);
                let path = if path.contains([',', ';', '"', '\\']) {
                    format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\""))
                } else {
                    path.to_owned()
                };
                add(&format!("{name}=@{path};type={kind}"));
            }
        }
    }
    // Standard input was read, and curl could not read it again.
    let mut given = parts.json.iter().chain(&parts.body);
    let file = given.find(|given| given.starts_with('@') && *given != "@-");
    // A form may have got OAuth's parameters.
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let is_form = content_type.and_then(|kind| kind.to_str().ok()).is_some_and(call::is_form);
    if let Some(file) = file.filter(|_| !is_form) {
        add("--data-binary");
        add(file);
    } else if !request.body().is_empty() {
        add("--data-raw");
        add(&text_of(request.body())?);
    }
    Ok(words)
}

fn text_of(bytes: &[u8]) -> Result<String, Failure> {
    String::from_utf8(bytes.to_vec())
        .map_err(|_| Failure::new(Exit::Usage, "a part of the request is not UTF-8"))
}

fn print(text: &str) -> Result<(), Failure> {
    anstream::stdout().write_all(text.as_bytes()).map_err(|error| Failure::output(&error))
}

/// Says something beside the output. If nobody can be told, nothing else changes.
fn warn(text: &str) {
    let bold = Style::new().bold();
    let _ = writeln!(anstream::stderr(), "{bold}note{bold:#}: {text}");
}
