use std::cell::RefCell;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use greenapi_mock_server::{Emulation, Endpoint, Entry, Injection, Scope, TEST_TOKEN, WireFault};
use greenapi_model::{Body, Contract, InstanceId};

use crate::exchange::{self, End, Exchange};
use crate::log;
use crate::plant::Plant;

/// A test instance that makes groups with any token.
const OPEN: InstanceId = InstanceId::new(1_101_000_001);
/// The test instance that takes [`TEST_TOKEN`] alone.
const GUARDED: InstanceId = InstanceId::new(1_101_000_005);

/// Gives the bytes to the mock as those of a connection.
///
/// Whatever they are, the connection ends, and by itself unless a call is to get no answer; nothing panics; the page's own request on
/// the next connection makes a group; and the token is in nothing that is kept, counted or logged. By hyper alone the same comes back,
/// and the same is kept.
///
/// The first byte decides whether there is a control plane, how the bytes come, and how the connection ends.
pub fn service(bytes: &[u8]) {
    let Some((how, bytes)) = bytes.split_first() else { return };
    thread_local!(static MOCK: RefCell<Option<Mock>> = const { RefCell::new(None) });
    MOCK.with_borrow_mut(|kept| {
        kept.get_or_insert_with(Mock::new).tries(*how, bytes);
    });
}

struct Mock {
    emulation: Arc<Emulation>,
    with_control: Endpoint,
    without: Endpoint,
    by_hyper_alone: Endpoint,
    page: Vec<u8>,
    test_instances: Vec<InstanceId>,
}

impl Mock {
    fn new() -> Self {
        log::keep();
        let contract = Contract::default();
        let page = post("1101000001", "any-token", contract.examples(Body::Request)[0].body());
        let emulation = Arc::new(Emulation::new(contract).expect("the contract can be emulated"));
        let with_control = Endpoint::new(Arc::clone(&emulation));
        let without = with_control.clone().without_control_plane();
        let by_hyper_alone = without.clone().by_hyper_alone();
        let test_instances = emulation.test_instances().iter().map(|instance| instance.id).collect();
        Self { emulation, with_control, without, by_hyper_alone, page, test_instances }
    }

    fn tries(&self, how: u8, bytes: &[u8]) {
        let has_control = how & 1 != 0;
        self.plant();
        let endpoint = if has_control { &self.with_control } else { &self.without };
        let exchange = exchange(how, bytes);
        let (seen, lost_patience) = exchange::run_to_the_end(endpoint, &exchange);
        // The control plane may have emptied the journal.
        assert!(
            !lost_patience || has_control || self.is_a_call_never_answered(),
            "a connection waits for its client to end: {}",
            seen.escape_ascii()
        );
        assert!(
            seen.is_empty() || seen.starts_with(b"HTTP/1.") || WireFault::GARBAGE.starts_with(&seen),
            "an answer that is none: {}",
            seen.escape_ascii()
        );
        self.keeps_no_token(has_control);
        // Answers of the control plane tell the time. Who has gone sees nothing.
        if !has_control && exchange.end != End::Drop {
            self.is_the_same_by_hyper_alone(&exchange, &seen);
        }
        if has_control {
            self.emulation.reset();
            self.plant();
        }
        let made = self.emulation.groups(OPEN).made;
        let seen = exchange::run(endpoint, &Exchange::whole(self.page.clone()));
        assert!(
            exchange::status(&seen) == Some(200) && self.emulation.groups(OPEN).made == made + 1,
            "the page's own request makes no group: {}",
            seen.escape_ascii()
        );
        self.starts_anew(has_control);
    }

    fn is_the_same_by_hyper_alone(&self, exchange: &Exchange, seen: &[u8]) {
        let kept = self.all_kept();
        self.starts_anew(false);
        self.plant();
        if Plant::OtherWay.is_there() {
            self.switch_on("domain.rate-overlimit");
        }
        let by_hyper = exchange::run(&self.by_hyper_alone, exchange);
        assert!(
            seen == by_hyper && kept == self.all_kept(),
            "hyper alone does otherwise:\n{}\n{kept}\n{}\n{}",
            seen.escape_ascii(),
            by_hyper.escape_ascii(),
            self.all_kept()
        );
        self.starts_anew(false);
        self.plant();
    }

    /// Whether a call was to get no answer, and its connection to stay open until the client ends it.
    fn is_a_call_never_answered(&self) -> bool {
        let calls = self.emulation.all_calls();
        let mut faults = calls.kept.iter().flat_map(|call| call.outcome().faults());
        calls.dropped > 0 || faults.any(|fault| fault.id() == "wire.no-answer")
    }

