//! What the repository says of itself is true.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use greenapi_mock_server::Emulation;
use greenapi_model::Contract;

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn transport_and_mock_know_the_model_alone_and_the_harness_does_not_know_the_mock() {
    let all = ["greenapi-model", "greenapi-transport", "greenapi-mock-server", "greenapi-harness"];
    for (folder, allowed) in [
        ("model", &[][..]),
        ("transport", &["greenapi-model"]),
        ("mock-server", &["greenapi-model"]),
        ("harness", &["greenapi-model", "greenapi-transport"]),
    ] {
        let manifest = read(&format!("crates/{folder}/Cargo.toml"));
        let dependencies = manifest.split_once("[dependencies]").unwrap().1;
        for name in all.iter().filter(|name| !allowed.contains(name)) {
            assert!(!dependencies.contains(&format!("{name}.")), "{folder} depends on {name}");
            assert!(!dependencies.contains(&format!("{name} ")), "{folder} depends on {name}");
        }
    }
}

#[test]
fn what_is_fuzzed_is_what_is_shipped() {
    let versions = |path: &str| {
        let lock = read(path);
        let packages = lock.split("[[package]]").skip(1).map(|package| {
            let value = |key: &str| {
                let (_, rest) = package.split_once(&format!("\n{key} = \"")).unwrap();
                rest.split('"').next().unwrap().to_owned()
            };
            (value("name"), value("version"))
        });
        packages.collect::<HashSet<_>>()
    };
    let shipped = versions("Cargo.lock");
    let names: HashSet<_> = shipped.iter().map(|(name, _)| name).collect();
    let fuzzed = versions("fuzz/Cargo.lock");
    let of_both: Vec<_> = fuzzed.iter().filter(|(name, _)| names.contains(name)).collect();
    assert!(of_both.len() > 50, "{} packages are fuzzed", of_both.len());
    for (name, version) in of_both {
        let message =
            "is another version than in Cargo.lock: cp Cargo.lock fuzz/Cargo.lock, and cargo xtask fuzz";
        assert!(shipped.contains(&(name.clone(), version.clone())), "{name} {version} of fuzz/ {message}");
    }
}

#[test]
fn the_readme_lists_the_test_instances() {
    let readme = read("README.md");
    let rows: Vec<&str> = readme.lines().filter(|line| line.starts_with("| `1101")).collect();
    let expected: Vec<String> = Emulation::new(Contract::default())
        .unwrap()
        .test_instances()
        .into_iter()
        .map(|instance| format!("| `{}` | {} |", instance.id, instance.summary))
        .collect();
    assert_eq!(rows, expected);
}

#[test]
fn the_readme_names_commands_that_exist() {
    let aliases = read(".cargo/config.toml");
    for command in ["mock", "xtask"] {
        assert!(aliases.contains(&format!("\n{command} = ")), "{command}");
        assert!(read("README.md").contains(&format!("cargo {command}")), "{command}");
    }
}

#[test]
fn each_invariant_names_a_test_that_exists() {
    let architecture = read("ARCHITECTURE.md");
    let (_, invariants) = architecture.split_once("## Invariants").unwrap();
    let invariants = invariants.split("\n## ").next().unwrap();
    let mut named = 0;
    for line in invariants.lines().filter(|line| line.contains("Test: ")) {
        for test in line.split("Test: ").nth(1).unwrap().split('`').skip(1).step_by(2) {
            let (file, name) =
                test.split_once("::").unwrap_or_else(|| panic!("{test} names no test in a file"));
            assert!(read(file).contains(&format!("fn {name}(")), "{test} does not exist");
            named += 1;
        }
    }
    assert!(named >= 10, "{named} tests are named");
}
