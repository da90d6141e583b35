// Pending flows and sessions, sealed and opened.
//
// The trap: sealing copies a flow that cannot be cloned. A request token works once, so whoever keeps
// both has to see that one of the two goes; `Vault` does.

use std::{fmt, sync::Arc, time::Duration};

use super::{
    format::{self, Label, Purpose},
    key::KeyRing,
    record::{self, Owner},
};
use crate::{
    client::Client,
    error::{
        Error,
        groups::{SealError, TicketError},
        kind::ErrorKind,
        stage::Stage,
    },
    flow::{PendingFlow, Session, snapshot::Pending},
};

/// For a provider that states no lifetime of its request tokens.
const PENDING_LIFETIME: Duration = Duration::from_secs(3600);

/// Encrypts pending flows and sessions into bytes, and opens them again, for a client's provider
/// and consumer.
///
/// You can store the bytes anywhere. They are encrypted and authenticated (XChaCha20-Poly1305 with
/// a random nonce), and open only with the same key ring, provider, consumer key, purpose and
/// place. A [`Vault`](super::Vault) does this and also stores the bytes.
///
/// Providers are distinguished by the URLs of their two token endpoints, exactly as written.
///
/// It is cheap to clone.
///
/// # Security
///
/// `place` says where the bytes belong, such as a row's key or a user's id. It is not part of the
/// bytes, and you must pass the same `place` to open them. So bytes that were moved from one user's
/// row to another's do not open.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{
///     AccessToken, Client, Consumer, ErrorKind, Provider, SealError,
///     vault::{KeyRing, Sealer, SealingKey},
/// };
///
/// let client = Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))?;
/// let sealer = Sealer::new(&client, KeyRing::new("2026-07", SealingKey::generate())?);
///
/// let session = client.session(AccessToken::new("stored-token", "stored-secret")?);
/// let bytes = sealer.seal_session(&session, "user 17")?; // into a column of your own
///
/// let session = sealer.open_session(&bytes, "user 17")?;
/// assert_eq!(session.access_token().token(), "stored-token");
///
/// let moved = sealer.open_session(&bytes, "user 18").unwrap_err();
/// assert_eq!(*moved.kind(), ErrorKind::Seal(SealError::Broken));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Sealer {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    client: Client,
    keys: KeyRing,
    binding: [u8; 32],
    pending_lifetime: Duration,
}

/// Sealed bytes, and how long they can be opened.
pub(super) struct SealedPending {
    pub(super) bytes: Vec<u8>,
    pub(super) lifetime: Duration,
}

impl Sealer {
    /// Creates a sealer for this client's provider and consumer. Opened flows and sessions belong
    /// to this client.
    #[must_use]
    pub fn new(client: &Client, keys: KeyRing) -> Self {
        let pending_lifetime =
            client.provider().request_token_lifetime().unwrap_or(PENDING_LIFETIME);
        let binding = format::binding(client);
        let client = client.clone();
        Self { inner: Arc::new(Inner { client, keys, binding, pending_lifetime }) }
    }

    /// Sets how long a pending flow may wait for its callback, from when the request token was
    /// issued, in whole seconds.
    ///
    /// The default is the lifetime in the provider's description, or one hour. A time that is
    /// longer than the provider's lifetime is reduced to it.
    #[must_use]
    pub fn with_pending_lifetime(self, lifetime: Duration) -> Self {
        let mut inner = Arc::unwrap_or_clone(self.inner);
        let provider = inner.client.provider().request_token_lifetime();
        inner.pending_lifetime = provider.map_or(lifetime, |provider| provider.min(lifetime));
        Self { inner: Arc::new(inner) }
    }

    /// Seals a pending flow. This process or another one can open it until it expires.
    ///
    /// The flow itself can still be used; make sure that your program uses only one of the two.
    ///
    /// # Errors
    ///
    /// [`SealError::Expired`] if it has expired already, [`SealError::Foreign`] if it belongs to
    /// another provider or consumer, [`SealError::TooLarge`] beyond 64 KiB,
    /// [`SigningError::ClockBeforeEpoch`](crate::SigningError::ClockBeforeEpoch).
    pub fn seal_pending(&self, flow: &PendingFlow, place: &str) -> Result<Vec<u8>, Error> {
        self.pending(flow, place, None).map(|sealed| sealed.bytes)
    }

