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
secret, but whoever has it can send the request in your place.

A provider's file with `signature = \"PLAINTEXT\"` is different: that signature is the two secrets
themselves. It is printed only with --show-secrets.";

pub(crate) const CURL_EXAMPLES: &str = "\
Examples:
  tripod curl GET profile/v1 -q format=json
  tripod curl POST /2/tweets --json @tweet.json | sh

The command is good once, and for a few minutes. With PLAINTEXT it holds the secrets themselves,
and is printed only with --show-secrets.";

pub(crate) const EXPLAIN_EXAMPLES: &str = "\
Examples:
  tripod explain GET profile/v1 -q format=json

It sends nothing. Tokens, secrets and verifiers are masked. To find out why a signature is
refused, see `tripod doctor`.";

/// Arguments of `tripod explain`, and of the commands that print a signature.
#[derive(Args, Clone, Debug)]
pub(crate) struct Sign {
    /// The HTTP method, such as GET
    #[arg(value_name = "METHOD", value_parser = call::method)]
    method: Method,

    #[command(flatten)]
    parts: RequestParts,
}

/// Arguments of `tripod sign` and `tripod curl`.
#[derive(Args, Clone, Debug)]
pub(crate) struct Printed {
    #[command(flatten)]
    sign: Sign,

    /// Print a PLAINTEXT signature too, which is the consumer secret and the token secret
    #[arg(long)]
    show_secrets: bool,
}

/// Prints what another program has to send.
pub(crate) async fn sign(arguments: &Printed) -> Result<(), Failure> {
    let (name, request) = signed(&arguments.sign).await?;
    let is_secret = check_secrets(&request, arguments)?;
    let text = match request.headers().get(header::AUTHORIZATION) {
        Some(value) => format!("Authorization: {}", text_of(value.as_bytes())?),
        None if carries_signature(request.uri().query().unwrap_or_default()) => {
            request.uri().to_string()
        }
        None => text_of(request.body())?,
    };
    print(&format!("{text}\n"))?;
    warn(&if is_secret {
        format!("signed for the account {name}; {SECRETS}")
    } else {
        format!(
            "signed for the account {name}; the signature is good for this request only, once, and for a few minutes"
        )
    });
    Ok(())
}

const SECRETS: &str = "this PLAINTEXT signature is the consumer secret and the token secret: whoever has it can sign any request, until you replace the secrets";

/// Whether the signature is the secrets themselves. That is refused unless it was asked for.
fn check_secrets(request: &Request<Vec<u8>>, arguments: &Printed) -> Result<bool, Failure> {
    let header = request.headers().get(header::AUTHORIZATION);
    let texts = [
        header.map(|value| String::from_utf8_lossy(value.as_bytes())),
        request.uri().query().map(Into::into),
        Some(String::from_utf8_lossy(request.body())),
    ];
    let named = ["oauth_signature_method=\"PLAINTEXT\"", "oauth_signature_method=PLAINTEXT"];
    let is_plaintext =
        texts.iter().flatten().any(|text| named.iter().any(|name| text.contains(name)));
    if is_plaintext && !arguments.show_secrets {
        let message = "a PLAINTEXT signature is the consumer secret and the token secret themselves, so it is not printed";
        return Err(Failure::new(Exit::Usage, message).with_advice(
            "Send the request with `tripod get` or `tripod post`, or print the secrets with `--show-secrets`.",
        ));
    }
    Ok(is_plaintext)
}

/// Prints a command for curl.
pub(crate) async fn curl(arguments: &Printed) -> Result<(), Failure> {
    let (name, request) = signed(&arguments.sign).await?;
    let is_secret = check_secrets(&request, arguments)?;
    let words = command(&request, &arguments.sign.parts)?;
    let quoted: Result<Vec<_>, _> = words.iter().map(|word| shlex::try_quote(word)).collect();
    let quoted = quoted.map_err(|_| {
        Failure::new(Exit::Usage, "a part of the request has a NUL, which no command can have")
    })?;
    print(&format!("{}\n", quoted.join(" ")))?;
    warn(&if is_secret {
        format!("signed for the account {name}; {SECRETS}")
    } else {
        format!(
            "signed for the account {name}; the command is good once, and for a few minutes, and whoever has it can send the request in your place"
        )
    });
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A sandbox has no TLS, without which no PLAINTEXT is signed; so no process can be tested with it.
    #[test]
    fn a_plaintext_signature_is_printed_only_if_it_is_asked_for() {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            printed: Printed,
        }
        let read = |more: &[&str]| {
            let words = ["sign", "GET", "me"].iter().chain(more);
            <Line as clap::Parser>::try_parse_from(words).unwrap().printed
        };
        let of = |method: &str, place: usize| {
            let pair = format!("oauth_signature_method={method}");
            let url =
                if place == 1 { format!("https://a.example/?{pair}") } else { "/".to_owned() };
            let body = if place == 2 { format!("a=b&{pair}").into_bytes() } else { Vec::new() };
            let mut request = Request::builder().uri(url);
            if place == 0 {
                let value = format!("OAuth oauth_signature_method=\"{method}\"");
                request = request.header(header::AUTHORIZATION, value);
            }
            request.body(body).unwrap()
        };
        for place in 0..3 {
            let request = of("PLAINTEXT", place);
            let refused = check_secrets(&request, &read(&[])).unwrap_err();
            assert_eq!(refused.exit(), Exit::Usage);
            assert!(check_secrets(&request, &read(&["--show-secrets"])).unwrap());
            assert!(!check_secrets(&of("HMAC-SHA1", place), &read(&[])).unwrap());
        }
    }
}
