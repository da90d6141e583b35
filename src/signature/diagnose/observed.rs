//! What the signature that was sent may be: the bytes of an HMAC, read in each way that is known to occur.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use zeroize::Zeroizing;

use super::{mistake::Mistake, sent::decode};

/// One way to read the signature.
pub(super) struct Observed {
    /// As text, decoded for its place: for PLAINTEXT, the key.
    pub(super) text: Zeroizing<String>,
    /// The bytes, if it is an encoding of some.
    pub(super) bytes: Option<Vec<u8>>,
    /// What is wrong with the value if it is read so.
    pub(super) mistake: Option<Mistake>,
}

/// Every way to read a signature, from the text as it stands in its place.
pub(super) fn readings(raw: &str) -> Vec<Observed> {
    let decoded = Zeroizing::new(decode(raw, false).into_owned());
    let is_raw = raw.contains(['+', '/', '=', '&']);
    let mut texts: Vec<(Zeroizing<String>, Option<Mistake>)> =
        vec![(decoded.clone(), is_raw.then_some(Mistake::SignatureRaw))];
    if is_raw && *decoded != raw {
        // A key has `%` of its own.
        texts.push((raw.to_owned().into(), Some(Mistake::SignatureRaw)));
    }
    if decoded.contains(' ') {
        let text = decoded.replace(' ', "+").into();
        texts.push((text, Some(Mistake::SignaturePlusAsSpace)));
    }
    let trimmed = decoded.trim_end_matches(['\r', '\n']);
    if trimmed.len() < decoded.len() {
        texts.push((trimmed.to_owned().into(), Some(Mistake::SignatureLineBreak)));
    }
    // Encoding leaves none of the others.
    if decoded.contains('%') && !decoded.contains(['+', '/', '=', '&', ' ']) {
        let text = decode(&decoded, false).into_owned().into();
        texts.push((text, Some(Mistake::SignatureEncodedTwice)));
    }
    let mut found: Vec<Observed> = Vec::new();
    for (text, mistake) in texts {
        let standard = STANDARD.decode(&*text).ok();
        if standard.is_none() && mistake.is_none() {
            // Without one of its two characters it is the standard alphabet as well.
            let url_safe = Some(&*text).filter(|text| text.contains(['-', '_']));
            for (bytes, mistake) in [
                (hexadecimal(&text), Mistake::SignatureHex),
                (STANDARD_NO_PAD.decode(&*text).ok(), Mistake::SignatureUnpadded),
                (url_safe.and_then(|text| URL_SAFE.decode(text).ok()), Mistake::SignatureUrlSafe),
                (
                    url_safe.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()),
                    Mistake::SignatureUrlSafe,
                ),
            ] {
                if bytes.is_some() {
                    found.push(Observed { text: text.clone(), bytes, mistake: Some(mistake) });
                }
            }
        } else if mistake.is_none() {
            // All of its digits are letters of Base64 too.
            if let Some(bytes) = hexadecimal(&text) {
                let mistake = Some(Mistake::SignatureHex);
                found.push(Observed { text: text.clone(), bytes: Some(bytes), mistake });
            }
        }
        found.push(Observed { text, bytes: standard, mistake });
    }
    found
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0 && !digits.is_empty())?;
    digits
        .chunks_exact(2)
        .map(|pair| u8::try_from(pair.iter().fold(0, |n, d| n * 16 + d)).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_read_in_each_way_that_gives_bytes() {
        let bytes =
            [0xfb_u8, 0xef, 0xbe, 0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
        let right = STANDARD.encode(bytes);
        assert_eq!(right, "++++/wECAwQFBgcICQoLDA0ODxA=");
        let encoded = right.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        for (raw, mistake) in [
            (encoded.clone(), None),
            (right.clone(), Some(Mistake::SignatureRaw)),
            (encoded.replace("%2B", "%20"), Some(Mistake::SignaturePlusAsSpace)),
            (encoded.clone() + "%0A", Some(Mistake::SignatureLineBreak)),
            (encoded.replace('%', "%25"), Some(Mistake::SignatureEncodedTwice)),
            (encoded.replace("%3D", ""), Some(Mistake::SignatureUnpadded)),
            (URL_SAFE.encode(bytes).replace('=', "%3D"), Some(Mistake::SignatureUrlSafe)),
            (URL_SAFE_NO_PAD.encode(bytes), Some(Mistake::SignatureUrlSafe)),
            ("fbefbeff0102030405060708090a0b0c0d0e0f10".to_owned(), Some(Mistake::SignatureHex)),
        ] {
            let found = readings(&raw);
            let one = found.iter().find(|one| one.bytes.as_deref() == Some(&bytes));
            assert_eq!(one.map(|one| one.mistake), Some(mistake), "{raw}");
        }
        assert!(readings("not a signature").iter().all(|one| one.bytes.is_none()));
    }
}
