//! The file that a reply is written to.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use crate::fail::Failure;

/// A file that can be written, opened before the request is sent: a request whose reply has no place is not carried out.
#[derive(Debug)]
pub(crate) struct Target {
    path: PathBuf,
    file: File,
    /// Whether it was made for a reply that has not come yet.
    is_unused: bool,
}

impl Target {
    /// Opens the file, or makes it. What is in it stays until there is a reply.
    pub(crate) fn open(path: PathBuf) -> Result<Self, Failure> {
        let mut options = OpenOptions::new();
        let (file, is_unused) = match options.write(true).create_new(true).open(&path) {
            // A device, a pipe, or a link to a file that is not there yet, is opened like a file with content.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                (OpenOptions::new().write(true).create(true).truncate(false).open(&path), false)
            }
            made => (made, true),
        };
        let file = file.map_err(|error| Self::failed(&path, &error))?;
        Ok(Self { path, file, is_unused })
    }

    /// Makes room for a reply.
    pub(crate) fn empty(&mut self) -> Result<(), Failure> {
        self.is_unused = false;
        let emptied = self
            .file
            .metadata()
            .and_then(|about| if about.is_file() { self.file.set_len(0) } else { Ok(()) });
        emptied.map_err(|error| Self::failed(&self.path, &error))
    }

    pub(crate) fn write(&mut self, piece: &[u8]) -> Result<(), Failure> {
        self.file.write_all(piece).map_err(|error| Self::failed(&self.path, &error))
    }

    fn failed(path: &Path, error: &io::Error) -> Failure {
        Failure::file("write the file", path, error)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if self.is_unused {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_reply_changes_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        drop(Target::open(path.clone()).unwrap());
        assert!(!path.exists());

        fs::write(&path, "an older reply").unwrap();
        drop(Target::open(path.clone()).unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"an older reply");
        let mut target = Target::open(path.clone()).unwrap();
        target.empty().unwrap();
        target.write(b"new").unwrap();
        drop(target);
        assert_eq!(fs::read(&path).unwrap(), b"new");

        assert!(Target::open(folder.path().to_owned()).is_err());
        assert!(Target::open(folder.path().join("no/such/folder")).is_err());
    }
}
