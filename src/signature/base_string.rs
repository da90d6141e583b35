//! The signature base string, RFC 5849 section 3.4.1: what is signed.
//!
//! Floor 1. It is `METHOD & encoded URI & encoded parameters`, all parameters sorted into one list: the
//! query's, the form's and OAuth's own. The trap: `oauth_signature` is not among them, so that a signed
//! request gives the same base string again.
//!
//! Two sorted lists are merged: the template, which is sorted by its making, and all other
//! parameters. Names that begin with `oauth_` stand together in the order, so in nearly every request
//! the whole template is written at once; a caller's `oauth_x` still comes to its right place.

use std::cmp::Ordering;

use super::{
    ToSign,
    encode::{Decimal, ONCE_UPPER, Sink, Writer},
    params::{Order, compare},
    template::{BASE_STRING, NAMES, Template, Values},
};

/// Everything a base string is made of.
pub(super) struct BaseString<'a, K, V> {
    pub(super) request: &'a ToSign<'a, K, V>,
    pub(super) template: &'a Template,
    /// What the template was made from, with nonce and timestamp.
    pub(super) values: Values<'a>,
    pub(super) stamp: Option<(&'a str, &'a Decimal)>,
}

impl<K: AsRef<str>, V: AsRef<str>> BaseString<'_, K, V> {
    /// Writes it into `sink`.
    #[inline]
    pub(super) fn write<S: Sink>(&self, sink: S) -> S {
        let mut writer = Writer::new(sink);
        writer.encode(self.request.http_method.as_bytes(), &ONCE_UPPER);
        writer.raw(b"&");
        self.request.uri.write_encoded(&mut writer);
        writer.raw(b"&");
        self.write_parameters(&mut writer);
        writer.finish()
    }

    fn write_parameters<S: Sink>(&self, writer: &mut Writer<S>) {
        let own = self.request.pairs.len();
        let pair = |index: usize| match self.request.pairs.get(index) {
            Some((name, value)) => (name.as_ref(), value.as_ref()),
            None => *self.request.protocol.get(index - own).unwrap_or(&("", "")),
        };
        let order = Order::new(own + self.request.protocol.len(), pair);
        let mut empty = true;
        let mut next = 0;
        for index in order.iter() {
            let (name, value) = pair(index);
            if name == "oauth_signature" {
                continue;
            }
            let before = self.count_before(next, name, value);
            if before > next {
                self.write_template(writer, next..before, &mut empty);
                next = before;
            }
            if !empty {
                writer.raw(BASE_STRING.between.as_bytes());
            }
            empty = false;
            BASE_STRING.write_pair(writer, name, value);
        }
        self.write_template(writer, next..NAMES.len(), &mut empty);
    }

    /// How many of the template's parameters come before this one, `from` of which are known to.
    #[inline]
    fn count_before(&self, from: usize, name: &str, value: &str) -> usize {
        (from..NAMES.len())
            .find(|&index| {
                compare(NAMES[index], name)
                    .then_with(|| compare(self.values[index].unwrap_or(""), value))
                    != Ordering::Less
            })
            .unwrap_or(NAMES.len())
    }

    #[inline]
    fn write_template<S: Sink>(
        &self,
        writer: &mut Writer<S>,
        which: std::ops::Range<usize>,
        empty: &mut bool,
    ) {
        // The first of the template's parameters has no separator of its own, and is always there.
        if which.start == 0 && !*empty {
            writer.raw(BASE_STRING.between.as_bytes());
        }
        *empty = false;
        self.template.write(writer, which, self.stamp);
    }
}
