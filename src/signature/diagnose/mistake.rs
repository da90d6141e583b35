//! The mistakes that are known: what each is, and how it is put right.

// One row is all that a new mistake needs here; what it does to a signature is in `hypothesis`, `key` or `observed`.

use std::fmt;

macro_rules! dimensions {
    ($($name:ident, $what:literal;)*) => {
        /// What a mistake changes. Of each, a signer makes at most one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Dimension {
            $($name,)*
        }

        impl Dimension {
            fn what(self) -> &'static str {
                match self {
                    $(Self::$name => $what,)*
                }
            }
        }
    };
}

dimensions! {
    Consumer, "the consumer secret";
    Token, "the token secret";
    Joining, "how the two secrets are joined";
    Hash, "the hash";
    Verb, "the HTTP method";
    Scheme, "the scheme";
    Authority, "host and port";
    Path, "the path";
    Query, "the query";
    Form, "the body";
    Realm, "the realm";
    Callback, "`oauth_callback` and `oauth_verifier`";
    BodyHash, "`oauth_body_hash`";
    Version, "`oauth_version`";
    EmptyToken, "`oauth_token`";
    Repeated, "repeated names";
    Valueless, "names without a value";
    Semicolon, "semicolons";
    Brackets, "brackets in names";
    Decoding, "decoding";
    Encoding, "encoding";
    Joined, "encoding the joined text";
    Order, "the order";
    Value, "how the signature is written";
}

macro_rules! mistakes {
    ($($name:ident, $dimension:ident, $what:literal, $cure:literal;)*) => {
        /// A known mistake in computing a signature. `Display` describes it, and [`cure`](Self::cure)
        /// says what to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Mistake {
            $(#[doc = concat!("The signer ", $what, ".")] $name,)*
        }

        impl Mistake {
            /// All known mistakes, in the order in which they are tried.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            pub(super) fn dimension(self) -> Dimension {
                match self {
                    $(Self::$name => Dimension::$dimension,)*
                }
            }

            /// Returns what the mistake is about, such as `the consumer secret`. A signer makes at most one mistake
            /// about each.
            #[must_use]
            pub fn about(self) -> &'static str {
                self.dimension().what()
            }

            /// Returns what to do about the mistake.
            #[must_use]
            pub fn cure(self) -> &'static str {
                match self {
                    $(Self::$name => $cure,)*
                }
            }
        }

        impl fmt::Display for Mistake {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$name => $what,)*
                })
            }
        }
    };
}

