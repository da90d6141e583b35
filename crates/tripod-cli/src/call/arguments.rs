//! What goes into a request, as it is written on the command line.

use std::{fs::File, io::Read as _, path::Path};

use clap::Args;

use crate::{
    account::AccountSelection,
    fail::{Exit, Failure},
};

/// The parts of a request.
#[derive(Args, Clone, Debug)]
pub(crate) struct RequestParts {
    /// The URL: absolute, or relative to the provider's API
    #[arg(value_name = "URL")]
    pub(crate) url: String,

    #[command(flatten)]
    pub(crate) account: AccountSelection,

    /// Add a parameter to the query; can be given several times
    #[arg(short, long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) query: Vec<(String, String)>,

    /// Add a field to the form that is sent; can be given several times
    #[arg(short, long, value_name = "NAME=VALUE", value_parser = pair, group = "content")]
    pub(crate) form: Vec<(String, String)>,

    /// Send JSON: the text itself, or a file's
    #[arg(long, value_name = "TEXT|@FILE", group = "content")]
    pub(crate) json: Option<String>,

    /// Send a text or a file as it is; @- is standard input
    #[arg(long, value_name = "TEXT|@FILE", group = "content")]
    pub(crate) body: Option<String>,

    /// Add a part to the multipart body that is sent: a text or a file; can be given several times
    #[arg(short = 'F', long = "part", value_name = "NAME=VALUE|NAME=@FILE", value_parser = pair, group = "content")]
    pub(crate) multipart: Vec<(String, String)>,

    /// Sign the text parts of the multipart body, as Flickr's upload wants it
    #[arg(long = "sign-parts", requires = "multipart")]
    pub(crate) sign_texts: bool,

    /// Sign a hash of the body, for providers that know `oauth_body_hash`
    #[arg(long)]
    pub(crate) body_hash: bool,

    /// Set a header; can be given several times
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = header)]
    pub(crate) headers: Vec<(String, String)>,
}

impl RequestParts {
    /// The `Content-Type` that a header names, which is set together with the body.
    pub(crate) fn content_type(&self) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        found.map(|(_, value)| value.as_str())
    }

    /// Whether the content can be read a second time: a pipe cannot, under whatever name.
    pub(crate) fn is_repeatable(&self) -> bool {
        let given = self.body.iter().chain(self.multipart.iter().map(|(_, value)| value));
        let mut files = given.filter_map(|given| given.strip_prefix('@'));
        files.all(|path| path != "-" && std::fs::metadata(path).is_ok_and(|about| about.is_file()))
    }

    pub(crate) fn other_headers(&self) -> impl Iterator<Item = &(String, String)> {
        self.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("content-type"))
    }
}

/// The largest file that is read into memory.
const MOST: u64 = 64 << 20;

/// A text, or the content of the file that it names with an `@`.
pub(crate) fn content(given: &str) -> Result<Vec<u8>, Failure> {
    let Some(path) = given.strip_prefix('@') else { return Ok(given.as_bytes().to_vec()) };
    let mut bytes = Vec::new();
    if path == "-" {
        std::io::stdin().lock().take(MOST + 1).read_to_end(&mut bytes).map_err(|error| {
            Failure::new(Exit::Other, "standard input cannot be read").with_cause(&error)
        })?;
    } else {
        let path = Path::new(path);
        File::open(path)
            .and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes))
            .map_err(|error| Failure::file("read the file", path, &error))?;
    }
    if bytes.len() as u64 > MOST {
        return Err(Failure::new(Exit::Usage, "the content is larger than 64 MiB").with_advice(
            "`tripod post` and `tripod put` read a large file while they send it: name it with `--body @FILE`, and use \
             neither `--body-hash` nor the content type of a form. The other commands and options need all of it in memory.",
        ));
    }
    Ok(bytes)
}

/// The JSON that is sent, exactly as it was written.
pub(crate) fn json(given: &str) -> Result<Vec<u8>, Failure> {
    let bytes = content(given)?;
    serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).map_err(|error| {
        // The error names a line and a column, and quotes nothing.
        Failure::new(Exit::Usage, "the text behind --json is not JSON").with_cause(&error)
    })?;
    Ok(bytes)
}

/// The media type of a file, by its name.
pub(crate) fn type_of(path: &str) -> &'static str {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension.to_ascii_lowercase().as_str() {
        "csv" => "text/csv",
        "gif" => "image/gif",
        "jpeg" | "jpg" => "image/jpeg",
        "json" => "application/json",
        "mov" => "video/quicktime",
        "mp4" => "video/mp4",
        "pdf" => "application/pdf",
        "png" => "image/png",
        "txt" => "text/plain",
        "webp" => "image/webp",
        "xml" => "application/xml",
        _ => "application/octet-stream",
    }
}

/// Reads NAME=VALUE.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write a name, '=', and a value".to_owned()),
    }
}

/// Reads `NAME: VALUE`.
fn header(text: &str) -> Result<(String, String), String> {
    match text.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err("write a name, ':', and a value".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_and_headers_are_cut_at_the_first_mark() {
        let both = |one: &str, other: &str| Ok((one.to_owned(), other.to_owned()));
        assert_eq!(pair("a=b=c"), both("a", "b=c"));
        assert_eq!(pair("a="), both("a", ""));
        assert_eq!(header("A: b:c "), both("A", "b:c"));
        assert!(pair("=b").is_err() && pair("a").is_err() && header("a").is_err());
    }

    #[test]
    fn json_is_checked_and_stays_as_it_is() {
        assert_eq!(json("{\"b\": 1.0, \"a\":2}").unwrap(), b"{\"b\": 1.0, \"a\":2}");
        assert_eq!(json("{\"canary\"").unwrap_err().exit(), Exit::Usage);
        assert_eq!(content("@/no/such/file").unwrap_err().exit(), Exit::Other);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_cannot_be_read_twice() {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            parts: RequestParts,
        }
        let parts = |rest: &[&str]| {
            let words = ["put", "videos/7"].iter().chain(rest);
            <Line as clap::Parser>::try_parse_from(words).unwrap().parts
        };
        let this = concat!("@", env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        for (rest, expected) in [
            (&["--body", "text"][..], true),
            (&["--body", this], true),
            (&["--body", "@-"], false),
            (&["--body", "@/dev/null"], false),
            (&["-F", "photo=@/dev/null"], false),
            (&["-F", "title=@-"], false),
        ] {
            assert_eq!(parts(rest).is_repeatable(), expected, "{rest:?}");
        }
        let form = parts(&["-F", "title=Sea", "-F", &format!("photo={this}")]);
        assert!(form.is_repeatable());
    }

    #[test]
    fn a_file_has_the_type_of_its_name() {
        assert_eq!(type_of("a/Sea.JPG"), "image/jpeg");
        assert_eq!(type_of("a.b/sea"), "application/octet-stream");
    }
}
