//! Multipart bodies (RFC 7578), written as browsers write them.
//!
//! Names and file names are escaped by the HTML standard's algorithm for `multipart/form-data`.

// The trap: nothing of a part may break out of its header, or it could add parts that nobody gave. And what is
// signed must be what the provider reads: a signed name may not need escaping, since providers read
// escaped names differently.

use std::{collections::VecDeque, fmt};

use bytes::Bytes;

use crate::{
    error::{Error, kind::ErrorKind, stage::Stage},
    nonce::Nonce,
    signature::params::Pair,
    transport::{body::Body, sequence::Sequence},
};

/// A body of several parts (`multipart/form-data`): text, and files, which may be streams.
///
/// By default no part of it is signed. For a provider that signs the text parts as if they were the fields of a
/// form, such as Flickr's upload, call [`with_signed_text`](Self::with_signed_text). A file is never signed.
///
/// Send it with [`ResourceRequest::send_multipart`](crate::ResourceRequest::send_multipart). To send it with
/// another HTTP client, sign the request's head with [`Session::sign_parts`](crate::Flow::sign_parts) and
/// [`signed_pairs`](Self::signed_pairs), and give the client the body of [`into_body`](Self::into_body).
///
/// Values are sent as they are; a browser would write each line break as `\r\n`.
///
/// # Examples
///
/// ```no_run
/// # async fn run(session: tripod::Session) -> Result<(), Box<dyn std::error::Error>> {
/// use tripod::{Multipart, transport::Body};
///
/// let file = tokio::fs::File::open("sea.jpg").await?;
/// let length = file.metadata().await?.len();
/// let photo = Body::from_reader(file).with_length(length);
///
/// let form = Multipart::new()
///     .with_signed_text()
///     .text("title", "The sea")
///     .text("tags", "sea sun")
///     .file("photo", "sea.jpg", "image/jpeg", photo);
/// let request = session.post("https://up.flickr.com/services/upload/");
/// let reply = request.send_multipart(form).await?.error_for_status()?;
/// println!("{}", reply.text()?);
/// # Ok(())
/// # }
/// ```
///
/// # Source
///
/// <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data>, and
/// <https://www.flickr.com/services/api/upload.api.html> for the signed text parts.
#[derive(Default)]
#[must_use = "it is not sent yet"]
pub struct Multipart {
    parts: Vec<Part>,
    signs_text: bool,
    /// The first mistake in a part.
    mistake: Option<Error>,
}

struct Part {
    name: String,
    content: Content,
}

enum Content {
    Text(String),
    File { name: String, content_type: String, body: Body },
}

impl Multipart {
    /// Creates a body without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Signs the text parts as if they were the fields of a form.
    pub fn with_signed_text(mut self) -> Self {
        self.signs_text = true;
        self
    }

    /// Adds a text part.
    ///
    /// # Errors
    ///
    /// Later, when the body is sent: [`InvalidSetting`](ErrorKind::InvalidSetting) if the text is to be signed
    /// and the name has a quotation mark or a line break, which providers read differently.
    pub fn text(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parts.push(Part { name: name.into(), content: Content::Text(value.into()) });
        self
    }

    /// Adds a file: bytes, or a [`Body`] that is read while it is sent.
    ///
    /// # Errors
    ///
    /// Later, when the body is sent: [`InvalidSetting`](ErrorKind::InvalidSetting) if the content type cannot
    /// stand in a header.
    pub fn file(
        mut self,
        name: impl Into<String>,
        file_name: impl Into<String>,
        content_type: &str,
        body: impl Into<Body>,
    ) -> Self {
        if !content_type.bytes().all(|byte| matches!(byte, b' '..=b'~')) || content_type.is_empty()
        {
            let reason = "the content type of a part cannot stand in a header";
            self.note(reason);
        }
        let (content_type, body) = (content_type.to_owned(), body.into());
        let content = Content::File { name: file_name.into(), content_type, body };
        self.parts.push(Part { name: name.into(), content });
        self
    }

    fn note(&mut self, reason: &'static str) {
        self.mistake.get_or_insert_with(|| {
            Error::new(Stage::Resource, ErrorKind::InvalidSetting { reason })
        });
    }

