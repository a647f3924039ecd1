//! Every outcome on demand: scripts, preferences, tokens, faults that are switched on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

mod support;

use greenapi_mock_server::{Behaviour, Clock, Emulation, Injection, Scope, Script, Settings, Then};
use greenapi_model::{Contract, InstanceState};
use http::{HeaderMap, HeaderName, HeaderValue};
use support::{Fixture, VALID, create, request};

const AUTHORIZED: InstanceState = InstanceState::Authorized;

fn emulation() -> Emulation {
    Emulation::new(Contract::default()).unwrap()
}

/// How so many calls of an instance end.
fn outcomes(emulation: &Emulation, instance: u64, calls: usize) -> Vec<String> {
    let headers = HeaderMap::new();
    let target = format!("/waInstance{instance}/createGroup/t0ken");
    let call = || emulation.open("POST", &target, &headers).answer(VALID);
    (0..calls).map(|_| call().outcome.name().to_owned()).collect()
}

fn script(emulation: &Emulation, steps: &[&str]) -> Script {
    Script::of(steps.iter().map(|step| emulation.step(step).unwrap()))
}

#[test]
fn a_script_says_how_the_next_calls_end() {
    let check = |steps: &[&str], then: Then, state: InstanceState, expected: &[&str]| {
        let emulation = emulation();
        let behaviour = Behaviour::of(state).script(script(&emulation, steps).then(then));
        emulation.set_instance(7.into(), behaviour).unwrap();
        assert_eq!(outcomes(&emulation, 7, expected.len()), expected, "{steps:?} {then:?}");
    };
    let (starting, created) = ("instance-starting", "created");
    check(&["starting", "starting"], Then::Normal, AUTHORIZED, &[starting, starting, created, created]);
    check(&["ok", "starting"], Then::Repeat, AUTHORIZED, &[created, starting, created, starting, created]);
    check(&["ok"], Then::Normal, InstanceState::Starting, &[created, starting]);
    check(
        &["not-authorized", "bad-request-data", "wrong-path", "request-too-large", "created"],
        Then::Normal,
        AUTHORIZED,
        &["instance-not-authorized", "bad-request-data", "wrong-path", "request-too-large", created],
    );
    check(
        &["starting", "starting", "ok", "500-but-created"],
        Then::Normal,
        AUTHORIZED,
        &[starting, starting, created, "500-but-created", created],
    );
    check(&["429", "too-many-requests"][1..], Then::Normal, AUTHORIZED, &["too-many-requests", created]);
    check(&[], Then::Repeat, AUTHORIZED, &[created]);
}

#[test]
fn only_a_call_that_could_make_a_group_is_a_step_of_the_script() {
    let emulation = emulation();
    let behaviour = Behaviour::of(AUTHORIZED).token("the-right-one".parse().unwrap());
    emulation.set_instance(7.into(), behaviour.script(script(&emulation, &["starting"]))).unwrap();
    let call = |method: &str, token: &str, prefer: &'static str| {
        let target = format!("/waInstance7/createGroup/{token}");
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("prefer"), HeaderValue::from_static(prefer));
        emulation.open(method, &target, &headers).answer(VALID).outcome.name().to_owned()
    };
    for (method, token, prefer, expected) in [
        ("GET", "the-right-one", "", "wrong-method"),
        ("POST", "the-wrong-one", "", "wrong-token"),
        ("POST", "the-right-one", "example=nonsense", "own"),
        ("POST", "the-right-one", "example=ok", "created"),
        ("POST", "the-right-one", "", "instance-starting"),
        ("POST", "the-right-one", "", "created"),
    ] {
        assert_eq!(call(method, token, prefer), expected, "{method} {token} {prefer}");
    }
}

