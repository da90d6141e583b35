//! The base string that a signer with given mistakes would make, RFC 5849 section 3.4.1.

// By the letter of the section and with a branch for each mistake; the signer's own code is made for speed and
// has none. The trap: a mistake must change what it names and nothing else, or two of them are taken for each other.

use std::{borrow::Cow, collections::HashSet};

use zeroize::Zeroizing;

use super::{
    mistake::Mistake,
    sent::{Parts, Reading, decode, parts, raw_pairs},
};
use crate::error::Error;

/// A request, and under which name the provider sees it.
pub(super) struct Subject<'a> {
    pub(super) reading: Reading<'a>,
    /// What is right to sign.
    tls: bool,
    host: String,
    port: Option<String>,
    /// Another host that may have been signed, with its port.
    other: Option<(String, Option<String>)>,
}

/// A parameter, decoded.
struct Parameter<'s> {
    name: Cow<'s, str>,
    value: Cow<'s, str>,
    is_oauth: bool,
}

impl<'a> Subject<'a> {
    pub(super) fn new(reading: Reading<'a>, public_origin: Option<&str>) -> Result<Self, Error> {
        let of = |url: &Parts<'_>| (url.host.to_owned(), url.port.map(ToOwned::to_owned));
        let called = of(&reading.url);
        let (tls, (host, port), other) = if let Some(origin) = public_origin {
            let origin = parts(origin)?;
            (origin.tls, of(&origin), Some(called))
        } else if let Some(header) = reading.host_header {
            let url = format!("http://{header}");
            (reading.url.tls, of(&parts(&url)?), Some(called))
        } else {
            (reading.url.tls, called, None)
        };
        let other = other.filter(|other| *other != (host.clone(), port.clone()));
        Ok(Self { reading, tls, host, port, other })
    }

    /// Whether the mistake can be made with this request. Others would only cost time.
    pub(super) fn allows(&self, mistake: Mistake) -> bool {
        use Mistake as M;
        let Reading { method, url, realm, form, other_body, .. } = &self.reading;
        let has = |name| self.reading.get(name).is_some();
        let own = || [url.query, *form, *other_body].into_iter().flatten();
        let own_has = |characters: &[char]| own().any(|text| text.contains(characters));
        match mistake {
            M::VerbGet => *method != "GET",
            M::VerbPost => *method != "POST",
            M::VerbPut => *method != "PUT",
            M::VerbDelete => *method != "DELETE",
            M::VerbPatch => *method != "PATCH",
            M::VerbHead => *method != "HEAD",
            M::OtherHost => self.other.is_some(),
            M::PortLeftOut => self.port.is_some(),
            M::UserInfoKept => url.user.is_some(),
            M::FragmentKept => url.fragment.is_some(),
            M::QueryInUrl | M::QueryNotSigned => url.query.is_some(),
            M::FormNotSigned => form.is_some(),
            M::BodySignedAsForm => other_body.is_some(),
            M::BodyFieldsSigned => !self.reading.fields.is_empty(),
            M::RealmSigned => realm.is_some(),
            M::CallbackNotSigned => has("oauth_callback"),
            M::VerifierNotSigned => has("oauth_verifier"),
            M::BodyHashNotSigned => has("oauth_body_hash"),
            M::VersionNotSigned => has("oauth_version"),
            M::VersionSigned => !has("oauth_version"),
            M::EmptyTokenSigned => !has("oauth_token"),
            M::EmptyTokenNotSigned => self.reading.get("oauth_token") == Some(""),
            M::TokenNotSigned | M::TokenAsSecret => {
                self.reading.get("oauth_token").is_some_and(|token| !token.is_empty())
            }
            M::FirstOfRepeated | M::LastOfRepeated | M::ValuelessDropped => own().next().is_some(),
            M::SemicolonSeparates => own_has(&[';']),
            M::BracketsRemoved => own_has(&['[', '%']),
            M::PlusNotSpace => own_has(&['+']),
            M::DecodedTwice | M::NotDecoded => own_has(&['%', '+']),
            _ => true,
        }
    }

    /// The base string.
    pub(super) fn base_string(&self, made: &[Mistake]) -> Zeroizing<String> {
        let style = Style::of(made);
        let mut text = Zeroizing::new(String::with_capacity(1024));
        style.encode_into(&self.verb(made), &mut text);
        text.push('&');
        let url = self.base_uri(made);
        if made.contains(&Mistake::UrlNotEncoded) {
            text.push_str(&url);
        } else {
            style.encode_into(&url, &mut text);
        }
        text.push('&');
        let joined = self.joined(made, &style);
        if made.contains(&Mistake::ParametersNotEncoded) {
            text.push_str(&joined);
        } else {
            style.encode_into(&joined, &mut text);
        }
        text
    }

