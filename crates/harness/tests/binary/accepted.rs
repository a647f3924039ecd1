//! Deviations that are known.

use crate::Folder;
use crate::support::{DOCUMENTED, Server, taking};

fn entry(clause: &str, expires: &str) -> String {
    format!("[[accepted]]\nclause = \"{clause}\"\nreason = \"our proxy fills it in\"\nexpires = {expires}\n")
}

#[test]
fn a_known_failure_is_a_note_and_a_list_that_is_wrong_is_a_failure() {
    let server = Server::broken(taking(DOCUMENTED));
    let known = entry(DOCUMENTED, "2999-12-31");
    for (list, code, says) in [
        (
            known.clone(),
            0,
            &["0 failures", "0 warnings", "1 note", "until 2999-12-31: our proxy fills it in"][..],
        ),
        (
            entry(DOCUMENTED, "2001-01-01"),
            1,
            &["`request.groupName.string` expired on 2001-01-01", "1 failure"],
        ),
        (
            known.clone() + &entry("response.200", "2999-12-31"),
            1,
            &["`response.200` is kept, so its entry is not needed"],
        ),
        (
            known.clone() + &entry("response.nothing", "2999-12-31"),
            1,
            &["edition 2020-06-29 has no clause `response.nothing`"],
        ),
        (String::new(), 1, &["1 failure", "0 warnings", "0 notes"]),
    ] {
        let folder = Folder::new();
        folder.write("accepted.toml", &list);
        folder.check(&server, &["--accept", "accepted.toml"]).with(code).says(says);
        // What is accepted is not made a failure by strictness.
        folder.check(&server, &["--accept", "accepted.toml", "--strict"]).with(code).says(says);
    }
}
