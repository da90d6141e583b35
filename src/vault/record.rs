// What is under the seal: the parts of a pending flow or a session, as bytes.
//
// Each text is its length (four bytes, the highest first) and its UTF-8. Version 1 is: of a pending
// flow, the moment of issue (eight bytes, Unix seconds), the request token, its secret, its owner, and what it
// asks for if it asks for anything; of a session, the access token, its secret, the number of further fields,
// each one's name and value in the names' order, and the moments of its grant and its end if one of them is
// known (eight bytes each, Unix seconds, 0 for unknown). An owner is a byte that is 0 for nobody, or 32 and SHA-256 over the text
// `tripod owner 1`, the user's id's length in eight bytes, and the id. What is asked for is the page's name (empty
// for the first), then the pairs for the page and those for the request-token call, each list after its number
// of pairs. Nothing may follow. The trap: these
// bytes are secrets, so a buffer that grows would leave a copy of them behind; the writer counts first.

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::reader::Reader;
use crate::{
    credentials::{AccessToken, TokenPair},
    flow::snapshot::Pending,
    provider::ask::Ask,
};

/// Bytes that are wiped.
pub(super) type Plain = Zeroizing<Vec<u8>>;

/// Whom a pending flow is bound to, as a hash of the user's id; nobody if there is none.
pub(super) type Owner = Option<[u8; 32]>;

pub(super) fn write_pending(pending: &Pending, owner: Owner) -> Option<Plain> {
    let owner: &[u8] = owner.as_ref().map_or(&[], |hash| hash.as_slice());
    let (token, secret) = (pending.pair.token.expose_secret(), pending.pair.secret.expose_secret());
    let ask = &pending.ask;
    let lists = [ask.for_page(), ask.for_request()];
    let asks = *ask != Ask::default();
    let asked: usize = text_bytes(ask.page().unwrap_or_default())
        + lists.iter().map(|pairs| 4 + pairs_bytes(pairs)).sum::<usize>();
    let size =
        8 + text_bytes(token) + text_bytes(secret) + 1 + owner.len() + if asks { asked } else { 0 };
    let mut out = Plain::new(Vec::with_capacity(size));
    out.extend_from_slice(&pending.issued_at.to_be_bytes());
    push_text(&mut out, token)?;
    push_text(&mut out, secret)?;
    out.push(u8::try_from(owner.len()).ok()?);
    out.extend_from_slice(owner);
    if asks {
        push_text(&mut out, ask.page().unwrap_or_default())?;
        for pairs in lists {
            out.extend_from_slice(&u32::try_from(pairs.len()).ok()?.to_be_bytes());
            for (name, value) in pairs {
                push_text(&mut out, name)?;
                push_text(&mut out, value)?;
            }
        }
    }
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
    let ask = if from.is_empty() { Ask::default() } else { ask(&mut from)? };
    from.rest().is_empty().then_some((Pending { pair, ask, issued_at }, owner))
}

fn ask(from: &mut Reader<'_>) -> Option<Ask> {
    let mut ask = Ask::new();
    match text(from)? {
        "" => {}
        page => ask = ask.with_page(page),
    }
    for _ in 0..from.u32()? {
        let name = text(from)?;
        ask = ask.with_page_parameter(name, text(from)?);
    }
    for _ in 0..from.u32()? {
        let name = text(from)?;
        ask = ask.with_request_parameter(name, text(from)?);
    }
    Some(ask)
}

pub(super) fn write_session(token: &AccessToken) -> Option<Plain> {
    let (name, secret) = (token.token(), token.secret().expose_secret());
    let extras: Vec<(&str, &str)> =
        token.extra_names().filter_map(|name| Some((name, token.extra(name)?))).collect();
    let size: usize = extras.iter().map(|(name, value)| text_bytes(name) + text_bytes(value)).sum();
    let times = match token.times() {
        (None, None) => None,
        (granted_at, ends_at) => Some([granted_at.unwrap_or(0), ends_at.unwrap_or(0)]),
    };
    let size = text_bytes(name) + text_bytes(secret) + 4 + size + times.map_or(0, |_| 16);
    let mut out = Plain::new(Vec::with_capacity(size));
    push_text(&mut out, name)?;
    push_text(&mut out, secret)?;
    out.extend_from_slice(&u32::try_from(extras.len()).ok()?.to_be_bytes());
    for (name, value) in extras {
        push_text(&mut out, name)?;
        push_text(&mut out, value)?;
    }
    for moment in times.into_iter().flatten() {
        out.extend_from_slice(&moment.to_be_bytes());
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
    if !from.is_empty() {
        let mut moment = || Some(Some(from.u64()?).filter(|moment| *moment != 0));
        let (granted_at, ends_at) = (moment()?, moment()?);
        token = token.with_times(granted_at, ends_at);
    }
    from.rest().is_empty().then_some(token)
}

fn text_bytes(text: &str) -> usize {
    4 + text.len()
}

fn pairs_bytes(pairs: &[(String, String)]) -> usize {
    pairs.iter().map(|(name, value)| text_bytes(name) + text_bytes(value)).sum()
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
        let ask = Ask::default();
        write_pending(&Pending { pair: pair("tök", ""), ask, issued_at: 7 }, owner).unwrap()
    }

    fn asking() -> (Ask, Plain) {
        let ask = Ask::new()
            .with_page("phone")
            .with_page_parameter("perms", "write")
            .with_page_parameter("state", "ü")
            .with_request_parameter("scope", "a");
        let pending = Pending { pair: pair("tök", "s"), ask: ask.clone(), issued_at: 7 };
        (ask, write_pending(&pending, Some([7; 32])).unwrap())
    }

    fn dated() -> Plain {
        write_session(&token().with_times(Some(7), None)).unwrap()
    }

    #[test]
    fn a_buffer_never_grows() {
        let bound = bound(Some([7; 32]));
        for plain in [write_session(&token()).unwrap(), dated(), pending(), bound, asking().1] {
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
        assert_eq!(read.times(), (None, None));
        assert_eq!(read_session(&dated()).unwrap().times(), (Some(7), None));
        let (ask, plain) = asking();
        let (read, owner) = read_pending(&plain).unwrap();
        assert_eq!((read.ask, owner), (ask, Some([7; 32])));
    }

    #[test]
    fn what_a_flow_asks_for_is_whole_or_nothing() {
        let (_, plain) = asking();
        let head = bound(Some([7; 32])).len() + 1;
        for end in head + 1..plain.len() {
            assert!(read_pending(&plain[..end]).is_none(), "{end}");
        }
        assert!(read_pending(&[&plain[..], b"x"].concat()).is_none());
        let dated = dated();
        let undated = dated.len() - 16;
        for end in undated + 1..dated.len() {
            assert!(read_session(&dated[..end]).is_none(), "{end}");
        }
        assert!(read_session(&[&dated[..], b"x"].concat()).is_none());
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