    fn verb(&self, made: &[Mistake]) -> Cow<'_, str> {
        for (mistake, verb) in [
            (Mistake::VerbGet, "GET"),
            (Mistake::VerbPost, "POST"),
            (Mistake::VerbPut, "PUT"),
            (Mistake::VerbDelete, "DELETE"),
            (Mistake::VerbPatch, "PATCH"),
            (Mistake::VerbHead, "HEAD"),
        ] {
            if made.contains(&mistake) {
                return Cow::Borrowed(verb);
            }
        }
        if made.contains(&Mistake::VerbLowerCase) {
            return self.reading.method.to_ascii_lowercase().into();
        }
        self.reading.method.to_ascii_uppercase().into()
    }

    fn base_uri(&self, made: &[Mistake]) -> String {
        let has = |mistake| made.contains(&mistake);
        let tls = self.tls ^ has(Mistake::OtherScheme);
        let mut url = String::from(if tls { "https://" } else { "http://" });
        if let (true, Some(user)) = (has(Mistake::UserInfoKept), self.reading.url.user) {
            url.push_str(user);
            url.push('@');
        }
        let (host, port) = match &self.other {
            Some((host, port)) if has(Mistake::OtherHost) => (host, port),
            _ => (&self.host, &self.port),
        };
        if has(Mistake::HostCaseKept) {
            url.push_str(host);
        } else {
            url.push_str(&host.to_ascii_lowercase());
        }
        let default = if tls { "443" } else { "80" };
        match port.as_deref().filter(|port| *port != default && !port.is_empty()) {
            Some(_) if has(Mistake::PortLeftOut) => {}
            Some(port) => url.extend([":", port]),
            None if has(Mistake::DefaultPortKept) => url.extend([":", default]),
            None => {}
        }
        self.push_path(made, &mut url);
        url
    }

    fn push_path(&self, made: &[Mistake], url: &mut String) {
        let has = |mistake| made.contains(&mistake);
        let Parts { path, query, fragment, .. } = self.reading.url;
        let path = if path.is_empty() { "/" } else { path };
        if has(Mistake::PathEmpty) {
        } else if has(Mistake::PathDecoded) {
            url.push_str(&decode(path, false));
        } else if has(Mistake::PathEncodedTwice) {
            for (index, segment) in path.split('/').enumerate() {
                if index > 0 {
                    url.push('/');
                }
                Style::RIGHT.encode_into(segment, url);
            }
        } else if has(Mistake::TrailingSlashRemoved) {
            url.push_str(path.strip_suffix('/').unwrap_or(path));
        } else {
            url.push_str(path);
        }
        if has(Mistake::TrailingSlashAdded) && !path.ends_with('/') {
            url.push('/');
        }
        if let (true, Some(query)) = (has(Mistake::QueryInUrl), query) {
            url.extend(["?", query]);
        }
        if let (true, Some(fragment)) = (has(Mistake::FragmentKept), fragment) {
            url.extend(["#", fragment]);
        }
    }

    /// The parameters, encoded, ordered and joined.
    fn joined(&self, made: &[Mistake], style: &Style) -> Zeroizing<String> {
        let parameters = self.parameters(made);
        let encode = |text: &str| {
            let mut once = String::with_capacity(text.len() + 8);
            if made.contains(&Mistake::NotEncoded) {
                once.push_str(text);
            } else {
                style.encode_value_into(text, &mut once);
            }
            if made.contains(&Mistake::EncodedTwice) {
                let first = std::mem::take(&mut once);
                style.encode_into(&first, &mut once);
            }
            once
        };
        let mut encoded: Vec<(String, String, &Parameter<'_>)> =
            parameters.iter().map(|one| (encode(&one.name), encode(&one.value), one)).collect();
        let has = |mistake| made.contains(&mistake);
        if has(Mistake::SortedDecoded) {
            encoded.sort_by(|a, b| (&*a.2.name, &*a.2.value).cmp(&(&*b.2.name, &*b.2.value)));
        } else if has(Mistake::SortedJoined) {
            encoded.sort_by_cached_key(|(name, value, _)| format!("{name}={value}"));
        } else if has(Mistake::SortedWithinPlaces) {
            encoded.sort_by(|a, b| (!a.2.is_oauth, &a.0, &a.1).cmp(&(!b.2.is_oauth, &b.0, &b.1)));
        } else if !has(Mistake::NotSorted) {
            encoded.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        }
        let length = encoded.iter().map(|(name, value, _)| name.len() + value.len() + 2).sum();
        let mut joined = Zeroizing::new(String::with_capacity(length));
        for (name, value, _) in &encoded {
            if !joined.is_empty() {
                joined.push('&');
            }
            joined.push_str(name);
            joined.push('=');
            joined.push_str(value);
        }
        joined
    }

    /// The parameters in the order in which they were sent: query, form, OAuth's.
    fn parameters(&self, made: &[Mistake]) -> Vec<Parameter<'_>> {
        let has = |mistake| made.contains(&mistake);
        let reading = &self.reading;
        let mut all = Vec::new();
        if !has(Mistake::QueryNotSigned) {
            own(reading.url.query, made, &mut all);
        }
        if !has(Mistake::FormNotSigned) {
            own(reading.form, made, &mut all);
        }
        if has(Mistake::BodySignedAsForm) {
            own(reading.other_body, made, &mut all);
        }
        if has(Mistake::BodyFieldsSigned) {
            // Nothing was encoded there, so no mistake of decoding can be made.
            all.extend(reading.fields.iter().map(|(name, value)| Parameter {
                name: name.as_str().into(),
                value: value.as_str().into(),
                is_oauth: false,
            }));
        }
        if has(Mistake::FirstOfRepeated) {
            let mut seen = HashSet::new();
            all.retain(|one| seen.insert(one.name.clone()));
        } else if has(Mistake::LastOfRepeated) {
            let mut seen = HashSet::new();
            all.reverse();
            all.retain(|one| seen.insert(one.name.clone()));
            all.reverse();
        }
        let left_out = [
            (Mistake::CallbackNotSigned, "oauth_callback"),
            (Mistake::VerifierNotSigned, "oauth_verifier"),
            (Mistake::BodyHashNotSigned, "oauth_body_hash"),
            (Mistake::VersionNotSigned, "oauth_version"),
            (Mistake::EmptyTokenNotSigned, "oauth_token"),
            (Mistake::TokenNotSigned, "oauth_token"),
        ];
        let is_left_out =
            |name: &str| left_out.iter().any(|(mistake, left)| *left == name && has(*mistake));
        let oauth = |name, value| Parameter { name, value, is_oauth: true };
        for one in &reading.protocol {
            let is_signed = one.name != "oauth_signature" && !is_left_out(&one.name);
            if is_signed {
                all.push(oauth(one.name.as_str().into(), one.value.as_str().into()));
            }
        }
        if let (true, Some(realm)) = (has(Mistake::RealmSigned), &reading.realm) {
            all.push(oauth("realm".into(), realm.as_str().into()));
        }
        if has(Mistake::VersionSigned) {
            all.push(oauth("oauth_version".into(), "1.0".into()));
        }
        if has(Mistake::EmptyTokenSigned) {
            all.push(oauth("oauth_token".into(), "".into()));
        }
        all
    }
}

