//! A signer that makes mistakes on purpose, by the letter of RFC 5849 otherwise and with no code of the crate's
//! diagnosis: it builds strings step by step, and goes wrong at the steps that it is told.
#![allow(
    clippy::format_push_string,
    clippy::format_collect,
    clippy::assigning_clones,
    clippy::needless_pass_by_value,
    clippy::collapsible_match,
    clippy::struct_field_names,
    clippy::enum_glob_use,
    reason = "it is to be read beside the RFC, and is never fast"
)]

#[path = "requests.rs"]
pub(crate) mod requests;

use http::HeaderMap;

use self::requests::Request;
use super::{
    Mistake::{self, *},
    naive::{base64, encode},
};

fn percent(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) if bytes[at] == b'%' => {
                out.push(byte);
                at += 3;
            }
            _ => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    out
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

struct Signing<'m> {
    mistakes: &'m [Mistake],
}

impl Signing<'_> {
    fn makes(&self, mistake: Mistake) -> bool {
        self.mistakes.contains(&mistake)
    }

    /// The signer's percent-encoding, with its faults.
    fn encode(&self, plain: &str) -> String {
        let mut out = encode(plain);
        if self.makes(TildeEncoded) {
            out = out.replace('~', "%7E");
        }
        if self.makes(StarKept) || self.makes(MarksKept) {
            out = out.replace("%2A", "*");
        }
        if self.makes(MarksKept) {
            for (coded, mark) in [("%21", "!"), ("%27", "'"), ("%28", "("), ("%29", ")")] {
                out = out.replace(coded, mark);
            }
        }
        if self.makes(LowerCaseHex) {
            let mut pieces = out.split('%');
            let mut lower = pieces.next().unwrap_or_default().to_owned();
            for piece in pieces {
                let (digits, rest) = piece.split_at(2);
                lower += &format!("%{}{rest}", digits.to_lowercase());
            }
            out = lower;
        }
        out
    }

    fn encode_value(&self, plain: &str) -> String {
        let mut once = if self.makes(NotEncoded) {
            plain.to_owned()
        } else if self.makes(SpaceAsPlus) {
            plain.split(' ').map(|word| self.encode(word)).collect::<Vec<_>>().join("+")
        } else if self.makes(Latin1) && !plain.is_ascii() {
            plain
                .chars()
                .map(|one| match u32::from(one) {
                    low @ 0..=127 => self.encode(&char::from_u32(low).unwrap().to_string()),
                    high @ 128..=255 => format!("%{high:02X}"),
                    _ => "%3F".to_owned(),
                })
                .collect()
        } else {
            self.encode(plain)
        };
        if self.makes(EncodedTwice) {
            once = self.encode(&once);
        }
        once
    }

    /// The decoded pairs of a query or form body.
    fn read(&self, raw: &str) -> Vec<(String, String)> {
        let raw =
            if self.makes(SemicolonSeparates) { raw.replace(';', "&") } else { raw.to_owned() };
        let once = |raw: &str| {
            let raw = if self.makes(PlusNotSpace) { raw.to_owned() } else { raw.replace('+', " ") };
            text(percent(&raw))
        };
        let mut pairs = Vec::new();
        for piece in raw.split('&').filter(|piece| !piece.is_empty()) {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            let [mut name, value] = [name, value].map(|raw| {
                if self.makes(NotDecoded) {
                    raw.to_owned()
                } else if self.makes(DecodedTwice) {
                    once(&once(raw))
                } else {
                    once(raw)
                }
            });
            if self.makes(BracketsRemoved) {
                name = name.replace("[]", "");
            }
            if !(self.makes(ValuelessDropped) && value.is_empty()) {
                pairs.push((name, value));
            }
        }
        pairs
    }

    fn url(&self, request: &Request) -> String {
        let tls = (request.scheme == "https") != self.makes(OtherScheme);
        let (scheme, standard) = if tls { ("https", "443") } else { ("http", "80") };
        let (mut host, mut port) = (request.host.to_owned(), request.port);
        if let Some(header) = request.host_header {
            if !self.makes(OtherHost) {
                (host, port) = (header.to_owned(), None);
            }
        }
        if !self.makes(HostCaseKept) {
            host = host.to_lowercase();
        }
        let mut url = format!("{scheme}://");
        if self.makes(UserInfoKept) {
            url += &format!("{}@", request.user.unwrap());
        }
        url += &host;
        match port {
            Some(port) if port != standard => {
                if !self.makes(PortLeftOut) {
                    url += &format!(":{port}");
                }
            }
            _ if self.makes(DefaultPortKept) => url += &format!(":{standard}"),
            _ => {}
        }
        let sent = if request.path.is_empty() { "/" } else { request.path };
        let mut path = sent.to_owned();
        if self.makes(PathEmpty) {
            path.clear();
        }
        if self.makes(PathDecoded) {
            path = text(percent(sent));
        }
        if self.makes(PathEncodedTwice) {
            path = encode(sent).replace("%2F", "/");
        }
        if self.makes(TrailingSlashRemoved) && sent.ends_with('/') {
            path.pop();
        }
        if self.makes(TrailingSlashAdded) && !sent.ends_with('/') {
            path.push('/');
        }
        url += &path;
        if self.makes(QueryInUrl) {
            url += &format!("?{}", request.query.unwrap());
        }
        if self.makes(FragmentKept) {
            url += &format!("#{}", request.fragment.unwrap());
        }
        url
    }

    fn own_pairs(&self, request: &Request) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        if !self.makes(QueryNotSigned) {
            pairs.extend(self.read(request.query.unwrap_or_default()));
        }
        let is_form = request.content_type.starts_with("application/x-www-form-urlencoded");
        if is_form && !self.makes(FormNotSigned) || !is_form && self.makes(BodySignedAsForm) {
            pairs.extend(self.read(request.body));
        }
        if self.makes(BodyFieldsSigned) {
            pairs.extend(request.fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        }
        if self.makes(FirstOfRepeated) {
            let mut kept: Vec<(String, String)> = Vec::new();
            for pair in pairs {
                if kept.iter().all(|other| other.0 != pair.0) {
                    kept.push(pair);
                }
            }
            return kept;
        }
        if self.makes(LastOfRepeated) {
            let mut kept: Vec<(String, String)> = Vec::new();
            for pair in pairs {
                kept.retain(|other| other.0 != pair.0);
                kept.push(pair);
            }
            return kept;
        }
        pairs
    }

    fn oauth_pairs(&self, request: &Request) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> =
            request.protocol.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        for (mistake, name) in [
            (CallbackNotSigned, "oauth_callback"),
            (VerifierNotSigned, "oauth_verifier"),
            (BodyHashNotSigned, "oauth_body_hash"),
            (VersionNotSigned, "oauth_version"),
            (EmptyTokenNotSigned, "oauth_token"),
            (TokenNotSigned, "oauth_token"),
        ] {
            if self.makes(mistake) {
                pairs.retain(|pair| pair.0 != name);
            }
        }
        for (mistake, name, value) in [
            (RealmSigned, "realm", request.realm.unwrap_or_default()),
            (VersionSigned, "oauth_version", "1.0"),
            (EmptyTokenSigned, "oauth_token", ""),
        ] {
            if self.makes(mistake) {
                pairs.push((name.to_owned(), value.to_owned()));
            }
        }
        pairs
    }
}

