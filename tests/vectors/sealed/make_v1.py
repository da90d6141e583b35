"""Makes the golden files of version 1 from src/vault/format.rs and record.rs alone, with libsodium.

They are kept as they are: bytes that were sealed once must open for good. Run it only to see that
it still writes the same (pip install pynacl; python3 make_v1.py).
"""

import base64
import hashlib
import json
import pathlib
import struct

from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt as encrypt

KEY = bytes(range(32))
KEY_ID = "2026-01"
ISSUED_AT = 1_767_225_540
HOME = [
    "https://photos.example.net/initiate",
    "https://photos.example.net/token",
    "key 1",
]


def binding():
    text = b"tripod binding 1"
    for part in HOME:
        text += struct.pack(">Q", len(part.encode())) + part.encode()
    return hashlib.sha256(text).digest()


def text(value):
    return struct.pack(">I", len(value.encode())) + value.encode()


def owner(user=None):
    if user is None:
        return b"\0"
    text = b"tripod owner 1" + struct.pack(">Q", len(user.encode())) + user.encode()
    return b"\x20" + hashlib.sha256(text).digest()


def store_key(ticket):
    text = b"tripod ticket 1" + struct.pack(">Q", len(ticket)) + ticket.encode()
    return "flow:" + hashlib.sha256(text).hexdigest()


def seal(purpose, expiry, nonce, place, plain):
    head = b"TRPD" + bytes([1, purpose]) + struct.pack(">QI", expiry, len(plain) + 16)
    head += binding() + nonce + bytes([len(KEY_ID)]) + KEY_ID.encode()
    return head + encrypt(plain, head + place.encode(), nonce, KEY)


def write(name, about, place, purpose, expiry, nonce, plain, **more):
    sealed = seal(purpose, expiry, nonce, place, plain)
    golden = {
        "about": about,
        "key": base64.b64encode(KEY).decode(),
        "key_id": KEY_ID,
        "place": place,
        "sealed": sealed.hex(),
        **more,
    }
    path = pathlib.Path(__file__).with_name(name)
    path.write_text(json.dumps(golden, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


write(
    "pending_v1.json",
    "a pending flow, its token issued at Unix second 1767225540, to be opened for an hour",
    "ticket 1",
    1,
    ISSUED_AT + 3600,
    bytes(range(100, 124)),
    struct.pack(">Q", ISSUED_AT) + text("request/token+1") + text("request=secret/1") + owner(),
)
write(
    "bound_v1.json",
    "the same, bound to the user whose id is \"user 1 – é\"; its place is the ticket of a vault's",
    "21c09cff1c01e292.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    1,
    ISSUED_AT + 3600,
    bytes(range(150, 174)),
    struct.pack(">Q", ISSUED_AT)
    + text("request/token+1")
    + text("request=secret/1")
    + owner("user 1 – é"),
    store_key=store_key("21c09cff1c01e292.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"),
)
write(
    "session_v1.json",
    "a session with two further fields, the names in order",
    "user 1 – é",
    2,
    0,
    bytes(range(200, 224)),
    text("access/token+1")
    + text("access=secret/1")
    + struct.pack(">I", 2)
    + text("screen_name")
    + text("Jö")
    + text("user_id")
    + text("7"),
)
