//! The forms of a report: each is read by those whom it is for, whatever the endpoint answers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

mod support;

use std::io::Write;
use std::process::{Command, Stdio};

use greenapi_harness::{AcceptedDeviations, Harness, Phase, Report, Target, Verdict};
use greenapi_model::Contract;
use serde_json::Value;

use support::{ASSUMED, Answer, DOCUMENTED, Seen, TOKEN, group, handler, taking};

/// What a form of a report has to keep as it is, or to escape.
const NASTY: &str = "<script>alert(1)</script> & \"quoted\" 'single' | pipe | `tick` ``` fence\r\n# head\n\n- list\n</pre></details>\
     ]]> --> \u{0} \u{1b}[31m \u{7} \u{85} \u{fffe} \u{202e} \\ * _ ~ [a](http://example.com) <img src=http://example.com/x> &amp;";

fn run(
    hook: impl Fn(&Seen) -> Option<Answer> + Send + Sync + 'static,
    change: impl FnOnce(Harness) -> Harness,
) -> Report {
    let target = Target::in_process(handler(hook), TOKEN.parse().unwrap()).authorized(1_101_000_001);
    change(Harness::default().cases(20)).run_blocking(&target).unwrap()
}

fn accepting(clause: &str, expires: &str) -> AcceptedDeviations {
    let reason = serde_json::to_string(
        &NASTY.replace(['\r', '\u{0}', '\u{1b}', '\u{7}', '\u{85}', '\u{fffe}', '\u{202e}'], ""),
    )
    .unwrap();
    let toml = format!("[[accepted]]\nclause = \"{clause}\"\nreason = {reason}\nexpires = {expires}\n");
    AcceptedDeviations::from_toml(&toml).unwrap()
}

/// Reports of all kinds, by what they are.
fn reports() -> Vec<(&'static str, Report)> {
    let today = "2026-11-25".parse().unwrap();
    let nasty = |seen: &Seen| {
        let chat_id = serde_json::to_string(NASTY).unwrap();
        let body = format!(
            "{{\"created\": true, \"chatId\": {chat_id}, \"groupInviteLink\": [{chat_id}], {chat_id}: 1}}"
        );
        seen.is("POST").then(|| Answer::new(200, body).with("x-nasty", "<b>|`</b>"))
    };
    let text = |_: &Seen| Some(Answer::new(500, NASTY));
    let turned = |seen: &Seen| seen.has("\u{202e}").then(|| Answer::new(418, ""));
    let bytes =
        |_: &Seen| Some(Answer::new(200, [b"\xff\xfe\x00".repeat(500), NASTY.as_bytes().to_vec()].concat()));
    let both = |seen: &Seen| taking(DOCUMENTED)(seen).or_else(|| taking(ASSUMED)(seen));
    vec![
        ("kept", run(|_| None, |harness| harness)),
        ("broken", run(taking(DOCUMENTED), |harness| harness)),
        ("a warning", run(both, |harness| harness)),
        ("strict", run(both, Harness::strict)),
        ("partly unchecked", run(|_| None, |harness| harness.phases([Phase::Examples, Phase::Methods]))),
        ("nothing", run(|_| None, |harness| harness.phases([]).clause("response.200"))),
        (
            "accepted",
            run(taking(DOCUMENTED), |harness| harness.accept(accepting(DOCUMENTED, "2026-12-31"), today)),
        ),
        (
            "out of date",
            run(taking(DOCUMENTED), |harness| harness.accept(accepting(DOCUMENTED, "2026-01-01"), today)),
        ),
        (
            "not needed",
            run(|_| None, |harness| harness.accept(accepting("response.200", "2026-12-31"), today)),
        ),
        ("unknown", run(|_| None, |harness| harness.accept(accepting("a|`<b>", "2026-12-31"), today))),
        ("nasty", run(nasty, |harness| harness)),
        ("text", run(text, |harness| harness)),
        ("turned", run(turned, |harness| harness)),
        ("bytes", run(bytes, |harness| harness)),
    ]
}

