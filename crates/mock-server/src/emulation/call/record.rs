//! How a call comes into the journal.

use std::sync::atomic::Ordering;

use greenapi_model::{ApiToken, Repeat};

use super::{Call, Line, Moment};
use crate::journal::masking::Search;
use crate::journal::{Entry, Happened, Head, Kept};
use crate::outcome::{Answer, Ending, Outcome};

impl Call<'_> {
    /// Puts the call into the journal.
    pub(super) fn record(
        &self,
        answer: &mut Answer,
        body: Kept<'_>,
        depended: bool,
        moment: &mut Moment<'_>,
    ) {
        let emulation = self.emulation;
        let settings = &emulation.settings;
        let Line { method, target, token } = self.line;
        let head = Head { method, target, token, headers: self.headers };
        let time = moment.changing.clock.timestamp(emulation.example_time);
        let instances = emulation.instance_count();
        let next = || emulation.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let limits = &settings.journal;
        let entry = |happened: &Happened<'_>, room, search: &mut Search| {
            Entry::new(happened, &emulation.contract, limits.mask_phones, room, search)
        };
        if let Some(inner) = moment.instance() {
            // The right token may stand elsewhere while a wrong one stands in the path.
            let own_token = inner.token.as_ref().map(ApiToken::expose);
            let number = next();
            if let (true, Kept::Whole(bytes)) = (depended && !settings.retry_window.is_zero(), body) {
                let invited = self.invites(&answer.outcome);
                let at = emulation.started.elapsed();
                answer.suspected_retry_of =
                    inner.retries.note(bytes, number, at, settings.retry_window, invited);
            }
            let body = match body {
                Kept::Whole(bytes) if bytes.len() > limits.share(instances) => Kept::Omitted,
                body => body,
            };
            let happened = Happened { number, time, head, body, own_token, answer };
            inner.journal.keep(|room, search| entry(&happened, room, search), limits, instances);
        } else {
            let mut stray = emulation.stray();
            let happened = Happened { number: next(), time, head, body, own_token: None, answer };
            stray.keep(|room, search| entry(&happened, room, search), limits, 1);
        }
    }

    /// Whether the answer asks to send the same call again.
    fn invites(&self, outcome: &Outcome) -> bool {
        let Ending::Error(slug) = &outcome.ending else { return false };
        let case = self.emulation.contract.error_case(slug);
        case.is_some_and(|case| case.repeat() == Repeat::Later)
    }
}
