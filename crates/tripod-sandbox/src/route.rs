//! Which part of a provider answers a request: by its host, its path, and the `title` that a wiki has.

use crate::{
    endpoint::{Endpoint, Placement},
    received::Address,
    site::SiteNames,
};

/// A host pattern that fits every host.
pub(crate) const ANY_HOST: &str = "";

/// An HTTP method, and where the OAuth parameters may be with it.
pub(crate) type Way = (&'static str, Placement);

/// One entry of a provider's address book.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) endpoint: Endpoint,
    /// `{site}` stands for the site's host or label; `*.` at the beginning for any number of labels.
    pub(crate) host: &'static str,
    /// `{base}` stands for the path of the site; `*` at the end for anything.
    pub(crate) path: &'static str,
    /// The value of `title` in the query, where the page depends on it.
    pub(crate) title: Option<&'static str>,
    /// Empty: every method, and the places that the provider reads for resources.
    pub(crate) ways: &'static [Way],
    pub(crate) gives: Gives,
}

/// What a resource answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gives {
    /// What was asked, and by whom.
    Echo,
    /// Discogs' name and number of the user.
    Identity,
    /// MediaWiki's signed statement of who the user is.
    SignedIdentity,
    /// NetSuite's answer to whose token it is.
    TokenInfo,
    /// Flickr's upload, whose text parts are signed as if they were a form.
    Upload,
}

impl Route {
    /// A call that is signed, in one of these ways.
    pub(crate) const fn token(
        endpoint: Endpoint,
        host: &'static str,
        path: &'static str,
        ways: &'static [Way],
    ) -> Self {
        Self { endpoint, host, path, title: None, ways, gives: Gives::Echo }
    }

    /// The page on which the user answers.
    pub(crate) const fn page(host: &'static str, path: &'static str) -> Self {
        Self::token(Endpoint::Authorize, host, path, &[])
    }

    /// Resources.
    pub(crate) const fn data(host: &'static str, path: &'static str) -> Self {
        Self::token(Endpoint::Data, host, path, &[])
    }

    pub(crate) const fn titled(self, title: &'static str) -> Self {
        Self { title: Some(title), ..self }
    }

    pub(crate) const fn giving(self, gives: Gives) -> Self {
        Self { gives, ..self }
    }

    /// Returns whether a request to that address is for this entry. At the sandbox's own address each host answers.
    pub(crate) fn fits(&self, site: &SiteNames, address: &Address<'_>) -> bool {
        let path = self.path.replace("{base}", &site.base);
        let path_fits = match path.strip_suffix('*') {
            Some(start) => address.path.starts_with(start),
            None => address.path == path,
        };
        path_fits
            && self.title.is_none_or(|title| address.title == Some(title))
            && (address.is_own || self.is_host(site, address.host))
    }

    /// Returns whether it is answered under every host's name.
    pub(crate) fn is_anywhere(&self) -> bool {
        self.host == ANY_HOST
    }

    /// Returns whether it is answered under that host's name.
    pub(crate) fn is_host(&self, site: &SiteNames, host: &str) -> bool {
        let wanted = self.host.replace("{site}", &site.host);
        match wanted.strip_prefix('*') {
            _ if self.host == ANY_HOST => true,
            Some(end) => host.len() > end.len() && host.ends_with(end),
            None => host == wanted,
        }
    }

    /// What stands in a path in the place of `*`; `None` if the entry has none, or nothing is there.
    pub(crate) fn rest_of<'p>(&self, site: &SiteNames, path: &'p str) -> Option<&'p str> {
        let start = self.path.replace("{base}", &site.base);
        path.strip_prefix(start.strip_suffix('*')?).filter(|rest| !rest.is_empty())
    }

    /// The path and the query by which a client reaches it, without what `*` stands for.
    pub(crate) fn target(&self, site: &SiteNames) -> String {
        let path = self.path.replace("{base}", &site.base);
        let path = path.strip_suffix('*').unwrap_or(&path);
        match self.title {
            Some(title) => format!("{path}?title={title}"),
            None => path.to_owned(),
        }
    }

    /// The origin that a client of the real provider knows, if there is one.
    pub(crate) fn origin(&self, site: &SiteNames) -> Option<String> {
        let host = self.host.replace("{site}", &site.host);
        (self.host != ANY_HOST && !host.starts_with('*'))
            .then(|| format!("{}://{host}", site.scheme))
    }
}