pub(crate) fn base_string(request: &Request, mistakes: &[Mistake]) -> String {
    let signing = Signing { mistakes };
    let sort = |mut pairs: Vec<(String, String)>| {
        if signing.makes(SortedDecoded) {
            pairs.sort();
        }
        let mut pairs: Vec<(String, String)> = pairs
            .into_iter()
            .map(|(name, value)| (signing.encode_value(&name), signing.encode_value(&value)))
            .collect();
        if !signing.makes(SortedDecoded)
            && !signing.makes(NotSorted)
            && !signing.makes(SortedJoined)
        {
            pairs.sort();
        }
        let mut joined: Vec<String> = pairs.into_iter().map(|(n, v)| n + "=" + &v).collect();
        if signing.makes(SortedJoined) {
            joined.sort();
        }
        joined
    };
    let (own, oauth) = (signing.own_pairs(request), signing.oauth_pairs(request));
    let joined = if signing.makes(SortedWithinPlaces) {
        [sort(oauth), sort(own)].concat()
    } else {
        sort([own, oauth].concat())
    };
    let mut verb = request.method.to_uppercase();
    for (mistake, other) in [
        (VerbGet, "GET"),
        (VerbPost, "POST"),
        (VerbPut, "PUT"),
        (VerbDelete, "DELETE"),
        (VerbPatch, "PATCH"),
        (VerbHead, "HEAD"),
    ] {
        if signing.makes(mistake) {
            verb = other.to_owned();
        }
    }
    if signing.makes(VerbLowerCase) {
        verb = verb.to_lowercase();
    }
    let mut parts = [signing.encode(&verb), signing.url(request), joined.join("&")];
    if !signing.makes(UrlNotEncoded) {
        parts[1] = signing.encode(&parts[1]);
    }
    if !signing.makes(ParametersNotEncoded) {
        parts[2] = signing.encode(&parts[2]);
    }
    parts.join("&")
}

