//! The library as a Rust test uses it: targets in this process, phases, clauses, events, limits, comparisons.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

mod support;

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use greenapi_harness::{
    AcceptedDeviations, Answers, Comparison, Event, Harness, Live, Observe as _, Phase, Report, Severity,
    StateChange, Target, Verdict,
};
use greenapi_model::{Contract, InstanceState};
use http::{Request, Response};
use tokio::time::Instant;

use support::{ASSUMED, Answer, DOCUMENTED, Fake, Seen, TOKEN, handler, taking};

fn target(hook: impl Fn(&Seen) -> Option<Answer> + Send + Sync + 'static) -> Target {
    Target::in_process(handler(hook), TOKEN.parse().unwrap()).authorized(1_101_000_001)
}

fn few() -> Harness {
    Harness::default().cases(20)
}

/// A target that counts what could make a group, and answers after this time.
fn slow(answers_after: Duration) -> (Target, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let (counted, answer) = (Arc::clone(&count), handler(|_| None));
    let endpoint = move |request: Request<Bytes>| {
        let could_make_a_group =
            request.method() == "POST" && !request.uri().path().trim_matches('/').is_empty();
        counted.fetch_add(usize::from(could_make_a_group), Ordering::Relaxed);
        let answering = answer(request);
        async move {
            tokio::time::sleep(answers_after).await;
            answering.await
        }
    };
    (Target::in_process(endpoint, TOKEN.parse().unwrap()).authorized(1_101_000_001), count)
}

#[tokio::test]
async fn a_handler_that_keeps_the_contract_raises_no_alarm() {
    let fake = Arc::new(Fake::default());
    let (answering, setting) = (Arc::clone(&fake), Arc::clone(&fake));
    let endpoint = move |request: Request<Bytes>| {
        let Answer { status, headers, body } = answering.answer(&support::seen(&request));
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(name, value);
        }
        std::future::ready(response.body(Bytes::from(body)).unwrap())
    };
    let set = move |change: &StateChange| {
        setting.set(change.instance.number(), change.state.clone());
        Ok(())
    };
    let target = Target::in_process(endpoint, TOKEN.parse().unwrap())
        .authorized(1_101_000_001)
        .other_token(support::OTHER_TOKEN.into())
        .states(set);
    let report = few().run(&target).await.unwrap();
    report.assert_kept();
    assert!(report.is_complete() && report.broken().next().is_none(), "{report}");
    assert_eq!(fake.state(1_101_000_001), Some(InstanceState::Authorized));
}

#[tokio::test]
async fn a_test_that_fails_says_the_clause_its_sentence_the_request_and_the_line_of_curl() {
    let report = few().run(&target(taking(DOCUMENTED))).await.unwrap();
    let panic = std::panic::catch_unwind(AssertUnwindSafe(|| report.assert_kept())).unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    for part in [
        "in-process does not keep the contract",
        "broken request.groupName.string (failure, documented)",
        "promised  `groupName` is a string",
        "expected  400 with `bad request data`",
        "found     the request breaks the clause and was answered with 200",
        "case      ",
        "> POST /waInstance1101000001/createGroup/$TOKEN",
        "< 200 OK",
        "$ curl -sS",
    ] {
        assert!(message.contains(part), "{part}:\n{message}");
    }
    assert!(!message.contains(TOKEN) && !message.contains("kept    "), "{message}");
}

#[test]
fn a_run_without_a_runtime_blocks() {
    few().phases([Phase::Examples]).run_blocking(&target(|_| None)).unwrap().assert_kept();
}

#[tokio::test]
async fn a_run_without_an_authorized_instance_is_refused() {
    let target = Target::in_process(handler(|_| None), TOKEN.parse().unwrap());
    let error = few().run(&target).await.unwrap_err();
    assert_eq!(error.to_string(), "no authorized instance is named, so nothing can be checked");
    assert!(!error.is_unreachable());
}

#[tokio::test]
async fn phases_run_in_their_order_and_clauses_select_what_is_judged() {
    let server = target(taking(DOCUMENTED));
    let mut seen = Vec::new();
    let watched = |event: &Event<'_>| {
        if let Event::Phase { phase, number, of, .. } = event {
            seen.push((*phase, *number, *of));
        }
    };
    few().phases([Phase::Methods, Phase::Examples]).run_with(&server, watched).await.unwrap();
    assert_eq!(seen, [(Phase::Examples, 1, 2), (Phase::Methods, 2, 2)]);

    let ids = |report: &Report| {
        report.results().iter().map(|result| result.clause.id().to_owned()).collect::<Vec<_>>()
    };
    let report = few().clause("request.*").clause("options.204").run(&server).await.unwrap();
    let expected: Vec<_> = Contract::default()
        .clauses()
        .iter()
        .map(|clause| clause.id().to_owned())
        .filter(|id| id.starts_with("request.") || id == "options.204")
        .collect();
    assert_eq!(ids(&report), expected);
    assert_eq!(report.failures().collect::<Vec<_>>(), [DOCUMENTED]);
    let report = few().clause("response.*").run(&server).await.unwrap();
    report.assert_kept();
}

