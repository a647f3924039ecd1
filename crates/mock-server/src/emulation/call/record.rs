//! How a call comes into the journal.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use greenapi_model::{ApiToken, Repeat};

use super::Call;
use crate::journal::masking::{self, Secrets};
use crate::journal::{Entry, Head, Kept};
use crate::outcome::{Answer, Ending, Outcome};

impl Call<'_> {
    /// Puts the call into the journal.
    pub(super) fn record(&self, answer: &mut Answer, body: Kept<'_>, depended: bool) {
        let emulation = self.emulation;
        let settings = &emulation.settings;
        let path = masking::path(&emulation.contract, self.line.target, self.line.token);
        let secrets = Secrets::of(&emulation.contract, self.line.target, self.line.token);
        let head = Head { method: self.line.method, path, headers: self.headers, secrets };
        let time = self.changing.clock.timestamp(emulation.example_time);
        let instances = emulation.instance_count();
        let next = || emulation.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let limits = &settings.journal;
        if let Some(instance) = &self.instance {
            let inner = &mut *instance.lock();
            // The right token may stand elsewhere while a wrong one stands in the path.
            let own = inner.token.as_ref().map(ApiToken::expose);
            let head = Head { secrets: head.secrets.and(own), ..head };
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
            let entry = Entry::new(number, time, &head, body, answer, limits.mask_phones);
            emulation.metrics.count(&entry);
            inner.journal.keep(Arc::new(entry), limits, instances);
        } else {
            let mut stray = emulation.stray();
            let entry = Entry::new(next(), time, &head, body, answer, limits.mask_phones);
            emulation.metrics.count(&entry);
            stray.keep(Arc::new(entry), limits, 1);
        }
        emulation.recorded.tell();
    }

    /// Whether the answer asks to send the same call again.
    fn invites(&self, outcome: &Outcome) -> bool {
        let Ending::Error(slug) = &outcome.ending else { return false };
        let case = self.emulation.contract.error_case(slug);
        case.is_some_and(|case| case.repeat() == Repeat::Later)
    }
}
