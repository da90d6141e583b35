//! The three places for protocol parameters, RFC 5849 section 3.5: header, form body, query.

// All of them travel in one place, never in two. The trap: every value is percent-encoded for
// its place, the signature too, whose `+`, `/` and `=` would otherwise be read as something else.
// Nothing that is written here can end a header line or a quoted value, whatever a caller puts in.

use http::HeaderValue;

use crate::error::{Error, kind::ErrorKind};

use super::{
    base64::SHA1_ROOM,
    encode::Digits,
    keyed::{Signature, Spelled},
    params::{encode_pairs_into, needs_separator},
    signer::Signer,
    style::{FORM, HEADER, Style},
    template::{Begin, Holes, Template},
    to_sign::ToSign,
    writer::Out as _,
};

/// # Write the parameters for the header, the form or the query
impl Signer {
    /// Returns the value of the `Authorization` header: `OAuth realm="…", oauth_consumer_key="…", …`.
    ///
    /// `realm` is sent, but not signed; most providers need none.
    ///
    /// # Errors
    ///
    /// The errors of [`signature`](Self::signature), and [`ErrorKind::InvalidSetting`] for a realm
    /// with a line break, another control character, or a character that is not ASCII.
    ///
    /// # Security
    ///
    /// The value contains the token. Mark it with
    /// [`HeaderValue::set_sensitive`](http::HeaderValue::set_sensitive).
    ///
    /// # Source
    ///
    /// RFC 5849 section 3.5.1; the quoting of the realm is that of RFC 2617.
    pub fn authorization<K: AsRef<str>, V: AsRef<str>>(
        &self,
        request: &ToSign<'_, K, V>,
        realm: Option<&str>,
    ) -> Result<String, Error> {
        let mut out = String::new();
        self.authorization_into(request, realm, &mut out)?;
        Ok(out)
    }

    /// Appends the result of [`authorization`](Self::authorization) to `out`. If `out` has enough
    /// room, there is no allocation, except for the first header of this signer.
    ///
    /// # Errors
    ///
    /// The errors of [`authorization`](Self::authorization). Then nothing is appended.
    pub fn authorization_into<K: AsRef<str>, V: AsRef<str>>(
        &self,
        request: &ToSign<'_, K, V>,
        realm: Option<&str>,
        out: &mut String,
    ) -> Result<(), Error> {
        let allowed = |realm: &str| realm.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if !realm.is_none_or(allowed) {
            return Err(Error::setup(ErrorKind::InvalidSetting {
                reason: "the realm holds a control character or one that is not ASCII",
            }));
        }
        let mut digits = Digits::NONE;
        let holes = Holes::of(request.stamp, &mut digits);
        let signature = self.sign(request, holes.as_ref())?;
        let (template, mut room) = (self.in_header(), SHA1_ROOM);
        let signature = signature.spell(&mut room, &HEADER.end);
        let longest = longest(template, request, holes.as_ref(), &signature);
        make_room(out, longest + realm.map_or(0, |realm| 2 * realm.len() + 16));
        if let Some(realm) = realm {
            out.push_str(HEADER.begin);
            out.push_str("realm=\"");
            for character in realm.chars() {
                if matches!(character, '"' | '\\') {
                    out.push('\\');
                }
                out.push(character);
            }
            out.push_str("\", ");
        }
        let begin = if realm.is_some() { Begin::Name } else { Begin::Style };
        let place = Place { style: &HEADER, template, begin };
        write_protocol(&place, request, holes.as_ref(), &signature, out);
        Ok(())
    }

