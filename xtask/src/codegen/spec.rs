//! Reads the editions of the contract.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use greenapi_model::Contract;

use super::output::GENERATED;
use super::place;
use super::yaml::{self, Node, Place};
use crate::failure::{Exit, Failure};

/// The folder of the editions, below the root.
const FOLDER: &str = "spec";

/// An edition that the model takes.
#[derive(Debug)]
pub(super) struct Spec {
    /// Where it stands, below the root: `spec/2020-06-29.yaml`.
    pub(super) path: String,
    pub(super) contract: Contract,
}

/// Why a spec is refused, and where it says so: `spec/2020-06-29.yaml:3:1: ...`.
#[derive(Debug)]
struct Refusal {
    path: String,
    place: Place,
    message: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.path, self.place, self.message)
    }
}

/// What somebody may take for an edition.
const OTHER_ENDINGS: [&str; 3] = [".yml", ".json", ".YAML"];

/// All the editions, by name. Of each that is refused the failure says why.
pub(super) fn read_all(root: &Path) -> Result<Vec<Spec>, Failure> {
    let files = files(&root.join(FOLDER)).map_err(|error| Failure::io(format!("list {FOLDER}/"), &error))?;
    if let Some(other) = files.iter().find(|file| OTHER_ENDINGS.iter().any(|ending| file.ends_with(ending))) {
        let message = format!("{FOLDER}/{other} would not be read: an edition is a file *.yaml");
        return Err(Failure::new(Exit::Failed, [message]));
    }
    let names: Vec<&str> = files.iter().filter_map(|file| file.strip_suffix(".yaml")).collect();
    if names.is_empty() {
        return Err(Failure::new(Exit::Failed, [format!("{FOLDER}/ has no edition: no file *.yaml")]));
    }
    let mut specs = Vec::new();
    let mut refusals = Vec::new();
    for name in names {
        let path = format!("{FOLDER}/{name}.yaml");
        let text = fs::read_to_string(root.join(&path))
            .map_err(|error| Failure::io(format!("read {path}"), &error))?;
        match compile(name, &text) {
            Ok(contract) => specs.push(Spec { path, contract }),
            Err((place, message)) => refusals.push(Refusal { path, place, message }),
        }
    }
    if refusals.is_empty() {
        Ok(specs)
    } else {
        Err(Failure::new(Exit::Failed, refusals.iter().map(Refusal::to_string)))
    }
}

/// The names of the files in a folder, in order.
fn files(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn compile(name: &str, text: &str) -> Result<Contract, (Place, String)> {
    let document = yaml::parse(text)?;
    if let Some(member) = document.member(GENERATED) {
        return Err((member.place, format!("`{GENERATED}` is what codegen adds: leave it out")));
    }
    let contract = Contract::from_json(&json(&document)?)
        .map_err(|error| (place::of(&document, error.pointer().as_str()), error.message().to_owned()))?;
    let version = contract.edition();
    if version == name {
        Ok(contract)
    } else {
        Err((
            place::of(&document, "/info/version"),
            format!("the version is `{version}`, but the file's name says `{name}`: make them the same"),
        ))
    }
}

fn json(document: &Node) -> Result<String, (Place, String)> {
    serde_json::to_string(document).map_err(|error| (document.place, error.to_string()))
}
