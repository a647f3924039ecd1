//! Files that are there while the endpoint runs: where it is, and whom its clients have to trust.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// A file that is to be there, whole, while the endpoint takes calls. When this is dropped it is gone.
pub(crate) struct KeptFile {
    purpose: Purpose,
    path: PathBuf,
    /// Beside it, so that a rename puts it in place at once.
    draft: PathBuf,
    text: String,
}

/// What a file is for.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    /// It says where the endpoint is.
    Ready,
    /// It holds the certificate that clients have to trust.
    Authority,
}

impl Purpose {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ready => "the ready file",
            Self::Authority => "the certificate of the authority",
        }
    }

    pub(crate) fn option(self) -> &'static str {
        match self {
            Self::Ready => "--ready-file, its variable, or ready-file in the file",
            Self::Authority => "--tls-ca, its variable, or ca in [tls]",
        }
    }
}

impl KeptFile {
    /// Finds out whether the file can be written, before the endpoint takes a call. What is there stays as it is.
    pub(crate) fn prepare(purpose: Purpose, path: &Path) -> Result<Self, Failure> {
        let refused = |error: &io::Error| Failure::kept_file(purpose, path, error);
        if path.is_dir() {
            return Err(refused(&io::ErrorKind::IsADirectory.into()));
        }
        let mut name =
            path.file_name().ok_or_else(|| refused(&io::ErrorKind::InvalidInput.into()))?.to_owned();
        name.push(format!(".{}.draft", std::process::id()));
        let draft = path.with_file_name(name);
        let kept = Self { purpose, path: path.to_owned(), draft, text: String::new() };
        // One of a process that was killed, and had the same number, is in nobody's way.
        let _ = fs::remove_file(&kept.draft);
        let draft = OpenOptions::new().write(true).create_new(true).open(&kept.draft);
        draft.and_then(|draft| kept.share(&draft)).map_err(|error| refused(&error))?;
        Ok(kept)
    }

    /// A certificate is for whoever is to trust it, as whom the endpoint may not run.
    #[cfg(unix)]
    fn share(&self, draft: &fs::File) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt;

        match self.purpose {
            Purpose::Ready => Ok(()),
            Purpose::Authority => draft.set_permissions(fs::Permissions::from_mode(0o644)),
        }
    }

    #[cfg(not(unix))]
    fn share(&self, _: &fs::File) -> io::Result<()> {
        Ok(())
    }

    /// Puts it in place with this text.
    pub(crate) fn publish(&mut self, text: String) -> Result<(), Failure> {
        self.text = text;
        let written = OpenOptions::new().write(true).open(&self.draft).and_then(|mut draft| {
            draft.write_all(self.text.as_bytes())?;
            draft.sync_all()
        });
        written
            .and_then(|()| fs::rename(&self.draft, &self.path))
            .map_err(|error| Failure::kept_file(self.purpose, &self.path, &error))
    }
}

impl Drop for KeptFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.draft);
        // Another endpoint may have written its own there since.
        if !self.text.is_empty() && fs::read_to_string(&self.path).is_ok_and(|found| found == self.text) {
            let _ = fs::remove_file(&self.path);
        }
    }
}
