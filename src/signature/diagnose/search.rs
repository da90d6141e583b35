//! The search for the mistakes that give a signature, fewest first.

// All sets of one size are tried before any of the next, so that no set has a mistake too many. Sets of base strings
// and sets of keys are told apart: a text is written once for all keys, and a key made ready once for all texts.

use std::fmt;

use super::{
    hypothesis::Subject,
    key::{Hash, Keyed, Method, Secrets},
    mistake::{Dimension, Mistake},
    observed::Observed,
};

/// What was found: every smallest set of mistakes that gives the signature.
pub(super) struct Found {
    pub(super) sets: Vec<Vec<Mistake>>,
    /// How many signatures were compared.
    pub(super) tried: usize,
}

/// Why no signature was compared.
///
/// # Examples
///
/// ```
/// use tripod::signature::diagnose::{Diagnosis, NotCompared, Verdict};
///
/// /// Whether another secret could explain the signature, so that it is worth asking for one.
/// fn needs_another_secret(diagnosis: &Diagnosis) -> bool {
///     matches!(diagnosis.verdict(), Verdict::Unknown { not_compared: None, .. })
/// }
///
/// assert!(NotCompared::Length.to_string().contains("it was cut off"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotCompared {
    /// The request's method is not an HMAC or PLAINTEXT: its signatures cannot be made again from a secret.
    Method,
    /// The signature is not as long as those of any method: it was cut off, or changed when it was copied.
    Length,
    /// The signature is one of HMAC-SHA256 or HMAC-SHA512, and the program was built without the feature `hmac-sha2`.
    Feature,
}

impl fmt::Display for NotCompared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Method => {
                "signatures of this method cannot be made again from a secret; compare base strings"
            }
            Self::Length => {
                "it is not as long as the signatures of a known method; it was cut off, or changed when it was copied"
            }
            Self::Feature => {
                "it is one of HMAC-SHA256 or HMAC-SHA512, and this program was built without the feature `hmac-sha2` of `tripod`"
            }
        })
    }
}

pub(super) struct Search<'s> {
    pub(super) subject: &'s Subject<'s>,
    pub(super) secrets: &'s Secrets,
    pub(super) method: Method,
    pub(super) most: usize,
}

/// One reading of the signature, and what is wrong with the value and the hash.
struct Candidate<'o> {
    of: &'o Observed,
    hash: Option<Hash>,
    mistakes: Vec<Mistake>,
}

/// The mistakes of keys; those of the value and the hash are read from the signature.
fn is_of_key(dimension: Dimension) -> bool {
    matches!(dimension, Dimension::Consumer | Dimension::Token | Dimension::Joining)
}

fn is_of_value(dimension: Dimension) -> bool {
    matches!(dimension, Dimension::Hash | Dimension::Value)
}