pub(crate) fn key(request: &Request, mistakes: &[Mistake]) -> String {
    let makes = |mistake| mistakes.contains(&mistake);
    let sent = |name| request.protocol.iter().find(|pair| pair.0 == name).map_or("", |pair| pair.1);
    let mut consumer = request.consumer_secret.to_owned();
    if makes(ConsumerSecretWithBlank) {
        consumer += " ";
    }
    if makes(ConsumerSecretWithLineBreak) {
        consumer += "\n";
    }
    if makes(ConsumerSecretWithCrLf) {
        consumer += "\r\n";
    }
    if makes(ConsumerKeyAsSecret) {
        consumer = sent("oauth_consumer_key").to_owned();
    }
    if makes(OAuth2Secret) {
        consumer = request.oauth2_secret.to_owned();
    }
    let mut token = request.token_secret.to_owned();
    if makes(TokenSecretWithBlank) {
        token += " ";
    }
    if makes(TokenSecretWithLineBreak) {
        token += "\n";
    }
    if makes(TokenSecretWithCrLf) {
        token += "\r\n";
    }
    if makes(TokenSecretMissing) {
        token.clear();
    }
    if makes(TokenAsSecret) {
        token = sent("oauth_token").to_owned();
    }
    if makes(RequestTokenSecret) {
        token = request.request_token_secret.to_owned();
    }
    if !makes(ConsumerSecretNotEncoded) {
        consumer = encode(&consumer);
    }
    if makes(ConsumerSecretEncodedTwice) {
        consumer = encode(&consumer);
    }
    if !makes(TokenSecretNotEncoded) {
        token = encode(&token);
    }
    if makes(TokenSecretEncodedTwice) {
        token = encode(&token);
    }
    if makes(SecretsSwapped) {
        std::mem::swap(&mut consumer, &mut token);
    }
    consumer + if makes(AmpersandMissing) { "" } else { "&" } + &token
}

/// The signature as it is written into the header.
pub(crate) fn signature(request: &Request, mistakes: &[Mistake]) -> String {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let makes = |mistake| mistakes.contains(&mistake);
    let (key, text) = (key(request, mistakes), base_string(request, mistakes));
    let named = request.protocol.iter().find(|pair| pair.0 == "oauth_signature_method").unwrap().1;
    let mut hash = named.trim_start_matches("HMAC-");
    for (mistake, other) in [(HashSha1, "SHA1"), (HashSha256, "SHA256"), (HashSha512, "SHA512")] {
        if makes(mistake) {
            hash = other;
        }
    }
    let plain = key.clone();
    let key = key.as_bytes();
    let mac = match hash {
        "SHA1" => Hmac::<sha1::Sha1>::new_from_slice(key)
            .unwrap()
            .chain_update(text)
            .finalize()
            .into_bytes()
            .to_vec(),
        "SHA256" => Hmac::<sha2::Sha256>::new_from_slice(key)
            .unwrap()
            .chain_update(text)
            .finalize()
            .into_bytes()
            .to_vec(),
        _ => Hmac::<sha2::Sha512>::new_from_slice(key)
            .unwrap()
            .chain_update(text)
            .finalize()
            .into_bytes()
            .to_vec(),
    };
    let right = if makes(KeyAsSignature) { plain } else { base64(&mac) };
    if makes(SignatureHex) {
        return mac.iter().map(|byte| format!("{byte:02x}")).collect();
    }
    if makes(SignatureRaw) {
        return right;
    }
    if makes(SignaturePlusAsSpace) {
        return encode(&right.replace('+', " "));
    }
    if makes(SignatureLineBreak) {
        return encode(&(right + "\n"));
    }
    if makes(SignatureEncodedTwice) {
        return encode(&encode(&right));
    }
    if makes(SignatureUrlSafe) {
        return encode(&right.replace('+', "-").replace('/', "_"));
    }
    if makes(SignatureUnpadded) {
        return encode(right.trim_end_matches('='));
    }
    encode(&right)
}

/// The request as it goes over the wire with this signature: URL, headers, body.
pub(crate) fn sent(request: &Request, signature: &str) -> (String, HeaderMap, &'static str) {
    let mut url = format!("{}://", request.scheme);
    if let Some(user) = request.user {
        url += &format!("{user}@");
    }
    url += request.host;
    if let Some(port) = request.port {
        url += &format!(":{port}");
    }
    url += request.path;
    if let Some(query) = request.query {
        url += &format!("?{query}");
    }
    if let Some(fragment) = request.fragment {
        url += &format!("#{fragment}");
    }
    let mut header = String::from("OAuth ");
    if let Some(realm) = request.realm {
        header += &format!("realm=\"{realm}\", ");
    }
    for (name, value) in &request.protocol {
        header += &format!("{name}=\"{}\", ", encode(value));
    }
    header += &format!("oauth_signature=\"{signature}\"");
    let mut headers = HeaderMap::new();
    headers.insert("authorization", header.parse().unwrap());
    headers.insert("content-type", request.content_type.parse().unwrap());
    if let Some(host) = request.host_header {
        headers.insert("host", host.parse().unwrap());
    }
    (url, headers, request.body)
}
