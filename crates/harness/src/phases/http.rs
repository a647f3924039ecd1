//! HTTP and JSON themselves: what the contract says nothing of, and what every client relies on. A deviation is a warning.

mod checks;
mod json;

use self::checks::{CHECKS, Check, Expect};
use crate::case::Reply;
use crate::gauge::Gauge;
use crate::report::{Deviation, DeviationFound};
use crate::socket::{self, Exchange, Origin, Piece};
use crate::target::Way;
use crate::text;

pub(super) async fn exchanges(gauge: &mut Gauge<'_>) {
    // The next ones have a connection each; one that is kept would make a server wait that serves one at a time.
    gauge.wire.hang_up();
    let ready = ready(gauge).await;
    for check in &CHECKS {
        let found = match &ready {
            Err(why) => DeviationFound::NotChecked((*why).to_owned()),
            Ok((_, false)) if matches!(check.expect, Expect::Groups(_)) => {
                DeviationFound::NotChecked("a plain call makes no group either".to_owned())
            }
            Ok((origin, _)) => exchange(gauge, check, origin).await,
        };
        let Check { check, sentence, source, .. } = *check;
        gauge.deviations.push(Deviation { check, sentence, source, found });
    }
    json::bodies(gauge).await;
}

/// Where the target is, and whether a plain call makes a group; or why nothing of HTTP is tried.
async fn ready(gauge: &Gauge<'_>) -> Result<(Origin, bool), &'static str> {
    if matches!(gauge.wire.target.way, Way::InProcess(_)) {
        return Err("the target is in this process, so there is no HTTP");
    }
    let origin = Origin::of(&gauge.wire.target.url).ok_or("it is not tried over TLS")?;
    if gauge.wire.limits().live.is_some() {
        return Err("it is not tried at a live service");
    }
    if !gauge.wants_some("http/") {
        return Err("it is no case of this run");
    }
    match gauge.wire.send_apart(&gauge.call(gauge.example())).await {
        Reply::Nothing(_) => Err("a plain call gets no answer either"),
        reply => Ok((origin, gauge.is_success(&reply))),
    }
}

async fn exchange(gauge: &mut Gauge<'_>, check: &Check, origin: &Origin) -> DeviationFound {
    if !gauge.wants(&format!("http/{}", check.check)) {
        return DeviationFound::NotChecked("it is no case of this run".to_owned());
    }
    let request = gauge.call(gauge.example());
    if let Some(why) = gauge.wire.admit(&request).await {
        return DeviationFound::NotChecked(why);
    }
    let call = checks::Call {
        origin,
        target: origin.target(&request.target),
        media_type: gauge.contract.media_type(greenapi_model::Body::Request),
        body: &request.body,
    };
    let pieces = (check.pieces)(&call);
    let limit = gauge.wire.limits().timeout.min(socket::PATIENCE);
    let exchange = match socket::exchange(origin, &pieces, check.expect.answers(), limit).await {
        Ok(exchange) => exchange,
        Err(error) => return DeviationFound::NotChecked(format!("no connection: {error}")),
    };
    match judged(gauge, check.expect, &exchange) {
        None => DeviationFound::AsExpected,
        Some(found) => {
            let sent: Vec<u8> = pieces.iter().flat_map(Piece::shown).copied().collect();
            DeviationFound::Other { found, request: text::shown(&sent, gauge.wire.target) }
        }
    }
}

/// What was found instead of what was expected.
fn judged(gauge: &Gauge<'_>, expect: Expect, exchange: &Exchange) -> Option<String> {
    let success = gauge.contract.success().0;
    let statuses: Vec<u16> = exchange.answers.iter().map(|answer| answer.status).collect();
    let groups = statuses.iter().filter(|status| **status == success).count();
    let told = match (&statuses[..], exchange.end) {
        ([], end) => format!("no answer: {end}"),
        (statuses, _) => {
            let statuses: Vec<_> = statuses.iter().map(u16::to_string).collect();
            format!("the status {}", statuses.join(", then "))
        }
    };
    let is_as_expected = match expect {
        Expect::Groups(count) => groups == count && statuses.len() == count,
        Expect::NoGroup => groups == 0 && !statuses.iter().any(|status| *status >= 500),
        Expect::Orderly => !statuses.is_empty() && statuses.iter().all(|status| *status < 500),
        Expect::Status(status) => statuses == [status],
        Expect::NoBody => {
            exchange.answers.len() == 1 && exchange.answers[0].body.is_empty() && exchange.is_tidy
        }
    };
    (!is_as_expected).then_some(told)
}
