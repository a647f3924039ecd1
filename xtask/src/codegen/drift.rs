//! Compares the generated files with what they should be.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::output::{FOLDER, MARKER};
use crate::failure::Failure;

/// A file that is not as it should be.
#[derive(Debug)]
pub(super) enum Change<'f> {
    /// Its content is another.
    Stale { path: &'f str, content: &'f str },
    /// It is not there.
    Missing { path: &'f str, content: &'f str },
    /// It was generated from an edition that is gone.
    Superfluous { path: String },
}

impl Change<'_> {
    /// Where the file stands, below the root.
    pub(super) fn path(&self) -> &str {
        match self {
            Self::Stale { path, .. } | Self::Missing { path, .. } => path,
            Self::Superfluous { path } => path,
        }
    }

    /// What is wrong with it.
    pub(super) fn state(&self) -> &'static str {
        match self {
            Self::Stale { .. } => "stale",
            Self::Missing { .. } => "missing",
            Self::Superfluous { .. } => "superfluous",
        }
    }

    /// What `apply` does to it.
    pub(super) fn done(&self) -> &'static str {
        match self {
            Self::Stale { .. } | Self::Missing { .. } => "wrote",
            Self::Superfluous { .. } => "removed",
        }
    }

    /// Puts it right.
    pub(super) fn apply(&self, root: &Path) -> Result<(), Failure> {
        let path = root.join(self.path());
        match self {
            Self::Stale { content, .. } | Self::Missing { content, .. } => {
                write(&path, content).map_err(|error| Failure::io(format!("write {}", self.path()), &error))
            }
            Self::Superfluous { .. } => {
                remove(&path).map_err(|error| Failure::io(format!("remove {}", self.path()), &error))
            }
        }
    }
}

/// The differences between `files` and what stands below the root: what to write, by path, then what to remove.
pub(super) fn find<'f>(root: &Path, files: &'f BTreeMap<String, String>) -> Result<Vec<Change<'f>>, Failure> {
    let mut changes = Vec::new();
    for (path, content) in files {
        match fs::read(root.join(path)) {
            Ok(found) if found == content.as_bytes() => {}
            Ok(_) => changes.push(Change::Stale { path, content }),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                changes.push(Change::Missing { path, content });
            }
            Err(error) => return Err(Failure::io(format!("read {path}"), &error)),
        }
    }
    let generated =
        generated(root).map_err(|error| Failure::io(format!("look through {FOLDER}/"), &error))?;
    changes.extend(
        generated
            .into_iter()
            .filter(|path| !files.contains_key(path))
            .map(|path| Change::Superfluous { path }),
    );
    Ok(changes)
}

/// The files in the folders of editions that say that they were generated. What people put there stays theirs.
fn generated(root: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    let folders = match fs::read_dir(root.join(FOLDER)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(found),
        folders => folders?,
    };
    for folder in folders {
        let folder = folder?;
        if !folder.file_type()?.is_dir() {
            continue;
        }
        for file in fs::read_dir(folder.path())? {
            let file = file?;
            if file.file_type()?.is_file() && is_marked(&fs::read(file.path())?) {
                let names =
                    [folder.file_name(), file.file_name()].map(|name| name.to_string_lossy().into_owned());
                found.push(format!("{FOLDER}/{}", names.join("/")));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_marked(content: &[u8]) -> bool {
    String::from_utf8_lossy(content).lines().take(2).any(|line| line.contains(MARKER))
}

/// Writes a file whole or not at all: a reader never sees half of it.
fn write(path: &Path, content: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".tmp");
    let temporary = path.with_file_name(name);
    let written = fs::write(&temporary, content).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The first error is the one to tell; there may be no file to remove.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Removes a file, and its folder if that is empty then.
fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)?;
    match path.parent().map(fs::remove_dir) {
        Some(Err(error)) if error.kind() != ErrorKind::DirectoryNotEmpty => Err(error),
        _ => Ok(()),
    }
}
