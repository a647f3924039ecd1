//! What may be done to a target, and for how long.

use std::time::{Duration, Instant};

use crate::Folder;
use crate::support::Server;

#[test]
fn nothing_that_could_make_a_group_goes_to_a_live_service() {
    for (more, allowed) in [(&["--live"][..], 0), (&["--live", "--allow-create", "1"], 1)] {
        let server = Server::kept();
        let folder = Folder::new();
        let more = [more, &["--cases", "20", "--json", "report.json"]].concat();
        folder.check(&server, &more).with(0);
        let log = server.log();
        let posts = log.iter().filter(|seen| seen.is("POST") && seen.target != "/").count();
        assert_eq!(posts, allowed, "{more:?}");
        // What is asked in another way is checked.
        assert!(log.iter().any(|seen| seen.is("GET")), "{more:?}");
        let report = folder.json("report.json");
        let of = |id: &str| {
            report["clauses"].as_array().unwrap().iter().find(|clause| clause["clause"] == id).unwrap()
        };
        assert_eq!(of("error.wrong-method")["verdict"], "kept");
        let group = of("request.groupName.string");
        assert_eq!(group["verdict"], "not checked");
        assert!(
            group["reason"].as_str().unwrap().contains("could make a group at a live service"),
            "{group}"
        );
        assert_eq!(of("response.200")["verdict"], if allowed == 0 { "not checked" } else { "kept" });
        assert_eq!(report["groups"], allowed);
    }
}

#[test]
fn a_time_that_is_over_ends_the_run_and_says_so_of_what_was_not_checked() {
    let folder = Folder::new();
    let more = ["--cases", "4000000", "--phase", "valid", "--phase", "methods", "--time", "0.5"];
    folder
        .check(&Server::kept(), &more)
        .with(0)
        .says(&["not checked, as the time budget of 0.5 s was used up", "error.wrong-method"]);
}

#[test]
fn a_server_that_does_not_answer_does_not_hold_up_the_run() {
    // It takes connections and reads nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let start = Instant::now();
    let folder = Folder::new();
    folder.run(&["check", &url, "--timeout", "0.02"]).with(1).says(&["there is no answer: "]);
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}