mistakes! {
    ConsumerSecretNotEncoded, Consumer, "used the consumer secret without percent-encoding it",
        "percent-encode both secrets before you join them (RFC 5849 section 3.4.2)";
    ConsumerSecretEncodedTwice, Consumer, "percent-encoded the consumer secret twice",
        "percent-encode each secret once";
    ConsumerSecretWithBlank, Consumer, "used the consumer secret with a blank behind it",
        "trim the secret where you read it";
    ConsumerSecretWithLineBreak, Consumer, "used the consumer secret with a line break behind it",
        "trim the secret where you read it; a file usually ends with a line break";
    ConsumerSecretWithCrLf, Consumer, "used the consumer secret with a carriage return and a line break behind it",
        "trim the secret where you read it; a file from Windows usually ends so";
    ConsumerKeyAsSecret, Consumer, "used the consumer key in the place of the consumer secret",
        "look up which of the two values is the secret";
    OAuth2Secret, Consumer, "used the OAuth 2.0 secret in the place of the consumer secret",
        "use the consumer secret of the OAuth 1.0 credentials";

    TokenSecretNotEncoded, Token, "used the token secret without percent-encoding it",
        "percent-encode both secrets before you join them (RFC 5849 section 3.4.2)";
    TokenSecretEncodedTwice, Token, "percent-encoded the token secret twice",
        "percent-encode each secret once; decode the token reply once when you read it";
    TokenSecretWithBlank, Token, "used the token secret with a blank behind it",
        "trim the secret where you read it";
    TokenSecretWithLineBreak, Token, "used the token secret with a line break behind it",
        "trim the reply before you read its fields";
    TokenSecretWithCrLf, Token, "used the token secret with a carriage return and a line break behind it",
        "trim the reply before you read its fields";
    TokenSecretMissing, Token, "left the token secret out of the key",
        "join the token secret behind the `&`, in the exchange too";
    TokenAsSecret, Token, "used the token in the place of the token secret",
        "the reply has two values: `oauth_token` is sent, `oauth_token_secret` signs";
    RequestTokenSecret, Token, "used the request token's secret with the access token",
        "keep the secret that came with the access token, and drop the request token's";

    AmpersandMissing, Joining, "left out the `&` between the two secrets",
        "the `&` is always there, also without a token";
    SecretsSwapped, Joining, "put the token secret before the consumer secret",
        "the consumer secret comes first";

    HashSha1, Hash, "signed with SHA-1, which is not the method that was named",
        "make `oauth_signature_method` and the hash agree";
    HashSha256, Hash, "signed with SHA-256, which is not the method that was named",
        "make `oauth_signature_method` and the hash agree";
    HashSha512, Hash, "signed with SHA-512, which is not the method that was named",
        "make `oauth_signature_method` and the hash agree";

    KeyAsSignature, Hash, "sent the key itself, as PLAINTEXT does, and not its HMAC",
        "make the HMAC of the base string under that key, and take new secrets: the request has shown these";

    VerbLowerCase, Verb, "signed the HTTP method in lower case",
        "sign it in upper case";
    VerbGet, Verb, "signed GET, which is not the method that was sent",
        "sign the method that is sent, also after a redirect";
    VerbPost, Verb, "signed POST, which is not the method that was sent",
        "sign the method that is sent, also after a redirect";
    VerbPut, Verb, "signed PUT, which is not the method that was sent",
        "sign the method that is sent";
    VerbDelete, Verb, "signed DELETE, which is not the method that was sent",
        "sign the method that is sent";
    VerbPatch, Verb, "signed PATCH, which is not the method that was sent",
        "sign the method that is sent";
    VerbHead, Verb, "signed HEAD, which is not the method that was sent",
        "sign the method that is sent";

    OtherScheme, Scheme, "signed `http` where the URL has `https`, or the reverse",
        "sign the URL that you send; a server behind a proxy must be told the scheme that the client used, such as by `X-Forwarded-Proto`";

    OtherHost, Authority, "signed another host than the one that was called: the proxy's, or the one of the URL where a `Host` header was set",
        "sign the host of the `Host` header; a server behind a proxy must be told its public name";
    DefaultPortKept, Authority, "signed the scheme's own port",
        "leave out `:80` with `http` and `:443` with `https` (section 3.4.1.2)";
    PortLeftOut, Authority, "left the port out of what was signed",
        "sign every port but 80 with `http` and 443 with `https` (section 3.4.1.2)";
    HostCaseKept, Authority, "signed upper-case letters of the host",
        "sign the host in lower case (section 3.4.1.2)";
    UserInfoKept, Authority, "signed the user name and password of the URL",
        "leave out what stands before the `@`";

    PathDecoded, Path, "signed the path decoded",
        "sign the path as it is sent";
    PathEncodedTwice, Path, "percent-encoded the path once more before signing",
        "sign the path as it is sent";
    PathEmpty, Path, "signed an empty path",
        "an empty path is signed as `/`, any other as it is sent";
    TrailingSlashAdded, Path, "signed a slash at the end of the path that was not sent",
        "sign the path as it is sent";
    TrailingSlashRemoved, Path, "signed the path without the slash that ends it",
        "sign the path as it is sent; web frameworks often remove the slash";
    FragmentKept, Path, "signed the URL with its fragment",
        "leave out `#` and what follows";
    QueryInUrl, Path, "signed the URL with its query, beside the parameters",
        "sign the URL without its query; the query's pairs are among the parameters";

    QueryNotSigned, Query, "did not sign the parameters of the query",
        "the query's pairs are signed with all others (section 3.4.1.3.1)";

    FormNotSigned, Form, "did not sign the parameters of the form body",
        "the pairs of a form body are signed with all others (section 3.4.1.3.1)";
    BodySignedAsForm, Form, "signed the body as a form, although its content type says that it is none",
        "sign only bodies of the type `application/x-www-form-urlencoded`";
    BodyFieldsSigned, Form, "signed the fields of the JSON or multipart body, as if they were a form's",
        "sign only bodies of the type `application/x-www-form-urlencoded`, unless the provider wants it, as Flickr's upload";

    RealmSigned, Realm, "signed the realm",
        "the realm is never signed (section 3.4.1.3.1)";

    CallbackNotSigned, Callback, "did not sign `oauth_callback`",
        "sign every `oauth_` parameter but the signature";
    VerifierNotSigned, Callback, "did not sign `oauth_verifier`",
        "sign every `oauth_` parameter but the signature";

    BodyHashNotSigned, BodyHash, "did not sign `oauth_body_hash`",
        "sign every `oauth_` parameter but the signature";

    VersionNotSigned, Version, "did not sign `oauth_version`",
        "sign `oauth_version` if it is sent";
    VersionSigned, Version, "signed `oauth_version=1.0`, which was not sent",
        "send what is signed";

    EmptyTokenSigned, EmptyToken, "signed an empty `oauth_token`, which was not sent",
        "without a token, leave the parameter out of both";
    EmptyTokenNotSigned, EmptyToken, "did not sign the empty `oauth_token` that was sent",
        "sign what is sent, or leave the parameter out of both";
    TokenNotSigned, EmptyToken, "did not sign `oauth_token`",
        "sign every `oauth_` parameter but the signature";

    FirstOfRepeated, Repeated, "signed only the first of several parameters with one name",
        "sign each of them; a map that holds one value for a name loses the others";
    LastOfRepeated, Repeated, "signed only the last of several parameters with one name",
        "sign each of them; a map that holds one value for a name loses the others";

    ValuelessDropped, Valueless, "did not sign parameters without a value",
        "sign `a`, `a=` and `b` with an empty value, as `a=` and `b=`";

    SemicolonSeparates, Semicolon, "read `;` as the end of a parameter",
        "only `&` separates parameters; `;` is data";

    BracketsRemoved, Brackets, "removed `[]` from names",
        "sign names as they are sent; `a[]` is a name like any other";

    PlusNotSpace, Decoding, "read `+` in a query or form as a plus sign",
        "`+` is a space there (section 3.4.1.3.1); write `%2B` for a plus sign";
    DecodedTwice, Decoding, "decoded parameters twice",
        "decode the text of the query or form once; or, if the URL was encoded again after it was signed, send the URL that was signed";
    NotDecoded, Decoding, "signed the parameters of the query or form without decoding them first",
        "decode, then encode as section 3.6 says";

    SpaceAsPlus, Encoding, "encoded a space as `+`",
        "write `%20`; the encoding of HTML forms is another one";
    StarKept, Encoding, "did not encode `*`",
        "encode all but letters, digits, `-`, `.`, `_` and `~` (section 3.6)";
    TildeEncoded, Encoding, "encoded `~`",
        "`~` stays as it is (section 3.6)";
    MarksKept, Encoding, "did not encode `!`, `'`, `(`, `)` and `*`, as JavaScript's `encodeURIComponent`",
        "encode all but letters, digits, `-`, `.`, `_` and `~` (section 3.6)";
    LowerCaseHex, Encoding, "wrote hexadecimal digits in lower case",
        "write `%2F`, not `%2f` (section 3.6)";
    Latin1, Encoding, "encoded Latin-1 and not UTF-8",
        "encode the bytes of the UTF-8 text (section 3.6)";
    EncodedTwice, Encoding, "encoded names and values twice before joining them",
        "encode each once; the joined text is encoded once more as a whole";
    NotEncoded, Encoding, "joined names and values without encoding them",
        "encode each name and value, then the joined text (section 3.4.1.3.2); or, if the URL was encoded again after it was signed, send the URL that was signed";

    ParametersNotEncoded, Joined, "did not encode the joined parameters as a whole",
        "encode the joined text once more (section 3.4.1.1)";
    UrlNotEncoded, Joined, "did not encode the URL in the base string",
        "encode the URL as a whole (section 3.4.1.1)";

    SortedDecoded, Order, "sorted the parameters before encoding them",
        "encode first, then sort (section 3.4.1.3.2)";
    SortedJoined, Order, "sorted `name=value` as one text",
        "sort by name, and by value only where names are equal";
    NotSorted, Order, "did not sort the parameters",
        "sort by encoded name, then by encoded value (section 3.4.1.3.2)";
    SortedWithinPlaces, Order, "sorted the OAuth parameters and the others apart",
        "sort all parameters as one list (section 3.4.1.3.2)";

    SignaturePlusAsSpace, Value, "sent the signature with its `+` turned into spaces",
        "percent-encode the signature: `+` is `%2B`";
    SignatureLineBreak, Value, "sent the signature with a line break behind it",
        "use a Base64 encoder that adds no line break";
    SignatureRaw, Value, "sent the signature without percent-encoding it",
        "percent-encode the signature: `+` is `%2B`, `/` is `%2F`, `=` is `%3D`";
    SignatureEncodedTwice, Value, "percent-encoded the signature twice",
        "percent-encode it once; many HTTP clients do it for you";
    SignatureHex, Value, "sent the signature in hexadecimal",
        "send the raw result of the HMAC in Base64";
    SignatureUrlSafe, Value, "sent the signature in the URL-safe Base64 alphabet",
        "use the standard alphabet, with `+` and `/`";
    SignatureUnpadded, Value, "sent the signature without the `=` that ends it",
        "use Base64 with padding";
}
