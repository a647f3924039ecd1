//! The file that says where the endpoint is, for those who cannot read its stdout.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// A file that is to be there, whole, while the endpoint takes calls. When this is dropped it is gone.
pub(crate) struct ReadyFile {
    path: PathBuf,
    /// Beside it, so that a rename puts it in place at once.
    draft: PathBuf,
    text: String,
}

impl ReadyFile {
    /// Finds out whether the file can be written, before the endpoint takes a call. What is there stays as it is.
    pub(crate) fn prepare(path: &Path) -> Result<Self, Failure> {
        let refused = |error: &io::Error| Failure::ready_file(path, error);
        if path.is_dir() {
            return Err(refused(&io::ErrorKind::IsADirectory.into()));
        }
        let mut name =
            path.file_name().ok_or_else(|| refused(&io::ErrorKind::InvalidInput.into()))?.to_owned();
        name.push(format!(".{}.draft", std::process::id()));
        let ready = Self { path: path.to_owned(), draft: path.with_file_name(name), text: String::new() };
        // One of a process that was killed, and had the same number, is in nobody's way.
        let _ = fs::remove_file(&ready.draft);
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&ready.draft)
            .map_err(|error| refused(&error))?;
        Ok(ready)
    }

    /// Puts it in place, with one line.
    pub(crate) fn publish(&mut self, line: &str) -> Result<(), Failure> {
        self.text = format!("{line}\n");
        let written = OpenOptions::new().write(true).open(&self.draft).and_then(|mut draft| {
            draft.write_all(self.text.as_bytes())?;
            draft.sync_all()
        });
        written
            .and_then(|()| fs::rename(&self.draft, &self.path))
            .map_err(|error| Failure::ready_file(&self.path, &error))
    }
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.draft);
        // Another endpoint may have written its own there since.
        if !self.text.is_empty() && fs::read_to_string(&self.path).is_ok_and(|found| found == self.text) {
            let _ = fs::remove_file(&self.path);
        }
    }
}
