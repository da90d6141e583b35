//! A provider that is not ready made, described in a TOML file.

use serde::Deserialize;
use tripod::{
    Approval, AuthorizePage, Call, Endpoints, Provider, Revocation, SignatureMethod, Signing,
    TokenLife, Transmission, http::Method,
};

use crate::{
    fail::{Exit, Failure},
    provider::known::{Login, origin_of},
};

/// The largest file that is read: its text is kept with the account.
pub(crate) const MOST: usize = 8 << 10;

/// A file with everything in it, for `--help`.
pub(crate) const EXAMPLE: &str = r#"name = "photos"                       # what `tripod status` shows
request_token = "https://photos.example/oauth/request_token"
authorize = "https://photos.example/oauth/authorize"
access_token = "https://photos.example/oauth/access_token"

# All that follows may be left out.
api = "https://api.photos.example/v1/"   # relative URLs go there
origins = ["https://upload.photos.example"]  # further hosts that may see the token
method = "GET"                        # of the two token calls; otherwise POST
parameters = "header"                 # or "query" or "form": where the OAuth parameters travel
signature = "HMAC-SHA1"               # or "HMAC-SHA256", "HMAC-SHA512", "PLAINTEXT"
realm = "photos"
code = true                           # the provider only shows a code: no callback to this machine
revoke = "https://photos.example/oauth/revoke"  # signed, by POST
"#;

