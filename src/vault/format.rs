// The format of what is sealed, version 1: a head that can be read, and what is under the seal.
//
// | From | Bytes | What (numbers have their highest byte first) |
// |---|---|---|
// | 0 | 4 | `TRPD` |
// | 4 | 1 | the version, 1 |
// | 5 | 1 | the purpose: 1 a pending flow, 2 a session |
// | 6 | 8 | when it expires, in Unix seconds; 0 for never |
// | 14 | 4 | how many bytes follow the head |
// | 18 | 32 | the binding: SHA-256 over provider and consumer key, see `binding` |
// | 50 | 24 | the nonce, random |
// | 74 | 1 | the length of the key's id, 1 to 32 |
// | 75 | so many | the key's id |
// | | the rest | XChaCha20-Poly1305: the ciphertext, then the tag of 16 bytes |
//
// The associated data is the whole head, then the place. The trap: nothing of the head may be
// believed before the tag is checked. What has to be (version, lengths, the key's id) decides only
// how the bytes are refused.

use std::cmp::Ordering;

use chacha20poly1305::{AeadInOut, KeyInit, Tag, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{
    key::{ID_MAX, KeyRing, SealingKey, is_id},
    reader::Reader,
    record::Plain,
    store::entry::Value,
};
use crate::{
    client::Client,
    error::{groups::SealError, kind::ErrorKind},
    random,
};

/// What a store has to hold; see [`Store`](super::store::Store).
pub(super) const MAX_BYTES: usize = Value::MAX;

const MAGIC: [u8; 4] = *b"TRPD";
const VERSION: u8 = 1;
/// Of the head, without the key's id.
const FIXED: usize = 75;
const NONCE: usize = 24;
const TAG: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Pending = 1,
    Session = 2,
}

/// What the head says beside what the format itself needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) purpose: Purpose,
    /// Unix seconds; 0 for never.
    pub(super) expiry: u64,
    pub(super) binding: [u8; 32],
}

/// What stands for a provider and a consumer: its two token endpoints, as written, and the
/// consumer's key.
///
/// SHA-256 over the text `tripod binding 1` and those three, each after its length in eight bytes.
pub(super) fn binding(client: &Client) -> [u8; 32] {
    let provider = client.provider();
    digest(
        "tripod binding 1",
        &[
            provider.request_token().url.as_bytes(),
            provider.access_token().url.as_bytes(),
            client.consumer().key().as_bytes(),
        ],
    )
}

/// SHA-256 over a text that says what for, and parts that cannot run into each other.
pub(super) fn digest(purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(purpose.as_bytes());
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

pub(super) fn seal(
    keys: &KeyRing,
    label: Label,
    place: &str,
    plain: &Plain,
) -> Result<Vec<u8>, ErrorKind> {
    let mut nonce = [0; NONCE];
    random::fill(&mut nonce);
    let (id, key) = keys.sealing();
    let too_large = || ErrorKind::Seal(SealError::TooLarge { limit: MAX_BYTES });
    let size = FIXED + id.len() + plain.len() + TAG;
    if size > MAX_BYTES {
        return Err(too_large());
    }
    let body = u32::try_from(plain.len() + TAG).map_err(|_| too_large())?;
    let id_bytes = u8::try_from(id.len()).map_err(|_| too_large())?;
    // Plain text stands in it until it is encrypted where it is, so it must not grow.
    let mut out = Zeroizing::new(Vec::with_capacity(size));
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&[VERSION, label.purpose as u8]);
    out.extend_from_slice(&label.expiry.to_be_bytes());
    out.extend_from_slice(&body.to_be_bytes());
    out.extend_from_slice(&label.binding);
    out.extend_from_slice(&nonce);
    out.push(id_bytes);
    out.extend_from_slice(id.as_bytes());
    let associated = [&out, place.as_bytes()].concat();
    let head = out.len();
    out.extend_from_slice(plain);
    let tag = cipher(key)
        .encrypt_inout_detached(&XNonce::from(nonce), &associated, (&mut out[head..]).into())
        .map_err(|_| too_large())?;
    out.extend_from_slice(&tag);
    Ok(std::mem::take(&mut *out))
}