    /// Returns the pairs of this body that are signed, for [`Session::sign_parts`](crate::Flow::sign_parts).
    #[must_use]
    pub fn signed_pairs(&self) -> Vec<(&str, &str)> {
        let text = |part| match part {
            &Part { ref name, content: Content::Text(ref value) } => {
                Some((name.as_str(), value.as_str()))
            }
            Part { content: Content::File { .. }, .. } => None,
        };
        let parts = if self.signs_text { &self.parts[..] } else { &[] };
        parts.iter().filter_map(text).collect()
    }

    pub(super) fn signed(&self) -> Vec<Pair<'static>> {
        let pairs = self.signed_pairs().into_iter();
        pairs.map(|(name, value)| (name.to_owned().into(), value.to_owned().into())).collect()
    }

    /// Returns the `Content-Type` and the body.
    ///
    /// # Errors
    ///
    /// [`InvalidSetting`](ErrorKind::InvalidSetting) if a part cannot be written.
    pub fn into_body(mut self) -> Result<(String, Body), Error> {
        let is_escaped = |(name, _): &(&str, &str)| name.contains(['"', '\r', '\n']);
        if self.signed_pairs().iter().any(is_escaped) {
            self.note("the name of a signed part has a quotation mark or a line break");
        }
        if let Some(mistake) = self.mistake {
            return Err(mistake);
        }
        let boundary = format!("tripod-{}", Nonce::random().as_str());
        let mut bodies = VecDeque::new();
        let mut text = String::new();
        for part in self.parts {
            text.push_str(
                &["--", &boundary, "\r\nContent-Disposition: form-data; name=\""].concat(),
            );
            escape_into(&with_full_line_breaks(&part.name), &mut text);
            match part.content {
                Content::Text(value) => {
                    text.push_str("\"\r\n\r\n");
                    text.push_str(&value);
                }
                Content::File { name, content_type, body } => {
                    text.push_str("\"; filename=\"");
                    escape_into(&name, &mut text);
                    text.push_str(&["\"\r\nContent-Type: ", &content_type, "\r\n\r\n"].concat());
                    bodies.push_back(Body::from(std::mem::take(&mut text)));
                    bodies.push_back(body);
                }
            }
            text.push_str("\r\n");
        }
        text.push_str(&["--", &boundary, "--\r\n"].concat());
        bodies.push_back(Body::from(text));
        Ok((format!("multipart/form-data; boundary={boundary}"), joined(bodies)))
    }
}

/// One body of all, in memory if all of them are.
fn joined(bodies: VecDeque<Body>) -> Body {
    let mut whole = Vec::new();
    let mut rest = bodies.into_iter();
    while let Some(body) = rest.next() {
        match body.into_whole() {
            Ok(bytes) => whole.extend_from_slice(&bytes),
            Err(stream) => {
                let first = [Body::from(Bytes::from(whole)), stream];
                return Body::new(Sequence(first.into_iter().chain(rest).collect()));
            }
        }
    }
    Body::from(whole)
}

/// Each line break as CR LF, as the HTML standard writes names.
fn with_full_line_breaks(name: &str) -> String {
    name.replace("\r\n", "\n").replace(['\r', '\n'], "\r\n")
}

/// What would end the header or the quoted value, escaped as the HTML standard does.
fn escape_into(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '\n' => out.push_str("%0A"),
            '\r' => out.push_str("%0D"),
            '"' => out.push_str("%22"),
            other => out.push(other),
        }
    }
}

/// Names and lengths: what a form holds is its user's, as a request's body is.
impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Multipart")
            .field("parts", &self.parts)
            .field("signs_text", &self.signs_text)
            .field("mistake", &self.mistake)
            .finish()
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut part = f.debug_struct("Part");
        part.field("name", &self.name);
        match &self.content {
            Content::Text(text) => part.field("bytes", &text.len()),
            Content::File { content_type, body, .. } => {
                part.field("content_type", content_type).field("body", body)
            }
        };
        part.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_names_and_lengths() {
        let form = Multipart::new().text("title", "canary").file(
            "photo",
            "canary.jpg",
            "image/jpeg",
            "canary",
        );
        let said = format!("{form:?}");
        assert!(said.contains(r#"name: "title", bytes: 6"#), "{said}");
        assert!(said.contains("image/jpeg") && !said.contains("canary"), "{said}");
    }
}
