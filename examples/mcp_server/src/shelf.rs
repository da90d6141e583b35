//! Where sealed bytes are kept: a folder of this user's, or memory.

use std::{
    collections::HashMap,
    env, fs,
    fs::{DirBuilder, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    process,
    sync::{Mutex, PoisonError},
};

/// More than what is sealed can have.
const MOST: u64 = 128 * 1024;

pub(crate) enum Shelf {
    /// Files that only this user can read.
    Folder(PathBuf),
    /// For the sandbox, whose data end with this program.
    Memory(Mutex<HashMap<&'static str, Vec<u8>>>),
}

impl Shelf {
    /// Opens a folder, and creates it if it is not there.
    pub(crate) fn folder(path: PathBuf) -> io::Result<Self> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path)?;
        Ok(Self::Folder(path))
    }

    pub(crate) fn memory() -> Self {
        Self::Memory(Mutex::default())
    }

    /// Says where things are kept, for people.
    pub(crate) fn place(&self) -> String {
        match self {
            Self::Folder(path) => path.display().to_string(),
            Self::Memory(_) => "the memory of this server".to_owned(),
        }
    }

    // The files are a few hundred bytes, so reading and writing them does not hold up other calls.

    pub(crate) fn read(&self, name: &'static str) -> io::Result<Option<Vec<u8>>> {
        match self {
            Self::Memory(kept) => Ok(lock(kept).get(name).cloned()),
            Self::Folder(folder) => match File::open(file(folder, name)) {
                Ok(file) => {
                    let mut bytes = Vec::new();
                    file.take(MOST).read_to_end(&mut bytes)?;
                    Ok(Some(bytes))
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            },
        }
    }

    /// Puts bytes in place of what was there. Another process reads the old bytes or the new ones.
    pub(crate) fn write(&self, name: &'static str, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Memory(kept) => {
                lock(kept).insert(name, bytes.to_owned());
                Ok(())
            }
            Self::Folder(folder) => {
                let draft = folder.join(format!("{name}.{}.draft", process::id()));
                let written =
                    write_new(&draft, bytes).and_then(|()| fs::rename(&draft, file(folder, name)));
                if written.is_err() {
                    let _ = fs::remove_file(&draft);
                }
                written
            }
        }
    }

    /// Removes what was there, and says whether anything was.
    pub(crate) fn remove(&self, name: &'static str) -> io::Result<bool> {
        match self {
            Self::Memory(kept) => Ok(lock(kept).remove(name).is_some()),
            Self::Folder(folder) => match fs::remove_file(file(folder, name)) {
                Ok(()) => Ok(true),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
                Err(error) => Err(error),
            },
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

fn file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.sealed"))
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
