//! The signature base string, RFC 5849 section 3.4.1: what is signed.
//!
//! Two sorted lists are merged: the template, which is sorted by its making, and all other
//! parameters. Names that begin with `oauth_` stand together in the order, so in nearly every request
//! the whole template is written at once; a caller's `oauth_x` still comes to its right place.

// It is `METHOD & encoded URI & encoded parameters`, all parameters sorted into one list: the
// query's, the form's and OAuth's own. The trap: `oauth_signature` is not among them, so that a signed
// request gives the same base string again.

use std::cmp::Ordering;

use zeroize::Zeroizing;

use super::{
    cursor::Mark,
    encode::ONCE_UPPER,
    identity::Identity,
    order::{Order, compare},
    params::Pair,
    style::BASE_STRING,
    template::{Begin, Holes, NAMES, Template},
    to_sign::ToSign,
    writer::{Count, Out, Sink, Writer},
};

/// How all of [`NAMES`] begin.
const PREFIX: &str = "oauth_";

/// Everything a base string is made of.
pub(super) struct BaseString<'a, K, V> {
    pub(super) identity: &'a Identity,
    pub(super) template: &'a Template,
    pub(super) request: &'a ToSign<'a, K, V>,
    /// The pairs of the URL's own query.
    pub(super) query: &'a [Pair<'a>],
    pub(super) holes: Option<&'a Holes<'a>>,
}

impl<'a, K: AsRef<str>, V: AsRef<str>> BaseString<'a, K, V> {
    /// Writes it into `sink`, and gives what that makes of it.
    #[inline]
    pub(super) fn write<S: Sink>(&self, sink: S) -> S::Output {
        let mut writer = Writer::new(sink);
        writer.encode(self.request.http_method, &ONCE_UPPER);
        self.request.uri.write_encoded(&mut writer);
        self.write_parameters(&mut writer);
        writer.finish()
    }

    /// The whole of it, for a signer of the caller's own or an explanation. It may hold a verifier, so
    /// it is zeroized on drop, and measured first: growing would leave copies behind.
    pub(super) fn to_text(&self) -> Zeroizing<String> {
        let length = self.write(Count::default());
        let mut text = Zeroizing::new(String::with_capacity(length));
        self.write(&mut *text);
        text
    }

    #[inline]
    fn write_parameters(&self, out: &mut impl Out) {
        let (pairs, query, protocol) = (self.request.pairs, self.query, self.request.protocol);
        let pair = |index: usize| match pairs.get(index) {
            Some((name, value)) => (name.as_ref(), value.as_ref()),
            None => match query.get(index - pairs.len()) {
                Some((name, value)) => (&**name, &**value),
                None => *protocol.get(index - pairs.len() - query.len()).unwrap_or(&("", "")),
            },
        };
        let count = pairs.len().saturating_add(query.len()).saturating_add(protocol.len());
        let order = Order::new(count, pair);
        let mut empty = true;
        let mut next = 0;
        for place in 0..count {
            let (name, value) = pair(order.at(place));
            if next < NAMES.len() {
                let before = self.count_before(next, name, value);
                if before > next {
                    self.write_template(out, next..before, empty);
                    empty = false;
                    next = before;
                }
            }
            if name == "oauth_signature" {
                continue;
            }
            out.pair(
                if empty { &Mark::NONE } else { &BASE_STRING.between },
                name,
                value,
                &BASE_STRING,
            );
            empty = false;
        }
        if next < NAMES.len() {
            self.write_template(out, next..NAMES.len(), empty);
        }
    }

    /// Returns how many of the template's parameters come before this one, `from` of which are known to.
    #[inline]
    fn count_before(&self, from: usize, name: &str, value: &str) -> usize {
        // A name that is not OAuth's comes before all of these or after all; mostly its first
        // letter tells.
        match name.as_bytes() {
            [b'o', ..] => self.count_before_o(from, name, value),
            _ if compare(PREFIX, name) == Ordering::Less => NAMES.len(),
            _ => from,
        }
    }

    #[inline(never)]
    fn count_before_o(&self, from: usize, name: &str, value: &str) -> usize {
        if !name.starts_with(PREFIX) {
            let after = compare(PREFIX, name) == Ordering::Less;
            return if after { NAMES.len() } else { from };
        }
        let mut index = from;
        while index < NAMES.len()
            && compare(NAMES[index], name).then_with(|| compare(self.value(index), value))
                == Ordering::Less
        {
            index += 1;
        }
        index
    }

    /// Asked for only if a caller gives a parameter of the same name.
    #[cold]
    fn value(&self, index: usize) -> &'a str {
        let of = |holes: &'a Holes<'a>| (holes.nonce, holes.timestamp);
        let (nonce, timestamp) = self.holes.map_or(("", ""), of);
        self.identity.values(nonce, timestamp)[index].unwrap_or("")
    }

    #[inline(never)]
    fn write_template(&self, out: &mut impl Out, which: std::ops::Range<usize>, empty: bool) {
        // The first of the template's parameters has no separator of its own, and is always there.
        if which.start == 0 && !empty {
            out.raw(BASE_STRING.between.text);
        }
        out.pause();
        if which == (0..NAMES.len()) {
            self.template.write_all(out, self.holes, Begin::Style, true);
        } else {
            self.template.write(out, which, self.holes);
        }
    }
}
