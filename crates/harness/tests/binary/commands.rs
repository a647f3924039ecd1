//! The commands that ask no endpoint, and the help.

use greenapi_model::{Body, Contract};
use serde_json::Value;

use crate::Folder;
use crate::support::{DOCUMENTED, Server, taking};

#[test]
fn the_clauses_are_listed() {
    let folder = Folder::new();
    let contract = Contract::default();
    let listed = folder.run(&["clauses"]).with(0).stdout;
    let as_json: Value = serde_json::from_str(&folder.run(&["clauses", "--json"]).with(0).stdout).unwrap();
    assert_eq!(as_json["edition"], contract.edition());
    assert_eq!(as_json["clauses"].as_array().unwrap().len(), contract.clauses().len());
    for (clause, found) in contract.clauses().iter().zip(as_json["clauses"].as_array().unwrap()) {
        let line = listed.lines().find(|line| line.split(' ').next() == Some(clause.id())).unwrap();
        assert!(line.contains(clause.evidence().as_str()) && line.ends_with(clause.sentence()), "{line}");
        assert_eq!((&found["clause"], &found["sentence"]), (&clause.id().into(), &clause.sentence().into()));
        assert_eq!(found["evidence"], clause.evidence().as_str());
    }
}

#[test]
fn each_form_that_is_exported_is_read_by_those_whom_it_is_for() {
    let folder = Folder::new();
    let contract = Contract::default();
    let exported = |format: &str| folder.run(&["export", format]).with(0).stdout;
    let again = Contract::from_json(&exported("openapi")).unwrap();
    assert_eq!(again.document(), contract.document());
    let error = contract.errors()[0].body("POST", "/", "2026-01-02T03:04:05.123Z").unwrap();
    let error = serde_json::to_string(&error).unwrap();
    for (format, body, example) in [
        ("request-schema", Body::Request, contract.examples(Body::Request)[0].body()),
        ("response-schema", Body::Response, contract.examples(Body::Response)[0].body()),
        ("error-schema", Body::Error, &error),
    ] {
        let text = exported(format);
        assert_eq!(text.trim_end(), contract.json_schema(body).trim_end());
        let validator = jsonschema::draft202012::new(&serde_json::from_str(&text).unwrap()).unwrap();
        assert!(validator.is_valid(&serde_json::from_str(example).unwrap()), "{example}");
        assert!(!validator.is_valid(&Value::Null));
    }
    let pact: Value = serde_json::from_str(&exported("pact")).unwrap();
    assert_eq!(pact["metadata"]["pactSpecification"]["version"], "3.0.0");
    // To a file, and a contract of one's own from there.
    folder.run(&["export", "openapi", "--out", "own.json"]).with(0);
    assert_eq!(folder.text("own.json"), exported("openapi"));
    assert_eq!(
        folder.run(&["clauses", "--spec", "own.json"]).with(0).stdout,
        folder.run(&["clauses"]).with(0).stdout
    );
    let names = ["--consumer", "a", "--provider", "b", "--instance", "7", "--token-placeholder", "xyz"];
    let pact = folder
        .run(&[&["export", "pact"], &names[..]].concat())
        .with(0)
        .says(&["waInstance7/createGroup/xyz"]);
    let pact: Value = serde_json::from_str(&pact.stdout).unwrap();
    assert_eq!((&pact["consumer"]["name"], &pact["provider"]["name"]), (&"a".into(), &"b".into()));
    for wrong in [
        &["export", "yaml"][..],
        &["export", "openapi", "--out", "no/folder"],
        &["export", "pact", "--token-placeholder", "a b"],
    ] {
        folder.run(wrong).with(2).says(&["error: "]);
    }
}