    /// Appends the protocol parameters, the signature last, to a query or a form body:
    /// `oauth_consumer_key=…&…&oauth_signature=…`.
    ///
    /// You can append to the request's own parameters: a `&` is added first where one is needed, as
    /// [`encode_pairs_into`](super::encode_pairs_into) does.
    ///
    /// # Errors
    ///
    /// The errors of [`signature`](Self::signature). Then nothing is appended.
    ///
    /// # Security
    ///
    /// The text contains the token. A query is stored in logs and caches, and browsers send it in
    /// `Referer`. Prefer the header, then the body.
    ///
    /// # Source
    ///
    /// RFC 5849 sections 3.5.2 and 3.5.3.
    pub fn parameters_into<K: AsRef<str>, V: AsRef<str>>(
        &self,
        request: &ToSign<'_, K, V>,
        out: &mut String,
    ) -> Result<(), Error> {
        let mut digits = Digits::NONE;
        let holes = Holes::of(request.stamp, &mut digits);
        let signature = self.sign(request, holes.as_ref())?;
        self.append_parameters(request, holes.as_ref(), &signature, out);
        Ok(())
    }

    /// Appends your pairs, encoded, and then the protocol parameters.
    ///
    /// The result is the whole form body, or what you append to the URL's own query, if all pairs of
    /// the request are in one place.
    ///
    /// # Errors
    ///
    /// The errors of [`signature`](Self::signature). Then nothing is appended.
    ///
    /// # Security
    ///
    /// As for [`parameters_into`](Self::parameters_into).
    pub fn signed_query_into<K: AsRef<str>, V: AsRef<str>>(
        &self,
        request: &ToSign<'_, K, V>,
        out: &mut String,
    ) -> Result<(), Error> {
        let mut digits = Digits::NONE;
        let holes = Holes::of(request.stamp, &mut digits);
        let signature = self.sign(request, holes.as_ref())?;
        encode_pairs_into(request.pairs, out);
        self.append_parameters(request, holes.as_ref(), &signature, out);
        Ok(())
    }

    fn append_parameters<K, V>(
        &self,
        request: &ToSign<'_, K, V>,
        holes: Option<&Holes<'_>>,
        signature: &Signature<'_>,
        out: &mut String,
    ) {
        let (template, mut room) = (self.in_form(), SHA1_ROOM);
        let signature = signature.spell(&mut room, &FORM.end);
        make_room(out, longest(template, request, holes, &signature) + 1);
        if needs_separator(out) {
            out.push('&');
        }
        let place = Place { style: &FORM, template, begin: Begin::Name };
        write_protocol(&place, request, holes, &signature, out);
    }
}

/// Room for everything that [`write_protocol`] may write, so that one reservation is enough. For a usual
/// request there is none to spare: a text that fills its memory becomes `Bytes`, and so a header's value,
/// without another allocation.
fn longest<K, V>(
    template: &Template,
    request: &ToSign<'_, K, V>,
    holes: Option<&Holes<'_>>,
    signature: &Spelled<'_>,
) -> usize {
    let further = request.protocol.iter();
    let further = further.map(|(name, value)| 3 * (name.len() + value.len()) + 8);
    let holes = holes.map_or(0, Holes::longest);
    template.len() + holes + further.sum::<usize>() + signature.longest()
}

/// A new text is made as long as it will be, which takes less than to let it grow.
#[inline]
fn make_room(out: &mut String, room: usize) {
    if out.capacity() == 0 {
        *out = String::with_capacity(room);
    } else {
        out.reserve(room);
    }
}

/// Where protocol parameters are written, and from where on.
struct Place<'a> {
    style: &'static Style,
    template: &'a Template,
    begin: Begin,
}

#[inline]
fn write_protocol<K, V>(
    Place { style, template, begin }: &Place<'_>,
    request: &ToSign<'_, K, V>,
    holes: Option<&Holes<'_>>,
    signature: &Spelled<'_>,
    out: &mut String,
) {
    template.write_all(out, holes, *begin, request.protocol.is_empty());
    if !request.protocol.is_empty() {
        for (name, value) in request.protocol {
            out.pair(&style.between, name, value, style);
        }
        template.write_signature(out);
    }
    signature.append_to(out);
}

/// The value of a header that HTTP libraries keep out of logs and of HPACK's table.
pub(crate) fn sensitive(text: String) -> Result<HeaderValue, Error> {
    let reason = "a parameter has a character that cannot stand in a header";
    let mut value = HeaderValue::try_from(text)
        .map_err(|_| Error::setup(ErrorKind::InvalidSetting { reason }))?;
    value.set_sensitive(true);
    Ok(value)
}