#[tokio::test]
async fn the_seed_is_told_before_the_first_request() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let (asked, starting) = (Arc::clone(&told), Arc::clone(&told));
    let server = target(move |_| {
        asked.lock().unwrap().push("request".to_owned());
        None
    });
    let watched = move |event: &Event<'_>| {
        if let Event::Start { seed, edition, url } = event {
            starting.lock().unwrap().push(format!("{seed} {edition} {url}"));
        }
    };
    few().seed(8).phases([Phase::Examples]).run_with(&server, watched).await.unwrap();
    let told = told.lock().unwrap();
    assert_eq!(told[..2], ["8 2020-06-29 in-process", "request"]);
    assert!(told[2..].iter().all(|one| one == "request"), "{told:?}");
}

#[tokio::test]
async fn each_case_that_is_told_can_be_sent_alone() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let recorded = Arc::clone(&seen);
    let server = target(move |request| {
        recorded.lock().unwrap().push(request.clone());
        None
    });
    let mut cases = Vec::new();
    let watched = |event: &Event<'_>| {
        if let Event::Answer { case, .. } = event {
            cases.push((*case).to_owned());
        }
    };
    let harness = few().seed(2).phases(Phase::ALL.into_iter().filter(|phase| *phase != Phase::Sequences));
    harness.run_with(&server, watched).await.unwrap();
    let whole = std::mem::take(&mut *seen.lock().unwrap());
    let ids: BTreeSet<_> = cases.iter().collect();
    assert_eq!(ids.len(), cases.len(), "no two cases have one id");
    for phase in ["examples", "boundary", "valid", "breaking", "mixtures", "around", "paths", "methods"] {
        assert!(cases.iter().any(|case| case.starts_with(&format!("{phase}/"))), "{phase}");
    }
    // What each run sends first, and then a tenth of them, from all over.
    harness.clone().only_case("nothing").run(&server).await.unwrap();
    let first_look = std::mem::take(&mut *seen.lock().unwrap());
    for case in cases.iter().step_by(10) {
        harness.clone().only_case(case).run(&server).await.unwrap();
        let all = std::mem::take(&mut *seen.lock().unwrap());
        let alone = all.strip_prefix(&first_look[..]).unwrap();
        // A phase may ask first whether what all its cases have in common is taken.
        let ([one] | [_, one]) = alone else { panic!("{case}: {alone:?}") };
        assert!(whole.contains(one), "{case}: {one:?}");
    }
}

#[tokio::test]
async fn accepted_deviations_are_judged_by_the_day() {
    let server = target(taking(DOCUMENTED));
    let report = |entries: &[(&str, &str)], today: &str| {
        let entry = |(clause, expires): &(&str, &str)| {
            format!("[[accepted]]\nclause = \"{clause}\"\nreason = \"r\"\nexpires = {expires}\n")
        };
        let toml = entries.iter().map(entry).collect::<Vec<_>>().concat();
        let list = AcceptedDeviations::from_toml(&toml).unwrap();
        let harness = few().phases([Phase::Examples, Phase::Breaking]).accept(list, today.parse().unwrap());
        let server = &server;
        async move { harness.run(server).await.unwrap() }
    };
    let known = (DOCUMENTED, "2026-11-25");
    for (entries, today, problem) in [
        (&[known][..], "2026-11-24", None),
        (&[known], "2026-11-25", None),
        (
            &[known],
            "2026-11-26",
            Some("accepted deviations: the entry for `request.groupName.string` expired on 2026-11-25"),
        ),
        (
            &[known, ("response.200", "2026-12-31")],
            "2026-11-24",
            Some("accepted deviations: `response.200` is kept, so its entry is not needed: take it out"),
        ),
        (
            &[known, ("request.nothing", "2026-12-31")],
            "2026-11-24",
            Some("accepted deviations: edition 2020-06-29 has no clause `request.nothing`"),
        ),
        // What was not checked says nothing of its entry.
        (&[known, ("error.wrong-token", "2026-12-31")], "2026-11-24", None),
    ] {
        let report = report(entries, today).await;
        assert_eq!(report.problems().first().map(String::as_str), problem, "{today}");
        assert_eq!(report.is_kept(), problem.is_none(), "{today}: {report}");
        let result = report.result(DOCUMENTED).unwrap();
        let is_note = today <= "2026-11-25";
        assert_eq!(
            (result.severity == Severity::Note, result.accepted.is_some()),
            (is_note, is_note),
            "{today}"
        );
        assert_eq!(result.verdict.as_str(), "broken");
    }
}

#[tokio::test]
async fn a_warning_is_a_failure_only_where_it_is_strict() {
    let server = target(taking(ASSUMED));
    for (harness, severity) in [(few(), Severity::Warning), (few().strict(), Severity::Failure)] {
        let report = harness.run(&server).await.unwrap();
        assert_eq!(report.result(ASSUMED).unwrap().severity, severity);
        assert_eq!(report.is_kept(), severity == Severity::Warning);
    }
}

