//! Builds the targets with what libFuzzer has to see, on a stable toolchain.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{FOLDER, Target};
use crate::cargo;
use crate::failure::Failure;

/// Which code is reached, and what is compared with what. As cargo-fuzz has them, without a sanitizer.
const FLAGS: [&str; 7] = [
    "--cfg",
    "fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// What goes for each run.
const OPTIONS: [&str; 4] = [
    // No target waits for a clock, so that an input which takes so many seconds is a hang.
    "-timeout=20",
    // What takes so much memory leaks.
    "-rss_limit_mb=1024",
    "-max_len=4096",
    "-print_final_stats=1",
];

/// The binaries.
pub(super) struct Built {
    /// Where they, and what they find, are kept.
    pub(super) folder: PathBuf,
    host: String,
}

impl Built {
    /// A run of a target.
    pub(super) fn command(&self, target: Target) -> Command {
        let mut command = Command::new(self.folder.join(&self.host).join("release").join(target.name()));
        command.args(OPTIONS);
        command
    }
}

/// Builds these targets; what cargo says goes to stderr.
pub(super) fn build(root: &Path, targets: &[Target]) -> Result<Built, Failure> {
    has_compiler()?;
    let folder =
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder));
    let built = Built { folder: folder.join("fuzz"), host: host()? };
    let mut command = cargo();
    command
        .current_dir(root)
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\x1f"))
        .args(["build", "--release", "--manifest-path"])
        .arg(Path::new(FOLDER).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&built.folder)
        // With a target named, build scripts and macros are built without the flags.
        .args(["--target", &built.host]);
    for target in targets {
        command.args(["--bin", target.name()]);
    }
    let ended = command.status().map_err(|error| Failure::io("start cargo", &error))?;
    if ended.success() { Ok(built) } else { Err(Failure::failed("the fuzz targets do not build")) }
}

/// libFuzzer is built by the crate `cc`, which takes this one.
fn has_compiler() -> Result<(), Failure> {
    let compiler = env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    let mut command = Command::new(&compiler);
    let found =
        command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    found.map(drop).map_err(|error| {
        Failure::failed(format!(
            "libFuzzer is C++, and `{compiler}` cannot be started: {error}\ninstall g++, or name another compiler in CXX"
        ))
    })
}

/// The target that rustc builds for by itself.
fn host() -> Result<String, Failure> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = Command::new(rustc).arg("-vV").output().map_err(|error| Failure::io("start rustc", &error))?;
    let said = String::from_utf8_lossy(&said.stdout);
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Failure::failed("`rustc -vV` names no host"))
}
