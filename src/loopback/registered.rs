//! A callback that is registered with the provider: its host, its port and its path.

use crate::error::{Error, groups::CallbackError, kind::ErrorKind};

/// Where a registered callback arrives.
#[derive(Debug)]
pub(super) struct Registered<'a> {
    pub(super) host: &'a str,
    pub(super) port: u16,
    /// As it is written; empty if there is none.
    pub(super) path: &'a str,
}

impl<'a> Registered<'a> {
    pub(super) fn read(url: &'a str) -> Result<Self, Error> {
        let unreadable =
            |reason| Error::setup(ErrorKind::Callback(CallbackError::Unreadable { reason }));
        let Some(rest) = url.strip_prefix("http://") else {
            return Err(unreadable("a callback on this machine begins with http://"));
        };
        if rest.contains(['?', '#']) {
            return Err(unreadable("a registered callback has no query and no fragment"));
        }
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let Some((host, port)) = authority.rsplit_once(':').filter(|(host, _)| !host.is_empty())
        else {
            return Err(unreadable(
                "a registered callback names a port: http://127.0.0.1:8765/callback",
            ));
        };
        if !["127.0.0.1", "localhost", "[::1]"].contains(&host) {
            return Err(unreadable(
                "the host of a callback on this machine is 127.0.0.1, localhost or [::1]",
            ));
        }
        let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        let Some(port) = port.parse().ok().filter(|_| is_number) else {
            return Err(unreadable("the port is not a number up to 65535"));
        };
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
        if !path.bytes().all(is_plain) {
            return Err(unreadable(
                "the path has other characters than letters, digits and / - . _ ~",
            ));
        }
        Ok(Self { host, port, path })
    }

    /// What a browser asks for.
    pub(super) fn served_path(&self) -> &'a str {
        if self.path.is_empty() { "/" } else { self.path }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registered_callback_is_on_this_machine_with_a_port_and_without_a_query() {
        let read = |url| {
            let place = Registered::read(url).unwrap();
            (place.host, place.port, place.path, place.served_path())
        };
        let callback = "http://127.0.0.1:8765/callback";
        assert_eq!(read(callback), ("127.0.0.1", 8765, "/callback", "/callback"));
        assert_eq!(read("http://localhost:0/"), ("localhost", 0, "/", "/"));
        assert_eq!(read("http://[::1]:1"), ("[::1]", 1, "", "/"));
        for url in [
            "",
            "https://127.0.0.1:8765/callback",
            "http://127.0.0.1/callback",
            "http://[::1]/callback",
            "http://example.com:8765/callback",
            "http://u@127.0.0.1:8765/callback",
            "http://127.0.0.1:65536/",
            "http://127.0.0.1:+1/",
            "http://127.0.0.1:/",
            "http://127.0.0.1:8765/callback?x=1",
            "http://127.0.0.1:8765/callback#x",
            "http://127.0.0.1:8765/a%20b",
            "http://127.0.0.1:8765/a b",
        ] {
            let error = Registered::read(url).unwrap_err();
            let kind = error.kind();
            let is_unreadable =
                matches!(kind, ErrorKind::Callback(CallbackError::Unreadable { .. }));
            assert!(is_unreadable, "{url}: {error}");
        }
    }
}
