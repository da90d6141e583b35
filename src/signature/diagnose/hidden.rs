//! What of two base strings may be shown.

// The trap: a provider's base string can be wrong in any way, so a secret may stand in it under any name and in any
// place, and encoded more often than it should be.

use std::collections::BTreeSet;

use zeroize::Zeroizing;

use super::sent::shown_name;
use crate::signature::explain::{decode, masked};

/// What is written for a secret. It has no length, unlike the masks of an explanation.
pub(super) const MASKED: &str = "masked";
/// The longest URL that is shown, in characters.
const LONGEST_URL: usize = 300;
/// A secret that is as long as this, or has a `/`, is also looked for inside of a longer text.
const LONG_SECRET: usize = 8;

/// The secrets of a request, which must not be seen under any name.
pub(super) struct Hidden(Vec<Zeroizing<String>>);

impl Hidden {
    pub(super) fn new<'s>(secrets: impl Iterator<Item = &'s str>) -> Self {
        // A request may name one a thousand times.
        let secrets: BTreeSet<&str> = secrets.filter(|secret| !secret.is_empty()).collect();
        Self(secrets.into_iter().map(|secret| Zeroizing::new(secret.to_owned())).collect())
    }

    /// Whether the text is a secret, or has one in it, encoded up to twice.
    pub(super) fn hides(&self, text: &str) -> bool {
        let once = decode(text);
        let twice = decode(&once);
        let is_in = |text: &str| {
            self.0.iter().any(|secret| {
                text == secret.as_str()
                    || (secret.len() >= LONG_SECRET || secret.contains('/'))
                        && text.contains(secret.as_str())
            })
        };
        is_in(text) || is_in(&once) || is_in(&twice)
    }

    /// A parameter's name as it may be shown.
    pub(super) fn name(&self, name: &str) -> String {
        if self.hides(name) { MASKED.to_owned() } else { shown_name(name) }
    }

    /// Two values of one name as they may be shown.
    pub(super) fn values(&self, name: &str, theirs: &str, ours: &str) -> (String, String) {
        // In the place of a secret there is probably another one, which is not known.
        let is_hidden = self.hides(theirs) || self.hides(ours);
        let shown = |value: &str| {
            if is_hidden {
                return MASKED.to_owned();
            }
            if *decode(name) == "oauth_callback" {
                let marks = ["%3F", "%3f", "?"];
                let end = marks.iter().filter_map(|mark| value.find(mark)).min();
                return match end.and_then(|end| value.get(..end)) {
                    Some(address) => format!("{address}%3F{MASKED}"),
                    None => value.to_owned(),
                };
            }
            let shown = masked(name, value);
            if shown == value { value.to_owned() } else { MASKED.to_owned() }
        };
        (shown(theirs), shown(ours))
    }

    /// Two URLs as they may be shown, from the parts of base strings.
    pub(super) fn urls(&self, theirs: &str, ours: &str) -> (String, String) {
        let (mut theirs, mut ours) = (segments(theirs), segments(ours));
        // Then no segment of one is in the same place as in the other, behind a secret that may have been decoded.
        let are_shifted = theirs.len() != ours.len();
        // Each takes a character at least.
        theirs.truncate(LONGEST_URL);
        ours.truncate(LONGEST_URL);
        let is_hidden = |segments: &[String], at: usize| {
            segments.get(at).is_some_and(|segment| self.hides(segment))
        };
        let mut was_hidden = false;
        for at in 0..theirs.len().max(ours.len()) {
            // In the place of a secret there is probably another one, which is not known.
            if is_hidden(&theirs, at) || is_hidden(&ours, at) || are_shifted && was_hidden {
                was_hidden = true;
                for segments in [&mut theirs, &mut ours] {
                    if let Some(segment) = segments.get_mut(at) {
                        MASKED.clone_into(segment);
                    }
                }
            }
        }
        // A secret with a `/` is in no segment alone.
        if [&theirs, &ours].iter().any(|segments| self.hides(&segments[1..].join("/"))) {
            for segments in [&mut theirs, &mut ours] {
                segments.splice(1.., [MASKED.to_owned()]);
            }
        }
        let shown = |segments: Vec<String>| segments.join("/").chars().take(LONGEST_URL).collect();
        (shown(theirs), shown(ours))
    }
}

/// Scheme and host, then the segments of the path. User information, a query and a fragment are left out, also if
/// they were encoded too often.
fn segments(encoded: &str) -> Vec<String> {
    let mut url = decode(encoded);
    for _ in 0..2 {
        if !url.contains("://") {
            url = decode(&url);
        }
    }
    let unreadable = || vec!["(unreadable)".to_owned()];
    let Some((scheme, rest)) = url.split_once("://") else { return unreadable() };
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return unreadable();
    }
    let lower = rest.to_ascii_lowercase();
    let end = ["?", "#", "%3f", "%23", "%253f", "%2523"].iter().filter_map(|mark| lower.find(mark));
    let rest = end.min().and_then(|end| rest.get(..end)).unwrap_or(rest);
    let mut segments = rest.split(['/', '\\']);
    let host = segments.next().unwrap_or_default();
    let host = decode(&decode(host));
    let host = host.rsplit('@').next().unwrap_or_default();
    let mut all = vec![format!("{scheme}://{host}")];
    all.extend(segments.map(ToOwned::to_owned));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(theirs: &str, ours: &str, shown: (&str, &str)) {
        let hidden = Hidden::new(["Ab/cd3fGh1jKl", "x/y"].into_iter());
        let encode = crate::signature::encode::percent_encode;
        let urls = hidden.urls(&encode(theirs), &encode(ours));
        assert_eq!((urls.0.as_str(), urls.1.as_str()), shown, "{theirs} {ours}");
    }

    /// A token with a `/` is one segment where it was sent, and several where the path was decoded.
    #[test]
    fn a_token_with_a_slash_is_hidden_in_each_of_its_segments() {
        let ours = "https://p.example/revoke/Ab%2Fcd3fGh1jKl";
        check(
            "https://p.example/revoke/Ab/cd3fGh1jKl",
            ours,
            ("https://p.example/revoke/masked/masked", "https://p.example/revoke/masked"),
        );
        // Another token, which is not known.
        check(
            "https://p.example/revoke/Zy/wv3uTs1rQp",
            ours,
            ("https://p.example/revoke/masked/masked", "https://p.example/revoke/masked"),
        );
        // In no segment of either, and a short one.
        for token in ["Ab/cd3fGh1jKl", "x/y"] {
            check(
                &format!("http://p.example/revoke/{token}/z"),
                "https://p.example/revoke/other",
                ("http://p.example/masked", "https://p.example/masked"),
            );
        }
        // Only where a segment was added or lost does one stand beside the wrong one.
        check(
            "http://p.example/Ab%2Fcd3fGh1jKl/b",
            "http://p.example/Ab%2Fcd3fGh1jKl/c",
            ("http://p.example/masked/b", "http://p.example/masked/c"),
        );
        check(
            "http://p.example/a/b",
            "http://p.example/b",
            ("http://p.example/a/b", "http://p.example/b"),
        );
    }
}
