//! RSA signatures checked with a public key: RFC 8017 section 8.2.2, as plainly as it reads.

// By hand, because a crate for it would be a dozen packages in every test that uses the sandbox. Only public
// values go through it, so it need not hide how long it takes.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha1::{Digest, Sha1};
use sha2::Sha256;

use crate::naive::SignatureMethod;

/// Largest modulus that is used, in bytes: 8192 bits.
const MOST: usize = 1024;
/// Smallest, which holds a hash and what stands around it.
const LEAST: usize = 64;

/// The public key with which an application is registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl PublicKey {
    /// Reads a key as `openssl pkey -pubout` writes it; `None` if it is something else.
    pub(crate) fn from_pem(text: &str) -> Option<Self> {
        let (_, rest) = text.split_once("-----BEGIN PUBLIC KEY-----")?;
        let (inner, _) = rest.split_once("-----END PUBLIC KEY-----")?;
        let der = STANDARD.decode(inner.split_ascii_whitespace().collect::<String>()).ok()?;
        // SubjectPublicKeyInfo: the algorithm, and a bit string with the two numbers in it.
        let (outer, _) = element(0x30, &der)?;
        let (_algorithm, rest) = element(0x30, outer)?;
        let (bits, _) = element(0x03, rest)?;
        let (numbers, _) = element(0x30, bits.strip_prefix(&[0])?)?;
        let (modulus, rest) = element(0x02, numbers)?;
        let (exponent, _) = element(0x02, rest)?;
        let without_zeros =
            |bytes: &[u8]| bytes.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<u8>>();
        let key = Self { modulus: without_zeros(modulus), exponent: without_zeros(exponent) };
        let is_odd = key.modulus.last().is_some_and(|last| last % 2 == 1);
        let sizes =
            (LEAST..=MOST).contains(&key.modulus.len()) && (1..=4).contains(&key.exponent.len());
        (is_odd && sizes).then_some(key)
    }

    /// Returns whether the owner of the private key has signed the text; `signature` is in base64.
    pub(crate) fn has_signed(&self, method: SignatureMethod, text: &str, signature: &str) -> bool {
        // DigestInfo of RFC 8017 section 9.2, note 1.
        let (prefix, hash): (&[u8], Vec<u8>) = match method {
            SignatureMethod::RsaSha1 => (
                &[
                    0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00,
                    0x04, 0x14,
                ],
                Sha1::digest(text).to_vec(),
            ),
            SignatureMethod::RsaSha256 => (
                &[
                    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
                    0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
                ],
                Sha256::digest(text).to_vec(),
            ),
            _ => return false,
        };
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        let length = self.modulus.len();
        if signature.len() != length || signature >= self.modulus {
            return false;
        }
        let filling = length - 3 - prefix.len() - hash.len();
        let expected =
            [&[0, 1], vec![0xff; filling].as_slice(), &[0], prefix, hash.as_slice()].concat();
        self.power(&signature) == expected
    }

    /// `base` to the power of the exponent, modulo the modulus, as long as the modulus.
    fn power(&self, base: &[u8]) -> Vec<u8> {
        let modulus = Modulus::new(limbs(&self.modulus));
        let mut base = limbs(base);
        base.resize(modulus.limbs.len(), 0);
        let base = modulus.times(&base, &modulus.radix_squared);
        let mut result = modulus.radix.clone();
        for byte in &self.exponent {
            for bit in (0..8).rev() {
                result = modulus.times(&result, &result);
                if byte >> bit & 1 == 1 {
                    result = modulus.times(&result, &base);
                }
            }
        }
        let mut one = vec![0; modulus.limbs.len()];
        one[0] = 1;
        let result = modulus.times(&result, &one);
        let bytes: Vec<u8> = result.iter().rev().flat_map(|limb| limb.to_be_bytes()).collect();
        bytes[bytes.len() - self.modulus.len()..].to_vec()
    }
}

/// The content of the DER element of that kind at the beginning, and what follows it.
fn element(kind: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&first, rest) = der.strip_prefix(&[kind])?.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let count = usize::from(first & 0x7f);
        if !(1..=2).contains(&count) {
            return None;
        }
        let (bytes, rest) = rest.split_at_checked(count)?;
        (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
    };
    rest.split_at_checked(length)
}

/// A number in pieces of 32 bits, the lowest first.
fn limbs(bytes: &[u8]) -> Vec<u32> {
    bytes
        .rchunks(4)
        .map(|chunk| chunk.iter().fold(0, |limb, byte| limb << 8 | u32::from(*byte)))
        .collect()
}

/// An odd modulus, for Montgomery's multiplication (Handbook of Applied Cryptography, 14.3.2). All numbers
/// have as many pieces as the modulus; the radix is 2 to the power of their bits.
struct Modulus {
    limbs: Vec<u32>,
    /// What the lowest piece has to be multiplied by to become -1.
    inverse: u32,
    radix: Vec<u32>,
    radix_squared: Vec<u32>,
}

impl Modulus {
    fn new(limbs: Vec<u32>) -> Self {
        let lowest = limbs[0];
        // Each round doubles the bits that are right; the first three are at the start.
        let inverse = (0..4).fold(lowest, |inverse, _| {
            inverse.wrapping_mul(2_u32.wrapping_sub(lowest.wrapping_mul(inverse)))
        });
        let mut one = vec![0; limbs.len()];
        one[0] = 1;
        let bits = 32 * limbs.len();
        let double =
            |number: Vec<u32>| (0..bits).fold(number, |number, _| doubled(&number, &limbs));
        let radix = double(one);
        let radix_squared = double(radix.clone());
        Self { inverse: inverse.wrapping_neg(), radix, radix_squared, limbs }
    }

