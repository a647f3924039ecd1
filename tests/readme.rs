//! The fake in the README's section "Test your own fake" is started as it stands there, and the harness says what the README says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use greenapi_harness::{Harness, Target};

const README: &str = include_str!("../README.md");

/// The blocks of code in a language, in the section about a fake.
fn blocks(language: &str) -> Vec<&'static str> {
    let section = README.split("## Test your own fake").nth(1).unwrap().split("\n## ").next().unwrap();
    let start = format!("```{language}\n");
    section.split(&start).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// A program that is ended when it is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_fake_of_the_readme_is_broken_as_the_readme_says() {
    let [fake] = blocks("python")[..] else { panic!("there is one program") };
    let last = "ThreadingHTTPServer((\"127.0.0.1\", 9000), Fake).serve_forever()";
    // On a free port, which it tells.
    let told = "server = ThreadingHTTPServer((\"127.0.0.1\", 0), Fake)\n\
                print(server.server_port, flush=True)\nserver.serve_forever()";
    assert!(fake.contains(last) && blocks("sh")[0].contains("check http://127.0.0.1:9000"));
    let started = Command::new("python3")
        .args(["-c", &fake.replace(last, told)])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        // It tells of clients that went away.
        .stderr(Stdio::null())
        .spawn();
    let mut running = match started {
        Ok(child) => Running(child),
        Err(error) if std::env::var_os("CI").is_none() => {
            eprintln!("skipped, as python3 cannot be started: {error}");
            return;
        }
        Err(error) => panic!("python3 cannot be started: {error}"),
    };
    let mut port = String::new();
    BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut port).unwrap();
    let url = format!("http://127.0.0.1:{}", port.trim());
    let target = Target::new(&url, "any-token".parse().unwrap()).unwrap().authorized(1_101_000_001);
    let report = Harness::default().cases(100).run_blocking(&target).unwrap();

    let [table, counterexample] = blocks("text")[..] else { panic!("there are two texts") };
    let named: Vec<_> = table.lines().map(|line| line.split_whitespace().last().unwrap()).collect();
    assert_eq!(report.failures().collect::<Vec<_>>(), named, "{report}");
    let lines =
        |text: &str| text.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n");
    assert!(lines(&report.to_string()).contains(&lines(counterexample)), "{report}");
}