/// The request's own parameters in a query or a form.
fn own<'s>(text: Option<&'s str>, made: &[Mistake], all: &mut Vec<Parameter<'s>>) {
    let has = |mistake| made.contains(&mistake);
    let separators: &[char] = if has(Mistake::SemicolonSeparates) { &['&', ';'] } else { &['&'] };
    let plus_is_space = !has(Mistake::PlusNotSpace);
    for (name, value) in raw_pairs(text.unwrap_or_default(), separators) {
        if decode(name, true).starts_with("oauth_") {
            continue;
        }
        let read = |raw: &'s str| -> Cow<'s, str> {
            if has(Mistake::NotDecoded) {
                return Cow::Borrowed(raw);
            }
            let once = decode(raw, plus_is_space);
            if has(Mistake::DecodedTwice) {
                decode(&once, plus_is_space).into_owned().into()
            } else {
                once
            }
        };
        let (mut name, value) = (read(name), read(value));
        if has(Mistake::ValuelessDropped) && value.is_empty() {
            continue;
        }
        if has(Mistake::BracketsRemoved) && name.contains("[]") {
            name = name.replace("[]", "").into();
        }
        all.push(Parameter { name, value, is_oauth: false });
    }
}

/// How a signer encodes.
pub(super) struct Style {
    /// What it keeps beside letters, digits, `-`, `.` and `_`.
    kept: &'static [u8],
    digits: &'static [u8; 16],
    /// For names and values only.
    space_as_plus: bool,
    latin1: bool,
}

impl Style {
    /// As section 3.6 says.
    pub(super) const RIGHT: Self =
        Self { kept: b"~", digits: b"0123456789ABCDEF", space_as_plus: false, latin1: false };

    fn of(made: &[Mistake]) -> Self {
        let mut style = Self::RIGHT;
        for mistake in made {
            match mistake {
                Mistake::StarKept => style.kept = b"~*",
                Mistake::TildeEncoded => style.kept = b"",
                Mistake::MarksKept => style.kept = b"~!'()*",
                Mistake::LowerCaseHex => style.digits = b"0123456789abcdef",
                Mistake::SpaceAsPlus => style.space_as_plus = true,
                Mistake::Latin1 => style.latin1 = true,
                _ => {}
            }
        }
        style
    }

    fn encode_value_into(&self, text: &str, out: &mut String) {
        if self.latin1 && !text.is_ascii() {
            for character in text.chars() {
                match u8::try_from(u32::from(character)) {
                    Ok(byte) => self.byte(byte, out),
                    // There is no such letter in Latin-1.
                    Err(_) => out.push_str("%3F"),
                }
            }
        } else if self.space_as_plus {
            for byte in text.bytes() {
                if byte == b' ' { out.push('+') } else { self.byte(byte, out) }
            }
        } else {
            self.encode_into(text, out);
        }
    }

    pub(super) fn encode_into(&self, text: &str, out: &mut String) {
        for byte in text.bytes() {
            self.byte(byte, out);
        }
    }

    #[inline]
    fn byte(&self, byte: u8, out: &mut String) {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) || self.kept.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from(self.digits[usize::from(digit)]));
            }
        }
    }
}