/// Opens what [`seal`] made for this place. What the label then says has been authenticated; the
/// caller has to look at it, except for the purpose, which must be the given one.
pub(super) fn open(
    keys: &KeyRing,
    purpose: Purpose,
    place: &str,
    sealed: &[u8],
) -> Result<(Label, Plain), ErrorKind> {
    let parts = Parts::read(sealed)?;
    let key = keys
        .get(parts.id)
        .ok_or_else(|| ErrorKind::Seal(SealError::KeyUnknown { id: parts.id.to_owned() }))?;
    let associated = [parts.associated, place.as_bytes()].concat();
    let mut plain = Plain::new(parts.ciphertext.to_vec());
    let (nonce, tag) = (XNonce::from(parts.head.nonce), Tag::from(parts.tag));
    cipher(key)
        .decrypt_inout_detached(&nonce, &associated, (&mut plain[..]).into(), &tag)
        .map_err(|_| ErrorKind::Seal(SealError::Broken))?;
    if parts.head.purpose != purpose as u8 {
        return Err(ErrorKind::Seal(SealError::Foreign));
    }
    Ok((Label { purpose, expiry: parts.head.expiry, binding: parts.head.binding }, plain))
}

/// The id of the key that sealed this, not authenticated.
pub(super) fn key_id(sealed: &[u8]) -> Result<&str, ErrorKind> {
    Parts::read(sealed).map(|parts| parts.id)
}

/// The binding and the key's id that the head of sealed bytes names, not authenticated. `None` if it is no head.
pub(super) fn origin(head: &[u8]) -> Option<([u8; 32], &str)> {
    if head.get(..MAGIC.len()) != Some(&MAGIC) || head.get(MAGIC.len()) != Some(&VERSION) {
        return None;
    }
    let mut from = Reader::new(head);
    let fixed = Fixed::read(&mut from)?;
    let id = from.bytes(fixed.id_bytes).filter(|id| is_id(id))?;
    Some((fixed.binding, std::str::from_utf8(id).ok()?))
}

struct Parts<'a> {
    head: Fixed,
    /// The whole head, with the key's id.
    associated: &'a [u8],
    id: &'a str,
    ciphertext: &'a [u8],
    tag: [u8; TAG],
}

/// The head up to the key's id.
struct Fixed {
    purpose: u8,
    expiry: u64,
    body: u32,
    binding: [u8; 32],
    nonce: [u8; NONCE],
    id_bytes: usize,
}

impl Fixed {
    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let _magic_and_version = from.array::<5>()?;
        Some(Self {
            purpose: from.u8()?,
            expiry: from.u64()?,
            body: from.u32()?,
            binding: from.array()?,
            nonce: from.array()?,
            id_bytes: usize::from(from.u8()?),
        })
    }
}

impl<'a> Parts<'a> {
    fn read(sealed: &'a [u8]) -> Result<Self, ErrorKind> {
        if !sealed.iter().zip(&MAGIC).all(|(byte, magic)| byte == magic) {
            return Err(ErrorKind::Seal(SealError::Broken));
        }
        match sealed.get(MAGIC.len()) {
            None => return Err(ErrorKind::Seal(SealError::Truncated)),
            Some(&VERSION) => {}
            Some(&version) => return Err(ErrorKind::Seal(SealError::Version { version })),
        }
        let mut from = Reader::new(sealed);
        // What ends too early was cut off.
        let head = Fixed::read(&mut from).ok_or(ErrorKind::Seal(SealError::Truncated))?;
        if !(1..=ID_MAX).contains(&head.id_bytes) {
            return Err(ErrorKind::Seal(SealError::Broken));
        }
        let id = from.bytes(head.id_bytes).ok_or(ErrorKind::Seal(SealError::Truncated))?;
        let id = std::str::from_utf8(id).ok().filter(|id| is_id(id.as_bytes()));
        let id = id.ok_or(ErrorKind::Seal(SealError::Broken))?;
        let rest = from.rest();
        match u64::from(head.body).cmp(&(rest.len() as u64)) {
            Ordering::Greater => return Err(ErrorKind::Seal(SealError::Truncated)),
            Ordering::Less => return Err(ErrorKind::Seal(SealError::Broken)),
            Ordering::Equal => {}
        }
        let (ciphertext, tag) =
            rest.split_last_chunk().ok_or(ErrorKind::Seal(SealError::Broken))?;
        let associated = &sealed[..sealed.len() - rest.len()];
        Ok(Self { head, associated, id, ciphertext, tag: *tag })
    }
}

fn cipher(key: &SealingKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.expose().into())
}
