//! Where sealed bytes are kept: a folder of this user's, or memory.
//!
//! Servers with different consumer keys may share the folder. A login opens only for its own consumer key, so each
//! server has names of its own: none of them can write over what another one keeps, or delete it.

use std::{
    collections::HashMap,
    env, fs,
    fs::{DirBuilder, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    process,
    sync::{Mutex, PoisonError},
};

use sha2::{Digest as _, Sha256};

/// More than what is sealed can have.
const MOST: u64 = 128 * 1024;

pub(crate) enum Shelf {
    /// Files that only this user can read.
    Folder { path: PathBuf, owner: String },
    /// For the sandbox, whose data end with this program.
    Memory(Mutex<HashMap<&'static str, Vec<u8>>>),
}

impl Shelf {
    /// Opens a folder for this consumer of the provider at this origin, and creates it if it is not there.
    ///
    /// Without an origin, the provider is FatSecret itself.
    pub(crate) fn folder(path: PathBuf, origin: Option<&str>, key: &str) -> io::Result<Self> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path)?;
        Ok(Self::Folder { path, owner: owner(origin.unwrap_or_default(), key) })
    }

    pub(crate) fn memory() -> Self {
        Self::Memory(Mutex::default())
    }

    /// Says where things are kept, for people.
    pub(crate) fn place(&self) -> String {
        match self {
            Self::Folder { path, .. } => path.display().to_string(),
            Self::Memory(_) => "the memory of this server".to_owned(),
        }
    }

    // The files are a few hundred bytes, so reading and writing them does not hold up other calls.

    pub(crate) fn read(&self, name: &'static str) -> io::Result<Option<Vec<u8>>> {
        match self {
            Self::Memory(kept) => Ok(lock(kept).get(name).cloned()),
            Self::Folder { path, owner } => {
                let path = file(path, name, owner);
                match File::open(&path) {
                    Ok(file) => {
                        let mut bytes = Vec::new();
                        file.take(MOST)
                            .read_to_end(&mut bytes)
                            .map_err(|error| named(&path, &error))?;
                        Ok(Some(bytes))
                    }
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                    Err(error) => Err(named(&path, &error)),
                }
            }
        }
    }

    /// Puts bytes in place of what was there. Another process reads the old bytes or the new ones.
    pub(crate) fn write(&self, name: &'static str, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Memory(kept) => {
                lock(kept).insert(name, bytes.to_owned());
                Ok(())
            }
            Self::Folder { path: folder, owner } => {
                let path = file(folder, name, owner);
                let draft = folder.join(format!("{name}.{}.draft", process::id()));
                let written = write_new(&draft, bytes).and_then(|()| fs::rename(&draft, &path));
                if written.is_err() {
                    let _ = fs::remove_file(&draft);
                }
                written.map_err(|error| named(&path, &error))
            }
        }
    }

    /// Removes what was there, and says whether anything was.
    pub(crate) fn remove(&self, name: &'static str) -> io::Result<bool> {
        match self {
            Self::Memory(kept) => Ok(lock(kept).remove(name).is_some()),
            Self::Folder { path, owner } => {
                let path = file(path, name, owner);
                match fs::remove_file(&path) {
                    Ok(()) => Ok(true),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
                    Err(error) => Err(named(&path, &error)),
                }
            }
        }
    }
}

/// Returns the folder of this user's for this program, as the system has it.
pub(crate) fn usual_folder() -> Option<PathBuf> {
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        variable("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        variable("XDG_STATE_HOME")
            .or_else(|| variable("HOME").map(|home| home.join(".local/state")))
    };
    base.map(|base| base.join("fatsecret-mcp"))
}

/// What stands for a provider and a consumer in the names of files. A key may have characters that a name cannot.
fn owner(origin: &str, key: &str) -> String {
    let hash: [u8; 32] = Sha256::digest(format!("{}:{origin}{key}", origin.len())).into();
    // Enough to tell the servers of one user apart.
    let first = hash.first_chunk().copied().unwrap_or_default();
    format!("{:016x}", u64::from_be_bytes(first))
}

fn file(folder: &Path, name: &str, owner: &str) -> PathBuf {
    folder.join(format!("{name}-{owner}.sealed"))
}

/// The same error, with the file that the user has to look at.
fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A draft of a process that ended in the middle, and had our id.
    let _ = fs::remove_file(path);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::owner;

    #[test]
    fn each_consumer_of_each_provider_has_names_of_its_own() {
        let all = [owner("", "a"), owner("", "b"), owner("http://a", "b"), owner("http://ab", "")];
        for (at, one) in all.iter().enumerate() {
            assert!(one.len() == 16 && !all[..at].contains(one), "{all:?}");
        }
        assert_eq!(owner("", "a"), all[0], "and the same ones after a restart");
    }
}
