//! Each refusal, by one replacement in the real spec: its message, and the line that it points to.

mod bodies;

use std::fmt::Write;
use std::fs;

use super::{NAME, Repository, SPEC};
use crate::codegen::Mode;
use crate::failure::Exit;

/// What is replaced once in the spec, and by what.
struct Case {
    title: &'static str,
    from: &'static str,
    to: &'static str,
}

const fn case(title: &'static str, from: &'static str, to: &'static str) -> Case {
    Case { title, from, to }
}

#[test]
fn a_file_that_is_no_yaml_is_refused() {
    let cases = [
        case("syntax error", "tags: [groups]\n      requestBody:", "tags: [groups\n      requestBody:"),
        case("duplicate key", "  summary: Makes", "  version: \"2020-06-29\"\n  summary: Makes"),
        case("tab", "\n  title: GREEN", "\n\ttitle: GREEN"),
        case("second document", "\ntags:", "\n---\ntags:"),
        case("merge key", "\ninfo:\n", "\ninfo:\n  <<: {}\n"),
        case("unknown tag", "documented\n    # The", "!fact documented\n    # The"),
        case("unknown alias", "documented\n    # The", "*fact\n    # The"),
        case("number that JSON does not have", "maximum: 599", "maximum: .inf"),
    ];
    insta::assert_snapshot!(refusals(&cases));
}

#[test]
fn a_document_around_the_schemas_is_refused() {
    let cases = [
        case("version of OpenAPI", "openapi: 3.1.0", "openapi: 3.0.3"),
        case("unknown member of the document", "\ntags:", "\nsecurity: []\ntags:"),
        case("codegen's own field", "\ninfo:", "\nx-generated: by hand\ninfo:"),
        case("another version than the file's name", "version: \"2020-06-29\"", "version: \"2020-06-30\""),
        case("no title", "  title: GREEN-API createGroup\n", ""),
        case("unknown x- field", "  summary: Makes", "  x-mood: good\n  summary: Makes"),
        case(
            "unknown x- field of the licence",
            "    identifier: MIT",
            "    x-mood: good\n    identifier: MIT",
        ),
        case(
            "unknown x- field of a server",
            "  - url: https://api",
            "  - x-mood: good\n    url: https://api",
        ),
        case("unknown x- field of a tag", "  - name: groups", "  - x-mood: good\n    name: groups"),
        case("second path", "\npaths:", "\npaths:\n  /other: {}"),
        case("no evidence of the path", "    x-evidence: documented\n    # The", "    # The"),
        case("unknown parameter in the path", "\n  /waInstance{idInstance}", "\n  /waInstance{id}"),
        case("parameter that is not closed", "{apiTokenInstance}:\n    x-ev", "{apiTokenInstance:\n    x-ev"),
        case("no parameter in the path", "\n  /waInstance{idInstance}", "\n  /waInstance"),
        case("unknown parameter", "name: apiTokenInstance", "name: token"),
        case(
            "missing parameter",
            "parameters:\n      - name",
            "parameters: []\n    summary: >-\n      - name",
        ),
        case(
            "parameter in the query",
            "name: idInstance\n        in: path",
            "name: idInstance\n        in: query",
        ),
        case(
            "parameter without a range",
            "          maximum: 9999999999\n          x-evidence: {type: observed, minimum: assumed, maximum: observed}",
            "          x-evidence: {type: observed, minimum: assumed}",
        ),
        case(
            "parameter of a wrong type",
            "type: string\n          minLength: 1\n          x-evidence: {type: documented, minLength: assumed}\n\n",
            "type: boolean\n          x-evidence: assumed\n\n",
        ),
        case("no text where one is due", "words: [createGroup]", "words: createGroup"),
        case("word that is not in the path", "words: [createGroup]", "words: [CreateGroup]"),
        case("wrong evidence of the case", "      evidence: assumed", "      evidence: guessed"),
        case("no request", "      requestBody:", "      x-requestBody:"),
        case(
            "two media types",
            "        content:\n          application/json:\n            # That",
            "        content:\n          text/plain: {}\n          application/json:\n            # That",
        ),
        case(
            "two answers to OPTIONS",
            "        \"204\":",
            "        \"200\": {x-evidence: assumed}\n        \"204\":",
        ),
        case(
            "no answer to OPTIONS",
            "          x-evidence: observed\n        \"403\"",
            "          x-error: wrong-path\n        \"403\"",
        ),
    ];
    insta::assert_snapshot!(refusals(&cases));
}

