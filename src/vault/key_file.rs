// A sealing key in a file of its own: made once, private, and refused where others could have read it.
//
// The trap: two processes that start at once must end with one key, or each seals what the other cannot open. So
// the key is written into a draft, and the draft is linked to its name, which fails where a file is there.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::key::SealingKey;
use crate::{
    error::{Error, groups::KeyFileError, kind::ErrorKind},
    hex, random,
};

/// More than the file needs: 44 digits and white space.
const MOST: usize = 256;

/// # Keep a key in a file
impl SealingKey {
    /// Reads the key from a file that only this user can read.
    ///
    /// The file contains the key in base64, as [`to_base64`](Self::to_base64) or
    /// `openssl rand -base64 32` writes it. White space around it is ignored. A symbolic link is
    /// followed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::KeyFile`], with the reason.
    ///
    /// # Security
    ///
    /// On Unix, the file must have the permissions `0600` or less; if its group or others have any permission,
    /// the file is refused. On Linux, a file of another user is refused too, if `/proc` is available to find
    /// out which user runs this program. On other Unix systems the owner is not checked: only the owner and
    /// the superuser can open such a file, so this matters only to a program that runs as the superuser. On
    /// Windows and other systems nothing of this is checked, and the permissions of the folder decide: use a
    /// folder in the user's profile.
    ///
    /// Somebody who can write to the folder can replace the file.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # fn main() -> Result<(), tripod::Error> {
    /// use tripod::vault::{KeyRing, SealingKey};
    ///
    /// let keys = KeyRing::new("2026-07", SealingKey::from_file("/etc/diary/sealing-2026-07.key")?)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// What a program says that cannot start:
    ///
    /// ```
    /// use tripod::{Error, ErrorKind, KeyFileError, vault::SealingKey};
    ///
    /// fn help(error: &Error) -> String {
    ///     match error.kind() {
    ///         ErrorKind::KeyFile(KeyFileError::Missing) => "create the key first".to_owned(),
    ///         other => other.to_string(),
    ///     }
    /// }
    ///
    /// let error = SealingKey::from_file("/no-such-folder/sealing.key").unwrap_err();
    /// assert_eq!(help(&error), "create the key first");
    /// ```
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        read(path.as_ref())
    }

    /// Reads the key from a file, and creates the file with a new key if there is none.
    ///
    /// The file appears with the complete key in it and, on Unix, with the permissions `0600`. If several
    /// processes do this at the same time, one of them creates the file, and all read the same key. The folder
    /// must exist, on a file system with hard links.
    ///
    /// Use this for programs on one machine. On several machines, each would create its own key: create one key,
    /// and give it to all machines.
    ///
    /// # Errors
    ///
    /// The errors of [`from_file`](Self::from_file).
    ///
    /// # Security
    ///
    /// As for [`from_file`](Self::from_file). If the file is lost, what its key has sealed cannot be opened: keep
    /// a copy.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use tripod::vault::{KeyRing, SealingKey};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("sealing.key");
    /// let keys = KeyRing::new("1", SealingKey::from_file_or_new(&path)?)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_file_or_new(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        match read(path) {
            Err(error) if *error.kind() == ErrorKind::KeyFile(KeyFileError::Missing) => {}
            done => return done,
        }
        create(path).map_err(|error| {
            let has_no_folder = error.kind() == io::ErrorKind::NotFound;
            let error = unusable(path)(error);
            if has_no_folder { error.with_more_detail("create its folder first") } else { error }
        })?;
        // Also if this process made it: what counts is what is there.
        read(path)
    }
}

fn read(path: &Path) -> Result<SealingKey, Error> {
    // Before it is opened, since opening a pipe would wait for its other end.
    let refused = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => failed(KeyFileError::Missing),
        _ => unusable(path)(error),
    };
    check(&fs::metadata(path).map_err(refused)?)?;
    let mut file = File::open(path).map_err(refused)?;
    // And what was opened, which may be another file by now.
    check(&file.metadata().map_err(unusable(path))?)?;
    let mut text = Zeroizing::new([0; MOST]);
    let mut end = 0;
    while end < MOST {
        match file.read(&mut text[end..]) {
            Ok(0) => break,
            Ok(more) => end += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unusable(path)(error)),
        }
    }
    let text = std::str::from_utf8(&text[..end]).map_err(|_| failed(KeyFileError::NotAKey))?;
    // One that fills the buffer may go on.
    match SealingKey::from_base64(text) {
        Ok(key) if end < MOST => Ok(key),
        _ => Err(failed(KeyFileError::NotAKey)),
    }
}

fn check(file: &Metadata) -> Result<(), Error> {
    if !file.is_file() {
        return Err(failed(KeyFileError::NotAKey));
    }
    check_access(file)
}

#[cfg(unix)]
fn check_access(file: &Metadata) -> Result<(), Error> {
    use std::os::unix::fs::MetadataExt as _;

    if own_id().is_some_and(|own| own != file.uid()) {
        return Err(failed(KeyFileError::OtherOwner));
    }
    let mode = file.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(failed(KeyFileError::TooOpen { mode }));
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_access(_: &Metadata) -> Result<(), Error> {
    Ok(())
}

/// The user that this process acts as: the second of the four numbers. `None` where nobody tells.
#[cfg(unix)]
fn own_id() -> Option<u32> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let ids = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    ids.split_whitespace().nth(1)?.parse().ok()
}

/// Makes the file, unless another process is faster.
fn create(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let key = SealingKey::generate().to_base64();
    let (draft, mut file) = Draft::new(folder)?;
    file.write_all(key.expose_secret().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    match fs::hard_link(&draft.0, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    drop(draft);
    // The name has to last as long as what the key seals. Elsewhere a folder cannot be opened as a file.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// A file that nobody else knows of, removed in the end.
struct Draft(PathBuf);

impl Draft {
    fn new(folder: &Path) -> io::Result<(Self, File)> {
        let mut number = [0; 8];
        random::fill(&mut number);
        let path = folder.join(format!(".tripod-key-{}", hex::encode(&number)));
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        Ok((Self(path), file))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // One that is left does no harm: nothing is sealed with it.
        let _ = fs::remove_file(&self.0);
    }
}

fn failed(reason: KeyFileError) -> Error {
    Error::setup(ErrorKind::KeyFile(reason))
}

/// A path is no secret, and the one that was meant is the question here.
fn unusable(path: &Path) -> impl Fn(io::Error) -> Error {
    let shown = format!("the file is {}", path.display());
    move |error| failed(KeyFileError::Unusable).with_source(error).with_detail(shown.clone())
}