    /// All that is kept of the calls but for their numbers, which go on.
    fn all_kept(&self) -> String {
        let mut kept = String::new();
        for call in &self.emulation.all_calls().kept {
            let (method, path, body, outcome) = (call.method(), call.path(), call.body(), call.outcome());
            let is_retry = call.suspected_retry_of().is_some();
            // Writing to a text cannot fail.
            let _ = writeln!(kept, "{method} {path} {body} {outcome:?} {is_retry}");
            show_headers(call, &mut kept);
        }
        kept
    }

    /// Brings all back to how it was, so that what comes next is as if it came alone.
    fn starts_anew(&self, has_control: bool) {
        if has_control {
            // A reset keeps what the control plane has set up.
            let is_test_instance = |id| self.test_instances.contains(&id);
            let others = self.emulation.instances().into_iter().filter(|other| !is_test_instance(other.id));
            for other in others {
                self.emulation.remove_instance(other.id);
            }
        }
        self.emulation.reset();
        assert_eq!(
            self.emulation.instance_count(),
            self.test_instances.len(),
            "a reset leaves something behind"
        );
        log::take();
    }

    fn keeps_no_token(&self, has_control: bool) {
        let calls = self.emulation.all_calls();
        let mut kept = String::new();
        for call in &calls.kept {
            assert!(!call.path().contains(TEST_TOKEN), "a path is kept with its token: {call:?}");
            // Another instance cannot know whose token this is. And the control plane may have taken it away.
            if call.instance() == Some(GUARDED) && !has_control {
                show(call, &mut kept);
            }
        }
        assert!(!kept.contains(TEST_TOKEN), "the token is kept: {kept}");
        let lines = log::take();
        let knows_all = !has_control
            && calls.dropped == 0
            && calls.kept.iter().all(|call| call.instance() == Some(GUARDED));
        for line in lines.lines() {
            // A warning may repeat what somebody else's call asked for.
            let may_repeat = line.trim_start().starts_with("WARN") && !knows_all;
            assert!(may_repeat || !line.contains(TEST_TOKEN), "the token is logged: {line}");
        }
        if has_control {
            let told =
                format!("{:?} {}", self.emulation.instances(), self.emulation.metrics().open_metrics());
            assert!(!told.contains(TEST_TOKEN), "the token is told: {told}");
        }
    }

    /// Plants what is to be found.
    fn plant(&self) {
        if Plant::NoGroup.is_there() {
            self.switch_on("domain.rate-overlimit");
        } else if Plant::NoAnswer.is_there() {
            self.switch_on("wire.no-answer");
        } else if Plant::KeptToken.is_there() {
            self.emulation.set_token(GUARDED, None).expect("an instance takes any token");
            let body = format!(r#"{{"groupName":"{TEST_TOKEN}","phones":[1]}}"#);
            exchange::run(&self.without, &Exchange::whole(post("1101000005", "another-token", &body)));
        }
    }

    /// Switches a fault on for all calls.
    fn switch_on(&self, id: &str) {
        let fault = self.emulation.fault(id).expect("a known fault");
        self.emulation.inject(Scope::Everywhere, Injection::of(fault)).expect("there is room for a fault");
    }
}

/// All that a call is shown with.
fn show(call: &Entry, shown: &mut String) {
    // Writing to a text cannot fail.
    let _ = write!(shown, "{call:?}");
    show_headers(call, shown);
}

fn show_headers(call: &Entry, shown: &mut String) {
    for (name, value) in call.headers() {
        let _ = writeln!(shown, "{name}: {value}");
    }
}

/// What the first byte says of how a connection goes.
fn exchange(how: u8, bytes: &[u8]) -> Exchange {
    let some = bytes.len() / 8 + 1;
    let pieces = match how >> 1 & 3 {
        0 => None,
        1 => Some((some, Duration::ZERO)),
        2 => Some((some, Duration::from_secs(3))),
        _ => Some((some, Duration::from_secs(9))),
    };
    let end = match how >> 3 & 3 {
        2 => End::Wait,
        3 => End::Drop,
        _ => End::HalfClose,
    };
    Exchange { bytes: bytes.to_vec(), pieces, end, stop: how & 0x20 != 0 }
}

fn post(instance: &str, token: &str, body: &str) -> Vec<u8> {
    let line = format!("POST /waInstance{instance}/createGroup/{token} HTTP/1.1");
    format!("{line}\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}
