//! The options of curl: which of them change the request, and which do not.

/// What an option means for the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Url,
    Method,
    Header,
    Data(Data),
    UrlQuery,
    Form,
    FormText,
    Get,
    Head,
    Upload,
    /// Nothing of the request that is signed. True if a value follows.
    Ignored(bool),
    /// As `Ignored`, with something to say.
    Noted(bool, &'static str),
    /// It cannot be read here, for this reason.
    Refused(&'static str),
}

/// How the value of a data option is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Data {
    /// `@file` is a file without its line breaks.
    Plain,
    /// `@file` is a file as it is.
    Binary,
    /// `@` is a character like any other.
    Raw,
    UrlEncoded,
    Json,
}

impl Kind {
    pub(super) fn takes_value(self) -> bool {
        match self {
            Self::Get | Self::Head | Self::Refused(_) => false,
            Self::Ignored(takes) | Self::Noted(takes, _) => takes,
            Self::Url
            | Self::Method
            | Self::Header
            | Self::Data(_)
            | Self::UrlQuery
            | Self::Form
            | Self::FormText
            | Self::Upload => true,
        }
    }
}

/// An option by its long name, without the dashes.
pub(super) fn long(name: &str) -> Option<Kind> {
    Some(match name {
        "url" => Kind::Url,
        "request" => Kind::Method,
        "header" => Kind::Header,
        "data" | "data-ascii" => Kind::Data(Data::Plain),
        "data-binary" => Kind::Data(Data::Binary),
        "data-raw" => Kind::Data(Data::Raw),
        "data-urlencode" => Kind::Data(Data::UrlEncoded),
        "json" => Kind::Data(Data::Json),
        "url-query" => Kind::UrlQuery,
        "form" => Kind::Form,
        "form-string" => Kind::FormText,
        "get" => Kind::Get,
        "head" => Kind::Head,
        "upload-file" => Kind::Upload,
        "user" => Kind::Noted(
            true,
            "-u sends an Authorization header of another kind; a request has only one",
        ),
        "oauth2-bearer" => Kind::Noted(
            true,
            "--oauth2-bearer sends an Authorization header of another kind; a request has only one",
        ),
        "location" | "location-trusted" => Kind::Noted(
            false,
            "with -L curl follows redirects, and a signature is valid for one URL only",
        ),
        "next" => Kind::Refused("the command sends several requests; paste one of them"),
        "request-target" => {
            Kind::Refused("--request-target is not supported; write the URL that is sent")
        }
        "config" => Kind::Refused("--config is not supported; write its options into the command"),
        "variable" => Kind::Refused("--variable is not supported; write the values themselves"),
        name if IGNORED.contains(&name) => Kind::Ignored(false),
        name if IGNORED_WITH_VALUE.contains(&name) => Kind::Ignored(true),
        name => {
            let name = name.strip_prefix("no-")?;
            return IGNORED.contains(&name).then_some(Kind::Ignored(false));
        }
    })
}

/// The long name of an option with one letter.
pub(super) fn long_name(letter: char) -> Option<&'static str> {
    SHORT.iter().find(|(short, _)| *short == letter).map(|(_, long)| *long)
}

const SHORT: &[(char, &str)] = &[
    ('#', "progress-bar"),
    ('0', "http1.0"),
    ('4', "ipv4"),
    ('6', "ipv6"),
    (':', "next"),
    ('A', "user-agent"),
    ('C', "continue-at"),
    ('D', "dump-header"),
    ('E', "cert"),
    ('F', "form"),
    ('G', "get"),
    ('H', "header"),
    ('I', "head"),
    ('J', "remote-header-name"),
    ('K', "config"),
    ('L', "location"),
    ('N', "no-buffer"),
    ('O', "remote-name"),
    ('R', "remote-time"),
    ('S', "show-error"),
    ('T', "upload-file"),
    ('U', "proxy-user"),
    ('X', "request"),
    ('Z', "parallel"),
    ('b', "cookie"),
    ('c', "cookie-jar"),
    ('d', "data"),
    ('e', "referer"),
    ('f', "fail"),
    ('g', "globoff"),
    ('i', "include"),
    ('k', "insecure"),
    ('m', "max-time"),
    ('n', "netrc"),
    ('o', "output"),
    ('q', "disable"),
    ('s', "silent"),
    ('u', "user"),
    ('v', "verbose"),
    ('w', "write-out"),
];

const IGNORED: &[&str] = &[
    "anyauth",
    "basic",
    "buffer",
    "compressed",
    "create-dirs",
    "disable",
    "fail",
    "fail-early",
    "fail-with-body",
    "globoff",
    "http0.9",
    "http1.0",
    "http1.1",
    "http2",
    "http2-prior-knowledge",
    "http3",
    "include",
    "insecure",
    "ipv4",
    "ipv6",
    "keepalive",
    "netrc",
    "no-buffer",
    "parallel",
    "path-as-is",
    "post301",
    "post302",
    "post303",
    "progress-bar",
    "progress-meter",
    "raw",
    "remote-header-name",
    "remote-name",
    "remote-time",
    "show-error",
    "show-headers",
    "silent",
    "ssl-no-revoke",
    "tcp-nodelay",
    "tlsv1",
    "tlsv1.2",
    "tlsv1.3",
    "tr-encoding",
    "verbose",
];

const IGNORED_WITH_VALUE: &[&str] = &[
    "cacert",
    "capath",
    "cert",
    "cert-type",
    "ciphers",
    "connect-timeout",
    "connect-to",
    "continue-at",
    "cookie",
    "cookie-jar",
    "dns-servers",
    "dump-header",
    "expect100-timeout",
    "interface",
    "keepalive-time",
    "key",
    "key-type",
    "limit-rate",
    "max-filesize",
    "max-redirs",
    "max-time",
    "noproxy",
    "output",
    "output-dir",
    "proto",
    "proto-default",
    "proto-redir",
    "proxy",
    "proxy-user",
    "referer",
    "resolve",
    "retry",
    "retry-delay",
    "retry-max-time",
    "socks5",
    "stderr",
    "trace-ascii",
    "user-agent",
    "write-out",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_is_an_option() {
        for &(letter, name) in SHORT {
            assert!(long(name).is_some(), "-{letter} --{name}");
            assert_eq!(long_name(letter), Some(name));
        }
        assert_eq!(long_name('y'), None);
    }

    #[test]
    fn an_option_can_be_turned_off() {
        assert_eq!(long("no-keepalive"), Some(Kind::Ignored(false)));
        assert_eq!(long("no-progress-meter"), Some(Kind::Ignored(false)));
        assert_eq!(long("no-data"), None);
        assert_eq!(long("frobnicate"), None);
    }
}