/// What the file says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Description {
    pub(crate) name: String,
    request_token: String,
    authorize: String,
    access_token: String,
    api: Option<String>,
    #[serde(default)]
    origins: Vec<String>,
    #[serde(default)]
    method: Verb,
    #[serde(default)]
    parameters: Parameters,
    #[serde(default)]
    signature: Signature,
    realm: Option<String>,
    #[serde(default)]
    code: bool,
    revoke: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Verb {
    #[default]
    Post,
    Get,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Parameters {
    #[default]
    Header,
    Query,
    Form,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
enum Signature {
    #[default]
    #[serde(rename = "HMAC-SHA1")]
    HmacSha1,
    #[serde(rename = "HMAC-SHA256")]
    HmacSha256,
    #[serde(rename = "HMAC-SHA512")]
    HmacSha512,
    #[serde(rename = "PLAINTEXT")]
    Plaintext,
}

impl Description {
    pub(crate) fn read(text: &str) -> Result<Self, Failure> {
        if text.len() > MOST {
            let message = format!("a provider's file has at most {MOST} bytes");
            return Err(Failure::new(Exit::Configuration, message));
        }
        let description: Self = toml::from_str(text).map_err(|error| {
            // The error's own text quotes the line, which may have a secret.
            let line = error.span().map_or(1, |at| 1 + text[..at.start].matches('\n').count());
            let message = format!(
                "the provider's file cannot be read: line {line}: {}",
                error.message().lines().next().unwrap_or_default()
            );
            Failure::new(Exit::Configuration, message)
                .with_advice("`tripod login --help` shows a whole file.")
        })?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if !(1..=32).contains(&description.name.len()) || !description.name.chars().all(is_name) {
            let message = "the provider's `name` is 1 to 32 letters, digits, '-', '_' and '.'";
            return Err(Failure::new(Exit::Configuration, message));
        }
        Ok(description)
    }

    pub(crate) fn provider(&self) -> Result<Provider, Failure> {
        let method = match self.method {
            Verb::Get => Method::GET,
            Verb::Post => Method::POST,
        };
        let token_calls = match self.parameters {
            Parameters::Header => Transmission::Header,
            Parameters::Query => Transmission::Query,
            Parameters::Form => Transmission::Form,
        };
        let call = |url: &str| Call::new(method.clone(), url).with_transmission(token_calls);
        let mut signing = Signing::new(match self.signature {
            Signature::HmacSha1 => SignatureMethod::HmacSha1,
            Signature::HmacSha256 => SignatureMethod::HmacSha256,
            Signature::HmacSha512 => SignatureMethod::HmacSha512,
            Signature::Plaintext => SignatureMethod::Plaintext,
        })
        .with_transmission(match self.parameters {
            Parameters::Header => Transmission::Header,
            Parameters::Query => Transmission::Query,
            // A request without a form has them in its query.
            Parameters::Form => Transmission::FormOrQuery,
        });
        if let Some(realm) = &self.realm {
            signing = signing.with_realm(realm)?;
        }
        if let Some(api) = &self.api {
            signing = signing.with_origin(origin_of(api))?;
        }
        for origin in &self.origins {
            signing = signing.with_origin(origin)?;
        }
        let mut life = TokenLife::new();
        if let Some(url) = &self.revoke {
            life = life.with_revocation(Revocation::signed(Call::post(url)));
        }
        Ok(Provider::new(Endpoints {
            request_token: call(&self.request_token),
            authorize: AuthorizePage::new(&self.authorize),
            access_token: call(&self.access_token),
        })?
        .with_signing(signing)
        .with_approval(Approval::new())
        .with_token_life(life)?)
    }

    pub(crate) fn api_base(&self) -> Option<String> {
        self.api.as_ref().map(|api| format!("{}/", api.trim_end_matches('/')))
    }

    pub(crate) fn login(&self) -> Login {
        if self.code { Login::Code } else { Login::Loopback }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: &str = r#"
        name = "short"
        request_token = "https://photos.example/oauth/request_token"
        authorize = "https://photos.example/oauth/authorize"
        access_token = "https://photos.example/oauth/access_token"
    "#;

    /// The file is the place where a consumer's secret is looked for.
    #[test]
    fn an_error_does_not_quote_the_file() {
        for line in
            ["consumer_secret = \"canary\"", "consumer_secret = \"canary", "api_base = canary"]
        {
            let failure = Description::read(&format!("{SHORT}{line}")).unwrap_err();
            let said = format!("{failure:?}");
            assert!(said.contains("line 6") && !said.contains("canary"), "{said}");
        }
    }

    #[test]
    fn the_example_of_the_help_can_be_read() {
        let read = Description::read(EXAMPLE).unwrap();
        assert_eq!(read.api_base().as_deref(), Some("https://api.photos.example/v1/"));
        assert_eq!(read.login(), Login::Code);
        let provider = format!("{:?}", read.provider().unwrap());
        assert!(
            provider.contains("GET https://photos.example/oauth/request_token (Header)"),
            "{provider}"
        );
        for origin in ["https://api.photos.example", "https://upload.photos.example"] {
            assert!(provider.contains(origin), "{provider}");
        }
    }

    #[test]
    fn three_urls_and_a_name_are_enough() {
        let read = Description::read(SHORT).unwrap();
        assert_eq!((read.api_base(), read.login()), (None, Login::Loopback));
        let provider = format!("{:?}", read.provider().unwrap());
        assert!(
            provider.contains("POST https://photos.example/oauth/request_token (Header)"),
            "{provider}"
        );
    }

    #[test]
    fn a_wrong_file_says_what_is_wrong() {
        for (text, says) in [
            ("name = 1".to_owned(), "cannot be read"),
            (format!("{SHORT}\nurl = \"x\""), "cannot be read"),
            (SHORT.replace("\"short\"", "\"a b\""), "letters, digits"),
            (" ".repeat(MOST + 1), "at most 8192 bytes"),
        ] {
            let failure = Description::read(&text).unwrap_err();
            assert_eq!(failure.exit(), Exit::Configuration);
            assert!(failure.to_string().contains(says), "{failure}");
        }
        let insecure = SHORT
            .replace("https://photos.example/oauth/access", "http://photos.example/oauth/access");
        assert_eq!(
            Description::read(&insecure).unwrap().provider().unwrap_err().exit(),
            Exit::Configuration
        );
    }
}