    /// `a * b / radix`, modulo the modulus.
    fn times(&self, a: &[u32], b: &[u32]) -> Vec<u32> {
        let length = self.limbs.len();
        let mut total = vec![0_u32; length];
        // The piece above the highest.
        let mut top = 0_u64;
        for limb in b {
            let mut carry = 0;
            for (at, total) in total.iter_mut().enumerate() {
                let sum = u64::from(a[at]) * u64::from(*limb) + u64::from(*total) + carry;
                *total = low_half(sum);
                carry = sum >> 32;
            }
            top += carry;
            // So many times the modulus make the lowest piece zero, which then falls off.
            let times = total[0].wrapping_mul(self.inverse);
            let mut carry = 0;
            for at in 0..length {
                let sum =
                    u64::from(self.limbs[at]) * u64::from(times) + u64::from(total[at]) + carry;
                if at > 0 {
                    total[at - 1] = low_half(sum);
                }
                carry = sum >> 32;
            }
            top += carry;
            total[length - 1] = low_half(top);
            top >>= 32;
        }
        reduced(total, top > 0, &self.limbs)
    }
}

/// `2 * number`, modulo the modulus.
fn doubled(number: &[u32], modulus: &[u32]) -> Vec<u32> {
    let mut carry = 0;
    let total = number.iter().map(|limb| {
        let doubled = limb << 1 | carry;
        carry = limb >> 31;
        doubled
    });
    let total = total.collect();
    reduced(total, carry > 0, modulus)
}

/// Less the modulus, if the number is as large. `carry`: it has one more bit.
fn reduced(mut number: Vec<u32>, carry: bool, modulus: &[u32]) -> Vec<u32> {
    if carry || number.iter().rev().ge(modulus.iter().rev()) {
        let mut borrow = 0;
        for (limb, less) in number.iter_mut().zip(modulus) {
            let (first, under) = limb.overflowing_sub(*less);
            let (second, again) = first.overflowing_sub(borrow);
            *limb = second;
            borrow = u32::from(under || again);
        }
    }
    number
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is what is wanted")]
fn low_half(number: u64) -> u32 {
    number as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with `openssl genrsa 2048`, and signed with `openssl dgst -sign`.
    const PEM: &str = include_str!("rsa_test_key.pem");

    #[test]
    fn a_signature_of_openssls_holds_and_a_changed_one_does_not() {
        let key = PublicKey::from_pem(PEM).unwrap();
        for (method, signature) in
            [(SignatureMethod::RsaSha1, SHA1), (SignatureMethod::RsaSha256, SHA256)]
        {
            assert!(key.has_signed(method, "GET&http%3A%2F%2Fexample.com&a%3Db", signature));
            assert!(!key.has_signed(method, "GET&http%3A%2F%2Fexample.com&a%3Dc", signature));
            let changed = signature.replacen(&signature[..1], "A", 1);
            assert!(!key.has_signed(method, "GET&http%3A%2F%2Fexample.com&a%3Db", &changed));
        }
        assert!(!key.has_signed(
            SignatureMethod::RsaSha1,
            "GET&http%3A%2F%2Fexample.com&a%3Db",
            SHA256
        ));
        assert!(!key.has_signed(SignatureMethod::RsaSha1, "x", ""));
    }

    #[test]
    fn what_is_no_public_key_is_not_read() {
        for text in [
            "",
            "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
            "-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----",
            "-----BEGIN PUBLIC KEY-----\nMIL/\n-----END PUBLIC KEY-----",
        ] {
            assert_eq!(PublicKey::from_pem(text), None, "{text}");
        }
        // A key that is cut short anywhere.
        let (start, rest) = PEM.split_once('\n').unwrap();
        for cut in 0..rest.find("-----END").unwrap() {
            let cut = format!("{start}\n{}\n-----END PUBLIC KEY-----", &rest[..cut]);
            let _ = PublicKey::from_pem(&cut);
        }
    }

    const SHA1: &str = "Yyi771HlEf8jIGPgXv4kZeuJRgWISn/3mI+eNpmcjGI8xXaTBD1QbdtwpstaLSXcbxDOTVq4pKTVdjBG\
        Rm13jj5GqSCiNxCiLWKi3u3R/6sPzKdRdv/gUyJZZ+ztWU/6z3BRF2ngfDuIvGOXqmebMDJzMNgCRnIY\
        TNygVMVVuG2h7wMxK32sL4viBWYpznsql/Rep1DF5Blr+Inn58IUjAm0afwOZRH0WpQyQslgYUcgJ+Fr\
        NQRhg+LuA8EuYVM60IfRbq0NEEUD0qoz7xwoLNl+xwE73XXQeZkO1ARENFz0toG4LXKHPoutVWyLHftj\
        FvjI8qI7gwQYrxjImvD8mQ==";
    const SHA256: &str = "VCuT9orGr9sUyAnoEJYE6S6A1oKR5gUojSF9bBuUMs8v8nF7K9pWvz2oMFUgVAn1kajmhJ5Mhn62hTkq\
        /XMLue1o/tnUAalDhkdsgg20t/VpLak6Ww0fwSuRk+TqfoEhzEfx6hAdpWElVhBx32wIQylEi9Sops7+\
        gszBngVvEMgXJEumYRkKuPsL844d4AWQDo3YbUs1JjD0GUARvo98Js+zW7qRSABnPORp5tcgpEX1l1eh\
        dBcwopOfyTqvXiShqOhJpIt7YrjhL5Bo0yltLjELLrqyAZ3ZLlLAuu0ZpVUYKqHfcOzYb9saJJPX3im9\
        kJ5pWmmldhcEDcqEvl48FA==";
}