#[test]
fn a_step_that_is_not_known_is_explained_by_what_is_near() {
    let emulation = emulation();
    for (text, expected) in [
        ("startin", "no call ends with `startin`; the nearest is `starting`"),
        ("instance-startin", "no call ends with `instance-startin`; the nearest is `instance-starting`"),
        ("500-created", "no call ends with `500-created`; the nearest is `domain.500-but-created`"),
        (
            "wire.latency=soon",
            "the fault `wire.latency`: write how late, such as `500ms`, `uniform(100ms,2s)` or `lognormal(200ms,0.5)`",
        ),
        ("wire.garbage=1", "the fault `wire.garbage`: it takes no parameter"),
        (
            "response.chatId.required/dropp",
            "there is no fault `response.chatId.required/dropp`; the nearest is `response.chatId.required/drop`",
        ),
        (
            "blocked",
            "no call ends with `blocked`; write `ok`, a state, the slug of an error, or a fault (`greenapi-mock faults` lists them)",
        ),
    ] {
        assert_eq!(emulation.step(text).unwrap_err().to_string(), expected);
    }
}

#[test]
fn a_preference_says_how_one_call_ends() {
    let fixture = Fixture::new();
    let call = |prefer: &str| {
        let line = "POST /waInstance1101000004/createGroup/t0ken HTTP/1.1\r\nContent-Type: application/json";
        request(&fixture.url, &format!("{line}\r\nPrefer: {prefer}"), VALID)
    };
    let check = |prefer: &str, status: u16, message: &str, applied: &str| {
        let answer = call(prefer);
        let found = if answer.body.starts_with('{') { answer.message() } else { String::new() };
        assert_eq!((answer.status, found.as_str()), (status, message), "{prefer}: {}", answer.body);
        let header = answer.head.lines().find_map(|line| line.strip_prefix("preference-applied: "));
        assert_eq!(header.unwrap_or_default(), applied, "{prefer}");
    };
    for case in Contract::default().errors() {
        let slug = case.slug();
        let answer = call(&format!("example={slug}"));
        assert_eq!(answer.status, case.status(), "{slug}");
    }
    check("example=bad-request-data", 400, "bad request data", "example=bad-request-data");
    check("example=created", 200, "", "example=created");
    check("example=too-many-requests", 429, "Too Many Requests", "example=too-many-requests");
    check("wait=0.001, example=ok", 200, "", "example=ok, wait=0.001");
    check("respond-async", 400, "instance in starting process try later", "");
    // None of the calls before the last one was a step of the instance's own script.
    check("", 400, "instance in starting process try later", "");
    check("", 200, "", "");
    let answer = call("example=bad-request");
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.body,
        "greenapi-mock: no call ends with `bad-request`; the nearest is `bad-request-data`\n"
    );
    assert_eq!(
        call("wait=soon").body,
        "greenapi-mock: the preference `wait` is a number of seconds up to 60\n"
    );
}

#[test]
fn an_instance_with_a_token_takes_no_other() {
    let fixture = Fixture::new();
    let minds = Behaviour::of(AUTHORIZED).token("the-right-one".parse().unwrap());
    fixture.emulation.set_instance(7.into(), minds).unwrap();
    let call = |method: &str, token: &str| {
        let line = format!("{method} /waInstance7/createGroup/{token} HTTP/1.1");
        let answer = request(&fixture.url, &line, VALID);
        (answer.status, answer.body.is_empty())
    };
    assert_eq!(call("POST", "the-right-one"), (200, false));
    for wrong in ["the-wrong-one", "the-right-on", "the-right-onee", "THE-RIGHT-ONE"] {
        assert_eq!(call("POST", wrong), (401, true), "{wrong}");
    }
    assert_eq!(call("GET", "the-wrong-one").0, 404, "the method is judged first");
    assert_eq!(create(&fixture.url, 8, VALID).status, 200, "an instance without one takes any");
    let view = fixture.emulation.instance(7.into()).unwrap();
    assert_eq!((view.minds_token, view.groups_made), (true, 1));
    assert!(!format!("{view:?} {:?}", fixture.emulation).contains("the-right-one"));
}

