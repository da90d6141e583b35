//! Bytes that were changed, cut off, lengthened or made up: a typed error each time.

use std::sync::LazyLock;

use proptest::prelude::*;
use tripod::{Error, ErrorKind, SealError, Stage, vault::Sealer};

use crate::support::Kind;
use crate::{
    golden::Golden,
    support::{Scenario, quiet},
};

/// Where the parts of version 1 begin, for a key id of seven letters.
const MAGIC: usize = 4;
const LENGTH: std::ops::Range<usize> = 14..18;
const ID_LENGTH: usize = 74;
const ID: std::ops::Range<usize> = 75..82;

type Open = fn(&Sealer, &[u8], &str) -> Option<Error>;

/// Each golden file, and how to open what is made of it.
fn goldens() -> [(Golden, Open); 2] {
    [
        (Golden::pending(), |sealer, sealed, place| sealer.open_pending(sealed, place).err()),
        (Golden::session(), |sealer, sealed, place| sealer.open_session(sealed, place).err()),
    ]
}

fn for_each_golden(check: impl Fn(&Golden, &dyn Fn(&[u8]) -> Option<Error>)) {
    // Made once: a client is slow to make.
    static SEALER: LazyLock<Sealer> =
        LazyLock::new(|| Sealer::new(&Scenario::photos().client, Golden::pending().keys));
    for (golden, open) in goldens() {
        assert!(open(&SEALER, &golden.sealed, &golden.place).is_none(), "it opens as it is");
        check(&golden, &|sealed| open(&SEALER, sealed, &golden.place));
    }
}

#[test]
fn each_changed_byte_is_refused() {
    for_each_golden(|golden, open| {
        for at in 0..golden.sealed.len() {
            for change in [1, 2, 4, 8, 16, 32, 64, 128, 255_u8] {
                let mut sealed = golden.sealed.clone();
                sealed[at] ^= change;
                let error = open(&sealed).unwrap_or_else(|| panic!("byte {at} by {change} opened"));
                let kind = error.kind();
                let expected = match at {
                    MAGIC => *kind == Kind::seal_version(1 ^ change),
                    _ if LENGTH.contains(&at) || at == ID_LENGTH => matches!(
                        kind,
                        // A shorter id is another id; what is then over makes the rest too long.
                        ErrorKind::Seal(SealError::Truncated | SealError::Broken)
                    ),
                    _ if ID.contains(&at) => {
                        matches!(
                            kind,
                            ErrorKind::Seal(SealError::KeyUnknown { .. } | SealError::Broken)
                        )
                    }
                    _ => *kind == ErrorKind::Seal(SealError::Broken),
                };
                assert!(expected, "byte {at} by {change}: {kind:?}");
                assert_eq!(error.stage(), Stage::Keeping);
            }
        }
    });
}

#[test]
fn each_shorter_length_is_truncated() {
    for_each_golden(|golden, open| {
        for end in 0..golden.sealed.len() {
            let error = open(&golden.sealed[..end]).unwrap();
            assert_eq!(*error.kind(), ErrorKind::Seal(SealError::Truncated), "{end}");
            quiet(&error);
        }
    });
}

#[test]
fn bytes_that_follow_are_refused() {
    for_each_golden(|golden, open| {
        for more in [1, 16, 70_000] {
            let mut sealed = golden.sealed.clone();
            sealed.resize(sealed.len() + more, 0);
            assert_eq!(*open(&sealed).unwrap().kind(), ErrorKind::Seal(SealError::Broken));
        }
    });
}

#[test]
fn other_versions_are_named() {
    for_each_golden(|golden, open| {
        for version in [0, 2, 255] {
            let mut sealed = golden.sealed.clone();
            sealed[MAGIC] = version;
            let error = open(&sealed).unwrap();
            assert_eq!(*error.kind(), Kind::seal_version(version));
            // Also when that version's head is shorter than this one's.
            assert_eq!(*open(&sealed[..5]).unwrap().kind(), Kind::seal_version(version));
            quiet(&error);
        }
    });
}

proptest! {
    #[test]
    fn made_up_bytes_are_refused(tail in prop::collection::vec(any::<u8>(), 0..200)) {
        for_each_golden(|golden, open| {
            assert!(open(&tail).is_some());
            for head in [4, 5, 14, 18, 50, 74, 75, 82, 90] {
                assert!(open(&[&golden.sealed[..head], &tail].concat()).is_some());
            }
        });
    }
}