    /// Opens a pending flow that is not bound to a user. (Only a vault can open flows that are bound to a
    /// user.)
    ///
    /// The age of the flow includes the time for which it was stored, to within a second, if the clocks
    /// of the machines agree.
    ///
    /// # Errors
    ///
    /// [`SealError::Expired`], [`SealError::KeyUnknown`], [`SealError::Broken`],
    /// [`SealError::Foreign`], [`SealError::Version`], [`SealError::Truncated`],
    /// [`TicketError::OtherUser`](crate::TicketError::OtherUser) if a vault has bound the flow to a user, or
    /// [`SigningError::ClockBeforeEpoch`](crate::SigningError::ClockBeforeEpoch).
    pub fn open_pending(&self, sealed: &[u8], place: &str) -> Result<PendingFlow, Error> {
        self.open_pending_for(sealed, place, None).map(|(flow, _)| flow)
    }

    /// Seals a session's access token, with the other fields of the token reply.
    ///
    /// # Errors
    ///
    /// [`SealError::Foreign`] if the session belongs to another provider or consumer,
    /// [`SealError::TooLarge`] beyond 64 KiB.
    pub fn seal_session(&self, session: &Session, place: &str) -> Result<Vec<u8>, Error> {
        self.check_home(session.client())?;
        let plain = record::write_session(session.access_token()).ok_or_else(too_large)?;
        self.seal(Purpose::Session, 0, place, &plain)
    }

    /// Opens a session. Nothing is sent; whether the provider still accepts the token shows at the
    /// first request.
    ///
    /// # Errors
    ///
    /// [`SealError::KeyUnknown`], [`SealError::Broken`], [`SealError::Foreign`],
    /// [`SealError::Version`], or [`SealError::Truncated`].
    pub fn open_session(&self, sealed: &[u8], place: &str) -> Result<Session, Error> {
        let (_, plain) = self.open(Purpose::Session, place, sealed)?;
        let token = record::read_session(&plain).ok_or_else(broken)?;
        Ok(self.inner.client.session(token))
    }

    /// Opens a session, and seals it anew if an older key of the ring had sealed it. Nothing new also where it
    /// would become too large: the new key's id can be longer.
    pub(super) fn open_session_anew(
        &self,
        sealed: &[u8],
        place: &str,
    ) -> Result<(Session, Option<Vec<u8>>), Error> {
        let (label, plain) = self.open(Purpose::Session, place, sealed)?;
        let token = record::read_session(&plain).ok_or_else(broken)?;
        let is_old = Self::key_id(sealed).is_ok_and(|id| self.inner.keys.is_older(id));
        let anew = is_old.then(|| self.seal(Purpose::Session, label.expiry, place, &plain).ok());
        Ok((self.inner.client.session(token), anew.flatten()))
    }

    /// Returns the id of the key that sealed these bytes, so that you can find entries of an old key.
    ///
    /// # Errors
    ///
    /// [`SealError::Broken`], [`SealError::Version`], or [`SealError::Truncated`] if
    /// the head cannot be read.
    ///
    /// # Security
    ///
    /// Nothing is authenticated here.
    pub fn key_id(sealed: &[u8]) -> Result<&str, Error> {
        format::key_id(sealed).map_err(keeping)
    }