#[test]
fn where_it_is_strict_an_id_that_nobody_set_up_is_refused() {
    let fixture = Fixture::with(Contract::default(), Settings { strict: true, ..Settings::default() });
    fixture.emulation.set_instance(7.into(), Behaviour::of(AUTHORIZED)).unwrap();
    for (instance, status) in [(7, 200), (8, 403), (1_101_000_001, 200)] {
        let answer = create(&fixture.url, instance, VALID);
        assert_eq!(answer.status, status, "{instance}");
        assert!(status == 200 || answer.body.is_empty(), "{}", answer.body);
    }
    assert!(fixture.emulation.instance(8.into()).is_none());
    assert_eq!(fixture.emulation.stray_calls().kept.len(), 1);
}

#[test]
fn a_fault_lasts_as_long_as_it_was_switched_on_for() {
    let emulation = emulation();
    let fault = || Injection::of(emulation.fault("domain.rate-overlimit").unwrap());
    let seven = Scope::Instance(7.into());
    emulation.inject(seven, fault().calls(2)).unwrap();
    let (created, limited) = ("created", "rate-overlimit");
    assert_eq!(outcomes(&emulation, 8, 1), [created], "another instance does not meet it");
    assert_eq!(outcomes(&emulation, 7, 4), [limited, limited, created, created]);
    assert!(emulation.injections(seven).is_empty());

    let number = emulation.inject(seven, fault()).unwrap();
    assert_eq!(outcomes(&emulation, 7, 2), [limited, limited]);
    assert!(emulation.withdraw(seven, number) && !emulation.withdraw(seven, number));
    assert_eq!(outcomes(&emulation, 7, 1), [created]);

    emulation.inject(Scope::Everywhere, fault().calls(2)).unwrap();
    assert_eq!(outcomes(&emulation, 7, 1), [limited]);
    assert_eq!(outcomes(&emulation, 8, 2), [limited, created]);
}

