//! What is sent: the same each time, in the same order, and one case of it alone.

use std::collections::BTreeMap;

use crate::Folder;
use crate::support::{CONTENT_TYPE, DOCUMENTED, Seen, Server, taking};

fn sent(server: &Server, more: &[&str]) -> Vec<Seen> {
    Folder::new().check(server, more);
    server.log()
}

/// What a run sends without the first look, which is the same for each.
fn sent_as_cases(server: &Server, more: &[&str]) -> Vec<Seen> {
    let first_look = sent(server, &["--case", "nothing"]);
    let all = sent(server, more);
    let cases = all.strip_prefix(&first_look[..]);
    cases.unwrap_or_else(|| panic!("{more:?} begins with {:?}", all.first())).to_vec()
}

#[test]
fn one_seed_sends_the_same_in_the_same_order_and_another_seed_something_else() {
    for server in [Server::kept(), Server::broken(taking(DOCUMENTED))] {
        let first = sent(&server, &["--seed", "5"]);
        assert!(first.len() > 500, "{}", first.len());
        // The server knows no states of before, so nothing else differs.
        assert!(sent(&server, &["--seed", "5"]) == first);
        assert!(sent(&server, &["--seed", "6"]) != first);
    }
}

#[test]
fn more_cases_begin_with_the_same_ones() {
    let server = Server::kept();
    let of = |cases| sent_as_cases(&server, &["--phase", "valid", "--cases", cases]);
    let (few, more) = (of("10"), of("40"));
    assert!(more.len() == 40 && more[..few.len()] == few[..]);
}

/// One id of each way to make a case, by which the case alone is found again in the whole run.
const IDS: [&str; 25] = [
    "examples/0",
    "examples/2",
    "boundary/body/cut-off",
    "boundary/groupName/missing",
    "boundary/phones/items/maximum-above/alone",
    "boundary/combination/chatIds-null+phones-filled",
    "valid/0",
    "valid/19",
    "breaking/request.groupName.string/0",
    "breaking/request.phones.items.maximum/29",
    "breaking/request.json/7",
    "mixtures/3",
    "around/right-type/3",
    "around/wrong-type/1",
    "around/largest",
    "around/too-large",
    "paths/path/4",
    "paths/path.ignore-case/1",
    "paths/query",
    "methods/GET",
    "methods/OPTIONS",
    "states/instance-starting/0",
    "states/instance-not-authorized/1",
    "states/wrong-token/0",
    "sequences/same-body/19",
];

#[test]
fn a_case_alone_is_byte_for_byte_the_one_of_the_whole_run() {
    let server = Server::kept();
    let known = ["--seed", "9", "--state", "starting=2", "--state", "notAuthorized=3", "--other-token", "5"];
    let whole = sent(&server, &known);
    for id in IDS {
        let alone = sent_as_cases(&server, &[&known[..], &["--case", id]].concat());
        // A phase may ask first whether what all its cases have in common is taken.
        let ([case] | [_, case]) = &alone[..] else { panic!("{id}: {} were sent", alone.len()) };
        assert!(whole.contains(case), "{id}: {case:?}");
    }
    assert_eq!(sent_as_cases(&server, &["--case", "valid/20"]), [], "there are twenty of them");
    assert_eq!(sent_as_cases(&server, &["--case", "valid"]), [], "it is the beginning of an id");
}

#[test]
fn each_phase_can_be_run_alone_and_left_out() {
    let server = Server::kept();
    let path = "/waInstance1101000001/createGroup/any-token";
    let count = |more: &[&str]| {
        let mut by_method: BTreeMap<String, usize> = BTreeMap::new();
        for seen in sent_as_cases(&server, more) {
            assert!(seen.target == path || !seen.is("OPTIONS"), "{seen:?}");
            *by_method.entry(seen.method).or_default() += 1;
        }
        by_method
            .into_iter()
            .map(|(method, count)| format!("{count} {method}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    for (more, expected) in [
        (&["--phase", "kept"][..], ""),
        (&["--phase", "examples"], "3 POST"),
        (&["--phase", "valid"], "20 POST"),
        (&["--phase", "valid", "--cases", "0"], ""),
        (&["--phase", "around"], "10 POST"),
        (&["--phase", "methods"], "1 DELETE, 1 GET, 1 OPTIONS, 1 PATCH, 1 PUT"),
        (
            &["--phase", "methods", "--phase", "examples"],
            "1 DELETE, 1 GET, 1 OPTIONS, 1 PATCH, 3 POST, 1 PUT",
        ),
        (&["--phase", "methods", "--phase", "examples", "--skip-phase", "methods"], "3 POST"),
    ] {
        assert_eq!(count(more), expected, "{more:?}");
    }
}

#[test]
fn a_run_for_some_clauses_judges_by_these_alone() {
    let server = Server::broken(|seen| taking(DOCUMENTED)(seen).or_else(|| taking(CONTENT_TYPE)(seen)));
    for (more, code, clauses) in [
        (&["--clause", "request.groupName.*"][..], 1, 3),
        (&["--clause", "request.groupName.required"], 0, 1),
        (&["--clause", "path*", "--clause", "response.200"], 0, 0),
    ] {
        let folder = Folder::new();
        folder.check(&server, &[more, &["--json", "report.json"]].concat()).with(code);
        let report = folder.json("report.json");
        let ids: Vec<_> =
            report["clauses"].as_array().unwrap().iter().map(|clause| &clause["clause"]).collect();
        assert!(clauses == 0 || ids.len() == clauses, "{ids:?}");
    }
}
