//! OAuth 1.0a signing once more, by the letter of RFC 5849 and with no code of the crate: encode into
//! strings, sort them, join them, encode the whole, HMAC.
//!
//! The sandbox has another one, by which it judges requests. Both exist because a mistake in one must not hide in the
//! other: with this signer the tests say what a request has to be, also where no sandbox takes part, as with a scripted
//! transport, and in the doctor's tests. The sandbox's is private to it, and uses crates for Base64 and all methods.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

pub(crate) fn encode(text: &str) -> String {
    let mut out = String::new();
    for &byte in text.as_bytes() {
        if byte.is_ascii_alphanumeric() || "-._~".contains(char::from(byte)) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").unwrap();
        }
    }
    out
}

fn decode(text: &str, plus_is_space: bool) -> String {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' if plus_is_space => out.push(b' '),
            b'%' => {
                let hex = String::from_utf8(vec![bytes.next().unwrap(), bytes.next().unwrap()]);
                out.push(u8::from_str_radix(&hex.unwrap(), 16).unwrap());
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8(out).unwrap()
}

/// The base string for all parameters of a request, protocol parameters included.
pub(crate) fn base_string(method: &str, base_uri: &str, all: &[(&str, &str)]) -> String {
    let mut encoded: Vec<(String, String)> = all
        .iter()
        .filter(|(name, _)| *name != "oauth_signature")
        .map(|(name, value)| (encode(name), encode(value)))
        .collect();
    encoded.sort();
    let joined: Vec<String> = encoded.into_iter().map(|(n, v)| n + "=" + &v).collect();
    let method = encode(&method.to_ascii_uppercase());
    format!("{method}&{}&{}", encode(base_uri), encode(&joined.join("&")))
}

pub(crate) fn hmac_sha1(consumer_secret: &str, token_secret: &str, text: &str) -> Vec<u8> {
    let key = format!("{}&{}", encode(consumer_secret), encode(token_secret));
    let mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).unwrap();
    mac.chain_update(text).finalize().into_bytes().to_vec()
}

/// Base64, bit by bit.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = bytes.iter().flat_map(|b| (0..8).rev().map(move |i| b >> i & 1)).collect();
    let mut out: String = bits
        .chunks(6)
        .map(|six| (0..6).fold(0, |n, i| n * 2 + six.get(i).copied().unwrap_or(0)))
        .map(|n| char::from(ALPHABET[usize::from(n)]))
        .collect();
    while out.len() % 4 != 0 {
        out.push('=');
    }
    out
}

/// Reads a form or a query that must be well-formed.
pub(crate) fn read_form(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let (name, value) = piece.split_once('=').unwrap();
            (decode(name, true), decode(value, true))
        })
        .collect()
}

/// Reads an `Authorization` value that must be well-formed: the realm and the parameters.
pub(crate) fn read_header(text: &str) -> (Option<String>, Vec<(String, String)>) {
    // A header line is visible ASCII and spaces; anything else could end it.
    assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{text}");
    let mut rest = text.strip_prefix("OAuth ").unwrap();
    let mut realm = None;
    let mut parameters = Vec::new();
    loop {
        let (name, after) = rest.split_once("=\"").unwrap();
        assert!(!name.contains(['"', ',', ' ', '\\']), "{text}");
        let mut value = String::new();
        let mut characters = after.char_indices();
        let end = loop {
            match characters.next().unwrap() {
                (at, '"') => break at,
                (_, '\\') => value.push(characters.next().unwrap().1),
                (_, character) => value.push(character),
            }
        };
        if name == "realm" {
            assert!(parameters.is_empty() && realm.is_none());
            realm = Some(value);
        } else {
            parameters.push((decode(name, false), decode(&value, false)));
        }
        rest = &after[end + 1..];
        match rest.strip_prefix(", ") {
            Some(next) => rest = next,
            None => break,
        }
    }
    assert_eq!(rest, "");
    (realm, parameters)
}