#[test]
fn a_fault_with_a_probability_follows_the_seed() {
    let run = |seed: u64| {
        let emulation =
            Emulation::with(Contract::default(), Settings { seed, ..Settings::default() }).unwrap();
        let fault = Injection::of(emulation.fault("domain.rate-overlimit").unwrap());
        emulation.inject(Scope::Instance(7.into()), fault.probability(0.3).unwrap()).unwrap();
        let outcomes: Vec<bool> =
            outcomes(&emulation, 7, 1000).iter().map(|name| name == "rate-overlimit").collect();
        outcomes
    };
    let struck = run(1).iter().filter(|struck| **struck).count();
    assert!((250..350).contains(&struck), "{struck}");
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
    for wrong in [0.0, -1.0, 1.5, f64::NAN] {
        let fault = emulation().fault("domain.rate-overlimit").unwrap();
        assert!(Injection::of(fault).probability(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_fault_for_all_instances_follows_the_seed_after_a_reset_too() {
    let emulation = emulation();
    let run = || {
        let fault = Injection::of(emulation.fault("domain.rate-overlimit").unwrap());
        emulation.inject(Scope::Everywhere, fault.probability(0.5).unwrap()).unwrap();
        let outcomes = outcomes(&emulation, 7, 100);
        emulation.reset();
        outcomes
    };
    assert_eq!(run(), run());
}

#[test]
fn what_cannot_be_switched_on_is_refused() {
    let settings = Settings { most_faults: 1, ..Settings::default() };
    let emulation = Emulation::with(Contract::default(), settings).unwrap();
    let fault = |text: &str| Injection::of(emulation.fault(text).unwrap());
    let refused = |scope, text: &str| emulation.inject(scope, fault(text)).unwrap_err().to_string();
    let seven = Scope::Instance(7.into());
    assert!(refused(seven, "wire.close-after-accept").contains("for all instances alone"));
    assert!(refused(Scope::Instance(0.into()), "wire.garbage").contains("`idInstance` is at least 1"));
    for scope in [seven, Scope::Everywhere] {
        emulation.inject(scope, fault("wire.garbage")).unwrap();
        assert_eq!(
            refused(scope, "wire.garbage"),
            "there are 1 faults switched on, which is as many as there may be"
        );
    }
}

#[test]
fn a_reset_puts_back_what_was_set_up() {
    let emulation = emulation();
    let behaviour = Behaviour::of(AUTHORIZED).script(script(&emulation, &["starting"]));
    emulation.set_instance(7.into(), behaviour).unwrap();
    let before = outcomes(&emulation, 7, 2);
    outcomes(&emulation, 8, 1);
    emulation.set_state(7.into(), InstanceState::NotAuthorized).unwrap();
    emulation.inject(Scope::Everywhere, Injection::of(emulation.fault("wire.garbage").unwrap())).unwrap();
    emulation.set_seed(9).unwrap();
    emulation.set_clock(Clock::System);

    emulation.reset();
    assert!(emulation.all_calls().kept.is_empty());
    assert!(emulation.injections(Scope::Everywhere).is_empty());
    assert_eq!((emulation.seed(), emulation.clock()), (0, Clock::Example));
    assert!(emulation.instance(8.into()).is_none(), "it came by being called");
    assert_eq!(emulation.groups(7.into()).made, 0);
    assert_eq!(outcomes(&emulation, 7, 2), before);

    assert!(emulation.reset_instance(7.into()));
    assert_eq!(outcomes(&emulation, 7, 1), ["instance-starting"]);
    assert!(!emulation.reset_instance(8.into()));
}

#[test]
fn a_state_is_changed_under_way() {
    let emulation = emulation();
    assert_eq!(outcomes(&emulation, 7, 1), ["created"]);
    emulation.set_state(7.into(), InstanceState::Starting).unwrap();
    assert_eq!(outcomes(&emulation, 7, 1), ["instance-starting"]);
    emulation.set_state(7.into(), AUTHORIZED).unwrap();
    assert_eq!(outcomes(&emulation, 7, 1), ["created"]);
    assert_eq!(emulation.groups(7.into()).made, 2);
    assert!(emulation.set_state(7.into(), InstanceState::Blocked).is_err());
}

#[test]
fn a_preference_that_is_no_text_is_refused() {
    let emulation = emulation();
    let mut headers = HeaderMap::new();
    headers.insert(HeaderName::from_static("prefer"), HeaderValue::from_bytes(b"example=\xff").unwrap());
    let call = emulation.open("POST", "/waInstance7/createGroup/t0ken", &headers);
    assert!(!call.depends_on_body());
    assert_eq!(call.answer(VALID).status, 400);
}

#[test]
fn a_preference_alone_decides_and_uses_nothing_up() {
    let emulation = emulation();
    let seven = Scope::Instance(7.into());
    let limited = || Injection::of(emulation.fault("domain.too-many-requests").unwrap()).calls(1);
    let call = |method: &str, target: &str, prefer: &'static str| {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("prefer"), HeaderValue::from_static(prefer));
        let answer = emulation.open(method, target, &headers).answer(VALID);
        let applied = answer.preference_applied.map(|value| value.to_str().unwrap().to_owned());
        (answer.outcome.name().to_owned(), applied.unwrap_or_default())
    };
    let path = "/waInstance7/createGroup/t0ken";
    for (method, target, prefer, outcome, applied) in [
        ("POST", path, "example=bad-request-data", "bad-request-data", "example=bad-request-data"),
        ("POST", path, "example=ok", "created", "example=ok"),
        ("POST", path, "example=nonsense", "own", ""),
        ("GET", path, "example=ok", "wrong-method", ""),
        ("GET", path, "", "wrong-method", ""),
        ("POST", "/waInstance7/sendMessage/t0ken", "example=ok", "wrong-path", ""),
        ("POST", "/waInstance1101000005/createGroup/wrong", "example=ok", "wrong-token", ""),
        ("POST", "/waInstance1101000002/createGroup/x", "example=500-but-created", "instance-starting", ""),
    ] {
        emulation.withdraw_all(seven);
        emulation.inject(seven, limited()).unwrap();
        let expected = (outcome.to_owned(), applied.to_owned());
        assert_eq!(call(method, target, prefer), expected, "{method} {target} {prefer}");
        assert_eq!(emulation.injections(seven).len(), 1, "{method} {target} {prefer}");
    }
}

#[test]
fn a_step_is_stronger_than_a_fault_that_is_switched_on() {
    let emulation = emulation();
    let seven = Scope::Instance(7.into());
    let inject = |fault: &str| emulation.inject(seven, Injection::of(emulation.fault(fault).unwrap()));
    inject("domain.too-many-requests").unwrap();
    emulation.set_script(7.into(), script(&emulation, &["bad-request-data"])).unwrap();
    assert_eq!(outcomes(&emulation, 7, 2), ["bad-request-data", "too-many-requests"]);
    let headers = HeaderMap::new();
    emulation.withdraw_all(seven);
    inject("wire.garbage").unwrap();
    emulation.set_script(7.into(), script(&emulation, &["wire.empty-reply"])).unwrap();
    let answer = emulation.open("POST", "/waInstance7/createGroup/t0ken", &headers).answer(VALID);
    assert_eq!(
        format!("{:?} {:?}", answer.wire, answer.outcome.faults()),
        "Some(EmptyReply) [Fault(wire.empty-reply)]"
    );
    let never = emulation.step("wire.close-after-accept").unwrap();
    assert!(emulation.set_script(7.into(), Script::of([never])).is_err());
}

#[test]
fn what_is_not_enforced_leaves_the_rest_as_it_is() {
    let emulation = emulation();
    let everywhere = |fault: &str| {
        emulation.inject(Scope::Everywhere, Injection::of(emulation.fault(fault).unwrap())).unwrap();
    };
    everywhere("error.wrong-method/not-enforced");
    let headers = HeaderMap::new();
    let put = || emulation.open("PUT", "/waInstance30/createGroup/t0ken", &headers).answer(VALID).body;
    assert_ne!(put(), put(), "no two groups are the same");
    assert_eq!(emulation.groups(30.into()).made, 2);

    everywhere("error.wrong-token/not-enforced");
    let behaviour = Behaviour::of(AUTHORIZED).token("the-right-one".parse().unwrap());
    emulation.set_instance(31.into(), behaviour.script(script(&emulation, &["starting"]))).unwrap();
    assert_eq!(outcomes(&emulation, 31, 2), ["instance-starting", "created"]);

    everywhere("error.wrong-path/not-enforced");
    let target = "/waInstance/createGroup/830274659102837465";
    let answer = emulation.open("POST", target, &headers).answer(VALID);
    assert_eq!(
        answer.outcome.instance().map(greenapi_model::InstanceId::number),
        Some(1),
        "no number of a token is an instance"
    );
}

#[test]
fn a_reset_brings_back_what_was_there_at_the_start() {
    let emulation = emulation();
    emulation.remove_instance(1_101_000_003.into());
    emulation.set_instance(1_101_000_002.into(), Behaviour::of(AUTHORIZED)).unwrap();
    emulation.reset();
    assert_eq!(outcomes(&emulation, 1_101_000_003, 1), ["instance-not-authorized"]);
    assert_eq!(outcomes(&emulation, 1_101_000_002, 1), ["instance-starting"]);

    let fault = || Injection::of(emulation.fault("domain.rate-overlimit").unwrap());
    let seven = Scope::Instance(7.into());
    emulation.set_instance(7.into(), Behaviour::of(AUTHORIZED)).unwrap();
    let before = emulation.inject(seven, fault()).unwrap();
    emulation.reset_instance(7.into());
    emulation.inject(seven, fault()).unwrap();
    assert!(!emulation.withdraw(seven, before), "the number of an earlier fault switches off no later one");
}

#[test]
fn what_is_done_at_the_same_time_is_done_both() {
    let emulation = emulation();
    let fault = || Injection::of(emulation.fault("domain.rate-overlimit").unwrap());
    for id in 100_000_u64..100_500 {
        let together = std::sync::Barrier::new(3);
        let inject = || {
            together.wait();
            emulation.inject(Scope::Instance(id.into()), fault()).unwrap();
        };
        std::thread::scope(|scope| {
            scope.spawn(inject);
            scope.spawn(inject);
            scope.spawn(|| {
                together.wait();
                outcomes(&emulation, id, 1)
            });
        });
        assert_eq!(emulation.injections(Scope::Instance(id.into())).len(), 2, "{id}");
        assert_eq!(emulation.calls(id.into()).kept.len(), 1, "{id}");
    }
}