impl Search<'_> {
    pub(super) fn run(&self, observed: &[Observed]) -> Found {
        let candidates = self.candidates(observed);
        let (of_key, of_text) = self.possible();
        let mut found = Found { sets: Vec::new(), tried: 0 };
        for size in 0..=self.most {
            for rest in 0..=size {
                let now: Vec<&Candidate<'_>> = candidates
                    .iter()
                    .filter(|candidate| candidate.mistakes.len() == size - rest)
                    .collect();
                if !now.is_empty() {
                    self.try_sets(rest, &of_key, &of_text, &now, &mut found);
                }
            }
            if !found.sets.is_empty() {
                break;
            }
        }
        found.sets.sort();
        found.sets.dedup();
        found
    }

    /// What is wrong with a signature that is read so, and the hash with which it was made.
    fn candidates<'o>(&self, observed: &'o [Observed]) -> Vec<Candidate<'o>> {
        let mut found = Vec::new();
        for of in observed {
            let mut add = |hash, mistake: Option<Mistake>| {
                let mistakes = of.mistake.into_iter().chain(mistake).collect();
                found.push(Candidate { of, hash, mistakes });
            };
            let hash = of.bytes.as_ref().and_then(|bytes| Hash::of_length(bytes.len()));
            match self.method {
                Method::Plaintext => add(None, None),
                Method::Hmac(_) => add(None, Some(Mistake::KeyAsSignature)),
            }
            if let Some(hash) = hash.filter(|hash| Keyed::has(*hash)) {
                let is_named = self.method == Method::Hmac(hash);
                add(Some(hash), (!is_named).then(|| hash.mistake()));
            }
        }
        found
    }

    /// Why nothing but keys can be compared with the signature.
    pub(super) fn not_compared(&self, observed: &[Observed]) -> Option<NotCompared> {
        let lengths = observed.iter().filter_map(|of| of.bytes.as_ref().map(Vec::len));
        let hashes: Vec<Hash> = lengths.filter_map(Hash::of_length).collect();
        match self.method {
            Method::Plaintext => None,
            Method::Hmac(_) if hashes.is_empty() => Some(NotCompared::Length),
            Method::Hmac(_) if hashes.iter().any(|hash| Keyed::has(*hash)) => None,
            Method::Hmac(_) => Some(NotCompared::Feature),
        }
    }

    /// The mistakes that this request and these secrets leave room for: of keys, and of base strings.
    pub(super) fn possible(&self) -> (Vec<Mistake>, Vec<Mistake>) {
        Mistake::ALL
            .iter()
            .filter(|mistake| !is_of_value(mistake.dimension()))
            .filter(|mistake| self.subject.allows(**mistake) && self.secrets.allows(**mistake))
            .partition(|mistake| is_of_key(mistake.dimension()))
    }

    /// The mistakes that a search tries. Those of the value and the hash are read from the signature.
    pub(super) fn tried(&self, observed: &[Observed]) -> Vec<Mistake> {
        let (of_key, of_text) = self.possible();
        // Where each candidate is the key itself, no base string is compared.
        let has_hash = self.candidates(observed).iter().any(|candidate| candidate.hash.is_some());
        let of_text = if has_hash { of_text } else { Vec::new() };
        let of_value =
            Mistake::ALL.iter().copied().filter(|mistake| is_of_value(mistake.dimension()));
        let mut tried: Vec<Mistake> = of_key.into_iter().chain(of_text).chain(of_value).collect();
        tried.sort_unstable();
        tried
    }

    /// Tries every set of `size` mistakes in keys and base strings.
    fn try_sets(
        &self,
        size: usize,
        of_key: &[Mistake],
        of_text: &[Mistake],
        candidates: &[&Candidate<'_>],
        found: &mut Found,
    ) {
        for key_size in 0..=size {
            // Nothing of the request is in a signature that is the key itself.
            let with_text = key_size < size;
            let candidates: Vec<&Candidate<'_>> =
                candidates.iter().copied().filter(|one| one.hash.is_some() || !with_text).collect();
            if candidates.is_empty() {
                continue;
            }
            let keys = self.keys(key_size, of_key, &candidates);
            if keys.is_empty() {
                continue;
            }
            sets(of_text, size - key_size, &mut |text_set| {
                let text = self.subject.base_string(text_set);
                for (key_set, key, keyed) in &keys {
                    for candidate in &candidates {
                        found.tried += 1;
                        let is_it = match (candidate.hash, &candidate.of.bytes) {
                            (None, _) => **key == *candidate.of.text,
                            (Some(hash), Some(bytes)) => keyed
                                .iter()
                                .any(|(of, keyed)| *of == hash && keyed.is(&text, bytes)),
                            (Some(_), None) => false,
                        };
                        if is_it {
                            let mut set = [key_set, text_set, &candidate.mistakes[..]].concat();
                            set.sort_unstable();
                            found.sets.push(set);
                        }
                    }
                }
            });
        }
    }

    /// The keys with so many mistakes, ready for the hashes that are needed.
    fn keys(&self, size: usize, of_key: &[Mistake], candidates: &[&Candidate<'_>]) -> Vec<Key> {
        let mut hashes: Vec<Hash> = candidates.iter().filter_map(|one| one.hash).collect();
        hashes.dedup();
        let mut keys = Vec::new();
        sets(of_key, size, &mut |set| {
            let key = self.secrets.key(&self.subject.reading, set);
            let keyed =
                hashes.iter().filter_map(|hash| Some((*hash, Keyed::new(*hash, &key)?))).collect();
            keys.push((set.to_vec(), key, keyed));
        });
        keys
    }

    /// Every smallest set of mistakes with which a signer would make this base string.
    pub(super) fn sets_of(&self, text: &str) -> Vec<Vec<Mistake>> {
        let (_, of_text) = self.possible();
        let mut found = Vec::new();
        for size in 0..=self.most {
            sets(&of_text, size, &mut |set| {
                if *self.subject.base_string(set) == text {
                    found.push(set.to_vec());
                }
            });
            if !found.is_empty() {
                break;
            }
        }
        found
    }
}

type Key = (Vec<Mistake>, zeroize::Zeroizing<String>, Vec<(Hash, Keyed)>);

/// Calls `each` with every set of `size` mistakes of different dimensions.
fn sets(possible: &[Mistake], size: usize, each: &mut impl FnMut(&[Mistake])) {
    fn extend(
        possible: &[Mistake],
        size: usize,
        set: &mut Vec<Mistake>,
        each: &mut impl FnMut(&[Mistake]),
    ) {
        if set.len() == size {
            return each(set);
        }
        for (index, mistake) in possible.iter().enumerate() {
            if set.iter().any(|other| other.dimension() == mistake.dimension()) {
                continue;
            }
            set.push(*mistake);
            extend(possible.get(index + 1..).unwrap_or_default(), size, set, each);
            set.pop();
        }
    }
    extend(possible, size, &mut Vec::with_capacity(size), each);
}
