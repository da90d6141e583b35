// What is under the seal: the parts of a pending flow or a session, as bytes.
//
// Each text is its length (four bytes, the highest first) and its UTF-8. Version 1 is: of a pending
// flow, the moment of issue (eight bytes, Unix seconds), the request token, its secret, and its owner; of
// a session, the access token, its secret, the number of further fields, and each one's name and value in
// the names' order. An owner is a byte that is 0 for nobody, or 32 and SHA-256 over the text
// `tripod owner 1`, the user's id's length in eight bytes, and the id. Nothing may follow. The trap: these
// bytes are secrets, so a buffer that grows would leave a copy of them behind; the writer counts first.

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::reader::Reader;
use crate::{
    credentials::{AccessToken, TokenPair},
    flow::snapshot::Pending,
};

/// Bytes that are wiped.
pub(super) type Plain = Zeroizing<Vec<u8>>;

/// Whom a pending flow is bound to, as a hash of the user's id; nobody if there is none.
pub(super) type Owner = Option<[u8; 32]>;

pub(super) fn write_pending(pending: &Pending, owner: Owner) -> Option<Plain> {
    let owner: &[u8] = owner.as_ref().map_or(&[], |hash| hash.as_slice());
    let (token, secret) = (pending.pair.token.expose_secret(), pending.pair.secret.expose_secret());
    let size = 8 + text_bytes(token) + text_bytes(secret) + 1 + owner.len();
    let mut out = Plain::new(Vec::with_capacity(size));
    out.extend_from_slice(&pending.issued_at.to_be_bytes());
    push_text(&mut out, token)?;
    push_text(&mut out, secret)?;
    out.push(u8::try_from(owner.len()).ok()?);
    out.extend_from_slice(owner);
    Some(out)
}

pub(super) fn read_pending(plain: &[u8]) -> Option<(Pending, Owner)> {
    let mut from = Reader::new(plain);
    let issued_at = from.u64()?;
    let pair = pair(&mut from)?;
    let owner = match from.u8()? {
        0 => None,
        32 => Some(from.array()?),
        _ => return None,
    };
    from.rest().is_empty().then_some((Pending { pair, issued_at }, owner))
}

pub(super) fn write_session(token: &AccessToken) -> Option<Plain> {
    let (name, secret) = (token.token(), token.secret().expose_secret());
    let extras: Vec<(&str, &str)> =
        token.extra_names().filter_map(|name| Some((name, token.extra(name)?))).collect();
    let size: usize = extras.iter().map(|(name, value)| text_bytes(name) + text_bytes(value)).sum();
    let size = text_bytes(name) + text_bytes(secret) + 4 + size;
    let mut out = Plain::new(Vec::with_capacity(size));
    push_text(&mut out, name)?;
    push_text(&mut out, secret)?;
    out.extend_from_slice(&u32::try_from(extras.len()).ok()?.to_be_bytes());
    for (name, value) in extras {
        push_text(&mut out, name)?;
        push_text(&mut out, value)?;
    }
    Some(out)
}

pub(super) fn read_session(plain: &[u8]) -> Option<AccessToken> {
    let mut from = Reader::new(plain);
    let mut token = AccessToken::from_pair(pair(&mut from)?);
    for _ in 0..from.u32()? {
        let name = text(&mut from)?;
        token = token.with_extra(name, text(&mut from)?);
    }
    from.rest().is_empty().then_some(token)
}

fn text_bytes(text: &str) -> usize {
    4 + text.len()
}

/// Nothing for a text of 4 GiB.
fn push_text(out: &mut Plain, text: &str) -> Option<()> {
    out.extend_from_slice(&u32::try_from(text.len()).ok()?.to_be_bytes());
    out.extend_from_slice(text.as_bytes());
    Some(())
}

fn text<'a>(from: &mut Reader<'a>) -> Option<&'a str> {
    let count = usize::try_from(from.u32()?).ok()?;
    std::str::from_utf8(from.bytes(count)?).ok()
}

fn pair(from: &mut Reader<'_>) -> Option<TokenPair> {
    // An empty token names nothing.
    let token = SecretString::from(text(from).filter(|token| !token.is_empty())?);
    Some(TokenPair { token, secret: SecretString::from(text(from)?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(token: &str, secret: &str) -> TokenPair {
        TokenPair { token: SecretString::from(token), secret: SecretString::from(secret) }
    }

    fn token() -> AccessToken {
        AccessToken::from_pair(pair("token", "secret")).with_extra("b", "2").with_extra("a", "ü")
    }

    fn pending() -> Plain {
        bound(None)
    }

    fn bound(owner: Owner) -> Plain {
        write_pending(&Pending { pair: pair("tök", ""), issued_at: 7 }, owner).unwrap()
    }

    #[test]
    fn a_buffer_never_grows() {
        for plain in [write_session(&token()).unwrap(), pending(), bound(Some([7; 32]))] {
            assert_eq!(plain.len(), plain.capacity());
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for owner in [None, Some([7; 32])] {
            let (read, read_owner) = read_pending(&bound(owner)).unwrap();
            assert_eq!((read.pair.token.expose_secret(), read.issued_at), ("tök", 7));
            assert_eq!(read_owner, owner);
        }
        let read = read_session(&write_session(&token()).unwrap()).unwrap();
        assert_eq!((read.extra("a"), read.extra("b")), (Some("ü"), Some("2")));
    }

    /// Only a holder of the key could make such bytes; they must not do harm either.
    #[test]
    fn other_lengths_are_nothing() {
        let session = write_session(&token()).unwrap();
        for end in 0..session.len() {
            assert!(read_session(&session[..end]).is_none(), "{end}");
        }
        for end in 0..pending().len() {
            assert!(read_pending(&pending()[..end]).is_none(), "{end}");
        }
        assert!(read_session(&[&session[..], b"x"].concat()).is_none());
        assert!(read_pending(&[&pending()[..], b"x"].concat()).is_none());
        let bound = bound(Some([7; 32]));
        for end in 0..bound.len() {
            assert!(read_pending(&bound[..end]).is_none(), "{end}");
        }
        let lengths = |length| [&pending()[..pending().len() - 1], &[length], &[7; 40]].concat();
        assert!((1..=255).all(|length| read_pending(&lengths(length)).is_none()));
        // A count and a length beyond what is there are not believed.
        assert!(read_session(&[&[0; 8][..], &[0xff; 8]].concat()).is_none());
        assert!(read_pending(&[0xff; 20]).is_none());
    }
}
