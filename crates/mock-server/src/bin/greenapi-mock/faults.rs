//! `greenapi-mock faults`.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use greenapi_mock_server::{Emulation, KnownFault};
use greenapi_model::Contract;

use crate::cli::FaultsArguments;
use crate::effective::of_file;
use crate::failure::Failure;
use crate::output;

const HEADING: Style = Style::new().bold();
const ID: Style = AnsiColor::Cyan.on_default();

/// Prints the faults that there are for a contract.
pub(crate) fn list(arguments: &FaultsArguments) -> Result<(), Failure> {
    let contract = match &arguments.contract.spec {
        Some(file) => of_file(file)?,
        None => Contract::of(arguments.contract.edition),
    };
    let emulation = Emulation::new(contract).map_err(|error| Failure::emulation(&error))?;
    let wanted = arguments.filter.as_deref().unwrap_or_default().to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&wanted);
    let faults: Vec<_> =
        emulation.faults().iter().filter(|fault| has(fault.id()) || has(fault.summary())).collect();
    if faults.is_empty() {
        return Err(Failure::use_of(
            &format!("no fault has `{wanted}` in its id or description"),
            "`greenapi-mock faults` lists all.",
        ));
    }
    output::ended(if arguments.json { lines(&faults) } else { table(&faults) })
}

/// The groups by what stands before the dot, and their headings.
const GROUPS: [(&str, &str); 3] = [
    ("wire", "On the wire: the bytes and the time"),
    ("domain", "Of the domain: what the service may answer although nothing is wrong with the request"),
    ("content", "Of the content: one clause of the contract, one way to break it"),
];

fn group(fault: &KnownFault) -> &'static str {
    match fault.id().split_once('.') {
        _ if fault.clause().is_some() => "content",
        Some(("wire", _)) => "wire",
        _ => "domain",
    }
}

fn table(faults: &[&KnownFault]) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    let mut between = "";
    for (name, heading) in GROUPS {
        let members: Vec<_> = faults
            .iter()
            .filter(|fault| group(fault) == name)
            .map(|fault| (text(fault), fault.summary()))
            .collect();
        if members.is_empty() {
            continue;
        }
        writeln!(out, "{between}{HEADING}{heading}{HEADING:#}")?;
        between = "\n";
        let width = members.iter().map(|(text, _)| text.chars().count()).max().unwrap_or_default();
        for (text, summary) in members {
            writeln!(out, "  {ID}{text:<width$}{ID:#}  {summary}")?;
        }
    }
    out.flush()
}

/// The id, with the parameter that it has if none is given.
fn text(fault: &KnownFault) -> String {
    match fault.default_parameter().as_str() {
        "" => fault.id().to_owned(),
        parameter => format!("{}={parameter}", fault.id()),
    }
}

fn lines(faults: &[&KnownFault]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for fault in faults {
        let mut line =
            serde_json::json!({ "id": fault.id(), "group": group(fault), "summary": fault.summary() });
        if let Some(clause) = fault.clause() {
            line["clause"] = clause.id().into();
        }
        if !fault.default_parameter().is_empty() {
            line["parameter"] = fault.default_parameter().into();
        }
        writeln!(out, "{line}")?;
    }
    out.flush()
}
