//! A sealing key in a file of its own.

use std::{fs, path::Path, thread};

use secrecy::ExposeSecret as _;
use tripod::{Error, ErrorClass, ErrorKind, KeyFileError, Stage, vault::SealingKey};

use crate::{key, support::quiet};

/// As text, to be compared.
fn text(key: &SealingKey) -> String {
    key.to_base64().expose_secret().to_owned()
}

fn files(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

#[track_caller]
fn fails(result: Result<SealingKey, Error>, expected: &KeyFileError) -> Error {
    let Err(error) = result else { panic!("{expected:?} was expected") };
    assert_eq!(*error.kind(), ErrorKind::KeyFile(expected.clone()));
    assert_eq!((error.stage(), error.class()), (Stage::Setup, ErrorClass::Configuration));
    quiet(&error);
    error
}

#[test]
fn a_key_is_made_once_and_read_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sealing.key");
    fails(SealingKey::from_file(&path), &KeyFileError::Missing);
    let made = text(&SealingKey::from_file_or_new(&path).unwrap());
    assert_eq!(files(folder.path()), 1, "the draft is gone");
    assert_eq!(text(&SealingKey::from_file(&path).unwrap()), made);
    assert_eq!(text(&SealingKey::from_file_or_new(&path).unwrap()), made);
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{made}\n"));

    let other = folder.path().join("other.key");
    assert_ne!(text(&SealingKey::from_file_or_new(other).unwrap()), made);
}

#[test]
fn a_key_that_was_written_by_hand_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sealing.key");
    write(&path, format!("  {}\r\n\n", text(&key(7))).as_bytes());
    assert_eq!(text(&SealingKey::from_file(&path).unwrap()), text(&key(7)));
    assert_eq!(text(&SealingKey::from_file_or_new(&path).unwrap()), text(&key(7)));
}

/// A file that only its owner may use.
fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
    #[cfg(unix)]
    mode(path, 0o600);
}

#[cfg(unix)]
fn mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn many_threads_at_once_end_with_one_key() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sealing.key");
        let keys: Vec<String> = thread::scope(|scope| {
            let make = || text(&SealingKey::from_file_or_new(&path).unwrap());
            let makers: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
            makers.into_iter().map(|maker| maker.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
        assert_eq!(text(&SealingKey::from_file(&path).unwrap()), keys[0]);
        assert_eq!(files(folder.path()), 1);
    }
}

/// This program started again, with the test below as its only one.
#[test]
fn two_processes_at_once_end_with_one_key() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..2 {
        let path = folder.path().join(format!("{round}.key"));
        let start = || {
            std::process::Command::new(std::env::current_exe().unwrap())
                .args(["key_file::a_process_that_makes_a_key", "--exact", "--nocapture"])
                .env("TRIPOD_TEST_KEY_FILE", &path)
                .stdout(std::process::Stdio::piped())
                .spawn()
                .unwrap()
        };
        let keys = [start(), start(), start()].map(|child| {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success());
            let text = String::from_utf8(output.stdout).unwrap();
            let line = text.lines().find_map(|line| line.split_once("key file: "));
            line.map(|(_, key)| key.to_owned()).unwrap()
        });
        let there = text(&SealingKey::from_file(&path).unwrap());
        assert!(keys.iter().all(|key| *key == there), "{round}");
    }
    assert_eq!(files(folder.path()), 2);
}

/// Does nothing unless the test above has started it.
#[test]
fn a_process_that_makes_a_key() {
    if let Some(path) = std::env::var_os("TRIPOD_TEST_KEY_FILE") {
        println!("key file: {}", text(&SealingKey::from_file_or_new(path).unwrap()));
    }
}

#[test]
fn what_holds_no_key_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sealing.key");
    let key = text(&key(0));
    let long = format!("{key}{}", " ".repeat(256));
    let twice = format!("{key}\n{key}\n");
    for bytes in [
        b"".as_slice(),
        b"\n",
        &key.as_bytes()[1..],
        b"\xff\xfe",
        long.as_bytes(),
        twice.as_bytes(),
    ] {
        write(&path, bytes);
        for result in [SealingKey::from_file(&path), SealingKey::from_file_or_new(&path)] {
            let error = fails(result, &KeyFileError::NotAKey);
            assert!(!format!("{error:?}").contains(&key[..20]));
        }
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    fails(SealingKey::from_file_or_new(&inner), &KeyFileError::NotAKey);
    #[cfg(unix)]
    fails(SealingKey::from_file("/dev/null"), &KeyFileError::NotAKey);
}

#[test]
fn a_folder_that_is_not_there_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none").join("sealing.key");
    fails(SealingKey::from_file(&path), &KeyFileError::Missing);
    let error = fails(SealingKey::from_file_or_new(&path), &KeyFileError::Unusable);
    assert!(std::error::Error::source(&error).is_some());
    let text = format!("the file is {}; create its folder first", path.display());
    assert!(error.to_string().ends_with(&text), "{error}");
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::{MetadataExt as _, chown, symlink};

    use super::*;

    #[test]
    fn a_new_file_is_its_owners_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sealing.key");
        SealingKey::from_file_or_new(&path).unwrap();
        let file = fs::metadata(path).unwrap();
        assert_eq!((file.mode() & 0o7777, file.nlink()), (0o600, 1));
    }

    #[test]
    fn a_file_that_others_may_use_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sealing.key");
        let made = text(&SealingKey::from_file_or_new(&path).unwrap());
        for wide in [0o644, 0o640, 0o604, 0o660, 0o602, 0o620, 0o610, 0o601, 0o666, 0o777] {
            mode(&path, wide);
            for result in [SealingKey::from_file(&path), SealingKey::from_file_or_new(&path)] {
                let Err(error) = result else { panic!("{wide:o} was taken") };
                let kind = format!("KeyFile(TooOpen {{ mode: {wide} }})");
                assert_eq!(format!("{:?}", error.kind()), kind);
                assert!(error.to_string().contains(&format!("{wide:o}")), "{error}");
            }
        }
        for narrow in [0o400, 0o600, 0o700] {
            mode(&path, narrow);
            assert_eq!(text(&SealingKey::from_file(&path).unwrap()), made);
        }
    }

    #[test]
    fn a_link_is_followed_to_the_file_that_is_checked() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("data"), folder.path().join("link"));
        symlink(&path, &link).unwrap();
        fails(SealingKey::from_file(&link), &KeyFileError::Missing);
        // Nothing is put where a link points to.
        fails(SealingKey::from_file_or_new(&link), &KeyFileError::Missing);
        let made = text(&SealingKey::from_file_or_new(&path).unwrap());
        assert_eq!(text(&SealingKey::from_file(&link).unwrap()), made);
        mode(&path, 0o644);
        assert!(SealingKey::from_file(&link).is_err());
    }

    /// Only the superuser can give a file away.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_of_another_user_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sealing.key");
        SealingKey::from_file_or_new(&path).unwrap();
        let own = fs::metadata(&path).unwrap().uid();
        match chown(&path, Some(own + 1), None) {
            Ok(()) => {
                fails(SealingKey::from_file(&path), &KeyFileError::OtherOwner);
                fails(SealingKey::from_file_or_new(&path), &KeyFileError::OtherOwner);
                chown(&path, Some(own), None).unwrap();
                SealingKey::from_file(&path).unwrap();
            }
            Err(error) => {
                println!("skipped: a file cannot be given to another user: {error}");
                assert!(std::env::var_os("TRIPOD_TEST_ALL").is_none(), "nothing may be skipped");
            }
        }
    }
}
