mod drift;
mod refusals;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Mode, run};
use crate::failure::Failure;

const NAME: &str = "2020-06-29";
const SPEC: &str = include_str!("tests/edition.yaml");

/// A folder with one edition, and what codegen writes there.
struct Repository {
    root: TempDir,
}

impl Repository {
    fn new() -> Self {
        let repository = Self { root: TempDir::new().unwrap() };
        repository.write(&format!("spec/{NAME}.yaml"), SPEC);
        repository
    }

    /// One in which codegen has run.
    fn generated() -> Self {
        let repository = Self::new();
        repository.codegen(Mode::Write).unwrap();
        repository
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// What codegen says, and how it ends.
    fn codegen(&self, mode: Mode) -> Result<String, Failure> {
        let mut out = Vec::new();
        run(self.root.path(), mode, &mut out).map(|()| String::from_utf8(out).unwrap())
    }

    /// The paths of all files, in order.
    fn files(&self) -> Vec<String> {
        fn collect(root: &Path, folder: &Path, found: &mut Vec<String>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    collect(root, &path, found);
                } else {
                    let path = path.strip_prefix(root).unwrap();
                    found.push(path.to_str().unwrap().replace('\\', "/"));
                }
            }
        }
        let mut found = Vec::new();
        collect(self.root.path(), self.root.path(), &mut found);
        found.sort();
        found
    }
}