/// Gives the text to a program in Python, and fails with what it says.
fn python(program: &str, name: &str, text: &str) -> String {
    let mut child = Command::new("python3")
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{name}: {}\n{text:.3000}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[cfg(feature = "schemars")]
#[test]
fn json_is_of_its_schema() {
    let schema: Value = serde_json::from_str(&format!("{:#}", greenapi_harness::report_schema())).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for (name, report) in reports() {
        let json: Value = serde_json::from_str(&report.to_json()).unwrap();
        if let Err(error) = validator.validate(&json) {
            panic!("{name}: {error} at {}", error.instance_path());
        }
        // The schema says what is there: a member that it does not know would be one that nobody described.
        let known = schema["properties"].as_object().unwrap();
        assert!(json.as_object().unwrap().keys().all(|member| known.contains_key(member)), "{name}");
    }
    let mut wrong: Value = serde_json::from_str(&reports()[1].1.to_json()).unwrap();
    wrong["clauses"][0]["verdict"] = "maybe".into();
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn json_has_one_object_a_clause_and_its_numbers_add_up() {
    let contract = Contract::default();
    for (name, report) in reports() {
        let json: Value = serde_json::from_str(&report.to_json()).unwrap();
        let clauses = json["clauses"].as_array().unwrap();
        let expected: Vec<_> = contract
            .clauses()
            .iter()
            .filter(|clause| name != "nothing" || clause.id() == "response.200")
            .collect();
        assert_eq!(clauses.len(), expected.len(), "{name}");
        for (found, clause) in clauses.iter().zip(expected) {
            let result = report.result(clause.id()).unwrap();
            assert_eq!(found["clause"], clause.id(), "{name}");
            assert_eq!(found["evidence"], clause.evidence().as_str(), "{name}");
            assert_eq!(found["verdict"], result.verdict.as_str(), "{name}");
            assert_eq!(found["severity"], result.severity.as_str(), "{name}");
            assert_eq!(found.get("reason").is_some(), found["verdict"] == "not checked", "{name}: {found}");
            assert_eq!(
                found.get("counterexample").is_some(),
                found["verdict"] == "broken",
                "{name}: {found}"
            );
            assert_eq!(found["severity"] == "none", found["verdict"] != "broken", "{name}: {found}");
        }
        let count = |member: &str, word: &str| clauses.iter().filter(|clause| clause[member] == word).count();
        let summary = &json["summary"];
        for (number, expected) in [
            ("clauses", clauses.len()),
            ("kept", count("verdict", "kept")),
            ("notChecked", count("verdict", "not checked")),
            ("failures", count("severity", "failure")),
            ("warnings", count("severity", "warning")),
            ("notes", count("severity", "note")),
        ] {
            assert_eq!(summary[number], expected, "{name}: {number}");
        }
        let is_kept = summary["failures"] == 0 && json["problems"].as_array().unwrap().is_empty();
        assert_eq!(json["kept"], is_kept, "{name}");
    }
}

const JUNIT: &str = r#"
import sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
assert root.tag == "testsuites"
def count(element, kind): return len(element.findall(".//testcase" + kind))
for element in [root] + root.findall("testsuite"):
    assert int(element.get("tests")) == count(element, ""), ("tests", element.attrib)
    assert int(element.get("failures")) == count(element, "/failure"), ("failures", element.attrib)
    assert int(element.get("skipped", "0")) == count(element, "/skipped"), ("skipped", element.attrib)
cases = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
assert len(cases) == len(set(cases)), "two cases of one name"
for case in root.iter("testcase"):
    for failure in case.findall("failure"): print("failure", case.get("name"))
    for skipped in case.findall("skipped"): assert skipped.get("message")
"#;

#[test]
fn junit_is_well_formed_and_its_counts_add_up() {
    for (name, report) in reports() {
        let failures = python(JUNIT, name, &report.to_junit());
        let expected: Vec<_> =
            report.failures().map(str::to_owned).chain(report.problems().iter().cloned()).collect();
        let mut found: Vec<_> =
            failures.lines().map(|line| line.trim_start_matches("failure ").to_owned()).collect();
        found.sort_unstable();
        let mut expected = expected;
        expected.sort_unstable();
        assert_eq!(found, expected, "{name}");
    }
}

const HTML: &str = r##"
import sys, html.parser
VOID = {"meta", "br", "hr", "img", "link", "input"}
class Parser(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.text = [], [], [], []
    def handle_starttag(self, tag, attributes):
        assert tag not in {"script", "img", "link", "iframe", "object", "embed", "base", "form"}, tag
        for name, value in attributes:
            assert not name.startswith("on"), name
            assert name not in {"src", "srcset", "action", "style"}, name
            if name == "href":
                assert value.startswith("#"), value
                self.links.append(value[1:])
            if name == "id": self.ids.append(value)
        if tag not in VOID: self.open.append(tag)
    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open, self.getpos())
        self.open.pop()
    def handle_data(self, data): self.text.append(data)
parser = Parser()
page = sys.stdin.buffer.read().decode()
parser.feed(page)
parser.close()
assert not parser.open, parser.open
assert len(parser.ids) == len(set(parser.ids)), "an id twice"
assert set(parser.links) <= set(parser.ids), set(parser.links) - set(parser.ids)
style = page[page.index("<style>"):page.index("</style>")]
assert "url(" not in style and "@import" not in style and "http" not in style
sys.stdout.buffer.write("".join(parser.text).encode())
"##;

#[test]
fn html_is_balanced_and_needs_nothing_from_outside() {
    for (name, report) in reports() {
        let html = report.to_html();
        let text = python(HTML, name, &html);
        assert!(!html.contains("<script"), "{name}");
        for result in report.results() {
            assert!(text.contains(result.clause.id()), "{name}: {}", result.clause);
            if let Verdict::Broken(counterexample) = &result.verdict {
                assert!(text.contains(&counterexample.answer), "{name}: the answer is shown as it is");
            }
        }
        assert_eq!(
            text.contains("<script>alert(1)"),
            ["nasty", "text", "accepted"].contains(&name),
            "{name}"
        );
    }
}

#[test]
fn markdown_has_whole_tables_and_nothing_raw() {
    for (name, report) in reports() {
        let markdown = report.to_markdown();
        let (mut fence, mut rows) = (None::<usize>, 0);
        for line in markdown.lines() {
            let ticks = line.bytes().take_while(|byte| *byte == b'`').count();
            match fence {
                Some(length) if ticks >= length && line.len() == ticks => fence = None,
                // Whatever stands in a block of code is shown as it is.
                Some(_) => continue,
                None if ticks >= 3 => fence = Some(ticks),
                None => {
                    let ours = ["<details><summary>", "</details>"];
                    let rest = ours.iter().fold(line.to_owned(), |rest, tag| rest.replacen(tag, "", 1));
                    let rest = rest.replace("</summary>", "").replace("<code>", "").replace("</code>", "");
                    assert!(!rest.contains('<'), "{name}: {line}");
                    assert!(
                        !line.starts_with("# ") && !line.replace("\\]", "").contains("](http"),
                        "{name}: {line}"
                    );
                }
            }
            if fence.is_none() && line.starts_with('|') {
                rows += 1;
                let columns = line.replace("\\|", "").matches('|').count();
                assert_eq!(columns, 5, "{name}: {line}");
            }
        }
        assert_eq!(fence, None, "{name}");
        let open = report.results().iter().filter(|result| !matches!(result.verdict, Verdict::Kept)).count();
        assert_eq!(rows, if open == 0 { 0 } else { open + 2 }, "{name}");
        assert_eq!(
            markdown.matches("<details>").count(),
            markdown.matches("</details>").count() - in_answers(&report, "</details>"),
            "{name}"
        );
    }
}

/// How often it stands in what is shown of answers.
fn in_answers(report: &Report, text: &str) -> usize {
    let of = |result: &greenapi_harness::ClauseResult| match &result.verdict {
        Verdict::Broken(counterexample) => counterexample.answer.matches(text).count(),
        _ => 0,
    };
    report.results().iter().map(of).sum()
}

#[test]
fn a_terminal_gets_no_command_of_the_endpoint() {
    for (name, report) in reports() {
        let text = report.to_string();
        let is_harmless = |one: char| {
            !one.is_control() && !('\u{202a}'..='\u{202e}').contains(&one) || one == '\n' || one == '\t'
        };
        assert!(text.chars().all(is_harmless), "{name}: {}", text.escape_debug());
    }
}

#[test]
fn no_form_holds_the_token_however_it_is_spelt() {
    let spelt = |one: &dyn Fn(u8) -> String| TOKEN.bytes().map(one).collect::<Vec<_>>().concat();
    let (coded, escaped) = (spelt(&|byte| format!("%{byte:02x}")), spelt(&|byte| format!("\\u{byte:04x}")));
    for text in [TOKEN, &coded, &escaped] {
        let answers: [fn(&str) -> Answer; 4] = [
            |text| {
                Answer::new(
                    200,
                    format!(
                        "{{\"created\":true,\"chatId\":\"{text}\",\"groupInviteLink\":\"{text}\",\"{text}\":1}}"
                    ),
                )
            },
            |text| Answer::new(400, text),
            |text| group(1).with("x-token", text),
            |text| Answer::new(200, [b"\xff", text.as_bytes()].concat()),
        ];
        for (number, answer) in answers.into_iter().enumerate() {
            let text = text.to_owned();
            let report = run(
                {
                    let text = text.clone();
                    move |_| Some(answer(&text))
                },
                Harness::strict,
            );
            assert!(report.to_json().contains("$TOKEN"));
            for form in [
                report.to_json(),
                report.to_junit(),
                report.to_markdown(),
                report.to_html(),
                report.to_string(),
            ] {
                for secret in [TOKEN, &coded, &escaped, &escaped.replace('\\', "\\\\")] {
                    assert!(!form.contains(secret), "{number}: {secret} in {form:.5000}");
                }
            }
        }
    }
}