    /// Returns the client that opened flows and sessions belong to.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.inner.client
    }

    pub(super) fn keys(&self) -> &KeyRing {
        &self.inner.keys
    }

    pub(super) fn binding(&self) -> &[u8; 32] {
        &self.inner.binding
    }

    /// Opens a flow that is bound to this user or to nobody.
    pub(super) fn open_pending_for(
        &self,
        sealed: &[u8],
        place: &str,
        user: Option<&str>,
    ) -> Result<(PendingFlow, Owner), Error> {
        let (label, plain) = self.open(Purpose::Pending, place, sealed)?;
        if self.now()? >= label.expiry {
            return Err(keeping(ErrorKind::Seal(SealError::Expired)));
        }
        let (pending, owner) = record::read_pending(&plain).ok_or_else(broken)?;
        if owner.is_some() && owner != user.map(owner_of).transpose()? {
            return Err(keeping(ErrorKind::Ticket(TicketError::OtherUser)));
        }
        let flow = pending.restore(&self.inner.client);
        Ok((flow.map_err(|error| error.at_stage(Stage::Keeping))?, owner))
    }

    pub(super) fn pending(
        &self,
        flow: &PendingFlow,
        place: &str,
        owner: Owner,
    ) -> Result<SealedPending, Error> {
        self.check_home(flow.client())?;
        let pending = Pending::of(flow).map_err(|error| error.at_stage(Stage::Keeping))?;
        let expiry = pending.issued_at.saturating_add(self.inner.pending_lifetime.as_secs());
        let lifetime = Duration::from_secs(expiry.saturating_sub(self.now()?));
        if lifetime.is_zero() || flow.is_expired() {
            return Err(keeping(ErrorKind::Seal(SealError::Expired)));
        }
        let plain = record::write_pending(&pending, owner).ok_or_else(too_large)?;
        let bytes = self.seal(Purpose::Pending, expiry, place, &plain)?;
        Ok(SealedPending { bytes, lifetime })
    }

    fn seal(
        &self,
        purpose: Purpose,
        expiry: u64,
        place: &str,
        plain: &record::Plain,
    ) -> Result<Vec<u8>, Error> {
        let label = Label { purpose, expiry, binding: self.inner.binding };
        format::seal(&self.inner.keys, label, place, plain).map_err(keeping)
    }

    /// Seals any bytes as if they were a session or a pending flow, for fuzzing what opens them.
    #[cfg(fuzzing)]
    #[doc(hidden)]
    pub fn seal_any(&self, is_session: bool, place: &str, plain: &[u8]) -> Result<Vec<u8>, Error> {
        let purpose = if is_session { Purpose::Session } else { Purpose::Pending };
        self.seal(purpose, u64::MAX, place, &zeroize::Zeroizing::new(plain.to_vec()))
    }

    fn open(
        &self,
        purpose: Purpose,
        place: &str,
        sealed: &[u8],
    ) -> Result<(Label, record::Plain), Error> {
        let (label, plain) =
            format::open(&self.inner.keys, purpose, place, sealed).map_err(keeping)?;
        if label.binding != self.inner.binding {
            return Err(keeping(ErrorKind::Seal(SealError::Foreign)));
        }
        Ok((label, plain))
    }

    /// A flow of another client's would be sealed for a provider that does not know its token.
    fn check_home(&self, client: &Client) -> Result<(), Error> {
        if format::binding(client) != self.inner.binding {
            return Err(keeping(ErrorKind::Seal(SealError::Foreign)));
        }
        Ok(())
    }

    fn now(&self) -> Result<u64, Error> {
        let now = self.inner.client.time().unix_seconds();
        now.map_err(|error| error.at_stage(Stage::Keeping))
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer")
            .field("client", &self.inner.client)
            .field("keys", &self.inner.keys)
            .finish_non_exhaustive()
    }
}

/// What a flow of this user's is bound to.
pub(super) fn owner_of(user: &str) -> Result<[u8; 32], Error> {
    if user.is_empty() {
        return Err(no_user());
    }
    Ok(format::digest("tripod owner 1", &[user.as_bytes()]))
}

/// The sign of a caller that forgot to ask who it is; all of those would share one.
pub(super) fn no_user() -> Error {
    keeping(ErrorKind::InvalidSetting { reason: "the user's id is empty" })
}

pub(super) fn keeping(kind: ErrorKind) -> Error {
    Error::new(Stage::Keeping, kind)
}

fn broken() -> Error {
    keeping(ErrorKind::Seal(SealError::Broken))
}

fn too_large() -> Error {
    keeping(ErrorKind::Seal(SealError::TooLarge { limit: format::MAX_BYTES }))
}
