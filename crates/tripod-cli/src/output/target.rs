//! The file that a reply is written to.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use crate::fail::Failure;

/// A file that can be written, tried before the request is sent: a request whose reply has no place is not carried out.
#[derive(Debug)]
pub(crate) struct Target {
    path: PathBuf,
    /// None if there was none. It is made when there is a reply, so that a request that fails or is interrupted leaves
    /// no empty one.
    file: Option<File>,
}

/// The file of a reply that has come.
#[derive(Debug)]
pub(crate) struct Emptied {
    path: PathBuf,
    file: File,
}

impl Target {
    /// Opens the file, or tries whether it can be made. What is in it stays until there is a reply.
    pub(crate) fn open(path: PathBuf) -> Result<Self, Failure> {
        let made = OpenOptions::new().write(true).create_new(true).open(&path);
        let file = match made {
            // A device, a pipe, or a link to a file that is not there yet, is opened like a file with content.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => open(&path).map(Some),
            // In a folder that lets nothing be removed, it stays.
            Ok(file) => {
                drop(file);
                let _ = fs::remove_file(&path);
                Ok(None)
            }
            Err(error) => Err(error),
        };
        let file = file.map_err(|error| failed(&path, &error))?;
        Ok(Self { path, file })
    }

    /// Makes room for a reply.
    pub(crate) fn empty(self) -> Result<Emptied, Failure> {
        let Self { path, file } = self;
        let emptied = file.map_or_else(|| open(&path), Ok).and_then(|file| {
            if file.metadata()?.is_file() {
                file.set_len(0)?;
            }
            Ok(file)
        });
        match emptied {
            Ok(file) => Ok(Emptied { path, file }),
            Err(error) => Err(failed(&path, &error)),
        }
    }
}

impl Emptied {
    pub(crate) fn write(&mut self, piece: &[u8]) -> Result<(), Failure> {
        self.file.write_all(piece).map_err(|error| failed(&self.path, &error))
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).open(path)
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::file("write the file", path, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_reply_changes_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let target = Target::open(path.clone()).unwrap();
        // A program that is interrupted now leaves nothing.
        assert!(!path.exists());
        drop(target);
        assert!(!path.exists());
        Target::open(path.clone()).unwrap().empty().unwrap().write(b"first").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"first");

        fs::write(&path, "an older reply").unwrap();
        drop(Target::open(path.clone()).unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"an older reply");
        Target::open(path.clone()).unwrap().empty().unwrap().write(b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");

        assert!(Target::open(folder.path().to_owned()).is_err());
        assert!(Target::open(folder.path().join("no/such/folder")).is_err());
    }
}
