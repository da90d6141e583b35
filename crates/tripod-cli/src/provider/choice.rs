//! The provider of an account, as it is written down: enough to put it together again.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use tripod::{Ask, Client, Consumer, Provider};

use crate::{
    fail::{Exit, Failure},
    provider::{
        file::Description,
        known::{self, Login, origin_of},
    },
};

/// How the program names itself to providers, unless `--application` says otherwise.
const APPLICATION: &str = concat!("tripod-cli/", env!("CARGO_PKG_VERSION"));

/// A provider by name and site, or by the file that describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Choice {
    /// The ready-made provider's name, or the one in the file.
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) site: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) application: Option<String>,
    /// The text of the file. The account needs the file itself no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
    /// The origin of the sandbox that takes the provider's place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sandbox: Option<String>,
}

impl Choice {
    /// Whether a login of the one may replace a login of the other. A sandbox may have another port each time.
    pub(crate) fn is_of_the_same(&self, other: &Self) -> bool {
        self.name == other.name
            && self.site == other.site
            && self.sandbox.is_some() == other.sandbox.is_some()
            && self.file.is_some() == other.file.is_some()
    }

    /// A ready-made provider.
    pub(crate) fn named(name: &str, site: Option<String>, application: Option<String>) -> Self {
        Self { name: name.to_owned(), site, application, file: None, sandbox: None }
    }

    /// A provider that a file describes.
    pub(crate) fn described(text: String) -> Result<Self, Failure> {
        let name = Description::read(&text)?.name;
        Ok(Self { file: Some(text), ..Self::named(&name, None, None) })
    }

    /// The same at a sandbox, whose origin is a URL on this machine.
    pub(crate) fn at_sandbox(mut self, url: &str) -> Result<Self, Failure> {
        let origin = origin_of(url);
        if !url.starts_with("http://") || url.trim_end_matches('/') != origin {
            let message = "the address of a sandbox is such as http://127.0.0.1:8080";
            return Err(Failure::new(Exit::Usage, message));
        }
        self.sandbox = Some(origin.to_owned());
        Ok(self)
    }

    /// Puts the provider together.
    pub(crate) fn provider(&self) -> Result<Provider, Failure> {
        if let Some(text) = &self.file {
            return Description::read(text)?.provider();
        }
        let known = known::named(&self.name)?;
        let site = self.site.as_deref();
        let provider = known.provider(site, self.application())?;
        let Some(sandbox) = &self.sandbox else { return Ok(provider) };
        let origins = known.all_origins(site);
        let moves: Vec<(&str, &str)> =
            origins.iter().map(|origin| (&**origin, &**sandbox)).collect();
        Ok(provider.moved_to(&moves)?)
    }

    /// Where relative URLs go.
    pub(crate) fn api_base(&self) -> Result<Option<String>, Failure> {
        if let Some(text) = &self.file {
            return Ok(Description::read(text)?.api_base());
        }
        let base = known::named(&self.name)?.api_base(self.site.as_deref());
        Ok(Some(match &self.sandbox {
            Some(sandbox) => base.replacen(origin_of(&base), sandbox, 1),
            None => base,
        }))
    }

    /// How a user logs in.
    pub(crate) fn login(&self) -> Result<Login, Failure> {
        match &self.file {
            Some(text) => Ok(Description::read(text)?.login()),
            None => Ok(known::named(&self.name)?.login),
        }
    }

    /// What a login asks for by default.
    pub(crate) fn ask(&self) -> Result<Ask, Failure> {
        match self.file {
            Some(_) => Ok(Ask::new()),
            None => Ok(known::named(&self.name)?.ask()),
        }
    }

    pub(crate) fn application(&self) -> &str {
        self.application.as_deref().unwrap_or(APPLICATION)
    }

    /// The provider in a few words, for people.
    pub(crate) fn shown(&self) -> String {
        let mut shown = self.name.clone();
        if let Some(site) = &self.site {
            let _ = write!(shown, " ({site})");
        }
        if let Some(sandbox) = &self.sandbox {
            let _ = write!(shown, " (sandbox at {sandbox})");
        }
        shown
    }
}

/// The client of a provider and a consumer.
pub(crate) fn client(choice: &Choice, consumer: Consumer) -> Result<Client, Failure> {
    Ok(Client::new(choice.provider()?, consumer)?.with_user_agent(choice.application())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sandbox_takes_the_place_of_the_provider() {
        let choice =
            Choice::named("fatsecret", None, None).at_sandbox("http://127.0.0.1:8080/").unwrap();
        assert_eq!(choice.api_base().unwrap().as_deref(), Some("http://127.0.0.1:8080/rest/"));
        assert_eq!(choice.shown(), "fatsecret (sandbox at http://127.0.0.1:8080)");
        assert!(choice.provider().unwrap().to_string().contains("127.0.0.1:8080"));
        for bad in ["127.0.0.1:8080", "https://x.example", "http://127.0.0.1:8080/rest"] {
            let choice = Choice::named("fatsecret", None, None);
            assert_eq!(choice.at_sandbox(bad).unwrap_err().exit(), Exit::Usage, "{bad}");
        }
        // A login there does not replace a real one, and one at another port does.
        let real = Choice::named("fatsecret", None, None);
        let other = real.clone().at_sandbox("http://127.0.0.1:9/").unwrap();
        assert!(choice.is_of_the_same(&other) && !choice.is_of_the_same(&real));
        let of_a_file = Choice { file: Some(String::new()), ..real.clone() };
        assert!(!of_a_file.is_of_the_same(&real));
        // Only this machine: the secrets of a login are not sent in the clear anywhere else.
        let elsewhere = Choice::named("x", None, None).at_sandbox("http://x.example").unwrap();
        assert_eq!(elsewhere.provider().unwrap_err().exit(), Exit::Configuration);
    }
}