#[test]
fn a_reference_is_refused() {
    let cases = [
        case("to nothing", "schemas/CreateGroup\"", "schemas/Nothing\""),
        case("to another file", "\"#/components/schemas/CreateGroup\"", "other.yaml#/CreateGroup"),
        case(
            "with siblings",
            "schemas/CreateGroup\"\n",
            "schemas/CreateGroup\"\n              title: Mine\n",
        ),
        case(
            "in a circle",
            "          items:\n            type: string\n            x-evidence: documented",
            "          items:\n            $ref: \"#/components/schemas/CreateGroup\"",
        ),
        case(
            "to itself",
            "    InstanceState:\n",
            "    Itself:\n      $ref: \"#/components/schemas/Itself\"\n    InstanceState:\n",
        ),
    ];
    insta::assert_snapshot!(refusals(&cases));
}

#[test]
fn every_spec_is_read_before_a_refusal_ends_the_run() {
    let repository = Repository::generated();
    let before = repository.files();
    repository.write("spec/2024-03-01.yaml", SPEC);
    repository.write("spec/2024-03-02.yaml", "openapi: 3.1.0\n");
    let failure = repository.codegen(Mode::Write).unwrap_err();
    insta::assert_snapshot!(failure, @r"
    error: spec/2024-03-01.yaml:6:3: the version is `2020-06-29`, but the file's name says `2024-03-01`: make them the same
    error: spec/2024-03-02.yaml:1:1: `info` is missing
    ");
    fs::remove_file(repository.path("spec/2024-03-01.yaml")).unwrap();
    fs::remove_file(repository.path("spec/2024-03-02.yaml")).unwrap();
    assert_eq!(repository.files(), before, "nothing is written after a refusal");
}

#[test]
fn a_file_that_would_be_passed_over_is_refused() {
    let repository = Repository::new();
    repository.write("spec/2024-03-01.yml", SPEC);
    insta::assert_snapshot!(
        repository.codegen(Mode::Write).unwrap_err(),
        @"error: spec/2024-03-01.yml would not be read: an edition is a file *.yaml"
    );
}

#[test]
fn a_repository_without_an_edition_is_refused() {
    let repository = Repository::new();
    fs::remove_file(repository.path(&format!("spec/{NAME}.yaml"))).unwrap();
    insta::assert_snapshot!(repository.codegen(Mode::Write).unwrap_err(), @"error: spec/ has no edition: no file *.yaml");
}

/// The refusals of the cases, each with the line of the spec that it points to.
fn refusals(cases: &[Case]) -> String {
    let mut text = String::new();
    for Case { title, from, to } in cases {
        assert_eq!(SPEC.matches(from).count(), 1, "{title}: {from:?} is to stand in the spec once");
        let spec = SPEC.replace(from, to);
        let repository = Repository::new();
        repository.write(&format!("spec/{NAME}.yaml"), &spec);
        match repository.codegen(Mode::Write) {
            Ok(_) => writeln!(text, "{title}\n  not refused\n").unwrap(),
            Err(failure) => {
                assert_eq!(failure.exit(), Exit::Failed, "{title}");
                let message = failure.to_string();
                let (line, column) = place(&message);
                let pointed = spec.lines().nth(line - 1).unwrap_or_default();
                writeln!(text, "{title}\n{message}{pointed}\n{:>column$}\n", '^').unwrap();
            }
        }
    }
    text
}

/// The line and the column of a message that begins `error: spec/2020-06-29.yaml:12:3: `.
fn place(message: &str) -> (usize, usize) {
    let mut numbers = message.split(':').skip(2).map(|number| number.parse().unwrap());
    (numbers.next().unwrap(), numbers.next().unwrap())
}