#[tokio::test(start_paused = true)]
async fn no_more_requests_a_second_than_are_allowed() {
    let (target, _) = slow(Duration::ZERO);
    let start = Instant::now();
    let harness = few().phases([Phase::Valid, Phase::Sequences]).rate(4.0);
    let report = harness.run(&target).await.unwrap();
    // The first one does not wait.
    let expected = Duration::from_millis(250) * u32::try_from(report.sent() - 1).unwrap();
    let took = start.elapsed();
    assert!(report.sent() > 80 && took >= expected && took < expected + Duration::from_secs(1), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn groups_at_a_live_service_are_five_minutes_apart() {
    for allowed in 0..4 {
        let (target, count) = slow(Duration::ZERO);
        let start = Instant::now();
        let report = few().live(Live::allowing(allowed)).run(&target).await.unwrap();
        let minutes = start.elapsed().as_secs() / 60;
        assert_eq!(count.load(Ordering::Relaxed), allowed as usize);
        assert_eq!(minutes, u64::from(allowed.saturating_sub(1)) * 5);
        let of = |id| report.result(id).unwrap().verdict.clone();
        let Verdict::NotChecked(reason) = of("request.anyOf") else { panic!("{report}") };
        assert!(reason.contains("could make a group at a live service"), "{reason}");
        assert_eq!(of("response.200").as_str(), if allowed == 0 { "not checked" } else { "kept" });
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_when_the_time_is_over() {
    let (target, count) = slow(Duration::from_secs(1));
    let start = Instant::now();
    let report = few().time_budget(Duration::from_millis(10_500)).run(&target).await.unwrap();
    assert_eq!(start.elapsed(), Duration::from_secs(11), "the last answer was waited for");
    assert_eq!((count.load(Ordering::Relaxed), report.sent()), (11, 11));
    let Verdict::NotChecked(reason) = &report.result("error.wrong-path").unwrap().verdict else {
        panic!("{report}")
    };
    assert_eq!(reason, "the time budget of 10.5 s was used up");
    assert!(report.is_kept() && !report.is_complete());
    // Also where the pace leaves no time for another one.
    let (target, count) = slow(Duration::ZERO);
    let start = Instant::now();
    let report = few().rate(0.1).time_budget(Duration::from_secs(25)).run(&target).await.unwrap();
    assert_eq!((start.elapsed().as_secs(), count.load(Ordering::Relaxed), report.sent()), (25, 3, 3));
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_never_answers_does_not_hold_up_the_run() {
    let (target, _) = slow(Duration::from_secs(1_000_000));
    let start = Instant::now();
    let report = few().timeout(Duration::from_secs(2)).run(&target).await.unwrap();
    let Verdict::Broken(counterexample) = &report.result("response.200").unwrap().verdict else {
        panic!("{report}")
    };
    assert_eq!(counterexample.found, "there is no answer: none came within 2 s");
    assert!(start.elapsed() < Duration::from_secs(120), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_handler_that_panics_gave_no_answer() {
    async fn in_the_call(_: Request<Bytes>) -> Response<Bytes> {
        panic!("no more of {TOKEN}")
    }
    fn before_it(_: Request<Bytes>) -> std::future::Ready<Response<Bytes>> {
        panic!("no more of {TOKEN}")
    }
    for target in [
        Target::in_process(in_the_call, TOKEN.parse().unwrap()),
        Target::in_process(before_it, TOKEN.parse().unwrap()),
    ] {
        let report = few().run(&target.authorized(1)).await.unwrap();
        let Verdict::Broken(counterexample) = &report.result("response.200").unwrap().verdict else {
            panic!("{report}")
        };
        assert_eq!(counterexample.found, "there is no answer: the handler panicked: no more of $TOKEN");
    }
}

#[tokio::test]
async fn two_targets_are_compared_case_by_case() {
    let run = |target: Target| async move {
        let mut answers = Answers::new(&Contract::default());
        let report = few().run_with(&target, |event: &Event<'_>| answers.observe(event)).await.unwrap();
        (report, answers)
    };
    let (kept, broken) = (run(target(|_| None)).await, run(target(taking(DOCUMENTED))).await);
    let again = run(target(|_| None)).await;
    let same = Comparison::of([&kept.0, &again.0], [&kept.1, &again.1]);
    assert!(same.is_same() && same.to_string().contains("the same answers"), "{same}");
    let comparison = Comparison::of([&kept.0, &broken.0], [&kept.1, &broken.1]);
    assert!(!comparison.is_same());
    assert_eq!(comparison.clauses().next(), Some(DOCUMENTED), "{comparison}");
    let text = comparison.to_string();
    assert!(text.contains("request.groupName.string: A kept, B broken; "), "{text}");
    assert!(text.contains("A  400 bad-request-data\n    B  200 with a group"), "{text}");
    assert_eq!(comparison.to_json()["clauses"][0]["verdicts"], serde_json::json!(["kept", "broken"]));
}
