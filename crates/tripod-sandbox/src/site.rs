//! One provider of a kind of which there are many: a shop, a wiki, an account.

/// What tells one provider of a kind from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    /// There is one provider of this kind.
    One,
    /// A base URL, such as that of a shop; this is the default.
    Base(&'static str),
    /// The base URL of a wiki, which is mostly written with `/index.php` behind it; this is the default.
    Wiki(&'static str),
    /// An account, whose label stands in the hosts; this is the default.
    Account(&'static str),
}

/// The names that stand in a provider's routes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SiteNames {
    pub(crate) scheme: String,
    /// The host with its port if it has one, or the label of an account.
    pub(crate) host: String,
    /// The path of the base URL, without the slash at its end.
    pub(crate) base: String,
    /// The account as it is written in a realm.
    pub(crate) realm: String,
}

impl SiteNames {
    /// Reads what names the site; `None` if it is neither a base URL nor an account, as the kind has it.
    pub(crate) fn of(kind: Site, given: Option<&str>) -> Option<Self> {
        let https = |host: String, realm: String| Self {
            scheme: "https".to_owned(),
            host,
            base: String::new(),
            realm,
        };
        match kind {
            Site::One => given.is_none().then(|| https(String::new(), String::new())),
            Site::Account(usual) => {
                let account = given.unwrap_or(usual);
                let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                let is_account = !account.is_empty() && account.bytes().all(good);
                let label = account.to_ascii_lowercase().replace('_', "-");
                is_account.then(|| https(label, account.to_ascii_uppercase()))
            }
            Site::Base(usual) | Site::Wiki(usual) => {
                let (scheme, rest) = given.unwrap_or(usual).split_once("://")?;
                let (host, base) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
                let good = ["http", "https"].contains(&scheme)
                    && !host.is_empty()
                    && host.bytes().all(is_host)
                    && !base.contains(['?', '#', ' ']);
                let base = match kind {
                    Site::Wiki(_) => folder(base),
                    _ => base,
                };
                good.then(|| Self {
                    scheme: scheme.to_owned(),
                    host: host.to_ascii_lowercase(),
                    base: base.trim_end_matches('/').to_owned(),
                    realm: String::new(),
                })
            }
        }
    }
}

/// The folder of a wiki, for its path as it is or as the address of its script.
fn folder(base: &str) -> &str {
    let base = base.trim_end_matches('/');
    base.strip_suffix("/index.php").unwrap_or(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_a_label_and_a_realm() {
        let account = Site::Account("1234567");
        let of = |given| SiteNames::of(account, given);
        assert_eq!(of(None).unwrap().host, "1234567");
        let names = of(Some("1234567_sb1")).unwrap();
        assert_eq!((&*names.host, &*names.realm), ("1234567-sb1", "1234567_SB1"));
        assert_eq!((of(Some("")), of(Some("a.b")), of(Some("https://a"))), (None, None, None));
    }

    #[test]
    fn a_base_url_has_a_host_and_maybe_a_path() {
        let of = |given| SiteNames::of(Site::Base("https://usual.example"), given);
        let names = of(Some("http://Shop.example:8080/eu/")).unwrap();
        assert_eq!(
            (&*names.scheme, &*names.host, &*names.base),
            ("http", "shop.example:8080", "/eu")
        );
        assert_eq!(of(None).unwrap().base, "");
        for bad in
            ["shop.example", "ftp://shop.example", "https://", "https://a b/", "https://a/?x"]
        {
            assert_eq!(of(Some(bad)), None, "{bad}");
        }
        assert_eq!(SiteNames::of(Site::One, Some("https://a")), None);
        // Only a wiki's; a shop's base URL may end so.
        for script in ["https://wiki.example/w/index.php", "https://wiki.example/w/index.php/"] {
            let base = |kind| SiteNames::of(kind, Some(script)).unwrap().base;
            assert_eq!(base(Site::Wiki("https://wiki.example")), "/w");
            assert_eq!(base(Site::Base("https://shop.example")), "/w/index.php");
        }
    }
}