#[test]
fn a_contract_that_differs_is_told_by_its_clauses() {
    let folder = Folder::new();
    folder.run(&["diff", "2020-06-29", "2020-06-29"]).with(0);
    let changed = Contract::default().document().replace("999999999999999", "99999999999");
    folder.write("changed.json", &changed);
    folder.run(&["diff", "changed.json", "changed.json"]).with(0);
    folder.run(&["diff", "2020-06-29", "changed.json"]).with(1).says(&["request.phones.items.maximum"]);
    let as_json = folder.run(&["diff", "--json", "2020-06-29", "changed.json"]).with(1).stdout;
    serde_json::from_str::<Value>(&as_json).unwrap();
    assert!(as_json.contains("request.phones.items.maximum"), "{as_json}");
    folder.write("none.json", "{}");
    folder.run(&["diff", "2020-06-29", "none.json"]).with(2).says(&["none.json is no contract"]);
    folder.run(&["diff", "2020-06-29", "2021"]).with(2).says(&["there is no file of that name"]);
}

#[test]
fn two_endpoints_are_compared_clause_by_clause() {
    let (one, other) = (Server::kept(), Server::broken(taking(DOCUMENTED)));
    let folder = Folder::new();
    let few = ["--cases", "20", "--skip-phase", "http"];
    folder
        .run(&[&["compare", &one.url, &Server::kept().url], &few[..]].concat())
        .with(0)
        .says(&["the same answers"]);
    let compare = [&["compare", &one.url, &other.url], &few[..]].concat();
    folder.run(&compare).with(1).says(&[&format!("{DOCUMENTED}: A kept, B broken")]);
    let run = folder.run(&[&compare[..], &["--json", "-"]].concat()).with(1);
    let difference: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(difference["clauses"][0]["clause"], DOCUMENTED);
    assert!(folder.files().is_empty(), "it keeps no failures");
}

/// A line that is broken where the terminal ends is no command any more.
#[test]
fn an_example_of_the_help_can_be_copied() {
    let folder = Folder::new();
    for arguments in [&["--help"][..], &["check", "--help"]] {
        let help = folder.run(arguments).with(0).stdout;
        let (_, examples) = help.split_once("Examples:\n").unwrap();
        let examples: Vec<_> = examples.lines().take_while(|line| !line.is_empty()).collect();
        assert!(examples.len() > 10, "{help}");
        let mut goes_on = false;
        for line in examples {
            let is_command = line.contains("greenapi-contract ");
            assert!(goes_on || is_command || line.starts_with("      "), "{line:?} in\n{help}");
            goes_on = line.ends_with('\\');
        }
    }
}

#[test]
fn every_option_of_every_command_has_a_help() {
    let folder = Folder::new();
    let top = folder.run(&["--help"]).with(0).stdout;
    for code in ["0  kept", "1  broken", "2  wrong use", "3  the target cannot be reached"] {
        assert!(top.contains(code), "{top}");
    }
    for command in ["check", "replay", "compare", "clauses", "export", "diff"] {
        assert!(top.lines().any(|line| line.trim_start().starts_with(command)), "{command}: {top}");
        let help = folder.run(&[command, "--help"]).with(0).stdout;
        let options = help.split("\nExamples:").next().unwrap_or_default();
        let lines: Vec<_> = options.lines().collect();
        let mut count = 0;
        for (number, line) in lines.iter().enumerate() {
            let option = line.trim_start();
            let indent = |line: &str| line.len() - line.trim_start().len();
            let is_option = (2..=6).contains(&indent(line)) && option.starts_with(['-', '<', '[']);
            if !is_option {
                continue;
            }
            count += 1;
            // Behind it, two spaces from it, or on the next line, further in.
            let beside = option.split("  ").skip(1).any(|text| !text.trim().is_empty());
            let below = lines
                .get(number + 1)
                .is_some_and(|next| !next.trim().is_empty() && indent(next) > indent(line));
            assert!(beside || below, "{command}: {line:?} has no help:\n{help}");
        }
        assert!(count >= 2, "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    }
}

#[test]
fn a_reader_that_has_enough_is_no_failure() {
    let folder = Folder::new();
    let (reader, writer) = std::io::pipe().unwrap();
    // Nobody reads it.
    drop(reader);
    let output = folder.command(&["export", "pact"]).stdout(writer).output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}
